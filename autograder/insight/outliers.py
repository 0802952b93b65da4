"""Who took far more of the machine than the class: a loop that was cut off, a copy in each step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from autograder.model import Entry


@dataclass(frozen=True)
class Bound:
    """Far over the class: over so many times its median, and over it by so much at least."""

    factor: float
    beyond: float


SLOW = Bound(4, 10.0)  # seconds
HEAVY = Bound(2, 200)  # MB
Amounts = tuple[tuple[str, float], ...]  # student and amount, the largest first


def slow(entries: Iterable[Entry]) -> Amounts:
    """Whose submission took far longer than the class's, in seconds."""
    return outliers({one.student: one.seconds for one in entries if one.seconds}, SLOW)


def heavy(entries: Iterable[Entry]) -> Amounts:
    """Whose submission took far more memory than the class's, in MB."""
    return outliers({one.student: one.peak_mb for one in entries if one.peak_mb}, HEAVY)


def outliers(amounts: dict[str, float], bound: Bound) -> Amounts:
    """Those beyond a bound of a class's amounts."""
    usual = median(amounts.values()) if amounts else 0.0
    most = max(bound.factor * usual, usual + bound.beyond)
    return tuple(sorted((one for one in amounts.items() if one[1] > most), key=lambda one: -one[1]))
