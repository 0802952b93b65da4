"""A small network's weights as a text, so that what was trained at home can stand in a cell.

text = weights_to_text(model)          # at home, after training
load_weights(model, text)              # in the cell that is handed in: the same model again

A weight is rounded to one byte: to one of 255 steps between the largest of its tensor and the
negative of that.
"""

from __future__ import annotations

import base64
from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import nn

STEPS = 127  # of a signed byte, on either side of 0
LINE = 88  # characters of a line, to fit into a cell


def weights_to_text(model: nn.Module) -> str:
    """The parameters and buffers of a model, in order, as lines of base64."""
    parts = [_packed(tensor.detach().cpu().numpy()) for tensor in model.state_dict().values()]
    return "\n".join(wrap(base64.b64encode(b"".join(parts)).decode(), LINE))


def load_weights(model: nn.Module, text: str) -> None:
    """Give a model the weights of a text; blanks and line ends in it do not count.

    Args:
        model: of the same layers and sizes as the one that was written.
        text: from `weights_to_text`.

    Raises:
        ValueError: the text is of another model, or a piece of it is missing.
    """
    import torch

    held = model.state_dict()
    content = _decoded(text)
    wanted = sum(4 + tensor.numel() for tensor in held.values())
    if len(content) != wanted:
        raise ValueError(
            f"the text holds {len(content):,} bytes and this model needs {wanted:,}: "
            "is it the text of another model, or was a piece not copied?"
        )
    found, at = {}, 0
    for name, tensor in held.items():
        end = at + 4 + tensor.numel()
        values = torch.from_numpy(_unpacked(content[at:end])).reshape(tensor.shape)
        found[name], at = values.to(tensor.dtype), end
    model.load_state_dict(found)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except ValueError as error:
        raise ValueError(f"these are no weights ({error}): was a piece not copied?") from error


def _packed(values: np.ndarray) -> bytes:
    """The size of a step as float32, then a signed byte for each value."""
    step = np.float32(np.abs(values).max(initial=0.0) / STEPS or 1.0)
    return step.astype("<f4").tobytes() + np.rint(values / step).astype(np.int8).tobytes()


def _unpacked(content: bytes) -> np.ndarray:
    step = np.frombuffer(content[:4], "<f4")[0]
    return np.frombuffer(content[4:], np.int8).astype(np.float32) * step
