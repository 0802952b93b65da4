"""How several series in one figure are told apart, however many there are.

    for label, values, look in with_looks(lines):
        ax.plot(values, color=look.colour, ls=look.line, marker=look.marker, label=label)

Colours, markers and lines each come round again, but at different times: with the palette as it is,
no two of the first 63 series have both colour and marker in common, and no two of the first 35 both
colour and line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any, TypeVar

from matplotlib.axes import Axes

from course.figures import style

T = TypeVar("T")
Line = str | tuple[int, tuple[int, ...]]

# Five, nine and seven (the palette) have no common factor: see the text above.
LINES: tuple[Line, ...] = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))
HATCHES = ("", "///", "...", "xxx", "\\\\\\")
MARKERS = "osD^vPX<>"

MANY = 6  # a legend with more entries than this stands beside the axes
ROWS = 14  # entries in one column of such a legend


@dataclass(frozen=True)
class Look:
    """What one series looks like: matplotlib's colour, line style, marker and hatching."""

    colour: str
    line: Line
    marker: str
    hatch: str

    @property
    def bar(self) -> dict[str, Any]:
        """Keywords for matplotlib's `bar`: filled, and hatched in white where there is a hatch."""
        return {"color": self.colour, "hatch": self.hatch, "edgecolor": "white", "lw": 0}


def looks(count: int, *first: str, monochrome: bool = False) -> list[Look]:
    """Looks for as many series as you ask for.

    Args:
        count: how many.
        first: colours to begin with; those of the palette that are not among them follow.
        monochrome: every series differs from the one before also in line and hatching, so that the
            figure can be read without colour. Otherwise lines are solid and surfaces plain until
            the colours begin again.
    """
    colours = [*first, *(colour for colour in style.PALETTE if colour not in first)]
    turns = [k if monochrome else k // len(colours) for k in range(count)]
    return [
        Look(
            colour=colours[k % len(colours)],
            line=LINES[turn % len(LINES)],
            marker=MARKERS[k % len(MARKERS)],
            hatch=HATCHES[turn % len(HATCHES)],
        )
        for k, turn in enumerate(turns)
    ]


def with_looks(
    series: Mapping[str, T], *first: str, monochrome: bool = False
) -> Iterator[tuple[str, T, Look]]:
    """Label, values and look of each series of a mapping; the rest is as `looks` has it."""
    chosen = looks(len(series), *first, monochrome=monochrome)
    for (label, values), look in zip(series.items(), chosen, strict=True):
        yield label, values, look


def legend(ax: Axes, **usual: Any) -> None:
    """The legend of the axes: as `usual` says, or beside them if it has more than `MANY` entries.

    The figure grows by the width of a legend beside it, so that the axes keep their size.
    """
    labels = ax.get_legend_handles_labels()[1]
    if len(labels) <= MANY:
        ax.legend(**usual)
        return
    columns = ceil(len(labels) / ROWS)
    inches = columns * (0.6 + 0.07 * max(map(len, labels)))
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.set_size_inches(figure.get_figwidth() + inches, max(figure.get_figheight(), 3.0))
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=7, ncols=columns)
