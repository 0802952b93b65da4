"""The toolbox: functions that you wrote in one week and use again in a later one.

keep(stable_softmax, numerical_grad)       # in week 00, at the end
numerical_grad = recall("numerical_grad", "week00_setup")    # in week 01

What is kept is the source, in a folder beside the answers. What was never kept is looked for in the
notebook of its week, if that lies beside this one's folder. Both are read in playgrounds alone;
grading runs neither cell.
"""

from __future__ import annotations

import inspect
import json
import math
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from course.errors import UserError
from course.lesson.fallback import is_blank, stand_ins
from course.lesson.lesson import state_folder
from course.phrases import tr

Function = Callable[..., Any]


def keep(*functions: Function) -> None:
    """Put functions into the toolbox; what is blank, or a stand-in, is left out, and said to be."""
    for function in functions:
        name = function.__name__
        if is_blank(function) or ".stand_ins" in function.__module__:
            print(tr(f"`{name}` is not written yet: nothing to keep."))
            continue
        path = _file(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n\n".join(_sources(function, set())), "utf-8")
        print(tr(f"`{name}` is in your toolbox."))


def recall(name: str, week: str) -> Function:
    """A function from the toolbox, or from its week's notebook; without either, a stand-in.

    Args:
        name: of the function.
        week: in which it was an exercise, such as "week00_setup".

    Raises:
        UserError: it was never kept, or what was kept does not run, and nothing can stand in.
    """
    own = _kept(name) or _written(name, week)
    if own is not None:
        print(tr(f"`{name}` is your own, from {week}."))
        return own
    stand_in = stand_ins(week).get(name)
    if stand_in is None:
        raise UserError(tr(f"`{name}` is not in your toolbox: run the last cells of {week}."))
    print(tr(f"`{name}` is not in your toolbox: a stand-in of the course runs in its place."))
    return stand_in


def _kept(name: str) -> Function | None:
    """The function as it was kept; None if it was not, or does not run."""
    try:
        return _run(_file(name).read_text("utf-8"), name)
    except (OSError, SyntaxError, NameError, KeyError):
        return None


def _written(name: str, week: str) -> Function | None:
    """The exercise in the notebook of its week, after that one's set-up; None if it is blank.

    A student's weeks lie side by side, each in its folder, and a kernel starts in one of them.
    """
    names: dict[str, Any] = {}
    try:
        text = (Path("..") / week / f"{week}.ipynb").read_text("utf-8")
        for cell in json.loads(text)["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") in ("setup", name):
                exec("".join(cell["source"]), names)
    except Exception:  # a student's notebook, perhaps half written: whatever it raises
        return None
    return None if is_blank(names.get(name)) else names[name]


def _file(name: str) -> Path:
    return state_folder() / "toolbox" / f"{name}.py"


def _sources(function: Function, seen: set[str]) -> Iterator[str]:
    """The source of a function, after those of the student's own functions that it calls."""
    seen.add(function.__name__)
    for name in function.__code__.co_names:
        helper = function.__globals__.get(name)
        if (
            isinstance(helper, types.FunctionType)
            and helper.__name__ not in seen
            and helper.__module__ == function.__module__
        ):
            yield from _sources(helper, seen)
    yield inspect.getsource(function)


def _run(source: str, name: str) -> Function:
    """Run what was kept, with the names that a week's first cell imports."""
    import numpy as np
    import torch

    names: dict[str, Any] = {"math": math, "np": np, "torch": torch, "Tensor": torch.Tensor}
    names |= {"F": torch.nn.functional, "Callable": Callable}
    exec(compile(source, f"<toolbox: {name}>", "exec", dont_inherit=True), names)
    return names[name]
