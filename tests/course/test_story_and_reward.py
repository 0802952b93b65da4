"""The story GPT-2 and the reward model: they load, and they do what their cards say."""

from __future__ import annotations

import json
import math
import re
import shutil
from pathlib import Path

import pytest
import torch

import course.models as models
from course.data import DATA_DIR, split_movie_snippets
from course.models import (
    ModelError,
    load_reward_model,
    load_story_gpt2,
    load_tiny_gpt2,
    report_models,
    training,
)
from course.models import train_reward as preferences
from course.models import train_story_gpt2 as story


def results_of(name: str) -> dict:
    return json.loads((models.MODELS_DIR / name / "results.json").read_text(encoding="utf-8"))


def card_of(name: str) -> str:
    return (models.MODELS_DIR / name / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "load"), [("story_gpt2", load_story_gpt2), ("reward", load_reward_model)]
)
def test_damage_is_named(name: str, load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed byte of the weights is an error that names the file and the way back."""
    shutil.copytree(models.MODELS_DIR / name, tmp_path / name)
    monkeypatch.setattr(models, "MODELS_DIR", tmp_path)
    weights = tmp_path / name / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"?")
    with pytest.raises(ModelError, match=r"safetensors is damaged.*git checkout"):
        load()


def test_data_and_models_together_stay_small() -> None:
    """Everything that ships, data and models, is at most 80 MB."""
    folders = (DATA_DIR, models.MODELS_DIR)
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 80e6


# ------------------------------------------------------------------------------------ story GPT-2
def test_both_gpt2_read_the_same_tokens() -> None:
    """One tokenizer and one context, so that the two can be compared token by token."""
    (bigger, its), (tiny, tinys) = load_story_gpt2(), load_tiny_gpt2()
    text = "Once upon a time, 옛날에"
    assert its(text).input_ids == tinys(text).input_ids
    assert its.decode(its(text).input_ids) == text
    assert bigger.config.n_positions == tiny.config.n_positions == story.CONTEXT
    assert not bigger.training and bigger.dtype == torch.float32


def test_held_out_perplexity_is_the_one_on_the_card() -> None:
    """Eight windows of unread reviews: near the card's perplexity, and far below the tiny one's."""
    held = [story.REVIEW + s.text for s in split_movie_snippets()["valid"]]
    row = training.rows_of_ids(held[:300], story.load_tokenizer(), story.END)
    windows = story.as_windows(row, "cpu", most=8)
    (bigger, _), (tiny, _) = load_story_gpt2(), load_tiny_gpt2()
    found = math.exp(report_models.window_loss(bigger, windows))
    assert found == pytest.approx(
        results_of("story_gpt2")["perplexity"]["reviews"]["story_gpt2"], rel=0.2
    )
    assert found < 0.5 * math.exp(report_models.window_loss(tiny, windows))


def test_the_story_card_tells_the_stored_numbers() -> None:
    """Parameters, tokens, perplexities and the samples of results.json stand in README.md."""
    results, card = results_of("story_gpt2"), card_of("story_gpt2")
    for number in (results["parameters"], results["tokens_seen"], results["steps"]):
        assert f"{number:,}" in card
    for row in results["perplexity"].values():
        assert f"{row['tiny_gpt2']:.1f} | {row['story_gpt2']:.1f}" in card
    read = " ".join(re.sub(r"^> ?", "", card, flags=re.MULTILINE).split())
    for sample in results["samples"]:
        assert " ".join(sample.split()) in read


# ------------------------------------------------------------------------------------ reward
def test_praise_is_worth_more_than_blame() -> None:
    """Two texts whose order nobody doubts, scored in one padded batch."""
    model, tokenizer = load_reward_model()
    texts = ["A wonderful, moving film.", "A dull, stupid mess of a film that never ends."]
    inputs = tokenizer(texts, padding=True, return_tensors="pt")
    with torch.no_grad():
        together = model(**inputs).logits[:, 0]
        alone = model(**tokenizer(texts[:1], return_tensors="pt")).logits[0, 0]
    assert together[0] > together[1] + 1
    assert together[0].item() == pytest.approx(alone.item(), abs=1e-4)


def test_held_out_preferences_are_predicted_as_the_card_says() -> None:
    """On 200 test snippets the accuracy lies near that of all 2,000."""
    part = preferences.make_part(
        split_movie_snippets()["test"][::10], story.load_tokenizer(), "cpu"
    )
    rewards = report_models.rewards_of(load_reward_model()[0], part.ids)
    found = preferences.accuracies(rewards, part, pairs=20_000)
    assert found["one_rater"] == pytest.approx(results_of("reward")["test"]["one_rater"], abs=0.05)


def test_the_reward_card_tells_the_stored_numbers() -> None:
    """Accuracies of the runs, the bag of words and the raters stand in README.md."""
    results, card = results_of("reward"), card_of("reward")
    assert f"{results['parameters']:,}" in card
    whole = [run for run in results["runs"] if len(run["curve"]) == 8]
    rows = [run["test"] for run in whole] + [results["test"], results["bag_of_words"]]
    for row in rows:
        assert f"{row['one_rater']:.3f}" in card
        assert f"{row['mean_order']:.3f}" in card
    assert f"{results['test']['ceiling']:.3f}" in card


def test_the_raters_themselves_reach_the_ceiling() -> None:
    """Where raters agree, their mean is always right, and turned round always wrong."""
    scores = torch.tensor([[2.0, 2, 2], [-1, -1, -1], [0, 0, 0], [3, 3, float("nan")]])
    part = preferences.Part(torch.ones(4, 2), scores, scores.nanmean(1))
    best = preferences.accuracies(scores.nanmean(1), part, pairs=5000)
    turned = preferences.accuracies(-scores.nanmean(1), part, pairs=5000)
    assert best["mean_order"] == best["one_rater"] == best["ceiling"] == 1
    assert turned["mean_order"] == 0 and turned["loss"] > best["loss"]


def test_the_preference_loss_by_hand() -> None:
    """The mean of -log sigmoid of the difference over two pairs; equal scores count nothing."""
    rewards, scores = torch.tensor([1.0, 0.0, 5.0]), torch.tensor([2.0, 1.0, 2.0])
    wanted = (math.log(1 + math.exp(-1)) + math.log(1 + math.exp(-5))) / 2
    assert preferences.preference_loss(rewards, scores).item() == pytest.approx(wanted)


def test_a_small_reward_model_learns_and_is_kept(tmp_path: Path) -> None:
    """Two epochs on 128 snippets: a curve of two points, weights that moved and come back."""
    torch.manual_seed(0)
    tokenizer, body = story.load_tokenizer(), story.build(16, 1, 2)
    snippets = split_movie_snippets()["train"]
    parts = {
        "train": preferences.make_part(snippets[::50][:128], tokenizer, "cpu"),
        "valid": preferences.make_part(snippets[1::300][:24], tokenizer, "cpu"),
    }
    start = preferences.with_head(body)
    before = start.score.weight.detach().clone()
    kept, curve = preferences.fit(start, parts, 2, 0, training.Clock(10**9))
    assert [point["epoch"] for point in curve] == [1, 2]
    assert not torch.equal(kept.score.weight, before)
    training.save_half(kept, tmp_path / "model.safetensors")
    again = training.load_half(preferences.with_head(body), tmp_path / "model.safetensors")
    ids = parts["valid"].ids
    torch.testing.assert_close(
        report_models.rewards_of(again.eval(), ids),
        report_models.rewards_of(kept.eval(), ids),
        atol=5e-3,
        rtol=5e-3,
    )
