"""Widgets of week 06: who is masked, what fills a gap, and the mood of your own sentence.

Each is a `Panel` over a plain function that draws what its controls say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ipywidgets as widgets
import torch
from matplotlib.figure import Figure
from torch import Tensor

from course.figures.panel import Counter, Panel
from course.weeks.week06_bert import plots

MASK = "[MASK]"
Corrupt = Callable[..., tuple[Tensor, Tensor]]


def fates_of(
    corrupt: Corrupt, words: Sequence[str], share: float, seed: int
) -> tuple[list[str], list[str]]:
    """What the model sees of some words, and what became of each: a key of `plots.FATES`.

    Args:
        corrupt: the `mlm_corrupt` of the exercise; word n has the id n, and [MASK] comes after all.
    """
    dice = torch.Generator().manual_seed(seed)
    T = len(words)
    ids = torch.arange(T)[None]
    pick, fate = torch.rand(2, 1, T, generator=dice)
    other = torch.randint(T, (1, T), generator=dice)
    may = torch.ones(1, T, dtype=torch.bool)
    inputs, labels = corrupt(ids, may, pick, fate, other, T, share)
    shown = [MASK if n == T else words[n] for n in inputs[0].tolist()]
    told = zip(inputs[0].tolist(), labels[0].tolist(), range(T), strict=True)
    return shown, [_fate(seen, label, own, T) for seen, label, own in told]


def _fate(seen: int, label: int, own: int, mask: int) -> str:
    if label < 0:
        return "not chosen"
    return MASK if seen == mask else "kept" if seen == own else "random"


def corruption(corrupt: Corrupt, sentences: Mapping[str, Sequence[str]]) -> Panel:
    """Choose a sentence and a share, and throw the dice again and again.

    Args:
        corrupt: the `mlm_corrupt` of the exercise.
        sentences: lists of words by name.
    """

    def draw(sentence: str, share: float, again: int) -> Figure:
        words = sentences[sentence]
        shown, fates = fates_of(corrupt, words, share, again)
        return plots.token_fates(words, shown, fates)

    return Panel(
        draw,
        sentence=widgets.Dropdown(options=list(sentences), description="sentence"),
        share=widgets.FloatSlider(
            value=0.3, min=0.05, max=0.6, step=0.05, description="share", continuous_update=False
        ),
        again=Counter(description="again"),
    )


@torch.no_grad()
def guesses_for(
    model: Any, tokenizer: Any, words: Sequence[str], place: int, most: int = 6
) -> tuple[list[str], Tensor]:
    """The likeliest tokens for the word at a place, and their probabilities, the best first."""
    text = " ".join([*words[:place], tokenizer.mask_token, *words[place + 1 :]])
    batch = tokenizer(text, return_tensors="pt")
    at = (batch["input_ids"][0] == tokenizer.mask_token_id).nonzero()[0, 0]
    found = model(**batch).logits[0, at].softmax(-1).topk(most)
    return tokenizer.convert_ids_to_tokens(found.indices.tolist()), found.values


def fill_mask(model: Any, tokenizer: Any, sentence: str) -> Panel:
    """Click on a word: it is hidden, and the model says what could stand there.

    Args:
        model, tokenizer: as `load_tiny_bert` gives them.
        sentence: words and marks with blanks between them; any sentence of yours.
    """
    words = sentence.split()

    def draw(hidden: int) -> Figure:
        found, probabilities = guesses_for(model, tokenizer, words, hidden)
        gap = " ".join([*words[:hidden], "____", *words[hidden + 1 :]])
        return plots.guesses(found, probabilities, f"{gap}     ({words[hidden]})")

    buttons = widgets.ToggleButtons(
        options=[(word, place) for place, word in enumerate(words)],
        value=len(words) // 2,
        description="hide",
        style={"button_width": "auto"},
    )
    return Panel(draw, hidden=buttons)


def mood_meter(
    probabilities: Callable[[str], Tensor], classes: Sequence[str], sentence: str
) -> Panel:
    """Type a sentence and see how likely each class is.

    Args:
        probabilities: of a text, one for each class.
        classes: their names.
        sentence: the first one.
    """

    def draw(text: str) -> Figure:
        return plots.mood_bars(probabilities(text), classes)

    box = widgets.Text(value=sentence, description="text", continuous_update=False)
    return Panel(draw, text=box)
