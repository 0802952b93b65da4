"""Where submissions are executed: a pool of processes and a Dask cluster, with workers that die."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from tiny_course import GOOD, MAX_SCORE, WEEK, solve, submit

from autograder.course_folder import UNPROTECTED, Course, open_course
from autograder.errors import GraderFault, UserError
from autograder.journal import open_journal
from autograder.model import Execution, ExecutionJob, JobCell
from autograder.reference import build as reference
from autograder.reference.build import load_references
from autograder.run import scheduling
from autograder.run.grade import GradeRun, Options, _Grader, _Ready, grade
from autograder.sandbox.limits import SandboxSpec
from autograder.stages.ingest import ingest
from autograder.stages.judge import judge
from autograder.stages.prepare import prepare, read_template
from autograder.week import open_week

WRONG = "def row_sums(x):\n    return x.sum(0)"
DIFFERS = """
import autograder.reference.build
autograder.reference.build.fingerprint = lambda: "python 3.0 · torch 0.1"
"""


def quick_job(name: str, source: str = "1 + 1") -> ExecutionJob:
    return ExecutionJob(name, (JobCell(0, source),), "s", provisioner=UNPROTECTED, warm_modules=())


def jobs_for(course: Course, students: list[str]) -> list[tuple[str, tuple[ExecutionJob, ...]]]:
    """What workers are sent for these students, made by the engine itself."""
    template = read_template(open_week(course, WEEK))
    references = load_references(open_week(course, WEEK), say=lambda _: None)
    journal, run = open_journal(open_week(course, WEEK)), GradeRun(WEEK)
    grader = _Grader(
        open_week(course, WEEK), template, references, journal, Options(), UNPROTECTED, run
    )
    made = []
    for student in students:
        submission = ingest(course.folder("submitted", WEEK, student), student, WEEK)
        prepared = prepare(submission, template)
        made.append((student, grader.jobs(_Ready(submission, prepared, "key"))))
    return made


@contextlib.contextmanager
def cluster(workers: int, **kwargs: object) -> Iterator:
    """A real scheduler and real worker processes on this machine."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, **kwargs
    ) as made:
        yield made


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
    monkeypatch.setattr(scheduling, "_available_mb", lambda: free_mb)
    assert scheduling.default_workers(cap_mb) == expected


def test_only_a_window_of_submissions_is_in_flight(monkeypatch: pytest.MonkeyPatch) -> None:
    """A class of any size is taken in as workers get free: what waits is not even prepared."""
    taken, finished, most = 0, 0, 0

    class Instant:
        def submit(self, function: object, jobs: object) -> Future:
            future: Future = Future()
            future.set_result((jobs,))
            return future

    @contextlib.contextmanager
    def open_executor(workers: int, *_: object) -> Iterator:
        yield Instant(), workers

    def submissions() -> Iterator[tuple[int, tuple[str]]]:
        nonlocal taken, most
        for number in range(200):
            taken += 1
            most = max(most, taken - finished)
            yield number, (f"job {number}",)

    monkeypatch.setattr(scheduling, "open_executor", open_executor)
    seen = []
    for number, _ in scheduling.run_jobs(submissions(), workers=2):
        finished += 1
        seen.append(number)
    assert sorted(seen) == list(range(200))
    assert most <= 2 * scheduling.WINDOW


@pytest.mark.slow
def test_a_pool_gives_everything_back_once() -> None:
    """Real processes: every submission comes back once, with its own output."""
    work = [(n, (quick_job(f"w/s{n}", f"print({n})"),)) for n in range(5)]
    found = dict(scheduling.run_jobs(iter(work), workers=2))
    assert sorted(found) == list(range(5))
    for number, (execution,) in found.items():
        assert execution.runs[0].outputs[0]["text"] == f"{number}\n"


# ------------------------------------------------------------------------------------ what travels
@pytest.fixture
def handed_in(root: Path) -> Course:
    submit(root, "full", solve(root))
    submit(root, "half", solve(root, {**GOOD, "row_sums": WRONG}))
    return open_course(root)


def test_a_worker_is_sent_neither_answers_nor_paths(handed_in: Course) -> None:
    """The pickle of the jobs holds the student's code and the probes, and nothing to judge with."""
    ((_, jobs),) = jobs_for(handed_in, ["half"])
    sent = pickle.dumps((scheduling.execute_all, jobs))
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


# ------------------------------------------------------------------------------------ a cluster
def test_a_scheduler_that_does_not_answer_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback: which address, and what to do."""
    import distributed

    class Impatient(distributed.Client):
        def __init__(self, address: str, timeout: float) -> None:
            super().__init__(address, timeout=1)

    monkeypatch.setattr(distributed, "Client", Impatient)
    with (
        pytest.raises(UserError, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:9"),
        scheduling.open_executor(1, "tcp://127.0.0.1:9"),
    ):
        pass


@pytest.mark.slow
def test_a_cluster_without_workers_is_refused() -> None:
    """A scheduler alone would let the run wait for ever."""
    with (
        cluster(0) as made,
        pytest.raises(UserError, match="has no workers"),
        scheduling.open_executor(1, made.scheduler_address),
    ):
        pass


@pytest.mark.slow
def test_a_worker_of_another_environment_is_refused(tmp_path: Path) -> None:
    """Its numbers could differ: the sentence names both sides."""
    preload = tmp_path / "differs.py"
    preload.write_text(DIFFERS, "utf-8")
    with (
        cluster(1, preload=[str(preload)]) as made,
        pytest.raises(UserError, match=r"torch 0\.1") as refused,
        scheduling.open_executor(1, made.scheduler_address),
    ):
        pass
    assert reference.fingerprint() in str(refused.value)


@pytest.mark.slow
def test_both_ways_give_the_same_verdicts(handed_in: Course) -> None:
    """A pool and a cluster of worker processes: the same judgement of the same submissions."""
    (found,) = load_references(open_week(handed_in, WEEK), say=lambda _: None).values()
    work = jobs_for(handed_in, ["full", "half"])
    with cluster(2) as made:
        on_dask = dict(scheduling.run_jobs(iter(work), 2, made.scheduler_address))
    here = dict(scheduling.run_jobs(iter(work), 2))
    for student, expected in (("full", MAX_SCORE), ("half", 3.0)):
        one, other = judge(on_dask[student][0], found), judge(here[student][0], found)
        assert one == other
        assert one.points == expected


@pytest.mark.slow
def test_a_killed_worker_loses_nothing(root: Path) -> None:
    """SIGKILL on a worker in mid-run: every submission is graded, each once."""
    with (root / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.Grading.provisioner = '{UNPROTECTED}'\n")
    course = open_course(root)
    students = [f"s{number}" for number in range(6)]
    for student in students:
        submit(root, student, solve(root))
    with cluster(2) as made:
        victim = next(iter(made.workers.values())).process.pid
        threading.Timer(3.0, os.kill, (victim, signal.SIGKILL)).start()
        run = grade(open_week(course, WEEK), Options(scheduler=made.scheduler_address))
    assert sorted(entry.student for entry in run.graded) == students
    assert {entry.score for entry in run.graded} == {MAX_SCORE}
    lines = open_journal(open_week(course, WEEK)).path.read_text().splitlines()
    assert sorted(json.loads(line)["student"] for line in lines) == students


@pytest.mark.slow
def test_what_kills_its_worker_twice_comes_back_as_a_fault() -> None:
    """In a local pool one bad submission cannot fail its neighbours."""

    def results(executions: tuple[Execution, ...] | BaseException) -> bool:
        return not isinstance(executions, BaseException)

    work = [(n, (quick_job(f"w/s{n}", f"print({n})"),)) for n in range(3)]
    work.insert(1, ("bad", (Deadly("w/bad", (), "s"),)))
    found = dict(scheduling.run_jobs(iter(work), workers=2))
    assert {name: results(done) for name, done in found.items()} == {
        0: True, "bad": False, 1: True, 2: True,
    }  # fmt: skip


@pytest.mark.sandbox
def test_a_warm_parent_that_fails_ends_the_run_with_its_reason() -> None:
    """Nobody is given a verdict, or a review, for what the grader could not start."""
    warm = SandboxSpec(warm_modules=("no_such_module",))
    work = [("one", (quick_job("w/one"),))]
    with pytest.raises(GraderFault, match="no_such_module"):
        list(scheduling.run_jobs(iter(work), workers=1, warm=warm, most=1))


class Deadly(ExecutionJob):
    """A job that ends its worker as soon as it is touched."""

    def __reduce__(self) -> tuple:
        return os._exit, (9,)
