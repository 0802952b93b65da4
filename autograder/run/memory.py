"""How much memory a run may still use: what the machine has, and what its control groups allow.

In a container the machine may have plenty and the container little; Linux counts a container's
memory in its control group, and so does whoever ends processes there when it is used up.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

UNKNOWN_MB = 8192  # where the system says nothing
MB = 1 << 20


@dataclass(frozen=True)
class Names:
    """What a version of control groups calls its files and the line on what can be dropped."""

    limit: str
    used: str
    droppable: str


VERSIONS = {
    "cgroup": Names("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    "cgroup2": Names("memory.max", "memory.current", "inactive_file"),
}


def available_mb() -> int:
    """Memory in MB that is free on this machine and within every group that this process is in."""
    return min([_machine_mb(), *_left_in_groups()])


def _machine_mb() -> int:
    meminfo = Path("/proc/meminfo")
    if not meminfo.is_file():
        return UNKNOWN_MB
    lines = dict(line.split(":", 1) for line in meminfo.read_text().splitlines())
    return int(lines["MemAvailable"].split()[0]) // 1024


def _left_in_groups() -> Iterator[int]:
    """What each group has left that has a limit, from ours up to the top."""
    for point, folder, names in own_groups():
        while folder.is_relative_to(point):
            with contextlib.suppress(OSError, ValueError):  # no such file, or the word "max"
                yield _left_mb(folder, names)
            folder = folder.parent


def _left_mb(folder: Path, names: Names) -> int:
    limit = int((folder / names.limit).read_text())
    used = int((folder / names.used).read_text())
    stat = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
    return max(0, limit - used + int(stat.get(names.droppable, 0))) // MB


def own_groups() -> Iterator[tuple[Path, Path, Names]]:
    """For each hierarchy that counts memory: where it is mounted, and the folder of our group."""
    paths = _own_paths()
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/mountinfo").read_text().splitlines():
            before, _, after = line.partition(" - ")
            root, point = before.split()[3:5]
            kind, _, options = after.split(" ", 2)
            controller = "" if kind == "cgroup2" else "memory"
            counts = kind == "cgroup2" or "memory" in options.split()[-1].split(",")
            if kind in VERSIONS and counts and controller in paths:
                inner = os.path.relpath(paths[controller], root)
                folder = Path(os.path.normpath(Path(point) / inner))
                yield Path(point), folder, VERSIONS[kind]


def _own_paths() -> dict[str, str]:
    """The path of this process's group, by controller; version 2 has the empty name."""
    paths = {}
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            paths.update(dict.fromkeys(controllers.split(","), path))
    return paths
