"""A check that was broken: void for a whole class, and taken back again. Nobody's code runs."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass

from nbgrader.api import Assignment, Gradebook, GradeCell, Notebook, TaskCell

from autograder.course_folder import Course
from autograder.deadlines.settling import settle
from autograder.errors import UserError, did_you_mean
from autograder.gradebook import open_gradebook, patiently
from autograder.pages.standing import Standing, read_standings
from autograder.roster.store import has_gradebook
from autograder.run.history import remember
from autograder.stages.record import tried
from autograder.voided import WORDS, read_voids, write_void
from autograder.week import open_week


@dataclass(frozen=True)
class Changed:
    """The whole score of one student, before and after; None where there is none."""

    student: str
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Voided:
    """What was done, and whose score is another for it."""

    week: str
    check: str
    how: str | None  # voided.FULL or DROP; None: taken back
    students: int
    changed: tuple[Changed, ...]


def void(
    course: Course, check: str, how: str | None, week: str | None = None, dry_run: bool = False
) -> Voided:
    """Make a check void, or take that back; lateness and the history follow at once.

    Args:
        course: the course.
        check: the id of a cell with points, with or without "check_".
        how: voided.FULL, voided.DROP, or None to take it back.
        week: whose check; needed where several weeks have one of that id.
        dry_run: say what would change, and write nothing.

    Raises:
        UserError: no such check, or more than one; or another program holds the gradebook.
    """
    if not has_gradebook(course):
        raise UserError("There is no gradebook yet.", "Release and grade a week first.")
    with open_gradebook(course) as gradebook:
        week, cell = _found(gradebook, check, week)
        before = read_standings(gradebook, week)
        with tried(course, gradebook, ()) if dry_run else nullcontext():
            patiently(lambda: _write(gradebook, week, cell, how), gradebook.db.rollback)
            settle(course, gradebook, week)
            after = read_standings(gradebook, week)
            if not dry_run:
                remember(gradebook, open_week(course, week), after)
    return Voided(week, cell, how, len(after), _changed(before, after))


def _write(gradebook: Gradebook, week: str, cell: str, how: str | None) -> None:
    write_void(gradebook, week, cell, how)
    gradebook.db.commit()


def _changed(before: dict[str, Standing], after: dict[str, Standing]) -> tuple[Changed, ...]:
    return tuple(
        Changed(student, before[student].total, now.total)
        for student, now in sorted(after.items())
        if now.total != before[student].total
    )


def void_notes(course: Course, week: str) -> tuple[str, ...]:
    """A sentence for each check of a week that is void."""
    if not has_gradebook(course):
        return ()
    with open_gradebook(course) as gradebook:
        voids = read_voids(gradebook, week)
    return tuple(f"{name}: {WORDS[how]}." for name, how in sorted(voids.items()))


# ------------------------------------------------------------------------------------ which check
def _found(gradebook: Gradebook, check: str, week: str | None) -> tuple[str, str]:
    """The week and the cell that are meant.

    Raises:
        UserError: none, or several.
    """
    cells = [one for one in _cells(gradebook) if week in (None, one[0])]
    found = [one for one in cells if one[1] in (check, f"check_{check}")]
    weeks = sorted({one[0] for one in found})
    if len(weeks) > 1:
        raise UserError(f"'{check}' is in {', '.join(weeks)}.", "Say which: --week WEEK.")
    if not found:
        known = sorted({cell for _, cell in cells})
        where = f"'{week}' has" if week else "No week has"
        raise UserError(f"{where} no check '{check}'.", did_you_mean(check, known or ["none"]))
    return found[0]


def _cells(gradebook: Gradebook) -> list[tuple[str, str]]:
    """Week and id of every cell with points."""
    rows: list[tuple[str, str]] = []
    for kind in (GradeCell, TaskCell):
        query = (
            gradebook.db.query(Assignment.name, kind.name)
            .select_from(kind)
            .join(Notebook, Notebook.id == kind.notebook_id)
            .join(Assignment, Assignment.id == Notebook.assignment_id)
        )
        rows += [(week, cell) for week, cell in query]
    return rows
