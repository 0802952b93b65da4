"""Say how an answer differs from the reference without saying what the reference is."""

from __future__ import annotations

import math

from autograder.judging.error_texts import shown_error

KINDS = {
    "array": "a tensor or number", "sequence": "a list or tuple", "set": "a set",
    "mapping": "a dictionary", "text": "a text", "bytes": "bytes", "none": "None",
    "error": "an error",
}  # fmt: skip


def describe_difference(answer: dict, expected: dict) -> str:
    """One sentence on shapes, NaN share and the size of the difference; never the expected value.

    The size is given as a power of ten, so that it cannot be added to a wrong number to get the
    right one.
    """
    if answer["kind"] == "error":
        return f"your code raised {shown_error(answer['type'], answer['message'])}"
    if answer["kind"] != expected["kind"]:
        return f"the answer is {KINDS[answer['kind']]}, expected {_expected_kind(expected)}"
    if answer["kind"] == "array":
        return _arrays(answer, expected)
    if answer["kind"] in ("sequence", "set"):
        return _sequences(answer["items"], expected["items"])
    if answer["kind"] == "mapping":
        return _mappings(answer["items"], expected["items"])
    return f"the answer is {KINDS[answer['kind']]}, but a different one"


def _expected_kind(expected: dict) -> str:
    return "an exception to be raised" if expected["kind"] == "error" else KINDS[expected["kind"]]


def _arrays(answer: dict, expected: dict) -> str:
    if answer["shape"] != expected["shape"]:
        return f"shape {_shape(answer)}, expected {_shape(expected)}"
    if answer["dtype"] != expected["dtype"] and answer["shape"]:
        return f"the values are of type {answer['dtype']}, expected {expected['dtype']}"
    values = answer["values"]
    nans = values.count("nan")
    if nans:
        return f"{_share(nans, len(values))} NaN"
    pairs = list(zip(map(float, values), map(float, expected["values"]), strict=True))
    wrong = [(a, b) for a, b in pairs if not math.isclose(a, b, rel_tol=1e-5, abs_tol=1e-8)]
    if not wrong:
        return "the values differ in the last digits"
    largest = max(abs(a - b) for a, b in wrong)
    return f"{_share(len(wrong), len(values))} wrong; the largest difference is {_size(largest)}"


def _share(count: int, total: int) -> str:
    if total == 1:
        return "the number is"
    return f"{count} of {total} numbers {'is' if count == 1 else 'are'}"


def _size(difference: float) -> str:
    if math.isnan(difference) or math.isinf(difference):
        return "infinite"
    return f"of the order of {10.0 ** math.floor(math.log10(difference)):g}"


def _shape(value: dict) -> str:
    if not value["shape"]:
        return "() (a single number)"
    return (
        "(" + ", ".join(map(str, value["shape"])) + ("," if len(value["shape"]) == 1 else "") + ")"
    )


def _sequences(answer: list, expected: list) -> str:
    if len(answer) != len(expected):
        return f"{len(answer)} items, expected {len(expected)}"
    for index, (mine, theirs) in enumerate(zip(answer, expected, strict=True)):
        if mine != theirs:
            return f"item {index}: {describe_difference(mine, theirs)}"
    return "the items differ"


def _mappings(answer: list, expected: list) -> str:
    mine, theirs = ({repr(key): value for key, value in pairs} for pairs in (answer, expected))
    if mine.keys() != theirs.keys():
        missing, extra = len(theirs.keys() - mine.keys()), len(mine.keys() - theirs.keys())
        return f"{missing} keys are missing and {extra} should not be there"
    wrong = sum(mine[key] != theirs[key] for key in mine)
    return f"{wrong} of {len(mine)} values differ"
