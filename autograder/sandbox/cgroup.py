"""A control group for one sandbox: the total of its memory and the number of its processes.

Limits of the process kind (rlimits) hold for each process alone; a control group holds for all
together. Version 1 and version 2 are used where this user may make a group; else there is none.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from autograder.sandbox.leftovers import is_orphan, own_prefix
from autograder.sandbox.limits import Limits

MB = 1 << 20
KIND = "word2chat"
WANTED = frozenset({"memory", "pids", "cpu"})
# every sandbox weighs the same: file and default weight of each version
WEIGHT = {1: ("cpu.shares", "1024"), 2: ("cpu.weight", "100")}
# a group stops growing just below its limit, where the next pages do not fit
REACHED = 0.95


@dataclass(frozen=True)
class MemoryUse:
    """What is known of a sandbox's memory: its peak, and whether its own limit killed in it."""

    peak_mb: int | None = None
    ran_out: bool = False


@dataclass(frozen=True)
class Hierarchy:
    """Where groups can be made: the parent folder, the controllers there, the version."""

    folder: Path
    controllers: frozenset[str]
    version: int


def _own_groups() -> dict[str, str]:
    """Controller (or "" for version 2) to the path of this process's group."""
    groups = {}
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            _, names, path = line.split(":", 2)
            for name in names.split(","):
                groups[name] = path
    return groups


def _mounts() -> list[tuple[str, str, str]]:
    """(mount point, root within the hierarchy, options) of each cgroup mount."""
    found = []
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/mountinfo").read_text().splitlines():
            before, _, after = line.partition(" - ")
            kind, _, options = after.split(" ", 2)
            if kind in ("cgroup", "cgroup2"):
                fields = before.split()
                found.append((fields[4], fields[3], f"{kind},{options.split()[-1]}"))
    return found


def _folder(point: str, root: str, path: str) -> Path:
    inner = os.path.relpath(path, root) if path.startswith(root) else path.lstrip("/")
    return Path(point) / inner


def _usable(parent: Path) -> bool:
    """Whether a group can really be made below `parent` and a process moved into it."""
    if not os.access(parent / "cgroup.procs", os.W_OK):
        return False
    trial = parent / f"{own_prefix(KIND)}trial"
    try:
        trial.mkdir()
        trial.rmdir()
    except OSError:
        return False
    return True


@lru_cache(maxsize=1)
def hierarchies() -> tuple[Hierarchy, ...]:
    """The hierarchies in which this process may make a group; found once per process."""
    groups = _own_groups()
    found = []
    for point, root, options in _mounts():
        names = options.split(",")
        if names[0] == "cgroup2":
            found += version_two(point, root, groups)
            continue
        for controller in WANTED & set(names) & set(groups):
            parent = _folder(point, root, groups[controller])
            if _usable(parent):
                found.append(Hierarchy(parent, frozenset({controller}), 1))
    return tuple(found)


def group_of(controller: str) -> Path | None:
    """The folder of this process's group in version 1's hierarchy of a controller, if one is."""
    groups = _own_groups()
    for point, root, options in _mounts():
        if controller in options.split(",") and controller in groups:
            return _folder(point, root, groups[controller])
    return None


def version_two(point: str, root: str, groups: dict[str, str]) -> list[Hierarchy]:
    """A folder given in WORD2CHAT_CGROUP, else our group's parent or our group itself."""
    own = _folder(point, root, groups.get("", "/"))
    given = os.environ.get("WORD2CHAT_CGROUP")
    for parent in [Path(given)] if given else [own, own.parent]:
        with contextlib.suppress(OSError):
            enabled = set((parent / "cgroup.subtree_control").read_text().split())
            controllers = WANTED & enabled
            if controllers and _usable(parent):
                return [Hierarchy(parent, controllers, 2)]
    return []


def controllers() -> frozenset[str]:
    return frozenset().union(*(one.controllers for one in hierarchies()))


class ControlGroup:
    """The group of one sandbox, a folder in each hierarchy; close it when all in it is dead."""

    def __init__(self, limits: Limits) -> None:
        sweep()
        self.memory_bytes = limits.memory_mb * MB
        name = own_prefix(KIND) + secrets.token_hex(6)
        self.folders: dict[str, Path] = {}
        try:
            for hierarchy in hierarchies():
                self._make(hierarchy, name, limits)
        except OSError:
            self.close()
            raise

    def _make(self, hierarchy: Hierarchy, name: str, limits: Limits) -> None:
        folder = hierarchy.folder / name
        folder.mkdir(exist_ok=True)
        for controller in hierarchy.controllers:
            self.folders[controller] = folder
        if "memory" in hierarchy.controllers:
            limit_memory(folder, hierarchy.version, self.memory_bytes)
        if "cpu" in hierarchy.controllers:
            name, weight = WEIGHT[hierarchy.version]
            (folder / name).write_text(weight)
        if "pids" in hierarchy.controllers:
            # 8 more than asked for: process 1, and the dead that it has not collected yet
            (folder / "pids.max").write_text(str(limits.processes + 8))

    @property
    def controllers(self) -> frozenset[str]:
        """What this group limits: some of "memory", "pids" and "cpu"."""
        return frozenset(self.folders)

    def add(self, pid: int) -> None:
        """Move a process in; its future children follow."""
        for folder in set(self.folders.values()):
            (folder / "cgroup.procs").write_text(str(pid))

    def memory_use(self) -> MemoryUse:
        """Its peak so far, and whether Linux killed a process here because of this group's limit.

        Linux counts a kill here too when the whole machine, or a group above, was out of memory.
        Then this group's own limit was not reached.
        """
        if "memory" not in self.folders:
            return MemoryUse()
        folder = self.folders["memory"]
        peak = _number(folder, "memory.peak", "memory.max_usage_in_bytes")
        killed = _field(folder, "oom_kill", "memory.events", "memory.oom_control") > 0
        if peak is None:  # version 2 before Linux 5.19
            return MemoryUse(None, killed and _field(folder, "oom", "memory.events") > 0)
        return MemoryUse(peak // MB, killed and peak > REACHED * self.memory_bytes)

    def close(self) -> None:
        """Remove the folders, waiting a moment for the last process to vanish."""
        for folder in set(self.folders.values()):
            _remove(folder)
        self.folders = {}


def _number(folder: Path, *names: str) -> int | None:
    """The content of the first of these files that is there."""
    for name in names:
        with contextlib.suppress(OSError, ValueError):
            return int((folder / name).read_text())
    return None


def _field(folder: Path, field: str, *names: str) -> int:
    """One line's number in the first of these files that is there; 0 without."""
    for name in names:
        with contextlib.suppress(OSError):
            lines = (folder / name).read_text().splitlines()
            return int(dict(line.split() for line in lines).get(field, 0))
    return 0


def limit_memory(folder: Path, version: int, size: int) -> None:
    if version == 2:
        (folder / "memory.max").write_text(str(size))
        with contextlib.suppress(OSError):  # the file is missing where swap is not counted
            (folder / "memory.swap.max").write_text("0")
        return
    (folder / "memory.limit_in_bytes").write_text(str(size))
    with contextlib.suppress(OSError):
        (folder / "memory.memsw.limit_in_bytes").write_text(str(size))


def _remove(folder: Path) -> None:
    for _ in range(200):
        try:
            folder.rmdir()
            return
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(0.01)


@lru_cache(maxsize=1)
def sweep() -> None:
    """Once per process, remove groups left by graders that were killed."""
    for hierarchy in hierarchies():
        for folder in hierarchy.folder.glob(f"{KIND}-*"):
            if is_orphan(folder, KIND):
                with contextlib.suppress(OSError):
                    folder.rmdir()
