"""Which texts of errors are shown: the usual and the visible asserts', never a student's own."""

from __future__ import annotations

import base64

import numpy as np
import pytest
import torch

from autograder.judging.error_texts import NOT_SHOWN, shown_by_check, shown_error

HIDDEN = "rng = probe_rng('double')\nprobe('matrix', lambda: double(rng.normal(3, 4)), points=2)"
CHECK = f"""### BEGIN HIDDEN TESTS
{HIDDEN}
assert x, "a hidden assert says this"
### END HIDDEN TESTS
out = double(3)
assert out == 6, "double(3) is not 6: do you multiply by two?"
assert out.shape == (2,), f"the shape is {{tuple(out.shape)}}, expected (2,): " + "which axis?"
assert out.dtype is float"""

USUAL = {
    "matrix shapes": lambda: torch.ones(3, 4) @ torch.ones(3, 4),
    "broadcasting": lambda: torch.ones(3) + torch.ones(4),
    "a view": lambda: torch.ones(12).view(5),
    "an axis": lambda: torch.ones(3, 4).sum(5),
    "einsum": lambda: torch.einsum("ij,jk->ik", torch.ones(3, 4), torch.ones(3, 4)),
    "an index": lambda: torch.ones(3)[7],
    "truth of a tensor": lambda: bool(torch.ones(2)),
    "numpy's shapes": lambda: np.ones(3) + np.ones(4),
    "a missing name": lambda: no_such_name,  # type: ignore[name-defined]  # noqa: F821
    "a missing key": lambda: {}["a"],
    "a missing argument": lambda: (lambda a: a)(),  # type: ignore[call-arg]
    "types": lambda: 1 + "a",  # type: ignore[operator]
    "zero": lambda: 1 / 0,
}


@pytest.mark.parametrize("name", USUAL)
def test_the_usual_texts_are_shown(name: str) -> None:
    """What Python, numpy and torch say about a mistake helps, and is shown."""
    with pytest.raises(Exception) as caught:
        USUAL[name]()
    shown = shown_error(type(caught.value).__name__, str(caught.value))
    assert NOT_SHOWN not in shown
    assert shown.removeprefix(f"{type(caught.value).__name__}: ") in str(caught.value)


OWN = {
    "the hidden check": HIDDEN,
    "a part of it": HIDDEN[30:60],
    "encoded": base64.b64encode(HIDDEN.encode()).decode(),
    "behind a usual text": "division by zero\n" + HIDDEN,
    "in the hole of a usual text": f"name '{HIDDEN[:40]}' is not defined",
    "after a usual beginning": f"Sizes of tensors must match except in dimension 0. {HIDDEN}",
}


@pytest.mark.parametrize("name", OWN)
def test_a_text_of_the_students_own_is_not(name: str) -> None:
    """However it is dressed, what the student's code chose to say stays inside."""
    for error in ("ValueError", "NameError", "AssertionError"):
        assert HIDDEN[:12] not in shown_error(error, OWN[name])
        assert HIDDEN[35:50] not in shown_by_check(f"{error}: {OWN[name]}", CHECK)


def test_the_name_of_an_error_can_carry_nothing_either() -> None:
    """Only classes that everyone knows are named."""
    assert shown_error(HIDDEN[:80], "x").startswith("an error of its own kind")
    assert shown_error("LinAlgError", "x").startswith("LinAlgError")


SAID = {
    "AssertionError: double(3) is not 6: do you multiply by two?": True,
    "AssertionError: the shape is (2, 3), expected (2,): which axis?": True,
    "AssertionError: the shape is torch.Size([2]), expected (2,): which axis?": True,
    "AssertionError: the shape is my own words, expected (2,): which axis?": False,
    "AssertionError: a hidden assert says this": False,
    "AssertionError: something else": False,
    "AssertionError": False,
}


@pytest.mark.parametrize("error", SAID)
def test_visible_asserts_speak(error: str) -> None:
    """The texts of the visible asserts are shown, with what an f-string can fill in."""
    assert shown_by_check(error, CHECK) == (error if SAID[error] else "AssertionError")


def test_a_cell_with_a_magic_shows_no_text() -> None:
    """What cannot be parsed explains nothing, and breaks nothing."""
    assert (
        shown_by_check("AssertionError: x", "%matplotlib inline\nassert 0, 'x'") == "AssertionError"
    )
