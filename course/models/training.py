"""What the training scripts share: the clock, the schedule, the optimizer, batches, the curve.

A run ends after a number of steps or after a number of minutes, whichever comes first; the learning
rate follows whichever is further on. So a script runs on one CPU overnight and on a GPU within
minutes, and both end with a cooled-down model.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

CURVE, SETTINGS = "curve.json", "settings.json"


# ------------------------------------------------------------------------------------ how long
@dataclass
class Clock:
    """Says how far a run is: by steps, and by minutes where they are limited."""

    steps: int
    minutes: float = math.inf
    started: float = field(default_factory=time.monotonic)

    def seconds(self) -> float:
        return time.monotonic() - self.started

    def progress(self, step: int) -> float:
        """From 0 at the start to 1 at the end."""
        return min(1.0, max(step / max(1, self.steps), self.seconds() / 60 / self.minutes))


def learning_rate(progress: float, peak: float, warmup: float = 0.03) -> float:
    """Linear warm-up over the first `warmup` of the run, then half a cosine to a 50th of the peak.

    (Loshchilov & Hutter 2017, without restarts.)
    """
    if progress < warmup:
        return peak * max(0.01, progress / warmup)
    rest = (progress - warmup) / (1 - warmup)
    return peak * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * rest)))


def make_optimizer(model: nn.Module, decay: float = 0.1) -> torch.optim.AdamW:
    """AdamW; matrices decay, biases and norms do not (as in GPT-3, Brown et al. 2020)."""
    trained = [p for p in model.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in trained if p.dim() > 1], "weight_decay": decay},
        {"params": [p for p in trained if p.dim() <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.98), fused=True)


def update(model: nn.Module, optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    """One step down the gradient, clipped at norm 1, with the learning rate `rate`."""
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()


# ------------------------------------------------------------------------------------ batches
class Streams:
    """Several long rows of token ids, from which windows are drawn by weight.

    Args:
        rows: the ids of each source by name.
        weights: the share of the windows that each source gets.
        device: where all ids lie, in one tensor.
    """

    def __init__(
        self, rows: dict[str, np.ndarray], weights: dict[str, float], device: str, seed: int
    ) -> None:
        names = list(rows)
        self.lengths = np.array([len(rows[name]) for name in names])
        self.offsets = np.cumsum(self.lengths) - self.lengths
        shares = np.array([weights[name] for name in names])
        self.shares = shares / shares.sum()
        ids = np.concatenate([rows[name] for name in names]).astype(np.int32)
        self.ids = torch.from_numpy(ids).to(device)
        self.dice = np.random.default_rng(seed)

    def batch(self, size: int, length: int) -> Tensor:
        """Random windows: (size, length)."""
        source = self.dice.choice(len(self.shares), size, p=self.shares)
        room = self.lengths[source] - length
        starts = self.offsets[source] + (self.dice.random(size) * room).astype(np.int64)
        first = torch.from_numpy(starts).to(self.ids.device)[:, None]
        return self.ids[first + torch.arange(length, device=first.device)].long()


def rows_of_ids(texts: Iterable[str], tokenizer: Any, end: int) -> np.ndarray:
    """All texts in one row of ids, the id `end` after each. `tokenizer` is of `tokenizers`."""
    found, texts = [], list(texts)
    for first in range(0, len(texts), 4096):
        encodings = tokenizer.encode_batch_fast(texts[first : first + 4096])
        found += [np.array([*encoding.ids, end], dtype=np.uint16) for encoding in encodings]
    return np.concatenate(found)


# ------------------------------------------------------------------------------------ the log
@dataclass
class Log:
    """The curve of a run, printed and written as it grows."""

    folder: Path
    clock: Clock
    points: list[dict[str, float]] = field(default_factory=list)
    best: float = math.inf

    def add(self, step: int, **values: float) -> None:
        point = {"step": step, **{k: round(float(v), 4) for k, v in values.items()}}
        self.points.append({**point, "seconds": round(self.clock.seconds(), 1)})
        print(json.dumps(self.points[-1]), flush=True)
        (self.folder / CURVE).write_text(json.dumps(self.points))

    def is_best(self, value: float) -> bool:
        """Whether this is the lowest value so far; remembers it."""
        better = value < self.best
        self.best = min(self.best, value)
        return better


def save_half(model: nn.Module, path: Path) -> None:
    """Write the weights in half precision; shared ones once. The old file stays until then."""
    state, seen = {}, set()
    for name, tensor in model.state_dict().items():
        if tensor.data_ptr() not in seen:
            seen.add(tensor.data_ptr())
            state[name] = tensor.detach().half().cpu().contiguous()
    save_file(state, path.with_suffix(".part"), metadata={"format": "pt"})
    path.with_suffix(".part").replace(path)


def load_half(model: nn.Module, path: Path) -> nn.Module:
    """Read what `save_half` wrote, in float32; weights that are shared follow their twin."""
    state = {name: tensor.float() for name, tensor in load_file(path).items()}
    _, unexpected = model.load_state_dict(state, strict=False)
    if unexpected:
        raise ValueError(f"{path} holds weights that the model has no place for: {unexpected}")
    return model


# ------------------------------------------------------------------------------------ arguments
def arguments(title: str, folder: str, steps: int, batch: int) -> argparse.ArgumentParser:
    """The arguments that every training script has."""
    parser = argparse.ArgumentParser(description=title)
    parser.add_argument("--out", type=Path, default=Path("build") / folder)
    parser.add_argument("--steps", type=int, default=steps)
    parser.add_argument("--batch", type=int, default=batch)
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop after that time")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--seed", type=int, default=2019)
    parser.add_argument("--held", type=int, default=128, help="held-out windows of each source")
    return parser


def begin(args: argparse.Namespace) -> None:
    """Make the folder, keep the arguments beside the weights to be, and seed torch."""
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / SETTINGS).write_text(json.dumps(vars(args), default=str, indent=1))
    torch.manual_seed(args.seed)
