"""What the tests of the sandbox share: tiny programs, small limits, and a look around outside."""

from __future__ import annotations

import os
import textwrap
import time
from pathlib import Path

from autograder.sandbox import cgroup, selftest, socket_folders
from autograder.sandbox.kernels import RunningKernel
from autograder.sandbox.limits import Limits, SandboxSpec

COLD, WARM = "word2chat-sandbox", "word2chat-warm"
REPOSITORY = Path(__file__).resolve().parents[2]

# every program can use these
PRELUDE = """
import ctypes, errno, os, signal, socket, subprocess, sys, threading, time
libc = ctypes.CDLL(None, use_errno=True)

def syscall(x86_64, aarch64, *arguments):
    number = {"x86_64": x86_64, "aarch64": aarch64}[os.uname().machine]
    ctypes.set_errno(0)
    libc.syscall(number, *arguments)
    return errno.errorcode.get(ctypes.get_errno(), "done")

def attempt(action):
    try:
        action()
    except Exception as error:
        return errno.errorcode.get(getattr(error, "errno", None), type(error).__name__)
    return "done"

def daemon(action):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            action()
        os._exit(0)
    os.wait()

def host(name):
    return os.environ[name]
"""

SMALL = Limits(memory_mb=1024, processes=40, file_mb=8, scratch_mb=16, submission_seconds=120)


def spec(**changes) -> SandboxSpec:
    """Small limits, and no module beyond the kernel's own in the warm parent."""
    return SandboxSpec(**({"limits": SMALL, "warm_modules": ()} | changes))


def say(kernel: RunningKernel, program: str, seconds: float = 60) -> str:
    """What a program prints, or how it failed."""
    reply = kernel.run(textwrap.dedent(program), seconds)
    if reply.status != "ok":
        return f"{reply.status} {reply.error}".strip()
    return reply.text.strip()


def members(space: str) -> list[int]:
    """Processes of a pid namespace, waiting a little for the last to vanish."""
    for _ in range(100):
        found = selftest.members(space)
        if not found:
            return []
        time.sleep(0.05)
    return found


def space_of(kernel: RunningKernel) -> str:
    """The kernel's pid namespace, which is not ours."""
    space = kernel.pid_namespace
    assert space and space != os.readlink("/proc/self/ns/pid")
    return space


def traces(pid: int | None = None) -> set[str]:
    """Socket folders and control groups of one process; of this one if none is named."""
    folders = [
        path
        for parent in socket_folders.parent_folders()
        for path in Path(parent).glob(f"{socket_folders.KIND}-*")
    ]
    for hierarchy in cgroup.hierarchies():
        folders += hierarchy.folder.glob(f"{cgroup.KIND}-*")
    return {str(path) for path in folders if f"-{pid or os.getpid()}-" in path.name}
