"""Figures take any number of series, and every kind of array that a notebook has at hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from specimens import of_all_weeks

from course.figures import style

PNG = b"\x89PNG"
# one, one more than there are colours, and the costly ones: as many as there are, and far too many
COUNTS = [1, 7, *(pytest.param(count, marks=pytest.mark.slow) for count in (6, 20))]
MOST = 20
# The numbers of the specimens are multiples of 1/8, so that no kind rounds them.
KINDS: dict[str, Callable[[Any], Any]] = {
    "list": list,
    "array": np.array,
    "tensor": torch.tensor,
    "tensor with a gradient": lambda values: torch.tensor(values).requires_grad_(),
    "bfloat16": lambda values: torch.tensor(values, dtype=torch.bfloat16),
}
MANY = of_all_weeks("MANY")
LINES_EACH = of_all_weeks("LINES_EACH")
ARRAYS = of_all_weeks("ARRAYS")


@pytest.mark.filterwarnings("error:constrained_layout not applied")
@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("draw", MANY.values(), ids=MANY.keys())
def test_figures_take_one_six_seven_and_twenty_series(
    draw: Callable[[int], Figure], count: int
) -> None:
    """No count is an error; a figure with a long legend still has room for its axes."""
    figure = draw(count)
    assert len(contents(figure)) > 3 * len(figure.axes)
    if count == MOST and any(ax.get_legend() for ax in figure.axes):
        assert style.png(figure, dpi=20).startswith(PNG)


def looks_of(figure: Figure) -> set[tuple[Any, ...]]:
    """Colour, line, marker and filling of every labelled line."""
    lines = [line for ax in figure.axes for line in ax.lines if shown_in_legend(line)]
    return {
        (line.get_color(), str(line._dash_pattern), line.get_marker(), line.get_markerfacecolor())
        for line in lines
    }


def shown_in_legend(line: Line2D) -> bool:
    return not str(line.get_label()).startswith("_")


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize(("name", "lines_each"), LINES_EACH.items())
def test_no_two_lines_of_a_figure_look_alike(name: str, lines_each: int, count: int) -> None:
    """However many lines there are, none is dropped and each has a look of its own."""
    assert len(looks_of(MANY[name](count))) == lines_each * count


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("name", ["week01_word2vec-accuracy_figure", "week03_lstm-gate_strips"])
def test_no_two_groups_of_bars_look_alike(name: str, count: int) -> None:
    """Colour and hatching together tell every group from every other."""
    bars = [bar for ax in MANY[name](count).axes for bar in ax.patches]
    assert len({(bar.get_facecolor(), bar.get_hatch()) for bar in bars}) == count


def test_twenty_heads_keep_twenty_looks() -> None:
    """Each head's numbers share one look, which no other head has."""
    panels = MANY["week00_setup-heads_as_colours"](20).axes[1:]
    seen = [{(p.get_facecolor(), p.get_hatch()) for p in panel.patches} for panel in panels]
    assert all(len(of_head) == 1 for of_head in seen)
    assert len(set.union(*seen)) == 20


# ------------------------------------------------------------------------------------ arrays
@pytest.mark.parametrize("draw", ARRAYS.values(), ids=ARRAYS.keys())
def test_lists_arrays_and_tensors_give_the_same_figure(
    draw: Callable[[Callable[[Any], Any]], Figure],
) -> None:
    """Kind, gradient and precision of an array make no difference: one door converts them all."""
    first, *others = (contents(draw(of)) for of in KINDS.values())
    assert first and all(other == first for other in others)


def contents(figure: Figure) -> list[str]:
    """What the axes of a figure hold: the numbers of lines, surfaces and images, and all texts."""
    return [part for ax in figure.axes for part in parts(ax)]


def parts(ax: Axes) -> Iterator[str]:
    yield from (np.array2string(line.get_xydata()) for line in ax.lines)
    yield from (np.array2string(patch.get_path().vertices) for patch in ax.patches)
    yield from (np.array2string(np.ma.filled(i.get_array(), 404.0)) for i in ax.images)
    yield from (text.get_text() for text in ax.texts)
    yield from (ax.get_title(loc="left"), ax.get_xlabel(), ax.get_ylabel())
