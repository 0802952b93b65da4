"""Feedback pages are made anew when what they show has changed, and only then."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from tiny_course import WEEK, solve, submit

from autograder.course_folder import open_course
from autograder.errors import UserError
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
    grade(open_week(course, WEEK), Options(sandbox=False))

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
