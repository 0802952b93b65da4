"""The way back: a student's notebook of another language's edition, as one of the source's.

What stands translated in the student's copy becomes the instructor's own text again, so that a
translated cell is an untouched cell, whatever looks at it afterwards. What the student wrote stays.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace

from autograder import syntax
from autograder.model import (
    NotebookTemplate,
    StudentCell,
    StudentNotebook,
    TemplateCell,
    Translation,
)
from autograder.translation.cells import by_cell, common, translated
from autograder.translation.strings import replaced
from course.notebook_format import normal, visible
from course.phrases import SOURCE_LANGUAGE, Message
from course.recognition.code_reading import PARSED_CHARS

ALIKE = 0.6  # of the lines of a translated text that must be there for a cell to be that one


def translation_of(
    cells: Sequence[TemplateCell], messages: Sequence[Message], language: str
) -> Translation:
    """What is needed for the way back.

    Translations that do not hold any more are known, too: a student may have an older edition.
    """
    known, usual = by_cell(messages), common(language)
    texts: dict[str, tuple[str, str]] = {}
    whole: dict[str, str] = {}
    for cell in cells:
        source = visible(cell.source)
        text = translated(cell.kind, source, known.get(cell.cell_id, {}), usual)
        if normal(text) != normal(source):
            whole[normal(text)] = source
            texts[cell.cell_id] = (normal(text), source)
    back: dict[str, dict[str, str]] = {}
    answers = {cell.cell_id for cell in cells if cell.solution}  # what stands there is a student's
    for message in sorted(messages, key=lambda message: not (message.fuzzy or message.obsolete)):
        if message.text and message.context not in answers:
            back.setdefault(message.context, {})[message.text] = message.source
    usual_back = {text: source for source, text in usual.items()}
    return Translation(language, whole, texts, back, usual_back)


def in_source_language(
    sent: StudentNotebook, template: NotebookTemplate
) -> tuple[StudentNotebook, str]:
    """The notebook with every translated text as the instructor wrote it, and its language."""
    for translation in template.translations:
        cells = tuple(_undone(cell, translation) for cell in sent.cells)
        if cells != sent.cells:
            return replace(sent, cells=cells), translation.language
    return sent, SOURCE_LANGUAGE


def _undone(cell: StudentCell, translation: Translation) -> StudentCell:
    if cell.source.isascii():
        return cell
    source = translation.whole.get(normal(cell.source))
    if source is None and cell.kind == "code":
        known = translation.messages.get(cell.cell_id or cell.grade_id or "", {})
        source = _undone_code(cell.source, {**translation.usual, **known})
        source = _as_original(source, translation.texts.get(cell.cell_id or "", ("", ""))[1])
    elif source is None:
        source = _edited_text(cell, translation)
    return cell if source == cell.source else replace(cell, source=source)


def _undone_code(source: str, texts: Mapping[str, str]) -> str:
    if len(source) > PARSED_CHARS:
        return source
    try:
        with warnings.catch_warnings(action="ignore"):  # of a "\\d" in a student's string
            return replaced(source, texts)
    except (RecursionError, MemoryError):
        return source


def _as_original(source: str, original: str) -> str:
    """The instructor's own text where code says the same in other lines; else the source."""
    if not original or len(source) > PARSED_CHARS:
        return source
    try:
        same = ast.dump(syntax.parse(source)) == ast.dump(syntax.parse(original))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source
    return original if same else source


def _edited_text(cell: StudentCell, translation: Translation) -> str:
    """A translated text to which a student added lines: the original with those lines."""
    text, original = translation.texts.get(cell.cell_id or cell.grade_id or "", ("", ""))
    lines = [line for line in text.splitlines() if line.strip()]
    mine = cell.source.splitlines()
    kept = sum(line in mine for line in lines)
    if not lines or kept < ALIKE * len(lines):
        return cell.source
    added = [line for line in mine if line.strip() and line.rstrip() not in lines]
    return "\n".join([original, *added])
