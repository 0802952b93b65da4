"""The open challenge of week 06: an editor's three shelves, from 200 reviews that she put there."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from course.challenges.task import Challenge, Windows
from course.data import load_glove, load_movie_snippets
from course.weeks.week06_bert.toys import Labelled

SHELVES = ("first shelf", "second shelf", "third shelf")
LABELS, PRACTICE_REVIEWS, HIDDEN_REVIEWS = 200, 1500, 3000
NEAR = 150  # words of a theme
THEME = (30, 150)  # a theme's own word stands in at least and at most so many snippets
COMMON = 300  # words of more snippets than this belong to no theme
WORD = re.compile(r"[a-z']+")


@dataclass(frozen=True)
class Library:
    """All snippets in lower case, their words, and the words that a theme can be made of."""

    texts: tuple[str, ...]
    words: tuple[frozenset[str], ...]
    themes: tuple[str, ...]  # words that can name a theme
    vocabulary: tuple[str, ...]
    vectors: np.ndarray  # (words of the vocabulary, 100), rows of length 1


@cache
def library() -> Library:
    """The snippets, and GloVe's vectors of their words."""
    texts = tuple(dict.fromkeys(snippet.text.lower() for snippet in load_movie_snippets()))
    words = tuple(frozenset(WORD.findall(text)) for text in texts)
    count = Counter(word for some in words for word in some)
    known, table = load_glove()
    rows = [n for n, word in enumerate(known) if 0 < count[word] <= COMMON and len(word) > 2]
    vocabulary = tuple(known[n] for n in rows)
    vectors = table[rows].astype(np.float32)
    themes = (word for word in vocabulary if THEME[0] <= count[word] <= THEME[1] and len(word) > 3)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return Library(texts, words, tuple(themes), vocabulary, vectors / lengths)


def shelf_of_words(themes: list[str]) -> dict[str, int]:
    """The words of each shelf: the nearest to its theme, each on the shelf it is nearest to."""
    books = library()
    rows = [books.vocabulary.index(theme) for theme in themes]
    likeness = books.vectors @ books.vectors[rows].T  # (V, 3)
    nearest = likeness.argmax(1)
    return {
        books.vocabulary[n]: shelf
        for shelf in range(len(themes))
        for n in np.argsort(-likeness[:, shelf], kind="stable")[:NEAR]
        if nearest[n] == shelf
    }


def shelve(themes: list[str]) -> tuple[list[str], ...]:
    """The snippets of each shelf: it has more of their words than either of the others."""
    books, shelf_of = library(), shelf_of_words(themes)
    shelves: tuple[list[str], ...] = tuple([] for _ in themes)
    for text, words in zip(books.texts, books.words, strict=True):
        hits = Counter(shelf_of[word] for word in words & shelf_of.keys()).most_common(2)
        if hits and (len(hits) == 1 or hits[0][1] > hits[1][1]):
            shelves[hits[0][0]].append(text)
    return shelves


@lru_cache(maxsize=2)
def sorted_reviews(seed: str, count: int) -> Windows:
    """What one editor sorted: `count` reviews that are asked, and LABELS others as examples.

    Her three themes are drawn by the seed, so what a shelf means stands in no file. No review is
    asked that stands among the examples; a shelf has as many as the others, but for one.
    """
    dice = random.Random(f"three shelves/{seed}")
    wanted = -(-(LABELS + count) // len(SHELVES))
    while True:
        shelves = shelve(dice.sample(library().themes, len(SHELVES)))
        if min(map(len, shelves)) >= wanted:
            break
    rows = [(text, n) for n, shelf in enumerate(shelves) for text in dice.sample(shelf, wanted)]
    dice.shuffle(rows)
    asked = rows[LABELS : LABELS + count]
    return Windows(tuple(t for t, _ in asked), tuple(n for _, n in asked), tuple(rows[:LABELS]))


def labelled(examples: tuple[tuple[str, int], ...]) -> Labelled:
    """Examples as an entry gets them."""
    return Labelled(tuple(text for text, _ in examples), tuple(shelf for _, shelf in examples))


CHALLENGE = Challenge(
    name="shelves",
    unit="bits a review",
    classes=SHELVES,
    curve=((1.585, 0), (1.5, 1), (1.42, 2), (1.34, 3), (1.28, 4), (1.24, 5)),
    practice=lambda: sorted_reviews("practice", PRACTICE_REVIEWS),
    given=labelled,
)
