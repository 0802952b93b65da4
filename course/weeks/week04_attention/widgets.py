"""Widgets of week 04: links of a pair, a mask to untick, attention maps, a look that is held.

Each is a `Panel` over a plain function that draws what its controls say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ipywidgets as widgets
import torch
from matplotlib.figure import Figure
from torch import Tensor

from course.data.grammar import SentencePair
from course.figures.panel import Panel
from course.weeks.week04_attention import plots
from course.weeks.week04_attention.toys import gold_links

Held = Callable[[int, int], tuple[list[str], Tensor]]


def link_slider(pairs: Sequence[SentencePair]) -> Panel:
    """Walk through sentence pairs and see which word comes from which."""

    def draw(number: int) -> Figure:
        return plots.links(pairs[number])

    slider = widgets.IntSlider(
        value=0, max=len(pairs) - 1, description="pair", continuous_update=False
    )
    return Panel(draw, number=slider)


def mask_buttons(
    words: Sequence[str], scores: Tensor, softmax: Callable[[Tensor, Tensor], Tensor]
) -> Panel:
    """Tick the words that are real and see how they share the weight.

    Args:
        words: T words; scores: (T,), one for each.
        softmax: the exercise, from scores and mask to weights.
    """

    def draw(**ticks: bool) -> Figure:
        mask = torch.tensor(list(ticks.values()))
        late = scores.softmax(-1) * mask
        return plots.mask_bars(words, softmax(scores.clone(), mask), late)

    boxes = {
        f"word{k}": widgets.Checkbox(value=k < len(words) - 2, description=word, indent=False)
        for k, word in enumerate(words)
    }
    return Panel(draw, **boxes)


def attention_map(pairs: Sequence[SentencePair], weights: Tensor) -> Panel:
    """Attention weights over the gold alignment, pair by pair.

    Args:
        pairs: B sentence pairs.
        weights: (B, T_out, T), one row for each word of the translation.
    """
    gold = gold_links(pairs, *weights.shape[1:])

    def draw(number: int) -> Figure:
        pair = pairs[number]
        return plots.attention_grid(
            weights[number], pair.english_words, pair.korean_words, gold[number]
        )

    slider = widgets.IntSlider(
        value=0, max=len(pairs) - 1, description="pair", continuous_update=False
    )
    return Panel(draw, number=slider)


def hold_panel(translate: Held, source: Sequence[str], steps: int) -> Panel:
    """Hold the look of one step at one source word, and read what is written.

    Args:
        translate: from a step and a place to the words that are written and the weights of each
            step, (T_out, T).
        source: the words of the sentence.
        steps: how many steps are offered.
    """

    def draw(at: int, place: int) -> tuple[str, Figure]:
        words, weights = translate(at, place)
        return " ".join(words), plots.attention_grid(weights, source, words)

    return Panel(
        draw,
        at=widgets.IntSlider(
            value=0, min=-1, max=max(0, steps - 1), description="step", continuous_update=False
        ),
        place=widgets.Dropdown(
            options=[(word, k) for k, word in enumerate(source)],
            value=min(4, len(source) - 1),
            description="held at",
        ),
    )
