"""Events as the page reads them: a JSON object each, with its name."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from course.chat.asking import BROKEN, LONGEST_HISTORY, LONGEST_QUESTION, MOST_MESSAGES
from course.chat.bot import NOTHING_FOUND, NOTHING_WRITTEN, Bot
from course.chat.parts import Event, Quote, Reply, Sources, Token, Verdict
from course.phrases import LANGUAGES, SOURCE_LANGUAGE, language, tr

PAGE = Path(__file__).resolve().parent / "page"
NAMES = {Sources: "sources", Quote: "quote", Token: "token", Verdict: "verdict", Reply: "reply"}
# what the page's HTML and script say: data-say="…", say("…"), tell("…"), saying("p", "…")
SAID = re.compile(r'(?:data-say=|\b(?:say|tell)\(|\bsaying\("\w+", )"([^"]+)"')


def as_message(event: Event) -> str:
    """An event of a bot's answer, as the page reads it."""
    told = asdict(event)
    told.pop("tokens", None)  # of the reply: the page has them already
    return message(NAMES[type(event)], told)


def message(name: str, told: Any) -> str:
    """One event as JSON; no half of a character is in it."""
    text = json.dumps({"event": name, "data": told}, ensure_ascii=False)
    return BROKEN.sub("\N{REPLACEMENT CHARACTER}", text)


def about(bots: Sequence[Bot]) -> dict[str, Any]:
    """What the page has to know before the first question."""
    return {
        "bots": [_about(bot) for bot in bots],
        "language": language(),
        "phrases": {code: phrases_of_page(code, bots) for code in LANGUAGES},
        "limits": {
            "question": LONGEST_QUESTION,
            "history": LONGEST_HISTORY,
            "messages": MOST_MESSAGES,
        },
    }


def _about(bot: Bot) -> dict[str, Any]:
    return {
        "name": bot.name,
        "notes": [asdict(note) for note in bot.notes],
        "missing": list(bot.missing),
        "parts": {
            "retrieval": bot.search is not None,
            "guard": bot.guard is not None,
            "adapter": bot.adapter is not None,
            "greedy": True,
        },
        "on_request": sorted(bot.on_request),
        "quotes": bot.quote is not None,
    }


def phrases_of_page(code: str, bots: Sequence[Bot]) -> dict[str, str]:
    """What the page says, by its English: its own phrases and those of the bots."""
    if code == SOURCE_LANGUAGE:
        return {}
    told = [t for bot in bots for t in (bot.abstention, *bot.missing, *(n.what for n in bot.notes))]
    return {text: tr(text, code) for text in (*said_by_page(), *told)}


@cache
def said_by_page() -> tuple[str, ...]:
    """The English phrases in the page's files, and those that a reply brings."""
    files = (PAGE / name for name in ("chat.html", "chat.js"))
    found = [said for file in files for said in SAID.findall(file.read_text("utf-8"))]
    return tuple(dict.fromkeys([*found, NOTHING_FOUND, NOTHING_WRITTEN]))
