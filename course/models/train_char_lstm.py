"""Train the character LSTM that ships with the course: from six novels to `char_lstm/`.

    python -m course.models.train_char_lstm --steps 8000 --out build/char_lstm

One CPU thread, about half an hour. It keeps a checkpoint every few hundred steps, and goes on from
there when it is started again. What it writes: the weights, `results.json` (every number of the
model card) and `loss_curve.png`. Everything is seeded; another machine's arithmetic can still
change the last digits.

It is one layer of `torch.nn.LSTM`, so that a student's `gate_trace` of week 03 can read it. The
state is carried from window to window (truncated backpropagation through time), because a
quotation lasts longer than a window.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F

from course.data import load_austen
from course.data.prose import ALPHABET, clean_prose, split_text
from course.models import write_checksums
from course.models.char_lstm_model import CharLSTM, encode

SEED = 1997
STREAMS, WINDOW = 32, 128
VALID = 0.1  # the last tenth of every novel is held out, as in weeks 02 and 03
WARM_UP = 100  # the first characters of a held-out piece are read and not scored
PROMPT = 'it is a truth universally acknowledged, that "'


# ------------------------------------------------------------------------------------ text
def load_texts() -> tuple[str, dict[str, str]]:
    """The training text of six novels in a row, and the held-out end of each by name."""
    parts = {name: split_text(clean_prose(text), VALID) for name, text in load_austen().items()}
    return " ".join(train for train, _ in parts.values()), {k: v for k, (_, v) in parts.items()}


def as_streams(text: str) -> Tensor:
    """The text cut into `STREAMS` long rows, each read from left to right: (STREAMS, length)."""
    ids = encode(text)
    return ids[: len(ids) // STREAMS * STREAMS].view(STREAMS, -1)


# ------------------------------------------------------------------------------------ measure
@torch.no_grad()
def held_out_bits(model: CharLSTM, text: str, pieces: int = 16) -> float:
    """Bits a character, read in `pieces` long rows; the first `WARM_UP` of each are not scored."""
    ids = encode(text)
    rows = ids[: len(ids) // pieces * pieces].view(pieces, -1)
    logits, _ = model(rows[:, :-1])
    scored, targets = logits[:, WARM_UP:], rows[:, WARM_UP + 1 :]
    return F.cross_entropy(scored.flatten(0, 1), targets.flatten()).item() / math.log(2)


def learning_rate(step: int, steps: int, peak: float = 4e-3, warmup: int = 100) -> float:
    """Linear warm-up, then half a cosine down to a fiftieth of the peak."""
    if step < warmup:
        return peak * (step + 1) / warmup
    progress = (step - warmup) / max(1, steps - warmup)
    return peak * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * progress)))


# ------------------------------------------------------------------------------------ training
def one_step(model: CharLSTM, optimizer: Any, window: Tensor, state: Any) -> tuple[float, Any]:
    """One window of every stream; the state goes on to the next one, its gradient does not."""
    logits, state = model(window[:, :-1], state)
    loss = F.cross_entropy(logits.flatten(0, 1), window[:, 1:].flatten())
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item() / math.log(2), tuple(part.detach() for part in state)


def train(model: CharLSTM, text: str, held: str, steps: int, out: Path) -> list[dict[str, float]]:
    """Run the loop; return the curve: step, training bits, held-out bits, CPU seconds."""
    optimizer = torch.optim.Adam(model.parameters(), betas=(0.9, 0.99))
    streams, state, position, first, spent = as_streams(text), None, 0, 0, 0.0
    curve: list[dict[str, float]] = []
    kept = out / "checkpoint.pt"
    if kept.exists():
        found = torch.load(kept, weights_only=True)
        model.load_state_dict(found["model"])
        optimizer.load_state_dict(found["optimizer"])
        first, position, curve, spent = (found[k] for k in ("step", "position", "curve", "cpu_s"))
        state = found["state"]
    recent: list[float] = []
    started = time.process_time() - spent
    for step in range(first, steps):
        if position + WINDOW >= streams.shape[1]:  # the novels are read: start again
            state, position = None, 0
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, steps)
        window = streams[:, position : position + WINDOW + 1]
        loss, state = one_step(model, optimizer, window, state)
        recent.append(loss)
        position += WINDOW
        if (step + 1) % 250 == 0 or step in (0, steps - 1):
            point = {"step": step + 1, "train": float(np.mean(recent))}
            point["held_out"] = held_out_bits(model, held)
            point["cpu_s"] = round(time.process_time() - started, 1)
            curve.append(point)
            recent = []
            print(json.dumps(point), flush=True)
            now: dict[str, Any] = {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
            now |= {"step": step + 1, "position": position, "curve": curve, "state": state}
            torch.save({**now, "cpu_s": point["cpu_s"]}, kept)
    return curve


# ------------------------------------------------------------------------------------ the card
@torch.no_grad()
def sample(model: CharLSTM, prompt: str, length: int = 300, temperature: float = 0.7) -> str:
    dice = torch.Generator().manual_seed(SEED)
    ids, state, text = encode(prompt)[None], None, prompt
    for _ in range(length):
        logits, state = model(ids, state)
        chances = (logits[0, -1] / temperature).softmax(0)
        ids = torch.multinomial(chances, 1, generator=dice).view(1, 1)
        text += ALPHABET[int(ids)]
    return text


def plot_curve(curve: list[dict[str, float]], path: Path) -> None:
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot as plt

    fig, ax = plt.subplots(figsize=(6, 3.4), layout="constrained")
    steps = [p["step"] for p in curve]
    ax.plot(steps, [p["train"] for p in curve], color="#0072B2", label="training windows")
    ax.plot(steps, [p["held_out"] for p in curve], color="#D55E00", label="held-out Austen")
    ax.axhline(math.log2(len(ALPHABET)), color="0.6", lw=0.8, ls="--")
    ax.text(steps[-1], math.log2(len(ALPHABET)) + 0.03, "a blind guess", ha="right", color="0.35")
    ax.set(xlabel="step", ylabel="bits per character")
    ax.legend(frameon=False)
    fig.savefig(path, dpi=160)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("build/char_lstm"))
    parser.add_argument("--steps", type=int, default=8000)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    torch.set_num_threads(1)

    text, held = load_texts()
    model = CharLSTM()
    curve = train(model, text, held["prideprejudice"], args.steps, args.out)
    save_file(model.state_dict(), args.out / "model.safetensors")
    write_checksums(args.out, ["model.safetensors"])
    results: dict[str, Any] = {
        "seed": SEED,
        "steps": args.steps,
        "streams": STREAMS,
        "window": WINDOW,
    }
    results |= {"parameters": sum(p.numel() for p in model.parameters())}
    results |= {"train_characters": len(text), "curve": curve, "sample": sample(model, PROMPT)}
    results["held_out_bits"] = {name: held_out_bits(model, end) for name, end in held.items()}
    (args.out / "results.json").write_text(json.dumps(results, indent=1))
    plot_curve(curve, args.out / "loss_curve.png")


if __name__ == "__main__":
    main()
