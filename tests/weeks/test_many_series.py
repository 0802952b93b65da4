"""Figures take any number of series, and every kind of array that a notebook has at hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pytest
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from course.figures import style
from course.weeks.week00_setup import plots as week00
from course.weeks.week01_word2vec import plots as week01
from course.weeks.week02_rnn import plots as week02
from course.weeks.week03_lstm import plots as week03
from course.weeks.week04_attention import plots as week04
from course.weeks.week06_bert import plots as week06
from course.weeks.week07_gpt import plots as week07

PNG = b"\x89PNG"
COUNTS = [1, 6, 7, 20]
# Numbers below are multiples of 1/8, so that no kind rounds them.
KINDS: dict[str, Callable[[Any], Any]] = {
    "list": list,
    "array": np.array,
    "tensor": torch.tensor,
    "tensor with a gradient": lambda values: torch.tensor(values).requires_grad_(),
    "bfloat16": lambda values: torch.tensor(values, dtype=torch.bfloat16),
}
CURVE = [3.0, 2.0, 1.5]
SQUARE = [[1.0, 0.5], [0.25, 1.0]]
TABLE = [[1.0, 0.0, 1.0], [1.0, 1.0, 1.0], [-1.0, 0.0, 1.0], [-1.0, 1.0, 1.0]]
WORDS = ["king", "queen", "boy", "girl"]
PAIRS = [("king", "queen"), ("boy", "girl")]


def named(count: int, value: Any) -> dict[str, Any]:
    return {f"series {k}": value for k in range(count)}


def expected_loss(size: int, std: float) -> float:
    return math.log(size) + std * std / 2


def softmaxes(count: int) -> Mapping[str, Callable]:
    return named(count, lambda logits: torch.softmax(logits, -1))


def gates(of: Callable[[Any], Any]) -> dict[str, Any]:
    return {name: of([[0.125, 0.875], [0.25, 0.75], [0.375, 0.625]]) for name in "ifgoch"}


# Each takes the number of series and draws that many.
MANY: dict[str, Callable[[int], Figure]] = {
    "speed_dots": lambda n: week00.speed_dots(named(n, 0.1)),
    "probability_bars": lambda n: week00.probability_bars([1 / n] * n, [str(k) for k in range(n)]),
    "shift_invariance": lambda n: week00.shift_invariance(
        softmaxes(n), torch.arange(3.0), [-1e4, 0, 1e4]
    ),
    "first_losses": lambda n: week00.first_losses(
        [0, 1, 2], {27 + k: CURVE for k in range(n)}, expected_loss
    ),
    "text_losses": lambda n: week00.text_losses(named(n, 3.0), guess=8.0),
    "heads_as_colours": lambda n: week00.heads_as_colours(
        torch.arange(3 * 2 * n).reshape(3, n, 2).transpose(0, 1), n_heads=n, T=3, D=2 * n
    ),
    "attention_maps": lambda n: week00.attention_maps([SQUARE] * n, ["a", "b"]),
    "similarity_figure": lambda n: week01.similarity_figure(WORDS, named(n, TABLE)),
    "touched_rows_figure": lambda n: week01.touched_rows_figure(WORDS, named(n, TABLE)),
    "noise_figure": lambda n: week01.noise_figure(WORDS, named(n, [0.25] * 4)),
    "ages_figure": lambda n: week01.ages_figure(named(n, {"rules": 0.5, "bag": 0.75})),
    "unknown_figure": lambda n: week01.unknown_figure([100, 300, 1000], named(n, CURVE)),
    "gradients_figure": lambda n: week01.gradients_figure(named(n, (CURVE, CURVE))),
    "frequency_figure": lambda n: week01.frequency_figure(
        named(n, [(10.0, 0.25, 4), (100.0, 0.5, 4)])
    ),
    "accuracy_figure": lambda n: week01.accuracy_figure(named(n, {"x": (1, 2), "y": (0, 0)})),
    "ngram_curve": lambda n: week02.ngram_curve([1, 2, 3], named(n, (CURVE, CURVE))),
    "memory_curve": lambda n: week02.memory_curve(named(n, CURVE)),
    "gradient_profile": lambda n: week02.gradient_profile(named(n, CURVE)),
    "influence": lambda n: week02.influence(named(n, SQUARE)),
    "training_curve": lambda n: week02.training_curve([0, 5, 9], CURVE, named(n, 6.0)),
    "seat_belt": lambda n: week02.seat_belt(named(n, [(3.6, 1.0), (2.0, 5.0)])),
    "state_readout": lambda n: week02.state_readout(
        "abc",
        np.zeros((3, n)),
        {name: (k, 0.5) for k, name in enumerate(named(n, CURVE))},
        named(n, CURVE),
        CURVE,
        next(iter(named(n, CURVE))),
    ),
    "belt_values": lambda n: week03.belt_values(named(n, CURVE)),
    "padded_states": lambda n: week03.padded_states([CURVE] * n, [CURVE] * n, [2] * n),
    "gate_strips": lambda n: week03.gate_strips(
        "abc", gates(np.array), 1, bits=named(n, [1.0, 2.0])
    ),
    "gate_map": lambda n: week03.gate_map("abc", gates(np.array), "f", [0] * n),
    "gradient_reach": lambda n: week03.gradient_reach(named(n, CURVE)),
    "recall_dots": lambda n: week03.recall_dots(named(n, [0.5, 0.6]), chance=0.125),
    "unit_bars": lambda n: week02.unit_bars(named(n, 1.3)),
    "learning_curves": lambda n: week03.learning_curves([1, 2, 3], named(n, CURVE), {"b": 3.4}),
    "score_bars": lambda n: week04.score_bars(named(n, CURVE), named(n, CURVE)),
    "by_length": lambda n: week04.by_length([3, 9], named(n, [True, False])),
    "compression": lambda n: week07.compression([1, 2, 3], named(n, CURVE)),
    "loss_curves": lambda n: week07.loss_curves(named(n, ([1, 2, 3], CURVE)), {"b": 3.4}),
    "collapse_lines": lambda n: week07.collapse_lines(named(n, CURVE)),
    "style_bars": lambda n: week07.style_bars(
        named(n, {"reviews": 2.5, "novel": 1.5}), {"table": 2.0}
    ),
    "masking_curves": lambda n: week06.masking_curves([5, 10, 15], named(n, CURVE)),
    "label_curves": lambda n: week06.label_curves(named(n, ([5, 50], SQUARE)), {"chance": 0.33}),
}


@pytest.mark.filterwarnings("error:constrained_layout not applied")
@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("draw", MANY.values(), ids=MANY.keys())
def test_figures_take_one_six_seven_and_twenty_series(
    draw: Callable[[int], Figure], count: int
) -> None:
    """No count is an error; a figure with a long legend still has room for its axes."""
    figure = draw(count)
    assert len(contents(figure)) > 3 * len(figure.axes)
    if count == max(COUNTS) and any(ax.get_legend() for ax in figure.axes):
        assert style.png(figure, dpi=20).startswith(PNG)


def looks_of(figure: Figure) -> set[tuple[Any, ...]]:
    """Colour, line, marker and filling of every labelled line."""
    lines = [line for ax in figure.axes for line in ax.lines if shown_in_legend(line)]
    return {
        (line.get_color(), str(line._dash_pattern), line.get_marker(), line.get_markerfacecolor())
        for line in lines
    }


def shown_in_legend(line: Line2D) -> bool:
    return not str(line.get_label()).startswith("_")


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize(
    ("name", "lines_each"),
    [
        ("noise_figure", 1),
        ("frequency_figure", 1),
        ("unknown_figure", 1),
        ("first_losses", 2),
        ("ngram_curve", 2),
        ("memory_curve", 1),
        ("gradient_profile", 1),
        ("seat_belt", 1),
        ("belt_values", 1),
        ("gradient_reach", 1),
        ("learning_curves", 1),
        ("compression", 1),
        ("collapse_lines", 1),
        ("padded_states", 1),
    ],
)
def test_no_two_lines_of_a_figure_look_alike(name: str, lines_each: int, count: int) -> None:
    """However many lines there are, none is dropped and each has a look of its own."""
    assert len(looks_of(MANY[name](count))) == lines_each * count


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("name", ["accuracy_figure", "gate_strips"])
def test_no_two_groups_of_bars_look_alike(name: str, count: int) -> None:
    """Colour and hatching together tell every group from every other."""
    bars = [bar for ax in MANY[name](count).axes for bar in ax.patches]
    assert len({(bar.get_facecolor(), bar.get_hatch()) for bar in bars}) == count


def test_twenty_heads_keep_twenty_looks() -> None:
    """Each head's numbers share one look, which no other head has."""
    panels = MANY["heads_as_colours"](20).axes[1:]
    seen = [{(p.get_facecolor(), p.get_hatch()) for p in panel.patches} for panel in panels]
    assert all(len(of_head) == 1 for of_head in seen)
    assert len(set.union(*seen)) == 20


# ------------------------------------------------------------------------------------ arrays
# Each takes a function that makes the arrays.
ARRAYS: dict[str, Callable[[Callable[[Any], Any]], Figure]] = {
    "probability_bars": lambda of: week00.probability_bars(of([0.75, 0.25]), ["a", "b"]),
    "first_losses": lambda of: week00.first_losses(
        of([0.0, 1.0, 2.0]), {27: of(CURVE)}, expected_loss
    ),
    "padded_batch": lambda of: week00.padded_batch(
        of([[1.0, 1.0], [1.0, 0.0]]), [["a", "b"], ["c", "-"]]
    ),
    "similarity_grid": lambda of: week00.similarity_grid(of(SQUARE), ["a", "b"]),
    "heads_as_colours": lambda of: week00.heads_as_colours(
        of([[[0.0, 1.0]], [[2.0, 3.0]]]), n_heads=2, T=1, D=4
    ),
    "attention_maps": lambda of: week00.attention_maps(of([SQUARE, SQUARE]), ["a", "b"]),
    "step_size_curve": lambda of: week00.step_size_curve(math.sin, 1.0, 0.0, of([0.5, 0.25])),
    "head_rises": lambda of: week00.head_rises(of(SQUARE), 4.5),
    "gradient_tables": lambda of: week00.gradient_tables(of(SQUARE), of(SQUARE)),
    "gradcheck_scatter": lambda of: week00.gradcheck_scatter(of(CURVE), of(CURVE)),
    "unknown_figure": lambda of: week01.unknown_figure(of([64.0, 128.0, 256.0]), {"a": of(CURVE)}),
    "gradients_figure": lambda of: week01.gradients_figure({"a": (of(CURVE), of(CURVE))}),
    "similarity_figure": lambda of: week01.similarity_figure(WORDS, {"a": of(TABLE)}),
    "bars_figure": lambda of: week01.bars_figure(["a", "b", "c"], of(CURVE), "x", "title"),
    "cost_figure": lambda of: week01.cost_figure(of([64.0, 1024.0]), 8, 5),
    "touched_rows_figure": lambda of: week01.touched_rows_figure(WORDS, {"a": of(TABLE)}),
    "noise_figure": lambda of: week01.noise_figure(WORDS, {"a": of([0.25] * 4)}),
    "parallelogram_figure": lambda of: week01.parallelogram_figure(WORDS, of(TABLE), PAIRS),
    "training_figure": lambda of: week01.training_figure(
        WORDS, {2: of(TABLE)}, of(CURVE), PAIRS, 2
    ),
    "ngram_curve": lambda of: week02.ngram_curve([1, 2, 3], {"a": (of(CURVE), of(CURVE))}),
    "memory_curve": lambda of: week02.memory_curve({"a": of(CURVE)}),
    "gradient_profile": lambda of: week02.gradient_profile({"a": of(CURVE)}),
    "spectral_frame": lambda of: week02.spectral_frame(0.5, of(CURVE), of(CURVE)),
    "clip_arrows": lambda of: week02.clip_arrows(
        of([3.0, 4.0]), of([0.5, 0.75]), of([1.0, 1.0]), 1.0
    ),
    "influence": lambda of: week02.influence({"a": of(SQUARE)}),
    "training_curve": lambda of: week02.training_curve(of([0.0, 5.0, 9.0]), of(CURVE), {}, 1),
    "seat_belt": lambda of: week02.seat_belt({"a": of([[3.5, 1.0], [2.0, 5.0]])}),
    "context_curve": lambda of: week02.context_curve(
        of([1.0, 2.0, 3.0]), of(CURVE), of([1.0, 2.0, 3.0]), of(CURVE)
    ),
    "state_readout": lambda of: week02.state_readout(
        "ab", of(SQUARE), {"a": (0, 0.5)}, {"a": of([1.0, 2.0])}, of([1.0, 2.0]), "a"
    ),
    "belt_values": lambda of: week03.belt_values({"a": of(CURVE)}),
    "padded_states": lambda of: week03.padded_states(of(SQUARE), of(SQUARE), of([1.0, 2.0])),
    "gate_strips": lambda of: week03.gate_strips(
        "abc", gates(of), 1, gates(of), {"a": of([1.0, 2.0])}
    ),
    "gate_map": lambda of: week03.gate_map("abc", gates(of), "f", [1, 0]),
    "gradient_reach": lambda of: week03.gradient_reach({"a": of(CURVE)}),
    "recall_dots": lambda of: week03.recall_dots({"a": of([0.5, 0.75])}, 0.125),
    "learning_curves": lambda of: week03.learning_curves(
        of([1.0, 2.0, 3.0]), {"a": of(CURVE)}, {"b": 3.4}
    ),
    "score_bars": lambda of: week04.score_bars({"a": of(CURVE)}, {"a": of(CURVE)}),
    "mask_bars": lambda of: week04.mask_bars(["a", "b"], of([0.5, 0.5]), of([0.25, 0.5])),
    "attention_grid": lambda of: week04.attention_grid(
        of(SQUARE), ["a", "b"], ["x", "y"], of([[1.0, 0.0], [0.0, 1.0]])
    ),
    "by_length": lambda of: week04.by_length(of([3.0, 9.0]), {"a": of([1.0, 0.0])}),
    "knob_bars": lambda of: week07.knob_bars(["a", "b"], of([0.75, 0.25]), of([1.0, 0.0])),
    "head_grid": lambda of: week07.head_grid(of(SQUARE)),
    "collapse_lines": lambda of: week07.collapse_lines({"a": of(CURVE)}),
    "loss_curves": lambda of: week07.loss_curves({"a": (of(CURVE), of(CURVE))}, {"b": 3.4}),
    "compression": lambda of: week07.compression(of([1.0, 2.0, 3.0]), {"a": of(CURVE)}),
    "masking_curves": lambda of: week06.masking_curves(of([1.0, 2.0, 3.0]), {"a": of(CURVE)}),
    "label_curves": lambda of: week06.label_curves({"a": ([1, 2], of(SQUARE))}, {"b": 0.5}),
    "place_likeness": lambda of: week06.place_likeness(of(SQUARE)),
    "guesses": lambda of: week06.guesses(["a", "b"], of([0.5, 0.25]), "c"),
    "head_costs": lambda of: week06.head_costs(of(SQUARE), 0.5),
    "confusion": lambda of: week06.confusion(of(SQUARE), ["a", "b"]),
    "mood_bars": lambda of: week06.mood_bars(of([0.5, 0.25, 0.25]), ["a", "b", "c"]),
}


@pytest.mark.parametrize("draw", ARRAYS.values(), ids=ARRAYS.keys())
def test_lists_arrays_and_tensors_give_the_same_figure(
    draw: Callable[[Callable[[Any], Any]], Figure],
) -> None:
    """Kind, gradient and precision of an array make no difference: one door converts them all."""
    first, *others = (contents(draw(of)) for of in KINDS.values())
    assert first and all(other == first for other in others)


def contents(figure: Figure) -> list[str]:
    """What the axes of a figure hold: the numbers of lines, surfaces and images, and all texts."""
    return [part for ax in figure.axes for part in parts(ax)]


def parts(ax: Axes) -> Iterator[str]:
    yield from (np.array2string(line.get_xydata()) for line in ax.lines)
    yield from (np.array2string(patch.get_path().vertices) for patch in ax.patches)
    yield from (np.array2string(np.ma.filled(i.get_array(), 404.0)) for i in ax.images)
    yield from (text.get_text() for text in ax.texts)
    yield from (ax.get_title(loc="left"), ax.get_xlabel(), ax.get_ylabel())
