"""Figures of week 00: kernels, softmax, masks, heads, gradients and the first loss."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from matplotlib.ticker import MaxNLocator, StrMethodFormatter
from torch import Tensor

from course.figures import style

HEAD_COLOURS = [style.BLUE, style.ORANGE, style.GREEN, style.PINK, style.SKY, style.RED]


# ------------------------------------------------------------------------------------ machinery
def kernel_and_grader() -> Figure:
    """Two ways of one cell: at your desk (browser, kernel, device) and when it is graded."""
    fig, ax = style.figure(8.4, 3.2)
    ax.set(xlim=(0, 11.9), ylim=(0.45, 5.1))
    ax.axis("off")
    ax.text(0.1, 4.72, "At your desk", fontsize=12)
    _box(ax, 0.1, 3.1, "Browser", "the text you see", style.SKY)
    _box(ax, 4.3, 3.1, "Kernel", "a Python process:\nyour variables live here", style.ORANGE)
    _box(ax, 8.5, 3.1, "Device", "CPU or GPU:\nthe numbers live here", style.GREEN)
    _arrow(ax, 3.4, 4.2, 3.7, "Shift+Enter")
    _arrow(ax, 7.6, 8.4, 3.7, "operations")
    ax.text(0.1, 2.22, "When it is graded", fontsize=12)
    _box(ax, 0.1, 0.6, "Your source", "solution cells only", style.SKY)
    _box(ax, 4.3, 0.6, "Fresh kernel", "in a sandbox, with new\nnumbers to work on", style.ORANGE)
    _box(ax, 8.5, 0.6, "Judge", "compares your answers\nwith the reference's", style.PINK)
    _arrow(ax, 3.4, 4.2, 1.2, "run")
    _arrow(ax, 7.6, 8.4, 1.2, "answers")
    return fig


def _box(ax: Axes, x: float, y: float, title: str, text: str, colour: str) -> None:
    patch = FancyBboxPatch(
        (x, y), 3.2, 1.2, boxstyle="round,pad=0.05", facecolor=colour, alpha=0.25, edgecolor=colour
    )
    ax.add_patch(patch)
    ax.text(x + 1.6, y + 0.95, title, ha="center", va="center", fontsize=12)
    ax.text(x + 1.6, y + 0.4, text, ha="center", va="center", fontsize=9)


def _arrow(ax: Axes, start: float, end: float, y: float, text: str) -> None:
    ax.annotate("", (end, y), (start, y), arrowprops={"arrowstyle": "->", "color": style.INK})
    ax.text((start + end) / 2, y + 0.75, text, ha="center", fontsize=8, color=style.INK)


def speed_dots(seconds: Mapping[str, float]) -> Figure:
    """How long the same sum took, by way of computing it; a logarithmic axis in milliseconds.

    Dots and not bars: a logarithmic axis has no zero where a bar could begin.
    """
    fig, ax = style.figure(6.5, 0.7 + 0.45 * len(seconds))
    names = list(seconds)[::-1]
    times = [1e3 * seconds[name] for name in names]
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
    probabilities: Tensor | Sequence[float],
    labels: Sequence[str],
    title: str = "",
    reach: float = 1.0,
) -> Figure:
    """Horizontal bars of probabilities, in the order given, the number written at each bar.

    Args:
        probabilities: (V,).
        labels: V strings.
        title: above the bars.
        reach: where the axis ends; 1 keeps pictures comparable.
    """
    values = torch.as_tensor(probabilities).detach().double().tolist()
    fig, ax = style.figure(6, 0.8 + 0.28 * len(values))
    y = np.arange(len(values))[::-1]
    ax.barh(y, values, color=style.BLUE, height=0.75)
    for height, value in zip(y, values, strict=True):
        ax.text(value + 0.01 * reach, height, f"{value:.3f}", va="center", fontsize=9)
    ax.set_yticks(y, labels)
    ax.set(xlim=(0, 1.1 * reach), xlabel="probability", title=title)
    _grid_behind_bars(ax)
    return fig


def shift_invariance(
    softmaxes: Mapping[str, Callable[[Tensor], Tensor]],
    logits: Tensor,
    shifts: Sequence[float] | None = None,
) -> Figure:
    """The largest probability of `logits + shift`, for each way to compute softmax.

    A good softmax draws a flat line. Where the answer is not a number, a cross marks the place.

    Args:
        softmaxes: label -> function of logits (V,) that returns probabilities (V,).
        logits: (V,).
        shifts: what is added to all logits; by default from -10,000 to 10,000.
    """
    values = np.linspace(-1e4, 1e4, 201) if shifts is None else np.asarray(shifts, dtype=float)
    fig, ax = style.figure(7, 3.2)
    colours = [style.RED, style.BLUE, style.GREEN]
    for row, (label, softmax) in enumerate(softmaxes.items()):
        top = np.array([float(softmax(logits + shift).max()) for shift in values])
        colour = colours[row % len(colours)]
        ax.plot(values, top, color=colour, label=label, lw=6 if row == 0 else 1.8)
        lost = values[~np.isfinite(top)]
        if len(lost):
            y = np.full(len(lost), 0.03 + 0.05 * row)
            ax.plot(lost, y, "x", color=colour, ms=4, label=f"{label}: not a number")
    ax.set(xlabel="number added to every logit", ylabel="largest probability", ylim=(0, 1))
    ax.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.legend(loc="upper right", fontsize=9)
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
    stds: Sequence[float], measured: Mapping[int, Sequence[float]], expected: Callable
) -> Figure:
    """Measured and expected loss before training, against the spread of the logits.

    Args:
        stds: standard deviations of the logits.
        measured: vocabulary size -> losses (nats), one for each of `stds`.
        expected: function of (vocabulary size, std) -> loss (nats).
    """
    fig, ax = style.figure(6.5, 3.4)
    markers = "osD^"
    for i, (size, losses) in enumerate(measured.items()):
        colour = style.PALETTE[i]
        formula = [expected(size, std) for std in stds]
        ax.plot(stds, formula, color=colour, label=f"V = {size:,}: formula")
        ax.plot(stds, losses, markers[i % 4], color=colour, ms=5, label=f"V = {size:,}: measured")
        ax.axhline(np.log(size), color=colour, lw=0.8, ls=":")
    ax.set(xlabel="standard deviation of the logits", ylabel="loss before training (nats)")
    ax.legend(fontsize=8, loc="upper left", ncols=2)
    ax.set_ylim(0, None)
    return fig


def text_losses(losses: Mapping[str, float], guess: float) -> Figure:
    """Bars of the loss of one model on several texts, and the line of a blind guess."""
    fig, ax = style.figure(6.5, 0.9 + 0.4 * len(losses))
    names = list(losses)[::-1]
    ax.barh(names, [losses[name] for name in names], color=style.BLUE, height=0.65)
    for i, name in enumerate(names):
        ax.text(0.12, i, f"{losses[name]:.2f}", va="center", fontsize=9, color="white")
    ax.axvline(guess, color=style.RED, ls="--")
    ax.text(guess, len(names) - 0.42, " blind guess", color=style.RED, fontsize=9, va="bottom")
    ax.set(xlabel="loss (nats per token)", xlim=(0, 1.1 * max(guess, *losses.values())))
    _grid_behind_bars(ax)
    return fig


# ------------------------------------------------------------------------------------ masks
def padded_batch(mask: Tensor, tokens: Sequence[Sequence[str]]) -> Figure:
    """A batch as a grid of cells: real tokens in blue, padding hatched in grey.

    Args:
        mask: (B, T), true where a token is real.
        tokens: B lists of T strings, the padding included.
    """
    rows, cols = mask.shape
    fig, ax = style.figure(1.0 + 1.0 * cols, 0.8 + 0.5 * rows)
    for b in range(rows):
        for t in range(cols):
            real = bool(mask[b, t])
            ax.add_patch(
                FancyBboxPatch(
                    (t + 0.06, rows - b - 0.94),
                    0.88,
                    0.82,
                    boxstyle="round,pad=0,rounding_size=0.08",
                    facecolor=style.SKY if real else style.PALE,
                    hatch=None if real else "///",
                    edgecolor=style.BLUE if real else style.GREY,
                    alpha=0.6,
                )
            )
            ax.text(t + 0.5, rows - b - 0.52, tokens[b][t], ha="center", va="center", fontsize=9)
    ax.set(xlim=(0, cols), ylim=(0, rows), xlabel="position t")
    ax.set_xticks(np.arange(cols) + 0.5, range(cols))
    ax.set_yticks(rows - np.arange(rows) - 0.5, [f"text {b}" for b in range(rows)])
    ax.grid(visible=False)
    return fig


def similarity_grid(matrix: Tensor, labels: Sequence[str], title: str = "") -> Figure:
    """A square of cosine similarities, from -1 to 1, with the numbers written in."""
    values = torch.as_tensor(matrix).detach().double().numpy()
    size = len(labels)
    fig, ax = style.figure(2.6 + 0.85 * size, 1.3 + 0.55 * size)
    image = ax.imshow(values, vmin=-1, vmax=1, cmap=style.DIVERGING, aspect="auto")
    for (row, col), value in np.ndenumerate(values):
        ink = "white" if abs(value) > 0.6 else "black"
        ax.text(col, row, f"{value:.2f}", ha="center", va="center", color=ink, fontsize=9)
    ax.set_xticks(range(size), labels, rotation=20, ha="right")
    ax.set_yticks(range(size), labels)
    ax.set_title(title)
    ax.grid(visible=False)
    fig.colorbar(image, ax=ax, label="cosine similarity")
    return fig


# ------------------------------------------------------------------------------------ heads
def heads_as_colours(heads: Tensor, n_heads: int, T: int, D: int) -> Figure:
    """Where each number of one text went: x holds 0 … T*D-1, coloured by the head it belongs to.

    Left, x with shape (T, D): each row is a token, and colours show which head should get which
    columns. Right, the tensor under test, (n_heads, T, D / n_heads): each panel should be of one
    colour, and its rows should stay tokens.

    Args:
        heads: what `split_heads` made of `torch.arange(T * D).reshape(1, T, D)`, batch axis gone.
    """
    size = D // n_heads
    fig, axes = style.figure(
        9, 0.9 + 0.42 * T, 1, n_heads + 1, width_ratios=[D, *[size + 0.6] * n_heads]
    )
    whole = torch.arange(T * D).reshape(T, D)
    _number_grid(axes[0], whole, size, D, f"x: (T={T}, D={D})")
    axes[0].set_ylabel("token t")
    for h in range(n_heads):
        _number_grid(axes[h + 1], heads[h], size, D, f"head {h}")
    return fig


def _number_grid(ax: Axes, numbers: Tensor, size: int, D: int, title: str) -> None:
    rows, cols = numbers.shape
    for (row, col), value in np.ndenumerate(numbers.numpy().astype(int)):
        colour = HEAD_COLOURS[(value % D) // size % len(HEAD_COLOURS)]
        box = FancyBboxPatch(
            (col + 0.05, row + 0.05), 0.9, 0.9, boxstyle="square,pad=0", fc=colour, ec="none"
        )
        box.set_alpha(0.45)
        ax.add_patch(box)
        ax.text(col + 0.5, row + 0.52, str(value), ha="center", va="center", fontsize=8)
    ax.set(xlim=(0, cols), ylim=(rows, 0), xticks=[], yticks=[])
    ax.set_title(title, fontsize=10)
    ax.spines[:].set_visible(False)


def attention_maps(weights: Tensor, tokens: Sequence[str]) -> Figure:
    """One square a head: how much each token (row) looks at each earlier token (column).

    Args:
        weights: (H, T, T), each row sums to one.
        tokens: T strings.
    """
    heads = len(weights)
    fig, axes = style.figure(2.3 * heads + 0.8, 3.1, 1, heads, sharey=True, squeeze=False)
    for h, ax in enumerate(axes[0]):
        image = ax.imshow(weights[h].detach().numpy(), vmin=0, vmax=1, cmap=style.SEQUENTIAL)
        ax.set_xticks(range(len(tokens)), tokens, rotation=90, fontsize=8)
        ax.set_yticks(range(len(tokens)), tokens, fontsize=8)
        ax.set_title(f"head {h}", fontsize=10)
        ax.grid(visible=False)
    fig.colorbar(image, ax=axes[0].tolist(), label="share of attention")
    return fig


# ------------------------------------------------------------------------------------ gradients
def step_size_curve(
    f: Callable[[float], float], slope: float, x: float, steps: Sequence[float] | None = None
) -> Figure:
    """Error of the forward and the central difference against the step size, both axes logarithmic.

    Large steps: the formula is wrong (a line of slope 1 or 2). Small steps: rounding takes over.

    Args:
        f: a function of one float.
        slope: its true derivative at `x`.
        x: where to differentiate.
    """
    eps = np.logspace(-13, -0.5, 120) if steps is None else np.asarray(steps)
    forward = [abs((f(x + e) - f(x)) / e - slope) for e in eps]
    central = [abs((f(x + e) - f(x - e)) / (2 * e) - slope) for e in eps]
    fig, ax = style.figure(6.5, 3.3)
    ax.loglog(eps, np.maximum(forward, 1e-16), color=style.ORANGE, label="forward: f(x+ε) − f(x)")
    ax.loglog(eps, np.maximum(central, 1e-16), color=style.BLUE, label="central: f(x+ε) − f(x−ε)")
    ax.axvline(1e-5, color=style.GREY, ls="--", lw=1)
    ax.text(1.2e-5, 1e-15, "our default", color=style.GREY, fontsize=9)
    ax.set(xlabel="step size ε", ylabel="error of the slope", ylim=(1e-16, 10))
    ax.legend(loc="upper center", fontsize=9)
    return fig


def gradcheck_scatter(
    numerical: Tensor, exact: Tensor, label: str = "gradient by autograd"
) -> Figure:
    """Numerical against exact gradient, entry by entry: the points should lie on the diagonal.

    Args:
        numerical: a tensor of any shape.
        exact: of the same shape.
        label: where the exact gradient comes from, for the horizontal axis.
    """
    a, b = exact.detach().flatten().numpy(), numerical.detach().flatten().numpy()
    fig, ax = style.figure(4.2, 3.6)
    reach = 1.1 * max(np.abs(a).max(), np.abs(b).max(), 1e-12)
    ax.plot([-reach, reach], [-reach, reach], color=style.GREY, lw=1, ls="--")
    ax.plot(a, b, "o", color=style.BLUE, ms=5)
    ax.set(xlabel=label, ylabel="gradient by your loop")
    ax.set_title(f"largest difference: {np.abs(a - b).max():.1e}", fontsize=10)
    return fig
