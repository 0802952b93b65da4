"""Week 12's toys, challenge, recorded runs, stand-ins, figures and widgets."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from course.challenges.task import bits
from course.models import load_tiny_llama
from course.weeks.week12_scaling import plots, runs, toys, widgets
from course.weeks.week12_scaling.challenge import CHALLENGE, EDGES, LARGER, MODELS, worlds
from course.weeks.week12_scaling.stand_ins import (
    best_bet,
    count_params,
    fit_power_law,
    train_flops,
)

GIGA = 10**9


def shape(name: str) -> SimpleNamespace:
    return SimpleNamespace(**toys.KNOWN[name])


# ------------------------------------------------------------------------------------ sizes
@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("GPT-2 (2019)", 124_439_808),
        ("GPT-2 XL (2019)", 1_557_611_200),
        ("GPT-3 (2020)", 174_604_259_328),
        ("Llama 2 7B (2023)", 6_738_415_616),
        ("SmolLM2 135M (2025)", 134_515_008),
    ],
)
def test_published_sizes_give_published_counts(name: str, numbers: int) -> None:
    """The numbers of parameters that the models' cards and papers state, to the last one."""
    assert count_params(shape(name))[0] == numbers


def test_a_shipped_model_tells_its_sizes_and_torch_counts_its_operations() -> None:
    """Sizes read from a config give the model's own count; torch's counter sees our operations."""
    model, _ = load_tiny_llama()
    sizes = SimpleNamespace(**toys.sizes_of(model))
    assert count_params(sizes)[0] == model.num_parameters()
    assert train_flops(sizes, 16, 16) == toys.counted_flops(model, 16)


# ------------------------------------------------------------------------------------ laws
@pytest.mark.parametrize("law", toys.LAWS.values(), ids=toys.LAWS.keys())
def test_the_optimum_is_the_bottom_of_its_valley(law: toys.Law) -> None:
    """A hundredth more or less is worse, at the same operations; the best size rises with them."""
    for flops in (1e18, 1e22):
        best = law.optimum(flops)
        around = toys.valley(law, flops, best * np.array([0.99, 1.0, 1.01]))
        assert around[1] < min(around[0], around[2])
    rise = math.log(law.optimum(1e24) / law.optimum(1e20)) / math.log(1e4)
    assert rise == pytest.approx(law.beta / (law.alpha + law.beta))


def test_the_mended_law_reads_twenty_tokens_for_each_number() -> None:
    """About twenty at every budget; the published third fit asks for more and more."""
    ratio = {
        name: [F / 6 / law.optimum(F) ** 2 for F in (1e20, 1e25)] for name, law in toys.LAWS.items()
    }
    assert all(10 < r < 30 for r in ratio["Besiroglu 2024, same data"])
    assert ratio["Hoffmann 2022, third fit"][1] > 3 * ratio["Hoffmann 2022, third fit"][0]


# ------------------------------------------------------------------------------------ texts
def test_windows_stand_side_by_side() -> None:
    """Every place of a text is foretold once, behind its context."""
    rows = toys.windows(torch.arange(6), 3)
    assert rows.tolist() == [[0, 1, 2, 3], [1, 2, 3, 4], [2, 3, 4, 5]]


def test_both_languages_tell_the_same_paragraphs() -> None:
    """As many paragraphs; more bytes than characters in Korean; nothing that is held was read."""
    sides = toys.help_bytes(held=20, most=3000)
    english, korean = sides["English"], sides["Korean"]
    assert english.held_pairs == korean.held_pairs == 20
    assert len(korean.held) > 1.5 * korean.held_characters
    assert len(english.held) < 1.05 * english.held_characters
    assert len(english.train) == len(korean.train) == 3000


def test_words_are_right_when_all_their_tokens_are() -> None:
    """Words that begin and end in the window, with the hits of each; the first token is given."""
    tokens = ["Once", "Ġup", "on", "Ġa", "Ġti", "me", "Ġso"]
    tokenizer = SimpleNamespace(convert_ids_to_tokens=lambda ids: [tokens[i] for i in ids])
    right = torch.tensor([[True, False, True, True, True, True]])
    correct, mask = toys.words_right(tokenizer, torch.arange(7)[None], right)
    assert mask.sum(1).tolist() == [2, 1, 2]
    assert (correct | ~mask).all(1).tolist() == [False, True, True]


def test_the_table_of_counts_learns_and_is_tuned_apart() -> None:
    """A text that repeats itself costs little; one that is even costs its entropy."""
    again = torch.arange(6).repeat(600)
    assert toys.tuned_table_bits(again, again[:600], size=6, tuning=300) < 0.2
    even = torch.randint(4, (4000,), generator=torch.Generator().manual_seed(0))
    assert toys.tuned_table_bits(even[:3000], even[3000:], size=4, tuning=500) > 1.9


# ------------------------------------------------------------------------------------ challenge
def test_a_laboratory_hides_its_last_loss() -> None:
    """Sizes rise, the last ten times the one before; the target is a place among the intervals."""
    found = worlds("a test", 50)
    for notes in found.contexts:
        assert notes.shape == (MODELS + 1, 2) and notes[-1, 1] == 0
        assert (np.diff(notes[:, 0]) > 0).all() and (notes[:-1, 1] > 0).all()
        assert notes[-1, 0] == pytest.approx(LARGER * notes[-2, 0])
    assert set(found.targets) <= set(range(len(EDGES) - 1)) and len(set(found.targets)) > 10


def test_laboratories_are_drawn_from_the_seed() -> None:
    """The same seed gives the same worlds, another one others."""
    a, again, b = worlds("a", 5), worlds("a", 5), worlds("b", 5)
    assert a.targets == again.targets
    assert all(np.array_equal(x, y) for x, y in zip(a.contexts, again.contexts, strict=True))
    assert not np.array_equal(a.contexts[0], b.contexts[0])


def test_an_even_bet_earns_nothing() -> None:
    """log2 of 40 intervals is beyond the lower end of the curve."""
    found = worlds("c", 20)
    assert bits(best_bet(found.contexts), found.targets) > CHALLENGE.curve[0][0]


# ------------------------------------------------------------------------------------ recorded runs
def test_the_recorded_runs_say_what_the_text_says() -> None:
    """Five seeds; losses fall with size; a line without a floor is too hopeful at ten times the
    size in each of them; a teacher helps most where there is little to read."""
    stored = runs.load_runs()
    assert len(stored["sweep"]) == len(stored["school"]) == 5
    for row in stored["sweep"]:
        n, losses = np.array(row["n"], float), np.array(row["bits"])
        assert (np.diff(losses) < 0).all()
        a, alpha = fit_power_law(n[:5], losses[:5])
        assert a * n[-1] ** -alpha < losses[-1] - 0.05
    for row in stored["school"]:
        gains = np.subtract(row["labels alone"], row["teacher, tau 2"])
        assert gains[0] > 0.8 > gains[1] > 0.05


# ------------------------------------------------------------------------------------ figures
def test_counts_are_told_as_people_write_them() -> None:
    """Thousands with a comma, then M, B and T."""
    told = [plots.plain(x) for x in (0.5, 12, 1566, 124_439_808, 7e10, 1.4e12)]
    assert told == ["0.5", "12", "1,566", "124M", "70B", "1.4T"]


def test_figures_name_their_axes() -> None:
    """Each figure with numbers on its axes says what they are."""
    made = [
        plots.table_shares({"a": (10, 5)}),
        plots.bet_range([10, 100, 1000], [3, 2, 1.5], 2, (1.6, 1.5, 1.7)),
        plots.misses({"a": [0.1, 0.2]}),
        plots.cut_layers(2.0, [3.0, 4.0], [(2.0, 2), (9.0, 1)]),
        plots.memory_bars({"weights": 3.0}, toys.CARDS),
    ]
    assert all(figure.axes[0].get_xlabel() for figure in made)
    assert len(plots.budget_story().axes[0].texts) >= 3 * len(plots.STORY)


def test_bars_of_a_student_begin_at_zero() -> None:
    """Lengths are compared, so a cut axis would make the teacher worth more than it is."""
    fig = plots.school_bars([{"labels": [3.9, 2.9], "teacher": [2.9, 2.7]}] * 2, (5, 60), 2.3)
    assert fig.axes[0].get_ylim()[0] == 0.0


def test_a_valley_without_a_bottom_has_no_triangle() -> None:
    """Only budgets with a bottom are marked."""
    row: dict[str, list[float]] = {"n": [10, 100, 1000], "bits": [3, 2, 2.5]}
    rows = {"a": row, "b": row}
    ax = plots.valleys(rows, {"a": (150.0, 1.9), "b": None}).axes[0]
    assert [line.get_marker() for line in ax.lines].count("v") == 1


# ------------------------------------------------------------------------------------ widgets
def test_the_truth_is_hidden_until_it_is_revealed() -> None:
    """Before, neither text nor picture holds it; afterwards it is told with the bet's error."""
    drawn: list[np.ndarray] = []

    def fit(n: np.ndarray, losses: np.ndarray) -> tuple[float, float]:
        drawn.append(losses)
        return 4.0, 0.1

    panel = widgets.bet_panel([10, 100, 1000, 10000], [3.0, 2.5, 2.0, 1.75], 3, fit)
    assert "1.75" not in panel.text.value and all(1.75 not in losses for losses in drawn)
    panel.controls["reveal"].value = True
    assert "True: 1.750" in panel.text.value


def test_cards_that_hold_a_training_are_named() -> None:
    """A need of 20 GB fits on 24 GB and more, one of 500 GB on none."""
    need = {"weights": 20 * GIGA}
    panel = widgets.memory_panel(
        {"a": SimpleNamespace(positions=8)}, {"a": 10}, lambda *_: dict(need)
    )
    assert "RTX 4090, 24 GB" in panel.text.value and "T4" not in panel.text.value
    need["weights"] = 500 * GIGA
    panel.controls["batch"].value = 2
    assert "none of these cards" in panel.text.value


def test_valleys_tell_tokens_for_each_number() -> None:
    """The exercise's bottoms stand in the text, one line a budget; without any there is none."""
    panel = widgets.valleys_panel(lambda n, losses: (float(n[4]), float(losses[4])))
    assert panel.text.value.count("tokens for each number") == 4
    assert "tokens" not in widgets.valleys_panel(lambda n, losses: None).text.value
