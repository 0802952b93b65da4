"""What is translated of a notebook's cells, and a cell in another language."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from autograder import syntax
from autograder.translation.strings import code_texts, replaced
from course.notebook_format import HIDDEN_TESTS, SOLUTION, Cell, normal, visible
from course.phrases import Message, phrases

IN_FEEDBACK = "shown in feedback alone"
IN_ITS_PLACE = "..."  # a statement in place of a solution, so that the cell can be parsed


@dataclass(frozen=True)
class Entry:
    """A text to translate. `context` is the id of its cell."""

    source: str
    context: str = ""
    comment: str = ""


def entries_of(cells: Iterable[Cell]) -> list[Entry]:
    """The texts of an instructor's notebook that students see, in their order, each once a cell."""
    found: dict[tuple[str, str], Entry] = {}
    for cell in cells:
        for source, comment in _texts(cell):
            found.setdefault((cell.id or "", source), Entry(source, cell.id or "", comment))
    return list(found.values())


def _texts(cell: Cell) -> Iterator[tuple[str, str]]:
    if cell.kind == "markdown":
        text = normal(visible(cell.source))
        if any(sign.isalpha() for sign in text):
            yield text, ""
    elif cell.kind == "code":
        shown = HIDDEN_TESTS.without(SOLUTION.without(cell.source, IN_ITS_PLACE))
        yield from ((text.template, "") for text in code_texts(shown))
        yield from ((label, IN_FEEDBACK) for label in _probe_labels(cell.source))


def _probe_labels(source: str) -> Iterator[str]:
    try:
        tree = syntax.parse(HIDDEN_TESTS.inside(source))
    except SyntaxError:
        return
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    for call in calls:
        is_probe = getattr(call.func, "id", "") == "probe"
        if is_probe and call.args and isinstance(call.args[0], ast.Constant):
            yield str(call.args[0].value)


# ------------------------------------------------------------------------------------ translating
def by_cell(messages: Iterable[Message]) -> dict[str, dict[str, str]]:
    """The translations that hold, by the cell's id and the source.

    An obsolete one holds for a source that came back, to the letter, since the last update.
    """
    found: dict[str, dict[str, str]] = {}
    for message in sorted(messages, key=lambda message: not message.obsolete):
        if message.text and not message.fuzzy:
            found.setdefault(message.context, {})[message.source] = message.text
    return found


def common(language: str) -> dict[str, str]:
    """What the course's own catalog says for texts that many cells have, such as stubs."""
    return {m.source: m.text for m in phrases(language).messages if m.text and not m.fuzzy}


def translated(kind: str, source: str, known: Mapping[str, str], usual: Mapping[str, str]) -> str:
    """A released cell in another language; as it is where nothing of it is translated.

    Args:
        kind: code, markdown or raw.
        source: its text, without solution and hidden checks.
        known: translations of this cell.
        usual: translations of texts that many cells have.
    """
    if kind == "code":
        return replaced(source, {**usual, **known})
    text = normal(source)
    return (known.get(text) or usual.get(text) or source) if kind == "markdown" else source
