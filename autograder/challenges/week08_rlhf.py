"""Week 08: people with tastes of their own, drawn anew under this folder's secret."""

from __future__ import annotations

from course.challenges.task import Windows
from course.weeks.week08_rlhf.challenge import CHALLENGE, HIDDEN_PEOPLE, people

__all__ = ["CHALLENGE", "hidden"]


def hidden(seed: str) -> Windows:
    """The hidden set: what is known of each person, and how the person ranks eight candidates."""
    return people(seed, HIDDEN_PEOPLE)
