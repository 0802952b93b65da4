"""Week 06: small inputs for its widgets and figures."""

from __future__ import annotations

from functools import cache
from typing import Any

import torch

from course.models import load_tiny_bert
from course.weeks.week06_bert import plots, widgets
from specimens import CURVE, SQUARE, WORDS, Arrays, Many, Panels, Unsolved, named

BERT = cache(load_tiny_bert)


def corrupt_first(ids: torch.Tensor, *dice: Any) -> tuple[torch.Tensor, torch.Tensor]:
    labels = torch.full_like(ids, -100)
    labels[0, 0] = ids[0, 0]
    return ids, labels


PANELS: Panels = {
    "corruption": (
        lambda: widgets.corruption(corrupt_first, {"a": ["one", "two"], "b": ["three"]}),
        "sentence",
        "b",
    ),
    "fill_mask": (lambda: widgets.fill_mask(*BERT(), "a good film"), "hidden", 0),
    "mood_meter": (
        lambda: widgets.mood_meter(lambda text: [0.5, len(text) / 100, 0.1], WORDS[:3], "a film"),
        "text",
        "another film",
    ),
}

UNSOLVED: Unsolved = {
    "corruption": lambda exercise: widgets.corruption(exercise, {"a": ["one", "two"]}),
}

MANY: Many = {
    "masking_curves": lambda n: plots.masking_curves([5, 10, 15], named(n, CURVE)),
    "label_curves": lambda n: plots.label_curves(named(n, ([5, 50], SQUARE)), {"chance": 0.33}),
}

ARRAYS: Arrays = {
    "masking_curves": lambda of: plots.masking_curves(of([1.0, 2.0, 3.0]), {"a": of(CURVE)}),
    "label_curves": lambda of: plots.label_curves({"a": ([1, 2], of(SQUARE))}, {"b": 0.5}),
    "place_likeness": lambda of: plots.place_likeness(of(SQUARE)),
    "guesses": lambda of: plots.guesses(["a", "b"], of([0.5, 0.25]), "c"),
    "head_costs": lambda of: plots.head_costs(of(SQUARE), 0.5),
    "confusion": lambda of: plots.confusion(of(SQUARE), ["a", "b"]),
    "mood_bars": lambda of: plots.mood_bars(of([0.5, 0.25, 0.25]), ["a", "b", "c"]),
}
