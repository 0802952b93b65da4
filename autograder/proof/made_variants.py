"""Solutions that nobody writes down: lazy ones, and the reference in another dress.

Made from the instructor's solution by wrapping its function, so that every exercise gets them.
"""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Iterable

from autograder import syntax
from autograder.reference.overlay import Overlay

ANY_FLOAT = "any float dtype"  # what a docstring says when the probes may be answered in float32
# "Gradients flow to x." and "the gradient reaches both", and not "no gradient flows"
GRADIENTS, FLOW = {"gradient", "gradients"}, {"flow", "flows", "reach", "reaches"}
FAILS_IN_BACKWARD = "fails in backward"
LAZY = {
    "returns 0": "return 0",
    "returns None": "return None",
    "returns its first argument": "return [*args, *kwargs.values()][0]",
}
HELPERS = """
def _with_helpers_(answer, names):
    def helper(name):
        return lambda: "the student's own " + name

    def asked(*args, **kwargs):
        for name in names:
            if globals()[name]() != "the student's own " + name:
                raise NameError(name)
        return answer(*args, **kwargs)

    globals().update({{name: helper(name) for name in names}})
    return asked


{exercise} = _with_helpers_({exercise}, {names!r})
"""
SPOILING = """
def _spoiling_(answer):
    import torch

    def cloned(value):
        if isinstance(value, torch.Tensor):
            return value.clone()
        if isinstance(value, dict):
            return {{key: cloned(item) for key, item in value.items()}}
        if isinstance(value, (list, tuple)):
            return type(value)(cloned(item) for item in value)
        return value

    def spoil(value):
        if isinstance(value, torch.Tensor) and not value.requires_grad:
            value.zero_()
        if isinstance(value, (list, tuple)):
            for item in value:
                spoil(item)
        if isinstance(value, (list, dict)):
            value.clear()

    def asked(*args, **kwargs):
        found = cloned(answer(*args, **kwargs))
        spoil([*args, *kwargs.values()])
        return found

    return asked


{exercise} = _spoiling_({exercise})
"""
WITHOUT_BACKWARD = """
def _without_backward_(answer):
    import torch

    class Stuck(torch.autograd.Function):
        @staticmethod
        def forward(ctx, value):
            return value.clone()

        @staticmethod
        def backward(ctx, gradient):
            raise RuntimeError("no way back")

    def stuck(value):
        if isinstance(value, torch.Tensor) and value.requires_grad:
            return Stuck.apply(value)
        if isinstance(value, dict):
            return {{key: stuck(item) for key, item in value.items()}}
        if isinstance(value, (list, tuple)):
            return type(value)(stuck(item) for item in value)
        return value

    return lambda *args, **kwargs: stuck(answer(*args, **kwargs))


{exercise} = _without_backward_({exercise})
"""
PRECISION = """
def _in_precision_(answer, dtype):
    import copy

    import torch

    def cast(value, to):
        if isinstance(value, torch.Tensor):
            return value.to(to) if value.is_floating_point() else value
        if isinstance(value, torch.nn.Module):
            return copy.deepcopy(value).to(to)
        if isinstance(value, dict):
            return {{key: cast(item, to) for key, item in value.items()}}
        if isinstance(value, (list, tuple)):
            return type(value)(cast(item, to) for item in value)
        return value

    def dtypes(value):
        if isinstance(value, torch.nn.Module):
            value = list(value.parameters())
        if isinstance(value, (list, tuple)):
            return [found for item in value for found in dtypes(item)]
        is_float = isinstance(value, torch.Tensor) and value.is_floating_point()
        return [value.dtype] if is_float else []

    def asked(*args, **kwargs):
        given = dtypes([*args, *kwargs.values()])
        back = cast(answer(*cast(args, dtype), **cast(kwargs, dtype)), given[0] if given else dtype)
        return back

    return asked


{exercise} = _in_precision_({exercise}, __import__("torch").{dtype})
"""


def lazy(exercise: str) -> tuple[Overlay, ...]:
    """Functions that return 0, None or what they were given."""
    return tuple(
        Overlay(exercise, name, f"def {exercise}(*args, **kwargs):\n    {body}")
        for name, body in LAZY.items()
    )


def with_helpers(exercise: str, solution: str, names: Iterable[str]) -> Overlay:
    """The solution of a student who has helper functions of these names, and uses them all."""
    names = sorted(names)
    text = HELPERS.format(exercise=exercise, names=names)
    return Overlay(exercise, ", ".join(names), f"{solution}\n{text}")


def spoiling(exercise: str, solution: str) -> Overlay:
    """The solution, which spoils all tensors, lists and dictionaries that it was given."""
    text = SPOILING.format(exercise=exercise)
    return Overlay(exercise, "spoils its arguments", f"{solution}\n{text}")


def without_backward(exercise: str, solution: str) -> Overlay:
    """The solution, whose numbers are right and through which no gradient gets back."""
    text = WITHOUT_BACKWARD.format(exercise=exercise)
    return Overlay(exercise, FAILS_IN_BACKWARD, f"{solution}\n{text}")


def in_precision(exercise: str, solution: str, dtype: str) -> Overlay:
    """The solution, computed in one dtype whatever it is given, and given back in the other."""
    text = PRECISION.format(exercise=exercise, dtype=dtype)
    return Overlay(exercise, f"computed in {dtype}", f"{solution}\n{text}")


# ------------------------------------------------------------------------------------ reading code
def defined(source: str, name: str) -> ast.FunctionDef | None:
    """The function that a cell defines under this name, if it defines one."""
    body = syntax.parse(source).body
    found = (node for node in body if isinstance(node, ast.FunctionDef) and node.name == name)
    return next(found, None)


def promises_any_float(source: str, name: str) -> bool:
    """Whether the docstring of an exercise promises that it works for any float dtype."""
    return ANY_FLOAT in _docstring(source, name)


def promises_gradients(source: str, name: str) -> bool:
    """Whether the docstring of an exercise promises that gradients flow or reach somewhere."""
    return any(map(_promises_gradients, re.split(r"(?<=[.;:]) ", _docstring(source, name))))


def _promises_gradients(sentence: str) -> bool:
    words = set(re.findall(r"\w+", sentence.lower()))
    return bool(words & GRADIENTS and words & FLOW) and "no" not in words


def _docstring(source: str, name: str) -> str:
    """On one line; empty where there is none."""
    function = defined(source, name)
    text = ast.get_docstring(function) if function else None
    return " ".join((text or "").split())


def bound_names(source: str) -> set[str]:
    """The names that code binds at its top level: assigned, imported, defined."""
    symbols = symtable.symtable(source, "cell", "exec").get_symbols()
    return {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}
