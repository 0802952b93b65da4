"""Figures of week 00: kernels, softmax, masks, heads, gradients and the first loss.

Arrays may be tensors, numpy arrays or lists; each function returns a matplotlib Figure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, StrMethodFormatter
from torch import Tensor

from course.figures import diagram, style
from course.figures.arrays import Numbers, as_array
from course.figures.series import Look, legend, looks, with_looks

HEAD_COLOURS = (style.BLUE, style.ORANGE, style.GREEN, style.PINK, style.SKY, style.RED)


# ------------------------------------------------------------------------------------ machinery
def kernel_and_grader() -> Figure:
    """Two ways of one cell: at your desk (browser, kernel, device) and when it is graded."""
    fresh = "in a sandbox, with new\nnumbers to work on"
    fig, ax = style.figure(8.4, 3.2)
    ax.set(xlim=(0, 11.9), ylim=(0.45, 5.1))
    ax.axis("off")
    ax.text(0.1, 4.72, "At your desk", fontsize=12)
    _station(ax, 0.1, 3.1, "Browser", "the text you see", style.SKY)
    _station(ax, 4.3, 3.1, "Kernel", "a Python process:\nyour variables live here", style.ORANGE)
    _station(ax, 8.5, 3.1, "Device", "CPU or GPU:\nthe numbers live here", style.GREEN)
    _step(ax, 3.4, 4.2, 3.7, "Shift+Enter")
    _step(ax, 7.6, 8.4, 3.7, "operations")
    ax.text(0.1, 2.22, "When it is graded", fontsize=12)
    _station(ax, 0.1, 0.6, "Your source", "solution cells only", style.SKY)
    _station(ax, 4.3, 0.6, "Fresh kernel", fresh, style.ORANGE)
    _station(ax, 8.5, 0.6, "Judge", "compares your answers\nwith the reference's", style.PINK)
    _step(ax, 3.4, 4.2, 1.2, "run")
    _step(ax, 7.6, 8.4, 1.2, "answers")
    return fig


def _station(ax: Axes, x: float, y: float, title: str, text: str, colour: str) -> None:
    """A pale box with its lower left corner at x, y; a title and a line or two of text in it."""
    diagram.box(ax, (x + 1.6, y + 0.6), (3.3, 1.3), colour=colour, fill=colour, alpha=0.25)
    ax.text(x + 1.6, y + 0.95, title, ha="center", va="center", fontsize=12)
    ax.text(x + 1.6, y + 0.4, text, ha="center", va="center", fontsize=9)


def _step(ax: Axes, start: float, end: float, y: float, text: str) -> None:
    diagram.arrow(ax, (start, y), (end, y))
    ax.text((start + end) / 2, y + 0.75, text, ha="center", fontsize=8, color=style.INK)


def speed_dots(seconds: Mapping[str, float]) -> Figure:
    """How long the same sum took in each way to compute it, in milliseconds, logarithmic axis.

    Dots and not bars: a logarithmic axis has no zero where a bar could begin.
    """
    fig, ax = style.figure(6.5, 0.7 + 0.45 * len(seconds))
    names = list(seconds)[::-1]
    times = [1e3 * float(seconds[name]) for name in names]
    ax.plot(times, names, "o", color=style.BLUE, ms=9)
    ax.set(xscale="log", xlabel="milliseconds (logarithmic axis: each step is ten times)")
    ax.set_xlim(min(times) / 3, max(times) * 8)
    ax.set_ylim(-0.6, len(names) - 0.4)
    for i, ms in enumerate(times):
        ax.text(ms * 1.3, i, f"{ms:.3g} ms", va="center", fontsize=9)
    return fig


def _grid_behind_bars(ax: Axes) -> None:
    ax.grid(axis="y", visible=False)
    ax.set_axisbelow(True)


# ------------------------------------------------------------------------------------ softmax
def probability_bars(
    probabilities: Numbers, labels: Sequence[str], title: str = "", end: float = 1.0
) -> Figure:
    """Horizontal bars of probabilities, in the order given, the number written at each bar.

    Args:
        probabilities: (V,).
        labels: V strings.
        title: above the bars.
        end: where the axis ends; 1 keeps pictures comparable.
    """
    values = as_array(probabilities)
    fig, ax = style.figure(6, 0.8 + 0.28 * len(values))
    y = np.arange(len(values))[::-1]
    ax.barh(y, values, color=style.BLUE, height=0.75)
    for height, value in zip(y, values, strict=True):
        ax.text(value + 0.01 * end, height, f"{value:.3f}", va="center", fontsize=9)
    ax.set_yticks(y, labels)
    ax.set(xlim=(0, 1.1 * end), xlabel="probability", title=title)
    _grid_behind_bars(ax)
    return fig


def shift_invariance(
    softmaxes: Mapping[str, Callable[[Tensor], Tensor]],
    logits: Tensor,
    shifts: Numbers | None = None,
) -> Figure:
    """The largest probability of `logits + shift`, for each way to compute softmax.

    A good softmax draws a flat line. Where the answer is not a number, a cross marks the place.

    Args:
        softmaxes: label -> function of logits (V,) that returns probabilities (V,).
        logits: (V,).
        shifts: what is added to all logits; by default from -10,000 to 10,000.
    """
    values = np.linspace(-1e4, 1e4, 201) if shifts is None else as_array(shifts)
    fig, ax = style.figure(7, 3.2)
    colours = (style.RED, style.BLUE, style.GREEN)
    for row, (label, softmax, look) in enumerate(with_looks(softmaxes, *colours)):
        top = as_array([softmax(logits + shift).max() for shift in values])
        width = 6 if row == 0 else 1.8  # the first line is often hidden by the second
        ax.plot(values, top, color=look.colour, ls=look.line, label=label, lw=width)
        lost = values[~np.isfinite(top)]
        if len(lost):
            y = np.full(len(lost), 0.03 + 0.05 * (row % 19))
            ax.plot(lost, y, "x", color=look.colour, ms=4, label=f"{label}: not a number")
    ax.set(xlabel="number added to every logit", ylabel="largest probability", ylim=(0, 1))
    ax.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    ax.xaxis.set_major_locator(MaxNLocator(5))
    legend(ax, loc="upper right", fontsize=9)
    return fig


# ------------------------------------------------------------------------------------ loss
def surprise(probability: float | None = None) -> Figure:
    """-ln p against p: what the right token's probability costs; one value may be marked."""
    p = np.linspace(0.005, 1, 400)
    fig, ax = style.figure(6, 3)
    ax.plot(p, -np.log(p), color=style.BLUE)
    for value in (0.5, 0.1, 0.01):
        ax.plot(value, -np.log(value), "o", color=style.RED)
        text = f"p = {value}: {-np.log(value):.2f} nats"
        ax.annotate(text, (value, -np.log(value)), (8, 4), textcoords="offset points", fontsize=9)
    if probability is not None:
        ax.axvline(probability, color=style.GREY, ls="--")
    ax.set(xlabel="probability of the right token", ylabel="loss (nats)", ylim=(0, 5.6))
    return fig


def first_losses(
    stds: Numbers, measured: Mapping[int, Numbers], expected: Callable[[int, float], float]
) -> Figure:
    """Measured and expected loss before training, against the spread of the logits.

    Args:
        stds: standard deviations of the logits.
        measured: vocabulary size -> losses (nats), one for each of `stds`.
        expected: function of (vocabulary size, std) -> loss (nats).
    """
    fig, ax = style.figure(6.5, 3.4)
    spreads = as_array(stds)
    by_name = {f"V = {size:,}": (size, losses) for size, losses in measured.items()}
    for name, (size, losses), look in with_looks(by_name):
        colour = look.colour
        formula = as_array([expected(size, std) for std in spreads.tolist()])
        ax.plot(spreads, formula, color=colour, ls=look.line, label=f"{name}: formula")
        measured_name = f"{name}: measured"
        ax.plot(spreads, as_array(losses), look.marker, color=colour, ms=5, label=measured_name)
        ax.axhline(np.log(size), color=colour, lw=0.8, ls=":")
    ax.set(xlabel="standard deviation of the logits", ylabel="loss before training (nats)")
    legend(ax, fontsize=8, loc="upper left", ncols=2)
    ax.set_ylim(0, None)
    return fig


def text_losses(losses: Mapping[str, float], guess: float) -> Figure:
    """Bars of the loss of one model on several texts, and the line of a blind guess."""
    fig, ax = style.figure(6.5, 0.9 + 0.4 * len(losses))
    names = list(losses)[::-1]
    values = as_array([losses[name] for name in names])
    ax.barh(names, values, color=style.BLUE, height=0.65)
    for i, value in enumerate(values):
        ax.text(0.12, i, f"{value:.2f}", va="center", fontsize=9, color="white")
    ax.axvline(guess, color=style.RED, ls="--")
    ax.text(guess, len(names) - 0.42, " blind guess", color=style.RED, fontsize=9, va="bottom")
    ax.set(xlabel="loss (nats per token)", xlim=(0, 1.1 * max(guess, values.max())))
    _grid_behind_bars(ax)
    return fig


# ------------------------------------------------------------------------------------ masks
REAL_TOKEN: dict[str, Any] = {"colour": style.BLUE, "fill": style.SKY}
PADDING: dict[str, Any] = {"colour": style.GREY, "fill": style.PALE, "hatch": "///"}


def padded_batch(mask: Numbers, tokens: Sequence[Sequence[str]]) -> Figure:
    """A batch as a grid of cells: real tokens in blue, padding hatched in grey.

    Args:
        mask: (B, T), true where a token is real.
        tokens: B lists of T strings, the padding included.
    """
    real = as_array(mask).astype(bool)
    rows, cols = real.shape
    fig, ax = style.figure(1.0 + 1.0 * cols, 0.8 + 0.5 * rows)
    for (b, t), is_real in np.ndenumerate(real):
        look = REAL_TOKEN if is_real else PADDING
        centre = (t + 0.5, rows - b - 0.53)
        diagram.box(ax, centre, (0.88, 0.82), tokens[b][t], fontsize=9, alpha=0.6, lw=1.0, **look)
    ax.set(xlim=(0, cols), ylim=(0, rows), xlabel="position t")
    ax.set_xticks(np.arange(cols) + 0.5, range(cols))
    ax.set_yticks(rows - np.arange(rows) - 0.5, [f"text {b}" for b in range(rows)])
    ax.grid(visible=False)
    return fig


def similarity_grid(matrix: Numbers, labels: Sequence[str], title: str = "") -> Figure:
    """A square of cosine similarities, from -1 to 1, with the numbers written in."""
    values = as_array(matrix)
    size = len(labels)
    fig, ax = style.figure(2.6 + 0.85 * size, 1.3 + 0.55 * size)
    image = ax.imshow(values, vmin=-1, vmax=1, cmap=style.DIVERGING, aspect="auto")
    _write_numbers(ax, values, 1.0, "{:.2f}")
    ax.set_xticks(range(size), labels, rotation=20, ha="right")
    ax.set_yticks(range(size), labels)
    ax.set_title(title)
    ax.grid(visible=False)
    fig.colorbar(image, ax=ax, label="cosine similarity")
    return fig


def _write_numbers(ax: Axes, table: np.ndarray, limit: float, form: str) -> None:
    for (row, col), value in np.ndenumerate(table):
        ink = "white" if abs(value) > 0.6 * limit else "black"
        ax.text(col, row, form.format(value), ha="center", va="center", color=ink, fontsize=9)


# ------------------------------------------------------------------------------------ heads
def heads_as_colours(heads: Numbers, n_heads: int, T: int, D: int) -> Figure:
    """Where each number of one text went: x holds 0 … T*D-1, coloured by the head it belongs to.

    Left, x with shape (T, D): each row is a token, and colours show which head should get which
    columns. Right, the tensor under test, (n_heads, T, D / n_heads): each panel should be of one
    colour, and its rows should stay tokens.

    Args:
        heads: what `split_heads` made of `torch.arange(T * D).reshape(1, T, D)`, batch axis gone.
    """
    size = D // n_heads
    widths = [D, *[size + 0.6] * n_heads]
    fig, axes = style.figure(
        max(9, 0.5 * sum(widths)), 0.9 + 0.42 * T, 1, n_heads + 1, width_ratios=widths
    )
    of_head = looks(n_heads, *HEAD_COLOURS)
    of_column = [of_head[column // size] for column in range(D)]
    whole = np.arange(T * D).reshape(T, D)
    _number_grid(axes[0], whole, of_column, f"x: (T={T}, D={D})")
    axes[0].set_ylabel("token t")
    for h, head in enumerate(as_array(heads)):
        _number_grid(axes[h + 1], head, of_column, f"head {h}")
    return fig


def _number_grid(ax: Axes, numbers: np.ndarray, of_column: Sequence[Look], title: str) -> None:
    """Numbers as cells, each in the look of the column of x that it came from."""
    rows, cols = numbers.shape
    for (row, col), value in np.ndenumerate(numbers.astype(int)):
        look = of_column[value % len(of_column)]
        diagram.box(
            ax,
            (col + 0.5, row + 0.5),
            (0.9, 0.9),
            str(value),
            colour=style.INK if look.hatch else "none",
            fill=look.colour,
            fontsize=8,
            rounding=0,
            hatch=look.hatch,
            alpha=0.45,
            lw=0,
        )
    ax.set(xlim=(0, cols), ylim=(rows, 0), xticks=[], yticks=[])
    ax.set_title(title, fontsize=10)
    ax.spines[:].set_visible(False)


def attention_maps(weights: Numbers, tokens: Sequence[str]) -> Figure:
    """A square for each head: how much each token (row) looks at each earlier token (column).

    The first token can only look at itself, so its share is always 1; the colours are those of the
    other rows, and that cell is marked. What no token may see, the future, stays grey.

    Args:
        weights: (n_heads, T, T), each row sums to one.
        tokens: T strings.
    """
    squares = as_array(weights)
    future = np.triu(np.ones(squares.shape[1:], dtype=bool), k=1)
    highest = squares[:, 1:].max() if len(tokens) > 1 else 1.0
    fig, axes = style.panels(len(squares), 2.5, 3.1, sharey=True)
    for h, (ax, square) in enumerate(zip(axes, squares, strict=True)):
        seen = np.ma.masked_array(square, future)
        image = ax.imshow(seen, vmin=0, vmax=highest, cmap=style.SEQUENTIAL)
        ax.set_facecolor(style.PALE)
        ax.text(0, 0, "1", ha="center", va="center", fontsize=8)
        ax.set_xticks(range(len(tokens)), tokens, rotation=90, fontsize=8)
        ax.set_yticks(range(len(tokens)), tokens, fontsize=8)
        ax.set_title(f"head {h}", fontsize=10)
        ax.grid(visible=False)
    axes[0].set_ylabel("this token …")
    fig.supxlabel("… looks at this one", fontsize=10)
    fig.colorbar(image, ax=axes, label="share of attention", extend="max")
    return fig


def head_rises(rises: Numbers, whole: float) -> Figure:
    """How much dearer a text is without each head, (n_layer, n_heads), and with all: in nats."""
    table = as_array(rises)
    limit = max(np.abs(table).max(), 1e-12)
    fig, ax = style.figure(2.0 + 1.0 * table.shape[1], 1.2 + 0.4 * table.shape[0])
    image = ax.imshow(table, cmap=style.DIVERGING, vmin=-limit, vmax=limit, aspect="auto")
    _write_numbers(ax, table, limit, "{:+.3f}")
    ax.set_xticks(range(table.shape[1]), [f"head {h}" for h in range(table.shape[1])])
    ax.set_yticks(range(len(table)), [f"layer {i}" for i in range(len(table))])
    ax.set_title(f"Rise of the loss without one head (with all: {whole:.2f} nats)", fontsize=10)
    ax.grid(visible=False)
    fig.colorbar(image, ax=ax, label="nats a token")
    return fig


# ------------------------------------------------------------------------------------ gradients
def step_size_curve(
    f: Callable[[float], float], slope: float, x: float, steps: Numbers | None = None
) -> Figure:
    """Error of the forward and the central difference against the step size, both axes logarithmic.

    Large steps: the formula is wrong (a line of slope 1 or 2). Small steps: rounding takes over.

    Args:
        f: a function of one float.
        slope: its true derivative at `x`.
        x: where to differentiate.
    """
    eps = np.logspace(-13, -0.5, 120) if steps is None else as_array(steps)
    forward = as_array([abs((f(x + e) - f(x)) / e - slope) for e in eps])
    central = as_array([abs((f(x + e) - f(x - e)) / (2 * e) - slope) for e in eps])
    fig, ax = style.figure(6.5, 3.3)
    ax.loglog(eps, np.maximum(forward, 1e-16), color=style.ORANGE, label="forward: f(x+ε) − f(x)")
    ax.loglog(eps, np.maximum(central, 1e-16), color=style.BLUE, label="central: f(x+ε) − f(x−ε)")
    ax.axvline(1e-5, color=style.GREY, ls="--", lw=1)
    ax.text(1.2e-5, 1e-15, "our default", color=style.GREY, fontsize=9)
    ax.set(xlabel="step size ε", ylabel="error of the slope", ylim=(1e-16, 10))
    ax.legend(loc="upper center", fontsize=9)
    return fig


def gradient_tables(numerical: Numbers, exact: Numbers, label: str = "by the formula") -> Figure:
    """Two tables (N, V) side by side, the numbers written in: a loop's and another one.

    Args:
        label: of `exact`: where it comes from.
    """
    tables = {label: as_array(exact), "by your loop": as_array(numerical)}
    limit = max(np.abs(table).max() for table in tables.values()) or 1.0
    fig, axes = style.panels(2, 3.6, 2.5, sharey=True)
    for ax, (name, table) in zip(axes, tables.items(), strict=True):
        image = ax.imshow(table, cmap=style.DIVERGING, vmin=-limit, vmax=limit, aspect="auto")
        _write_numbers(ax, table, limit, "{:.3f}")
        ax.set(title=name, xlabel="word j", xticks=range(table.shape[1]))
        ax.set_yticks(range(len(table)), [f"row {n}" for n in range(len(table))])
        ax.grid(visible=False)
    first, second = tables.values()
    fig.suptitle(f"largest difference: {np.abs(first - second).max():.0e}", fontsize=10)
    fig.colorbar(image, ax=axes, label="slope (nats)")
    return fig


def gradcheck_scatter(
    numerical: Numbers, exact: Numbers, label: str = "gradient by autograd"
) -> Figure:
    """Numerical against exact gradient, entry by entry: the points should lie on the diagonal.

    Args:
        numerical: an array of any shape.
        exact: of the same shape.
        label: where the exact gradient comes from, for the horizontal axis.
    """
    a, b = as_array(exact).ravel(), as_array(numerical).ravel()
    fig, ax = style.figure(4.2, 3.6)
    end = 1.1 * max(np.abs(a).max(), np.abs(b).max(), 1e-12)
    ax.plot([-end, end], [-end, end], color=style.GREY, lw=1, ls="--")
    ax.plot(a, b, "o", color=style.BLUE, ms=5)
    ax.set(xlabel=label, ylabel="gradient by your loop")
    ax.set_title(f"largest difference: {np.abs(a - b).max():.1e}", fontsize=10)
    return fig
