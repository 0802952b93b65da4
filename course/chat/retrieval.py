"""BM25 over passages (Robertson & Zaragoza 2009), in English and Korean."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from course.chat.parts import Hit, Passage

WORD = re.compile(r"[가-힣]+|[^\W가-힣_]+")
STOP = frozenset(
    "a an and are as at be by did do does for from has have how in is it its many me much my name "
    "become became call called compare country know please say show them they thing "
    "of on or tell that the their there this to was were what when where which who with you your "
    "알려줘 무엇 무엇인가 무엇인가요 어디 어디인가요 언제 누구".split()
)
LONGEST_QUERY = 2000  # characters; nobody asks more in one question


def terms(text: str) -> list[str]:
    """What is counted: lower-case words without stop words, and pairs of Hangul syllables.

    Korean words carry particles (수도는, 수도가), so a word is also the pairs of its syllables.
    """
    words = (word for word in WORD.findall(text.lower()) if word not in STOP)
    return [term for word in words for term in _parts(word)]


def _parts(word: str) -> list[str]:
    if word[0] < "가" or len(word) < 3:
        return [_stem(word)]
    return [word[i : i + 2] for i in range(len(word) - 1)]


def _stem(word: str) -> str:
    """An English plural counts as its singular; no more than that."""
    if word.isascii() and len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


class BM25:
    """An index of passages.

    score(q, p) = sum over terms t of q: idf(t) c (k1 + 1) / (c + k1 (1 - b + b |p| / mean))

    with c how often t stands in p, and idf(t) = log(1 + (N - n + 0.5) / (n + 0.5)) for a term in n
    of N passages. A title says what its passage is about: its words count several times.
    """

    def __init__(
        self, passages: Sequence[Passage], k1: float = 1.5, b: float = 0.75, title: int = 4
    ) -> None:
        self.passages = list(passages)
        counts = [Counter([*terms(p.text), *(terms(p.title) * title)]) for p in self.passages]
        lengths = [count.total() for count in counts]
        mean = sum(lengths) / max(1, len(lengths)) or 1.0
        self._lists: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for place, (count, length) in enumerate(zip(counts, lengths, strict=True)):
            drag = k1 * (1 - b + b * length / mean)
            for term, c in count.items():
                self._lists[term].append((place, c * (k1 + 1) / (c + drag)))

    def idf(self, term: str) -> float:
        """How telling a term is; of a term that stands nowhere too."""
        n = len(self._lists.get(term, ()))
        return math.log(1 + (len(self.passages) - n + 0.5) / (n + 0.5))

    def search(self, query: str, k: int = 3, least_share: float = 0.0) -> list[Hit]:
        """The k best passages with their scores; fewer where fewer share enough with the query.

        Args:
            query: words; what is beyond 2,000 characters is not read.
            k: how many.
            least_share: of the query's summed idf, how much must stand in a passage. A word that
                is nowhere counts most, so that a question about Atlantis finds nothing.
        """
        asked = {term: self.idf(term) for term in sorted(set(terms(query[:LONGEST_QUERY])))}
        scores: dict[int, float] = defaultdict(float)
        shared: dict[int, float] = defaultdict(float)
        for term, weight in asked.items():
            for place, value in self._lists.get(term, ()):
                scores[place] += weight * value
                shared[place] += weight
        least = least_share * sum(asked.values())
        best = sorted((-score, place) for place, score in scores.items() if shared[place] >= least)
        return [(self.passages[place], -score) for score, place in best[:k]]
