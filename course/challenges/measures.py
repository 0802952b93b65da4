"""How a table of distributions becomes a score: the same for a student's practice and the judge.

bits   what came next cost -log2 of its probability (Shannon 1951)
recall the share of questions whose right answer is picked; a table of choices among K candidates
wins   the share of comparisons that a choice among K candidates wins; the choice may lie one nat
       from an even one, no further (Ouyang and others 2022 keep a policy near its reference so)
likeness  rows are images as shares of ink; fidelity times diversity against hidden images (Naeem
       and others 2020)
f1     how well what was chosen agrees with what was asked for, one or two of the candidates: twice
       the shared ones over the sum of both counts; at most five may be chosen
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from course.challenges.task import bits, chosen_shares

LEASH = 1.0  # nats, the mean over the contexts
PIXELS, GREYS = 64, 17  # of an image that is a target
BALL = 5  # which nearest neighbour the ball around a hidden image reaches to
ROUNDING = 1e-3
MOST_CHOSEN = 5


@dataclass(frozen=True)
class Measure:
    """A score, and what a table must keep to beside being one of distributions.

    Args:
        score: from a table (N, K) and N targets to a number.
        complaint: why a table is refused, as a sentence; empty when it is not.
    """

    score: Callable[[np.ndarray, Sequence[int]], float]
    complaint: Callable[[np.ndarray], str]


def as_target(ranking: Sequence[int]) -> int:
    """A ranking of K candidates, the best first, as one number: its digits in base K."""
    target = 0
    for candidate in ranking:
        target = target * len(ranking) + int(candidate)
    return target


def rankings(targets: Sequence[int], size: int) -> np.ndarray:
    """The rankings that `as_target` wrote, (N, size), the best first."""
    powers = size ** np.arange(size - 1, -1, -1, dtype=np.int64)
    return np.asarray(targets, dtype=np.int64)[:, None] // powers % size


def wins(table: np.ndarray, targets: Sequence[int]) -> float:
    """Of 100 comparisons with another candidate, drawn evenly, how many the chosen one wins.

    Args:
        table: (N, K), rows that sum to 1 but for rounding.
        targets: N rankings, see `as_target`.
    """
    size = table.shape[1]
    places = rankings(targets, size).argsort(axis=1)  # of each candidate, 0 is the best
    wide = table.astype(np.float64)
    share = (wide * (size - 1 - places)).sum(axis=1) / wide.sum(axis=1) / (size - 1)
    return float(100 * share.mean())


def recall(table: np.ndarray, targets: Sequence[int]) -> float:
    """Of 100 questions, how many a pick drawn from each row gets right: recall at 1.

    Args:
        table: (N, K), rows that sum to 1 but for rounding.
        targets: N places in 0..K-1.
    """
    return float(100 * chosen_shares(table, targets).mean())


def distance(table: np.ndarray) -> float:
    """The mean KL divergence of the rows from an even choice, in nats."""
    wide = table.astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(wide > 0, wide * np.log(wide * table.shape[1]), 0.0)
    return float(terms.sum(axis=1).mean())


def too_far(table: np.ndarray) -> str:
    """Why a table lies too far from an even choice; empty when it does not."""
    found = distance(table)
    if found <= LEASH + ROUNDING:
        return ""
    return f"the mean KL from an even choice is {found:.2f} nats, more than {LEASH:g}"


def ink_as_target(image: Sequence[int]) -> int:
    """An image of 64 grey values from 0 to 16 as one number: its digits in base 17."""
    target = 0
    for grey in image:
        target = target * GREYS + int(grey)
    return target


def as_ink(targets: Sequence[int]) -> np.ndarray:
    """The images that `ink_as_target` wrote, (N, 64), each pixel's share of the image's ink."""
    rows = []
    for target in targets:
        greys = []
        for _ in range(PIXELS):
            target, grey = divmod(int(target), GREYS)
            greys.append(grey)
        rows.append(greys[::-1])
    images = np.array(rows, dtype=np.float64)
    return images / np.maximum(images.sum(axis=1, keepdims=True), 1.0)


def likeness(table: np.ndarray, targets: Sequence[int]) -> float:
    """100 times the fidelity times the diversity of images against hidden ones.

    A hidden image's ball reaches to its 5th nearest other. Fidelity: the share of images in some
    ball. Diversity: the share of balls with some image (Kynkäänniemi and others 2019; Naeem and
    others 2020).

    Args:
        table: (N, 64), images as shares of ink, rows that sum to 1 but for rounding.
        targets: hidden images, see `ink_as_target`.
    """
    hidden, made = as_ink(targets), table.astype(np.float64)
    radius = np.sort(_squared_distances(hidden, hidden), axis=1)[:, min(BALL, len(hidden) - 1)]
    inside = _squared_distances(hidden, made) <= radius[:, None]
    return float(100 * inside.any(axis=0).mean() * inside.any(axis=1).mean())


def _squared_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Of each row of one to each row of the other, never below zero by rounding."""
    found = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    return np.maximum(found, 0.0)


def as_pair(first: int, second: int, size: int) -> int:
    """One or two candidates of `size` as one number; a single one stands twice."""
    return first * size + second


def chosen(table: np.ndarray) -> np.ndarray:
    """What each row chooses, (N, K): the candidates with at least half of its largest share."""
    return table >= table.max(axis=1, keepdims=True) / 2


def f1(table: np.ndarray, targets: Sequence[int]) -> float:
    """The mean F1 of the chosen candidates, in hundredths (Rijsbergen 1979).

    Args:
        table: (N, K), rows that sum to 1 but for rounding.
        targets: N times one or two candidates, see `as_pair`.
    """
    first, second = np.divmod(np.asarray(targets, dtype=np.int64), table.shape[1])
    taken, rows = chosen(table), np.arange(len(table))
    two = first != second
    shared = taken[rows, first].astype(float) + (taken[rows, second] & two)
    return float(100 * (2 * shared / (taken.sum(axis=1) + 1 + two)).mean())


def too_many_chosen(table: np.ndarray) -> str:
    """Why a table chooses too much; empty when it does not."""
    most = int(chosen(table).sum(axis=1).max(initial=0))
    if most <= MOST_CHOSEN:
        return ""
    return f"a row chooses {most} candidates, more than {MOST_CHOSEN}"


MEASURES: Mapping[str, Measure] = {
    "bits": Measure(bits, lambda table: ""),
    "recall": Measure(recall, lambda table: ""),
    "wins": Measure(wins, too_far),
    "likeness": Measure(likeness, lambda table: ""),
    "f1": Measure(f1, too_many_chosen),
}
