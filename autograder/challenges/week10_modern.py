"""Week 10: places in stories that no student has, drawn under this folder's secret.

`week10_stories.txt.xz` holds 600 stories of the tiny Llama's teacher that are neither among those
that the model has read nor among those that ship with it.
"""

from __future__ import annotations

from pathlib import Path

from course.challenges.task import Windows
from course.weeks.week10_modern.challenge import CHALLENGE, HIDDEN_PLACES, places
from course.weeks.week10_modern.toys import unread_stories

__all__ = ["CHALLENGE", "hidden"]

STORIES = Path(__file__).with_name("week10_stories.txt.xz")


def hidden(seed: str) -> Windows:
    """The hidden set: 16 tokens and 16 to choose from, and which of them came next."""
    return places(unread_stories(STORIES), seed, HIDDEN_PLACES)
