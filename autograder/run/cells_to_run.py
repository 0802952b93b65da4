"""What a kernel is sent of a prepared notebook."""

from __future__ import annotations

from autograder.model import ExecutionJob, JobCell, PreparedCell, PreparedNotebook, Submission
from autograder.reference.build import job_for, with_more_time
from autograder.stages.hidden_scope import as_it_runs
from autograder.week import Week


def cells_to_run(prepared: PreparedNotebook) -> tuple[JobCell, ...]:
    """The cells of a prepared notebook that grading runs, hidden checks in a scope of their own."""
    return tuple(
        JobCell(index, _to_run(cell), cell.grade_id)
        for index, cell in enumerate(prepared.cells)
        if cell.run
    )


def submission_job(
    week: Week,
    submission: Submission,
    prepared: PreparedNotebook,
    factor: float,
    provisioner: str | None = None,
) -> ExecutionJob:
    """What a kernel is sent of a submission's notebook: sources and files, nothing else.

    Args:
        week: whose notebook it is.
        submission: whose files lie beside it.
        prepared: the notebook, rebuilt.
        factor: times the limits of time, as an accommodation gives.
        provisioner: of the settings by default.
    """
    cells, files = cells_to_run(prepared), submission.attachments
    job = job_for(week, submission.student, cells, provisioner=provisioner, files=files)
    return with_more_time(job, factor)


def _to_run(cell: PreparedCell) -> str:
    """The text that a kernel gets. Only the instructor's own text is read for hidden regions."""
    template = cell.template
    if template is None or not template.locked or not template.grade or template.solution:
        return cell.source
    return as_it_runs(cell.source)
