"""A page in the student's language: each text of ours between its tags, and nothing of the student.

What must stay as it is has the attribute translate="no", as browsers know it; code is never
touched. The page is walked once, from left to right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from html import escape, unescape
from pathlib import Path
from typing import Any

from autograder.translation.cells import by_cell
from autograder.translation.strings import replaced
from course.notebook_format import normal
from course.phrases import SOURCE_LANGUAGE, Message, Phrases, phrases, read_messages

LEFT_ALONE = ("style", "pre", "svg", "math")
MARKED = 'translate="no"'
MOST_TEXT = 2000  # characters between two tags; what is longer is no sentence of ours


@lru_cache(maxsize=16)
def week_messages(catalog: str) -> tuple[Message, ...]:
    """The catalog of a week, by its path; read once a process."""
    return read_messages(Path(catalog)) if catalog else ()


@lru_cache(maxsize=16)
def speech(language: str, messages: tuple[Message, ...]) -> Phrases:
    """What course, grader and the week's own checks say, in a language."""
    return Phrases((*messages, *phrases(language).messages))


def spoken(html: str, language: str, messages: tuple[Message, ...]) -> str:
    """The page in a language; as it is in the source's own."""
    if language == SOURCE_LANGUAGE:
        return html
    said = speech(language, messages).said
    return "".join(_translated(html, said))


def _translated(html: str, said: Callable[[str], str]) -> Iterator[str]:
    inside, depth = "", 0  # the element that is left alone, and how often it is open
    for text, tag in _pieces(html):
        yield text if inside or not text.strip() or len(text) > MOST_TEXT else _say(text, said)
        yield tag
        name = tag[1:].lstrip("/").split(" ")[0].rstrip(">/").lower()
        if not inside and not tag.startswith("</") and (name in LEFT_ALONE or MARKED in tag):
            inside, depth = name, 1
        elif inside == name:
            depth += -1 if tag.startswith("</") else 1
            inside = inside if depth else ""


def _pieces(html: str) -> Iterator[tuple[str, str]]:
    """Each text with the tag behind it."""
    place = 0
    while (start := html.find("<", place)) >= 0:
        end = html.find(">", start)
        end = len(html) if end < 0 else end + 1
        yield html[place:start], html[start:end]
        place = end
    yield html[place:], ""


def _say(text: str, said: Callable[[str], str]) -> str:
    plain = " ".join(unescape(text).split())
    new = said(plain)
    if new == plain:
        return text
    before = text[: len(text) - len(text.lstrip())]
    return before + escape(new, quote=False) + text[len(text.rstrip()) :]


def in_language(cells: list[dict[str, Any]], messages: tuple[Message, ...]) -> list[dict[str, Any]]:
    """The cells of a judged notebook with the instructor's texts translated."""
    texts = {source: text for cell in by_cell(messages).values() for source, text in cell.items()}
    return [{**cell, "source": _in_language(cell, texts)} for cell in cells] if texts else cells


def _in_language(cell: dict[str, Any], texts: dict[str, str]) -> str:
    """The text of a cell; code is translated where it is locked, for that is the instructor's."""
    source = cell["source"]
    if cell["cell_type"] == "markdown":
        return texts.get(normal(source), source)
    nbgrader = cell["metadata"].get("nbgrader") or {}
    return replaced(source, texts) if nbgrader.get("locked") else source
