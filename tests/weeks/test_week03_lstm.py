"""Week 03's toys, figures and widgets: what they compute and what they show."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from torch import Tensor, nn

from course.weeks.week03_lstm import plots, toys, widgets
from course.weeks.week03_lstm.toys import (
    COUNTER,
    FLAG,
    SYMBOLS,
    bracket_lstm,
    bracket_marks,
    recall_batch,
)

PNG = b"\x89PNG"
TEXT = "a(bc) (d)"


def trace_of(lstm: nn.LSTM, x: Tensor, clamp: dict[str, float] | None = None) -> dict[str, Tensor]:
    """What the notebook's `gate_trace` returns."""
    W, U, b = lstm.weight_ih_l0, lstm.weight_hh_l0, lstm.bias_ih_l0 + lstm.bias_hh_l0
    h = c = torch.zeros(lstm.hidden_size)
    rows: dict[str, list[Tensor]] = {name: [] for name in "ifgoch"}
    for x_t in x:
        i, f, g, o = (W @ x_t + U @ h + b).chunk(4)
        now = {"i": i.sigmoid(), "f": f.sigmoid(), "g": g.tanh(), "o": o.sigmoid()}
        now |= {name: torch.full_like(h, value) for name, value in (clamp or {}).items()}
        c = now["f"] * c + now["i"] * now["g"]
        h = now["o"] * c.tanh()
        for name, value in {**now, "c": c, "h": h}.items():
            rows[name].append(value)
    return {name: torch.stack(values) for name, values in rows.items()}


@pytest.fixture
def brackets() -> tuple[nn.LSTM, Tensor]:
    return bracket_lstm(), bracket_marks(TEXT)


# ------------------------------------------------------------------------------------ toys
def test_recall_asks_for_the_first_token_and_the_noise_never_looks_like_an_answer():
    """The target is the first token; every other token is outside the answers' range."""
    tokens, targets = recall_batch(50, 7, torch.Generator().manual_seed(1))
    assert tokens.shape == (50, 7)
    assert torch.equal(tokens[:, 0], targets)
    assert targets.min() >= 0 and targets.max() < SYMBOLS
    assert tokens[:, 1:].min() >= SYMBOLS and tokens[:, 1:].max() < 2 * SYMBOLS


def test_recall_is_the_same_for_the_same_generator():
    """Two generators with one seed give one batch; another seed gives another."""
    first, again, other = (
        recall_batch(8, 5, torch.Generator().manual_seed(seed))[0] for seed in (3, 3, 4)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize(("batch", "steps"), [(0, 5), (5, 0)])
def test_recall_refuses_an_empty_batch(batch: int, steps: int):
    """No rows or no steps is an error that names both numbers."""
    with pytest.raises(ValueError, match=f"{batch} rows of {steps} steps"):
        recall_batch(batch, steps, torch.Generator())


def test_the_flag_is_up_inside_brackets_and_the_counter_counts_their_characters(brackets):
    """The hand-set LSTM does what its docstring says, run by the library itself."""
    lstm, marks = brackets
    c = trace_of(lstm, marks)["c"]
    assert c[:, FLAG].round().int().tolist() == [0, 1, 1, 1, 0, 0, 1, 1, 0]
    assert c[:, COUNTER].round().int().tolist() == [0, 0, 1, 2, 0, 0, 0, 1, 0]
    assert torch.allclose(lstm(marks)[0], trace_of(lstm, marks)["h"], atol=1e-5)


def test_the_counter_reaches_twenty_without_loss():
    """Adding on the belt keeps count over a long bracket, to a tenth of a character."""
    c = trace_of(bracket_lstm(), bracket_marks("(" + 20 * "x"))["c"]
    assert abs(c[-1, COUNTER].item() - 20) < 0.1


# ------------------------------------------------------------------------------------ figures
def test_survival_is_a_power_of_the_sigmoid():
    """Bias 0 halves a memory at every step; a larger bias keeps more of it."""
    np.testing.assert_allclose(plots.survival(0, 3), [1, 0.5, 0.25, 0.125])
    assert plots.survival(3, 20)[-1] == pytest.approx(0.378, abs=1e-3)


def test_the_survival_figure_names_the_half_life():
    """The title of the frame for bias 0 says that half is gone after one step."""
    title = plots.survival_frame(0.0).axes[0].get_title(loc="left")
    assert "after 1.0 steps" in title


def test_gate_strips_show_the_gates_and_the_cell_state_of_one_unit(brackets):
    """The picture holds i, f and o of that unit; the line is its c; spaces become visible."""
    lstm, marks = brackets
    trace = trace_of(lstm, marks)
    top, below, *_ = plots.gate_strips(TEXT, trace, COUNTER).axes
    shown = np.asarray(top.images[0].get_array())
    np.testing.assert_allclose(shown[1], trace["f"][:, COUNTER])
    np.testing.assert_allclose(below.lines[0].get_ydata(), trace["c"][:, COUNTER])
    assert [label.get_text() for label in below.get_xticklabels()] == list("a(bc)␣(d)")


def test_surprise_bars_start_at_the_second_character_and_name_their_mean(brackets):
    """T - 1 bars for T characters, and the legend gives the mean."""
    lstm, marks = brackets
    bits = {"free": np.full(len(TEXT) - 1, 2.0)}
    bars = plots.gate_strips(TEXT, trace_of(lstm, marks), FLAG, bits=bits).axes[2]
    centres = [bar.get_x() + bar.get_width() / 2 for bar in bars.patches]
    assert centres == pytest.approx(range(1, len(TEXT)))
    assert bars.get_legend().get_texts()[0].get_text() == "free: 2.00 bits per character"


def test_a_map_of_gates_has_a_row_a_unit_and_a_column_a_character(brackets):
    """The mean of all units, then the chosen ones; gates run from 0 to 1, states around 0."""
    lstm, marks = brackets
    trace = trace_of(lstm, marks)
    gates = plots.gate_map(TEXT, trace, "f", [1, 0]).axes[0].images[0]
    shown = np.asarray(gates.get_array())
    np.testing.assert_allclose(shown[0], trace["f"].mean(dim=1))
    np.testing.assert_allclose(shown[1:], trace["f"].T.flip(0))
    assert gates.get_clim() == (0, 1)
    low, high = plots.gate_map(TEXT, trace, "c", [0]).axes[0].images[0].get_clim()
    assert low == -high


def test_gradient_reach_is_relative_to_the_last_step():
    """Every line starts at 1 where the loss is, and distance counts backwards."""
    line = plots.gradient_reach({"RNN": [1.0, 2.0, 4.0]}).axes[0].lines[0]
    assert list(line.get_xdata()) == [2, 1, 0]
    assert list(line.get_ydata()) == [0.25, 0.5, 1.0]


def test_recall_dots_show_every_seed_and_the_mean():
    """One dot a seed, and a bar at their mean."""
    ax = plots.recall_dots({"RNN": [0.1, 0.3], "GRU": [1.0, 1.0]}, chance=0.125).axes[0]
    assert list(ax.lines[0].get_xdata()) == [0.1, 0.3]
    assert ax.lines[1].get_xdata()[0] == pytest.approx(0.2)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["RNN", "GRU"]


def test_padding_is_dotted_and_real_tokens_are_marked():
    """Each row has a line over all positions and one over its real tokens only."""
    states = np.arange(8.0).reshape(2, 4)
    left, _right = plots.padded_states(states, states, [2, 4]).axes
    assert [len(line.get_xdata()) for line in left.lines] == [4, 2, 4, 4]


def test_learning_curves_draw_every_baseline():
    """Models are lines with markers, baselines are horizontal and labelled with their value."""
    ax = plots.learning_curves([1, 2], {"GRU": [3.0, 2.0]}, {"bigram": 3.41}).axes[0]
    assert "bigram: 3.41" in [text.get_text() for text in ax.texts]


def test_two_cells_names_every_gate():
    """The diagram labels the LSTM's three gates and the GRU's two."""
    words = {text.get_text() for ax in plots.two_cells().axes for text in ax.texts}
    assert {"forget gate", "input gate", "output gate", "update gate", "reset gate"} <= words


# ------------------------------------------------------------------------------------ widgets
def test_the_survival_slider_redraws_and_offers_a_still_frame():
    """Moving the slider changes the picture; viewers without widgets get the first one."""
    slider = widgets.survival_slider(bias=1.0)
    first = bytes(slider.picture.value)
    slider.controls["bias"].value = 5.0
    moved = bytes(slider.picture.value)
    assert first.startswith(PNG) and moved.startswith(PNG)
    assert moved != first
    assert "image/png" in slider._repr_mimebundle_()


@pytest.mark.parametrize(
    ("gate", "value", "clamp"),
    [
        ("none", 0.3, None),
        ("f", 0.3, {"f": 0.3}),
        ("i", -0.4, {"i": 0.0}),
        ("g", -0.4, {"g": -0.4}),
    ],
)
def test_a_gate_is_held_between_0_and_1_and_the_candidate_may_be_negative(gate, value, clamp):
    """The slider's value becomes the clamp that `gate_trace` takes."""
    assert widgets.clamp_of(gate, value) == clamp


def test_holding_a_gate_redraws_the_picture_with_the_clamped_trace(brackets):
    """Each control asks the exercise's function again and shows what came back."""
    lstm, marks = brackets
    asked = []

    def trace(lstm: nn.LSTM, x: Tensor, clamp: dict[str, float] | None) -> dict[str, Tensor]:
        asked.append(clamp)
        return trace_of(lstm, x, clamp)

    widget = widgets.gate_clamp(trace, lstm, marks, TEXT, units=[1, 0])
    free = widget.picture.value
    assert asked == [None]
    widget.controls["gate"].value = "f"
    assert asked[-1] == {"f": 1.0}
    assert widget.picture.value != free
    widget.controls["gate"].value = "none"
    assert widget.picture.value == free
    widget.controls["unit"].value = 0
    assert widget.picture.value != free


def test_a_language_model_also_shows_what_the_clamp_costs(brackets):
    """With a surprise function the frame has bars for the free and for the clamped trace."""
    lstm, marks = brackets
    seen = []

    def surprise(trace: dict[str, Tensor]) -> Tensor:
        seen.append(trace["f"][0, 0].item())
        return torch.ones(len(TEXT) - 1)

    frame = widgets.clamp_frame(trace_of, lstm, marks, TEXT, 0, "f", 0.5, surprise)
    assert isinstance(frame, Figure)
    assert len(frame.axes[2].patches) == 2 * (len(TEXT) - 1)
    assert seen[1] == 0.5 and seen[0] > 0.9


# ------------------------------------------------------------------------------------ one unit
@pytest.mark.parametrize("value", [-1.9, 0.0, 1.5])
def test_a_held_unit_goes_to_its_value_and_stays(value: float) -> None:
    """Whatever is read, the unit's cell state ends at the value; the given LSTM is left alone."""
    torch.manual_seed(0)
    lstm, x = nn.LSTM(3, 5), torch.randn(40, 3)
    before = {name: weight.clone() for name, weight in lstm.state_dict().items()}
    held = trace_of(toys.hold_unit(lstm, 2, value), x)
    assert held["c"][-1, 2].item() == pytest.approx(value, abs=1e-4)
    assert held["f"][:, 2].tolist() == [0.5] * 40
    assert all(torch.equal(before[name], weight) for name, weight in lstm.state_dict().items())


def test_a_held_unit_is_felt_by_the_others_through_h_alone() -> None:
    """The other units keep their weights: at the first step, before h is read, nothing changes."""
    torch.manual_seed(0)
    lstm, x = nn.LSTM(3, 5), torch.randn(6, 3)
    free, held = trace_of(lstm, x), trace_of(toys.hold_unit(lstm, 2, 1.5), x)
    others = [0, 1, 3, 4]
    torch.testing.assert_close(free["c"][0, others], held["c"][0, others])
    assert not torch.allclose(free["c"][-1, others], held["c"][-1, others])


def test_one_unit_is_drawn_with_the_stretches_where_a_property_holds() -> None:
    """A point for each character, and the unit's name in the title."""
    ax = plots.one_unit("ab c", [0.1, 0.9, -0.9, 0.0], [0, 1, 1, 0], "unit 7").axes[0]
    assert list(ax.lines[0].get_ydata()) == [0.1, 0.9, -0.9, 0.0]
    assert "unit 7" in ax.get_title("left")
    assert [label.get_text() for label in ax.get_xticklabels()] == list("ab␣c")


def test_accuracy_by_length_marks_the_lengths_of_the_training() -> None:
    """The band covers the trained lengths whole; chance is a line."""
    ax = plots.by_length([2, 3, 4], [1.0, 0.9, 0.4], trained=(2, 3), chance=0.125).axes[0]
    assert list(ax.lines[0].get_ydata()) == [1.0, 0.9, 0.4]
    assert (ax.patches[0].get_x(), ax.patches[0].get_width()) == (1.5, 2.0)
    assert ax.lines[1].get_ydata()[0] == 0.125
