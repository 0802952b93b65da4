"""Week 14's toys, sounds, challenge, recorded runs, figures and stand-ins: what they compute."""

from __future__ import annotations

import io
import math
import wave

import numpy as np
import pytest
import torch

from course.challenges.measures import recall
from course.data import load_emoji
from course.weeks.week14_multimodal import challenge, plots, runs, sound, toys, widgets
from course.weeks.week14_multimodal.stand_ins import STAND_INS


# ------------------------------------------------------------------------------------ toys
def test_captions_to_ask_with_are_others_than_those_to_learn_from() -> None:
    """Ten digits in two languages; no sentence stands on both sides."""
    for language in ("English", "Korean"):
        told = {c for d in range(10) for c in toys.digit_captions(d, language)}
        asked = {c for d in range(10) for c in toys.digit_captions(d, language, asked=True)}
        assert len(told) == 40 and len(asked) == 20 and not told & asked
    assert toys.digit_captions(3, "Korean")[0] == "숫자 삼"


def test_a_scene_shows_four_different_things_where_it_says() -> None:
    """Each corner of a scene is the picture that `who` names for it."""
    colours = torch.arange(6.0).reshape(6, 1, 1, 1).expand(6, 2, 2, 3)
    scene, who = toys.scenes(colours, 5, torch.Generator().manual_seed(0))
    assert scene.shape == (5, 4, 4, 3) and all(len(set(row)) == 4 for row in who.tolist())
    corners = torch.stack([scene[:, 0, 0], scene[:, 0, 3], scene[:, 3, 0], scene[:, 3, 3]], 1)
    assert torch.equal(corners[..., 0], who.float())


def test_attention_is_added_up_by_corner() -> None:
    """Sixteen patches in a square: four to each corner, read row by row."""
    weights = torch.zeros(1, 2, 16)
    weights[0, 0, [0, 1, 4, 5]] = 0.25
    weights[0, 1, [3, 12]] = 0.5
    assert toys.in_corners(weights).tolist() == [[[1.0, 0, 0, 0], [0, 0.5, 0.5, 0]]]


def test_twenty_plain_things_are_found_by_name() -> None:
    """Their places lead back to their names."""
    _, captions = load_emoji()
    places = toys.plain_things(captions)
    assert [captions[n].english for n in places] == list(toys.PLAIN_THINGS)


def test_neighbours_lend_their_captions() -> None:
    """The nearest picture's caption scores the candidate that shares its rare pieces."""
    known = [["red", "heart"], ["red", "car"], ["blue", "car"]]
    told = toys.weighted_bags(known, known)
    candidates = toys.weighted_bags([["heart", "new"], ["blue"]], known)
    seen = np.array([[0.0, 0], [1, 0], [5, 5]])
    scores = toys.neighbour_scores(seen, told, np.array([[0.1, 0], [5, 4]]), candidates, 1)
    assert scores.argmax(1).tolist() == [0, 1]
    assert np.linalg.norm(told, axis=1) == pytest.approx(np.ones(3))


def test_mel_filters_are_triangles_that_widen() -> None:
    """Each filter has one peak; neighbours overlap; the highest is wider than the lowest."""
    bank = toys.mel_filters(16_000, 512, 40)
    assert bank.shape == (257, 40) and bank.min() == 0 and bank.max() <= 1
    wide = (bank > 0).sum(0)
    assert wide[-1] > 3 * wide[5] and torch.all(bank.argmax(0).diff() > 0)


def test_hangul_is_typed_on_the_two_set_keyboard() -> None:
    """Doubled and compound letters take the keys of their parts; signs take none."""
    assert toys.keys_of("고양이") == "rhdiddl" and toys.keys_of("닭과") == "ekfrrhk"
    assert toys.keys_of("빵") == "qkd" and toys.keys_of("Red-2") == "red"
    words = toys.short_words(load_emoji()[1])
    assert "apple" in words and "고양이" in words and "-" not in "".join(map(toys.keys_of, words))


def test_a_key_has_its_own_two_tones() -> None:
    """The two loudest pitches of a key's sound lie near its low and its high tone."""
    noise = np.random.default_rng(0)
    samples = toys.key_sound("h", noise)
    size = np.abs(np.fft.rfft(samples))
    hertz = np.fft.rfftfreq(len(samples), 1 / toys.RATE)
    low, high = hertz[hertz < 2000][size[hertz < 2000].argmax()], hertz[hertz > 2000]
    assert low == pytest.approx(toys.LOW[2], rel=0.05)
    assert high[size[hertz > 2000].argmax()] == pytest.approx(toys.HIGH[1], rel=0.05)


def test_edits_count_insertions_deletions_and_exchanges() -> None:
    """By hand."""
    assert [toys.edits(*pair) for pair in (("", "ab"), ("cat", "cut"), ("aple", "apple"))] == [
        2,
        1,
        1,
    ]


# ------------------------------------------------------------------------------------ sound
def test_a_sound_brings_a_player_and_a_sentence() -> None:
    """The player holds a WAV file of the samples; a reader without one gets length and words."""
    made = sound.Sound(np.array([0.0, 0.5, -2.0, 1.0]), 4, "안녕")
    bundle = made._repr_mimebundle_()
    assert "<audio" in bundle["text/html"]
    assert bundle["text/plain"] == "1.0 s of sound at 4 samples a second: '안녕'"
    with wave.open(io.BytesIO(sound.wav_bytes(made.samples, 4))) as file:
        assert file.getframerate() == 4
        heard = np.frombuffer(file.readframes(9), dtype="<i2").tolist()
    assert heard == [0, 16384, -32767, 32767]


# ------------------------------------------------------------------------------------ challenge
@pytest.fixture(scope="module")
def cards():
    return challenge.unseen_cards("a test", 60)


def test_cards_are_drawn_from_the_seed(cards) -> None:
    """The same seed makes the same world, another one another; every place is right sometimes."""
    challenge.unseen_cards.cache_clear()
    assert challenge.unseen_cards("a test", 60) == cards
    assert challenge.unseen_cards("another", 60).contexts[0] != cards.contexts[0]
    assert set(cards.targets) == set(range(8))


def test_a_question_has_a_picture_and_eight_captions(cards) -> None:
    """Pictures lie between 0 and 1; the captions of a question differ; examples have two."""
    for text in cards.contexts[:10]:
        asked = challenge.read(text)
        assert asked.picture.shape == (10, 10, 3) and asked.picture.min() >= 0
        assert asked.picture.max() <= 1 and len(set(asked.captions)) == 8
    assert len(cards.examples) == challenge.EXAMPLES
    hill, coast = challenge.read(cards.examples[0][0]).captions
    assert len(hill.split()) == 3 and len(coast.split()) == 1


def test_no_example_shows_a_card_that_is_asked_for(cards) -> None:
    """The right caption of a question is no caption of an example."""
    told = {c for text, _ in cards.examples for c in challenge.read(text).captions}
    asked = zip(cards.contexts, cards.targets, strict=True)
    right = [challenge.read(text).captions[place] for text, place in asked]
    assert not told & set(right)


def test_an_even_choice_has_one_in_eight(cards) -> None:
    """The stand-in earns nothing."""
    table = STAND_INS["match_captions"]([])(cards.contexts)
    assert recall(table, cards.targets) == pytest.approx(12.5)
    assert challenge.CHALLENGE.curve[0] == (12.5, 0)


# ------------------------------------------------------------------------------------ recorded runs
def test_the_recorded_runs_are_whole() -> None:
    """Five seeds of each way; all far above chance, mean colour below the nearest pictures."""
    stored = runs.load_runs()
    found = {way: [row["recall at 1"] for row in rows] for way, rows in stored["recall"].items()}
    assert {len(values) for values in found.values()} == {runs.SEEDS}
    mean = {way: float(np.mean(values)) for way, values in found.items()}
    assert 1 / 300 < mean["mean colour, neighbours"] < mean["nearest pictures, tuned"]
    assert mean["towers, both languages"] > 0.05
    assert all(len(values) == runs.SEEDS for values in stored["others"].values())


# ------------------------------------------------------------------------------------ stand-ins
def test_the_stand_in_for_patches_reads_row_by_row() -> None:
    """By hand, with two channels, whole numbers and what does not fit."""
    images = torch.arange(2 * 2 * 4 * 2).reshape(2, 2, 4, 2)
    out = STAND_INS["patchify"](images, 2)
    assert out.dtype == images.dtype and out[0, 0].tolist() == [0, 1, 2, 3, 8, 9, 10, 11]
    with pytest.raises(ValueError, match="whole number"):
        STAND_INS["patchify"](images, 4)


def test_the_stand_in_losses_agree_with_numbers_by_hand() -> None:
    """Equal vectors: ln B; three frames that say [1, 1]: one path of 27."""
    same = torch.ones(4, 3)
    assert STAND_INS["info_nce"](same, same, 0.1).item() == pytest.approx(math.log(4))
    three = torch.full((3, 3), 1 / 3).log()
    assert STAND_INS["ctc_loss"](three, [1, 1]).item() == pytest.approx(math.log(27))
    assert STAND_INS["ctc_collapse"]([1, 1, 0, 1, 2, 2], 0) == [1, 1, 2]
    assert STAND_INS["ctc_collapse"]([], 0) == []


def test_the_stand_in_counts_ties_against() -> None:
    """A constant table finds nothing until k goes beyond the wrong ones."""
    right = torch.eye(3, dtype=torch.bool)
    found = [STAND_INS["recall_at_k"](torch.zeros(3, 3), right, k) for k in (1, 2, 3, 9)]
    assert found == [0.0, 0.0, 1.0, 1.0]


def test_the_stand_in_attention_leaves_out_what_is_not_there() -> None:
    """Weights of missing patches are 0, and the others sum to 1."""
    one, real = torch.eye(2), torch.tensor([[True, False, True]])
    out, weights = STAND_INS["cross_attend"](
        torch.ones(1, 1, 2), torch.arange(6.0).reshape(1, 3, 2), real, one, one, one
    )
    assert weights[0, 0, 1] == 0 and weights.sum().item() == pytest.approx(1)
    assert torch.allclose(out, weights @ torch.arange(6.0).reshape(1, 3, 2))


# ------------------------------------------------------------------------------------ figures
def test_figures_name_their_axes() -> None:
    """Each figure with numbers on its axes says what they are."""
    made = [
        plots.probability_matrix([[0.5, 0.5], [1, 0]], ["a", "b"], "t"),
        plots.share_bars({"a": {"English": 0.5}}, 0.1, "share"),
        plots.filters(toys.mel_filters(160, 16, 3), 160),
        plots.frames_heard([[0.9, 0.1], [0.2, 0.8]], "-a", "t"),
        plots.falling({"a": [2.0, 1.0]}, "loss", "step"),
    ]
    for figure in made:
        axes = figure.axes[0]
        assert axes.get_xlabel() or axes.get_xticklabels()
        assert axes.get_ylabel()
    assert plots.doors().axes[0].texts


def test_the_brightest_patch_of_a_heat_map_is_the_one_looked_at() -> None:
    """All attention on one patch leaves it as it was and darkens the rest."""
    figure = plots.heat_maps(np.ones((4, 4, 3)), ["말"], [[0.0, 1.0, 0.0, 0.0]])
    shown = figure.axes[1].images[0].get_array()
    assert shown[0, 3, 0] == pytest.approx(1.0) and shown[3, 0, 0] == pytest.approx(0.15)
    assert figure.axes[1].get_title() == "말"


def test_true_pairs_are_framed() -> None:
    """A frame on each cell of the diagonal, in every language's matrix."""
    pictures = [np.ones((2, 2, 3))] * 3
    figure = plots.matching(pictures, {"English": (["a", "b", "c"], np.eye(3))})
    assert figure.axes[1].lines[0].get_xydata().tolist() == [[0, 0], [1, 1], [2, 2]]


# ------------------------------------------------------------------------------------ widgets
def test_frames_are_read_by_the_students_function() -> None:
    """The panel shows what the function makes of the typed frames."""
    panel = widgets.frames_panel(lambda ids, blank: [n for n in ids if n != blank], "a-b")
    assert "read as:  ab" in panel.text.value
    panel.controls["frames"].value = "cc-"
    assert "3 frames: cc-" in panel.text.value and "read as:  cc" in panel.text.value
