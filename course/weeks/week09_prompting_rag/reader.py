"""A reader without a language model: it picks a field by the meaning of its name, and cuts out.

It stands where a language model will stand. It needs no download and takes a millisecond; it knows
how a Factbook passage is built, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from course.data import load_glove
from course.data.factbook import TOPICS

FIELDS = sorted((field for fields in TOPICS.values() for field in fields), key=len, reverse=True)
HEAD = re.compile(rf"(?:(?<=\. )|^)({'|'.join(map(re.escape, FIELDS))}): ")
VALUE = re.compile(r'"?([^"(;]+?)"?(?: \(|;|, | -?[0-9][0-9,]* m\b|\.?$)')
COMMON = frozenset(
    "a an and are at by do does for from has have how in is it its of on or that the they this to "
    "was were what when where which who with".split()
)


class WordVectors:
    """GloVe's rows, centred: a text is the mean of its words', and 0 where it knows none."""

    def __init__(self) -> None:
        known, table = load_glove()
        self.places = {word: place for place, word in enumerate(known)}
        self.table = table - table.mean(axis=0)

    def of(self, text: str) -> np.ndarray:
        """A unit vector (100,), or zeros."""
        found = [self.places[w] for w in _words(text) if w in self.places]
        total = self.table[found].sum(axis=0)  # (100,)
        return total / max(1e-9, float(np.linalg.norm(total)))


def _words(text: str) -> list[str]:
    return [w for w in re.findall(r"[a-z]+", text.casefold()) if w not in COMMON]


def statements(passage: str) -> Iterator[tuple[str, str]]:
    """(name, what is said) of each field of a Factbook passage, and of each part of a field."""
    heads = list(HEAD.finditer(passage))
    stops = [head.start() for head in heads[1:]] + [len(passage)]
    for head, stop in zip(heads, stops, strict=True):
        for part in passage[head.end() : stop].strip().split("; "):
            label, colon, said = part.partition(": ")
            yield (f"{head[1]} {label}", said) if colon else (head[1], part)


class FieldReader:
    """Reads the field whose name lies nearest to the question.

    Args:
        vectors: of words.
        least: a cosine below this is no answer.
    """

    def __init__(self, vectors: WordVectors, least: float = 0.2) -> None:
        self.vectors, self.least = vectors, least

    def __call__(self, question: str, passages: Sequence[str]) -> str | None:
        """A short answer from the first passage that has one; None where none has."""
        for passage in passages:
            found = self._best(question, passage)
            if found is not None:
                return found
        return None

    def _best(self, question: str, passage: str) -> str | None:
        country = passage.partition(". ")[0]
        asked = self.vectors.of(question.replace(country, ""))  # (100,)
        rated = [(float(asked @ self.vectors.of(name)), said) for name, said in statements(passage)]
        score, said = max(rated, key=lambda pair: pair[0], default=(0.0, ""))
        value = VALUE.match(said)
        return value[1].strip() if value and score >= self.least else None
