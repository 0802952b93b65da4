"""Week 11's toys, challenge, recorded runs, figures and widgets: what they compute and show."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from course.challenges.task import bits
from course.weeks.week11_reasoning import plots, runs, toys, widgets
from course.weeks.week11_reasoning.challenge import (
    CHALLENGE,
    DIGITS,
    SYMBOLS,
    purchases,
)
from course.weeks.week11_reasoning.stand_ins import STAND_INS

ROW = {"reward": 0.5, "right": 0.25, "worked": 0.125, "symbols": 3.0}


# ------------------------------------------------------------------------------------ toys
def test_thoughts_say_the_same_in_two_languages() -> None:
    """Every step, its whole result and its last digit; 를 behind a vowel, 을 behind a consonant."""
    assert toys.thought_in_english("9+8*5") == (
        "9 plus 8 is 17, which ends in 7. 7 times 5 is 35, which ends in 5. The answer is 5."
    )
    assert toys.thought_in_korean("9+8*5") == (
        "9에 8을 더하면 17, 끝자리는 7. 7에 5를 곱하면 35, 끝자리는 5. 답은 5."
    )


def test_the_table_falls_back_to_shorter_endings() -> None:
    """An ending that was not seen often enough asks the one that is a character shorter."""
    table = toys.EndTable(["1+1", "2+1", "3+1", "2*2"])
    assert table.guess("9*2", length=2, least=1) == "4"
    assert table.guess("9*2", length=2, least=2) == table.guess("", length=0, least=1)


def test_the_table_is_tuned_on_separate_calculations() -> None:
    """Whole calculations that were read are known; the tuned length finds that out."""
    known = ["3+4", "4*7", "2+9", "5*5", "8+8"]
    table = toys.EndTable(known)
    assert table.accuracy(known, *table.tuned(known)) == 1.0


def test_two_policies_move_apart() -> None:
    """At distance 0 both are equal; drawn symbols come with both log-probabilities."""
    same, ref = toys.two_policies(0.0)
    torch.testing.assert_close(same, ref)
    far, ref = toys.two_policies(1.0)
    ours, theirs = toys.drawn_pairs(far, ref, 4000)
    exact = (far.exp() * (far - ref)).sum().item()
    assert exact > 0.1
    assert (ours - theirs).mean().item() == pytest.approx(exact, abs=0.1)


# ------------------------------------------------------------------------------------ challenge
def test_a_purchase_holds_thirty_symbols_of_answers() -> None:
    """Blanks apart, 30 symbols; all answers but the last are whole."""
    for text in purchases("a test", 50).contexts:
        answers = text.split()
        assert sum(map(len, answers)) == SYMBOLS
        assert all(answer.endswith(".") for answer in answers[:-1])


def test_purchases_are_drawn_from_the_seed() -> None:
    """The same seed buys the same; another one something else; each digit is right sometimes."""
    first = purchases("a", 300)
    assert first == purchases("a", 300) != purchases("b", 300)
    assert set(first.targets) == set(range(10))


def test_believing_worked_answers_pays() -> None:
    """Where a whole worked answer and a short one disagree the worked one is right more often."""
    found = purchases("c", 400)
    hits = {"{": [0, 0], "": [0, 0]}
    for text, target in zip(found.contexts, found.targets, strict=True):
        for answer in text.split():
            if answer.endswith("."):
                row = hits["{" if answer[0] == "{" else ""]
                row[0] += answer[-2] == DIGITS[target]
                row[1] += 1
    shares = {kind: right / count for kind, (right, count) in hits.items()}
    assert shares["{"] > 0.4 > shares[""]


def test_a_blind_guess_earns_nothing() -> None:
    """ln 10 in bits: 3.32, at the lower end of the curve."""
    found = purchases("d", 20)
    score = bits(STAND_INS["best_vote"](found.contexts), found.targets)
    assert score == pytest.approx(math.log2(10))
    assert CHALLENGE.curve[0][0] < score


# ------------------------------------------------------------------------------------ recorded runs
def test_the_recorded_runs_are_whole() -> None:
    """As many seeds of each way; learned ones above the table, which is above a blind guess."""
    stored = runs.load_runs()
    table, seeds = stored["table"], len(stored["hack"])
    assert seeds >= 3 and {len(rows) for rows in table.values()} == {seeds}
    assert all(len(rows) == seeds for rows in stored["by_numbers"].values())
    mean = {name: np.mean([row["right"] for row in rows]) for name, rows in table.items()}
    assert 0.1 < mean["table of ends, tuned"] < mean["GRPO"]
    assert mean["base"] < mean["rejection sampling"]


# ------------------------------------------------------------------------------------ stand-ins
def test_the_stand_in_judge_is_as_strict_as_the_contract() -> None:
    """Forms that are allowed and forms that are not."""
    verify = STAND_INS["verify"]
    assert [verify(a, "5") for a in ("5.", "{}5.", "{15}5.", "{99}5.")] == [1.0] * 4
    refused = (
        "",
        ".",
        "{",
        "5",
        "45.",
        "5.5.",
        "{1}{2}5.",
        "}5.",
        "{15}4.",
        "5.\n",
        "５.",
        "{1 5}5.",
    )
    assert [verify(a, "5") for a in refused] == [0.0] * len(refused)


def test_the_stand_in_loss_ignores_what_does_not_count() -> None:
    """Numbers hundreds apart behind the mask change neither value nor slope."""
    loss, mask = STAND_INS["policy_loss"], torch.tensor([[1.0, 0.0], [1.0, 1.0]])
    A, old = torch.tensor([1.0, -1.0]), torch.zeros(2, 2)
    near, far = torch.zeros(2, 2), torch.tensor([[0.0, 900.0], [0.0, 0.0]])
    for how in ("sequence", "token", "constant"):
        assert loss(near, old, A, mask, 0.2, how) == loss(far, old, A, mask, 0.2, how)


def test_the_stand_in_for_sampling_keeps_the_order() -> None:
    """Distinct or not, the first right ones of each problem in the order of drawing."""
    keep = STAND_INS["rejection_sample"]
    drawn = {"a": ["9", "1", "9", "3", "1"], "b": ["0"]}
    given = (["b", "a"], lambda p, k: drawn[p][:k], lambda p, t: float(t != "0"), 5, 3)
    assert keep(*given, False) == [("a", "9"), ("a", "1"), ("a", "9")]
    assert keep(*given, True) == [("a", "9"), ("a", "1"), ("a", "3")]


# ------------------------------------------------------------------------------------ figures
def test_figures_name_their_axes() -> None:
    """Each figure with numbers on its axes says what they are."""
    made = [
        plots.verdict_bars({"all": (0.5, 1.0)}),
        plots.vote_bars({"3": 4}, "3", "3"),
        plots.star_rounds({"kept": [ROW, ROW]}),
        plots.mask_strips(["5.", "{1"], [[1, 1], [1, 1]]),
        plots.reward_curves([ROW, ROW]),
        plots.hacked_reward([ROW, ROW]),
        plots.thinking_by_length({"free": {2: ROW, 3: ROW}}),
    ]
    for figure in made:
        assert figure.axes[0].get_xlabel() or figure.axes[0].get_xticklabels()
        assert figure.axes[0].get_ylabel()
    assert len(plots.ways().axes[0].texts) == 3 * len(plots.WAYS) + 2


def test_the_curves_stand_beside_a_blind_guess() -> None:
    """The dotted line is 1 - 0.9^k."""
    ax = plots.sampling_curves([1, 2, 4], {"pass@k": [0.3, 0.5, 0.7]}, chance=0.1).axes[0]
    assert ax.lines[-1].get_ydata() == pytest.approx([0.1, 0.19, 0.3439])


def test_estimates_tell_how_many_are_negative() -> None:
    """Mean and share below zero stand above each panel."""
    axes = plots.estimate_histograms({"k1": [-1.0, 1.0, 3.0, 1.0], "k3": [0.5, 1.5]}, 1.0).axes
    assert axes[0].get_title(loc="left") == "k1: mean 1.00, 25% below 0"
    assert axes[1].get_title(loc="left") == "k3: mean 1.00, 0% below 0"


# ------------------------------------------------------------------------------------ widgets
def test_votes_are_counted_up_to_the_slider() -> None:
    """With one vote the first answer leads, with all of them the majority."""
    given: list[list] = []

    def vote(answers):
        given.append(list(answers))
        return answers[0]

    panel = widgets.votes_panel({"1+1": ["3", None, "2"]}, {"1+1": "2"}, vote)
    panel.controls["votes"].value = 1
    assert given[0] == ["3", None, "2"] and given[-1] == ["3"]


def test_a_thought_shows_what_the_model_added() -> None:
    """What was given stands plain, what the model wrote bold; markup is escaped."""
    panel = widgets.thought_panel(lambda problem, begun: begun + "5.", "3+2", "{<}")
    assert "{&lt;}<b>5.</b>" in panel.text.value
    panel.controls["begun"].value = ""
    assert "3+2 = <b>5.</b>" in panel.text.value
