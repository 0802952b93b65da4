"""Try what was written on the instructor's own solution: which probes stand, and which do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autograder.errors import GraderFault, UserError
from autograder.judging.comparison import same_value
from autograder.judging.evidence import read_evidence
from autograder.model import CellEnd, CellRun, NotebookTemplate
from autograder.reference.build import SECONDS, job_for, with_time
from autograder.reference.overlay import own_cells
from autograder.stages.execute import execute
from autograder.week import Week

SEEDS = ("adopt-1", "adopt-1", "adopt-2", "adopt-3")  # the same twice, and two others
DRAWN = "drawn inputs"  # what the label of such a probe ends with


@dataclass(frozen=True)
class Trouble:
    """Why a check's drawn probes, or all of its probes, do not stand."""

    whole: str = ""
    drawn: str = ""

    def behind(self, earlier: Trouble | None) -> Trouble:
        """Both troubles of a check: a draw that was taken back stays so."""
        return Trouble(self.whole, self.drawn or (earlier.drawn if earlier else ""))


def troubles(
    week: Week, notebook: NotebookTemplate, provisioner: str | None = None
) -> dict[str, Trouble]:
    """What does not stand, by the id of the check.

    Raises:
        UserError: a cell that is no check does not run.
        GraderFault: a kernel could not be started.
    """
    runs = [_run(week, notebook, seed, provisioner) for seed in SEEDS]
    probed = [cell for cell in notebook.cells if cell.grade and "probe(" in cell.source]
    found = ((str(cell.grade_id), _trouble(str(cell.grade_id), runs)) for cell in probed)
    return {name: trouble for name, trouble in found if trouble is not None}


Runs = dict[str | None, CellRun]


def _run(week: Week, notebook: NotebookTemplate, seed: str, provisioner: str | None) -> Runs:
    job = job_for(week, "adopt", own_cells(notebook), seed, provisioner)
    ran = execute(with_time(job, SECONDS))
    if ran.fault:
        raise GraderFault(f"The notebook {notebook.name} could not be executed: {ran.fault}")
    graded = {cell.grade_id for cell in notebook.cells if cell.grade}
    broken = [run for run in ran.runs if run.end is not CellEnd.OK and run.grade_id not in graded]
    if broken:
        where = broken[0].grade_id or f"cell {broken[0].index + 1}"
        raise UserError(
            f"The instructor's own {notebook.name}.ipynb fails at {where} ({broken[0].end}).",
            "Run it in JupyterLab and repair it.",
        )
    return {run.grade_id: run for run in ran.runs}


def _trouble(name: str, runs: list[Runs]) -> Trouble | None:
    """What is wrong with a check in any of the runs; with its draws alone, where that is all."""
    ended = [one[name].end for one in runs]
    if any(end is not CellEnd.OK for end in ended):
        return Trouble(whole="with the probes before it, it fails on your own solution")
    found = list(_problems([read_evidence(one[name].outputs) for one in runs]))
    fixed = [what for label, what in found if not label.endswith(DRAWN)]
    if fixed:
        return Trouble(whole=fixed[0])
    if found:
        return Trouble(drawn=f"no inputs were drawn: {found[0][1]}")
    return None


def _problems(shown: list[dict]) -> Iterator[tuple[str, str]]:
    """Each probe that does not stand, and why."""
    for label in shown[0]:
        values = [one[label][0].value for one in shown if one.get(label)]
        if any(value["kind"] == "error" for value in values):
            error = next(value for value in values if value["kind"] == "error")
            said = f"{error['type']}: {error['message']}"[:120]
            yield label, f"your own solution shows at `{label}`: {said}"
        elif len(values) < len(shown) or not same_value(values[0], values[1], 1e-5, 1e-8):
            yield label, f"your own solution does not show the same twice, or NaN, at `{label}`"
