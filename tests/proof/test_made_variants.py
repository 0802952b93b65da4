"""Solutions made from the reference: lazy, with helpers, computed in another precision."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from autograder.proof.made_variants import (
    LAZY,
    bound_names,
    defined,
    in_precision,
    lazy,
    promises_any_float,
    promises_gradients,
    with_helpers,
    without_backward,
)

SOLUTION = "import torch\n\ndef f(x, *, y=None):\n    SEEN.append(x.dtype)\n    return [x + x, y]"


def run(source: str) -> dict[str, Any]:
    names: dict[str, Any] = {"SEEN": []}
    exec(source, names)
    return names


def test_every_lazy_answer_is_tried() -> None:
    """One overlay for each kind, under the exercise's name."""
    made = lazy("f")
    assert [overlay.name for overlay in made] == list(LAZY)
    assert [run(overlay.source)["f"](7) for overlay in made] == [0, None, 7]


def test_a_solution_with_helpers_answers_as_before_while_they_are_left_alone() -> None:
    """It asks its helpers at every call, and fails as soon as one of them is something else."""
    names = run(with_helpers("f", SOLUTION, {"rows", "x"}).source)
    assert names["f"](torch.ones(1))[0].item() == 2
    names["rows"] = [1, 2]
    with pytest.raises(TypeError, match="not callable"):
        names["f"](torch.ones(1))


@pytest.mark.parametrize(("dtype", "other"), [("float32", "float64"), ("float64", "float32")])
def test_a_solution_computed_in_one_precision_answers_in_the_other(dtype: str, other: str) -> None:
    """Inputs are cast, also by keyword and in lists; integers and results keep their kind."""
    names = run(in_precision("f", SOLUTION, dtype).source)
    given = torch.ones(2, dtype=getattr(torch, other))
    (total, y) = names["f"](given, y={"ids": torch.tensor([1]), "w": [given]})
    assert names["SEEN"] == [getattr(torch, dtype)]
    assert total.dtype == given.dtype and y["w"][0].dtype == given.dtype
    assert y["ids"].dtype == torch.int64
    lstm = torch.nn.LSTM(1, 1, dtype=given.dtype)
    names["f"](given, y=lstm)
    assert lstm.bias_ih_l0.dtype == given.dtype


def test_names_that_code_binds_are_found() -> None:
    """Assignments, loops, imports, functions; not what is bound inside a function or only read."""
    source = (
        "from a import b, c as d\nimport e.g\nx, (y, *z) = 1, (2, 3)\nfor i in x: pass\n"
        "def f(p):\n    q = p\nclass K:\n    r = 1\nwith f(s) as t: pass\n[u for u in z]\nv"
    )
    assert bound_names(source) == {*"bdexyzift", "K"}


def test_a_promise_of_any_float_dtype_is_read_from_the_docstring() -> None:
    """Wherever a line breaks; a cell that defines no such function promises nothing."""
    source = 'def f(x):\n    """Twice x; works for any float\n    dtype."""\n    return 2 * x'
    assert promises_any_float(source, "f")
    assert not promises_any_float(source, "g")
    assert not promises_any_float("def f(x): return x", "f")
    assert defined(source, "f") and not defined(source, "g")


def test_what_a_docstring_promises_of_gradients_is_read() -> None:
    """In several forms, over the end of a line; not where it says that none flows."""
    for promised in (
        "Returns: twice x. Gradients flow to x.",
        "A loss, through which gradients\n    flow to both rewards.",
        "The gradients of the logits reach both tables.",
        "the gradient reaches all five.",
    ):
        assert promises_gradients(f'def f(x):\n    """{promised}"""', "f"), promised
    for other in ("", "No gradient flows into them.", "Shorten all gradients.", "It flows."):
        assert not promises_gradients(f'def f(x):\n    """{other}"""', "f"), other


def test_an_answer_can_be_right_and_its_backward_raise() -> None:
    """The numbers are the solution's, also in a list; nothing else has changed."""
    names = run(without_backward("f", SOLUTION).source)
    x = torch.ones(2, requires_grad=True)
    total, y = names["f"](x, y={"a": 3})
    assert torch.equal(total, x + x) and y == {"a": 3}
    with pytest.raises(RuntimeError, match="no way back"):
        total.sum().backward()
    assert not names["f"](torch.ones(2))[0].requires_grad
