"""`autograder doctor`: one row a check, and one verdict at the end."""

from __future__ import annotations

from autograder.cli.doctor import one_row_a_check, verdict
from autograder.sandbox.selftest import Finding


def test_both_ways_to_start_share_a_row() -> None:
    """What is alike is said once; what differs is told with the start that showed it."""
    cold = [Finding("alike", True, "yes"), Finding("a bomb", True, "refused")]
    warm = [Finding("alike", True, "yes"), Finding("a bomb", True, "killed")]
    rows = one_row_a_check({"cold start": cold, "warm start": warm})
    assert [(row.name, row.detail) for row in rows] == [
        ("alike", "yes"),
        ("a bomb", "cold start: refused; warm start: killed"),
    ]
    assert all(row.ok and not row.remedy for row in rows)


def test_a_check_that_fails_at_one_start_fails() -> None:
    """Which start it was is in the row, even when both saw the same."""
    rows = one_row_a_check(
        {"cold start": [Finding("a", True, "seen")], "warm start": [Finding("a", False, "seen")]}
    )
    assert [(row.ok, row.detail) for row in rows] == [(False, "cold start: seen; warm start: seen")]


def test_the_verdict_comes_once() -> None:
    """Rows that are ok say nothing about grading; the last row names what is wrong."""
    good, bad = Finding("a", True, "x"), Finding("b", False, "y", "do this")
    assert verdict([good]) == Finding("verdict", True, "this machine can grade")
    wrong = verdict([good, bad])
    assert not wrong.ok
    assert wrong.detail == "do not grade on this machine: b"
