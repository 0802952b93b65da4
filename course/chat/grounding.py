"""What ties an answer to its sources: the prompt, the quotation, the guard, the citations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from course.chat.parts import Hit, Message, Passage, Span
from course.chat.retrieval import STOP, terms

FLOOR = 4.0  # of a BM25 score: below it a passage shares hardly more than a common word
MOST_WORDS = 220  # of sources in a prompt
LATER = 0.6  # what a sentence of the second passage counts beside one of the first
INSTRUCTION = (
    "Using the context, answer with a short phrase only. If the context lacks the answer, say: "
    "The context does not say."
)
# A document has no right to give orders. These are the usual ones, and no complete list.
ORDER = re.compile(
    r"(ignore|disregard|forget)\s+(all\s+|any\s+|the\s+|your\s+)*(previous|above|earlier|prior|other)"
    r"|you\s+are\s+now\s|new\s+instructions?\s*:|system\s+prompt"
    r"|(이전|앞|위)의?\s*(모든\s*)?(지시|명령)[^.]{0,20}(무시|잊)",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"(?:[^.;!?。\n]|\.(?=\S))+[.;!?。\n]*")  # the dot of 3.5 and .kr ends none
CLAIM = re.compile(r"[^\W_]+(?:[.,'’-][^\W_]+)*")
SENTENCE_WORDS = frozenset(
    "a an the it its he she they we i you this that these those there here is are was were in "
    "on at of for and but or yes no not hello hi answer context question according based as to "
    "by from with what when where who which how if so sorry please thank thanks sure also can "
    "may let do ai i'm i'll i've i'd it's that's there's let's".split()
)


# ------------------------------------------------------------------------------------ grounding
def ground(
    question: str, hits: Sequence[Hit], floor: float = FLOOR, budget: int = MOST_WORDS
) -> tuple[list[Message], list[Passage]]:
    """The message that shows the model its sources, and these; nothing if none is good enough.

    Sentences that give orders are left out of what the model reads.

    Args:
        question: what was asked.
        hits: passages and scores, the best first.
        floor: the least score of a passage that is shown.
        budget: words of all that is shown; the best passage is cut to it if need be.
    """
    used: list[Passage] = []
    for passage, score in hits:
        room = budget - sum(len(p.text.split()) for p in used)
        words = len(passage.text.split())
        if score < floor or (used and words > room):
            break
        used.append(passage if words <= room else _cut(passage, room))
    if not used:
        return [], []
    context = "\n".join(without_orders(passage.text) for passage in used)
    text = f"Context:\n{context}\n\n{INSTRUCTION}\nQuestion: {question}"
    return [Message("user", text)], used


def _cut(passage: Passage, words: int) -> Passage:
    return Passage(passage.title, " ".join(passage.text.split()[:words]))


def without_orders(text: str) -> str:
    """The text without the sentences that speak to the model."""
    return "".join(s for s in SENTENCE.findall(text) if not ORDER.search(s)).strip()


# ------------------------------------------------------------------------------------ quotation
def best_sentence(question: str, passages: Sequence[Passage]) -> Span | None:
    """The sentence of the passages that shares the most with the question; None if none does.

    Words of the passage's title say what it is about and count nothing: they are in all of its
    sentences. What a sentence shares counts less the longer it is, and the later its passage was
    found. Of equals the first is taken.
    """
    best, found = 0.0, None
    for place, passage in enumerate(passages):
        asked = set(terms(question)).difference(terms(passage.title))
        for match in SENTENCE.finditer(passage.text):
            if ORDER.search(match[0]):
                continue
            words = set(terms(match[0]))
            value = LATER**place * len(asked & words) / (5 + len(words)) ** 0.5
            if value > best:
                best, found = value, _trimmed(place, match)
    return found


def _trimmed(source: int, match: re.Match[str]) -> Span:
    text = match[0]
    start = match.start() + len(text) - len(text.lstrip())
    return Span(source, start, match.start() + len(text.rstrip(" ;\n")))


# ------------------------------------------------------------------------------------ the guard
def guardrail(answer: str, question: str, passages: Sequence[Passage]) -> list[str]:
    """The names and numbers of an answer that stand neither in a passage nor in the question.

    Returns:
        them, each once, in their order; an empty list is what passes.
    """
    known = " ".join([question, *(f"{p.title} {p.text}" for p in passages)])
    parts = {part.casefold() for part in CLAIM.findall(known)}
    missing = [claim for claim in claims(answer) if claim.casefold() not in parts]
    return list(dict.fromkeys(missing))


def claims(text: str) -> Iterator[str]:
    """Names and numbers: what has a digit or begins with a capital; no word that only begins.

    The first word of a sentence is a name if another name follows, or if it stands alone.
    """
    for sentence in re.split(r"(?<=[.!?])\s+|\n", text):
        words = CLAIM.findall(sentence)
        for place, word in enumerate(words):
            if not (word[0].isupper() or any(c.isdigit() for c in word)):
                continue
            if word.lower() in SENTENCE_WORDS or word.lower() in STOP:
                continue
            if place == 0 and not word[0].isdigit() and _only_begins(words):
                continue
            yield word


def _only_begins(words: list[str]) -> bool:
    return len(words) > 1 and (words[1].islower() or words[1].lower() in SENTENCE_WORDS)


# ------------------------------------------------------------------------------------ citations
def cited_spans(answer: str, passages: Sequence[Passage]) -> list[Span]:
    """Where runs of an answer's words stand in the passages: the longest ones, each once.

    A run counts if it holds a name, a number, or three words that are not stop words.
    """
    words = [(m[0].casefold(), m.start(), m.end()) for m in CLAIM.finditer(answer)]
    told = {claim.casefold() for claim in claims(answer)}
    spans: list[Span] = []
    place = 0
    while place < len(words):
        run, found = _longest_run([w for w, _, _ in words[place:]], passages)
        telling = words[place : place + run]
        if found and (
            any(w in told for w, _, _ in telling) or sum(w not in STOP for w, _, _ in telling) > 2
        ):
            spans.append(found)
        place += max(1, run)
    return list(dict.fromkeys(spans))


def _longest_run(words: list[str], passages: Sequence[Passage]) -> tuple[int, Span | None]:
    best, found = 0, None
    for place, passage in enumerate(passages):
        there = [(m[0].casefold(), m.start(), m.end()) for m in CLAIM.finditer(passage.text)]
        for at in range(len(there)):
            run = 0
            while run < len(words) and at + run < len(there) and there[at + run][0] == words[run]:
                run += 1
            if run > best:
                best, found = run, Span(place, there[at][1], there[at + run - 1][2])
    return best, found
