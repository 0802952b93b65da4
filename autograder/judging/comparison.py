"""Compare outputs as nbval does, with a tolerance for the numbers in them.

nbval's own `IPyNbCell.compare_outputs` and `sanitize` do the comparing; only the text they compare
is ours: it equals another text when everything but the numbers is the same to the letter and every
number lies within rtol and atol. Two whole numbers must be equal; NaN never equals anything.
"""

from __future__ import annotations

import itertools
import math
import re
from typing import Any, ClassVar

from nbformat import NotebookNode
from nbval.plugin import IPyNbCell, nocolors

from course.probes import render

# Possessive (`++`): a text of 20,000 digits that is no number would else take its square in steps
NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d++\.?\d*+|\.\d++)(?:[eE][-+]?\d++)?(?![\w.])")
WHOLE = re.compile(r"[-+]?\d+")


class TolerantText(str):
    """A text whose numbers compare within a tolerance."""

    rtol: float
    atol: float

    def __new__(cls, text: str, rtol: float, atol: float) -> TolerantText:
        made = super().__new__(cls, text)
        made.rtol, made.atol = rtol, atol
        return made

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, str) or NUMBER.split(self) != NUMBER.split(other):
            return False
        pairs = zip(NUMBER.findall(self), NUMBER.findall(other), strict=True)
        return all(self._close(mine, theirs) for mine, theirs in pairs)

    def _close(self, mine: str, theirs: str) -> bool:
        if mine == theirs:
            return True
        if WHOLE.fullmatch(mine) and WHOLE.fullmatch(theirs):
            return False
        return math.isclose(float(mine), float(theirs), rel_tol=self.rtol, abs_tol=self.atol)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


class NbvalComparator:
    """nbval's comparison of two lists of outputs, without its pytest item and its kernel."""

    compare_outputs = IPyNbCell.compare_outputs
    colors = nocolors
    sanitize_patterns: ClassVar[dict] = {}
    skip_compare = ("metadata", "traceback", "output_type", "execution_count")

    def __init__(self, rtol: float, atol: float) -> None:
        self.rtol, self.atol = rtol, atol
        self.parent = self  # nbval reads sanitize_patterns and skip_compare from the parent
        self.comparison_traceback: list[str] = []

    def sanitize(self, value: Any) -> Any:
        value = IPyNbCell.sanitize(self, value)
        return TolerantText(value, self.rtol, self.atol) if isinstance(value, str) else value

    def format_output_compare(self, key: str, left: Any, right: Any) -> None:
        """nbval prints both sides here. The reference must not be shown, so nothing is kept."""


def same_outputs(
    test: list[NotebookNode], reference: list[NotebookNode], rtol: float, atol: float
) -> bool:
    """Whether nbval, with this tolerance, finds the outputs equal."""
    return bool(NbvalComparator(rtol, atol).compare_outputs(test, reference))


def same_value(test: dict, reference: dict, rtol: float, atol: float) -> bool:
    """Whether two probe bundles show the same value (see course.probes.bundle)."""
    return not _has_nan(test) and same_outputs(
        [_as_output(test)], [_as_output(reference)], rtol, atol
    )


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
