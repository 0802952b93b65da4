"""However many series a figure shows, each looks different from all the others."""

from __future__ import annotations

from itertools import pairwise

import pytest
from matplotlib.figure import Figure

from course.figures import style
from course.figures.series import MANY, MARKERS, Look, legend, looks, with_looks

COUNTS = [1, 6, 7, 20]


@pytest.mark.parametrize("first", [(), (style.GREY, style.ORANGE), (style.RED, style.BLUE)])
@pytest.mark.parametrize("count", COUNTS)
def test_no_two_series_share_colour_and_marker_or_colour_and_line(
    count: int, first: tuple[str, ...]
) -> None:
    """Lines with markers, lines without, and bars: each figure can tell its series apart."""
    for chosen in (looks(count, *first), looks(count, *first, monochrome=True)):
        assert len({(look.colour, look.marker) for look in chosen}) == count
        assert len({(look.colour, look.line) for look in chosen}) == count
        assert len({(look.colour, look.hatch) for look in chosen}) == count


def test_lines_stay_solid_until_the_colours_begin_again() -> None:
    """Seven series need no dashes; the eighth has the first colour and another line and hatch."""
    eight = looks(8)
    assert {look.line for look in eight[:7]} == {"-"}
    assert {look.hatch for look in eight[:7]} == {""}
    assert eight[7].colour == eight[0].colour
    assert (eight[7].line, eight[7].hatch) != (eight[0].line, eight[0].hatch)


def test_monochrome_neighbours_differ_without_their_colours() -> None:
    """Printed in black and white, a series still differs from the one before."""
    for one, other in pairwise(looks(20, monochrome=True)):
        assert one.line != other.line
        assert one.marker != other.marker
        assert one.hatch != other.hatch


def test_chosen_colours_come_first_and_the_palette_follows() -> None:
    """A figure keeps the colours it was designed with; none of them comes twice in the palette."""
    colours = [look.colour for look in looks(8, style.GREY, style.RED)]
    assert colours[:2] == [style.GREY, style.RED]
    assert sorted(colours) == sorted({style.GREY, *style.PALETTE})


def test_with_looks_keeps_order_labels_and_values() -> None:
    """Each series comes with its label, its values and the look of its place."""
    found = list(with_looks({"b": 1, "a": 2}, style.RED))
    assert found == [("b", 1, looks(2, style.RED)[0]), ("a", 2, looks(2, style.RED)[1])]
    assert isinstance(found[0][2], Look)
    assert list(with_looks({})) == []


def drawn(count: int) -> Figure:
    fig, ax = style.figure(4, 3)
    for label, height, look in with_looks({f"series {k}": k for k in range(count)}):
        ax.plot([height, height], look.marker, color=look.colour, label=label)
    legend(ax, loc="upper left")
    return fig


def test_a_short_legend_stands_where_the_figure_wants_it() -> None:
    """Up to `MANY` entries the caller decides, and the figure keeps its size."""
    fig = drawn(MANY)
    assert fig.get_size_inches().tolist() == [4, 3]
    assert fig.axes[0].get_legend()._loc == 2  # matplotlib's number of "upper left"


@pytest.mark.parametrize("count", [MANY + 1, 20, 60])
def test_a_long_legend_stands_beside_the_axes_and_covers_nothing(count: int) -> None:
    """The figure grows by the legend: all of it is visible, and none of it lies over the axes."""
    fig = drawn(count)
    style.png(fig)  # lays the figure out
    ax = fig.axes[0]
    box, axes = ax.get_legend().get_window_extent(), ax.get_window_extent()
    assert len(ax.get_legend().get_texts()) == count
    assert box.x0 >= axes.x1
    assert box.x1 <= fig.bbox.x1 + 1 and box.y0 >= -1 and box.y1 <= fig.bbox.y1 + 1
    assert axes.width > 200  # of 320: the data did not have to give way


def test_markers_are_all_different() -> None:
    """A marker that came twice would make two series alike."""
    assert len(set(MARKERS)) == len(MARKERS)
