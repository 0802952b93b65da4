"""Feedback pages are made anew when what they show has changed, and only then."""

from __future__ import annotations

from pathlib import Path

import pytest
from markupsafe import escape
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeReleaseFeedback
from nbgrader.utils import notebook_hash
from tiny_course import WEEK, solve, submit
from traitlets.config import Config

from autograder.course_folder import UNPROTECTED, Course, open_course
from autograder.errors import UserError
from autograder.journal import open_journal
from autograder.pages.feedback import write_feedback
from autograder.run.grade import Options, grade
from autograder.week import open_week

STUDENTS = ["s1", "s2"]


def test_nothing_graded_is_one_sentence(root: Path) -> None:
    """There is no page without a grade."""
    with pytest.raises(UserError, match="graded yet"):
        write_feedback(open_week(open_course(root), WEEK))


@pytest.mark.slow
def test_pages_follow_the_gradebook(root: Path) -> None:
    """New, unchanged, points given by hand, a comment, a lost page, all by force."""
    course = open_course(root)
    for student in STUDENTS:
        submit(root, student, solve(root))
    grade(open_week(course, WEEK), Options(provisioner=UNPROTECTED))

    def written(force: bool = False) -> list[str]:
        students: list[str] = []
        made = write_feedback(open_week(course, WEEK), 2, students.append, force)
        assert (len(made.pages), made.failed) == (2, ())
        return sorted(students)

    assert written() == STUDENTS
    assert written() == []
    page = course.folder("feedback", WEEK, "s1") / f"{WEEK}.html"
    with Gradebook(course.db_url) as gradebook:
        found = gradebook.find_grade("check_double", WEEK, WEEK, "s1")
        found.manual_score = 0.5
        gradebook.db.commit()
    assert written() == ["s1"]
    assert "0.5" in page.read_text("utf-8")
    with Gradebook(course.db_url) as gradebook:
        gradebook.find_comment("double", WEEK, WEEK, "s2").manual_comment = "Well named."
        gradebook.db.commit()
    assert written() == ["s2"]
    page.chmod(0o644)
    page.unlink()
    assert written() == ["s1"]
    assert written(force=True) == STUDENTS


@pytest.fixture
def graded(course: Course) -> Course:
    """Two students, graded; the second has dropped a check that grading puts back."""
    root = course.root
    submit(root, "s1", solve(root))
    incomplete = solve(root)
    incomplete.cells = [cell for cell in incomplete.cells if cell.id != "check_double"]
    submit(root, "s2", incomplete)
    grade(open_week(course, WEEK), Options(provisioner=UNPROTECTED))
    return course


def page_of(course: Course, student: str) -> str:
    return (course.folder("feedback", WEEK, student) / f"{WEEK}.html").read_text("utf-8")


@pytest.mark.slow
def test_nbgraders_own_command_gives_the_same_page(graded: Course) -> None:
    """By the shipped configuration alone, `nbgrader generate_feedback` writes what we write."""
    write_feedback(open_week(graded, WEEK))
    ours = {student: page_of(graded, student) for student in STUDENTS}
    coursedir = CourseDirectory(config=graded.config, root=str(graded.root), assignment_id=WEEK)
    converter = GenerateFeedback(coursedir=coursedir, config=graded.config)
    converter.force = True
    converter.start()
    assert {student: page_of(graded, student) for student in STUDENTS} == ours


@pytest.mark.slow
def test_a_stopped_run_goes_on_where_it_was(graded: Course) -> None:
    """What was written before the stop is not written again, and the rest is."""
    week, written = open_week(graded, WEEK), list[str]()

    def stop(student: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_feedback(week, 1, stop)
    found = write_feedback(week, 1, written.append)
    assert written == ["s2"]
    assert len(found.pages) == 2


@pytest.mark.slow
def test_what_grading_put_back_is_said(graded: Course) -> None:
    """The notes of the journal stand on the page of that student, and on no other."""
    write_feedback(open_week(graded, WEEK))
    notes = open_journal(open_week(graded, WEEK)).entries["s2"].notes
    assert notes
    assert all(str(escape(note)) in page_of(graded, "s2") for note in notes)
    assert "What grading put right" not in page_of(graded, "s1")


@pytest.mark.slow
def test_a_review_replaces_the_page_and_tells_no_number(graded: Course) -> None:
    """The old page goes; the new one says what was found and what happens next."""
    write_feedback(open_week(graded, WEEK))
    submit(graded.root, "s1", b"my answers are elsewhere")
    grade(open_week(graded, WEEK), Options(provisioner=UNPROTECTED))
    page = page_of(graded, "s1")
    found = write_feedback(open_week(graded, WEEK))
    assert page_of(graded, "s1") == page, "the page was replaced by grading already"
    assert found.failed == ()
    assert "not a zero" in page
    assert "is not a notebook" in page
    assert "Ask the student" not in page, "that sentence is for the instructor"
    assert "points" not in page.split("<body>")[1]
    submit(graded.root, "s1", solve(graded.root))
    grade(open_week(graded, WEEK), Options(provisioner=UNPROTECTED))
    write_feedback(open_week(graded, WEEK))
    assert "of 6 points" in page_of(graded, "s1").replace("<span>", "")


@pytest.mark.slow
def test_nbgrader_gives_the_pages_back_by_the_exchange(root: Path) -> None:
    """Its release_feedback finds date and secret beside each page, also beside a review's."""
    course = open_course(root)
    for student, work in (("s1", solve(root)), ("s2", b"my answers are elsewhere")):
        submit(root, student, work)
        folder = course.folder("submitted", WEEK, student)
        (folder / "timestamp.txt").write_text("2026-03-02 10:00:00.000000 UTC", "utf-8")
        (folder / "submission_secret.txt").write_text(f"secret of {student}", "utf-8")
    grade(open_week(course, WEEK), Options(provisioner=UNPROTECTED))
    write_feedback(open_week(course, WEEK))
    exchange = root / "exchange"
    exchange.mkdir(mode=0o777)
    config = Config({"Exchange": {"root": str(exchange)},
                     "CourseDirectory": {"root": str(root), "course_id": "tiny",
                                         "assignment_id": WEEK}})  # fmt: skip
    ExchangeReleaseFeedback(coursedir=CourseDirectory(config=config), config=config).start()
    given = {page.stem for page in (exchange / "tiny" / "feedback").glob("*.html")}
    assert given == {notebook_hash(secret=f"secret of {who}", notebook_id=WEEK) for who in STUDENTS}
