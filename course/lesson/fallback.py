"""Never stranded: while an exercise is blank, a stand-in keeps the rest of the notebook running.

A stand-in is a call of a library, autograd, or stored results, and no solution to read. It is for
reading on, not for handing in: grading does not run the cells that ask for one, and in the grader's
sandbox the stand-ins do not exist. For that they stand in a folder of their own,
`course/weeks/WEEK/stand_ins/`, which the sandbox shows empty.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

STUBS = ("Not written yet", "아직 쓰지 않았습니다")  # how the message of a released stub begins


def is_blank(found: Any) -> bool:
    """Whether this is nothing, or a released stub: a function or class that still raises its own.

    Args:
        found: what stands under the exercise's name in the notebook.
    """
    if found is None:
        return True
    # below a decorator such as torch.no_grad() the stub is what is wrapped
    codes = [getattr(inspect.unwrap(found), "__code__", None)]
    if isinstance(found, type):
        codes = [getattr(method, "__code__", None) for method in vars(found).values()]
    return any(code is not None and _raises_stub(code) for code in codes)


def _raises_stub(code: Any) -> bool:
    said = any(isinstance(text, str) and text.startswith(STUBS) for text in code.co_consts)
    return said and "NotImplementedError" in code.co_names


def stand_ins(week: str) -> Mapping[str, Callable]:
    """The stand-ins of a week, by exercise; none where the week has none, or they are hidden."""
    name = f"course.weeks.{week}.stand_ins"
    try:
        module: ModuleType = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and not name.startswith(error.name):
            raise  # a package that a stand-in needs is missing, and not the stand-ins
        return {}
    return getattr(module, "STAND_INS", {})


def is_own(found: Any, exercise: str, week: str) -> bool:
    """Whether this is a student's code: neither blank nor the stand-in, also under the same name.

    Args:
        found: what stands under the exercise's name in the notebook.
        exercise: that name.
        week: whose stand-ins there are.
    """
    return not is_blank(found) and found is not stand_ins(week).get(exercise)


def banner(exercise: str) -> str:
    """What is said when a stand-in steps in."""
    return (
        f"`{exercise}` is not your code yet: a stand-in of the course runs in its place, so that "
        "you can read on. Write your own above, then run this cell again."
    )
