"""Errors with a sentence for a person: what happened, to whom, and what to do next."""

from __future__ import annotations


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
