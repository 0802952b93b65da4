"""Figures of week 12: where numbers lie, power laws and bets, valleys, rulers, small and large.

Arrays may be tensors, numpy arrays or lists; each function returns a matplotlib Figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib import ticker
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course.figures import diagram, style
from course.figures.arrays import Numbers, as_array
from course.figures.series import legend, with_looks

STORY = (
    ("a budget", "operations", "2: train_flops"),
    ("size and text", "n, t", "1: count_params, 4: isoflop_optimum"),
    ("a bet", "loss", "3: fit_power_law, 5: extrapolate"),
    ("an ability", "p, p^k", "6: emergence_metric"),
    ("a small model", "bytes", "7: distill_loss, 8: memory_of_training"),
)
BITS = "bits per character"
LARGE = ((1e12, "T"), (1e9, "B"), (1e6, "M"))


# ------------------------------------------------------------------------------------ axes
def plain(value: float) -> str:
    """A count as people write it: 1,566 or 70B."""
    for unit, letter in LARGE:
        if value >= unit:
            return f"{value / unit:,.3g}{letter}"
    return f"{value:,.0f}" if value >= 10 else f"{value:g}"


def _counts(axis: Any) -> None:
    """A logarithmic axis whose labels are plain numbers."""
    getattr(axis.axes, f"set_{axis.axis_name}scale")("log")
    axis.set_major_formatter(lambda value, _place: plain(value))
    axis.set_minor_formatter(ticker.NullFormatter())
    low, high = axis.get_view_interval()
    if high < 300 * low:  # the powers of ten alone would be one or two
        axis.set_major_locator(ticker.LogLocator(subs=(1.0, 3.0)))


def _few_losses(ax: Axes) -> None:
    """A logarithmic axis of losses, which spans less than a power of ten."""
    ax.set_yscale("log")
    ax.yaxis.set_major_locator(ticker.MaxNLocator(5))
    ax.yaxis.set_minor_locator(ticker.NullLocator())
    ax.yaxis.set_major_formatter(lambda value, _place: f"{value:.2f}")


# ------------------------------------------------------------------------------------ diagram
def budget_story() -> Figure:
    """From a budget to a small model, with the exercises of each step."""
    fig, ax = style.figure(9.0, 1.9)
    for k, (name, inner, below) in enumerate(STORY):
        diagram.box(ax, (2.3 * k, 1.0), (1.6, 0.7), inner, colour=style.BLUE, lw=2)
        ax.text(2.3 * k, 1.55, name, ha="center", fontsize=11)
        for line, part in enumerate(below.split(", ")):
            ax.text(2.3 * k, 0.4 - 0.3 * line, part, ha="center", fontsize=8)
        if k:
            diagram.arrow(ax, (2.3 * k - 1.45, 1.0), (2.3 * k - 0.85, 1.0))
    ax.set_xlim(-1.2, 10.4)
    ax.set_ylim(-0.1, 1.9)
    ax.axis("off")
    return fig


# ------------------------------------------------------------------------------------ counting
def table_shares(counts: Mapping[str, tuple[float, float]]) -> Figure:
    """Which share of a model's numbers is tables: (all, outside the tables) by name."""
    fig, ax = style.figure(7.5, 0.36 * len(counts) + 1.0)
    names = list(counts)[::-1]
    shares = [1 - counts[name][1] / counts[name][0] for name in names]
    ax.barh(names, shares, color=style.ORANGE, hatch="///", edgecolor="white")
    ax.barh(names, [1 - s for s in shares], left=shares, color=style.BLUE)
    for place, (name, part) in enumerate(zip(names, shares, strict=True)):
        told = f"{part:.1%} of {plain(counts[name][0])}"
        ax.text(1.02, place, told, va="center", fontsize=8)
    ax.set(xlabel="share of the numbers: tables (hatched), layers", xlim=(0, 1.35))
    ax.set_xticks([0, 0.5, 1.0], ["0", "0.5", "1"])
    ax.grid(visible=False, axis="y")
    return fig


def window_shares(windows: Numbers, parts: Mapping[str, Numbers]) -> Figure:
    """Shares of the operations of a token against the length of its window."""
    fig, ax = style.figure(6.5, 3.3)
    for label, values, look in with_looks(parts, monochrome=True):
        ax.plot(as_array(windows), as_array(values), color=look.colour, ls=look.line,
                marker=look.marker, ms=4, label=label)  # fmt: skip
    _counts(ax.xaxis)
    ax.set(xlabel="tokens in a window", ylabel="share of all operations", ylim=(0, 1.4))
    legend(ax, fontsize=8, ncols=2, loc="upper left")
    return fig


# ------------------------------------------------------------------------------------ power laws
Curve = tuple[float, float, float]  # a, alpha, floor


def power_law(
    points: Mapping[str, tuple[Numbers, Numbers]],
    fits: Mapping[str, Curve],
    bet: tuple[float, float] | None = None,
) -> Figure:
    """Losses against sizes with logarithms on both axes, and fitted curves drawn on to ten times.

    Args:
        points: sizes and losses by label.
        fits: a, alpha and floor by label.
        bet: a size and a loss.
    """
    fig, ax = style.figure(6.5, 3.6)
    for label, (n, losses), look in with_looks(points):
        ax.plot(as_array(n), as_array(losses), color=look.colour, marker=look.marker, ls="",
                label=label)  # fmt: skip
    sizes = np.concatenate([as_array(n) for n, _ in points.values()])
    reach = np.geomspace(sizes.min(), max(10 * sizes.min(), 10 * as_array(sizes).max()), 60)
    if len(points) > 1:
        reach = reach[reach <= 1.3 * sizes.max()]
    for label, (a, alpha, floor), look in with_looks(fits, style.INK, monochrome=True):
        ax.plot(reach, floor + a * reach**-alpha, color=look.colour, ls=look.line, lw=1.2,
                label=label)  # fmt: skip
    if bet is not None:
        ax.plot(*bet, color=style.RED, marker="X", ms=10, ls="", label="your bet")
    _counts(ax.xaxis)
    _few_losses(ax)
    ax.set(xlabel="numbers in the model n", ylabel=BITS)
    legend(ax, fontsize=8)
    return fig


def bet_range(n: Numbers, losses: Numbers, seen: int, bet: tuple[float, float, float]) -> Figure:
    """The models that were seen, the plausible range at the last size, and the truth."""
    sizes, found = as_array(n), as_array(losses)
    fig, ax = style.figure(6.5, 3.3)
    ax.plot(sizes[:seen], found[:seen], color=style.BLUE, marker="o", ls="", label="seen")
    best, low, high = bet
    ax.errorbar([sizes[-1]], [best], yerr=[[best - low], [high - best]], color=style.ORANGE,
                marker="s", capsize=5, ls="", label="bet, all plausible floors")  # fmt: skip
    ax.plot(sizes[seen:], found[seen:], color=style.GREEN, marker="*", ms=13, ls="", label="true")
    _counts(ax.xaxis)
    ax.set(xlabel="numbers in the model n", ylabel=BITS)
    legend(ax, fontsize=8)
    return fig


def misses(table: Mapping[str, Numbers]) -> Figure:
    """How far each kind of bet was off, a dot for each seed."""
    fig, ax = style.figure(7.0, 0.4 * len(table) + 1.1)
    for place, (_label, values, look) in enumerate(with_looks(table)):
        off = as_array(values)
        ax.plot(off, [place] * len(off), color=look.colour, marker=look.marker, ls="", alpha=0.7)
        ax.plot([off.mean()] * 2, [place - 0.3, place + 0.3], color=look.colour, lw=2.5)
    ax.axvline(0, color=style.INK, lw=1, ls=":")
    ax.set_yticks(range(len(table)), list(table))
    ax.set(xlabel="bet minus truth (bits per character)", ylim=(-0.6, len(table) - 0.4))
    ax.invert_yaxis()
    return fig


# ------------------------------------------------------------------------------------ valleys
Bottom = tuple[float, float] | None


def valleys(
    rows: Mapping[str, Mapping[str, Numbers]], bottoms: Mapping[str, Bottom], unit: str = BITS
) -> Figure:
    """Losses against sizes, a curve for each budget, and the bottoms where there are any.

    Args:
        rows: "n" and "bits" (or any loss) by budget.
        bottoms: the best size and its loss by budget; None: no valley.
        unit: of the losses.
    """
    fig, ax = style.figure(6.8, 3.8)
    for label, row, look in with_looks(rows):
        ax.plot(as_array(row["n"]), as_array(row["bits"]), color=look.colour, marker=look.marker,
                ms=4, lw=1.2, label=label)  # fmt: skip
        bottom = bottoms.get(label)
        if bottom is not None:
            ax.plot(*bottom, color=look.colour, marker="v", ms=11, mec=style.INK, ls="")
    _counts(ax.xaxis)
    ax.set(xlabel="numbers in the model n (triangle: your bottom)", ylabel=unit)
    legend(ax, fontsize=8)
    return fig


def climbs(rows: Mapping[str, tuple[Numbers, Numbers]]) -> Figure:
    """The best size against the budget, both with logarithms, a line for each way of counting."""
    fig, ax = style.figure(7.0, 3.6)
    for label, (budgets, best), look in with_looks(rows, monochrome=True):
        ax.plot(as_array(budgets), as_array(best), color=look.colour, ls=look.line,
                marker=look.marker, ms=4, label=label)  # fmt: skip
    ax.set_xscale("log")
    _counts(ax.yaxis)
    ax.set(xlabel="operations F", ylabel="best size n")
    legend(ax, fontsize=8)
    return fig


# ------------------------------------------------------------------------------------ emergence
def rulers(n: Numbers, shares: Mapping[str, Numbers]) -> Figure:
    """The first ruler in one panel, the others beside it, against the size."""
    fig, axes = style.figure(9.0, 3.3, 1, 2)
    (first, values), *rest = shares.items()
    groups = ({first: values}, dict(rest))
    for ax, part in zip(axes, groups, strict=True):
        for label, share, look in with_looks(part, monochrome=True):
            ax.plot(as_array(n), as_array(share), color=look.colour, ls=look.line,
                    marker=look.marker, ms=4, label=label)  # fmt: skip
        _counts(ax.xaxis)
        ax.set(xlabel="numbers in the model n", ylabel="share right")
        ax.set_ylim(bottom=0)
        legend(ax, fontsize=8)
    return fig


def powers(p: Numbers, table: Mapping[str, Numbers]) -> Figure:
    """Shares of whole answers that are right against a size that lifts p evenly."""
    fig, ax = style.figure(6.5, 3.3)
    for label, values, look in with_looks(table, monochrome=True):
        ax.plot(as_array(p), as_array(values), color=look.colour, ls=look.line, label=label)
    _counts(ax.xaxis)
    ax.set(xlabel="numbers in the model n", ylabel="share right", ylim=(0, 1.03))
    legend(ax, fontsize=8, loc="upper left")
    return fig


# ------------------------------------------------------------------------------------ small models
def school_bars(
    runs: Sequence[Mapping[str, Numbers]], letters: Sequence[int], teacher: float
) -> Figure:
    """Bits of a student by how it was taught and how much it read; a dot for each seed."""
    fig, ax = style.figure(6.5, 3.3)
    x = np.arange(len(letters))
    ways = {way: np.array([as_array(run[way]) for run in runs]) for way in runs[0]}
    for place, (way, table, look) in enumerate(with_looks(ways, monochrome=True)):
        at = x + 0.3 * place - 0.15 * (len(ways) - 1)
        ax.bar(at, table.mean(0), 0.3, label=way, **look.bar)
        for row in table:
            ax.plot(at, row, color=style.INK, marker=".", ms=5, ls="")
        for where, height in zip(at, table.mean(0), strict=True):
            ax.text(where, height + 0.08, f"{height:.2f}", ha="center", fontsize=8)
    ax.axhline(teacher, color=style.INK, lw=1, ls=":")
    ax.text(-0.45, teacher, "teacher", ha="left", va="bottom", fontsize=8)
    ax.set_xticks(x, [f"{count:,} characters read" for count in letters])
    ax.set(ylabel=BITS, xlim=(-0.5, len(letters) - 0.5))
    ax.set_ylim(bottom=0)  # bars: their lengths are compared
    legend(ax, fontsize=8, loc="upper right", bbox_to_anchor=(1, 1.16), ncols=2)
    return fig


def memory_bars(parts: Mapping[str, float], cards: Mapping[str, float]) -> Figure:
    """Gigabytes of a training, stacked, beside what cards hold."""
    fig, ax = style.figure(8.0, 2.6)
    left = 0.0
    for label, size, look in with_looks(parts, monochrome=True):
        ax.barh([0], [size], left=left, height=0.5, label=f"{label} {size:,.1f}", **look.bar)
        left += size
    for name, size in cards.items():
        ax.plot([size, size], [-0.4, 0.38], color=style.INK, lw=1, ls="--")
        ax.text(size, 0.44, name, rotation=90, va="bottom", ha="center", fontsize=7)
    ax.set(xlabel=f"GB (all {left:,.1f})", yticks=[], ylim=(-0.4, 1.3))
    ax.set_xlim(0, max(left, *cards.values()) * 1.05)
    ax.grid(visible=False)
    ax.legend(fontsize=8, ncols=4, loc="upper center", bbox_to_anchor=(0.5, -0.3))
    return fig


def side_by_side(table: Mapping[str, Mapping[str, float]]) -> Figure:
    """What models cost, weigh, take and can do: a panel for each measure."""
    measures = list(next(iter(table.values())))[1:]
    fig, axes = style.panels(len(measures), 2.2, 2.6)
    for ax, what in zip(axes, measures, strict=True):
        values = [row[what] for row in table.values()]
        ax.barh(list(table), values, color=style.BLUE)
        for place, value in enumerate(values):
            ax.text(max(values) * 1.03, place, f"{value:.3g}", va="center", fontsize=8)
        ax.set(title=what, xlim=(0, max(*values, 1e-9) * 1.5), xticks=[])
        ax.invert_yaxis()
        ax.grid(visible=False)
        if ax is not axes[0]:
            ax.set_yticks([])
    return fig


def cut_layers(whole: float, alone: Numbers, greedy: Sequence[tuple[float, int]]) -> Figure:
    """Perplexity without each layer alone; and with fewer and fewer of them."""
    fig, axes = style.figure(8.5, 3.1, 1, 2)
    single = as_array(alone)
    axes[0].bar(np.arange(len(single)), single, color=style.BLUE)
    axes[0].axhline(whole, color=style.INK, ls=":", lw=1.5, label="the whole model")
    legend(axes[0], fontsize=8)
    axes[0].set(xlabel="the layer that was cut out", ylabel="perplexity")
    axes[1].plot([left for _, left in greedy], [p for p, _ in greedy], color=style.RED, marker="o")
    axes[1].invert_xaxis()
    axes[1].set(xlabel="layers left, the cheapest cut each time", ylabel="perplexity")
    for ax in axes:
        _counts(ax.yaxis)
        ax.xaxis.get_major_locator().set_params(integer=True)
    return fig


def languages(tables: Mapping[str, Mapping[str, Numbers]]) -> Figure:
    """Bits per byte, per character and per paragraph against the size, a line for each language."""
    fig, axes = style.figure(9.0, 3.0, 1, 3)
    for ax, ruler in zip(axes, ("byte", "character", "paragraph"), strict=True):
        for label, table, look in with_looks(tables, monochrome=True):
            ax.plot(as_array(table["n"]), as_array(table[ruler]), color=look.colour, ls=look.line,
                    marker=look.marker, label=label)  # fmt: skip
        _counts(ax.xaxis)
        ax.set(xlabel="numbers in the model n", ylabel=f"bits per {ruler}")
        ax.set_ylim(bottom=0)
        legend(ax, fontsize=8)
    return fig
