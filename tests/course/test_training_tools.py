"""What the training scripts share, and the teacher that writes stories."""

from __future__ import annotations

import argparse
import json
import tarfile
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from course.models import train_story_gpt2 as story
from course.models import training, write_stories
from course.models.write_stories import Shape, Teacher, Writer


def test_a_run_is_as_far_as_its_steps_or_its_minutes() -> None:
    """Whichever is further on; and never further than the end."""
    assert training.Clock(steps=10).progress(5) == 0.5
    late = training.Clock(steps=10**9, minutes=1, started=-(10.0**9))
    assert late.progress(1) == 1


def test_the_rate_rises_to_its_peak_and_cools_down() -> None:
    """Linear over the first 3%, then down to a fiftieth."""
    rates = [training.learning_rate(n / 100, peak=1.0) for n in range(101)]
    assert max(rates) == rates[3] == pytest.approx(1)
    assert rates[-1] == pytest.approx(0.02)


def test_windows_come_from_their_sources_by_weight() -> None:
    """Every window lies within one source; a source of weight zero is never read."""
    rows = {
        name: np.arange(start, start + 50) for name, start in (("a", 0), ("b", 100), ("c", 200))
    }
    batch = training.Streams(rows, {"a": 1, "b": 3, "c": 0}, "cpu", seed=0).batch(400, 8)
    assert batch.shape == (400, 8)
    assert torch.equal(batch, batch[:, :1] + torch.arange(8))
    assert (batch < 200).all() and ((batch >= 100).all(1) | (batch < 50).all(1)).all()
    assert (batch[:, 0] >= 100).double().mean().item() == pytest.approx(0.75, abs=0.08)


def test_tied_weights_are_written_once_and_come_back_tied(tmp_path: Path) -> None:
    """A GPT-2 in half precision has no second vocabulary table, and gives the logits it gave."""
    torch.manual_seed(0)
    model = story.build(16, 1, 2).eval()
    training.save_half(model, tmp_path / "model.safetensors")
    again = training.load_half(story.build(16, 1, 2), tmp_path / "model.safetensors").eval()
    assert (tmp_path / "model.safetensors").stat().st_size < 2.5 * model.num_parameters()
    ids = torch.arange(5, 25)[None]
    torch.testing.assert_close(again(ids).logits, model(ids).logits, atol=1e-2, rtol=1e-2)


def test_weights_of_another_model_are_refused(tmp_path: Path) -> None:
    """A deeper model's file does not pass for a shallower one's."""
    training.save_half(story.build(16, 2, 2), tmp_path / "model.safetensors")
    with pytest.raises(ValueError, match="no place for"):
        training.load_half(story.build(16, 1, 2), tmp_path / "model.safetensors")


def test_a_run_keeps_its_settings(tmp_path: Path) -> None:
    """What was asked for stands beside the weights."""
    args = argparse.Namespace(out=tmp_path / "run", seed=3, batch=2)
    training.begin(args)
    kept = json.loads((tmp_path / "run" / training.SETTINGS).read_text("utf-8"))
    assert (kept["seed"], kept["batch"]) == (3, 2)


# ------------------------------------------------------------------------------------ the teacher
@pytest.fixture
def teacher() -> Teacher:
    """A Llama of two layers with random weights and a vocabulary of eight tokens."""
    d, h, n = 8, 6, 2
    sizes: dict[str, tuple[int, ...]] = {"embed": (8, d), "norm_1": (n, d), "norm_2": (n, d)}
    sizes |= dict.fromkeys("qkvo", (n, d, d))
    sizes |= {"w1": (n, h, d), "w2": (n, d, h), "w3": (n, h, d), "norm": (d,)}
    dice = torch.Generator().manual_seed(0)
    weights = {name: torch.randn(size, generator=dice).half() for name, size in sizes.items()}
    tokens = [b"<unk>", b"<s>", b"</s>", b" a", b" b", b" c", b". ", b"\n"]
    return Teacher(Shape(d, h, n, 2, 2, 8, 16), weights, tokens)


def as_llama(teacher: Teacher) -> LlamaForCausalLM:
    """The same weights in transformers; its rotary pairs lie half a head apart."""
    s, w = teacher.shape, {name: weight.float() for name, weight in teacher.weights.items()}
    settings = {"num_hidden_layers": s.layers, "num_attention_heads": s.heads, "rms_norm_eps": 1e-5}
    config = LlamaConfig(
        vocab_size=s.vocabulary,
        hidden_size=s.width,
        intermediate_size=s.hidden,
        max_position_embeddings=s.context,
        tie_word_embeddings=True,
        **settings,
    )
    model = LlamaForCausalLM(config)
    apart = torch.tensor([0, 2, 1, 3, 4, 6, 5, 7])  # two heads of four
    state = {"model.embed_tokens.weight": w["embed"], "model.norm.weight": w["norm"]}
    state["lm_head.weight"] = w["embed"]
    for n in range(s.layers):
        at = f"model.layers.{n}."
        state |= {f"{at}self_attn.{k}_proj.weight": w[k][n][apart] for k in "qk"}
        state |= {f"{at}self_attn.{k}_proj.weight": w[k][n] for k in "vo"}
        names = {"gate": "w1", "down": "w2", "up": "w3"}
        state |= {f"{at}mlp.{k}_proj.weight": w[name][n] for k, name in names.items()}
        state[f"{at}input_layernorm.weight"] = w["norm_1"][n]
        state[f"{at}post_attention_layernorm.weight"] = w["norm_2"][n]
    model.load_state_dict(state)
    return model.eval()


@torch.no_grad()
def test_the_teacher_is_the_librarys_llama(teacher: Teacher) -> None:
    """Token by token with its cache it gives the logits that transformers gives all at once."""
    ids = torch.tensor([[1, 3, 4, 5, 6, 3], [1, 5, 5, 7, 4, 4]])
    writer = Writer(teacher, size=2, device="cpu", seed=0)
    ours = torch.stack([writer.logits(ids[:, at], at) for at in range(ids.shape[1])], 1)
    torch.testing.assert_close(ours, as_llama(teacher)(ids).logits, atol=1e-3, rtol=1e-3)


def test_a_kept_teacher_writes_the_same_stories(teacher: Teacher, tmp_path: Path) -> None:
    """One seed, one text; also from the folder that --keep wrote."""
    write_stories.save_teacher(teacher, tmp_path)
    kept = write_stories.load_teacher(tmp_path)
    rows = [Writer(one, 3, "cpu", seed=1).write(1.0, 12) for one in (teacher, teacher, kept)]
    assert torch.equal(rows[0], rows[1]) and torch.equal(rows[0], rows[2])
    assert not torch.equal(rows[0], Writer(teacher, 3, "cpu", seed=2).write(1.0, 12))


def test_a_story_ends_where_it_ended_or_behind_a_sentence(teacher: Teacher) -> None:
    """What follows the end is left out; without an end the last whole sentence is the last."""
    assert write_stories.as_story([3, 4, 2, 5], teacher.tokens) == "a b"
    assert write_stories.as_story([3, 6, 4, 5], teacher.tokens) == "a."
    assert write_stories.as_story([3, 4, 5], teacher.tokens) == ""


def test_another_package_is_refused(tmp_path: Path) -> None:
    """A package without that very model is an error that names it."""
    with tarfile.open(tmp_path / "other.tgz", "w:gz") as package:
        package.add(__file__, arcname=write_stories.MEMBER)
    with pytest.raises(ValueError, match=r"other\.tgz does not hold the model"):
        write_stories.read_package(tmp_path / "other.tgz")
