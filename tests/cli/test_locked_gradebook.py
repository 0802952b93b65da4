"""A gradebook that another program holds: one sentence, exit code 1, nothing half-written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import event
from sqlalchemy.engine import Engine
from test_cli import call_here
from tiny_course import WEEK, released, submit

import autograder.gradebook
from autograder.course_folder import open_course
from autograder.journal import open_journal
from autograder.model import Entry
from autograder.week import open_week

LIST = "id,first_name\ns1,하나\n"
COMMANDS = [
    ("students", "import", "LIST"), ("students", "list"), ("collect", WEEK, "DOWNLOAD"),
    ("grade", WEEK), ("feedback", WEEK), ("report", WEEK), ("export", WEEK), ("history", "s1"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One try, and no five seconds of SQLite's own patience within it."""
    monkeypatch.setattr(autograder.gradebook, "WAITS", ())

    def hurry(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA busy_timeout = 20")

    event.listen(Engine, "connect", hurry)
    yield
    event.remove(Engine, "connect", hurry)


@pytest.fixture
def held(root: Path) -> Iterator[Path]:
    """A course with a submission in the gradebook, which somebody else holds."""
    submit(root, "s1", released(root))
    submit(root.parent / "download", "s1", released(root))
    (root.parent / "list.csv").write_text(LIST, "utf-8")
    with Gradebook(open_course(root).db_url) as gradebook:
        gradebook.add_student("s1")
        gradebook.add_submission(WEEK, "s1")
    week = open_week(open_course(root), WEEK)
    open_journal(week).append([Entry("s1", "key", 6.0, 6.0)])
    holder = sqlite3.connect(root / "gradebook.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    yield root
    holder.close()


def files(root: Path) -> dict[Path, bytes]:
    """Everything but the engine's own notes, which may be begun anew at any time."""
    found = (path for path in root.rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in found if ".autograder" not in path.parts}


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_the_command_says_so_and_writes_nothing(held: Path, words: tuple[str, ...]) -> None:
    """No traceback, no file, and what to close."""
    places = {"LIST": held.parent / "list.csv", "DOWNLOAD": held.parent / "download"}
    before = files(held)
    answer = call_here(held, *(str(places.get(word, word)) for word in words))
    assert answer.code == 1
    assert "database is locked" in answer.stderr and "Close the program" in answer.stderr
    assert files(held) == before
