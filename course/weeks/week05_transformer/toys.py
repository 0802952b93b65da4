"""Toys of week 05, small data that is made from a seed.

TODO: replace the example.
"""

from __future__ import annotations

import torch
from torch import Tensor


def toy_rows(count: int, width: int, generator: torch.Generator) -> Tensor:
    """Random walks, each around a level of its own.

    Returns:
        float32 (count, width).
    """
    levels = 10 * torch.randn(count, 1, generator=generator)
    return levels + torch.randn(count, width, generator=generator).cumsum(-1)
