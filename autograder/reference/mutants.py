"""Automatic mutants: a reference solution with one small fault, to see whether the check notices.

Why not an existing tool: mutmut, mutatest and cosmic-ray mutate files of a package on disk and
start one test run per mutant. Our unit is one region of one notebook cell, run in a kernel that has
the other cells' names, and judged by probes. cosmic-ray can be asked for the mutated text of a
module alone, but it cannot stay inside a region and knows none of the faults that matter here (the
wrong axis, a dropped transpose, two arguments exchanged, keepdim), so half of this module would be
needed anyway. What remains is small: the standard library's tree, changed at one place at a time.

Only the code between `### BEGIN SOLUTION` and `### END SOLUTION` is changed (all of the cell where
there are no such lines). Order and descriptions are the same on every run, so that a description
can stand in the mistakes file as an accepted survivor.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from autograder import syntax
from autograder.reference.mutation import OPERATORS, Operator, Place, changes, other_axes
from course.notebook_format import SOLUTION


@dataclass(frozen=True)
class Mutant:
    """A solution cell with one change. `line` is the line of the changed code in the cell."""

    index: int
    line: int
    description: str
    source: str
    kind: str  # the operator that made it
    old: str  # the code that was there


def mutants(
    source: str, limit: int | None = None, operators: tuple[Operator, ...] = OPERATORS
) -> list[Mutant]:
    """All different mutants of a solution cell, in the order of the code.

    Args:
        source: the cell, with its BEGIN/END SOLUTION lines.
        limit: keep at most so many, spread evenly over the code.
        operators: what may be changed.

    Raises:
        SyntaxError: the cell is not Python.
    """
    tree = syntax.parse(source)
    regions = solution_lines(source)
    seen = {ast.unparse(tree)}
    found: list[tuple[int, str, str, str, str]] = []
    names: dict[str, int] = {}
    for place, node, statement in list(_nodes(tree, regions)):
        for kind, new in changes(node, place, operators):
            text = _mutated(tree, place, node, new)
            if text in seen or not _compiles(text):
                continue
            seen.add(text)
            description = _describe(node, new, statement)
            names[description] = names.get(description, 0) + 1
            if names[description] > 1:
                description += f" ({names[description]})"
            line = getattr(node, "lineno", 0)
            found.append((line, description, text, kind, ast.unparse(node)))
    return [Mutant(i, *item) for i, item in enumerate(spread(found, limit))]


def all_axes(source: str) -> Iterator[Mutant]:
    """The solution with every axis that is written as one number changed to another one.

    A student who takes the wrong axis takes it everywhere: one place alone would not even run.
    """
    tree = syntax.parse(source)
    found: dict[int, list[tuple[Place, ast.AST]]] = {}
    for place, node, _ in _nodes(tree, solution_lines(source)):
        axis, _ = other_axes(node, place)
        if axis is not None:
            found.setdefault(axis, []).append((place, node))
    for axis, places in found.items():
        for other in other_axes(places[0][1], places[0][0])[1] if len(places) > 1 else ():
            description = f"every axis `{axis}` -> `{ast.unparse(other)}`"
            yield Mutant(0, 0, description, _all_put(tree, places, other), "axes", "")


def _all_put(tree: ast.Module, places: list[tuple[Place, ast.AST]], new: ast.AST) -> str:
    for place, _ in places:
        place.put(new)
    text = ast.unparse(ast.fix_missing_locations(tree))
    for place, old in places:
        place.put(old)
    return text


def solution_lines(source: str) -> set[int]:
    """Line numbers (from 1) inside the solution regions; every line if there is no region."""
    inside, lines = False, set()
    for number, line in enumerate(source.splitlines(), start=1):
        if SOLUTION.begin in line:
            inside = True
        elif SOLUTION.end in line:
            inside = False
        elif inside:
            lines.add(number)
    return lines or set(range(1, len(source.splitlines()) + 1))


def spread(items: list, limit: int | None) -> list:
    """At most so many of the items, from all over the list."""
    if limit is None or len(items) <= limit:
        return items
    return [items[i * len(items) // limit] for i in range(limit)]


# ------------------------------------------------------------------------------------ the tree
def _nodes(tree: ast.Module, lines: set[int]) -> Iterator[tuple[Place, ast.AST, ast.stmt]]:
    """Every node of the region that may be changed, with its place and its statement."""

    def walk(parent: ast.AST, statement: ast.stmt | None) -> Iterator:
        for place, node in _children(parent):
            inner = node if isinstance(node, ast.stmt) else statement
            if inner is not None and _inside(node, lines):
                yield place, node, inner
            yield from walk(node, inner)

    yield from walk(tree, None)


def _children(parent: ast.AST) -> Iterator[tuple[Place, ast.AST]]:
    for field, value in ast.iter_fields(parent):
        if field in ("annotation", "returns", "decorator_list") or _is_text(parent):
            continue
        if isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, ast.AST):
                    yield Place(parent, field, index), item
        elif isinstance(value, ast.AST):
            yield Place(parent, field, None), value


def _is_text(node: ast.AST) -> bool:
    """Messages are not behaviour: nothing inside an f-string, a raise or an assert's text."""
    return isinstance(node, (ast.JoinedStr, ast.Raise))


def _inside(node: ast.AST, lines: set[int]) -> bool:
    start, end = getattr(node, "lineno", None), getattr(node, "end_lineno", None)
    return start in lines and end in lines


def _mutated(tree: ast.Module, place: Place, old: ast.AST, new: ast.AST) -> str:
    place.put(new)
    try:
        return ast.unparse(ast.fix_missing_locations(tree))
    finally:
        place.put(old)


def _compiles(text: str) -> bool:
    try:
        compile(text, "<mutant>", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def _describe(old: ast.AST, new: ast.AST, statement: ast.stmt) -> str:
    header = _header(statement)
    if isinstance(new, ast.Pass):
        return f"removed `{header}`"
    before, after = _header(old), _header(new)
    return f"`{before}` -> `{after}`" + ("" if before == header else f" in `{header}`")


def _header(node: ast.AST) -> str:
    """A node as one line of code; of a compound statement its first line."""
    return ast.unparse(node).splitlines()[0]
