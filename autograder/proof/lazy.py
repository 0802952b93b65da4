"""What must lose points: answers that nobody would write, and numbers that no gradient leaves."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.model import Reference
from autograder.proof.made_variants import (
    FAILS_IN_BACKWARD,
    lazy,
    promises_gradients,
    without_backward,
)
from autograder.proof.results import Problem, Tried, tried
from autograder.proof.survivors import short
from autograder.proof.trials import Workbench, full_marks, verdict
from autograder.reference.overlay import Overlay, Trial

LAZY_SHARE = 0.5


def lazy_answers(bench: Workbench, truth: Reference, seconds: dict[str, float]) -> Tried:
    """Functions that return 0, None or what they were given; then those without gradients.

    A function whose numbers are right and whose backward raises is what a write in place makes.
    """
    overlays = tuple(short(one, seconds) for name in bench.functions for one in _made(bench, name))
    return tried(_problems(trial, truth) for trial in bench.run_apart(overlays, truth))


def _made(bench: Workbench, name: str) -> Iterator[Overlay]:
    solution = bench.known[name].source
    yield from lazy(name)
    if promises_gradients(solution, name):
        yield without_backward(name, solution)


def _problems(trial: Trial, truth: Reference) -> Iterator[Problem]:
    check, name = verdict(trial, truth), trial.overlay.name
    if name == FAILS_IN_BACKWARD:
        if full_marks(check):
            yield Problem("lazy", check.grade_id, f"a function that {name} gets full marks")
    elif check.points > LAZY_SHARE * check.max_points:
        what = f"a function that {name} gets {check.points:g} points of {check.max_points:g}"
        yield Problem("lazy", check.grade_id, what)
