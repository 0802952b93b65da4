"""Week 00: small inputs for its widgets and figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache

import torch

from course.models import load_tiny_gpt2
from course.weeks.week00_setup import plots, widgets
from specimens import CURVE, SQUARE, WORDS, Arrays, Many, Panels, Unsolved, named

GPT2 = cache(load_tiny_gpt2)


def softmax(logits: torch.Tensor, temperature: float = 1.0) -> torch.Tensor:
    return torch.softmax(logits / temperature, dim=-1)


def expected_loss(size: int, std: float) -> float:
    return math.log(size) + std * std / 2


def softmaxes(count: int) -> Mapping[str, Callable]:
    return named(count, lambda logits: torch.softmax(logits, -1))


PANELS: Panels = {
    "temperature_slider": (
        lambda: widgets.temperature_slider(torch.arange(4.0), WORDS, softmax),
        "temperature",
        2.0,
    ),
    "next_token_explorer": (
        lambda: widgets.next_token_explorer(*GPT2(), softmax),
        "prompt",
        "Captain",
    ),
}

UNSOLVED: Unsolved = {
    "temperature": lambda exercise: widgets.temperature_slider(torch.arange(4.0), WORDS, exercise),
    "explorer": lambda exercise: widgets.next_token_explorer(*GPT2(), exercise),
}

MANY: Many = {
    "speed_dots": lambda n: plots.speed_dots(named(n, 0.1)),
    "probability_bars": lambda n: plots.probability_bars([1 / n] * n, [str(k) for k in range(n)]),
    "shift_invariance": lambda n: plots.shift_invariance(
        softmaxes(n), torch.arange(3.0), [-1e4, 0, 1e4]
    ),
    "first_losses": lambda n: plots.first_losses(
        [0, 1, 2], {27 + k: CURVE for k in range(n)}, expected_loss
    ),
    "text_losses": lambda n: plots.text_losses(named(n, 3.0), guess=8.0),
    "heads_as_colours": lambda n: plots.heads_as_colours(
        torch.arange(3 * 2 * n).reshape(3, n, 2).transpose(0, 1), n_heads=n, T=3, D=2 * n
    ),
    "attention_maps": lambda n: plots.attention_maps([SQUARE] * n, ["a", "b"]),
}

LINES_EACH: dict[str, int] = {
    "first_losses": 2,
}

ARRAYS: Arrays = {
    "probability_bars": lambda of: plots.probability_bars(of([0.75, 0.25]), ["a", "b"]),
    "first_losses": lambda of: plots.first_losses(
        of([0.0, 1.0, 2.0]), {27: of(CURVE)}, expected_loss
    ),
    "padded_batch": lambda of: plots.padded_batch(
        of([[1.0, 1.0], [1.0, 0.0]]), [["a", "b"], ["c", "-"]]
    ),
    "similarity_grid": lambda of: plots.similarity_grid(of(SQUARE), ["a", "b"]),
    "heads_as_colours": lambda of: plots.heads_as_colours(
        of([[[0.0, 1.0]], [[2.0, 3.0]]]), n_heads=2, T=1, D=4
    ),
    "attention_maps": lambda of: plots.attention_maps(of([SQUARE, SQUARE]), ["a", "b"]),
    "step_size_curve": lambda of: plots.step_size_curve(math.sin, 1.0, 0.0, of([0.5, 0.25])),
    "head_rises": lambda of: plots.head_rises(of(SQUARE), 4.5),
    "gradient_tables": lambda of: plots.gradient_tables(of(SQUARE), of(SQUARE)),
    "gradcheck_scatter": lambda of: plots.gradcheck_scatter(of(CURVE), of(CURVE)),
}
