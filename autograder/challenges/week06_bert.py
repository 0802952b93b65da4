"""Week 06: an editor of three shelves, another one for each secret."""

from __future__ import annotations

from course.challenges.task import Windows
from course.weeks.week06_bert.challenge import CHALLENGE, HIDDEN_REVIEWS, sorted_reviews

__all__ = ["CHALLENGE", "hidden"]


def hidden(seed: str) -> Windows:
    """The hidden set: an editor's examples, reviews, and their shelves as places in `classes`."""
    return sorted_reviews(seed, HIDDEN_REVIEWS)
