"""A panel: controls above, one figure below, redrawn by a plain function.

    panel = Panel(draw, centre=IntSlider(max=9), window=IntSlider(min=1, max=4))

`draw(centre=…, window=…)` returns a matplotlib figure. Where no widget can live (GitHub, a printed
page) the panel shows its first picture.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import ipywidgets
from matplotlib.figure import Figure

from course.figures import style

DPI = 96  # a little sharper than a stored figure, because people read it on a screen


class Panel(ipywidgets.VBox):
    """Controls and the picture that they steer.

    Args:
        draw: called with the value of every control, by name; returns a figure.
        controls: any widgets that have a `value`.
    """

    def __init__(self, draw: Callable[..., Figure], **controls: ipywidgets.ValueWidget) -> None:
        self._draw = draw
        self.controls = controls
        # flex-start: at its own size, not stretched (and blurred) to the width of the page
        self.picture = ipywidgets.Image(format="png", layout={"align_self": "flex-start"})
        super().__init__([ipywidgets.HBox(list(controls.values())), self.picture])
        for control in controls.values():
            control.observe(self._redraw, names="value")
        self._redraw()

    def _redraw(self, _change: Any = None) -> None:
        values = {name: control.value for name, control in self.controls.items()}
        self.picture.value = style.png(self._draw(**values), DPI)

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """The live widget, and a still picture for readers that show none."""
        still = base64.b64encode(self.picture.value).decode("ascii")
        return {**super()._repr_mimebundle_(**kwargs), "image/png": still}
