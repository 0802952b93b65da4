"""Python source to a syntax tree, safely from several threads."""

from __future__ import annotations

import ast
import threading

_ONE_AT_A_TIME = threading.Lock()


def parse(source: str) -> ast.Module:
    """Like `ast.parse`, one call at a time.

    Python counts how deep it is in a tree once for all threads, so two of them at once may end in a
    SystemError, "AST constructor recursion depth mismatch" (seen in 3.11; gh-106905).

    Raises:
        SyntaxError: it is no Python.
        ValueError: it holds a NUL character.
        RecursionError, MemoryError: it is nested too deeply.
    """
    with _ONE_AT_A_TIME:
        return ast.parse(source)
