"""How the week's bot looks things up: by words, under a title, in Korean by a small dictionary."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from course.chat.corpus import constitution_passages, factbook_passages, index, is_korean
from course.chat.parts import Hit, Message, Passage
from course.chat.retrieval import BM25
from course.chat.wording import QUESTION_WORDS
from course.weeks.week15_chatbot.exam import Case, Said
from course.weeks.week15_chatbot.words import mentions

PIECE = re.compile(r"[^.;\n]+(?:[.;](?=\S)[^.;\n]*)*")
FLOORS = tuple(range(0, 40, 2))  # of a BM25 score, for the baseline to choose from
MANY = 2000  # hits that are looked through for a title


def search(query: str, k: int = 3) -> list[Hit]:
    """The k best passages; where the query begins with a title, those under that title alone.

    `DialogState.query` puts the title in front: "Kenya: Its capital?" asks Kenya's passages.
    A Korean question without a word for the Factbook asks the constitution.
    """
    title, _, rest = query.rpartition(": ")
    asked = in_their_words(rest)
    if is_korean(asked):
        return index().search(asked, k)
    hits = index().search(f"{title} {asked}", MANY)
    about = [hit for hit in hits if title and hit[0].title.startswith(f"{title}: ")]
    return (about or hits)[:k]


def weight(term: str) -> float:
    """How much a term tells: the fewer passages hold it, the more."""
    return index().idf(term)


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
