"""What a run tells while it works: the command line draws it, a script may ignore it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.model import Entry


class Watcher:
    """Hears of everything and does nothing; subclasses show it."""

    def say(self, text: str) -> None:
        """One line for a person."""

    def start(self, total: int) -> None:
        """The number of submissions to grade is known."""

    def done(self, entry: Entry) -> None:
        """One submission has been graded and written."""
