"""What readers keep beside nbgrader's scores: an answer's rubric items, comments to use again.

Both stand in tables of ours in the gradebook's database, so that one backup holds everything and
assistants on several machines share them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nbgrader.api import Gradebook
from sqlalchemy import Column, Float, Integer, MetaData, String, Table, Text, inspect, select

from autograder.errors import UserError

META = MetaData()
TICKS = Table(
    "word2chat_ticks",
    META,
    Column("grade_id", String(32), primary_key=True),
    Column("ticks", Text, nullable=False),
    Column("points", Float),  # of that moment: other points were given elsewhere since
    Column("reader", String(255), nullable=False, default=""),
)
BANK = Table(
    "word2chat_comments",
    META,
    Column("id", Integer, primary_key=True),
    Column("cell_id", String(32), nullable=False, index=True),
    Column("text", Text, nullable=False),
)
MOST_COMMENTS, MOST_CHARS = 100, 2_000


@dataclass(frozen=True)
class Kept:
    """A comment of the bank."""

    id: int
    text: str


def ticks_of(gradebook: Gradebook) -> dict[str, tuple[Mapping[str, float], float | None]]:
    """By nbgrader's id of a grade: points by rubric item, and their sum when it was given."""
    if not _is_there(gradebook, TICKS):
        return {}
    rows = gradebook.db.execute(select(TICKS))
    return {row.grade_id: (json.loads(row.ticks), row.points) for row in rows}


def keep_ticks(
    gradebook: Gradebook, grade: str, ticks: Mapping[str, float], points: float | None, reader: str
) -> None:
    """Store an answer's rubric items; whoever calls commits."""
    TICKS.create(gradebook.db.connection(), checkfirst=True)
    gradebook.db.execute(TICKS.delete().where(TICKS.c.grade_id == grade))
    values = {"ticks": json.dumps(dict(ticks)), "points": points, "reader": reader[:255]}
    gradebook.db.execute(TICKS.insert().values(grade_id=grade, **values))


def bank_of(gradebook: Gradebook, cell_id: str) -> list[Kept]:
    """The comments that are kept for a question, in the order in which they came."""
    if not _is_there(gradebook, BANK):
        return []
    mine = select(BANK).where(BANK.c.cell_id == cell_id).order_by(BANK.c.id)
    return [Kept(row.id, row.text) for row in gradebook.db.execute(mine)]


def keep_comment(gradebook: Gradebook, cell_id: str, text: str) -> None:
    """Add a comment to the bank, unless it is there.

    Raises:
        UserError: it is empty or too long, or the bank is full.
    """
    text = text.strip()
    known = [kept.text for kept in bank_of(gradebook, cell_id)]
    if not text or len(text) > MOST_CHARS:
        raise UserError(f"A comment of the bank has from 1 to {MOST_CHARS} characters.")
    if len(known) >= MOST_COMMENTS:
        raise UserError(f"The bank holds {MOST_COMMENTS} comments: remove one first.")
    if text not in known:
        BANK.create(gradebook.db.connection(), checkfirst=True)
        gradebook.db.execute(BANK.insert().values(cell_id=cell_id, text=text))
        gradebook.db.commit()


def drop_comment(gradebook: Gradebook, cell_id: str, number: int) -> None:
    """Take a comment out of the bank; what was written with it stays."""
    if _is_there(gradebook, BANK):
        here = (BANK.c.cell_id == cell_id) & (BANK.c.id == number)
        gradebook.db.execute(BANK.delete().where(here))
        gradebook.db.commit()


def _is_there(gradebook: Gradebook, table: Table) -> Any:
    return inspect(gradebook.db.connection()).has_table(table.name)
