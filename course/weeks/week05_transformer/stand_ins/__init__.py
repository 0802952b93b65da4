"""What stands in for an exercise of week 05 while it is blank, so that a student can read on.

Calls of the library. In the grader's sandbox this folder is empty.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course.weeks.week05_transformer.parity import LibraryAttention


def scaled_dot_product_attention(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """The library's function, asked twice: with the values, and with a unit matrix for them."""
    unit = torch.eye(k.shape[-2], dtype=q.dtype).expand(*k.shape[:-2], -1, -1)
    found = (F.scaled_dot_product_attention(q, k, part, attn_mask=mask) for part in (v, unit))
    output, weights = found
    return output, weights


def make_masks(source: Tensor, target: Tensor, pad: int) -> tuple[Tensor, Tensor]:
    """The causal one by the library, turned round."""
    later = nn.Transformer.generate_square_subsequent_mask(target.shape[1])
    return source.ne(pad)[:, None], later.eq(0).logical_and(target.ne(pad)[:, None])


def sinusoidal_positions(T: int, D: int) -> Tensor:
    """By complex numbers: the real part is the cosine, the imaginary part the sine."""
    speed = torch.logspace(0, -4 + 8 / D, D // 2, dtype=torch.float64)
    hands = torch.polar(
        torch.ones(T, D // 2, dtype=torch.float64), torch.outer(torch.arange(T), speed)
    )
    return torch.view_as_real(hands).flip(-1).flatten(1).float()


class MultiHeadAttention(LibraryAttention):
    """The library's attention."""


def _summed(norm: Any, before: Tensor, news: Tensor) -> Tensor:
    return norm(news.add(before))


def _think(layer: Any, x: Tensor) -> Tensor:
    return nn.Sequential(layer.wide, nn.ReLU(), layer.narrow)(x)


class EncoderLayer(nn.Module):
    """The library's norms and network around any attention."""

    def __init__(self, attention: nn.Module, D: int, d_ff: int) -> None:
        super().__init__()
        self.attention = attention
        self.wide, self.narrow = nn.Linear(D, d_ff), nn.Linear(d_ff, D)
        self.norm1, self.norm2 = nn.LayerNorm(D), nn.LayerNorm(D)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """One layer of the encoder."""
        for norm, part in (
            (self.norm1, lambda z: self.attention(z, z, mask)),
            (self.norm2, lambda z: _think(self, z)),
        ):
            x = _summed(norm, x, part(x))
        return x


class DecoderLayer(nn.Module):
    """The library's norms and network around any two attentions."""

    def __init__(
        self, self_attention: nn.Module, cross_attention: nn.Module, D: int, d_ff: int
    ) -> None:
        super().__init__()
        self.self_attention, self.cross_attention = self_attention, cross_attention
        self.wide, self.narrow = nn.Linear(D, d_ff), nn.Linear(d_ff, D)
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(D) for _ in range(3))

    def forward(
        self,
        y: Tensor,
        memory: Tensor,
        target_mask: Tensor | None = None,
        source_mask: Tensor | None = None,
    ) -> Tensor:
        """One layer of the decoder."""
        parts: tuple[tuple[nn.Module, Callable[[Tensor], Tensor]], ...] = (
            (self.norm1, lambda z: self.self_attention(z, z, target_mask)),
            (self.norm2, lambda z: self.cross_attention(z, memory, source_mask)),
            (self.norm3, lambda z: _think(self, z)),
        )
        for norm, part in parts:
            y = _summed(norm, y, part(y))
        return y


def noam_lr(step: int, D: int, warmup: int) -> float:
    """Where two lines of logarithms cross."""
    if step < 1:
        return 0.0
    rise, fall = np.log(step) - 1.5 * np.log(warmup), -0.5 * np.log(step)
    return float(np.exp(np.minimum(rise, fall) - 0.5 * np.log(D)))


def fix_loss(
    model: Callable[[Tensor, Tensor, Tensor, Tensor], Tensor],
    source: Tensor,
    target: Tensor,
    pad: int,
) -> Tensor:
    """The library's own average over what is not padding."""
    begun, asked = (
        target.narrow(1, 0, target.shape[1] - 1),
        target.narrow(1, 1, target.shape[1] - 1),
    )
    logits = model(source, begun, *make_masks(source, begun, pad))
    return F.cross_entropy(logits.flatten(0, 1), asked.flatten(), ignore_index=pad)


def best_reader(contexts: list[str]) -> np.ndarray:
    """How often each letter stands in the text."""
    counts = np.array(
        [[text.count(letter) + 0.5 for letter in "abcdefghijkl"] for text in contexts]
    )
    return counts / counts.sum(axis=1, keepdims=True)


STAND_INS = {
    function.__name__: function
    for function in (
        scaled_dot_product_attention,
        make_masks,
        sinusoidal_positions,
        MultiHeadAttention,
        EncoderLayer,
        DecoderLayer,
        noam_lr,
        fix_loss,
        best_reader,
    )
}
