"""Logarithmic axes say 20 and 50, never a power of ten."""

from __future__ import annotations

import pytest

from course.figures import style
from course.figures.ticks import plain_log


def labels_of(low: float, high: float) -> list[str]:
    """What stands along a logarithmic y axis between two numbers."""
    fig, ax = style.figure()
    ax.set_ylim(low, high)
    plain_log(ax.yaxis)
    fig.canvas.draw()
    ticks = zip(ax.get_yticks(), ax.get_yticklabels(), strict=True)
    assert not [label for label in ax.get_yticklabels(minor=True) if label.get_text()]
    return [label.get_text() for place, label in ticks if low <= place <= high]


@pytest.mark.parametrize(("low", "high"), [(5.2, 6.9), (18, 40), (4, 31), (1, 2000), (0.01, 90)])
def test_an_axis_has_several_plain_numbers(low: float, high: float) -> None:
    """Spans from a third to four powers of ten: three labels at least, each a number in digits."""
    labels = labels_of(low, high)
    assert len(labels) >= 3
    assert all(low <= float(label.replace(",", "")) <= high for label in labels)


def test_thousands_are_written_with_a_comma() -> None:
    """1, 2, 5, 10 and so on, where the axis spans much."""
    labels = labels_of(1, 2000)
    assert labels[:4] == ["1", "2", "5", "10"] and labels[-1] == "2,000"
