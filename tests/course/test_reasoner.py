"""The reasoner that ships, the calculations that it reads, and the script that trains it."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest
import torch

import course.models as models
from course.data import calculations as task
from course.models import ModelError, load_reasoner
from course.models import train_reasoner as training
from course.models.reasoner_model import Reasoner, read_prompts, read_texts

FOLDER = models.MODELS_DIR / "reasoner"


@pytest.fixture(scope="module")
def results() -> dict:
    return json.loads((FOLDER / "results.json").read_text(encoding="utf-8"))


# ------------------------------------------------------------------------------------ the task
def test_steps_go_from_left_to_right() -> None:
    """No precedence: 3 + 8 ends in 1, 1 * 5 in 5, 5 + 7 in 2."""
    assert task.steps("3+8*5+7") == "152"
    assert task.worked_answer("3+8*5+7") == "{152}2." and task.short_answer("3+8*5+7") == "2."


def test_calculations_have_as_many_numbers_as_asked() -> None:
    """Digits from 1 to 9, and the same dice draw the same."""
    drawn = task.calculations(200, random.Random(0), 2, 4)
    assert {len(c) for c in drawn} == {3, 5, 7}
    assert drawn == task.calculations(200, random.Random(0), 2, 4)
    assert not any("0" in c for c in drawn)


def test_both_languages_are_read_back() -> None:
    """A question in Korean or English is the calculation again; other texts hold none."""
    for calculation in task.calculations(60, random.Random(1), 2):
        assert task.from_words(task.in_korean(calculation)) == calculation
        assert task.from_words(task.in_english(calculation)) == calculation
        assert task.from_words(calculation + "=") == calculation
    for text in ("", "안녕하세요", "what is 5?", "3에", "I am 25"):
        assert task.from_words(text) == ""


def test_korean_particles_follow_the_sound() -> None:
    """육 and 팔 end in a consonant, 이 and 구 in a vowel."""
    assert task.in_korean("1+6*2+8*9") == "1에 6을 더하고 2를 곱하고 8을 더하고 9를 곱하면?"


def test_what_cannot_be_read_is_named() -> None:
    """A strange character and a text that is too long are errors that say so."""
    with pytest.raises(ValueError, match="'-' is no symbol"):
        task.prompt_ids("3-1")
    with pytest.raises(ValueError, match="over 12 long"):
        task.prompt_ids("1+2+3+4+5+6+7")


# ------------------------------------------------------------------------------------ the model
def test_each_call_gives_fresh_weights() -> None:
    """It comes in evaluation mode; a student who spoils it gets good weights from the next call."""
    spoilt = load_reasoner()
    assert not spoilt.training
    with torch.no_grad():
        spoilt.head.weight.zero_()
    assert load_reasoner().head.weight.abs().sum() > 0


def test_a_damaged_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed byte is an error that names the file and the way back."""
    shutil.copytree(FOLDER, tmp_path / "reasoner")
    monkeypatch.setattr(models, "MODELS_DIR", tmp_path)
    weights = tmp_path / "reasoner" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"?")
    with pytest.raises(ModelError, match=r"safetensors is damaged.*git checkout"):
        load_reasoner()


def test_the_cache_changes_nothing() -> None:
    """Symbol by symbol with a cache the logits are those of the whole text."""
    model = load_reasoner()
    ids = torch.cat([read_prompts(["3+8*5", "2+2"]), torch.tensor([[14, 2, 6], [6, 16, 3]])], 1)
    with torch.no_grad():
        whole, cache = model(ids), model.new_cache()
        parts = [model(ids[:, :12], cache)] + [
            model(ids[:, t : t + 1], cache) for t in (12, 13, 14)
        ]
    torch.testing.assert_close(torch.cat(parts, 1), whole, atol=1e-4, rtol=1e-4)


def test_what_is_read_can_be_told_again() -> None:
    """Ids and text are each other's inverse; padding behind an answer is left out."""
    ids = torch.tensor([task.to_ids("{15}5.", task.ANSWER_LENGTH, "#")])
    assert read_texts(ids) == ["{15}5."]
    assert read_prompts(["3+8*5"]).shape == (1, task.PROMPT_LENGTH)


def test_it_answers_as_the_card_says(results: dict) -> None:
    """Seldom worked, and right then; on 600 calculations within a few points of the card."""
    found, told = training.measure(load_reasoner(), count=600), results["shipped"]["base"]
    assert found["worked"] == pytest.approx(told["worked"], abs=0.05)
    assert found["right"] == pytest.approx(told["right"], abs=0.07)
    assert found["right_if_worked"] > 0.85 > 0.4 > found["right_if_short"]


def test_the_card_tells_the_stored_numbers(results: dict) -> None:
    """Parameters and shares of results.json stand in README.md."""
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"{results['parameters']:,}" in card
    assert results["parameters"] == sum(p.numel() for p in load_reasoner().parameters())
    for name in ("right", "worked", "right_if_worked", "right_if_short"):
        assert f"{results['shipped']['base'][name]:.1%}" in card, name


# ------------------------------------------------------------------------------------ training
def test_a_few_steps_lower_the_loss() -> None:
    """Forty steps on worked answers; only symbols of answers are in the loss."""
    torch.manual_seed(0)
    model = Reasoner(D=16, n_heads=2, n_layers=1)
    losses = training.train(model, random.Random(0), 40, share=1.0, peak=1e-2)
    assert losses[-1] < losses[0] - 0.2


def test_a_batch_holds_the_asked_share_of_worked_answers() -> None:
    """All, none, and rows of the right lengths."""
    for share, brace in ((1.0, True), (0.0, False)):
        prompts, answers = training.batch(random.Random(0), share)
        assert prompts.shape == (training.BATCH, task.PROMPT_LENGTH)
        assert all(text.startswith("{") is brace for text in read_texts(answers))
