"""The translator that ships: it loads, it is intact, it does what its card says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch

import course.models as models
from course.data import BOS, EOS, PAD, split_en_ko_help
from course.models import ModelError, load_translator, report_models
from course.models import train_translator as training
from course.models.training import Clock, Log
from course.models.translator_model import Translator

FOLDER = models.MODELS_DIR / "translator"
HELD_OUT = (
    "Converts any string or numeric expression to a date value.",
    "임의의 문자열 또는 숫자 식을 날짜 값으로 변환합니다.",
)


@pytest.fixture(scope="module")
def results() -> dict:
    return json.loads((FOLDER / "results.json").read_text(encoding="utf-8"))


def test_a_held_out_sentence_is_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a network, a sentence that no training read comes out in the manual's Korean."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError("no network in this test")

    monkeypatch.setattr("socket.socket.connect", refuse)
    english, korean = HELD_OUT
    assert HELD_OUT in split_en_ko_help()["test"]
    made = load_translator().translate(english)
    assert made.text == korean
    assert made.attention.shape == (len(made.target), len(made.source))
    torch.testing.assert_close(made.attention.sum(1), torch.ones(len(made.target)))


def test_the_twin_looks_at_one_vector() -> None:
    """Without attention there is one vector to look at, and every token looks at it fully."""
    made = load_translator(attention=False).translate(HELD_OUT[0])
    assert torch.equal(made.attention, torch.ones(len(made.target), 1))


def test_an_empty_text_is_refused() -> None:
    """Nothing to read is an error that says so."""
    with pytest.raises(ValueError, match="the text is empty"):
        load_translator().translate("")


def test_a_damaged_twin_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed byte of either file of weights is an error that names the file."""
    shutil.copytree(FOLDER, tmp_path / "translator")
    monkeypatch.setattr(models, "MODELS_DIR", tmp_path)
    weights = tmp_path / "translator" / "fixed_vector.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"?")
    with pytest.raises(ModelError, match=r"fixed_vector\.safetensors is damaged"):
        load_translator()


def test_it_is_as_good_on_unread_text_as_the_card_says(results: dict) -> None:
    """On 64 held-out pairs the loss lies near that of all, and attention is worth what it says."""
    scores = results["scores"]
    tools = load_translator()
    pairs = training.encode(split_en_ko_help()["test"], (tools.english, tools.korean))
    assert len(pairs) == results["pairs"]
    batches = training.make_batches(pairs[::10][:64], 64, "cpu")
    losses = {
        name: training.held_out_loss(load_translator(name == "attention").model, batches)
        for name in ("attention", "fixed_vector")
    }
    assert losses["attention"] == pytest.approx(scores["attention"]["loss"], abs=0.4)
    assert losses["attention"] < losses["fixed_vector"] - 0.1


def test_the_card_tells_the_stored_numbers(results: dict) -> None:
    """Parameters, pairs and every score of results.json stand in README.md."""
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"{results['parameters']:,}" in card
    assert f"{results['pairs']} of the {results['of']:,}" in card
    for scores in results["scores"].values():
        for name in ("all", *(f"{low}-{high}" for low, high in report_models.BUCKETS)):
            assert f"{scores[name]['bleu']:.1f}" in card
        assert f"{scores['all']['chrf']:.1f}" in card


def test_padding_changes_no_translation() -> None:
    """A short text beside a long one is translated as it is alone."""
    torch.manual_seed(0)
    model = Translator(20, 20, embed=4, hidden=6).eval()
    alone, _ = model.translate(torch.tensor([[5, 6, 7]]), longest=5)
    beside, _ = model.translate(torch.tensor([[5, 6, 7, PAD, PAD], [5, 9, 8, 11, 12]]), longest=5)
    assert torch.equal(alone[0], beside[0])


def test_training_learns_a_toy_language(tmp_path: Path) -> None:
    """Forty steps on two pairs: the loss falls by 0.4 nats, weights and curve are written."""
    torch.manual_seed(0)
    model = Translator(12, 12, embed=8, hidden=8)
    pairs = [([4, 5], [BOS, 6, 7, EOS]), ([5, 4], [BOS, 7, 6, EOS])]
    before = training.held_out_loss(model, training.make_batches(pairs, 2, "cpu"))
    training.train(model, pairs, pairs, 2, "cpu", Log(tmp_path, Clock(40)))
    after = training.held_out_loss(model, training.make_batches(pairs, 2, "cpu"))
    assert after < before - 0.4
    assert (tmp_path / "model.safetensors").exists()
    assert json.loads((tmp_path / "curve.json").read_text())[-1]["step"] == 40
