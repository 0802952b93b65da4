"""The weights of PyTorch's own Transformer, carried over into the student's modules.

The student's modules are told by their attributes: `query`, `key`, `value`, `output` of an
attention; `attention`, `wide`, `narrow`, `norm1` and so on of a layer.

>>> library = filled(nn.MultiheadAttention(4, 2, batch_first=True))
>>> round(library.in_proj_weight[0, 1].item(), 4)
0.4207
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

M = TypeVar("M", bound=nn.Module)


@torch.no_grad()
def filled(module: M) -> M:
    """The module with parameters that are the same on every machine: waves of moderate size.

    Norms stay near 1 and all else is small, as in a trained network. No random numbers, because an
    initialisation may change from one version of torch to the next.
    """
    for place, (name, parameter) in enumerate(module.named_parameters()):
        wave = _wave(tuple(parameter.shape), place)
        parameter.copy_(1 + wave if "norm" in name and name.endswith("weight") else wave)
    return module


@cache
def _wave(shape: tuple[int, ...], place: int) -> Tensor:
    """Kept, because a proof fills a layer of a million numbers once for every wrong answer."""
    angle = torch.arange(math.prod(shape), dtype=torch.float64) * (1 + place / 10)
    return angle.sin().view(shape) / shape[-1] ** 0.5


@torch.no_grad()
def copy_attention(own: Any, library: nn.MultiheadAttention) -> None:
    """Fill an attention of four layers from the library's, which keeps three of them as one."""
    layers = (own.query, own.key, own.value)
    weights, biases = library.in_proj_weight.chunk(3), library.in_proj_bias.chunk(3)
    for layer, weight, bias in zip(layers, weights, biases, strict=True):
        layer.weight.copy_(weight)
        layer.bias.copy_(bias)
    own.output.load_state_dict(library.out_proj.state_dict())


def _copy_rest(own: Any, library: Any, norms: int) -> None:
    own.wide.load_state_dict(library.linear1.state_dict())
    own.narrow.load_state_dict(library.linear2.state_dict())
    for number in range(1, norms + 1):
        state = getattr(library, f"norm{number}").state_dict()
        getattr(own, f"norm{number}").load_state_dict(state)


def copy_encoder_layer(own: Any, library: nn.TransformerEncoderLayer) -> None:
    """Fill an encoder layer from the library's."""
    copy_attention(own.attention, library.self_attn)
    _copy_rest(own, library, norms=2)


def copy_decoder_layer(own: Any, library: nn.TransformerDecoderLayer) -> None:
    """Fill a decoder layer from the library's."""
    copy_attention(own.self_attention, library.self_attn)
    copy_attention(own.cross_attention, library.multihead_attn)
    _copy_rest(own, library, norms=3)


def copy_transformer(own: Any, library: Any) -> None:
    """Fill stacks of layers and their last norms from an `nn.Transformer` of the same sizes.

    Args:
        own: has `encoder` and `decoder`, lists of layers, and `encoder_norm`, `decoder_norm`.
        library: an `nn.Transformer`.
    """
    for mine, theirs in zip(own.encoder, library.encoder.layers, strict=True):
        copy_encoder_layer(mine, theirs)
    for mine, theirs in zip(own.decoder, library.decoder.layers, strict=True):
        copy_decoder_layer(mine, theirs)
    own.encoder_norm.load_state_dict(library.encoder.norm.state_dict())
    own.decoder_norm.load_state_dict(library.decoder.norm.state_dict())


class LibraryAttention(nn.Module):
    """The library's attention behind our names and our masks: True where a query may look.

    The checks of the layers use it, so that a slip in the student's attention costs nothing there.
    """

    def __init__(self, D: int, n_heads: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.query, self.key, self.value = nn.Linear(D, D), nn.Linear(D, D), nn.Linear(D, D)
        self.output = nn.Linear(D, D)

    def forward(self, x: Tensor, memory: Tensor, mask: Tensor | None = None) -> Tensor:
        """x (B, T, D) reads in memory (B, S, D); mask broadcasts to (B, T, S)."""
        layers = (self.query, self.key, self.value)
        if mask is not None:
            wide = mask.expand(x.shape[0], x.shape[1], memory.shape[1])
            mask = ~wide.repeat_interleave(self.n_heads, dim=0)
        found, _ = nn.functional.multi_head_attention_forward(
            x.transpose(0, 1),
            memory.transpose(0, 1),
            memory.transpose(0, 1),
            x.shape[2],
            self.n_heads,
            torch.cat([layer.weight for layer in layers]),
            torch.cat([layer.bias for layer in layers]),
            None,
            None,
            False,
            0.0,
            self.output.weight,
            self.output.bias,
            attn_mask=mask,
            need_weights=False,
        )
        return found.transpose(0, 1)
