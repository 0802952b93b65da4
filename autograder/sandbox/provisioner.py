"""A kernel in a sandbox, for everything that starts kernels through jupyter_client.

    km = AsyncKernelManager(kernel_name="python3")
    with JUPYTER_DEFAULT_PROVISIONER_NAME=word2chat-sandbox in the environment:
    await km.start_kernel(sandbox=SandboxSpec(...))

nbgrader, nbclient and nbval know nothing of this: without `sandbox` the default limits hold, and
the files beside the notebook (`cwd`) are copied in.
"""

from __future__ import annotations

import asyncio
import atexit
import json
import math
import os
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import LocalProvisioner

from autograder.sandbox import bwrap
from autograder.sandbox.cgroup import ControlGroup
from autograder.sandbox.inside.channels import CHANNELS
from autograder.sandbox.inside.protocol import FAILED, HELLO, STARTED
from autograder.sandbox.inside.watch import TICKS, ticks
from autograder.sandbox.launch_plan import (
    MB,
    Order,
    Uid,
    build_order,
    draw_uid,
    files_beside_notebook,
)
from autograder.sandbox.leftovers import is_orphan, owned_prefix
from autograder.sandbox.limits import Limits, SandboxSpec, SandboxUnavailable

__all__ = ["SandboxProvisioner", "SandboxUnavailable"]

LONGEST_SOCKET_PATH = 107
START_SECONDS = 60.0
RUN_KIND = "w2c"


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
    poll = select.poll()  # select.select fails on descriptors over 1023
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(None if seconds is None else seconds * 1000))


def pid_of(pidfd: int) -> int:
    """The number, in our namespace, of the process behind a descriptor."""
    text = Path(f"/proc/self/fdinfo/{pidfd}").read_text()
    return int(text.partition("\nPid:")[2].split()[0])


class SandboxProvisioner(LocalProvisioner):
    """Cold start: a bubblewrap, a Python and an IPython for each kernel."""

    # jupyter_client says Popen, and uses what SandboxProcess has of it
    process: SandboxProcess | None  # type: ignore[assignment]
    parent: Any
    connection_info: Any
    spec: SandboxSpec
    run_dir: Path | None = None
    group: ControlGroup | None = None
    uid: Uid | None = None
    _dead: SandboxProcess | None = None
    _bwrap: subprocess.Popen[bytes] | None = None

    # -------------------------------------------------------------- start

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Make the private folder and the connection file; nothing runs yet.

        Keyword `sandbox` is a SandboxSpec. The caller's `env` is not passed on: the student's
        code must see neither secrets nor that it is being graded.

        Raises SandboxUnavailable, and ValueError for files that do not fit.
        """
        bwrap.find_bwrap()
        self._refuse_other_kernels()
        spec = kwargs.pop("sandbox", None)
        if spec is None:
            folder = kwargs.get("cwd")
            limits = Limits()
            files = files_beside_notebook(folder, limits.scratch_mb * MB // 2)
            spec = SandboxSpec(limits=limits, files=files)
        self.spec = spec
        manager = self.parent
        if self.run_dir is None:
            self.run_dir = make_run_dir()
        manager.transport = "ipc"
        manager.ip = str(self.run_dir / "z")
        manager.connection_file = str(self.run_dir / "kernel.json")
        manager.write_connection_file()
        self.connection_info = manager.get_connection_info()
        return {"cmd": ["word2chat-sandbox"]}

    def _refuse_other_kernels(self) -> None:
        argv = list(getattr(self.kernel_spec, "argv", None) or [])
        if "ipykernel_launcher" not in argv and "ipykernel" not in argv:
            raise bwrap.unavailable(f"only IPython's kernel can be sandboxed, not {argv[:3]}.")

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start the sandbox and hand its launcher the order.

        Raises SandboxUnavailable when anything at all goes wrong on the way.
        """
        self._dead, self._memory_verdict = None, False
        sockets = self._listen()
        control = None
        try:
            self.group = ControlGroup(self.spec.limits)
            self.uid = draw_uid()
            order = self._order(self.uid.number, self.group)
            control = self.open_sandbox()
            self.process = start_in(control, order, sockets, self.group, self.complaint)
        except BaseException as error:
            if control is not None:
                control.close()
            self._tidy()
            if isinstance(error, OSError):
                raise bwrap.unavailable(f"starting one failed: {error}.") from error
            raise
        finally:
            for listener in sockets:
                listener.close()
        self.pid = self.process.pid
        return self.connection_info

    def _listen(self) -> list[socket.socket]:
        """Bind the kernel's sockets out here: the sandbox shares no folder with us."""
        sockets = []
        for name in CHANNELS:
            path = f"{self.connection_info['ip']}-{self.connection_info[name]}"
            with suppress(FileNotFoundError):
                os.unlink(path)
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            listener.bind(path)
            listener.listen(64)
            sockets.append(listener)
        return sockets

    def _order(self, uid: int, group: ControlGroup) -> Order:
        connection = {name: self.connection_info[name] for name in ("ip", *CHANNELS)}
        connection["signature_scheme"] = self.connection_info["signature_scheme"]
        key = self.connection_info["key"]
        connection["key"] = key.decode() if isinstance(key, bytes) else key
        return build_order(self.spec, connection, uid, group.counts_memory)

    def open_sandbox(self) -> socket.socket:
        """Start a bubblewrap with the launcher in it; our end of the launcher's socket."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            program = bwrap.find_bwrap().path
            command = bwrap.base_jail(program, self.spec.gpu)
            command += bwrap.python_command("launcher", str(theirs.fileno()))
            self._bwrap = subprocess.Popen(
                command,
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
                cwd="/",
                env={},
            )
        return ours

    def complaint(self) -> str:
        """What bubblewrap or Python printed before the launcher could speak for itself."""
        process = self._bwrap
        if process is None or process.stderr is None:
            return ""
        process.kill()
        return process.stderr.read(4000).decode(errors="replace").strip()

    # -------------------------------------------------------------- life and death

    async def wait(self) -> int | None:
        """Wait for the end; jupyter_client's own loop looks only ten times a second."""
        process = self.process
        if process is None:
            return 0
        await self._watch(process)
        self._dead, self.process = process, None
        self._tidy(keep_folder=True)
        return process.returncode

    @staticmethod
    async def _watch(process: SandboxProcess, seconds: float = math.inf) -> None:
        """Sleep until the process is dead, at most so long."""
        deadline = time.monotonic() + seconds
        pause = 0.001
        while process.poll() is None and time.monotonic() < deadline:
            await asyncio.sleep(pause)
            pause = min(0.1, pause * 1.5)

    async def send_signal(self, signum: int) -> None:
        if self.process is not None:
            self.process.send_signal(signum)

    async def kill(self, restart: bool = False) -> None:
        if self.process is not None:
            self.process.kill()
            # jupyter_client would otherwise sleep 0.1 s between two looks
            await self._watch(self.process, seconds=2.0)

    async def terminate(self, restart: bool = False) -> None:
        await self.kill(restart)

    def cpu_seconds(self) -> float | None:
        """Processor time of the kernel so far; None when it is gone."""
        with suppress(OSError, IndexError, ValueError):
            return self.process.cpu_seconds() if self.process else None
        return None

    def death_cause(self) -> str | None:
        """Why the kernel is dead; None while it lives or when it never started.

        "memory limit", "cpu limit", "killed" (by a signal, ours or the student's) or "exited".
        """
        process = self.process or self._dead
        if process is None or process.poll() is None:
            return None
        if process.last_words.get("cause"):
            return str(process.last_words["cause"])
        by_the_system = process.returncode == -signal.SIGKILL and not process.killed_by_us
        if by_the_system and self._ran_out_of_memory:
            return "memory limit"
        return "exited" if (process.returncode or 0) >= 0 else "killed"

    def was_ended_from_outside(self) -> bool:
        """Whether process 1 is gone without a word and not by us: no student can bring that about.

        Nobody within may signal process 1, and what it says last tells every other end.
        """
        process = self.process or self._dead
        if process is None or process.poll() is None:
            return False
        wordless = not process.last_words and not process.killed_by_us
        return wordless and not self._ran_out_of_memory

    @property
    def _ran_out_of_memory(self) -> bool:
        if self.group is not None and self.group.out_of_memory():
            self._memory_verdict = True
        return self._memory_verdict

    _memory_verdict = False

    async def cleanup(self, restart: bool = False) -> None:
        if self.process is not None:
            self.process.kill()
            await self.wait()
        self._tidy(keep_folder=restart)

    def _tidy(self, keep_folder: bool = False) -> None:
        """Give back everything that a sandbox held outside; safe to call twice."""
        _ = self._ran_out_of_memory
        if self._bwrap is not None:
            self._end_bwrap(self._bwrap)
            self._bwrap = None
        if self.group is not None:
            self.group.close()
            self.group = None
        if self.uid is not None:
            self.uid.release()
            self.uid = None
        if self.run_dir is not None and not keep_folder:
            shutil.rmtree(self.run_dir, ignore_errors=True)
            self.run_dir = None

    @staticmethod
    def _end_bwrap(process: subprocess.Popen[bytes]) -> None:
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.5)  # it follows process 1 by itself
        process.kill()
        process.wait()
        if process.stderr is not None:
            process.stderr.close()


def start_in(
    control: socket.socket,
    order: Order,
    sockets: list[socket.socket],
    group: ControlGroup,
    complaint: Any,
) -> SandboxProcess:
    """Speak the grader's part with a launcher that is coming up behind `control`.

    The launcher waits for the order, so it is in its control group before it does anything.
    """
    control.settimeout(START_SECONDS)
    pidfd = _expect(control, HELLO, complaint)
    try:
        group.add(pid_of(pidfd))
        memory = order.memory_file()
        try:
            socket.send_fds(control, [HELLO], [memory, *(one.fileno() for one in sockets)])
        finally:
            os.close(memory)
        kernel = _expect(control, STARTED, complaint)
    except BaseException:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        os.close(pidfd)
        raise
    return SandboxProcess(pidfd, kernel, control)


def _expect(control: socket.socket, word: bytes, complaint: Any) -> int:
    """Receive one word with one descriptor, or raise SandboxUnavailable with what went wrong."""
    try:
        message, descriptors, _, _ = socket.recv_fds(control, 8192, 1)
    except TimeoutError:
        raise bwrap.unavailable(f"it did not start within {START_SECONDS:.0f} s.") from None
    if message == word and descriptors:
        return descriptors[0]
    said = message[1:].decode(errors="replace") if message[:1] == FAILED else complaint()
    raise bwrap.unavailable(f"it ended while starting: {said or 'without a word'}.")


# ------------------------------------------------------------------ private folders


def make_run_dir() -> Path:
    """A folder of mode 0700 for the sockets of one kernel, short enough for an ipc address."""
    sweep_run_dirs()
    for parent in _run_parents():
        with suppress(OSError):
            folder = Path(tempfile.mkdtemp(prefix=owned_prefix(RUN_KIND), dir=parent))
            if len(str(folder)) + len("/z-65535") <= LONGEST_SOCKET_PATH:
                atexit.register(shutil.rmtree, folder, ignore_errors=True)
                return folder
            folder.rmdir()
    raise bwrap.unavailable("no folder for sockets can be made in XDG_RUNTIME_DIR or /tmp.")


def _run_parents() -> list[str]:
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    return [folder for folder in (runtime, "/tmp", tempfile.gettempdir()) if os.path.isdir(folder)]


@lru_cache(maxsize=1)
def sweep_run_dirs() -> None:
    """Once per process, remove folders of graders of this user that were killed."""
    for parent in _run_parents():
        for folder in Path(parent).glob(f"{RUN_KIND}-*"):
            with suppress(OSError):
                mine = folder.lstat().st_uid == os.getuid() and not folder.is_symlink()
                if mine and is_orphan(folder, RUN_KIND):
                    shutil.rmtree(folder, ignore_errors=True)
