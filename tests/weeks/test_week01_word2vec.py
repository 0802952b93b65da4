"""Week 01's toy world, figures and widgets, tested as plain objects."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from course.figures import style
from course.weeks.week01_word2vec import bilingual, plots, widgets, word_map
from course.weeks.week01_word2vec.toys import RELATIONS, TRADES, questions, toy_pairs, toy_world

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "source" / "week01_word2vec" / "week01_word2vec.ipynb"
PNG = b"\x89PNG"
WORDS = ["king", "queen", "boy", "girl", "the"]
SQUARE = np.array([[1.0, 0, 1], [1, 1, 1], [-1, 0, 1], [-1, 1, 1], [0, 0, -1]])
PAIRS = [("king", "queen"), ("boy", "girl")]


# ------------------------------------------------------------------------------ toy world
def test_toy_world_is_the_same_for_the_same_seed() -> None:
    """One seed gives one text; another seed gives another."""
    assert toy_world(50, seed=3) == toy_world(50, seed=3)
    assert toy_world(50, seed=3) != toy_world(50, seed=4)


def test_toy_world_has_as_many_sentences_as_asked() -> None:
    """n sentences are n lists of at least five words; 0 is allowed, -1 is not."""
    assert [len(toy_world(n)) for n in (0, 1, 7)] == [0, 1, 7]
    assert min(map(len, toy_world(200))) >= 5
    with pytest.raises(ValueError, match="-1"):
        toy_world(-1)


def test_every_sentence_speaks_of_one_trade_and_one_person() -> None:
    """No sentence mixes trades, and pronouns always agree with the person."""
    he, she = ({"he", "his", "him", "himself"}, {"she", "her", "herself"})
    for sentence in map(set, toy_world(300, seed=1)):
        trades = [t for t, (people, *_) in TRADES.items() if sentence & set(people)]
        assert len(trades) == 1
        people, things, places, verbs = TRADES[trades[0]]
        person = sentence & set(people)
        assert len(person) == 1
        assert not sentence & (she if person == {people[0]} else he)
        own = {*things, *places, *verbs}
        foreign = {word for _, *lists in TRADES.values() for words in lists for word in words}
        assert not sentence & (foreign - own)


def test_seven_pairs_make_forty_two_questions() -> None:
    """Every ordered pair of different pairs is one question, and no question repeats."""
    asked = questions(toy_pairs())
    assert len(asked) == len(set(asked)) == 42
    assert ("king", "queen", "boy", "girl") in asked
    assert questions([("a", "b")]) == []


def test_relations_repeat_no_word() -> None:
    """A relation has 12 pairs of 24 different words, so no answer is an input."""
    for pairs in RELATIONS.values():
        words = [word for pair in pairs for word in pair]
        assert (len(pairs), len(set(words))) == (12, 24)


# ------------------------------------------------------------------------------ numbers
def test_cosine_matrix_knows_parallel_opposite_and_zero_rows() -> None:
    """Parallel rows give 1, opposite rows -1, and a zero row gives 0, not NaN."""
    cosines = plots.cosine_matrix([[2.0, 0.0], [5.0, 0.0], [-1.0, 0.0], [0.0, 0.0]])
    np.testing.assert_allclose(cosines[0], [1, 1, -1, 0])


def test_unit_rows_keep_directions_and_zero_rows() -> None:
    """Rows come back at length 1; a zero row stays zero."""
    np.testing.assert_allclose(plots.unit_rows([[3.0, 4.0], [0.0, 0.0]]), [[0.6, 0.8], [0, 0]])


def test_principal_axes_find_the_longest_direction() -> None:
    """Points on a line have that line as first axis, with all of the variance."""
    line = np.outer([-2.0, 0.0, 2.0], [0.6, 0.8]) + 5.0
    mean, directions, share = plots.principal_axes(line)
    np.testing.assert_allclose(mean, [5, 5])
    np.testing.assert_allclose(directions[0], [0.6, 0.8])
    np.testing.assert_allclose(share, [1, 0], atol=1e-12)


def test_principal_axes_do_not_flip_with_the_data() -> None:
    """Mirrored data give the same axes, so a picture never turns over."""
    rows = np.random.default_rng(0).normal(size=(9, 4))
    np.testing.assert_allclose(plots.principal_axes(rows)[1], plots.principal_axes(-rows)[1])


# ------------------------------------------------------------------------------ figures
FIGURES: dict[str, Callable[[], Figure]] = {
    "similarity": lambda: plots.similarity_figure(WORDS, {"a": torch.eye(5), "b": SQUARE}),
    "window": lambda: plots.window_figure(WORDS, 1, [(1, 0), (1, 2), (0, 1)]),
    "bars": lambda: plots.bars_figure(WORDS, range(5), "probability", "five"),
    "cost": lambda: plots.cost_figure([100, 1000], dim=8, n_negatives=5),
    "rows": lambda: plots.touched_rows_figure(WORDS, {"in": SQUARE, "out": 0 * SQUARE}),
    "noise": lambda: plots.noise_figure(WORDS, {"even": np.full(5, 0.2)}),
    "ages": lambda: plots.ages_figure({"200 labels": {"rules": 0.5, "bag of words": 0.75}}),
    "unknown": lambda: plots.unknown_figure([100, 1000], {"한국어": [0.5, 0.25]}),
    "gradients": lambda: plots.gradients_figure({"E_in": (SQUARE, SQUARE)}),
    "frequency": lambda: plots.frequency_figure({"x": [(10.0, 0.5, 3), (90.0, 1.0, 3)]}),
    "parallelogram": lambda: plots.parallelogram_figure(WORDS, SQUARE, PAIRS, (0, 1)),
    "training": lambda: plots.training_figure(
        WORDS, {0: 0 * SQUARE, 9: SQUARE}, [2.0] * 9, PAIRS, 0
    ),
    "accuracy": lambda: plots.accuracy_figure({"a": {"x": (1, 2)}, "b": {"x": (0, 0)}}),
}


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES.keys())
def test_every_figure_becomes_a_picture_with_labels(draw: Callable[[], Figure]) -> None:
    """Each plot function returns a figure that renders, and no axes with data lack both labels."""
    figure = draw()
    assert style.png(figure).startswith(PNG)
    for ax in figure.axes:
        named = ax.get_xlabel() or ax.get_ylabel() or ax.get_xticklabels()[:1]
        assert named or not ax.axison


def test_the_map_shows_each_word_once_and_needs_no_script() -> None:
    """A dot and a word for each of 2,000 places; markup in a word stays text; nothing runs."""
    stored = word_map.read_map()
    assert len(stored) == len({word for word, _, _ in stored}) == word_map.COUNT
    picture = word_map.svg([*stored[:2], ("<b>", 0.0, 1e3)])
    assert picture.count("<circle") == picture.count("<text") == 3
    assert "&lt;b&gt;" in picture and "<script" not in picture
    assert widgets.word_map().data == word_map.svg(stored)


def test_the_map_keeps_neighbours_together() -> None:
    """Days of the week lie closer to each other than to a word of sports, as the text says."""
    at = {word: np.array([x, y]) for word, x, y in word_map.read_map()}
    days = [at[day] for day in ("monday", "tuesday", "friday")]
    apart = max(np.linalg.norm(a - b) for a in days for b in days)
    assert apart < min(np.linalg.norm(day - at["football"]) for day in days)


def test_window_figure_counts_the_pairs_of_the_centre() -> None:
    """The title counts the centre's own pairs and those of the whole sentence."""
    figure = FIGURES["window"]()
    assert figure.axes[0].get_title(loc="left") == "2 pairs here, 3 in the whole sentence"


@pytest.mark.parametrize("centre", [-1, 5])
def test_window_figure_refuses_a_centre_outside(centre: int) -> None:
    """A centre that is no place of the sentence is an IndexError that names it."""
    with pytest.raises(IndexError, match=str(centre)):
        plots.window_figure(WORDS, centre, [])


def test_touched_rows_counts_rows_with_a_gradient() -> None:
    """The titles say how many rows are not zero."""
    titles = [ax.get_title(loc="left") for ax in FIGURES["rows"]().axes[:2]]
    assert titles == ["in: 5 of 5 rows used", "out: 0 of 5 rows used"]


def test_parallelogram_joins_only_the_two_chosen_pairs() -> None:
    """With two pairs chosen there are two dashed sides, with none there are none."""

    def dashed(figure: Figure) -> int:
        return sum(line.get_linestyle() == "--" for line in figure.axes[0].lines)

    assert dashed(plots.parallelogram_figure(WORDS, SQUARE, PAIRS, (0, 1))) == 2
    assert dashed(plots.parallelogram_figure(WORDS, SQUARE, PAIRS)) == 0


def test_parallelogram_names_only_the_chosen_of_many_pairs() -> None:
    """Many arrows: only the two chosen carry their words; a few arrows: all do."""

    def names(n_pairs: int) -> set[str]:
        words = [f"{side}{i}" for i in range(n_pairs) for side in "ab"]
        vectors = np.random.default_rng(0).normal(size=(len(words), 5))
        pairs = [(f"a{i}", f"b{i}") for i in range(n_pairs)]
        figure = plots.parallelogram_figure(words, vectors, pairs, (0, 2))
        return {text.get_text() for text in figure.axes[0].texts} - {""}

    assert names(plots.MANY_PAIRS + 1) == {"a0", "b0", "a2", "b2"}
    assert len(names(plots.MANY_PAIRS)) == 2 * plots.MANY_PAIRS


def test_bars_have_no_minus_zero() -> None:
    """A small negative value is written 0.00, other signs stay."""
    figure = plots.bars_figure(["a", "b"], [-0.001, -0.2], "share", "t")
    assert [text.get_text() for text in figure.axes[0].texts] == ["0.00", "-0.20"]


def test_accuracy_shows_a_dash_where_nothing_was_asked() -> None:
    """A relation without questions gets a dash, not a zero."""
    texts = {text.get_text() for text in FIGURES["accuracy"]().axes[0].texts}
    assert texts == {"1/2", "–"}


# ------------------------------------------------------------------------------ widgets
def pairs_of(ids: list[int], window: int) -> list[tuple[int, int]]:
    return [(i, j) for i in ids for j in ids if 0 < abs(i - j) <= window]


def test_window_slider_shows_what_the_given_function_returns() -> None:
    """The student's own function is asked, with places as ids, at every move."""
    calls = []

    def spy(ids: list[int], window: int) -> list[tuple[int, int]]:
        calls.append((ids, window))
        return pairs_of(ids, window)

    panel = widgets.window_slider({"a": "one two three four", "나": "하나 둘"}, spy)
    panel.controls["window"].value = 1
    assert calls == [([0, 1, 2, 3], 2), ([0, 1, 2, 3], 1)]
    panel.controls["centre"].value = 3
    panel.controls["sentence"].value = "나"  # shorter: the centre moves to its last word
    assert calls[-1] == ([0, 1], 1)


def test_neighbours_asks_for_the_chosen_word() -> None:
    """The chosen word goes to the given function."""
    asked = []

    def nearest(word: str) -> tuple[list[int], list[float]]:
        asked.append(word)
        return [1, 2], [0.9, 0.8]

    panel = widgets.neighbours(WORDS, nearest, ["king", "boy"])
    panel.controls["word"].value = "boy"
    assert asked == ["king", "boy"]


def test_parallelograms_leave_unknown_words_out() -> None:
    """Pairs with a word outside the vocabulary are dropped; too few pairs are an error."""
    pairs = [*PAIRS, ("monk", "nun")]
    panel = widgets.parallelograms(WORDS, SQUARE, {"he to she": pairs})
    assert panel.controls["one"].max == 1
    with pytest.raises(ValueError, match="fewer than two"):
        widgets.parallelograms(WORDS, SQUARE, {"he to she": [("monk", "nun")]})


def test_training_slider_offers_every_snapshot() -> None:
    """The slider's stops are the snapshots, in order, and it starts at the last one."""
    panel = widgets.training_slider(WORDS, {9: SQUARE, 0: 0 * SQUARE}, [2.0] * 9, PAIRS)
    assert list(panel.controls["step"].options) == [0, 9]
    assert panel.controls["step"].value == 9
    panel.controls["step"].value = 0
    assert bytes(panel.picture.value).startswith(PNG)


# ------------------------------------------------------------------------------ the week itself
@pytest.fixture(scope="module")
def week() -> dict[str, Any]:
    """The names that the notebook's set-up, solutions and training cell define."""
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    wanted = {"setup", "play-imports", "play-toy-world", "play-train"}
    names: dict[str, Any] = {}
    for cell in cells:
        solution = cell.metadata.get("nbgrader", {}).get("solution", False)
        if cell.cell_type == "code" and (solution or cell.id in wanted):
            exec(cell.source, names)
    return names


def test_training_starts_at_six_times_ln_2(week: dict[str, Any]) -> None:
    """The first loss of skip-gram with five negatives is (K + 1) ln 2."""
    assert week["toy_losses"][0] == pytest.approx(6 * math.log(2), rel=1e-4)


@pytest.mark.parametrize("seed", range(5))
def test_toy_world_analogies_come_out(week: dict[str, Any], seed: int) -> None:
    """With the reference, at least 38 of the toy world's 42 analogies are right for each seed."""
    _, index, ids, counts = week["index_words"](toy_world(3000, seed=seed))
    pairs = torch.tensor([pair for sentence in ids for pair in week["context_pairs"](sentence, 4)])
    vectors, _, _ = week["train_sgns"](lambda: pairs, counts, D=16, epochs=2, batch=512)
    asked = torch.tensor([[index[word] for word in q] for q in questions(toy_pairs())])
    right = (week["analogy"](asked[:, :3], vectors) == asked[:, 3]).sum()
    assert right >= 38


def test_korean_words_lose_their_last_particle_and_nothing_else() -> None:
    """A word that is as long as a particle stays whole."""
    cut = [bilingual.PARTICLE.sub("", word) for word in ("문서를", "표에서", "이", "셀")]
    assert cut == ["문서", "표", "이", "셀"]


def test_words_that_stand_in_the_same_paragraphs_are_a_pair() -> None:
    """Each other's best partner, above half of the paragraphs; chance company is none."""
    one = [["cell", "the"], ["cell"], ["page", "the"], ["page"], ["the"]]
    other = [["셀"], ["셀"], ["쪽"], ["쪽"], []]
    words, others = bilingual.frequent(one, least=2), bilingual.frequent(other, least=2)
    found = bilingual.dictionary(one, other, words, others)
    assert {(words[i], others[j]) for i, j in found} == {("cell", "셀"), ("page", "쪽")}


def test_unknown_words_keep_their_place() -> None:
    """So that a window does not jump over them."""
    assert bilingual.as_numbers([["a", "x", "b"]], ["b", "a"]) == [[1, -1, 0]]
