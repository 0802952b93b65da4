"""A person's comments on work that has changed since: kept, and named until they are edited."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from nbgrader.api import Comment
from sqlalchemy import Column, MetaData, String, Table, inspect, select

OLD = Table(
    "word2chat_old_comment",
    MetaData(),
    Column("comment_id", String(32), primary_key=True),
    Column("text", String(64), nullable=False),  # its hash: an edited comment is a new one
)


def mark_old(session: Any, comments: Iterable[Comment]) -> None:
    """Remember that these were written on other work; the session is the caller's to commit."""
    found = {comment.id: _hash(comment.manual_comment) for comment in comments}
    if not found:
        return
    OLD.create(session.connection(), checkfirst=True)
    session.execute(OLD.delete().where(OLD.c.comment_id.in_(found)))
    rows = [{"comment_id": comment, "text": text} for comment, text in found.items()]
    session.execute(OLD.insert(), rows)


def old_texts(session: Any) -> dict[str, str]:
    """Each comment that was written on other work, with the hash of what it said."""
    if not inspect(session.connection()).has_table(OLD.name):
        return {}
    return {row.comment_id: row.text for row in session.execute(select(OLD))}


def is_old(comment: str, text: str | None, old: dict[str, str]) -> bool:
    """Whether a comment still says what it said of other work."""
    return text is not None and old.get(comment) == _hash(text)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
