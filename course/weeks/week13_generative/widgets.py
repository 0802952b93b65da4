"""Widgets of week 13: the pull on a cloud, a walk over the latent map, a scrubber."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets as widgets
import torch
from matplotlib.figure import Figure
from torch import Tensor

from course.figures.panel import Panel
from course.weeks.week13_generative import plots


def _slider(name: str, value: float, least: float, most: float, step: float) -> widgets.FloatSlider:
    return widgets.FloatSlider(
        value=value, min=least, max=most, step=step, description=name, continuous_update=False
    )


def pull_panel(kl: Callable[[Tensor, Tensor], Tensor]) -> Panel:
    """Move a cloud over the standard Gaussian and read what it costs.

    Args:
        kl: the `gaussian_kl` of the exercise.
    """

    def draw(mean: float, spread: float) -> Figure:
        logs = 2 * torch.linspace(0.05, 3.0, 60).log()
        curve = kl(torch.full((60, 1), mean), logs[:, None])
        here = kl(torch.tensor([[mean]]), 2 * torch.tensor([[spread]]).log())
        return plots.cloud_and_price(mean, spread, float(here), (logs / 2).exp(), curve)

    return Panel(
        draw,
        mean=_slider("mean", 1.0, -3, 3, 0.25),
        spread=_slider("spread", 0.5, 0.05, 3, 0.05),
    )


def walk_panel(picture_at: Callable[[Tensor], Tensor], places: Tensor, labels: Tensor) -> Panel:
    """Walk over a map of codes of two numbers and see what stands there.

    Args:
        picture_at: from codes (N, 2) to images (N, 64).
        places: codes of training images, (N, 2), drawn as the map.
        labels: their digits, (N,).
    """

    def draw(across: float, up: float) -> Figure:
        here = torch.tensor([[across, up]])
        return plots.place_on_map(places, labels, (across, up), picture_at(here)[0])

    return Panel(
        draw, across=_slider("across", 0.0, -2.5, 2.5, 0.1), up=_slider("up", 0.5, -2.5, 2.5, 0.1)
    )


def scrub_panel(images_at: Callable[[int], Tensor], steps: int, name: str) -> Panel:
    """Move through the steps of noising or un-noising.

    Args:
        images_at: from a step, 0 to steps - 1, to images (N, D).
        steps: how many there are.
        name: what the step counts.
    """

    def draw(step: int) -> Figure:
        return plots.image_grid(images_at(step), columns=10)

    slider = widgets.IntSlider(
        value=steps // 3, min=0, max=steps - 1, description=name, continuous_update=False
    )
    stills = [{"step": step} for step in (0, steps // 4, steps // 2, steps - 1)]
    return Panel(draw, stills=stills, step=slider)
