"""Which text of a rebuilt notebook a kernel gets."""

from __future__ import annotations

from autograder.model import PreparedCell, PreparedNotebook, TemplateCell
from autograder.run.cells_to_run import cells_to_run
from autograder.stages.hidden_scope import in_own_scope

TEXT = "### BEGIN HIDDEN TESTS\nrows = [1]  # for a probe\n### END HIDDEN TESTS\nassert True"


def cell(**flags: bool) -> PreparedCell:
    kept = {"locked": False, "grade": False, "solution": False, "task": False, "skip": False}
    template = TemplateCell("code", TEXT, "c", "c", points=1.0, **{**kept, **flags})
    return PreparedCell("code", TEXT, True, "c", template.grade, template.solution, template)


def sources(*cells: PreparedCell) -> list[str]:
    prepared = PreparedNotebook("s1", "week", "week", cells)
    return [job.source for job in cells_to_run(prepared)]


def test_a_check_runs_with_its_hidden_region_in_a_scope_of_its_own() -> None:
    """The instructor's locked text is read for hidden regions; the prepared cell keeps its text."""
    check = cell(locked=True, grade=True)
    assert sources(check) == [in_own_scope(TEXT)] != [TEXT]
    assert check.source == TEXT


def test_markers_in_a_students_text_mean_nothing() -> None:
    """A solution, a cell graded by hand and a cell of the student's own run as they are."""
    own = PreparedCell("code", TEXT, True)
    assert sources(cell(solution=True), cell(grade=True, solution=True), own) == [TEXT] * 3
