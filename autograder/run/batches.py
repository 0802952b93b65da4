"""What is finished, grouped: a commit waits for the disk, so one commit writes several."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

BATCH, BATCH_SECONDS = 32, 2.0

T = TypeVar("T")


def batches(finished: Iterable[T]) -> Iterator[list[T]]:
    """Group what is finished: a full batch, or what has come in within a second or two."""
    batch: list[T] = []
    since = time.monotonic()
    for done in finished:
        batch.append(done)
        if len(batch) >= BATCH or time.monotonic() - since > BATCH_SECONDS:
            yield batch
            batch, since = [], time.monotonic()
    if batch:
        yield batch
