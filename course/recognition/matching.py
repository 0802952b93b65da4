"""Which cell of the instructor's each cell of a student's notebook is. Trusted; it runs nothing.

Editors drop ids and metadata, students recreate, merge and move cells. A cell is therefore looked
for in this order: by nbgrader's id, by the cell's own id, by its text, by the function that it
defines, by most of its text, and an answer in words by its place behind the question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from course.notebook_format import ANSWER_STUB, TEXT_STUB, normal, visible
from course.recognition.cells import NotebookTemplate, StudentCell, StudentNotebook, TemplateCell
from course.recognition.code_reading import bound_in, functions_in, lines_of, names_in, parsed

ALIKE = 0.6  # of the lines of two texts that must be common for one to be the other, changed


class How(StrEnum):
    """How a cell was found."""

    GRADE_ID = "grade id"
    CELL_ID = "cell id"
    TEXT = "text"
    FUNCTION = "function"
    LIKENESS = "likeness"
    PLACE = "place"


@dataclass(frozen=True)
class KnownCell:
    """A cell of the instructor as students get it."""

    cell: TemplateCell
    text: str  # in normal form, without hidden checks
    lines: frozenset[str]
    names: frozenset[str]  # what a solution cell is to define
    awaits_words: bool  # not tracked by nbgrader: here an answer to a question is written

    @property
    def label(self) -> str:
        """How a person knows the cell."""
        return self.cell.grade_id or self.cell.cell_id

    @property
    def is_exercise(self) -> bool:
        """Whether only this week has it: every week has the same set-up, and much prose alike."""
        return self.cell.grade or self.cell.solution or self.cell.task

    @property
    def is_code_answer(self) -> bool:
        return self.cell.solution and self.cell.kind == "code"


@dataclass(frozen=True)
class Found:
    """A student's cell, the instructor's cell that it is, and how that was told."""

    sent: int
    known: int
    how: How


@lru_cache(maxsize=64)
def known_cells(template: NotebookTemplate) -> tuple[KnownCell, ...]:
    """The cells of a notebook with what they are recognised by; made once a run."""
    before = (None, *template.cells)
    return tuple(
        _known(cell, previous) for cell, previous in zip(template.cells, before, strict=False)
    )


def _known(cell: TemplateCell, previous: TemplateCell | None) -> KnownCell:
    text = normal(visible(cell.source))
    names = (functions_in(text) or names_in(text)) if cell.solution else frozenset()
    is_text = cell.kind == "markdown" and not cell.grade_id
    asked = previous is not None and previous.task
    stub = ANSWER_STUB in text or TEXT_STUB in text
    return KnownCell(cell, text, lines_of(text), names, is_text and (asked or stub))


def find_cells(sent: StudentNotebook, known: tuple[KnownCell, ...]) -> tuple[Found, ...]:
    """Each instructor's cell is found at most once; what is not listed is the student's own."""
    search = _Search(sent.cells, known)
    search.by(How.GRADE_ID, {cell.cell.grade_id: i for i, cell in enumerate(known)}, _grade_id)
    search.by(How.CELL_ID, {cell.cell.cell_id: i for i, cell in enumerate(known)}, _cell_id)
    search.by_text()
    search.by_function()
    search.by_likeness()
    search.by_place()
    return tuple(sorted(search.found.values(), key=lambda found: found.sent))


def _grade_id(cell: StudentCell) -> str | None:
    return cell.grade_id


def _cell_id(cell: StudentCell) -> str | None:
    return cell.cell_id


@dataclass
class _Search:
    """What has been found so far, by the student's cell."""

    cells: tuple[StudentCell, ...]
    known: tuple[KnownCell, ...]
    found: dict[int, Found] = field(default_factory=dict)
    taken: set[int] = field(default_factory=set)  # indices of `known`

    def add(self, sent: int, known: int, how: How) -> None:
        self.found[sent] = Found(sent, known, how)
        self.taken.add(known)

    def free(self, kind: str | None = None) -> Iterator[tuple[int, StudentCell]]:
        """The student's cells that are nothing yet."""
        for index, cell in enumerate(self.cells):
            if index not in self.found and kind in (None, cell.kind):
                yield index, cell

    def missing(self) -> list[tuple[int, KnownCell]]:
        return [(i, cell) for i, cell in enumerate(self.known) if i not in self.taken]

    def by(
        self, how: How, ids: dict[str | None, int], id_of: Callable[[StudentCell], str | None]
    ) -> None:
        for index, cell in list(self.free()):
            known = ids.get(id_of(cell) or "")
            if known is not None and known not in self.taken:
                self.add(index, known, how)

    def by_text(self) -> None:
        places: dict[str, list[int]] = {}
        for index, known in self.missing():
            if known.text:
                places.setdefault(known.text, []).append(index)
        for index, cell in list(self.free()):
            same = places.get(normal(cell.source))
            if same:
                self.add(index, same.pop(0), How.TEXT)

    def by_function(self) -> None:
        """The last cell that defines what a solution cell is to define; code before text."""
        free = [(index, cell, bound_in(cell.source)) for index, cell in self.free()]
        for place, known in self.missing() if free else ():
            fit = [
                (cell.kind == "code", index)
                for index, cell, names in free
                if known.is_code_answer and known.names & names and index not in self.found
                if cell.kind == "code" or parsed(cell.source)
            ]
            if fit:
                self.add(max(fit)[1], place, How.FUNCTION)

    def by_likeness(self) -> None:
        free = [(index, cell.kind, lines_of(cell.source)) for index, cell in self.free()]
        for place, known in self.missing() if free else ():
            alike = [
                (_share(lines, known.lines), -index)
                for index, kind, lines in free
                if kind == known.cell.kind and index not in self.found
            ]
            share, index = max(alike, default=(0.0, 0))
            if share >= ALIKE:
                self.add(-index, place, How.LIKENESS)

    def by_place(self) -> None:
        """Words behind a question are its answer, whatever stood there before."""
        words = {index for index, _ in self.free("markdown")}
        asked = {found.known: found.sent for found in self.found.values()}
        for place, known in self.missing():
            behind = asked.get(place - 1, len(self.cells)) + 1
            if known.awaits_words and behind in words:
                self.add(behind, place, How.PLACE)


def _share(mine: frozenset[str], theirs: frozenset[str]) -> float:
    return len(mine & theirs) / max(len(mine), len(theirs), 1)
