"""How many numbers a predictor holds: everything that it reaches is counted.

The count is made in the student's own kernel, so it keeps an honest entry within the rule and no
more. What nobody can get around is the processor time and the size of what was handed in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

CHARACTERS = 8  # of text take as much room as one number
PLAIN = (ModuleType, type, BuiltinFunctionType, CodeType)
LONG = 64  # characters or items of a constant in code: from here it is data and counts


def count_numbers(predictor: Any, stop: int = 10_000_000) -> int:
    """Numbers in the arrays, containers, closures and globals that a predictor reaches.

    A tensor or an array counts its elements, a container its numbers. Of each different text, eight
    characters count as one number. Modules, classes and code are free, but for long texts and
    tuples that stand in a function's code.

    Args:
        predictor: a function, a module of torch, or any object.
        stop: no need to go on counting from here.
    """
    total, seen, texts = 0, set(), set()
    waiting = [predictor]
    while waiting and total < stop:
        item = waiting.pop()
        if isinstance(item, (str, bytes)):
            total += 0 if item in texts else -(-len(item) // CHARACTERS)
            texts.add(item)
        elif isinstance(item, (bool, int, float, complex, np.generic)):
            total += 1
        elif item is not None and not isinstance(item, PLAIN) and id(item) not in seen:
            seen.add(id(item))
            size = _elements(item)
            total += size or 0
            if size is None:
                waiting.extend(_inside(item))
    return total


def _elements(item: Any) -> int | None:
    """How many elements an array or tensor has; None for everything else."""
    if isinstance(item, np.ndarray) and item.dtype != object:
        return int(item.size)
    if hasattr(item, "numel") and hasattr(item, "detach"):
        return int(item.numel())
    return None


def _inside(item: Any) -> Iterator[Any]:
    if isinstance(item, Mapping):
        yield from item.keys()
        yield from item.values()
    elif isinstance(item, FunctionType):
        yield from _behind_function(item)
    elif isinstance(item, MethodType):
        yield from (item.__self__, item.__func__)
    elif isinstance(item, (list, tuple, set, frozenset, np.ndarray)):
        yield from item
    yield from getattr(item, "__dict__", {}).values()
    for name in ("__wrapped__", "func", "args", "keywords"):  # of what lru_cache, partial made
        yield getattr(item, name, None)
    for name in getattr(type(item), "__slots__", ()):
        yield getattr(item, name, None)


def _behind_function(function: FunctionType) -> Iterator[Any]:
    """Default values, what a closure holds, and the globals that the code names."""
    yield from function.__defaults__ or ()
    yield from (function.__kwdefaults__ or {}).values()
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # a name of the closure that was not bound
            continue
    for code in _codes(function.__code__):
        yield from (function.__globals__.get(name) for name in code.co_names)
        yield from (one for one in code.co_consts if _is_data(one))


def _codes(code: CodeType) -> Iterator[CodeType]:
    """The code of a function, and of the functions within it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _is_data(constant: Any) -> bool:
    return isinstance(constant, (str, bytes, tuple, frozenset)) and len(constant) >= LONG
