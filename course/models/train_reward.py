"""Train the reward model of week 08: which of two movie snippets would a rater prefer?

    python -m course.models.train_reward --stories build/stories.txt --steps 3000

The tiny GPT-2 first reads stories and reviews for `--steps` steps (its own books know no films),
then it gets a head with one number and learns preferences: a rater's score of one snippet against a
rater's score of another, drawn anew in every batch, under the loss of Bradley & Terry (1952) over
all pairs of a batch (Ouyang et al. 2022). `--runs` seeds are trained; the one that is best on the
validation part is kept. It writes the weights, `runs.json` and `settings.json`;
`python -m course.models.report_models reward` measures what is kept.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F
from transformers import GPT2Config, GPT2ForSequenceClassification, GPT2LMHeadModel

from course.data import MovieSnippet, load_movie_raters, split_movie_snippets
from course.models import MODELS_DIR
from course.models import train_story_gpt2 as story
from course.models.training import (
    Clock,
    Log,
    Streams,
    arguments,
    begin,
    learning_rate,
    make_optimizer,
    rows_of_ids,
    save_half,
    update,
)

PAD = 1
LONGEST = 96
SHARES = {"stories": 0.35, "books": 0.1, "reviews": 0.55}


# ------------------------------------------------------------------------------------ data
@dataclass(frozen=True)
class Part:
    """Snippets ready to score.

    Attributes:
        ids: (snippets, LONGEST), padded on the right.
        scores: every rater's score, (snippets, most raters), in a random order; NaN where there is
            none.
        mean: the mean score, (snippets,).
    """

    ids: Tensor
    scores: Tensor
    mean: Tensor


def make_part(snippets: list[MovieSnippet], tokenizer: Tokenizer, device: str) -> Part:
    raters = load_movie_raters()
    ids = np.full((len(snippets), LONGEST), PAD)
    scores = np.full((len(snippets), max(map(len, raters.values()))), np.nan)
    for i, snippet in enumerate(snippets):
        row = tokenizer.encode(snippet.text).ids[:LONGEST]
        ids[i, : len(row)] = row
        scores[i, : len(raters[snippet.id])] = raters[snippet.id]
    given = torch.from_numpy(scores).float().to(device)
    return Part(torch.from_numpy(ids).to(device), given, torch.from_numpy(np.nanmean(scores, 1)))


def draw_scores(scores: Tensor, dice: torch.Generator) -> Tensor:
    """One rater's score of each snippet, every rater equally likely: (snippets,)."""
    draw = torch.rand(scores.shape, generator=dice, device=scores.device)
    return scores.gather(1, draw.masked_fill(scores.isnan(), -1).argmax(1, keepdim=True))[:, 0]


# ------------------------------------------------------------------------------------ model
def read_first(args: argparse.Namespace, tokenizer: Tokenizer, log: Log) -> GPT2LMHeadModel:
    """The tiny GPT-2 after some more reading: stories, books, and the snippets without scores."""
    model: Any = GPT2LMHeadModel.from_pretrained(MODELS_DIR / "tiny_gpt2", dtype=torch.float32)
    model.to(args.device).train()
    texts, held = story.load_texts(story.read_stories(args.stories)[: args.most_stories])
    texts["reviews"] = [text.removeprefix(story.REVIEW) for text in texts["reviews"]]
    rows = {name: rows_of_ids(texts[name], tokenizer, story.END) for name in SHARES}
    streams = Streams(rows, SHARES, args.device, args.seed)
    plain = [text.removeprefix(story.REVIEW) for text in held["reviews"]]
    valid = story.as_windows(rows_of_ids(plain, tokenizer, story.END), args.device, most=args.held)
    optimizer, step, best = make_optimizer(model), 0, copy.deepcopy(model)
    while (progress := log.clock.progress(step)) < 1:
        loss = story.next_token_loss(model, streams.batch(args.batch, story.CONTEXT))
        update(model, optimizer, loss, learning_rate(progress, peak=1.5e-3))
        step += 1
        if step % 100 == 0 or log.clock.progress(step) >= 1:
            losses = story.held_out_losses(model, {"reviews": valid})
            log.add(step, train=loss.item(), **losses)
            if log.is_best(losses["reviews"]):
                best = copy.deepcopy(model)
    return best


def with_head(body: GPT2LMHeadModel, dropout: float = 0.1) -> GPT2ForSequenceClassification:
    """The same Transformer with one linear score instead of the vocabulary."""
    settings = body.config.to_dict() | {"id2label": {0: "reward"}, "label2id": {"reward": 0}}
    config = GPT2Config(**{**settings, "pad_token_id": PAD})
    config.resid_pdrop = config.embd_pdrop = config.attn_pdrop = dropout
    model: Any = GPT2ForSequenceClassification(config)
    model.transformer.load_state_dict(body.transformer.state_dict())
    return model.to(body.device)


def reward(model: GPT2ForSequenceClassification, ids: Tensor) -> Tensor:
    """One number a text, read at its last token: (texts,)."""
    ids = ids[:, : max(1, int((ids != PAD).sum(1).max()))]
    with torch.autocast(ids.device.type, torch.bfloat16):
        return model(input_ids=ids, attention_mask=(ids != PAD).long()).logits[:, 0].float()


def preference_loss(rewards: Tensor, scores: Tensor) -> Tensor:
    """-log sigmoid(r_chosen - r_rejected), the mean over all pairs whose scores differ."""
    better = scores[:, None] > scores[None]
    return F.softplus(rewards[None] - rewards[:, None])[better].mean()


# ------------------------------------------------------------------------------------ training
def fit(
    model: GPT2ForSequenceClassification,
    parts: dict[str, Part],
    epochs: int,
    seed: int,
    clock: Clock,
) -> tuple[GPT2ForSequenceClassification, list[dict[str, float]]]:
    """Train on all pairs of each batch; keep the epoch with the best validation accuracy."""
    train, best, curve = parts["train"], (-1.0, model), []
    dice = torch.Generator(train.ids.device).manual_seed(seed)
    optimizer, size = make_optimizer(model), 64
    steps = epochs * (len(train.ids) // size)
    for step in range(steps):
        if step % (steps // epochs) == 0:
            order = torch.randperm(len(train.ids), generator=dice, device=train.ids.device)
        rows = order[(step * size) % (len(order) - size) :][:size]
        loss = preference_loss(
            reward(model, train.ids[rows]), draw_scores(train.scores[rows], dice)
        )
        update(model, optimizer, loss, learning_rate(step / steps, peak=4e-4, warmup=0.1))
        if (step + 1) % (steps // epochs) == 0:
            curve.append({"epoch": (step + 1) * epochs // steps, **judge(model, parts["valid"])})
            if curve[-1]["mean_order"] > best[0]:
                best = curve[-1]["mean_order"], copy.deepcopy(model)
        if clock.progress(0) >= 1:
            break
    return best[1], curve


@torch.no_grad()
def score_all(model: GPT2ForSequenceClassification, ids: Tensor) -> Tensor:
    in_training = model.training
    model.eval()
    scored = torch.cat([reward(model, part) for part in ids.split(256)])
    model.train(in_training)
    return scored


def judge(model: GPT2ForSequenceClassification, part: Part, seed: int = 0) -> dict[str, float]:
    """Accuracy over random pairs; see `accuracies`."""
    return accuracies(score_all(model, part.ids).cpu(), part, seed)


def accuracies(rewards: Tensor, part: Part, seed: int = 0, pairs: int = 100_000) -> dict:
    """How often the higher reward is the preferred snippet.

    Returns:
        one_rater: against one rater's score of each; ties of the raters are left out.
        mean_order: against the mean scores.
        ceiling: how often the mean of all *other* raters agrees with that one rater.
        loss: mean of -log sigmoid of the difference, on the one-rater preferences.
    """
    dice = torch.Generator().manual_seed(seed)
    i, j = torch.randint(len(rewards), (2, pairs), generator=dice)
    scores = part.scores.cpu()
    one = [draw_scores(scores[k], dice) for k in (i, j)]
    counts, sums = (~scores.isnan()).sum(1), scores.nansum(1)
    rest = [(sums[k] - s) / (counts[k] - 1) for k, s in zip((i, j), one, strict=True)]
    real = one[0] != one[1]
    sign = torch.where(one[0] > one[1], 1.0, -1.0)
    gap = sign * (rewards[i] - rewards[j])
    agree = (sign * (rest[0] - rest[1])).sign().clamp(min=-1) / 2 + 0.5
    order = (rewards[i] - rewards[j]).sign() == (part.mean[i] - part.mean[j]).sign()
    return {
        "one_rater": (gap[real] > 0).double().mean().item(),
        "mean_order": order[i != j].double().mean().item(),
        "ceiling": agree[real].double().mean().item(),
        "loss": F.softplus(-gap[real]).mean().item(),
    }


def main() -> None:
    parser = arguments(__doc__.splitlines()[0], "reward", steps=3000, batch=16)
    parser.add_argument("--stories", type=Path, default=Path("build/stories.txt"))
    parser.add_argument("--most-stories", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--reading", type=float, default=math.inf, help="minutes of reading")
    args = parser.parse_args()
    begin(args)
    whole = Clock(10**9, args.minutes)
    tokenizer = story.load_tokenizer()
    body = read_first(args, tokenizer, Log(args.out, Clock(args.steps, args.reading)))
    parts = {
        name: make_part(snippets, tokenizer, args.device)
        for name, snippets in split_movie_snippets().items()
    }
    runs: list[dict] = []
    for seed in range(args.runs):
        torch.manual_seed(args.seed + seed)
        model, curve = fit(with_head(body), parts, args.epochs, args.seed + seed, whole)
        runs.append(
            {"seed": args.seed + seed, "curve": curve, "valid": judge(model, parts["valid"])}
        )
        runs[-1]["test"] = judge(model, parts["test"])
        print(json.dumps(runs[-1]), flush=True)
        if max(runs, key=lambda run: run["valid"]["mean_order"]) is runs[-1]:
            save_half(model, args.out / "model.safetensors")
        (args.out / "runs.json").write_text(json.dumps(runs, indent=1))
        if whole.progress(0) >= 1:
            break


if __name__ == "__main__":
    main()
