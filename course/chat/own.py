"""A student's own parts, kept in a file of Python: what `course chat --bot FILE` runs.

    save_parts("my_bot.py", name="Mina's bot", persona="You are …", guardrail=guardrail)
    bot = load_parts("my_bot.py")

The file holds the source of each part and of what it uses. Whoever loads it runs it, as their own
code, on their own machine: read a friend's file before you do.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import Any

from course.chat.bot import Bot
from course.chat.parts import Note
from course.chat.source_code import sources_of
from course.errors import UserError

# what week 15's exercises are called, and which part of a bot each is
EXERCISES = {
    "chat_template": "template",
    "DialogState": "state",
    "retrieve": "search",
    "retrieve_and_ground": "ground",
    "guardrail": "guard",
}
PARTS = tuple(f.name for f in fields(Bot) if f.name not in ("notes", "missing", "on_request"))
PLAIN = (str, int, float, bool)
LONGEST_FILE = 1_000_000  # bytes
MAKER = "make_bot"


# ------------------------------------------------------------------------------------ saving
def save_parts(path: str | Path, **parts: Any) -> Path:
    """Write parts into a file that `load_parts` and `course chat --bot` read.

    Args:
        path: of the file, such as "my_bot.py"; an older one is replaced.
        parts: functions or classes by the name of a part of `Bot`, or of an exercise of week 15;
            texts such as `name` and `persona`; or `make_bot`, a function that takes the course's
            bot and returns yours.

    Returns:
        the path.

    Raises:
        UserError: there is no such part, or its source is not to be found.
    """
    unknown = sorted(set(parts) - {*PARTS, *EXERCISES, MAKER})
    if unknown:
        known = ", ".join(sorted({*PARTS, *EXERCISES, MAKER}))
        raise UserError(f"A bot has no part '{unknown[0]}': choose among {known}.")
    plain = {name: value for name, value in parts.items() if isinstance(value, PLAIN)}
    code = {name: value for name, value in parts.items() if name not in plain}
    lines = [f'"""Parts of a chatbot: run it with `course chat --bot {Path(path).name}`."""']
    lines += sources_of(code.values())
    lines += [f"{name} = {value.__name__}" for name, value in code.items()
              if value.__name__ != name]  # fmt: skip
    lines += [f"{name} = {value!r}" for name, value in plain.items()]
    file = Path(path)
    file.write_text("\n\n\n".join(lines) + "\n", "utf-8")
    return file


# ------------------------------------------------------------------------------------ loading
def load_parts(path: str | Path, base: Bot | None = None) -> Bot:
    """Run a file of parts and put them into a bot.

    Args:
        path: of the file. A function `make_bot(base)` in it decides alone; else the names of
            parts, and of week 15's exercises, replace those of the base.
        base: the bot that lends what the file lacks; the course's own one if None.

    Raises:
        UserError: the file cannot be read, does not run, or holds no part.
    """
    file = Path(path)
    names = _run(file)
    if base is None:
        from course.chat.ready import default_bot

        base = default_bot()
    if MAKER in names:
        return _made(file, names[MAKER], base)
    own = {part: names[name] for name, part in _wanted().items() if name in names}
    if not own:
        raise UserError(f"{file.name} holds no part of a chatbot: write it with `save_parts`.")
    if isinstance(own.get("state"), type):
        own["state"] = _state(own["state"], str(own.get("persona", "")))
    return _noted(file, replace(base, **{"name": file.stem, **own}), base)


def _noted(file: Path, bot: Bot, base: Bot) -> Bot:
    """The bot with a note for each part that is not the base's."""
    if bot.notes != base.notes:
        return bot  # it says itself what it is made of
    own = [part for part in PARTS if getattr(bot, part) is not getattr(base, part)]
    notes = [note for note in base.notes if note.part not in own]
    notes += [Note(part, f"from {file.name}", own=True) for part in own if part != "name"]
    return replace(bot, notes=tuple(notes))


def _wanted() -> Mapping[str, str]:
    return {**{part: part for part in PARTS}, **EXERCISES}


def _state(own: type, persona: str) -> Callable[[], Any]:
    """An empty dialog of the student's class; it is told the names that the corpus knows."""
    from course.chat.corpus import names

    return partial(own, persona, names())


def _made(file: Path, make: Any, base: Bot) -> Bot:
    try:
        bot = make(base)
    except Exception as error:
        raise UserError(_told(file, error)) from error
    if not isinstance(bot, Bot):
        raise UserError(f"`{MAKER}` in {file.name} gave {type(bot).__name__}, expected a Bot.")
    return _noted(file, bot, base)


def _run(file: Path) -> dict[str, Any]:
    """The names that a file defines."""
    try:
        if file.stat().st_size > LONGEST_FILE:
            raise UserError(f"{file} is no file of parts: it has more than a million bytes.")
        source = file.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise UserError(f"The bot in {file} cannot be read: {error}.") from error
    names: dict[str, Any] = {"__name__": "own_bot", "__file__": str(file)}
    try:
        exec(compile(source, str(file), "exec", dont_inherit=True), names)
    except Exception as error:
        raise UserError(_told(file, error)) from error
    return names


def _told(file: Path, error: Exception) -> str:
    """What went wrong in a file, and in which line of it."""
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == str(file)]
    line = getattr(error, "lineno", None) or (lines[-1] if lines else "?")
    return f"{file.name} does not run, line {line}: {type(error).__name__}: {error}"
