"""The parts of a diagram: a box with a word in it, and an arrow."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from course.figures import style

Point = tuple[float, float]


def box(
    ax: Axes,
    centre: Point,
    size: Point,
    text: str = "",
    *,
    colour: str = style.INK,
    fill: str = "white",
    ink: str = style.INK,
    fontsize: float = 10,
    rounding: float = 0.08,
    **patch: Any,
) -> None:
    """Draw a box with rounded corners and a text in its middle.

    Args:
        centre, size: in the units of the axes; the size is (width, height).
        text: what stands in it.
        colour, fill, ink: of the border, the surface and the text.
        rounding: radius of the corners, in the units of the axes; 0 for square ones.
        patch: passed on to matplotlib's `FancyBboxPatch` (`lw`, `alpha`, `hatch`, …).
    """
    (x, y), (width, height) = centre, size
    corners = f"round,pad=0,rounding_size={rounding}" if rounding else "square,pad=0"
    corner = (x - width / 2, y - height / 2)
    look = {"lw": 1.6, "facecolor": fill, "edgecolor": colour, **patch}
    ax.add_patch(FancyBboxPatch(corner, width, height, boxstyle=corners, **look))
    if text:
        ax.text(x, y, text, ha="center", va="center", color=ink, fontsize=fontsize)


def arrow(
    ax: Axes,
    start: Point,
    end: Point,
    colour: str = style.INK,
    *,
    bend: float = 0.0,
    dashed: bool = False,
    gap: float = 2.0,
) -> None:
    """Draw an arrow from one point of the axes to another.

    Args:
        bend: 0 for a straight arrow; 0.4 is a clear arc, below zero it turns the other way.
        dashed: the line has gaps.
        gap: points left free at both ends.
    """
    ax.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=12,
            color=colour,
            lw=1.5,
            linestyle=(0, (4, 2)) if dashed else "-",
            connectionstyle=f"arc3,rad={bend}",
            shrinkA=gap,
            shrinkB=gap,
        )
    )
