"""Where submissions are executed: a pool of processes and a Dask cluster, with workers that die."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import signal
import struct
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import forkserver
from pathlib import Path

import pytest
from tiny_course import GOOD, WEEK, solve, submit

from autograder.course_folder import UNPROTECTED, Course, open_course
from autograder.errors import GraderFault
from autograder.journal import open_journal
from autograder.model import Execution, ExecutionJob, JobCell
from autograder.reference.build import load_references
from autograder.reference.suppositions import Suppositions
from autograder.run import pool, scheduling
from autograder.run.grade import GradeRun, Options, _Grader, _Ready
from autograder.sandbox.limits import SandboxSpec
from autograder.stages.ingest import ingest
from autograder.stages.prepare import prepare, read_template
from autograder.week import open_week

WRONG = "def row_sums(x):\n    return x.sum(0)"


def quick_job(name: str, source: str = "1 + 1") -> ExecutionJob:
    return ExecutionJob(name, (JobCell(0, source),), "s", provisioner=UNPROTECTED, warm_modules=())


def jobs_for(course: Course, students: list[str]) -> list[tuple[str, tuple[ExecutionJob, ...]]]:
    """What workers are sent for these students, made by the engine itself."""
    template = read_template(open_week(course, WEEK))
    week = open_week(course, WEEK)
    known = Suppositions(week, load_references(week, say=lambda _: None))
    journal, run = open_journal(open_week(course, WEEK)), GradeRun(WEEK)
    grader = _Grader(week, template, known, journal, Options(), UNPROTECTED, run, {})
    made = []
    for student in students:
        submission = ingest(course.folder("submitted", WEEK, student), student, WEEK)
        prepared = prepare(submission, template)
        made.append((student, grader.jobs(_Ready(submission, prepared, "key"))))
    return made


# ------------------------------------------------------------------------------------ one machine
@pytest.mark.parametrize(
    ("cores", "free_mb", "cap_mb", "expected"),
    [(8, 64_000, 3072, 8), (8, 10_000, 3072, 3), (2, 1_000, 3072, 1), (1, 64_000, 3072, 1)],
)
def test_never_more_workers_than_memory_for_their_caps(
    monkeypatch: pytest.MonkeyPatch, cores: int, free_mb: int, cap_mb: int, expected: int
) -> None:
    """As many as cores, fewer where memory is short, and always one."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)), raising=False)
    monkeypatch.setattr(scheduling, "available_mb", lambda: free_mb)
    assert scheduling.default_workers(cap_mb) == expected


def test_only_a_window_of_submissions_is_in_flight(monkeypatch: pytest.MonkeyPatch) -> None:
    """A class of any size is taken in as workers get free: what waits is not even prepared."""
    taken, finished, most = 0, 0, 0

    class Instant(Executor):
        def submit(self, function: object, jobs: object) -> Future:
            future: Future = Future()
            future.set_result((Execution(str(jobs), (), 0.0),))
            return future

    @contextlib.contextmanager
    def open_backend(workers: int, *_: object) -> Iterator[scheduling.Backend]:
        yield scheduling.Backend(Instant(), workers)

    def submissions() -> Iterator[tuple[int, tuple[str]]]:
        nonlocal taken, most
        for number in range(200):
            taken += 1
            most = max(most, taken - finished)
            yield number, (f"job {number}",)

    monkeypatch.setattr(scheduling, "open_backend", open_backend)
    seen = []
    for one in scheduling.run_jobs(submissions(), workers=2):
        finished += 1
        seen.append(one.item)
    assert sorted(seen) == list(range(200))
    assert most <= 2 * scheduling.WINDOW


@pytest.mark.slow
def test_a_pool_gives_everything_back_once() -> None:
    """Real processes: every submission comes back once, with its own output."""
    work = [(n, (quick_job(f"w/s{n}", f"print({n})"),)) for n in range(5)]
    found = by_item(scheduling.run_jobs(iter(work), workers=2))
    assert sorted(found) == list(range(5))
    for number, one in found.items():
        assert one.executions[0].runs[0].outputs[0]["text"] == f"{number}\n"


# ------------------------------------------------------------------------------------ what travels
@pytest.fixture
def handed_in(root: Path) -> Course:
    submit(root, "full", solve(root))
    submit(root, "half", solve(root, {**GOOD, "row_sums": WRONG}))
    return open_course(root)


def test_a_worker_is_sent_neither_answers_nor_paths(handed_in: Course) -> None:
    """The pickle of the jobs holds the student's code and the probes, and nothing to judge with."""
    ((_, jobs),) = jobs_for(handed_in, ["half"])
    sent = pickle.dumps((pool.execute_all, jobs))
    assert b"x.sum(0)" in sent  # the student's own answer: this is the right pickle
    for secret in (b"return 2 * x", b"x.sum(-1)", b"BEGIN SOLUTION", b"gradebook", b"sqlite"):
        assert secret not in sent, secret
    assert str(handed_in.root).encode() not in sent
    (found,) = load_references(open_week(handed_in, WEEK), say=lambda _: None).values()
    for check in found.checks:
        for probe in check.probes:
            for value in probe.value["values"]:
                assert json.dumps(value).encode() not in sent
                assert pickle.dumps(value)[2:-1] not in sent


# ------------------------------------------------------------------------------------ bad workers
@pytest.mark.slow
def test_what_kills_its_worker_twice_comes_back_as_a_fault() -> None:
    """In a local pool one bad submission cannot fail its neighbours."""
    work = [(n, (quick_job(f"w/s{n}", f"print({n})"),)) for n in range(3)]
    work.insert(1, ("bad", (Deadly("w/bad", (), "s"),)))
    found = by_item(scheduling.run_jobs(iter(work), workers=2))
    assert {name: done.fault is None for name, done in found.items()} == {
        0: True, "bad": False, 1: True, 2: True,
    }  # fmt: skip
    assert "lost twice" in str(found["bad"].fault)


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 9])
def test_a_stopped_worker_is_ended_by_the_run(
    times: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What watches is not in what it watches; one more try, alone, and then a review."""
    monkeypatch.setattr(pool, "STOPPED_SECONDS", 3.0)
    left = tmp_path / "left"
    left.write_text("x" * times)
    work = [(n, (quick_job(f"w/s{n}", f"print({n})"),)) for n in range(3)]
    work.insert(1, ("stopped", (Stopping("w/stopped", (JobCell(0, str(left)),), "s"),)))
    found = by_item(scheduling.run_jobs(iter(work), workers=2))
    assert {item for item, one in found.items() if one.fault is None} >= {0, 1, 2}
    assert (found["stopped"].fault is None) == (times == 1)


def test_a_worker_past_its_deadline_is_ended_by_the_run() -> None:
    """A hang that no limit of `execute` ends: the watch looks from outside and ends the worker."""
    with pool.open_pool(1, 2, None) as (executor, _, watch):
        hangs = executor.submit(hang, 0.1)
        until = time.monotonic() + 120
        while not hangs.done() and time.monotonic() < until:
            watch.look()
            time.sleep(0.05)
        assert isinstance(hangs.exception(0), BrokenProcessPool)


def test_a_worker_that_dies_amidst_its_answer_does_not_hang_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Python's pool waits for the rest of an answer that nobody will send; the watch ends that."""
    monkeypatch.setattr(pool, "DEAD_SECONDS", 1.0)
    with pool.open_pool(1, 2, None) as (executor, _, watch):
        half = executor.submit(send_half_an_answer)
        until = time.monotonic() + 120
        while not half.done() and time.monotonic() < until:
            watch.look()
            time.sleep(0.05)
        assert isinstance(half.exception(0), BrokenProcessPool)


def test_a_pool_whose_processes_never_meet_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server that they are forked from is stopped: one sentence, and the next pool comes up."""
    pool.preheat(None)
    monkeypatch.setattr(pool, "UP_SECONDS", 2.0)
    os.kill(forkserver._forkserver._forkserver_pid, signal.SIGSTOP)
    with pytest.raises(GraderFault, match="No submission could be run"), pool.open_pool(1, 2, None):
        pass
    monkeypatch.undo()
    with pool.open_pool(1, 1, None) as (executor, _, _watch):
        assert executor.submit(os.getpid).result(60) != os.getpid()


def send_half_an_answer() -> None:
    """In a worker: begin an answer of a thousand bytes, and die."""
    frame = sys._getframe()
    while "result_queue" not in frame.f_locals:
        assert frame.f_back is not None
        frame = frame.f_back
    writer = frame.f_locals["result_queue"]._writer
    os.write(writer.fileno(), struct.pack("!i", 1000) + b"half of it")
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_pool_that_is_stopped_while_idle_still_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The end of a run does not wait for a process that will not hear of it."""
    monkeypatch.setattr(pool, "CLOSE_SECONDS", 1.0)
    with pool.open_pool(1, 2, None) as (executor, _, _watch):
        victim = executor.submit(os.getpid).result()
        os.kill(victim, signal.SIGSTOP)
    with pytest.raises(ProcessLookupError):
        os.kill(victim, 0)


@pytest.mark.sandbox
def test_a_warm_parent_that_fails_ends_the_run_with_its_reason() -> None:
    """Nobody is given a verdict, or a review, for what the grader could not start."""
    warm = SandboxSpec(warm_modules=("no_such_module",))
    work = [("one", (quick_job("w/one"),))]
    with pytest.raises(GraderFault, match="no_such_module"):
        list(scheduling.run_jobs(iter(work), workers=1, warm=warm, most=1))


def hang(seconds: float) -> None:
    """In a worker: have so long to be done, and never be done."""
    pool._rules.deadlines[pool._place] = time.monotonic() + seconds
    threading.Event().wait()


def by_item(finished: Iterator[scheduling.Finished]) -> dict[object, scheduling.Finished]:
    return {one.item: one for one in finished}


class Stopping(ExecutionJob):
    """A job that stops its worker as often as a file has letters, and is an ordinary one then."""

    def __reduce__(self) -> tuple:
        return stop_or_run, (self.cells[0].source,)


def stop_or_run(path: str) -> ExecutionJob:
    left = Path(path).read_text()
    Path(path).write_text(left[1:])
    if left:
        os.kill(os.getpid(), signal.SIGSTOP)
    return quick_job("w/stopped")


class Deadly(ExecutionJob):
    """A job that ends its worker as soon as it is touched."""

    def __reduce__(self) -> tuple:
        return os._exit, (9,)
