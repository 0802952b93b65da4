"""Widgets of week 03: how long a memory lasts, and what happens when a gate is held still.

Each is a `Panel` over a plain function that draws what its controls say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import ipywidgets as widgets
from matplotlib.figure import Figure
from torch import Tensor, nn

from course.figures.panel import Panel
from course.weeks.week03_lstm import plots

Trace = Mapping[str, Tensor]
GateTrace = Callable[[nn.LSTM, Tensor, dict[str, float] | None], Trace]
Surprise = Callable[[Trace], Tensor]

FREE = "none"
GATES = {"none": FREE, "input i": "i", "forget f": "f", "candidate g": "g", "output o": "o"}


def survival_slider(bias: float = 2.0, steps: int = 100) -> Panel:
    """Choose the forget bias and read how much of a memory is left after each of `steps` steps."""

    def draw(bias: float) -> Figure:
        return plots.survival_frame(bias, steps)

    slider = widgets.FloatSlider(
        value=bias, min=-2, max=8, step=0.5, description="bias b_f", continuous_update=False
    )
    return Panel(draw, bias=slider)


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
) -> Figure:
    """One unit of the LSTM over the text with a gate held at a value.

    Args:
        trace: the `gate_trace` of the exercise.
        lstm: one layer, one direction.
        x: (T, D), what it reads.
        text: T labels, one for each step.
        unit: which unit to draw.
        gate: "i", "f", "g", "o", or "none".
        value: where the gate is held.
        surprise: for a language model: the bits that each character after the first cost.
    """
    clamp = clamp_of(gate, value)
    traces = {"free": trace(lstm, x, None)}
    if clamp is not None:
        traces["clamped"] = trace(lstm, x, clamp)
    bits = {name: surprise(found) for name, found in traces.items()} if surprise else None
    held = traces.get("clamped", traces["free"])
    return plots.gate_strips(text, held, unit, traces["free"] if clamp else None, bits)


def gate_clamp(
    trace: GateTrace,
    lstm: nn.LSTM,
    x: Tensor,
    text: Sequence[str],
    units: Sequence[int] | None = None,
    gate: str = FREE,
    value: float = 1.0,
    surprise: Surprise | None = None,
) -> Panel:
    """Hold one gate of an LSTM at a value and watch what its cell state does.

    Args:
        trace: the `gate_trace` of the exercise.
        lstm: one layer, one direction, H units.
        x: (T, D), what it reads.
        text: T labels, one for each step.
        units: which units to offer, the first one shown first; all of them unless told.
        gate, value: the first clamp.
        surprise: for a language model, from a trace to the bits that each character after the first
            cost, (T - 1,); they are drawn as bars.
    """

    def draw(gate: str, value: float, unit: int) -> Figure:
        return clamp_frame(trace, lstm, x, text, unit, gate, value, surprise)

    offered = list(range(lstm.hidden_size) if units is None else units)
    return Panel(
        draw,
        gate=widgets.ToggleButtons(options=GATES, value=gate, description="hold"),
        value=widgets.FloatSlider(
            value=value, min=-1, max=1, step=0.1, description="at", continuous_update=False
        ),
        unit=widgets.Dropdown(options=offered, description="unit"),
    )
