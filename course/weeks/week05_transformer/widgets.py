"""Widgets of week 05, each a `Panel` over a plain function that draws.

TODO: replace the example.
"""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets as widgets
from matplotlib.figure import Figure
from torch import Tensor

from course.figures.panel import Panel
from course.weeks.week05_transformer import plots


def row_slider(rows: Tensor, centre: Callable[[Tensor], Tensor]) -> Panel:
    """Choose how much is added to each row, and whether the student's function centres them.

    Args:
        rows: (B, D).
        centre: the `centre_rows` of the exercise.
    """

    def draw(shift: float, centred: bool) -> Figure:
        moved = rows + shift
        return plots.row_lines(centre(moved) if centred else moved)

    shift = widgets.FloatSlider(value=0, min=-50, max=50, description="shift")
    centred = widgets.Checkbox(value=False, description="centred")
    return Panel(draw, shift=shift, centred=centred)
