"""The journal of a week: one line per graded submission, so that a killed run loses nothing.

An entry says what was judged (by hash) and what was found. A later run skips a submission whose
hash has not changed; the report is made from the same lines.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.errors import UserError
from autograder.model import Entry
from autograder.stored import Damaged, as_json, from_json
from autograder.week import Week


@dataclass
class Journal:
    """The journal of one week in one course folder."""

    path: Path
    entries: dict[str, Entry] = field(default_factory=dict)

    def append(self, entries: list[Entry]) -> None:
        """Add lines and make sure that they are on disk before going on.

        Raises:
            UserError: they cannot be written; the next run grades these submissions again.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as stream:
                for entry in entries:
                    stream.write(as_json(entry).encode() + b"\n")
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise UserError(
                f"The journal {self.path} cannot be written: {error.strerror}.",
                "Make room and run the command again: what was recorded before is kept.",
            ) from error
        self.entries.update({entry.student: entry for entry in entries})


def journal_path(week: Week) -> Path:
    """Where a week's journal lies; before the first run nothing does."""
    return week.course.state / "journal" / f"{week.name}.jsonl"


def open_journal(week: Week) -> Journal:
    """Read a week's journal. A last line that a killed run left unfinished is ignored and cut."""
    path = journal_path(week)
    journal = Journal(path)
    if not path.is_file():
        return journal
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    for line in whole.splitlines():
        with contextlib.suppress(Damaged):  # or of an older form: simply graded again
            entry = from_json(Entry, line)
            journal.entries[entry.student] = entry
    if len(whole) < len(content):
        os.truncate(path, len(whole))
    return journal


def verdict_key(*parts: Any) -> str:
    """The hash of everything that can change a verdict."""
    return hashlib.sha256("\0".join(map(repr, parts)).encode()).hexdigest()


@contextmanager
def only_grader(week: Week) -> Iterator[None]:
    """Hold the week for this process.

    Raises:
        UserError: another grader holds it.
    """
    path = week.course.state / f"{week.name}.lock"
    with path.open("a+") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            stream.seek(0)
            holder = stream.read().strip() or "?"
            raise UserError(
                f"Another grader is at work on '{week.name}' (process {holder}).",
                "Wait until it ends, or stop it; what it has graded is kept.",
            ) from None
        stream.truncate(0)
        stream.write(str(os.getpid()))
        stream.flush()
        yield
