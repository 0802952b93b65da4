"""The character LSTM that ships: it loads, it is intact, it does what its card says."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

import course.models as models
from course.data import load_austen
from course.data.prose import clean_prose, split_text
from course.models import ModelError, load_char_lstm
from course.models import train_char_lstm as training
from course.models.char_lstm_model import CharLSTM, encode

FOLDER = models.MODELS_DIR / "char_lstm"


@pytest.fixture(scope="module")
def results() -> dict:
    return json.loads((FOLDER / "results.json").read_text(encoding="utf-8"))


def test_each_call_gives_fresh_weights() -> None:
    """It comes in evaluation mode; a student who spoils it gets good weights from the next call."""
    spoilt = load_char_lstm()
    assert not spoilt.training
    with torch.no_grad():
        spoilt.head.weight.zero_()
    assert load_char_lstm().head.weight.abs().sum() > 0


def test_a_damaged_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed byte is an error that names the file and the way back."""
    shutil.copytree(FOLDER, tmp_path / "char_lstm")
    monkeypatch.setattr(models, "MODELS_DIR", tmp_path)
    weights = tmp_path / "char_lstm" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"?")
    with pytest.raises(ModelError, match=r"safetensors is damaged.*git checkout"):
        load_char_lstm()


def test_the_state_carries_on_where_a_text_was_cut() -> None:
    """Two halves with the state handed on give the logits of the whole."""
    model, ids = load_char_lstm(), encode("it is a truth")[None]
    with torch.no_grad():
        whole, _ = model(ids)
        _, state = model(ids[:, :5])
        rest, _ = model(ids[:, 5:], state)
    torch.testing.assert_close(whole[:, 5:], rest)


def test_it_is_as_good_on_unread_text_as_the_card_says(results: dict) -> None:
    """On a part of the novel's held-out end the bits lie within a tenth of the card's."""
    _, held = split_text(clean_prose(load_austen()["prideprejudice"]))
    ids = encode(held[:4000])[None]
    with torch.no_grad():
        logits, _ = load_char_lstm()(ids[:, :-1])
    bits = F.cross_entropy(logits[0, 100:], ids[0, 101:]).item() / math.log(2)
    assert bits == pytest.approx(results["held_out_bits"]["prideprejudice"], abs=0.15)


def test_the_card_tells_the_stored_numbers(results: dict) -> None:
    """Parameters, characters and bits of results.json stand in README.md."""
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"{results['parameters']:,}" in card
    assert f"{results['train_characters']:,}" in card
    for name, bits in results["held_out_bits"].items():
        assert f"{bits:.2f}" in card, name


def test_a_character_that_it_does_not_know_is_named() -> None:
    """encode says which character, and what to do."""
    with pytest.raises(ValueError, match="'é' is not among the 36 characters: use clean_prose"):
        encode("café")


def test_training_goes_on_from_its_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped after its first step and started again, it comes to the same weights and curve."""
    text, held = "the cat sat on the mat. " * 250, "the cat sat on the hat. " * 80

    def run(out: Path) -> tuple[torch.Tensor, list[int]]:
        torch.manual_seed(0)
        model = CharLSTM(width=4, hidden=6)
        curve = training.train(model, text, held, 2, out)
        return model.head.weight.detach(), [point["step"] for point in curve]

    for name in ("whole", "stopped"):
        (tmp_path / name).mkdir()
    weights, steps = run(tmp_path / "whole")
    step, calls = training.one_step, []

    def stops(*given):
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return step(*given)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(training, "one_step", stops)
        run(tmp_path / "stopped")
    again, steps_again = run(tmp_path / "stopped")
    assert torch.equal(again, weights)
    assert steps_again == steps == [1, 2]
