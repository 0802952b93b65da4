"""Week 13: digits of a hand that is drawn under this folder's secret."""

from __future__ import annotations

from course.challenges.task import Windows
from course.weeks.week13_generative.challenge import CHALLENGE, HIDDEN, forgeries

__all__ = ["CHALLENGE", "hidden"]


def hidden(seed: str) -> Windows:
    """The hidden set: dice, the digits of a hand, and others of this hand to learn from."""
    return forgeries(seed, HIDDEN)
