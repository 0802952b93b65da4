"""The memory of a process tree while it works (proportional set size: shared pages count once)."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

EVERY_SECONDS = 0.2


@dataclass
class Peak:
    """The highest sum that was seen, in MB."""

    mb: float = 0.0


@contextlib.contextmanager
def watch() -> Iterator[Peak]:
    """Sample what the block starts, and what that starts in turn, until the block ends."""
    peak, over = Peak(), threading.Event()
    others = set(_descendants(os.getpid()))  # such as the workers of a cluster that is waiting

    def sample() -> None:
        while not over.wait(EVERY_SECONDS):
            started = set(_descendants(os.getpid())) - others
            peak.mb = max(peak.mb, sum(map(_pss_mb, started)))

    sampler = threading.Thread(target=sample, daemon=True)
    sampler.start()
    try:
        yield peak
    finally:
        over.set()
        sampler.join()


def _descendants(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError, ValueError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        more = children.get(waiting.pop(), [])
        found += more
        waiting += more
    return found


def _pss_mb(pid: int) -> float:
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0
