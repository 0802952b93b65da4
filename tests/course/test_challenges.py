"""Open challenges as a student meets them: the curve, the practice, what an entry may hold."""

from __future__ import annotations

import math
import random
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import nn

from course.challenges import (
    Challenge,
    Windows,
    challenge,
    count_numbers,
    hand_over,
    load_weights,
    practise,
    weights_to_text,
)
from course.challenges import entries as kernel_side
from course.challenges.entries import MIME, Refused, pack, unpack
from course.challenges.task import bits, complaint, points_for, score_for, told
from course.challenges.text_machine import windows, written_text

FEWER = ((4.0, 0.0), (3.0, 1.0), (2.5, 3.0), (2.0, 5.0))  # fewer is better
MORE = ((0.25, 0.0), (0.5, 2.0), (0.9, 4.0))
TASK = Challenge(
    "letters", "bits a letter", "ab", ((1.0, 0), (0.5, 2)),
    practice=lambda: Windows(("a", "b", "a", "b"), (1, 0, 1, 1)), numbers=10,
)  # fmt: skip


@pytest.mark.parametrize(
    ("score", "points"),
    [(9.0, 0), (4.0, 0), (3.5, 0.5), (3.0, 1), (2.76, 1.5), (2.5, 3), (2.0, 5), (0.0, 5),
     (math.inf, 0), (math.nan, 0)],
)  # fmt: skip
def test_points_follow_the_curve_in_halves(score: float, points: float) -> None:
    """Worked by hand: straight lines between the places, rounded down, nothing beyond the ends."""
    assert points_for(FEWER, score) == points


def test_where_more_is_better_the_curve_rises_too() -> None:
    """A share of right answers, for example."""
    assert [points_for(MORE, x) for x in (0.1, 0.25, 0.375, 0.5, 0.7, 0.9, 1.0)] == [
        0, 0, 1, 2, 3, 4, 4,
    ]  # fmt: skip


@pytest.mark.parametrize("curve", [FEWER, MORE])
def test_a_score_that_earns_points_is_told_exactly(curve: tuple) -> None:
    """What `score_for` says is enough, and a little less is not."""
    for points in np.arange(0.5, curve[-1][1] + 0.1, 0.5):
        needed = score_for(curve, points)
        worse = needed + 0.001 * np.sign(curve[0][0] - curve[-1][0])
        assert points_for(curve, needed) == points
        assert points_for(curve, worse) == points - 0.5


def test_the_sentence_tells_what_is_next_and_what_the_course_has() -> None:
    """Score, points, the next whole point, the course's own; no next at the top."""
    said = told(FEWER, "bits a character", 2.5, own=2.02)
    assert said == (
        "2.50 bits a character: 3 of 5 points; 2.25 would earn 4; the course's own entry has 2.02"
    )
    assert told(FEWER, "bits", 1.9) == "1.90 bits: 5 of 5 points"
    assert told(FEWER, "bits", math.inf).startswith("a probability of 0 for what came: 0 of 5")


def test_bits_are_shannons() -> None:
    """Worked by hand: 1/2, 1/4 and 1/8 cost 1, 2 and 3 bits; a row that sums to 0.9995 counts as
    one that sums to 1; nothing for what comes is infinite."""
    table = np.array([[0.5, 0.5], [0.25, 0.75], [0.125, 0.875]], np.float32)
    assert bits(table, (0, 0, 0)) == pytest.approx(2.0)
    assert bits(table * np.float32(0.9995), (0, 0, 0)) == pytest.approx(2.0)
    assert bits(np.array([[0.0, 1.0]], np.float32), (0,)) == math.inf


@pytest.mark.parametrize(
    ("table", "why"),
    [
        (np.full((3, 2), 0.5), ""),
        (np.full((2, 2), 0.5), "no table of 3 rows and 2 columns"),
        (np.full((3, 3), 1 / 3), "no table"),
        (np.full((3, 2, 1), 0.5), "no table"),
        (np.full((3, 2), 0.6), "do not sum to 1"),
        (np.array([[1.5, -0.5]] * 3), "negative"),
        (np.array([[np.nan, 1.0]] * 3), "NaN"),
        (np.array([[np.inf, 0.0]] * 3), "do not sum to 1"),
        (np.array([[1.0, 0.0]] * 3), ""),
    ],
)
def test_what_is_no_distribution_is_a_sentence(table: np.ndarray, why: str) -> None:
    """Shape, NaN, negative numbers, sums: each has its own words."""
    found = complaint(table.astype(np.float32), 3, 2)
    assert (why in found) if why else found == ""


def test_a_student_scores_an_entry_on_the_practice_set(capsys) -> None:
    """The same sentence as in the feedback, the numbers held, and the time."""

    def entry(contexts: list[str]) -> np.ndarray:
        return np.array([[0.25, 0.75] if c == "a" else [0.75, 0.25] for c in contexts])

    score = practise(TASK, entry)
    assert score == pytest.approx((3 * math.log2(4 / 3) + 2) / 4)
    said = capsys.readouterr().out
    assert "practice set: 0.81 bits a letter: 0.5 of 2 points; 0.75 would earn 1" in said
    assert "numbers" in said and "processor time" in said


def test_practice_refuses_what_the_judge_refuses() -> None:
    """An entry over the limit, or no distribution, is told before it is handed in."""
    table = np.zeros(11)
    with pytest.raises(Refused, match="more than 10 numbers"):
        practise(TASK, lambda contexts: np.full((len(contexts), 2), 0.5) + table.sum())
    with pytest.raises(Refused, match="negative"):
        practise(TASK, lambda contexts: np.array([[2.0, -1.0]] * len(contexts)))


def test_an_entry_that_is_given_something_learns_first() -> None:
    """With `given` the entry makes the predictor, and only what the predictor reaches counts."""
    text = "ab" * 1000
    task = Challenge("x", "bits", "ab", TASK.curve, TASK.practice, given=lambda: text, numbers=5)

    def entry(given: str):
        share = given.count("a") / len(given)
        return lambda contexts: np.array([[share, 1 - share]] * len(contexts))

    assert practise(task, entry) == pytest.approx(1.0)
    with pytest.raises(Refused, match="more than 5 numbers"):  # it keeps the whole text
        practise(task, lambda given: lambda contexts: [[given.count("a") / 2000, 0.5]] * 4)


class Slotted:
    __slots__ = ("weights",)

    def __init__(self) -> None:
        self.weights = [1.0] * 7

    def predict(self, contexts: list) -> list:
        return [self.weights[:2] for _ in contexts]


LIBRARY = np.ones(50)


@pytest.mark.parametrize(
    ("predictor", "numbers"),
    [
        (nn.Linear(3, 4), 16 + 5),  # and torch's own flags
        (torch.zeros(5, 6), 30),
        ({"ab": {"a": 1, "b": 2}}, 2 + 3),  # three texts, eight characters a number
        ([["abcdefghi", 1.5], 2], 2 + 2),
        (Slotted().predict, 7 + 2 - 2),
        (lambda contexts: LIBRARY, 50),
        ((lambda table: lambda contexts: table)(np.zeros(9)), 9),
        (lambda contexts, table=(1, 2, 3): table, 3),
        (eval(f"lambda contexts: {'x' * 800!r}"), 100),  # data that stands in the code
        (eval(f"lambda contexts: {tuple(range(80))}"), 80),
        (lambda contexts: "a short text in the code is free", 0),
    ],
)
def test_everything_a_predictor_reaches_is_counted(predictor: object, numbers: int) -> None:
    """Parameters, arrays, containers, closures, defaults, globals, bound methods."""
    assert abs(count_numbers(predictor) - numbers) <= 8


def test_numbers_hidden_in_a_text_or_a_loop_are_counted_too() -> None:
    """A long text costs its length; a container that holds itself comes to an end."""
    assert count_numbers({"x" * 8000: 1}) == 1001
    ring: list = [1.0]
    ring.append(ring)
    assert count_numbers(ring) == 1
    assert count_numbers([0] * 10_000, stop=100) >= 100


def test_outside_grading_some_of_the_practice_set_is_shown(monkeypatch) -> None:
    """A stored notebook carries 200 rows of a large practice set, and not all."""
    shown: list[dict] = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    monkeypatch.setattr(kernel_side, "_handed", {})
    task = Challenge("x", "bits", "ab", TASK.curve, lambda: Windows(("a",) * 900, (0,) * 900))
    challenge(task, lambda contexts: np.full((len(contexts), 2), 0.5), points=2)
    assert shown[0][MIME]["shape"] == [200, 2]


def small_net(hidden: int = 7) -> nn.ModuleList:
    torch.manual_seed(hidden)
    return nn.ModuleList([nn.Embedding(5, 3), nn.GRU(3, hidden), nn.Linear(hidden, 5)])


def test_weights_come_back_from_their_text() -> None:
    """One byte a weight: each is off by half a step at most, and lines fit into a cell."""
    net, again = small_net(), small_net()
    text = weights_to_text(net)
    for parameter in again.parameters():
        nn.init.constant_(parameter.detach(), 9.0)
    load_weights(again, f"\n    {text}\n")
    for one, other in zip(net.parameters(), again.parameters(), strict=True):
        assert (one - other).abs().max() <= one.abs().max() / 254 + 1e-6
    assert max(map(len, text.splitlines())) <= 88
    zero = nn.Linear(2, 2)
    nn.init.zeros_(zero.weight.detach())
    load_weights(zero, weights_to_text(zero))
    assert zero.weight.abs().max() == 0


def test_the_text_of_another_network_is_refused() -> None:
    """Other sizes, or a piece that was not copied: a sentence says so."""
    text = weights_to_text(small_net())
    for wrong in (weights_to_text(small_net(8)), text[: len(text) // 2], text[:-1]):
        with pytest.raises(ValueError, match="was a piece not copied"):
            load_weights(small_net(), wrong)


def test_the_kernel_shows_predictions_and_has_no_targets(monkeypatch) -> None:
    """What is displayed: float32 numbers, a shape, the count. An error costs this entry alone."""
    shown: list[dict] = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    monkeypatch.setattr(kernel_side, "_handed", {})
    hand_over("letters", pack(Windows(("ab", "ba"), (0, 1))))
    challenge(TASK, lambda contexts: torch.full((len(contexts), 2), 0.5), points=2)
    challenge(TASK, lambda contexts: 1 / 0, points=2)
    first, second = (data[MIME] for data in shown)
    assert (first["label"], first["points"], first["shape"]) == ("letters", 2, [2, 2])
    assert np.frombuffer(__import__("base64").b64decode(first["data"]), "<f4").tolist() == [0.5] * 4
    assert second["error"] == ["ZeroDivisionError", "division by zero"]


def test_contexts_and_examples_travel_as_a_short_text() -> None:
    """Texts stay texts, arrays arrays; examples keep their classes, targets stay behind."""
    hidden = Windows(("ab", "c"), (1, 0), (("d", 1), ("e", 0)))
    assert unpack(pack(hidden)) == Windows(("ab", "c"), (), (("d", 1), ("e", 0)))
    (array,) = unpack(pack(Windows((np.array([[0.5, -1.0]]),), (0,)))).contexts
    assert array.tolist() == [[0.5, -1.0]]


def test_an_entry_learns_from_the_examples_of_the_draw(monkeypatch) -> None:
    """In practice from those of the practice set, in the check from those that were handed over."""
    learned: list[tuple] = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: None)
    monkeypatch.setattr(kernel_side, "_handed", {})
    practice = Windows(("x",) * 4, (0,) * 4, (("a", 0),))
    task = Challenge("shelf", "bits", "ab", TASK.curve, lambda: practice, given=list)

    def entry(given: list):
        learned.append(tuple(given))
        return lambda contexts: np.full((len(contexts), 2), 0.5)

    practise(task, entry)
    hand_over("shelf", pack(Windows(("y",), (1,), (("b", 1), ("c", 0)))))
    challenge(task, entry, points=2)
    assert learned == [(("a", 0),), (("b", 1), ("c", 0))]


# ------------------------------------------------------------------------------------ the text
BOOKS = ["the cat sat on the mat. the dog sat on the cat. a cat, a dog, a mat! " * 20]
CLASSES = " !,.abcdefghijklmnopqrstuvwxyz"


def test_a_seed_writes_one_text() -> None:
    """The same seed, the same text; another seed, another; of the books' words alone."""
    one, again, other = (written_text(BOOKS, seed, 500) for seed in ("x", "x", "y"))
    assert one == again != other and len(one) >= 500
    assert set(one.replace(",", "").replace(".", "").replace("!", "").split()) <= set(
        "the cat sat on mat dog a".split()
    )


def test_no_context_shows_another_windows_target() -> None:
    """Windows are disjoint with a gap behind each target, and their order says nothing."""
    text = "".join(random.Random(0).choices(CLASSES[4:], k=4000))
    numbered = windows(text, CLASSES, "x", 40, 20)
    starts = [text.index(context) for context in numbered.contexts]
    assert starts != sorted(starts)
    spans = sorted((start, start + 20) for start in starts)
    assert all(after >= end + 1 + 5 for (_, end), (after, _) in pairwise(spans))
    for start, target in zip(starts, numbered.targets, strict=True):
        assert CLASSES[target] == text[start + 20]
    with pytest.raises(ValueError, match="too short"):
        windows(text, CLASSES, "x", 400, 20)
