"""Week 05: small inputs for its widgets and figures."""

from __future__ import annotations

import torch

from course.figures.panel import Panel
from course.weeks.week05_transformer import plots, widgets
from specimens import Arrays, Many, Panels, Unsolved, named

ARTICLED = ["the", "dog", "slept"]
LOWER = [[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.25, 0.25, 0.5]]
PAIR = [0.25, 0.5]


def viewer() -> Panel:
    weights = {"encoder 0": torch.ones(2, 3, 3) / 3, "decoder 0, over": torch.rand(2, 3, 3)}
    return widgets.head_viewer(weights, ARTICLED, ["개", "잤다"], [(1,), (2,)])


PANELS: Panels = {
    "mask_painter": (
        lambda: widgets.mask_painter(
            lambda mask: mask / mask.sum(-1, keepdim=True),
            ARTICLED,
            {"all": torch.ones(3, 3, dtype=torch.bool)},
        ),
        "shut",
        (0,),
    ),
    "position_slider": (lambda: widgets.position_slider(torch.eye(4)), "place", 2),
    "head_viewer": (viewer, "group", "decoder 0, over"),
}

UNSOLVED: Unsolved = {
    "painter": lambda exercise: widgets.mask_painter(
        exercise, ARTICLED, {"all": torch.ones(3, 3, dtype=torch.bool)}
    ),
}

MANY: Many = {
    "softness": lambda n: plots.softness([4, 16], named(n, PAIR)),
    "schedules": lambda n: plots.schedules([1, 2], named(n, PAIR)),
    "race": lambda n: plots.race([1, 2], named(n, PAIR)),
    "exact_match_dots": lambda n: plots.exact_match_dots(named(n, PAIR), 0.5),
    "lost_by_group": lambda n: plots.lost_by_group(named(n, PAIR)),
}

ARRAYS: Arrays = {
    "softness": lambda of: plots.softness(of([4.0, 16.0]), {"a": of([0.25, 0.5])}),
    "mask_and_weights": lambda of: plots.mask_and_weights(of(LOWER), of(LOWER), ARTICLED, 1),
    "positions": lambda of: plots.positions(of(LOWER), 1),
    "schedules": lambda of: plots.schedules([0, 1], {"a": of([0.0, 0.5])}),
    "race": lambda of: plots.race([50, 100], {"a": of([0.25, 0.5])}),
    "exact_match_dots": lambda of: plots.exact_match_dots({"a": of([0.25, 0.5])}, 0.5),
    "head": lambda of: plots.head(of(LOWER), ARTICLED, ARTICLED, [(1,), (0, 2)], "head 0"),
    "cut_heads": lambda of: plots.cut_heads(of(LOWER), of(LOWER)),
    "lost_by_group": lambda of: plots.lost_by_group({"a": of([0.0, 0.25]), "b": of([0.5, 0.0])}),
}
