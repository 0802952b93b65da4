"""Widgets of week 14: patches, a temperature, a search, where a word looks, frames to letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import ipywidgets as widgets
import torch
from matplotlib.figure import Figure
from torch import Tensor

from course.figures.panel import Panel
from course.weeks.week14_multimodal import plots

SIDES = (2, 4, 8, 16, 32)


def patches_panel(
    pictures: Mapping[str, Tensor], patchify: Callable[[Tensor, int], Tensor]
) -> Panel:
    """Cut a picture into smaller and larger patches.

    Args:
        pictures: by name, (H, W, C); H and W are multiples of 32.
        patchify: of the exercise.
    """

    def draw(picture: str, P: int) -> Figure:
        chosen = pictures[picture]
        return plots.patch_sheet(chosen, patchify(chosen[None], P)[0], P)

    return Panel(
        draw,
        picture=widgets.Dropdown(options=list(pictures), description="picture"),
        P=widgets.SelectionSlider(options=SIDES, value=8, description="P"),
    )


def temperature_panel(
    u: Tensor, v: Tensor, names: Sequence[str], loss: Callable[[Tensor, Tensor, float], Tensor]
) -> Panel:
    """The same cosines at another temperature: what becomes of them in the softmax.

    Args:
        u, v: vectors of pictures and of captions, (B, D).
        names: B of them.
        loss: the `info_nce` of the exercise.
    """

    def draw(tau: float) -> Figure:
        near = torch.cosine_similarity(u[:, None], v[None], dim=-1)
        title = f"τ = {tau:g}: loss {float(loss(u, v, tau)):.2f} nats"
        return plots.probability_matrix((near / tau).softmax(-1), names, title)

    slider = widgets.SelectionSlider(
        options=(0.01, 0.03, 0.1, 0.3, 1.0, 3.0), value=0.1, description="τ"
    )
    return Panel(draw, tau=slider)


def search_panel(
    find: Callable[[str], Sequence[tuple[Tensor, str, float]]],
    first: str,
    others: Sequence[str] = (),
) -> Panel:
    """Type a caption, see the pictures that come nearest.

    Args:
        find: from a text to pictures (H, W, 3), each with a name and a score, the best first.
        first: what is asked at the start.
        others: more questions to choose from.
    """

    def draw(caption: str) -> Figure:
        found = find(caption)
        titles = [f"{plots._short(name, 15)}\n{score:.2f}" for _, name, score in found]
        return plots.picture_row([picture for picture, _, _ in found], titles)

    box = widgets.Combobox(
        value=first, options=[first, *others], description="caption", continuous_update=False
    )
    return Panel(draw, caption=box)


def looking_panel(
    scenes: Sequence[tuple[Tensor, Sequence[str]]], look: Callable[[Tensor, Sequence[str]], Tensor]
) -> Panel:
    """Choose a scene, see where each of its words looks.

    Args:
        scenes: pictures (S, S, 3), each with words.
        look: from a picture and T words to their attention (T, N).
    """

    def draw(scene: int) -> Figure:
        picture, words = scenes[scene - 1]
        return plots.heat_maps(picture, words, look(picture, words))

    most = len(scenes)
    return Panel(draw, scene=widgets.IntSlider(value=1, min=1, max=most, description="scene"))


def frames_panel(collapse: Callable[[Sequence[int], int], list[int]], first: str) -> Panel:
    """Type what a network says frame by frame, and read what it means; '-' is the blank.

    Args:
        collapse: the `ctc_collapse` of the exercise.
        first: the frames at the start.
    """

    def draw(frames: str) -> str:
        said = collapse([ord(c) for c in frames], ord("-"))
        return f"{len(frames)} frames: {frames}\nread as:  {''.join(map(chr, said))}"

    return Panel(
        draw, frames=widgets.Text(value=first, description="frames", continuous_update=False)
    )
