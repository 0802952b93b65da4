"""How hard each probe was, and whether it tells strong from weak (classical test theory).

Difficulty is the mean share of the probe's points. Discrimination is the corrected item-total
correlation: of the probe's points with the points of all *other* probes, so that it does not
correlate with itself (Ebel & Frisbie, Essentials of Educational Measurement, chapter 13).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from autograder.model import Entry, Verdict

FEWEST = 20  # students: with fewer, chance alone moves a correlation by a third
WEAK = 0.1


@dataclass(frozen=True)
class Item:
    """One probe of one check, over a class.

    difficulty : mean share of the points, from 0 (nobody) to 1 (everybody)
    discrimination : correlation with the rest, from -1 to 1; None where that cannot be said
    """

    check: str
    label: str
    most: float
    students: int
    difficulty: float
    discrimination: float | None

    @property
    def doubtful(self) -> bool:
        """Whether the strong do no better here than the weak: is the probe right?"""
        return self.discrimination is not None and self.discrimination < WEAK


def items_of(entries: Sequence[Entry]) -> tuple[Item, ...]:
    """The probes of a week in their order; checks that are void are left out."""
    points: dict[tuple[str, str], dict[str, tuple[float, float]]] = {}
    for entry in entries:
        for judged in entry.judgements:
            for check in judged.checks:
                if check.verdict is Verdict.VOID:
                    continue
                for probe in check.probes:
                    of_class = points.setdefault((check.exercise, probe.label), {})
                    of_class[entry.student] = (probe.points, probe.max_points)
    totals: dict[str, float] = {}
    for of_class in points.values():
        for student, (own, _) in of_class.items():
            totals[student] = totals.get(student, 0.0) + own
    return tuple(_item(*name, of_class, totals) for name, of_class in points.items())


def _item(
    check: str, label: str, of_class: dict[str, tuple[float, float]], totals: dict[str, float]
) -> Item:
    own = [points for points, _ in of_class.values()]
    rest = [totals[student] - points for student, (points, _) in of_class.items()]
    most = max(most for _, most in of_class.values())
    mean = sum(own) / len(own)
    found = correlation(own, rest) if len(own) >= FEWEST else None
    return Item(check, label, most, len(own), mean / most if most else 0.0, found)


def correlation(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """Pearson's; None where one of the two never varies."""
    n = len(xs)
    mx, my = sum(xs) / n, sum(ys) / n
    sxx = sum((x - mx) ** 2 for x in xs)
    syy = sum((y - my) ** 2 for y in ys)
    if min(sxx, syy) < 1e-12:
        return None
    return sum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True)) / math.sqrt(sxx * syy)
