"""How much a submission can carry out of the kernel, where its code has seen the hidden checks.

A random key stands for a hidden check. It is put into everything that a kernel can send, and looked
for on the page in every form that a person could read it back from. What is left is bounded by
counting: what a page repeats from a kernel is few numbers, few known names and few signs.
"""

from __future__ import annotations

import base64
import builtins
import math
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.judging.differences import AXES, EXACT, SIZE, describe_difference
from autograder.judging.error_texts import (
    NAMES,
    NUMBERS,
    OTHER_ERRORS,
    SIGNS,
    shown_by_check,
    usual_texts,
)
from autograder.judging.generic import GENERIC
from autograder.judging.vocabulary import OWN_NAMES, PUBLIC_NAMES, Vocabulary, library_names
from autograder.model import (
    CellEnd,
    CellRun,
    CheckReference,
    CheckVerdict,
    Execution,
    ProbeReference,
    Reference,
)
from autograder.pages.verdict_table import verdict_data, verdict_panel
from autograder.proof.lint.week_rules import MOST_MISTAKES as KNOWN_AT_MOST
from autograder.reference.as_if import AT_MOST as AS_IF_AT_MOST
from autograder.reference.near_misses import AT_MOST as NEAR_AT_MOST
from autograder.stages.judge import judge
from course.probes import MIME, bundle

SOURCE = """hidden = 1
assert out.shape == (2,), f"got {out}: which axis?"
"""
VALUES = ([1.5, 2.5, 3.5], {"loss": 1.0, "f": [1, 2]}, 2.25, ["a", "b"])
PROBES = tuple(
    ProbeReference(f"p{i}", 1.0, 1e-5, 1e-8, bundle(value)) for i, value in enumerate(VALUES)
)
REFERENCE = Reference("w", "n", "s", "k", (CheckReference("check_f", 4.0, PROBES),), 0.1)
WORDS = Vocabulary(public=(SOURCE, "loss f"), own=("def f(mine): return mine",))
BITS_A_TEXT, BITS_A_PROBE = 175, 9  # what the guide on security states
HANGUL = [chr(0xAC00 + i) for i in range(2**13)]


def evidence(label: str, value: dict, **more: object) -> dict:
    shown = {"label": label, "points": 1, "rtol": 1e-5, "atol": 1e-8, "value": value, **more}
    return {"output_type": "display_data", "data": {MIME: shown, "text/plain": "x"}}


def page(outputs: list[dict], end: CellEnd = CellEnd.OK, seconds: float = 0.1) -> str:
    """All that a student reads about the check."""
    before = CellRun(0, "f", CellEnd.OK)
    run = CellRun(1, "check_f", end, tuple(outputs), seconds)
    found = judge(Execution("w/s", (before, run), seconds), REFERENCE, WORDS).checks[0]
    error = shown_by_check(found.visible_error, SOURCE, WORDS) if found.visible_error else ""
    told = CheckVerdict(**{**vars(found), "visible_error": error})
    return verdict_panel(told) + repr(verdict_data(told))


def hangul(key: int) -> str:
    digits = []
    while key:
        key, digit = divmod(key, len(HANGUL))
        digits.append(HANGUL[digit])
    return "".join(digits)


def base(key: int) -> str:
    return base64.urlsafe_b64encode(key.to_bytes(16, "big")).decode().strip("=")


def numbers(key: int) -> list[float]:
    return [float(digit) for digit in str(key)]


def error(kind: str, message: str) -> str:
    """The page of a submission whose code raises this at every probe."""
    value = {"kind": "error", "type": kind[:80], "message": message[:300]}
    return page([evidence(f"p{i}", value) for i in range(4)])


def answer(label: str, value: object, times: int = 1, **more: object) -> str:
    """The page of a submission that answers one probe with this value."""
    return page([evidence(label, bundle(value), **more)] * times)


def visible(kind: str, message: str) -> str:
    """The page of a submission whose visible check ends like this."""
    output = {"output_type": "error", "ename": kind, "evalue": message, "traceback": [message]}
    return page([output], CellEnd.ERROR)


def shape(sizes: list[int]) -> str:
    """The page for an empty array of any shape."""
    return page([evidence("p0", {**EMPTY, "shape": [0, *sizes]})])


def printed(text: str) -> str:
    """The page where this was printed."""
    return page([{"output_type": "stream", "name": "stdout", "text": text}])


EMPTY = {"kind": "array", "dtype": "float", "values": []}
Carry = Callable[[int], str]
CARRIERS: dict[str, Carry] = {
    "a name in any alphabet": lambda k: error("NameError", f"name '{hangul(k)}' is not defined"),
    "a name of letters": lambda k: error("NameError", f"name 'x{k:x}' is not defined"),
    "a dotted name": lambda k: error("ImportError", f"No module named '{'.'.join(f'{k:x}')}'"),
    "a key": lambda k: error("KeyError", f"'{base(k)}'"),
    "a number": lambda k: error("IndexError", f"index {k} is out of bounds for axis {k} with size"),
    "numbers": lambda k: error("RuntimeError", f"shape '{numbers(k)}' is invalid for input of siz"),
    "a text of its own": lambda k: error("ValueError", f"{k:x}"),
    "behind a usual text": lambda k: error("ZeroDivisionError", f"division by zero {k:x}"),
    "the kind of an error": lambda k: error(f"E{k:x}", ""),
    "a line": lambda k: error("SyntaxError", f"invalid syntax ({k:x}.py, line {k})"),
    "values": lambda k: answer("p0", numbers(k)[:3]),
    "a number as the answer": lambda k: answer("p2", k / 3),
    "a list's length": lambda k: answer("p0", [0] * (k % 4000)),
    "a shape": lambda k: shape([int(digit) for digit in str(k)[:14]]),
    "keys": lambda k: answer("p1", {f"{k:x}": 1.0, "loss": 1.0}),
    "a text": lambda k: answer("p3", [f"{k:x}", hangul(k)]),
    "labels": lambda k: answer(f"{k:x}", 1.0),
    "points and tolerances": lambda k: answer("p2", 1.0, points=k % 10**9, rtol=1 / k),
    "several answers": lambda k: answer("p2", 1.0, times=2 + k % 50),
    "streams": lambda k: printed(f"{k:x}"),
    "time": lambda k: page([], seconds=k / 2**120),
    "a visible assert": lambda k: visible("AssertionError", f"got {k:x} {hangul(k)}: which axis?"),
    "its numbers": lambda k: visible("AssertionError", f"got {numbers(k)}: which axis?"),
    "the end of the cell": lambda k: visible(f"E{k:x}", f"{k:x}"),
}
CONSTANT = {  # these fields carry nothing but which of a few sentences is said
    "a name in any alphabet", "a name of letters", "a key", "a text of its own", "values",
    "behind a usual text", "the kind of an error", "keys", "a text", "labels", "time",
    "points and tolerances", "several answers", "streams", "the end of the cell",
    "a number as the answer",
}  # fmt: skip


def forms(key: int) -> set[str]:
    """How the key, or eight characters of it, could stand on a page."""
    whole = [str(key), f"{key:x}", base(key)]
    parts = {text[i : i + 8] for text in whole for i in range(0, len(text) - 8)}
    return parts | {hangul(key)[i : i + 2] for i in range(8)}


@pytest.mark.parametrize("carrier", CARRIERS)
def test_no_field_of_the_page_carries_a_key(carrier: str) -> None:
    """Not in any form that somebody could read back, and mostly not at all."""
    draw = random.Random(0)
    keys = [draw.getrandbits(127) | 1 << 126 for _ in range(60)]
    pages = [CARRIERS[carrier](key) for key in keys]
    for key, shown in zip(keys, pages, strict=True):
        assert not [form for form in forms(key) if form in shown]
    if carrier in CONSTANT:
        assert len(set(pages)) <= 4


# ------------------------------------------------------------------------------------ counting
def test_what_a_text_repeats_is_few_numbers_and_known_names() -> None:
    """The worst text: random words, numbers and signs in the place of an f-string's value."""
    draw = random.Random(1)
    known = sorted(library_names())
    for _ in range(300):
        parts = [draw.choice([draw.choice(known), str(draw.random() * 10**5), "[", ",", "x%"])
                 for _ in range(60)]  # fmt: skip
        message = f"got {' '.join(parts)}: which axis?"
        shown = shown_by_check(f"AssertionError: {message}", SOURCE, WORDS)
        value = shown.removeprefix("AssertionError: got ").removesuffix(": which axis?")
        assert len(re.findall(r"\d+(?:\.\d+)?", value)) <= NUMBERS
        words = re.findall(r"[A-Za-z_]\w*", value)
        assert len(words) <= NAMES
        assert all(word in WORDS for word in words)
        assert len(re.findall(r"[\[\](){},:]", value)) <= SIGNS


def different_numbers() -> int:
    """How many different numbers a text can show: whole ones below 10,000, or three digits."""
    return 2 * (10_000 + 6 * 900) + 1


@pytest.mark.parametrize("power", range(-5, 7))
def test_numbers_are_whole_and_small_or_have_three_digits(power: int) -> None:
    """That is what is counted above."""
    check = 'assert 0, f"{x}!"'
    for digits in range(1, 100):
        said = f"{digits * 0.0123456789 * 10**power:.9f}"
        shown = shown_by_check(f"AssertionError: {said}!", check).removeprefix("AssertionError: ")
        number = shown.removesuffix("!")
        whole = number.lstrip("-").isdigit() and len(number.lstrip("-")) <= 5
        assert number == "…" or whole or len(number.replace(".", "").lstrip("0")) <= 3


def test_the_bits_of_one_text() -> None:
    """All arrangements of its numbers, names and signs, counted; the guide states the bound."""
    words = len(library_names()) + PUBLIC_NAMES + OWN_NAMES + 1
    arranged = math.factorial(NUMBERS + NAMES + SIGNS) // (
        math.factorial(NUMBERS) * math.factorial(NAMES) * math.factorial(SIGNS)
    )
    filled = (
        NUMBERS * math.log2(different_numbers())
        + NAMES * math.log2(words)
        + SIGNS * math.log2(len("[](){},:") + 1)
        + math.log2(arranged)
    )
    holes = max(len(usual.holes) for usual in usual_texts())
    usual = math.log2(len(usual_texts())) + holes * max(math.log2(words), 4)
    sizes = AXES * math.log2(SIZE + 2) + math.log2(16) + 2
    assert max(filled, usual, sizes) <= BITS_A_TEXT


def test_the_bits_of_the_other_probes() -> None:
    """After the first lost probe: which of our sentences, the kind of an error, and no more."""
    known = [one for one in vars(builtins).values() if isinstance(one, type)]
    kinds = sum(issubclass(one, BaseException) for one in known) + len(OTHER_ERRORS) + 1
    sentences = 2 * len(VALUES) + 30
    assert math.log2(kinds + sentences) <= BITS_A_PROBE
    shapes = [
        {"kind": "array", "dtype": "float", "shape": [0, size], "values": []} for size in range(99)
    ]
    told = {describe_difference(shape, PROBES[0], WORDS, full=False) for shape in shapes}
    assert len(told) == 1
    assert len(GENERIC) + AS_IF_AT_MOST + NEAR_AT_MOST + KNOWN_AT_MOST < 512
    assert EXACT <= 32


def test_the_guide_states_the_bound() -> None:
    """The numbers in the guide on security are those that are tested here."""
    guide = (Path(__file__).resolve().parents[2] / "course/guide/security.md").read_text("utf-8")
    assert f"{BITS_A_TEXT} bits" in guide
    assert f"{BITS_A_PROBE} bits" in guide
