"""The adapter of week 15: thin matrices beside SmolLM2's own, which learned to answer from sources.

    model, tokenizer = load_language_model("smollm2")
    adapted = load_chat_adapter(model)  # shares SmolLM2's numbers; both can be used side by side

LoRA (Hu and others 2021): a frozen matrix W gets a product of two thin ones beside it, so 0.6
million numbers are stored in place of 135. `python -m course.weeks.week15_chatbot.train_adapter`
trained it; its model card, `chat_adapter/README.md`, says what it is good for.
"""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn

RANK, ALPHA = 8, 16
BLOCKS = 10  # the last ones; what stands below them is frozen, and need be read only once
PARTS = ("self_attn.q_proj", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj")
FOLDER, WEIGHTS = "chat_adapter", "model.safetensors"


class Adapted(nn.Module):
    """A linear layer with two thin matrices beside it: x W + (alpha / r) x A B."""

    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base
        self.A = nn.Parameter(torch.randn(base.in_features, RANK) / base.in_features**0.5)
        self.B = nn.Parameter(torch.zeros(RANK, base.out_features))  # at first it changes nothing

    def forward(self, x: Tensor) -> Tensor:
        """(…, D_in) to (…, D_out)."""
        added: Tensor = self.base(x) + ALPHA / RANK * (x @ self.A @ self.B)
        return added


def with_adapter(model: Any) -> Any:
    """A second model around the same numbers, with new thin matrices in its last blocks.

    Args:
        model: a causal language model of transformers with Llama's blocks; it stays as it is.
    """
    shared = {id(t): t for t in (*model.parameters(), *model.buffers())}
    twin = copy.deepcopy(model, shared)
    for block in twin.model.layers[-BLOCKS:]:
        for part in PARTS:
            room, _, name = part.rpartition(".")
            setattr(block.get_submodule(room), name, Adapted(block.get_submodule(part)))
    return twin


def thin_matrices(model: Any) -> dict[str, Tensor]:
    """What an adapter is: the A and B of every adapted layer, by name."""
    return {
        f"{place}.{letter}": getattr(layer, letter)
        for place, layer in model.named_modules()
        if isinstance(layer, Adapted)
        for letter in "AB"
    }


def load_chat_adapter(model: Any) -> Any:
    """SmolLM2 with the adapter that ships.

    Args:
        model: SmolLM2, as `load_language_model("smollm2")` gives it; it stays as it is, and its
            numbers are shared, not copied.

    Returns:
        a model like it, in evaluation mode.

    Raises:
        ModelError: a file of the adapter is missing or damaged.
    """
    from safetensors.torch import load_file

    from course import models

    folder = models.MODELS_DIR / FOLDER
    models.check_files(folder)
    stored = load_file(folder / WEIGHTS)
    twin = with_adapter(model)
    with torch.no_grad():
        for name, place in thin_matrices(twin).items():
            place.copy_(stored[name].float())
    return twin.eval()
