"""The open challenge of week 06: the mood of reviews that nobody has read, from 200 labels."""

from __future__ import annotations

import random
from functools import lru_cache

from course.challenges.task import Challenge, Windows
from course.weeks.week06_bert.toys import CLASSES, Labelled, snippets_by_class

LABELS, PRACTICE_REVIEWS, HIDDEN_REVIEWS = 200, 1500, 3000
SENTENCES = 2  # of a review


@lru_cache(maxsize=4)
def spliced_reviews(part: str, seed: str, count: int) -> Labelled:
    """Reviews that a machine put together, as many of each class as of the others.

    Every sentence is the beginning of one snippet and the end of another of the same class, joined
    at a word that both have. The halves are people's, the sentences nobody's.

    Args:
        part: whose snippets are cut up, "train" or "test".
        seed: the same seed writes the same reviews on every machine.
    """
    dice = random.Random(f"spliced reviews/{seed}")
    by_class = [[s.text.lower().split() for s in kind] for kind in snippets_by_class(part)]
    rows = []
    for n in range(count):
        kind = n % len(CLASSES)
        text = " ".join(_sentence(by_class[kind], dice) for _ in range(SENTENCES))
        rows.append((text, kind))
    dice.shuffle(rows)
    return Labelled(tuple(text for text, _ in rows), tuple(kind for _, kind in rows))


def _sentence(snippets: list[list[str]], dice: random.Random) -> str:
    """The beginning of one snippet and the end of another, joined at a word of both."""
    while True:
        one, two = dice.sample(snippets, 2)
        joints = [
            (i, j)
            for i, word in enumerate(one[:-1])
            for j, other in enumerate(two[:-1])
            if word == other and i > 0
        ]
        if joints:
            i, j = dice.choice(joints)
            return " ".join(one[: i + 1] + two[j + 1 :])


def two_hundred_labels() -> Labelled:
    """What every entry gets: 200 labelled reviews, spliced from the training part."""
    return spliced_reviews("train", "given", LABELS)


def unseen_reviews(seed: str, count: int) -> Windows:
    """Reviews spliced from the test part, and their classes."""
    found = spliced_reviews("test", seed, count)
    return Windows(found.texts, found.labels)


CHALLENGE = Challenge(
    name="moods",
    unit="bits a review",
    classes=CLASSES,
    curve=((1.585, 0), (1.53, 1), (1.47, 2), (1.42, 3), (1.37, 4), (1.33, 5)),
    practice=lambda: unseen_reviews("practice", PRACTICE_REVIEWS),
    given=two_hundred_labels,
)
