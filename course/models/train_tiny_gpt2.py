"""Train the tiny GPT-2 that ships with the course: from raw text to `tiny_gpt2/`.

    python -m course.models.train_tiny_gpt2 --steps 3000 --out build/tiny_gpt2

One CPU thread, about half an hour. Everything is seeded; another machine's arithmetic can still
change the last digits. What it writes: the tokenizer, the weights in half precision,
`results.json` (every number of the model card) and `loss_curve.png`.

The architecture is GPT-2's (Radford et al. 2019), about a hundred times smaller.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import ByteLevelBPETokenizer
from torch import Tensor
from transformers import GPT2Config, GPT2LMHeadModel, GPT2Tokenizer

from course.data import load_austen, load_debian_faq, load_korean_constitution, load_moby_dick
from course.models import write_checksums

SEED = 2019
VOCAB = 3072
CONTEXT = 256
HELD_OUT_NOVEL = "northangerabbey"
# Reserved for later weeks (chat templates, padding); no text of this training run holds them.
FILES = [
    *("config.json", "generation_config.json", "model.safetensors"),
    *("tokenizer.json", "tokenizer_config.json"),
]
SPECIAL = ["<|endoftext|>", "<|pad|>", "<|system|>", "<|user|>", "<|assistant|>"]
PROMPTS = ["It is a truth universally acknowledged, that", "Captain Ahab", "모든 국민은"]


# ------------------------------------------------------------------------------------ text
def unwrap(text: str) -> str:
    """One line per paragraph: the books break lines at 70 characters, which no one speaks."""
    paragraphs = re.split(r"\n\s*\n", text)
    return "\n".join(" ".join(p.split()) for p in paragraphs if p.strip()) + "\n"


def split_end(text: str, share: float = 0.1) -> tuple[str, str]:
    """The first part to train on, the last `share` held out, cut at a paragraph."""
    cut = text.rindex("\n", 0, int(len(text) * (1 - share))) + 1
    return text[:cut], text[cut:]


def load_texts() -> tuple[dict[str, str], dict[str, str]]:
    """Training and held-out texts by name. A whole novel is held out, and the ends of the rest."""
    train = {name: unwrap(text) for name, text in load_austen().items()}
    held = {HELD_OUT_NOVEL: train.pop(HELD_OUT_NOVEL)}
    others = {
        "moby_dick": load_moby_dick(),
        "debian_faq_en": load_debian_faq("en"),
        "debian_faq_ko": load_debian_faq("ko"),
        "korean_constitution": load_korean_constitution(),
    }
    for name, text in others.items():
        train[name], held[name] = split_end(unwrap(text))
    return train, held


# ------------------------------------------------------------------------------------ tokens
def train_tokenizer(texts: list[str], out: Path) -> GPT2Tokenizer:
    """Byte-level BPE (Radford et al. 2019, section 2.2): every text can be encoded, Hangul too."""
    bpe = ByteLevelBPETokenizer()
    bpe.train_from_iterator(texts, vocab_size=VOCAB, special_tokens=SPECIAL, show_progress=False)
    bpe.save_model(str(out))  # vocab.json and merges.txt: what GPT-2's tokenizer is built from
    tokenizer = GPT2Tokenizer.from_pretrained(
        out, model_max_length=CONTEXT, pad_token="<|pad|>", extra_special_tokens=SPECIAL[2:]
    )
    tokenizer.save_pretrained(out)  # tokenizer.json holds both
    for name in ("vocab.json", "merges.txt"):
        (out / name).unlink()
    return tokenizer


def encode(tokenizer: GPT2Tokenizer, texts: list[str]) -> Tensor:
    """All texts in one row of ids, an end-of-text token after each."""
    ids: list[int] = []
    for text in texts:
        ids += [*tokenizer.backend_tokenizer.encode(text).ids, tokenizer.eos_token_id]
    return torch.tensor(ids)


# ------------------------------------------------------------------------------------ baselines
def ngram_baselines(train: Tensor, held: Tensor) -> dict[str, float]:
    """Perplexity of add-one unigrams, and of bigrams mixed with them, on the same tokens.

    The weight of the mixture is the best of nine *on the held-out tokens*, which flatters the
    bigram: the model is compared with a baseline at its best.
    """
    V = VOCAB
    unigram = (torch.bincount(train, minlength=V) + 1).double()
    unigram /= unigram.sum()
    pairs = torch.bincount(train[:-1] * V + train[1:], minlength=V * V).reshape(V, V).double()
    bigram = pairs / pairs.sum(1, keepdim=True).clamp(min=1)
    p1, p2 = unigram[held[1:]], bigram[held[:-1], held[1:]]
    mixed = [(w * p2 + (1 - w) * p1).log().mean() for w in np.linspace(0.1, 0.9, 9)]
    return {
        "unigram": p1.log().mean().neg().exp().item(),
        "bigram": max(mixed).neg().exp().item(),
    }


# ------------------------------------------------------------------------------------ training
def build() -> GPT2LMHeadModel:
    config = GPT2Config(
        vocab_size=VOCAB,
        n_positions=CONTEXT,
        n_embd=160,
        n_layer=4,
        n_head=4,
        resid_pdrop=0.1,  # the text is read a dozen times
        embd_pdrop=0.1,
        attn_pdrop=0.0,
        bos_token_id=0,
        eos_token_id=0,
        pad_token_id=1,
    )
    return GPT2LMHeadModel(config)


def get_batch(ids: Tensor, size: int, rng: torch.Generator) -> Tensor:
    """Random windows of the training text: (size, CONTEXT)."""
    starts = torch.randint(len(ids) - CONTEXT, (size, 1), generator=rng)
    return ids[starts + torch.arange(CONTEXT)]


def learning_rate(step: int, steps: int, peak: float = 3e-3, warmup: int = 100) -> float:
    """Linear warm-up, then half a cosine down to a twentieth of the peak."""
    if step < warmup:
        return peak * (step + 1) / warmup
    progress = (step - warmup) / max(1, steps - warmup)
    return peak * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * progress)))


def make_optimizer(model: GPT2LMHeadModel) -> torch.optim.Optimizer:
    """AdamW; matrices decay, biases and norms do not (as in GPT-3, Brown et al. 2020)."""
    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() <= 1]
    groups = [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.98), fused=True)


@torch.no_grad()
def held_out_loss(model: GPT2LMHeadModel, ids: Tensor, windows: int | None = None) -> float:
    """Mean loss in nats a token, over windows that do not overlap: every token counts once."""
    ids = ids[: len(ids) // CONTEXT * CONTEXT].reshape(-1, CONTEXT)[:windows]
    in_training = model.training
    model.eval()
    with torch.autocast("cpu", torch.bfloat16, enabled=windows is not None):
        losses = [model(input_ids=b, labels=b).loss.item() * len(b) for b in ids.split(16)]
    model.train(in_training)
    return sum(losses) / len(ids)


def train(
    model: GPT2LMHeadModel, ids: Tensor, held: Tensor, steps: int, batch: int, out: Path
) -> list[dict[str, float]]:
    """Run the loop; return the curve: step, training loss, held-out loss (quick estimate)."""
    optimizer = make_optimizer(model)
    rng = torch.Generator().manual_seed(SEED)
    curve, recent, started = [], [], time.process_time()
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, steps)
        x = get_batch(ids, batch, rng)
        with torch.autocast("cpu", torch.bfloat16):  # twice the speed where the CPU knows bf16
            loss = model(input_ids=x, labels=x).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        recent.append(loss.item())
        if step % 100 == 99 or step in (0, steps - 1):
            point = {"step": step + 1, "train": float(np.mean(recent)), "cpu_s": 0.0}
            point["held_out"] = held_out_loss(model, held, windows=64)
            point["cpu_s"] = round(time.process_time() - started, 1)
            curve.append(point)
            recent = []
            print(json.dumps(point), flush=True)
            (out / "curve.json").write_text(json.dumps(curve))
        if step % 500 == 499:
            model.save_pretrained(out)
    return curve


# ------------------------------------------------------------------------------------ the card
def sample(model: Any, tokenizer: GPT2Tokenizer, prompt: str) -> str:
    torch.manual_seed(SEED)
    ids = tokenizer(prompt, return_tensors="pt")
    out = model.generate(**ids, max_new_tokens=60, do_sample=True, temperature=0.8, top_k=40)
    return str(tokenizer.decode(out[0]))


def report(model: GPT2LMHeadModel, tokenizer: GPT2Tokenizer, texts: tuple) -> dict:
    """Perplexity by held-out text against the baselines, and samples."""
    train_texts, held_texts = texts
    train_ids = encode(tokenizer, list(train_texts.values()))
    rows = {}
    for name, text in held_texts.items():
        ids = encode(tokenizer, [text])
        rows[name] = {
            "tokens": len(ids),
            "bytes": len(text.encode()),
            "model": math.exp(held_out_loss(model, ids)),
            **ngram_baselines(train_ids, ids),
        }
    return {
        "train_tokens": len(train_ids),
        "train_bytes": {name: len(text.encode()) for name, text in train_texts.items()},
        "parameters": model.num_parameters(),
        "held_out_perplexity": rows,
        "samples": {p: sample(model, tokenizer, p) for p in PROMPTS},
    }


def plot_curve(curve: list[dict[str, float]], baselines: dict[str, float], path: Path) -> None:
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot as plt

    fig, ax = plt.subplots(figsize=(6, 3.4), layout="constrained")
    steps = [p["step"] for p in curve]
    ax.plot(steps, [p["train"] for p in curve], color="#0072B2", label="training batches")
    ax.plot(steps, [p["held_out"] for p in curve], color="#D55E00", label="held-out novel")
    lines = {"ln V: a guess": math.log(VOCAB)}
    lines |= {name: math.log(value) for name, value in baselines.items()}
    for name, value in lines.items():
        ax.axhline(value, color="0.6", lw=0.8, ls="--")
        ax.text(steps[-1], value + 0.04, name, ha="right", color="0.35", fontsize=8)
    ax.set(xlabel="step", ylabel="loss (nats per token)")
    ax.legend(frameon=False, loc="center right")
    fig.savefig(path, dpi=80)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("build/tiny_gpt2"))
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--batch", type=int, default=16)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    torch.set_num_threads(1)

    texts = load_texts()
    tokenizer = train_tokenizer(list(texts[0].values()), args.out)
    model = build()
    ids = encode(tokenizer, list(texts[0].values()))
    novel = encode(tokenizer, [texts[1][HELD_OUT_NOVEL]])
    print(f"{model.num_parameters():,} parameters, {len(ids):,} training tokens", flush=True)

    curve = train(model, ids, novel, args.steps, args.batch, args.out)
    model.half().save_pretrained(args.out)
    write_checksums(args.out, FILES)
    model.float()  # the card describes the rounded weights that ship
    results = {"seed": SEED, "steps": args.steps, "batch": args.batch, "context": CONTEXT}
    results |= {"curve": curve, **report(model, tokenizer, texts)}
    (args.out / "results.json").write_text(json.dumps(results, indent=1, ensure_ascii=False))
    plot_curve(
        curve,
        {k: results["held_out_perplexity"][HELD_OUT_NOVEL][k] for k in ("unigram", "bigram")},
        args.out / "loss_curve.png",
    )


if __name__ == "__main__":
    main()
