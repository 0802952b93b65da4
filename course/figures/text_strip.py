"""Values over the characters of a text: a column for each character, a row for each quantity."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from course.figures import style
from course.figures.arrays import Numbers, as_array


def shown(character: str) -> str:
    """A character as a label: the space is invisible, so it becomes an open box."""
    return "␣" if character == " " else character


def draw_strip(
    ax: Axes,
    values: Numbers,
    rows: Sequence[str],
    label: str,
    *,
    limit: float = 1.0,
    signed: bool = False,
    fontsize: float = 8,
) -> None:
    """Draw a heat map with a row for each quantity and a column for each character.

    Args:
        values: (R, T).
        rows: the names of the R rows.
        label: what the colours mean, at the colour bar.
        limit: the largest value; colours run from 0, or from -limit if `signed`.
        signed: values lie around zero.
        fontsize: of the names of the rows.
    """
    image = ax.imshow(
        as_array(values),
        aspect="auto",
        cmap=style.DIVERGING if signed else style.SEQUENTIAL,
        vmin=-limit if signed else 0,
        vmax=limit,
    )
    ax.set_yticks(np.arange(len(rows)), rows, fontsize=fontsize)
    ax.tick_params(axis="y", length=0)
    ax.grid(False)
    ax.figure.colorbar(image, ax=ax, label=label, pad=0.01)


def mark_words(ax: Axes, text: Sequence[str], colour: str = "white") -> None:
    """Thin lines before and after every space, so that the words of a strip can be told apart."""
    edges = {k + side for k, char in enumerate(text) if char == " " for side in (-0.5, 0.5)}
    for edge in sorted(edges):
        ax.axvline(edge, color=colour, lw=1.6)


def name_characters(ax: Axes, text: Sequence[str], fontsize: float = 9) -> None:
    """Write the T characters below the columns and let the axes end with them."""
    ax.set_xticks(np.arange(len(text)), [shown(character) for character in text], fontsize=fontsize)
    ax.tick_params(axis="x", length=0)
    ax.set_xlim(-0.6, len(text) - 0.4)
