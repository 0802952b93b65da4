"""Sign-in by an LMS: a real hub with deploy/lti13_config.py, and a stand-in for the LMS."""

from __future__ import annotations

import contextlib
import html
import json
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import hub_machine
import pytest
import requests
from hub_machine import ROOT, Hub

pytestmark = [pytest.mark.slow, pytest.mark.sandbox]
CLIENT = "word2chat-at-the-lms"
LMS = ROOT / "tests" / "support" / "stand_in_lms.py"
CUSTOM = "https://purl.imsglobal.org/spec/lti/claim/custom"
AGAIN = "Open the hub from your course in the LMS again"

LOAD = """if True:
    import sys
    from traitlets.config.loader import PyFileConfigLoader
    for folder in sys.argv[1:]:
        try:
            PyFileConfigLoader("lti13_config.py", path=folder).load_config()
        except SystemExit as told:
            print(told)
"""


@dataclass(frozen=True)
class Form:
    """What the LMS lets the browser post to the hub."""

    address: str
    fields: dict[str, str]


@dataclass(frozen=True)
class Desk:
    """A hub, its LMS, and who has become a user of the hub."""

    hub: Hub
    lms: str

    def announce(self, browser: requests.Session, launch: dict) -> Form:
        """Login initiation, the way over the LMS, and the form that comes back."""
        asked = {"iss": self.lms, "login_hint": json.dumps(launch), "client_id": CLIENT,
                 "target_link_uri": f"{self.hub.url}/hub"}  # fmt: skip
        page = browser.get(f"{self.hub.url}/hub/lti13/oauth_login", params=asked, timeout=60)
        assert page.url.startswith(self.lms) and page.status_code == 200, page.text
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.text))
        address = html.unescape(re.search(r'action="([^"]*)"', page.text)[1])
        return Form(address, {name: html.unescape(value) for name, value in fields.items()})

    def launch(self, browser: requests.Session, launch: dict) -> requests.Response:
        """The whole way; what the hub answers at its end, before it sends the browser on."""
        return self.hand_over(browser, self.announce(browser, launch))

    def hand_over(self, browser: requests.Session, form: Form) -> requests.Response:
        return browser.post(form.address, data=form.fields, timeout=60, allow_redirects=False)

    def users(self) -> set[str]:
        """By the hub's own database."""
        with sqlite3.connect(self.hub.base / "hub" / "jupyterhub.sqlite") as database:
            return {name for (name,) in database.execute("select name from users")}


def student(number: str, **more) -> dict:
    """A launch as the LMS makes it for the person with this number."""
    return {"claims": {CUSTOM: {"student": number}, **more.pop("claims", {})}, **more}


def sentence(answer: requests.Response) -> str:
    """What the hub's page of an error says."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())


@contextlib.contextmanager
def lms_of(base: Path) -> Iterator[str]:
    """The LMS, as a program of the hub's environment; its address."""
    command = [str(base / "hub" / "bin" / "python"), str(LMS), CLIENT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def settings(lms: str) -> dict[str, str]:
    """What stands in the service's environment."""
    return {"LTI_ISSUER": lms, "LTI_AUTHORIZE_URL": f"{lms}/authorize",
            "LTI_JWKS_URL": f"{lms}/jwks", "LTI_CLIENT_ID": CLIENT}  # fmt: skip


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    """A hub without servers: who signs in is decided before one starts."""
    with hub_machine.folder() as base:
        hub_machine.install_hub(base)
        (base / "course").mkdir()
        with (
            lms_of(base) as lms,
            hub_machine.running(base, ("early",), "lti13_config.py", **settings(lms)) as hub,
        ):
            yield Desk(hub, lms)


@pytest.fixture
def browser() -> Iterator[requests.Session]:
    """Somebody's browser: it keeps cookies, and nobody has signed in with it."""
    with requests.Session() as session:
        yield session


# ------------------------------------------------------------------------------------ let in
def test_a_launch_signs_in_under_the_number_of_the_class_list(desk: Desk, browser) -> None:
    """And a clock that differs by some seconds keeps nobody out."""
    answer = desk.launch(browser, student("2025-0001", shift={"iat": 10}))
    assert answer.status_code == 302, sentence(answer)
    assert "2025-0001" in browser.get(f"{desk.hub.url}/hub/home", timeout=60).text
    assert "2025-0001" in desk.users() and "7f3a" not in desk.users()


def test_the_first_start_makes_an_account_that_nobody_else_can_read(desk: Desk, browser) -> None:
    """Named by the number, also where it is one; the server itself is test_hub.py's."""
    desk.launch(browser, student("20250002"))
    browser.get(f"{desk.hub.url}/hub/spawn", timeout=60)
    home = desk.hub.as_user("root", "stat", "--format=%U %a", "/home/20250002")
    assert home.stdout.strip() == "20250002 700", home.stderr


def test_a_home_that_all_could_read_is_closed_at_the_first_start(desk: Desk, browser) -> None:
    """So Debian's `useradd --create-home` makes them."""
    desk.hub.as_user("root", "chmod", "755", "/home/early")
    desk.launch(browser, student("early"))
    browser.get(f"{desk.hub.url}/hub/spawn", timeout=60)
    assert desk.hub.as_user("root", "stat", "--format=%a", "/home/early").stdout.strip() == "700"


# ------------------------------------------------------------------------------------ refused
REFUSED = {
    "signed by somebody else": (student("666001", key="stranger"), "Signature verification failed"),
    "for another tool": (student("666002", claims={"aud": "other"}), "Audience doesn't match"),
    "from another LMS": (student("666003", claims={"iss": "https://x.invalid"}), "Invalid issuer"),
    "expired": (student("666004", shift={"exp": -400}), "Signature has expired"),
    "from the future": (student("666005", shift={"iat": 90}), "not yet valid"),
    "of another sign-in": (student("666006", claims={"nonce": "0" * 64}), "nonce mismatch"),
}
NOBODY = {
    "no custom parameters": ({}, "The LMS sends no student number"),
    "custom parameters of null": ({"claims": {CUSTOM: None}}, "The LMS sends no student number"),
    "an empty number": (student(" "), "The LMS sends no student number"),
    "a variable not filled in": (student("$Person.sourcedId"), "The LMS sends no student number"),
    "the grader": (student("grader"), "Sign in under your own name"),
    "root": (student("root"), "'root' is an account of the machine itself"),
    "the web server": (student("www-data"), "is an account of the machine itself"),
    "the LMS's own number": (student("7"), "'7' cannot be an account here: use the student's"),
    "no name of a user": (student("../minji"), AGAIN),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_launch_that_the_lms_did_not_make_is_refused(desk: Desk, browser, case: str) -> None:
    """With the reason and what to do; nobody becomes a user by it."""
    launch, why = REFUSED[case]
    before = desk.users()
    answer = desk.launch(browser, launch)
    assert answer.status_code in (400, 401)
    assert why in sentence(answer) and AGAIN in sentence(answer)
    assert desk.users() == before


@pytest.mark.parametrize("case", NOBODY)
def test_a_launch_for_nobody_of_the_class_is_refused(desk: Desk, browser, case: str) -> None:
    """Neither the LMS's own number in place of the student's, nor an account of the machine."""
    launch, why = NOBODY[case]
    before = desk.users()
    answer = desk.launch(browser, launch)
    assert answer.status_code == 403 and why in sentence(answer)
    assert desk.users() == before


def test_a_launch_works_once_and_in_one_browser(desk: Desk, browser) -> None:
    """Posted again, posted elsewhere, or put into another sign-in, it is refused."""
    used = desk.announce(browser, student("20250003"))
    assert desk.hand_over(browser, used).status_code == 302
    again = desk.hand_over(browser, used)
    assert again.status_code == 400 and "state missing" in sentence(again)
    with requests.Session() as elsewhere:
        stolen = desk.hand_over(elsewhere, used)
        assert stolen.status_code == 400 and "state missing" in sentence(stolen)
        other = desk.announce(elsewhere, student("20250004"))
        mixed = Form(other.address, other.fields | {"id_token": used.fields["id_token"]})
        replayed = desk.hand_over(elsewhere, mixed)
    assert replayed.status_code == 400 and "nonce mismatch" in sentence(replayed)
    assert "20250004" not in desk.users()


def test_the_state_of_another_sign_in_is_refused(desk: Desk, browser) -> None:
    """A page that makes somebody post a prepared launch signs nobody in."""
    with requests.Session() as elsewhere:
        prepared = desk.announce(elsewhere, student("20250005"))
    desk.announce(browser, student("20250006"))
    answer = desk.hand_over(browser, prepared)
    assert answer.status_code == 400 and "state mismatch" in sentence(answer)
    assert not {"20250005", "20250006"} & desk.users()


def test_opened_without_the_lms_the_hub_says_where_to_begin(desk: Desk, browser) -> None:
    """A bookmark leads to the hub's own button, which no LMS has announced."""
    answer = browser.get(f"{desk.hub.url}/hub/lti13/oauth_login", timeout=60)
    assert answer.status_code == 400 and AGAIN in sentence(answer)


def test_a_hub_half_set_up_does_not_start(desk: Desk, tmp_path: Path) -> None:
    """What is missing is named; without its rules the hub would let the wrong people in."""
    for folder, names in (("alone", ["lti13"]), ("unset", ["lti13", "jupyterhub"])):
        (tmp_path / folder).mkdir()
        for name in names:
            shutil.copy(ROOT / "deploy" / f"{name}_config.py", tmp_path / folder)
    done = subprocess.run(
        [str(desk.hub.base / "hub" / "bin" / "python"), "-c", LOAD, "alone", "unset"],
        cwd=tmp_path, env={"LTI_ISSUER": desk.lms}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    alone, unset = done.stdout.splitlines()
    assert "jupyterhub_config.py is missing" in alone
    assert unset.startswith("LTI_AUTHORIZE_URL is not set")
