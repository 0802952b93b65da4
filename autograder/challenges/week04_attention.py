"""Week 04: two languages that nobody speaks, invented anew for each secret."""

from __future__ import annotations

from course.challenges.task import Windows
from course.weeks.week04_attention.challenge import CHALLENGE, HIDDEN_SENTENCES, unseen_sentences

__all__ = ["CHALLENGE", "hidden"]


def hidden(seed: str) -> Windows:
    """The hidden set: sentences with a word in brackets, and the place that it comes from."""
    return unseen_sentences(seed, HIDDEN_SENTENCES)
