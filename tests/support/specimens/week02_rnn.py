"""Week 02: small inputs for its widgets and figures."""

from __future__ import annotations

import numpy as np

from course.weeks.week02_rnn import plots, widgets
from specimens import CURVE, SQUARE, Arrays, Many, Panels, Unsolved, named

CHECKPOINTS = [widgets.Checkpoint(step, 40.0 - step, f"text {step}") for step in (0, 10, 20)]

PANELS: Panels = {
    "spectral_slider": (lambda: widgets.spectral_slider(0.8), "radius", 1.3),
    "sample_slider": (lambda: widgets.sample_slider(CHECKPOINTS, {"bigram": 10.6}), "number", 2),
    "markov_writer": (
        lambda: widgets.markov_writer(lambda n, seed: f"text {n} {seed}", [1, 3], "text"),
        "order",
        3,
    ),
}

UNSOLVED: Unsolved = {
    "writer": lambda exercise: widgets.markov_writer(exercise, [1, 3], "text"),
}

MANY: Many = {
    "ngram_curve": lambda n: plots.ngram_curve([1, 2, 3], named(n, (CURVE, CURVE))),
    "memory_curve": lambda n: plots.memory_curve(named(n, CURVE)),
    "gradient_profile": lambda n: plots.gradient_profile(named(n, CURVE)),
    "influence": lambda n: plots.influence(named(n, SQUARE)),
    "training_curve": lambda n: plots.training_curve([0, 5, 9], CURVE, named(n, 6.0)),
    "seat_belt": lambda n: plots.seat_belt(named(n, [(3.6, 1.0), (2.0, 5.0)])),
    "state_readout": lambda n: plots.state_readout(
        "abc",
        np.zeros((3, n)),
        {name: (k, 0.5) for k, name in enumerate(named(n, CURVE))},
        named(n, CURVE),
        CURVE,
        next(iter(named(n, CURVE))),
    ),
    "unit_bars": lambda n: plots.unit_bars(named(n, 1.3)),
}

LINES_EACH: dict[str, int] = {
    "ngram_curve": 2,
    "memory_curve": 1,
    "gradient_profile": 1,
    "seat_belt": 1,
}

ARRAYS: Arrays = {
    "ngram_curve": lambda of: plots.ngram_curve([1, 2, 3], {"a": (of(CURVE), of(CURVE))}),
    "memory_curve": lambda of: plots.memory_curve({"a": of(CURVE)}),
    "gradient_profile": lambda of: plots.gradient_profile({"a": of(CURVE)}),
    "spectral_frame": lambda of: plots.spectral_frame(0.5, of(CURVE), of(CURVE)),
    "clip_arrows": lambda of: plots.clip_arrows(
        of([3.0, 4.0]), of([0.5, 0.75]), of([1.0, 1.0]), 1.0
    ),
    "influence": lambda of: plots.influence({"a": of(SQUARE)}),
    "training_curve": lambda of: plots.training_curve(of([0.0, 5.0, 9.0]), of(CURVE), {}, 1),
    "seat_belt": lambda of: plots.seat_belt({"a": of([[3.5, 1.0], [2.0, 5.0]])}),
    "context_curve": lambda of: plots.context_curve(
        of([1.0, 2.0, 3.0]), of(CURVE), of([1.0, 2.0, 3.0]), of(CURVE)
    ),
    "state_readout": lambda of: plots.state_readout(
        "ab", of(SQUARE), {"a": (0, 0.5)}, {"a": of([1.0, 2.0])}, of([1.0, 2.0]), "a"
    ),
}
