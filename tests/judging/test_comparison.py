"""Comparing texts with numbers in them: exact around the numbers, and quick on hostile texts."""

from __future__ import annotations

import random
import re

import pytest

from autograder.judging.comparison import NUMBER, TolerantText, same_value
from course.probes import bundle

PLAIN = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.])")


def equal(mine: str, theirs: str) -> bool:
    return TolerantText(mine, 1e-5, 1e-8) == theirs


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [("loss 0.5000001 at 3", "loss 0.5 at 3"), ("a1b 2", "a1b 2"), ("", ""), ("1e-3", "0.001")],
)
def test_numbers_may_differ_a_little(mine: str, theirs: str) -> None:
    """What stands between the numbers is the same."""
    assert equal(mine, theirs)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [("5 words", "# words"), ("1 #", "# 1"), ("a 1", "a 1 2"), ("3", "4"), ("x 1.0", "y 1.0")],
)
def test_what_is_no_number_must_be_the_same(mine: str, theirs: str) -> None:
    """No sign in a text passes for a number, and a missing number is a difference."""
    assert not equal(mine, theirs)
    assert not equal(theirs, mine)


def test_the_word_nan_is_a_word_and_the_number_nan_never_passes() -> None:
    """Texts may hold it; tensors and lists may not."""
    text = bundle(["nan", "a nan b"])
    assert same_value(text, text, 1e-5, 1e-8)
    for value in (float("nan"), [1.0, float("nan")], {"a": [float("nan")]}):
        assert not same_value(bundle(value), bundle(value), 1e-5, 1e-8)


def test_the_pattern_finds_what_the_plain_one_finds() -> None:
    """Possessive parts change the time it takes, not what is a number."""
    draw = random.Random(0)
    for _ in range(20_000):
        text = "".join(draw.choice("01.eE+-x ,") for _ in range(draw.randint(1, 14)))
        assert NUMBER.findall(text) == PLAIN.findall(text), text


def test_a_hostile_text_takes_no_square_of_time() -> None:
    """A million digits that are no number: the plain pattern would need a day for them."""
    assert NUMBER.findall("1" * 1_000_000 + "x") == []
    assert len(NUMBER.findall("1 " * 100_000 + "1.1." * 100_000)) == 100_000
