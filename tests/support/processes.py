"""The processes that a grading run starts, found from outside as an administrator would."""

from __future__ import annotations

import os
from pathlib import Path


def children(pid: int) -> list[int]:
    """The processes that this one started."""
    found = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(word) for word in thread.read_text().split()]
    return found


def sandboxes(pid: int) -> dict[str, int]:
    """The one sandbox below a process, and what stands around it.

    "bwrap", "warm parent" (a cold start has none), "process 1" of the sandbox, "kernel".
    """
    names: dict[str, int] = {}
    chains = [chain for chain in _chains(pid) if _name(chain[0]) == "bwrap"]
    longest = max(chains, key=len)
    kinds = ["bwrap", "warm parent", "process 1", "kernel"]
    if len(longest) == 3:
        kinds.remove("warm parent")
    names.update(zip(kinds, longest, strict=True))
    return names


def _chains(pid: int) -> list[list[int]]:
    """Each way down from a process to one without children, the process itself left out."""
    return [
        [child, *rest] for child in children(pid) for rest in (_chains(child) or [[]])
    ]  # fmt: skip


def _name(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip() if os.path.exists(f"/proc/{pid}") else ""
