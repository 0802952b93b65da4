"""Windows of text in the manner of Austen's novels, on which several weeks' entries are scored."""

from __future__ import annotations

from functools import lru_cache

from course.challenges.task import Windows
from course.challenges.text_machine import windows, written_text
from course.data import load_austen
from course.data.prose import ALPHABET, clean_prose

GIVEN = "prideprejudice"  # what an entry may learn from; the unseen text is in the others' manner
LENGTH = 48  # characters of a context
ROOM = LENGTH + 1 + 30  # the most characters that a window takes


def training_text() -> str:
    """Pride and Prejudice, in the 36 characters of `ALPHABET`."""
    return clean_prose(load_austen()[GIVEN], start="It is a truth")


@lru_cache(maxsize=2)
def unseen_windows(seed: str, count: int) -> Windows:
    """Windows of a text that a machine wrote in the manner of Austen's other five novels."""
    books = [clean_prose(text) for name, text in load_austen().items() if name != GIVEN]
    return windows(written_text(books, seed, count * ROOM), ALPHABET, seed, count, LENGTH)
