"""Week 07: a chapter in the manner of five novels, written anew under this folder's secret."""

from __future__ import annotations

from course.challenges.novels import unseen_windows
from course.challenges.task import Windows
from course.weeks.week07_gpt.challenge import CHALLENGE, CHAPTER, HIDDEN_WINDOWS

__all__ = ["CHALLENGE", "hidden"]


def hidden(seed: str) -> Windows:
    """The hidden set: contexts of 48 characters, and the character behind each."""
    return unseen_windows(f"{CHAPTER} {seed}", HIDDEN_WINDOWS)
