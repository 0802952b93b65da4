"""Week 01: small inputs for its widgets and figures."""

from __future__ import annotations

import numpy as np

from course.weeks.week01_word2vec import plots, widgets
from specimens import CURVE, PAIRS, TABLE, WORDS, Arrays, Many, Panels, Unsolved, named

VECTORS = np.array(TABLE)


def neighbours_of(ids: list[int], window: int) -> list[tuple[int, int]]:
    return [(i, j) for i in ids for j in ids if 0 < abs(i - j) <= window]


PANELS: Panels = {
    "window_slider": (
        lambda: widgets.window_slider({"a": "one two three"}, neighbours_of),
        "window",
        1,
    ),
    "neighbours": (
        lambda: widgets.neighbours(WORDS, lambda word: ([0, 1], [0.9, 0.8]), WORDS),
        "word",
        "boy",
    ),
    "parallelograms": (
        lambda: widgets.parallelograms(WORDS, VECTORS, {"he to she": PAIRS}),
        "one",
        1,
    ),
    "training_slider": (
        lambda: widgets.training_slider(WORDS, {0: 0 * VECTORS, 9: VECTORS}, [2.0] * 9, PAIRS),
        "step",
        0,
    ),
}

UNSOLVED: Unsolved = {
    "window": lambda exercise: widgets.window_slider({"a": "one two"}, exercise),
    "neighbours": lambda exercise: widgets.neighbours(WORDS, exercise, WORDS),
}

MANY: Many = {
    "similarity_figure": lambda n: plots.similarity_figure(WORDS, named(n, TABLE)),
    "touched_rows_figure": lambda n: plots.touched_rows_figure(WORDS, named(n, TABLE)),
    "noise_figure": lambda n: plots.noise_figure(WORDS, named(n, [0.25] * 4)),
    "ages_figure": lambda n: plots.ages_figure(named(n, {"rules": 0.5, "bag": 0.75})),
    "unknown_figure": lambda n: plots.unknown_figure([100, 300, 1000], named(n, CURVE)),
    "gradients_figure": lambda n: plots.gradients_figure(named(n, (CURVE, CURVE))),
    "frequency_figure": lambda n: plots.frequency_figure(
        named(n, [(10.0, 0.25, 4), (100.0, 0.5, 4)])
    ),
    "accuracy_figure": lambda n: plots.accuracy_figure(named(n, {"x": (1, 2), "y": (0, 0)})),
}

LINES_EACH: dict[str, int] = {
    "noise_figure": 1,
    "frequency_figure": 1,
    "unknown_figure": 1,
}

ARRAYS: Arrays = {
    "unknown_figure": lambda of: plots.unknown_figure(of([64.0, 128.0, 256.0]), {"a": of(CURVE)}),
    "gradients_figure": lambda of: plots.gradients_figure({"a": (of(CURVE), of(CURVE))}),
    "similarity_figure": lambda of: plots.similarity_figure(WORDS, {"a": of(TABLE)}),
    "bars_figure": lambda of: plots.bars_figure(["a", "b", "c"], of(CURVE), "x", "title"),
    "cost_figure": lambda of: plots.cost_figure(of([64.0, 1024.0]), 8, 5),
    "touched_rows_figure": lambda of: plots.touched_rows_figure(WORDS, {"a": of(TABLE)}),
    "noise_figure": lambda of: plots.noise_figure(WORDS, {"a": of([0.25] * 4)}),
    "parallelogram_figure": lambda of: plots.parallelogram_figure(WORDS, of(TABLE), PAIRS),
    "training_figure": lambda of: plots.training_figure(WORDS, {2: of(TABLE)}, of(CURVE), PAIRS, 2),
}
