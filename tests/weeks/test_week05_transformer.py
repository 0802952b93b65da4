"""Week 05's toys, figures and widgets; and that the notebook's layers are the library's."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import tiny_course
import torch
from stranded import code_cells
from torch import Tensor, nn

from course.lesson.questions import Question
from course.notebook_format import SOLUTION
from course.weeks.week05_transformer import lesson, parity, plots, toys, widgets
from course.weeks.week05_transformer.challenge import LENGTH, LETTERS, texts
from course.weeks.week05_transformer.stand_ins import STAND_INS

PNG = b"\x89PNG"
NOTEBOOK = tiny_course.ROOT / "source" / "week05_transformer" / "week05_transformer.ipynb"
WORDS = ["the", "dog", "slept"]
SQUARE = [[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.25, 0.25, 0.5]]


@cache
def solved() -> dict[str, Any]:
    """The notebook's set-up and its solutions, executed here; never by what a stub says."""
    names: dict[str, Any] = {}
    for cell in code_cells(NOTEBOOK):
        if cell.label == "setup":
            exec(cell.source, names)
        elif cell.solution:
            exec(cell.source.split(SOLUTION.end)[0], names)  # a bug hunt goes on below
    return names


class Stacks(nn.Module):
    """Two stacks of the notebook's layers, with the norms that nn.Transformer has behind them."""

    def __init__(self, names: dict[str, Any], D: int, n_heads: int, layers: int, d_ff: int) -> None:
        super().__init__()
        attention, encoder, decoder = (
            names[name] for name in ("MultiHeadAttention", "EncoderLayer", "DecoderLayer")
        )
        self.encoder = nn.ModuleList(encoder(attention(D, n_heads), D, d_ff) for _ in range(layers))
        self.decoder = nn.ModuleList(
            decoder(attention(D, n_heads), attention(D, n_heads), D, d_ff) for _ in range(layers)
        )
        self.encoder_norm, self.decoder_norm = nn.LayerNorm(D), nn.LayerNorm(D)

    def forward(self, x: Tensor, y: Tensor, source_mask: Tensor, target_mask: Tensor) -> Tensor:
        for layer in self.encoder:
            x = layer(x, source_mask)
        memory = self.encoder_norm(x)
        for layer in self.decoder:
            y = layer(y, memory, target_mask, source_mask)
        return self.decoder_norm(y)


# ------------------------------------------------------------------------------------ the library
@pytest.mark.parametrize("names", [solved, lambda: STAND_INS], ids=["notebook", "stand-ins"])
def test_a_whole_transformer_of_the_notebook_equals_the_library(names: Callable[[], Any]):
    """nn.Transformer(d_model=512, nhead=8) with copied weights, padding and a causal mask."""
    torch.manual_seed(0)
    library = nn.Transformer(512, 8, 1, 1, 64, dropout=0.0, batch_first=True)
    own = Stacks(names(), 512, 8, layers=1, d_ff=64)
    parity.copy_transformer(own, library)
    ids, told = torch.tensor([[5, 6, 7, 8], [5, 6, 0, 0]]), torch.tensor([[1, 2, 3], [1, 2, 3]])
    source_mask, target_mask = names()["make_masks"](ids, told, 0)
    x, y = torch.randn(2, 4, 512), torch.randn(2, 3, 512)
    with torch.no_grad():
        theirs = library(
            x,
            y,
            tgt_mask=~target_mask[0],
            src_key_padding_mask=~source_mask[:, 0],
            memory_key_padding_mask=~source_mask[:, 0],
        )
        assert (own(x, y, source_mask, target_mask) - theirs).abs().max() < 1e-4


def test_the_adapter_of_the_library_reads_our_masks():
    """What checks hand to the layers attends as the notebook's own class does, masks included."""
    torch.manual_seed(0)
    theirs, own = parity.LibraryAttention(12, 3), solved()["MultiHeadAttention"](12, 3)
    own.load_state_dict(theirs.state_dict())
    x, memory = torch.randn(2, 4, 12), torch.randn(2, 5, 12)
    for mask in (None, torch.rand(2, 4, 5) < 0.7, torch.tensor([[[True] * 4 + [False]]])):
        if mask is not None:
            mask[..., 0] = True
        with torch.no_grad():
            assert (own(x, memory, mask) - theirs(x, memory, mask)).abs().max() < 1e-5


def test_filled_weights_are_the_same_each_time_and_no_norm_is_near_zero():
    """The waves do not depend on a seed; norms stay around 1."""
    first, again = (parity.filled(nn.TransformerEncoderLayer(8, 2, 4)) for _ in range(2))
    assert all(
        torch.equal(a, b) for a, b in zip(first.parameters(), again.parameters(), strict=False)
    )
    assert first.norm1.weight.min() > 0.5 and first.norm1.weight.max() < 1.5


def test_stand_ins_give_what_the_solutions_give():
    """Attention, masks, positions, schedule and loss agree on inputs with padding."""
    own = solved()
    q, k, v = torch.randn(2, 3, 4), torch.randn(2, 5, 4), torch.randn(2, 5, 2)
    mask = torch.rand(2, 3, 5) < 0.5
    mask[0, 0] = False
    target = torch.tensor([[1, 5, 6, 2], [1, 5, 2, 0]])
    table = torch.randn(9, 9)
    cases: dict[str, tuple] = {
        "scaled_dot_product_attention": (q, k, v, mask),
        "make_masks": (target, target, 0),
        "sinusoidal_positions": (30, 8),
        "noam_lr": (7, 64, 20),
        "fix_loss": (lambda source, told, *masks: table[told], target, target, 0),
    }
    for name, given in cases.items():
        ours, theirs = as_tuple(own[name](*given)), as_tuple(STAND_INS[name](*given))
        for one, other in zip(ours, theirs, strict=True):
            assert torch.allclose(one, other, atol=1e-5), name


def as_tuple(answer: Any) -> tuple[Tensor, ...]:
    parts = answer if isinstance(answer, tuple) else (answer,)
    return tuple(torch.as_tensor(part).double() for part in parts)


# ------------------------------------------------------------------------------------ toys
def test_both_directions_of_a_pair_stand_together():
    """A cut at an even place never separates "the A did the B" from "the B did the A"."""
    pairs = toys.who_does_what(seed=3)
    assert len(set(pairs)) == len(pairs) == 448
    for (one, _), (other, _) in zip(pairs[::2], pairs[1::2], strict=True):
        assert (one[1], one[2], one[4]) == (other[4], other[2], other[1])


def test_particles_follow_the_last_sound_and_mark_who_acts():
    """개가 but 학생이, 새를 but 학생을; the doer has one, the other noun the other."""
    assert toys.with_particle("개", "이", "가") == "개가"
    assert toys.with_particle("학생", "을", "를") == "학생을"
    for english, korean in toys.who_does_what(seed=0)[:40]:
        assert korean[0][:-1] == toys.BEINGS[english[1]] and korean[0][-1] in "이가"
        assert korean[1][:-1] == toys.BEINGS[english[4]] and korean[1][-1] in "을를"


def test_with_different_nouns_a_noun_tells_its_place():
    """Subjects and objects share no noun then; as many sentences as otherwise."""
    pairs = toys.who_does_what(seed=0, shared=False)
    subjects, objects = ({english[k] for english, _ in pairs} for k in (1, 4))
    assert len(pairs) == 448 and not subjects & objects


def test_texts_of_the_challenge_are_new_for_each_seed_and_have_one_target_each():
    """Equal seeds give equal texts; contexts are 96 letters long and targets are places."""
    first, again, other = (texts(seed, 5) for seed in ("a", "a", "b"))
    assert first == again and set(first.contexts).isdisjoint(other.contexts)
    assert all(len(one) == LENGTH and set(one) <= set(LETTERS) for one in first.contexts)
    assert all(0 <= target < len(LETTERS) for target in first.targets)


def test_each_text_has_rules_of_its_own():
    """The likeliest follower of a letter is not the same in all texts."""
    after_a = {text[text.index("a") + 1] for text in texts("x", 60).contexts if "a" in text[:-1]}
    assert len(after_a) > 6


# ------------------------------------------------------------------------------------ the lesson
def test_every_question_has_a_right_answer_among_its_options():
    """Answers point into the options; every question says why."""
    for question in (*lesson.WARM_UP, *lesson.QUESTIONS.values()):
        assert isinstance(question, Question) and question.why
        assert 0 <= question.answer < len(question.options)


def test_every_exercise_has_a_stand_in():
    """Nobody is stranded: the lesson's exercises are the stand-ins' names."""
    assert set(lesson.EXERCISES) == set(STAND_INS)


# ------------------------------------------------------------------------------------ figures
@pytest.mark.parametrize("count", [1, 6, 7, 20])
def test_figures_draw_each_series(count: int):
    """Curves, dots and groups: a line for each series, and one for what they are held against."""
    many = {f"series {k}": [0.25, 0.5] for k in range(count)}
    assert len(plots.race([1, 2], many).axes[0].lines) == count
    assert len(plots.schedules([1, 2], many).axes[0].lines) == count
    assert len(plots.softness([4, 16], many).axes[0].lines) == count + 1
    assert len(plots.exact_match_dots(many, 0.5).axes[0].lines) == count + 1
    assert len(plots.lost_by_group(many).axes[0].lines) == count + 1


def test_the_architecture_names_the_exercises_and_has_no_empty_box():
    """Every sublayer of both stacks has a label, with the exercise that builds it."""
    labels = [text.get_text() for text in plots.architecture().axes[0].texts]
    assert sum("attention" in label for label in labels) == 3
    assert sum("feed-forward" in label for label in labels) == 2
    assert all(labels) and "embeddings + positions (3)" in labels


def test_gold_alignments_are_framed():
    """A frame for each gold place, in the row of its word."""
    frames = plots.head(SQUARE, WORDS, WORDS, [(1,), (0, 2)]).axes[0].patches
    corners = [tuple(frame.get_xy()) for frame in frames]
    assert corners == [(0.55, -0.45), (-0.45, 0.55), (1.55, 0.55)]


# ------------------------------------------------------------------------------------ widgets
def test_painting_shuts_a_key_for_everybody_and_leaves_the_mask_alone():
    """What is shut by hand reaches the attention, and is open again when it is unmarked."""
    mask, seen = torch.ones(3, 3, dtype=torch.bool), []
    panel = widgets.mask_painter(
        lambda m: seen.append(m.clone()) or m.float(), WORDS, {"all": mask}
    )
    panel.controls["shut"].value = (1,)
    assert seen[-1].tolist() == [[True, False, True]] * 3
    panel.controls["shut"].value = ()
    assert seen[-1].all() and mask.all()
