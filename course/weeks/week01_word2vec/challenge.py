"""The open challenge of week 01: which of eight words stood in the gap?"""

from __future__ import annotations

import random
import re
from functools import lru_cache

from course.challenges.novels import GIVEN, training_text
from course.challenges.task import Challenge, Windows
from course.challenges.text_machine import written_text
from course.data import load_austen
from course.data.prose import clean_prose

SIDE, CANDIDATES = 4, 8  # words on each side of the gap; words to choose from
PRACTICE_GAPS, HIDDEN_GAPS = 1500, 3000
ROOM = 14  # the most words that a gap takes, its neighbours and what is left out included
WORD = re.compile(r"[a-z']+")


def words_of(text: str) -> list[str]:
    """The words of clean prose, in order, without marks."""
    return WORD.findall(text)


def training_words() -> list[str]:
    """Pride and Prejudice as words."""
    return words_of(training_text())


@lru_cache(maxsize=2)
def unseen_gaps(seed: str, count: int) -> Windows:
    """Gaps in a text that a machine wrote in the manner of Austen's other five novels.

    A context is one text: four words, `_` for the gap, four words, `|`, eight candidates. One of
    these stood there; the others are drawn from the novels as often as they stand in them.
    """
    books = [clean_prose(text) for name, text in load_austen().items() if name != GIVEN]
    words = words_of(written_text(books, seed, count * ROOM * 8))
    rng = random.Random(f"gaps/{seed}")
    found, at = [], 0
    for _ in range(count):
        found.append(_gap(words, at, rng))
        at += 2 * SIDE + 1 + rng.randint(1, 4)
    rng.shuffle(found)
    return Windows(tuple(text for text, _ in found), tuple(place for _, place in found))


def _gap(words: list[str], at: int, rng: random.Random) -> tuple[str, int]:
    """The gap behind the four words that begin at a place, and where the right word stands."""
    middle = at + SIDE
    right = words[middle]
    candidates = {right: None}
    while len(candidates) < CANDIDATES:
        candidates[words[rng.randrange(len(words))]] = None
    order = rng.sample(list(candidates), CANDIDATES)
    before, after = words[at:middle], words[middle + 1 : middle + 1 + SIDE]
    return " ".join([*before, "_", *after, "|", *order]), order.index(right)


CHALLENGE = Challenge(
    name="gaps",
    unit="bits a gap",
    classes=tuple(str(place) for place in range(1, CANDIDATES + 1)),
    curve=((3.0, 0), (2.6, 1), (2.35, 2), (2.2, 3), (2.0, 4), (1.85, 5)),
    practice=lambda: unseen_gaps("practice", PRACTICE_GAPS),
    given=training_words,
)
