"""A question as the page sends it: checked, cleaned, or refused with a sentence."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields
from typing import Any

from course.chat.bot import ALL_ON, Switches
from course.chat.parts import Message
from course.phrases import LANGUAGES, SOURCE_LANGUAGE

LONGEST_BODY = 131_072  # bytes; twice what the longest question and history take
LONGEST_QUESTION = 2_000  # characters
LONGEST_HISTORY = 16_000  # characters of all messages before it
MOST_MESSAGES = 60
ROLES = ("user", "assistant")
# What no text has and a tokenizer may choke on: control characters and halves of a surrogate pair.
BROKEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class BadQuestion(ValueError):
    """What is wrong with a question; the text goes back to who sent it."""


@dataclass(frozen=True)
class Asked:
    """One question to one of the bots."""

    bot: int
    question: str
    history: tuple[Message, ...] = ()
    switches: Switches = ALL_ON
    seed: int = 0
    language: str = SOURCE_LANGUAGE


def read_question(body: str | bytes, bots: int) -> Asked:
    """The question in a request's body.

    Args:
        body: a JSON object with "question", and if wanted "bot", "history" (messages with "role"
            and "content"), "switches", "seed", "language".
        bots: how many there are.

    Raises:
        BadQuestion: it makes no sense, or is too long.
    """
    found = _object(body)
    question = _text(found.get("question"), "question", LONGEST_QUESTION).strip()
    if not question:
        raise BadQuestion("The question is empty.")
    language = found.get("language", SOURCE_LANGUAGE)
    return Asked(
        _number(found.get("bot", 0), "bot", bots),
        question,
        _history(found.get("history", [])),
        _switches(found.get("switches", {})),
        _number(found.get("seed", 0), "seed", 2**31),
        language if language in LANGUAGES else SOURCE_LANGUAGE,
    )


def _object(body: str | bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise BadQuestion("The request is no JSON.") from None
    if not isinstance(found, dict):
        raise BadQuestion("The request is no JSON object.")
    return found


def _text(value: Any, name: str, longest: int) -> str:
    if not isinstance(value, str):
        raise BadQuestion(f"The {name} is no text.")
    if len(value) > longest:
        raise BadQuestion(
            f"The {name} has {len(value):,} characters, and {longest:,} are possible: shorten it."
        )
    return BROKEN.sub("\N{REPLACEMENT CHARACTER}", value)


def _number(value: Any, name: str, end: int) -> int:
    if type(value) is not int or not 0 <= value < end:
        raise BadQuestion(f"The {name} is no whole number from 0 to {end - 1}.")
    return value


def _history(found: Any) -> tuple[Message, ...]:
    """The messages before the question, the newest of those that are too many."""
    if not isinstance(found, list):
        raise BadQuestion("The history is no list.")
    messages = [_message(one) for one in found[-MOST_MESSAGES:]]
    while sum(len(m.content) for m in messages) > LONGEST_HISTORY:
        del messages[0]
    return tuple(messages)


def _message(one: Any) -> Message:
    if not isinstance(one, dict) or one.get("role") not in ROLES:
        raise BadQuestion("A message of the history has no role: user or assistant.")
    return Message(one["role"], _text(one.get("content"), "message", LONGEST_HISTORY))


def _switches(found: Any) -> Switches:
    names = {field.name for field in fields(Switches)}
    if not isinstance(found, dict) or not set(found) <= names:
        raise BadQuestion(f"The switches are {', '.join(sorted(names))}.")
    if not all(isinstance(on, bool) for on in found.values()):
        raise BadQuestion("A switch is true or false.")
    return Switches(**found)
