"""The open challenge of week 07: fewest bits a byte within ten seconds of processor time."""

from __future__ import annotations

from course.challenges.novels import training_text, unseen_windows
from course.challenges.task import Challenge
from course.data.prose import ALPHABET

PRACTICE_WINDOWS, HIDDEN_WINDOWS = 1500, 2500
CHAPTER = "chapter"  # another text than week 02's under the same secret

CHALLENGE = Challenge(
    name="bits per byte",
    unit="bits a byte",
    classes=ALPHABET,
    curve=((4.3, 0), (3.4, 1), (2.6, 2), (2.25, 3), (2.19, 4), (2.15, 5)),
    practice=lambda: unseen_windows(f"{CHAPTER} practice", PRACTICE_WINDOWS),
    given=training_text,
)
