"""Laying solutions over a notebook: what is run, and how runs are sorted afterwards."""

from __future__ import annotations

import pytest

from autograder.errors import UserError
from autograder.model import CellEnd, CellRun, JobCell, NotebookTemplate, TemplateCell
from autograder.reference.overlay import Overlay, Plan, hidden_part, own_cells

CHECK = "### BEGIN HIDDEN TESTS\nprobe_{0}()\n### END HIDDEN TESTS\nassert_{0}()"


def cell(grade_id: str, source: str, **flags: bool) -> TemplateCell:
    kept = {"locked": False, "grade": False, "solution": False, "task": False, "skip": False}
    return TemplateCell("code", source, grade_id, grade_id, points=1.0, **{**kept, **flags})


NOTEBOOK = NotebookTemplate(
    "week",
    (
        cell("f", "f = 1", solution=True),
        cell("check_f", CHECK.format("f"), grade=True),
        cell("plot", "plot()", skip=True),
        cell("g", "g = 1", solution=True),
        cell("check_g", CHECK.format("g"), grade=True),
    ),
)


def sources(plan: Plan) -> list[str]:
    return ["|".join(cell.source.split()) for cell in plan.cells()]


def runs(plan: Plan, lost_at: int = 99) -> list[CellRun]:
    return [
        CellRun(cell.index, cell.grade_id, CellEnd.OK if place < lost_at else CellEnd.NOT_RUN)
        for place, cell in enumerate(plan.cells())
    ]


def test_own_cells_are_those_that_grading_runs() -> None:
    """Cells tagged nbval-skip are left out; indices are those of the notebook."""
    assert [cell.index for cell in own_cells(NOTEBOOK)] == [0, 1, 3, 4]


def test_every_overlay_is_taken_off_again() -> None:
    """Its code and its probes run, then the solution is back before anything else runs."""
    overlays = (
        Overlay("f", "a", "f = 2", others=("check_g",)),
        Overlay("g", "b", "g = 2", visible=True),
    )
    plan = Plan(NOTEBOOK, (JobCell(0, "first"),), overlays, (JobCell(0, "last"),))
    own_f, other_g, own_g, back, last = sources(plan)[1:]
    assert own_f.startswith("f|=|2|") and "probe_f" in own_f and "assert_f" not in own_f
    assert "probe_g" in other_g and "assert_g" not in other_g
    assert own_g.startswith("f|=|1|g|=|2|") and "probe_g" in own_g and "assert_g" in own_g
    assert (back, last) == ("g|=|1", "last")


def test_runs_are_sorted_by_what_they_belong_to() -> None:
    """Per trial its own check first, then the others; all indices lie behind the notebook's."""
    overlays = (Overlay("f", "a", "", others=("check_g",)), Overlay("g", "b", ""))
    plan = Plan(NOTEBOOK, own_cells(NOTEBOOK), overlays, (JobCell(0, "last"),))
    ran = plan.read(runs(plan))
    assert ran.complete
    assert [run.index for run in ran.first] == [0, 1, 3, 4]
    assert [[run.grade_id for run in trial.runs] for trial in ran.trials] == [
        ["check_f", "check_g"],
        ["check_g"],
    ]
    assert all(run.index >= len(NOTEBOOK.cells) for trial in ran.trials for run in trial.runs)
    assert len(ran.last) == 1


def test_trials_end_where_the_kernel_was_lost() -> None:
    """The overlay that lost it is the last trial; who reads it sees that it is not complete."""
    overlays = tuple(Overlay("f", name, "") for name in "abc")
    plan = Plan(NOTEBOOK, own_cells(NOTEBOOK), overlays)
    ran = plan.read(runs(plan, lost_at=6))
    assert not ran.complete
    assert [trial.overlay.name for trial in ran.trials] == ["a", "b"]
    assert Plan(NOTEBOOK, own_cells(NOTEBOOK)).read(runs(plan)[:4]).complete


def test_an_exercise_without_check_is_told() -> None:
    """The sentence says which, and what to call the cell."""
    with pytest.raises(UserError, match="Name its check cell check_h"):
        Plan(NOTEBOOK, (), (Overlay("h", "a", ""),)).cells()


def test_a_check_without_hidden_region_runs_whole() -> None:
    """There is nothing to leave out then."""
    assert hidden_part("probe()") == "probe()"
