"""Figures of week 05: the architecture, masks, positions, heads, and who wins.

Arrays may be tensors, numpy arrays or lists; each function returns a matplotlib Figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from course.figures import diagram, style
from course.figures.arrays import Numbers, as_array
from course.figures.diagram import Point
from course.figures.series import legend, with_looks

BESIDE: dict[str, Any] = {"loc": "center left", "bbox_to_anchor": (1.0, 0.5)}  # of a legend
TILTED = 45  # degrees, of words below a column


# ------------------------------------------------------------------------------------ the diagram
def architecture() -> Figure:
    """Encoder and decoder with their sublayers; each label says which exercise builds it."""
    fig, ax = style.figure(9.0, 5.3)
    ax.set(xlim=(-0.6, 10.6), ylim=(-0.35, 7.4))
    ax.axis("off")
    _stack(ax, 2.5, "encoder layer (5)", ["self-attention (1, 4)", "feed-forward"])
    _stack(
        ax,
        7.5,
        "decoder layer (6)",
        ["masked self-attention (1, 2, 4)", "cross-attention (1, 4)", "feed-forward"],
    )
    for x, words, name in (
        (2.5, "the old dog slept", "source"),
        (7.5, "<bos> 오래된 개 는", "told"),
    ):
        _entrance(ax, x, words, name)
    diagram.box(ax, (7.5, 6.9), (3.6, 0.5), "next word: 잤다", colour=style.GREEN, fontsize=10)
    _up(ax, 7.5, 6.2, 6.63)
    _across(ax)
    return fig


def _stack(ax: Axes, x: float, name: str, sublayers: Sequence[str]) -> None:
    """A frame with the sublayers from below, each with its residual connection and norm."""
    height = 1.35 * len(sublayers)
    ax.add_patch(
        Rectangle((x - 2.25, 1.8), 4.5, height + 0.25, fill=False, ec=style.GREY, ls="--", lw=1.2)
    )
    ax.text(x - 2.2, height + 2.12, f"{name} × N", fontsize=9, color=style.INK)
    for place, label in enumerate(sublayers):
        y = 2.35 + 1.35 * place
        colour = style.ORANGE if "feed" in label else style.BLUE
        diagram.box(ax, (x, y), (3.7, 0.5), label, colour=colour, fontsize=9)
        diagram.box(ax, (x, y + 0.62), (3.7, 0.36), "add, then normalise", colour=style.PALE,
                    fontsize=8)  # fmt: skip
        _up(ax, x, y + 0.25, y + 0.44)
        _up(ax, x, y + 0.8, y + 1.1)
        diagram.arrow(
            ax, (x - 0.1, y - 0.4), (x - 1.85, y + 0.62), style.GREY, bend=-0.5, gap=0
        )  # the residual connection


def _entrance(ax: Axes, x: float, words: str, name: str) -> None:
    ax.text(x, -0.2, words, ha="center", va="bottom", fontsize=10)
    ax.text(x - 2.2, -0.2, name, ha="left", va="bottom", fontsize=8, color=style.GREY)
    diagram.box(ax, (x, 0.75), (3.7, 0.5), "embeddings + positions (3)", colour=style.PINK,
                fontsize=9)  # fmt: skip
    _up(ax, x, 0.15, 0.49)
    _up(ax, x, 1.0, 2.08)


def _across(ax: Axes) -> None:
    """From the top of the encoder into the cross-attention of the decoder."""
    ax.plot([2.5, 2.5, 5.0, 5.0], [4.85, 5.2, 5.2, 3.7], color=style.GREEN, lw=1.8)
    diagram.arrow(ax, (5.0, 3.7), (5.62, 3.7), style.GREEN, gap=0)
    ax.text(3.75, 5.3, "memory", fontsize=9, color=style.GREEN, ha="center")


def _up(ax: Axes, x: float, low: float, high: float) -> None:
    start: Point = (x, low)
    diagram.arrow(ax, start, (x, high), style.INK, gap=0)


# ------------------------------------------------------------------------------------ attention
def softness(widths: Numbers, largest: Mapping[str, Numbers]) -> Figure:
    """The largest of twenty attention weights against the width d of queries and keys."""
    fig, ax = style.figure(6.4, 3.2)
    for label, values, look in with_looks(largest, monochrome=True):
        ax.semilogx(
            as_array(widths), as_array(values), base=2, color=look.colour, ls=look.line,
            marker=look.marker, label=label,
        )  # fmt: skip
    ax.axhline(1 / 20, color=style.GREY, lw=1, ls=":")
    ax.text(as_array(widths)[-1], 0.06, "all keys alike", ha="right", va="bottom", fontsize=8)
    ax.set(xlabel="d, numbers in a query", ylabel="largest of 20 weights (mean)", ylim=(0, 1.02))
    legend(ax, **BESIDE)
    return fig


def _grid(ax: Axes, values: Numbers, rows: Sequence[str], columns: Sequence[str]) -> Any:
    """A heat map from 0 to 1 whose rows ask and whose columns answer."""
    image = ax.imshow(as_array(values), vmin=0, vmax=1, aspect="auto")
    ax.set_yticks(range(len(rows)), rows, fontsize=8)
    ax.set_xticks(range(len(columns)), columns, rotation=TILTED, ha="right", fontsize=8)
    ax.tick_params(length=0)
    ax.grid(False)
    return image


def mask_and_weights(mask: Numbers, weights: Numbers, words: Sequence[str], row: int) -> Figure:
    """Who may look at whom, and what attention makes of it; one row is framed.

    Args:
        mask: 1 where the query (row) may look at the key (column), (T, T).
        weights: (T, T).
        words: T labels.
        row: the query whose row is framed, and whose words are named in the title.
    """
    fig, (left, right) = style.figure(10.0, 3.9, cols=2)
    _grid(left, mask, words, words)
    image = _grid(right, weights, words, words)
    for ax in (left, right):
        frame = Rectangle((-0.5, row - 0.5), len(words), 1, fill=False, ec=style.RED, lw=2.5)
        ax.add_patch(frame)
        ax.set(xlabel="answers (key)", ylabel="asks (query)")
    open_ones = int(as_array(mask)[row].sum())
    left.set_title(f"may look (yellow): “{words[row]}” at {open_ones} of {len(words)}")
    right.set_title("weights, the same scores throughout")
    fig.colorbar(image, ax=right, label="weight", pad=0.01)
    return fig


def positions(table: Numbers, place: int) -> Figure:
    """The table of positions, and the dot product of one place with all others."""
    values = as_array(table)
    fig, (left, right) = style.figure(10.0, 3.4, cols=2)
    image = left.imshow(values, cmap=style.DIVERGING, vmin=-1, vmax=1, aspect="auto")
    left.axhline(place, color=style.RED, lw=2)
    left.grid(False)
    left.set(xlabel="column", ylabel="position t", title="a row for each position")
    fig.colorbar(image, ax=left, pad=0.01)
    right.plot(values @ values[place], color=style.BLUE)
    right.axvline(place, color=style.RED, ls="--", lw=1.2)
    right.set(
        xlabel="position s", ylabel=r"$PE_t \cdot PE_s$", title=f"t = {place} with all others"
    )
    return fig


def schedules(steps: Sequence[int], rates: Mapping[str, Numbers]) -> Figure:
    """Learning rates against the step."""
    fig, ax = style.figure(7.0, 3.0)
    for label, values, look in with_looks(rates, monochrome=True):
        ax.plot(list(steps), 1000 * as_array(values), color=look.colour, ls=look.line, label=label)
    ax.set(xlabel="step", ylabel="learning rate (thousandths)")
    legend(ax, **BESIDE)
    return fig


# ------------------------------------------------------------------------------------ results
def race(steps: Sequence[int], right: Mapping[str, Numbers]) -> Figure:
    """The share of sentences translated whole against training steps, a line for each model."""
    fig, ax = style.figure(7.0, 3.2)
    for label, values, look in with_looks(right, monochrome=True):
        ax.plot(
            list(steps), as_array(values), color=look.colour, ls=look.line, marker=look.marker,
            label=label,
        )  # fmt: skip
    ax.set(xlabel="training steps (32 sentences each)", ylabel="sentences wholly right")
    ax.set_ylim(-0.03, 1.03)
    legend(ax, **BESIDE)
    return fig


def exact_match_dots(results: Mapping[str, Numbers], chance: float) -> Figure:
    """A dot for each seed: the share of new sentences translated whole."""
    fig, ax = style.figure(7.0, 0.5 * len(results) + 1.2)
    for row, scores in enumerate(map(as_array, results.values())):
        ax.plot(scores, np.full(len(scores), row), "o", color=style.BLUE, ms=8, alpha=0.75)
    ax.axvline(chance, color=style.RED, ls="--", lw=1.2)
    ax.text(chance + 0.01, -0.6, "the order guessed", color=style.RED, fontsize=8, va="center")
    ax.set_yticks(range(len(results)), list(results))
    ax.set(xlim=(-0.03, 1.05), ylim=(len(results) - 0.4, -0.85))
    ax.set_xlabel("share of new sentences translated whole")
    return fig


# ------------------------------------------------------------------------------------ heads
def head(
    weights: Numbers,
    rows: Sequence[str],
    columns: Sequence[str],
    gold: Sequence[Sequence[int]] = (),
    title: str = "",
) -> Figure:
    """What one head looks at: a row for each word that asks, a column for each that answers.

    Args:
        weights: (T, S).
        rows, columns: T and S labels.
        gold: for each row the columns that are framed; may be shorter than the rows.
        title: which head it is.
    """
    fig, ax = style.figure(max(5.0, 0.42 * len(columns) + 2.4), max(3.0, 0.3 * len(rows) + 1.4))
    image = _grid(ax, weights, rows, columns)
    for row, places in enumerate(gold):
        for place in places:
            frame = Rectangle((place - 0.45, row - 0.45), 0.9, 0.9, fill=False, lw=1.6)
            frame.set_edgecolor(style.ORANGE)
            ax.add_patch(frame)
    ax.set(title=title, xlabel="answers", ylabel="asks")
    fig.colorbar(image, ax=ax, label="weight", pad=0.01)
    return fig


def cut_heads(costs: Numbers, back_one: Numbers) -> Figure:
    """What each head costs when it is cut, beside how much it looks at the token before.

    Args:
        costs: bits per token, (layers, heads).
        back_one: mean weight on the token before, (layers, heads).
    """
    fig, axes = style.figure(9.0, 3.4, cols=2)
    for ax, values, title in (
        (axes[0], costs, "cut: bits per token more"),
        (axes[1], back_one, "mean weight on the token before"),
    ):
        _numbers(ax, as_array(values), title)
    return fig


def _numbers(ax: Axes, values: np.ndarray, title: str) -> None:
    """A small table as a heat map with its numbers written in."""
    top = max(float(values.max()), 1e-9)
    ax.imshow(values, vmin=0, vmax=top, aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        ink = "white" if value < 0.6 * top else style.INK
        ax.text(column, row, f"{value:.2f}", ha="center", va="center", color=ink, fontsize=9)
    ax.set_xticks(range(values.shape[1]))
    ax.set_yticks(range(values.shape[0]))
    ax.grid(False)
    ax.set(title=title, xlabel="head", ylabel="layer")


def lost_by_group(lost: Mapping[str, Numbers]) -> Figure:
    """The share of words that is lost when a head is cut: a dot a head, a row a group of heads."""
    fig, ax = style.figure(7.0, 0.42 * len(lost) + 1.2)
    for row, (_, values, look) in enumerate(with_looks(lost)):
        points = as_array(values)
        marks = {"ls": "", "marker": look.marker, "color": look.colour, "ms": 8, "alpha": 0.8}
        ax.plot(points, np.full(len(points), row), **marks)
    ax.axvline(0, color=style.GREY, lw=0.8)
    ax.set_yticks(range(len(lost)), list(lost))
    ax.set_ylim(len(lost) - 0.5, -0.5)
    ax.set_xlabel("share of words lost when one head is cut (a mark: a head)")
    return fig
