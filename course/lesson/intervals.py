"""Shares and means with the interval in which the truth lies, nineteen times out of twenty."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

Z = 1.96  # standard deviations of a normal that hold 95%


class Interval(NamedTuple):
    """A measured number and the ends of its 95% interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.2f} [{self.low:.2f}, {self.high:.2f}]"


def wilson(hits: int, count: int) -> Interval:
    """A share of `count` questions (Wilson 1927, JASA): never below 0, never above 1.

    Raises:
        ValueError: nothing was counted.
    """
    if count < 1:
        raise ValueError("a share of nothing: count at least one question")
    p, n = hits / count, count
    middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    return Interval(p, max(0.0, middle - half), min(1.0, middle + half))


def wilson_of(found: Sequence[bool]) -> Interval:
    """The share of true ones."""
    return wilson(sum(map(bool, found)), len(found))


def bootstrap(values: Sequence[float], draws: int = 2000, seed: int = 0) -> Interval:
    """A mean, by drawing the questions again with putting back (Efron 1979, Annals of Statistics).

    For the difference of two ways on the same questions hand over the differences.
    """
    known = np.asarray(values, dtype=np.float64)
    chosen = np.random.default_rng(seed).integers(0, len(known), (draws, len(known)))
    low, high = np.quantile(known[chosen].mean(axis=1), [0.025, 0.975])
    return Interval(float(known.mean()), float(low), float(high))
