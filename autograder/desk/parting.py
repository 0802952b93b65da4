"""Where an answer first parts from the right one, in a person's words."""

from __future__ import annotations

import math

from autograder.judging.comparison import settled


def first_difference(answer: dict, right: dict, rtol: float, atol: float) -> str:
    """The first place at which two bundles differ beyond the tolerance; empty if nowhere.

    Args:
        answer: the student's (see course.probes.bundle).
        right: the reference's.
        rtol, atol: the probe's.
    """
    return _parting(settled(answer, right, rtol, atol), right, "")


def _parting(mine: dict, theirs: dict, place: str) -> str:
    where = f"at {place}: " if place else ""
    if mine["kind"] != theirs["kind"]:
        return f"{where}{_kind(mine)}, right is {_kind(theirs)}"
    if mine["kind"] == "array":
        return _in_arrays(mine, theirs, place)
    if "items" not in mine:
        return "" if mine == theirs else f"{where}another text"
    if len(mine["items"]) != len(theirs["items"]):
        return f"{where}{len(mine['items'])} items, right are {len(theirs['items'])}"
    pairs = zip(mine["items"], theirs["items"], strict=True)
    if mine["kind"] == "mapping":
        return next((f"{where}entry {n}" for n, (one, other) in enumerate(pairs) if one != other),
                    "")  # fmt: skip
    found = (_parting(one, other, f"{place}[{n}]") for n, (one, other) in enumerate(pairs))
    return next(filter(None, found), "")


def _kind(value: dict) -> str:
    return f"an error ({value['type']})" if value["kind"] == "error" else f"a {value['kind']}"


def _in_arrays(mine: dict, theirs: dict, place: str) -> str:
    where = f"at {place}: " if place else ""
    if mine["shape"] != theirs["shape"]:
        return f"{where}shape {tuple(mine['shape'])}, right is {tuple(theirs['shape'])}"
    if mine["dtype"] != theirs["dtype"] and mine["values"] == theirs["values"]:
        return f"{where}type {mine['dtype']}, right is {theirs['dtype']}"
    pairs = zip(mine["values"], theirs["values"], strict=True)
    for number, (one, other) in enumerate(pairs):
        if one != other:
            return f"at {place}{_index(number, mine['shape'])}: {one}, right is {other}"
    return ""


def _index(number: int, shape: list[int]) -> str:
    """The place of a number in an array, as numpy counts: last axis fastest."""
    words = []
    for axis in range(len(shape)):
        step = math.prod(shape[axis + 1 :])
        words.append(f"[{number // step % shape[axis]}]")
    return "".join(words)
