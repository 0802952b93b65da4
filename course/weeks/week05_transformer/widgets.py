"""Widgets of week 05: paint a mask, slide along the positions, look through the heads.

Each is a `Panel` over a plain function that draws what its controls say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import ipywidgets as widgets
from matplotlib.figure import Figure
from torch import Tensor

from course.figures.panel import Panel
from course.weeks.week05_transformer import plots


def mask_painter(
    weights: Callable[[Tensor], Tensor], words: Sequence[str], masks: Mapping[str, Tensor]
) -> Panel:
    """Choose a mask, shut single words, and see who still looks at whom.

    Args:
        weights: from a mask, bool (T, T), to the weights (T, T) that attention makes of it.
        words: T labels.
        masks: (T, T) each, by their names; the first one is shown first.
    """

    def draw(mask: str, shut: Sequence[int], row: int) -> Figure:
        painted = masks[mask].clone()
        painted[:, list(shut)] = False
        return plots.mask_and_weights(painted, weights(painted), words, row)

    numbered = [(f"{place}: {word}", place) for place, word in enumerate(words)]
    return Panel(
        draw,
        mask=widgets.Dropdown(options=list(masks), description="mask"),
        shut=widgets.SelectMultiple(options=numbered, value=(), description="shut", rows=4),
        row=widgets.IntSlider(
            value=min(3, len(words) - 1), max=len(words) - 1, description="who asks"
        ),
    )


def position_slider(table: Tensor, place: int = 0) -> Panel:
    """Move along the positions and see how alike one of them is to all others.

    Args:
        table: (T, D).
        place: the first position shown.
    """

    def draw(place: int) -> Figure:
        return plots.positions(table, place)

    slider = widgets.IntSlider(
        value=place, max=len(table) - 1, description="position t", continuous_update=False
    )
    return Panel(draw, place=slider)


def head_viewer(
    weights: Mapping[str, Tensor],
    source: Sequence[str],
    target: Sequence[str],
    gold: Sequence[Sequence[int]],
    group: str = "",
    head: int = 0,
) -> Panel:
    """Look through the heads of a translator, for one sentence.

    Args:
        weights: (n_heads, T, S) for each group of heads, by its name. Of a group "encoder …" both
            sides are the source; of "…, back" both are the target; of "…, over" the target asks.
        source, target: the words; the target gets an end.
        gold: for each target word the places of its source words; framed in groups "…, over".
        group, head: what is shown first.
    """
    written = [*target, "<eos>"]
    told = ["<bos>", *target]

    def draw(group: str, head: int) -> Figure:
        title = f"{group}, head {head}"
        shown = weights[group][head]
        if "over" in group:
            return plots.head(shown, written, source, gold, title)
        words = source if "encoder" in group else told
        return plots.head(shown, words, words, title=title)

    heads = min(len(part) for part in weights.values())
    return Panel(
        draw,
        group=widgets.Dropdown(
            options=list(weights), value=group or next(iter(weights)), description="heads"
        ),
        head=widgets.IntSlider(value=head, max=heads - 1, description="head"),
    )
