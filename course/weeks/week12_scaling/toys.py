"""Toys of week 12: sizes of known models, published laws, cards, texts, a table of counts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor

from course.data import load_austen, load_en_ko_help
from course.data.prose import ALPHABET, clean_prose, split_text
from course.models.baselines import CharacterTable, unread_stories

# ------------------------------------------------------------------------------------ sizes
GPT2: dict[str, Any] = {
    "V": 50257, "D": 768, "n_layers": 12, "n_heads": 12, "n_kv": 12, "inner": 3072,
    "gated": False, "biases": True, "positions": 1024, "tied": True,
}  # fmt: skip
KNOWN: dict[str, dict[str, Any]] = {
    "GPT-2 (2019)": GPT2,
    "GPT-2 XL (2019)": GPT2 | {"D": 1600, "n_layers": 48, "n_heads": 25, "n_kv": 25, "inner": 6400},
    "GPT-3 (2020)": GPT2 | {"D": 12288, "n_layers": 96, "n_heads": 96, "n_kv": 96, "inner": 49152,
                            "positions": 2048},
    "Llama 2 7B (2023)": {"V": 32000, "D": 4096, "n_layers": 32, "n_heads": 32, "n_kv": 32,
                          "inner": 11008, "gated": True, "biases": False, "positions": 0,
                          "tied": False},
    "SmolLM2 135M (2025)": {"V": 49152, "D": 576, "n_layers": 30, "n_heads": 9, "n_kv": 3,
                            "inner": 1536, "gated": True, "biases": False, "positions": 0,
                            "tied": True},
}  # fmt: skip


def sizes_of(library: Any) -> dict[str, Any]:
    """The sizes of a `GPT2LMHeadModel` or a `LlamaForCausalLM`, under this week's names."""
    c = library.config
    if c.model_type == "gpt2":
        return GPT2 | {"V": c.vocab_size, "D": c.n_embd, "n_layers": c.n_layer,
                       "n_heads": c.n_head, "n_kv": c.n_head, "inner": c.n_inner or 4 * c.n_embd,
                       "positions": c.n_positions}  # fmt: skip
    return KNOWN["SmolLM2 135M (2025)"] | {
        "V": c.vocab_size, "D": c.hidden_size, "n_layers": c.num_hidden_layers,
        "n_heads": c.num_attention_heads, "n_kv": c.num_key_value_heads,
        "inner": c.intermediate_size, "tied": c.tie_word_embeddings,
    }  # fmt: skip


def counted_flops(library: Any, T: int) -> int:
    """What torch's own counter sees in one training step on one window of T tokens."""
    from torch.utils.flop_counter import FlopCounterMode

    library.set_attn_implementation("eager")  # plain matrix products, which the counter knows
    ids = torch.arange(T)[None] % library.config.vocab_size
    with FlopCounterMode(display=False) as counter:
        library(input_ids=ids).logits.logsumexp(-1).mean().backward()
    library.zero_grad()
    return int(counter.get_total_flops())


CARDS = {"laptop, 8 GB": 8, "T4, 16 GB": 16, "RTX 4090, 24 GB": 24, "A100, 80 GB": 80,
         "H200, 141 GB": 141}  # fmt: skip


# ------------------------------------------------------------------------------------ laws
@dataclass(frozen=True)
class Law:
    """loss = floor + a / n^alpha + b / t^beta, nats a token: n parameters, t tokens.

    The form is the third approach of Hoffmann and others 2022, equation 10.
    """

    floor: float
    a: float
    alpha: float
    b: float
    beta: float

    def loss(self, n: Any, t: Any) -> Any:
        """Nats a token after training n parameters on t tokens."""
        return self.floor + self.a / n**self.alpha + self.b / t**self.beta

    def optimum(self, flops: float) -> float:
        """The parameters of the least loss at flops = 6 n t (Hoffmann and others, equation 4)."""
        ratio = self.alpha * self.a / (self.beta * self.b)
        total = self.alpha + self.beta
        return float(ratio ** (1 / total) * (flops / 6) ** (self.beta / total))


LAWS = {
    "Hoffmann 2022, third fit": Law(1.69, 406.4, 0.34, 410.7, 0.28),
    "Besiroglu 2024, same data": Law(1.8172, 482.01, 0.3478, 2085.43, 0.3658),
}
KAPLAN = 0.73  # the exponent of the best size, Kaplan and others 2020
TRAINED = {  # parameters and tokens of their training, as published
    "GPT-3": (175e9, 300e9),
    "Gopher": (280e9, 300e9),
    "Chinchilla": (70e9, 1.4e12),
    "Llama 2 7B": (6.7e9, 2e12),
    "SmolLM2 135M": (0.135e9, 2e12),
}


def valley(law: Law, flops: float, sizes: np.ndarray) -> np.ndarray:
    """The losses of models of these sizes that were all trained with the same operations."""
    return law.loss(sizes, flops / (6 * sizes))


# ------------------------------------------------------------------------------------ text
def windows(ids: Tensor, context: int) -> Tensor:
    """Every window of a text, (count, context + 1): the last id is the one to foretell."""
    return ids.unfold(0, context + 1, 1)


def novel_ids() -> tuple[Tensor, Tensor]:
    """*Pride and Prejudice* in 36 characters: to learn from, and its unread end."""
    parts = split_text(clean_prose(load_austen()["prideprejudice"], start="It is a truth"))
    train, held = (torch.tensor([ALPHABET.index(c) for c in part]) for part in parts)
    return train, held


@dataclass(frozen=True)
class Bytes:
    """One side of a bilingual text: bytes to learn from, and unread ones with their lengths."""

    train: Tensor
    held: Tensor
    held_characters: int
    held_pairs: int


def help_bytes(held: int = 300, most: int = 400_000) -> dict[str, Bytes]:
    """LibreOffice's help in both languages: the same paragraphs, so that contents are equal.

    Args:
        held: how many paragraphs are kept apart.
        most: so many bytes to learn from, in each language.
    """
    pairs = load_en_ko_help()
    cut, found = len(pairs) - held, {}
    for place, language in enumerate(("English", "Korean")):
        read = "\n".join(pair[place] for pair in pairs[:cut]).encode()[:most]
        unread = "\n".join(pair[place] for pair in pairs[cut:])
        found[language] = Bytes(
            torch.tensor(list(read)), torch.tensor(list(unread.encode())), len(unread), held
        )
    return found


def story_windows(tokenizer: Any, count: int, length: int) -> tuple[Tensor, int]:
    """Unread stories as ids, (count, length), and how many bytes of text these ids stand for."""
    ids: list[int] = []
    for story in unread_stories():
        ids += tokenizer(story, verbose=False).input_ids
        if len(ids) >= count * length:
            break
    rows = torch.tensor(ids[: count * length]).view(-1, length)
    return rows, sum(len(tokenizer.decode(row[1:]).encode()) for row in rows.tolist())


# ------------------------------------------------------------------------------------ a baseline
def tuned_table_bits(train: Tensor, held: Tensor, size: int = 36, tuning: int = 6000) -> float:
    """The baseline: length and epsilon are chosen on the end of the training text."""
    table, apart = CharacterTable(train[:-tuning], size, 7), train[-tuning:]
    ways = [(n, eps) for n in (4, 5, 6, 7) for eps in (2.0, 8.0)]
    tried = {(n, eps): table.bits(apart, n, eps, skipped=n - 1) for n, eps in ways}
    order, epsilon = min(tried, key=lambda how: tried[how])
    return table.bits(held, order, epsilon, skipped=order - 1)


# ------------------------------------------------------------------------------------ words
def words_right(tokenizer: Any, rows: Tensor, right: Tensor) -> tuple[Tensor, Tensor]:
    """Group the tokens of windows into words: what `emergence_metric` takes.

    Args:
        rows: (B, T) ids of a byte-level tokenizer, whose tokens begin a word with "Ġ".
        right: (B, T - 1), whether the tokens from the second on were foretold.

    Returns:
        (correct, mask), (words, 12) each: words that lie in a window whole. Of longer ones the
        first 12 tokens.
    """
    words: list[list[bool]] = []
    for ids, hits in zip(rows.tolist(), right.tolist(), strict=True):
        begins = [t.startswith("Ġ") for t in tokenizer.convert_ids_to_tokens(ids)[1:]]
        starts = [at for at, begin in enumerate(begins) if begin]
        words += [hits[a:b][:12] for a, b in pairwise(starts)]
    correct, mask = torch.zeros(2, len(words), 12, dtype=torch.bool)
    for place, word in enumerate(words):
        correct[place, : len(word)] = torch.tensor(word)
        mask[place, : len(word)] = True
    return correct, mask
