"""Week 01: gaps in a text that is written anew for each secret."""

from __future__ import annotations

from course.challenges.task import Windows
from course.weeks.week01_word2vec.challenge import CHALLENGE, HIDDEN_GAPS, unseen_gaps

__all__ = ["CHALLENGE", "hidden"]


def hidden(seed: str) -> Windows:
    """The hidden set: gaps with eight candidates, and where the right word stands."""
    return unseen_gaps(seed, HIDDEN_GAPS)
