"""What a kernel is sent of a prepared notebook."""

from __future__ import annotations

from autograder.model import JobCell, PreparedCell, PreparedNotebook
from autograder.stages.hidden_scope import as_it_runs


def cells_to_run(prepared: PreparedNotebook) -> tuple[JobCell, ...]:
    """The cells of a prepared notebook that grading runs, hidden checks in a scope of their own."""
    return tuple(
        JobCell(index, _to_run(cell), cell.grade_id)
        for index, cell in enumerate(prepared.cells)
        if cell.run
    )


def _to_run(cell: PreparedCell) -> str:
    """The text that a kernel gets. Only the instructor's own text is read for hidden regions."""
    template = cell.template
    if template is None or not template.locked or not template.grade or template.solution:
        return cell.source
    return as_it_runs(cell.source)
