"""The processes of one sandbox, seen from outside: how they start, how they end."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from autograder.sandbox import bwrap
from autograder.sandbox.cgroup import ControlGroup
from autograder.sandbox.inside.protocol import FAILED, HELLO, OOM_SCORE_ADJ, STARTED
from autograder.sandbox.inside.watch import TICKS, peak_mb, ticks
from autograder.sandbox.launch_plan import LaunchPlan
from autograder.sandbox.run_queue import RunQueue

START_SECONDS = 60.0
COMPLAINT_SECONDS = 2.0


def start_bwrap(command: list[str], theirs: socket.socket) -> subprocess.Popen[bytes]:
    """Run bubblewrap with one socket and nothing else of ours; it complains on `stderr`."""
    return subprocess.Popen(
        command,
        pass_fds=(theirs.fileno(),),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        cwd="/",
        env={},
    )


def complaint_of(process: subprocess.Popen[bytes]) -> str:
    """End a bubblewrap that did not get as far as it should; what it, or Python in it, printed.

    What it started may live on and hold the pipe open, so the pipe's end is not waited for.
    """
    process.kill()
    if process.stderr is None or not _readable(process.stderr.fileno(), COMPLAINT_SECONDS):
        return ""
    return os.read(process.stderr.fileno(), 4000).decode(errors="replace").strip()


def end_bwrap(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait a moment: it ends by itself when process 1 of its sandbox has ended. Then kill it."""
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        _kill_children(process.pid)  # they may be stopped, and then outlive it
    process.kill()
    process.wait()
    if process.stderr is not None:
        process.stderr.close()


def _kill_children(pid: int) -> None:
    with suppress(OSError, ValueError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            os.kill(int(child), signal.SIGKILL)


class SandboxProcess:
    """Process 1 of a sandbox, seen from outside, with the methods of Popen that callers use.

    pid : its number outside; kernel : a descriptor of the kernel's process, for signals;
    control : our end of the socket, whose closing ends the sandbox.
    """

    stdin = stdout = stderr = None

    def __init__(self, pidfd: int, kernel: int, control: socket.socket) -> None:
        self.pidfd, self.kernel, self.control = pidfd, kernel, control
        self.pid = pid_of(pidfd)
        self.returncode: int | None = None
        self.last_words: dict[str, Any] = {}
        self.killed_by_us = False
        self._run_queue = RunQueue(self.pid)

    def poll(self) -> int | None:
        if self.returncode is None and _readable(self.pidfd):
            self._bury()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int | None:
        if self.returncode is None:
            _readable(self.pidfd, timeout)
        return self.poll()

    def _bury(self) -> None:
        with suppress(OSError, ValueError):
            self.control.setblocking(False)
            self.last_words = json.loads(self.control.recv(4096))
        self.returncode = int(self.last_words.get("code", -signal.SIGKILL))
        self.control.close()
        os.close(self.pidfd)
        os.close(self.kernel)

    def interrupt(self) -> None:
        """To the kernel's own process, never to what stands around it."""
        self._send(self.kernel, signal.SIGINT)

    def kill(self) -> None:
        """End process 1, and with it everything in the sandbox."""
        self.killed_by_us = self.killed_by_us or self.poll() is None
        self._send(self.pidfd, signal.SIGKILL)

    terminate = kill

    def cpu_seconds(self) -> float:
        """Processor time of the kernel's own process so far, children that it waited for included.

        Raises:
            OSError: it is gone.
        """
        return ticks(pid_of(self.kernel)) / TICKS

    def peak_mb(self) -> int | None:
        """The most memory that the kernel's own process has had so far; None when it is gone."""
        with suppress(OSError, ValueError, IndexError):
            return peak_mb(pid_of(self.kernel))
        return None

    def delay_seconds(self) -> float | None:
        """How long the kernel and its descendants were ready to run and got no processor."""
        return self._run_queue.seconds()

    def send_signal(self, signum: int) -> None:
        if signum == signal.SIGINT:
            self.interrupt()
        elif signum in (signal.SIGTERM, signal.SIGKILL):
            self.kill()
        else:
            self._send(self.kernel, signum)

    def _send(self, descriptor: int, signum: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(descriptor, signum)


def _readable(descriptor: int, seconds: float | None = 0) -> bool:
    poll = select.poll()  # not select.select, which fails on descriptors over 1023
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(None if seconds is None else seconds * 1000))


def pid_of(pidfd: int) -> int:
    """The number, in our namespace, of the process behind a descriptor."""
    text = Path(f"/proc/self/fdinfo/{pidfd}").read_text()
    return int(text.partition("\nPid:")[2].split()[0])


def start_in(
    control: socket.socket,
    plan: LaunchPlan,
    sockets: list[socket.socket],
    group: ControlGroup,
    complaint: Callable[[], str],
) -> SandboxProcess:
    """Speak the grader's part with a launcher that is coming up behind `control`.

    The launcher waits for the plan, so it is in its control group before it does anything.
    """
    control.settimeout(START_SECONDS)
    pidfd = _expect(control, HELLO, complaint)
    try:
        group.add(pid_of(pidfd))
        memory = plan.memory_file()
        try:
            socket.send_fds(control, [HELLO], [memory, *(one.fileno() for one in sockets)])
        finally:
            os.close(memory)
        kernel = _expect(control, STARTED, complaint)
        _offer_to_oom_killer(pid_of(kernel))
    except BaseException:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        os.close(pidfd)
        raise
    return SandboxProcess(pidfd, kernel, control)


def _offer_to_oom_killer(kernel: int) -> None:
    """Let Linux kill the kernel before others when the machine is out of memory.

    The kernel has asked for that itself, and /proc is read-only in its sandbox. What a process with
    CAP_SYS_RESOURCE writes is a floor besides, below which the student's processes never get. No
    cell has run yet.
    """
    if bwrap.root_mode():
        with suppress(OSError):  # it has died, which the caller will notice
            Path(f"/proc/{kernel}/oom_score_adj").write_text(str(OOM_SCORE_ADJ))


def _expect(control: socket.socket, word: bytes, complaint: Callable[[], str]) -> int:
    """Receive one word with one descriptor, or raise SandboxUnavailable with what went wrong."""
    try:
        message, descriptors, _, _ = socket.recv_fds(control, 8192, 1)
    except TimeoutError:
        raise bwrap.unavailable(f"it did not start within {START_SECONDS:.0f} s.") from None
    if message == word and descriptors:
        return descriptors[0]
    said = message[1:].decode(errors="replace") if message[:1] == FAILED else complaint()
    raise bwrap.unavailable(f"it ended while starting: {said or 'without a word'}.")
