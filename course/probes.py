"""Probes: how a check cell shows evidence that a judge elsewhere can compare.

A probe runs one expression and displays what it returned, twice: as text at six significant digits
(for people and for stock nbval) and as a small JSON bundle (for the judge). It knows no expected
value, so nothing that a student does to it can turn a wrong answer into a right one: the answers
are compared in another process, with what the instructor's own notebook displayed.

    rng = probe_rng("stable_softmax")
    x = rng.normal(3, 5)                                   # float64 tensor, shape (3, 5)
    probe("rows", stable_softmax, x, points=2)
    probe("colder", lambda logits: stable_softmax(logits, 0.5), x)

Every probe gets copies of its inputs: what a function writes to an argument spoils no other probe.
"""

from __future__ import annotations

import contextlib
import copy
import hashlib
import inspect
import math
import os
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

MIME = "application/vnd.word2chat.probe+json"
DEFAULT_SEED = "word2chat"
SEED_VARIABLE = "WORD2CHAT_SEED"

MAX_VALUES = 4096  # numbers in one probe
MAX_TEXT = 10_000  # characters in one string
MAX_DEPTH = 6  # nested sequences and mappings

# how torch begins to say it
WRITTEN_OVER = (
    "one of the variables needed for gradient computation has been modified by an inplace operation"
)


_key = DEFAULT_SEED  # what the inputs of the check that runs now are drawn from


def sow(key: str) -> None:
    """From here on probes draw from this key; grading gives each check its own when it runs."""
    global _key
    _key = key


def _seed_of(name: str) -> int:
    offering = _key + os.environ.get(SEED_VARIABLE, "")
    return int.from_bytes(hashlib.sha256(f"{offering}/{name}".encode()).digest()[:8], "big")


class ProbeRng:
    """Random inputs for probes: float64 torch tensors, the same for everyone in one offering."""

    def __init__(self, name: str) -> None:
        self.numpy = np.random.default_rng(_seed_of(name))

    def normal(self, *shape: int, scale: float = 1.0) -> Any:
        """Gaussian float64 tensor of the given shape; `normal()` is a 0-d tensor."""
        import torch

        return torch.as_tensor(self.numpy.normal(0.0, scale, size=shape), dtype=torch.float64)

    def uniform(self, *shape: int, low: float = 0.0, high: float = 1.0) -> Any:
        """Uniform float64 tensor in [low, high)."""
        import torch

        return torch.as_tensor(self.numpy.uniform(low, high, size=shape), dtype=torch.float64)

    def integers(self, low: int, high: int, *shape: int) -> Any:
        """Int64 tensor of integers in [low, high): high itself never appears."""
        import torch

        return torch.as_tensor(self.numpy.integers(low, high, size=shape), dtype=torch.int64)

    def integer(self, low: int, high: int) -> int:
        """One Python int in [low, high)."""
        return int(self.numpy.integers(low, high))

    def choice(self, items: list, k: int) -> list:
        """k different items, in random order."""
        return [items[i] for i in self.numpy.permutation(len(items))[:k]]

    def shuffled(self, items: list) -> list:
        """The same items in random order."""
        return self.choice(items, len(items))


def probe_rng(name: str) -> ProbeRng:
    """A generator seeded by the offering's seed and `name` (use the exercise's name)."""
    return ProbeRng(name)


class ChangedArgument(Exception):
    """A function wrote to an argument that its contract leaves as it was."""


def probe(
    label: str,
    fn: Callable[..., Any],
    *inputs: Any,
    points: float = 1,
    rtol: float = 1e-5,
    atol: float = 1e-8,
    unchanged: bool = False,
) -> None:
    """Run `fn` on copies of the inputs and display its result as evidence.

    An exception in `fn` costs this probe only. So does a changed input, and only where the contract
    forbids that: `unchanged=True` belongs in one probe of an exercise whose docstring says so.

    Args:
        label: a short name, unique in its cell; students see it in their feedback.
        fn: returns numbers, tensors, text, or lists, tuples and dicts of them. The names of its
            parameters are told to a student who changed one: take those of the exercise.
        inputs: what it is called with; each probe gets deep copies of its own.
        points: what this probe is worth; the probes of a cell sum to the cell's points.
        rtol: relative tolerance for numbers, relative also to the largest of an array. Everything
            that is not a number compares exactly.
        atol: absolute tolerance for numbers.
        unchanged: the inputs must be as they were afterwards.
    """
    copies = [copy.deepcopy(value) for value in inputs]  # one by one: no input shares another's
    _reseed(label)
    try:
        value = bundle(fn(*copies))
        if unchanged:
            _must_be_unchanged(fn, inputs, copies)
    except Exception as error:  # the student's error: it costs this probe and no other
        value = _error_bundle(error)
    _show(label, value, points, rtol, atol)


def _must_be_unchanged(fn: Callable[..., Any], before: tuple, after: list) -> None:
    """Compare the inputs with what the function left of its copies.

    Raises:
        ChangedArgument: one of them is not as it was.
    """
    try:
        names = list(inspect.signature(fn).parameters)
    except (TypeError, ValueError):
        names = []
    for place, pair in enumerate(zip(before, after, strict=True)):
        if not _equal(*pair):
            name = names[place] if place < len(names) else f"number {place + 1}"
            raise ChangedArgument(f"your function changed its argument {name}")


def _equal(one: Any, other: Any) -> bool:
    """Whether two values are the same in kind, shape, type and every number; NaN equals NaN.

    A number that was moved and put back may differ by a rounding error.
    """
    if type(one) is not type(other):
        return False
    if hasattr(one, "state_dict"):  # a torch module
        return _equal(dict(one.state_dict()), dict(other.state_dict()))
    if hasattr(one, "detach"):  # a torch tensor
        return one.dtype == other.dtype and _equal(one.detach().numpy(), other.detach().numpy())
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and _same_numbers(one, other)
    if isinstance(one, Mapping):
        return list(one) == list(other) and all(_equal(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(_equal(*pair) for pair in pairs)
    return bool(one == other)


def _same_numbers(one: np.ndarray, other: np.ndarray) -> bool:
    if one.shape != other.shape or one.dtype.kind != "f":
        return np.array_equal(one, other)
    # a zero that was written over is no zero
    share, least = (1e-12, 1e-14) if one.dtype.itemsize == 8 else (1e-6, 1e-9)
    return np.allclose(one, other, rtol=share, atol=least, equal_nan=True)


@contextlib.contextmanager
def arguments_may_change(*arguments: Any) -> Iterator[None]:
    """Around a call whose gradients are asked for: a write to an argument costs nothing.

    What backward needs of these tensors is kept as a copy, so that a function may write to them
    after it has used them. What it writes over a tensor of its own that backward needs makes
    backward raise, as in training. In a hidden check::

        x.requires_grad_()
        with arguments_may_change(mine := x * 1, mask):
            out = layer(mine, mask)
        return torch.autograd.grad(out.sum(), x)
    """
    import torch

    tensors = filter(torch.is_tensor, arguments)
    theirs = {one.untyped_storage().data_ptr() for one in tensors}

    def keep(tensor: Any) -> tuple[Any, int, Any]:
        return tensor, tensor._version, tensor.clone()

    def give_back(kept: tuple[Any, int, Any]) -> Any:
        tensor, version, as_it_was = kept
        if tensor.untyped_storage().data_ptr() not in theirs:
            # of what a step gave, its version is not told here, and of NaN nothing else is known
            changed = (tensor != as_it_was) & (tensor == tensor)
            if tensor._version != version or changed.any():
                raise RuntimeError(WRITTEN_OVER)
        return as_it_was

    with torch.autograd.graph.saved_tensors_hooks(keep, give_back):
        yield


def close(answer: Any, expected: Any, atol: float = 1e-6) -> bool:
    """Whether an answer has the expected shape and, nearly, the expected numbers.

    For visible checks. Unlike `torch.allclose` it never broadcasts: a single number is not close to
    three of them. Types may differ; NaN is close to nothing.

    Args:
        answer: a tensor, an array, a number, or lists of numbers.
        expected: the same; the tolerance is absolute, and relative to the largest number in it.
        atol: how far apart two numbers may be.
    """
    one, other = (_as_array(value) for value in (answer, expected))
    if one.shape != other.shape:
        return False
    scale = max(1.0, float(np.abs(other).max(initial=0.0)))
    return bool(np.allclose(one, other, rtol=0.0, atol=atol * scale))


def _as_array(value: Any) -> np.ndarray:
    if hasattr(value, "detach"):
        value = value.detach().cpu().double().numpy()
    return np.asarray(value, dtype=np.float64)


def _reseed(label: str) -> None:
    """Start every probe from the same global random state, whatever ran before it."""
    seed = _seed_of(f"global/{label}") % 2**32
    random.seed(seed)
    np.random.seed(seed)
    torch = sys.modules.get("torch")
    if torch is None:  # nobody has drawn from it, and it may not be installed
        return
    # not torch.manual_seed: it looks for accelerators at every call, which costs more than a probe
    torch.default_generator.manual_seed(seed)
    if torch.cuda.is_initialized():
        torch.cuda.manual_seed_all(seed)


def _error_bundle(error: Exception) -> dict:
    try:
        message = str(error)[:300]
    except Exception:
        message = ""
    return {"kind": "error", "type": type(error).__name__[:80], "message": message}


def _show(label: str, value: dict, points: float, rtol: float, atol: float) -> None:
    from IPython.display import display

    evidence = {"label": label, "points": points, "rtol": rtol, "atol": atol, "value": value}
    display({"text/plain": f"{label}: {render(value)}", MIME: evidence}, raw=True)


# ------------------------------------------------------------------------------------ bundles
def bundle(value: Any, depth: int = 0) -> dict:
    """Describe a value as bounded JSON: kind, shape, dtype family, numbers at six digits.

    Scalars and 0-d arrays are the same kind; torch tensors and numpy arrays are the same kind;
    lists and tuples are the same kind; float32 and float64 are the same family.

    Raises:
        TypeError: the value is of a kind that a probe cannot show.
        ValueError: it is too large or nested too deeply.
    """
    if depth > MAX_DEPTH:
        raise ValueError(f"the answer is nested more than {MAX_DEPTH} levels deep")
    if value is None:
        return {"kind": "none"}
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise ValueError(f"the answer is a text of {len(value)} characters, over {MAX_TEXT}")
        return {"kind": "text", "text": value}
    if isinstance(value, bytes):
        return {"kind": "bytes", "text": value[:MAX_TEXT].hex()}
    if isinstance(value, Mapping):
        return _mapping(value, depth)
    if isinstance(value, (list, tuple)):
        _check_size(len(value))
        return {"kind": "sequence", "items": [bundle(item, depth + 1) for item in value]}
    if isinstance(value, (set, frozenset)):
        _check_size(len(value))
        items = [bundle(item, depth + 1) for item in value]
        return {"kind": "set", "items": sorted(items, key=repr)}
    return _array(value)


def _mapping(value: Mapping, depth: int) -> dict:
    _check_size(len(value))
    pairs = [[bundle(key, depth + 1), bundle(item, depth + 1)] for key, item in value.items()]
    return {"kind": "mapping", "items": sorted(pairs, key=lambda pair: repr(pair[0]))}


def _check_size(size: int) -> None:
    if size > MAX_VALUES:
        raise ValueError(f"the answer holds {size} values, more than {MAX_VALUES}")


_FAMILIES = {"b": "bool", "i": "int", "u": "int", "f": "float"}


def _array(value: Any) -> dict:
    if hasattr(value, "detach"):  # a torch tensor, bfloat16 included
        value = value.detach().cpu()
        if str(value.dtype) in ("torch.bfloat16", "torch.float16"):
            value = value.float()
        value = value.numpy()
    if not isinstance(value, (bool, int, float, np.ndarray, np.generic)):
        raise TypeError(f"the answer is of type {type(value).__name__}, which a check cannot read")
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
        return {"kind": "text", "text": str(value)[:MAX_TEXT]}
    array = np.asarray(value)
    if array.dtype.kind not in _FAMILIES:
        raise TypeError(f"the answer has dtype {array.dtype}, which a check cannot read")
    _check_size(array.size)
    return {
        "kind": "array",
        "dtype": _FAMILIES[array.dtype.kind],
        "shape": list(array.shape),
        "values": [_number(item) for item in array.reshape(-1).tolist()],
    }


def _number(value: float) -> float | int | str:
    """Six significant digits; what JSON cannot hold becomes a word; dust becomes zero."""
    if isinstance(value, (bool, int)):
        return int(value)
    if not math.isfinite(value):
        return "nan" if math.isnan(value) else ("inf" if value > 0 else "-inf")
    return 0.0 if abs(value) < 1e-12 else float(f"{value:.6g}")


# ------------------------------------------------------------------------------------ text
def render(value: dict) -> str:
    """The bundle as text: what a person reads, and what nbval's comparator compares."""
    kind = value["kind"]
    if kind == "array":
        return _render_array(value)
    if kind in ("sequence", "set"):
        left, right = ("[", "]") if kind == "sequence" else ("{", "}")
        return left + ", ".join(render(item) for item in value["items"]) + right
    if kind == "mapping":
        return "{" + ", ".join(f"{render(k)}: {render(v)}" for k, v in value["items"]) + "}"
    if kind == "error":
        return f"{value['type']}: {value['message']}"
    return "None" if kind == "none" else repr(value["text"])


def _render_array(value: dict) -> str:
    words = [_word(item, value["dtype"]) for item in value["values"]]
    if not value["shape"]:
        return words[0]
    shape = ", ".join(str(size) for size in value["shape"])
    return f"{value['dtype']} ({shape}) [{' '.join(words)}]"


def _word(item: float | int | str, dtype: str) -> str:
    if dtype == "bool":
        return "True" if item else "False"
    return item if isinstance(item, str) else f"{item:.6g}" if dtype == "float" else str(item)
