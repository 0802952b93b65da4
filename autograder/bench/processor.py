"""Processor seconds of a command and of all that it starts, sandboxes included.

The time of a sandbox's processes is told to no process above them. A control group counts them all
the same, and nothing else; where none can be made, the whole machine is counted.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox.cgroup import KIND, group_of
from autograder.sandbox.leftovers import own_prefix


@dataclass(frozen=True)
class Meter:
    """Counts since `started`; of `group`, or of the whole machine where there is none."""

    group: Path | None
    started: float

    def seconds(self) -> float:
        """Processor seconds so far."""
        return _counted(self.group) - self.started

    def enter(self) -> None:
        """Move this process into the group: called in a child, before it becomes the command."""
        if self.group:
            (self.group / "cgroup.procs").write_text(str(os.getpid()))


@contextlib.contextmanager
def meter() -> Iterator[Meter]:
    """A meter for one command; its group goes when the block ends, if all in it have ended."""
    group = _fresh_group()
    try:
        yield Meter(group, _counted(group))
    finally:
        if group:
            with contextlib.suppress(OSError):
                group.rmdir()


def _fresh_group() -> Path | None:
    parent = group_of("cpuacct")
    group = parent / f"{own_prefix(KIND)}{secrets.token_hex(6)}" if parent else None
    try:
        if group:
            group.mkdir()
    except OSError:
        return None
    return group


def _counted(group: Path | None) -> float:
    if group is None:
        return machine_cpu()
    return int((group / "cpuacct.usage").read_text()) / 1e9


def machine_cpu() -> float:
    """Processor seconds that the machine has worked since it started; see proc(5), /proc/stat."""
    with open("/proc/stat") as file:
        user, nice, system, _, _, irq, softirq = map(int, file.readline().split()[1:8])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")
