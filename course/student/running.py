"""Run code cells one after the other in a fresh kernel of this Python, within limits."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from course.notebook_format import Cell
from course.student.submission import GraderLimits

ANSI = re.compile(r"\x1b\[[0-9;]*m")
GRACE_SECONDS = 5.0  # from interrupt to idle; after it the kernel is given up
START_SECONDS = 120

Progress = Callable[[int, int, str], None]  # done, total, what comes next


@dataclass(frozen=True)
class CellRun:
    """One executed cell. `error` is (type, message), and `line` the line that raised it."""

    cell: Cell
    seconds: float
    error: tuple[str, str] | None = None
    line: str = ""
    timed_out: bool = False
    not_run: bool = False
    output_bytes: int = 0
    mime_types: frozenset[str] = frozenset()


def run_cells(
    cells: list[Cell], folder: Path, limits: GraderLimits, progress: Progress | None = None
) -> list[CellRun]:
    """Run code cells one after the other in one fresh kernel of this Python.

    An error in one cell does not stop the next. A cell over its time is interrupted; a kernel that
    does not answer then, or that died, leaves the rest as not run.
    """
    tell = progress or (lambda done, total, name: None)
    runs: list[CellRun] = []
    with _quiet(), _kernel(cells, folder, limits) as kernel:
        for index, cell in enumerate(cells):
            tell(index, len(cells), cell.label)
            runs.append(kernel.run(index, cell))
    tell(len(cells), len(cells), "")
    return runs


@contextmanager
def _quiet() -> Iterator[None]:
    """What nbclient logs about a student's cell is in the report already."""
    loggers = [logging.getLogger(name) for name in ("traitlets", "nbclient", "asyncio")]
    levels = [logger.level for logger in loggers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for logger in loggers:
            logger.setLevel(logging.CRITICAL + 1)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)


@contextmanager
def _kernel(cells: list[Cell], folder: Path, limits: GraderLimits) -> Iterator[_Kernel]:
    import nbformat
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient

    class ThisPython(AsyncKernelManager):
        """A kernel of the Python that runs this command, whatever is registered."""

        @property
        def kernel_spec(self) -> KernelSpec:
            launch = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
            return KernelSpec(argv=launch, display_name="word2chat check", language="python")

    if sys.platform == "win32":  # zmq needs a selector loop there
        asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())
    document = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c.source) for c in cells])
    client = NotebookClient(
        document,
        km=ThisPython(),
        resources={"metadata": {"path": str(folder)}},
        timeout=None,
        startup_timeout=START_SECONDS,
        allow_errors=True,
        skip_cells_with_tag="",
        store_widget_state=False,
        shutdown_kernel="immediate",
        raise_on_iopub_timeout=False,
    )
    # what a kernel says beside its messages is for the terminal of Jupyter, not for a student
    silence = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with client.setup_kernel(env=_environment(), cleanup_kc=True, **silence):
        yield _Kernel(client, limits)


def _environment() -> dict[str, str]:
    """The grader's: the CPU, one thread, and the default seed."""
    kept = {key: value for key, value in os.environ.items() if key != "WORD2CHAT_SEED"}
    return {**kept, "WORD2CHAT_DEVICE": "cpu", "OMP_NUM_THREADS": "1"}


class _Kernel:
    """A running kernel with the clock of one submission."""

    def __init__(self, client: Any, limits: GraderLimits) -> None:
        self._client = client
        self._limits = limits
        self._deadline = time.monotonic() + limits.submission_seconds
        self._gone = False

    def run(self, index: int, cell: Cell) -> CellRun:
        from nbclient.exceptions import CellTimeoutError, DeadKernelError

        left = self._deadline - time.monotonic()
        if self._gone or left <= 0:
            return CellRun(cell, 0.0, not_run=True, timed_out=left <= 0)
        self._client.timeout = max(1, round(min(self._limits.cell_seconds, left)))
        started = time.monotonic()
        try:
            executed = self._client.execute_cell(self._client.nb.cells[index], index)
        except CellTimeoutError:
            seconds = time.monotonic() - started
            self._recover()
            return CellRun(cell, seconds, timed_out=True)
        except DeadKernelError:
            self._gone = True
            died = ("DeadKernelError", "the kernel died (out of memory, or a crash in a library)")
            return CellRun(cell, time.monotonic() - started, died)
        return _read_run(cell, time.monotonic() - started, executed.outputs)

    def _recover(self) -> None:
        """Interrupt the cell, and see that the kernel answers again."""
        from nbclient.util import run_sync

        self._client.timeout = int(GRACE_SECONDS)
        try:
            run_sync(self._client.km.interrupt_kernel)()
            run_sync(self._answer)()
        except Exception:  # it does not: everything after this cell stays not run
            self._gone = True

    async def _answer(self) -> None:
        message_id = self._client.kc.execute("", silent=True, stop_on_error=False)
        end = time.monotonic() + GRACE_SECONDS
        while time.monotonic() < end:
            left = end - time.monotonic()
            reply = await self._client.kc.shell_channel.get_msg(timeout=max(0.01, left))
            if reply["parent_header"].get("msg_id") == message_id:
                return
        raise TimeoutError


def _read_run(cell: Cell, seconds: float, outputs: list) -> CellRun:
    size = len(json.dumps(outputs))
    errors = [output for output in outputs if output["output_type"] == "error"]
    if not errors:
        mime_types = frozenset(mime for output in outputs for mime in output.get("data", {}))
        return CellRun(cell, seconds, output_bytes=size, mime_types=mime_types)
    kind = printable(str(errors[0].get("ename", "Error")))
    message = printable(str(errors[0].get("evalue", "")))
    line = _raising_line(errors[0].get("traceback", []))
    return CellRun(cell, seconds, (kind, message), line, output_bytes=size)


def printable(text: str) -> str:
    """Without what a terminal would obey: a message may hold any character."""
    return "".join(sign if sign.isprintable() or sign in "\n\t" else "\ufffd" for sign in text)


def _raising_line(traceback: list[str]) -> str:
    """The cell's own line that failed, from the arrow in the first frame of the traceback."""
    text = ANSI.sub("", "\n".join(traceback))
    found = re.search(r"^-+>\s*\d+\s?(.*)$", text, re.MULTILINE)
    return printable(found.group(1).strip()) if found else ""
