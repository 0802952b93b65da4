"""A real Dask cluster on this machine, in processes of its own as on any other machine."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.watchdog import ended_after


@dataclass(frozen=True)
class Cluster:
    """The scheduler's address, and the worker processes."""

    scheduler_address: str
    pids: tuple[int, ...]


@contextlib.contextmanager
def cluster(
    workers: int, preload: tuple[str, ...] = (), protocol: str = "tcp://"
) -> Iterator[Cluster]:
    """A scheduler and workers; a `preload` is a file that each worker runs when it starts."""
    process = subprocess.Popen(
        [sys.executable, __file__, str(workers), protocol, *preload], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        with ended_after(120, process.kill):
            address, *pids = json.loads(process.stdout.readline())
        yield Cluster(address, tuple(pids))
    finally:
        with ended_after(60, process.kill):
            process.communicate()  # the end of its input ends it


def main() -> None:
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=int(sys.argv[1]), threads_per_worker=1, processes=True, dashboard_address=None,
        protocol=sys.argv[2], preload=sys.argv[3:],
    ) as made:  # fmt: skip
        pids = [nanny.process.pid for nanny in made.workers.values()]
        print(json.dumps([made.scheduler_address, *pids]), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
