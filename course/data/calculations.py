"""Calculations from left to right, whose last digit is asked: a task that steps make easy.

>>> calculation = "3+8*5"
>>> steps(calculation)  # 3 + 8 ends in 1, and 1 * 5 in 5
'15'
>>> worked_answer(calculation), short_answer(calculation)
('{15}5.', '5.')
>>> in_korean(calculation)
'3에 8을 더하고 5를 곱하면?'

There is no precedence: each step takes the last digit so far. Ten answers are possible, so a blind
guess is right once in ten. An answer is one digit and a full stop; before it may stand the last
digit of every step in braces.
"""

from __future__ import annotations

import random
import re

SYMBOLS = " 0123456789+*={}.#"
STOP, PADDING = SYMBOLS.index("."), SYMBOLS.index("#")
MOST_NUMBERS = 6
PROMPT_LENGTH = 2 * MOST_NUMBERS  # digits, signs and "=", then blanks
ANSWER_LENGTH = MOST_NUMBERS + 3  # the longest worked answer: braces, steps, digit, full stop
END_IN_A_CONSONANT = "013678"  # 영, 일, 삼, 육, 칠, 팔
WORDS = {"+": "plus", "*": "times"}


# ------------------------------------------------------------------------------------ the task
def calculations(
    count: int, dice: random.Random, fewest: int = 4, most: int = MOST_NUMBERS
) -> list[str]:
    """Calculations such as "3+8*5": digits from 1 to 9 with + or * between them.

    Args:
        count: how many.
        dice: what is drawn from.
        fewest, most: how many numbers each has, at most `MOST_NUMBERS`.
    """
    return [_calculation(dice, dice.randint(fewest, most)) for _ in range(count)]


def _calculation(dice: random.Random, numbers: int) -> str:
    first, *rest = (str(dice.randint(1, 9)) for _ in range(numbers))
    return first + "".join(dice.choice("+*") + digit for digit in rest)


def steps(calculation: str) -> str:
    """The last digit after each sign, from left to right; its own last one is the answer."""
    so_far, found = int(calculation[0]), ""
    for sign, digit in zip(calculation[1::2], calculation[2::2], strict=True):
        so_far = (so_far + int(digit) if sign == "+" else so_far * int(digit)) % 10
        found += str(so_far)
    return found


def last_digit(calculation: str) -> str:
    """The right answer: one digit."""
    return steps(calculation)[-1]


def worked_answer(calculation: str) -> str:
    """The right answer behind its steps."""
    return "{" + steps(calculation) + "}" + short_answer(calculation)


def short_answer(calculation: str) -> str:
    """The right answer at once."""
    return last_digit(calculation) + "."


# ------------------------------------------------------------------------------------ symbols
def to_ids(text: str, length: int, filling: str) -> list[int]:
    """The places of a text's characters in `SYMBOLS`, filled up on the right.

    Raises:
        ValueError: a character is not among them, or the text is too long.
    """
    strange = sorted(set(text) - set(SYMBOLS))
    if strange or len(text) > length:
        problem = f"{strange[0]!r} is no symbol of it" if strange else f"it is over {length} long"
        raise ValueError(f"{text!r} cannot be read: {problem}.")
    return [SYMBOLS.index(character) for character in text.ljust(length, filling)]


def prompt_ids(calculation: str) -> list[int]:
    """What a model reads: the calculation and "=", at the left of `PROMPT_LENGTH` places."""
    return to_ids(calculation + "=", PROMPT_LENGTH, " ")


def to_text(ids: list[int]) -> str:
    """The text of some ids without the padding behind it."""
    return "".join(SYMBOLS[i] for i in ids).rstrip(SYMBOLS[PADDING])


# ------------------------------------------------------------------------------------ languages
def in_english(calculation: str) -> str:
    """The question in English words; who knows precedence has to be told the order."""
    said = "".join(WORDS.get(c, c) + " " for c in calculation).strip()
    return f"From left to right, what is {said}?"


def in_korean(calculation: str) -> str:
    """The question in Korean, whose endings say the order: 3에 8을 더하고 5를 곱하면?"""
    parts, last = [f"{calculation[0]}에"], len(calculation) - 2
    for place in range(1, len(calculation), 2):
        sign, digit = calculation[place], calculation[place + 1]
        particle = "을" if digit in END_IN_A_CONSONANT else "를"
        stem = "더하" if sign == "+" else "곱하"
        parts.append(f"{digit}{particle} {stem}{'면?' if place == last else '고'}")
    return " ".join(parts)


def from_words(question: str) -> str:
    """The calculation in a question in Korean or English words, or in signs; else an empty text.

    >>> from_words("3에 8을 더하고 5를 곱하면?"), from_words("what is 3 plus 8 times 5?")
    ('3+8*5', '3+8*5')
    """
    korean = re.findall(r"([1-9])[을를] ?(더하|곱하)", question)
    start = re.match(r"\s*([1-9])에", question)
    if start and korean:
        return start[1] + "".join(("+" if s == "더하" else "*") + d for d, s in korean)
    plain = re.sub(r"plus", "+", re.sub(r"times|[x×]", "*", question.lower()))
    found = re.search(r"[1-9](?:[+*][1-9])+(?!\d)", plain.replace(" ", ""))
    return found[0] if found else ""
