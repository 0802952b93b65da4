"""The one door of labels: whatever a figure of the course says is said in the student's language.

A plot function writes its titles and labels in English and knows no language. They are translated
when the figure is drawn. A single word is translated only as a title, as the label of an axis or in
a legend: elsewhere it may be a word of the data.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter

from course.phrases import SOURCE_LANGUAGE, language, tr


class SpokenFigure(Figure):
    """A figure that speaks the student's language from the moment it is drawn."""

    def draw(self, renderer: Any) -> None:
        """Translate what is written in the figure, then draw it."""
        if language() != SOURCE_LANGUAGE:
            translate(self)
        super().draw(renderer)


def translate(figure: Figure) -> None:
    """Say every label of a figure in the student's language; what is unknown stays."""
    for ax in figure.axes:
        _translate_ticks(ax)
    names = {id(text) for ax in figure.axes for text in _names(ax)}
    for text in figure.findobj(Text):
        if isinstance(text, Text) and text.get_text():
            _say(text, id(text) in names)


def _names(ax: Axes) -> Iterator[Text]:
    """The texts that name something: titles, labels of axes, entries of the legend."""
    yield from (ax.title, ax.xaxis.label, ax.yaxis.label)
    yield from (getattr(ax, side) for side in ("_left_title", "_right_title") if hasattr(ax, side))
    legend = ax.get_legend()
    if legend is not None:
        yield from (*legend.get_texts(), legend.get_title())


def _say(text: Text, is_name: bool) -> None:
    said = text.get_text()
    if is_name or " " in said.strip():
        new = tr(said)
        if new != said:
            text.set_text(new)


def _translate_ticks(ax: Axes) -> None:
    """Labels at fixed places: matplotlib writes them anew at every drawing."""
    for axis in (ax.xaxis, ax.yaxis):
        formatter = axis.get_major_formatter()
        if isinstance(formatter, FixedFormatter):
            formatter.seq = [tr(label) if " " in label else label for label in formatter.seq]
