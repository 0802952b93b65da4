"""Logarithmic axes that people can read: 20 and 50 in place of powers of ten."""

from __future__ import annotations

from matplotlib.axis import Axis
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

NARROW = 8  # an axis that spans less holds too few of 1, 2, 5, 10, …


def plain_log(axis: Axis) -> None:
    """Make an axis logarithmic, its labels plain numbers: 1, 2, 5, 10 and so on.

    Where it spans little, the labels are even steps instead. Call it when all is drawn and the
    limits are set: they decide.
    """
    ax = axis.axes
    (ax.set_xscale if axis is ax.xaxis else ax.set_yscale)("log")
    low, high = axis.get_view_interval()
    wide = high > NARROW * low
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)) if wide else MaxNLocator(5))
    axis.set_major_formatter(lambda value, _place: f"{value:,.6g}")
    axis.set_minor_locator(NullLocator())
