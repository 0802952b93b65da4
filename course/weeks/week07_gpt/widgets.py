"""Widgets of week 07: a text as tokens, and the knobs of a sampler."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

import ipywidgets as widgets
from IPython.display import HTML
from matplotlib.figure import Figure
from torch import Tensor

from course.figures.panel import Counter, Panel
from course.weeks.week07_gpt import plots
from course.weeks.week07_gpt.toys import split_words

Encode = Callable[[bytes], list[int]]
TINTS = ("#cfe8f7", "#fde8c3", "#d3efe4", "#f7dcea")
CELL = (
    "display:inline-block;padding:1px 3px;margin:1px;border-radius:3px;background:{tint};"
    "color:#222222;font-family:monospace"
)


def token_strips(encoders: Mapping[str, Encode], text: str) -> Panel:
    """Write a text and see it cut into tokens by several tokenizers.

    Args:
        encoders: from a word (bytes) to ids, by name; their pieces, joined, are the word.
        text: what is shown first.
    """

    def draw(text: str) -> HTML:
        rows = "".join(_strip(name, encode, text) for name, encode in encoders.items())
        return HTML(rows)

    field = widgets.Text(value=text, description="text", continuous_update=False)
    field.layout.width = "min(46em, 95%)"
    return Panel(draw, text=field)


def _strip(name: str, encode: Encode, text: str) -> str:
    ids = [i for word in split_words(text) for i in encode(word)]
    cells = "".join(
        f"<span style='{CELL.format(tint=TINTS[k % len(TINTS)])}'>{i}</span>"
        for k, i in enumerate(ids)
    )
    told = f"<b>{escape(name)}</b>: {len(ids)} tokens for {len(text)} characters"
    return f"<p style='margin:6px 0'>{told}<br>{cells}</p>"


def sampling_playground(
    probs: Callable[..., Tensor],
    logits_of: Callable[[str], Tensor],
    words: Callable[[Sequence[int]], list[str]],
    written: Callable[..., str],
    prompt: str,
) -> Panel:
    """Turn temperature, top-k and top-p; see what stays of the distribution, and read a sample.

    Args:
        probs: the `sampling_probs` of the exercise.
        logits_of: from a prompt to logits (1, V).
        words: from ids to their texts.
        written: from a prompt, a seed and the knobs to a text.
        prompt: what is shown first.
    """

    def draw(
        prompt: str, temperature: float, top_k: int, top_p: float, again: int
    ) -> tuple[str, Figure]:
        logits = logits_of(prompt)
        knobs = {"temperature": temperature, "top_k": top_k, "top_p": top_p}
        after = probs(logits, temperature, top_k, top_p)[0]
        labels = words(range(logits.shape[1]))
        figure = plots.knob_bars(labels, logits[0].softmax(-1), after)
        return written(prompt, again, **knobs), figure

    def slider(value: float, low: float, high: float, step: float, name: str) -> widgets.Widget:
        return widgets.FloatSlider(
            value=value, min=low, max=high, step=step, description=name, continuous_update=False
        )

    return Panel(
        draw,
        prompt=widgets.Text(value=prompt, description="prompt", continuous_update=False),
        temperature=slider(0.8, 0, 2.5, 0.1, "temperature"),
        top_k=widgets.IntSlider(
            value=0, min=0, max=100, description="top-k", continuous_update=False
        ),
        top_p=slider(0.9, 0.05, 1.0, 0.05, "top-p"),
        again=Counter(description="again"),
    )
