"""What weeks measure a language model on and beside: unread stories, and a table of counts."""

from __future__ import annotations

import lzma
import math
from collections import Counter, defaultdict
from pathlib import Path

from torch import Tensor

from course.models import MODELS_DIR

UNREAD = MODELS_DIR / "tiny_llama" / "unread_stories.txt.xz"


def unread_stories(path: Path = UNREAD) -> list[str]:
    """Stories by the teacher of the story models that none of the shipped models has read."""
    return lzma.decompress(path.read_bytes()).decode("utf-8").split("\f")


class CharacterTable:
    """Counts of characters behind their last ones, mixed from short to long contexts.

    The share of a context of n characters is (count + epsilon p) / (total + epsilon), where p is
    what one character less says. Order and epsilon are chosen on a text of their own.
    """

    def __init__(self, ids: Tensor, size: int, order: int) -> None:
        """Count every context of fewer than `order` ids."""
        self.size = size
        self.tables: list[dict[tuple[int, ...], Counter[int]]] = []
        row = ids.tolist()
        for n in range(order):
            table: dict[tuple[int, ...], Counter[int]] = defaultdict(Counter)
            for at in range(n, len(row)):
                table[tuple(row[at - n : at])][row[at]] += 1
            self.tables.append(dict(table))

    def bits(self, ids: Tensor, order: int, epsilon: float, skipped: int | None = None) -> float:
        """Bits per character of a text with contexts of `order` - 1 characters.

        Args:
            ids: the text.
            order: of the contexts.
            epsilon: how much a shorter context helps out.
            skipped: so many of its first characters are left out, at least `order` - 1; by default
                `order`.
        """
        row, total = ids.tolist(), 0.0
        first = order if skipped is None else skipped
        for at in range(first, len(row)):
            total -= math.log2(self._share(row[at - order + 1 : at], row[at], epsilon))
        return total / (len(row) - first)

    def _share(self, context: list[int], one: int, epsilon: float) -> float:
        p = 1 / self.size
        for n, table in enumerate(self.tables[: len(context) + 1]):
            counts = table.get(tuple(context[len(context) - n :]))
            if counts is None:
                break
            p = (counts[one] + epsilon * p) / (counts.total() + epsilon)
        return p
