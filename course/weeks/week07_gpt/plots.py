"""Figures of week 07: the way of a text, tokens, losses, heads, styles, collapse, sizes.

Arrays may be tensors, numpy arrays or lists; each function returns a matplotlib Figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from course.figures import diagram, style
from course.figures.arrays import Numbers, as_array
from course.figures.series import legend, with_looks

STAGES = (
    ("bytes", "ED 95 9C", "any text"),
    ("tokens", "BPE", "1, 2"),
    ("windows", "x, y", "3"),
    ("GPT", "logits", "4"),
    ("sampler", "τ, k, p", "5"),
)
MOST_BARS = 12


def stages() -> Figure:
    """The way from a text to the next token, with the exercises, and what training goes back to."""
    fig, ax = style.figure(9.0, 2.3)
    for x, (name, inner, exercise) in enumerate(STAGES):
        diagram.box(ax, (2.0 * x, 1.0), (1.3, 0.7), inner, colour=style.BLUE, lw=2)
        ax.text(2.0 * x, 1.55, name, ha="center", fontsize=11, fontweight="bold")
        ax.text(2.0 * x, 0.42, f"exercise {exercise}" if x else exercise, ha="center", fontsize=8)
        if x:
            diagram.arrow(ax, (2.0 * x - 1.3, 1.0), (2.0 * x - 0.7, 1.0), style.INK)
    ax.plot([8.0, 8.0, 2.0, 2.0], [0.3, -0.1, -0.1, 0.3], color=style.ORANGE, lw=1.6)
    ax.text(5.0, -0.4, "write: append the token, ask again", ha="center", color=style.INK)
    ax.text(6.0, 2.15, "pre-train on all text, fine-tune (6, 7, 8) on answers", ha="center")
    ax.plot([4.0, 4.0, 8.0, 8.0], [1.8, 2.0, 2.0, 1.8], color=style.GREEN, lw=1.6)
    ax.set_xlim(-1.0, 9.0)
    ax.set_ylim(-0.7, 2.5)
    ax.axis("off")
    return fig


def compression(counts: Sequence[int], lines: Mapping[str, Numbers]) -> Figure:
    """Bytes per token against the number of merges, a line for each text and source."""
    fig, ax = style.figure(6.5, 3.4)
    for label, values, look in with_looks(lines, monochrome=True):
        ax.plot(
            as_array(counts), as_array(values), color=look.colour, ls=look.line,
            marker=look.marker, ms=4, label=label,
        )  # fmt: skip
    ax.set(xlabel="merges", ylabel="bytes per token")
    legend(ax, fontsize=8)
    return fig


def loss_curves(
    curves: Mapping[str, tuple[Numbers, Numbers]], levels: Mapping[str, float]
) -> Figure:
    """Bits against the step, a line for each run, and dashed lines of what simple models pay.

    Args:
        curves: (steps, bits) by label.
        levels: bits by label.
    """
    fig, ax = style.figure(7.0, 3.6)
    for label, (steps, bits), look in with_looks(curves, monochrome=True):
        ax.plot(as_array(steps), as_array(bits), color=look.colour, ls=look.line, label=label)
    right = max(float(as_array(steps).max()) for steps, _ in curves.values())
    for label, level in levels.items():
        ax.axhline(level, color=style.GREY, lw=1, ls=(0, (2, 2)))
        ax.text(right, level + 0.03, label, ha="right", va="bottom", fontsize=8)
    ax.set(xlabel="step", ylabel="bits per character")
    legend(ax, fontsize=8)
    return fig


def knob_bars(
    tokens: Sequence[str], before: Numbers, after: Numbers, most: int = MOST_BARS
) -> Figure:
    """Probabilities of the likeliest tokens, as the model gives them and as they are sampled.

    Args:
        tokens: V labels.
        before, after: (V,) each.
        most: how many bars.
    """
    first, second = as_array(before), as_array(after)
    top = np.argsort(-first, kind="stable")[:most]
    fig, ax = style.figure(7.0, 2.9)
    x = np.arange(len(top))
    ax.bar(x - 0.2, first[top], 0.4, color=style.SKY, label="the model's")
    ax.bar(x + 0.2, second[top], 0.4, color=style.ORANGE, hatch="///", edgecolor="white",
           label="what is sampled from")  # fmt: skip
    ax.set_xticks(x, [tokens[i].replace(" ", "␣") for i in top], rotation=45, ha="right")
    ax.set(ylabel="probability")
    kept = int((second > 0).sum())
    ax.set_title(f"{kept:,} of {len(second):,} tokens can be drawn")
    ax.legend()
    return fig


def head_grid(costs: Numbers) -> Figure:
    """What each head is worth: bits a token that silencing it costs. Rows are layers."""
    table = as_array(costs)
    fig, ax = style.figure(1.6 + 0.8 * table.shape[1], 1.2 + 0.55 * table.shape[0])
    shown = ax.imshow(table, aspect="auto")
    middle = (table.min() + table.max()) / 2
    for (row, column), value in np.ndenumerate(table):
        ink = style.INK if value > middle else "white"
        ax.text(column, row, f"{value:.2f}", ha="center", va="center", color=ink, fontsize=9)
    ax.set_xticks(range(table.shape[1]))
    ax.set_yticks(range(table.shape[0]))
    ax.set(xlabel="head", ylabel="layer")
    ax.grid(False)
    fig.colorbar(shown, label="bits a token lost")
    return fig


def style_bars(rows: Mapping[str, Mapping[str, float]], levels: Mapping[str, float]) -> Figure:
    """Bits per byte on reviews and on a novel for each run, with lines for tables.

    Args:
        rows: {"reviews": bits, "novel": bits} by run.
        levels: bits on the reviews by label.
    """
    fig, ax = style.figure(6.5, 3.2)
    x = np.arange(len(rows))
    for shift, (kind, colour, hatch) in zip(
        (-0.2, 0.2), (("reviews", style.BLUE, ""), ("novel", style.ORANGE, "///")), strict=True
    ):
        values = [row[kind] for row in rows.values()]
        ax.bar(x + shift, values, 0.4, color=colour, hatch=hatch, edgecolor="white", label=kind)
        for place, value in zip(x, values, strict=True):
            ax.text(place + shift, value, f"{value:.2f}", ha="center", va="bottom", fontsize=8)
    for label, level, look in with_looks(levels, style.INK, monochrome=True):
        ax.axhline(level, color=look.colour, lw=1.2, ls=look.line, label=label)
    ax.set_xticks(x, list(rows))
    ax.set(ylabel="bits per byte")
    ax.set_ylim(0, 1.35 * max(max(row["reviews"], row["novel"]) for row in rows.values()))
    ax.legend(fontsize=8, ncols=2, loc="upper left")
    return fig


def collapse_lines(lines: Mapping[str, Numbers]) -> Figure:
    """Perplexity on human text against the generation, a line for each way."""
    fig, ax = style.figure(6.0, 3.2)
    for label, values, look in with_looks(lines, monochrome=True):
        ax.plot(as_array(values), color=look.colour, ls=look.line, marker=look.marker, ms=4,
                label=label)  # fmt: skip
    ax.set(xlabel="generation", ylabel="perplexity on human text")
    ax.set_ylim(bottom=0)
    legend(ax, fontsize=8)
    return fig


HOLDS = {"a phone": 4e9, "a laptop": 16e9, "one large accelerator": 80e9}  # bytes


def sizes(models: Mapping[str, float]) -> Figure:
    """Memory in half precision against parameters, and what fits where; both axes logarithmic."""
    fig, ax = style.figure(6.5, 3.6)
    numbers = np.array(list(models.values()))
    line = np.array([numbers.min() / 2, numbers.max() * 2])
    ax.plot(line, 2 * line, color=style.GREY, lw=1)
    ax.plot(numbers, 2 * numbers, "o", color=style.BLUE)
    for k, (name, count) in enumerate(models.items()):
        above = k % 2 == 0
        ax.annotate(
            name, (count, 2 * count), (0, 10 if above else -12), textcoords="offset points",
            ha="right" if above else "left", va="center", fontsize=9,
        )  # fmt: skip
    for place, held in HOLDS.items():
        ax.axhline(held, color=style.ORANGE, lw=1, ls="--")
        ax.text(line[0], held * 1.1, place, va="bottom", fontsize=8)
    ax.set(xscale="log", yscale="log", xlabel="parameters", ylabel="bytes of weights")
    ax.set_xlim(line[0] / 4, line[1])
    return fig
