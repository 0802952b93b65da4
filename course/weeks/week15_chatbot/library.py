"""How the week's bot looks things up: by words, under a title, in Korean by a small dictionary."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial

from course.chat.corpus import constitution_passages, factbook_passages, index, is_korean
from course.chat.parts import Hit, Message, Passage
from course.chat.retrieval import BM25, terms
from course.chat.wording import QUESTION_WORDS
from course.phrases import tr
from course.weeks.week15_chatbot.exam import Case, Said
from course.weeks.week15_chatbot.words import mentions

PIECE = re.compile(r"[^.;\n]+(?:[.;](?=\S)[^.;\n]*)*")
FLOORS = tuple(range(0, 40, 2))  # of a BM25 score, for the baseline to choose from
MANY = 2000  # hits that are looked through for a title
K1, B, TITLE = 1.5, 0.75, 4  # the course's own settings of BM25, for a student's bm25 too
Look = Callable[[str, int], Sequence[Hit]]
Ranker = Callable[..., Mapping[str, Mapping[int, float]]]


def search(query: str, k: int = 3, look: Look | None = None) -> list[Hit]:
    """The k best passages; where the query begins with a title, those under that title alone.

    `DialogState.query` puts the title in front: "Kenya: Its capital?" asks Kenya's passages.
    A Korean question without a word for the Factbook asks the constitution. `look` finds the best
    passages for words; without it the course's BM25 does.
    """
    look = look or index().search
    title, _, rest = query.rpartition(": ")
    asked = in_their_words(rest)
    if is_korean(asked):
        return list(look(asked, k))
    hits = look(f"{title} {asked}", MANY)
    about = [hit for hit in hits if title and hit[0].title.startswith(f"{title}: ")]
    return list(about or hits)[:k]


def searched_by(bm25: Ranker) -> Callable[..., list[Hit]]:
    """`search` by a student's own `bm25` of week 09, over the same words of the same passages.

    Args:
        bm25: takes the words of each document, k1 and b; gives word -> place -> weight.

    Returns:
        A function like `search`; `search` itself where `bm25` raises, which is told.
    """
    passages = index().passages
    documents = [[*terms(one.text), *(terms(one.title) * TITLE)] for one in passages]
    try:
        weights = bm25(documents, K1, B)
    except Exception as error:  # a student's own: the bot goes on without it
        print(tr(f"Your `bm25` failed ({error!r}): the course's searches in its place."))
        return search
    return partial(search, look=partial(_look, weights, passages))


def _look(
    weights: Mapping[str, Mapping[int, float]], passages: Sequence[Passage], query: str, count: int
) -> list[Hit]:
    scores: dict[int, float] = defaultdict(float)
    for term in sorted(set(terms(query))):
        for place, weight in weights.get(term, {}).items():
            scores[place] += weight
    best = sorted(scores.items(), key=lambda found: (-found[1], found[0]))[:count]
    return [(passages[place], score) for place, score in best]


def weight(term: str) -> float:
    """How much a term tells: the fewer passages hold it, the more.

    In steps of 1/1024: so sums are exact in any order, and equal pieces tie in every run. The order
    of a set of words is another in each process.
    """
    return round(index().idf(term) * 1024) / 1024


def in_their_words(question: str) -> str:
    """A Korean question in the Factbook's own words, where a small dictionary knows them.

    >>> in_their_words("케냐의 수도는 어디인가요?")
    'capital'
    """
    known = [word for korean, word in QUESTION_WORDS.items() if korean in question]
    return " ".join(dict.fromkeys(known)) or question


class Forgetful:
    """A dialogue state without a memory: what is looked up is what was asked."""

    def add(self, message: Message) -> None:
        """It is forgotten at once."""

    def query(self, question: str) -> str:
        """The question itself."""
        return question

    def window(self, budget: int) -> list[Message]:
        """Nothing was said."""
        return []


# ------------------------------------------------------------------------------------ baseline
class Pieces:
    """The tuned baseline: BM25 over single pieces, one floor, no memory.

    Args:
        cases: an exam; the floor under which it is silent is the one that does best on it, where
            a right answer counts 1 and a made-up one -1.
    """

    def __init__(self, cases: Sequence[Case]) -> None:
        self.floor = 0.0
        self.floor = max(FLOORS, key=lambda floor: self._worth(cases, floor))

    def _worth(self, cases: Sequence[Case], floor: float) -> int:
        worth = 0
        for case in cases:
            text, _, score = _best_piece(case.question)
            if score >= floor:
                right = case.answer is not None and mentions(text, case.answer)
                worth += 1 if right else -1
        return worth

    def say(self, case: Case) -> Said:
        """The best piece of all passages, or nothing."""
        text, title, score = _best_piece(case.question)
        return Said(text, title) if score >= self.floor and text else Said(None)


@cache
def _best_piece(question: str) -> tuple[str, str, float]:
    hits = _pieces().search(in_their_words(question), 1)
    if not hits:
        return "", "", 0.0
    passage, score = hits[0]
    return passage.text, passage.title, score


@cache
def _pieces() -> BM25:
    passages = [*factbook_passages(), *constitution_passages()]
    return BM25([Passage(p.title, piece.strip()) for p in passages
                 for piece in PIECE.findall(p.text) if piece.strip()])  # fmt: skip
