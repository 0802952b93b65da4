"""The shape of the reasoner: a small GPT over eighteen symbols, that reads a calculation."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course.data.calculations import ANSWER_LENGTH, PROMPT_LENGTH, SYMBOLS, prompt_ids, to_text

Cache = list[list[Tensor]]  # of each layer: nothing yet, or its keys and values
LONGEST = PROMPT_LENGTH + ANSWER_LENGTH + 7  # answers may become longer than any it was taught


class Layer(nn.Module):
    """Attention and a feed-forward part, each with a norm before it (GPT-2's layer)."""

    def __init__(self, D: int, n_heads: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.norm_1, self.norm_2 = nn.LayerNorm(D), nn.LayerNorm(D)
        self.qkv, self.out = nn.Linear(D, 3 * D), nn.Linear(D, D)
        self.up, self.down = nn.Linear(D, 4 * D), nn.Linear(4 * D, D)

    def forward(self, x: Tensor, past: list[Tensor] | None = None) -> Tensor:
        """(B, T, D) to (B, T, D); `past` holds what was read before, and takes this on."""
        B, T, D = x.shape
        parts = self.qkv(self.norm_1(x)).view(B, T, 3, self.n_heads, -1).permute(2, 0, 3, 1, 4)
        q, k, v = parts  # (B, n_heads, T, D // n_heads) each
        if past is not None:
            if past:
                k, v = torch.cat([past[0], k], 2), torch.cat([past[1], v], 2)
            past[:] = [k, v]
        seen = F.scaled_dot_product_attention(q, k, v, is_causal=T > 1)
        x = x + self.out(seen.transpose(1, 2).reshape(B, T, D))
        return x + self.down(F.gelu(self.up(self.norm_2(x))))


class Reasoner(nn.Module):
    """A language model over `course.data.calculations.SYMBOLS`.

    Args:
        D: numbers in a symbol's vector.
        n_heads: heads of each layer.
        n_layers: layers.
    """

    def __init__(self, D: int = 64, n_heads: int = 4, n_layers: int = 2) -> None:
        super().__init__()
        self.symbols, self.places = nn.Embedding(len(SYMBOLS), D), nn.Embedding(LONGEST, D)
        self.layers = nn.ModuleList(Layer(D, n_heads) for _ in range(n_layers))
        self.norm, self.head = nn.LayerNorm(D), nn.Linear(D, len(SYMBOLS), bias=False)
        for module in self.modules():
            if isinstance(module, (nn.Linear, nn.Embedding)):
                nn.init.normal_(module.weight, std=0.05)

    def forward(self, ids: Tensor, cache: Cache | None = None) -> Tensor:
        """Logits of the next symbol at every place.

        Args:
            ids: (B, T), int64. With a cache only what was not read yet; if that is more than one
                symbol the cache must be empty.
            cache: from `new_cache`; it takes on what is read now.

        Returns:
            (B, T, V).
        """
        before = cache[0][0].shape[2] if cache and cache[0] else 0
        x = self.symbols(ids) + self.places.weight[before : before + ids.shape[1]]
        for k, layer in enumerate(self.layers):
            x = layer(x, None if cache is None else cache[k])
        return self.head(self.norm(x))

    def new_cache(self) -> Cache:
        """A place for the keys and values of each layer."""
        return [[] for _ in self.layers]


def read_prompts(problems: Sequence[str]) -> Tensor:
    """Calculations as a model reads them, (B, PROMPT_LENGTH), int64."""
    return torch.tensor([prompt_ids(problem) for problem in problems])


def read_texts(ids: Tensor) -> list[str]:
    """What a model wrote, (B, T), as texts without padding."""
    return [to_text(row) for row in ids.tolist()]
