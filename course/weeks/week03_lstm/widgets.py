"""Widgets of week 03: how long a memory lasts, and what happens when a gate is held still.

Each is thin: controls, and a plain function that draws what they show. Where no kernel runs (a page
on the web), a widget shows its first frame as a picture.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ipywidgets as widgets
from torch import Tensor, nn

from course.figures import style
from course.weeks.week03_lstm import plots

Trace = Mapping[str, Tensor]
GateTrace = Callable[[nn.LSTM, Tensor, dict[str, float] | None], Trace]
Surprise = Callable[[Trace], Tensor]

FREE = "none"
GATES = {"none": FREE, "input i": "i", "forget f": "f", "candidate g": "g", "output o": "o"}


class _Framed(widgets.VBox):
    """A box that also offers its first frame as PNG, for viewers that cannot run widgets."""

    def __init__(self, children: Sequence[widgets.Widget], first: bytes) -> None:
        super().__init__(list(children))
        self.first = first

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle = super()._repr_mimebundle_(**kwargs)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        return {**data, "image/png": base64.b64encode(self.first).decode("ascii")}


class SurvivalSlider(_Framed):
    """Choose the forget bias and read how much of a memory is left after k steps."""

    def __init__(self, bias: float = 2.0, steps: int = 100) -> None:
        self.steps = steps
        self.bias = widgets.FloatSlider(
            value=bias, min=-2, max=8, step=0.5, description="bias b_f", continuous_update=False
        )
        first = style.png(plots.survival_frame(bias, steps))
        self.picture = widgets.Image(value=first, format="png")
        self.bias.observe(self._draw, names="value")
        super().__init__([self.bias, self.picture], first)

    def _draw(self, _change: object) -> None:
        self.picture.value = style.png(plots.survival_frame(self.bias.value, self.steps))


def clamp_of(gate: str, value: float) -> dict[str, float] | None:
    """What `gate_trace` takes as its clamp: nothing for `FREE`, else one gate and its value.

    Below 0 only the candidate can be held; a gate is held at 0 instead.
    """
    if gate == FREE:
        return None
    return {gate: value if gate == "g" else max(value, 0.0)}


def clamp_frame(
    trace: GateTrace,
    lstm: nn.LSTM,
    x: Tensor,
    text: Sequence[str],
    unit: int,
    gate: str = FREE,
    value: float = 1.0,
    surprise: Surprise | None = None,
) -> bytes:
    """One unit of the LSTM over the text with a gate held at a value, as PNG.

    Args:
        trace: the `gate_trace` of the exercise.
        lstm: one layer, one direction.
        x: (T, D), what it reads.
        text: T labels, one a step.
        unit: which unit to draw.
        gate: "i", "f", "g", "o", or "none".
        value: where the gate is held.
        surprise: for a language model: the bits that each character after the first cost.
    """
    clamp = clamp_of(gate, value)
    free = trace(lstm, x, None)
    held = free if clamp is None else trace(lstm, x, clamp)
    bits = None
    if surprise is not None:
        bits = {"free": surprise(free)}
        if clamp is not None:
            bits["clamped"] = surprise(held)
    without = None if clamp is None else free
    return style.png(plots.gate_strips(text, held, unit, without, bits))


class GateClamp(_Framed):
    """Hold one gate of an LSTM at a value and watch what its cell state does.

    Args:
        trace: the `gate_trace` of the exercise.
        lstm: one layer, one direction, H units.
        x: (T, D), what it reads.
        text: T labels, one a step.
        units: which units to offer, the first one shown first; all of them unless told.
        gate, value: the first clamp.
        surprise: for a language model, from a trace to the bits that each character after the first
            cost, (T - 1,); they are drawn as bars.
    """

    def __init__(
        self,
        trace: GateTrace,
        lstm: nn.LSTM,
        x: Tensor,
        text: Sequence[str],
        units: Sequence[int] | None = None,
        gate: str = FREE,
        value: float = 1.0,
        surprise: Surprise | None = None,
    ) -> None:
        self._subject = (trace, lstm, x, text)
        self.surprise = surprise
        self.gate = widgets.ToggleButtons(options=GATES, value=gate, description="hold")
        self.value = widgets.FloatSlider(
            value=value, min=-1, max=1, step=0.1, description="at", continuous_update=False
        )
        self.unit = widgets.Dropdown(
            options=list(range(lstm.hidden_size) if units is None else units), description="unit"
        )
        first = self._frame()
        self.picture = widgets.Image(value=first, format="png")
        for control in (self.gate, self.value, self.unit):
            control.observe(self._draw, names="value")
        super().__init__([self.gate, widgets.HBox([self.value, self.unit]), self.picture], first)

    def _frame(self) -> bytes:
        return clamp_frame(
            *self._subject, self.unit.value, self.gate.value, self.value.value, self.surprise
        )

    def _draw(self, _change: object) -> None:
        self.picture.value = self._frame()
