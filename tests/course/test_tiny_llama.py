"""The tiny Llama: it loads, it is as good as its card says, and how it was trained."""

from __future__ import annotations

import hashlib
import json
import lzma
import math
import re

import pytest
import torch

from course.models import MODELS_DIR, load_tiny_gpt2, load_tiny_llama, training
from course.models import train_tiny_llama as llama
from course.models.baselines import UNREAD, unread_stories
from course.models.report_models import window_loss

FOLDER = MODELS_DIR / "tiny_llama"
RESULTS = json.loads((FOLDER / "results.json").read_text(encoding="utf-8"))


def test_it_reads_the_tiny_gpt2s_tokens_and_is_small():
    """One tokenizer for all small models; weights of at most two megabytes."""
    model, tokenizer = load_tiny_llama()
    assert tokenizer("Once, 옛날").input_ids == load_tiny_gpt2()[1]("Once, 옛날").input_ids
    assert model.dtype == torch.float32 and not model.training
    assert (FOLDER / "model.safetensors").stat().st_size <= 2e6


def test_unread_stories_cost_what_the_card_says():
    """Sixteen windows: near the card's perplexity, and far below the tiny GPT-2's."""
    windows = llama.windows_of(unread_stories())[:16]
    found = math.exp(window_loss(load_tiny_llama()[0], windows))
    assert found == pytest.approx(RESULTS["perplexity"]["tiny_llama"], rel=0.2)
    assert found < 0.5 * RESULTS["perplexity"]["tiny_gpt2"]


def test_the_card_tells_the_stored_numbers():
    """Parameters, tokens, steps, perplexities and samples of results.json stand in README.md."""
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    numbers = [RESULTS[name] for name in ("parameters", "tokens_seen", "steps", "held_out_tokens")]
    numbers += [RESULTS["text"][name] for name in ("stories", "tokens")]
    assert all(f"{number:,}" in card for number in numbers)
    assert all(f"{value:.2f}" in card for value in RESULTS["perplexity"].values())
    read = " ".join(re.sub(r"^> ?", "", card, flags=re.MULTILINE).split())
    assert all(" ".join(sample.split()) in read for sample in RESULTS["samples"])


def test_no_held_out_story_is_read(tmp_path):
    """Neither the shipped unread stories nor those of a further file, wherever they stand."""
    ours, others = unread_stories()[:2], ["A cat sat.", "A dog ran."]
    hidden, text = tmp_path / "hidden.txt.xz", tmp_path / "stories.txt"
    hidden.write_bytes(lzma.compress(others[1].encode()))
    text.write_text("\f".join([others[0], ours[0], others[1], ours[1]]) + "\f", encoding="utf-8")
    read = llama.stories_to_read(text, [UNREAD, hidden])
    assert read == [others[0]]
    ids = llama.rows_of_ids(read, llama.story.load_tokenizer(), llama.END)
    assert llama.about_text(read, ids) == {
        "stories": 1, "tokens": len(ids), "sha256": hashlib.sha256(b"A cat sat.").hexdigest(),
    }  # fmt: skip


def test_training_begins_with_the_sisters_table_and_keeps_the_best(tmp_path):
    """Two steps on stories of a few words: a file of weights that loads, and a curve."""
    (tmp_path / "settings.json").write_text("{}")
    model = llama.build()
    llama.start_from_sister(model)
    table = model.model.embed_tokens.weight
    assert table.std().item() == pytest.approx(llama.START_SCALE, rel=0.01)
    windows = llama.windows_of(["A dog sat. " * 200])
    streams = training.Streams({"stories": windows.flatten().numpy()}, {"stories": 1.0}, "cpu", 0)
    log = training.Log(tmp_path, training.Clock(2))
    llama.train(model, streams, windows[:2], 1, log)
    training.load_half(llama.build(), tmp_path / "model.safetensors")
    assert [point["step"] for point in log.points] == [2] and log.best < math.log(3072)
