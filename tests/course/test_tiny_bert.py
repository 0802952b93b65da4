"""The tiny BERT that ships: it loads, is what its card says, and guesses better than counts."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch

import course.models as models
from course.models import ModelError, load_tiny_bert
from course.models import train_tiny_bert as training

FOLDER = models.MODELS_DIR / "tiny_bert"


@pytest.fixture(scope="module")
def tiny():
    return load_tiny_bert()


@pytest.fixture(scope="module")
def results() -> dict:
    return json.loads((FOLDER / "results.json").read_text(encoding="utf-8"))


def test_the_model_is_ready_to_use(tiny) -> None:
    """float32, in evaluation mode, with a tokenizer of the same vocabulary; the table is tied."""
    model, tokenizer = tiny
    assert not model.training and model.dtype == torch.float32
    assert model.config.vocab_size == len(tokenizer)
    assert tokenizer.convert_tokens_to_ids(training.SPECIAL) == list(range(5))
    table = model.bert.embeddings.word_embeddings.weight
    assert model.get_output_embeddings().weight is table


def test_all_files_are_small_enough_to_ship() -> None:
    """At most ten megabytes together."""
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= 10_000_000


def test_one_changed_byte_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged file is named before anything is loaded."""
    shutil.copytree(FOLDER, tmp_path / "tiny_bert")
    monkeypatch.setattr(models, "MODELS_DIR", tmp_path)
    weights = tmp_path / "tiny_bert" / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(ModelError, match=r"model\.safetensors"):
        load_tiny_bert()


def test_held_out_loss_is_the_one_on_the_card(tiny, results: dict) -> None:
    """Measured anew on the same held-out snippets under the same masks, to a hundredth of a nat."""
    model, tokenizer = tiny
    _, unseen = training.load_texts()
    found = tokenizer(unseen[:512], truncation=True, max_length=training.LONGEST).input_ids
    measured = training.held_out_loss(model, [row for row in found if len(row) > 5])
    model.eval()
    assert measured == pytest.approx(results["held_out"]["end"], abs=0.01)
    assert f"{results['held_out']['end']:.2f}" in (FOLDER / "README.md").read_text("utf-8")


def test_the_model_beats_the_mere_frequency_of_tokens(results: dict) -> None:
    """On held-out snippets it costs at least three tenths of a nat less than unigram counts."""
    assert results["held_out"]["end"] < results["held_out"]["unigram"] - 0.3


def test_special_tokens_are_never_chosen_and_all_three_fates_occur() -> None:
    """15% of the other tokens are chosen; of these most are hidden, some exchanged, some kept."""
    ids = torch.randint(5, 50, (50, 40), generator=torch.Generator().manual_seed(0))
    ids[:, 0], ids[:, 30:] = training.CLS, training.PAD
    inputs, chosen = training.corrupted(ids, torch.Generator().manual_seed(1), 50)
    assert not chosen[:, 0].any() and not chosen[:, 30:].any()
    assert torch.equal(inputs[~chosen], ids[~chosen])
    hidden = (inputs[chosen] == training.MASK).float().mean().item()
    kept = (inputs[chosen] == ids[chosen]).float().mean().item()
    assert 0.7 < hidden < 0.9 and 0.03 < kept < 0.2
    assert 0.12 < chosen[:, 1:30].float().mean().item() < 0.18
