"""The open challenge of week 08: please people of whom eight comparisons each are known."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from course.challenges.measures import as_target
from course.challenges.task import Challenge, Windows
from course.probes import ProbeRng

FEATURES, COMPARISONS, CANDIDATES = 5, 8, 8
PRACTICE_PEOPLE, HIDDEN_PEOPLE = 1500, 3000
SHARED, OWN = 1.5, 0.8  # how long the common taste is; how far persons lie around it, a feature
NARROW, WIDE = 0.3, 2.0  # how far the candidates of one person lie apart


@lru_cache(maxsize=4)
def people(seed: str, count: int) -> Windows:
    """People with tastes of their own, what each preferred, and how each ranks eight candidates.

    A taste is a vector: what is common to all of this draw, plus what is the person's own. Of two
    candidates x and y a person prefers x with the chance sigmoid(taste @ (x - y)), as Bradley and
    Terry (1952) have it; a ranking is drawn by the same rule (Plackett 1975).

    Args:
        seed: the same seed draws the same people on every machine.

    Returns:
        Contexts, arrays (16, 5): eight rows of chosen minus rejected, then eight candidates; and
        the rankings, as `as_target` writes them.
    """
    dice = ProbeRng(f"people/{seed}").numpy
    common = dice.normal(0, 1, FEATURES)
    common *= SHARED / np.linalg.norm(common)  # of one length, so that all draws are equally hard
    contexts, targets = [], []
    for _ in range(count):
        taste = common + dice.normal(0, OWN, FEATURES)
        rows = _preferred(dice.normal(0, 1, (COMPARISONS, FEATURES)), taste, dice)
        apart = dice.uniform(NARROW, WIDE)
        candidates = np.round(apart * dice.normal(0, 1, (CANDIDATES, FEATURES)), 2)
        luck = dice.gumbel(size=CANDIDATES)
        targets.append(as_target(np.argsort(-(candidates @ taste + luck)).tolist()))
        contexts.append(np.concatenate([rows, candidates]))
    return Windows(tuple(contexts), tuple(targets))


def _preferred(gaps: np.ndarray, taste: np.ndarray, dice: np.random.Generator) -> np.ndarray:
    """Differences of two candidates, each turned so that it is chosen minus rejected."""
    gaps = np.round(gaps * np.sqrt(2), 2)
    first = dice.uniform(size=len(gaps)) < 1 / (1 + np.exp(-gaps @ taste))
    return np.where(first[:, None], gaps, -gaps)


CHALLENGE = Challenge(
    name="wins",
    unit="wins in 100",
    classes=tuple("abcdefgh"),
    curve=((50.0, 0), (58.0, 1), (66.0, 2), (71.0, 3), (73.6, 4), (74.8, 5)),
    practice=lambda: people("practice", PRACTICE_PEOPLE),
    measure="wins",
)
