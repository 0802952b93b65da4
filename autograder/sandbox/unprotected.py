"""A kernel without a sandbox, for `--no-sandbox` alone: the student's code runs as you.

What is unprotected: the files of this account, the network, other submissions, the gradebook.
What still holds: the verdict is reached outside the kernel; time and output are limited.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from autograder.notebook_files import write_files
from autograder.sandbox.inside.watch import TICKS, peak_mb, ticks
from autograder.sandbox.kernel_watch import Death, WatchedKernel
from autograder.sandbox.limits import SandboxSpec
from autograder.sandbox.run_queue import RunQueue

LISTEN_SECONDS = 60.0

WARNING = (
    "NO SANDBOX: students' code runs as this user. It can read the gradebook, the solutions and "
    "other submissions, and use the network. Every score of this run is stamped 'unsandboxed'."
)


class UnprotectedProvisioner(LocalProvisioner):
    """The local provisioner, with the job's files in a temporary folder and its environment."""

    folder: Path | None = None
    _run_queue: RunQueue | None = None
    _exit_code: int | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        spec: SandboxSpec = kwargs.pop("sandbox", None) or SandboxSpec()
        self.folder = Path(tempfile.mkdtemp(prefix="unprotected-"))
        write_files(self.folder, dict(spec.files))
        kwargs["cwd"] = str(self.folder)
        kwargs["stdout"] = kwargs["stderr"] = subprocess.DEVNULL
        kwargs["env"] = {
            **kwargs.get("env", os.environ),
            **dict(spec.env),
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        }
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel and wait until it listens: `execute` connects once, and not again."""
        connection = await super().launch_kernel(cmd, **kwargs)
        deadline = time.monotonic() + LISTEN_SECONDS
        while not _listens(connection):
            if await self.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the kernel did not start to listen")
            await asyncio.sleep(0.05)
        return connection

    def cpu_seconds(self) -> float | None:
        """Processor time of the kernel so far; None where the system does not say."""
        with suppress(OSError, IndexError, ValueError):
            return ticks(self.process.pid) / TICKS if self.process else None
        return None

    def delay_seconds(self) -> float | None:
        """How long the kernel waited for a processor so far; None where that cannot be seen."""
        if self.process is None:
            return None
        self._run_queue = self._run_queue or RunQueue(self.process.pid)
        return self._run_queue.seconds()

    def peak_mb(self) -> int | None:
        """The most memory of the kernel's own process; None where the system does not say."""
        with suppress(OSError, IndexError, ValueError):
            return peak_mb(self.process.pid) if self.process else None
        return None

    def death_cause(self) -> Death | None:
        """How the kernel ended; None while it lives. Here nobody can say who ended it."""
        code = self.process.poll() if self.process else self._exit_code
        if code is None:
            return None
        return Death.EXITED if code >= 0 else Death.KILLED

    async def wait(self) -> int | None:
        self._exit_code = await super().wait()
        return self._exit_code

    async def cleanup(self, restart: bool = False) -> None:
        await super().cleanup(restart=restart)
        if self.folder and not restart:
            shutil.rmtree(self.folder, ignore_errors=True)


_: type[WatchedKernel] = UnprotectedProvisioner


def _listens(connection: KernelConnectionInfo) -> bool:
    try:
        for channel in ("shell_port", "iopub_port"):
            address = (connection["ip"], int(connection[channel]))
            socket.create_connection(address, timeout=1).close()
    except OSError:
        return False
    return True
