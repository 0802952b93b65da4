"""The judge of open challenges: what a kernel displayed is a table of distributions, or nothing."""

from __future__ import annotations

import base64
import math

import numpy as np
import pytest

from autograder.judging.challenges import judge_entry, read_entries, score_of
from autograder.judging.error_texts import LIBRARY
from autograder.model import (
    CellEnd,
    CellRun,
    ChallengeReference,
    CheckReference,
    Execution,
    Reference,
    Verdict,
)
from autograder.stages.judge import judge
from autograder.stages.outputs import checked_output
from autograder.stored import as_json, from_json
from course.challenges.entries import MIME

ASKED = ChallengeReference(
    "bits", 4.0, "bits a letter", 2, (0, 1, 0, 1), ((1.0, 0.0), (0.5, 4.0)), 100, own=0.4
)
RIGHT = np.array([[0.8, 0.2], [0.2, 0.8]] * 2)


def shown(table: np.ndarray = RIGHT, **changes: object) -> dict:
    """The display of an entry, as it comes from a kernel."""
    data = base64.b64encode(table.astype("<f4").tobytes()).decode()
    value = {"label": "bits", "points": 4, "shape": list(table.shape), "data": data, "numbers": 9}
    return output({**value, **changes})


def output(value: object) -> dict:
    return {"output_type": "display_data", "data": {MIME: value}, "metadata": {}}


def verdict(*outputs: dict):
    return judge_entry(outputs, ASKED, LIBRARY)


def test_a_good_entry_earns_points_along_the_curve() -> None:
    """Four times -log2 of 0.8 is 0.32 bits: all points; 0.6 is 0.74 bits: half of them."""
    best = verdict(shown())
    assert (best.verdict, best.points) == (Verdict.PASS, 4.0)
    assert best.reason == "0.32 bits a letter: 4 of 4 points; the course's own entry has 0.40"
    some = verdict(shown(np.array([[0.6, 0.4], [0.4, 0.6]] * 2)))
    assert (some.verdict, some.points, some.max_points) == (Verdict.PARTLY, 2.0, 4.0)
    assert some.reason.startswith("0.74 bits a letter: 2 of 4 points; 0.62 would earn 3;")
    none = verdict(shown(np.full((4, 2), 0.5)))
    assert (none.verdict, none.points) == (Verdict.WRONG, 0.0)


INVALID = {
    "NaN": (shown(np.full((4, 2), np.nan)), "NaN"),
    "negative": (shown(np.array([[1.2, -0.2]] * 4)), "negative"),
    "sums to two": (shown(2 * RIGHT), "sum to 1"),
    "unnormalised counts": (shown(np.array([[3.0, 5.0]] * 4)), "sum to 1"),
    "infinite": (shown(np.array([[np.inf, 0.0]] * 4)), "sum to 1"),
    "certain and wrong": (shown(1 - np.round(RIGHT)), "a probability of 0 for what came"),
    "one row too few": (shown(RIGHT[:3]), "no table of 4 rows"),
    "one row too many": (shown(np.vstack([RIGHT, RIGHT[:1]])), "no table of 4 rows"),
    "one column too many": (shown(np.full((4, 3), 1 / 3)), "2 columns"),
    "turned": (shown(RIGHT.T.copy()), "no table of 4 rows"),
    "too many numbers": (shown(numbers=101), "more than 100 numbers"),
    "the shape lies": (shown(shape=[4, 4]), "no entry"),
    "a negative shape": (shown(shape=[-4, -2]), "no entry"),
    "a shape of a billion": (shown(shape=[10**9, 10**9]), "no entry"),
    "a shape of truths": (shown(shape=[True, True]), "no entry"),
    "three dimensions": (shown(shape=[2, 2, 2]), "no entry"),
    "no base64": (shown(data="#" * 44), "no entry"),
    "data too short": (shown(data="AAAA"), "no entry"),
    "data is a list": (shown(data=[0.5] * 8), "no entry"),
    "numbers is a text": (shown(numbers="9"), "no entry"),
    "numbers is true": (shown(numbers=True), "no entry"),
    "points alone": (output({"label": "bits", "points": 4}), "no entry"),
    "a score": (output({"label": "bits", "points": 4, "score": 0.1}), "no entry"),
}


@pytest.mark.parametrize("name", INVALID)
def test_what_is_no_entry_earns_nothing_and_is_a_sentence(name: str) -> None:
    """Every broken table and every forged display: 0 points, and the reason."""
    display, why = INVALID[name]
    found = verdict(checked_output(display))
    assert (found.points, found.max_points) == (0.0, 4.0)
    assert found.verdict is Verdict.WRONG and why in found.reason


def test_two_entries_are_none() -> None:
    """Who displays two tables does not get the better one."""
    found = verdict(shown(np.full((4, 2), 0.5)), shown())
    assert (found.points, found.reason) == (0.0, "several entries were displayed")
    assert score_of((shown(), output({"label": "bits"})), ASKED)[0] is None


@pytest.mark.parametrize(
    "value", [None, [], "bits", {"label": 3}, {"label": None, "data": ""}, {"points": 4}]
)
def test_what_has_no_label_is_not_there(value: object) -> None:
    """Then nothing was displayed, and the check's end says why."""
    assert read_entries((output(value),)) == {}
    assert verdict(output(value)) is None


def test_an_error_of_the_entry_is_told_as_everywhere() -> None:
    """Python's own words with known names; nothing else that a kernel chose to say."""
    found = verdict(output({"label": "bits", "error": ["ZeroDivisionError", "division by zero"]}))
    assert (found.verdict, found.reason) == (Verdict.ERROR, "ZeroDivisionError: division by zero")
    secret = verdict(output({"label": "bits", "error": ["ValueError", "the hidden text is xyzzy"]}))
    assert "xyzzy" not in secret.reason
    memory = verdict(output({"label": "bits", "error": ["MemoryError", ""]}))
    assert memory.verdict is Verdict.MEMORY_LIMIT


@pytest.mark.parametrize(
    ("end", "expected"),
    [(CellEnd.TIME_LIMIT, Verdict.TIME_LIMIT), (CellEnd.OUTPUT_LIMIT, Verdict.OUTPUT_LIMIT),
     (CellEnd.DEAD_KERNEL, Verdict.DEAD_KERNEL), (CellEnd.OK, Verdict.WRONG)],
)  # fmt: skip
def test_without_an_entry_the_end_of_the_cell_is_told(end: CellEnd, expected: Verdict) -> None:
    """An entry that takes too long, shows too much, or shows nothing: 0, and why."""
    check = CheckReference("check_bits", 4.0, (), challenge=ASKED)
    run = Execution("w/s", (CellRun(0, "check_bits", end),), 1.0)
    (found,) = judge(run, Reference("w", "n", "s", "k", (check,), 1.0)).checks
    assert (found.verdict, found.points, found.max_points) == (expected, 0.0, 4.0)
    assert found.probes[0].reason


def test_a_reference_with_a_challenge_is_kept_and_read() -> None:
    """Targets, curve and the course's own score survive the cache."""
    check = CheckReference("check_bits", 4.0, (), challenge=ASKED)
    kept = Reference("w", "n", "s", "k", (check,), 1.0)
    assert from_json(Reference, as_json(kept)) == kept
    assert math.isclose(kept.checks[0].challenge.own, 0.4)
