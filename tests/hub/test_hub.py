"""A real JupyterHub on this machine: two students and an assistant live a week in a browser."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import hub_machine
import nbformat
import pytest
import tiny_course
from browsing import chromium, picture_on_failure
from hub_machine import PASSWORD, Hub
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook
from tiny_course import GOOD, WEEK
from written_course import CELL, QUESTION, STUB

from autograder.course_folder import open_course
from autograder.edition.publish import publish
from autograder.edition.pull_link import pull_link
from autograder.edition.release import generate
from autograder.week import open_week

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.sandbox]
LONG = 400_000  # ms: servers start, submissions are graded
SOLVE = """async ([path, answers]) => {
    const files = window.jupyterapp.serviceManager.contents;
    const model = await files.get(path);
    for (const cell of model.content.cells) {
        const name = (cell.metadata.nbgrader || {}).grade_id;
        if (name in answers) cell.source = answers[name];
        if (cell.source.includes("Write your answer here")) cell.source = answers.written;
    }
    await files.save(path, model);
}"""

TYPE = """async text => {
    const terminal = await window.jupyterapp.serviceManager.terminals.startNew();
    terminal.send({type: "stdin", content: [text]});
}"""


@pytest.fixture(scope="module")
def base() -> Iterator[Path]:
    """The hub's folder with the environments, the course and the exchange."""
    with hub_machine.folder() as folder:
        hub_machine.install(folder)
        _make_course(folder)
        (folder / "exchange").mkdir()
        (folder / "exchange").chmod(0o1777)
        (folder / "hub" / "staff.txt").write_text("# who grades\nminji\n", "utf-8")
        yield folder


def _make_course(folder: Path) -> None:
    """The tiny week with a written question, released; and the students' edition of it."""
    root = tiny_course.make_course(folder)
    source = tiny_course.source_notebook()
    flags = {"grade_id": CELL, "task": True, "locked": True, "grade": False, "solution": False,
             "points": 5, "schema_version": 3}  # fmt: skip
    source.cells += [new_markdown_cell(QUESTION, id=CELL, metadata={"nbgrader": flags}),
                     new_markdown_cell(STUB, id="answer")]  # fmt: skip
    nbformat.write(source, root / "source" / WEEK / f"{WEEK}.ipynb")
    generate(open_week(open_course(root), WEEK))
    publish(open_course(root), folder / "edition")
    git = ["git", "-C", str(root)]
    subprocess.run([*git, "init", "--quiet", "--initial-branch=main"], check=True)
    public = f"file://{folder}/public"
    subprocess.run([*git, "remote", "add", "origin", public], check=True)
    publish(open_course(root), None, branch="students")
    subprocess.run(["git", "clone", "--quiet", "--bare", root, folder / "public"], check=True)


@pytest.fixture(scope="module")
def hub(base: Path) -> Iterator[Hub]:
    with hub_machine.running(base, ("s1", "s2", "minji"), "jupyterhub_config.py") as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator:
    with chromium() as opened:
        yield opened


def sign_in(browser, hub: Hub, name: str, then: str):
    """A page of somebody who has signed in and waited for a server."""
    page = browser.new_context(viewport={"width": 1300, "height": 900}).new_page()
    page.set_default_timeout(LONG)
    page.goto(f"{hub.url}/hub/login?next={then}")
    page.fill("#username_input", name)
    page.fill("#password_input", PASSWORD)
    page.click("#login_submit")
    return page


def lab_of(browser, hub: Hub, name: str, owner: str = ""):
    """JupyterLab of a person, or of `owner`'s server."""
    owner = owner or name
    page = sign_in(browser, hub, name, f"/hub/spawn/{owner}")
    if owner != name:  # the hub asks once whether one wants to go to a server of somebody else
        page.click("button:text-is('Authorize')")
    page.wait_for_url(f"{hub.url}/user/{owner}/lab**")
    page.wait_for_function("window.jupyterapp && window.jupyterapp.restored")
    page.evaluate("window.jupyterapp.restored")
    return page


def run(page, command: str) -> None:
    """A command of JupyterLab, as its menu runs it."""
    page.evaluate(f"window.jupyterapp.commands.execute('nbgrader:{command}').then(() => null)")


# ------------------------------------------------------------------------------------ walls
def test_students_cannot_read_what_is_the_instructors(hub: Hub) -> None:
    """Neither solutions nor grader, nor each other's home; the grader's account can."""
    notebook = str(hub.base / "course" / "source" / WEEK / f"{WEEK}.ipynb")
    python = str(hub.base / "students" / "bin" / "python")
    assert hub.as_user("grader", "cat", notebook).returncode == 0
    assert hub.as_user("s1", "cat", notebook).returncode != 0
    assert hub.as_user("s1", "ls", "/home/s2").returncode != 0
    assert hub.as_user("s1", python, "-c", "import course, nbgrader").returncode == 0
    assert "autograder" in hub.as_user("s1", python, "-c", "import autograder").stderr
    edition = [str(path) for path in (hub.base / "edition").rglob("*")]
    assert not [path for path in edition if "mistakes" in path or "/source/" in path]


def test_no_student_can_move_the_exchange_away(hub: Hub) -> None:
    """nbgrader wants it open to all; it is sticky, and the course's folder in it the grader's."""
    course = str(hub.base / "exchange" / "word2chat")
    assert hub.as_user("grader", "mkdir", "-p", course).returncode == 0
    assert hub.as_user("s1", "mv", course, f"{course}-away").returncode != 0
    assert hub.as_user("s1", "touch", f"{course}/mine").returncode != 0


def test_nobody_signs_in_as_the_grader(hub: Hub, browser) -> None:
    """Even with its password: graders come in under their own names."""
    page = sign_in(browser, hub, "grader", "/hub/home")
    page.wait_for_selector("text=Sign in under your own name")


# ------------------------------------------------------------------------------------ a week
def test_a_week_on_the_hub(hub: Hub, browser) -> None:
    """Release, fetch, solve, submit, collect, grade, read, feedback: each in its own place."""
    staff = lab_of(browser, hub, "minji", owner="grader")
    with picture_on_failure(staff, "hub-staff"):
        run(staff, "open-formgrader")
        frame = staff.frame_locator("iframe[src*='formgrader']")
        frame.locator("td.release a").click()
        frame.locator("td.status", has_text="released").wait_for()
    student = lab_of(browser, hub, "s1")
    with picture_on_failure(student, "hub-student"):
        _fetch_solve_submit(student)
        refused = student.request.get(f"{hub.url}/user/grader/formgrader/reading")
        assert refused.status == 403
    with picture_on_failure(staff, "hub-staff"):
        _collect_and_grade(staff, hub)
        _read(staff, hub)
        _give_back(staff, hub)
    with picture_on_failure(student, "hub-student"):
        _see_feedback(student, hub)


def _fetch_solve_submit(page) -> None:
    run(page, "open-assignment-list")
    page.click("button:has-text('Fetch')")
    page.wait_for_selector("button:has-text('Submit')")
    answers = {**GOOD, "written": "The weights are positive and sum to one."}
    page.evaluate(SOLVE, [f"{WEEK}/{WEEK}.ipynb", answers])
    page.click("button:has-text('Submit')")
    page.wait_for_selector("#submitted_assignments_list >> text=week90_tiny")


def _collect_and_grade(page, hub: Hub) -> None:
    page.goto(f"{hub.url}/user/grader/formgrader/manage_assignments")
    page.click("td.collect a")
    page.wait_for_selector("#success-modal")
    page.goto(f"{hub.url}/user/grader/formgrader/manage_submissions/{WEEK}")
    page.click("td.autograde a")
    page.wait_for_selector("#success-modal")
    page.locator("td.score", has_text="6 / 11").wait_for()


def _read(page, hub: Hub) -> None:
    """The assistant reads the answer under her own name."""
    page.goto(f"{hub.url}/user/grader/formgrader/reading/{WEEK}/{WEEK}/{CELL}")
    assert "sum to one" in page.inner_text("article")
    page.keyboard.press("1")
    page.wait_for_selector("#saved:text('all stored')")
    with Gradebook(f"sqlite:///{hub.base}/course/gradebook.db", "word2chat") as gradebook:
        assert gradebook.find_grade(CELL, WEEK, WEEK, "s1").manual_score == 2.0
        from autograder.reading.kept import TICKS

        assert [row.reader for row in gradebook.db.execute(TICKS.select())] == ["minji"]


def _give_back(page, hub: Hub) -> None:
    for column in ("generate-feedback", "release-feedback"):
        page.goto(f"{hub.url}/user/grader/formgrader/manage_assignments")
        page.click(f"td.{column} a")
        page.wait_for_selector("#success-modal")


def _see_feedback(page, hub: Hub) -> None:
    page.goto(f"{hub.url}/user/s1/lab")
    page.wait_for_function("window.jupyterapp && window.jupyterapp.restored")
    run(page, "open-assignment-list")
    page.click("button:has-text('Fetch Feedback')")
    page.wait_for_selector("text=View Feedback")
    found = hub.as_user("s1", "sh", "-c", f"cat ~/{WEEK}/feedback/*/{WEEK}.html").stdout
    assert "<b>8</b> <span>of 11 points</span>" in found and "sum to one" in found


def test_a_terminal_finds_the_course(hub: Hub, browser) -> None:
    """`course check` and `autograder grade` stand in the environment of the server, not in /usr."""
    page = lab_of(browser, hub, "s2")
    with picture_on_failure(page, "hub-terminal"):
        page.evaluate(TYPE, "command -v python > ~/found.part; mv ~/found.part ~/found\n")
        found = hub.as_user(
            "s2", "timeout", "300", "sh", "-c", "until cat ~/found; do sleep 1; done 2> /dev/null"
        )
    assert found.stdout.strip() == str(hub.base / "students" / "bin" / "python")


# ------------------------------------------------------------------------------------ links
def test_a_link_of_nbgitpuller_brings_the_published_branch(hub: Hub, browser) -> None:
    """What `publish --branch` writes arrives in the student's home by one click."""
    link = pull_link(hub.url, f"file://{hub.base}/public", "students", WEEK)
    page = sign_in(browser, hub, "s2", quote(link.removeprefix(hub.url)))
    with picture_on_failure(page, "hub-pull"):
        page.wait_for_url(f"{hub.url}/user/s2/lab/tree/public/release/{WEEK}/**")
        notebook = f"/home/s2/public/release/{WEEK}/{WEEK}.ipynb"
        assert hub.as_user("s2", "test", "-f", notebook).returncode == 0
