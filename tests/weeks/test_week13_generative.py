"""Week 13's toys, challenge, recorded runs, stand-ins, figures and widgets: what they compute."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import torch

from course.challenges.measures import as_ink
from course.weeks.week13_generative import plots, runs, toys, widgets
from course.weeks.week13_generative.challenge import (
    DICE,
    EXAMPLES,
    LEVELS,
    examples_of,
    forgeries,
    written,
)
from course.weeks.week13_generative.stand_ins import STAND_INS

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "source" / "week13_generative" / "week13_generative.ipynb"


# ------------------------------------------------------------------------------------ toys
def test_digits_are_split_once_and_for_all() -> None:
    """1,000 to learn from and 797 to judge by; all ten digits in both; no image twice."""
    digits = toys.split_digits()
    assert digits.train.shape == (1000, 64) and digits.held.shape == (797, 64)
    assert set(digits.train_labels.tolist()) == set(digits.held_labels.tolist()) == set(range(10))
    assert digits.train.min() >= 0 and digits.train.max() == 1.0
    assert toys.split_digits() is digits


def test_the_reader_reads_what_it_has_not_seen() -> None:
    """More than 95% of the training images, having learned on the others."""
    digits = toys.split_digits()
    reader = toys.Reader(digits.held, digits.held_labels)
    assert (reader.read(digits.train) == digits.train_labels).float().mean() > 0.95
    assert sum(reader.counts(digits.train[:50])) == 50


def test_fidelity_counts_samples_and_its_twin_balls() -> None:
    """The balls of 0, 1 and 5 reach 1, 1 and 4: a sample at 2 is in two, one at 11 in none."""
    real, samples = torch.tensor([[0.0], [1.0], [5.0]]), torch.tensor([[2.0], [11.0]])
    assert toys.fidelity(samples, real, 1) == 0.5
    assert toys.fidelity_turned(samples, real, 1) == pytest.approx(2 / 3)
    assert toys.fidelity(samples[:0], real, 1) == toys.fidelity_turned(samples[:0], real, 1) == 0


def test_the_nearest_training_image_is_another_one() -> None:
    """An equal image does not count: real digits can be measured like samples."""
    train = torch.tensor([[0.0], [3.0], [10.0]])
    assert toys.nearest_training(train, train) == pytest.approx(3.0)


def test_pca_with_all_numbers_loses_nothing() -> None:
    """Three numbers of three rebuild the images; one does not."""
    images = torch.randn(20, 3, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(toys.pca_rebuilt(images, images, 3), images, atol=1e-4, rtol=0)
    assert (toys.pca_rebuilt(images, images, 1) - images).abs().max() > 0.1


def test_whatever_a_model_gave_becomes_grey() -> None:
    """Numbers outside 0 to 1 and those that are none."""
    assert toys.grey(torch.tensor([-1.0, 0.5, 3.0, torch.nan])).tolist() == [0.0, 0.5, 1.0, 0.0]


def test_syllables_are_composed_of_initials_and_vowels() -> None:
    """가 comes first, 히 last; two vowels of each initial are held out, every vowel is seen."""
    found = toys.hangul_syllables()
    assert (found.names[0], found.names[-1], len(found.names)) == ("가", "히", 140)
    assert found.images.shape == (140, 144) and len(set(found.images.sum(1).tolist())) > 100
    assert torch.bincount(found.initials[found.held_out]).tolist() == [2] * 14
    assert set(found.vowels[~found.held_out].tolist()) == set(range(10))


def test_parts_added_up_need_no_unseen_syllable() -> None:
    """Where pictures are sums of parts, the baseline finds the unseen ones exactly."""
    given = toys.hangul_syllables()
    parts = torch.arange(14.0)[given.initials, None] + 20 * torch.arange(10.0)[given.vowels, None]
    seen = torch.zeros(140, dtype=torch.bool)
    whole = toys.Syllables(parts, given.initials, given.vowels, given.names, seen)
    torch.testing.assert_close(toys.added_parts(whole), parts)


def test_a_word_that_is_gone_stays_away() -> None:
    """Fed on itself a text's words only get fewer; with the real text kept they come back."""
    words = toys.texts_for_collapse(1500)["the constitution"]
    alone = toys.trigram_generations(words, 5, False, seed=0)
    kept = toys.trigram_generations(words, 5, True, seed=0)
    assert alone == sorted(alone, reverse=True) and alone[0] == kept[0] == len(set(words))
    assert kept[-1] > 1.3 * alone[-1]


def test_a_picture_in_braille_has_two_lines_of_four_signs() -> None:
    """The first column's upper dots are 1, 2, 3 and 7."""
    image = torch.zeros(8, 8)
    image[:4, 0] = 1
    assert toys.as_braille(image.flatten()) == "⡇⠀⠀⠀\n⠀⠀⠀⠀"


# ------------------------------------------------------------------------------------ challenge
def test_a_hand_is_drawn_from_the_seed() -> None:
    """Equal seeds, equal hands; another seed, another one; dice, digits and examples in step."""
    first, again, other = (forgeries(seed, 30) for seed in ("a", "a", "b"))
    assert first.targets == again.targets != other.targets
    assert first.examples == again.examples != other.examples
    assert len(first.examples) == EXAMPLES and first.contexts[0].shape == (DICE,)
    assert set("".join(text for text, _ in first.examples)) == set(LEVELS)


def test_examples_and_hidden_digits_are_of_the_same_hand() -> None:
    """Their mean images resemble each other more than those of another hand's digits."""
    found, other = forgeries("a", 400), forgeries("c", 400)
    ours = examples_of(found.examples).images.mean(0)
    ours = ours / ours.sum()
    theirs, far = (as_ink(one.targets).mean(0) for one in (found, other))
    assert np.abs(ours - theirs).sum() < np.abs(ours - far).sum()


def test_a_hand_that_changes_nothing_keeps_the_image() -> None:
    """No slant, no turn, its own size and thickness: the pixels stay where they are."""

    class Plain(random.Random):
        def uniform(self, a: float, b: float) -> float:
            return 0.0 if a < 0 else 1.0

    class Still:
        def standard_normal(self, count: int) -> np.ndarray:
            return np.zeros(count)

    images = np.arange(64).reshape(1, 8, 8) / 63
    assert np.array_equal(written(images, Plain(), Still()), np.rint(images * 16).astype(int))


# ------------------------------------------------------------------------------------ recorded runs
def test_the_recorded_runs_are_whole() -> None:
    """As many seeds of everything; the collapse is one in each, and the cure too."""
    stored = runs.load_runs()
    seeds = len(stored["composed"])
    assert seeds == runs.SEEDS and {len(rows) for rows in stored["page"].values()} == {seeds}
    collapsed = [row["diversity"] for row in stored["collapsed"]]
    cured = [row["diversity"] for row in stored["page"]["GAN"]]
    assert max(collapsed) < 0.5 * min(cured)
    for alone, kept in zip(*stored["generations"].values(), strict=True):
        assert alone[-1] < kept[-1] < kept[0]


def test_the_text_says_what_was_recorded() -> None:
    """The spans of the products, of unseen syllables and of obeyed orders, to the last digit."""
    stored, text = runs.load_runs(), NOTEBOOK.read_text(encoding="utf-8")
    for rows in stored["page"].values():
        products = [row["fidelity"] * row["diversity"] for row in rows]
        assert f"{min(products):.2f} to {max(products):.2f} for" in text
    drawn, heard = stored["composed"], stored["obeyed"]["0"]
    assert f"{100 * min(drawn):.0f} to {100 * max(drawn):.0f}% with five other seeds" in text
    assert f"{100 * min(heard):.1f} to {100 * max(heard):.0f}% of the time" in text


# ------------------------------------------------------------------------------------ stand-ins
def test_the_stand_in_coupling_undoes_itself() -> None:
    """There and back, with determinants of opposite sign, for an odd number of pixels."""
    couple, x = STAND_INS["affine_coupling"], torch.arange(15.0).view(3, 5) / 10
    net = lambda front: torch.cat([front, front[:, :1] + 1] * 2, dim=1)  # noqa: E731
    there, stretched = couple(x, net)
    back, shrunk = couple(there, net, inverse=True)
    torch.testing.assert_close(back, x)
    torch.testing.assert_close(shrunk, -stretched)


def test_the_stand_in_steps_agree_with_each_other() -> None:
    """One step of noising undone with the true noise gives the clean image."""
    betas, x, noise = torch.tensor([0.3, 0.2]), torch.randn(2, 3), torch.randn(2, 3)
    noisy = STAND_INS["q_sample"](x, torch.tensor([0, 0]), noise, betas)
    torch.testing.assert_close(STAND_INS["ddpm_step"](noisy, 0, noise, noise, betas), x)


# ------------------------------------------------------------------------------------ figures
ROW = {"fidelity": 0.5, "diversity": 0.25, "nearest": 1.5, "seconds": 2.0, "obeyed": 0.75}


def test_figures_name_their_axes() -> None:
    """Each figure with numbers on its axes says what they are."""
    made = [
        plots.seed_dots({"VAE": [ROW]}),
        plots.guidance_curves([0.0, 1.0], [ROW, ROW]),
        plots.generation_curves({"alone": [ROW, ROW]}),
        plots.vocabulary_curves({"a": [10, 8]}),
        plots.cloud_and_price(0.0, 1.0, 0.0, [0.5, 1.0], [0.3, 0.0]),
    ]
    for figure in made:
        assert all(ax.get_xlabel() and ax.get_ylabel() for ax in figure.axes)
    assert len(plots.families().axes[0].texts) == 3 * len(plots.FAMILIES) + 1


def test_images_stand_in_rows_with_paper_between() -> None:
    """Three images of 2×2 pixels, two in a row: a page of 7 by 7."""
    ax = plots.image_grid(torch.ones(3, 4), columns=2).axes[0]
    page = ax.images[0].get_array()
    assert page.shape == (7, 7) and page.sum() == 12


def test_a_panel_asks_the_exercise_for_the_price() -> None:
    """The cloud that the sliders describe, with the logarithm of its variance."""
    asked: list[list[float]] = []

    def kl(mu: torch.Tensor, logvar: torch.Tensor) -> torch.Tensor:
        asked.append([mu[0, 0].item(), logvar[0, 0].item()])
        return (mu + logvar)[:, 0]

    panel = widgets.pull_panel(kl)
    panel.controls["spread"].value = 1.0
    assert asked[-1] == pytest.approx([1.0, 0.0])
