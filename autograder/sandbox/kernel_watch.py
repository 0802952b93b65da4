"""What grading asks of whoever starts a kernel: its time, its memory, who ended it.

Every provisioner that grading can use has these methods; mypy checks it where each is defined.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol, runtime_checkable


class Death(StrEnum):
    """Who or what ended a kernel."""

    EXITED = "exited"  # its own code, by an exit
    KILLED = "killed"  # a signal: the student's, the machine's, or ours when we sent one
    MEMORY_LIMIT = "memory limit"  # the submission's own
    CPU_LIMIT = "cpu limit"
    OUTSIDE = "ended from outside"  # the sandbox as a whole: nothing within can bring that about


@runtime_checkable
class WatchedKernel(Protocol):
    """A running kernel, looked at from outside it."""

    def cpu_seconds(self) -> float | None:
        """Processor time of the kernel so far; None when it is gone or cannot be seen."""

    def delay_seconds(self) -> float | None:
        """How long it was ready to run and got no processor; None where that cannot be seen."""

    def peak_mb(self) -> int | None:
        """The most memory that was in use so far, in MB; None where that cannot be seen."""

    def death_cause(self) -> Death | None:
        """Who or what ended the kernel; None while it lives."""
