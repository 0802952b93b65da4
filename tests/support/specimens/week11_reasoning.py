"""Week 11: small inputs for its widgets and figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from course.figures.panel import Panel
from course.weeks.week11_reasoning import plots, widgets
from specimens import CURVE, SQUARE, Arrays, Many, Panels, Unsolved, named

ROW = {"reward": 0.5, "right": 0.25, "worked": 0.125, "symbols": 3.0}
BALLOTS = {"1+1": ["2", None, "3", "2"], "1+4": ["5"]}
RIGHT = {"1+1": "2", "1+4": "5"}


def first(answers: Sequence[str | None]) -> str | None:
    return answers[0]


def votes(vote: Callable) -> Panel:
    return widgets.votes_panel(BALLOTS, RIGHT, vote)


PANELS: Panels = {
    "votes_panel": (lambda: votes(first), "votes", 1),
    "estimates_panel": (
        lambda: widgets.estimates_panel(lambda logp, ref: (ref - logp).square()),
        "distance",
        1.5,
    ),
    "clip_panel": (
        lambda: widgets.clip_panel(lambda ratio, A, clip: ratio * A + clip),
        "clip",
        0.5,
    ),
    "thought_panel": (
        lambda: widgets.thought_panel(lambda problem, begun: begun + "5.", "3+2", "{5}"),
        "begun",
        "{",
    ),
}

UNSOLVED: Unsolved = {
    "estimates": widgets.estimates_panel,
    "clip": widgets.clip_panel,
}

MANY: Many = {
    "sampling_curves": lambda n: plots.sampling_curves([1, 2, 4], named(n, CURVE), 0.1),
    "star_rounds": lambda n: plots.star_rounds(named(n, [ROW, ROW])),
    "estimate_histograms": lambda n: plots.estimate_histograms(named(n, CURVE), 1.0),
    "clip_curves": lambda n: plots.clip_curves([0.5, 1.0, 2.0], named(n, CURVE), 0.2),
    "gradient_shares": lambda n: plots.gradient_shares([2, 5, 9], named(n, CURVE)),
    "seed_dots": lambda n: plots.seed_dots(named(n, [0.5, 0.75]), 0.1),
    "thinking_by_length": lambda n: plots.thinking_by_length(named(n, {2: ROW, 3: ROW})),
    "verdict_bars": lambda n: plots.verdict_bars(named(n, (0.5, 1.0))),
}

LINES_EACH: dict[str, int] = {
    "clip_curves": 1,
}

ARRAYS: Arrays = {
    "sampling_curves": lambda of: plots.sampling_curves([1, 2, 4], {"a": of(CURVE)}, 0.125),
    "group_grids": lambda of: plots.group_grids(["1+1", "1+4"], of(SQUARE), of(SQUARE)),
    "mask_strips": lambda of: plots.mask_strips(["5.", "{1"], of(SQUARE)),
    "estimate_histograms": lambda of: plots.estimate_histograms({"k": of(CURVE)}, 1.0),
    "clip_curves": lambda of: plots.clip_curves(of(CURVE), {"a": of(CURVE)}, 0.25),
    "gradient_shares": lambda of: plots.gradient_shares([2, 5, 9], {"a": of(CURVE)}),
    "seed_dots": lambda of: plots.seed_dots({"a": of(CURVE)}, 0.125),
}
