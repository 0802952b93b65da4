"""What the tests of figures and widgets draw: a module for each folder of `course/weeks`.

A week's module is named like its folder. It may define, each under the name of a function of the
week's `plots` or `widgets`:

* `PANELS`: `(widget, the control to move, its other value)`, for every widget of the week;
* `UNSOLVED`: a function that puts an exercise, which may be a stub, into its widget;
* `MANY`: a function of the number of series, which draws that many;
* `LINES_EACH`: how many lines a series has in those of `MANY` whose lines must all look different;
* `ARRAYS`: a function that draws with what another function makes of lists.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

from matplotlib.figure import Figure

from course import weeks
from course.figures.panel import Panel

Panels = dict[str, tuple[Callable[[], Panel], str, Any]]
Unsolved = dict[str, Callable[[Callable], Panel]]
Many = dict[str, Callable[[int], Figure]]
Arrays = dict[str, Callable[[Callable[[Any], Any]], Figure]]

WEEKS = sorted(module.name for module in pkgutil.iter_modules(weeks.__path__) if module.ispkg)
KINDS = ("PANELS", "UNSOLVED", "MANY", "LINES_EACH", "ARRAYS")

# Numbers are multiples of 1/8, so that no kind of array rounds them.
CURVE = [3.0, 2.0, 1.5]
SQUARE = [[1.0, 0.5], [0.25, 1.0]]
TABLE = [[1.0, 0.0, 1.0], [1.0, 1.0, 1.0], [-1.0, 0.0, 1.0], [-1.0, 1.0, 1.0]]
WORDS = ["king", "queen", "boy", "girl"]
PAIRS = [("king", "queen"), ("boy", "girl")]


def named(count: int, value: Any) -> dict[str, Any]:
    return {f"series {k}": value for k in range(count)}


def of_week(week: str, kind: str) -> dict[str, Any]:
    """What the week's module holds under this name; empty where it, or the module, is missing."""
    assert kind in KINDS, f"{kind!r} is none of {KINDS}"
    try:
        module = importlib.import_module(f"{__name__}.{week}")
    except ModuleNotFoundError as error:
        if error.name != f"{__name__}.{week}":
            raise
        return {}
    return getattr(module, kind, {})


def of_all_weeks(kind: str) -> dict[str, Any]:
    """The same of every week, under "week, name"."""
    return {
        f"{week}-{name}": value for week in WEEKS for name, value in of_week(week, kind).items()
    }
