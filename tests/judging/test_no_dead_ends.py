"""Sentences that once left a student with nothing to do, and what stands there now."""

from __future__ import annotations

import numpy as np
import torch

from autograder.judging.differences import describe_difference
from autograder.judging.error_texts import shown_by_check, shown_error
from autograder.judging.vocabulary import Vocabulary
from autograder.model import ProbeReference
from course.probes import bundle

BPTT = """### BEGIN HIDDEN TESTS
probe("x", lambda: 1)
### END HIDDEN TESTS
names = ("dW", "dU", "db")
for name, a, e in zip(names, mine, autograd):
    assert a.shape == e.shape, f"{name} has shape {tuple(a.shape)}, expected {tuple(e.shape)}"
    assert torch.equal(a, e), f"{name} differs from autograd. Is U transposed on the way back?"
"""
NAMES = Vocabulary(public=(BPTT, "trace = {'i': i, 'f': f, 'g': g, 'o': o, 'c': c, 'h': h}"))


def told(answer: object, expected: object) -> str:
    probe = ProbeReference("p", 1.0, 1e-5, 1e-8, bundle(expected))
    return describe_difference(bundle(answer), probe, NAMES)


def test_an_error_at_a_hidden_input_says_what_to_try() -> None:
    """The cell passes when the student runs it, so running it is no advice."""
    sentence = shown_error("RuntimeError", "a text that nobody knows", NAMES)
    assert sentence.startswith("RuntimeError (")
    assert "run the cell" not in sentence
    assert "try your function on other sizes" in sentence


def test_an_assert_with_a_name_in_it_speaks() -> None:
    """`{name}` is filled with a word of the visible check: it was a bare AssertionError."""
    first = "AssertionError: dU has shape (3, 2), expected (2, 3)"
    assert shown_by_check(first, BPTT, NAMES) == first
    second = "AssertionError: dW differs from autograd. Is U transposed on the way back?"
    assert shown_by_check(second, BPTT, NAMES) == second


def test_a_name_that_is_not_known_leaves_the_sentence() -> None:
    """What the assert says stays, with a dash of dots for the word."""
    message = "AssertionError: qzxv differs from autograd. Is U transposed on the way back?"
    assert "… differs from autograd. Is U transposed" in shown_by_check(message, BPTT, NAMES)


def test_nan_is_called_nan() -> None:
    """No number stands for it, wherever it is: it was 'the largest difference is infinite'."""
    assert told(np.full((2, 3), np.nan), np.ones((2, 3))) == "all 6 numbers are NaN"
    assert "NaN" in told([torch.tensor([1.0, float("nan")])], [torch.ones(2)])


def test_a_place_in_nested_lists_is_an_index() -> None:
    """It was 'item 0: item 1: item 0: …'."""
    answer, expected = [[("a", 1.0), (torch.ones(2), 2.0)]], [[("a", 1.0), (torch.zeros(2), 2.0)]]
    assert told(answer, expected) == "item [0][1][0]: all 2 numbers are wrong"


def test_word_ids_are_right_or_wrong() -> None:
    """Ids are names in the shape of numbers: how far apart they are means nothing."""
    assert told([4, 17, 3], [4, 12, 3]) == (
        "1 of 3 items is wrong, the first of them at place 1 (counted from 0)"
    )
    assert told(torch.tensor([4, 17, 3]), torch.tensor([4, 12, 3])) == "1 of 3 numbers is wrong"


def test_public_keys_are_named() -> None:
    """It was '4 of 6 values differ'; which they are stands in the visible notebook."""
    right = {key: torch.ones(2) * i for i, key in enumerate("ifgoch")}
    wrong = {**right, "c": torch.zeros(2), "h": torch.zeros(2)}
    assert told(wrong, right) == "2 of 6 values are wrong: 'c', 'h'"
    assert told({**right, "g": torch.zeros(3)}, right) == (
        "the value of 'g': shape (3,), expected (2,)"
    )


def test_a_forgotten_return_is_told() -> None:
    """Directly, and where what was done with the answer failed."""
    assert told(None, 1.0).endswith("is a return missing?")
    error = {"kind": "error", "type": "TypeError", "message": "'NoneType' object is not iterable"}
    probe = ProbeReference("p", 1.0, 1e-5, 1e-8, bundle(1.0))
    assert "'NoneType' object is not iterable" in describe_difference(error, probe, NAMES)
