"""Stage 2, prepare: instructor's cells from the gradebook, the student's *source* by cell id.

The template of a week is read once for a whole class. A submission is rebuilt on it: every cell of
the instructor stands where the instructor put it, with the instructor's text; solution cells carry
the student's text; cells that the student added follow the cell they followed. Deleted, renamed,
retyped or doubled cells therefore lose nothing but the student's own words.
"""

from __future__ import annotations

from dataclasses import replace

from nbgrader.api import Gradebook, MissingEntry

from autograder.errors import UserError
from autograder.gradebook import open_gradebook, patiently
from autograder.model import (
    NotebookTemplate,
    PreparedCell,
    PreparedNotebook,
    StudentCell,
    StudentNotebook,
    Submission,
    Template,
    TemplateCell,
)
from autograder.week import Week


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
def read_template(week: Week) -> Template:
    """Read a week's cells from the gradebook, in the order of the source notebook.

    Raises:
        UserError: the week was never released, or source/ has changed since.
    """
    with open_gradebook(week.course) as gradebook:
        return patiently(
            lambda: Template(
                week.name,
                tuple(_released(gradebook, week.name, notebook) for notebook in week.notebooks),
            ),
            gradebook.db.rollback,
        )


def _released(gradebook: Gradebook, week: str, source: NotebookTemplate) -> NotebookTemplate:
    """A notebook of source/ with the texts of its release, which the gradebook keeps."""
    name = source.name
    try:
        notebook = gradebook.find_notebook(name, week)
    except MissingEntry:
        raise UserError(
            f"'{week}' has not been released: the gradebook does not know {name}.ipynb.",
            f"Run `autograder release {week}` (or `nbgrader generate_assignment {week}`) first.",
        ) from None
    stored = {cell.name: cell for cell in notebook.source_cells}
    return NotebookTemplate(name, tuple(_as_stored(cell, stored, week) for cell in source.cells))


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
