"""Week 12: laboratories whose laws are drawn anew under this folder's secret."""

from __future__ import annotations

from course.challenges.task import Windows
from course.weeks.week12_scaling.challenge import CHALLENGE, HIDDEN, worlds

__all__ = ["CHALLENGE", "hidden"]


def hidden(seed: str) -> Windows:
    """The hidden set: known runs, and in which interval the loss of the next one fell."""
    return worlds(seed, HIDDEN)
