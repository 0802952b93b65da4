"""Words in two languages: where they end, what stands behind them, whether a text mentions them.

A Korean word carries its role with it: 서울은, 서울이, 서울에서 are all about 서울. Which form a
particle takes follows from the sound before it, so a final consonant tells 국가 (a country) from
국 + 가.
"""

from __future__ import annotations

import re

from course.chat.corpus import is_korean
from course.data.grammar import ends_in_consonant

TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")  # a number with its commas and points, or a word
UNSURE = ("do not say", "does not say", "not mention", "not provide", "no information")
LIQUID = 8  # the place of ㄹ among the final consonants: 로 stands behind it, not 으로
AFTER_CONSONANT = ("은", "이", "을", "과", "으로", "이에요", "이라고")
AFTER_VOWEL = ("는", "가", "를", "와", "예요", "라고")
AFTER_ANY = ("의", "에", "에서", "에는", "도", "만", "까지", "부터", "입니다", "이다", "인가요")
ENDINGS = (*AFTER_CONSONANT, *AFTER_VOWEL, *AFTER_ANY, "로")


def forms(word: str) -> set[str]:
    """A word in small letters, and, if it is Korean, also without the particle at its end.

    >>> sorted(forms("서울은")), sorted(forms("국가")), sorted(forms("Seoul"))
    (['서울', '서울은'], ['국가'], ['seoul'])
    """
    word = word.lower()
    if not is_korean(word[-1:]):
        return {word}
    bare = ((word[: -len(end)], end) for end in ENDINGS if word.endswith(end))
    return {word} | {stem for stem, end in bare if stem and _fits(stem, end)}


def _fits(stem: str, particle: str) -> bool:
    """Whether this form of a particle may stand behind a stem; Latin letters take any."""
    if particle in AFTER_ANY or not is_korean(stem[-1]):
        return True
    if particle == "로":
        return not ends_in_consonant(stem) or (ord(stem[-1]) - ord("가")) % 28 == LIQUID
    return ends_in_consonant(stem) == (particle in AFTER_CONSONANT)


def mentions(text: str, phrase: str) -> bool:
    """Whether a phrase stands in a text as whole words; commas in numbers and capitals don't count.

    A Korean phrase may have a particle behind it: 서울 stands in 서울은, and not in 서울대.
    """
    said, wanted = _words(text), _words(phrase)
    length = len(wanted)
    return bool(wanted) and any(
        said[i : i + length - 1] == wanted[:-1] and wanted[-1] in forms(said[i + length - 1])
        for i in range(len(said) - length + 1)
    )


def says_unsure(text: str) -> bool:
    """Whether a model says that it cannot say."""
    return any(sign in text for sign in UNSURE)


def _words(text: str) -> list[str]:
    return [token.replace(",", "") for token in TOKEN.findall(text.lower())]
