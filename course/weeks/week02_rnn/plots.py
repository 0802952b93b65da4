"""Figures of week 02: chains, unrolled networks, gradients through time, perplexity.

Each function takes plain lists, dicts and arrays, and returns a matplotlib Figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.ticker import LogLocator

from course.figures import style

Floats = Sequence[float] | np.ndarray
Counts = Mapping[tuple[str, ...], Mapping[str, int]]


def shown(character: str) -> str:
    """A character as a label: the space is invisible, so it becomes an open box."""
    return "␣" if character == " " else character


# ------------------------------------------------------------------------------------ diagrams
def _box(ax: Axes, x: float, y: float, text: str, color: str) -> None:
    ax.add_patch(
        FancyBboxPatch(
            (x - 0.31, y - 0.2), 0.62, 0.4, boxstyle="round,pad=0.04", fc="white", ec=color, lw=1.6
        )
    )
    ax.text(x, y, text, ha="center", va="center", fontsize=11)


def _arrow(
    ax: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    color: str,
    bend: float = 0.0,
    dashed: bool = False,
) -> None:
    ax.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=13,
            color=color,
            lw=1.6,
            linestyle=(0, (4, 2)) if dashed else "-",
            connectionstyle=f"arc3,rad={bend}",
        )
    )


def unrolled(word: str = "truth") -> Figure:
    """A recurrent network unrolled over `word`: what flows forward and which way blame flows back.

    Each step reads one character and predicts the next.
    """
    fig, ax = style.figure(8.0, 3.5)
    steps = len(word) - 1
    for t in range(steps + 1):
        x = 1.5 * t
        _box(ax, x, 1.2, f"$h_{t}$", style.BLUE)
        if t == 0:
            continue
        ax.text(x, 0.0, f"“{shown(word[t - 1])}”", ha="center", va="center", fontsize=12)
        ax.text(x, 2.42, f"“{shown(word[t])}”?", ha="center", va="center", fontsize=12)
        _arrow(ax, (x, 0.18), (x, 0.94), style.GREEN)
        _arrow(ax, (x, 1.46), (x, 2.22), style.INK)
        _arrow(ax, (x - 1.15, 1.28), (x - 0.36, 1.28), style.BLUE)
        _arrow(ax, (x - 0.36, 1.04), (x - 1.15, 1.04), style.RED, dashed=True)
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
def transition_heatmap(bigrams: Counts, alphabet: Sequence[str]) -> Figure:
    """P(next character | current character) as a heat map; pairs that never occur are blank.

    Args:
        bigrams: counts by context; contexts are 1-tuples, as `count_ngrams(text, 2)` makes them.
        alphabet: the rows and the columns, in this order.
    """
    table = np.array([[bigrams.get((a,), {}).get(b, 0) for b in alphabet] for a in alphabet])
    totals = table.sum(axis=1, keepdims=True)
    share = np.where(table > 0, table / np.maximum(totals, 1), np.nan)
    fig, ax = style.figure(7.2, 6.2)
    image = ax.imshow(share, norm=LogNorm(1e-4, 1), cmap=style.SEQUENTIAL)
    labels = [shown(a) for a in alphabet]
    ax.set_xticks(range(len(labels)), labels, fontsize=9)
    ax.set_yticks(range(len(labels)), labels, fontsize=9)
    ax.grid(False)
    ax.set(xlabel="next character", ylabel="current character")
    ax.set_title("A Markov chain over characters: one row, one distribution")
    fig.colorbar(image, ax=ax, shrink=0.8, label="P(next | current), log scale (white: never seen)")
    return fig


def ngram_curve(
    orders: Sequence[int], curves: Mapping[str, tuple[Sequence[float], Sequence[float]]]
) -> Figure:
    """Perplexity of n-gram models against n: on text they counted, and on text they did not.

    Args:
        orders: the values of n.
        curves: label -> (perplexity on training text, perplexity on validation text).
    """
    fig, ax = style.figure(7.0, 3.8)
    colors = [style.BLUE, style.RED, style.GREEN]
    for k, ((label, (train, valid)), color) in enumerate(zip(curves.items(), colors, strict=False)):
        ax.plot(orders, train, "o:", color=color, mfc="white", label=f"{label}: training text")
        ax.plot(orders, valid, "o-", color=color, label=f"{label}: validation text")
        best = int(np.argmin(valid))
        ax.annotate(
            f"best: {valid[best]:.2f}",
            (orders[best], valid[best]),
            xytext=(0, 16) if k == 0 else (8, -40),
            textcoords="offset points",
            ha="center",
            color=color,
            arrowprops={"arrowstyle": "-", "color": color, "lw": 0.8},
        )
    ax.set_yscale("log")
    ax.set_yticks([2, 3, 4, 6, 10, 20], ["2", "3", "4", "6", "10", "20"])
    ax.minorticks_off()
    ax.set_xticks(list(orders))
    ax.set(xlabel="n (the model looks back n - 1 characters)", ylabel="perplexity per character")
    ax.set_title("Longer contexts help until they were never seen before")
    ax.legend(fontsize=9)
    return fig


# ------------------------------------------------------------------------------------ gradients
def memory_curve(distances: Mapping[str, Sequence[float]]) -> Figure:
    """How long two runs stay apart that differ in their first input only.

    Args:
        distances: label -> |h_t - h'_t| for t = 1, 2, …
    """
    return _fading(
        distances,
        "steps since the only difference",
        "distance between the states",
        "What the state still knows about the first input",
    )


def gradient_profile(norms: Mapping[str, Sequence[float]]) -> Figure:
    """|dL/dh_{T-k}| against k, the number of steps back from the loss, on a log scale.

    Args:
        norms: label -> |dL/dh_t| for t = 0..T, in the order of time.
    """
    backwards = {label: list(values)[::-1] for label, values in norms.items()}
    return _fading(
        backwards,
        "k, steps back from the loss",
        r"$\|\partial L/\partial h_{T-k}\|$",
        "The gradient on its way back through time",
        first=0,
    )


def _fading(
    lines: Mapping[str, Sequence[float]], xlabel: str, ylabel: str, title: str, first: int = 1
) -> Figure:
    fig, ax = style.figure(6.6, 3.4)
    for (label, values), mark in zip(lines.items(), "os^Dv*", strict=False):
        steps = range(first, first + len(values))
        ax.plot(steps, values, marker=mark, markevery=10, markersize=5, label=label)
    ax.set_yscale("log")
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    ax.legend(fontsize=9)
    return fig


def spectral_frame(radius: float, norms: Floats, linear_norms: Floats) -> Figure:
    """One frame of the spectral-radius slider: the network with tanh, and the same without."""
    fig, ax = style.figure(6.6, 3.6)
    back = np.arange(len(norms))
    ax.plot(
        back, list(linear_norms)[::-1], "--", color=style.GREY, label="without tanh: radius$^k$"
    )
    ax.plot(back, list(norms)[::-1], color=style.BLUE, label="with tanh")
    ax.axhline(norms[-1], color=style.INK, lw=0.8)
    ax.set_yscale("log")
    ax.set_ylim(1e-10, 1e10)
    ax.set(xlabel="k, steps back from the loss", ylabel=r"$\|\partial L/\partial h_{T-k}\|$")
    ax.set_title(f"radius {radius:.2f}: {norms[-1]:.3g} at the loss, {norms[0]:.3g} at the start")
    ax.legend(loc="upper left", fontsize=9)
    return fig


def clip_arrows(
    gradient: tuple[float, float],
    clipped: tuple[float, float],
    per_tensor: tuple[float, float],
    max_norm: float,
) -> Figure:
    """Two one-number gradients drawn as one vector: clipped together, and each by itself."""
    fig, ax = style.figure(5.2, 3.9)
    angle = np.linspace(0, np.pi / 2, 60)
    ax.plot(max_norm * np.cos(angle), max_norm * np.sin(angle), color=style.GREY, lw=1)
    low = np.array([np.cos(0.12), np.sin(0.12)]) * max_norm * 1.03  # the circle's right end
    ax.text(*low, "norm = max_norm", color=style.GREY, fontsize=9, va="center")
    arrows = [
        (gradient, style.INK, "-", "the gradient"),
        (per_tensor, style.RED, "--", "each tensor clipped by itself"),
        (clipped, style.BLUE, "-", "clip_grad_norm: all together"),
    ]
    for (x, y), color, line, label in arrows:
        ax.annotate(
            "",
            (x, y),
            (0, 0),
            arrowprops={"arrowstyle": "-|>", "color": color, "ls": line, "lw": 2},
        )
        ax.plot([], [], color=color, ls=line, label=label)
    reach = 1.1 * max(*gradient, *per_tensor, max_norm)
    ax.set(xlim=(0, reach), ylim=(0, reach), aspect="equal")
    ax.set(xlabel="first tensor", ylabel="second tensor")
    ax.set_title("Same direction, shorter step")
    ax.legend(fontsize=9, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return fig


def influence(matrices: Mapping[str, np.ndarray]) -> Figure:
    """Which output depends on which input: |d output_t / d input_s|, one panel a network.

    Args:
        matrices: title -> array (T, T); rows are outputs t, columns inputs s. 0 is drawn blank.
    """
    fig, axes = style.figure(3.0 * len(matrices) + 0.8, 3.3, 1, len(matrices), squeeze=False)
    largest = max(float(np.max(matrix)) for matrix in matrices.values())
    for ax, (title, matrix) in zip(axes[0], matrices.items(), strict=True):
        seen = np.where(np.asarray(matrix) > 1e-12, matrix, np.nan)
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
    steps: Sequence[int],
    perplexities: Sequence[float],
    baselines: Mapping[str, float],
    mark: int | None = None,
) -> Figure:
    """Validation perplexity while training, with the n-gram baselines as horizontal lines.

    Args:
        steps, perplexities: one value a checkpoint.
        baselines: label -> perplexity on the same characters.
        mark: index of the checkpoint to point at.
    """
    fig, ax = style.figure(7.0, 3.6)
    ax.plot(steps, perplexities, "o-", color=style.BLUE, markersize=4, label="RNN")
    colors = [style.GREY, style.ORANGE, style.GREEN, style.RED, style.PINK]
    for (label, value), color in zip(baselines.items(), colors, strict=False):
        ax.plot([0, steps[-1]], [value, value], color=color, ls="--", lw=1.2)
        ax.text(
            steps[-1] * 1.015, value, f"{label} {value:.2f}", va="center", color=color, fontsize=9
        )
    if mark is not None:
        ax.plot(steps[mark], perplexities[mark], "o", color=style.RED, markersize=10)
    ax.set_yscale("log")
    ax.set_yticks([3, 4, 5, 6, 8, 10, 20, 36], ["3", "4", "5", "6", "8", "10", "20", "36"])
    ax.minorticks_off()
    ax.set_ylim(3.2, 40)
    ax.set_xlim(-steps[-1] * 0.02, steps[-1] * 1.22)
    ax.set(xlabel="training step", ylabel="validation perplexity per character")
    ax.set_title("A recurrent network against tables of counts")
    return fig


def seat_belt(runs: Mapping[str, Sequence[tuple[float, float]]]) -> Figure:
    """Loss and gradient norm at every step of some runs, on log scales.

    Args:
        runs: label -> (loss, norm of the gradient before clipping) of each step.
    """
    fig, (left, right) = style.figure(8.0, 3.3, 1, 2)
    colors = [style.BLUE, style.RED, style.GREEN]
    for (label, log), color in zip(runs.items(), colors, strict=False):
        losses, norms = zip(*log, strict=True)
        left.plot(losses, color=color, lw=1.2, label=label)
        right.plot(norms, color=color, lw=1.2, label=label)
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
    left.legend(fontsize=9)
    return fig


def context_curve(
    lengths: Sequence[int],
    rnn: Sequence[float],
    ngram_lengths: Sequence[int],
    ngram: Sequence[float],
) -> Figure:
    """Perplexity against the number of characters that the model may look at."""
    fig, ax = style.figure(7.0, 3.6)
    ax.plot(ngram_lengths, ngram, "s--", color=style.RED, markersize=5, label="n-gram table")
    ax.plot(lengths, rnn, "o-", color=style.BLUE, markersize=5, label="RNN, state cleared before")
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
    states: np.ndarray,
    units: Sequence[int],
    truth: Floats,
    readout: Floats,
    label: str,
    names: Sequence[str] = (),
) -> Figure:
    """Some hidden units over a text, and below them what all units together say about it.

    Args:
        text: T characters.
        states: (T, H), the state after reading each character; values in (-1, 1).
        units: the units to draw, one row each.
        truth: the property of each character that is asked for, T numbers.
        readout: what a linear readout of the state says about it, T numbers.
        label: the property's name.
        names: what each of the units follows best, one word each; or nothing.
    """
    width = max(6.0, 0.15 * len(text))
    fig, (top, bottom) = style.figure(width, 4.2, rows=2, sharex=True, height_ratios=[2, 3])
    values = np.asarray(states)[:, list(units)].T
    image = top.imshow(values, cmap=style.DIVERGING, vmin=-1, vmax=1, aspect="auto")
    rows = [f"unit {unit}" for unit in units]
    if names:
        rows = [f"{row} ({name})" for row, name in zip(rows, names, strict=True)]
    top.set_yticks(range(len(units)), rows, fontsize=8)
    top.tick_params(length=0)
    top.grid(False)
    top.set(title="Single units")
    fig.colorbar(image, ax=top, label="$h_t$", pad=0.01)
    steps = np.arange(len(text))
    bottom.bar(steps, truth, color=style.SKY, label="counted")
    bottom.plot(steps, readout, "o-", color=style.RED, markersize=3, lw=1.2, label="readout")
    bottom.set_xticks(steps, [shown(c) for c in text], fontsize=8)
    bottom.set(xlabel="characters, as they are read", ylabel=label, title="All units together")
    bottom.legend(fontsize=9, ncols=2, loc="upper left")
    return fig
