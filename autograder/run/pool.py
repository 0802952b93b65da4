"""The local pool: processes that execute submissions, watched from the process that runs them.

A worker may die, hang or be stopped, and whatever watches over it must not hang with it. So each
worker writes down until when it must be done, in memory that the run reads; one that is late or
stopped is ended, and what it was working on is tried again by itself.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Collection, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from multiprocessing import connection, forkserver
from pathlib import Path
from threading import BrokenBarrierError
from typing import Any

from autograder.errors import GraderFault
from autograder.model import Execution, ExecutionJob
from autograder.run.early_start import start_early
from autograder.sandbox.limits import UNPROTECTED, SandboxSpec, SandboxUnavailable
from autograder.sandbox.selftest import leaks
from autograder.sandbox.warm import (
    SharedWarmParent,
    share_warm_parent,
    use_shared_warm_parent,
    warm_parent_for,
)
from autograder.stages.clock import PATIENCE
from autograder.stages.execute import execute
from autograder.watchdog import ended_after

# what the processes of a pool need, nbgrader not among it, and what multiprocessing imports in each
PRELOADED = ["autograder.run.scheduling", "autograder.cli.app"]
OVERLAP = 2  # processes per worker: one runs a submission, the other starts or ends a kernel
MEETING_SECONDS = 120.0  # for all processes of a pool to come up
STUCK_SECONDS = 600.0  # beyond a submission's own time: starting, even a warm parent's first time
STOPPED_SECONDS = 10.0  # a worker that somebody has stopped is waited for so long
DEAD_SECONDS = 10.0  # from the death of a worker until the pool has noticed
UP_SECONDS = 600.0  # for a pool's processes to meet, the server that they are forked from included
CLOSE_SECONDS = 10.0  # from the end of all work to the end of all processes

Jobs = tuple[ExecutionJob, ...]


@dataclass(frozen=True)
class Rules:
    """What a run hands to each process of its pool.

    turn : held while a student's code runs; all_here : where the processes meet when they are up;
    places : the number of the next process; deadlines : one a process, 0 while it has no work.
    """

    turn: contextlib.AbstractContextManager
    shared: SharedWarmParent | None
    all_here: Any
    places: Any
    deadlines: Any


_rules: Rules | None = None  # set in the processes of a pool
_place = 0


# ------------------------------------------------------------------------------------ in a worker
def execute_all(jobs: Jobs) -> tuple[Execution, ...]:
    """Run the notebooks of one submission, one after another. This is what workers are sent."""
    if _rules is None:  # no process of a local pool, whose run has passed the gate
        refuse_where_it_leaks(jobs[0].provisioner)
        return tuple(execute(job) for job in jobs)
    _rules.deadlines[_place] = time.monotonic() + longest(jobs)
    try:
        return tuple(execute(job, _rules.turn) for job in jobs)
    finally:
        _rules.deadlines[_place] = 0.0


def refuse_where_it_leaks(provisioner: str) -> None:
    """On a worker of a cluster, before a submission: it may have joined after the run began.

    Raises:
        RuntimeError: the sandbox does not hold; the submission then needs a review.
    """
    if provisioner != UNPROTECTED and (why := leaks(provisioner)):
        raise RuntimeError(f"the sandbox does not hold on this worker: {why}")


def longest(jobs: Jobs) -> float:
    """The wall time that a submission can take when every limit does its work."""
    return STUCK_SECONDS + sum(PATIENCE * job.limits.submission_seconds for job in jobs)


def start_worker(rules: Rules) -> None:
    """In a new process of the pool: take what the run hands out, and end with it."""
    global _rules, _place
    _rules = rules
    with rules.places.get_lock():
        _place = rules.places.value
        rules.places.value += 1
    if rules.shared is not None:
        use_shared_warm_parent(rules.shared)
    end_with_parent()


def _meet() -> tuple[int, int]:
    """Wait for the other processes of the pool, so that each of them takes one such task."""
    if _rules is not None:
        _rules.all_here.wait(MEETING_SECONDS)
    return _place, os.getpid()


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


# ------------------------------------------------------------------------------------ in the run
class Watch:
    """Looks at the workers of a pool from the run's own process, and ends those that are stuck."""

    def __init__(self, pids: dict[int, int], deadlines: Any) -> None:
        self._pids, self._deadlines = pids, deadlines
        self._born = {pid: _seen(pid)[1] for pid in pids.values()}
        self._well = dict.fromkeys(pids.values(), time.monotonic())

    def look(self) -> None:
        """End all workers when one is late, or has been stopped or dead for a while.

        Then the pool breaks, and says so. It does not by itself when a worker has died amidst its
        answer: it waits for the rest of that, until nobody is left who could send it.
        """
        now = time.monotonic()
        for place, pid in self._pids.items():
            state, born = _seen(pid)
            dead = born != self._born[pid] or state == "Z"
            if not dead and state != "T":
                self._well[pid] = now
            if 0 < self._deadlines[place] < now:
                return self.end_all()
            if now - self._well[pid] > (DEAD_SECONDS if dead else STOPPED_SECONDS):
                return self.end_all()

    def end_all(self) -> None:
        """A stopped worker does not hear the pool's own signal to end, which it would wait for."""
        # another process may have got the number of one that has died
        end([pid for pid in self._pids.values() if _seen(pid)[1] == self._born[pid]])
        self._pids = {}


def end(pids: Collection[int]) -> None:
    """End processes, also stopped ones."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _seen(pid: int) -> tuple[str, str]:
    """The state of a process ("T": stopped by somebody, "Z": dead) and its start, where seen."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return fields[0], fields[19]
    except OSError:
        return ("Z" if sys.platform == "linux" else ""), ""


@contextlib.contextmanager
def open_pool(
    workers: int, most: int, warm: SandboxSpec | None
) -> Iterator[tuple[Executor, int, Watch]]:
    """A pool, its number of processes and the watch over them.

    All processes are up, and the warm parent too, before it is given work: a pool that starts a
    process while another one dies may mix up their descriptors and hang.

    Raises:
        GraderFault: the pool's processes or the warm parent cannot be started.
    """
    processes = max(1, min(workers * OVERLAP, most))
    try:
        rules = _rules_for(workers, processes, warm)
        pool = ProcessPoolExecutor(processes, _context(), start_worker, (rules,))
        try:
            with ended_after(UP_SECONDS, partial(_abandon, pool)):
                watch = Watch(_all_up(pool, processes, warm), rules.deadlines)
        except BaseException:
            with ended_after(CLOSE_SECONDS, partial(_abandon, pool)):
                pool.shutdown(cancel_futures=True)
            raise
    except (SandboxUnavailable, BrokenProcessPool, BrokenBarrierError, EOFError) as error:
        why = str(error) or "its processes did not come up"
        raise GraderFault(f"No submission could be run: {why}") from error
    try:
        yield pool, processes, watch
    finally:
        with ended_after(CLOSE_SECONDS, watch.end_all):
            pool.shutdown(cancel_futures=True)
        watch.end_all()  # those too of which the pool believes that they have ended


def _abandon(pool: Any) -> None:
    """End a pool that does not come up: its processes, and the server that they are forked from."""
    end([process.pid for process in list((pool._processes or {}).values()) if process.pid])
    server = getattr(getattr(forkserver, "_forkserver", None), "_forkserver_pid", None)
    if server:
        end([server])
        # the next pool starts another one, if it sees that this one has ended
        with contextlib.suppress(ChildProcessError):
            os.waitid(os.P_PID, server, os.WEXITED | os.WNOWAIT)


def _rules_for(workers: int, processes: int, warm: SandboxSpec | None) -> Rules:
    context = _context()
    return Rules(
        context.Semaphore(workers),
        share_warm_parent(warm) if warm is not None else None,
        context.Barrier(processes),
        context.Value("i", 0),
        context.RawArray("d", processes),
    )


def _all_up(pool: Any, processes: int, warm: SandboxSpec | None) -> dict[int, int]:
    """The process of each place, when all have met."""
    meeting = [pool.submit(_meet) for _ in range(processes)]
    if warm is not None:
        warm_parent_for(warm)
    found = dict(one.result() for one in meeting)
    # from here on only workers can send answers, so with the last of them the waiting for one ends
    pool._result_queue._writer.close()
    return found


def preheat(warm: SandboxSpec | None) -> None:
    """Start what a local pool will need and do not wait for it: it takes a second or two."""
    if warm is not None:
        start_early(warm)
    if _context().get_start_method() == "forkserver":
        forkserver.ensure_running()


def _context() -> Any:
    """Processes forked from one that has imported what they need, where the system can do that."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context
