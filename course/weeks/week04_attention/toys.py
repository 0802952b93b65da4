"""Data of week 04: gold alignments as tensors, short help sentences, and a translation memory."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor

from course.data import SentencePair, split_en_ko_help

Tokens = list[str]
TokenPair = tuple[Tokens, Tokens]
TOKEN = re.compile(r"\w+|[^\w\s]")


def gold_links(pairs: Sequence[SentencePair], T_out: int, T: int) -> Tensor:
    """Where each Korean word comes from: bool (B, T_out, T), True at linked English places."""
    links = torch.zeros(len(pairs), T_out, T, dtype=torch.bool)
    for b, pair in enumerate(pairs):
        for i, places in enumerate(pair.links):
            links[b, i, list(places)] = True
    return links


def tokens(text: str) -> Tokens:
    """Words in small letters, and marks, each by itself."""
    return TOKEN.findall(text.lower())


@lru_cache(maxsize=4)
def help_pairs(longest: int) -> tuple[list[TokenPair], list[TokenPair]]:
    """Short pairs of LibreOffice's help, in the parts of the course: to learn from and to judge by.

    Args:
        longest: the most tokens of a side.
    """
    parts = split_en_ko_help()
    return _short(parts["train"], longest), _short(parts["test"], longest)


def _short(pairs: Sequence[tuple[str, str]], longest: int) -> list[TokenPair]:
    cut = [(tokens(english), tokens(korean)) for english, korean in pairs]
    return [pair for pair in cut if all(1 <= len(side) <= longest for side in pair)]


class TranslationMemory:
    """The translation of the most similar sentence that was seen, as it is.

    Similar: the cosine of bags of words, each word weighted by log(N / sentences with it).

    Args:
        pairs: N sentences with their translations.
    """

    def __init__(self, pairs: Sequence[TokenPair]) -> None:
        self.pairs = pairs
        seen = Counter(word for english, _ in pairs for word in set(english))
        self.weight = {word: math.log(len(pairs) / n) for word, n in seen.items()}
        self.sizes = [self._size(english) for english, _ in pairs]
        self.places: dict[str, list[int]] = defaultdict(list)
        for place, (english, _) in enumerate(pairs):
            for word in set(english):
                self.places[word].append(place)

    def _size(self, sentence: Tokens) -> float:
        return math.sqrt(sum(self.weight.get(word, 0.0) ** 2 for word in set(sentence)))

    def __call__(self, sentence: Tokens) -> Tokens:
        """The Korean tokens of the nearest English sentence; empty if no word is known."""
        scores: dict[int, float] = defaultdict(float)
        for word in set(sentence):
            for place in self.places.get(word, ()):
                scores[place] += self.weight[word] ** 2 / max(self.sizes[place], 1e-9)
        return list(self.pairs[max(scores, key=scores.__getitem__)][1]) if scores else []
