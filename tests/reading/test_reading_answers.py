"""Reading answers at speed: what is shown, what is written, and who may do it."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, Request, build_opener

import hostile
import pytest
from hostile import active
from nbgrader.api import Gradebook
from written_course import CELL, PLACE, QUESTION, WEEK, make_written_course, write_answer

from autograder.course_folder import Course, open_course
from autograder.errors import UserError
from autograder.pages.standing import read_standings
from autograder.reading.answers import read_answers
from autograder.reading.kept import bank_of, keep_comment
from autograder.reading.marking import Given, Outdated, give
from autograder.reading.questions import read_questions, read_rubric
from autograder.reading.sharing import share_of

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = {"s1": "Weights **sum** to one.", "s2": "", "s3": "<script>alert(1)</script> & more"}
UNNEEDED = dict.fromkeys(("jupyterlab", "jupyter_lsp", "notebook", "notebook_shim"), False)
SECTIONS = {"s1": "A", "s2": "A", "s3": "B"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Made once; each test works on a copy."""
    return make_written_course(tmp_path_factory.mktemp("made") / "course", ANSWERS, SECTIONS)


@pytest.fixture
def course(made: Course, tmp_path: Path) -> Course:
    return open_course(shutil.copytree(made.root, tmp_path / "course"))


@pytest.fixture
def gradebook(course: Course) -> Iterator[Gradebook]:
    with Gradebook(course.db_url, course.coursedir.course_id) as opened:
        yield opened


def mark_of(answer, points: float | None, **more: object) -> Given:
    """Points for an answer as it was seen."""
    seen = (answer.mark.points, answer.mark.comment, answer.work)
    return Given(points, str(more.get("comment", "")), more.get("ticks", {}), *seen)


# ------------------------------------------------------------------------------------ questions
def test_a_mark_scheme_becomes_rubric_items() -> None:
    """Each bullet with points is an item, over as many lines as it has; the rest are notes."""
    items, rest = read_rubric(QUESTION.partition("SCHEME ===\n")[2].partition("\n===")[0])
    assert [item.points for item in items] == [2, 1, 2]
    assert items[0].text == "part 1: names the weights, and that they are positive."
    assert "Half points are fine." in rest
    assert "draws the line" not in rest


@pytest.mark.parametrize("path", sorted((ROOT / "source").glob("*/*.ipynb")), ids=lambda p: p.stem)
def test_the_rubric_of_every_week_is_found_whole(path: Path) -> None:
    """The items of a week's mark scheme are worth what its question is worth."""
    from course.notebook_format import MARK_SCHEME

    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        flags = cell["metadata"].get("nbgrader", {})
        if flags.get("task"):
            items, _ = read_rubric(MARK_SCHEME.inside("".join(cell["source"])))
            assert sum(item.points for item in items) == flags["points"]


def test_the_answers_of_the_class(course: Course, gradebook: Gradebook) -> None:
    """Everybody's own cells, whether anything was written, and no mark scheme in the question."""
    [question] = read_questions(gradebook)
    assert "MARK SCHEME" not in question.text and question.title == "Written question"
    found = {a.mark.student: a for a in read_answers(course, gradebook, question)}
    assert sorted(found) == ["s1", "s2", "s3"]
    assert [found[name].is_written for name in ("s1", "s2", "s3")] == [True, False, True]
    assert found["s1"].cells[0]["source"] == ANSWERS["s1"]
    assert found["s1"].words == 4


# ------------------------------------------------------------------------------------ marks
def test_points_and_comment_are_nbgraders_own(course: Course, gradebook: Gradebook) -> None:
    """The manual score and comment are set, nothing waits, and our table says "by hand"."""
    [question] = read_questions(gradebook)
    answer = read_answers(course, gradebook, question, ("B",))[0]
    assert read_standings(gradebook, WEEK)["s3"].to_read == 5
    ticks = {question.rubric[0].key: 2.0, "unknown": 9.0}
    done = give(course, gradebook, question, answer.mark.grade,
                mark_of(answer, 2.5, comment="See **page 3**.", ticks=ticks), "minji")  # fmt: skip
    assert done.mark.is_read and done.ticks == {question.rubric[0].key: 2.0}
    with Gradebook(course.db_url, course.coursedir.course_id) as anew:
        grade = anew.find_grade(CELL, WEEK, WEEK, "s3")
        comment = anew.find_comment(CELL, WEEK, WEEK, "s3")
        assert (grade.manual_score, grade.needs_manual_grade) == (2.5, False)
        assert comment.comment == "See **page 3**."
        standing = read_standings(anew, WEEK)["s3"]
        assert (standing.to_read, standing.by_hand, standing.total) == (0, 2.5, 2.5)


def test_points_can_be_taken_back(course: Course, gradebook: Gradebook) -> None:
    """Without points the answer waits for a reader again."""
    [question] = read_questions(gradebook)
    answer = read_answers(course, gradebook, question)[0]
    for points, waits in ((3.0, False), (None, True)):
        answer = give(course, gradebook, question, answer.mark.grade, mark_of(answer, points), "")
        assert (answer.mark.points, answer.mark.waiting) == (points, waits)


def test_what_has_changed_meanwhile_is_not_overwritten(
    course: Course, gradebook: Gradebook
) -> None:
    """Points of another reader, and a rewritten answer, are told instead of written over."""
    [question] = read_questions(gradebook)
    seen = next(a for a in read_answers(course, gradebook, question) if a.mark.student == "s1")
    give(course, gradebook, question, seen.mark.grade, mark_of(seen, 4.0), "jun")
    with pytest.raises(Outdated, match="points meanwhile: 4"):
        give(course, gradebook, question, seen.mark.grade, mark_of(seen, 1.0), "minji")
    seen = next(a for a in read_answers(course, gradebook, question) if a.mark.student == "s1")
    write_answer(course.root, "s1", "Another answer.")
    with pytest.raises(Outdated, match="answer has changed"):
        give(course, gradebook, question, seen.mark.grade, mark_of(seen, 1.0), "minji")
    assert gradebook.find_grade(CELL, WEEK, WEEK, "s1").manual_score == 4.0


@pytest.mark.parametrize("points", [-1.0, 5.5, float("nan"), float("inf")])
def test_odd_points_are_refused(course: Course, gradebook: Gradebook, points: float) -> None:
    """The question gives from 0 to 5, and nothing else is written."""
    [question] = read_questions(gradebook)
    answer = read_answers(course, gradebook, question)[0]
    with pytest.raises(UserError, match="from 0 to 5"):
        give(course, gradebook, question, answer.mark.grade, mark_of(answer, points), "")


def test_the_bank_keeps_comments_once(course: Course, gradebook: Gradebook) -> None:
    """A comment is kept once for a question, and an empty or endless one not at all."""
    [question] = read_questions(gradebook)
    for _ in range(2):
        keep_comment(gradebook, question.cell_id, " A number is missing. ")
    assert [kept.text for kept in bank_of(gradebook, question.cell_id)] == ["A number is missing."]
    for odd in ("  ", "x" * 3000):
        with pytest.raises(UserError, match="from 1 to 2000"):
            keep_comment(gradebook, question.cell_id, odd)


# ------------------------------------------------------------------------------------ sections
def test_an_assistant_reads_her_sections(gradebook: Gradebook) -> None:
    """A reader of course.toml has her own sections; anybody else may choose among all."""
    readers = {"minji": ("B",)}
    assert share_of("minji", "", readers, gradebook).sections == ("B",)
    with pytest.raises(UserError, match="not yours"):
        share_of("minji", "A", readers, gradebook)
    instructor = share_of("lee", "", readers, gradebook)
    assert (instructor.sections, instructor.choice) == (None, ("A", "B"))
    assert share_of("lee", "A", readers, gradebook).sections == ("A",)


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ('[[reader]]\nname = "minji"\n', "line 1: a reader has a name and a list"),
        ('[[reader]]\nname = "minji"\nsection = ["A"]\n', "there is no 'section'"),
    ],
)
def test_an_odd_reader_in_course_toml_is_refused(course: Course, said: str, complaint: str) -> None:
    """The complaint names the line."""
    from autograder.deadlines.course_toml import read_deadlines

    (course.root / "course.toml").write_text(said, "utf-8")
    with pytest.raises(UserError, match=complaint):
        read_deadlines(course)


# ------------------------------------------------------------------------------------ the server
@dataclass
class Client:
    """Speaks with the server as a browser does, or with a token as a program does."""

    base: str
    token: str | None = None

    def __post_init__(self) -> None:
        self.cookies = CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.cookies))

    def ask(self, path: str, method: str = "GET", body: object = None, **headers: str):
        if self.token:
            headers["Authorization"] = f"token {self.token}"
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.base + path, data, headers, method=method)
        try:
            with self.opener.open(request, timeout=30) as answer:
                return answer.status, answer.read().decode(), answer.headers
        except HTTPError as error:
            return error.code, error.read().decode(), error.headers


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Course, Client]]:
    """A real Jupyter server with the formgrader, in a thread, below a base address."""
    pytest.importorskip("jupyter_server")
    attacks = {f"h{n}": text for n, text in enumerate(hostile.MARKDOWN.values())}
    course = make_written_course(tmp_path_factory.mktemp("served") / "course",
                               {**ANSWERS, **attacks}, SECTIONS)  # fmt: skip
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(course.root)
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "HOME"):
            patch.setenv(name, str(home))
        yield from _serve(course)


def _serve(course: Course) -> Iterator[tuple[Course, Client]]:
    from jupyter_server.serverapp import ServerApp

    class Served(ServerApp):
        """pytest keeps the signals."""

        def init_signal(self) -> None:
            pass

    ready, loops, app = threading.Event(), [], Served(
        ip="127.0.0.1", port=0, open_browser=False, base_url="/hub-like/", token="secret",
        log_level="ERROR",
        root_dir=str(course.root), allow_root=True,
        jpserver_extensions={"nbgrader.server_extensions.formgrader": True, **UNNEEDED},
    )  # fmt: skip

    def run() -> None:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        loops.append(loop)

        async def start() -> None:
            app.initialize(argv=[])
            ready.set()

        loop.run_until_complete(start())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(60)
    until = time.monotonic() + 60
    while not answers(app.port) and time.monotonic() < until:
        time.sleep(0.1)
    yield course, Client(f"http://127.0.0.1:{app.port}/hub-like", "secret")
    loops[0].call_soon_threadsafe(loops[0].stop)
    thread.join(20)


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def signed_in(client: Client) -> Client:
    """A browser's session: a cookie, and no token in the requests."""
    browser = Client(client.base)
    assert browser.ask(f"/formgrader/reading?token={client.token}")[0] == 200
    return browser


def page_data(html: str) -> dict:
    return json.loads(re.search(r'id="data">(.*?)</script>', html, re.DOTALL)[1])


def test_nobody_reads_without_signing_in(served) -> None:
    """Pages lead to the login, and writing is forbidden."""
    stranger = Client(served[1].base)
    assert "password" in stranger.ask(f"/formgrader/reading/{PLACE}")[1].lower()
    assert stranger.ask(f"/formgrader/reading/{PLACE}/answer/x", "PUT", {})[0] == 403


def test_the_page_shows_the_class_and_nothing_that_acts(served) -> None:
    """Every answer is there, attacks as text; the policy lets our own script run and no other."""
    html, headers = served[1].ask(f"/formgrader/reading/{PLACE}")[1:]
    policy = headers["Content-Security-Policy"]
    nonce = re.search(r"script-src 'nonce-([\w-]+)'", policy)[1]
    assert "default-src 'none'" in policy and "frame-ancestors" in policy
    assert re.findall(r"<script(?! type=\"application/json\")[^>]*>", html) == [
        f'<script nonce="{nonce}">'
    ]
    texts = re.findall(r'<div class="text">(.*?)</div>\n  <p class="comment">', html, re.DOTALL)
    assert len(texts) == len(page_data(html)["answers"]) == len(ANSWERS) + len(hostile.MARKDOWN)
    assert [found for text in texts for found in active(text)] == []
    assert "MARK SCHEME" not in html


def test_a_browser_needs_the_page_s_own_token(served) -> None:
    """A request that another site could send is refused; the page's own is written."""
    course, client = served
    browser = signed_in(client)
    data = page_data(browser.ask(f"/formgrader/reading/{PLACE}?section=A")[1])
    assert len(data["answers"]) == 2
    first = data["answers"][0]
    seen = {key: first[key] for key in ("points", "comment", "work")}
    body = {"points": 3.5, "comment": "Good.", "ticks": {}, "seen": seen}
    address = f"/formgrader/reading/{PLACE}/answer/{first['grade']}"
    assert browser.ask(address, "PUT", body)[0] == 403
    status, told, _ = browser.ask(address, "PUT", body, **{"X-XSRFToken": data["token"]})
    assert (status, json.loads(told)["read"]) == (200, True)
    status, told, _ = browser.ask(address, "PUT", body, **{"X-XSRFToken": data["token"]})
    assert status == 409 and json.loads(told)["now"]["points"] == 3.5
    with Gradebook(course.db_url, course.coursedir.course_id) as gradebook:
        found = read_answers(course, gradebook, read_questions(gradebook)[0])
        assert [a.mark.points for a in found if a.mark.is_read] == [3.5]


def test_the_server_refuses_odd_requests_with_a_sentence(served) -> None:
    """Unknown questions, answers, bodies and sections: never an error of the server."""
    client = served[1]
    assert client.ask(f"/formgrader/reading/{WEEK}/{WEEK}/nothing")[0] == 404
    assert client.ask(f"/formgrader/reading/{PLACE}?section=Z")[0] == 400
    grade = page_data(client.ask(f"/formgrader/reading/{PLACE}")[1])["answers"][0]["grade"]
    for path, body in (("abc", {}), (grade, {}), (grade, [1]), (grade, {"points": True})):
        status, told, _ = client.ask(f"/formgrader/reading/{PLACE}/answer/{path}", "PUT", body)
        assert status == 400 and json.loads(told)["message"]
    assert client.ask(f"/formgrader/reading/{PLACE}/comments", "POST", {"text": 3})[0] == 400


def test_manual_grading_leads_here(served) -> None:
    """nbgrader's own page has a link to ours, and ours counts what is read."""
    client = served[1]
    assert "/hub-like/formgrader/reading" in client.ask("/formgrader/gradebook")[1]
    overview = client.ask("/formgrader/reading")[1]
    assert re.search(rf"\d of {len(ANSWERS) + len(hostile.MARKDOWN)}", overview)
    assert f"/hub-like/formgrader/reading/{PLACE}" in overview
