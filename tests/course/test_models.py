"""The models that ship with the course: they load, they are intact, they are what the card says."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import pytest
import torch

import course.models as models
from course.models import ModelError, load_tiny_gpt2
from course.models import train_tiny_gpt2 as training

FOLDER = models.MODELS_DIR / "tiny_gpt2"


@pytest.fixture(scope="module")
def tiny():
    return load_tiny_gpt2()


@pytest.fixture(scope="module")
def results() -> dict:
    return json.loads((FOLDER / "results.json").read_text(encoding="utf-8"))


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the model that a test may damage."""
    shutil.copytree(FOLDER, tmp_path / "tiny_gpt2")
    monkeypatch.setattr(models, "MODELS_DIR", tmp_path)
    return tmp_path / "tiny_gpt2"


# ------------------------------------------------------------------------------------ loading
def test_the_model_is_ready_to_use(tiny) -> None:
    """It comes in float32, in evaluation mode, with a tokenizer of the same vocabulary."""
    model, tokenizer = tiny
    assert model.dtype == torch.float32
    assert not model.training
    assert len(tokenizer) == model.config.vocab_size == training.VOCAB
    assert model.config.n_positions == tokenizer.model_max_length == training.CONTEXT


def test_each_call_gives_fresh_weights(tiny) -> None:
    """A student who spoils the weights gets good ones from the next call."""
    spoilt, _ = load_tiny_gpt2()
    with torch.no_grad():
        spoilt.transformer.wte.weight.zero_()
    again, _ = load_tiny_gpt2()
    assert torch.equal(again.transformer.wte.weight, tiny[0].transformer.wte.weight)


def test_nothing_is_asked_of_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading works where every connection fails."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError("no network in this test")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("socket.getaddrinfo", refuse)
    assert load_tiny_gpt2()[0].num_parameters() > 1_000_000


def test_loading_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    """No progress bar and no warning, and the library's setting is as it was."""
    from transformers.utils import logging

    before = logging.is_progress_bar_enabled()
    load_tiny_gpt2()
    assert capfd.readouterr() == ("", "")
    assert logging.is_progress_bar_enabled() == before


def test_all_files_are_small_enough_to_ship() -> None:
    """The whole folder is at most 6 MB."""
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= 6e6


# ------------------------------------------------------------------------------------ damage
def test_a_missing_file_is_named(copied: Path) -> None:
    """The error says which file is missing and how to get it back."""
    (copied / "model.safetensors").unlink()
    with pytest.raises(ModelError, match=r"model\.safetensors.*git checkout"):
        load_tiny_gpt2()


def test_one_changed_byte_is_noticed(copied: Path) -> None:
    """A damaged weight file never becomes a silently worse model."""
    content = bytearray((copied / "model.safetensors").read_bytes())
    content[-1] ^= 1
    (copied / "model.safetensors").write_bytes(content)
    with pytest.raises(ModelError, match=r"model\.safetensors is damaged"):
        load_tiny_gpt2()


def test_a_missing_folder_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An incomplete download gives an error of ours, not one of the library's."""
    monkeypatch.setattr(models, "MODELS_DIR", tmp_path)
    with pytest.raises(ModelError, match=r"checksums\.json"):
        load_tiny_gpt2()


# ------------------------------------------------------------------------------------ quality
@pytest.mark.parametrize(
    "text", ["Call me Ishmael.", "모든 국민은 법 앞에 평등하다.", "a  b\n\n🙂"]
)
def test_any_text_survives_the_tokenizer(tiny, text: str) -> None:
    """Byte-level BPE: every text, Hangul and emoji included, comes back unchanged."""
    tokenizer = tiny[1]
    assert tokenizer.decode(tokenizer(text).input_ids) == text


def test_special_tokens_are_single_ids(tiny) -> None:
    """The tokens that later weeks use for chats and padding are one id each."""
    tokenizer = tiny[1]
    ids = [tokenizer(token).input_ids for token in training.SPECIAL]
    assert ids == [[0], [1], [2], [3], [4]]


def test_held_out_perplexity_is_the_one_on_the_card(tiny, results: dict) -> None:
    """The shipped weights reach the perplexity that the card states for an unseen Korean text."""
    model, tokenizer = tiny
    _, held = training.load_texts()
    ids = training.encode(tokenizer, [held["korean_constitution"]])
    row = results["held_out_perplexity"]["korean_constitution"]
    assert len(ids) == row["tokens"]
    loss = training.held_out_loss(model, ids)
    assert math.exp(loss) == pytest.approx(row["model"], rel=1e-3)


def test_the_model_beats_both_baselines_on_every_held_out_text(results: dict) -> None:
    """A neural model that loses to bigram counts would teach the wrong lesson."""
    for name, row in results["held_out_perplexity"].items():
        assert row["model"] < row["bigram"] < row["unigram"], name


def test_the_card_shows_the_numbers_of_the_results(results: dict) -> None:
    """README.md quotes results.json: parameters, tokens, and each perplexity."""
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"{results['parameters']:,}" in card
    assert f"{results['train_tokens']:,}" in card
    for row in results["held_out_perplexity"].values():
        numbers = " | ".join(f"{row[key]:.1f}" for key in ("unigram", "bigram", "model"))
        assert numbers in card


# ------------------------------------------------------------------------------------ training
def test_no_held_out_paragraph_is_trained_on() -> None:
    """The split is by text: the held-out novel and the ends of the others are not in training."""
    train, held = training.load_texts()
    assert training.HELD_OUT_NOVEL in held
    assert training.HELD_OUT_NOVEL not in train
    for name, text in held.items():
        if name in train:
            assert not train[name].endswith(text)
            assert text not in train[name]


def test_unwrapping_keeps_every_word() -> None:
    """Only line breaks inside paragraphs and runs of blanks disappear."""
    text = "One two\nthree  four.\n\n\nFive\nsix.\n"
    assert training.unwrap(text) == "One two three four.\nFive six.\n"


def test_baselines_by_hand() -> None:
    """A text of one token, over and over: the bigram is nearly sure, the unigram nearly as sure."""
    ids = torch.full((10_000,), 7)
    baselines = training.ngram_baselines(ids, ids)
    unigram = (10_000 + training.VOCAB) / 10_001
    assert baselines["unigram"] == pytest.approx(unigram)
    assert baselines["bigram"] == pytest.approx(1 / (0.9 + 0.1 / unigram))


def test_the_learning_rate_rises_and_falls() -> None:
    """It reaches the peak after the warm-up and ends at a twentieth of it."""
    rates = [training.learning_rate(step, 1000) for step in range(1001)]
    assert max(rates) == pytest.approx(3e-3)
    assert rates.index(max(rates)) in (99, 100)
    assert rates[-1] == pytest.approx(1.5e-4)


@pytest.mark.slow
def test_the_training_loop_learns_and_writes_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few steps on a tiny text, from raw text to files: the loss falls, all files are there."""
    text = "the whale and the sea and the ship. " * 400
    small = ({"whales": text}, {training.HELD_OUT_NOVEL: text})
    monkeypatch.setattr(training, "load_texts", lambda: small)
    monkeypatch.setattr(
        "sys.argv", ["train", "--out", str(tmp_path), "--steps", "8", "--batch", "2"]
    )
    training.main()
    results = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert results["curve"][0]["train"] == pytest.approx(math.log(training.VOCAB), abs=0.3)
    assert results["curve"][-1]["held_out"] < results["curve"][0]["held_out"]
    models.check_files(tmp_path)
    assert {p.name for p in tmp_path.iterdir()} >= {"loss_curve.png", "tokenizer.json"}
