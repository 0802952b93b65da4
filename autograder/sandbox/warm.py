"""Warm start: the same sandbox, forked from a parent that has imported torch already.

One warm parent per grading process (and per set of modules, and per GPU) lives in a bubblewrap of
its own. For each kernel it forks; the child enters fresh namespaces and becomes the same launcher
that a cold start runs, with the same order and the same rules. If the parent has died, the next
kernel starts a new one. If none can be started, SandboxUnavailable is raised: there is no way
around it.
"""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import threading
from contextlib import suppress
from typing import Any

from autograder.sandbox import bwrap
from autograder.sandbox.inside.protocol import FAILED, READY
from autograder.sandbox.limits import SandboxSpec
from autograder.sandbox.order import build_order
from autograder.sandbox.provisioner import SandboxProvisioner

WARM_UP_SECONDS = 300.0

Key = tuple[tuple[str, ...], str | None]


class Zygote:
    """One warm parent, seen from outside."""

    def __init__(self, modules: tuple[str, ...], gpu: str | None) -> None:
        self.server, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = bwrap.base_jail(bwrap.find_bwrap().path, gpu)
            command += bwrap.python_command("zygote", str(theirs.fileno()))
            self.process = subprocess.Popen(
                command,
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
                cwd="/",
                env={},
            )
        try:
            self._send_order(modules)
            self.spent = self._wait_until_warm()
        except BaseException:
            self.close()
            raise

    def _send_order(self, modules: tuple[str, ...]) -> None:
        """The parent gets no submission: only modules, and the caches that a home would hold."""
        order = build_order(SandboxSpec(), connection={}, uid=0, memory_is_grouped=True)
        order.header["warm_modules"] = modules
        memory = order.memory_file()
        try:
            socket.send_fds(self.server, [b"order"], [memory])
        finally:
            os.close(memory)

    def _wait_until_warm(self) -> dict[str, float]:
        """Seconds spent on importing and megabytes held afterwards."""
        self.server.settimeout(WARM_UP_SECONDS)
        try:
            message = self.server.recv(8192)
        except TimeoutError:
            raise bwrap.unavailable("the warm parent did not get ready in time.") from None
        if message[:1] == READY:
            return json.loads(message[1:])
        said = message[1:] if message[:1] == FAILED else self._complaint()
        raise bwrap.unavailable(f"the warm parent failed: {said.decode(errors='replace')}.")

    def _complaint(self) -> bytes:
        self.process.kill()
        return self.process.stderr.read(4000).strip() if self.process.stderr else b""

    def alive(self) -> bool:
        return self.process.poll() is None

    def fork(self) -> socket.socket:
        """Ask for a launcher; our end of its socket."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            socket.send_fds(self.server, [b"fork"], [theirs.fileno()])
        return ours

    def close(self) -> None:
        """End the parent and, with it, every kernel that it forked."""
        self.server.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=1)
        self.process.kill()
        self.process.wait()
        if self.process.stderr is not None:
            self.process.stderr.close()


_zygotes: dict[Key, Zygote] = {}
_lock = threading.Lock()


def zygote_for(spec: SandboxSpec) -> Zygote:
    """The living warm parent for this specification, started if there is none.

    Raises SandboxUnavailable when it cannot be started.
    """
    key = (spec.warm_modules, spec.gpu)
    with _lock:
        zygote = _zygotes.get(key)
        if zygote is None or not zygote.alive():
            if zygote is not None:
                zygote.close()
            zygote = _zygotes[key] = Zygote(*key)
        return zygote


def close_zygotes() -> None:
    """End every warm parent of this process; the next kernel starts a new one."""
    with _lock:
        while _zygotes:
            _zygotes.popitem()[1].close()


def _forget_zygotes() -> None:
    """In a forked copy of the grader: the parents belong to the original."""
    global _lock
    _lock = threading.Lock()
    while _zygotes:
        _zygotes.popitem()[1].server.close()


atexit.register(close_zygotes)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_zygotes)


class WarmProvisioner(SandboxProvisioner):
    """Like SandboxProvisioner, but the launcher is a fork of a warm parent."""

    def open_sandbox(self) -> socket.socket:
        try:
            return zygote_for(self.spec).fork()
        except OSError:
            # it died between the look and the request: a second one, or the error is real
            return zygote_for(self.spec).fork()

    def complaint(self) -> str:
        return "the warm parent died"

    async def get_provisioner_info(self) -> dict[str, Any]:
        return {**await super().get_provisioner_info(), "warm": True}
