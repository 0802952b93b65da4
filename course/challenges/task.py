"""What a challenge asks and how it is scored: the same code for a student's practice and the judge.

A curve is a tuple of (score, points), from the worst to the best; between two of its places points
rise in a straight line, and halves are given, rounded down.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Curve = tuple[tuple[float, float], ...]
STEP = 0.5  # points are given in halves
ROUNDING = 1e-3  # how far from 1 the sum of a distribution may be
NEAR = 1e-6  # a score this close to a place of the curve has reached it


@dataclass(frozen=True)
class Windows:
    """Contexts in no order, and what came behind each. A kernel that is graded has no targets.

    `examples` are what this draw gives to learn from: contexts with their places in the classes.
    Where what is asked is another thing in each draw, no file can hold the answers.
    """

    contexts: tuple[Any, ...]
    targets: tuple[int, ...]  # places in the challenge's classes
    examples: tuple[tuple[Any, int], ...] = ()


@dataclass(frozen=True)
class Challenge:
    """An open challenge, as the students and the judge know it.

    Args:
        name: its label in the feedback.
        unit: what the score counts, such as "bits a character".
        classes: what may come next; a distribution has a probability for each, in this order.
        curve: (score, points), from the worst to the best.
        practice: makes the practice set, targets included.
        given: makes what an entry is called with, out of the draw's examples where it has some;
            None: the entry is the predictor itself.
        numbers: the most numbers that a predictor may hold; 0: any.
        measure: how a table becomes a score, a name in `course.challenges.measures`.
    """

    name: str
    unit: str
    classes: Sequence[str]
    curve: Curve
    practice: Callable[[], Windows]
    given: Callable[..., Any] | None = None
    numbers: int = 0
    measure: str = "bits"

    @property
    def points(self) -> float:
        """What the best entry earns."""
        return self.curve[-1][1]


# ------------------------------------------------------------------------------------ scores
def complaint(table: np.ndarray, contexts: int, classes: int) -> str:
    """Why a table is not a distribution for each context, as a sentence; empty when it is."""
    if table.shape != (contexts, classes):
        return f"the answer is no table of {contexts} rows and {classes} columns"
    if np.isnan(table).any():
        return "a probability is NaN"
    if (table < 0).any():
        return "a probability is negative"
    sums = table.sum(axis=1, dtype=np.float64)
    if not (np.abs(sums - 1) <= ROUNDING).all():  # also where a sum is infinite
        return "the probabilities of a context do not sum to 1"
    return ""


def too_many(held: int, most: int) -> str:
    """Why a predictor holds more numbers than it may; empty when it does not. 0: any number."""
    return f"the predictor holds more than {most:,} numbers" if most and held > most else ""


def bits(table: np.ndarray, targets: Sequence[int]) -> float:
    """Mean -log2 of the probability of what came (Shannon 1951); infinite where one was 0.

    Args:
        table: (N, V), rows that sum to 1 but for rounding.
        targets: N places in 0..V-1.
    """
    with np.errstate(divide="ignore"):
        return float(-np.log2(chosen_shares(table, targets)).mean())


def chosen_shares(table: np.ndarray, targets: Sequence[int]) -> np.ndarray:
    """What each row gives to its target, (N,), once the rows sum to 1."""
    wide = table.astype(np.float64)
    return wide[np.arange(len(targets)), list(targets)] / wide.sum(axis=1)


def points_for(curve: Curve, score: float) -> float:
    """The points of a score: between the curve's places, in halves, rounded down."""
    xs, ys = _rising(curve)
    x = -score if curve[0][0] > curve[-1][0] else score
    if np.isnan(x) or x < xs[0] - NEAR:
        return ys[0]
    exact = float(np.interp(x, xs, ys))
    return float(np.floor(exact / STEP + NEAR) * STEP)


def score_for(curve: Curve, points: float) -> float:
    """The score from which these points are given."""
    xs, ys = _rising(curve)
    x = float(np.interp(points, ys, xs))
    return -x if curve[0][0] > curve[-1][0] else x


def _rising(curve: Curve) -> tuple[list[float], list[float]]:
    """The curve with scores that rise: where fewer is better, their negatives."""
    sign = -1.0 if curve[0][0] > curve[-1][0] else 1.0
    return [sign * x for x, _ in curve], [y for _, y in curve]


def told(curve: Curve, unit: str, score: float, own: float | None = None) -> str:
    """A score as a sentence: what it earns, what the next point takes, what the course reaches."""
    most, earned = curve[-1][1], points_for(curve, score)
    parts = [f"{score:.2f} {unit}: {earned:g} of {most:g} points"]
    if not np.isfinite(score):
        parts = [f"a probability of 0 for what came: {earned:g} of {most:g} points"]
    if earned < most:
        following = min(float(np.floor(earned)) + 1, most)
        parts.append(f"{score_for(curve, following):.2f} would earn {following:g}")
    if own is not None:
        parts.append(f"the course's own entry has {own:.2f}")
    return "; ".join(parts)
