"""Figures of week 10: seven years in one picture, turning pairs, perplexities, speed, experts.

Arrays may be tensors, numpy arrays or lists; each function returns a matplotlib Figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from course.figures import diagram, style
from course.figures.arrays import Numbers, as_array
from course.figures.series import legend, with_looks
from course.figures.ticks import plain_log

CHANGES = (
    ("positions", "a learned table", "rotary", "2"),
    ("norm", "LayerNorm", "RMSNorm", "1"),
    ("attention", "n_heads of k, v", "n_kv of k, v", "4"),
    ("inner part", "GELU, 4 D wide", "SwiGLU", "3"),
    ("biases", "everywhere", "none", ""),
    ("writing", "all again", "a cache", "5, 6"),
    ("weights", "16 or 32 bits", "4 bits", "7"),
    ("width", "all for each", "experts", "8"),
)


def then_and_now() -> Figure:
    """What changed between GPT-2 and a small model of today, with the exercises."""
    fig, ax = style.figure(9.2, 3.9)
    for row, (part, before, now, exercise) in enumerate(CHANGES):
        y = -row
        ax.text(-2.2, y, part, ha="right", va="center")
        diagram.box(ax, (0.0, y), (3.2, 0.72), before, colour=style.GREY)
        diagram.arrow(ax, (1.7, y), (3.3, y), style.INK)
        diagram.box(ax, (5.0, y), (3.2, 0.72), now, colour=style.BLUE, lw=2)
        ax.text(7.0, y, f"exercise {exercise}" if exercise else "", va="center", fontsize=9)
    ax.text(0.0, 0.75, "GPT-2, 2019", ha="center", fontsize=11)
    ax.text(5.0, 0.75, "models of 2025", ha="center", fontsize=11)
    ax.set_xlim(-4.6, 9.2)
    ax.set_ylim(-len(CHANGES) + 0.4, 1.2)
    ax.axis("off")
    return fig


def clock_hands(position: int, d: int, theta: float) -> Figure:
    """Where the pairs of a head point at a position: one clock for each, the first is the fastest.

    Args:
        position: of the token.
        d: numbers in a head; d / 2 pairs.
        theta: the base of the frequencies.
    """
    rates = theta ** (-np.arange(0, d, 2) / d)
    fig, axes = style.panels(len(rates), 1.5, 1.8, per_row=8)
    for ax, rate in zip(axes, rates, strict=True):
        turn = np.linspace(0, 2 * np.pi, 90)
        ax.plot(np.cos(turn), np.sin(turn), color=style.GREY, lw=1)
        past = rate * np.linspace(max(0, position - 12), position, 60)
        ax.plot(0.8 * np.cos(past), 0.8 * np.sin(past), color=style.SKY, lw=2)
        ax.plot([0, np.cos(rate * position)], [0, np.sin(rate * position)], color=style.RED, lw=2.4)
        ax.set_title(f"once in {2 * np.pi / rate:,.0f}", fontsize=8)
        ax.set_aspect("equal")
        ax.set_xticks([])
        ax.set_yticks([])
        ax.grid(False)
    fig.suptitle(f"position {position}: a full turn takes so many tokens", fontsize=10)
    return fig


def score_by_distance(distances: Numbers, lines: Mapping[str, Numbers]) -> Figure:
    """The score of a query and a key of equal contents against how far apart they stand."""
    fig, ax = style.figure(6.5, 3.2)
    x = as_array(distances)
    for label, values, look in with_looks(lines, monochrome=True):
        ax.plot(x, as_array(values), color=look.colour, ls=look.line, label=label)
    ax.set(xlabel="distance of query and key (tokens)", ylabel="score, as a share of the largest")
    legend(ax, fontsize=8)
    return fig


def perplexity_bars(rows: Mapping[str, float]) -> Figure:
    """One bar for each name, on a logarithmic axis, with its number."""
    fig, ax = style.figure(7.0, 0.9 + 0.36 * len(rows))
    names, values = list(rows), np.array(list(rows.values()))
    y = np.arange(len(names))[::-1]
    colours = [style.BLUE, *[style.ORANGE] * (len(names) - 1)]
    ax.barh(y, values, 0.62, color=colours)
    for place, value in zip(y, values, strict=True):
        shown = f"{value:.2f}" if value < 100 else f"{value:,.0f}"
        ax.text(value * 1.04, place, shown, va="center", fontsize=9)
    ax.set_yticks(y, names)
    ax.set(xlabel="perplexity (logarithmic)")
    ax.set_xlim(max(1.0, 0.6 * values.min()), 2.2 * values.max())
    plain_log(ax.xaxis)
    return fig


def writing_times(lines: Mapping[str, Numbers]) -> Figure:
    """Processor time of each new token, as it writes: a line for each way."""
    fig, ax = style.figure(6.5, 3.2)
    for label, values, look in with_looks(lines, monochrome=True):
        ax.plot(1000 * as_array(values), color=look.colour, ls=look.line, label=label)
    ax.set(xlabel="tokens written", ylabel="milliseconds for the next one")
    ax.set_ylim(bottom=0)
    legend(ax, fontsize=8)
    return fig


def by_position(lines: Mapping[str, tuple[Numbers, Numbers]], trained: int) -> Figure:
    """Perplexity against the position in the text, with a mark where training ended."""
    fig, ax = style.figure(6.5, 3.2)
    for label, (places, values), look in with_looks(lines, monochrome=True):
        ax.plot(as_array(places), as_array(values), color=look.colour, ls=look.line,
                marker=look.marker, ms=4, label=label)  # fmt: skip
    ax.axvline(trained, color=style.GREY, lw=1, ls="--")
    ax.text(trained, 0.98, " longest text in training", va="top", fontsize=8,
            transform=ax.get_xaxis_transform())  # fmt: skip
    ax.set(xlabel="position (tokens)", ylabel="perplexity (logarithmic)")
    plain_log(ax.yaxis)
    legend(ax, fontsize=8)
    return fig


def file_sizes(lines: Mapping[str, tuple[Numbers, Numbers]], whole: float) -> Figure:
    """Perplexity against bits a weight; the dashed line is the model before rounding."""
    fig, ax = style.figure(6.5, 3.4)
    for label, (bits, values), look in with_looks(lines, monochrome=True):
        ax.plot(as_array(bits), as_array(values), color=look.colour, ls=look.line,
                marker=look.marker, ms=5, label=label)  # fmt: skip
    ax.axhline(whole, color=style.GREY, lw=1, ls="--")
    ax.set(xlabel="bits a weight", ylabel="perplexity (logarithmic)")
    plain_log(ax.yaxis)
    legend(ax, fontsize=8)
    return fig


def levels(weights: Numbers, kept: Numbers) -> Figure:
    """A group of weights and the even levels that they were moved to."""
    before, after = as_array(weights).ravel(), as_array(kept).ravel()
    fig, ax = style.figure(7.0, 2.2)
    for level in np.unique(after):
        ax.axvline(level, color=style.PALE, lw=1)
    ax.plot(before, np.ones_like(before), "|", color=style.BLUE, ms=16, label="weights")
    ax.plot(after, np.zeros_like(after), "|", color=style.RED, ms=16, label="in the file")
    for x, y in zip(before, after, strict=True):
        ax.plot([x, y], [0.85, 0.15], color=style.GREY, lw=0.5)
    ax.set_yticks([0, 1], ["in the file", "weights"])
    ax.set_ylim(-0.5, 1.5)
    ax.set(xlabel="value")
    ax.grid(False)
    return fig


def ladder(rows: Mapping[str, Sequence[float]], levels: Mapping[str, float]) -> Figure:
    """Bits per character of each model: a dot for each seed, a line at their mean.

    Args:
        rows: bits by model, one number for each seed.
        levels: dashed lines of simple models.
    """
    fig, ax = style.figure(7.0, 3.2)
    for x, values in enumerate(rows.values()):
        ax.plot([x] * len(values), list(values), "o", color=style.BLUE, ms=5, alpha=0.7)
        mean = float(np.mean(list(values)))
        ax.plot([x - 0.25, x + 0.25], [mean, mean], color=style.RED, lw=2)
        ax.text(x + 0.28, mean, f"{mean:.2f}", va="center", fontsize=9)
    for label, level in levels.items():
        ax.axhline(level, color=style.GREY, lw=1, ls="--")
        ax.text(-0.4, level, label, va="bottom", fontsize=8)
    ax.set_xticks(range(len(rows)), list(rows))
    ax.set(ylabel="bits per character")
    ax.set_xlim(-0.5, len(rows) - 0.3)
    return fig


def expert_loads(loads: Mapping[str, Numbers]) -> Figure:
    """The share of tokens that each expert gets, with and without a balance loss."""
    fig, axes = style.panels(len(loads), 3.4, 2.6, per_row=3, sharey=True)
    for ax, (label, values) in zip(axes, loads.items(), strict=True):
        shares = as_array(values)
        ax.bar(np.arange(len(shares)), shares, color=style.BLUE)
        ax.axhline(1 / len(shares), color=style.RED, lw=1.2, ls="--")
        ax.set_title(label, fontsize=9)
        ax.set(xlabel="expert")
    axes[0].set(ylabel="share of the tokens")
    return fig


def cache_bars(rows: Mapping[str, Mapping[str, float]]) -> Figure:
    """Kilobytes of keys and values for the same text in two languages, by kind of attention."""
    fig, ax = style.figure(6.5, 3.0)
    kinds = list(next(iter(rows.values())))
    x, width = np.arange(len(kinds)), 0.8 / len(rows)
    for (language, values), shift in zip(rows.items(), np.arange(len(rows)), strict=True):
        look: dict[str, Any] = dict(with_hatch(int(shift)))
        place = x + (shift - (len(rows) - 1) / 2) * width
        ax.bar(place, [values[k] for k in kinds], width, label=language, edgecolor="white", **look)
        for spot, kind in zip(place, kinds, strict=True):
            ax.text(
                spot, values[kind], f"{values[kind]:,.0f}", ha="center", va="bottom", fontsize=8
            )
    ax.set_xticks(x, kinds)
    ax.yaxis.set_major_formatter("{x:,.0f}")
    ax.set(ylabel="kilobytes in the cache")
    ax.legend(fontsize=8)
    return fig


def with_hatch(place: int) -> dict[str, str]:
    """Colour and hatch of a group of bars: colour never carries a message alone."""
    colours, hatches = (style.BLUE, style.ORANGE, style.GREEN), ("", "///", "...")
    return {"color": colours[place % 3], "hatch": hatches[place % 3]}
