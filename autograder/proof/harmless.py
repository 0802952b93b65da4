"""What a correct solution may do without losing a point: have helpers, write to its arguments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from autograder.model import Reference
from autograder.proof.made_variants import spoiling, with_helpers
from autograder.proof.results import Count, Problem, Tried, tried
from autograder.proof.trials import Workbench, full_marks, verdict
from autograder.reference.overlay import Trial

TOLD = "your function changed"  # how the sentence begins that a forbidden write is told with


def helpers(bench: Workbench, truth: Reference) -> Tried:
    """Helpers that have the names of a hidden region; where they cost something, one by one."""
    names = {name: bench.hidden_names(name) for name in bench.functions}
    lost = [trial.overlay.exercise for trial in _help(bench, truth, names.items())]
    each = [(exercise, {name}) for exercise in lost for name in names[exercise]]
    problems = tuple(
        Problem("helpers", trial.overlay.check, f"a student's `{trial.overlay.name}` costs points")
        for trial in _help(bench, truth, each)
    )
    return Tried(Count(len(names) - len(lost), len(names)), problems)


def _help(bench: Workbench, truth: Reference, names: Iterable[tuple[str, set[str]]]) -> list[Trial]:
    """The trials that lost points although the answer was the reference's."""
    overlays = tuple(
        with_helpers(exercise, bench.known[exercise].source, helpers) for exercise, helpers in names
    )
    trials = bench.run_apart(overlays, truth)
    return [trial for trial in trials if not full_marks(verdict(trial, truth))]


def spoiled(bench: Workbench, truth: Reference) -> Tried:
    """The reference, which then spoils its arguments: only probes that forbid that are lost."""
    overlays = (spoiling(name, bench.known[name].source) for name in bench.functions)
    trials = bench.run_apart(tuple(overlays), truth)
    return tried(_spoiled_problems(trial, truth) for trial in trials)


def _spoiled_problems(trial: Trial, truth: Reference) -> Iterator[Problem]:
    for probe in verdict(trial, truth).probes:
        if probe.points < probe.max_points and not probe.reason.startswith(TOLD):
            what = f"a function that writes to its arguments loses `{probe.label}`: {probe.reason}"
            yield Problem("arguments", trial.overlay.check, what)
