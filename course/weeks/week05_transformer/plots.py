"""Figures of week 05.

TODO: replace the example. Arrays may be tensors, numpy arrays or lists; each function returns a
matplotlib Figure.
"""

from __future__ import annotations

from matplotlib.figure import Figure

from course.figures import style
from course.figures.arrays import Numbers, as_array
from course.figures.series import legend, with_looks


def row_lines(rows: Numbers) -> Figure:
    """The rows of a matrix as lines. `rows`: (B, D)."""
    fig, ax = style.figure(6.0, 3.0)
    series = {f"row {index}": row for index, row in enumerate(as_array(rows))}
    for label, row, look in with_looks(series):
        ax.plot(row, color=look.colour, ls=look.line, label=label)
    ax.set_xlabel("column")
    ax.set_ylabel("value")
    legend(ax)
    return fig
