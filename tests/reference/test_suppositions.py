"""Suppositions: the right solution called wrongly, or with one slip in it."""

from __future__ import annotations

import types

import pytest
import torch
from tiny_course import WEEK

from autograder.course_folder import Course
from autograder.mistakebook import MistakeBook, Variant
from autograder.model import Reference
from autograder.reference.as_if import HELPERS, as_if
from autograder.reference.build import load_references
from autograder.reference.near_misses import AT_MOST, KINDS, near_misses
from autograder.reference.suppositions import suppositions, with_suppositions
from autograder.week import open_week

SOURCE = '''
def step(x: Tensor, mask: Tensor, U: Tensor, V: Tensor, power: float = 2.0, n: int = 3) -> Tensor:
    """Anything."""
    ### BEGIN SOLUTION
    total = (x * mask).sum(1) + power
    secret = total @ U - V.sum(0)
    return secret[:n], total
    ### END SOLUTION
'''
X = torch.tensor([[1.0, 2.0], [3.0, 5.0]])
MASK = torch.tensor([[True, False], [True, True]])
SQUARE = torch.tensor([[1.0, 2.0], [0.0, 4.0]])
OTHER = torch.tensor([[7.0, 1.0], [2.0, 3.0]])
GIVEN = (X, MASK, SQUARE, OTHER)


def called_with(name: str) -> dict:
    """What reaches the solution under a supposition: the arguments by name."""
    space: dict = {"Tensor": torch.Tensor, "supposing": types.ModuleType("supposing")}
    exec(HELPERS, space["supposing"].__dict__)
    exec(SOURCE.replace("total = ", "return locals()\n    total = ", 1), space)
    found = {one.name: one.source for one in as_if(SOURCE, "step")}
    exec(found[name], space)
    return space["step"](*GIVEN, power=0.5)


CHANGES = {
    "mask-ignored": ("mask", torch.ones(2, 2, dtype=torch.bool)),
    "mask-inverted": ("mask", ~MASK),
    "x-left-out": ("x", torch.zeros(2, 2)),
    "x-negated": ("x", -X),
    "U-transposed": ("U", SQUARE.T),
    "x-backwards": ("x", X.flip(1)),
    "power-at-its-default": ("power", 2.0),
    "power-squared": ("power", 0.25),
    "n-one-less": ("n", 2),
    "U-and-V-exchanged": ("U", OTHER),
}


@pytest.mark.parametrize("name", CHANGES)
def test_one_argument_is_another_and_nothing_is_written_to(name: str) -> None:
    """The solution gets what the name says; the caller's own tensors stay as they were."""
    before = [value.clone() for value in GIVEN]
    parameter, expected = CHANGES[name]
    found = called_with(name)[parameter]
    assert torch.equal(torch.as_tensor(found), torch.as_tensor(expected))
    assert all(torch.equal(one, other) for one, other in zip(GIVEN, before, strict=True))


def test_a_near_miss_is_the_solution_with_one_slip() -> None:
    """A factor is lost, an axis is another one, two answers are exchanged: kinds are told apart."""
    found = list(near_misses(SOURCE, "step"))
    texts = {(one.name, line.strip()) for one in found for line in one.source.splitlines()}
    assert ("a-part-lost", "total = x.sum(1) + power") in texts
    assert ("another-axis", "total = (x * mask).sum(0) + power") in texts
    assert ("answers-exchanged", "return (total, secret[:n])") in texts
    assert len(found) <= AT_MOST


def test_the_wrong_axis_is_tried_in_all_places_at_once() -> None:
    """One place alone would leave shapes that do not fit."""
    source = "def mean(x):\n    return x.sum(1) / x.ne(0).sum(1).clamp(min=1)"
    found = [one.source for one in near_misses(source, "mean") if "everywhere" in one.name]
    assert found == ["def mean(x):\n    return x.sum(0) / x.ne(0).sum(0).clamp(min=1)"]


def test_slips_in_correct_variants_are_tried_too(course: Course) -> None:
    """Somebody else's way of writing it has slips of its own; those of the solution come first."""
    week = open_week(course, WEEK)
    (notebook,) = week.notebooks
    alone = list(suppositions(notebook, MistakeBook(week.book.path), ["check_double"]))
    variant = Variant("double", "twice", "def double(x):\n    return x + x")
    book = MistakeBook(week.book.path, variants=(variant,))
    made = list(suppositions(notebook, book, ["check_double"]))
    assert made[: len(alone)] == alone
    assert "def double(x):\n    return x - x" in [one.source for _, one in made[len(alone) :]]


def test_no_sentence_tells_the_solution() -> None:
    """Of the code only names of parameters are repeated, and no number."""
    for one in (*near_misses(SOURCE, "step"), *as_if(SOURCE, "step")):
        assert "secret" not in one.en + one.ko and "total" not in one.en + one.ko
        assert "@" not in one.en and ".sum(" not in one.en
        assert any("가" <= char <= "힣" for char in one.ko) and one.en.isascii()


def test_every_kind_of_slip_has_its_sentences() -> None:
    """In both languages, and none of them twice."""
    assert len({en for _, en, _ in KINDS.values()}) == len(KINDS)
    assert all(en and ko for _, en, ko in KINDS.values())


def test_what_suppositions_show_stands_beside_the_known_mistakes(course: Course) -> None:
    """Each differs from the right answers and from the others; none changes what is right."""
    week = open_week(course, WEEK)
    plain = load_references(week, say=lambda _: None)
    reference: Reference = with_suppositions(week, plain, say=lambda _: None)[WEEK]
    for check, before in zip(reference.checks, plain[WEEK].checks, strict=True):
        assert (check.probes, check.mistakes) == (before.probes, before.mistakes)
        right = tuple(probe.value for probe in check.probes)
        shown = [one.values for one in (*check.as_if, *check.near_misses)]
        assert shown and right not in shown
        assert all(one not in shown[:place] for place, one in enumerate(shown))
