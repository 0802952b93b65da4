"""Toys of week 10: other people's weights, unread stories, wrong parts, rounded weights."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from course.models.baselines import CharacterTable, unread_stories

LAYER = {
    "norm_1": "input_layernorm",
    "norm_2": "post_attention_layernorm",
    "W_q": "self_attn.q_proj",
    "W_k": "self_attn.k_proj",
    "W_v": "self_attn.v_proj",
    "W_out": "self_attn.o_proj",
    "W_gate": "mlp.gate_proj",
    "W_up": "mlp.up_proj",
    "W_down": "mlp.down_proj",
}


# ------------------------------------------------------------------------------------ weights
@dataclass(frozen=True)
class Sizes:
    """The seven numbers of a Llama that its weights alone do not tell."""

    V: int
    D: int
    n_layers: int
    n_heads: int
    n_kv: int
    theta: float
    eps: float


def sizes_of(library: Any) -> Sizes:
    """Read a `LlamaForCausalLM`'s config."""
    c = library.config
    return Sizes(
        c.vocab_size, c.hidden_size, c.num_hidden_layers, c.num_attention_heads,
        c.num_key_value_heads, c.rope_parameters["rope_theta"], c.rms_norm_eps,
    )  # fmt: skip


def llama_weights(library: Any, pairs: bool = True) -> dict[str, Tensor]:
    """The weights of a `LlamaForCausalLM` under this week's names, (in, out); nearly no copies.

    transformers turns the numbers i and i + d / 2 of a head together, the paper and this week the
    neighbours 2 i and 2 i + 1. Both are the same model with the rows of queries and keys in
    another order.

    Args:
        library: the model; its tensors are shared, all but those of queries and keys.
        pairs: False leaves the rows as they are, which is wrong: see what happens then.

    Returns:
        "E" (V, D), "norm" (D,), and for each layer k "k.W_q" and so on.
    """
    state, sizes = library.state_dict(), sizes_of(library)
    found = {"E": state["model.embed_tokens.weight"], "norm": state["model.norm.weight"]}
    for k in range(sizes.n_layers):
        for ours, theirs in LAYER.items():
            weight = state[f"model.layers.{k}.{theirs}.weight"]
            if pairs and ours in ("W_q", "W_k"):
                heads = sizes.n_heads if ours == "W_q" else sizes.n_kv
                weight = _as_pairs(weight, heads)
            found[f"{k}.{ours}"] = weight.T if weight.dim() == 2 else weight
    return found


def _as_pairs(weight: Tensor, heads: int) -> Tensor:
    """Rows i and i + d / 2 of each head become neighbours: (out, in)."""
    halves = weight.reshape(heads, 2, -1, weight.shape[1])  # (heads, 2, d / 2, D)
    return halves.transpose(1, 2).reshape(weight.shape)


def count_numbers(weights: Mapping[str, Tensor]) -> int:
    """How many numbers some weights hold."""
    return sum(weight.numel() for weight in weights.values())


# ------------------------------------------------------------------------------------ texts
def story_ids(tokenizer: Any, count: int, length: int) -> Tensor:
    """Windows of unread stories that do not overlap: (count, length), or fewer rows."""
    ids: list[int] = []
    for story in unread_stories():
        ids += [*tokenizer(story, verbose=False).input_ids, tokenizer.eos_token_id]
        if len(ids) >= count * length:
            break
    rows = min(count, len(ids) // length)
    return torch.tensor(ids[: rows * length]).view(rows, length)


def tuned_table_bits(train: Tensor, tune: Tensor, held: Tensor, size: int) -> float:
    """The baseline: a table of characters, its order and epsilon chosen on the tuning text."""
    table = CharacterTable(train, size, 7)
    tried = {(n, eps): table.bits(tune, n, eps) for n in (4, 5, 6, 7) for eps in (2.0, 4.0, 8.0)}
    order, epsilon = min(tried, key=tried.__getitem__)
    return table.bits(held, order, epsilon)


# ------------------------------------------------------------------------------------ wrong parts
def wrong_parts(norm: Callable, turn: Callable, inner: Callable, attend: Callable) -> dict:
    """The four parts of a Llama with one mistake at a time: name -> (norm, turn, inner, attend).

    Each wrong part asks the right one, so it is as fast and as exact, and only its mistake shows.
    """

    def centred(x: Tensor, weight: Tensor, eps: float) -> Tensor:
        return norm(x - x.mean(-1, keepdim=True), weight, eps)

    def late(x: Tensor, positions: Tensor, theta: float) -> Tensor:
        return turn(x, positions * 0, theta)

    def swapped(x: Tensor, W_gate: Tensor, W_up: Tensor, W_down: Tensor) -> Tensor:
        return inner(x, W_up, W_gate, W_down)

    def tiled(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        order = torch.arange(q.shape[1]) % k.shape[1]  # the head h asks the group h mod n_kv
        return attend(q, k[:, order], v[:, order])

    def unscaled(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
        return attend(q * math.sqrt(q.shape[-1]), k, v)

    right = {"norm": norm, "turn": turn, "inner": inner, "attend": attend}
    wrong: dict[str, dict[str, Callable]] = {
        "nothing": {},
        "norm subtracts the mean": {"norm": centred},
        "SiLU on the other branch": {"inner": swapped},
        "heads tiled over groups": {"attend": tiled},
        "scores not divided": {"attend": unscaled},
        "no positions": {"turn": late},
    }
    return {name: tuple({**right, **part}.values()) for name, part in wrong.items()}


# ------------------------------------------------------------------------------------ rounding
def rounded(weight: Tensor, bits: int, group: int) -> Tensor:
    """Weights on 2^bits even levels between the least and the largest of each group of them."""
    if weight.numel() % group:
        return weight
    rows = weight.reshape(-1, group)
    low = rows.amin(1, keepdim=True)
    step = ((rows.amax(1, keepdim=True) - low) / (2**bits - 1)).clamp(min=1e-12)
    return (((rows - low) / step).round() * step + low).view(weight.shape)


def bits_a_weight(bits: int, group: int) -> float:
    """What a weight costs in a file: its code, and its share of two numbers of 16 bits."""
    return bits + 32 / group


def matrices(weights: Mapping[str, Tensor]) -> Iterator[str]:
    """Names of the weights that are worth rounding: all but the norms."""
    return (name for name, weight in weights.items() if weight.dim() == 2)


def fetched_blocks(count: int) -> dict[str, Tensor]:
    """The first Q4_1 tensors of SmolLM2's file, (blocks, 20) bytes each; none if not fetched."""
    from course.models.catalogue import SMOLLM2, folder_of, is_fetched
    from course.models.gguf import q4_1_blocks

    if not is_fetched(SMOLLM2):
        return {}
    found = q4_1_blocks(next(folder_of(SMOLLM2).glob("*.gguf")))
    return {name: torch.tensor(raw) for name, raw in list(found.items())[:count]}


# ------------------------------------------------------------------------------------ caches
def cache_bytes(positions: int, n_layers: int, heads: int, d: int, size: int = 2) -> int:
    """What keys and values of a text weigh: two vectors a head, layer and position."""
    return 2 * positions * n_layers * heads * d * size


def library_weights(weights: Mapping[str, Tensor], sizes: Any) -> dict[str, Tensor]:
    """The way back from `llama_weights`: what a `LlamaForCausalLM` calls them."""
    found = {"model.embed_tokens.weight": weights["E"], "model.norm.weight": weights["norm"]}
    for k in range(sizes.n_layers):
        for ours, theirs in LAYER.items():
            weight = weights[f"{k}.{ours}"]
            weight = weight.T if weight.dim() == 2 else weight
            if ours in ("W_q", "W_k"):
                heads = sizes.n_heads if ours == "W_q" else sizes.n_kv
                pairs = weight.reshape(heads, -1, 2, weight.shape[1])
                weight = pairs.transpose(1, 2).reshape(weight.shape)
            found[f"model.layers.{k}.{theirs}.weight"] = weight
    return found | {"lm_head.weight": weights["E"]}
