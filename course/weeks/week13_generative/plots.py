"""Figures of week 13: images in rows, maps, collapses, curves, and the page that compares.

Arrays may be tensors, numpy arrays or lists; each function returns a matplotlib Figure. Images are
rows of D pixels, grey from 0 to 1, and are drawn as ink on paper.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import ceil, isqrt
from typing import Any

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course.figures import diagram, style
from course.figures.arrays import Numbers, as_array
from course.figures.series import legend, with_looks

FAMILIES = (
    ("VAE", "image → cloud → image", "exercises 1 to 3"),
    ("GAN", "dice → forger → detective", "exercise 5"),
    ("flow", "image ↔ dice, undone exactly", "exercise 6"),
    ("diffusion", "noise → less → … → image", "exercises 7 and 8"),
)
Row = Mapping[str, Any]


def families() -> Figure:
    """The four generators and the detector that judges them all."""
    fig, ax = style.figure(9.0, 2.4)
    for k, (name, does, where) in enumerate(FAMILIES):
        diagram.box(ax, (2.6 * k, 1.6), (2.3, 0.8), name, colour=style.BLUE, fontsize=12, lw=2)
        ax.text(2.6 * k, 1.0, does, ha="center", fontsize=9)
        ax.text(2.6 * k, 0.72, where, ha="center", fontsize=8, color=style.GREY)
    diagram.box(ax, (3.9, 0.1), (7.4, 0.55), "fidelity × diversity: the detector of exercise 4",
                colour=style.GREEN, lw=2)  # fmt: skip
    ax.set_xlim(-1.3, 9.1)
    ax.set_ylim(-0.3, 2.2)
    ax.axis("off")
    return fig


# ------------------------------------------------------------------------------------ images
def _mosaic(images: Numbers, columns: int) -> np.ndarray:
    """Images side by side, `columns` in a row, with a pixel of paper between them."""
    rows = as_array(images)
    side, N = isqrt(rows.shape[1]), len(rows)
    page = np.zeros((ceil(N / columns) * (side + 1) + 1, columns * (side + 1) + 1))
    for n, pixels in enumerate(rows):
        y, x = n // columns * (side + 1) + 1, n % columns * (side + 1) + 1
        page[y : y + side, x : x + side] = pixels.reshape(side, side)
    return page


def _show(ax: Axes, images: Numbers, columns: int) -> None:
    ax.imshow(_mosaic(images, columns), cmap="gray_r", vmin=0, vmax=1, interpolation="nearest")
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.grid(False)


def image_grid(images: Numbers, columns: int) -> Figure:
    """Images in rows of `columns`."""
    rows = ceil(len(as_array(images)) / columns)
    fig, ax = style.figure(0.42 * columns + 0.2, 0.42 * rows + 0.2)
    _show(ax, images, columns)
    return fig


def image_rows(rows: Mapping[str, Numbers]) -> Figure:
    """A row of images for each name."""
    fig, axes = style.figure(8.0, 0.55 * len(rows), len(rows), 1, squeeze=False)
    for ax, (name, images) in zip(axes[:, 0], rows.items(), strict=True):
        _show(ax, images, len(as_array(images)))
        ax.set_ylabel(name, rotation=0, ha="right", va="center")
    return fig


# ------------------------------------------------------------------------------------ codes
def _digits_on_map(ax: Axes, places: Numbers, labels: Numbers) -> None:
    points, names = as_array(places), as_array(labels)
    groups = {str(int(name)): points[names == name] for name in np.unique(names)}
    for name, group, look in with_looks(groups):
        ax.plot(group[:, 0], group[:, 1], look.marker, color=look.colour, ms=3, alpha=0.5)
        frame = {"boxstyle": "circle,pad=0.15", "fc": "white", "ec": look.colour}
        middle = np.median(group, axis=0)
        ax.text(middle[0], middle[1], name, fontsize=13, ha="center", va="center", bbox=frame)
    ax.set(xlabel="first number of the code", ylabel="second number", xlim=(-3.5, 3.5),
           ylim=(-3.5, 3.5))  # fmt: skip


def latent_map(
    places: Numbers, labels: Numbers, picture_at: Callable[[torch.Tensor], torch.Tensor]
) -> Figure:
    """Where training images lie in two numbers, and what is decoded from a grid of places."""
    fig, (left, right) = style.figure(10.0, 4.7, 1, 2)
    _digits_on_map(left, places, labels)
    ticks = torch.linspace(-2.4, 2.4, 15)
    grid = torch.stack([ticks.repeat(15), ticks.flip(0).repeat_interleave(15)], dim=1)
    _show(right, picture_at(grid), 15)
    right.set(xlabel="first number, -2.4 to 2.4", ylabel="second number, -2.4 to 2.4")
    return fig


def place_on_map(
    places: Numbers, labels: Numbers, here: tuple[float, float], image: Numbers
) -> Figure:
    """A cross on the map, and the image that stands there."""
    fig, (left, right) = style.figure(7.5, 3.8, 1, 2, width_ratios=[1.5, 1])
    _digits_on_map(left, places, labels)
    left.plot(*here, "x", color=style.INK, ms=14, mew=3)
    _show(right, as_array(image)[None], 1)
    return fig


def cloud_and_price(
    mean: float, spread: float, price: float, spreads: Numbers, prices: Numbers
) -> Figure:
    """A cloud over the standard Gaussian, and the KL against the spread at this mean."""
    fig, (left, right) = style.figure(9.0, 3.1, 1, 2)
    c = np.linspace(-5, 5, 300)
    for name, (middle, width), colour, line in (
        ("standard Gaussian", (0.0, 1.0), style.GREY, "--"),
        ("the cloud", (mean, spread), style.BLUE, "-"),
    ):
        density = np.exp(-0.5 * ((c - middle) / width) ** 2) / (width * np.sqrt(2 * np.pi))
        left.plot(c, density, color=colour, ls=line, label=name)
    left.set(xlabel="a number of the code", ylabel="density", ylim=(0, 1.6))
    left.legend(loc="upper left", fontsize=8)
    right.plot(as_array(spreads), as_array(prices), color=style.ORANGE)
    right.plot(spread, price, "o", color=style.BLUE, ms=9)
    right.set_title(f"this cloud costs {price:.2f} nats")
    right.set(xlabel="spread of the cloud", ylabel="KL (nats)", ylim=(0, None))
    return fig


def posterior_collapse(
    costs: Mapping[float, tuple[float, float]], decoded: Mapping[str, Numbers]
) -> Figure:
    """What image and code cost against beta; what ten codes are decoded to at each."""
    fig = style.figure(9.5, 3.4)[0]
    fig.clear()
    left, right = fig.subplots(1, 2, width_ratios=[1, 1.15])
    betas = list(costs)
    for place, (name, colour, line) in enumerate(
        (("the image, given its code", style.ORANGE, "--"), ("the code (KL)", style.BLUE, "-"))
    ):
        values = [pair[place] for pair in costs.values()]
        left.plot(betas, values, color=colour, ls=line, marker="os"[place], label=name)
    left.set_xscale("log")
    left.set_xticks(betas, [f"{beta:g}" for beta in betas], minor=False)
    left.set_xticks([], minor=True)
    left.set(xlabel="weight of the pull, β", ylabel="nats an image", ylim=(0, None))
    left.legend(fontsize=8, loc="center left")
    _show(right, np.concatenate([as_array(images) for images in decoded.values()]), 10)
    side = right.get_ylim()[0] / max(1, len(decoded))
    right.set_yticks([side * (n + 0.5) for n in range(len(decoded))], list(decoded))
    right.set_title("ten codes, decoded")
    return fig


# ------------------------------------------------------------------------------------ judging
def verdict_bars(verdicts: Mapping[str, Row]) -> Figure:
    """Fidelity and diversity, a pair of bars for each generator."""
    fig, ax = style.figure(8.0, 0.5 * len(verdicts) + 0.9)
    y = np.arange(len(verdicts))
    for k, (name, colour, hatch) in enumerate(
        (("fidelity", style.ORANGE, "///"), ("diversity", style.BLUE, ""))
    ):
        values = [row[name] for row in verdicts.values()]
        at = y + 0.36 * k - 0.18
        ax.barh(at, values, 0.36, color=colour, hatch=hatch, edgecolor="white", label=name)
        for place, value in zip(at, values, strict=True):
            ax.text(value + 0.01, place, f"{value:.2f}", va="center", fontsize=8)
    ax.set_yticks(y, list(verdicts))
    ax.invert_yaxis()
    ax.set(xlabel="share", xlim=(0, 1.12))
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return fig


def gan_stages(runs: Mapping[str, Sequence[Row]]) -> Figure:
    """Samples of each run on the way, and the diversity of each against the step."""
    fig = style.figure(10.0, 4.4)[0]
    fig.clear()
    parts: Any = fig.subfigures(1, 2, width_ratios=[1.6, 1])
    most = max(len(stages) for stages in runs.values())
    grid = parts[0].subplots(len(runs) * most, 1, squeeze=False)[:, 0]
    for ax in grid:
        ax.axis("off")
    for k, (name, stages) in enumerate(runs.items()):
        for n, stage in enumerate(stages):
            ax = grid[k * most + n]
            ax.axis("on")
            _show(ax, stage["images"], len(stage["images"]))
            ax.set_ylabel(f"{name}, {stage['step']:,}", rotation=0, ha="right", va="center",
                          fontsize=8)  # fmt: skip
    ax = parts[1].subplots()
    lines = {name: [stage["diversity"] for stage in stages] for name, stages in runs.items()}
    for name, values, look in with_looks(lines, monochrome=True):
        at = [stage["step"] for stage in runs[name]]
        ax.plot(at, values, color=look.colour, ls=look.line, marker=look.marker, label=name)
    ax.set(xlabel="step of the detective", ylabel="diversity", ylim=(-0.03, 1))
    legend(ax, fontsize=8)
    return fig


def flow_way(losses: Numbers, way: Sequence[Numbers]) -> Figure:
    """The loss of a flow, and dice on their way through it, a row for each step."""
    fig, (left, right) = style.figure(9.5, 3.3, 1, 2, width_ratios=[1, 1.5])
    values = as_array(losses)
    left.plot(values, color=style.BLUE, lw=0.8)
    if len(values):
        left.set_ylim(float(values.min()) - 0.05, float(np.quantile(values, 0.98)) + 0.1)
    left.set(xlabel="step", ylabel="-log p a dimension (nats)")
    _show(right, np.concatenate([as_array(images) for images in way]), len(as_array(way[0])))
    right.set_ylabel("couplings undone, 0 to " + str(len(way) - 1))
    return fig


def guidance_curves(strengths: Sequence[float], rows: Sequence[Row]) -> Figure:
    """Obedience, fidelity and diversity against the strength of guidance."""
    fig, ax = style.figure(6.0, 3.2)
    lines = {name: [row[name] for row in rows] for name in ("obeyed", "fidelity", "diversity")}
    for name, values, look in with_looks(lines, monochrome=True):
        ax.plot(strengths, values, color=look.colour, ls=look.line, marker=look.marker, label=name)
    ax.set(xlabel="strength of guidance, w", ylabel="share", ylim=(0, 1.05))
    legend(ax, fontsize=8)
    return fig


def comparison_page(made: Mapping[str, Numbers], page: Mapping[str, Row]) -> Figure:
    """Samples of every generator, and what was measured beside them."""
    columns = {
        "fidelity": "{:.2f}",
        "diversity": "{:.2f}",
        "nearest": "{:.2f}",
        "seconds": "{:.1f}",
    }
    size = (11.0, 0.52 * len(made) + 0.4)
    fig, axes = style.figure(*size, len(made), 2, width_ratios=[1.7, 1], squeeze=False)
    for n, (name, images) in enumerate(made.items()):
        left, right = axes[n]
        _show(left, as_array(images)[:18], min(18, len(as_array(images))))
        left.set_ylabel(name, rotation=0, ha="right", va="center", fontsize=10)
        for c, (column, form) in enumerate(columns.items()):
            right.text(c, 0, form.format(page[name][column]), ha="center", va="center", fontsize=12)
            if n == 0:
                right.text(c, 0.9, column, ha="center", va="bottom", fontsize=10)
        right.set(xlim=(-0.6, len(columns) - 0.4), ylim=(-1, 1))
        right.axis("off")
    return fig


def seed_dots(page: Mapping[str, Sequence[Row]]) -> Figure:
    """Fidelity against diversity, a dot for each seed, a look for each generator."""
    fig, ax = style.figure(6.5, 4.0)
    for name, rows, look in with_looks(page):
        at = [row["diversity"] for row in rows], [row["fidelity"] for row in rows]
        ax.plot(*at, look.marker, color=look.colour, ms=7, alpha=0.7, label=name)
    ax.set(xlabel="diversity", ylabel="fidelity", xlim=(0, 1.03), ylim=(0, 1.03))
    legend(ax, fontsize=8)
    return fig


# ------------------------------------------------------------------------------------ collapses
def generation_curves(lineages: Mapping[str, Sequence[Row]]) -> Figure:
    """Fidelity and diversity against the generation; samples of the last one."""
    fig, axes = style.figure(10.0, 3.2, 1, 2)
    for ax, what in zip(axes, ("diversity", "fidelity"), strict=True):
        lines = {name: [row[what] for row in rows] for name, rows in lineages.items()}
        for name, values, look in with_looks(lines, monochrome=True):
            at = range(1, len(values) + 1)
            ax.plot(at, values, color=look.colour, ls=look.line, marker=look.marker, label=name)
        ax.set(xlabel="generation", ylabel=what, ylim=(0, 1.05))
        ax.xaxis.get_major_locator().set_params(integer=True)
    legend(axes[1], fontsize=8)
    return fig


def vocabulary_curves(counts: Mapping[str, Numbers]) -> Figure:
    """The share of the first text's different words that are left, against the generation."""
    fig, ax = style.figure(7.5, 3.4)
    for name, values, look in with_looks(counts, monochrome=True):
        left = as_array(values) / max(1, as_array(values)[0])
        ax.plot(left, color=look.colour, ls=look.line, marker=look.marker, ms=5, label=name)
    ax.set(xlabel="generation", ylabel="different words left (share)", ylim=(0, 1.03))
    legend(ax, fontsize=8)
    return fig


def syllable_pairs(names: Sequence[str], true: Numbers, made: Numbers) -> Figure:
    """What was ordered, how the font draws it, and what the model drew, column by column."""
    half = ceil(len(names) / 2)
    fig, axes = style.figure(9.5, 3.2, 2, 1, squeeze=False)
    for ax, start in zip(axes[:, 0], (0, half), strict=True):
        some = slice(start, start + half)
        rows = np.concatenate([as_array(true)[some], as_array(made)[some]])
        _show(ax, rows, max(1, len(rows) // 2))
        side = isqrt(rows.shape[1]) + 1
        ax.set_xticks([side * (n + 0.5) for n in range(len(names[some]))], names[some])
        ax.set_yticks([side / 2, 1.5 * side], ["font", "model"])
        ax.xaxis.tick_top()
    return fig
