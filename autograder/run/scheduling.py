"""Where submissions are executed: one futures loop, over a local pool or a cluster.

What comes back in doubt, and what took its worker with it, is tried once more with nothing beside
it: neither a busy machine nor a neighbour may cost anybody points.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import Any

from autograder.model import Execution
from autograder.run.memory import available_mb
from autograder.run.pool import Jobs, execute_all, open_pool
from autograder.sandbox.limits import SandboxSpec
from autograder.stages.execute import settled

WINDOW = 3  # submissions on their way per process: they keep it busy and do not fill the memory
LOOK_SECONDS = 2.0  # between two looks at the workers


@dataclass(frozen=True)
class Finished:
    """A submission that has come back: what its kernels showed, or why there is no telling."""

    item: Any
    executions: tuple[Execution, ...] = ()
    fault: str | None = None

    @property
    def in_doubt(self) -> bool:
        return any(execution.doubt for execution in self.executions)


@dataclass(frozen=True)
class Backend:
    """Somewhere to execute submissions: how many are taken at a time, and who looks after it."""

    executor: Executor
    processes: int
    look: Callable[[], None] = lambda: None
    give_up: Callable[[], None] = lambda: None


def default_workers(memory_mb: int) -> int:
    """As many workers as cores, but never more than memory for their caps."""
    return max(1, min(len(os.sched_getaffinity(0)), available_mb() // memory_mb))


@contextlib.contextmanager
def open_backend(
    workers: int,
    scheduler: str | None = None,
    warm: SandboxSpec | None = None,
    most: int = sys.maxsize,
) -> Iterator[Backend]:
    """A local pool, or a Dask cluster by its address.

    Args:
        workers: how many submissions may run at a time; a cluster knows that itself.
        scheduler: the address of a Dask scheduler.
        warm: what the processes of a local pool share a warm parent for.
        most: the number of submissions there will be at most.

    Raises:
        UserError: the cluster is not to be used; see `open_cluster`.
        GraderFault: the pool's processes or the warm parent cannot be started.
    """
    if scheduler is None:
        with open_pool(workers, most, warm) as (pool, processes, watch):
            yield Backend(pool, processes, watch.look, watch.end_all)
        return
    from autograder.run.cluster import open_cluster

    with open_cluster(scheduler) as cluster:
        yield Backend(cluster.executor, cluster.cores, cluster.look)


def run_jobs(
    submissions: Iterable[tuple[Any, Jobs]],
    workers: int,
    scheduler: str | None = None,
    warm: SandboxSpec | None = None,
    most: int = sys.maxsize,
) -> Generator[Finished, None, None]:
    """Execute submissions and yield each when it is finished.

    A worker that dies takes no submission with it. With Dask, the scheduler sends its work to
    another worker. In a local pool every submission in flight is a suspect: each is tried once
    more, alone, so that one bad submission cannot fail its neighbours; what ends its worker again
    comes back with a fault. For the other arguments see `open_backend`.
    """
    waiting = iter(submissions)
    doubtful: list[tuple[Any, Jobs]] = []
    broken = True
    while broken:
        with open_backend(workers, scheduler, warm, most) as backend:
            flight = _Flight(backend, waiting)
            for finished, jobs in flight.land():
                if finished.in_doubt:
                    doubtful.append((finished.item, jobs))
                else:
                    yield finished
        for item, jobs in flight.suspects:
            yield _alone(item, jobs, scheduler, warm)
        broken = bool(flight.suspects)
    for item, jobs in doubtful:
        yield _alone(item, jobs, scheduler, warm, was_in_doubt=True)


def _alone(
    item: Any,
    jobs: Jobs,
    scheduler: str | None,
    warm: SandboxSpec | None,
    was_in_doubt: bool = False,
) -> Finished:
    """Run one submission while no other runs, and once more if that is needed to be sure."""
    with open_backend(1, scheduler, warm, most=1) as backend:
        flight = _Flight(backend, iter([(item, jobs)]))
        found = [finished for finished, _ in flight.land()]
    if not found:
        return Finished(item, fault="its worker was lost twice: it died, hung or was stopped")
    if found[0].in_doubt and not was_in_doubt:
        return _alone(item, jobs, scheduler, warm, was_in_doubt=True)
    return Finished(item, tuple(map(settled, found[0].executions)), found[0].fault)


@dataclass
class _Flight:
    """Submissions on their way through one backend.

    suspects : those that were under way when the backend broke.
    """

    backend: Backend
    waiting: Iterator[tuple[Any, Jobs]]
    suspects: list[tuple[Any, Jobs]] = field(default_factory=list)
    flying: dict[Future, tuple[Any, Jobs]] = field(default_factory=dict)

    def land(self) -> Iterator[tuple[Finished, Jobs]]:
        """Hand in and take back, until nothing is left or the backend has broken."""
        self._fill()
        while self.flying:
            done, _ = wait(self.flying, LOOK_SECONDS, return_when=FIRST_COMPLETED)
            self.backend.look()
            for future in done:
                item, jobs = self.flying.pop(future)
                error = future.exception()
                if isinstance(error, BrokenProcessPool):
                    self._broke_with(item, jobs)
                elif error is not None:
                    yield Finished(item, fault=f"{type(error).__name__}: {error}"), jobs
                else:
                    yield Finished(item, future.result()), jobs
            if not self.suspects:
                self._fill()

    def _fill(self) -> None:
        """Hand in work up to the room there is; a pool that just broke does not take it."""
        room = max(0, self.backend.processes * WINDOW - len(self.flying))
        for item, jobs in itertools.islice(self.waiting, room):
            try:
                self.flying[self.backend.executor.submit(execute_all, jobs)] = (item, jobs)
            except BrokenProcessPool:
                return self._broke_with(item, jobs)

    def _broke_with(self, item: Any, jobs: Jobs) -> None:
        self.suspects.append((item, jobs))
        self.backend.give_up()
