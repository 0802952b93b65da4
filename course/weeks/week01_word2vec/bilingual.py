"""Two languages, one program: the help pages of LibreOffice as words, and a small dictionary.

The paragraphs are aligned; that is used for the dictionary alone. Word vectors are made from each
language by itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from course.data import load_en_ko_help

LATIN, HANGUL = re.compile(r"[a-z]+"), re.compile(r"[가-힣]+")
PARTICLE = re.compile(
    r"(?<=.)(으로|에서|에게|까지|부터|에는|은|는|이|가|을|를|의|에|로|과|와|도|만)$"
)
LEAST = 15  # how often a word must stand in the texts
ALIKE = 0.5  # Dice coefficient from which two words count as translations

Texts = list[list[str]]


def help_texts() -> tuple[Texts, Texts]:
    """The paragraphs as words, English and Korean; Korean words without their last particle."""
    pairs = load_en_ko_help()
    english = [LATIN.findall(text.lower()) for text, _ in pairs]
    korean = [[PARTICLE.sub("", word) for word in HANGUL.findall(text)] for _, text in pairs]
    return english, korean


def frequent(texts: Sequence[Sequence[str]], least: int = LEAST) -> list[str]:
    """The words that stand in the texts at least so often, the most frequent first."""
    counts = Counter(word for text in texts for word in text)
    return [word for word, count in counts.most_common() if count >= least]


def as_numbers(texts: Texts, words: Sequence[str]) -> list[list[int]]:
    """Each text as places in `words`; −1 for a word that is not among them."""
    place = {word: number for number, word in enumerate(words)}
    return [[place.get(word, -1) for word in text] for text in texts]


def dictionary(
    one: Texts, other: Texts, words: Sequence[str], others: Sequence[str]
) -> list[tuple[int, int]]:
    """Pairs of places in `words` and `others` that are each other's best partner.

    Two words are alike as far as they stand in the same pairs of paragraphs (Dice 1945): twice the
    paragraphs with both, over those with the one plus those with the other.
    """
    A, B = _stands_in(one, words), _stands_in(other, others)  # (N, V), (N, V')
    dice = 2 * (A.T @ B) / (A.sum(axis=0)[:, None] + B.sum(axis=0))
    best, back = dice.argmax(axis=1), dice.argmax(axis=0)
    return [(i, int(j)) for i, j in enumerate(best) if back[j] == i and dice[i, j] > ALIKE]


def _stands_in(texts: Texts, words: Sequence[str]) -> np.ndarray:
    table = np.zeros((len(texts), len(words)), np.float32)
    for row, numbers in zip(table, as_numbers(texts, words), strict=True):
        row[[number for number in numbers if number >= 0]] = 1
    return table
