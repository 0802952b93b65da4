"""How a loader keeps what it read: cached, and handed out as a fresh copy."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import numpy as np

P = ParamSpec("P")
T = TypeVar("T")


def loader(function: Callable[P, T]) -> Callable[P, T]:
    """Cache what a loader read; hand out a fresh top level each time."""
    cached = functools.cache(function)

    @functools.wraps(function)
    def load(*args: P.args, **kwargs: P.kwargs) -> T:
        return _fresh(cached(*args, **kwargs))  # type: ignore[arg-type]

    load.cache_clear = cached.cache_clear  # type: ignore[attr-defined]
    return load


def _fresh(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, (list, dict)):
        return value.copy()
    if type(value) is tuple:
        return tuple(_fresh(item) for item in value)
    return value
