"""Week 11: what 30 symbols bought, drawn anew under this folder's secret."""

from __future__ import annotations

from course.challenges.task import Windows
from course.weeks.week11_reasoning.challenge import CHALLENGE, HIDDEN, purchases

__all__ = ["CHALLENGE", "hidden"]


def hidden(seed: str) -> Windows:
    """The hidden set: purchases, and the right digit of each."""
    return purchases(seed, HIDDEN)
