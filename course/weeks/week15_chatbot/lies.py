"""A program that plays a model, and lies: drafts for a guard to judge, one of each kind a case."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from course.chat.corpus import factbook_passages
from course.chat.parts import Passage
from course.weeks.week15_chatbot.exam import Case, all_cases

NAME = re.compile(r"[A-Z][a-z]{3,}")
Teller = Callable[[random.Random, Case, Passage, str], str]


def _another_field(dice: random.Random, case: Case, passage: Passage, other: str) -> str:
    """A name that stands in the passage and is not in the answer."""
    found = [name for name in NAME.findall(passage.text) if name not in str(case.answer)]
    return f"It is {dice.choice(found)}." if found else f"It is not {case.answer}."


KINDS: dict[str, Teller] = {
    "true": lambda dice, case, passage, other: f"It is {case.answer}.",
    "true, Korean ending": lambda dice, case, passage, other: f"{case.answer}입니다.",
    "another country's": lambda dice, case, passage, other: f"It is {other}.",
    "true, and a year": lambda dice, case, passage, other: (
        f"It is {case.answer}, since {dice.randint(1500, 1990)}."
    ),
    "another field's": _another_field,
    "negated": lambda dice, case, passage, other: f"It is not {case.answer}.",
    "in small letters": lambda dice, case, passage, other: f"It is {other.lower()}.",
}


def drafts(seed: int, count: int) -> dict[str, list[tuple[str, Case, Passage]]]:
    """Drafts by kind, each with its case and the passage that holds the truth.

    Args:
        seed: of the drawing.
        count: cases a kind; all are plain questions on the Factbook.
    """
    dice = random.Random(f"lies/{seed}")
    by_title = {passage.title: passage for passage in factbook_passages()}
    pool = [case for case in all_cases()["plain"] if NAME.search(str(case.answer))]
    cases = dice.sample(pool, count)
    made: dict[str, list[tuple[str, Case, Passage]]] = {kind: [] for kind in KINDS}
    for case in cases:
        passage = by_title[case.source]
        other = str(dice.choice([c for c in pool if c.answer != case.answer]).answer)
        for kind, tell in KINDS.items():
            made[kind].append((tell(dice, case, passage, other), case, passage))
    return made
