"""Points given by hand, graded again: kept, flagged, or to be given anew; and the history of it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from nbgrader.api import Gradebook
from tiny_course import GOOD, WEEK, solve, submit

from autograder.course_folder import UNPROTECTED, open_course
from autograder.run.grade import Options, grade
from autograder.run.history import read_history
from autograder.run.results import GradeRun
from autograder.stages.by_hand import Work, earlier_work, keep_by_hand, work_of
from autograder.week import open_week

OLD = Work({"essay": "old", "double": "code"}, "code")


def after(name: str, auto: float | None, waited: bool, before: Work | None, now: Work) -> tuple:
    """What becomes of four points by hand: the points, and whether a person is to look."""
    row = SimpleNamespace(auto_score=auto, manual_score=4.0, needs_manual_grade=True)
    keep_by_hand(row, name, waited, before, now)
    return row.manual_score, row.needs_manual_grade


@pytest.mark.parametrize("waited", [True, False])
def test_unchanged_work_keeps_its_points_and_nobody_looks_again(waited: bool) -> None:
    """A written answer beside changed code, and a check's points with the same code."""
    assert after("essay", None, waited, OLD, Work({"essay": "old"}, "other")) == (4.0, waited)
    assert after("check_double", 3.0, waited, OLD, Work({"essay": "new"}, "code")) == (4.0, waited)


def test_changed_work_is_flagged_and_a_rewritten_answer_is_unread() -> None:
    """An override stays until somebody looks; points for another text do not."""
    assert after("check_double", 3.0, False, OLD, Work(OLD.answers, "other")) == (4.0, True)
    assert after("essay", None, False, OLD, Work({"essay": "new"}, "code")) == (None, True)
    assert after("essay", 0.0, False, OLD, Work({"essay": ""}, "code")) == (None, True)


def test_where_the_work_before_is_not_known_points_stay_and_are_flagged() -> None:
    """After a review nothing is left to compare with; nothing is taken away for that."""
    assert after("essay", None, False, None, OLD) == (4.0, True)


def test_work_is_what_a_student_wrote(tmp_path: Path) -> None:
    """Locked cells are the instructor's; a damaged notebook tells nothing."""
    cells = [
        {"cell_type": "code", "source": "own", "metadata": {}},
        {"cell_type": "code", "source": "check",
         "metadata": {"nbgrader": {"grade_id": "c", "locked": True, "solution": False}}},
        {"cell_type": "markdown", "source": "text",
         "metadata": {"nbgrader": {"grade_id": "q", "locked": False, "solution": True}}},
    ]  # fmt: skip
    assert work_of(cells) == Work({"q": "text"}, "own")
    (tmp_path / "bad.ipynb").write_text("{")
    assert earlier_work(tmp_path) == {}


def test_a_score_has_its_history(root: Path) -> None:
    """Graded, overridden, graded again unchanged and changed: each change is one line."""

    def run(**how: bool) -> GradeRun:
        return grade(open_week(open_course(root), WEEK), Options(provisioner=UNPROTECTED, **how))

    submit(root, "s1", solve(root))
    run()
    with Gradebook(open_course(root).db_url) as gradebook:
        gradebook.find_grade("check_double", WEEK, WEEK, "s1").manual_score = 2.0
        for cell in ("double", "row_sums"):
            gradebook.find_comment(cell, WEEK, WEEK, "s1").manual_comment = "Nice."
        gradebook.db.commit()
    assert run(force=True).standings["s1"].stale == ()
    run()
    submit(root, "s1", solve(root, {"double": GOOD["double"]}))
    assert run().standings["s1"].stale == ("check_double", "row_sums (comment)")
    with Gradebook(open_course(root).db_url) as gradebook:
        gradebook.find_comment("row_sums", WEEK, WEEK, "s1").manual_comment = "Where is it?"
        gradebook.db.commit()
    assert run().standings["s1"].stale == ("check_double",)
    lines = read_history(open_course(root), "s1")
    assert [(line.before, line.after) for line in lines] == [(None, 6.0), (6.0, 5.0), (5.0, 2.0)]
    assert "2/3 by hand" in lines[1].made_of
    assert {line.checks for line in lines} == {lines[0].checks} and lines[0].by
    assert read_history(open_course(root), "nobody") == []
