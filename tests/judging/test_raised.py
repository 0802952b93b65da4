"""What an exception says about its cause: with the messages that Python and torch really give."""

from __future__ import annotations

import functools
import math
import statistics

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from autograder.judging.generic import GENERIC
from course.probes import bundle

RIGHT = bundle(torch.arange(3.0))


def written_in_place() -> None:
    x = torch.ones(3, requires_grad=True)
    y = x.exp()
    y += 1
    y.sum().backward()


def written_leaf() -> None:
    torch.ones(3, requires_grad=True).add_(1)


def backward_twice() -> None:
    y = (torch.ones(3, requires_grad=True) ** 2).sum()
    y.backward()
    y.backward()


def endless(n: int) -> int:
    return endless(n + 1)


def dictionary_read() -> None:
    table = {"a": 1}
    for _ in table:
        table["b"] = 2


KNOWN = {
    "EMPTY": torch.empty(0), "F": F, "functools": functools, "math": math, "np": np,
    "statistics": statistics, "torch": torch, "written_in_place": written_in_place,
    "written_leaf": written_leaf, "backward_twice": backward_twice, "endless": endless,
    "dictionary_read": dictionary_read,
}  # fmt: skip
REAL: dict[str, list[str]] = {
    "something-is-empty": [
        "max([])", "min(i for i in [])", "EMPTY.max()", "EMPTY.argmax()",
        "torch.empty(0, 3).max(0)", "np.array([]).max()", "np.array([]).argmax()",
        "functools.reduce(max, [])", "torch.cat([])", "torch.stack([])", "np.stack([])",
        "statistics.mean([])", "statistics.median([])", "[].pop()",
        "bool(torch.empty(0))",
    ],
    "shape-does-not-hold-it": ["torch.ones(5).view(2, 3)", "torch.ones(5).reshape(2, 3)"],
    "view-of-scattered-numbers": ["torch.ones(2, 3).T.view(6)"],
    "shapes-do-not-broadcast": [
        "torch.ones(2) + torch.ones(3)", "np.ones(2) + np.ones(3)",
        "torch.ones(4, 4)[torch.arange(2), torch.arange(3)]",
        "np.ones((4, 4))[np.arange(2), np.arange(3)]",
    ],
    "mask-of-another-shape": [
        "torch.ones(2)[torch.ones(3, dtype=torch.bool)]", "np.ones(2)[np.ones(3, dtype=bool)]",
    ],
    "braces-as-fields": [
        "'{} {}'.format(*[1])", "'{'.format()",
    ],
    "more-than-there-are": [
        "torch.ones(2).topk(3)", "torch.ones(2).kthvalue(3)",
        "torch.multinomial(torch.ones(2), 3)",
    ],
    "beyond-the-end": [
        "[1][3]", "torch.ones(2)[3]", "'abc'[5]",
        "F.embedding(torch.tensor([5]), torch.ones(3, 2))", "F.one_hot(torch.tensor([5]), 3)",
        "torch.ones(2, 2).gather(1, torch.tensor([[5]]))",
    ],
    "no-whole-number": [
        "int(math.nan)", "int(math.inf)",
    ],
    "outside-the-domain": [
        "math.log(0)", "math.sqrt(-1)",
    ],
    "text-that-is-no-number": [
        "int('x')", "float('x')",
    ],
    "too-large-for-the-dtype": [
        "torch.ones(2).half().masked_fill(torch.ones(2, dtype=torch.bool), -1e9)",
    ],
    "nan-in-a-matrix": [
        "torch.linalg.svd(torch.full((2, 2), math.nan))",
        "np.linalg.svd(np.full((2, 2), math.nan))",
    ],
    "too-large-for-a-float": [
        "math.exp(1000)",
    ],
    "gradient-of-many": [
        "torch.ones(3, requires_grad=True).exp().backward()",
    ],
    "parts-that-do-not-fit": [
        "torch.tensor([[1, 2], [3]])", "np.array([[1, 2], [3]])",
        "torch.stack([torch.ones(2), torch.ones(3)])", "np.stack([np.ones(2), np.ones(3)])",
        "torch.cat([torch.tensor(1.0)])", "torch.cat([torch.ones(2, 3), torch.ones(2, 4)])",
        "torch.cat([torch.ones(2, 3), torch.ones(2)])",
        "np.concatenate([np.ones((2, 3)), np.ones((2, 4))])",
    ],
    "lists-of-different-lengths": [
        "list(zip([1], [], strict=True))",
    ],
    "unpacked-otherwise": [
        "[a for a, _ in [(1,)]]", "[a for a, _ in [(1, 2, 3)]]", "[a for a, _ in [1]]",
        "[a for a, _ in [torch.ones(3)]]",
    ],
    "other-axes-than-it-takes": [
        "torch.mm(torch.ones(2, 2, 3), torch.ones(3, 3))", "torch.ones(2, 2, 2).t()",
        "torch.addmm(torch.ones(3), torch.ones(2, 2, 3), torch.ones(3, 3))",
        "torch.bmm(torch.ones(3, 3), torch.ones(3, 3))",
        "torch.outer(torch.ones(2, 2), torch.ones(2))",
        "torch.dot(torch.ones(2, 2), torch.ones(2, 2))",
        "torch.einsum('ij,jk->ik', torch.ones(2, 2, 2), torch.ones(2, 2))",
        "torch.ones(2, 2).permute(0, 2, 1)",
    ],
    "written-in-place": [
        "written_in_place()", "written_leaf()",
    ],
    "backward-twice": [
        "backward_twice()",
    ],
    "numpy-in-the-graph": [
        "torch.ones(3, requires_grad=True).numpy()",
    ],
    "mask-or-numbers": [
        "torch.ones(2).masked_fill(torch.ones(2), 1)", "torch.where(torch.ones(2), 1, 2)",
        "1 - torch.ones(2).bool()", "~torch.ones(2)", "torch.ones(2) & torch.ones(2).bool()",
    ],
    "no-such-operation-for-the-dtype": [
        "torch.ones(2).long().softmax(0)", "torch.ones(2).long().mean()",
    ],
    "dictionary-changed-while-read": [
        "dictionary_read()",
    ],
    "calls-itself-too-deep": [
        "endless(0)",
    ],
    "not-of-that-kind": [
        "{}.total()", "[].shape",
    ],
    "kinds-that-do-not-fit": [
        "1 + 'a'", "'a' + 1", "[1] + (2,)", "1[0]", "list(1)", "{[]: 1}", "1 < 'a'", "len(1)",
        "[1]['a']", "range(1.5)", "list(torch.tensor(1))", "[1, 2][torch.ones(1)]",
    ],
}  # fmt: skip
TRIED = [(name, way) for name, ways in REAL.items() for way in ways]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("name", "way"), TRIED)
def test_real_errors_are_told_by_their_meaning(name: str, way: str) -> None:
    """The libraries that are installed here still say what the table looks for."""
    with pytest.raises(Exception) as raised:
        eval(way, KNOWN)
    assert meaning(raised.value) == name


@pytest.mark.parametrize(
    "error",
    [IndexError("no such word"), ValueError("the window is empty"), RuntimeError("not today"),
     TypeError("give me a text"), AttributeError("not yet")],
)  # fmt: skip
def test_an_error_of_the_students_own_words_has_no_meaning(error: Exception) -> None:
    """What they raise themselves is shown as it is, and nothing is read into it."""
    assert meaning(error) is None


def meaning(error: Exception) -> str | None:
    """The first general name for this error where a tensor was expected."""
    answer = {"kind": "error", "type": type(error).__name__, "message": str(error)}
    told = (one for one in GENERIC if one.other is not None and one.other(answer, RIGHT))
    return next((one.name for one in told), None)
