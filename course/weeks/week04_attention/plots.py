"""Figures of week 04: two designs, links between sentences, weights, accuracy by length.

Arrays may be tensors, numpy arrays or lists; each function returns a matplotlib Figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from course.data.grammar import SentencePair
from course.figures import diagram, style
from course.figures.arrays import Numbers, as_array
from course.figures.series import legend, with_looks

SOURCE, TARGET = ("the", "cat", "ate", "apples"), ("고양이", "는", "사과", "를", "먹었다")


# ------------------------------------------------------------------------------------ diagrams
def two_designs() -> Figure:
    """Left: all goes through one vector. Right: the decoder looks back at every state."""
    fig, (left, right) = style.figure(11.0, 3.9, cols=2)
    for ax, title in ((left, "2014: one vector for the sentence"), (right, "2015: a look back")):
        _draw_chains(ax)
        ax.set_title(title)
        ax.set(xlim=(-0.6, 10.4), ylim=(-0.9, 4.2), aspect="equal")
        ax.axis("off")
    _draw_bottleneck(left)
    _draw_look(right)
    return fig


def _draw_chains(ax: Axes) -> None:
    for k, word in enumerate(SOURCE):
        diagram.box(ax, (k, 0.6), (0.66, 0.66), "$h$", colour=style.BLUE)
        ax.text(k, -0.15, word, ha="center", va="top", fontsize=9)
        if k:
            diagram.arrow(ax, (k - 0.67, 0.6), (k - 0.33, 0.6), style.BLUE)
    for k, word in enumerate(TARGET):
        x = 5.4 + k
        diagram.box(ax, (x, 0.6), (0.66, 0.66), "$h$", colour=style.ORANGE)
        ax.text(x, -0.15, word, ha="center", va="top", fontsize=9)
        if k:
            diagram.arrow(ax, (x - 0.67, 0.6), (x - 0.33, 0.6), style.ORANGE)
    ax.text(1.5, -0.75, "encoder", ha="center", color=style.BLUE, fontsize=10)
    ax.text(7.4, -0.75, "decoder", ha="center", color=style.ORANGE, fontsize=10)


def _draw_bottleneck(ax: Axes) -> None:
    diagram.box(ax, (4.2, 1.9), (0.9, 0.6), "$c$", colour=style.RED, lw=2.4)
    diagram.arrow(ax, (3.0, 0.93), (3.9, 1.6), style.RED)
    for k in range(len(TARGET)):
        diagram.arrow(ax, (4.65, 1.9), (5.4 + k, 0.93), style.RED, bend=-0.15)
    ax.text(4.2, 2.5, "all of the sentence, in one vector", ha="center", color=style.RED)


def _draw_look(ax: Axes) -> None:
    diagram.box(ax, (7.4, 2.6), (0.9, 0.6), "$c_t$", colour=style.GREEN, lw=2.4)
    for k, weight in enumerate((0.15, 0.05, 0.1, 0.7)):
        ax.plot([k, 6.95], [0.93, 2.6], color=style.GREEN, lw=0.6 + 5 * weight, alpha=0.8)
        ax.text(0.78 * k + 1.4, 1.15 + 0.35, "", fontsize=8)
    diagram.arrow(ax, (7.4, 2.3), (7.4, 0.93), style.GREEN)
    diagram.arrow(ax, (6.4, 0.93), (7.0, 2.3), style.GREY, dashed=True)
    ax.text(3.2, 3.2, "weights: new for every word", ha="center", color=style.GREEN)
    ax.text(6.35, 1.75, "query", ha="right", color=style.GREY, fontsize=9)


# ------------------------------------------------------------------------------------ sentences
def links(pair: SentencePair) -> Figure:
    """The English words above, the Korean words below, and a line for each gold link."""
    longest = max(len(pair.english_words), len(pair.korean_words))
    fig, ax = style.figure(max(6.0, 0.8 * longest), 2.5)
    tops = np.linspace(0, longest, len(pair.english_words) + 2)[1:-1]
    feet = np.linspace(0, longest, len(pair.korean_words) + 2)[1:-1]
    for foot, word, places in zip(feet, pair.korean_words, pair.links, strict=True):
        ax.text(foot, -0.06, word, ha="center", va="top")
        colour = style.BLUE if len(places) == 1 else style.ORANGE
        for place in places:
            ax.plot([tops[place], foot], [1, 0], color=colour, lw=1.4, alpha=0.8)
    for top, word in zip(tops, pair.english_words, strict=True):
        ax.text(top, 1.06, word, ha="center", va="bottom")
    ax.set(xlim=(0, longest), ylim=(-0.3, 1.3))
    ax.axis("off")
    return fig


def attention_grid(
    weights: Numbers, source: Sequence[str], target: Sequence[str], gold: Numbers | None = None
) -> Figure:
    """Attention weights, a row for each target word; gold links are framed.

    Args:
        weights: (T_out, T) at least; what is beyond the words is cut off.
        source, target: the words.
        gold: (T_out, T), true where linked.
    """
    table = as_array(weights)[: len(target), : len(source)]
    fig, ax = style.figure(1.6 + 0.52 * len(source), 1.2 + 0.34 * len(target))
    image = ax.imshow(table, cmap=style.SEQUENTIAL, vmin=0, vmax=1, aspect="auto")
    ax.set_xticks(range(len(source)), source, rotation=45, ha="left")
    ax.xaxis.tick_top()
    ax.set_yticks(range(len(target)), target)
    ax.tick_params(length=0)
    ax.grid(False)
    for row, column in zip(*np.nonzero(as_array([] if gold is None else gold)), strict=False):
        corner = (column - 0.5, row - 0.5)
        ax.add_patch(Rectangle(corner, 1, 1, fill=False, edgecolor=style.RED, lw=1.6))
    fig.colorbar(image, ax=ax, label="attention weight", pad=0.02)
    return fig


# ------------------------------------------------------------------------------------ numbers
def score_bars(left: Mapping[str, Numbers], right: Mapping[str, Numbers]) -> Figure:
    """Scores of each position for several queries: with the tanh, and without it."""
    fig, axes = style.figure(8.6, 2.9, cols=2)
    titles = ("with tanh", "without: one order for all queries")
    for ax, scores, title in zip(axes, (left, right), titles, strict=True):
        width = 0.8 / max(1, len(scores))
        for k, (label, values, look) in enumerate(with_looks(scores, monochrome=True)):
            row = as_array(values)
            places = np.arange(len(row)) + (k - (len(scores) - 1) / 2) * width
            ax.bar(places, row, width, label=label, **look.bar)
        ax.set(title=title, xlabel="position in the memory", ylabel="score")
        legend(ax)
    return fig


def mask_bars(words: Sequence[str], weights: Numbers, late: Numbers) -> Figure:
    """The weights of each word, and what masking after the softmax would give."""
    fig, ax = style.figure(6.4, 2.8)
    right, wrong = as_array(weights), as_array(late)
    places = np.arange(len(words))
    ax.bar(places - 0.2, right, 0.4, color=style.BLUE, label=f"yours, sum {right.sum():.2f}")
    ax.bar(
        places + 0.2, wrong, 0.4, color=style.GREY, hatch="//", edgecolor="white",
        label=f"softmax first, mask after, sum {wrong.sum():.2f}",
    )  # fmt: skip
    ax.set_xticks(places, words)
    ax.set(ylim=(0, 1.05), xlabel="word", ylabel="weight")
    legend(ax, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return fig


def by_length(
    sizes: Sequence[int], right: Mapping[str, Sequence[bool]], edges: Sequence[int] = (3, 8, 12, 16)
) -> Figure:
    """The share of sentences that are right, by their length.

    Args:
        sizes: words of each sentence.
        right: label -> for each sentence whether it is right.
        edges: where a group of lengths begins.
    """
    fig, ax = style.figure(6.6, 3.0)
    groups = np.digitize(as_array(sizes), edges)
    present = [k for k in range(1, len(edges) + 1) if (groups == k).any()]
    for label, hits, look in with_looks(right, monochrome=True):
        share = [as_array(hits)[groups == k].mean() for k in present]
        ax.plot(share, color=look.colour, ls=look.line, marker=look.marker, label=label)
    names = [f"{edges[k - 1]} to {edges[k] - 1}" if k < len(edges) else f"{edges[-1]} and more"
             for k in present]  # fmt: skip
    ax.set_xticks(range(len(present)), names)
    ax.set(ylim=(-0.03, 1.03), xlabel="words in the English sentence", ylabel="exact match")
    legend(ax, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return fig
