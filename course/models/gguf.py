"""Read a GGUF file: its metadata, and its tensors as float32.

The format is that of llama.cpp (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md). Of its
kinds of tensors this reader knows the three of the one file that the course uses: F32, Q4_1, Q8_0.
"""

from __future__ import annotations

import math
import mmap
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from course.errors import UserError

MAGIC = b"GGUF"
ALIGNMENT = 32
BLOCK = 32  # weights that share a scale
Q4_1 = 3  # the kind of a tensor
TEXT, LIST = 8, 9
SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q",
           12: "d"}  # fmt: skip


Row = tuple[str, tuple[int, ...], int, int]  # of a tensor: name, shape, kind, place


@dataclass(frozen=True)
class Gguf:
    """Metadata by key, and tensors by name: float32, rows first."""

    metadata: dict[str, Any]
    tensors: dict[str, np.ndarray]


def read_gguf(path: Path) -> Gguf:
    """The whole file, its weights unpacked to float32.

    Raises:
        UserError: it is no GGUF file, or holds a kind of tensor that this reader does not know.
    """
    data, metadata, table, start = _opened(path)
    return Gguf(metadata, {row[0]: _unpacked(data, start, *row) for row in table})


def q4_1_blocks(path: Path) -> dict[str, np.ndarray]:
    """The Q4_1 tensors of a file as they lie there: (blocks, 20) bytes each, read when used.

    Raises:
        UserError: it is no GGUF file.
    """
    data, _, table, start = _opened(path)
    return {
        name: np.frombuffer(data, np.uint8, math.prod(shape) // BLOCK * 20, start + offset)
        .reshape(-1, 20)
        for name, shape, kind, offset in table if kind == Q4_1
    }  # fmt: skip


def _opened(path: Path) -> tuple[mmap.mmap, dict[str, Any], list[Row], int]:
    """The file's bytes, its metadata, its table of tensors, and where their bytes begin."""
    with path.open("rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if data[:4] != MAGIC:
        raise UserError(f"{path.name} is no GGUF file: fetch it again.")
    cursor = _Cursor(data, 8)  # behind the magic and the version
    tensors, entries = cursor.take("Q"), cursor.take("Q")
    metadata = {cursor.text(): cursor.value(cursor.take("I")) for _ in range(entries)}
    table = [cursor.tensor() for _ in range(tensors)]
    return data, metadata, table, -(-cursor.at // ALIGNMENT) * ALIGNMENT


class _Cursor:
    """A place in the file that moves on as values are taken."""

    def __init__(self, data: mmap.mmap, at: int) -> None:
        self.data, self.at = data, at

    def take(self, code: str) -> Any:
        value = struct.unpack_from(f"<{code}", self.data, self.at)[0]
        self.at += struct.calcsize(f"<{code}")
        return value

    def text(self) -> str:
        size = self.take("Q")
        self.at += size
        return self.data[self.at - size : self.at].decode("utf-8", "replace")

    def value(self, kind: int) -> Any:
        if kind == TEXT:
            return self.text()
        if kind != LIST:
            return self.take(SCALARS[kind])
        inner, count = self.take("I"), self.take("Q")
        return [self.value(inner) for _ in range(count)]

    def tensor(self) -> Row:
        """Name, shape, kind and place of one tensor; the file has the fastest axis first."""
        name = self.text()
        shape = tuple(self.take("Q") for _ in range(self.take("I")))[::-1]
        return name, shape, self.take("I"), self.take("Q")


# ------------------------------------------------------------------------------------ tensors
def _f32(raw: np.ndarray) -> np.ndarray:
    return raw.view("<f4").copy()


def _q4_1(raw: np.ndarray) -> np.ndarray:
    """Blocks of 20 bytes: a step and a lowest value in half precision, then 32 numbers of 4 bits.

    The low halves of the 16 bytes are the first 16 weights, the high halves the others.
    """
    blocks = raw.reshape(-1, 20)
    step, lowest = (blocks[:, a : a + 2].copy().view("<f2").astype(np.float32) for a in (0, 2))
    codes = np.concatenate([blocks[:, 4:] & 15, blocks[:, 4:] >> 4], axis=1)
    return codes.astype(np.float32) * step + lowest


def _q8_0(raw: np.ndarray) -> np.ndarray:
    """Blocks of 34 bytes: a step in half precision, then 32 signed bytes."""
    blocks = raw.reshape(-1, 34)
    step = blocks[:, :2].copy().view("<f2").astype(np.float32)
    return blocks[:, 2:].copy().view(np.int8).astype(np.float32) * step


# of each kind: bytes and weights in a block, and how it is unpacked
KINDS: dict[int, tuple[int, int, Callable[[np.ndarray], np.ndarray]]] = {
    0: (4, 1, _f32),
    Q4_1: (20, BLOCK, _q4_1),
    8: (34, BLOCK, _q8_0),
}


def _unpacked(
    data: mmap.mmap, start: int, name: str, shape: tuple[int, ...], kind: int, offset: int
) -> np.ndarray:
    if kind not in KINDS:
        raise UserError(f"{name} is of kind {kind}: this reader knows {', '.join(map(str, KINDS))}")
    size, weights, unpack = KINDS[kind]
    count = int(np.prod(shape)) // weights * size
    return unpack(np.frombuffer(data, np.uint8, count, start + offset)).reshape(shape)
