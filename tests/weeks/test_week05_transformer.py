"""Week 05's toys, figures and widgets: what they compute and what they show."""

from __future__ import annotations

import torch
from matplotlib.figure import Figure

from course.weeks.week05_transformer import plots, widgets
from course.weeks.week05_transformer.toys import toy_rows

PNG = b"\x89PNG"


def some_rows(count: int = 3) -> torch.Tensor:
    return toy_rows(count, 20, torch.Generator().manual_seed(0))


def test_toys_are_the_same_for_the_same_seed():
    """A toy is drawn from its generator alone."""
    assert torch.equal(some_rows(), some_rows())
    assert some_rows(4).shape == (4, 20)


def test_each_row_is_a_line_with_its_label():
    """The figure has a line a row, and says what its axes are."""
    figure = plots.row_lines(some_rows())
    assert isinstance(figure, Figure)
    (ax,) = figure.axes
    assert [line.get_label() for line in ax.lines] == ["row 0", "row 1", "row 2"]
    assert ax.get_xlabel() and ax.get_ylabel()


def test_the_slider_draws_and_follows_its_controls():
    """The widget shows a picture at once, and another one when a control moves."""
    panel = widgets.row_slider(some_rows(), lambda x: x - x.mean(-1, keepdim=True))
    first = bytes(panel.picture.value)
    panel.controls["centred"].value = True
    assert first.startswith(PNG) and bytes(panel.picture.value) != first
