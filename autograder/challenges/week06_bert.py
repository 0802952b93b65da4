"""Week 06: moods of reviews that are spliced anew for each secret."""

from __future__ import annotations

from course.challenges.task import Windows
from course.weeks.week06_bert.challenge import CHALLENGE, HIDDEN_REVIEWS, unseen_reviews

__all__ = ["CHALLENGE", "hidden"]


def hidden(seed: str) -> Windows:
    """The hidden set: reviews, and their classes as places in `CHALLENGE.classes`."""
    return unseen_reviews(seed, HIDDEN_REVIEWS)
