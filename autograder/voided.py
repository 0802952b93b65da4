"""Checks that were found to be broken after a class handed in: void, until somebody takes it back.

A void check gives everybody its full points, or it is dropped: no points, and none to be had. What
it found stays in the gradebook and in the journal. It is only counted otherwise, wherever a score
is read, so taking it back restores every score. The list stands in the gradebook's own database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Column, DateTime, MetaData, String, Table, inspect, select

from autograder.model import CheckVerdict, Entry, Verdict

if TYPE_CHECKING:  # pages say what is void too, and their processes start without nbgrader
    from nbgrader.api import Assignment, Gradebook, SubmittedNotebook

FULL, DROP = "full", "drop"
WORDS = {FULL: "void, full points for everybody", DROP: "void, it does not count"}
VOIDED = Table(
    "word2chat_voided",
    MetaData(),
    Column("week", String(128), primary_key=True),
    Column("cell", String(128), primary_key=True),
    Column("how", String(8), nullable=False),
    Column("at", DateTime, nullable=False),
)
Voids = Mapping[str, str]  # by the cell's grade_id: FULL or DROP


def read_voids(gradebook: Gradebook, week: str) -> dict[str, str]:
    """What is void in a week, and how."""
    if not inspect(gradebook.db.get_bind()).has_table(VOIDED.name):
        return {}
    rows = gradebook.db.execute(select(VOIDED).where(VOIDED.c.week == week))
    return {row.cell: row.how for row in rows}


def write_void(gradebook: Gradebook, week: str, cell: str, how: str | None) -> None:
    """Make a cell void, or take that back with None; the session is the caller's to commit."""
    session = gradebook.db
    VOIDED.create(session.connection(), checkfirst=True)
    here = (VOIDED.c.week == week) & (VOIDED.c.cell == cell)
    session.execute(VOIDED.delete().where(here))
    if how is not None:
        now = datetime.now(UTC).replace(tzinfo=None)
        session.execute(VOIDED.insert().values(week=week, cell=cell, how=how, at=now))


def counted_points(points: float, most: float, extra: float, how: str) -> tuple[float, float]:
    """The points of a cell that is void, and what could be had.

    Args:
        points: as they were given.
        most: what the cell is worth.
        extra: credit beyond it, which somebody gave by hand.
        how: FULL, DROP, or nothing.
    """
    if how == FULL:
        return most + extra, most
    return (0.0, 0.0) if how == DROP else (points, most)


def counted_notebook(notebook: SubmittedNotebook, voids: Voids) -> tuple[float, float]:
    """The score of a notebook before lateness, and what could be had, with void cells counted."""
    score, most = float(notebook.score or 0.0), float(notebook.max_score or 0.0)
    for grade in notebook.grades if voids else ():
        how = voids.get(grade.name, "")
        given, worth = float(grade.score or 0.0), float(grade.max_score or 0.0)
        points, could = counted_points(given, worth, float(grade.extra_credit or 0.0), how)
        score, most = score + points - given, most + could - worth
    return score, most


def dropped_points(gradebook: Gradebook, assignment: Assignment) -> float:
    """The points of a week that cannot be had any more."""
    voids = read_voids(gradebook, assignment.name)
    cells = (
        cell
        for notebook in assignment.notebooks
        for cell in (*notebook.grade_cells, *notebook.task_cells)
    )
    return sum(float(cell.max_score) for cell in cells if voids.get(cell.name) == DROP)


def as_counted(entry: Entry, voids: Voids) -> Entry:
    """What was found in a submission, as it counts."""
    if not voids or entry.score is None:
        return entry
    judgements = tuple(
        replace(judged, checks=tuple(_check(check, voids) for check in judged.checks))
        for judged in entry.judgements
    )
    points = round(sum(judged.points for judged in judgements), 6)
    most = round(sum(judged.max_points for judged in judgements), 6)
    return replace(entry, judgements=judgements, score=points, max_score=most)


def _check(check: CheckVerdict, voids: Voids) -> CheckVerdict:
    how = voids.get(check.grade_id)
    if how is None:
        return check
    points, most = counted_points(check.points, check.max_points, 0.0, how)
    return replace(
        check, verdict=Verdict.VOID, points=points, max_points=most, mistake=None, answer=""
    )
