"""Stage 2, prepare: instructor's cells from the gradebook, the student's *source* by cell id.

The template of a week is read once for a whole class. A submission is rebuilt on it: every cell of
the instructor stands where the instructor put it, with the instructor's text; solution cells carry
the student's text; cells that the student added follow the cell they followed. Deleted, renamed,
retyped or doubled cells therefore lose nothing but the student's own words.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry

from autograder.course_folder import Course
from autograder.errors import UserError
from autograder.gradebook import open_gradebook, patiently
from autograder.stages.ingest import StudentCell, StudentNotebook, Submission

SKIP_TAG = "nbval-skip"


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


@dataclass(frozen=True)
class NotebookTemplate:
    """One notebook of a week as the gradebook knows it."""

    name: str
    cells: tuple[TemplateCell, ...]

    @property
    def known(self) -> dict[str, TemplateCell]:
        """The cells that nbgrader tracks, by grade_id."""
        return {cell.grade_id: cell for cell in self.cells if cell.grade_id}


@dataclass(frozen=True)
class Template:
    """What every submission of a week is rebuilt on."""

    week: str
    notebooks: tuple[NotebookTemplate, ...]


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


@dataclass(frozen=True)
class PreparedNotebook:
    """A rebuilt notebook, with notes on what was put right."""

    student: str
    week: str
    name: str
    cells: tuple[PreparedCell, ...]
    notes: tuple[str, ...] = ()


def prepare(submission: Submission, template: Template) -> tuple[PreparedNotebook, ...]:
    """Rebuild each notebook that the template knows; a missing one is rebuilt as an empty one."""
    sent = {notebook.name: notebook for notebook in submission.notebooks}
    rebuilt = []
    for notebook in template.notebooks:
        cells, notes = _rebuild(sent.get(notebook.name), notebook)
        rebuilt.append(
            PreparedNotebook(submission.student, submission.week, notebook.name, cells, notes)
        )
    return tuple(rebuilt)


# ------------------------------------------------------------------------------------ rebuilding
def _rebuild(
    sent: StudentNotebook | None, template: NotebookTemplate
) -> tuple[tuple[PreparedCell, ...], tuple[str, ...]]:
    if sent is None:
        empty = tuple(_from_template(cell) for cell in template.cells)
        return empty, (f"{template.name}.ipynb was not in the submission.",)
    anchors, notes = _by_anchor(sent, template)
    cells = _own_cells(anchors.get(None, []))
    for cell in template.cells:
        followers = list(anchors.get(cell.cell_id, []))
        answer = followers.pop(0) if followers and _is_cell(followers[0], cell) else None
        cells.append(_from_template(cell, answer))
        cells.extend(_own_cells(followers))
    return tuple(cells), notes


def _by_anchor(
    sent: StudentNotebook, template: NotebookTemplate
) -> tuple[dict[str | None, list[StudentCell]], tuple[str, ...]]:
    """Group the student's cells under the template cell that they are, or that they follow."""
    by_grade_id = {cell.grade_id: cell for cell in template.cells if cell.grade_id}
    by_cell_id = {cell.cell_id: cell for cell in template.cells if not cell.grade_id}
    by_source = {cell.source.strip(): cell for cell in template.cells if cell.skip}
    anchors: dict[str | None, list[StudentCell]] = {}
    anchor: str | None = None
    for cell in sent.cells:
        match = (
            by_grade_id.get(cell.grade_id or "")
            or by_cell_id.get(cell.cell_id or "")
            or by_source.get(cell.source.strip())
        )
        if match and match.cell_id not in anchors:
            anchor = match.cell_id
            anchors[anchor] = [cell]
        elif not (match and match.locked):  # a second copy of a locked cell says nothing new
            anchors.setdefault(anchor, []).append(cell)
    return anchors, tuple(
        f"The cell '{cell.grade_id}' was missing and has been put back."
        for cell in template.cells
        if cell.grade_id and cell.cell_id not in anchors
    )


def _is_cell(sent: StudentCell, cell: TemplateCell) -> bool:
    return (
        (cell.grade_id is not None and sent.grade_id == cell.grade_id)
        or (cell.grade_id is None and sent.cell_id == cell.cell_id)
        or (cell.skip and sent.source.strip() == cell.source.strip())
    )


def _from_template(cell: TemplateCell, answer: StudentCell | None = None) -> PreparedCell:
    keeps_students_text = answer is not None and not cell.locked
    source = answer.source if answer is not None and keeps_students_text else cell.source
    return PreparedCell(
        cell.kind, source, cell.kind == "code" and not cell.skip, cell.grade_id, cell.grade,
        cell.solution, cell,
    )  # fmt: skip


def _own_cells(cells: list[StudentCell]) -> list[PreparedCell]:
    return [PreparedCell(cell.kind, cell.source, cell.kind == "code") for cell in cells]


# ------------------------------------------------------------------------------------ template
def read_template(course: Course, week: str) -> Template:
    """Read a week's cells from the gradebook, in the order of the source notebook.

    Raises:
        UserError: the week was never released, or source/ has changed since.
    """
    paths = course.source_notebooks(week)
    with open_gradebook(course) as gradebook:
        return patiently(
            lambda: Template(week, tuple(_notebook_template(gradebook, week, p) for p in paths)),
            gradebook.db.rollback,
        )


def _notebook_template(gradebook: Gradebook, week: str, path: Path) -> NotebookTemplate:
    name = path.stem
    try:
        notebook = gradebook.find_notebook(name, week)
    except MissingEntry:
        raise UserError(
            f"'{week}' has not been released: the gradebook does not know {name}.ipynb.",
            f"Run `autograder release {week}` (or `nbgrader generate_assignment {week}`) first.",
        ) from None
    stored = {cell.name: cell for cell in notebook.source_cells}
    return NotebookTemplate(
        name, tuple(_as_stored(cell, stored, week) for cell in read_source(path).cells)
    )


def _as_stored(cell: TemplateCell, stored: dict, week: str) -> TemplateCell:
    """The cell with the text that the gradebook keeps: hidden checks in, solutions out."""
    if not cell.grade_id:
        return cell
    kept = stored.get(cell.grade_id)
    if kept is None or (kept.locked and kept.source != cell.source):
        raise UserError(
            f"source/{week} has changed since it was released (cell '{cell.grade_id}').",
            f"Run `autograder release {week}` again, then grade.",
        )
    return replace(cell, source=kept.source, locked=bool(kept.locked), checksum=kept.checksum)


def _is_tracked(nbgrader: dict) -> bool:
    return any(nbgrader.get(flag) for flag in ("grade", "solution", "locked", "task"))


def read_source(path: Path) -> NotebookTemplate:
    """The instructor's notebook itself, solutions included: what the reference is executed from."""
    cells = []
    for index, cell in enumerate(json.loads(path.read_text("utf-8"))["cells"]):
        nbgrader = cell["metadata"].get("nbgrader", {})
        cells.append(
            TemplateCell(
                kind=cell["cell_type"],
                source="".join(cell["source"]),
                grade_id=nbgrader.get("grade_id") if _is_tracked(nbgrader) else None,
                cell_id=cell.get("id") or f"cell-{index}",
                locked=bool(nbgrader.get("locked")),
                grade=bool(nbgrader.get("grade")),
                solution=bool(nbgrader.get("solution")),
                task=bool(nbgrader.get("task")),
                points=float(nbgrader.get("points") or 0),
                skip=SKIP_TAG in cell["metadata"].get("tags", []),
            )
        )
    return NotebookTemplate(path.stem, tuple(cells))


def as_prepared(notebook: NotebookTemplate, student: str, week: str) -> PreparedNotebook:
    """A template as it stands, ready to run: the reference, or an empty submission."""
    return PreparedNotebook(
        student, week, notebook.name, tuple(_from_template(cell) for cell in notebook.cells)
    )
