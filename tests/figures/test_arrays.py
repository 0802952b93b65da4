"""Tensors, arrays and lists become the same numbers at one door."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from course.figures.arrays import as_array

ROWS = [[1.0, 2.0], [3.0, 4.5]]


@pytest.mark.parametrize(
    "values",
    [
        ROWS,
        tuple(map(tuple, ROWS)),
        np.array(ROWS),
        np.array(ROWS, dtype=np.float16),
        torch.tensor(ROWS),
        torch.tensor(ROWS, dtype=torch.bfloat16),
        torch.tensor(ROWS, requires_grad=True),
        [torch.tensor(row) for row in ROWS],
        [[torch.tensor(value, requires_grad=True) for value in row] for row in ROWS],
        [np.array(row) for row in ROWS],
    ],
    ids=lambda values: f"{type(values).__name__} of {type(values[0]).__name__}",
)
def test_every_kind_of_rows_becomes_the_same_array(values: Any) -> None:
    """Kind, precision, gradient and nesting make no difference to what is drawn."""
    array = as_array(values)
    assert array.dtype == np.float64
    assert array.tolist() == ROWS


def test_numbers_ranges_truth_values_and_nothing_at_all_are_numbers() -> None:
    """A scalar stays a scalar; a mask counts as 0 and 1; an empty list is an empty array."""
    assert as_array(3).shape == ()
    assert as_array(range(3)).tolist() == [0, 1, 2]
    assert as_array(torch.tensor([True, False])).tolist() == [1, 0]
    assert as_array([]).shape == (0,)


def test_what_is_given_stays_as_it_is() -> None:
    """Drawing works on a copy: a student's tensor keeps its values."""
    given = np.zeros(2)
    as_array(given)[0] = 7
    assert given.tolist() == [0, 0]


@pytest.mark.parametrize("values", [None, [1.0, None], ["a"], {"a": 1}])
def test_a_forgotten_return_is_told_and_never_drawn_as_nan(values: Any) -> None:
    """None would silently become NaN, and a text means nothing: both are errors with a hint."""
    with pytest.raises(ValueError, match="return line missing"):
        as_array(values)


def test_rows_of_different_lengths_are_an_error() -> None:
    """A list with ragged rows has no shape."""
    with pytest.raises(ValueError):
        as_array([[1.0], [1.0, 2.0]])
