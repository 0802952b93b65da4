"""Week 13: small inputs for its widgets and figures."""

from __future__ import annotations

import torch
from torch import Tensor

from course.weeks.week13_generative import plots, widgets
from specimens import CURVE, Arrays, Many, Panels, Unsolved, named

IMAGES = [[0.0, 0.5, 1.0, 0.25]] * 3  # 2×2 pixels
PLACES = [[0.0, 1.0], [1.0, 0.5], [-1.0, 0.0]]
LABELS = [0.0, 1.0, 1.0]
ROW = {"fidelity": 0.5, "diversity": 0.25, "nearest": 1.5, "seconds": 2.0, "obeyed": 0.75,
       "step": 10, "images": IMAGES}  # fmt: skip


def picture(places: Tensor) -> Tensor:
    return torch.full((len(places), 4), 0.5)


def kl(mu: Tensor, logvar: Tensor) -> Tensor:
    return (mu.square() + logvar.square()).sum(-1)


PANELS: Panels = {
    "pull_panel": (lambda: widgets.pull_panel(kl), "spread", 1.5),
    "walk_panel": (
        lambda: widgets.walk_panel(picture, torch.tensor(PLACES), torch.tensor(LABELS)),
        "up",
        -1.0,
    ),
    "scrub_panel": (
        lambda: widgets.scrub_panel(lambda step: torch.full((3, 4), step / 9), 9, "step"),
        "step",
        8,
    ),
}

UNSOLVED: Unsolved = {
    "pull": widgets.pull_panel,
}

MANY: Many = {
    "verdict_bars": lambda n: plots.verdict_bars(named(n, ROW)),
    "seed_dots": lambda n: plots.seed_dots(named(n, [ROW, ROW])),
    "generation_curves": lambda n: plots.generation_curves(named(n, [ROW, ROW])),
    "vocabulary_curves": lambda n: plots.vocabulary_curves(named(n, CURVE)),
    "gan_stages": lambda n: plots.gan_stages(named(n, [ROW])),
}

ARRAYS: Arrays = {
    "image_grid": lambda of: plots.image_grid(of(IMAGES), 2),
    "image_rows": lambda of: plots.image_rows({"a": of(IMAGES)}),
    "latent_map": lambda of: plots.latent_map(of(PLACES), of(LABELS), picture),
    "place_on_map": lambda of: plots.place_on_map(of(PLACES), of(LABELS), (0, 0), of(IMAGES[0])),
    "cloud_and_price": lambda of: plots.cloud_and_price(0.0, 1.0, 0.0, of(CURVE), of(CURVE)),
    "posterior_collapse": lambda of: plots.posterior_collapse(
        {0.5: (1.0, 2.0)}, {"β = 0.5": of(IMAGES)}
    ),
    "flow_way": lambda of: plots.flow_way(of(CURVE), [of(IMAGES), of(IMAGES)]),
    "comparison_page": lambda of: plots.comparison_page({"a": of(IMAGES)}, {"a": ROW}),
    "vocabulary_curves": lambda of: plots.vocabulary_curves({"a": of(CURVE)}),
    "syllable_pairs": lambda of: plots.syllable_pairs(["가", "나", "다"], of(IMAGES), of(IMAGES)),
}
