"""What stands in for an exercise of week 10 while it is blank, so that a student can read on.

Calls of libraries. In the grader's sandbox this folder is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from course.weeks.week10_modern.challenge import Squeezed


def rms_norm(x: Tensor, weight: Tensor, eps: float = 1e-5) -> Tensor:
    """torch's own, which came with version 2.4."""
    return functional.rms_norm(x, x.shape[-1:], weight, eps)


def rope(x: Tensor, positions: Tensor, theta: float = 10_000.0) -> Tensor:
    """Pairs as complex numbers, turned by the library's tables for halves."""
    from transformers import LlamaConfig
    from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

    config = LlamaConfig(
        head_dim=x.shape[-1], rope_parameters={"rope_type": "default", "rope_theta": theta}
    )
    cos, sin = LlamaRotaryEmbedding(config)(x.float(), positions[None])
    half = x.shape[-1] // 2
    hands = torch.complex(cos[0, :, :half], sin[0, :, :half])
    points = torch.view_as_complex(x.unflatten(-1, (half, 2)).contiguous())
    return torch.view_as_real(points * hands).flatten(-2).to(x.dtype)


def swiglu(x: Tensor, W_gate: Tensor, W_up: Tensor, W_down: Tensor) -> Tensor:
    """The library's module, with these weights in it."""
    from transformers import LlamaConfig
    from transformers.models.llama.modeling_llama import LlamaMLP

    D, inner = W_gate.shape
    with torch.device("meta"):
        config = LlamaConfig(hidden_size=D, intermediate_size=inner, num_attention_heads=1)
        layer = LlamaMLP(config)
    named = {"gate_proj": W_gate, "up_proj": W_up, "down_proj": W_down}
    held = {f"{name}.weight": weight.T for name, weight in named.items()}
    return torch.func.functional_call(layer, held, (x,))


def grouped_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """torch's fused attention, told that keys and values are shared."""
    from torch.nn.attention.bias import causal_lower_right

    mask = causal_lower_right(q.shape[-2], k.shape[-2])._materialize(q.device)
    return functional.scaled_dot_product_attention(q, k, v, attn_mask=mask, enable_gqa=True)


class KVCache:
    """The library's cache, asked in this week's words."""

    def __init__(self, n_layers: int) -> None:
        """An empty one."""
        from transformers import DynamicCache

        self.inner: Any = DynamicCache()
        self.last = n_layers - 1

    def append(self, layer: int, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Its own update."""
        return self.inner.update(k, v, layer)

    @property
    def length(self) -> int:
        """Of the last layer."""
        return int(self.inner.get_seq_length(self.last))

    def rollback(self, count: int) -> None:
        """Its own crop."""
        if count:
            self.inner.crop(self.length - count)


def generate(
    model: Callable[[Tensor, Any], Tensor],
    ids: list[int],
    count: int,
    cache: Any,
    stop: int | None = None,
) -> list[int]:
    """One call of the model for each piece, as an iterator would do it."""

    def pieces() -> Any:
        piece = ids
        while True:
            piece = model(torch.as_tensor(piece)[None], cache)[0, -1:].max(-1).indices.tolist()
            yield piece[0]

    written: list[int] = []
    for token, _ in zip(pieces(), range(count), strict=False):
        written.append(token)
        if token == stop:
            break
    return list(ids) + written


class Q4:
    """The levels by numpy's own search; the bytes by numpy's structures."""

    KIND = np.dtype([("step", "<f2"), ("low", "<f2"), ("codes", "u1", 16)])

    def quantise(self, w: Tensor) -> Tensor:
        """Each weight goes to the nearest of the sixteen levels."""
        rows = w.reshape(-1, 32).double().numpy()
        blocks = np.zeros(len(rows), self.KIND)
        blocks["step"], blocks["low"] = np.ptp(rows, axis=1) / 15, rows.min(axis=1)
        levels = blocks["low"][:, None] + np.arange(16) * blocks["step"][:, None].astype(float)
        best = np.abs(rows[:, :, None] - levels[:, None]).argmin(-1).astype("u1")
        blocks["codes"] = best[:, :16] + 16 * best[:, 16:]
        return torch.from_numpy(blocks.view("u1").reshape(-1, 20))

    def unpack(self, blocks: Tensor) -> Tensor:
        """By the course's reader of GGUF files."""
        from course.models.gguf import _q4_1

        return torch.from_numpy(_q4_1(blocks.contiguous().numpy()).ravel())


def route(logits: Tensor, k: int) -> tuple[Tensor, Tensor, Tensor]:
    """The choice by torch's topk, the loss by the library's function."""
    from transformers.models.mixtral.modeling_mixtral import load_balancing_loss_func

    chosen, experts = torch.topk(logits, k)
    loss = load_balancing_loss_func((logits,), logits.shape[-1], k)
    return functional.softmax(chosen, -1), experts, torch.as_tensor(loss) / k


def fix_llama(weights: Mapping[str, Tensor], ids: Tensor, config: Any) -> Tensor:
    """The library's Llama with these weights."""
    from transformers import LlamaConfig, LlamaForCausalLM

    from course.weeks.week10_modern.toys import library_weights

    with torch.device("meta"):
        made = LlamaForCausalLM(
            LlamaConfig(
                vocab_size=config.V, hidden_size=config.D, num_hidden_layers=config.n_layers,
                intermediate_size=max(
                    [w.shape[1] for name, w in weights.items() if name.endswith("W_up")], default=1
                ),
                num_attention_heads=config.n_heads, num_key_value_heads=config.n_kv,
                rms_norm_eps=config.eps,
                rope_parameters={"rope_type": "default", "rope_theta": config.theta},
            )
        )  # fmt: skip
    rotary: Any = made.model.rotary_emb
    made.model.rotary_emb = type(rotary)(made.config)
    made.load_state_dict(library_weights(weights, config), assign=True)
    return made(ids).logits


def best_file(weights: Mapping[str, Tensor]) -> Squeezed:
    """An empty file, and a model of zeros."""
    sizes = {name: weight.shape for name, weight in weights.items()}
    return Squeezed(b"", lambda file: {name: torch.zeros(size) for name, size in sizes.items()})


STAND_INS = {
    thing.__name__: thing
    for thing in (
        rms_norm,
        rope,
        swiglu,
        grouped_attention,
        KVCache,
        generate,
        Q4,
        route,
        fix_llama,
        best_file,
    )
}
