"""A panel: controls above, a picture or a text below, made anew by a plain function.

    panel = Panel(draw, centre=IntSlider(max=9), window=IntSlider(min=1, max=4))

`draw(centre=…, window=…)` returns what the panel shows: a matplotlib figure, a text, or a text with
a figure below it. Where no widget can live (GitHub, a printed page) readers see a still
version. If `draw` fails, the panel says so in its place and works again at the next move.
"""

from __future__ import annotations

import base64
import html
import sysconfig
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ipywidgets
import traitlets
from matplotlib.figure import Figure

from course.figures import style
from course.phrases import tr

# Code that no student wrote: this package, Python's own modules, installed packages.
LIBRARIES = [
    Path(__file__).resolve().parents[1],
    *(Path(sysconfig.get_paths()[name]) for name in ("stdlib", "purelib", "platlib")),
]
NOTHING_SET: Mapping[str, Any] = {}
NARROWEST = "17em"  # of a control: in a row of several a slider would shrink to nothing
TEXT_STYLE = "white-space: pre-wrap; max-width: 46em"
ERROR_STYLE = f"{TEXT_STYLE}; border-left: 4px solid {style.RED}; padding-left: 8px"


@dataclass(frozen=True)
class Frame:
    """What a panel shows at one setting of its controls: a text above a picture, or an error."""

    markup: str = ""  # HTML
    png: bytes = b""
    error: str = ""  # HTML


class Counter(ipywidgets.Button):
    """A button as a control: its `value` is how often it was pressed."""

    value = traitlets.Int(0)

    def __init__(self, **button: Any) -> None:
        super().__init__(**button)
        self.on_click(self._count)

    def _count(self, _button: ipywidgets.Button) -> None:
        self.value += 1


class Panel(ipywidgets.VBox):
    """Controls and what they steer.

    Args:
        draw: called with the value of every control, by name. It returns a matplotlib Figure, a
            text, or a tuple of a text and a Figure. A text is a string or an object with
            `_repr_html_`, such as IPython's HTML.
        stills: settings to show where no kernel runs, as values by the name of the control; a
            control that a setting leaves out keeps its value. Without `stills` it is the present
            setting.
        controls: any widgets that have a `value`.
    """

    def __init__(
        self,
        draw: Callable[..., Any],
        *,
        stills: Sequence[Mapping[str, Any]] = (),
        **controls: ipywidgets.ValueWidget | Counter,
    ) -> None:
        self.draw = draw
        self.stills = stills
        self.controls = controls
        self.text = ipywidgets.HTML()
        self.picture = ipywidgets.Image(format="png", layout={"max_width": "100%"})
        self.message = ipywidgets.HTML()
        for control in controls.values():
            _name(control)
        bar = ipywidgets.HBox(list(controls.values()), layout={"flex_flow": "row wrap"})
        # flex-start: a picture at its own size, not stretched (and blurred) to the page's width
        layout = {"align_items": "flex-start"}
        super().__init__([bar, self.text, self.picture, self.message], layout=layout)
        for control in controls.values():
            control.observe(self.redraw, names="value")
        self.redraw()

    def redraw(self, _change: object = None) -> None:
        """Show the present setting, or what went wrong with it."""
        frame = self._frame()
        self.text.value = frame.markup
        self.message.value = frame.error
        self.picture.value = frame.png
        if frame.png:
            self.picture.width = str(style.png_width(frame.png))
        # after an error an old picture would contradict the controls
        self.picture.layout.display = None if frame.png else "none"

    def _frame(self, setting: Mapping[str, Any] = NOTHING_SET) -> Frame:
        """What `draw` makes of the controls' values, some of them replaced by a setting."""
        values = {name: control.value for name, control in self.controls.items()}
        try:
            return as_frame(self.draw(**{**values, **setting}))
        except Exception as error:
            return Frame(error=error_markup(error))

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """The live widget, and a still version for readers that show none."""
        frames = [self._frame(setting) for setting in self.stills] or [self._present()]
        bundle = super()._repr_mimebundle_(**kwargs)
        markup = "".join(frame.markup + frame.error for frame in frames)
        if markup:
            bundle["text/html"] = markup
        if frames[0].png:
            bundle["image/png"] = base64.b64encode(frames[0].png).decode("ascii")
        return bundle

    def _present(self) -> Frame:
        return Frame(self.text.value, self.picture.value, self.message.value)


def _name(control: Any) -> None:
    """Say what a control is, and what can be chosen, in the student's language; wide enough."""
    control.description = tr(control.description)
    control.layout.min_width, control.layout.max_width = NARROWEST, "100%"
    options = getattr(control, "options", ())
    if options and all(isinstance(option, str) and " " in option for option in options):
        value = control.value
        control.options = [(tr(option), option) for option in options]
        control.value = value


def as_frame(drawn: Any) -> Frame:
    """What a draw function returned, as a `Frame`.

    Raises:
        TypeError: it is nothing that a panel can show.
    """
    text, figure = drawn if isinstance(drawn, tuple) else (drawn, None)
    if isinstance(text, Figure):
        return Frame(png=style.png(text))
    return Frame(_markup(text), style.png(figure) if figure is not None else b"")


def _markup(text: Any) -> str:
    if isinstance(text, str):
        return f"<pre style='{TEXT_STYLE}'>{html.escape(tr(text))}</pre>"
    if hasattr(text, "_repr_html_"):
        return text._repr_html_()
    raise TypeError(f"a panel shows figures and texts, but what should be drawn is {text!r}")


def error_markup(error: Exception) -> str:
    """An error as a message to the student: what, and the last line of their own code that ran."""
    lines = [
        tr("This cannot be drawn."),
        f"{type(error).__name__}: {error}",
        *_own_line(error),
        tr("Choose another value, or mend the code and run this cell again."),
    ]
    return f"<pre style='{ERROR_STYLE}'>{html.escape(chr(10).join(lines))}</pre>"


def _own_line(error: Exception) -> list[str]:
    """Where it happened, without the path of the file: such a message may be stored and shared."""
    own = [f for f in traceback.extract_tb(error.__traceback__) if not _is_library(f.filename)]
    return [tr(f"in {f.name}, line {f.lineno}:") + f" {f.line}" for f in own[-1:] if f.line]


def _is_library(filename: str) -> bool:
    path = Path(filename)
    return any(path.is_relative_to(folder) for folder in LIBRARIES)
