"""Drawn inputs: what a table of the visible answers cannot answer.

The reference says what is right, so a new input costs nothing but the question whether the task
allows it. Inputs are drawn between the smallest and the largest number that the check itself uses
at the same argument; a person has to confirm that all between them is meant.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from autograder.adoption.evidence import Evidence, Scope

DRAWS = 6  # calls in a probe
LEAST_ROOM = 3  # so many values at least, or nothing is drawn
Range = tuple[float, float]
Key = tuple[int, bool]  # the place of an argument, and whether its numbers are whole


@dataclass(frozen=True)
class Drawn:
    """A probe over drawn inputs of one function."""

    function: str
    calls: tuple[str, ...]
    ranges: str  # what they are drawn from, in words
    rtol: float
    atol: float
    cases: int  # so many fixed ones it stands beside, and weighs as much


def drawn_inputs(found: Iterable[Evidence], student: frozenset[str]) -> list[Drawn]:
    """Probes over drawn inputs, one for each function that is called with spelled-out numbers."""
    cases: dict[str, list[Evidence]] = {}
    for one in found:
        if not one.raising and not one.weak and _is_plain_call(one.shown, student):
            cases.setdefault(one.shown.func.id, []).append(one)  # type: ignore[attr-defined]
    made = (_drawn(name, some) for name, some in cases.items())
    return [one for one in made if one is not None]


def _is_plain_call(node: ast.expr, student: frozenset[str]) -> bool:
    """`f(3, [1, 2])`: a student's function, called with nothing that is the student's."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
        return False
    parts = [*node.args, *(word.value for word in node.keywords)]
    mine = any(Scope(student).touches(part) or isinstance(part, ast.Starred) for part in parts)
    return node.func.id in student and not mine


def _drawn(name: str, cases: list[Evidence]) -> Drawn | None:
    calls = [one.shown for one in cases if isinstance(one.shown, ast.Call)]
    ranges = _ranges(calls)
    if not any(high - low >= LEAST_ROOM for low, high in ranges.values()):
        return None
    texts = [_with_draws(calls[i % len(calls)], ranges) for i in range(DRAWS)]
    words = ", ".join(f"{low:g} to {high:g}" for low, high in ranges.values() if high > low)
    loosest = max(one.rtol for one in cases), max(one.atol for one in cases)
    return Drawn(name, tuple(texts), words, *loosest, len(calls))


def _ranges(calls: list[ast.Call]) -> dict[Key, Range]:
    found: dict[Key, Range] = {}
    for call in calls:
        for place, argument in enumerate(call.args):
            for value in _numbers(argument):
                key = (place, isinstance(value, int))
                low, high = found.get(key, (value, value))
                found[key] = (min(low, value), max(high, value))
    return found


def _numbers(node: ast.AST) -> Iterator[int | float]:
    value = _number(node)
    if value is not None:
        yield value
        return
    for child in ast.iter_child_nodes(node):
        yield from _numbers(child)


def _number(node: ast.AST) -> int | float | None:
    """A number as it is spelled, its sign included; no truth value."""
    sign = 1
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        sign, node = -1, node.operand
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return sign * value


def _with_draws(call: ast.Call, ranges: dict[Key, Range]) -> str:
    new = copy.deepcopy(call)
    for place, argument in enumerate(call.args):
        new.args[place] = _Drawing(place, ranges).visit(copy.deepcopy(argument))
    return ast.unparse(ast.fix_missing_locations(new))


@dataclass
class _Drawing(ast.NodeTransformer):
    """Puts a draw in the place of every number."""

    place: int
    ranges: dict[Key, Range]

    def visit(self, node: ast.AST) -> Any:
        value = _number(node)
        if value is None:
            return self.generic_visit(node)
        whole = isinstance(value, int)
        low, high = self.ranges[self.place, whole]
        draw = "whole" if whole else "part"
        return ast.parse(f"{draw}(rng, {low!r}, {high!r})", mode="eval").body
