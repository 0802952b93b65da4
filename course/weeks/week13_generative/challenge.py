"""The open challenge of week 13: forge digits of a hand that nobody knows, with few numbers.

A hand slants, turns, thickens and sizes all its digits in its own way; each draw has another one.
Half of scikit-learn's digits are written by it as examples, the other half are the hidden ones.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from course.challenges.measures import GREYS, PIXELS, as_ink, ink_as_target
from course.challenges.task import Challenge, Windows
from course.data import load_digits

SIDE = 8
LEVELS = "0123456789abcdefg"  # a grey value as a character, 0 to 16
EXAMPLES, HIDDEN, PRACTICE = 1000, 2000, 2000
DICE = 12  # numbers that are handed over for each image
NUMBERS = 4000
JITTER = 0.08  # how much the slant and the turn of one digit differ from the hand's


@dataclass(frozen=True)
class Examples:
    """What an entry may learn from: images (1000, 64), grey from 0 to 1, and their digits."""

    images: np.ndarray
    digits: np.ndarray


def written(images: np.ndarray, hand: random.Random, dice: np.random.Generator) -> np.ndarray:
    """Images (N, 8, 8) as a hand would write them, in whole grey values from 0 to 16.

    Args:
        images: grey from 0 to 1.
        hand: what slant, turn, size and thickness all of them share is drawn from.
        dice: what differs from one digit to the next is drawn from.
    """
    N = len(images)
    slant = hand.uniform(-0.35, 0.35) + JITTER * dice.standard_normal(N)
    turn = hand.uniform(-0.2, 0.2) + JITTER * dice.standard_normal(N)
    size = hand.uniform(0.9, 1.15) * np.ones(N)
    ink = _resampled(images, slant, turn, size) ** hand.uniform(0.7, 1.4)
    return np.rint(ink * (GREYS - 1)).astype(int)


def _resampled(
    images: np.ndarray, slant: np.ndarray, turn: np.ndarray, size: np.ndarray
) -> np.ndarray:
    """Each image slanted, turned and sized around its middle, between pixels in straight lines."""
    y, x = np.mgrid[:SIDE, :SIDE].reshape(2, 1, -1) - (SIDE - 1) / 2
    x, y = (x + slant[:, None] * y) / size[:, None], y / size[:, None]
    c, s = np.cos(turn)[:, None], np.sin(turn)[:, None]
    column, row = c * x - s * y + (SIDE - 1) / 2, s * x + c * y + (SIDE - 1) / 2
    padded = np.pad(images, ((0, 0), (2, 2), (2, 2)))
    row, column = (np.clip(place + 2, 0, SIDE + 2.999) for place in (row, column))
    top, left = row.astype(int), column.astype(int)
    down, right, each = row - top, column - left, np.arange(len(images))[:, None]
    upper = (1 - right) * padded[each, top, left] + right * padded[each, top, left + 1]
    lower = (1 - right) * padded[each, top + 1, left] + right * padded[each, top + 1, left + 1]
    return ((1 - down) * upper + down * lower).reshape(-1, SIDE, SIDE)


def forgeries(seed: str, count: int) -> Windows:
    """Dice for `count` images, as many hidden digits of a hand, and 1,000 examples of it."""
    images, labels = load_digits()
    dice = np.random.default_rng([*f"forger/{seed}".encode()])
    order, half = dice.permutation(len(images)), len(images) // 2
    shown, hidden = dice.choice(order[:half], EXAMPLES), dice.choice(order[half:], count)
    hand = f"hand/{seed}"
    examples = written(images[shown], random.Random(hand), dice)
    targets = written(images[hidden], random.Random(hand), dice)
    return Windows(
        tuple(np.round(dice.standard_normal((count, DICE)), 2)),
        tuple(ink_as_target(one.ravel()) for one in targets),
        tuple((_as_text(one), int(d)) for one, d in zip(examples, labels[shown], strict=True)),
    )


def _as_text(image: np.ndarray) -> str:
    return "".join(LEVELS[grey] for grey in image.ravel())


def examples_of(rows: tuple[tuple[str, int], ...]) -> Examples:
    """Examples as an entry gets them."""
    images = np.array([[LEVELS.index(c) for c in text] for text, _ in rows]) / (GREYS - 1)
    return Examples(images, np.array([digit for _, digit in rows]))


def practice_examples() -> Examples:
    """The examples of the practice set."""
    return examples_of(forgeries("practice", PRACTICE).examples)


CHALLENGE = Challenge(
    name="forger",
    unit="points of fidelity times diversity",
    classes=tuple(f"pixel {n}" for n in range(PIXELS)),
    curve=((0, 0), (16, 1), (28, 2), (38, 3), (47, 4), (55, 5)),
    practice=lambda: forgeries("practice", PRACTICE),
    given=examples_of,
    numbers=NUMBERS,
    measure="likeness",
)
__all__ = ["CHALLENGE", "HIDDEN", "Examples", "as_ink", "forgeries", "practice_examples"]
