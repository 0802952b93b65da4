"""Warm start: the same sandbox, forked from a parent that has imported torch already.

One warm parent per grading run (and per set of modules, and per GPU) lives in a bubblewrap of its
own. For each kernel it forks; the child enters fresh namespaces and becomes the same launcher that
a cold start runs, with the same launch plan and the same rules. The processes of a local pool share
the warm parent of the run; a worker of a cluster starts its own. If the warm parent has died, the
next kernel starts a new one. If none can be started, SandboxUnavailable is raised: there is no way
around it.
"""

from __future__ import annotations

import atexit
import os
import select
import socket
import threading
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any

from autograder.sandbox import bwrap
from autograder.sandbox.inside.protocol import FAILED, READY
from autograder.sandbox.launch_plan import build_launch_plan
from autograder.sandbox.limits import SandboxSpec
from autograder.sandbox.process import complaint_of, end_bwrap, start_bwrap
from autograder.sandbox.provisioner import SandboxProvisioner

WARM_UP_SECONDS = 300.0
ANSWER_SECONDS = 20.0  # a fork takes a hundredth of one

Key = tuple[tuple[str, ...], str | None]


class WarmParent:
    """One end of the socket to a warm parent, which forks a launcher for each request.

    This class is used as it is where another process started the warm parent and will end it.
    """

    def __init__(self, server: socket.socket) -> None:
        self.server = server

    def alive(self) -> bool:
        """Whether there is somebody at the other end."""
        if self.server.fileno() < 0:  # a twin is closed with its parent
            return False
        poll = select.poll()
        poll.register(self.server, 0)  # an empty mask: poll reports hang-ups in any case
        return not poll.poll(0)

    def fork(self) -> socket.socket:
        """Ask for a launcher; our end of its socket.

        Raises:
            OSError: the warm parent has died.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            socket.send_fds(self.server, [b"fork"], [theirs.fileno()])
        return ours

    def wait_until_warm(self) -> None:
        """Nothing to wait for: whoever started the warm parent waits before it asks for work."""

    def close(self) -> None:
        self.server.close()


class WarmingParent(WarmParent):
    """A warm parent that is warming up in the background, and says when it is warm."""

    is_warm = False

    def complaint(self) -> str:
        """What it said last, where that can be heard here."""
        return "it has ended"

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
            failed = message[:1] == FAILED
            said = message[1:].decode(errors="replace") if failed else self.complaint()
            raise bwrap.unavailable(f"the warm parent failed: {said}.")
        self.is_warm = True

    def close(self) -> None:
        with suppress(OSError):
            # closing would not be enough: processes that share it hold copies of the descriptor
            self.server.shutdown(socket.SHUT_RDWR)
        super().close()


class WarmParentProcess(WarmingParent):
    """A warm parent that this process starts and ends.

    twin : a second warm parent in the same jail, without the modules; None if not asked for.
    """

    def __init__(self, modules: tuple[str, ...], gpu: str | None, with_twin: bool = False) -> None:
        server, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        super().__init__(server)
        self.twin: WarmingParent | None = None
        with theirs:
            command = bwrap.base_jail(bwrap.find_bwrap().path, gpu)
            command += bwrap.python_command("warm_parent", str(theirs.fileno()))
            self.process = start_bwrap(command, theirs)
        try:
            self._send_plan(modules, with_twin)
        except BaseException:
            self.close()
            raise

    def _send_plan(self, modules: tuple[str, ...], with_twin: bool) -> None:
        """It gets no submission: only modules, and the caches that a home would hold."""
        plan = build_launch_plan(SandboxSpec(), connection={}, uid=0, grouped=())
        plan.header["warm_modules"] = modules
        with ExitStack() as sent:
            descriptors = [plan.memory_file()]
            sent.callback(os.close, descriptors[0])
            if with_twin:
                ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                self.twin = WarmingParent(ours)
                descriptors.append(sent.enter_context(theirs).fileno())
            socket.send_fds(self.server, [b"plan"], descriptors)

    def complaint(self) -> str:
        return complaint_of(self.process)

    def alive(self) -> bool:
        return self.process.poll() is None

    def close(self) -> None:
        """End the warm parent and, with it, every kernel that it forked, and its twin."""
        super().close()
        if self.twin is not None:
            self.twin.close()
        # while it still imports it hears nothing
        end_bwrap(self.process, seconds=1 if self.is_warm else 0)


_warm_parents: dict[Key, WarmParent] = {}
_lock = threading.Lock()


def warm_parent_for(spec: SandboxSpec) -> WarmParent:
    """The living warm parent for this specification, started if there is none, and warm.

    Raises SandboxUnavailable when it cannot be started.
    """
    key = _key(spec)
    with _lock:
        parent = _living(key)
        try:
            parent.wait_until_warm()
        except BaseException:
            _warm_parents.pop(key).close()
            raise
        return parent


def _key(spec: SandboxSpec) -> Key:
    return spec.warm_modules, spec.gpu


def _living(key: Key, with_twin: bool = False) -> WarmParent:
    """The living warm parent under this key, started if there is none."""
    kept = _kept(key)
    if kept is not None:
        return kept
    modules, gpu = key
    bare = (), gpu
    parent = WarmParentProcess(modules, gpu, with_twin and _kept(bare) is None)
    _warm_parents[key] = parent
    if parent.twin is not None:
        _warm_parents[bare] = parent.twin
    return parent


def _kept(key: Key) -> WarmParent | None:
    """The living warm parent under this key; one that has died is closed and forgotten."""
    parent = _warm_parents.get(key)
    if parent is None or parent.alive():
        return parent
    _warm_parents.pop(key).close()
    return None


@dataclass(frozen=True)
class SharedWarmParent:
    """A warm parent on its way to the processes of a pool. Pickling it sends the socket along."""

    key: Key
    server: socket.socket


def share_warm_parent(spec: SandboxSpec) -> SharedWarmParent:
    """This process's warm parent for others to use, started if there is none, warm or not yet.

    Wait with `warm_parent_for` before anything is asked of it. Where it has to import modules, it
    leaves a twin for kernels without them, such as the self-test's. Raises SandboxUnavailable.
    """
    key = _key(spec)
    with _lock:
        return SharedWarmParent(key, _living(key, with_twin=bool(spec.warm_modules)).server)


def use_shared_warm_parent(shared: SharedWarmParent) -> None:
    """In a process of a pool: use the warm parent of the run. Should it die, start one here."""
    with _lock:
        _warm_parents[shared.key] = WarmParent(shared.server)


def close_warm_parents() -> None:
    """End every warm parent of this process; the next kernel starts a new one."""
    with _lock:
        while _warm_parents:
            _warm_parents.popitem()[1].close()


def _forget_warm_parents() -> None:
    """In a forked copy of the grader: the warm parents belong to the original."""
    global _lock
    _lock = threading.Lock()
    while _warm_parents:
        _warm_parents.popitem()[1].server.close()


atexit.register(close_warm_parents)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_warm_parents)


def forget_warm_parent(spec: SandboxSpec, parent: WarmParent) -> None:
    """Use this warm parent no more: it has died, or somebody has stopped it."""
    with _lock:
        if _warm_parents.get(_key(spec)) is parent:
            _warm_parents.pop(_key(spec)).close()


def _answers(control: socket.socket) -> bool:
    """Whether a fork speaks, or at least hangs up, within a time that is long for it."""
    poll = select.poll()
    poll.register(control, select.POLLIN)
    return bool(poll.poll(ANSWER_SECONDS * 1000))


class WarmProvisioner(SandboxProvisioner):
    """Like SandboxProvisioner, but the launcher is a fork of a warm parent."""

    def open_sandbox(self) -> socket.socket:
        for _ in range(2):
            parent = warm_parent_for(self.spec)
            with suppress(OSError):  # it may have died after it was looked at
                control = parent.fork()
                if _answers(control):
                    return control
                control.close()
            forget_warm_parent(self.spec, parent)
        raise bwrap.unavailable("two warm parents did not answer.")

    def complaint(self) -> str:
        return "the warm parent died"

    async def get_provisioner_info(self) -> dict[str, Any]:
        return {**await super().get_provisioner_info(), "warm": True}
