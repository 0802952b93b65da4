"""How long processes wait for a processor while others have it: nobody's fault, so not counted.

Linux keeps for every thread how long it was ready to run and did not; see `schedstat` in proc(5).
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress

LOOK_SECONDS = 0.5  # a look reads a few files for every thread


class RunQueue:
    """Adds up, from look to look, how long a process and its descendants were kept waiting.

    In each step the longest wait of any thread counts, and never more than the step itself: sixty
    threads that wait at once have not waited sixty times as long.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._seen: dict[int, float] = {}
        self._waited: float | None = None
        self._looked = time.monotonic() - LOOK_SECONDS

    def seconds(self) -> float | None:
        """All waiting until the last look; None where the system does not say."""
        step = time.monotonic() - self._looked
        if step >= LOOK_SECONDS:
            self._look(step)
        return self._waited

    def _look(self, step: float) -> None:
        self._looked += step
        waits = dict(_waits(self._pid))
        if waits:
            longest = max(wait - self._seen.get(thread, 0.0) for thread, wait in waits.items())
            self._waited = (self._waited or 0.0) + max(0.0, min(longest, step))
            self._seen = waits


def _waits(pid: int) -> Iterator[tuple[int, float]]:
    """Each thread below `pid`, and the seconds that it has waited since it was made."""
    waiting = [pid]
    while waiting:
        process = waiting.pop()
        with suppress(OSError):  # it has ended meanwhile
            for thread in os.listdir(f"/proc/{process}/task"):
                folder = f"/proc/{process}/task/{thread}"
                waiting += _numbers(f"{folder}/children")
                yield int(thread), _numbers(f"{folder}/schedstat")[1] / 1e9


def _numbers(path: str) -> list[int]:
    with open(path, "rb") as file:
        return [int(word) for word in file.read().split()]
