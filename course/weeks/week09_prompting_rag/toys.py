"""Toys of week 09: a reasoner behind a cue, draws of questions, a document made to be found."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import torch

from course.data.calculations import ANSWER_LENGTH, STOP, SYMBOLS
from course.data.factbook import FactbookQuestion, Passage
from course.models.reasoner_model import Reasoner, read_prompts, read_texts

Index = Mapping[str, Mapping[int, float]]
PLANT = "Zubrowka"  # a country that is in no atlas


# ------------------------------------------------------------------------------------ a cue
@torch.no_grad()
def write_after(
    model: Reasoner, problems: Sequence[str], cue: str, seed: int, at_once: bool = False
) -> list[str]:
    """Answers of the reasoner at temperature 1 whose first symbols are given.

    Args:
        model: from `load_reasoner`.
        problems: calculations, see `course.data.calculations`.
        cue: how every answer begins, "{" or nothing.
        seed: of the draws.
        at_once: the braces are forbidden.

    Returns:
        A text for each, the cue included, up to its full stop.
    """
    dice = torch.Generator().manual_seed(seed)
    begun = torch.tensor([[SYMBOLS.index(c) for c in cue]] * len(problems), dtype=torch.long)
    ids = torch.cat([read_prompts(problems), begun], dim=1)
    cache, drawn = model.new_cache(), [begun]
    for _ in range(ANSWER_LENGTH - len(cue)):
        logits = model(ids, cache)[:, -1]  # (B, V)
        if at_once:
            logits[:, [SYMBOLS.index("{"), SYMBOLS.index("}")]] = -torch.inf
        ids = torch.multinomial(logits.softmax(-1), 1, generator=dice)
        drawn.append(ids)
    written = read_texts(torch.cat(drawn, dim=1))
    return [text[: text.find(SYMBOLS[STOP]) + 1] or text for text in written]


def answer_of(text: str) -> str | None:
    """The digit before the full stop; None where the answer has another form."""
    found = re.fullmatch(r"(?:\{[0-9]*\})?([0-9])\.", text)
    return found[1] if found else None


# ------------------------------------------------------------------------------------ questions
def homes(passages: Sequence[Passage]) -> dict[tuple[str, str], int]:
    """The place of the passage that holds a country's field, by (country, field)."""
    return {(p.country, field): i for i, p in enumerate(passages) for field in p.fields}


def draw_questions(
    questions: Sequence[FactbookQuestion], passages: Sequence[Passage], count: int, seed: int
) -> list[FactbookQuestion]:
    """`count` questions whose answer a passage holds, half plain and half reworded."""
    place = homes(passages)
    known = [
        q
        for q in questions
        if (q.country, q.field) in place and q.answer in passages[place[q.country, q.field]].text
    ]
    dice = random.Random(f"questions/{seed}")
    plain = dice.sample([q for q in known if q.plain], count // 2)
    return plain + dice.sample([q for q in known if not q.plain], count - count // 2)


# ------------------------------------------------------------------------------------ an attack
def stuffed_passage(
    questions: Sequence[FactbookQuestion], words: Callable[[str], list[str]], length: int = 40
) -> str:
    """A document made of the words that most questions use, names of countries left out.

    Args:
        questions: what the attacker expects to be asked.
        words: how the index cuts a text into words.
        length: how many words it has.
    """
    counts: Counter[str] = Counter()
    for asked in questions:
        counts.update(sorted(set(words(asked.text)) - set(words(asked.country))))
    chosen = [word for word, _ in counts.most_common(length)]
    return f"{PLANT}. {' '.join(chosen)}."
