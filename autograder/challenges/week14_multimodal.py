"""Week 14: cards and two languages, invented anew under this folder's secret."""

from __future__ import annotations

from course.challenges.task import Windows
from course.weeks.week14_multimodal.challenge import CHALLENGE, HIDDEN, unseen_cards

__all__ = ["CHALLENGE", "hidden"]


def hidden(seed: str) -> Windows:
    """The hidden set: examples, cards with eight captions each, and which caption is right."""
    return unseen_cards(seed, HIDDEN)
