"""Measure the week's bot with SmolLM2 in its middle, with the parts of a notebook, and store it.

    python -m course.weeks.week15_chatbot.smollm2 NOTEBOOK --out smollm2.json

It runs the cells of the notebook that define the parts (a student's own solved notebook does as
well), asks plain, reworded and unanswerable questions, and keeps what was said without sources,
with sources, and with sources behind the guard; the last two also with the course's adapter, whose
training left out the countries that are asked about. About ten CPU seconds a question; SmolLM2 has
to be on the machine (`course models fetch smollm2`).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from course.chat.bot import Bot, Switches
from course.chat.corpus import names
from course.chat.grounding import without_orders
from course.chat.parts import Hit, Message, Passage, Sampling
from course.chat.ready import PERSONA, adapted_smollm2, smollm2
from course.lesson.notebook_code import notebook_names
from course.weeks.week15_chatbot import library
from course.weeks.week15_chatbot.exam import Case, Said, held_exam
from course.weeks.week15_chatbot.words import says_unsure

KINDS = ("plain", "reworded", "nowhere")
GREEDY = Sampling(temperature=0.0, most_tokens=40)


def bot_of(parts: Mapping[str, Any]) -> Bot:
    """The notebook's parts around SmolLM2; it writes, and quotes nothing."""

    def ground(question: str, hits: Sequence[Hit]) -> tuple[list[Message], list[Passage]]:
        return parts["retrieve_and_ground"](question, hits, without_orders, 1.0, 250)

    return Bot(
        "week 15", smollm2(), adapter=adapted_smollm2(), persona=PERSONA,
        template=parts["chat_template"],
        state=partial(parts["DialogState"], "", names()), search=partial(library.search, k=2),
        ground=ground, guard=parts["guardrail"], closed_book=False, sampling=GREEDY,
    )  # fmt: skip


def ask(bot: Bot, case: Case) -> dict[str, Said]:
    """What is said to a case in five ways; a draft that says that it is not sure is silence."""
    memory = Switches(retrieval=False, guard=False, adapter=False)
    said = {"closed book": Said(_said(bot.reply(case.question, case.history, memory).draft))}
    for adapter, name in ((False, "sources"), (True, "sources and adapter")):
        reply = bot.reply(case.question, case.history, Switches(adapter=adapter))
        source = reply.sources[0].title if reply.sources else ""
        said[name] = Said(_said(reply.draft), source)
        said[f"{name} and guard"] = Said(None) if reply.refused else said[name]
    return said


def _said(draft: str) -> str | None:
    return None if not draft.strip() or says_unsure(draft) else draft


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--out", type=Path, default=Path("smollm2.json"))
    parser.add_argument("--seeds", type=int, default=3)
    args = parser.parse_args(arguments)
    parts = notebook_names(args.notebook)
    bot = bot_of(parts)
    stored: dict[str, Any] = {"ways": {}, "examples": [], "cpu_s_a_question": []}
    for seed in range(1, args.seeds + 1):
        begun = time.process_time()
        cases = held_exam(seed, KINDS)
        said = [ask(bot, case) for case in cases]
        for way in said[0]:
            found = parts["evaluate"]([one[way] for one in said], cases)
            stored["ways"].setdefault(way, []).append(found)
        stored["examples"] += [
            [case.question, case.answer, *(one[way].text for way in one)]
            for case, one in zip(cases, said, strict=True)
        ]
        spent = (time.process_time() - begun) / len(cases)
        stored["cpu_s_a_question"].append(round(spent, 2))
        args.out.write_text(json.dumps(stored, ensure_ascii=False, indent=1) + "\n", "utf-8")
        print(seed, {way: rows[-1] for way, rows in stored["ways"].items()}, flush=True)


if __name__ == "__main__":
    main()
