"""What one sandboxed kernel may use, and what it is given: plain data, safe to import anywhere."""

from __future__ import annotations

from dataclasses import dataclass, field


class SandboxUnavailable(RuntimeError):
    """No sandbox works here, so nothing was run. The message says why and what to do instead."""


@dataclass(frozen=True)
class Limits:
    """The budget of one submission. Times in seconds, sizes in the unit of the name."""

    cell_seconds: float = 20.0
    submission_seconds: float = 240.0
    cpu_seconds: int = 240
    memory_mb: int = 3072
    processes: int = 64
    open_files: int = 256
    file_mb: int = 64
    # each of home, work, /tmp and /dev/shm is a tmpfs of this size
    scratch_mb: int = 256
    # all outputs of a submission, and one message; both are counted by the reader, outside
    output_bytes: int = 4_000_000
    message_bytes: int = 2_000_000


@dataclass(frozen=True)
class SandboxSpec:
    """One kernel's sandbox: its limits and everything that it can see beyond the Python system."""

    limits: Limits = field(default_factory=Limits)
    # relative path and content of each file placed in the kernel's working folder
    files: tuple[tuple[str, bytes], ...] = ()
    env: tuple[tuple[str, str], ...] = ()
    # imported once in the warm parent; a cold kernel ignores them
    warm_modules: tuple[str, ...] = ("torch",)
    # None, or what CUDA_VISIBLE_DEVICES should say: "0"
    gpu: str | None = None
