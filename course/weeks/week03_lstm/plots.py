"""Figures of week 03: two gated cells, what a gate keeps, gates over characters, who remembers.

Arrays may be tensors, numpy arrays or lists; each function returns a matplotlib Figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from course.figures import diagram, style
from course.figures.arrays import Numbers, as_array
from course.figures.diagram import Point
from course.figures.series import legend, looks, with_looks
from course.figures.text_strip import draw_strip, mark_words, name_characters

Trace = Mapping[str, Numbers]  # "i", "f", "g", "o", "c", "h", each (T, H)

GATES = {"i": "input gate", "f": "forget gate", "g": "candidate", "o": "output gate"}
BESIDE: dict[str, Any] = {"loc": "center left", "bbox_to_anchor": (1.0, 0.5)}  # of a legend
GATE_COLOURS = {"i": style.GREEN, "f": style.BLUE, "g": style.PINK, "o": style.RED}


# ------------------------------------------------------------------------------------ diagrams
def two_cells() -> Figure:
    """One step of an LSTM and of a GRU; on top the conveyor belt that carries the memory."""
    fig, (left, right) = style.figure(11.0, 4.2, cols=2)
    _draw_lstm(left)
    _draw_gru(right)
    for ax in (left, right):
        ax.set_xlim(-0.9, 8.6)
        ax.set_ylim(-0.75, 4.75)
        ax.set_aspect("equal")
        ax.axis("off")
    return fig


def _draw_lstm(ax: Axes) -> None:
    ax.set_title(
        "LSTM: the belt is $c$; a gate decides what leaves it, one what enters, one what shows",
        fontsize=9,
    )
    _belt(ax, "$c_{t-1}$", "$c_t$")
    for x, gate in ((1.0, "f"), (2.5, "i"), (3.9, "g"), (5.6, "o")):
        _gate(ax, x, gate, GATES[gate], GATE_COLOURS[gate])
    _operation(ax, 1.0, 3.8, "×")
    _arrow(ax, (1.0, 1.75), (1.0, 3.56), style.BLUE)
    _operation(ax, 3.2, 2.75, "×")
    _arrow(ax, (2.5, 1.75), (3.02, 2.57), style.GREEN)
    _arrow(ax, (3.9, 1.75), (3.38, 2.57), style.PINK)
    _operation(ax, 3.2, 3.8, "+")
    _arrow(ax, (3.2, 2.99), (3.2, 3.56), style.INK)
    _operation(ax, 6.7, 2.35, "×")
    _arrow(ax, (6.7, 3.72), (6.7, 2.59), style.INK)
    ax.text(6.82, 3.15, "tanh", ha="left", va="center", fontsize=9)
    _arrow(ax, (5.6, 1.75), (6.5, 2.22), style.RED)
    _arrow(ax, (6.94, 2.35), (7.9, 2.35), style.INK)
    ax.text(8.0, 2.35, "$h_t$", va="center", fontsize=12)
    _inputs(ax, (1.0, 2.5, 3.9, 5.6))


def _draw_gru(ax: Axes) -> None:
    ax.set_title("GRU: the belt is $h$ itself; one gate does two jobs, $z$ and $1 - z$", fontsize=9)
    _belt(ax, "$h_{t-1}$", "$h_t$")
    for x, name, colour, label in (
        (1.0, "z", style.BLUE, "update gate"),
        (3.0, "r", style.GREEN, "reset gate"),
        (5.3, "n", style.PINK, "candidate"),
    ):
        _gate(ax, x, name, label, colour)
    _operation(ax, 1.0, 3.8, "×")
    _arrow(ax, (1.0, 1.75), (1.0, 3.56), style.BLUE)
    _operation(ax, 5.3, 2.75, "×")
    _arrow(ax, (5.3, 1.75), (5.3, 2.51), style.PINK)
    _arrow(ax, (1.16, 1.76), (5.06, 2.75), style.BLUE)
    ax.text(2.75, 2.42, "$1 - z$", color=style.BLUE, fontsize=10, ha="center")
    _operation(ax, 5.3, 3.8, "+")
    _arrow(ax, (5.3, 2.99), (5.3, 3.56), style.INK)
    _arrow(ax, (3.42, 1.4), (4.78, 1.4), style.GREEN)
    ax.text(4.1, 1.52, r"$r \odot h U$", color=style.GREEN, fontsize=9, ha="center")
    _inputs(ax, (1.0, 3.0, 5.3))


def _belt(ax: Axes, before: str, after: str) -> None:
    ax.plot([0.05, 7.8], [3.8, 3.8], color=style.ORANGE, lw=9, alpha=0.45, solid_capstyle="butt")
    _arrow(ax, (7.4, 3.8), (8.0, 3.8), style.ORANGE)
    ax.text(-0.05, 3.8, before, ha="right", va="center", fontsize=12)
    ax.text(8.08, 3.8, after, ha="left", va="center", fontsize=12)


def _gate(ax: Axes, x: float, letter: str, name: str, colour: str) -> None:
    """A box with the function that squashes its sum (a candidate has tanh), letter and name."""
    squash = "tanh" if name == "candidate" else r"$\sigma$"
    diagram.box(ax, (x, 1.4), (0.8, 0.64), squash, colour=colour, lw=2)
    ax.text(x + 0.48, 1.62, f"${letter}$", color=colour, fontsize=12, ha="left")
    ax.text(x, 0.86, name, color=colour, fontsize=8, ha="center", va="center")


def _inputs(ax: Axes, tops: Sequence[float]) -> None:
    """The line at the bottom with an arrow to each gate: all read the same two vectors."""
    ax.plot([0.3, tops[-1]], [0.2, 0.2], color=style.GREY, lw=1.4)
    ax.text(0.2, 0.2, "$x_t, h_{t-1}$", ha="right", va="center", fontsize=11)
    for x in tops:
        _arrow(ax, (x, 0.2), (x, 0.68), style.GREY)


def _operation(ax: Axes, x: float, y: float, sign: str) -> None:
    ax.add_patch(Circle((x, y), 0.24, fc="white", ec=style.INK, lw=1.4, zorder=3))
    ax.text(x, y, sign, ha="center", va="center", fontsize=12, zorder=4)


def _arrow(ax: Axes, start: Point, end: Point, colour: str) -> None:
    diagram.arrow(ax, start, end, colour, gap=0)


# ------------------------------------------------------------------------------------ memory
def belt_values(values: Mapping[str, Numbers], pulse: int = 0) -> Figure:
    """What one unit's cell state holds over time, one line for each setting of its gates.

    Args:
        values: label -> the cell state at each step, (T,).
        pulse: the step at which something was written.
    """
    fig, ax = style.figure(6.4, 3.0)
    for label, line, look in with_looks(values, monochrome=True):
        ax.plot(as_array(line), color=look.colour, ls=look.line, label=label)
    ax.axvline(pulse, color=style.GREY, lw=1, linestyle=":")
    ax.set_xlabel("time step $t$")
    ax.set_ylabel("cell state $c_t$")
    legend(ax, **BESIDE)
    return fig


def survival(bias: float, steps: int) -> np.ndarray:
    """sigmoid(bias) ** k for k = 0..steps: the part of a memory left after k steps, (steps + 1,).

    The pre-activation of the forget gate is taken to be its bias alone, as at the start of
    training with small weights; it is also d c_{t+k} / d c_t along the belt.
    """
    return (1 / (1 + np.exp(-bias))) ** np.arange(steps + 1)


def survival_frame(bias: float, steps: int = 100) -> Figure:
    """What is left of a memory after k steps, for one forget bias and three to compare with."""
    fig, ax = style.figure(6.4, 3.4)
    for other, dash in ((0, "--"), (1, "-."), (3, ":")):
        if other == bias:
            continue
        ax.plot(
            survival(other, steps), color=style.GREY, lw=1.2, linestyle=dash, label=f"bias {other}"
        )
    kept = survival(bias, steps)
    ax.plot(kept, color=style.BLUE, lw=2.6, label=f"bias {bias:g}")
    half_life = np.log(0.5) / np.log(kept[1])
    ax.set_yscale("log")
    ax.set_ylim(1e-8, 2)
    ax.set_xlim(0, steps)
    ax.set_xlabel("steps $k$ since it was written")
    ax.set_ylabel(r"share left, $\sigma(b_f)^k$")
    ax.set_title(f"$\\sigma({bias:g})$ = {kept[1]:.3f}; half is gone after {half_life:.1f} steps")
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return fig


# ------------------------------------------------------------------------------------ padding
def padded_states(naive: Numbers, masked: Numbers, lengths: Numbers) -> Figure:
    """The first unit's state over time for each row of a padded batch, without and with a mask.

    Args:
        naive, masked: states, (B, T).
        lengths: real tokens of each row; what follows is padding.
    """
    fig, (left, right) = style.figure(8.0, 3.0, cols=2, sharey=True)
    ends = as_array(lengths).astype(int).tolist()
    _draw_padded(left, as_array(naive), ends)
    _draw_padded(right, as_array(masked), ends)
    left.set(title="mask ignored", ylabel="state of unit 0")
    right.set_title("mask used")
    legend(right, **BESIDE)
    return fig


def _draw_padded(ax: Axes, states: np.ndarray, lengths: Sequence[int]) -> None:
    """Each row of states (B, T): dotted over all positions, solid over its real tokens."""
    for row, (length, look) in enumerate(zip(lengths, looks(len(lengths)), strict=True)):
        label = f"row {row}: {length} tokens"
        ax.plot(states[row], color=look.colour, lw=1.2, linestyle=":")
        ax.plot(states[row, :length], color=look.colour, marker=look.marker, ms=4, label=label)
    ax.set_xticks(range(0, states.shape[1], 2))
    ax.set_xlabel("position $t$ (dotted: padding)")


# ------------------------------------------------------------------------------------ gates
def gate_strips(
    text: Sequence[str],
    trace: Trace,
    unit: int,
    free: Trace | None = None,
    bits: Mapping[str, Numbers] | None = None,
) -> Figure:
    """One unit over a text: its three gates as strips, then its cell state as a line.

    Args:
        text: T labels, one for each step (a string works).
        trace: arrays (T, H) of "i", "f", "o" and "c".
        unit: which of the H units.
        free: a trace without clamps, drawn in grey for comparison.
        bits: label -> what each character after the first cost a language model, (T - 1,);
            drawn as bars in a third row.
    """
    steps = len(text)
    rows = 3 if bits else 2
    fig, axes = style.figure(
        max(5.5, 0.19 * steps + 1.6),
        3.6 + 1.4 * (rows - 2),
        rows=rows,
        sharex=True,
        height_ratios=[1, 1.5, 1.1][:rows],
    )
    top, below = axes[:2]
    strips = np.stack([_unit(trace, name, unit) for name in "ifo"])
    names = ["$i$ input", "$f$ forget", "$o$ output"]
    draw_strip(top, strips, names, "0 shut, 1 open", fontsize=10)
    top.set_title(f"unit {unit}")
    if free is not None:
        below.plot(_unit(free, "c", unit), color=style.GREY, lw=1.4, linestyle="--", label="free")
    label = "$c$" if free is None else "clamped"
    below.plot(_unit(trace, "c", unit), color=style.BLUE, marker="o", ms=3, label=label)
    if free is not None:
        below.legend(loc="upper left", ncols=2, fontsize=8)
    below.axhline(0, color=style.GREY, lw=0.8)
    below.set_ylabel("cell state $c$")
    if bits:
        _surprise_bars(axes[2], bits)
    name_characters(axes[-1], text)
    return fig


def _surprise_bars(ax: Axes, bits: Mapping[str, Numbers]) -> None:
    """Bars from character 1 on: the first one was given, not predicted."""
    heights = {label: as_array(values) for label, values in bits.items()}
    width = 0.8 / len(bits)
    chosen = with_looks(heights, style.GREY, style.BLUE, monochrome=True)
    for k, (label, values, look) in enumerate(chosen):
        places = 1 + np.arange(len(values)) + (k - (len(bits) - 1) / 2) * width
        name = f"{label}: {values.mean():.2f} bits per character"
        ax.bar(places, values, width, label=name, **look.bar)
    ax.set_ylabel("surprise\n(bits)")
    legend(ax, loc="upper left", ncols=2, fontsize=8)
    ax.set_ylim(0, 1.35 * max(values.max() for values in heights.values()))


def gate_map(text: Sequence[str], trace: Trace, gate: str, units: Sequence[int]) -> Figure:
    """One gate of several units over a text, and the mean of all units on top.

    A row for each unit, a column for each character, a line at each end of a word.
    """
    everyone = as_array(trace[gate])
    values = np.stack([everyone.mean(axis=1), *everyone[:, list(units)].T])
    signed = gate in ("g", "c", "h")
    limit = float(np.abs(values).max()) if signed else 1.0
    fig, ax = style.figure(0.19 * len(text) + 1.8, 0.28 * len(values) + 1.1)
    meaning = f"${gate}$ {GATES.get(gate, 'state')}"
    rows = [f"mean of {everyone.shape[1]}", *(f"unit {unit}" for unit in units)]
    draw_strip(ax, values, rows, meaning, limit=limit, signed=signed)
    ax.axhline(0.5, color="white", lw=5)
    mark_words(ax, text)
    name_characters(ax, text)
    return fig


def _unit(trace: Trace, name: str, unit: int) -> np.ndarray:
    return as_array(trace[name])[:, unit]


# ------------------------------------------------------------------------------------ comparisons
def gradient_reach(norms: Mapping[str, Numbers]) -> Figure:
    """The gradient of the loss at each input, as a share of that at the last one, log scale.

    Args:
        norms: label -> the norm of the gradient at each input of a sequence, (T,).
    """
    fig, ax = style.figure(6.8, 3.4)
    for label, norm, look in with_looks(norms, monochrome=True):
        values = as_array(norm)
        back = np.arange(len(values))[::-1]
        ax.plot(back, values / values[-1], color=look.colour, ls=look.line, label=label)
    ax.set_yscale("log")
    ax.set_xlabel("steps back from the loss")
    ax.set_ylabel("gradient, last step = 1")
    legend(ax, **BESIDE)
    return fig


def recall_dots(results: Mapping[str, Numbers], chance: float, title: str = "") -> Figure:
    """Accuracy of each model on the recall task: a dot for each seed, and a bar for their mean."""
    fig, ax = style.figure(6.4, 0.5 * len(results) + 1.2)
    for row, scores in enumerate(map(as_array, results.values())):
        spread = np.linspace(-0.15, 0.15, len(scores)) if len(scores) > 1 else np.zeros(1)
        ax.plot(scores, row + spread, "o", color=style.BLUE, ms=5, alpha=0.75)
        mean = float(np.mean(scores))
        ax.plot([mean, mean], [row - 0.3, row + 0.3], color=style.INK, lw=2)
    ax.axvline(chance, color=style.RED, linestyle="--", lw=1.2)
    ax.text(chance + 0.01, -0.55, "chance", color=style.RED, fontsize=8, va="center")
    ax.set_yticks(range(len(results)), list(results))
    ax.set_ylim(len(results) - 0.4, -0.75)
    ax.set_xlim(0, 1.03)
    ax.set_xlabel("accuracy on new sequences (dot: a seed; bar: their mean)")
    ax.set_title(title)
    return fig


def learning_curves(
    steps: Numbers, curves: Mapping[str, Numbers], baselines: Mapping[str, float]
) -> Figure:
    """Validation loss in bits per character while several models train, with baselines."""
    fig, ax = style.figure(7.0, 3.4)
    x = as_array(steps)
    for label, values, look in with_looks(curves, monochrome=True):
        line = {"color": look.colour, "ls": look.line, "marker": look.marker, "ms": 4}
        ax.plot(x, as_array(values), label=label, **line)
    for label, value in baselines.items():
        ax.axhline(value, color=style.GREY, lw=1.2, linestyle="--")
        ax.text(x[-1], value, f"{label}: {value:.2f}", ha="right", va="bottom", fontsize=8)
    ax.set_xlabel("training steps")
    ax.set_ylabel("bits per character")
    legend(ax, **BESIDE)
    return fig


def one_unit(text: Sequence[str], values: Numbers, inside: Numbers, label: str) -> Figure:
    """One unit's cell state over a text, with the stretches marked in which a property holds.

    Args:
        text: T characters.
        values: tanh of the cell state after each character, (T,).
        inside: 1 where the property holds, else 0, (T,).
        label: the unit's name.
    """
    fig, ax = style.figure(max(6.0, 0.12 * len(text)), 2.8)
    holds = as_array(inside) > 0
    places = np.arange(len(text))
    ax.fill_between(
        places, -1.05, 1.05, where=holds, step="mid", color=style.YELLOW, alpha=0.4, lw=0
    )
    ax.plot(places, as_array(values), color=style.BLUE, marker="o", ms=2.5, label=label)
    ax.axhline(0, color=style.GREY, lw=0.8)
    name_characters(ax, text, fontsize=7)
    ax.set(ylabel=r"$\tanh c_t$", title=f"{label}; yellow: inside quotation marks")
    return fig


def by_length(
    lengths: Sequence[int], right: Numbers, trained: tuple[int, int], chance: float
) -> Figure:
    """The share of letters written rightly, by the length of the word.

    Args:
        lengths, right: one value for each length.
        trained: the shortest and the longest word of the training.
        chance: what a blind guess reaches.
    """
    fig, ax = style.figure(6.4, 3.2)
    ax.axvspan(
        trained[0] - 0.5, trained[1] + 0.5, color=style.PALE, label="lengths of the training"
    )
    ax.plot(list(lengths), as_array(right), "o-", color=style.BLUE, label="letters right")
    ax.axhline(chance, color=style.RED, ls="--", lw=1.2, label="chance")
    ax.set(ylim=(0, 1.03), xlabel="length of the word (letters)", ylabel="share of letters right")
    legend(ax, **BESIDE)
    return fig
