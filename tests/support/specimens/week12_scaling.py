"""Week 12: small inputs for its widgets and figures."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np

from course.figures.panel import Panel
from course.weeks.week12_scaling import plots, widgets
from specimens import CURVE, Arrays, Many, Panels, Unsolved, named

SIZES = [1000.0, 4000.0, 16000.0]
ROW = {"n": SIZES, "bits": CURVE}
SIDES = {"n": SIZES, "byte": CURVE, "character": CURVE, "paragraph": CURVE}
MODELS = {"small": SimpleNamespace(positions=64), "large": SimpleNamespace(positions=0)}
MEASURES = {"parameters": 8.0, "MB": 16.0, "ms a token": 0.5}


def bet(fit: Callable) -> Panel:
    return widgets.bet_panel([*SIZES, 160000.0], [*CURVE, 1.0], 3, fit)


def memory(need: Callable) -> Panel:
    return widgets.memory_panel(MODELS, {"small": 1000, "large": 10**9}, need)


def middle(n: np.ndarray, losses: np.ndarray) -> tuple[float, float]:
    return float(n[4]), float(losses[4])


PANELS: Panels = {
    "window_panel": (
        lambda: widgets.window_panel({"a": 1, "b": 2}, lambda model, T: {"x": model / T}),
        "model",
        "b",
    ),
    "bet_panel": (lambda: bet(lambda n, losses: (4.0, 0.125)), "reveal", True),
    "valleys_panel": (lambda: widgets.valleys_panel(middle), "largest", 24.0),
    "power_panel": (
        lambda: widgets.power_panel(lambda correct, mask: (0.5, 0.25, 1 / correct.shape[1])),
        "k",
        3,
    ),
    "memory_panel": (
        lambda: memory(lambda shape, n, trained, B, T, again: {"weights": n * B, "rest": trained}),
        "model",
        "large",
    ),
}

UNSOLVED: Unsolved = {
    "bet": bet,
    "power": widgets.power_panel,
    "memory": memory,
}

MANY: Many = {
    "window_shares": lambda n: plots.window_shares([16, 64, 256], named(n, CURVE)),
    "power_law": lambda n: plots.power_law(named(n, (SIZES, CURVE)), {"fit": (4.0, 0.125, 0.0)}),
    "valleys": lambda n: plots.valleys(named(n, ROW), {}),
    "climbs": lambda n: plots.climbs(named(n, (SIZES, CURVE))),
    "rulers": lambda n: plots.rulers(SIZES, {"first": CURVE} | named(n, CURVE)),
    "powers": lambda n: plots.powers(SIZES, named(n, CURVE)),
    "misses": lambda n: plots.misses(named(n, CURVE)),
    "table_shares": lambda n: plots.table_shares(named(n, (1000, 500))),
    "languages": lambda n: plots.languages(named(n, SIDES)),
    "memory_bars": lambda n: plots.memory_bars(named(n, 2.0), {"card": 16.0}),
    "side_by_side": lambda n: plots.side_by_side(named(n, MEASURES)),
}

LINES_EACH: dict[str, int] = {"climbs": 1, "powers": 1}

ARRAYS: Arrays = {
    "window_shares": lambda of: plots.window_shares(of([16.0, 64.0, 256.0]), {"a": of(CURVE)}),
    "power_law": lambda of: plots.power_law({"a": (of(SIZES), of(CURVE))}, {"f": (4.0, 0.125, 0)}),
    "bet_range": lambda of: plots.bet_range(of(SIZES), of(CURVE), 2, (1.5, 1.25, 1.75)),
    "misses": lambda of: plots.misses({"a": of(CURVE)}),
    "valleys": lambda of: plots.valleys({"a": {"n": of(SIZES), "bits": of(CURVE)}}, {"a": None}),
    "climbs": lambda of: plots.climbs({"a": (of(SIZES), of(CURVE))}),
    "rulers": lambda of: plots.rulers(of(SIZES), {"a": of(CURVE), "b": of(CURVE)}),
    "powers": lambda of: plots.powers(of(SIZES), {"a": of(CURVE)}),
    "cut_layers": lambda of: plots.cut_layers(1.0, of(CURVE), [(1.0, 2), (3.0, 1)]),
    "school_bars": lambda of: plots.school_bars([{"a": of([1.0, 2.0])}] * 2, (5, 60), 0.5),
    "languages": lambda of: plots.languages({"a": {name: of(v) for name, v in SIDES.items()}}),
}
