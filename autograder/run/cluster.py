"""Submissions on a Dask cluster, whose workers are believed nothing but data.

A worker runs students' code, so it may not run any here, beside the gradebook. Dask itself sends
pickles, which are programs; while a cluster is open, this process reads them as plain data and
turns everything else into a harmless stand-in. What comes back of a submission is JSON.
"""

from __future__ import annotations

import contextlib
import io
import json
import multiprocessing
import os
import pickle
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from autograder.errors import UserError
from autograder.model import Execution
from autograder.reference.build import fingerprint
from autograder.run.pool import Jobs, execute_all, longest
from autograder.stages.outputs import checked_output
from autograder.stored import Damaged, as_json, from_json

ENCRYPTED = {"tls", "wss", "gateway"}  # a gateway's proxy speaks TLS with a key for each cluster
LOCAL = {"localhost", "127.0.0.1", "::1"}
ANSWER_SECONDS = 10
ASK_SECONDS = 300  # for the slowest worker's self-test
ALONE_SECONDS = 600  # without any worker, until the run gives up
RESULT_BYTES = 256 << 20  # of one notebook's outputs: beyond all that `execute` brings back


# ------------------------------------------------------------------------------------ on a worker
def execute_packed(jobs: Jobs) -> bytes:
    """`execute_all` on a worker, its result as JSON.

    `execute` has limits for everything. Should it hang all the same, the worker ends itself, and
    the scheduler gives its work to another.
    """
    watchdog = threading.Timer(longest(jobs), os._exit, [1])
    watchdog.daemon = True
    if multiprocessing.parent_process() is not None:
        watchdog.start()
    try:
        return json.dumps([as_json(execution) for execution in execute_all(jobs)]).encode()
    finally:
        watchdog.cancel()


# ------------------------------------------------------------------------------------ in the run
def unpacked(sent: Any, jobs: Jobs) -> tuple[Execution, ...]:
    """What a worker sent, field by field.

    Raises:
        Damaged: it is not the result of these jobs, or has not the shape of one.
    """
    if not isinstance(sent, bytes) or len(sent) > RESULT_BYTES:
        raise Damaged("a worker sent no result, or one that is too long")
    texts = from_json(list[str], sent)
    found = tuple(from_json(Execution, text) for text in texts)
    if [execution.name for execution in found] != [job.name for job in jobs]:
        raise Damaged("a worker sent the result of other work")
    for execution, job in zip(found, jobs, strict=True):
        _check(execution, job.cells)
    times = [execution.seconds for execution in found]
    times += [run.seconds for execution in found for run in execution.runs]
    if not all(0 <= seconds <= longest(jobs) for seconds in times):
        raise Damaged("a worker sent times that are none")
    return found


def _check(execution: Execution, cells: Any) -> None:
    if execution.fault is None:
        known = [(cell.index, cell.grade_id) for cell in cells]
        if [(run.index, run.grade_id) for run in execution.runs] != known:
            raise Damaged("a worker sent the result of other cells")
    for run in execution.runs:
        if any(checked_output(output) != output for output in run.outputs):
            raise Damaged("a worker sent what no kernel's output looks like")


@dataclass(frozen=True)
class Cluster:
    """A cluster that is open: where its workers take submissions, and how many at a time."""

    client: Any
    cores: int
    seen: list[float] = field(default_factory=lambda: [time.monotonic()])  # when it had workers

    def look(self) -> None:
        """Work waits for workers to come back, but not for ever.

        Raises:
            UserError: there has been none for ten minutes.
        """
        if self.client.ncores():
            self.seen[0] = time.monotonic()
        elif time.monotonic() - self.seen[0] > ALONE_SECONDS:
            raise UserError(
                "The cluster has lost all its workers.",
                "Start some and run the same command: what is graded stays graded.",
            )

    @property
    def executor(self) -> Executor:
        return _Unpacking(self.client.get_executor(pure=False))

    def ask(self, question: Callable[..., str], *arguments: Any) -> dict[str, str]:
        """What each worker answers, by its name; one that has died meanwhile is left out.

        Raises:
            UserError: one does not answer.
        """
        ask, client = self.client._run, self.client
        try:
            found = client.sync(
                ask, question, *arguments, on_error="return", callback_timeout=ASK_SECONDS
            )
        except TimeoutError as error:
            raise UserError(
                "A worker of the cluster does not answer.", "Restart the workers; nothing was run."
            ) from error
        return {name: str(said)[:1000] for name, said in found.items() if not _has_died(said)}


def _has_died(said: Any) -> bool:
    return isinstance(said, OSError) or "CommClosedError" in repr(said)


@contextlib.contextmanager
def open_cluster(address: str) -> Iterator[Cluster]:
    """A cluster by the address of its scheduler.

    Raises:
        UserError: nobody answers there, it has no workers or a worker has other versions.
    """
    with pickles_are_data():
        try:
            client = _client(address)
        except OSError as error:
            raise UserError(
                f"No Dask scheduler answers at {address}.", "Start one, or leave --scheduler out."
            ) from error
        with client:
            cluster = Cluster(client, sum(client.ncores().values()))
            if not cluster.cores:
                raise UserError(f"The cluster at {address} has no workers.", "Start some first.")
            _same_environment(cluster)
            yield cluster


def refuse_unless_encrypted(address: str, insecure: bool) -> None:
    """Raise UserError for a connection over the network that anybody could read and join."""
    parts = urlsplit(address if "://" in address else f"tcp://{address}")
    if parts.scheme in ENCRYPTED or parts.hostname in LOCAL or insecure:
        return
    raise UserError(
        f"{address} is not encrypted: whoever reaches its port can join the cluster, read "
        "students' work and send back any score.",
        "Give the scheduler TLS certificates and name it tls://… (see the guide, Grading on a "
        "cluster), or say --insecure-scheduler where nobody else is on that network.",
    )


def _same_environment(cluster: Cluster) -> None:
    """Raise UserError when a worker's versions differ from the judge's: its numbers could too."""
    here = fingerprint()
    for name, found in cluster.ask(fingerprint).items():
        if found != here:
            raise UserError(
                f"Worker {name} runs {found}, this machine {here}.",
                "Install the same requirements.txt on every machine.",
            )


class _Unpacking(Executor):
    """An executor on whose workers `execute_packed` runs, and which checks what they send."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def submit(self, _work: Any, jobs: Jobs) -> Future:  # type: ignore[override]
        """Send jobs; the future of their checked results."""
        checked: Future = Future()

        def check(sent: Future) -> None:
            try:
                checked.set_result(unpacked(sent.result(), jobs))
            except BaseException as error:
                checked.set_exception(error)

        self._executor.submit(execute_packed, jobs).add_done_callback(check)
        return checked


# ------------------------------------------------------------------------------------ pickles
def _client(address: str) -> Any:
    """Dask's client, made so that no event, type or exception of a worker is a program here."""
    from distributed import Client

    class CarefulClient(Client):
        def _handle_key_in_memory(self, key: Any = None, type: Any = None, workers: Any = None):
            super()._handle_key_in_memory(key, None, workers)

        def _handle_task_erred(self, key: Any = None, exception: Any = None, traceback: Any = None):
            said = f"the work on the cluster failed: {str(exception)[:300]}"
            super()._handle_task_erred(key, RuntimeError(said), None)

    client = CarefulClient(address, timeout=ANSWER_SECONDS)
    for topic in ("print", "warn"):  # what a worker prints is not for this terminal
        client.unsubscribe_topic(topic)
    return client


@contextlib.contextmanager
def pickles_are_data() -> Iterator[None]:
    """While it is open, Dask in this process reads pickles with `loads_data`."""
    import distributed.client
    import distributed.protocol.pickle

    careful = ModuleType("pickle")
    vars(careful).update({**vars(pickle), "loads": loads_data})
    readers: tuple[Any, ...] = (distributed.client, distributed.protocol.pickle)
    for reader in readers:
        reader.pickle = careful
    try:
        yield
    finally:
        for reader in readers:
            reader.pickle = pickle


def loads_data(text: Any, *, buffers: Any = ()) -> Any:
    """What a pickle holds; everything that is not plain data is a `StandIn`."""
    return _DataOnly(io.BytesIO(text), buffers=buffers).load()


PLAIN = {
    kind.__name__: kind
    for kind in (bytes, bytearray, str, int, float, bool, complex, list, tuple, dict, set)
}


class StandIn(Exception):
    """In place of an object that a worker pickled: what it was made from, as text."""

    def __init__(self, *made_from: Any, **_: Any) -> None:
        super().__init__(", ".join(str(one)[:300] for one in made_from)[:1000])

    def __setstate__(self, state: Any) -> None:
        """Its state stays unread."""


class _DataOnly(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if module == "builtins" and name in PLAIN:
            return PLAIN[name]
        return type(name, (StandIn,), {})
