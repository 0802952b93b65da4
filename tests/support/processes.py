"""The processes that a grading run starts, found from outside as an administrator would."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def children(pid: int) -> list[int]:
    """The processes that this one started."""
    found = []
    with suppress(OSError):  # it has ended meanwhile
        for thread in os.listdir(f"/proc/{pid}/task"):
            text = Path(f"/proc/{pid}/task/{thread}/children").read_text()
            found += [int(word) for word in text.split()]
    return found


def sandboxes(pid: int) -> dict[str, int]:
    """The newest sandbox below a process, and what stands around it; older ones may be ending.

    "bwrap", "warm parent" (a cold start has none), "process 1" of the sandbox, "kernel".
    """
    names: dict[str, int] = {}
    # a bubblewrap with less below it is one of a warm parent that waits, or is about to end
    chains = [one for one in _chains(pid) if len(one) >= 3 and _name(one[0]) == "bwrap"]
    newest = max(chains, key=lambda chain: _started(chain[-1]))
    kinds = ["bwrap", "warm parent", "process 1", "kernel"]
    if len(newest) == 3:
        kinds.remove("warm parent")
    names.update(zip(kinds, newest, strict=True))
    return names


def taking_part(run: int) -> dict[str, list[int]]:
    """Everything that takes part in a grading run with a warm parent, by what it is.

    "run", "judge", "server" (which starts workers), "worker"; of sandboxes "warm parent",
    "process 1" and "kernel".
    """
    found: dict[str, list[int]] = {"run": [run]}
    for chain in _chains(run):
        for depth, pid in enumerate(chain):
            if kind := _kind(chain, depth):
                found.setdefault(kind, []).append(pid)
    return {kind: sorted(set(pids)) for kind, pids in found.items()}


BELOW_BWRAP = ("bwrap", "warm parent", "process 1", "kernel")


def _kind(chain: list[int], depth: int) -> str:
    commands = [_command(pid) for pid in chain[: depth + 1]]
    starts = [place for place, command in enumerate(commands) if "bwrap" in command[:200]]
    if starts:
        below = depth - starts[0]
        return BELOW_BWRAP[below] if 0 < below < len(BELOW_BWRAP) else ""
    if "forkserver" in commands[0]:
        return "server" if depth == 0 else "worker"
    return "judge" if depth == 0 and "autograder.cli" in commands[0] else ""


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    except OSError:
        return ""


def _chains(pid: int) -> list[list[int]]:
    """Each way down from a process to one without children, the process itself left out."""
    return [
        [child, *rest] for child in children(pid) for rest in (_chains(child) or [[]])
    ]  # fmt: skip


def _started(pid: int) -> int:
    """When, in ticks since the machine's start; 0 if it has ended meanwhile."""
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    return 0


def _name(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip() if os.path.exists(f"/proc/{pid}") else ""
