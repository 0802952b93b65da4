"""Week 10: small inputs for its widgets and figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from course.figures.panel import Panel
from course.weeks.week10_modern import plots, widgets
from specimens import CURVE, Arrays, Many, Panels, Unsolved, named


def rounding(perplexity: Callable[..., Any]) -> Panel:
    return widgets.rounding(torch.arange(64.0), perplexity, lambda bits, group: f"{bits} {group}")


PANELS: Panels = {
    "hands": (lambda: widgets.hands(d=4), "position", 40),
    "rounding": (lambda: rounding(lambda bits, group: 2.0 + bits), "bits", 2),
}

UNSOLVED: Unsolved = {"rounding": rounding}

MANY: Many = {
    "score_by_distance": lambda n: plots.score_by_distance([1, 2, 3], named(n, CURVE)),
    "writing_times": lambda n: plots.writing_times(named(n, CURVE)),
    "by_position": lambda n: plots.by_position(named(n, ([1, 2, 3], CURVE)), trained=2),
    "file_sizes": lambda n: plots.file_sizes(named(n, ([5, 4, 3], CURVE)), whole=1.5),
    "expert_loads": lambda n: plots.expert_loads(named(n, CURVE)),
    "cache_bars": lambda n: plots.cache_bars(named(n, {"a": 3.0, "b": 2.0})),
}

LINES_EACH: dict[str, int] = {"score_by_distance": 1, "writing_times": 1}

ARRAYS: Arrays = {
    "score_by_distance": lambda of: plots.score_by_distance(of(CURVE), {"a": of(CURVE)}),
    "writing_times": lambda of: plots.writing_times({"a": of(CURVE)}),
    "by_position": lambda of: plots.by_position({"a": (of(CURVE), of(CURVE))}, trained=2),
    "file_sizes": lambda of: plots.file_sizes({"a": (of(CURVE), of(CURVE))}, whole=1.5),
    "levels": lambda of: plots.levels(of(CURVE), of(CURVE)),
    "expert_loads": lambda of: plots.expert_loads({"a": of([0.5, 0.25, 0.25])}),
}
