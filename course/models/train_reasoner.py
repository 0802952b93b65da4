"""Train the reasoner that ships: a base that can work an answer out, and seldom does.

    python -m course.models.train_reasoner --out build/reasoner

First a textbook: 300 steps of worked answers. Then everyday life: 500 steps in which nine answers
of ten come at once. What is left is a model that answers at once, mostly wrongly, and that knows
how to work. Twenty seconds of one CPU core; `--runs 5` does it with five seeds for the card, and
trains as many networks on short answers alone. The weights of the first seed are kept.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from course.data.calculations import (
    ANSWER_LENGTH,
    PADDING,
    PROMPT_LENGTH,
    SYMBOLS,
    calculations,
    last_digit,
    short_answer,
    to_ids,
    worked_answer,
)
from course.models import write_checksums
from course.models.reasoner_model import Reasoner, read_prompts, read_texts
from course.models.training import save_half, update

SEED = 2022
BATCH = 64
TEXTBOOK, EVERYDAY, SHORT_ALONE = (300, 1.0, 3e-3), (500, 0.1, 1.5e-3), (600, 0.0, 3e-3)


# ------------------------------------------------------------------------------------ training
def batch(dice: random.Random, share: float) -> tuple[Tensor, Tensor]:
    """Prompts (B, PROMPT_LENGTH), answers (B, ANSWER_LENGTH); a share of them is worked."""
    problems = calculations(BATCH, dice, fewest=2)
    texts = [worked_answer(p) if dice.random() < share else short_answer(p) for p in problems]
    padding = SYMBOLS[PADDING]
    return read_prompts(problems), torch.tensor([to_ids(t, ANSWER_LENGTH, padding) for t in texts])


def answer_loss(model: Reasoner, prompts: Tensor, answers: Tensor) -> Tensor:
    """Mean loss of the answers' symbols in nats; the prompt and the padding do not count."""
    ids = torch.cat([prompts, answers], dim=1)
    logits = model(ids[:, :-1])[:, PROMPT_LENGTH - 1 :]  # (B, ANSWER_LENGTH, V)
    return torch.nn.functional.cross_entropy(
        logits.flatten(0, 1), answers.flatten(), ignore_index=PADDING
    )


def train(
    model: Reasoner, dice: random.Random, steps: int, share: float, peak: float
) -> list[float]:
    """Train for some steps: warm-up over 50 of them, then a cosine to a tenth. The losses."""
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=0.01)
    losses = []
    for step in range(steps):
        shape = 0.1 + 0.9 * (1 + math.cos(math.pi * step / steps)) / 2
        loss = answer_loss(model, *batch(dice, share))
        update(model, optimizer, loss, peak * min(1, (step + 1) / 50) * shape)
        losses.append(loss.item())
    return losses


def base(seed: int) -> tuple[Reasoner, dict[str, Any]]:
    """The two phases; the model, and what was measured between and behind them."""
    torch.manual_seed(seed)
    dice, model, started = random.Random(f"reasoner/{seed}"), Reasoner(), time.process_time()
    losses = train(model, dice, *TEXTBOOK)
    found: dict[str, Any] = {"seed": seed, "textbook": measure(model, temperature=0.0)}
    losses += train(model, dice, *EVERYDAY)
    found["cpu_s"] = round(time.process_time() - started, 1)
    found |= {"base": measure(model), "base_greedy": measure(model, temperature=0.0)}
    return model, found | {"losses": [round(loss, 4) for loss in losses]}


def short_alone(seed: int) -> dict[str, float]:
    """A network that only ever saw short answers, for about as long."""
    torch.manual_seed(seed)
    model = Reasoner()
    train(model, random.Random(f"short/{seed}"), *SHORT_ALONE)
    return measure(model, temperature=0.0)


# ------------------------------------------------------------------------------------ measuring
@torch.no_grad()
def write(model: Reasoner, problems: list[str], temperature: float, seed: int = 0) -> list[str]:
    """An answer to each problem."""
    dice, cache = torch.Generator().manual_seed(seed), model.new_cache()
    ids, written = read_prompts(problems), []
    for _ in range(ANSWER_LENGTH):
        logits = model(ids, cache)[:, -1]
        p = (logits / max(temperature, 1e-6)).softmax(-1)
        ids = torch.multinomial(p, 1, generator=dice) if temperature else p.argmax(1, keepdim=True)
        written.append(ids)
    texts = read_texts(torch.cat(written, dim=1))
    return [text.split(".")[0] + "." * ("." in text) for text in texts]


def measure(model: Reasoner, temperature: float = 1.0, count: int = 2000) -> dict[str, float]:
    """Shares of right answers, of worked ones, and of right ones among either kind."""
    problems = calculations(count, random.Random("reasoner/measure"))
    texts = write(model, problems, temperature)
    right = [t.split("}")[-1] == short_answer(p) for p, t in zip(problems, texts, strict=True)]
    worked = [text.startswith("{") for text in texts]
    found = {"right": sum(right) / count, "worked": sum(worked) / count}
    for name, kind in (("right_if_worked", True), ("right_if_short", False)):
        of_kind = [r for r, w in zip(right, worked, strict=True) if w is kind]
        found[name] = sum(of_kind) / max(1, len(of_kind))
    found["symbols"] = sum(map(len, texts)) / count
    return {name: round(value, 4) for name, value in found.items()}


def last_digits_evenly(count: int = 20_000) -> float:
    """The share of the most frequent answer: what always saying it would earn."""
    answers = [last_digit(p) for p in calculations(count, random.Random("reasoner/even"))]
    return round(max(answers.count(digit) for digit in set(answers)) / count, 4)


# ------------------------------------------------------------------------------------ writing
def plot_losses(losses: list[float], path: Path) -> None:
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot as plt

    fig, ax = plt.subplots(figsize=(6, 3.4), layout="constrained")
    ax.plot(losses, color="#0072B2", lw=1)
    ax.axvline(TEXTBOOK[0], color="0.6", lw=0.8, ls="--")
    ax.text(TEXTBOOK[0] + 5, max(losses) * 0.9, "from here on nine of ten are short", color="0.35")
    ax.set(xlabel="step", ylabel="loss of the answer (nats a symbol)")
    fig.savefig(path, dpi=160)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("build/reasoner"))
    parser.add_argument("--runs", type=int, default=1)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    results: dict[str, Any] = {"most_frequent_answer": last_digits_evenly(), "runs": []}
    for seed in range(SEED, SEED + args.runs):
        model, found = base(seed)
        losses = found.pop("losses")
        if seed == SEED:
            save_half(model, args.out / "model.safetensors")
            plot_losses(losses, args.out / "loss_curve.png")
            results |= {"parameters": sum(p.numel() for p in model.parameters())}
            results |= {"shipped": dict(found), "losses": losses}
        results["runs"].append(found | {"short_alone": short_alone(seed)})
        print(json.dumps(results["runs"][-1]), flush=True)
        (args.out / "results.json").write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    write_checksums(args.out, ["model.safetensors"])


if __name__ == "__main__":
    main()
