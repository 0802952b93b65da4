"""A lost point answered in one command, for instructors alone."""

from __future__ import annotations

import shutil
import stat
from pathlib import Path

import nbformat
import pytest
from tiny_course import GOOD, WEEK, solve, submit

from autograder.course_folder import UNPROTECTED, Course, open_course
from autograder.desk.explained import explained_html, explained_text, write_explained
from autograder.desk.explaining import Explained, explain
from autograder.desk.parting import first_difference
from autograder.errors import UserError
from autograder.pages.feedback import write_feedback
from autograder.run.grade import Options, grade
from autograder.week import open_week
from course.probes import bundle

WRONG = GOOD | {"row_sums": "def row_sums(x):\n    return x.sum(0)  # <script>alert(1)</script>"}


@pytest.fixture(scope="module")
def course(released_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Course:
    root = Path(shutil.copytree(released_template, tmp_path_factory.mktemp("explain") / "course"))
    submit(root, "s1", solve(root, WRONG))
    submit(root, "s2", b"no notebook")
    return open_course(root)


@pytest.fixture(scope="module")
def found(course: Course) -> Explained:
    return explain(open_week(course, WEEK), "s1", None, UNPROTECTED, say=lambda _: None)


def test_input_right_answer_and_own_stand_side_by_side(found: Explained) -> None:
    """The hidden input by value, both answers, the first difference, the code, the limits."""
    (check,) = found.checks
    (probe,) = check.probes
    assert (check.name, check.points, check.most) == ("row_sums", 0.0, 3.0)
    assert probe.asked.startswith("row_sums(tensor([[") or probe.asked.startswith(
        "row_sums(array([["
    )
    assert probe.right.startswith("float (3)") and probe.answered.startswith("float (5)")
    assert probe.parts_at == "shape (5,), right is (3,)"
    assert "x.sum(0)" in check.code[-1]
    assert "probe(" in check.hidden
    assert "20 s a cell" in found.limits


def test_the_page_and_the_notebook_are_the_owners_and_inert(
    course: Course, found: Explained
) -> None:
    """Nobody else can read them; a student's text is text."""
    page, notebook = write_explained(course, found, notebooks=True)
    assert page.parent.name == "explained"
    for path in (page, notebook):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    html = page.read_text("utf-8")
    assert "<script>" not in html and "&lt;script&gt;" in html
    assert "script-src" not in html and "default-src 'none'" in html
    book = nbformat.read(notebook, as_version=4)
    nbformat.validate(book)
    shown = [output for cell in book.cells for output in cell.get("outputs", [])]
    assert shown and not any("text/html" in output.get("data", {}) for output in shown)
    assert "\x1b" not in explained_text(found)


def test_nothing_of_it_reaches_a_student(course: Course, found: Explained) -> None:
    """Neither the page of feedback nor what nbgrader keeps holds an input or a right answer."""
    (probe,) = found.checks[0].probes
    week = open_week(course, WEEK)
    grade(week, Options(students=("s1",), provisioner=UNPROTECTED))
    write_explained(course, found, notebooks=True)
    write_feedback(week)
    secrets = [probe.right[10:40], probe.asked[10:40]]
    assert all(secret.strip() in explained_html(found) for secret in secrets)
    for step in ("feedback", "autograded", "release"):
        for path in (course.root / step).rglob("*.*"):
            if path.is_file():
                text = path.read_text("utf-8", "replace")
                assert not any(secret in text for secret in secrets), path


def test_one_check_may_be_named(course: Course) -> None:
    """Also one that lost nothing; an unknown name, or nobody's work, is a sentence."""
    week = open_week(course, WEEK)
    one = explain(week, "s1", "check_double", UNPROTECTED, say=lambda _: None)
    assert [check.name for check in one.checks] == ["double"]
    assert all(not probe.parts_at for probe in one.checks[0].probes)
    for student, check, sentence in (
        ("s1", "nope", "no check 'nope'"), ("zz", None, "handed in nothing"),
        ("s2", None, "needs a review"),
    ):  # fmt: skip
        with pytest.raises(UserError, match=sentence):
            explain(week, student, check, UNPROTECTED, say=lambda _: None)


@pytest.mark.parametrize(
    ("mine", "right", "words"),
    [
        ([[1.0, 2.0], [3.0, 5.0]], [[1.0, 2.0], [3.0, 4.0]], "at [1][1]: 5.0, right is 4.0"),
        ([1.0, 2.0, 3.0], [1.0, 2.0], "3 items, right are 2"),
        (["a", "b"], ["a", "c"], "at [1]: another text"),
        (None, [1.0], "a none, right is a sequence"),
        ([1.0, 2.0000001], [1.0, 2.0], ""),
        ({"a": 1}, {"a": 2}, "entry 0"),
    ],
)
def test_the_first_difference_is_marked(mine: object, right: object, words: str) -> None:
    """Within the tolerance nothing differs."""
    assert first_difference(bundle(mine), bundle(right), 1e-4, 1e-6) == words
