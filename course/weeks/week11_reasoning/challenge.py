"""The open challenge of week 11: the answer to a hidden question, from 30 symbols of a model's.

A program plays the model. Short answers are right, or forget the last step, or are any digit. A
worked answer follows the true signs; now and then a step slips, and the rest goes on from the slip.
"""

from __future__ import annotations

import random

from course.challenges.task import Challenge, Windows
from course.data.calculations import calculations, last_digit, steps

DIGITS = "0123456789"
SYMBOLS = 30  # that are bought for one question
PRACTICE, HIDDEN = 1000, 2000
WORKED = (0.1, 0.5)  # the share of worked answers of a question lies between these
SLIP, MISCOPY = 0.2, 0.05  # of a step, of the digit behind the braces
SHORT_RIGHT, SHORT_FORGETS = 0.27, 0.33


def purchase(dice: random.Random, question: str) -> str:
    """Answers to a question with blanks between them; the last one may be cut off."""
    share, bought, spent = dice.uniform(*WORKED), [], 0
    while spent < SYMBOLS:
        answer = _worked(dice, question) if dice.random() < share else _short(dice, question)
        bought.append(answer[: SYMBOLS - spent])
        spent += len(answer)
    return " ".join(bought)


def _short(dice: random.Random, question: str) -> str:
    true, kind = steps(question), dice.random()
    if kind < SHORT_RIGHT:
        return f"{true[-1]}."
    return f"{true[-2] if kind < SHORT_RIGHT + SHORT_FORGETS else dice.choice(DIGITS)}."


def _worked(dice: random.Random, question: str) -> str:
    so_far, thought = question[0], ""
    for sign, digit in zip(question[1::2], question[2::2], strict=True):
        so_far = last_digit(so_far + sign + digit)
        if dice.random() < SLIP:
            so_far = dice.choice(DIGITS)
        thought += so_far
    return f"{{{thought}}}{dice.choice(DIGITS) if dice.random() < MISCOPY else so_far}."


def purchases(seed: str, count: int) -> Windows:
    """Purchases, and the place of each hidden question's right digit."""
    dice = random.Random(f"vote/{seed}")
    asked = calculations(count, dice)
    return Windows(
        tuple(purchase(dice, question) for question in asked),
        tuple(DIGITS.index(last_digit(question)) for question in asked),
    )


CHALLENGE = Challenge(
    name="vote",
    unit="bits an answer",
    classes=DIGITS,
    curve=((3.3, 0), (2.3, 1), (1.9, 2), (1.6, 3), (1.1, 4), (0.75, 5)),
    practice=lambda: purchases("practice", PRACTICE),
)
