"""Week 04: small inputs for its widgets and figures."""

from __future__ import annotations

import torch

from course.data import translation_pairs
from course.weeks.week04_attention import plots, widgets
from specimens import CURVE, SQUARE, WORDS, Arrays, Many, Panels, Unsolved, named

SENTENCES = translation_pairs(2)


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    return torch.where(mask, scores, -1e9).softmax(-1)


def held(at: int, place: int) -> tuple[list[str], torch.Tensor]:
    return [f"word {at}", f"place {place}"], torch.full((2, 2), 0.5)


PANELS: Panels = {
    "link_slider": (lambda: widgets.link_slider(SENTENCES), "number", 1),
    "mask_buttons": (
        lambda: widgets.mask_buttons(WORDS, torch.arange(4.0), masked_softmax),
        "word0",
        False,
    ),
    "attention_map": (
        lambda: widgets.attention_map(SENTENCES, torch.full((2, 30, 20), 0.05)),
        "number",
        1,
    ),
    "hold_panel": (lambda: widgets.hold_panel(held, WORDS[:2], 3), "at", 2),
}

UNSOLVED: Unsolved = {
    "mask": lambda exercise: widgets.mask_buttons(WORDS, torch.arange(4.0), exercise),
}

MANY: Many = {
    "score_bars": lambda n: plots.score_bars(named(n, CURVE), named(n, CURVE)),
    "by_length": lambda n: plots.by_length([3, 9], named(n, [True, False])),
}

ARRAYS: Arrays = {
    "score_bars": lambda of: plots.score_bars({"a": of(CURVE)}, {"a": of(CURVE)}),
    "mask_bars": lambda of: plots.mask_bars(["a", "b"], of([0.5, 0.5]), of([0.25, 0.5])),
    "attention_grid": lambda of: plots.attention_grid(
        of(SQUARE), ["a", "b"], ["x", "y"], of([[1.0, 0.0], [0.0, 1.0]])
    ),
    "by_length": lambda of: plots.by_length(of([3.0, 9.0]), {"a": of([1.0, 0.0])}),
}
