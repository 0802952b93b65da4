"""Widgets of week 12: windows, a bet before the truth, valleys, a ruler, what fits on a card."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as widgets
import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from course.figures.arrays import Numbers, as_array
from course.figures.panel import Panel
from course.weeks.week12_scaling import plots, toys

Fit = Callable[[np.ndarray, np.ndarray], tuple[float, float]]
Optimum = Callable[[np.ndarray, np.ndarray], tuple[float, float] | None]
Rulers = Callable[[Tensor, Tensor], tuple[float, float, float]]


def window_panel(
    shapes: Mapping[str, Any], parts_of: Callable[[Any, int], Mapping[str, float]]
) -> Panel:
    """Which part of a model's operations grows with the window.

    Args:
        shapes: models by name.
        parts_of: from a model and the tokens of a window to shares by part.
    """
    lengths = [16, 64, 256, 1024, 4096, 16384, 65536]

    def draw(model: str) -> Figure:
        rows = [parts_of(shapes[model], T) for T in lengths]
        return plots.window_shares(lengths, {name: [r[name] for r in rows] for name in rows[0]})

    return Panel(draw, model=widgets.Dropdown(options=list(shapes), description="model"))


def bet_panel(n: Numbers, losses: Numbers, seen: int, fit: Fit) -> Panel:
    """Bet on the largest model's loss, then reveal.

    Args:
        n, losses: of all models, from the smallest to the largest.
        seen: how many of them may be looked at.
        fit: the `fit_power_law` of the exercise.
    """
    sizes, found = as_array(n), as_array(losses)

    def draw(bet: float, reveal: bool) -> tuple[str, Figure]:
        points = {"models you may look at": (sizes[:seen], found[:seen])}
        told = f"Your bet on {sizes[-1]:,.0f} numbers: {bet:.2f} bits. Sure? Then reveal."
        if reveal:
            points["the hidden ones"] = (sizes[seen:], found[seen:])
            told = f"True: {found[-1]:.3f}. Your bet was off by {bet - found[-1]:+.3f} bits."
        a, alpha = fit(sizes[:seen], found[:seen])
        return told, plots.power_law(points, {"your fit": (a, alpha, 0.0)}, (sizes[-1], bet))

    low, high = 0.6 * found[:seen].min(), float(found[:seen].min())
    slider = widgets.FloatSlider(
        value=round(0.9 * high, 2), min=round(low, 2), max=round(high, 2), step=0.01,
        description="your bet", continuous_update=False,
    )  # fmt: skip
    return Panel(draw, bet=slider, reveal=widgets.Checkbox(value=False, description="reveal"))


def valleys_panel(optimum: Optimum) -> Panel:
    """Valleys of a published law, with the exercise's bottoms.

    Args:
        optimum: the `isoflop_optimum` of the exercise.
    """

    def draw(law: str, largest: float) -> tuple[str, Figure]:
        budgets = [10.0**power for power in np.arange(largest - 3, largest + 0.5)]
        rows, bottoms, told = {}, {}, []
        for F in budgets:
            label = f"{F:.0e} operations"
            sizes = toys.LAWS[law].optimum(F) * np.geomspace(0.2, 5, 9)
            rows[label] = {"n": sizes, "bits": toys.valley(toys.LAWS[law], F, sizes)}
            bottoms[label] = optimum(sizes, rows[label]["bits"])
            told.append(f"{label}: {_told(bottoms[label], F)}")
        return "\n".join(told), plots.valleys(rows, bottoms, "nats per token")

    slider = widgets.FloatSlider(
        value=22, min=19, max=26, step=1, description="largest, 10^", continuous_update=False
    )
    return Panel(
        draw,
        stills=[{"law": name} for name in reversed(toys.LAWS)],
        law=widgets.Dropdown(options=list(toys.LAWS)[::-1], description="law"),
        largest=slider,
    )


def _told(bottom: tuple[float, float] | None, flops: float) -> str:
    if bottom is None:
        return "no valley was found"
    best, tokens = bottom[0], flops / (6 * bottom[0])
    return (
        f"{plots.plain(best)} numbers, {plots.plain(tokens)} tokens, "
        f"{tokens / best:.0f} tokens for each number"
    )


def power_panel(measure: Rulers) -> Panel:
    """A planted world in which p climbs evenly with log n: where does an ability "emerge"?

    Args:
        measure: the `emergence_metric` of the exercise.
    """
    sizes = np.geomspace(1e6, 1e12, 25)

    def draw(k: int) -> Figure:
        dice = torch.Generator().manual_seed(0)
        luck = torch.rand(4000, k, generator=dice, dtype=torch.float64)
        climb = np.linspace(0.5, 0.995, len(sizes))
        found = [measure(luck < p, torch.ones_like(luck, dtype=torch.bool)) for p in climb]
        names = ("per token", f"all {k} right, measured", f"all {k} right, p^{k}")
        return plots.powers(sizes, {name: [f[i] for f in found] for i, name in enumerate(names)})

    slider = widgets.IntSlider(
        value=20, min=1, max=60, description="length k", continuous_update=False
    )
    return Panel(draw, stills=[{"k": 20}, {"k": 1}], k=slider)


def memory_panel(
    shapes: Mapping[str, Any],
    counts: Mapping[str, int],
    memory: Callable[[Any, int, int, int, int, bool], Mapping[str, int]],
) -> Panel:
    """Stack what a training keeps beside what cards hold.

    Args:
        shapes, counts: models and their numbers by name.
        memory: the `memory_of_training` of the exercise.
    """

    def draw(model: str, batch: int, recompute: bool, adapter: bool) -> tuple[str, Figure]:
        trained = counts[model] // 100 if adapter else counts[model]
        T = min(1024, shapes[model].positions or 1024)
        need = memory(shapes[model], counts[model], trained, batch, T, recompute)
        whole = sum(need.values()) / 1e9
        cards = [name for name, size in toys.CARDS.items() if size >= whole]
        told = f"{plots.plain(counts[model])} numbers, {batch} windows of {T:,} tokens: "
        told += f"fits on {', '.join(cards)}" if cards else "fits on none of these cards"
        return told, plots.memory_bars({k: v / 1e9 for k, v in need.items()}, toys.CARDS)

    return Panel(
        draw,
        model=widgets.Dropdown(options=list(shapes), description="model"),
        batch=widgets.IntSlider(
            value=8, min=1, max=64, description="batch", continuous_update=False
        ),
        recompute=widgets.Checkbox(value=False, description="recompute"),
        adapter=widgets.Checkbox(value=False, description="adapter of 1%"),
    )
