"""The proof of an open challenge: what naive, good and the course's own entries earn.

curve      scores get better and points rise from one place to the next
entries    each earns what its header says, under this folder's secret and under others
order      each is better than the one before it in its file
own        the instructor's own entry earns all points, every time
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from autograder.challengebook import OpenChallenge, Rival, other_draw, with_contexts
from autograder.judging.challenges import score_of
from autograder.model import ChallengeReference, CheckReference, Reference
from autograder.proof.results import Problem, RivalTried
from autograder.proof.trials import Workbench
from autograder.reference.overlay import Overlay, Plan
from course.challenges.task import Curve, points_for

DRAWS = 2  # hidden sets under other secrets
OWN = "the course's own"
HERE = "this folder's draw"


@dataclass(frozen=True)
class Rivalry:
    """What the entries of a week's challenge earned."""

    tried: tuple[RivalTried, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def own_points(self) -> float:
        """What the course's own entry earned here."""
        return sum(one.points for one in self.tried if (one.name, one.draw) == (OWN, HERE))


def without_challenge(truth: Reference) -> Reference:
    """The reference without open challenges: what has right and wrong answers."""
    checks = tuple(check for check in truth.checks if check.challenge is None)
    return replace(truth, checks=checks)


def rivalry(bench: Workbench, truth: Reference, draws: int = DRAWS) -> Rivalry:
    """Try every entry of the week's challenge; nothing where it has none.

    Args:
        bench: of the whole notebook.
        truth: its reference.
        draws: hidden sets to try beside this folder's own.
    """
    asked = [check for check in truth.checks if check.challenge is not None]
    hidden = bench.week.challenge
    if not asked or hidden is None:
        return Rivalry()
    sets = [(HERE, hidden)]
    course, week = bench.week.course, bench.week.name
    sets += [(f"draw {n}", other_draw(hidden, course, week, f"proof-{n}"))
             for n in range(1, draws + 1)]  # fmt: skip
    tried = tuple(one for name, draw in sets for one in _tried(bench, asked[0], name, draw))
    problems = (*_curve_problems(hidden.challenge.curve), *_entry_problems(tried))
    return Rivalry(tried, tuple(problems))


def _tried(
    bench: Workbench, check: CheckReference, name: str, draw: OpenChallenge
) -> Iterator[RivalTried]:
    """Every entry on one hidden set, and the course's own behind them."""
    exercise = check.grade_id.removeprefix("check_")
    most = draw.challenge.points
    own = Rival(OWN, most, most, bench.known[exercise].source)
    rivals = (*draw.rivals, own)
    first = tuple(cell for cell in bench.own if cell.grade_id not in bench.checks)
    overlays = tuple(Overlay(exercise, rival.name, rival.source) for rival in rivals)
    plan = Plan(bench.notebook, first, overlays)
    runs = bench.execute(with_contexts(plan.cells(), draw), f"entries, {name}").runs
    found = {trial.overlay.name: trial.runs[0] for trial in plan.read(runs).trials}
    for rival in rivals:
        run = found.get(rival.name)
        yield _scored(rival, name, run.outputs if run else (), run.seconds if run else 0.0,
                      draw.reference())  # fmt: skip


def _scored(
    rival: Rival, draw: str, outputs: tuple[dict, ...], seconds: float, asked: ChallengeReference
) -> RivalTried:
    score, why = score_of(outputs, asked)
    points = 0.0 if score is None else points_for(asked.curve, score)
    return RivalTried(rival.name, draw, score, points, rival.least, rival.most, seconds, why)


# ------------------------------------------------------------------------------------ problems
def _curve_problems(curve: Curve) -> Iterator[Problem]:
    better = curve[-1][0] - curve[0][0]
    for (score, points), (following, more) in pairwise(curve):
        if more <= points or (following - score) * better <= 0:
            places = f"from {score:g} ({points:g} points) to {following:g} ({more:g} points)"
            yield Problem("challenge", "the curve", f"{places} it does not rise")


def _entry_problems(tried: tuple[RivalTried, ...]) -> Iterator[Problem]:
    for one in tried:
        where = f"{one.name}, {one.draw}"
        if one.score is None:
            yield Problem("challenge", where, f"it has no score: {one.why}")
        elif not one.least <= one.points <= one.most:
            what = f"it earns {one.points:g} points, expected {one.least:g} to {one.most:g}"
            yield Problem("challenge", where, what)
    for one, other in pairwise(tried):
        same = one.draw == other.draw and None not in (one.score, other.score)
        if same and other.name != OWN and not _is_better(other, one, tried):
            what = f"it is not better than {one.name}, which stands before it"
            yield Problem("challenge", f"{other.name}, {other.draw}", what)


def _is_better(one: RivalTried, other: RivalTried, tried: tuple[RivalTried, ...]) -> bool:
    """Fewer is better unless the best-paid score of all is the largest."""
    scored = [each for each in tried if each.score is not None]
    best = max(scored, key=lambda each: each.points)
    worst = min(scored, key=lambda each: each.points)
    assert one.score is not None and other.score is not None
    assert best.score is not None and worst.score is not None
    return (one.score - other.score) * (best.score - worst.score) > 0
