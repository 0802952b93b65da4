"""The look of every figure: palette, sizes, and a font that can draw Hangul.

A plot function makes its axes with `figure()`, draws, and returns the figure. In a notebook the
figure is shown once, when it is the last expression of a cell (or goes to `display`):

    fig, ax = style.figure(6, 3)
    ax.plot(x, y, color=style.BLUE)
    return fig

The palette is the one of Okabe and Ito (2008, https://jfly.uni-koeln.de/color/): its colours stay
apart for the common kinds of colour blindness. Colour never carries a message alone: add a marker,
a line style or a label.
"""

from __future__ import annotations

import io
from functools import cache
from math import ceil
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
from cycler import cycler
from IPython import get_ipython
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib_inline.backend_inline import set_matplotlib_formats

from course.figures.labels import SpokenFigure

BLUE = "#0072B2"
ORANGE = "#E69F00"
GREEN = "#009E73"
RED = "#D55E00"  # vermilion
PINK = "#CC79A7"
SKY = "#56B4E9"
YELLOW = "#F0E442"  # too light for lines and text: fills only
INK = "#222222"
GREY = "#8A8A8A"
PALE = "#E6E6E6"

PALETTE = [BLUE, ORANGE, GREEN, RED, PINK, SKY, INK]
SEQUENTIAL = "cividis"  # heat maps of one sign
DIVERGING = "PuOr"  # heat maps around zero

DPI = 80  # the size of a picture on the page: pixels of the page for each inch
SHARP = 2  # stored pixels for each of these: fine lines on the screens of today
HANGUL_NAME = "word2chat Hangul"
HANGUL_FONT = Path(__file__).parent / "fonts" / "word2chat-hangul.otf"


@cache
def hangul_font() -> str | None:
    """The name of the Hangul font that ships, made known to matplotlib; None if its file is gone.

    matplotlib keeps a list of installed fonts, which may be old. This one is added to the list of
    this process alone, so neither what is installed nor that list matters.
    """
    try:
        font_manager.fontManager.addfont(HANGUL_FONT)
    except (OSError, RuntimeError):  # missing, or no font
        return None
    return HANGUL_NAME


@cache
def use() -> None:
    """Set matplotlib's defaults for the course. Called by `figure()`; the second call is free."""
    hangul = hangul_font()
    if hangul is None:
        print(f"{HANGUL_FONT} is missing or damaged: Korean labels will show as boxes.")
    plt.rcParams.update(
        {
            "axes.axisbelow": True,
            "axes.edgecolor": GREY,
            "axes.grid": True,
            "axes.labelcolor": INK,
            "axes.prop_cycle": cycler(color=PALETTE),
            "axes.spines.right": False,
            "axes.spines.top": False,
            "axes.titlelocation": "left",
            "axes.titlesize": 11,
            "figure.dpi": DPI,
            "figure.titlesize": 12,
            # characters that the first font lacks (Hangul) come from the second
            "font.family": ["DejaVu Sans", hangul] if hangul else ["DejaVu Sans"],
            "font.size": 10,
            "grid.color": PALE,
            "grid.linewidth": 0.8,
            "image.cmap": SEQUENTIAL,
            "legend.frameon": False,
            "lines.linewidth": 1.8,
            "savefig.dpi": DPI,
            "text.color": INK,
        }
    )
    _sharpen_notebooks()


def _sharpen_notebooks() -> None:
    """Let a notebook store figures with twice the pixels, and show them at the same size."""
    if get_ipython() is not None:
        set_matplotlib_formats("retina")


def figure(
    width: float = 6.0, height: float = 3.5, rows: int = 1, cols: int = 1, **subplots: Any
) -> tuple[Figure, Any]:
    """A figure and its axes in the style of the course.

    Args:
        width, height: of the whole figure, in inches.
        rows, cols: of axes; with 1 and 1 the second value is one Axes, else an array of them.
        subplots: passed on to `plt.subplots` (`sharex=True`, `width_ratios=[2, 1]`, …).

    The figure is not registered with pyplot, so a cell shows it once and no memory leaks.
    """
    use()
    size = (width, height)
    fig, axes = plt.subplots(
        rows, cols, figsize=size, layout="constrained", FigureClass=SpokenFigure, **subplots
    )
    plt.close(fig)
    return fig, axes


def panels(
    count: int, width: float, height: float, per_row: int = 5, **subplots: Any
) -> tuple[Figure, list[Axes]]:
    """A figure with `count` axes side by side, in several rows if there are more than `per_row`.

    Args:
        count: how many axes.
        width, height: of each of them, in inches.
        per_row: the longest row.
        subplots: passed on to `plt.subplots`.
    """
    cols = max(1, min(count, per_row))
    rows = max(1, ceil(count / cols))
    size = (cols * width, rows * height)
    fig, grid = figure(*size, rows, cols, squeeze=False, **subplots)
    axes = list(grid.flat)
    for unused in axes[count:]:
        unused.set_visible(False)
    return fig, axes[:count]


def png(fig: Figure, dpi: int = SHARP * DPI) -> bytes:
    """The figure as PNG: what `ipywidgets.Image(value=…)` takes; `png_width` says how wide."""
    buffer = io.BytesIO()
    fig.savefig(buffer, format="png", dpi=dpi)
    return buffer.getvalue()


def png_width(png: bytes) -> int:
    """How many of the page's pixels a picture of `png()` is wide."""
    return int.from_bytes(png[16:20], "big") // SHARP  # PNG's header: the width stands there
