"""How an entry to a challenge is scored: bits, comparisons won on a leash, likeness to images."""

from __future__ import annotations

import math

import numpy as np
import pytest

from course.challenges.measures import (
    MEASURES,
    as_ink,
    as_target,
    distance,
    ink_as_target,
    likeness,
    rankings,
    recall,
    too_far,
    wins,
)


def test_a_ranking_is_one_number_and_comes_back():
    """Eight candidates, best first, as the digits of one number in base 8."""
    order = [3, 0, 7, 1, 2, 6, 5, 4]
    assert rankings([as_target(order), as_target(order[::-1])], 8).tolist() == [order, order[::-1]]
    assert as_target([1, 0]) == 2


def test_wins_count_comparisons_with_the_others():
    """The best of three wins both comparisons, the second one of two, an even choice half."""
    first, second = np.eye(3)[[2]], np.eye(3)[[0]]
    targets = [as_target([2, 0, 1])]
    assert wins(first, targets) == 100.0 and wins(second, targets) == 50.0
    assert wins(np.full((1, 3), 1 / 3), targets) == pytest.approx(50.0)
    assert wins(0.9995 * first, targets) == pytest.approx(100.0)


def test_the_leash_is_the_mean_kl_from_an_even_choice():
    """Certainty among eight is log 8, one half on each of four is log 2; 0 log 0 is 0."""
    sure, half = np.eye(8)[[0]], np.repeat([[0.25] * 4 + [0.0] * 4], 1, axis=0)
    assert distance(sure) == pytest.approx(math.log(8))
    assert distance(half) == pytest.approx(math.log(2))
    assert distance(np.concatenate([sure, half])) == pytest.approx(math.log(16) / 2)
    assert too_far(half) == "" and "2.08 nats" in too_far(sure)


def test_bits_have_no_leash():
    """Only the measure of wins refuses a table that is far from an even choice."""
    sure = np.eye(8)[[0]]
    assert MEASURES["bits"].complaint(sure) == "" and MEASURES["wins"].complaint(sure) != ""
    assert MEASURES["bits"].score(sure, [0]) == 0.0


def test_recall_is_the_share_of_right_picks():
    """A sure pick counts whole, a spread one by its share; rounding of a row is made good."""
    sure = np.eye(4)[[2, 0]]
    assert recall(sure, [2, 1]) == 50.0 and recall(0.9995 * sure, [2, 0]) == pytest.approx(100.0)
    assert MEASURES["recall"].score(np.full((3, 8), 1 / 8), [0, 5, 7]) == pytest.approx(12.5)
    assert MEASURES["recall"].complaint(sure) == ""


def images_as_targets(count: int) -> list[int]:
    """Random images of 64 grey values."""
    dice = np.random.default_rng(0)
    return [ink_as_target(row) for row in dice.integers(0, 17, (count, 64))]


def test_an_image_is_one_number_and_comes_back_as_ink():
    """64 grey values as the digits of one number in base 17; white paper stays white."""
    image = np.arange(64) % 17
    np.testing.assert_allclose(as_ink([ink_as_target(image)]), [image / image.sum()])
    assert as_ink([0]).sum() == 0


def test_likeness_is_fidelity_times_diversity():
    """The hidden images themselves have all of it; one of them alone has few balls around it; with
    as many single dots beside them half of the fidelity is lost."""
    targets = images_as_targets(40)
    hidden = as_ink(targets)
    assert likeness(hidden, targets) == 100.0
    assert 0 < likeness(np.repeat(hidden[:1], 40, axis=0), targets) < 50
    ones = np.eye(64)[:40]  # all ink in one pixel: far from everything
    assert likeness(ones, targets) == 0.0
    assert likeness(np.concatenate([hidden, ones]), targets) == 50.0
