"""The open challenge of week 05: the next letter of texts that each follow rules of their own."""

from __future__ import annotations

import random

from course.challenges.task import Challenge, Windows

LETTERS = "abcdefghijkl"
LENGTH = 96  # letters of a context
PRACTICE_TEXTS, HIDDEN_TEXTS = 1500, 3000
NOISE, OWN_PAIRS, MOST_FOLLOWERS = 0.1, 0.5, 3


def text_of_its_own(rng: random.Random, length: int) -> str:
    """A text by rules that are drawn for it alone.

    A letter has one to three followers. Half of the pairs of letters have a single follower of
    their own, which comes first. One letter in ten is any letter.
    """
    followers = {a: rng.choices(LETTERS, k=rng.randint(1, MOST_FOLLOWERS)) for a in LETTERS}
    of_pairs = {
        a + b: rng.choice(LETTERS) if rng.random() < OWN_PAIRS else ""
        for a in LETTERS
        for b in LETTERS
    }
    text = rng.choice(LETTERS) + rng.choice(LETTERS)
    while len(text) < length:
        by_rule = of_pairs[text[-2:]] or rng.choice(followers[text[-1]])
        text += rng.choice(LETTERS) if rng.random() < NOISE else by_rule
    return text


def texts(seed: str, count: int) -> Windows:
    """Texts without their last letter, and the places of these letters in `LETTERS`."""
    rng = random.Random(f"reader/{seed}")
    made = [text_of_its_own(rng, LENGTH + 1) for _ in range(count)]
    return Windows(
        tuple(text[:-1] for text in made), tuple(LETTERS.index(text[-1]) for text in made)
    )


CHALLENGE = Challenge(
    name="reader",
    unit="bits a letter",
    classes=LETTERS,
    curve=((3.5, 0), (3.0, 1), (2.5, 2), (2.17, 3), (2.03, 4), (1.94, 5)),
    practice=lambda: texts("practice", PRACTICE_TEXTS),
)
