"""Week 15: dialogues about countries that do not exist, drawn anew under this folder's secret."""

from __future__ import annotations

from course.challenges.task import Windows
from course.weeks.week15_chatbot.challenge import CHALLENGE, HIDDEN, dialogues

__all__ = ["CHALLENGE", "hidden"]


def hidden(seed: str) -> Windows:
    """The hidden set: dialogues, and the place of each right reply."""
    return dialogues(seed, HIDDEN)
