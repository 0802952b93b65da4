"""The open challenge of week 12: a bet on the loss of a model ten times larger than the largest.

A program plays the laboratory: floor, exponent and noise of each world are drawn anew. A bet is a
distribution over intervals of the loss, so that a bet that is too sure of itself is dear.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from course.challenges.task import Challenge, Windows

MODELS = 8  # whose losses are known
LARGER = 10  # how many times larger the next one is
PRACTICE, HIDDEN = 1000, 2000
LOW, HIGH, BINS = 0.5, 1.0, 40  # the new loss as a share of the last known one
EDGES = np.linspace(LOW, HIGH, BINS + 1)


def world(rng: np.random.Generator) -> tuple[np.ndarray, int]:
    """One laboratory: (MODELS + 1, 2) sizes and losses, the last loss 0, and the place of the true.

    loss = floor + a / n^alpha, times one plus a little noise, other in each world.
    """
    n = 10 ** rng.uniform(3, 6) * np.cumprod(rng.uniform(1.4, 2.8, MODELS))
    n = np.append(n, LARGER * n[-1])
    alpha, floor = rng.uniform(0.05, 0.5), rng.uniform(0.3, 2.5)
    above = rng.uniform(0.3, 3.0) * (n / n[0]) ** -alpha
    noise = 10 ** rng.uniform(-3, -1.7)
    losses = (floor + above) * (1 + noise * rng.standard_normal(MODELS + 1))
    share = losses[-1] / losses[-2]
    place = int(np.clip((share - LOW) / (HIGH - LOW) * BINS, 0, BINS - 1))
    losses[-1] = 0.0
    return np.stack([n, losses], axis=1), place


def worlds(seed: str, count: int) -> Windows:
    """Known runs, and in which interval the next loss fell."""
    rng = np.random.default_rng(list(f"bet/{seed}".encode()))
    drawn = [world(rng) for _ in range(count)]
    return Windows(tuple(runs for runs, _ in drawn), tuple(place for _, place in drawn))


CHALLENGE = Challenge(
    name="bet",
    unit="bits a bet",
    classes=[f"{a:.4f} to {b:.4f}" for a, b in pairwise(EDGES)],
    curve=((5.0, 0), (4.1, 1), (3.2, 2), (2.7, 3), (2.35, 4), (2.15, 5)),
    practice=lambda: worlds("practice", PRACTICE),
)
