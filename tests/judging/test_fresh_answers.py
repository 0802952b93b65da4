"""Wrong answers by somebody who had seen the released notebooks only: named, and never wrongly.

Every second wrong answer of each file is held out: nothing was tuned on it.
"""

from __future__ import annotations

import pytest
from fresh_answers import WEEKS, Tried, tried

NAMED, FULL = 0.7, 0.05  # at least, at most: shares of a week's wrong answers

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=WEEKS)
def answers(request: pytest.FixtureRequest) -> list[Tried]:
    """All answers of one week with their verdicts."""
    return tried(request.param)


def test_no_right_answer_loses_a_point(answers: list[Tried]) -> None:
    """However it is written."""
    assert [one.answer.source for one in answers if one.answer.right and not one.full] == []


@pytest.mark.parametrize("held_out", [False, True], ids=["known", "held out"])
def test_wrong_answers_lose_points_and_are_named(answers: list[Tried], held_out: bool) -> None:
    """At least seven of ten are named; next to none keeps full marks."""
    wrong = [one for one in answers if not one.answer.right and one.answer.held_out is held_out]
    named = [one for one in wrong if one.name]
    full = [one.answer.cause for one in wrong if one.full]
    assert len(named) >= NAMED * len(wrong), [one.answer.cause for one in wrong if not one.name]
    assert len(full) <= FULL * len(wrong), full


def test_no_name_is_wrong(answers: list[Tried]) -> None:
    """A name that nobody has read beside the cause fails here: if it is true, write it down."""
    strange = [
        (one.answer.exercise, one.answer.cause, one.name, one.verdict.mistake.en)
        for one in answers
        if one.verdict.mistake and one.name not in one.answer.names
    ]
    assert strange == []
