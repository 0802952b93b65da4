"""Warm start: the same sandbox, forked from a parent that has imported torch already.

One warm parent per grading run (and per set of modules, and per GPU) lives in a bubblewrap of its
own. For each kernel it forks; the child enters fresh namespaces and becomes the same launcher that
a cold start runs, with the same order and the same rules. The processes of a local pool borrow the
parent of the run; a worker of a cluster starts its own. If the parent has died, the next kernel
starts a new one. If none can be started, SandboxUnavailable is raised: there is no way around it.
"""

from __future__ import annotations

import atexit
import os
import select
import socket
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from autograder.sandbox import bwrap
from autograder.sandbox.inside.protocol import FAILED, READY
from autograder.sandbox.launch_plan import build_order
from autograder.sandbox.limits import SandboxSpec
from autograder.sandbox.provisioner import SandboxProvisioner

WARM_UP_SECONDS = 300.0

Key = tuple[tuple[str, ...], str | None]


class WarmParent:
    """A warm parent that another process started and will end: launchers can be asked for."""

    def __init__(self, server: socket.socket) -> None:
        self.server = server

    def alive(self) -> bool:
        """Whether there is somebody at the other end."""
        poll = select.poll()
        poll.register(self.server, 0)  # a hang-up is always reported
        return not poll.poll(0)

    def fork(self) -> socket.socket:
        """Ask for a launcher; our end of its socket."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            socket.send_fds(self.server, [b"fork"], [theirs.fileno()])
        return ours

    def wait_until_warm(self) -> None:
        """Nothing to wait for: parents are lent when they are warm."""

    def close(self) -> None:
        self.server.close()


class Zygote(WarmParent):
    """A warm parent of our own. It starts at once and warms up in the background."""

    is_warm = False

    def __init__(self, modules: tuple[str, ...], gpu: str | None) -> None:
        server, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        super().__init__(server)
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

    def wait_until_warm(self) -> None:
        """Return when everything is imported.

        Raises:
            SandboxUnavailable: it failed, or took too long.
        """
        if self.is_warm:
            return
        self.server.settimeout(WARM_UP_SECONDS)
        try:
            message = self.server.recv(8192)
        except TimeoutError:
            raise bwrap.unavailable("the warm parent did not get ready in time.") from None
        finally:
            self.server.settimeout(None)
        if message != READY:
            said = message[1:] if message[:1] == FAILED else self._complaint()
            raise bwrap.unavailable(f"the warm parent failed: {said.decode(errors='replace')}.")
        self.is_warm = True

    def _complaint(self) -> bytes:
        self.process.kill()
        return self.process.stderr.read(4000).strip() if self.process.stderr else b""

    def alive(self) -> bool:
        return self.process.poll() is None

    def close(self) -> None:
        """End the parent and, with it, every kernel that it forked."""
        with suppress(OSError):
            self.server.shutdown(socket.SHUT_RDWR)  # for those too who borrowed it
        super().close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=1)
        self.process.kill()
        self.process.wait()
        if self.process.stderr is not None:
            self.process.stderr.close()


_zygotes: dict[Key, WarmParent] = {}
_lock = threading.Lock()


def zygote_for(spec: SandboxSpec) -> WarmParent:
    """The living warm parent for this specification, started if there is none.

    Raises SandboxUnavailable when it cannot be started.
    """
    key = _key(spec)
    with _lock:
        zygote = _living(key)
        try:
            zygote.wait_until_warm()
        except BaseException:
            _zygotes.pop(key).close()
            raise
        return zygote


def _key(spec: SandboxSpec) -> Key:
    return spec.warm_modules, spec.gpu


def _living(key: Key) -> WarmParent:
    zygote = _zygotes.get(key)
    if zygote is None or not zygote.alive():
        if zygote is not None:
            zygote.close()
        zygote = _zygotes[key] = Zygote(*key)
    return zygote


@dataclass(frozen=True)
class Loan:
    """A warm parent on its way to the processes of a pool. Pickling it hands over the socket."""

    key: Key
    server: socket.socket


def lend(spec: SandboxSpec) -> Loan:
    """This process's warm parent for others to use, started if there is none, warm or not yet.

    Wait with `zygote_for` before anything is asked of it. Raises SandboxUnavailable.
    """
    key = _key(spec)
    with _lock:
        return Loan(key, _living(key).server)


def borrow(loan: Loan) -> None:
    """In a process of a pool: use the parent that was lent. Should it die, start one."""
    with _lock:
        _zygotes[loan.key] = WarmParent(loan.server)


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
