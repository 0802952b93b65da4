"""A sandboxed kernel for a few lines of our own code: what the self-test and the tests use."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from queue import Empty
from typing import Any
from uuid import uuid4

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from autograder.sandbox.bwrap import unavailable
from autograder.sandbox.limits import SandboxSpec
from autograder.sandbox.provisioner import SandboxProvisioner

GROUP = "jupyter_client.kernel_provisioners"


@dataclass
class Reply:
    """What one cell did: all stream text, the error's name and text, and how it ended.

    status : "ok", "error", "dead" (the kernel died) or "timeout"
    """

    status: str = "ok"
    text: str = ""
    error: str = ""
    results: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class RunningKernel:
    """A started kernel, its provisioner and its client."""

    manager: KernelManager
    provisioner: SandboxProvisioner
    client: BlockingKernelClient

    @property
    def pid(self) -> int:
        """The number, out here, of the process that runs the student's code."""
        process = self.provisioner.process
        assert process is not None, "the kernel has ended"
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        return int(children.read_text().split()[0])

    @property
    def pid_namespace(self) -> str:
        """The name of its pid namespace, such as "pid:[4026531836]"."""
        return os.readlink(f"/proc/{self.pid}/ns/pid")

    def run(self, code: str, seconds: float = 30.0) -> Reply:
        """Execute one cell and collect what it prints until it is idle, dead or out of time."""
        reply = Reply()
        request = self.client.execute(code, allow_stdin=False)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                message = self.client.get_iopub_msg(timeout=0.1)
            except Empty:
                if self.provisioner.death_cause() is not None:
                    reply.status = "dead"
                    return reply
                continue
            if message["parent_header"].get("msg_id") != request:
                continue
            if _take(message["msg_type"], message["content"], reply):
                return reply
        reply.status = "timeout"
        return reply


def _take(kind: str, content: dict[str, Any], reply: Reply) -> bool:
    """Add one message to the reply; True when it was the last."""
    if kind == "stream":
        reply.text += content["text"]
    elif kind in ("execute_result", "display_data"):
        reply.results.append(content["data"])
    elif kind == "error":
        reply.status = "error"
        reply.error = f"{content['ename']}: {content['evalue']}"
    return kind == "status" and content["execution_state"] == "idle"


@contextmanager
def running_kernel(
    spec: SandboxSpec | None = None, provisioner: str = "word2chat-sandbox", **start: Any
) -> Iterator[RunningKernel]:
    """Start a kernel, and whatever happens end it and everything in its sandbox.

    Raises SandboxUnavailable when no sandbox works here.
    """
    manager = KernelManager(kernel_name="python3")
    (entry,) = entry_points(group=GROUP, name=provisioner)
    kind = entry.load()
    if not issubclass(kind, SandboxProvisioner):  # the self-test's bombs would go off out here
        raise unavailable(f"{provisioner} starts kernels without one.")
    one = kind(kernel_id=str(uuid4()), kernel_spec=manager.kernel_spec, parent=manager)
    manager.provisioner = one
    if spec is not None:
        start["sandbox"] = spec
    client = None
    try:
        manager.start_kernel(**start)
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=60)
        yield RunningKernel(manager, one, client)
    finally:
        if client is not None:
            client.stop_channels()
        manager.shutdown_kernel(now=True)
        if client is not None:
            client.context.destroy(linger=0)
