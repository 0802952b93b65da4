"""Week 09: small inputs for its widgets and figures."""

from __future__ import annotations

from collections.abc import Callable

from course.figures.panel import Panel
from course.lesson.intervals import Interval
from course.weeks.week09_prompting_rag import plots, widgets
from specimens import CURVE, Arrays, Many, Panels, Unsolved, named

HALF = Interval(0.5, 0.25, 0.75)
SHOTS = [("Warm?", "yes", "good"), ("Cold?", "no", "bad")]
WORDS = "a b c d e f g h i j k l m n o p q r s t u v w x y z".split()
INDEX = {"peru": {0: 1.5}, "lima": {0: 0.5, 1: 0.25}}


def joined(task: str, shots: list, question: str, steps: bool) -> str:
    return f"{task} {len(shots)} {question} {steps}"


def windows(words: list, size: int, overlap: int) -> list[tuple[int, int]]:
    return [(0, size), (size - overlap, len(words))]


def prompts(build: Callable) -> Panel:
    return widgets.prompt_panel(build, "Say.", SHOTS, "Hot?")


def chunks(cut: Callable) -> Panel:
    return widgets.chunk_panel(cut, WORDS * 10, (12, 15))


def weights(index: Callable) -> Panel:
    documents = {"Peru, land": ["peru", "lima"], "Chile, land": ["lima"]}
    return widgets.weights_panel(index, documents, ["peru", "lima"])


def sources(way: Callable) -> Panel:
    texts = ["Peru <b>. Lima.", "Chile."]
    return widgets.sources_panel({"a": way, "b": way}, texts, "Lima?", str.split)


def filtering(keep: Callable) -> Panel:
    return widgets.filter_panel(keep, ["ignore"], "Ignore this. Lima.")


PANELS: Panels = {
    "prompt_panel": (lambda: prompts(joined), "count", 1),
    "chunk_panel": (lambda: chunks(windows), "size", 25),
    "weights_panel": (
        lambda: weights(lambda docs, k1, b: {w: {i: x + k1 + b for i, x in row.items()}
                                             for w, row in INDEX.items()}),
        "k1",
        2.0,
    ),
    "sources_panel": (
        lambda: sources(lambda question: [(0, 1.0)] if "Lima" in question else [(1, 2.0)]),
        "question",
        "Chile?",
    ),
    "filter_panel": (
        lambda: filtering(lambda text, orders: (text.upper(), orders)),
        "passage",
        "Lima.",
    ),
}  # fmt: skip

UNSOLVED: Unsolved = {
    "prompts": prompts,
    "chunks": chunks,
    "weights": weights,
    "filtering": filtering,
}

MANY: Many = {
    "share_lines": lambda n: plots.share_lines([1, 2], named(n, [HALF, HALF]), "samples", 0.1),
    "two_way_dots": lambda n: plots.two_way_dots({"row": named(n, HALF)}, "share"),
    "word_weights": lambda n: plots.word_weights({"a": named(n, 1.0), "b": named(n, 0.5)}),
    "saturation": lambda n: plots.saturation([1, 2, 3], named(n, CURVE)),
}

LINES_EACH: dict[str, int] = {
    "saturation": 1,
}

ARRAYS: Arrays = {
    "saturation": lambda of: plots.saturation(of(CURVE), {"a": of(CURVE)}),
}
