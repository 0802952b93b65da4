"""Week 02's toys, figures and widgets, tested as plain objects."""

from __future__ import annotations

import numpy as np
import pytest

from course.weeks.week02_rnn import plots, widgets
from course.weeks.week02_rnn.toys import KneserNey, gradient_norms, rotation

PNG = b"\x89PNG"


# ------------------------------------------------------------------------------------ gradients
def test_rotation_is_orthogonal_and_seeded() -> None:
    """A rotation keeps lengths, and its seed decides it."""
    q = rotation(7, seed=3)
    np.testing.assert_allclose(q @ q.T, np.eye(7), atol=1e-12)
    np.testing.assert_array_equal(q, rotation(7, seed=3))
    assert not np.allclose(q, rotation(7, seed=4))


@pytest.mark.parametrize("radius", [0.5, 0.8, 1.0, 1.3])
def test_linear_gradients_grow_by_exactly_the_radius(radius: float) -> None:
    """Without tanh every step back multiplies the norm by the radius."""
    norms = gradient_norms(radius, steps=20, hidden=16, linear=True)
    np.testing.assert_allclose(norms[::-1], 4.0 * radius ** np.arange(21), rtol=1e-9)


def test_tanh_only_ever_shrinks_a_step() -> None:
    """With tanh a step back multiplies the norm by at most the radius."""
    norms = gradient_norms(1.3)
    assert norms[-1] == pytest.approx(8.0)
    assert (norms[:-1] <= 1.3 * norms[1:] * (1 + 1e-12)).all()


def test_gradients_vanish_below_one_and_grow_at_1_3() -> None:
    """The figures that the notebook quotes: about 4e-5 at radius 0.8, growth at 1.3."""
    assert 1e-5 < gradient_norms(0.8)[0] < 1e-4
    assert gradient_norms(1.3)[0] > 16
    assert gradient_norms(1.6, input_scale=1.0)[0] < 1


def test_gradient_norms_equal_autograd() -> None:
    """The toy's closed form is the gradient that autograd finds."""
    import torch

    steps, hidden = 6, 5
    noise = np.random.default_rng(1).normal(scale=0.1, size=(steps, hidden))
    U = torch.from_numpy(1.2 * rotation(hidden, 0))
    h, states = torch.zeros(hidden, dtype=torch.float64, requires_grad=True), []
    for x in torch.from_numpy(noise):
        states.append(h)
        h = torch.tanh(x + h @ U)
    grads = torch.autograd.grad(h.sum(), states)
    expected = [grad.norm().item() for grad in grads] + [hidden**0.5]
    np.testing.assert_allclose(gradient_norms(1.2, steps, hidden), expected, rtol=1e-9)


# ------------------------------------------------------------------------------------ tables
def tables_of(text: str, n: int) -> list[dict[tuple[str, ...], dict[str, int]]]:
    """The counts of all n-grams of a text up to length n."""
    tables: list[dict[tuple[str, ...], dict[str, int]]] = []
    for k in range(n):
        table: dict[tuple[str, ...], dict[str, int]] = {}
        for i in range(k, len(text)):
            row = table.setdefault(tuple(text[i - k : i]), {})
            row[text[i]] = row.get(text[i], 0) + 1
        tables.append(table)
    return tables


def test_kneser_ney_gives_distributions() -> None:
    """Seen, half seen and new contexts each give probabilities that sum to 1."""
    model = KneserNey(tables_of("a banana in a bandana", 3), vocab_size=7, discount=0.75)
    for context in ("an", "zn", "zz"):
        chances = [model(tuple(context), token) for token in "abdin z"]
        assert min(chances) > 0
        assert sum(chances) == pytest.approx(1)


def test_kneser_ney_by_hand() -> None:
    """Of "aabab": P(b | a) is (2 - d + 2 d P(b)) / 3, and b came after one kind of token."""
    model = KneserNey(tables_of("aabab", 2), vocab_size=2, discount=0.5)
    # before a stand a and b, before b only a: of three different pairs, two end in a and one in b
    b_alone = (1 - 0.5 + 0.5 * 2 * 0.5) / 3
    assert model(("a",), "b") == pytest.approx((2 - 0.5 + 0.5 * 2 * b_alone) / 3)


def test_a_frequent_token_with_one_neighbour_is_unlikely_after_a_new_context() -> None:
    """Kneser-Ney counts neighbours: u is frequent but always after q, so it is no good guess."""
    text = "quququqaebeceaxe"
    model = KneserNey(tables_of(text, 2), vocab_size=8, discount=0.75)
    assert text.count("u") >= text.count("e") - 1
    assert model(("z",), "u") < model(("z",), "e") / 2


# ------------------------------------------------------------------------------------ figures
def test_transition_heatmap_rows_are_distributions() -> None:
    """Each row of the picture sums to 1; pairs that never occur are blank."""
    fig = plots.transition_heatmap({("a",): {"b": 3, " ": 1}, ("b",): {"a": 2}}, "ab ")
    shares = np.ma.filled(fig.axes[0].images[0].get_array(), 0.0)
    np.testing.assert_allclose(shares, [[0, 0.75, 0.25], [1, 0, 0], [0, 0, 0]])
    assert [label.get_text() for label in fig.axes[0].get_xticklabels()] == ["a", "b", "␣"]


def test_ngram_curve_marks_the_best_validation_order() -> None:
    """The annotation names the lowest validation perplexity, not the lowest training one."""
    fig = plots.ngram_curve([1, 2, 3], {"α = 1": ([9.0, 5.0, 2.0], [9.0, 6.0, 7.0])})
    labels = [text.get_text() for text in fig.axes[0].get_legend().get_texts()]
    assert labels == ["α = 1: training text", "α = 1: validation text, best 6.00"]


def test_a_framed_row_and_column_say_what_to_see() -> None:
    """The frame lies around the cells of its character, and its note is written."""
    ax = plots.transition_heatmap(
        {("a",): {"b": 3}}, "ab ", row=("b", "look"), column=(" ", "end")
    ).axes[0]
    (row, column) = ax.patches
    assert (row.get_xy(), row.get_width(), row.get_height()) == ((-0.5, 0.5), 3, 1)
    assert (column.get_xy(), column.get_width(), column.get_height()) == ((1.5, -0.5), 1, 3)
    assert [text.get_text() for text in ax.texts] == ["look", "end"]


def test_gradient_profile_runs_back_from_the_loss() -> None:
    """Norms come in the order of time and are drawn from the loss backwards."""
    fig = plots.gradient_profile({"radius 1": [0.1, 1.0, 8.0]})
    x, y = fig.axes[0].lines[0].get_data()
    assert list(x) == [0, 1, 2]
    assert list(y) == [8.0, 1.0, 0.1]


def test_spectral_frame_names_both_ends() -> None:
    """The title of a frame holds the radius and the norms at the loss and at the start."""
    title = plots.spectral_frame(0.8, [0.5, 8.0], [0.6, 8.0]).axes[0].get_title("left")
    assert title == "radius 0.80: 8 at the loss, 0.5 at the start"


def test_influence_draws_exact_zeros_blank() -> None:
    """An output that does not depend on an input leaves its square empty."""
    fig = plots.influence({"forward": np.tril(np.ones((3, 3)))})
    mask = np.ma.getmaskarray(fig.axes[0].images[0].get_array())
    assert mask.tolist() == np.triu(np.ones((3, 3), dtype=bool), 1).tolist()


def test_training_curve_labels_every_baseline() -> None:
    """Each baseline is written beside its line with its value."""
    fig = plots.training_curve([0, 10], [36.0, 5.0], {"bigram": 10.6, "trigram": 6.2}, mark=1)
    assert [text.get_text() for text in fig.axes[0].texts] == ["bigram 10.60", "trigram 6.20"]


def test_the_other_figures_draw_what_they_are_given() -> None:
    """Diagram, arrows, context curve and unit rows hold one artist for each thing given."""
    assert len(plots.unrolled("abc").axes[0].patches) == 3 + 4 * 2  # boxes; four arrows a step
    arrows = plots.clip_arrows((3, 4), (0.6, 0.8), (1, 1), 1.0).axes[0]
    assert (
        len([text for text in arrows.texts if getattr(text, "arrow_patch", None) is not None]) == 3
    )
    assert len(plots.context_curve([1, 2], [9, 8], [1], [10]).axes[0].lines) == 2
    left, right = plots.seat_belt({"a": [(3.6, 1.0), (2.0, 5.0)]}).axes
    assert list(left.lines[0].get_ydata()) == [3.6, 2.0]
    assert list(right.lines[0].get_ydata()) == [1.0, 5.0]
    top, bottom, _ = plots.state_readout(
        "ab c",
        np.full((4, 9), 0.5),
        {"letters": (2, -0.6), "vowel": (5, 0.4)},
        {"letters": [1, 2, 0, 1], "vowel": [1, 0, 0, 0]},
        [0.9, 1.8, 0.1, 1.2],
        "letters",
    ).axes
    shown = np.asarray(top.images[0].get_array())
    np.testing.assert_allclose(shown[0], [0, 1, -1, 0])  # a property runs from -1 to 1
    np.testing.assert_allclose(shown[[1, 3], 0], [-0.5, 0.5])  # r < 0: its sign is turned
    assert [label.get_text() for label in top.get_yticklabels()] == [
        "letters",
        "unit 2, sign turned",
        "vowel",
        "unit 5",
    ]
    lines = {
        line.get_xdata()[0] for line in top.lines if line.get_xdata()[0] == line.get_xdata()[1]
    }
    assert lines == {1.5, 2.5}  # around the space
    assert [bar.get_height() for bar in bottom.patches] == [1, 2, 0, 1]
    assert [label.get_text() for label in bottom.get_xticklabels()] == ["a", "b", "␣", "c"]
    assert len(plots.memory_curve({"a": [1, 2], "b": [3, 4]}).axes[0].lines) == 2


# ------------------------------------------------------------------------------------ widgets
def test_spectral_slider_redraws_when_moved() -> None:
    """Moving a control changes the picture; without a kernel the first picture is shown."""
    panel = widgets.spectral_slider(0.8)
    first = bytes(panel.picture.value)
    assert first.startswith(PNG)
    panel.controls["radius"].value = 1.3
    second = bytes(panel.picture.value)
    assert second.startswith(PNG) and second != first
    panel.controls["inputs"].value = 0.5
    assert bytes(panel.picture.value) != second
    assert "image/png" in panel._repr_mimebundle_()


def checkpoints() -> list[widgets.Checkpoint]:
    return [
        widgets.Checkpoint(0, 36.0, "x<y&z"),
        widgets.Checkpoint(50, 9.0, "middle"),
        widgets.Checkpoint(1000, 4.0, "the end"),
        widgets.Checkpoint(2000, 3.9, "very last"),
    ]


def test_sample_slider_shows_the_chosen_checkpoint() -> None:
    """The slider's text and curve follow its value."""
    slider = widgets.sample_slider(checkpoints(), {"bigram": 10.6})
    assert "step 0: validation perplexity 36.00" in slider.text.value
    first = bytes(slider.picture.value)
    slider.controls["number"].value = 2
    assert "step 1,000" in slider.text.value and "the end" in slider.text.value
    after = bytes(slider.picture.value)
    assert after.startswith(PNG) and after != first


def test_sample_slider_escapes_text_and_keeps_a_still() -> None:
    """Samples never become markup; the still text holds first, middle and last checkpoint."""
    slider = widgets.sample_slider(checkpoints())
    assert "x&lt;y&amp;z" in slider.text.value
    still = slider._repr_mimebundle_()["text/html"]
    assert "x&lt;y&amp;z" in still and "middle" in still and "very last" in still
    assert "the end" not in still


def test_sample_slider_needs_a_checkpoint() -> None:
    """Without checkpoints the message says which cell to run."""
    with pytest.raises(ValueError, match="training cell"):
        widgets.sample_slider([])


@pytest.mark.parametrize(
    ("text", "book", "copied"),
    [("xxabcdyy", "..abcd..", "abcd"), ("abc", "abc", "abc"), ("xyz", "abc", ""), ("", "abc", "")],
)
def test_copied_run_is_the_longest_common_piece(text: str, book: str, copied: str) -> None:
    """The longest piece of the text that stands in the book, or nothing."""
    assert widgets.copied_run(text, book) == copied


def test_writer_html_marks_the_copied_piece() -> None:
    """The mark surrounds what was copied, and everything is escaped."""
    assert "q<mark>ab&lt;c</mark>q" in widgets.writer_html(3, "qab<cq", "zab<cz")
    assert "<mark></mark>" in widgets.writer_html(3, "qq", "abc")


def test_writer_html_leaves_the_given_start_out() -> None:
    """What the chain was given is no copy: the mark and the number count its own writing."""
    shown = widgets.writer_html(2, "it is axthe", "it is a truth, the other", given=7)
    assert "it is ax<mark>the</mark>" in shown
    assert "3 characters in a row" in shown
    assert "<mark>it is a</mark>" in widgets.writer_html(2, "it is axthe", "it is a truth, the")


def test_markov_writer_follows_order_and_button() -> None:
    """The order slider and the button each ask for a new text."""
    asked: list[tuple[int, int]] = []

    def write(order: int, seed: int) -> str:
        asked.append((order, seed))
        return f"text {order} {seed}"

    writer = widgets.markov_writer(write, orders=[1, 3], book="text", given=4)
    assert "0 characters in a row" in writer.text.value  # " 1 0" is not in the book
    writer.controls["order"].value = 3
    assert "n = 3" in writer.text.value and asked[-1] == (3, 0)
    writer.controls["seed"].click()
    assert asked[-1] == (3, 1)
    still = writer._repr_mimebundle_()["text/html"]
    assert "n = 1" in still and "n = 3" in still


def test_units_are_bars_with_their_bits() -> None:
    """A bar and a number for each unit, in the order that was given."""
    ax = plots.unit_bars({"syllable": 1.3, "byte": 1.4}).axes[0]
    assert [bar.get_width() for bar in ax.patches] == [1.3, 1.4]
    assert [text.get_text().strip() for text in ax.texts] == ["1.30", "1.40"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["syllable", "byte"]
