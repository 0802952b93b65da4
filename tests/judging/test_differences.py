"""Sentences on a wrong answer: true, helpful, and no help in finding a hidden value."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from autograder.judging.comparison import same_value
from autograder.judging.differences import describe_difference
from autograder.judging.evidence import checked
from autograder.judging.vocabulary import Vocabulary
from autograder.model import ProbeReference
from course.probes import bundle

PUBLIC = Vocabulary(public=("trace = {'loss': loss, 'grad_W': g, 'f': f}",))


def told(
    answer: object, expected: object, rtol: float = 1e-5, atol: float = 1e-8, full: bool = True
) -> str:
    probe = ProbeReference("p", 1.0, rtol, atol, bundle(expected))
    return describe_difference(checked(bundle(answer)), probe, PUBLIC, full)


ones = torch.ones
DIFFERENCES = {
    "shape": (ones(2, 3), ones(3), "shape (2, 3), expected (3,)"),
    "a single number": (ones(()), ones(3), "shape () (a single number), expected (3,)"),
    "dtype": (ones(3, dtype=torch.int64), ones(3), "of type int, expected float"),
    "NaN share": (torch.tensor([math.nan, 1.0, math.nan]), ones(3), "2 of 3 numbers are NaN"),
    "all NaN": (ones(404) * math.nan, ones(404), "all 404 numbers are NaN"),
    "one number": (torch.tensor([1.0, 2.3]), torch.tensor([1.0, 2.0]), "1 of 2 numbers is wrong"),
    "a scalar": (1.0, 4.2317, "the number is wrong"),
    "many numbers": (torch.arange(100.0), torch.arange(100.0) % 70, "about 30% of 100 numbers"),
    "kind": ("text", 1.0, "the answer is a text, expected a tensor or number"),
    "no return": (None, ones(3), "the answer is None, expected a tensor or number: is a return"),
    "length": ([1], [1, 2], "1 items, expected 2"),
    "ids": ([4, 5, 9, 9], [4, 5, 6, 7], "2 of 4 items are wrong, the first of them at place 2"),
    "nested": (((1, [[2, 3]]),), ((1, [[2, 4]]),), "item [0][1][0]: 1 of 2 items is wrong,"),
    "nested arrays": ([[ones(2)]], [[ones(2) * 2]], "item [0][0]: all 2 numbers are wrong"),
    "a missing key": ({"loss": 1}, {"loss": 1, "grad_W": 2}, "1 of 2 keys is missing: 'grad_W'"),
    "an extra key": ({"loss": 1, "x": 1}, {"loss": 1}, "there are keys that should not be there"),
    "a hidden key": ({"loss": 1}, {"loss": 1, "qzx": 2}, "1 of 2 keys is missing"),
    "one value": ({"loss": 1.0, "f": 2.0}, {"loss": 1.0, "f": 3.0}, "the value of 'f': the number"),
    "values": (
        {"loss": 1.0, "f": 2.0, "grad_W": 1},
        {"loss": 2.0, "f": 3.0, "grad_W": 1},
        "2 of 3 values are wrong: 'f', 'loss'",
    ),
    "last digits": (ones(3) * 1.00005, ones(3), "right but for the last digits"),
    "capitals": ("The end", "the end", "but for its capital letters"),
    "blanks": ("the  end\n", "the end", "but for its blanks"),
}  # fmt: skip


def test_a_changed_argument_is_told_by_its_name() -> None:
    """The sentence is the course's own; a name that nobody has before grading is not repeated."""
    probe = ProbeReference("p", 1.0, 1e-5, 1e-8, bundle(1.0))

    def said(message: str, full: bool = True) -> str:
        answer = {"kind": "error", "type": "ChangedArgument", "message": message}
        return describe_difference(answer, probe, PUBLIC, full)

    assert said("your function changed its argument grad_W") == (
        "your function changed its argument grad_W"
    )
    assert said("your function changed its argument number 2").endswith("argument number 2")
    assert "qzx" not in said("your function changed its argument qzx")
    assert said("raise SystemExit(In[-1])") == "your function changed one of its arguments"
    assert said("your function changed its argument grad_W", full=False) == (
        "your function changed one of its arguments"
    )


@pytest.mark.parametrize("name", DIFFERENCES)
def test_a_difference_is_described(name: str) -> None:
    """Shape, type, how many and where are told."""
    answer, expected, sentence = DIFFERENCES[name]
    assert sentence in told(answer, expected)


@pytest.mark.parametrize("name", DIFFERENCES)
def test_in_short_only_words_of_ours_are_said(name: str) -> None:
    """After the first lost probe of a check, nothing that the answer chose is repeated."""
    answer, expected, _ = DIFFERENCES[name]
    short = told(answer, expected, full=False)
    assert "(2, 3)" not in short
    assert len(short) < 70


def test_verdict_and_difference_use_one_tolerance() -> None:
    """The item that the probe's tolerance lets pass is not the one that is reported."""
    answer, expected = [1.00001, 2, 9], [1, 2, 3]
    assert "1 of 3 items is wrong, the first of them at place 2" in told(answer, expected, 1e-4)
    assert "2 of 3 items are wrong" in told([1.1, 2, 9], expected, 1e-4)


@pytest.mark.parametrize("container", [list, tuple, np.array, lambda x: {"f": x[2], "loss": x[0]}])
def test_every_container_compares_within_the_tolerance(container: object) -> None:
    """What stands in a list, a tuple, an array or a dictionary is compared alike."""
    near, far = container([1.001, 2.0, 3.0]), container([1.001, 2.0, 9.0])  # type: ignore[operator]
    expected = container([1.0, 2.0, 3.0])  # type: ignore[operator]
    assert same_value(bundle(near), bundle(expected), 1e-2, 0.0)
    assert "wrong" in told(far, expected, 1e-2)
    assert "all" not in told(far, expected, 1e-2)
    assert "2 of" not in told(far, expected, 1e-2)


def test_a_hidden_number_cannot_be_closed_in_on() -> None:
    """Every wrong number gets the same sentence, however near or far it is, on either side."""
    hidden = 4.2317
    guesses = [hidden + sign * step for sign in (-1, 1) for step in (0.01, 0.1, 1, 10, 1e4, 1e9)]
    assert {told(guess, hidden) for guess in guesses} == {"the number is wrong"}
    assert len({told([guess, 1.0], [hidden, 1.0]) for guess in guesses}) == 1


def test_a_key_of_a_hidden_input_is_not_named() -> None:
    """Only keys that everybody can read in the visible notebook are named."""
    assert "qzx" not in told({"loss": 1}, {"loss": 1, "qzx": 2})
    assert "qzx" not in told({"loss": 1, "qzx": 1}, {"loss": 1, "qzx": 2})


@pytest.mark.parametrize("shape", [(2,) * 9, (0, 4000, 4000)])
def test_an_odd_shape_is_not_spelled_out(shape: tuple[int, ...]) -> None:
    """A shape is free to choose: many axes and large sizes are told in short."""
    sentence = told(np.zeros(shape), ones(3))
    assert sentence in ("shape with 9 axes, expected (3,)", "shape (0, …, …), expected (3,)")
