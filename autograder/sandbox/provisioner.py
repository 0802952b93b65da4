"""A kernel in a sandbox, for everything that starts kernels through jupyter_client.

    km = AsyncKernelManager(kernel_name="python3")
    with JUPYTER_DEFAULT_PROVISIONER_NAME=word2chat-sandbox in the environment:
    await km.start_kernel(sandbox=SandboxSpec(...))

nbgrader, nbclient and nbval know nothing of this: without `sandbox` the default limits hold, and
the files beside the notebook (`cwd`) are copied in.
"""

from __future__ import annotations

import asyncio
import math
import shutil
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import LocalProvisioner

from autograder.sandbox import bwrap
from autograder.sandbox.cgroup import ControlGroup, MemoryUse
from autograder.sandbox.inside.channels import CHANNELS
from autograder.sandbox.kernel_watch import Death, WatchedKernel
from autograder.sandbox.launch_plan import (
    MB,
    LaunchPlan,
    Uid,
    build_launch_plan,
    draw_uid,
    files_beside_notebook,
)
from autograder.sandbox.limits import Limits, SandboxSpec
from autograder.sandbox.process import (
    SandboxProcess,
    complaint_of,
    end_bwrap,
    start_bwrap,
    start_in,
)
from autograder.sandbox.socket_folders import listen, make_socket_folder

ENDING_SECONDS = 60.0  # for what was killed to be gone, on the busiest machine


class SandboxProvisioner(LocalProvisioner):
    """Cold start: a bubblewrap, a Python and an IPython for each kernel."""

    # declared as a Popen in jupyter_client, which uses only the methods that SandboxProcess has too
    process: SandboxProcess | None  # type: ignore[assignment]
    parent: Any
    connection_info: Any
    spec: SandboxSpec
    socket_folder: Path | None = None
    group: ControlGroup | None = None
    uid: Uid | None = None
    _memory = MemoryUse()
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
        if self.socket_folder is None:
            self.socket_folder = make_socket_folder()
        manager.transport = "ipc"
        manager.ip = str(self.socket_folder / "z")
        manager.connection_file = str(self.socket_folder / "kernel.json")
        manager.write_connection_file()
        self.connection_info = manager.get_connection_info()
        return {"cmd": ["word2chat-sandbox"]}

    def _refuse_other_kernels(self) -> None:
        argv = list(getattr(self.kernel_spec, "argv", None) or [])
        if "ipykernel_launcher" not in argv and "ipykernel" not in argv:
            raise bwrap.unavailable(f"only IPython's kernel can be sandboxed, not {argv[:3]}.")

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start the sandbox and hand its launcher the launch plan.

        Raises SandboxUnavailable when anything at all goes wrong on the way.
        """
        self._dead, self._memory = None, MemoryUse()
        sockets = listen(self.connection_info)
        control = None
        try:
            self.group = ControlGroup(self.spec.limits)
            self.uid = draw_uid()
            plan = self._launch_plan(self.uid.number, self.group)
            control = self.open_sandbox()
            self.process = start_in(control, plan, sockets, self.group, self.complaint)
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

    def _launch_plan(self, uid: int, group: ControlGroup) -> LaunchPlan:
        connection = {name: self.connection_info[name] for name in ("ip", *CHANNELS)}
        connection["signature_scheme"] = self.connection_info["signature_scheme"]
        key = self.connection_info["key"]
        connection["key"] = key.decode() if isinstance(key, bytes) else key
        return build_launch_plan(self.spec, connection, uid, group.controllers)

    def open_sandbox(self) -> socket.socket:
        """Start a bubblewrap with the launcher in it; our end of the launcher's socket."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            program = bwrap.find_bwrap().path
            command = bwrap.base_jail(program, self.spec.gpu)
            command += bwrap.python_command("launcher", str(theirs.fileno()))
            self._bwrap = start_bwrap(command, theirs)
        return ours

    def complaint(self) -> str:
        """What bubblewrap or Python printed before the launcher could speak for itself."""
        return complaint_of(self._bwrap) if self._bwrap is not None else ""

    # -------------------------------------------------------------- life and death

    async def wait(self) -> int | None:
        """Wait for the end: for ever, or a minute where Linux does not let go what was killed."""
        process = self.process
        if process is None:
            return 0
        await self._watch(process, ENDING_SECONDS if process.killed_by_us else math.inf)
        self._dead, self.process = process, None
        self._tidy(keep_folder=True)
        return process.returncode

    @staticmethod
    async def _watch(process: SandboxProcess, seconds: float) -> None:
        """Sleep until the process is dead; jupyter_client itself looks only every 0.1 s."""
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
            await self._watch(self.process, seconds=2.0)

    async def terminate(self, restart: bool = False) -> None:
        await self.kill(restart)

    def cpu_seconds(self) -> float | None:
        """Processor time of the kernel so far; None when it is gone."""
        with suppress(OSError, IndexError, ValueError):
            return self.process.cpu_seconds() if self.process else None
        return None

    def delay_seconds(self) -> float | None:
        """How long the kernel waited for a processor so far; None when that cannot be seen."""
        with suppress(OSError, IndexError, ValueError):
            return self.process.delay_seconds() if self.process else None
        return None

    def death_cause(self) -> Death | None:
        """Who or what ended the kernel; None while it lives or when it never started.

        Nobody within may signal process 1, and what it says last tells every other end: gone
        without a word, and not by us, it was ended from outside.
        """
        process = self.process or self._dead
        if process is None or process.poll() is None:
            return None
        if process.last_words.get("cause"):
            return Death(process.last_words["cause"])
        by_the_system = process.returncode == -signal.SIGKILL and not process.killed_by_us
        if by_the_system and self._memory_use().ran_out:
            return Death.MEMORY_LIMIT  # its own, and not that of the machine or of a group above
        if not process.last_words and not process.killed_by_us:
            return Death.OUTSIDE
        return Death.EXITED if (process.returncode or 0) >= 0 else Death.KILLED

    def peak_mb(self) -> int | None:
        """The most memory that the sandbox has used so far; None where nobody counts it.

        Without a control group process 1 counts it, to within a quarter of a second, and tells with
        its last words; before these it is that of the kernel's own process.
        """
        process = self.process or self._dead
        told = process.last_words.get("peak_mb") if process is not None else None
        if isinstance(told, int):
            return told
        counted = self._memory_use().peak_mb
        return counted if counted is not None or process is None else process.peak_mb()

    def _memory_use(self) -> MemoryUse:
        if self.group is not None:
            self._memory = self.group.memory_use()
        return self._memory

    async def cleanup(self, restart: bool = False) -> None:
        if self.process is not None:
            self.process.kill()
            await self.wait()
        self._tidy(keep_folder=restart)

    def _tidy(self, keep_folder: bool = False) -> None:
        """Give back everything that a sandbox held outside; safe to call twice."""
        self._memory_use()  # the group takes its figures along
        if self._bwrap is not None:
            end_bwrap(self._bwrap, seconds=0.5)
            self._bwrap = None
        if self.group is not None:
            self.group.close()
            self.group = None
        if self.uid is not None:
            self.uid.release()
            self.uid = None
        if self.socket_folder is not None and not keep_folder:
            shutil.rmtree(self.socket_folder, ignore_errors=True)
            self.socket_folder = None


_: type[WatchedKernel] = SandboxProvisioner
