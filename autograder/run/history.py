"""How each score came about: a line whenever one has changed, in the gradebook's own database.

A line is written by `grade`, whatever the cause: another verdict, a date, an extension, or points
given by hand in the formgrader since the last run.
"""

from __future__ import annotations

import getpass
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from nbgrader.api import Gradebook
from sqlalchemy import Column, DateTime, Float, Integer, MetaData, String, Table, inspect, select

from autograder.course_folder import Course
from autograder.gradebook import open_gradebook, patiently
from autograder.model import Reference
from autograder.pages.standing import Standing
from autograder.roster.store import has_gradebook
from autograder.week import Week

HISTORY = Table(
    "word2chat_history",
    MetaData(),
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", DateTime, nullable=False),
    Column("week", String(128), nullable=False, index=True),
    Column("student", String(128), nullable=False, index=True),
    Column("total", Float),
    Column("made_of", String(255), nullable=False),
    Column("checks", String(16), nullable=False),
    Column("seed", String(16), nullable=False),
    Column("by", String(64), nullable=False),
)


@dataclass(frozen=True)
class Line:
    """One change: when, from what to what, by which version of the checks and which seed, and who.

    `before` and `after` are None where there was no score. `checks` and `seed` are fingerprints.
    """

    at: datetime
    week: str
    before: float | None
    after: float | None
    made_of: str
    checks: str
    seed: str
    by: str


def remember(
    gradebook: Gradebook,
    week: Week,
    standings: Mapping[str, Standing],
    checks: str | None = None,
) -> None:
    """Write a line for everybody whose score, or what it is made of, is another than before.

    Args:
        gradebook: open.
        week: whose scores.
        standings: where everybody stands now.
        checks: the fingerprint of what judged; None: of the line before, for nothing was judged.

    Raises:
        UserError: another program holds the gradebook.
    """
    patiently(lambda: _remember(gradebook, week, standings, checks), gradebook.db.rollback)


def fingerprint_of(references: Mapping[str, Reference]) -> str:
    """A few letters that are others whenever a check of the week is another."""
    return _short("".join(sorted(one.key for one in references.values())))


def _remember(
    gradebook: Gradebook, week: Week, standings: Mapping[str, Standing], checks: str | None
) -> None:
    session = gradebook.db
    HISTORY.create(session.get_bind(), checkfirst=True)
    query = select(HISTORY).where(HISTORY.c.week == week.name).order_by(HISTORY.c.id)
    rows = {row.student: row for row in session.execute(query)}
    last = {student: (row.total, row.made_of) for student, row in rows.items()}
    shared = {
        "at": datetime.now(UTC).replace(tzinfo=None), "week": week.name, "by": _user(),
        "seed": _short(week.course.seed),
    }  # fmt: skip
    changed = [
        {
            "student": student, "total": one.total, "made_of": _words(one)[:255], **shared,
            "checks": checks or (rows[student].checks if student in rows else ""),
        }
        for student, one in standings.items()
        if last.get(student) != (one.total, _words(one)[:255])
    ]  # fmt: skip
    if changed:
        session.execute(HISTORY.insert(), changed)
    session.commit()


def read_history(course: Course, student: str) -> list[Line]:
    """The lines of a student, the oldest first; empty for a student without any."""
    if not has_gradebook(course):
        return []
    with open_gradebook(course) as gradebook:
        if not inspect(gradebook.db.get_bind()).has_table(HISTORY.name):
            return []
        query = select(HISTORY).where(HISTORY.c.student == student).order_by(HISTORY.c.id)
        return _lines(list(gradebook.db.execute(query)))


def _lines(rows: list[Any]) -> list[Line]:
    found, before = [], dict[str, float | None]()
    for row in rows:
        found.append(
            Line(row.at, row.week, before.get(row.week), row.total, row.made_of, row.checks,
                 row.seed, row.by)
        )  # fmt: skip
        before[row.week] = row.total
    return found


def _words(standing: Standing) -> str:
    return standing.words if standing.has_score else "needs a review"


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _user() -> str:
    try:
        return getpass.getuser()[:64]
    except (KeyError, OSError):
        return "?"
