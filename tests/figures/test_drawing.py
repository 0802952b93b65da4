"""Boxes, arrows and strips: what the drawing kit puts on the axes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgba
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from course.figures import diagram, style
from course.figures.text_strip import draw_strip, name_characters, shown


@pytest.mark.parametrize("rounding", [0, 0.1])
def test_a_box_lies_around_its_centre_and_has_its_size(rounding: float) -> None:
    """Centre and size are those of the whole box, with round corners and with square ones."""
    _, ax = style.figure(3, 3)
    diagram.box(ax, (2, 1), (0.8, 0.4), "text", colour=style.BLUE, rounding=rounding)
    (patch,) = ax.patches
    assert isinstance(patch, FancyBboxPatch)
    extent = patch.get_path().get_extents()
    assert extent.bounds == pytest.approx((1.6, 0.8, 0.8, 0.4))
    assert patch.get_edgecolor() == to_rgba(style.BLUE)
    assert [text.get_text() for text in ax.texts] == ["text"]


def test_an_empty_box_writes_nothing() -> None:
    """No text, no text object."""
    _, ax = style.figure(3, 3)
    diagram.box(ax, (0, 0), (1, 1))
    assert not ax.texts


def test_an_arrow_runs_from_start_to_end() -> None:
    """Its ends are the two points; a dashed one has gaps; its colour is the one asked for."""
    _, ax = style.figure(3, 3)
    diagram.arrow(ax, (0, 0), (1, 0.5), style.RED, dashed=True)
    (arrow,) = ax.patches
    assert isinstance(arrow, FancyArrowPatch)
    assert arrow._posA_posB == [(0, 0), (1, 0.5)]
    assert arrow.get_linestyle() != "-"
    assert arrow.get_edgecolor() == to_rgba(style.RED)


def test_only_the_space_needs_another_sign() -> None:
    """A space becomes an open box; every other character is its own label."""
    assert [shown(character) for character in "a 나"] == ["a", "␣", "나"]


def test_a_strip_shows_its_values_row_by_row() -> None:
    """Values from 0 to the limit, or around zero; the rows carry their names."""
    values = torch.tensor([[0.0, 0.5, 1.0], [1.0, 0.5, 0.0]])
    _, (top, bottom) = style.figure(4, 3, rows=2)
    draw_strip(top, values, ["first", "second"], "share")
    draw_strip(bottom, values, ["first", "second"], "state", signed=True, limit=2)
    np.testing.assert_array_equal(top.images[0].get_array(), values)
    assert [label.get_text() for label in top.get_yticklabels()] == ["first", "second"]
    assert top.images[0].get_clim() == (0, 1)
    assert bottom.images[0].get_clim() == (-2, 2)


def test_characters_are_named_and_the_axes_end_with_them() -> None:
    """One tick for each character; no room is left at the right."""
    _, ax = style.figure(4, 2)
    name_characters(ax, "a b")
    assert [label.get_text() for label in ax.get_xticklabels()] == ["a", "␣", "b"]
    assert ax.get_xlim() == pytest.approx((-0.6, 2.6))
