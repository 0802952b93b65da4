"""Every widget of every week is the one `Panel`: it draws, it fails in words, it recovers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch

from course.data import translation_pairs
from course.figures.panel import Panel
from course.models import load_tiny_bert, load_tiny_gpt2
from course.weeks.week00_setup import widgets as week00
from course.weeks.week01_word2vec import widgets as week01
from course.weeks.week02_rnn import widgets as week02
from course.weeks.week03_lstm import widgets as week03
from course.weeks.week03_lstm.toys import bracket_lstm, bracket_marks
from course.weeks.week04_attention import widgets as week04
from course.weeks.week06_bert import widgets as week06
from course.weeks.week07_gpt import widgets as week07

WORDS = ["king", "queen", "boy", "girl"]
VECTORS = np.array([[1.0, 0, 1], [1, 1, 1], [-1, 0, 1], [-1, 1, 1]])
PAIRS = [("king", "queen"), ("boy", "girl")]
CHECKPOINTS = [week02.Checkpoint(step, 40.0 - step, f"text {step}") for step in (0, 10, 20)]
GPT2 = cache(load_tiny_gpt2)
SENTENCES = translation_pairs(2)
BERT = cache(load_tiny_bert)


def softmax(logits: torch.Tensor, temperature: float = 1.0) -> torch.Tensor:
    return torch.softmax(logits / temperature, dim=-1)


def neighbours_of(ids: list[int], window: int) -> list[tuple[int, int]]:
    return [(i, j) for i in ids for j in ids if 0 < abs(i - j) <= window]


def masked_softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    return torch.where(mask, scores, -1e9).softmax(-1)


def held(at: int, place: int) -> tuple[list[str], torch.Tensor]:
    return [f"word {at}", f"place {place}"], torch.full((2, 2), 0.5)


def gate_trace(lstm: torch.nn.LSTM, x: torch.Tensor, clamp: dict | None) -> dict[str, torch.Tensor]:
    value = sum((clamp or {}).values())
    return {name: torch.full((len(x), lstm.hidden_size), value) for name in "ifgoch"}


def sampled(
    logits: torch.Tensor, temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0
) -> torch.Tensor:
    return torch.softmax(logits / max(temperature, 0.1), dim=-1)


def playground(probs: Callable[..., Any]) -> Panel:
    return week07.sampling_playground(
        probs,
        lambda prompt: torch.arange(4.0)[None],
        lambda ids: [WORDS[i] for i in ids],
        lambda prompt, seed, **knobs: f"{prompt} {seed} {knobs}",
        "The",
    )


def corrupt_first(ids: torch.Tensor, *dice: Any) -> tuple[torch.Tensor, torch.Tensor]:
    labels = torch.full_like(ids, -100)
    labels[0, 0] = ids[0, 0]
    return ids, labels


# name: (widget, the control to move, its other value)
PANELS: dict[str, tuple[Callable[[], Panel], str, Any]] = {
    "temperature_slider": (
        lambda: week00.temperature_slider(torch.arange(4.0), WORDS, softmax),
        "temperature",
        2.0,
    ),
    "next_token_explorer": (
        lambda: week00.next_token_explorer(*GPT2(), softmax),
        "prompt",
        "Captain",
    ),
    "window_slider": (
        lambda: week01.window_slider({"a": "one two three"}, neighbours_of),
        "window",
        1,
    ),
    "neighbours": (
        lambda: week01.neighbours(WORDS, lambda word: ([0, 1], [0.9, 0.8]), WORDS),
        "word",
        "boy",
    ),
    "parallelograms": (
        lambda: week01.parallelograms(WORDS, VECTORS, {"he to she": PAIRS}),
        "one",
        1,
    ),
    "training_slider": (
        lambda: week01.training_slider(WORDS, {0: 0 * VECTORS, 9: VECTORS}, [2.0] * 9, PAIRS),
        "step",
        0,
    ),
    "spectral_slider": (lambda: week02.spectral_slider(0.8), "radius", 1.3),
    "sample_slider": (lambda: week02.sample_slider(CHECKPOINTS, {"bigram": 10.6}), "number", 2),
    "markov_writer": (
        lambda: week02.markov_writer(lambda n, seed: f"text {n} {seed}", [1, 3], "text"),
        "order",
        3,
    ),
    "survival_slider": (lambda: week03.survival_slider(1.0), "bias", 5.0),
    "gate_clamp": (
        lambda: week03.gate_clamp(gate_trace, bracket_lstm(), bracket_marks("a(b)"), "a(b)"),
        "gate",
        "f",
    ),
    "link_slider": (lambda: week04.link_slider(SENTENCES), "number", 1),
    "mask_buttons": (
        lambda: week04.mask_buttons(WORDS, torch.arange(4.0), masked_softmax),
        "word0",
        False,
    ),
    "attention_map": (
        lambda: week04.attention_map(SENTENCES, torch.full((2, 30, 20), 0.05)),
        "number",
        1,
    ),
    "hold_panel": (lambda: week04.hold_panel(held, WORDS[:2], 3), "at", 2),
    "token_strips": (lambda: week07.token_strips({"bytes": list}, "a b"), "text", "abc"),
    "sampling_playground": (lambda: playground(sampled), "temperature", 2.0),
    "corruption": (
        lambda: week06.corruption(corrupt_first, {"a": ["one", "two"], "b": ["three"]}),
        "sentence",
        "b",
    ),
    "fill_mask": (lambda: week06.fill_mask(*BERT(), "a good film"), "hidden", 0),
    "mood_meter": (
        lambda: week06.mood_meter(lambda text: [0.5, len(text) / 100, 0.1], WORDS[:3], "a film"),
        "text",
        "another film",
    ),
}
each_panel = pytest.mark.parametrize(
    ("make", "control", "other"), PANELS.values(), ids=PANELS.keys()
)


def what_is_shown(panel: Panel) -> tuple[str, bytes]:
    return panel.text.value, bytes(panel.picture.value)


def failing(**values: Any) -> None:
    raise NotImplementedError("write <this> first")


def test_no_widget_of_a_week_is_forgotten() -> None:
    """Each function of a week's widgets that returns a Panel is tried below."""
    made = {
        name
        for module in (week00, week01, week02, week03, week04, week06, week07)
        for name, thing in vars(module).items()
        if getattr(thing, "__annotations__", {}).get("return") == "Panel"
    }
    assert made == set(PANELS)


@each_panel
def test_every_widget_redraws_and_has_a_still_version(
    make: Callable[[], Panel], control: str, other: Any
) -> None:
    """Another value shows something else, and a page without widgets has a picture or a text."""
    panel = make()
    before = what_is_shown(panel)
    assert type(panel) is Panel and not panel.message.value
    panel.controls[control].value = other
    assert what_is_shown(panel) != before
    assert {"image/png", "text/html"} & set(panel._repr_mimebundle_())


@each_panel
def test_every_widget_tells_a_failing_draw_and_recovers(
    make: Callable[[], Panel], control: str, other: Any
) -> None:
    """The error stands where the picture was; the next move shows the old picture again."""
    panel = make()
    before, value, works = what_is_shown(panel), panel.controls[control].value, panel.draw
    panel.draw = failing
    panel.controls[control].value = other
    assert "NotImplementedError: write &lt;this&gt; first" in panel.message.value
    assert what_is_shown(panel) == ("", b"")
    panel.draw = works
    panel.controls[control].value = value
    assert what_is_shown(panel) == before
    assert not panel.message.value


def stub(*arguments: Any) -> Any:
    raise NotImplementedError("Write the exercise above first.")


@pytest.mark.parametrize("exercise", [stub, lambda *arguments: None], ids=["stub", "no return"])
@pytest.mark.parametrize(
    "make",
    [
        lambda exercise: week00.temperature_slider(torch.arange(4.0), WORDS, exercise),
        lambda exercise: week00.next_token_explorer(*GPT2(), exercise),
        lambda exercise: week01.window_slider({"a": "one two"}, exercise),
        lambda exercise: week01.neighbours(WORDS, exercise, WORDS),
        lambda exercise: week02.markov_writer(exercise, [1, 3], "text"),
        lambda exercise: week03.gate_clamp(exercise, bracket_lstm(), bracket_marks("a"), "a"),
        lambda exercise: week04.mask_buttons(WORDS, torch.arange(4.0), exercise),
        lambda exercise: week07.token_strips({"bytes": exercise}, "a b"),
        playground,
        lambda exercise: week06.corruption(exercise, {"a": ["one", "two"]}),
    ],
    ids=[
        "temperature",
        "explorer",
        "window",
        "neighbours",
        "writer",
        "clamp",
        "mask",
        "tokens",
        "knobs",
        "corruption",
    ],
)
def test_a_widget_around_an_unsolved_exercise_says_so(
    make: Callable[[Callable], Panel], exercise: Callable
) -> None:
    """The cell does not fail: the panel and its still version carry the reason."""
    panel = make(exercise)
    reason = "Write the exercise above first." if exercise is stub else "None"
    assert reason in panel.message.value
    assert reason in panel._repr_mimebundle_()["text/html"]
