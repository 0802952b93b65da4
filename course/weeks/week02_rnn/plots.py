"""Figures of week 02: chains, unrolled networks, gradients through time, perplexity.

Arrays may be tensors, numpy arrays or lists; each function returns a matplotlib Figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import LogLocator

from course.figures import diagram, style
from course.figures.arrays import Numbers, as_array
from course.figures.series import legend, with_looks
from course.figures.text_strip import draw_strip, mark_words, name_characters, shown

Counts = Mapping[tuple[str, ...], Mapping[str, int]]

THREE_COLOURS = (style.BLUE, style.RED, style.GREEN)


# ------------------------------------------------------------------------------------ diagrams
def unrolled(word: str = "truth") -> Figure:
    """A recurrent network unrolled over `word`: what flows forward and how the gradient flows back.

    Each step reads one character and predicts the next.
    """
    fig, ax = style.figure(8.0, 3.5)
    steps = len(word) - 1
    for t in range(steps + 1):
        x = 1.5 * t
        diagram.box(ax, (x, 1.2), (0.7, 0.48), f"$h_{t}$", colour=style.BLUE, fontsize=11)
        if t == 0:
            continue
        ax.text(x, 0.0, f"“{shown(word[t - 1])}”", ha="center", va="center", fontsize=12)
        ax.text(x, 2.42, f"“{shown(word[t])}”?", ha="center", va="center", fontsize=12)
        diagram.arrow(ax, (x, 0.18), (x, 0.94), style.GREEN)
        diagram.arrow(ax, (x, 1.46), (x, 2.22), style.INK)
        diagram.arrow(ax, (x - 1.15, 1.28), (x - 0.36, 1.28), style.BLUE)
        diagram.arrow(ax, (x - 0.36, 1.04), (x - 1.15, 1.04), style.RED, dashed=True)
        ax.text(x - 0.75, 1.4, "$U$", ha="center", color=style.BLUE)
        ax.text(x + 0.1, 0.5, "$W$", ha="left", color=style.GREEN)
    ax.text(-0.65, 0.0, "reads", ha="right", va="center", color=style.GREEN)
    ax.text(-0.65, 1.2, "state", ha="right", va="center", color=style.BLUE)
    ax.text(-0.65, 2.42, "predicts", ha="right", va="center")
    ax.text(0.75, 0.62, "gradient", ha="center", va="center", color=style.RED, fontsize=9)
    ax.set_title("One network, used at every step: the same $W$, $U$, $b$ each time")
    ax.set(xlim=(-1.6, 1.5 * steps + 0.7), ylim=(-0.3, 2.75))
    ax.axis("off")
    return fig


# ------------------------------------------------------------------------------------ n-grams
def transition_heatmap(
    bigrams: Counts,
    alphabet: Sequence[str],
    row: tuple[str, str] | None = None,
    column: tuple[str, str] | None = None,
) -> Figure:
    """P(next character | current character) as a heat map; pairs that never occur are blank.

    Args:
        bigrams: counts by context; contexts are 1-tuples, as `count_ngrams(text, 2)` makes them.
        alphabet: the rows and the columns, in this order.
        row, column: a character whose row or column is framed, and what to see there.
    """
    table = np.array([[bigrams.get((a,), {}).get(b, 0) for b in alphabet] for a in alphabet])
    totals = table.sum(axis=1, keepdims=True)
    share = np.where(table > 0, table / np.maximum(totals, 1), np.nan)
    fig, ax = style.figure(8.2, 6.6)
    image = ax.imshow(share, norm=LogNorm(1e-4, 1), cmap=style.SEQUENTIAL)
    labels = [shown(a) for a in alphabet]
    ax.set_xticks(range(len(labels)), labels, fontsize=9)
    ax.set_yticks(range(len(labels)), labels, fontsize=9)
    ax.grid(False)
    ax.set(xlabel="next character", ylabel="current character")
    ax.set_title("A Markov chain over characters: one row, one distribution")
    fig.colorbar(image, ax=ax, shrink=0.8, label="P(next | current), log scale (white: never seen)")
    size = len(labels)
    if row is not None:
        _frame(ax, (-0.5, list(alphabet).index(row[0]) - 0.5), (size, 1), row[1])
    if column is not None:
        _frame(ax, (list(alphabet).index(column[0]) - 0.5, -0.5), (1, size), column[1])
    return fig


def _frame(ax: Axes, corner: tuple[float, float], size: tuple[float, float], note: str) -> None:
    """A frame around cells of a heat map, and a note beside its far end."""
    ax.add_patch(Rectangle(corner, *size, fill=False, ec=style.RED, lw=2, clip_on=False))
    wide = size[0] > size[1]
    place = (corner[0] + size[0] / 2, corner[1] + size[1] / 2)
    end = (place[0], corner[1]) if wide else (corner[0] + size[0], size[1] - 4.5)
    paper = {"fc": "white", "ec": "none", "pad": 1.5}
    words: dict[str, Any] = {"color": style.RED, "fontsize": 9, "bbox": paper}
    if wide:
        ax.text(place[0], end[1] - 0.15, note, ha="center", va="bottom", **words)
    else:
        ax.text(end[0] + 0.3, end[1], note, ha="left", va="center", **words)


def ngram_curve(orders: Sequence[int], curves: Mapping[str, tuple[Numbers, Numbers]]) -> Figure:
    """Perplexity of n-gram models against n: on text they counted, and on text they did not.

    Args:
        orders: the values of n.
        curves: label -> (perplexity on training text, perplexity on validation text).
    """
    fig, ax = style.figure(9.0, 3.8)
    for label, (train, valid), look in with_looks(curves, *THREE_COLOURS):
        colour, marker = look.colour, look.marker
        seen, unseen = as_array(train), as_array(valid)
        white = {"ls": ":", "mfc": "white"}
        ax.plot(orders, seen, color=colour, marker=marker, label=f"{label}: training text", **white)
        best = int(unseen.argmin())
        name = f"{label}: validation text, best {unseen[best]:.2f}"
        ax.plot(orders, unseen, color=colour, marker=marker, label=name)
        ax.scatter(orders[best], unseen[best], s=110, facecolors="none", edgecolors=colour)
    ax.set_yscale("log")
    ticks = (1.5, 2, 3, 4, 6, 10, 20)
    ax.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    ax.set_xticks(list(orders))
    ax.set(xlabel="n (the model looks back n - 1 characters)", ylabel="perplexity per character")
    ax.set_title("A long context helps if shorter ones help out where it is new")
    legend(ax, fontsize=9, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return fig


# ------------------------------------------------------------------------------------ gradients
def memory_curve(distances: Mapping[str, Numbers]) -> Figure:
    """The distance over time between two runs that differ in their first input only.

    Args:
        distances: label -> |h_t - h'_t| for t = 1, 2, …
    """
    return _fading(
        distances,
        "steps since the only difference",
        "distance between the states",
        "What the state still knows about the first input",
    )


def gradient_profile(norms: Mapping[str, Numbers]) -> Figure:
    """|dL/dh_{T-k}| against k, the number of steps back from the loss, on a log scale.

    Args:
        norms: label -> |dL/dh_t| for t = 0..T, in the order of time.
    """
    backwards = {label: as_array(values)[::-1] for label, values in norms.items()}
    return _fading(
        backwards,
        "k, steps back from the loss",
        r"$\|\partial L/\partial h_{T-k}\|$",
        "The gradient on its way back through time",
        first=0,
    )


def _fading(
    lines: Mapping[str, Numbers], xlabel: str, ylabel: str, title: str, first: int = 1
) -> Figure:
    """Curves on a log scale over steps that are counted from `first`."""
    fig, ax = style.figure(6.6, 3.4)
    for label, values, look in with_looks(lines):
        heights = as_array(values)
        steps = range(first, first + len(heights))
        marks = {"marker": look.marker, "markevery": 10, "markersize": 5}
        ax.plot(steps, heights, color=look.colour, label=label, **marks)
    ax.set_yscale("log")
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    legend(ax, fontsize=9)
    return fig


def spectral_frame(radius: float, norms: Numbers, linear_norms: Numbers) -> Figure:
    """One frame of the spectral-radius slider: the network with tanh, and the same without.

    Args:
        norms, linear_norms: |dL/dh_t| for t = 0..T, with tanh and without.
    """
    fig, ax = style.figure(6.6, 3.6)
    bent, straight = as_array(norms)[::-1], as_array(linear_norms)[::-1]
    ax.plot(straight, "--", color=style.GREY, label=r"without tanh: $8 \cdot$ radius$^k$")
    ax.plot(bent, color=style.BLUE, label="with tanh")
    ax.axhline(bent[0], color=style.INK, lw=0.8)
    ax.set_yscale("log")
    ax.set_ylim(1e-10, 1e10)
    ax.set(xlabel="k, steps back from the loss", ylabel=r"$\|\partial L/\partial h_{T-k}\|$")
    ax.set_title(f"radius {radius:.2f}: {bent[0]:.3g} at the loss, {bent[-1]:.3g} at the start")
    ax.legend(loc="upper left", fontsize=9)
    return fig


def clip_arrows(
    gradient: Numbers, clipped: Numbers, per_tensor: Numbers, max_norm: float
) -> Figure:
    """Two one-number gradients drawn as one vector: clipped together, and each by itself.

    Args:
        gradient, clipped, per_tensor: (2,), one number for each tensor.
        max_norm: the radius of the circle.
    """
    fig, ax = style.figure(5.2, 3.9)
    angle = np.linspace(0, np.pi / 2, 60)
    ax.plot(max_norm * np.cos(angle), max_norm * np.sin(angle), color=style.GREY, lw=1)
    right_end = np.array([np.cos(0.12), np.sin(0.12)]) * max_norm * 1.03  # of the circle
    ax.text(*right_end, "norm = max_norm", color=style.GREY, fontsize=9, va="center")
    vectors = np.stack([as_array(vector) for vector in (gradient, per_tensor, clipped)])
    arrows = [
        (style.INK, "-", "the gradient"),
        (style.RED, "--", "each tensor clipped by itself"),
        (style.BLUE, "-", "clip_grad_norm: all together"),
    ]
    for end, (colour, line, label) in zip(vectors, arrows, strict=True):
        arrow = {"arrowstyle": "-|>", "color": colour, "ls": line, "lw": 2}
        ax.annotate("", end, (0, 0), arrowprops=arrow)
        ax.plot([], [], color=colour, ls=line, label=label)
    limit = 1.1 * max(vectors.max(), max_norm)
    ax.set(xlim=(0, limit), ylim=(0, limit), aspect="equal")
    ax.set(xlabel="first tensor", ylabel="second tensor")
    ax.set_title("Same direction, shorter step")
    ax.legend(fontsize=9, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return fig


def influence(matrices: Mapping[str, Numbers]) -> Figure:
    """Which output depends on which input: |d output_t / d input_s|, a square for each network.

    Args:
        matrices: title -> array (T, T); rows are outputs t, columns inputs s. 0 is drawn blank.
    """
    fig, axes = style.panels(len(matrices), 3.27, 3.3)
    tables = {title: as_array(matrix) for title, matrix in matrices.items()}
    largest = max(table.max() for table in tables.values())
    for ax, (title, matrix) in zip(axes, tables.items(), strict=True):
        seen = np.where(matrix > 1e-12, matrix, np.nan)
        image = ax.imshow(seen, norm=LogNorm(largest / 1000, largest), cmap=style.SEQUENTIAL)
        ticks = range(len(matrix))
        ax.set_xticks(ticks, [str(t + 1) for t in ticks], fontsize=8)
        ax.set_yticks(ticks, [str(t + 1) for t in ticks], fontsize=8)
        ax.grid(False)
        ax.set_title(title, fontsize=10)
        ax.set(xlabel="input step", ylabel="output step")
    fig.colorbar(image, ax=axes, shrink=0.7, label="influence (blank: none)")
    return fig


# ------------------------------------------------------------------------------------ training
def training_curve(
    steps: Numbers,
    perplexities: Numbers,
    baselines: Mapping[str, float],
    mark: int | None = None,
) -> Figure:
    """Validation perplexity while training, with the n-gram baselines as horizontal lines.

    Args:
        steps, perplexities: one value for each checkpoint.
        baselines: label -> perplexity on the same characters.
        mark: index of the checkpoint to point at.
    """
    fig, ax = style.figure(7.0, 3.6)
    x, y = as_array(steps), as_array(perplexities)
    ax.plot(x, y, "o-", color=style.BLUE, markersize=4, label="RNN")
    colours = (style.GREY, style.ORANGE, style.GREEN, style.RED, style.PINK)
    for label, value, look in with_looks(baselines, *colours):
        ax.plot([0, x[-1]], [value, value], color=look.colour, ls="--", lw=1.2)
        name = f"{label} {value:.2f}"
        ax.text(x[-1] * 1.015, value, name, va="center", color=look.colour, fontsize=9)
    if mark is not None:
        ax.plot(x[mark], y[mark], "o", color=style.RED, markersize=10)
    ax.set_yscale("log")
    ax.set_yticks([3, 4, 5, 6, 8, 10, 20, 36], ["3", "4", "5", "6", "8", "10", "20", "36"])
    ax.minorticks_off()
    ax.set_ylim(0.93 * min(3.4, y.min(), *baselines.values()), 40)
    ax.set_xlim(-x[-1] * 0.02, x[-1] * 1.22)
    ax.set(xlabel="training step", ylabel="validation perplexity per character")
    ax.set_title("A recurrent network against tables of counts")
    return fig


def seat_belt(runs: Mapping[str, Numbers]) -> Figure:
    """Loss and gradient norm at every step of some runs, on log scales.

    Args:
        runs: label -> (loss, norm of the gradient before clipping) of each step, (steps, 2).
    """
    fig, (left, right) = style.figure(8.0, 3.3, 1, 2)
    for label, run, look in with_looks(runs, *THREE_COLOURS):
        losses, norms = as_array(run).T
        left.plot(losses, color=look.colour, ls=look.line, lw=1.2, label=label)
        right.plot(norms, color=look.colour, ls=look.line, lw=1.2, label=label)
    for ax, name in (
        (left, "loss (nats per character)"),
        (right, "gradient norm, before clipping"),
    ):
        ax.set_yscale("log")
        ax.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        ax.yaxis.set_major_formatter("{x:g}")
        ax.minorticks_off()
        ax.set(xlabel="training step", ylabel=name)
    left.set_title("One long step, and the weights are gone")
    legend(left, fontsize=9)
    return fig


def context_curve(lengths: Numbers, rnn: Numbers, ngram_lengths: Numbers, ngram: Numbers) -> Figure:
    """Perplexity against the number of characters that the model may look at.

    Args:
        lengths, rnn: characters and perplexities of the recurrent network.
        ngram_lengths, ngram: the same of the tables of counts.
    """
    fig, ax = style.figure(7.0, 3.6)
    tables = (as_array(ngram_lengths), as_array(ngram))
    network = (as_array(lengths), as_array(rnn))
    ax.plot(*tables, "s--", color=style.RED, markersize=5, label="n-gram table")
    ax.plot(*network, "o-", color=style.BLUE, markersize=5, label="RNN, state cleared before")
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xticks([1, 2, 3, 4, 6, 10, 20, 40], ["1", "2", "3", "4", "6", "10", "20", "40"])
    ax.set_yticks([3, 4, 5, 6, 8, 10, 20, 30], ["3", "4", "5", "6", "8", "10", "20", "30"])
    ax.minorticks_off()
    ax.set(xlabel="characters of context", ylabel="validation perplexity")
    ax.set_title("What one more character of context is worth")
    ax.legend(fontsize=9)
    return fig


def state_readout(
    text: str,
    states: Numbers,
    units: Mapping[str, tuple[int, float]],
    truths: Mapping[str, Numbers],
    readout: Numbers,
    label: str,
) -> Figure:
    """Some hidden units over a text, and below them what all units together say about it.

    Args:
        text: T characters.
        states: (T, H), the state after reading each character; values in (-1, 1).
        units: property -> the unit that follows it best, and their correlation; where that is
            negative, the unit is drawn with its sign turned.
        truths: property -> its value at each character, T numbers.
        readout: what a linear readout of the state says about the property `label`, T numbers.
        label: one of the properties.
    """
    width = max(6.0, 0.15 * len(text))
    fig, (top, bottom) = style.figure(width, 5.0, rows=2, sharex=True, height_ratios=[3, 3])
    rows, values, h = [], [], as_array(states)
    for name, (unit, r) in units.items():
        rows += [name, f"unit {unit}" if r > 0 else f"unit {unit}, sign turned"]
        values += [_around_zero(as_array(truths[name])), np.sign(r) * h[:, unit]]
    draw_strip(top, np.stack(values), rows, "property, scaled; $h_t$", signed=True)
    for edge in range(2, len(rows), 2):
        top.axhline(edge - 0.5, color="white", lw=5)
    mark_words(top, text)
    top.tick_params(axis="x", length=0)
    top.set(title="Single units, each below the property that it follows best")
    bottom.bar(np.arange(len(text)), as_array(truths[label]), color=style.SKY, label="counted")
    bottom.plot(as_array(readout), "o-", color=style.RED, markersize=3, lw=1.2, label="readout")
    name_characters(bottom, text, fontsize=8)
    bottom.set(xlabel="characters, as they are read", ylabel=label, title="All units together")
    bottom.legend(fontsize=9, ncols=2, loc="upper left")
    return fig


def _around_zero(values: np.ndarray) -> np.ndarray:
    """Values from 0 up, scaled to run from -1 to 1."""
    return 2 * values / max(values.max(), 1) - 1


def unit_bars(values: Mapping[str, float]) -> Figure:
    """What a text costs, in bits per byte, by the unit that it was cut into."""
    fig, ax = style.figure(5.6, 0.5 * len(values) + 1.0)
    for row, value in enumerate(values.values()):
        ax.barh(row, value, height=0.6, color=style.BLUE)
        ax.text(value, row, f" {value:.2f}", va="center")
    ax.set_yticks(range(len(values)), list(values))
    ax.invert_yaxis()
    ax.set_xlim(0, 1.2 * max(values.values()))
    ax.set(xlabel="bits per byte of Korean text", title="The same text in three kinds of units")
    return fig
