"""Week 10: places in stories that a machine writes anew under this folder's secret."""

from __future__ import annotations

from course.challenges.task import Windows
from course.weeks.week10_modern.challenge import CHALLENGE, HIDDEN_PLACES, places

__all__ = ["CHALLENGE", "hidden"]


def hidden(seed: str) -> Windows:
    """The hidden set: 16 tokens and 16 to choose from, and which of them came next."""
    return places(seed, HIDDEN_PLACES)
