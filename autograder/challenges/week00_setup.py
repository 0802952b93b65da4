"""Week 00: three models' logits behind contexts of a text that is written anew for each secret."""

from __future__ import annotations

from course.challenges.task import Windows
from course.weeks.week00_setup.challenge import CHALLENGE, HIDDEN_WINDOWS, unseen_logits

__all__ = ["CHALLENGE", "hidden"]


def hidden(seed: str) -> Windows:
    """The hidden set: logits (3, 36), and the character that came."""
    return unseen_logits(seed, HIDDEN_WINDOWS)
