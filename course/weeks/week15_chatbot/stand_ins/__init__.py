"""What stands in for an exercise of week 15 while it is blank, so that a student can read on.

The parts of the course's own bot, which keep to simpler contracts. In the grader's sandbox this
folder is empty.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from course.chat import dialog, grounding, template
from course.chat.parts import Hit, Message, Passage, Span
from course.weeks.week15_chatbot.exam import Case, Said
from course.weeks.week15_chatbot.words import mentions as holds


def chat_template(messages: Sequence[Message]) -> str:
    """As the course's bot does it; what is finished ends there."""
    whole = template.chatml(messages)
    finished = [m.role for m in messages][-1:] == ["assistant"]
    return whole.rpartition(template.OPEN)[0] if finished else whole


def loss_mask(ids: Tensor, header: Tensor, end: int) -> Tensor:
    """With a pattern over characters, one for each id."""
    opening, closing = ("".join(chr(256 + int(i)) for i in part) for part in (header, [end]))
    pattern = re.compile(f"(?<={re.escape(opening)})[^{re.escape(closing)}]*.?", re.DOTALL)
    table = torch.zeros(ids.shape)
    for place, numbers in enumerate(ids):
        for found in pattern.finditer("".join(chr(256 + int(i)) for i in numbers)):
            table[place, slice(*found.span())] = 1
    return table.bool()


class DialogState(dialog.DialogState):
    """The state of the course's bot: the name that stands last counts."""

    def __init__(self, system: str, names: Mapping[str, str]) -> None:
        super().__init__(system, names)
        self.known = names

    def named(self, text: str) -> str | None:
        """What it would be about if this was said first."""
        other = dialog.DialogState("", self.known)
        other.add(Message("user", text))
        return other.subject


def retrieve_and_ground(
    question: str, hits: Sequence[Hit], clean: Callable[[str], str], floor: float, budget: int
) -> tuple[list[Message], list[Passage]]:
    """As the course's bot does it, with a prompt of its own."""
    tidy = [(Passage(p.title, re.sub(r"\s+", " ", clean(p.text))), s) for p, s in hits]
    return grounding.ground(question, tidy, floor, budget)


def quote(
    question: str, passages: Sequence[Passage], weight: Callable[[str], float], least: float
) -> Span | None:
    """The sentence that the course's bot would quote, however little it shares."""
    return grounding.best_sentence(question, passages)


def guardrail(answer: str, question: str, passages: Sequence[Passage]) -> list[str]:
    """The guard of the course's bot, which knows no particles."""
    return grounding.guardrail(answer, question, passages)


def evaluate(said: Sequence[Said], cases: Sequence[Case]) -> dict[str, tuple[int, int]]:
    """From a table of kinds."""
    kinds: Counter[str] = Counter()
    for place, case in enumerate(cases):
        text, title = said[place].text, said[place].source
        mark = "-" if text is None else "+" if case.answer and holds(text, case.answer) else "!"
        kinds[("n" if case.answer is None else "y") + mark] += 1
        kinds["same"] += mark == "+" and title == case.source
    asked, good = kinds["y-"] + kinds["y+"] + kinds["y!"], kinds["y+"]
    return {
        "right": (good, asked),
        "cited": (kinds["same"], good),
        "made up": (kinds["y!"] + kinds["n!"], good + kinds["y!"] + kinds["n!"]),
        "silent": (kinds["n-"], kinds["n-"] + kinds["n!"]),
        "silent by mistake": (kinds["y-"], asked),
    }


def model_card(
    name: str,
    author: str,
    sections: Mapping[str, str],
    results: Mapping[str, tuple[int, int]],
) -> str:
    """A bare list, unsigned."""
    head = [f"{name}, by {author} (a stand-in's card: no intervals, no signature)"]
    rows = [f"{what}: {part[0]} / {part[1]}" for what, part in results.items()]
    return "\n".join([*head, *(f"{h}: {text}" for h, text in sections.items()), *rows])


def best_reply(dialogues: Sequence[str]) -> np.ndarray:
    """Every reply is as likely as any other."""
    return np.full((len(dialogues), 6), 1 / 6)


STAND_INS = {
    thing.__name__: thing
    for thing in (
        chat_template,
        loss_mask,
        DialogState,
        retrieve_and_ground,
        quote,
        guardrail,
        evaluate,
        model_card,
        best_reply,
    )
}
