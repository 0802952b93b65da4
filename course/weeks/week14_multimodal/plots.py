"""Figures of week 14: patches, who fits whom, where a word looks, what a sound looks like.

Arrays may be tensors, numpy arrays or lists; each function returns a matplotlib Figure. Pictures
are (H, W, 3) or (H, W, 1), from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course.figures import diagram, style
from course.figures.arrays import Numbers, as_array
from course.figures.series import legend, with_looks

DOORS = (
    ("picture", "patches (1)", style.BLUE),
    ("English", "pieces of words", style.GREEN),
    ("한국어", "pieces of words", style.GREEN),
    ("sound", "mel frames (6)", style.ORANGE),
)


def doors() -> Figure:
    """Pictures, two languages and sound on their way to vectors that can be compared."""
    fig, ax = style.figure(9.0, 3.2)
    for k, (name, how, colour) in enumerate(DOORS):
        y = 3.0 - k
        diagram.box(ax, (0, y), (1.7, 0.7), name, colour=colour, lw=2)
        diagram.box(ax, (3.0, y), (2.2, 0.7), how, colour=colour)
        diagram.arrow(ax, (0.9, y), (1.8, y))
        diagram.arrow(ax, (4.2, y), (5.6, 2.0 if k < 3 else y))
    diagram.box(ax, (6.7, 2.0), (1.9, 1.2), "one space\nof vectors (2-4)", colour=style.INK, lw=2)
    diagram.box(ax, (6.7, 0.0), (1.9, 0.7), "CTC (7, 8)", colour=style.ORANGE, lw=2)
    ax.text(8.0, 2.0, "which caption?\nwhich picture?\nwhere in it? (5)", va="center", fontsize=9)
    ax.text(8.0, 0.0, "which letters?", va="center", fontsize=9)
    ax.set_xlim(-1, 10)
    ax.set_ylim(-0.6, 3.6)
    ax.axis("off")
    return fig


# ------------------------------------------------------------------------------------ pictures
def show_picture(ax: Axes, picture: Numbers) -> None:
    """A picture without axes; one channel is ink on paper."""
    pixels = as_array(picture)
    if pixels.shape[-1] == 1:
        ax.imshow(1 - pixels[..., 0], cmap="gray", vmin=0, vmax=1)
    else:
        ax.imshow(pixels.clip(0, 1))
    ax.axis("off")


def patch_sheet(picture: Numbers, patches: Numbers, P: int) -> Figure:
    """A picture, its patches laid apart in their order, and each patch as its mean colour.

    Args:
        picture: (H, W, C).
        patches: (N, P*P*C), the rows of `patchify`.
        P: the side of a patch.
    """
    pixels, rows = as_array(picture), as_array(patches)
    high, wide, C = pixels.shape[0] // P, pixels.shape[1] // P, pixels.shape[2]
    tiles = rows.reshape(high, wide, P, P, C)
    gap = max(1, P // 4)
    apart = np.ones((high * (P + gap), wide * (P + gap), C))
    for (r, c), _ in np.ndenumerate(tiles[..., 0, 0, 0]):
        apart[r * (P + gap) : r * (P + gap) + P, c * (P + gap) : c * (P + gap) + P] = tiles[r, c]
    fig, axes = style.figure(8.0, 2.8, 1, 3)
    names = ("the picture", f"{len(rows)} patches of {rows.shape[1]} numbers", "a mean of each")
    for ax, shown, name in zip(axes, (pixels, apart, tiles.mean(axis=(2, 3))), names, strict=True):
        show_picture(ax, shown)
        ax.set_title(name)
    return fig


def picture_row(pictures: Sequence[Numbers], titles: Sequence[str], per_row: int = 8) -> Figure:
    """Pictures with a title above each."""
    fig, axes = style.panels(len(pictures), 1.25, 1.5, per_row=per_row)
    for ax, picture, title in zip(axes, pictures, titles, strict=True):
        show_picture(ax, picture)
        ax.set_title(title, fontsize=8, loc="center")
    return fig


# ------------------------------------------------------------------------------------ who fits whom
def matching(
    pictures: Sequence[Numbers], sides: Mapping[str, tuple[Sequence[str], Numbers]]
) -> Figure:
    """A matrix for each language: pictures down, captions across; the true pairs are framed.

    Args:
        pictures: B of them.
        sides: by language, B captions and their scores (B, B), a row for each picture.
    """
    B = len(pictures)
    fig, axes = style.figure(0.9 + 4.4 * len(sides), 4.9, 1, 1 + len(sides),
                             width_ratios=[0.5] + [4.4] * len(sides))  # fmt: skip
    show_picture(axes[0], np.concatenate([as_array(picture) for picture in pictures]))
    for ax, (language, (captions, scores)) in zip(axes[1:], sides.items(), strict=True):
        table = as_array(scores)
        largest = max(1e-9, float(np.abs(table).max()))
        image = ax.imshow(table, cmap=style.DIVERGING, vmin=-largest, vmax=largest, aspect="auto")
        ax.plot(range(B), range(B), "s", mfc="none", mec=style.INK, ms=11)
        ax.set_xticks(range(B), [_short(c) for c in captions], rotation=60, ha="right", fontsize=8)
        ax.set(yticks=[], title=f"pictures and captions, {language}", xlabel="caption")
        ax.grid(False)
    fig.colorbar(image, ax=axes[-1], label="cosine")
    return fig


def _short(caption: str, longest: int = 16) -> str:
    return caption if len(caption) <= longest else caption[: longest - 1] + "…"


def probability_matrix(p: Numbers, names: Sequence[str], title: str) -> Figure:
    """The softmax of each row of a similarity matrix."""
    table = as_array(p)
    fig, ax = style.figure(5.2, 3.9)
    image = ax.imshow(table, cmap=style.SEQUENTIAL, vmin=0, vmax=1)
    ax.set_xticks(range(len(names)), names, rotation=60, ha="right", fontsize=8)
    ax.set_yticks(range(len(names)), names, fontsize=8)
    ax.set(xlabel="caption", ylabel="picture", title=title)
    ax.grid(False)
    fig.colorbar(image, ax=ax, label="probability")
    return fig


def share_bars(rows: Mapping[str, Mapping[str, float]], chance: float, unit: str) -> Figure:
    """Shares as bars, a group for each row and a bar for each language; chance is dotted."""
    fig, ax = style.figure(max(5.0, 0.75 * len(rows) + 1.5), 3.2)
    crowded = len(rows) > 4 and max(map(len, rows)) > 8
    languages = list(dict.fromkeys(name for row in rows.values() for name in row))
    width = 0.8 / max(1, len(languages))
    for place, look in enumerate(with_looks(dict.fromkeys(languages, 0))):
        language, _, style_of = look
        x = np.arange(len(rows)) + (place - (len(languages) - 1) / 2) * width
        ax.bar(x, [row.get(language, 0.0) for row in rows.values()], width, label=language,
               color=style_of.colour, hatch=style_of.hatch, edgecolor="white")  # fmt: skip
    ax.axhline(chance, color=style.INK, lw=1, ls=":", label="chance")
    ax.set_xticks(range(len(rows)), list(rows), rotation=30 if crowded else 0, fontsize=8,
                  ha="right" if crowded else "center")  # fmt: skip
    ax.set(ylabel=unit, ylim=(0, 1.15))
    legend(ax, ncols=3, fontsize=8)
    return fig


def seed_dots(rows: Mapping[str, Numbers], unit: str, chance: float) -> Figure:
    """A dot for each seed, a line of them for each way; the axis is logarithmic."""
    fig, ax = style.figure(7.0, 0.42 * len(rows) + 1.2)
    for y, (label, values, look) in enumerate(with_looks(rows)):
        found = as_array(values)
        ax.plot(found, np.full(len(found), y), look.marker, color=look.colour, ms=6, label=label)
    ax.axvline(chance, color=style.INK, lw=1, ls=":")
    ax.set_xscale("log")
    ticks = [0.003, 0.01, 0.03, 0.1, 0.3, 1.0]
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    ax.set_yticks(range(len(rows)), list(rows))
    ax.set(xlabel=f"{unit} (dotted: chance)", xlim=(0.002, 1.2), ylim=(len(rows) - 0.5, -0.5))
    return fig


# ------------------------------------------------------------------------------------ where to look
def heat_maps(scene: Numbers, words: Sequence[str], weights: Numbers) -> Figure:
    """A scene, and what each word sees of it: the darker a patch, the less it is looked at.

    Args:
        scene: (S, S, 3).
        words: T of them.
        weights: (T, N), attention over N patches that stand in a square.
    """
    pixels, table = as_array(scene), as_array(weights)
    side = round(table.shape[1] ** 0.5)
    zoom = pixels.shape[0] // side
    fig, axes = style.panels(1 + len(words), 1.55, 1.85, per_row=5)
    show_picture(axes[0], pixels)
    axes[0].set_title("the scene", fontsize=9, loc="center")
    for ax, word, row in zip(axes[1:], words, table, strict=True):
        light = np.kron(row.reshape(side, side) / max(1e-12, row.max()), np.ones((zoom, zoom)))
        show_picture(ax, pixels * (0.15 + 0.85 * light[..., None]))
        ax.set_title(word, fontsize=9, loc="center")
    return fig


# ------------------------------------------------------------------------------------ sound
def spectrogram(wave: Numbers, log_mel: Numbers, rate: int, hop: int, title: str = "") -> Figure:
    """A wave, and below it the logarithm of its energy in each band of the mel scale."""
    samples, table = as_array(wave), as_array(log_mel)
    seconds = len(samples) / rate
    fig, (top, below) = style.figure(9.0, 3.8, 2, 1, sharex=True, height_ratios=[1, 2])
    top.plot(np.arange(len(samples)) / rate, samples, color=style.BLUE, lw=0.5)
    top.set(ylabel="pressure", title=_short(title, 90))
    image = below.imshow(table.T, origin="lower", aspect="auto", cmap=style.SEQUENTIAL,
                         extent=(0, len(table) * hop / rate, 0, table.shape[1]))  # fmt: skip
    below.set(xlabel="seconds", ylabel="mel band", xlim=(0, seconds))
    below.grid(False)
    fig.colorbar(image, ax=below, label="log energy")
    return fig


def filters(bank: Numbers, rate: int) -> Figure:
    """The triangles of a mel bank over the frequencies that they gather."""
    table = as_array(bank)
    fig, ax = style.figure(7.0, 2.3)
    hertz = np.linspace(0, rate / 2, len(table))
    for k, column in enumerate(table.T):
        ax.plot(hertz, column, color=style.BLUE if k % 2 else style.ORANGE, lw=1.2)
    ax.set(xlabel="frequency (Hz)", ylabel="weight", title=f"{table.shape[1]} mel bands")
    return fig


def frames_heard(p: Numbers, symbols: Sequence[str], title: str) -> Figure:
    """The probability of each symbol in each frame; symbols that never matter are left out.

    Args:
        p: (T, V).
        symbols: V names; the blank's is "-".
        title: stands above.
    """
    table = as_array(p)
    kept = [k for k in range(table.shape[1]) if k == 0 or table[:, k].max() > 0.1]
    fig, ax = style.figure(8.0, 0.26 * len(kept) + 1.2)
    image = ax.imshow(table[:, kept].T, aspect="auto", cmap=style.SEQUENTIAL, vmin=0, vmax=1)
    ax.set_yticks(range(len(kept)), [symbols[k] for k in kept])
    ax.set(xlabel="frame", ylabel="symbol", title=title)
    ax.grid(False)
    fig.colorbar(image, ax=ax, label="probability")
    return fig


def falling(curves: Mapping[str, Numbers], unit: str, below: str) -> Figure:
    """Losses against the step, a line for each."""
    fig, ax = style.figure(6.0, 3.0)
    for label, values, look in with_looks(curves):
        ax.plot(as_array(values), color=look.colour, ls=look.line, label=label)
    ax.set(xlabel=below, ylabel=unit)
    legend(ax, fontsize=8)
    return fig
