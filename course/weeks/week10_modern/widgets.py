"""Widgets of week 10: hands that turn with the position, and weights on fewer and fewer levels."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets as widgets
from matplotlib.figure import Figure
from torch import Tensor

from course.figures.panel import Panel
from course.weeks.week10_modern import plots, toys


def hands(d: int = 16, furthest: int = 512) -> Panel:
    """Turn the position, and see each pair of a head turn at its own pace."""

    def draw(position: int, theta: int) -> Figure:
        return plots.clock_hands(position, d, float(theta))

    return Panel(
        draw,
        position=widgets.IntSlider(
            value=5, min=0, max=furthest, description="position", continuous_update=False
        ),
        theta=widgets.Dropdown(options=[100, 10_000, 100_000], value=10_000, description="theta"),
        stills=[{"position": 5}, {"position": 100}],
    )


def rounding(
    weight: Tensor, perplexity: Callable[[int, int], float], written: Callable[[int, int], str]
) -> Panel:
    """Choose bits and group; see a group's levels, the perplexity, and what the model writes.

    Args:
        weight: a matrix whose first group is drawn.
        perplexity: of the model with every matrix rounded so.
        written: what that model writes.
    """

    def draw(bits: int, group: int) -> tuple[str, Figure]:
        shown = weight.reshape(-1)[:group]
        figure = plots.levels(shown, toys.rounded(shown, bits, group))
        cost = toys.bits_a_weight(bits, group)
        told = f"{cost:.2f} bits a weight, perplexity {perplexity(bits, group):,.2f}"
        return f"{told}\n\n{written(bits, group)}", figure

    return Panel(
        draw,
        bits=widgets.IntSlider(value=4, min=1, max=8, description="bits", continuous_update=False),
        group=widgets.Dropdown(options=[16, 32, 64, 128], value=32, description="group"),
    )
