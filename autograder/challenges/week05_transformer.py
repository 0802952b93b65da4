"""Week 05: texts that each follow rules of their own, written anew under this folder's secret."""

from __future__ import annotations

from course.challenges.task import Windows
from course.weeks.week05_transformer.challenge import CHALLENGE, HIDDEN_TEXTS, texts

__all__ = ["CHALLENGE", "hidden"]


def hidden(seed: str) -> Windows:
    """The hidden set: texts of 96 letters, and the letter behind each."""
    return texts(seed, HIDDEN_TEXTS)
