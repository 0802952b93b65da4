"""Comparing texts with numbers in them: exact around the numbers, and quick on hostile texts."""

from __future__ import annotations

import random
import re

import numpy as np
import pytest
from nbformat.v4 import new_output

from autograder.judging.comparison import NUMBER, nbval_comparator, same_value, settled
from course.probes import bundle

PLAIN = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.])")


def equal(mine: str, theirs: str) -> bool:
    return same_value(bundle(mine), bundle(theirs), 1e-5, 1e-8)


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


@pytest.mark.parametrize(("mine", "theirs"), [(123456.4, 123457.4), (1e6, 1000009.0)])
def test_a_large_float_is_no_whole_number(mine: float, theirs: float) -> None:
    """At six digits it is written without a point; it is still compared as the float it is."""
    assert same_value(bundle(mine), bundle(theirs), 1e-5, 1e-8)
    assert same_value(bundle(np.array([mine])), bundle(np.array([theirs])), 1e-5, 1e-8)
    assert not same_value(bundle(int(mine)), bundle(int(theirs)), 1e-5, 1e-8)


@pytest.mark.parametrize("value", [3, 1_000_000, -7])
def test_a_whole_number_may_come_as_a_float(value: int) -> None:
    """However long it is, and in either direction."""
    assert same_value(bundle(value), bundle(float(value)), 1e-5, 1e-8)
    assert same_value(bundle(float(value)), bundle(value), 1e-5, 1e-8)


def test_settling_writes_close_numbers_as_the_reference_does() -> None:
    """What still stands out in the settled answer is what is wrong with it."""
    answer, reference = (
        bundle([1.00001, 2, 9, (0.5, "a 2.00001")]),
        bundle([1, 2, 3, (0.7, "a 2.0")]),
    )
    found = settled(answer, reference, 1e-4, 0.0)
    assert found == bundle([1, 2, 9, (0.5, "a 2.0")])


@pytest.mark.parametrize("largest", [3.0, 3e-3, 3e9])
def test_small_numbers_are_measured_by_the_largest_of_their_array(largest: float) -> None:
    """A rounding error beside large numbers passes; each array has a scale of its own."""
    array = np.array([largest, 1e-9 * largest])
    off = array + np.array([0.0, 3e-7 * largest])
    assert same_value(bundle(off), bundle(array), 1e-5, 0.0)
    assert not same_value(bundle(array + 3e-5 * largest), bundle(array), 1e-5, 0.0)
    small = array * 1e-6
    assert not same_value(bundle([array, small + off - array]), bundle([array, small]), 1e-5, 0.0)


def test_an_infinity_sets_no_scale() -> None:
    """Beside an infinite number the others are compared as without it."""
    right, wrong = np.array([np.inf, 1.0]), np.array([np.inf, 2.0])
    assert same_value(bundle(right + 1e-7), bundle(right), 1e-5, 1e-8)
    assert not same_value(bundle(wrong), bundle(right), 1e-5, 1e-8)


def test_values_that_are_compared_are_plain_texts() -> None:
    """nbval compares with `!=`. A text that equals others, but hashes apart, would break sets."""
    compared: list[object] = []
    comparator = nbval_comparator()()
    comparator.format_output_compare = lambda key, left, right: compared.extend([left, right])
    one, other = (
        new_output("display_data", {"text/plain": text}) for text in ("1.0", "1.00000001")
    )
    assert not comparator.compare_outputs([one], [other])
    assert [type(text) for text in compared] == [str, str]


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
