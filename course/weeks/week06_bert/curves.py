"""Measure what pre-training is worth: accuracy against labels, five seeds, a tuned baseline beside.

    python -m course.weeks.week06_bert.curves frozen          # minutes on one CPU core
    python -m course.weeks.week06_bert.curves fine-tuned      # an hour; minutes on a GPU

`frozen` reads every snippet once with the encoder, and learns on its mean vector alone; the bag of
words belongs to it. `fine-tuned` moves all weights. Each adds to the stored file what it measured;
`--sizes` and `--seeds` try less. The notebook draws the file (`load_curves`).

Settings are chosen on the validation part with seed 0 at every size; the test part is asked once.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course.weeks.week06_bert.toys import Labelled, balanced, snippets_by_class

SIZES = (50, 100, 200, 500, 1000, 2000)
SEEDS = 5
BATCH, LONGEST = 16, 48
STORED = Path(__file__).with_name("curves.json")


def load_curves() -> dict[str, Any]:
    """What this script measured and stored.

    Returns:
        {model: {"sizes": [...], "accuracy": (seeds, sizes), "macro_f1": (seeds, sizes), "settings":
        what was chosen at each size}}.
    """
    return json.loads(STORED.read_text(encoding="utf-8"))


# ------------------------------------------------------------------------------------ networks
@dataclass(frozen=True)
class Settings:
    """How a network is fine-tuned; `steps` are updates of `BATCH` examples, at any size."""

    lr: float
    epochs: int
    layer_decay: float = 0.85
    weight_decay: float = 0.01


class Classifier(nn.Module):
    """A BERT encoder and a head on the mean of its vectors at real positions."""

    def __init__(self, encoder: Any, width: int, classes: int = 3) -> None:
        super().__init__()
        self.bert: Any = encoder
        self.pooler, self.classifier = nn.Linear(width, width), nn.Linear(width, classes)
        self.drop = nn.Dropout(0.1)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        h = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        real = mask.unsqueeze(-1).to(h.dtype)
        mean = (h * real).sum(1) / real.sum(1)
        return self.classifier(self.drop(self.pooler(mean).tanh()))


def rates(model: nn.Module, how: Settings, layers: int) -> list[dict[str, Any]]:
    """A group for each parameter: slower further down, no decay for biases and norms."""
    groups = []
    for name, weights in model.named_parameters():
        below = layers - int(name.split(".layer.")[1].split(".")[0]) if ".layer." in name else 0
        below = layers + 1 if name.startswith("bert.embeddings.") else below
        plain = "LayerNorm" in name or name.endswith("bias")
        groups.append({"params": [weights], "lr": how.lr * how.layer_decay**below,
                       "weight_decay": 0.0 if plain else how.weight_decay})  # fmt: skip
    return groups


def new_classifier(trained: bool, device: str) -> tuple[Classifier, Any]:
    """The shipped encoder, or one of the same shape with fresh weights, and the tokenizer."""
    from transformers import BertModel

    from course.models import load_tiny_bert

    model, tokenizer = load_tiny_bert()
    encoder = model.bert if trained else BertModel(model.config, add_pooling_layer=False)
    return Classifier(encoder, model.config.hidden_size).to(device), tokenizer


def batches(
    tokenizer: Any, data: Labelled, size: int, dice: random.Random | None, device: str
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Padded batches of ids, mask and labels; in a new order where dice are given."""
    order = list(range(len(data)))
    if dice:
        dice.shuffle(order)
    for start in range(0, len(order), size):
        chosen = order[start : start + size]
        found = tokenizer([data.texts[n] for n in chosen], padding=True, truncation=True,
                          max_length=LONGEST, return_tensors="pt").to(device)  # fmt: skip
        labels = torch.tensor([data.labels[n] for n in chosen], device=device)
        yield found["input_ids"], found["attention_mask"], labels


def fine_tune(
    trained: bool, data: Labelled, how: Settings, seed: int, device: str
) -> tuple[Classifier, Any]:
    """Train a classifier; linear warm-up over a tenth of the steps, then linearly to zero."""
    torch.manual_seed(seed)
    dice = random.Random(seed)
    model, tokenizer = new_classifier(trained, device)
    optimizer = torch.optim.AdamW(rates(model, how, model.bert.config.num_hidden_layers))
    steps = how.epochs * -(-len(data) // BATCH)
    shape = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (0.1 * steps + 1), (steps - step) / (0.9 * steps))
    )
    model.train()
    for _ in range(how.epochs):
        for ids, mask, labels in batches(tokenizer, data, BATCH, dice, device):
            loss = F.cross_entropy(model(ids, mask), labels)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            shape.step()
    return model.eval(), tokenizer


@torch.no_grad()
def called(model: Classifier, tokenizer: Any, data: Labelled, device: str) -> np.ndarray:
    """The class that the model gives to each text."""
    found = [
        model(ids, mask).argmax(1) for ids, mask, _ in batches(tokenizer, data, 64, None, device)
    ]
    return torch.cat(found).cpu().numpy()


# ------------------------------------------------------------------------------------ on vectors
@torch.no_grad()
def vectors(trained: bool, data: Labelled, device: str) -> np.ndarray:
    """The mean of the encoder's vectors of each text, (N, D), with no weight moved."""
    torch.manual_seed(0)
    model, tokenizer = new_classifier(trained, device)
    found = []
    for ids, mask, _ in batches(tokenizer, data, 64, None, device):
        h = model.eval().bert(input_ids=ids, attention_mask=mask).last_hidden_state
        real = mask.unsqueeze(-1).to(h.dtype)
        found.append((h * real).sum(1) / real.sum(1))
    return torch.cat(found).cpu().numpy()


def regression(features: Any, strength: float) -> Any:
    """Some features, and a logistic regression behind them."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    return make_pipeline(features, LogisticRegression(C=strength, max_iter=300))


def bag_of_words(data: Labelled, strength: float, pairs: bool) -> Any:
    """tf-idf of words, or of words and pairs of them, and a logistic regression behind it."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = TfidfVectorizer(
        sublinear_tf=True, token_pattern=r"[a-z']+", ngram_range=(1, 2 if pairs else 1)
    )
    return regression(words, strength).fit(data.texts, data.labels)


# ------------------------------------------------------------------------------------ contestants
Guess = np.ndarray  # a class for each text of a part
Learner = Callable[[Labelled, Any, int, str], Guess]  # (labels, settings, seed, part) -> classes


def on_words(data: Labelled, how: tuple[float, bool], _seed: int, part: str) -> Guess:
    return bag_of_words(data, *how).predict(balanced(part).texts)


def on_vectors(trained: bool, device: str) -> Learner:
    """A regression on frozen vectors; every text is read once."""
    from sklearn.preprocessing import StandardScaler

    known: dict[str, np.ndarray] = {}
    for part in ("train", "valid", "test"):
        texts = tuple(s.text.lower() for kind in snippets_by_class(part) for s in kind)
        whole = Labelled(texts, (0,) * len(texts))
        known |= dict(zip(whole.texts, vectors(trained, whole, device), strict=True))

    def learn(data: Labelled, how: float, _seed: int, part: str) -> Guess:
        x, unseen = ([known[t] for t in texts] for texts in (data.texts, balanced(part).texts))
        return regression(StandardScaler(), how).fit(x, data.labels).predict(unseen)

    return learn


def on_all_weights(trained: bool, device: str) -> Learner:
    """The whole network is trained."""

    def learn(data: Labelled, how: Settings, seed: int, part: str) -> Guess:
        return called(*fine_tune(trained, data, how, seed, device), balanced(part), device)

    return learn


RATES = [Settings(lr, epochs) for lr in (2e-4, 5e-4, 1e-3) for epochs in (5, 15)]
BAGS = [(strength, pairs) for strength in (1.0, 3.0, 10.0, 30.0) for pairs in (False, True)]
PULLS = [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1]


def contestants(kind: str, device: str) -> dict[str, tuple[Learner, list[Any]]]:
    """Who learns, and the settings that each may choose from."""
    if kind == "fine-tuned":
        return {
            "pre-trained, fine-tuned": (on_all_weights(True, device), RATES),
            "from scratch": (on_all_weights(False, device), RATES),
        }
    return {
        "pre-trained, frozen": (on_vectors(True, device), PULLS),
        "fresh weights, frozen": (on_vectors(False, device), PULLS),
        "bag of words": (on_words, BAGS),
    }


# ------------------------------------------------------------------------------------ measuring
def scores(said: Guess, part: str) -> tuple[float, float]:
    """Accuracy and macro F1."""
    from sklearn.metrics import accuracy_score, f1_score

    true = balanced(part).labels
    return float(accuracy_score(true, said)), float(f1_score(true, said, average="macro"))


def measure(
    learn: Learner, tried: Sequence[Any], sizes: Sequence[int], seeds: int
) -> dict[str, Any]:
    """Choose the settings at each size on the validation part, then ask the test part."""
    chosen, found = [], []
    for size in sizes:
        data = balanced("train", 0, size)
        on_valid = [scores(learn(data, how, 0, "valid"), "valid")[0] for how in tried]
        chosen.append(tried[int(np.argmax(on_valid))] if len(tried) > 1 else tried[0])
        rows = [
            scores(learn(balanced("train", seed, size), chosen[-1], seed, "test"), "test")
            for seed in range(seeds)
        ]
        found.append(rows)
        print(size, chosen[-1], [round(accuracy, 3) for accuracy, _ in rows], flush=True)
    table = np.array(found).round(4).transpose(2, 1, 0).tolist()  # measure, seed, size
    settings = [str(how) for how in chosen]
    return {"sizes": list(sizes), "accuracy": table[0], "macro_f1": table[1], "settings": settings}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=["frozen", "fine-tuned"])
    parser.add_argument("--out", type=Path, default=STORED)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--lr", type=float, help="try this rate alone")
    parser.add_argument("--epochs", type=int, default=10, help="with --lr")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = parser.parse_args(arguments)
    stored = json.loads(args.out.read_text("utf-8")) if args.out.is_file() else {}
    for name, (learn, tried) in contestants(args.kind, args.device).items():
        print(name, flush=True)
        tried = [Settings(args.lr, args.epochs)] if args.lr else tried
        stored[name] = measure(learn, tried, args.sizes, args.seeds)
        args.out.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
