"""A student's notebook as grading runs it: shipped cells in their places, the student's in theirs.

The rules are grading's own (course.recognition): a cell is known by its id, by its text, by the
function that it defines or by most of its text, and what the student defined counts wherever it
stands. Here the shipped notebook takes the place of the gradebook.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from course.notebook_format import SKIP_TAG, Cell
from course.recognition.answers import Reading, recognised
from course.recognition.cells import (
    NotebookTemplate,
    PreparedCell,
    StudentCell,
    StudentNotebook,
    template_cell,
)
from course.recognition.laying import Laid
from course.student.submission import Notebook


def as_graded(notebook: Notebook, shipped: Notebook | None) -> list[Cell]:
    """The cells in the order in which grading runs them; as they stand without a shipped copy."""
    return list(notebook.cells) if shipped is None else Rebuilt(notebook, shipped).cells


@dataclass(frozen=True)
class Rebuilt:
    """A student's notebook laid over the shipped one."""

    notebook: Notebook
    shipped: Notebook

    @cached_property
    def reading(self) -> Reading:
        """The student's cells, recognised."""
        return recognised(_sent(self.notebook), _template(self.shipped))

    @cached_property
    def cells(self) -> list[Cell]:
        """All cells in the order in which they run."""
        shipped = iter(self.shipped.cells)
        return [self._cell(prepared, shipped) for prepared in Laid(self.reading).cells()]

    def answer_to(self, exercise: str) -> str:
        """The code that is graded for an exercise; empty where there is none."""
        return next((c.source for c in self.cells if c.solution and c.grade_id == exercise), "")

    @cached_property
    def stubs(self) -> set[str]:
        """What stands in the cells of the exercises before anybody has written in them."""
        return {cell.source.strip() for cell in self.shipped.cells if cell.solution}

    def _cell(self, prepared: PreparedCell, shipped: Iterator[Cell]) -> Cell:
        if prepared.template is not None:
            return replace(next(shipped), source=prepared.source)
        tags = () if prepared.run else (SKIP_TAG,)
        if prepared.sent is None:  # what was added to a locked cell
            return Cell(prepared.kind, prepared.source, tags=tags)
        own = self.notebook.cells[prepared.sent]
        return replace(
            own, source=prepared.source, grade_id=None, grade=False, solution=False, locked=False,
            task=False, tags=tags,
        )  # fmt: skip


def _sent(notebook: Notebook) -> StudentNotebook:
    """As grading reads a notebook: sources and ids, and nothing else."""
    cells = (StudentCell(c.kind, c.source, c.grade_id, c.id) for c in notebook.cells)
    return StudentNotebook(notebook.week, tuple(cells), notebook.path.name)


def _template(shipped: Notebook) -> NotebookTemplate:
    return NotebookTemplate(shipped.week, tuple(map(template_cell, shipped.cells)))
