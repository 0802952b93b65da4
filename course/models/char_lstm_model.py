"""The shape of the character LSTM: embedding, one `torch.nn.LSTM`, one linear layer."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from course.data.prose import ALPHABET


class CharLSTM(nn.Module):
    """A language model over the 36 characters of `course.data.prose`.

    Args:
        width: the length of a character's vector.
        hidden: units of the LSTM: one layer, one direction.
    """

    def __init__(self, width: int = 32, hidden: int = 256) -> None:
        super().__init__()
        self.embed = nn.Embedding(len(ALPHABET), width)
        self.layer = nn.LSTM(width, hidden, batch_first=True)
        self.head = nn.Linear(hidden, len(ALPHABET))

    def forward(
        self, ids: Tensor, state: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Tensor, tuple[Tensor, Tensor]]:
        """Logits of the next character at every step, and the state after the last.

        Args:
            ids: (B, T) int64; state: (h, c), each (1, B, hidden), zeros if None.

        Returns:
            logits (B, T, V) and the new (h, c).
        """
        hidden, state = self.layer(self.embed(ids), state)
        return self.head(hidden), state


def encode(text: str) -> Tensor:
    """The ids of a text's characters, (T,).

    Raises:
        ValueError: a character is not one of the 36; `clean_prose` makes a text that fits.
    """
    place = {char: k for k, char in enumerate(ALPHABET)}
    strange = sorted(set(text) - set(place))
    if strange:
        raise ValueError(f"{strange[0]!r} is not among the 36 characters: use clean_prose first.")
    return torch.tensor([place[char] for char in text])
