"""Week 07's toys, figures and widgets: what they compute and what they show."""

from __future__ import annotations

import math

import pytest
import torch
from matplotlib.figure import Figure
from tokenizers import ByteLevelBPETokenizer
from torch import nn

from course.data import load_gpt2_bpe
from course.weeks.week07_gpt import plots, toys, widgets
from course.weeks.week07_gpt.stand_ins import STAND_INS

TEXT = "I'll see 12 ships,\n\n 한글 too. "
MERGES = [(97, 98), (256, 99), (0xED, 0x95)]


# ------------------------------------------------------------------------------------ tokens
def test_the_words_of_a_text_joined_are_the_text():
    """Nothing is lost where GPT-2 cuts: blanks belong to the next word, contractions are cut."""
    words = toys.split_words(TEXT)
    assert b"".join(words).decode() == TEXT
    assert words[:4] == [b"I", b"'ll", b" see", b" 12"]
    assert toys.word_counts("a a b") == {b"a": 1, b" a": 1, b" b": 1}


def test_the_pieces_of_merges_are_their_texts():
    """A merge's text is that of its two ids; a cut syllable shows as U+FFFD."""
    pieces = toys.pieces(MERGES)
    assert (pieces[97], pieces[256], pieces[257], pieces[258]) == ("a", "ab", "abc", "\ufffd")


def test_bytes_per_token_grow_with_merges():
    """Without merges a token is a byte; with them "abcabc" is two tokens of three bytes."""
    assert toys.bytes_per_token("abcabc", []) == 1.0
    assert toys.bytes_per_token("abcabc", MERGES) == 3.0


def test_gpt2s_merges_in_our_numbering_give_its_ids():
    """The library's encoder over our ids, renumbered, equals tokenizers with GPT-2's own files."""
    library = ByteLevelBPETokenizer(*load_gpt2_bpe())
    encode = toys.library_encoder(toys.gpt2_merges())
    ours = toys.gpt2_ids(i for word in toys.split_words(TEXT) for i in encode(word))
    assert ours == library.encode(TEXT).ids


# ------------------------------------------------------------------------------------ tables
def test_a_table_asks_the_shorter_context():
    """One symbol of two, seen three times of three, with epsilon 1: (3 + 1 / 2) / (3 + 1)."""
    table = toys.NgramTable(["aaa"], order=0, size=2)
    assert table.bits(["a"], epsilon=1.0) == pytest.approx(-math.log2(3.5 / 4))
    longer = toys.NgramTable(["abababab"], order=2, size=2)
    assert longer.bits(["ababab"], 1.0) < longer.bits(["ababab"], 1.0, order=0)


def test_a_table_is_tuned_on_separate_text():
    """The order that is best on the tuning text is taken: two letters suffice for "abab"."""
    table = toys.NgramTable(["ab" * 30, "ba" * 2], order=4, size=3)
    order, epsilon = table.tuned(["abababab"])
    tried = {table.bits(["abababab"], eps, n) for n in (2, 3, 4) for eps in (2.0, 8.0)}
    assert table.bits(["abababab"], epsilon, order) == min(tried)


def test_reviews_are_apart_and_of_one_kind_each():
    """No sentence is in two parts, and each stands behind the prompt of its kind."""
    reviews = toys.review_pairs()
    parts = [{text for _, text in part} for part in (reviews.train, reviews.tuning, reviews.held)]
    assert len(parts[0]) > 6000 and len(parts[2]) == 80
    assert not parts[0] & parts[2] and not parts[1] & parts[2]
    assert {prompt for prompt, _ in reviews.held} == set(toys.PROMPTS)


def test_the_judge_knows_good_from_bad():
    """Words of good reviews speak for good; on held-out sentences it is right in 7 of 10."""
    judge = toys.ReviewJudge([(toys.PROMPTS[0], "lovely work"), (toys.PROMPTS[1], "dull work")])
    assert judge.good("a lovely film") and not judge.good("dull")
    reviews = toys.review_pairs()
    assert toys.ReviewJudge(reviews.train).accuracy(reviews.held) > 0.7


def test_word_ids_hold_the_frequent_words():
    """Id 0 is every other word; windows come from the first nine tenths."""
    rows, held, V = toys.word_ids("the cat and the dog and the end. " * 30, V=4, length=5)
    assert V == 4 and rows.shape[1] == 5 and int(rows.max()) == 3
    assert len(held) >= 0.1 * 8 * 30


# ------------------------------------------------------------------------------------ adapters
def test_adapters_know_both_orientations():
    """nn.Linear keeps (out, in), Conv1D of transformers (in, out); a delta is (in, out)."""
    from transformers.pytorch_utils import Conv1D

    x, delta = torch.randn(2, 3), torch.randn(3, 4)
    for layer in (nn.Linear(3, 4), Conv1D(4, 3)):
        assert toys.in_and_out(layer) == (3, 4)
        before = layer(x).detach()
        toys.add_to_weight(layer, delta)
        assert torch.allclose(layer(x), before + x @ delta, atol=1e-5)


# ------------------------------------------------------------------------------------ stand-ins
def test_the_stand_in_for_training_merges_finds_the_first_ones():
    """Where no two pairs are equally frequent the library's trainer joins what the text says."""
    merges = STAND_INS["bpe_train"]({b"aaab": 5, b"bb": 1, b"cab": 2}, 2)
    assert merges[0] == (97, 97) and len(merges) == 2


def test_the_stand_in_tokenizer_goes_there_and_back():
    """Encoded and decoded, a Korean text is itself; half a syllable is one U+FFFD."""
    bpe = STAND_INS["BPE"](MERGES)
    assert bpe.encode(b"abcab") == [257, 256]
    assert bpe.decode(bpe.encode("한글".encode())) == "한글"
    assert bpe.decode([0xED, 0x95]) == "\ufffd"


# ------------------------------------------------------------------------------------ figures
def test_knob_bars_show_the_likeliest_tokens_and_count_what_is_left():
    """Two bars a token, likeliest first; the title says how many can be drawn."""
    ax = plots.knob_bars(["a", " b", "c"], [0.2, 0.5, 0.3], [0.0, 0.6, 0.4], most=2).axes[0]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["␣b", "c"]
    assert len(ax.patches) == 4 and ax.get_title(loc="left").startswith("2 of 3 ")


def test_the_head_grid_writes_each_value():
    """A row a layer, a column a head."""
    ax = plots.head_grid([[0.25, 1.0, 0.5], [0.125, 0.0, 2.0]]).axes[0]
    assert [text.get_text() for text in ax.texts] == [
        "0.25",
        "1.00",
        "0.50",
        "0.12",
        "0.00",
        "2.00",
    ]


def test_figures_have_labelled_axes():
    """Each figure with numbers on its axes says what they are."""
    rows = {"before": {"reviews": 2.5, "novel": 1.5}, "LoRA": {"reviews": 2.25, "novel": 1.75}}
    made = [
        plots.compression([0, 10], {"a": [1.0, 2.0]}),
        plots.loss_curves({"a": ([0, 5], [5.0, 3.0])}, {"guess": 5.0}),
        plots.collapse_lines({"a": [50.0, 60.0]}),
        plots.sizes({"a": 1e6, "b": 1e9}),
    ]
    for figure in made:
        assert figure.axes[0].get_xlabel() and figure.axes[0].get_ylabel()
    assert plots.style_bars(rows, {"table": 2.0}).axes[0].get_ylabel() == "bits per byte"
    assert isinstance(plots.stages(), Figure)


# ------------------------------------------------------------------------------------ widgets
def test_token_strips_name_each_tokenizer_and_its_count():
    """One strip a tokenizer, with the number of tokens; markup in a name is escaped."""
    panel = widgets.token_strips({"<bytes>": list, "merges": lambda word: [1]}, "ab cd")
    assert "&lt;bytes&gt;</b>: 5 tokens for 5 characters" in panel.text.value
    assert "merges</b>: 2 tokens" in panel.text.value
    panel.controls["text"].value = "abc"
    assert "3 tokens for 3 characters" in panel.text.value
