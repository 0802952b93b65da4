"""Week 03: windows of a text that is written anew for each secret; 10,000 numbers at most."""

from __future__ import annotations

from course.challenges.novels import unseen_windows
from course.challenges.task import Windows
from course.weeks.week03_lstm.challenge import CHALLENGE, HIDDEN_WINDOWS

__all__ = ["CHALLENGE", "hidden"]


def hidden(seed: str) -> Windows:
    """The hidden set: contexts of 48 characters, and the character behind each."""
    return unseen_windows(seed, HIDDEN_WINDOWS)
