"""Train the English-Korean translator that ships with the course: LibreOffice's help.

    python -m course.models.train_translator --steps 12000

Some hours of one CPU core, some minutes on a GPU (add `--batch 256`). Pairs of at most 40 tokens a
side; every tenth pair is held out, and whatever shares a side with one. `--no-attention` trains
the same network with one fixed vector, to compare. It writes the tokenizers, the best weights so
far, `curve.json` and `settings.json`; `python -m course.models.report_models translator` measures
them.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from torch import Tensor
from torch.nn import functional as F

from course.data import BOS, EOS, PAD, split_en_ko_help
from course.models.training import (
    Clock,
    Log,
    arguments,
    begin,
    learning_rate,
    make_optimizer,
    save_half,
    update,
)
from course.models.translator_model import Translator

VOCAB = 2200
SPECIAL = ["[PAD]", "[BOS]", "[EOS]", "[UNK]"]
LONGEST = 40
EVERY = 100
VALID = 15  # every 15th training pair chooses the weights; the test pairs choose nothing

Pairs = list[tuple[str, str]]


def train_tokenizer(texts: list[str], path: Path) -> Tokenizer:
    """Byte pairs over characters; a blank before a word is part of it (as in SentencePiece)."""
    bpe = Tokenizer(models.BPE(unk_token="[UNK]"))
    bpe.normalizer = normalizers.NFC()
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Metaspace(), pre_tokenizers.Punctuation()]
    )
    bpe.decoder = decoders.Metaspace()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCAB, special_tokens=SPECIAL, show_progress=False, min_frequency=2
    )
    bpe.train_from_iterator(texts, trainer)
    bpe.save(str(path))
    return bpe


def encode(pairs: Pairs, tokenizers: Sequence[Tokenizer]) -> list[tuple[list, list]]:
    """Ids of the pairs that are short enough; the target between [BOS] and [EOS]."""
    found = []
    for english, korean in pairs:
        source, target = (
            t.encode(x).ids for t, x in zip(tokenizers, (english, korean), strict=True)
        )
        if 0 < len(source) <= LONGEST and 0 < len(target) <= LONGEST:
            found.append((source, [BOS, *target, EOS]))
    return found


def pad(rows: list[list[int]], device: str) -> Tensor:
    """Ids in one tensor, padded on the right: (rows, the longest)."""
    table = np.full((len(rows), max(map(len, rows))), PAD)
    for line, row in zip(table, rows, strict=True):
        line[: len(row)] = row
    return torch.from_numpy(table).to(device)


def make_batches(pairs: list, batch: int, device: str) -> list[tuple[Tensor, Tensor]]:
    """Batches of pairs of like length."""
    pairs = sorted(pairs, key=lambda pair: (len(pair[1]) // 3, random.random()))
    parts = [pairs[i : i + batch] for i in range(0, len(pairs), batch)]
    return [(pad([s for s, _ in p], device), pad([t for _, t in p], device)) for p in parts]


def pair_loss(model: Translator, source: Tensor, target: Tensor, smooth: float = 0.0) -> Tensor:
    """Mean loss in nats a target token."""
    logits = model(source, target[:, :-1])
    return F.cross_entropy(
        logits.flatten(0, 1),
        target[:, 1:].flatten(),
        ignore_index=PAD,
        label_smoothing=smooth,
    )


@torch.no_grad()
def held_out_loss(model: Translator, batches: list[tuple[Tensor, Tensor]]) -> float:
    in_training = model.training
    model.eval()
    counts = [int((target[:, 1:] != PAD).sum()) for _, target in batches]
    losses = [pair_loss(model, *b).item() * n for b, n in zip(batches, counts, strict=True)]
    model.train(in_training)
    return sum(losses) / sum(counts)


def train(model: Translator, pairs: list, held: list, batch: int, device: str, log: Log) -> None:
    """Run the loop; keep the weights with the lowest held-out loss."""
    optimizer, step, recent = make_optimizer(model, decay=0.01), 0, []
    judged = make_batches(held, 256, device)
    waiting: list = []
    while (progress := log.clock.progress(step)) < 1:
        if not waiting:
            waiting = make_batches(pairs, batch, device)
            random.shuffle(waiting)
        source, target = waiting.pop()
        loss = pair_loss(model, source, target, smooth=0.1)
        update(model, optimizer, loss, learning_rate(progress, peak=3e-3))
        recent.append(loss.detach())
        step += 1
        if step % EVERY == 0 or log.clock.progress(step) >= 1:
            value = held_out_loss(model, judged)
            log.add(step, train=torch.stack(recent).mean().item(), held_out=value)
            recent = []
            if log.is_best(value):
                save_half(model, log.folder / "model.safetensors")


def main() -> None:
    parser = arguments(__doc__.splitlines()[0], "translator", steps=12_000, batch=64)
    parser.add_argument("--no-attention", action="store_true")
    args = parser.parse_args()
    clock = Clock(args.steps, args.minutes)
    begin(args)
    random.seed(args.seed)
    parts = split_en_ko_help()
    tokenizers = tuple(
        train_tokenizer([pair[i] for pair in parts["train"]], args.out / f"{name}.json")
        for i, name in enumerate(("english", "korean"))
    )
    source, target = (t.get_vocab_size() for t in tokenizers)
    model = Translator(source, target, attention=not args.no_attention, dropout=0.3)
    model.to(args.device)
    pairs = encode(parts["train"], tokenizers)
    held, pairs = pairs[::VALID], [pair for i, pair in enumerate(pairs) if i % VALID]
    count = sum(p.numel() for p in model.parameters())
    print(f"{count:,} parameters, {len(pairs):,} pairs, {len(held):,} held out", flush=True)
    train(model, pairs, held, args.batch, args.device, Log(args.out, clock))


if __name__ == "__main__":
    main()
