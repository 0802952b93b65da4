"""Week 08: small inputs for its widgets and figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from course.figures.panel import Panel
from course.weeks.week08_rlhf import plots, widgets
from specimens import CURVE, WORDS, Arrays, Many, Panels, Unsolved, named


def end_rewards(advantages: Callable[..., Any]) -> Panel:
    return widgets.lambda_slider(advantages, torch.eye(3)[2], torch.full((3,), 0.5))


def credit(rewards: torch.Tensor, values: torch.Tensor, mask: Any, gamma: float, lam: float) -> Any:
    return lam * rewards - values, rewards


PANELS: Panels = {
    "lambda_slider": (lambda: end_rewards(credit), "lam", 0.5),
    "leash_slider": (
        lambda: widgets.leash_slider(torch.tensor([0.0, 1.0, 3.0]), WORDS[:3], {"PPO": (1.0, 2.0)}),
        "beta",
        0.25,
    ),
    "tuning_slider": (
        lambda: widgets.tuning_slider([widgets.Moment(k, k / 2, (f"text {k}",)) for k in range(3)]),
        "step",
        1,
    ),
}

UNSOLVED: Unsolved = {"lambda": end_rewards}

MANY: Many = {
    "accuracy_bars": lambda n: plots.accuracy_bars(named(n, 0.75), {"chance": 0.5}),
    "clip_curves": lambda n: plots.clip_curves([0.5, 1.0, 1.5], named(n, CURVE)),
    "training": lambda n: plots.training(named(n, {"reward": CURVE}), ["reward"]),
    "frontier": lambda n: plots.frontier(named(n, (CURVE, CURVE)), named(n, (1.0, 2.0))),
}

ARRAYS: Arrays = {
    "agreement_bars": lambda of: plots.agreement_bars(of([0.625, 0.875]), 0.75),
    "clip_curves": lambda of: plots.clip_curves(of(CURVE), {"a": of(CURVE)}),
    "training": lambda of: plots.training({"a": {"reward": of(CURVE)}}, ["reward"]),
    "frontier": lambda of: plots.frontier({"a": (of(CURVE), of(CURVE))}, {}),
    "token_rewards": lambda of: plots.token_rewards(["a", "b"], {"reward": of([0.0, 1.0])}),
}
