"""An exercise added or removed after submissions: the gradebook follows, and nobody is lost."""

from __future__ import annotations

import copy
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from tiny_course import WEEK, _code, solve, submit

from autograder.course_folder import UNPROTECTED, open_course
from autograder.edition.release import generate, release
from autograder.edition.revising import refuse_revision, revise, revision_of
from autograder.errors import UserError
from autograder.run.grade import Options, grade
from autograder.run.results import GradeRun
from autograder.week import Week, open_week

THIRD = [
    _code("def half(x):\n    ### BEGIN SOLUTION\n    return x / 2\n    ### END SOLUTION", "half",
          solution=True),
    _code('from course.probes import probe\nprobe("half", lambda: half(3.0), points=2)',
          "check_half", grade=True, locked=True, points=2),
]  # fmt: skip


def week_of(root: Path, edit: str) -> Week:
    """The week after an edit of its source: a third exercise, right or failing, or one gone."""
    path = root / "source" / WEEK / f"{WEEK}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    if edit in ("add", "fail"):
        notebook.cells += copy.deepcopy(THIRD)
        if edit == "fail":
            notebook.cells[-1].source = "raise ValueError"
    else:
        gone = ("row_sums", "check_row_sums")
        notebook.cells = [cell for cell in notebook.cells if cell.id not in gone]
    nbformat.write(notebook, path)
    return open_week(open_course(root), WEEK)


def graded(week: Week) -> GradeRun:
    return grade(week, Options(provisioner=UNPROTECTED))


def test_an_exercise_comes_and_goes(root: Path) -> None:
    """Points by hand at other cells stay; what is gone counts no more; what is new counts."""
    submit(root, "s1", solve(root))
    graded(open_week(open_course(root), WEEK))
    with Gradebook(open_course(root).db_url) as gradebook:
        gradebook.find_grade("check_double", WEEK, WEEK, "s1").manual_score = 2.0
        gradebook.db.commit()
    week = week_of(root, "add")
    assert revision_of(week).added == ("check_half", "half")
    with pytest.raises(UserError, match=r"added check_half, half.*--revise"):
        refuse_revision(week)
    assert revise(week) and not revision_of(week)
    generate(week)
    standing = graded(week).standings["s1"]
    assert (standing.total, standing.most) == (5.0, 8.0)
    submit(root, "s1", solve(root))
    week = week_of(root, "remove")
    found = revise(week)
    assert (found.removed, found.by_hand) == (("check_row_sums", "row_sums"), 0)
    generate(week)
    standing = graded(week).standings["s1"]
    assert (standing.total, standing.most) == (2.0, 5.0)


def test_a_release_that_fails_leaves_the_gradebook_alone(root: Path) -> None:
    """The new exercise does not run: nothing of it is in the gradebook yet."""
    with Gradebook(open_course(root).db_url) as gradebook:
        gradebook.add_student("s1")
        gradebook.add_submission(WEEK, "s1")
    week = week_of(root, "fail")
    with pytest.raises(UserError, match="fails at 'check_half'"):
        release(week, UNPROTECTED, lambda _: None, revised=True)
    assert revision_of(week).added == ("check_half", "half")


def test_before_anybody_handed_in_nothing_stands_in_the_way(root: Path) -> None:
    """nbgrader itself takes the cells as they are."""
    week = week_of(root, "add")
    refuse_revision(week)
    assert not revise(week)
    generate(week)
    with Gradebook(week.course.db_url) as gradebook:
        assert gradebook.find_grade_cell("check_half", WEEK, WEEK).max_score == 2.0
