"""A judged notebook, sorted into exercises: what was asked, what the student wrote, what was found.

The page shows what is the student's own, and the instructor's text of each exercise. Of the rest of
the notebook, which is the same for everybody and which every student has, it repeats nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from autograder.pages.verdict_table import KEY

Cell = dict[str, Any]  # of a notebook's JSON
HEADING_CHARS = 200


@dataclass
class Exercise:
    """Cells that belong together, in the notebook's order."""

    title: str = ""
    texts: list[Cell] = field(default_factory=list)  # the instructor's
    answers: list[Cell] = field(default_factory=list)
    checks: list[Cell] = field(default_factory=list)
    own: list[Cell] = field(default_factory=list)  # added or changed by the student
    reply: Cell | None = None  # the cell below a question: the answer to it

    @property
    def is_shown(self) -> bool:
        """Whether there is anything but the instructor's text."""
        return bool(self.answers or self.checks or self.own)

    @property
    def answer_id(self) -> str:
        """Where the student's own work stands on the page."""
        first = (self.answers or self.checks)[0]
        name = str(flags_of(first)["grade_id"])
        return f"answer-{name}" if self.reply else name

    @property
    def graded(self) -> list[Cell]:
        """The cells that have points."""
        return [cell for cell in (*self.answers, *self.checks) if has_points(cell)]


def exercises_of(cells: list[Cell]) -> list[Exercise]:
    """The exercises of a notebook, and the student's own cells where they stand."""
    found = [Exercise()]
    for cell in cells:
        _sort_in(cell, found)
    return [exercise for exercise in found if exercise.is_shown]


def _sort_in(cell: Cell, found: list[Exercise]) -> None:
    last, flags = found[-1], flags_of(cell)
    if flags.get("solution") or flags.get("task"):
        if last.checks or any(flags_of(answer).get("task") for answer in last.answers):
            found.append(Exercise(last.title))
        if flags.get("task"):  # the question stands in the cell itself
            found[-1].title, found[-1].texts = heading_of(cell) or found[-1].title, []
        found[-1].answers.append(cell)
    elif flags.get("grade"):
        last.checks.append(cell)
    elif _answers_a_task(cell, last):
        last.reply = cell
    elif is_own(cell):
        last.own.append(cell)
    elif cell["cell_type"] == "markdown":
        _begin(cell, found)


def _begin(cell: Cell, found: list[Exercise]) -> None:
    """The instructor's text: a heading begins an exercise, and what follows belongs to it."""
    title = heading_of(cell)
    if title and found[-1].is_shown:
        found.append(Exercise())
    last = found[-1]
    if title:
        last.title, last.texts = title, []
    if not last.checks:
        last.texts.append(cell)


def _answers_a_task(cell: Cell, last: Exercise) -> bool:
    """The cell below a question is the answer, whether or not the student has changed it."""
    asked = bool(last.answers) and bool(flags_of(last.answers[-1]).get("task"))
    return asked and last.reply is None and cell["cell_type"] == "markdown"


def flags_of(cell: Cell) -> dict[str, Any]:
    """nbgrader's metadata of a cell."""
    return cell["metadata"].get("nbgrader") or {}


def has_points(cell: Cell) -> bool:
    """Whether nbgrader gives points for the cell."""
    return bool(flags_of(cell).get("grade") or flags_of(cell).get("task"))


def is_own(cell: Cell) -> bool:
    """Whether the student added or changed this cell."""
    return bool(cell["metadata"].get(KEY, {}).get("own"))


def heading_of(cell: Cell) -> str:
    """The last heading of a text, without the points that stand in brackets behind it."""
    found = list(_headings(cell["source"]))
    return found[-1] if found else ""


def _headings(source: str) -> Iterator[str]:
    for line in source.split("\n"):
        level = len(line) - len(line.lstrip("#"))
        if 1 <= level <= 4 and len(line) <= HEADING_CHARS and line[level : level + 1] == " ":
            text = line[level:].strip(" #").replace("`", "")
            named, bracket, rest = text.rpartition(" (")
            yield named.strip() if bracket and ("point" in rest or "점" in rest) else text


def title_of(cells: list[Cell]) -> str:
    """The notebook's own title: the first heading that the instructor wrote."""
    for cell in cells:
        if cell["cell_type"] == "markdown" and not is_own(cell):
            return next(_headings(cell["source"].split("\n", 1)[0]), "")
    return ""
