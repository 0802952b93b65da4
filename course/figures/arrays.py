"""The one door for numbers: a plot function takes tensors, arrays and lists alike.

>>> as_array([1, 2.5])
array([1. , 2.5])
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

# What `as_array` takes. A torch tensor is one of them: it has `__array__`.
Numbers = ArrayLike


def as_array(values: Numbers) -> np.ndarray:
    """Numbers as a float64 array of the same shape; what is given stays as it is.

    Args:
        values: a torch tensor (any device and dtype, with or without a gradient), a numpy array,
            a number, or a list, tuple or range of these, nested as deep as you like.

    Raises:
        ValueError: rows of different lengths, or something that is no number, such as None.
    """
    array = np.asarray(_without_tensors(values))
    if array.dtype.kind not in "biuf":
        raise ValueError(f"expected numbers to draw, got {values!r}. Is a return line missing?")
    return array.astype(np.float64)


def _without_tensors(values: Any) -> Any:
    if hasattr(values, "detach"):  # double first: numpy knows no bfloat16
        return values.detach().cpu().double().numpy()
    if isinstance(values, (list, tuple)):
        return [_without_tensors(value) for value in values]
    return values
