"""Where submissions are executed: one futures loop, two ways to get an executor."""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import os
import sys
import threading
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection, forkserver
from multiprocessing.synchronize import Barrier
from pathlib import Path
from threading import BrokenBarrierError
from typing import Any

from autograder.errors import GraderFault, UserError
from autograder.model import Execution, ExecutionJob
from autograder.sandbox.limits import SandboxSpec, SandboxUnavailable
from autograder.sandbox.warm import (
    SharedWarmParent,
    share_warm_parent,
    use_shared_warm_parent,
    warm_parent_for,
)
from autograder.stages.execute import execute

WINDOW = 3  # submissions on their way per process: they keep it busy and do not fill the memory
OVERLAP = 2  # processes per worker: one runs a submission, the other starts or ends a kernel

MEETING_SECONDS = 120.0  # for all processes of a pool to come up
STUCK_SECONDS = 600.0  # beyond a submission's own time: starting, even a warm parent's first time

Jobs = tuple[ExecutionJob, ...]
Turn = contextlib.AbstractContextManager

# set in the processes of a pool
_turn: Turn = contextlib.nullcontext()  # held while a student's code runs
_all_here: Barrier | None = None


def execute_all(jobs: Jobs) -> tuple[Execution, ...]:
    """Run the notebooks of one submission, one after another. This is what workers are sent.

    `execute` has limits for everything. Should it hang all the same, a worker ends itself, and the
    submission comes back as a fault instead of holding up the class.
    """
    seconds = STUCK_SECONDS + sum(job.limits.submission_seconds for job in jobs)
    watchdog = threading.Timer(seconds, os._exit, [1])
    watchdog.daemon = True
    if multiprocessing.parent_process() is not None:
        watchdog.start()
    try:
        return tuple(execute(job, _turn) for job in jobs)
    finally:
        watchdog.cancel()


def default_workers(memory_mb: int) -> int:
    """As many workers as cores, but never more than memory for their caps."""
    return max(1, min(len(os.sched_getaffinity(0)), _available_mb() // memory_mb))


def _available_mb() -> int:
    meminfo = Path("/proc/meminfo")
    if not meminfo.is_file():
        return 8192
    lines = dict(line.split(":", 1) for line in meminfo.read_text().splitlines())
    return int(lines["MemAvailable"].split()[0]) // 1024


def preheat(warm: SandboxSpec | None) -> None:
    """Start what a local pool will need and do not wait for it: it takes a second or two."""
    if warm is not None:
        with contextlib.suppress(SandboxUnavailable, OSError):  # who needs it says so
            share_warm_parent(warm)
    if _context().get_start_method() == "forkserver":
        forkserver.ensure_running()


@contextlib.contextmanager
def open_executor(
    workers: int,
    scheduler: str | None = None,
    warm: SandboxSpec | None = None,
    most: int = sys.maxsize,
) -> Iterator[tuple[Executor, int]]:
    """An executor and its number of processes: a local pool, or a Dask cluster by its address.

    Args:
        workers: how many submissions may run at a time; a cluster knows that itself.
        scheduler: the address of a Dask scheduler.
        warm: what the processes of a local pool share a warm parent for.
        most: the number of submissions there will be at most.

    Raises:
        UserError: the cluster does not answer, or has no workers.
        GraderFault: the pool's processes or the warm parent cannot be started.
    """
    if scheduler is None:
        processes = max(1, min(workers * OVERLAP, most))
        with _pool(workers, processes, warm) as pool:
            yield pool, processes
        return
    from distributed import Client

    try:
        client = Client(scheduler, timeout=10)
    except OSError as error:
        raise UserError(
            f"No Dask scheduler answers at {scheduler}.", "Start one, or leave --scheduler out."
        ) from error
    with client:
        cores = sum(client.ncores().values())
        if not cores:
            raise UserError(f"The cluster at {scheduler} has no workers.", "Start some first.")
        _same_environment(client)
        yield client.get_executor(pure=False), cores


@contextlib.contextmanager
def _pool(workers: int, processes: int, warm: SandboxSpec | None) -> Iterator[Executor]:
    """A pool whose processes are all up, and the warm parent too, before it is given work.

    A pool that starts a process while another one dies may mix up their descriptors and hang.
    """
    context = _context()
    with contextlib.ExitStack() as stack:
        try:
            shared = share_warm_parent(warm) if warm is not None else None
            arguments = (context.Semaphore(workers), shared, context.Barrier(processes))
            pool = stack.enter_context(
                ProcessPoolExecutor(processes, context, start_worker, arguments)
            )
            _all_up(pool, processes, warm)
        except (SandboxUnavailable, BrokenProcessPool, BrokenBarrierError) as error:
            raise GraderFault(f"No submission could be run: {error}") from error
        yield pool


def _all_up(pool: Executor, processes: int, warm: SandboxSpec | None) -> None:
    meeting = [pool.submit(_meet) for _ in range(processes)]
    if warm is not None:
        warm_parent_for(warm)
    for one in meeting:
        one.result()


def _context() -> Any:
    """Processes forked from one that has imported what they need, where the system can do that."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["autograder.cli.app", __name__])
    return context


def start_worker(turn: Turn, shared: SharedWarmParent | None, all_here: Barrier) -> None:
    """In a new process of the pool: take what the run hands out, and end with it."""
    global _turn, _all_here
    _turn, _all_here = turn, all_here
    if shared is not None:
        use_shared_warm_parent(shared)
    end_with_parent()


def _meet() -> None:
    """Wait for the other processes of the pool, so that each of them takes one such task."""
    if _all_here is not None:
        _all_here.wait(MEETING_SECONDS)


def end_with_parent() -> None:
    """In a worker: end when the run is killed, and with the worker every sandbox it started.

    A pool's worker waits for work at a pipe that it holds open itself, so it would wait for ever.
    """
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            connection.wait([parent.sentinel])
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _same_environment(client: Any) -> None:
    """Raise UserError when a worker's versions differ from the judge's: its numbers could too."""
    from autograder.reference.build import fingerprint

    here = fingerprint()
    for name, found in client.run(fingerprint, on_error="return").items():
        if found != here and not isinstance(found, OSError):  # that one has died meanwhile
            raise UserError(
                f"Worker {name} runs {found}, this machine {here}.",
                "Install the same requirements.txt on every machine.",
            )


def run_jobs(
    submissions: Iterable[tuple[Any, Jobs]],
    workers: int,
    scheduler: str | None = None,
    warm: SandboxSpec | None = None,
    most: int = sys.maxsize,
) -> Generator[tuple[Any, tuple[Execution, ...] | BaseException], None, None]:
    """Execute submissions and yield each with its executions, in order of finishing.

    A worker that dies takes no submission with it. With Dask, the scheduler sends its work to
    another worker. In a local pool every submission in flight is a suspect: each is tried once
    more, alone, so that one bad submission cannot fail its neighbours; what kills its worker again
    is yielded with the exception. For the other arguments see `open_executor`.
    """
    waiting = iter(submissions)
    broken = True
    while broken:
        with open_executor(workers, scheduler, warm, most) as (executor, cores):
            flying: dict[Future, tuple[Any, Jobs]] = {}
            suspects = _fill(executor, flying, waiting, cores * WINDOW)
            while flying:
                done, _ = wait(flying, return_when=FIRST_COMPLETED)
                for future in done:
                    item, jobs = flying.pop(future)
                    error = future.exception()
                    if isinstance(error, BrokenProcessPool):
                        suspects.append((item, jobs))
                    else:
                        yield item, error or future.result()
                if not suspects:
                    suspects = _fill(executor, flying, waiting, cores * WINDOW)
        for item, jobs in suspects:
            yield item, _alone(jobs)
        broken = bool(suspects)


def _fill(
    executor: Executor,
    flying: dict[Future, tuple[Any, Jobs]],
    waiting: Iterator[tuple[Any, Jobs]],
    room: int,
) -> list[tuple[Any, Jobs]]:
    """Hand in work up to the room there is; what a pool that just broke did not take comes back."""
    for item, jobs in itertools.islice(waiting, max(0, room - len(flying))):
        try:
            flying[executor.submit(execute_all, jobs)] = (item, jobs)
        except BrokenProcessPool:
            return [(item, jobs)]
    return []


def _alone(jobs: Jobs) -> tuple[Execution, ...] | BaseException:
    with open_executor(1, most=1) as (executor, _):
        try:
            return executor.submit(execute_all, jobs).result()
        except BrokenProcessPool as error:
            return error
