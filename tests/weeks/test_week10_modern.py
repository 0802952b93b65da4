"""Week 10's toys, figures and widgets; and that the notebook's own Llama is the library's."""

from __future__ import annotations

import re
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import tiny_course
import torch
from stranded import code_cells
from transformers import LlamaConfig, LlamaForCausalLM

from course.challenges.numbers import count_numbers
from course.models import load_tiny_llama
from course.models.catalogue import SMOLLM2, is_fetched
from course.models.named import load_language_model
from course.notebook_format import SOLUTION
from course.weeks.week10_modern import challenge, lesson, plots, toys
from course.weeks.week10_modern.stand_ins import STAND_INS

NOTEBOOK = tiny_course.ROOT / "source" / "week10_modern" / "week10_modern.ipynb"
fetched = pytest.mark.skipif(
    not is_fetched(SMOLLM2), reason="`course models fetch smollm2` was not run"
)


@cache
def solved() -> dict[str, Any]:
    """The notebook's set-up, its solutions, and the class that puts them together."""
    names: dict[str, Any] = {"toys": toys}
    names["lesson"] = SimpleNamespace(fallback=lambda name: names[name], steps=lambda n: n)
    for cell in code_cells(NOTEBOOK):
        if cell.label in ("setup", "play-llama"):
            exec(cell.source, names)
        elif cell.solution:
            exec(cell.source.split(SOLUTION.end + "\n    # ---")[0], names)
    return names


@cache
def small_library() -> LlamaForCausalLM:
    """A Llama of transformers with random weights."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=50, hidden_size=32, intermediate_size=40, num_hidden_layers=2,
        num_attention_heads=4, num_key_value_heads=2, initializer_range=0.2, rms_norm_eps=1e-3,
        rope_parameters={"rope_type": "default", "rope_theta": 500.0}, tie_word_embeddings=True,
    )  # fmt: skip
    return LlamaForCausalLM(config).eval()


def own_llama(library: Any) -> Any:
    return solved()["from_transformers"](library)


def own_tokens(library: Any, ids: list[int], count: int, stop: int | None) -> list[int]:
    """What the notebook's Llama, cache and loop write with a library model's weights."""
    names, model = solved(), own_llama(library)
    cache = names["KVCache"](model.config.n_layers)
    return names["generate"](model, ids, count, cache, stop)


def library_tokens(library: Any, ids: list[int], count: int) -> list[int]:
    given = torch.tensor([ids])
    out = library.generate(
        given, attention_mask=torch.ones_like(given), max_new_tokens=count, do_sample=False,
        pad_token_id=0, use_cache=True,
    )  # fmt: skip
    return out[0].tolist()


# ------------------------------------------------------------------------------------ the Llama
@torch.no_grad()
def test_the_notebooks_llama_gives_the_librarys_logits():
    """Random weights, two rows of tokens: equal but for float32's last digits; not with halves."""
    ids = torch.randint(50, (2, 9))
    theirs = small_library()(ids).logits
    torch.testing.assert_close(own_llama(small_library())(ids), theirs, atol=1e-5, rtol=1e-4)
    other = solved()["from_transformers"](small_library(), pairs=False)(ids)
    assert (other - theirs).abs().max() > 1e-3


def test_the_notebooks_llama_writes_the_shipped_models_tokens():
    """With cache and loop of the notebook, greedy: the tokens that transformers writes."""
    library, tokenizer = load_tiny_llama()
    for text in ("Once upon a time", "Tom and his mom went to the", "The"):
        ids = tokenizer(text).input_ids
        own = own_tokens(library, ids, 20, tokenizer.eos_token_id)
        assert own == library_tokens(library, ids, 20)


@fetched
@pytest.mark.slow
def test_the_notebooks_llama_writes_smollm2s_tokens():
    """The moment of the course, where the file is at hand: real weights, the same tokens."""
    library, tokenizer = load_language_model("smollm2")
    text = (
        "<|im_start|>user\nWhat is the capital of South Korea?<|im_end|>\n<|im_start|>assistant\n"
    )
    for prompt in (text, "In 2015 the 3 ships"):
        ids = tokenizer(prompt).input_ids
        own = own_tokens(library, ids, 12, tokenizer.eos_token_id)
        assert own == library_tokens(library, ids, 12)


@fetched
def test_the_real_files_bytes_are_made_again():
    """Blocks of SmolLM2's file, unpacked and rounded again by the notebook's class: no error."""
    q4 = solved()["Q4"]()
    for raw in toys.fetched_blocks(3).values():
        weights = q4.unpack(raw)
        assert torch.equal(q4.unpack(q4.quantise(weights)), weights)


def test_names_go_there_and_back():
    """The library's weights under our names, and back: every tensor as it was."""
    sizes = toys.sizes_of(small_library())
    state = small_library().state_dict()
    back = toys.library_weights(toys.llama_weights(small_library()), sizes)
    assert set(back) == set(state)
    assert all(torch.equal(back[name], state[name]) for name in state)


def test_the_stand_ins_agree_with_the_solutions():
    """Each function of a library gives what the notebook's own gives."""
    names = solved()
    torch.manual_seed(0)
    x, q, k = torch.randn(2, 3, 5, 8), torch.randn(2, 4, 3, 8), torch.randn(2, 2, 5, 8)
    at, w = torch.tensor([0, 3, 9, 2, 40]), [torch.randn(s) for s in ((8, 6), (8, 6), (6, 8))]
    given = {
        "rms_norm": (x, torch.randn(8), 0.1), "rope": (x, at, 50.0), "swiglu": (x, *w),
        "grouped_attention": (q, k, k + 1),
    }  # fmt: skip
    for name, arguments in given.items():
        torch.testing.assert_close(STAND_INS[name](*arguments), names[name](*arguments))
    flat = torch.randn(64)
    assert torch.equal(STAND_INS["Q4"]().quantise(flat), names["Q4"]().quantise(flat))
    logits = torch.randn(9, 4)
    for one, other in zip(STAND_INS["route"](logits, 2), names["route"](logits, 2), strict=True):
        torch.testing.assert_close(one, other)


def test_the_stand_in_for_the_bug_hunt_is_the_library():
    """It takes the week's names of weights, and no layers too."""
    config, ids = toys.sizes_of(small_library()), torch.randint(50, (1, 6))
    weights = toys.llama_weights(small_library())
    with torch.no_grad():
        found = STAND_INS["fix_llama"](weights, ids, config)
        torch.testing.assert_close(found, small_library()(ids).logits)
        torch.testing.assert_close(
            solved()["fix_llama"](weights, ids, config), found, atol=1e-5, rtol=1e-4
        )


# ------------------------------------------------------------------------------------ toys
def test_each_wrong_part_is_wrong_and_the_first_is_right():
    """Six Llamas: the one without a mistake gives the right logits, each other gives others."""
    own, ids = own_llama(small_library()), torch.randint(50, (1, 7))
    names = [solved()[name] for name in ("rms_norm", "rope", "swiglu", "grouped_attention")]
    right = own(ids)
    for name, parts in toys.wrong_parts(*names).items():
        apart = (solved()["Llama"](own.config, own.weights, parts)(ids) - right).abs().max()
        assert (apart == 0) == (name == "nothing"), name


def test_rounding_keeps_ends_and_costs_what_it_says():
    """Least and largest of a group stay; one bit is two levels; too odd a size is left alone."""
    weight = torch.tensor([[0.0, 1.0, 0.4, 0.9]])
    assert toys.rounded(weight, 1, 4).tolist() == [[0, 1, 0, 1]]
    assert torch.equal(toys.rounded(weight, 4, 3), weight)
    assert toys.bits_a_weight(4, 32) == 5.0


def test_a_cache_weighs_two_vectors_a_head_layer_and_place():
    """SmolLM2's for 1,000 tokens in half precision: 30 layers, 3 groups, 64 numbers: 23 MB."""
    assert toys.cache_bytes(1000, 30, 3, 64) == 2 * 1000 * 30 * 3 * 64 * 2


def test_the_table_mixes_short_and_long_contexts():
    """One symbol of two, seen three times of three, epsilon 1: (3 + 1 / 2) / (3 + 1)."""
    table = toys.CharacterTable(torch.tensor([0, 0, 0]), size=2, order=1)
    assert table.bits(torch.tensor([0, 0]), 1, 1.0) == pytest.approx(-np.log2(3.5 / 4))
    text = torch.tensor([0, 1, 2] * 60)
    assert toys.tuned_table_bits(text, text[:30], text[:30], 3) < 0.3


def test_windows_of_unread_stories_do_not_overlap():
    """Rows of ids of the asked length, no two alike."""
    _, tokenizer = load_tiny_llama()
    rows = toys.story_ids(tokenizer, 6, 40)
    assert rows.shape == (6, 40) and len({tuple(row) for row in rows.tolist()}) == 6
    assert len(toys.unread_stories()) == 150


# ------------------------------------------------------------------------------------ challenge
def test_a_file_that_holds_everything_loses_nothing():
    """All weights in float32 predict as the model itself; every byte of the file is counted."""
    import pickle

    weights = challenge.tiny_weights()
    whole = challenge.Squeezed(pickle.dumps(weights), pickle.loads)
    places = challenge.places(toys.unread_stories(), "a test", 40)
    table = whole(places.contexts)
    assert table.shape == (40, challenge.CHOICES)
    right = table[np.arange(40), list(places.targets)]
    assert -np.log2(right).mean() < 1.5  # a guess costs 4 bits
    assert count_numbers(whole) >= len(whole.file) // 8


def test_a_file_without_a_weight_is_refused_in_words():
    """The sentence says what read must give."""
    entry = challenge.Squeezed(b"", lambda file: {})
    with pytest.raises(ValueError, match="every weight, under its name"):
        entry(challenge.places(toys.unread_stories(), "a test", 40).contexts)


def test_choices_hold_the_right_token_once():
    """Sixteen different ids a place, the right one anywhere among them."""
    places = challenge.places(toys.unread_stories(), "a test", 40)
    rows = np.stack(places.contexts)[:, challenge.CONTEXT :]
    assert all(len(set(row)) == challenge.CHOICES for row in rows.tolist())
    assert len(set(places.targets)) > 8


# ------------------------------------------------------------------------------------ figures
def test_figures_have_labelled_axes():
    """Each figure with numbers on its axes says what they are."""
    made = [
        plots.score_by_distance([0, 1], {"a": [1.0, 0.5]}),
        plots.writing_times({"a": [0.001, 0.002]}),
        plots.by_position({"a": ([1, 2], [3.0, 4.0])}, trained=2),
        plots.file_sizes({"a": ([5, 4], [3.0, 4.0])}, whole=2.5),
    ]
    for figure in made:
        assert figure.axes[0].get_xlabel() and figure.axes[0].get_ylabel()
    assert plots.perplexity_bars({"a": 3.0, "b": 900.0}).axes[0].get_xlabel()
    assert plots.ladder({"a": [2.0, 2.5]}, {"table": 1.9}).axes[0].get_ylabel()
    assert plots.expert_loads({"a": [0.5, 0.5]}).axes[0].get_ylabel()
    assert plots.cache_bars({"a": {"x": 3.0}, "b": {"x": 9.0}}).axes[0].get_ylabel()


def test_perplexities_are_written_as_plain_numbers():
    """No label of a logarithmic axis is a power of ten."""
    figures = [
        plots.perplexity_bars({"a": 5.3, "b": 29.0}),
        plots.by_position({"a": ([1, 2], [5.3, 6.0])}, trained=2),
        plots.file_sizes({"a": ([5, 4], [5.3, 60.0])}, whole=5.3),
    ]
    for figure, axis in zip(figures, ("xaxis", "yaxis", "yaxis"), strict=True):
        figure.canvas.draw()
        labels = [one.get_text() for one in getattr(figure.axes[0], axis).get_ticklabels()]
        assert labels and all(re.fullmatch(r"[\d.,]*", label) for label in labels), labels


def test_a_clock_for_each_pair():
    """Eight numbers in a head are four pairs; the first turns once in 2 pi tokens."""
    figure = plots.clock_hands(3, 8, 100.0)
    assert len(figure.axes) == 4 and figure.axes[0].get_title(loc="left") == "once in 6"


def test_levels_are_drawn_where_the_weights_went():
    """Two rows of marks: before and after."""
    ax = plots.levels([0.0, 0.4, 1.0], [0.0, 0.5, 1.0]).axes[0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["in the file", "weights"]


def test_the_first_figure_names_every_change():
    """Eight rows, from GPT-2 to today."""
    texts = [text.get_text() for text in plots.then_and_now().axes[0].texts]
    assert all(part in texts for part, *_ in plots.CHANGES)


def test_every_prediction_has_its_answer():
    """An answer is one of the options, and a reason is given."""
    for question in (*lesson.WARM_UP, *lesson.QUESTIONS.values()):
        assert 0 <= question.answer < len(question.options) and len(question.why) > 40
