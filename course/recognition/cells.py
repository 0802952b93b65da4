"""The cells that recognition knows: what a student sent, and what the instructor wrote."""

from __future__ import annotations

from dataclasses import dataclass, field

from course.notebook_format import Cell


@dataclass(frozen=True)
class StudentCell:
    """All that is taken from a student's cell."""

    kind: str  # code, markdown or raw
    source: str
    grade_id: str | None
    cell_id: str | None


@dataclass(frozen=True)
class StudentNotebook:
    """A notebook as the student sent it, reduced to sources."""

    name: str  # without .ipynb
    cells: tuple[StudentCell, ...]
    path: str = ""  # in the submission; empty: NAME.ipynb

    @property
    def file(self) -> str:
        """The name of the file, as a person finds it."""
        return self.path or f"{self.name}.ipynb"


@dataclass(frozen=True)
class TemplateCell:
    """A cell of the instructor's notebook. `grade_id` is None for plain text and playgrounds."""

    kind: str
    source: str  # as the gradebook holds it, hidden checks included; stubs in solution cells
    grade_id: str | None
    cell_id: str
    locked: bool
    grade: bool
    solution: bool
    task: bool
    points: float
    skip: bool  # tagged nbval-skip: grading never runs it
    checksum: str | None = None
    ignore_output: bool = False  # tagged nbval-ignore-output: what it displays is not compared


def template_cell(cell: Cell) -> TemplateCell:
    """A cell of an instructor's file; points that are no number count as none."""
    return TemplateCell(
        kind=cell.kind,
        source=cell.source,
        grade_id=cell.grade_id if cell.tracked else None,
        cell_id=cell.id or f"cell-{cell.index}",
        locked=cell.locked,
        grade=cell.grade,
        solution=cell.solution,
        task=cell.task,
        points=0.0 if cell.points is None else cell.points,
        skip=cell.skip,
        ignore_output=cell.ignore_output,
    )


@dataclass(frozen=True)
class Translation:
    """An edition in another language, for the way back: translated text to the original's.

    `whole` goes from the text of a cell, `messages` by cell from a message in code, `usual` from a
    message that many cells have; `texts` holds a cell's translation and original.
    """

    language: str
    whole: dict[str, str] = field(repr=False)
    texts: dict[str, tuple[str, str]] = field(repr=False)
    messages: dict[str, dict[str, str]] = field(repr=False)
    usual: dict[str, str] = field(repr=False)


@dataclass(frozen=True)
class NotebookTemplate:
    """One notebook of a week as the gradebook knows it."""

    name: str
    cells: tuple[TemplateCell, ...]
    warm_modules: tuple[str, ...] | None = None  # as its metadata declare them, if they do
    translations: tuple[Translation, ...] = field(default=(), repr=False, compare=False)

    @property
    def known(self) -> dict[str, TemplateCell]:
        """The cells that nbgrader tracks, by grade_id."""
        return {cell.grade_id: cell for cell in self.cells if cell.grade_id}


@dataclass(frozen=True)
class PreparedCell:
    """A cell that is ready to run: text from the gradebook, or from the student."""

    kind: str
    source: str
    run: bool
    grade_id: str | None = None
    grade: bool = False
    solution: bool = False
    template: TemplateCell | None = None
    sent: int | None = None  # which of the student's cells it is, if it is one of their own
