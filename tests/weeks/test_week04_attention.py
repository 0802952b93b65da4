"""Week 04's toys, figures, widgets and challenge: what they compute and what they show."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch

from course.data import translation_pairs
from course.weeks.week04_attention import plots, widgets
from course.weeks.week04_attention.challenge import (
    LONGEST,
    invented,
    read,
    sentence,
    unseen_sentences,
)
from course.weeks.week04_attention.stand_ins import STAND_INS
from course.weeks.week04_attention.toys import TranslationMemory, gold_links, help_pairs, tokens

PAIRS = translation_pairs(6, seed=2, clauses=(1, 2))


# ------------------------------------------------------------------------------------ toys
def test_gold_links_stand_where_the_grammar_put_them() -> None:
    """Each Korean word's row holds its links and nothing else; padding holds none."""
    table = gold_links(PAIRS, 40, 30)
    assert table.shape == (len(PAIRS), 40, 30)
    for pair, rows in zip(PAIRS, table, strict=True):
        found = [tuple(row.nonzero()[:, 0].tolist()) for row in rows[: len(pair.links)]]
        assert found == [tuple(sorted(links)) for links in pair.links]
        assert not rows[len(pair.links) :].any()


def test_what_judges_was_never_read() -> None:
    """No side of a test pair stands in the training part, and every side is short enough."""
    train, test = help_pairs(8)
    assert len(train) > 3000 and len(test) > 300
    assert all(1 <= len(side) <= 8 for pair in (*train, *test) for side in pair)
    seen = {tuple(english) for english, _ in train}
    share = np.mean([tuple(english) in seen for english, _ in test])
    assert share < 0.03  # pairs that differ in capital letters alone


def test_a_memory_returns_the_nearest_neighbour() -> None:
    """A rare shared word decides, a common one hardly counts, and an unknown one finds nothing."""
    told = [("Delete the table", "표 삭제"), ("Insert the picture", "그림 삽입"), ("the end", "끝")]
    pairs = [(tokens(english), tokens(korean)) for english, korean in told]
    memory = TranslationMemory(pairs)
    assert memory(tokens("the picture")) == ["그림", "삽입"]
    assert memory(tokens("delete")) == ["표", "삭제"]
    assert memory(["zebra"]) == []


# ------------------------------------------------------------------------------------ challenge
def test_an_invented_language_translates_words_and_adds_particles() -> None:
    """Each target word is a translation of its source word, or the particle of its kind."""
    rng = random.Random(3)
    language = invented(rng)
    particles = 0
    for _ in range(200):
        source, target = sentence(rng, language)
        assert 3 <= len(source) <= LONGEST
        for word, place in target:
            kind = language.kinds[source[place]]
            is_particle = word == language.particles.get(kind)
            particles += is_particle
            assert is_particle or word in language.becomes[source[place]]
    assert particles > 50


def test_contexts_carry_no_answer() -> None:
    """A context names a place to ask about; equal seeds give equal languages, others others."""
    drawn = unseen_sentences("a", 60)
    assert drawn == unseen_sentences("a", 60)
    assert drawn.contexts != unseen_sentences("b", 60).contexts
    for context, answer in zip(drawn.contexts, drawn.targets, strict=True):
        source, target, place = read(context)
        assert 0 <= answer < len(source) <= LONGEST and 0 <= place < len(target)
        assert context.count("[") == 1


# ------------------------------------------------------------------------------------ stand-ins
def test_stand_ins_agree_with_hand_made_numbers() -> None:
    """A reader whose exercises are blank sees what the exercises promise."""
    mask = torch.tensor([[True, True, False], [False, False, False]])
    weights = STAND_INS["masked_softmax"](torch.zeros(2, 3), mask)
    assert weights.tolist() == [[0.5, 0.5, 0.0], [0.0, 0.0, 0.0]]
    ids, real = STAND_INS["pad_batch"]([[7, 8], [], [0]], 9)
    assert ids.tolist() == [[7, 8], [9, 9], [0, 9]]
    assert real.tolist() == [[True, True], [False, False], [True, False]]
    many = [["a b c d e f".split(), "a b c d e".split()]]
    assert STAND_INS["bleu"](["a b c d e".split()], many) == pytest.approx(100)
    table = torch.eye(4)[[1, 2, 3, 3]] * 5
    step = lambda ids, state: (table[ids], state)  # noqa: E731
    assert STAND_INS["greedy_decode"](step, (), 2, 0, 3, 9) == [[1, 2], [1, 2]]


# ------------------------------------------------------------------------------------ figures
def test_a_link_is_a_line() -> None:
    """As many lines as the pair has links, and every word of both sides."""
    pair = PAIRS[0]
    (ax,) = plots.links(pair).axes
    assert len(ax.lines) == sum(map(len, pair.links))
    written = [text.get_text() for text in ax.texts]
    assert sorted(written) == sorted([*pair.english_words, *pair.korean_words])


def test_a_grid_frames_the_gold_links() -> None:
    """A frame for each gold link, and a row and a column for each word."""
    gold = torch.tensor([[True, False], [False, True], [False, True]])
    ax = plots.attention_grid(torch.rand(5, 4), ["a", "b"], ["x", "y", "z"], gold).axes[0]
    assert len(ax.patches) == 3
    assert ax.images[0].get_array().shape == (3, 2)


def test_accuracy_is_averaged_within_a_group_of_lengths() -> None:
    """Sentences of 3 to 7 words make one point, longer ones the next; empty groups make none."""
    (ax,) = plots.by_length([3, 7, 20], {"a": [True, False, True]}).axes
    assert ax.lines[0].get_ydata().tolist() == [0.5, 1.0]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["3 to 7", "16 and more"]


def test_two_designs_name_their_parts() -> None:
    """Both pictures show encoder and decoder."""
    for ax in plots.two_designs().axes:
        written = " ".join(text.get_text() for text in ax.texts)
        assert "encoder" in written and "decoder" in written and ax.get_title(loc="left")


# ------------------------------------------------------------------------------------ widgets
def test_a_held_look_is_told_step_and_place() -> None:
    """The panel calls its function with both controls, and shows the words it got."""
    asked = []

    def translate(at: int, place: int) -> tuple[list[str], torch.Tensor]:
        asked.append((at, place))
        return ["가", "나"], torch.full((2, 3), 1 / 3)

    panel = widgets.hold_panel(translate, ["a", "b", "c"], 2)
    panel.controls["at"].value = 1
    panel.controls["place"].value = 0
    assert asked[0] == (0, 2) and asked[-1] == (1, 0)
    assert "가 나" in panel.text.value and not panel.message.value


def test_unticked_words_are_masked() -> None:
    """The exercise is called with a mask of the ticked words."""
    seen = []

    def softmax(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        seen.append(mask.tolist())
        return torch.where(mask, scores, -1e9).softmax(-1)

    panel = widgets.mask_buttons(["a", "b", "c"], torch.zeros(3), softmax)
    panel.controls["word0"].value = False
    assert seen == [[True, False, False], [False, False, False]]
