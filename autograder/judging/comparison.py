"""Compare an answer with the reference: the one comparison behind verdicts and their explanations.

First the answer is *settled*: every number in it that lies within the probe's tolerance of the
reference's number at the same place is written as the reference writes it. The relative tolerance
counts for a number itself and for the largest number of its array, whichever allows more. Then
nbval's own `IPyNbCell.compare_outputs` compares both as plain text, exactly. Whatever still stands
out in the settled answer is what feedback speaks of, so verdict and explanation cannot disagree.

Whole numbers must be equal; NaN never equals anything.
"""

from __future__ import annotations

import itertools
import math
import re
from functools import cache
from typing import Any, ClassVar

from nbformat import NotebookNode

from course.probes import render

# Possessive (`++`): a text of 20,000 digits that is no number would else be read 20,000 times
NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d++\.?\d*+|\.\d++)(?:[eE][-+]?\d++)?(?![\w.])")
WHOLE = re.compile(r"[-+]?\d++")


@cache
def nbval_comparator() -> type:
    """nbval's comparison of two lists of outputs, without its pytest item and its kernel.

    It is made when something is compared first: nbval imports pytest, which takes a fifth of the
    time in which a run starts, and a run imports it while the sandbox is tried.
    """
    from nbval.plugin import IPyNbCell, nocolors

    class NbvalComparator:
        compare_outputs = IPyNbCell.compare_outputs
        sanitize = IPyNbCell.sanitize
        colors = nocolors
        sanitize_patterns: ClassVar[dict] = {}
        skip_compare = ("metadata", "traceback", "output_type", "execution_count")

        def __init__(self) -> None:
            self.parent = self  # nbval reads sanitize_patterns and skip_compare from the parent
            self.comparison_traceback: list[str] = []

        def format_output_compare(self, key: str, left: Any, right: Any) -> None:
            """nbval prints both sides here. The reference must not be shown: nothing is kept."""

    return NbvalComparator


def same_value(answer: dict, reference: dict, rtol: float, atol: float) -> bool:
    """Whether two probe bundles show the same value (see course.probes.bundle)."""
    return not _has_nan(answer) and looks_same(answer, reference, rtol, atol)


def looks_same(answer: dict, reference: dict, rtol: float, atol: float) -> bool:
    """As `same_value`, but NaN looks like NaN: for recognising an answer, not for passing it."""
    answer = settled(answer, reference, rtol, atol)
    if answer == reference:  # what is the same is shown the same: nothing is left to compare
        return True
    return bool(nbval_comparator()().compare_outputs([_as_output(answer)], [_as_output(reference)]))


def _has_nan(value: dict) -> bool:
    """Whether a number in a bundle is NaN; a text may well hold the word."""
    if value["kind"] == "array":
        return "nan" in value["values"]
    items = value.get("items", [])
    parts = itertools.chain.from_iterable(items) if value["kind"] == "mapping" else items
    return any(_has_nan(part) for part in parts)


def _as_output(value: dict) -> NotebookNode:
    # made by hand: nbformat's own constructors validate, which costs more than comparing
    return NotebookNode(
        output_type="display_data", data=NotebookNode({"text/plain": render(value)})
    )


# ------------------------------------------------------------------------------------ settling
def settled(answer: dict, reference: dict, rtol: float, atol: float) -> dict:
    """The answer with the reference's numbers in place of its own where they are close enough."""
    kind = answer["kind"]
    if kind != reference["kind"]:
        return answer
    if kind == "array":
        return _settled_array(answer, reference, rtol, atol)
    if kind in ("sequence", "set", "mapping"):
        return {"kind": kind, "items": _settled_items(kind, answer, reference, rtol, atol)}
    if kind == "text":
        return {**answer, "text": settled_text(answer["text"], reference["text"], rtol, atol)}
    if kind == "error":
        message = settled_text(answer["message"], reference["message"], rtol, atol)
        return {**answer, "message": message}
    return answer


def _settled_items(kind: str, answer: dict, reference: dict, rtol: float, atol: float) -> list:
    mine, theirs = answer["items"], reference["items"]
    if len(mine) != len(theirs):
        return mine
    pairs = zip(mine, theirs, strict=True)
    if kind != "mapping":
        return [settled(one, other, rtol, atol) for one, other in pairs]
    return [
        [settled(one, other, rtol, atol) for one, other in zip(*pair, strict=True)]
        for pair in pairs
    ]


def _settled_array(answer: dict, reference: dict, rtol: float, atol: float) -> dict:
    """Settled if the shapes agree and the types too; for single numbers 3.0 is as good as 3."""
    types = {answer["dtype"], reference["dtype"]}
    if answer["shape"] != reference["shape"] or (
        len(types) > 1 and (answer["shape"] or "bool" in types)
    ):
        return answer
    exact = "float" not in types
    room = max(atol, rtol * _scale(reference["values"]))
    pairs = zip(answer["values"], reference["values"], strict=True)
    values = [
        theirs if mine == theirs or (not exact and close(mine, theirs, rtol, room)) else mine
        for mine, theirs in pairs
    ]
    return {**reference, "values": values}


def _scale(values: list) -> float:
    """The largest number of an array: what rounding errors of its small numbers are measured by.

    Where large parts cancel, a right answer computed in float32 is off by a share of the parts, not
    of what is left of them.
    """
    sizes = (abs(float(value)) for value in values)
    return max((size for size in sizes if math.isfinite(size)), default=0.0)


def close(mine: float | str, theirs: float | str, rtol: float, atol: float) -> bool:
    """Whether two numbers lie within the tolerance; infinities equal themselves, NaN nothing."""
    return math.isclose(float(mine), float(theirs), rel_tol=rtol, abs_tol=atol)


def settled_text(mine: str, theirs: str, rtol: float, atol: float) -> str:
    """A text settled number by number, where all around the numbers is the same to the letter."""
    if NUMBER.split(mine) != NUMBER.split(theirs):
        return mine
    pairs = zip(NUMBER.findall(mine), NUMBER.findall(theirs), strict=True)
    same = all(one == other or _close_words(one, other, rtol, atol) for one, other in pairs)
    return theirs if same else mine


def _close_words(mine: str, theirs: str, rtol: float, atol: float) -> bool:
    if WHOLE.fullmatch(mine) and WHOLE.fullmatch(theirs):
        return False
    return close(mine, theirs, rtol, atol)
