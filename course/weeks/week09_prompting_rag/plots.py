"""Figures of week 09: the way of a question, shares with their intervals, chunks, weights of words.

An interval is anything with `value`, `low` and `high`; each function returns a matplotlib Figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course.figures import diagram, style
from course.figures.arrays import Numbers, as_array
from course.figures.series import legend, with_looks
from course.lesson.intervals import Interval

STATIONS = (
    ("question", "", style.INK),
    ("retrieve", "4, 5, 6", style.BLUE),
    ("filter", "8", style.BLUE),
    ("prompt", "1", style.GREEN),
    ("read", "a model", style.GREY),
    ("parse, vote", "2, 3", style.GREEN),
    ("cite or abstain", "7", style.BLUE),
)


def pipeline() -> Figure:
    """What happens between a question and an answer with its source; the exercises that do it."""
    fig, ax = style.figure(10.0, 1.7)
    for k, (name, exercises, colour) in enumerate(STATIONS):
        diagram.box(ax, (2.0 * k, 1.0), (1.6, 0.7), name, colour=colour, lw=2)
        below = f"exercise {exercises}" if exercises[:1].isdigit() else exercises
        ax.text(2.0 * k, 0.35, below, ha="center", fontsize=9)
        if k:
            diagram.arrow(ax, (2.0 * k - 1.2, 1.0), (2.0 * k - 0.8, 1.0))
    ax.set_xlim(-1.0, 2.0 * len(STATIONS) - 1.0)
    ax.set_ylim(0.1, 1.6)
    ax.axis("off")
    return fig


def _dot(ax: Axes, one: Interval, place: float, colour: str, marker: str, label: str) -> None:
    ax.plot([one.low, one.high], [place, place], color=colour, lw=2, solid_capstyle="butt")
    ax.plot(one.value, place, marker, color=colour, ms=6, label=label or None)


def _from_zero(ax: Axes, highs: Sequence[float]) -> None:
    ax.set_xlim(0, max(0.05, *highs) * 1.05)


def two_way_dots(rows: Mapping[str, Mapping[str, Interval]], xlabel: str) -> Figure:
    """Rows of numbers with intervals, one marker for each kind of question.

    Args:
        rows: by name of the row, then of the kind; the first row has all kinds.
        xlabel: what is measured.
    """
    fig, ax = style.figure(7.0, 0.5 * len(rows) + 1.1)
    kinds = list(next(iter(rows.values())))
    looks = [look for _, _, look in with_looks(dict.fromkeys(kinds, 0.0))]
    for place, row in enumerate(rows.values()):
        for kind, interval in row.items():
            k = kinds.index(kind)
            shift = 0.22 * (k - (len(kinds) - 1) / 2)
            label = kind if not place else ""
            _dot(ax, interval, place + shift, looks[k].colour, looks[k].marker, label)
    ax.set_yticks(range(len(rows)), list(rows))
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set(xlabel=xlabel, ylabel="")
    _from_zero(ax, [one.high for row in rows.values() for one in row.values()])
    legend(ax, fontsize=9)
    return fig


def share_lines(xs: Sequence[float], lines: Mapping[str, Sequence[Interval]], xlabel: str,
                chance: float | None = None) -> Figure:  # fmt: skip
    """Shares against a number, a line for each way, with bands for the intervals."""
    fig, ax = style.figure(6.5, 3.2)
    for label, intervals, look in with_looks(lines):
        ax.plot(xs, [one.value for one in intervals], color=look.colour, ls=look.line,
                marker=look.marker, ms=5, label=label)  # fmt: skip
        ax.fill_between(xs, [one.low for one in intervals], [one.high for one in intervals],
                        color=look.colour, alpha=0.15, lw=0)  # fmt: skip
    if chance is not None:
        ax.axhline(chance, color=style.INK, ls=":", lw=1.2, label="blind guess")
    ax.set_xticks(list(xs), [f"{x:g}" for x in xs])
    ax.set(xlabel=xlabel, ylabel="share right", ylim=(0, 1.03))
    legend(ax, fontsize=9)
    return fig


def chunk_strips(spans: Sequence[tuple[int, int]], length: int, answer: tuple[int, int]) -> Figure:
    """Chunks as bars along a document; those that hold all of the answer are full."""
    fig, ax = style.figure(9.0, 2.3)
    lanes = 3
    for k, (start, stop) in enumerate(spans):
        whole = start <= answer[0] and answer[1] <= stop
        ax.barh(k % lanes, stop - start, left=start, height=0.7, edgecolor="white", lw=1.5,
                color=style.BLUE if whole else style.PALE)  # fmt: skip
    ax.axvspan(*answer, color=style.ORANGE, alpha=0.8, lw=0)
    ax.text(answer[1], lanes - 0.45, " the answer", color=style.INK, fontsize=9, va="bottom")
    ax.set(xlabel="place in the document (words)", ylabel="chunks", yticks=[])
    ax.set_xlim(0, length)
    ax.set_ylim(-0.6, lanes)
    ax.grid(False)
    return fig


def word_weights(parts: Mapping[str, Mapping[str, float]]) -> Figure:
    """Scores of documents, put together from the words of the question.

    Args:
        parts: by document, the weight that each word of the question adds.
    """
    fig, ax = style.figure(8.0, 0.42 * len(parts) + 1.3)
    words = list(dict.fromkeys(word for row in parts.values() for word in row))
    ends = np.zeros(len(parts))
    for word, _, look in with_looks(dict.fromkeys(words, 0.0)):
        added = as_array([row.get(word, 0.0) for row in parts.values()])
        ax.barh(range(len(parts)), added, left=ends, color=look.colour, edgecolor="white",
                label=word)  # fmt: skip
        ends = ends + added
    ax.set_yticks(range(len(parts)), list(parts))
    ax.invert_yaxis()
    ax.set(xlabel="BM25 score", ylabel="")
    legend(ax, fontsize=9)
    return fig


def saturation(counts: Numbers, curves: Mapping[str, Numbers]) -> Figure:
    """What a word weighs by how often it occurs, a line for each setting."""
    fig, ax = style.figure(6.0, 2.8)
    for label, values, look in with_looks(curves):
        ax.plot(as_array(counts), as_array(values), color=look.colour, ls=look.line,
                marker=look.marker, ms=4, label=label)  # fmt: skip
    ax.set(xlabel="times that the word occurs in the document", ylabel="weight")
    ax.set_ylim(bottom=0)
    legend(ax, fontsize=9)
    return fig
