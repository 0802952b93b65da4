"""Errors with a sentence for a person: what happened, to whom, and what to do next."""

from __future__ import annotations

import difflib
from collections.abc import Sequence


class UserError(Exception):
    """Something the person at the keyboard can put right. The command line prints it, no traceback.

    Args:
        happened: what went wrong, and to which week, student or file.
        remedy: what to do next.
    """

    def __init__(self, happened: str, remedy: str = "") -> None:
        super().__init__(f"{happened} {remedy}".strip())
        self.happened = happened
        self.remedy = remedy


class Refused(Exception):
    """A submission that cannot be graded as it is: it goes to `needs_review`, the class goes on."""


class GraderFault(Exception):
    """Our own failure. It is never a student's zero: the submission goes to `needs_review`."""


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """The remedy for a name that there is not: the one most like it, or else all that there are."""
    near = difflib.get_close_matches(name, known, 1, 0.5)
    return f"Did you mean {near[0]}?" if near else f"Known: {', '.join(known)}."
