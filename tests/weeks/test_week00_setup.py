"""Figures, widgets and the machine card of week 00."""

from __future__ import annotations

import base64
import math
import os
import sys

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from matplotlib.text import Text

from course.device import VARIABLE
from course.weeks.week00_setup import plots, widgets


def softmax(logits: torch.Tensor, temperature: float = 1.0) -> torch.Tensor:
    return torch.softmax(logits / temperature, dim=-1)


LOGITS = torch.tensor([2.0, 1.0, 0.0], dtype=torch.float64)


# ------------------------------------------------------------------------------------ card
def test_the_card_names_python_torch_device_and_kernel() -> None:
    """All that a student is asked for in a bug report stands on the card."""
    rows = dict(widgets.machine_card().rows)
    assert rows["Python"].startswith(f"{sys.version_info.major}.{sys.version_info.minor}.")
    assert rows["torch"] == torch.__version__
    assert set(rows) >= {"environment", "device", "kernel", "CPU"}


def test_the_card_never_shows_a_path() -> None:
    """It is stored in notebooks that are shared, so no folder of the machine may be on it."""
    text = str(widgets.machine_card()) + widgets.machine_card()._repr_html_()
    assert sys.prefix not in text
    assert os.path.expanduser("~") not in text.replace("</", "")


def test_the_card_in_html_escapes_what_it_shows() -> None:
    """A strange environment name cannot break the page."""
    card = widgets.MachineCard((("environment", "<b>venv</b>"),), ("a & b",))
    assert "&lt;b&gt;venv" in card._repr_html_()
    assert "a &amp; b" in card._repr_html_()


def test_an_unusable_device_is_said_on_the_card(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel that asks for a GPU it cannot use gives a card with the reason, not an error."""
    monkeypatch.setenv(VARIABLE, "no-such-device")
    assert dict(widgets.machine_card().rows)["device"].startswith("problem:")


@pytest.mark.parametrize(
    ("prefix", "base", "conda", "name"),
    [
        ("/home/me/course/.venv", "/usr", "", "venv: .venv"),
        ("/opt/conda/envs/word2chat", "/opt/conda/envs/word2chat", "same", "conda: word2chat"),
        ("/usr", "/usr", "", "none: this is the system's Python"),
    ],
)
def test_the_environment_is_told_by_kind_and_short_name(
    monkeypatch: pytest.MonkeyPatch, prefix: str, base: str, conda: str, name: str
) -> None:
    """venv, conda and the system's Python are told apart."""
    monkeypatch.setattr(sys, "prefix", prefix)
    monkeypatch.setattr(sys, "base_prefix", base)
    monkeypatch.setenv("CONDA_PREFIX", prefix if conda else "/elsewhere")
    assert widgets.environment_name() == name


def test_advice_is_given_without_an_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Working in the system's Python is the commonest set-up mistake, so the card mentions it."""
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    assert any("virtual environment" in line for line in widgets.machine_card().advice)


def test_a_missing_package_is_no_error() -> None:
    """The card can be shown in a broken environment: that is when it is needed."""
    assert widgets.package_version("no-such-package-anywhere") == "not installed"


# ------------------------------------------------------------------------------------ widgets
def test_the_temperature_slider_draws_the_given_softmax() -> None:
    """The bars are the student's own softmax at the slider's temperature."""
    asked: list[float] = []

    def spy(logits: torch.Tensor, temperature: float) -> torch.Tensor:
        asked.append(temperature)
        return softmax(logits, temperature)

    box = widgets.temperature_slider(LOGITS, ["a", "b", "c"], spy)
    first = box.picture.value
    box.controls["temperature"].value = 5.0
    assert asked == [pytest.approx(1.0), pytest.approx(5.0)]
    assert bytes(first).startswith(b"\x89PNG")
    assert box.picture.value != first


def test_a_widget_carries_its_first_picture_for_pages_without_a_kernel() -> None:
    """GitHub and the site show the PNG; JupyterLab shows the live widget."""
    box = widgets.temperature_slider(LOGITS, ["a", "b", "c"], softmax)
    data = box._repr_mimebundle_()
    assert base64.b64decode(data["image/png"]) == box.picture.value
    assert "application/vnd.jupyter.widget-view+json" in data


def test_the_next_token_comes_from_the_last_position() -> None:
    """`next_token_logits` is what the model says after the whole prompt, in float64."""
    from course.models import load_tiny_gpt2

    model, tokenizer = load_tiny_gpt2()
    logits = widgets.next_token_logits(model, tokenizer, "the white")
    ids = tokenizer("the white", return_tensors="pt").input_ids
    with torch.no_grad():
        expected = model(input_ids=ids).logits[0, len(ids[0]) - 1]
    assert logits.dtype == torch.float64
    assert torch.equal(logits.float(), expected)


def test_the_explorer_redraws_for_a_new_prompt_and_survives_an_empty_one() -> None:
    """An empty prompt gives a sentence in place of the picture; the next prompt works again."""
    from course.models import load_tiny_gpt2

    box = widgets.next_token_explorer(*load_tiny_gpt2(), softmax)
    first = box.picture.value
    box.controls["prompt"].value = ""
    assert "type at least one character" in box.message.value
    box.controls["prompt"].value = "Captain"
    assert box.message.value == ""
    assert box.picture.value != first


def test_likely_tokens_are_sorted_and_readable() -> None:
    """The k likeliest tokens, best first; blanks are visible in their text."""

    class Letters:
        def decode(self, ids: list[int]) -> str:
            return " " + "abc"[ids[0]]

    tokens, probabilities = widgets.likely_tokens(LOGITS.flip(0), Letters(), softmax, k=2)
    assert tokens == ["' c'", "' b'"]
    assert probabilities.tolist() == sorted(softmax(LOGITS).tolist())[:0:-1]


# ------------------------------------------------------------------------------------ figures
def test_shift_invariance_marks_where_the_textbook_formula_fails() -> None:
    """The stable line is flat everywhere; crosses stand where the other one is not a number."""

    def textbook(z: torch.Tensor) -> torch.Tensor:
        return torch.exp(z) / torch.exp(z).sum()

    fig = plots.shift_invariance({"textbook": textbook, "stable": softmax}, LOGITS)
    lines = {line.get_label(): line for line in fig.axes[0].lines}
    lost = np.asarray(lines["textbook: not a number"].get_xdata())
    assert lost.min() == -1e4
    assert lost.max() == 1e4
    assert not ((lost > -700) & (lost < 700)).any()
    assert np.ptp(np.asarray(lines["stable"].get_ydata())) < 1e-12


def test_probability_bars_have_one_bar_a_label_in_order() -> None:
    """Lengths are the probabilities, and the first label stands on top."""
    fig = plots.probability_bars([0.7, 0.2, 0.1], ["x", "y", "z"])
    bars = sorted(fig.axes[0].patches, key=lambda bar: -bar.get_y())
    assert [bar.get_width() for bar in bars] == pytest.approx([0.7, 0.2, 0.1])
    assert [label.get_text() for label in fig.axes[0].get_yticklabels()] == ["x", "y", "z"]


def test_heads_in_the_right_place_have_one_colour_each() -> None:
    """A correct split paints each head's panel in one colour; the reshape bug mixes them."""

    def colours(heads: torch.Tensor) -> list[int]:
        panels = plots.heads_as_colours(heads, n_heads=2, T=3, D=6).axes[1:]
        return [len({patch.get_facecolor() for patch in panel.patches}) for panel in panels]

    x = torch.arange(18).reshape(1, 3, 6)
    assert colours(x.reshape(1, 3, 2, 3).transpose(1, 2)[0]) == [1, 1]
    assert colours(x.reshape(1, 2, 3, 3)[0]) == [2, 2]


def test_the_step_size_curve_has_its_valley_near_the_default() -> None:
    """The central difference of sin at 1 is best between 1e-7 and 1e-4, as the text says."""
    fig = plots.step_size_curve(math.sin, math.cos(1.0), 1.0)
    central = fig.axes[0].lines[1]
    steps, errors = np.asarray(central.get_xdata()), np.asarray(central.get_ydata())
    assert 1e-7 < steps[errors.argmin()] < 1e-4


def test_the_padded_batch_writes_every_token() -> None:
    """Each cell of the grid carries its token, padding included."""
    mask = torch.tensor([[True, True], [True, False]])
    fig = plots.padded_batch(mask, [["a", "b"], ["c", "(pad)"]])
    assert {text.get_text() for text in fig.axes[0].texts} == {"a", "b", "c", "(pad)"}


def test_the_gradient_check_says_where_the_exact_gradient_comes_from() -> None:
    """A formula is not called autograd."""
    by_formula = plots.gradcheck_scatter(torch.ones(2), torch.ones(2), label="by the formula")
    assert by_formula.axes[0].get_xlabel() == "by the formula"
    assert "autograd" in plots.gradcheck_scatter(torch.ones(2), torch.ones(2)).axes[0].get_xlabel()


def test_the_first_token_does_not_set_the_scale_of_attention() -> None:
    """Its share is always 1, so the colours end at the largest share of the other rows."""
    weights = torch.tensor([[[1.0, 0.0, 0.0], [0.25, 0.75, 0.0], [0.5, 0.25, 0.25]]])
    image = plots.attention_maps(weights, ["a", "b", "c"]).axes[0].images[0]
    assert image.get_clim() == (0, 0.75)
    hidden = np.ma.getmaskarray(image.get_array())
    assert hidden.tolist() == [[False, True, True], [False, False, True], [False] * 3]


def test_gradient_tables_say_how_far_they_are_apart() -> None:
    """Both tables hold their numbers, and the largest difference stands above them."""
    fig = plots.gradient_tables([[0.5, -0.25]], [[0.5, -0.125]])
    written = [text.get_text() for ax in fig.axes[:2] for text in ax.texts]
    assert written == ["0.500", "-0.125", "0.500", "-0.250"]
    assert fig.get_suptitle() == "largest difference: 1e-01"


def test_speeds_are_dots_at_their_milliseconds() -> None:
    """No bar begins at the zero that a logarithmic axis does not have."""
    ax = plots.speed_dots({"slow": 0.1, "quick": 1e-4}).axes[0]
    assert np.asarray(ax.lines[0].get_xdata()) == pytest.approx([0.1, 100.0])
    assert not ax.patches


@pytest.mark.parametrize(
    "draw",
    [
        plots.kernel_and_grader,
        plots.surprise,
        lambda: plots.surprise(0.3),
        lambda: plots.speed_dots({"slow": 0.1, "quick": 1e-4}),
        lambda: plots.first_losses([0, 1], {27: [3.3, 3.8]}, lambda V, s: math.log(V) + s * s / 2),
        lambda: plots.text_losses({"a": 3.0, "b": 9.0}, guess=8.0),
        lambda: plots.similarity_grid(torch.eye(3), ["a", "b", "c"]),
        lambda: plots.attention_maps(torch.ones(2, 3, 3) / 3, ["a", "b", "c"]),
        lambda: plots.attention_maps(torch.ones(1, 1, 1), ["a"]),
        lambda: plots.gradcheck_scatter(torch.zeros(3), torch.zeros(3)),
        lambda: plots.gradient_tables(torch.zeros(2, 3), torch.zeros(2, 3)),
        lambda: plots.head_rises(torch.zeros(2, 3), 4.7),
    ],
)
def test_every_figure_draws_and_labels_its_axes(draw) -> None:
    """Each figure renders without a warning, and has text on it."""
    fig = draw()
    assert isinstance(fig, Figure)
    fig.canvas.draw()
    words = [t.get_text() for ax in fig.axes for t in ax.findobj(Text)]
    assert any(words)
