"""Week 07: small inputs for its widgets and figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from course.figures.panel import Panel
from course.weeks.week07_gpt import plots, widgets
from specimens import CURVE, SQUARE, WORDS, Arrays, Many, Panels, Unsolved, named


def sampled(
    logits: torch.Tensor, temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0
) -> torch.Tensor:
    return torch.softmax(logits / max(temperature, 0.1), dim=-1)


def playground(probs: Callable[..., Any]) -> Panel:
    return widgets.sampling_playground(
        probs,
        lambda prompt: torch.arange(4.0)[None],
        lambda ids: [WORDS[i] for i in ids],
        lambda prompt, seed, **knobs: f"{prompt} {seed} {knobs}",
        "The",
    )


PANELS: Panels = {
    "token_strips": (lambda: widgets.token_strips({"bytes": list}, "a b"), "text", "abc"),
    "sampling_playground": (lambda: playground(sampled), "temperature", 2.0),
}

UNSOLVED: Unsolved = {
    "tokens": lambda exercise: widgets.token_strips({"bytes": exercise}, "a b"),
    "knobs": playground,
}

MANY: Many = {
    "compression": lambda n: plots.compression([1, 2, 3], named(n, CURVE)),
    "loss_curves": lambda n: plots.loss_curves(named(n, ([1, 2, 3], CURVE)), {"b": 3.4}),
    "collapse_lines": lambda n: plots.collapse_lines(named(n, CURVE)),
    "style_bars": lambda n: plots.style_bars(
        named(n, {"reviews": 2.5, "novel": 1.5}), {"table": 2.0}
    ),
}

LINES_EACH: dict[str, int] = {
    "compression": 1,
    "collapse_lines": 1,
}

ARRAYS: Arrays = {
    "knob_bars": lambda of: plots.knob_bars(["a", "b"], of([0.75, 0.25]), of([1.0, 0.0])),
    "head_grid": lambda of: plots.head_grid(of(SQUARE)),
    "collapse_lines": lambda of: plots.collapse_lines({"a": of(CURVE)}),
    "loss_curves": lambda of: plots.loss_curves({"a": (of(CURVE), of(CURVE))}, {"b": 3.4}),
    "compression": lambda of: plots.compression(of([1.0, 2.0, 3.0]), {"a": of(CURVE)}),
}
