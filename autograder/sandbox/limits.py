"""What one sandboxed kernel may use, and what it is given: plain data, safe to import anywhere."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from importlib.util import find_spec

# how kernels start: cold, forked from a warm parent, or unprotected
SANDBOX, WARM, UNPROTECTED = "word2chat-sandbox", "word2chat-warm", "word2chat-unprotected"

# What a kernel finds imported already, where its week's notebook does not say otherwise; the engine
# alone is installed without torch
WARM_MODULES = tuple(name for name in ("torch", "numpy") if find_spec(name))


class SandboxUnavailable(RuntimeError):
    """No sandbox works here, so nothing was run. The message says why and what to do instead."""


@dataclass(frozen=True)
class Limits:
    """The budget of one submission. Times in seconds, sizes in the unit of the name.

    Times are processor time: a cell that only waits has three times as long, and waiting for a
    processor that others use is not counted at all.
    """

    cell_seconds: float = 20.0
    submission_seconds: float = 240.0
    memory_mb: int = 3072
    processes: int = 32  # and threads, of which a kernel itself has about twelve
    open_files: int = 256
    file_mb: int = 64
    # each of home, work, /tmp and /dev/shm is a tmpfs of this size
    scratch_mb: int = 256
    # the outputs of one cell, and one message; both are counted by the reader, outside
    output_bytes: int = 4_000_000
    message_bytes: int = 2_000_000

    @property
    def cpu_seconds(self) -> int:
        """Processor time of all processes of a submission together: the sandbox ends it there."""
        return math.ceil(self.submission_seconds)


@dataclass(frozen=True)
class SandboxSpec:
    """One kernel's sandbox: its limits and everything that it can see beyond the Python system."""

    limits: Limits = field(default_factory=Limits)
    # relative path and content of each file placed in the kernel's working folder
    files: tuple[tuple[str, bytes], ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    # imported once in the warm parent; a cold kernel ignores them
    warm_modules: tuple[str, ...] = WARM_MODULES
    # None, or the GPUs by number, as nvidia-smi counts, or by UUID: "0", "GPU-5f"
    gpu: str | None = None
