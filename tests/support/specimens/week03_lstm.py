"""Week 03: small inputs for its widgets and figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from course.weeks.week03_lstm import plots, widgets
from course.weeks.week03_lstm.toys import bracket_lstm, bracket_marks
from specimens import CURVE, SQUARE, Arrays, Many, Panels, Unsolved, named


def gate_trace(lstm: torch.nn.LSTM, x: torch.Tensor, clamp: dict | None) -> dict[str, torch.Tensor]:
    value = sum((clamp or {}).values())
    return {name: torch.full((len(x), lstm.hidden_size), value) for name in "ifgoch"}


def gates(of: Callable[[Any], Any]) -> dict[str, Any]:
    return {name: of([[0.125, 0.875], [0.25, 0.75], [0.375, 0.625]]) for name in "ifgoch"}


PANELS: Panels = {
    "survival_slider": (lambda: widgets.survival_slider(1.0), "bias", 5.0),
    "gate_clamp": (
        lambda: widgets.gate_clamp(gate_trace, bracket_lstm(), bracket_marks("a(b)"), "a(b)"),
        "gate",
        "f",
    ),
}

UNSOLVED: Unsolved = {
    "clamp": lambda exercise: widgets.gate_clamp(exercise, bracket_lstm(), bracket_marks("a"), "a"),
}

MANY: Many = {
    "belt_values": lambda n: plots.belt_values(named(n, CURVE)),
    "padded_states": lambda n: plots.padded_states([CURVE] * n, [CURVE] * n, [2] * n),
    "gate_strips": lambda n: plots.gate_strips(
        "abc", gates(np.array), 1, bits=named(n, [1.0, 2.0])
    ),
    "gate_map": lambda n: plots.gate_map("abc", gates(np.array), "f", [0] * n),
    "gradient_reach": lambda n: plots.gradient_reach(named(n, CURVE)),
    "recall_dots": lambda n: plots.recall_dots(named(n, [0.5, 0.6]), chance=0.125),
    "learning_curves": lambda n: plots.learning_curves([1, 2, 3], named(n, CURVE), {"b": 3.4}),
}

LINES_EACH: dict[str, int] = {
    "belt_values": 1,
    "gradient_reach": 1,
    "learning_curves": 1,
    "padded_states": 1,
}

ARRAYS: Arrays = {
    "belt_values": lambda of: plots.belt_values({"a": of(CURVE)}),
    "padded_states": lambda of: plots.padded_states(of(SQUARE), of(SQUARE), of([1.0, 2.0])),
    "gate_strips": lambda of: plots.gate_strips(
        "abc", gates(of), 1, gates(of), {"a": of([1.0, 2.0])}
    ),
    "gate_map": lambda of: plots.gate_map("abc", gates(of), "f", [1, 0]),
    "gradient_reach": lambda of: plots.gradient_reach({"a": of(CURVE)}),
    "recall_dots": lambda of: plots.recall_dots({"a": of([0.5, 0.75])}, 0.125),
    "learning_curves": lambda of: plots.learning_curves(
        of([1.0, 2.0, 3.0]), {"a": of(CURVE)}, {"b": 3.4}
    ),
}
