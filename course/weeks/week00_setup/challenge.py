"""The open challenge of week 00: make one good distribution of three models' logits."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import lru_cache

import numpy as np

from course.challenges.novels import training_text, unseen_windows
from course.challenges.task import Challenge, Windows
from course.data.prose import ALPHABET

# characters that a model looks back at, and how sharp its logits are: 1 is as it counted
MODELS = ((1, 1.0), (3, 2.0), (5, 3.0))
NEVER = 0.02  # what a model counts for a character that it never saw there
PRACTICE_WINDOWS, HIDDEN_WINDOWS = 1500, 3000


@lru_cache(maxsize=1)
def counted() -> tuple[dict[str, Counter], ...]:
    """For each model the characters behind each context, counted in Pride and Prejudice."""
    text = training_text()
    tables: list[dict[str, Counter]] = []
    for length, _ in MODELS:
        rows: dict[str, Counter] = defaultdict(Counter)
        for place in range(length, len(text)):
            rows[text[place - length : place]][text[place]] += 1
        tables.append(dict(rows))
    return tuple(tables)


def logits_of(context: str) -> np.ndarray:
    """The three models' logits behind a context, (3, 36); a context never seen gives equal ones."""
    found = np.zeros((len(MODELS), len(ALPHABET)))
    for place, ((length, sharpness), rows) in enumerate(zip(MODELS, counted(), strict=True)):
        row = rows.get(context[-length:])
        if row is not None:
            counts = np.array([row.get(character, 0) + NEVER for character in ALPHABET])
            found[place] = sharpness * (np.log(counts) - np.log(counts).mean())
    return found.round(3)


def unseen_logits(seed: str, count: int) -> Windows:
    """What the models say behind contexts of an unseen text, and the characters that came."""
    text = unseen_windows(seed, count)
    return Windows(tuple(map(logits_of, text.contexts)), text.targets)


CHALLENGE = Challenge(
    name="bits",
    unit="bits a character",
    classes=ALPHABET,
    curve=((4.0, 0), (3.2, 1), (2.6, 2), (2.4, 3), (2.25, 4), (2.12, 5)),
    practice=lambda: unseen_logits("practice", PRACTICE_WINDOWS),
)
