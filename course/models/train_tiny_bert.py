"""Train the tiny BERT that ships with the course: from raw text to `tiny_bert/`.

    python -m course.models.train_tiny_bert --steps 700 --out build/tiny_bert

A minute or two on one CPU core. It reads the training part of the movie snippets, **without their
ratings**, and two novels. The word table starts from the course's GloVe slice, so that so short a
training begins with what others learned from billions of words; everything else starts at random.
Everything is seeded; another machine's arithmetic can still change the last digits.

The architecture is BERT's (Devlin et al. 2019); the recipe is RoBERTa's (Liu et al. 2019): masks
drawn anew for every batch, no next-sentence task.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import torch
from tokenizers import BertWordPieceTokenizer
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import BertConfig, BertForMaskedLM, BertTokenizer

from course.data import load_austen, load_glove, load_moby_dick, split_movie_snippets
from course.models import write_checksums

SEED, VOCAB, WIDTH, LONGEST = 2019, 6000, 100, 48
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
PAD, UNK, CLS, SEP, MASK = range(5)
FILES = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]
SPREAD = 0.05  # standard deviation of the word table at the start


# ------------------------------------------------------------------------------------ text
def load_texts() -> tuple[list[str], list[str]]:
    """Training texts, and the held-out ones: validation snippets, which no training reads."""
    parts = split_movie_snippets()
    snippets = {part: [snippet.text for snippet in parts[part]] for part in ("train", "valid")}
    novels = [load_austen()["persuasion"], load_moby_dick()]
    paragraphs = [" ".join(p.split()) for novel in novels for p in novel.split("\n\n")]
    return snippets["train"] * 3 + [p for p in paragraphs if len(p) > 40], snippets["valid"]


def train_tokenizer(texts: list[str], out: Path) -> BertTokenizer:
    """WordPiece without case."""
    wordpiece = BertWordPieceTokenizer(lowercase=True)
    wordpiece.train_from_iterator(
        texts, vocab_size=VOCAB, min_frequency=2, special_tokens=SPECIAL, show_progress=False
    )
    wordpiece.save(str(out / "tokenizer.json"))
    tokenizer = BertTokenizer(
        tokenizer_file=str(out / "tokenizer.json"), do_lower_case=True, model_max_length=64
    )
    tokenizer.save_pretrained(out)
    return tokenizer


# ------------------------------------------------------------------------------------ model
def build(tokenizer: BertTokenizer) -> BertForMaskedLM:
    """A BERT of two layers; rows of the word table that GloVe knows start as GloVe's."""
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=WIDTH,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=4 * WIDTH,
        max_position_embeddings=64,
        attention_probs_dropout_prob=0.0,
        hidden_dropout_prob=0.05,
        pad_token_id=PAD,
    )
    model = BertForMaskedLM(config)
    known, vectors = load_glove()
    rows = torch.from_numpy(vectors)
    rows = SPREAD * (rows - rows.mean(0)) / rows.std()
    ids = tokenizer.get_vocab()
    with torch.no_grad():
        for word, row in zip(known, rows, strict=True):
            if word in ids:
                model.bert.embeddings.word_embeddings.weight[ids[word]] = row
    return model


def corrupted(ids: Tensor, dice: torch.Generator, vocabulary: int) -> tuple[Tensor, Tensor]:
    """15% of the tokens chosen; 80% of these [MASK], 10% a random token, 10% as they are."""
    chosen = (ids > MASK) & (torch.rand(ids.shape, generator=dice) < 0.15)
    fate = torch.rand(ids.shape, generator=dice)
    other = torch.randint(MASK + 1, vocabulary, ids.shape, generator=dice)
    inputs = torch.where(chosen & (fate < 0.8), MASK, ids)
    return torch.where(chosen & (fate >= 0.8) & (fate < 0.9), other, inputs), chosen


def loss_on(model: BertForMaskedLM, ids: Tensor, dice: torch.Generator) -> Tensor:
    """Mean loss in nats at the chosen positions; only there the vocabulary is scored."""
    inputs, chosen = corrupted(ids, dice, model.config.vocab_size)
    h = model.bert(input_ids=inputs, attention_mask=(ids != PAD).long()).last_hidden_state
    return F.cross_entropy(model.cls(h[chosen]), ids[chosen])


# ------------------------------------------------------------------------------------ training
def batches(rows: list[list[int]], size: int, dice: random.Random) -> Iterator[Tensor]:
    """Batches of rows of nearly equal length, for ever."""
    order = sorted(rows, key=len)
    while True:
        start = dice.randrange(max(1, len(order) - size))
        chosen = [torch.tensor(row) for row in order[start : start + size]]
        yield nn.utils.rnn.pad_sequence(chosen, batch_first=True, padding_value=PAD)


@torch.no_grad()
def held_out_loss(model: BertForMaskedLM, rows: list[list[int]]) -> float:
    """Mean loss over the held-out rows, under the same masks at every call."""
    dice = torch.Generator().manual_seed(0)
    padded = [
        nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows[n : n + 64]], True, PAD)
        for n in range(0, len(rows), 64)
    ]
    in_training = model.training
    losses = [loss_on(model.eval(), ids, dice).item() for ids in padded]
    model.train(in_training)
    return sum(losses) / len(losses)


def unigram_loss(train: list[list[int]], held: list[list[int]]) -> float:
    """What the mere frequency of the tokens costs on the held-out rows, in nats."""
    counts = Counter(token for row in train for token in row if token > MASK)
    total = torch.tensor([counts[t] + 1.0 for row in held for t in row if t > MASK])
    return -(total / (sum(counts.values()) + VOCAB)).log().mean().item()


def train(model: BertForMaskedLM, train_rows: list, held: list, args: argparse.Namespace) -> list:
    """AdamW, linear warm-up and decay; the curve as [step, training loss, held-out loss]."""
    dice, coins = random.Random(SEED), torch.Generator().manual_seed(SEED)
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.lr, weight_decay=0.01)
    shape = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda n: min((n + 1) / (0.06 * args.steps), (args.steps - n) / args.steps)
    )
    curve, recent = [], []
    for step, ids in zip(range(1, args.steps + 1), batches(train_rows, 32, dice), strict=False):
        loss = loss_on(model.train(), ids, coins)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        shape.step()
        recent.append(loss.item())
        if step % args.every == 0 or step == args.steps:
            curve.append([step, sum(recent) / len(recent), held_out_loss(model, held)])
            print(curve[-1], f"{time.process_time():.0f} s", flush=True)
            recent = []
    return curve


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=700)
    parser.add_argument("--every", type=int, default=100)
    parser.add_argument("--lr", type=float, default=1.5e-3)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    texts, unseen = load_texts()
    tokenizer = train_tokenizer(texts, args.out)
    rows, held = (
        [
            row
            for row in tokenizer(some, truncation=True, max_length=LONGEST).input_ids
            if len(row) > 5
        ]
        for some in (texts, unseen[:512])
    )
    model = build(tokenizer)
    start = held_out_loss(model, held)
    curve = train(model, rows, held, args)
    model.half().save_pretrained(args.out)
    write_checksums(args.out, FILES)
    results = {
        "parameters": model.num_parameters(),
        "texts": len(texts),
        "tokens": sum(map(len, rows)),
        "steps": args.steps,
        "cpu_seconds": round(time.process_time()),
        "held_out": {"start": start, "unigram": unigram_loss(rows, held), "end": curve[-1][2]},
        "curve": curve,
    }
    (args.out / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
