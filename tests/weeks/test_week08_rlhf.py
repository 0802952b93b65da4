"""Week 08's toys, figures and widgets: what they compute and what they show."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from course.challenges.measures import rankings
from course.weeks.week08_rlhf import plots, toys, widgets
from course.weeks.week08_rlhf.challenge import people
from course.weeks.week08_rlhf.stand_ins import STAND_INS

PAIRS = [("one text", "two"), ("a", "a longer text")]


# ------------------------------------------------------------------------------------ raters
def test_parts_hold_every_raters_score():
    """No snippet is in two parts; a mean is that of its scores."""
    parts = toys.load_parts()
    train = parts["train"]
    assert not set(train.texts) & set(parts["test"].texts[:200])
    assert train.means[0] == pytest.approx(np.mean(train.scores[0]), abs=0.01)
    assert toys.thinned(train, 1000).texts == train.texts[::1000]


def test_pairs_are_of_different_places_and_come_again():
    """The same seed draws the same pairs; no text meets itself."""
    pairs = toys.draw_pairs(5, 40, seed=3)
    assert pairs == toys.draw_pairs(5, 40, seed=3) != toys.draw_pairs(5, 40, seed=4)
    assert all(one != other for one, other in pairs)


def test_accuracy_is_the_raters_share_on_the_side_taken():
    """Right at agreement 0.75 counts 0.75, wrong at 1.0 counts nothing."""
    told = (torch.tensor([0, 1]), torch.tensor([1, 2]), torch.tensor([0.75, 1.0]))
    assert toys.rater_accuracy(torch.tensor([2.0, 1.0, 5.0]), *told) == pytest.approx(0.375)


# ------------------------------------------------------------------------------------ rewards
def test_a_word_reward_adds_up_words_and_knows_no_others():
    """Repeated praise counts again and again; an unknown word, or none, is worth 0."""
    model = toys.WordReward(["good film", "bad film"], least=1)
    with torch.no_grad():
        model.worth.weight[model.places["good"]] = 1.5
    assert model.reward(["Good, good good!", "unseen", ""]).tolist() == [4.5, 0.0, 0.0]
    assert model.dearest(1) == [("good", 1.5)]


def test_a_reward_model_scores_each_text_wherever_it_stands():
    """Texts are grouped by length and come back in their order."""

    def tokenizer(texts: list[str], **how: object) -> dict[str, torch.Tensor]:
        return {"sizes": torch.tensor([float(len(text)) for text in texts])}

    def model(sizes: torch.Tensor) -> SimpleNamespace:
        return SimpleNamespace(logits=sizes[:, None])

    texts = ["four", "a", "three"]
    assert toys.model_rewards(model, tokenizer, texts, size=2).tolist() == [4, 1, 5]


def test_shares_right_compares_every_good_with_every_bad_remark():
    """Lengths as rewards: one good remark of two is longer than the bad one."""
    remarks = (("long remark", 1), ("no", 1), ("middle", -1))
    share = toys.shares_right(lambda texts: torch.tensor([float(len(t)) for t in texts]), remarks)
    assert share == 0.5


# ------------------------------------------------------------------------------------ policies
def test_the_end_of_a_text_is_real_and_what_follows_is_not():
    """Up to the first id 0, itself included."""
    assert toys.real_tokens(torch.tensor([[5, 0, 7, 0], [5, 6, 7, 8]])).tolist() == [
        [True, True, False, False],
        [True] * 4,
    ]


def test_rows_get_an_end_and_padding():
    """A row that is too long is cut, so that its end still fits."""
    assert toys.padded([[5], [6, 7, 8, 9]], 4).tolist() == [[5, 0, 0, 0], [6, 7, 8, 0]]


def test_the_tilted_policy_is_the_best_on_a_leash():
    """No other weighting has more reward minus beta times KL; even weights have no KL."""
    rewards = torch.tensor([0.0, 1.0, 2.5])

    def worth(weights: torch.Tensor) -> float:
        reward, kl = toys.reward_and_kl(weights, rewards)
        return reward - 0.7 * kl

    best = toys.tilted(rewards, 0.7)
    others = torch.randn(50, 3, generator=torch.Generator().manual_seed(0)).double().softmax(1)
    assert worth(best) > max(map(worth, others))
    assert toys.reward_and_kl(torch.full((3,), 1 / 3), rewards)[1] == pytest.approx(0, abs=1e-6)


def test_the_courses_clicks_are_the_shorter_texts():
    """A rule that anybody can check, and no taste."""
    assert toys.course_labels(PAIRS) == [1, 0]


# ------------------------------------------------------------------------------------ challenge
def test_people_are_drawn_from_the_seed():
    """The same people again; sixteen rows of five features; each ranking holds all eight."""
    found, again = people("a seed", 30), people("another", 30)
    assert found.contexts[0].shape == (16, 5) and found.targets != again.targets
    assert (np.sort(rankings(found.targets, 8)) == np.arange(8)).all()


def test_comparisons_tell_of_a_taste():
    """Who is fitted to what a person preferred ranks the candidates better than chance."""
    drawn = people("a seed", 200)
    table = np.stack(drawn.contexts)
    guess = (table[:, 8:] * table[:, :8].mean(1, keepdims=True)).sum(-1)
    best = rankings(drawn.targets, 8)[:, 0]
    assert (guess.argmax(1) == best).mean() > 0.25


# ------------------------------------------------------------------------------------ stand-ins
def test_stand_ins_agree_with_numbers_by_hand():
    """A win and two ties of three comparisons; credit that fades by half; the best of two."""
    chosen, rejected, agreement = STAND_INS["preference_pairs"]([[1, 3], [2], [2, 2, 4]], [(1, 2)])
    assert (chosen.tolist(), rejected.tolist()) == ([2], [1])
    assert agreement.tolist() == pytest.approx([2 / 3])
    real = torch.tensor([[True, True, True]])
    rewards, values = torch.tensor([[0.0, 0.0, 8.0]]), torch.tensor([[2.0, 4.0, 6.0]])
    found, returns = STAND_INS["advantages"](rewards, values, real, 1.0, 0.5)
    assert found[0].tolist() == pytest.approx([3.5, 3, 2])
    assert returns[0].tolist() == pytest.approx([5.5, 7, 8])
    proxy = torch.tensor([[3.0, 1.0, 2.0]])
    assert STAND_INS["best_of_n"](proxy, proxy, 2)[0].item() == pytest.approx(8 / 3)


# ------------------------------------------------------------------------------------ figures
def test_figures_have_labelled_axes():
    """Each figure with numbers on its axes says what they are."""
    made = [
        plots.agreement_bars([0.6, 0.9], 0.84),
        plots.clip_curves([0.5, 1.0], {"a": [1.0, 2.0]}),
        plots.training({"a": {"reward": [1.0, 2.0]}}, ["reward"]),
        plots.frontier({"a": ([0.0, 1.0], [0.0, 2.0])}, {"b": (0.5, 1.0)}),
    ]
    for figure in made:
        assert figure.axes[0].get_xlabel() and figure.axes[0].get_ylabel()
    assert isinstance(plots.stages(), Figure)


def test_accuracy_bars_write_their_values():
    """Three digits behind each bar, and a name above each line."""
    ax = plots.accuracy_bars({"words": 0.687}, {"chance": 0.5}).axes[0]
    assert {text.get_text().strip() for text in ax.texts} == {"0.687", "chance"}


# ------------------------------------------------------------------------------------ widgets
def test_the_leash_tells_reward_kl_and_the_likeliest_texts():
    """At a short leash nearly everything is on the best text; markup in a text is escaped."""
    panel = widgets.leash_slider(torch.tensor([0.0, 1.0, 9.0]), ["a", "b", "<c>"], {})
    panel.controls["beta"].value = 0.1
    assert "100.0%: &lt;c&gt;" in panel.text.value and "KL 1.10 nats" in panel.text.value


def test_clicks_take_the_place_of_the_courses_labels():
    """Until then the form says that they are not yours; a click more than pairs is nothing."""
    form = widgets.Taste(PAIRS, [1, 0], "the shorter one")
    assert form.labels == [1, 0] and "NOT yours: the shorter one" in form.whose
    form.buttons[0].click()
    assert form.labels == [0, 0] and form.whose.startswith("1 of 2")
    form.choose(1)
    form.choose(1)
    assert form.labels == [0, 1] and form.whose == "All 2 labels are yours."
    still = form._repr_mimebundle_()["text/html"]
    assert "<b>one text</b> | two" in still


def test_a_share_has_its_interval():
    """Wilson's interval of 5 in 10 is 24% to 76%; of nothing it is everything."""
    assert widgets.share_with_interval(5, 10) == pytest.approx((0.5, 0.2366, 0.7634), abs=1e-3)
    assert widgets.share_with_interval(0, 0) == (0.5, 0.0, 1.0)
