"""Figures of week 06: BERT's two lives, who is masked, curves with and without pre-training.

Arrays may be tensors, numpy arrays or lists; each function returns a matplotlib Figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from course.figures import diagram, style
from course.figures.arrays import Numbers, as_array
from course.figures.series import legend, with_looks

FATES = {
    "not chosen": ("white", style.GREY),
    "[MASK]": (style.BLUE, style.BLUE),
    "random": (style.ORANGE, style.ORANGE),
    "kept": (style.GREEN, style.GREEN),
}
PER_ROW = 12  # words in a row of a strip


# ------------------------------------------------------------------------------------ diagrams
def two_lives() -> Figure:
    """The same encoder twice: filling gaps in plain text, then telling moods from a few labels."""
    fig, (left, right) = style.figure(10.0, 3.6, cols=2)
    _stack(left, "1. Pre-training: plain text, no labels", "masked-word head",
           "[CLS] a [MASK] film [SEP]".split(), ["", "", "dull?", "", ""], style.BLUE)  # fmt: skip
    _stack(right, "2. Fine-tuning: a few labels", "new classifier",
           "[CLS] a dull film [SEP]".split(), ["negative", "", "", "", ""], style.RED)  # fmt: skip
    return fig


def _stack(
    ax: Axes, title: str, head: str, tokens: Sequence[str], answers: Sequence[str], colour: str
) -> None:
    ax.set_title(title, fontsize=10)
    diagram.box(ax, (2.5, 1.6), (5.2, 0.8), "encoder: every position looks at every other",
                colour=style.INK, fill=style.PALE)  # fmt: skip
    for x, (token, answer) in enumerate(zip(tokens, answers, strict=True)):
        at = 0.5 + x
        diagram.box(ax, (at, 0.4), (0.9, 0.5), token, fontsize=8)
        diagram.arrow(ax, (at, 0.65), (at, 1.2))
        if answer:
            diagram.arrow(ax, (at, 2.0), (at, 2.4), colour)
            diagram.box(ax, (at, 3.3), (1.1, 0.5), answer, colour=colour, fontsize=8)
            diagram.arrow(ax, (at, 2.8), (at, 3.05), colour)
            diagram.box(ax, (max(at, 1.2), 2.6), (2.2, 0.4), head, colour=colour, fontsize=8)
    ax.set(xlim=(-0.3, 5.3), ylim=(0, 3.7))
    ax.axis("off")


def token_fates(words: Sequence[str], shown: Sequence[str], fates: Sequence[str]) -> Figure:
    """Each word in the colour of what became of it, with what the model sees below.

    Args:
        words: the true words.
        shown: what stands in the input in their place.
        fates: a key of `FATES` for each.
    """
    rows = max(1, -(-len(words) // PER_ROW))
    fig, ax = style.figure(9.5, 0.6 + 0.75 * rows)
    for n, (word, seen, fate) in enumerate(zip(words, shown, fates, strict=True)):
        x, y = n % PER_ROW, -(n // PER_ROW)
        fill, edge = FATES[fate]
        ink = style.INK if fate in ("not chosen", "random") else "white"
        diagram.box(ax, (x, y), (0.94, 0.42), seen, colour=edge, fill=fill, ink=ink, fontsize=8)
        if seen != word:
            ax.text(x, y - 0.36, word, ha="center", va="center", fontsize=7, color=style.INK)
    keys = [
        Patch(facecolor=fill, edgecolor=edge, label=fate) for fate, (fill, edge) in FATES.items()
    ]
    ax.legend(handles=keys, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4, fontsize=8)
    ax.set(xlim=(-0.6, PER_ROW - 0.4), ylim=(-rows + 0.4, 0.4))
    ax.axis("off")
    return fig


# ------------------------------------------------------------------------------------ inside BERT
def place_likeness(places: Numbers) -> Figure:
    """Cosine between the vectors of every two places. `places`: (P, D)."""
    table = as_array(places)
    unit = table / np.linalg.norm(table, axis=1, keepdims=True)
    fig, ax = style.figure(4.6, 3.8)
    image = ax.imshow(unit @ unit.T, cmap=style.DIVERGING, vmin=-1, vmax=1)
    ax.set(xlabel="place", ylabel="place", title="how alike two places are (cosine)")
    ax.grid(False)
    fig.colorbar(image, ax=ax)
    return fig


def guesses(words: Sequence[str], probabilities: Numbers, sentence: str) -> Figure:
    """The likeliest words for a gap, as bars; the sentence with its gap above."""
    fig, ax = style.figure(6.4, 0.9 + 0.32 * len(words))
    values = as_array(probabilities)
    ax.barh(range(len(words)), values, color=style.BLUE)
    ax.set_yticks(range(len(words)), words)
    for y, value in enumerate(values):
        ax.text(value, y, f" {value:.2f}", va="center", fontsize=8)
    ax.invert_yaxis()
    ax.set(xlim=(0, max(1.1 * float(values.max()), 0.1)), xlabel="probability")
    ax.set_title(sentence, fontsize=9)
    return fig


def head_costs(costs: Numbers, free: float) -> Figure:
    """What the masked-word loss becomes without each head. `costs`: (layers, heads), in nats."""
    table = as_array(costs) - free
    fig, ax = style.figure(1.4 + 0.9 * table.shape[1], 1.2 + 0.55 * table.shape[0])
    reach = max(float(np.abs(table).max()), 1e-6)
    ax.imshow(table, cmap=style.DIVERGING, vmin=-reach, vmax=reach, aspect="auto")
    for (layer, head), value in np.ndenumerate(table):
        ink = "white" if abs(value) > 0.6 * reach else style.INK
        ax.text(head, layer, f"{value:+.3f}", ha="center", va="center", fontsize=8, color=ink)
    ax.set_xticks(range(table.shape[1]))
    ax.set_yticks(range(table.shape[0]))
    ax.set(xlabel="head", ylabel="layer", title=f"loss without this head, less {free:.2f} (nats)")
    ax.grid(False)
    return fig


# ------------------------------------------------------------------------------------ curves
def masking_curves(epochs: Numbers, curves: Mapping[str, Numbers]) -> Figure:
    """Held-out loss of masked words after each epoch, a line for each way of masking."""
    fig, ax = style.figure(6.2, 3.2)
    for label, losses, look in with_looks(curves):
        ax.plot(as_array(epochs), as_array(losses), color=look.colour, ls=look.line,
                marker=look.marker, ms=4, label=label)  # fmt: skip
    ax.set(xlabel="epoch", ylabel="held-out loss (nats)")
    legend(ax)
    return fig


def label_curves(
    scores: Mapping[str, tuple[Sequence[int], Numbers]], levels: Mapping[str, float]
) -> Figure:
    """Accuracy against the number of labels: the mean over seeds, and a band from worst to best.

    Args:
        scores: by model, the numbers of labels and the accuracies from 0 to 1, (seeds, sizes).
        levels: horizontal lines to compare with, such as chance.
    """
    fig, ax = style.figure(7.0, 4.0)
    for label, (sizes, table), look in with_looks(scores):
        values = 100 * as_array(table)
        ax.fill_between(sizes, values.min(0), values.max(0), color=look.colour, alpha=0.15, lw=0)
        ax.plot(
            sizes, values.mean(0), color=look.colour, ls=look.line, marker=look.marker, label=label
        )
    ticks = sorted({size for sizes, _ in scores.values() for size in sizes})
    for label, level in levels.items():
        ax.axhline(100 * level, color=style.GREY, ls=":", lw=1.2)
        ax.text(ticks[0], 100 * level, f"{label}: {level:.0%}", va="bottom", fontsize=8)
    ax.set_xscale("log")
    ax.set_xticks(ticks, [f"{size:,}" for size in ticks])
    ax.minorticks_off()
    ax.set(xlabel="labels", ylabel="accuracy on unseen snippets (%)")
    legend(ax, loc="upper left", bbox_to_anchor=(1.0, 0.9), fontsize=8)
    return fig


def confusion(counts: Numbers, classes: Sequence[str]) -> Figure:
    """How often each true class (rows) was called what (columns)."""
    table = as_array(counts)
    fig, ax = style.figure(4.4, 3.4)
    ax.imshow(table, cmap=style.SEQUENTIAL)
    for (row, column), count in np.ndenumerate(table):
        ink = style.INK if count > 0.6 * table.max() else "white"
        ax.text(column, row, f"{int(count)}", ha="center", va="center", color=ink)
    ax.set_xticks(range(len(classes)), classes)
    ax.set_yticks(range(len(classes)), classes)
    ax.set(xlabel="called", ylabel="true")
    ax.grid(False)
    return fig


def mood_bars(probabilities: Numbers, classes: Sequence[str]) -> Figure:
    """How likely each class is for one text."""
    fig, ax = style.figure(5.0, 1.7)
    values = as_array(probabilities)
    ax.barh(range(len(classes)), values, color=[style.RED, style.GREY, style.GREEN])
    for y, value in enumerate(values):
        ax.text(value, y, f" {value:.2f}", va="center", fontsize=9)
    ax.set_yticks(range(len(classes)), classes)
    ax.set(xlim=(0, 1.12), xlabel="probability")
    return fig
