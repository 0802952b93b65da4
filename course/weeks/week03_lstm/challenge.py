"""The open challenge of week 03: fewest bits a character with at most 10,000 numbers."""

from __future__ import annotations

from course.challenges.novels import training_text, unseen_windows
from course.challenges.task import Challenge
from course.data.prose import ALPHABET

PRACTICE_WINDOWS, HIDDEN_WINDOWS = 1500, 4000

CHALLENGE = Challenge(
    name="small memory",
    unit="bits a character",
    classes=ALPHABET,
    curve=((4.3, 0), (3.5, 1), (2.85, 2), (2.55, 3), (2.35, 4), (2.23, 5)),
    practice=lambda: unseen_windows("practice", PRACTICE_WINDOWS),
    given=training_text,
    numbers=10_000,
)
