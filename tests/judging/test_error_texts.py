"""Which texts of errors are shown: the usual and the visible asserts', never a student's own."""

from __future__ import annotations

import base64

import numpy as np
import pytest
import torch

from autograder.judging.error_texts import NOT_SHOWN, shown_by_check, shown_error
from autograder.judging.vocabulary import NAME_CHARS, Vocabulary, library_names

HIDDEN = "rng = probe_rng('double')\nprobe('matrix', lambda: double(rng.normal(3, 4)), points=2)"
CHECK = f"""### BEGIN HIDDEN TESTS
{HIDDEN}
assert x, "a hidden assert says this"
### END HIDDEN TESTS
out = double(3)
assert out == 6, "double(3) is not 6: do you multiply by two?"
assert out.shape == (2,), f"the shape is {{tuple(out.shape)}}, expected (2,): " + "which axis?"
assert out.dtype is float"""

MINE = Vocabulary(own=("a = no_such_name",))

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
    shown = shown_error(type(caught.value).__name__, str(caught.value), MINE)
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


AXIS = "expected (2,): which axis?"
DOUBLE = "double(3) is not 6: do you multiply by two?"
CUDA = "Torch not compiled with CUDA enabled"
SAID = {
    DOUBLE: DOUBLE,
    f"the shape is (2, 3), {AXIS}": f"the shape is (2, 3), {AXIS}",
    f"the shape is torch.Size([2]), {AXIS}": f"the shape is torch.Size([2]), {AXIS}",
    f"the shape is my own words, {AXIS}": f"the shape is … … …, {AXIS}",
    "a hidden assert says this": None,
    "something else": None,
    "": "assert out.dtype is float",
    CUDA: CUDA,
}


@pytest.mark.parametrize("message", SAID)
def test_visible_asserts_speak(message: str) -> None:
    """The texts of the visible asserts are shown, with what an f-string can fill in."""
    said = f"AssertionError: {SAID[message]}" if SAID[message] else "AssertionError"
    assert shown_by_check(f"AssertionError: {message}", CHECK) == said


FILLED = {
    "[[0.0, 1.0], [0.5, 1.23456]]": "[[0, 1], [0.5, 1.23]]",
    "[[0, 1, 2], [3, 4, 5], [6, 7, 8]]": "[[0, 1, 2], [3,…",
    "['loss', 'f']": "[loss, f]",
    "{'loss': 2}": "{loss: 2}",
    "torch.float64": "torch.float64",
    "tensor([1., 2.])": "tensor([1, 2])",
    "nan": "nan",
    "123456789": "…",
    "-0.0000000001": "…",
    "grad_W": "grad_W",
    "qzxv": "…",
}


@pytest.mark.parametrize("value", FILLED)
def test_what_an_f_string_filled_in_is_written_anew(value: str) -> None:
    """Numbers are few and rounded, names are known ones; brackets and commas are in our form."""
    check = 'loss, f, grad_W = 1, 2, 3\nassert out, f"got {out}: which axis?"'
    names = Vocabulary(public=(check,))
    shown = shown_by_check(f"AssertionError: got {value}: which axis?", check, names)
    assert shown == f"AssertionError: got {FILLED[value]}: which axis?"


def test_an_assert_may_be_told_without_its_values() -> None:
    """Where a probe has told a text of this check already."""
    error = f"AssertionError: the shape is (2, 3), {AXIS}"
    assert shown_by_check(error, CHECK, None) == f"AssertionError: the shape is …, {AXIS}"
    assert shown_by_check("ValueError: math domain error", CHECK, None) == "ValueError"
    assert shown_by_check(f"AssertionError: {CUDA}", CHECK, None) == "AssertionError"


def test_a_chain_of_names_counts_as_many() -> None:
    """`a.b.c.d.e` says more than one name may."""
    for name, told in (("torch.nn.functional.softmax", True), ("t.o.r.c.h", False)):
        shown = shown_error("AttributeError", f"module '{name}' has no attribute 'x'")
        assert (name in shown) is told


def test_a_cell_with_a_magic_shows_no_text() -> None:
    """What cannot be parsed explains nothing, and breaks nothing."""
    magic = "%matplotlib inline\nassert 0, 'x'"
    assert shown_by_check("AssertionError: x", magic) == "AssertionError"


def test_a_name_that_nobody_knows_is_not_repeated() -> None:
    """The sentence is told all the same: names of one's own submission and of torch are known."""
    for name, shown in (("softmax",) * 2, ("no_such_name",) * 2, ("가나다", "…")):
        text = shown_error("NameError", f"name '{name}' is not defined", MINE)
        assert text == f"NameError: name '{shown}' is not defined"


TWO = "Expected all tensors to be on the same device, but found at least two devices"
DEVICES = {
    CUDA: CUDA,
    "Found no NVIDIA driver on your system. Please": "Found no NVIDIA driver on your system.",
    f"{TWO}, cuda:0 and cpu!": f"{TWO}, cuda:0 and cpu!",
    "CUDA error: out of memory\nCUDA kernel errors might": "CUDA error: out of memory",
    "PyTorch is not linked with support for mps devices":
        "PyTorch is not linked with support for mps devices",
}  # fmt: skip


@pytest.mark.parametrize("message", DEVICES)
@pytest.mark.parametrize("kind", ["RuntimeError", "AssertionError"])
def test_what_torch_says_about_devices_is_told(message: str, kind: str) -> None:
    """Also where torch says it by an AssertionError, at a probe and in the visible part."""
    assert shown_error(kind, message) == f"{kind}: {DEVICES[message]}"
    assert shown_by_check(f"{kind}: {message}", CHECK) == f"{kind}: {DEVICES[message]}"


SYNTAX = ["x = (1, 2", "x = 'a", "if x\n  1", "f(a=1, a=2)", "  x = 1", "return 3", "a b", "x = 5)"]


@pytest.mark.parametrize("source", SYNTAX)
def test_a_syntax_error_is_told_with_its_line(source: str) -> None:
    """Jupyter's file name of the cell says nothing and is left out."""
    with pytest.raises(SyntaxError) as caught:
        compile(source, "/tmp/ipykernel_7/123456.py", "exec")
    kind = type(caught.value).__name__
    shown = shown_error(kind, str(caught.value).replace("/tmp/ipykernel_7/", ""), MINE)
    assert NOT_SHOWN not in shown
    assert shown.endswith("(line 1)")


def test_every_library_name_is_one() -> None:
    """The list holds what Python, numpy, torch and a few packages and dtypes are called."""
    assert {"softmax", "Tensor", "ndarray", "einsum", "len", "Float"} <= library_names()
    assert len(library_names()) < 2048
    assert all(name.isidentifier() and len(name) <= NAME_CHARS for name in library_names())
