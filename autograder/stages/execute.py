"""Stage 3, execute: run a prepared notebook in a sandboxed kernel and bring back bounded outputs.

Stateless: it has no gradebook, no reference and no secrets, and needs only its argument, so it runs
in this process, in another one or on another machine. Nothing that the kernel sends is trusted:
messages are capped while they are read (`kernel_channels`), rebuilt field by field (`outputs`) and
limited in time (`clock`); `kernel_client` runs one cell, and here is the run of a whole notebook.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager

from autograder.model import CellEnd, CellRun, Doubt, Execution, ExecutionJob
from autograder.sandbox.limits import SandboxSpec
from autograder.stages.clock import SubmissionClock
from autograder.stages.hidden_scope import with_key
from autograder.stages.kernel_client import EndedFromOutside, KernelClient, listening

_AT_ONCE = contextlib.nullcontext()
# what torch says of it, and the name by which a probe shows it
FULL_GPU = ("CUDA error: out of memory", "CUDA out of memory", "OutOfMemoryError")


def execute(job: ExecutionJob, turn: AbstractContextManager = _AT_ONCE) -> Execution:
    """Run every cell of the job in one fresh kernel. Never raises for what a student's code did.

    `turn` is entered when the kernel is ready and left when it is killed: of all who share it, only
    so many run students' code at a time, while others start or end a kernel.
    """
    started = time.monotonic()
    try:
        with _kernel(job) as kernel, turn:
            runs = tuple(_run_all(kernel, job))
            peak = kernel.peak_mb
            kernel.kill()
    except Exception as error:  # ours: the sandbox did not start, or this code is wrong
        fault = f"{type(error).__name__}: {error}"[:1000]
        doubt = Doubt.KILLED if isinstance(error, EndedFromOutside) else None
        return Execution(job.name, (), time.monotonic() - started, fault, doubt)
    seconds = time.monotonic() - started
    return Execution(job.name, runs, seconds, doubt=kernel.doubt, peak_mb=peak)


def execute_alone(job: ExecutionJob) -> Execution:
    """Run a job beside nothing else of ours; once more when the first run leaves a doubt."""
    execution = execute(job)
    return settled(execute(job)) if execution.doubt else execution


def settled(second: Execution) -> Execution:
    """What a run says that was alone and has been repeated: nothing more is in doubt.

    A kernel that a signal ends twice ends itself. One that is starved twice says nothing.
    """
    fault = str(second.doubt) if second.doubt is Doubt.STARVED else None
    return replace(second, fault=second.fault or fault, doubt=None)


def _run_all(kernel: KernelClient, job: ExecutionJob) -> Iterator[CellRun]:
    clock = SubmissionClock(job.limits.submission_seconds, kernel.meters)
    for cell in job.cells:
        if kernel.gone or clock.left <= 0:
            end = CellEnd.NOT_RUN if kernel.gone else CellEnd.TIME_LIMIT
            yield CellRun(cell.index, cell.grade_id, end)
        else:
            source = with_key(cell.source, job.seed, cell.grade_id or "")
            seconds = cell.seconds or job.limits.cell_seconds
            ran = kernel.run(replace(cell, source=source), seconds, clock)
            if job.gpu is not None and lacked_gpu_memory(ran):
                kernel.doubt = Doubt.FULL_GPU
            yield ran
        if clock.starved:
            kernel.doubt = Doubt.STARVED


def lacked_gpu_memory(ran: CellRun) -> bool:
    """Whether a cell shows CUDA's error for a full GPU, which a neighbour may have filled."""
    shown = json.dumps(ran.outputs, default=str)
    return any(words in shown for words in FULL_GPU)


@contextlib.contextmanager
def _kernel(job: ExecutionJob) -> Iterator[KernelClient]:
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
        warm_modules=job.warm_modules,
        gpu=job.gpu,
    )
    manager.start_kernel(sandbox=spec)
    try:
        with listening(manager, job.limits) as kernel:
            kernel.prepare(job.warm_modules)
            yield kernel
    finally:
        manager.shutdown_kernel(now=True)
