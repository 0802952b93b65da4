"""The open challenges of the weeks: curves that rise, rivals in order, secrets that count."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from autograder.challengebook import CHALLENGES, _module, _rivals
from course.challenges.measures import MEASURES
from course.challenges.task import complaint

WEEKS = sorted(path.stem for path in CHALLENGES.glob("week*.py"))


def module(week: str):
    return _module(CHALLENGES / f"{week}.py")


@pytest.mark.parametrize("week", WEEKS)
def test_points_rise_with_better_scores(week: str) -> None:
    """From nothing to the whole points, place by place; fewer bits, more recall and wins."""
    task = module(week).CHALLENGE
    sign = {"bits": -1, "recall": 1, "wins": 1, "likeness": 1, "f1": 1}[task.measure]
    assert task.curve[0][1] == 0 and task.curve[-1][1] == 5
    steps = pairwise(task.curve)
    assert all(sign * (b[0] - a[0]) > 0 and a[1] < b[1] for a, b in steps)


@pytest.mark.parametrize("week", WEEKS)
def test_rivals_stand_from_naive_to_good(week: str) -> None:
    """At least three, what they must earn rises, and the first earns nothing."""
    rivals = _rivals(CHALLENGES / "entries" / f"{week}.py")
    assert len(rivals) >= 3 and (rivals[0].least, rivals[0].most) == (0, 0)
    assert all(one.most < other.most for one, other in pairwise(rivals))


@pytest.mark.slow
@pytest.mark.parametrize("week", WEEKS)
def test_a_secret_draws_a_set_that_practice_does_not_hold(week: str) -> None:
    """Another seed, other contexts; the same form; an even guess costs log2 of the classes in
    bits, wins half of all comparisons, is right once in as many as there are classes, looks
    like no image, and chooses too much where few may be chosen."""
    found = module(week)
    task, hidden = found.CHALLENGE, found.hidden("a secret")
    practice = task.practice()
    assert len(hidden.contexts) == len(hidden.targets) >= 2000
    assert hidden.targets[:200] != practice.targets[:200]
    assert not hidden.examples or hidden.examples != practice.examples
    texts = isinstance(hidden.contexts[0], str)
    if hidden.examples and texts:  # another thing is asked: a text that both hold has two answers
        shared = set(hidden.contexts) & set(practice.contexts)
        answers = [dict(zip(d.contexts, d.targets, strict=True)) for d in (hidden, practice)]
        assert sum(answers[0][t] == answers[1][t] for t in shared) <= 0.6 * len(shared)
    elif texts:  # logits behind five equal characters are equal
        assert not set(hidden.contexts) & set(practice.contexts)
    size = len(task.classes)
    table = np.full((len(hidden.targets), size), 1 / size, np.float32)
    assert complaint(table, len(hidden.contexts), size) == ""
    if task.measure == "f1":  # an even row chooses everything
        assert f"chooses {size} candidates" in MEASURES["f1"].complaint(table)
        return
    even_scores = {"bits": np.log2(size), "recall": 100 / size, "wins": 50.0, "likeness": 0.0}
    even = even_scores[task.measure]
    assert MEASURES[task.measure].complaint(table) == ""
    assert MEASURES[task.measure].score(table, hidden.targets) == pytest.approx(even, abs=1e-4)


def test_the_students_part_holds_no_hidden_set() -> None:
    """Below course/ a challenge draws its practice alone; the hidden draw is the grader's."""
    for path in (Path(__file__).resolve().parents[2] / "course" / "weeks").glob("*/challenge.py"):
        text = path.read_text("utf-8")
        assert "def hidden" not in text and 'practice"' in text
