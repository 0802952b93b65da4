"""What wrong answers may look like is tried where one turned up, and once for each offering."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_course import GOOD, WEEK, solve, submit

from autograder.course_folder import Course
from autograder.model import Entry
from autograder.run.grade import Options, grade
from autograder.run.progress import Watcher
from autograder.week import open_week

SLIP = "def row_sums(x):\n    return (x * 1.5).sum(-1) - 0.25"  # nobody foresaw it
TRYING = "Trying what wrong answers to"
pytestmark = pytest.mark.sandbox


class Heard(Watcher):
    def __init__(self) -> None:
        self.told: list[str] = []

    def say(self, text: str) -> None:
        self.told += [text] if text.startswith(TRYING) else []


def graded(course: Course) -> tuple[list[Entry], list[str]]:
    heard = Heard()
    run = grade(open_week(course, WEEK), Options(workers=1, force=True), heard)
    return list(run.graded), heard.told


def tried(root: Path) -> list[str]:
    return sorted(path.name for path in (root / ".autograder/reference").glob("*-supposed.json"))


@pytest.fixture
def bare(root: Path) -> Path:
    """The released tiny course before anybody has been graded."""
    for path in (root / ".autograder/reference").glob("*-supposed.json"):
        path.unlink()
    return root


def test_an_exercise_is_tried_when_somebody_has_it_wrong(bare: Path, course: Course) -> None:
    """Nothing for a class that is right; then one exercise, and no second time."""
    submit(bare, "right", solve(bare, dict(GOOD)))
    entries, told = graded(course)
    assert entries[0].needs_review is None
    assert (entries[0].score, told, tried(bare)) == (entries[0].max_score, [], [])
    for student in ("wrong", "wrong-too"):
        submit(bare, student, solve(bare, {**GOOD, "row_sums": SLIP}))
    entries, told = graded(course)
    assert told == [f"{TRYING} row_sums may look like …"]
    assert [name.split("-")[-2] for name in tried(bare)] == ["check_row_sums"]
    assert graded(course)[1] == []


def test_names_that_cannot_be_had_cost_nobody_a_grade(
    bare: Path, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel that tries them does not start: the verdicts are the same, and it is said."""
    from autograder.reference import suppositions

    def fails(*_: object) -> None:
        raise OSError("no kernel")

    monkeypatch.setattr(suppositions, "execute", fails)
    submit(bare, "wrong", solve(bare, {**GOOD, "row_sums": SLIP}))
    entries, told = graded(course)
    assert entries[0].needs_review is None
    assert entries[0].score == entries[0].max_score - 3.0
    assert (len(told), tried(bare)) == (1, [])
