"""Read the probes that a kernel displayed. The kernel is not trusted: what has not exactly the
shape of a probe is no evidence."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from autograder.model import Evidence
from course.probes import MAX_DEPTH, MAX_TEXT, MAX_VALUES, MIME

MAX_ITEMS = 20_000  # numbers and texts in one probe, all levels together
INTEGERS = 2**63


class Malformed(ValueError):
    """What was displayed is not a probe."""


def read_evidence(outputs: Iterable[dict]) -> dict[str, list[Evidence]]:
    """The probes among outputs, by label, in the order of display. Malformed ones are left out."""
    found: dict[str, list[Evidence]] = {}
    for output in outputs:
        shown = output.get("data", {}).get(MIME)
        if shown is None:
            continue
        try:
            evidence = _evidence(shown)
        except Malformed:
            continue
        found.setdefault(evidence.label, []).append(evidence)
    return found


def _evidence(shown: Any) -> Evidence:
    if not isinstance(shown, dict) or not isinstance(shown.get("label"), str):
        raise Malformed("no label")
    value = checked(shown.get("value"))
    points, rtol, atol = (_finite(shown.get(key)) for key in ("points", "rtol", "atol"))
    return Evidence(shown["label"][:200], value, points, rtol, atol)


def _finite(value: Any) -> float:
    """A float; a whole number of 400 digits, which no float holds, is malformed too."""
    if type(value) is int and abs(value) < INTEGERS:
        return float(value)
    if type(value) is float and math.isfinite(value):
        return value
    raise Malformed("not a finite number")


def checked(value: Any) -> dict:
    """A bundle rebuilt field by field from untrusted JSON.

    Raises:
        Malformed: it is not a bundle that `course.probes.bundle` could have made.
    """
    return _Checker().bundle(value, 0)


class _Checker:
    def __init__(self) -> None:
        self.items = 0

    def bundle(self, value: Any, depth: int) -> dict:
        self._count(1)
        if not isinstance(value, dict) or depth > MAX_DEPTH:
            raise Malformed("not a bundle")
        kind = value.get("kind")
        if kind == "none":
            return {"kind": kind}
        if kind in ("text", "bytes"):
            return {"kind": kind, "text": self._text(value.get("text"))}
        if kind == "error":
            return {
                "kind": kind,
                "type": self._text(value.get("type"))[:80],
                "message": self._text(value.get("message"))[:300],
            }
        if kind in ("sequence", "set"):
            items = self._list(value.get("items"))
            return {"kind": kind, "items": [self.bundle(item, depth + 1) for item in items]}
        if kind == "mapping":
            pairs = self._list(value.get("items"))
            return {"kind": kind, "items": [self._pair(pair, depth) for pair in pairs]}
        if kind == "array":
            return self._array(value)
        raise Malformed("unknown kind")

    def _count(self, items: int) -> None:
        self.items += items
        if self.items > MAX_ITEMS:
            raise Malformed("too many items")

    def _text(self, value: Any) -> str:
        if not isinstance(value, str) or len(value) > 2 * MAX_TEXT:
            raise Malformed("not a text")
        return value

    def _list(self, value: Any) -> list:
        if not isinstance(value, list) or len(value) > MAX_VALUES:
            raise Malformed("not a list")
        return value

    def _pair(self, value: Any, depth: int) -> list[dict]:
        if not isinstance(value, list) or len(value) != 2:
            raise Malformed("not a pair")
        return [self.bundle(value[0], depth + 1), self.bundle(value[1], depth + 1)]

    def _array(self, value: dict) -> dict:
        dtype, shape = value.get("dtype"), self._list(value.get("shape"))
        if dtype not in ("bool", "int", "float") or len(shape) > 16:
            raise Malformed("not an array")
        if not all(type(size) is int and 0 <= size <= MAX_VALUES for size in shape):
            raise Malformed("not a shape")
        values = [_number(item) for item in self._list(value.get("values"))]
        if len(values) != math.prod(shape):
            raise Malformed("shape and values disagree")
        self._count(len(values))
        return {"kind": "array", "dtype": dtype, "shape": shape, "values": values}


def _number(value: Any) -> float | int | str:
    if value in ("nan", "inf", "-inf"):
        return str(value)
    if type(value) is int and abs(value) < INTEGERS:
        return value
    if type(value) is float and math.isfinite(value):
        return value
    raise Malformed("not a number")
