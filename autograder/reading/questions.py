"""Written questions of a course, as the gradebook knows them, with what their schemes ask for."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from nbgrader.api import Assignment, Gradebook, Notebook, SourceCell, TaskCell

from autograder.pages.exercises import heading_of
from course.notebook_format import MARK_SCHEME

# "* 2 points, part 1: …": a bullet of a mark scheme that says what it is worth
ITEM = re.compile(r"[*-] +(\d+(?:\.\d+)?|half a) points?\b[ ,:]*(.*)")


@dataclass(frozen=True)
class Item:
    """One line of a rubric: so many points for this. `key` stays while its text does."""

    key: str
    points: float
    text: str


@dataclass(frozen=True)
class Question:
    """A cell whose points a person gives. `text` is what students see of it."""

    week: str
    notebook: str
    cell: str
    cell_id: str  # the gradebook's own
    most: float
    in_place: bool = False  # the cell itself is the answer, and the question stands above it
    title: str = ""
    text: str = ""
    rubric: tuple[Item, ...] = ()
    scheme: str = ""  # the mark scheme without the rubric's lines: notes and a model answer

    @property
    def place(self) -> tuple[str, str, str]:
        """What names it: week, notebook, cell."""
        return self.week, self.notebook, self.cell


def read_questions(gradebook: Gradebook, week: str | None = None) -> list[Question]:
    """The written questions of one week, or of all, in order."""
    query = gradebook.db.query(Notebook).join(Assignment, Assignment.id == Notebook.assignment_id)
    if week is not None:
        query = query.filter(Assignment.name == week)
    books = sorted(query.all(), key=lambda book: (book.assignment.name, book.name))
    return [question for book in books for question in _questions_of(book)]


def _questions_of(book: Notebook) -> list[Question]:
    sources = {cell.name: cell for cell in book.source_cells}
    answered = {cell.name for cell in book.solution_cells}
    by_hand = [cell for cell in book.grade_cells
               if cell.cell_type != "code" or cell.name in answered]  # fmt: skip
    return [_question(book, cell, sources.get(cell.name)) for cell in (*book.task_cells, *by_hand)]


def _question(book: Notebook, cell: Any, stored: SourceCell | None) -> Question:
    source = (stored.source if stored is not None else "") or ""
    scheme = MARK_SCHEME.inside(source)
    rubric, rest = read_rubric(scheme)
    title = heading_of({"source": source}) or cell.name
    return Question(
        book.assignment.name, book.name, cell.name, cell.id,
        float(cell.max_score or 0), not isinstance(cell, TaskCell), title,
        MARK_SCHEME.without(source).strip(), rubric, rest,
    )  # fmt: skip


def read_rubric(scheme: str) -> tuple[tuple[Item, ...], str]:
    """The items of a mark scheme, and what is left of it.

    An item begins with a bullet and its points, and goes on to the next bullet or empty line.
    """
    items: list[tuple[float, list[str]]] = []
    rest, open_item = [], False
    for line in scheme.split("\n"):
        if begun := ITEM.match(line):
            items.append((_points(begun[1]), [begun[2]]))
            open_item = True
        elif open_item and line.strip() and not line.startswith(("*", "-")):
            items[-1][1].append(line.strip())
        else:
            open_item = False
            rest.append(line)
    found = (_item(points, " ".join(lines).strip()) for points, lines in items)
    return tuple({item.key: item for item in found}.values()), "\n".join(rest).strip()


def _points(word: str) -> float:
    return 0.5 if word == "half a" else float(word)


def _item(points: float, text: str) -> Item:
    return Item(hashlib.sha256(f"{points:g} {text}".encode()).hexdigest()[:12], points, text)
