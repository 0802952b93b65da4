"""Widgets of week 09: a prompt built by sliders, chunks, weights of words, sources, a filter."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape

import ipywidgets as widgets
from IPython.display import HTML
from matplotlib.figure import Figure

from course.figures.panel import Panel
from course.weeks.week09_prompting_rag import plots

Shot = tuple[str, str, str]
Found = Sequence[tuple[int, float]]
PRE = "white-space:pre-wrap;max-width:52em;border-left:3px solid #0072B2;padding-left:8px"
MARK = "<mark style='background:#F0E442'>{}</mark>"


def prompt_panel(
    build: Callable[[str, Sequence[Shot], str, bool], str],
    task: str,
    shots: Sequence[Shot],
    question: str,
) -> Panel:
    """Move the number of shots, switch the steps on, and read the prompt.

    Args:
        build: the `build_prompt` of the exercise.
        task, shots, question: what it is called with.
    """

    def draw(count: int, steps: bool) -> HTML:
        made = build(task, list(shots)[:count], question, steps)
        told = f"{len(made.split())} words, {len(made)} characters"
        return HTML(f"<pre style='{PRE}'>{escape(made)}</pre><p>{told}</p>")

    return Panel(
        draw,
        stills=[{"count": 2, "steps": False}, {"count": 0, "steps": True}],
        count=widgets.IntSlider(value=2, max=len(shots), description="shots"),
        steps=widgets.Checkbox(value=False, description="steps"),
    )


def chunk_panel(
    cut: Callable[[Sequence[str], int, int], Sequence[tuple[int, int]]],
    words: Sequence[str],
    answer: tuple[int, int],
) -> Panel:
    """Cut a document, and see which chunks hold the whole answer.

    Args:
        cut: the `chunk` of the exercise.
        words: of the document.
        answer: the first of the answer's words, and the one behind its last.
    """

    def draw(size: int, overlap: int) -> tuple[HTML, Figure]:
        spans = list(cut(words, size, min(overlap, size - 1)))
        holding = sum(start <= answer[0] and answer[1] <= stop for start, stop in spans)
        told = f"{len(spans)} chunks, {holding} of them with the whole answer"
        return HTML(f"<p>{told}</p>"), plots.chunk_strips(spans, len(words), answer)

    field = {"continuous_update": False}
    return Panel(
        draw,
        size=widgets.IntSlider(value=60, min=10, max=200, step=5, description="size", **field),
        overlap=widgets.IntSlider(value=15, min=0, max=100, step=5, description="overlap", **field),
    )


def weights_panel(
    index: Callable[..., Mapping[str, Mapping[int, float]]],
    documents: Mapping[str, Sequence[str]],
    question: Sequence[str],
    shown: int = 5,
) -> Panel:
    """Turn BM25's two knobs, and see what each word of a question adds to the best documents.

    Args:
        index: the `bm25` of the exercise.
        documents: words of each document, by its name.
        question: words of the question.
    """
    names = list(documents)

    def draw(k1: float, b: float) -> Figure:
        found = index(list(documents.values()), k1, b)
        rows: dict[str, dict[str, float]] = {}
        for place, name in enumerate(names):
            rows[name] = {word: found.get(word, {}).get(place, 0.0) for word in question}
        best = sorted(rows, key=lambda name: -sum(rows[name].values()))[:shown]
        return plots.word_weights({name: rows[name] for name in best})

    field = {"continuous_update": False}
    return Panel(
        draw,
        k1=widgets.FloatSlider(value=1.2, min=0, max=3, step=0.1, description="k1", **field),
        b=widgets.FloatSlider(value=0.75, min=0, max=1, step=0.05, description="b", **field),
    )


def sources_panel(
    ways: Mapping[str, Callable[[str], Found]],
    passages: Sequence[str],
    question: str,
    words: Callable[[str], list[str]],
) -> Panel:
    """Ask, and read the passages that each way of retrieval brings, with the shared words marked.

    Args:
        ways: from a question to places of passages with scores, best first, by name.
        passages: the texts.
        question: what stands in the field at first.
        words: how a text is cut into words.
    """

    def draw(way: str, question: str) -> HTML:
        asked = set(words(question))
        rows = [
            f"<li>{marked(passages[place], asked, words)} <small>({score:.2f})</small></li>"
            for place, score in list(ways[way](question))[:3]
        ]
        return HTML(f"<ol style='max-width:60em'>{''.join(rows)}</ol>")

    return Panel(
        draw,
        stills=[{"way": way} for way in ways],
        way=widgets.Dropdown(options=list(ways), description="retrieve by"),
        question=widgets.Text(
            value=question, description="question", continuous_update=False,
            layout={"width": "min(36em,90%)"},
        ),
    )  # fmt: skip


def marked(text: str, asked: set[str], words: Callable[[str], list[str]]) -> str:
    """The text as HTML; pieces whose words the question holds are marked."""
    pieces = re.split(r"(\s+)", text)
    return "".join(
        MARK.format(escape(piece)) if asked.intersection(words(piece)) else escape(piece)
        for piece in pieces
    )


def filter_panel(
    keep: Callable[[str, Sequence[str]], tuple[str, list[str]]], orders: Sequence[str], first: str
) -> Panel:
    """Write a passage that gives orders, and see what the filter lets through.

    Args:
        keep: the `injection_filter` of the exercise.
        orders: the patterns.
        first: what stands in the field at first.
    """

    def draw(passage: str) -> HTML:
        kept, dropped = keep(passage, orders)
        gone = "".join(f"<li><s>{escape(sentence)}</s></li>" for sentence in dropped)
        return HTML(f"<p><b>kept:</b> {escape(kept)}</p><p><b>dropped:</b></p><ul>{gone}</ul>")

    area = widgets.Textarea(
        value=first, description="passage", continuous_update=False,
        layout={"width": "90%", "height": "6em"},
    )  # fmt: skip
    return Panel(draw, passage=area)
