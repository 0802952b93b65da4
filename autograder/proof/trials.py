"""Run overlays in kernels, and judge what they did: the workbench of the proof.

Everything goes through the stages that grade students (`execute`, `judge`), with the instructor's
cells in place of a student's. One kernel serves many trials.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from autograder.challengebook import challenge_cells
from autograder.errors import GraderFault, UserError
from autograder.judging.evidence import read_evidence
from autograder.model import (
    CellEnd,
    CellRun,
    CheckReference,
    CheckVerdict,
    Execution,
    JobCell,
    NotebookTemplate,
    Reference,
    TemplateCell,
)
from autograder.proof.made_variants import bound_names, defined
from autograder.reference.build import job_for, with_time
from autograder.reference.overlay import (
    Overlay,
    Plan,
    Ran,
    Trial,
    check_cell,
    own_cells,
)
from autograder.stages.execute import execute
from autograder.stages.judge import judge
from autograder.week import Week
from course.notebook_format import HIDDEN_TESTS

SECONDS = 3600  # for one kernel with all its trials
OUTPUT_BYTES = 500_000_000


@dataclass(frozen=True)
class Workbench:
    """A week's only notebook, and how its kernels start; None takes the course's provisioner."""

    week: Week
    notebook: NotebookTemplate
    provisioner: str | None = None

    @property
    def without_challenge(self) -> Workbench:
        """The same without the open challenge: what has right and wrong answers."""
        out = challenge_cells(self.notebook)
        cells = tuple(cell for cell in self.notebook.cells if cell.grade_id not in out)
        return replace(self, notebook=replace(self.notebook, cells=cells))

    @cached_property
    def known(self) -> dict[str, TemplateCell]:
        """The notebook's tracked cells by grade_id."""
        return self.notebook.known

    @cached_property
    def own(self) -> tuple[JobCell, ...]:
        """The instructor's cells that grading runs."""
        return own_cells(self.notebook)

    @cached_property
    def exercises(self) -> tuple[str, ...]:
        """The grade_ids of the solution cells that hold code; of classic ones with a check."""
        found = (name for name, cell in self._code if cell.solution)
        return tuple(name for name in found if not self.classic or self.checks_behind[name])

    @cached_property
    def classic(self) -> bool:
        """Whether no check is named after its exercise: an assignment made for nbgrader."""
        solutions = (name for name, cell in self._code if cell.solution)
        return not any(f"check_{name}" in self.known for name in solutions)

    @cached_property
    def checks_behind(self) -> dict[str, tuple[str, ...]]:
        """For each solution in code the checks between it and the next one."""
        found: dict[str, tuple[str, ...]] = {}
        current = ""
        for name, cell in self._code:
            if cell.solution:
                current, found[name] = name, ()
            elif cell.grade and current:
                found[current] += (name,)
        return found

    @cached_property
    def functions(self) -> tuple[str, ...]:
        """The exercises whose cell defines a function of their name."""
        return tuple(name for name in self.exercises if defined(self.known[name].source, name))

    def hidden_names(self, exercise: str) -> set[str]:
        """What the hidden region of an exercise's check binds, and the notebook itself does not."""
        own = [cell.source for cell in self.own if cell.grade_id not in self.checks]
        hidden = HIDDEN_TESTS.inside(self.known[self._checks_of(exercise)[0]].source)
        return bound_names(hidden).difference(*map(bound_names, own))

    @cached_property
    def checks(self) -> tuple[str, ...]:
        """The grade_ids of the checks."""
        return tuple(name for name, cell in self._code if cell.grade)

    @property
    def _code(self) -> list[tuple[str, TemplateCell]]:
        return [(name, cell) for name, cell in self.known.items() if cell.kind == "code"]

    # -------------------------------------------------------------------------------- running
    def run(self, plans: Iterable[Plan], what: str) -> list[Ran]:
        """Run plans one after the other in one kernel.

        Raises:
            GraderFault: the kernel could not be started.
        """
        plans = list(plans)
        cells = [plan.cells() for plan in plans]
        runs = iter(self.execute([cell for part in cells for cell in part], what).runs)
        parts = zip(plans, cells, strict=True)
        return [plan.read(islice(runs, len(part))) for plan, part in parts]

    def run_to_end(self, plan: Plan, what: str) -> Ran:
        """Run a plan; a kernel that is lost is followed by a new one, behind what lost it.

        Raises:
            UserError: the reference itself loses the kernel.
        """
        (ran,) = self.run([plan], what)
        if ran.complete:
            return ran
        if not ran.trials:
            raise UserError(f"The reference of {self.week.name} does not run to its end.")
        if len(ran.trials) == len(plan.overlays):
            return ran
        rest = replace(plan, overlays=plan.overlays[len(ran.trials) :])
        further = self.run_to_end(rest, what)
        return replace(further, first=ran.first, trials=(*ran.trials, *further.trials))

    def run_apart(self, overlays: tuple[Overlay, ...], truth: Reference) -> tuple[Trial, ...]:
        """Trials of the hidden part of checks alone, in kernels without a trace of each other.

        At the end of a kernel's life the reference is probed once more. If it does not get full
        marks then, some overlay changed what outlives it: the halves are tried apart.

        Raises:
            UserError: a cell of the notebook needs the checks before it.
        """
        if not overlays:
            return ()
        overlays = tuple(map(self._placed, overlays))
        # a classic check may import what later ones use
        first = tuple(c for c in self.own if self.classic or c.grade_id not in self.checks)
        checks = tuple(sorted({check for overlay in overlays for check in overlay.checks}))
        last = tuple(check_cell(self.known, check) for check in checks)
        ran = self.run_to_end(Plan(self.notebook, first, overlays, last), "overlays")
        broken = [run for run in ran.first if run.end is not CellEnd.OK]
        if broken:
            name = broken[0].grade_id or "a cell"
            raise UserError(
                f"{name} of {self.week.name} does not run without the checks before it."
            )
        if len(overlays) == 1 or all(map(full_marks, verdicts(ran.last, truth, checks))):
            return ran.trials
        half = len(overlays) // 2
        parts = (overlays[:half], overlays[half:])
        return tuple(trial for part in parts for trial in self.run_apart(part, truth))

    def _placed(self, overlay: Overlay) -> Overlay:
        """The overlay with the checks that it is tried under."""
        own, *others = self._checks_of(overlay.exercise)
        return replace(overlay, own=own, others=(*others, *overlay.others))

    def _checks_of(self, exercise: str) -> tuple[str, ...]:
        return self.checks_behind[exercise] if self.classic else (f"check_{exercise}",)

    def execute(self, cells: Iterable[JobCell], what: str) -> Execution:
        """Run cells in a kernel that has time and room for a whole proof.

        Raises:
            GraderFault: it could not be started.
        """
        job = job_for(self.week, what, tuple(cells), provisioner=self.provisioner)
        job = with_time(job, SECONDS)
        limits = replace(job.limits, output_bytes=OUTPUT_BYTES)
        execution = execute(replace(job, limits=limits))
        if execution.fault:
            raise GraderFault(f"No kernel for the proof of {self.week.name}: {execution.fault}")
        return execution


# ------------------------------------------------------------------------------------ judging
def verdicts(
    runs: Iterable[CellRun], truth: Reference, only: tuple[str, ...] | None = None
) -> tuple[CheckVerdict, ...]:
    """What the checks are worth in these runs: all that the truth knows, or only some."""
    checks = tuple(c for c in truth.checks if only is None or c.grade_id in only)
    execution = Execution(truth.week, tuple(runs), 0.0)
    return judge(execution, replace(truth, checks=checks)).checks


def verdict(trial: Trial, truth: Reference) -> CheckVerdict:
    """What a trial's own check is worth; of a classic exercise all of its checks together."""
    first, *more = verdicts(trial.runs, truth, trial.overlay.checks)
    found = (first, *more)
    return replace(
        first, points=points(found), max_points=sum(check.max_points for check in found),
        probes=tuple(probe for check in found for probe in check.probes),
    ) if more else first  # fmt: skip


def full_marks(found: CheckVerdict) -> bool:
    """Whether a check lost nothing."""
    return found.points == found.max_points


def points(found: Iterable[CheckVerdict]) -> float:
    """The sum of what checks earned."""
    return round(sum(check.points for check in found), 6)


def truth_of(base: Reference, runs: Iterable[CellRun]) -> Reference | None:
    """The reference with the answers that it displayed in these runs; None if one is missing."""
    shown = {run.grade_id: read_evidence(run.outputs) for run in runs if run.grade_id}
    checks: list[CheckReference] = []
    for check in base.checks:
        answers = shown.get(check.grade_id, {})
        if any(len(answers.get(probe.label, [])) != 1 for probe in check.probes):
            return None
        probes = tuple(replace(p, value=answers[p.label][0].value) for p in check.probes)
        checks.append(replace(check, probes=probes, mistakes=()))
    return replace(base, checks=tuple(checks))
