"""Stage 3, execute: run a prepared notebook in a sandboxed kernel and bring back bounded outputs.

Stateless: it has no gradebook, no reference and no secrets, and needs only its argument, so it runs
in this process, in another one or on another machine. Nothing that the kernel sends is trusted:
messages are capped while they are read, checked for shape, and kept as plain data for the judge.
"""

from __future__ import annotations

import contextlib
import json
import math
import mmap
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from hmac import compare_digest
from typing import Any

import zmq
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

from autograder.model import CellEnd, CellRun, Execution, ExecutionJob, JobCell
from autograder.sandbox.limits import Limits, SandboxSpec
from course.probes import MIME, SEED_VARIABLE

START_SECONDS = 60.0
PATIENCE = 3  # wall time allowed to a cell, as a multiple of its limit in processor time
ALMOST = 0.95  # a loop on an idle machine gets nearly all of a processor
PAGE_BYTES = mmap.PAGESIZE
SWELLING = 512 << 20  # bytes by which reading one kernel may make this process grow
GRACE_SECONDS = 5.0  # from interrupt to idle; after it the kernel is killed
HALF_CHARACTERS = re.compile("[\ud800-\udfff]")  # legal in JSON, not in UTF-8
NESTING = 40  # deeper content is no evidence, and would break what copies it
_AT_ONCE = contextlib.nullcontext()
KINDS_WITH_CONTENT = {"status", "stream", "display_data", "execute_result", "error"}
KEPT_TYPES = ("text/plain", "text/html", "image/png", "image/svg+xml", "text/markdown", MIME)


# without the working folder, where a submission may have brought a torch.py of its own
IMPORT = """import sys
sys.path, path = [entry for entry in sys.path if entry], sys.path
for name in {modules!r}:
    __import__(name)
sys.path = path
del sys, path, name"""


def execute(job: ExecutionJob, turn: AbstractContextManager = _AT_ONCE) -> Execution:
    """Run every cell of the job in one fresh kernel. Never raises for what a student's code did.

    `turn` is entered when the kernel is ready and left when it is killed: of all who share it, only
    so many run students' code at a time, while others start or end a kernel.
    """
    started = time.monotonic()
    try:
        with _kernel(job) as kernel, turn:
            runs = tuple(_run_all(kernel, job))
            kernel.kill()
    except Exception as error:  # ours: the sandbox did not start, or this code is wrong
        fault = f"{type(error).__name__}: {error}"[:1000]
        return Execution(job.name, (), time.monotonic() - started, fault)
    return Execution(job.name, runs, time.monotonic() - started)


def _run_all(kernel: _Kernel, job: ExecutionJob) -> Iterator[CellRun]:
    deadline = time.monotonic() + job.limits.submission_seconds
    gone = False
    for cell in job.cells:
        left = deadline - time.monotonic()
        if gone or left <= 0:
            end = CellEnd.NOT_RUN if gone else CellEnd.TIME_LIMIT
            yield CellRun(cell.index, cell.grade_id, end)
            continue
        run = kernel.run(cell, cell.seconds or job.limits.cell_seconds, left)
        gone = kernel.gone
        yield run


# ------------------------------------------------------------------------------------ the kernel
@contextlib.contextmanager
def _kernel(job: ExecutionJob) -> Iterator[_Kernel]:
    """Start a kernel under the job's provisioner; kill it and all it started at the end."""
    manager = KernelManager()
    manager._kernel_spec = KernelSpec(  # no registered kernelspec: nothing of the host's choosing
        argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        display_name="word2chat grading",
        language="python",
        metadata={"kernel_provisioner": {"provisioner_name": job.provisioner}},
    )
    spec = SandboxSpec(
        limits=job.limits,
        files=job.files,
        env=((SEED_VARIABLE, job.seed),),
        warm_modules=job.warm_modules,
        gpu=job.gpu,
    )
    manager.start_kernel(sandbox=spec)
    kernel = None
    try:
        kernel = _Kernel(manager, job.limits)
        kernel.wait_until_ready()
        kernel.import_modules(job.warm_modules)
        yield kernel
    finally:
        if kernel is not None:
            kernel.close()
        manager.shutdown_kernel(now=True)


class _Kernel:
    """A running kernel, read through two sockets whose messages are capped by zmq itself."""

    def __init__(self, manager: KernelManager, limits: Limits) -> None:
        self.manager = manager
        self.gone = False
        self._message_bytes = limits.message_bytes
        self._budget = limits.output_bytes
        self._ceiling = _resident_bytes() + SWELLING
        self._next_look = self._next_measure = 0.0
        self._session = manager.session
        self._poller = zmq.Poller()
        self._shell = self._connect(manager.connect_shell)
        self._poller.register(self._shell, zmq.POLLIN)
        self._open_iopub()

    def _open_iopub(self) -> None:
        self._lost = False  # it becomes True when the connection closes: a death, a huge message
        self._iopub = self._connect(self.manager.connect_iopub)
        self._monitor = self._iopub.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        self._poller.register(self._iopub, zmq.POLLIN)
        self._poller.register(self._monitor, zmq.POLLIN)

    def _close_iopub(self) -> None:
        self._poller.unregister(self._iopub)
        self._poller.unregister(self._monitor)
        self._iopub.disable_monitor()
        self._iopub.close(0)

    def _connect(self, connect: Any) -> zmq.Socket:
        socket = connect()
        address = socket.getsockopt(zmq.LAST_ENDPOINT)
        # options count from the next connection on, so the first one is dropped
        socket.disconnect(address)
        socket.setsockopt(zmq.MAXMSGSIZE, self._message_bytes)
        socket.setsockopt(zmq.RCVHWM, 200)
        socket.setsockopt(zmq.LINGER, 0)
        socket.setsockopt(zmq.RECONNECT_IVL, -1)  # who hung up may be somebody else by now
        socket.setsockopt(zmq.SNDTIMEO, 1000)  # and then nobody takes what is sent
        socket.connect(address)
        return socket

    def close(self) -> None:
        self._close_iopub()
        self._shell.close(0)

    def wait_until_ready(self, seconds: float = START_SECONDS) -> None:
        """Ask for kernel_info until the answer is seen on both sockets.

        Raises:
            RuntimeError: the kernel died or did not answer in time.
        """
        deadline = time.monotonic() + seconds
        answered = heard = False
        while not (answered and heard):
            if time.monotonic() > deadline:
                raise RuntimeError(f"the kernel did not answer within {seconds:.0f} s")
            if not self.manager.is_alive():
                raise RuntimeError("the kernel died while it started")
            if self._budget < 0:
                raise RuntimeError("it sends more than the output limit")
            try:
                message = self._session.send(self._shell, "kernel_info_request", {})
            except zmq.Again:
                raise RuntimeError("the kernel hung up") from None
            until = time.monotonic() + 0.3
            while time.monotonic() < until and not (answered and heard):
                for channel, reply in self._read(0.05):
                    mine = reply["parent_header"].get("msg_id") == message["msg_id"]
                    answered |= channel == "shell" and mine
                    heard |= channel == "iopub"

    def import_modules(self, modules: tuple[str, ...]) -> None:
        """Import what the week declares, so that no student pays for it (a warm kernel has it).

        Raises:
            RuntimeError: the imports failed or took too long.
        """
        if not modules:
            return
        ended = self.run(JobCell(-1, IMPORT.format(modules=modules)), START_SECONDS).end
        if ended is not CellEnd.OK:
            raise RuntimeError(f"importing {', '.join(modules)} ended in: {ended}")

    def run(self, cell: JobCell, seconds: float, left: float = math.inf) -> CellRun:
        """Run one cell and read what it sends until it is idle, or until a limit is reached.

        Args:
            cell: what to run.
            seconds: its limit, in processor time where that can be seen.
            left: the wall clock that is left of the submission's time.
        """
        started = time.monotonic()
        reading = _Reading()
        if cell.source.strip():
            clock = _Clock(self._cpu_seconds, seconds, left)
            try:
                self._send(cell.source, reading)
                self._read_until_idle(reading, clock)
            except zmq.Again:  # the kernel hung up
                reading.end = CellEnd.DEAD_KERNEL
                self.kill()
        return CellRun(
            cell.index,
            cell.grade_id,
            reading.end or (CellEnd.ERROR if reading.failed else CellEnd.OK),
            tuple(reading.outputs),
            time.monotonic() - started,
        )

    def _send(self, source: str, reading: _Reading) -> None:
        content = {
            "code": source, "silent": False, "store_history": True, "user_expressions": {},
            "allow_stdin": False, "stop_on_error": False,
        }  # fmt: skip
        message = self._session.send(self._shell, "execute_request", content)
        reading.msg_id = message["msg_id"]

    def _cpu_seconds(self) -> float | None:
        return getattr(self.manager.provisioner, "cpu_seconds", lambda: None)()

    def _read_until_idle(self, reading: _Reading, clock: _Clock) -> None:
        """Read until the cell is done. In trouble: interrupt once, allow some grace, then kill."""
        interrupted = False
        while not reading.finished:
            self._take_messages(reading)
            if self._budget < 0:
                reading.end = CellEnd.OUTPUT_LIMIT
                return self.kill()
            trouble = self._trouble(reading, clock)
            if trouble is None:
                continue
            reading.end = reading.end or trouble
            if interrupted or self.gone:
                return self.kill()
            if not reading.finished:
                interrupted, clock = True, _Clock(lambda: None, GRACE_SECONDS)
                self.manager.interrupt_kernel()
        return self._listen_again() if self._lost else None

    def _listen_again(self) -> None:
        """Open iopub anew: zmq gives a connection up for good after a message over the cap."""
        self._close_iopub()
        self._open_iopub()
        try:
            self.wait_until_ready(GRACE_SECONDS)
        except RuntimeError:
            self.kill()

    def _take_messages(self, reading: _Reading) -> None:
        for channel, message in self._read(0.1):
            reading.take(channel, message)

    def _trouble(self, reading: _Reading, clock: _Clock) -> CellEnd | None:
        """What keeps an unfinished cell from ending well, if anything does."""
        now = time.monotonic()
        if reading.finished:
            return None
        if (self._lost or now > self._next_look) and not self._is_alive(patient=self._lost):
            self.gone = True
            return self._why_dead()
        dropped = reading.replied and now > reading.replied + 2.0
        if (self._lost or dropped) and not reading.idle:
            # a message over the cap closed the connection, and what followed it was lost
            reading.idle = True
            return CellEnd.OUTPUT_LIMIT
        return CellEnd.TIME_LIMIT if clock.is_up() else None

    def _is_alive(self, patient: bool) -> bool:
        """Look at the process, not too often; a closed connection may be ahead of its death."""
        looks = 5 if patient else 1
        for _ in range(looks):
            if not self.manager.is_alive():
                return False
            if patient:
                time.sleep(0.1)
        self._next_look = time.monotonic() + 0.5
        return True

    def _why_dead(self) -> CellEnd:
        """The limit that the kernel died of, or that it died.

        Raises:
            RuntimeError: the whole sandbox was ended, which is not the student's doing.
        """
        provisioner = self.manager.provisioner
        if getattr(provisioner, "was_ended_from_outside", lambda: False)():
            raise RuntimeError("the sandbox was ended from outside")
        cause = getattr(provisioner, "death_cause", lambda: None)()
        if cause and "memory" in cause:
            return CellEnd.MEMORY_LIMIT
        return CellEnd.TIME_LIMIT if cause and "cpu" in cause else CellEnd.DEAD_KERNEL

    def kill(self) -> None:
        """End the kernel and all it started."""
        self.gone = True
        self.manager.signal_kernel(9) if self.manager.is_alive() else None

    def _read(self, seconds: float) -> Iterator[tuple[str, dict]]:
        """Messages that have arrived, checked for signature and shape; all bytes are counted.

        A message may come in parts, and zmq holds all of them until the last: one without an end is
        seen only in the size of this process.
        """
        now = time.monotonic()
        if now > self._next_measure:
            self._next_measure = now + 0.05
            if _resident_bytes() > self._ceiling:
                self._budget = -1
        ready = dict(self._poller.poll(int(seconds * 1000)))
        if self._monitor in ready:
            self._monitor.recv_multipart()
            self._lost = True
        for channel, socket in (("iopub", self._iopub), ("shell", self._shell)):
            if socket in ready:
                parts = socket.recv_multipart()
                self._budget -= sum(len(part) for part in parts)
                message = self._understood(parts)
                if message is not None:
                    yield channel, message

    def _understood(self, parts: list[bytes]) -> dict | None:
        """The message, or None unless it is signed with the kernel's key and has the right shape.

        Not through `Session.deserialize`, which reads dates in every header and is half the cost.
        """
        try:
            signature, *signed = self._session.feed_identities(parts)[1][:5]
            if not compare_digest(signature, self._session.sign(signed)):
                return None
            header, parent, _, content = signed
            kind, parent_header = json.loads(header)["msg_type"], json.loads(parent)
            read = json.loads(content) if kind in KINDS_WITH_CONTENT else {}
        except Exception:  # malformed, or no JSON: as if it had not been sent
            return None
        if not isinstance(parent_header, dict) or not isinstance(read, dict):
            return None
        message = {"msg_type": kind, "parent_header": parent_header, "content": read}
        return message if _is_plain(read, NESTING) else None


def _resident_bytes() -> int:
    """The memory of this process; 0 where the system does not say."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * PAGE_BYTES
    except OSError:
        return 0


class _Clock:
    """When a cell's time is up. On a busy machine wall time runs ahead of what a cell could use,
    and that is nobody's fault: the limit is on processor time, and on PATIENCE times it in wall
    time for cells that only wait."""

    def __init__(
        self, cpu: Callable[[], float | None], seconds: float, wall_seconds: float = math.inf
    ) -> None:
        self._cpu, self._cpu_at_start = cpu, cpu()
        self._started = time.monotonic()
        self._seconds = min(seconds, wall_seconds)
        self._wall_seconds = min(PATIENCE * seconds, wall_seconds)

    def is_up(self) -> bool:
        passed = time.monotonic() - self._started
        if passed <= self._seconds:
            return False
        now = self._cpu()
        if passed > self._wall_seconds or now is None or self._cpu_at_start is None:
            return True
        return now - self._cpu_at_start > ALMOST * self._seconds


# ------------------------------------------------------------------------------------ reading
class _Reading:
    """What has been read of one cell: its outputs as plain, typed data."""

    def __init__(self) -> None:
        self.msg_id: str | None = None
        self.outputs: list[dict] = []
        self.end: CellEnd | None = None
        self.failed = False
        self.replied = 0.0  # when the shell reply came
        self.idle = False

    @property
    def finished(self) -> bool:
        return self.msg_id is None or bool(self.replied and self.idle)

    def take(self, channel: str, message: dict) -> None:
        """Keep an output of this cell; ignore whatever belongs to another or has a wrong shape."""
        if message["parent_header"].get("msg_id") != self.msg_id:
            return
        kind, content = message.get("msg_type"), message["content"]
        if channel == "shell" and kind == "execute_reply":
            self.replied = time.monotonic()
        elif kind == "status" and content.get("execution_state") == "idle":
            self.idle = True
        elif kind == "stream":
            self._stream(content)
        elif kind in ("display_data", "execute_result"):
            self._display(content)
        elif kind == "error":
            self._error(content)

    def _stream(self, content: dict) -> None:
        name, text = content.get("name"), content.get("text")
        if name not in ("stdout", "stderr") or not isinstance(text, str):
            return
        last = self.outputs[-1] if self.outputs else {}
        if last.get("name") == name:
            last["text"] += text
        else:
            self.outputs.append({"output_type": "stream", "name": name, "text": text})

    def _display(self, content: dict) -> None:
        data = content.get("data")
        if not isinstance(data, dict):
            return
        kept = {key: data[key] for key in KEPT_TYPES if key in data}
        if all(isinstance(value, str) for key, value in kept.items() if key != MIME):
            # never an execute_result: that is where nbgrader reads a score
            self.outputs.append({"output_type": "display_data", "data": kept, "metadata": {}})

    def _error(self, content: dict) -> None:
        self.failed = True
        self.outputs.append(
            {
                "output_type": "error",
                "ename": str(content.get("ename"))[:200],
                "evalue": str(content.get("evalue"))[:2000],
                "traceback": [str(line)[:5000] for line in _list(content.get("traceback"))[:50]],
            }
        )


def _is_plain(value: Any, depth: int) -> bool:
    """Whether JSON can be copied, stored and shown: not nested deeply, no half characters."""
    if isinstance(value, str):
        return value.isascii() or not HALF_CHARACTERS.search(value)
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        within = [item for item in value if isinstance(item, (str, list, dict))]
        return depth > 0 and all(_is_plain(item, depth - 1) for item in within)
    return True


def _list(value: Any) -> list:
    return value if isinstance(value, list) else []
