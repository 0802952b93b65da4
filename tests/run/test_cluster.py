"""A Dask cluster: who may be one, what its workers are believed, and that they may die."""

from __future__ import annotations

import dataclasses
import json
import os
import pickle
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import dask.config
import pytest
from dask_cluster import cluster
from processes import children
from test_scheduling import WRONG, by_item, jobs_for, quick_job
from tiny_course import GOOD, MAX_SCORE, WEEK, solve, submit

from autograder.course_folder import UNPROTECTED, Course, open_course
from autograder.errors import UserError
from autograder.journal import open_journal
from autograder.model import CellEnd, CellRun, Execution
from autograder.reference import build as reference
from autograder.reference.build import load_references
from autograder.run import cluster as clusters
from autograder.run import scheduling
from autograder.run.grade import Options, grade
from autograder.run.scheduling import Finished
from autograder.stages.judge import judge
from autograder.stored import Damaged, as_json
from autograder.week import open_week

DIFFERS = """
import autograder.reference.build
import autograder.run.cluster
autograder.run.cluster.fingerprint = lambda: "python 3.0 · torch 0.1"
autograder.reference.build.fingerprint = autograder.run.cluster.fingerprint
"""


@pytest.fixture
def handed_in(root: Path) -> Course:
    submit(root, "full", solve(root))
    submit(root, "half", solve(root, {**GOOD, "row_sums": WRONG}))
    return open_course(root)


# -------------------------------------------------------------------------------- who may be one
@pytest.mark.parametrize(
    "address",
    ["tcp://10.0.0.5:8786", "10.0.0.5:8786", "ws://grader.example.org:8786", "tcp://[fe80::1]:9"],
)
def test_a_connection_that_anybody_can_join_is_refused(course: Course, address: str) -> None:
    """Before anything is sent: which address, why, and the two ways on."""
    submit(course.root, "one", solve(course.root))
    with pytest.raises(UserError, match="not encrypted") as refused:
        grade(open_week(course, WEEK), Options(scheduler=address))
    assert "tls://" in refused.value.remedy
    assert "--insecure-scheduler" in refused.value.remedy


@pytest.mark.parametrize(
    "address", ["tls://10.0.0.5:8786", "gateway://hub.example.org/one", "tcp://127.0.0.1:8786"]
)
def test_encryption_or_this_machine_is_enough(address: str) -> None:
    """And what the person in front of it takes upon themselves."""
    clusters.refuse_unless_encrypted(address, insecure=False)
    clusters.refuse_unless_encrypted("tcp://10.0.0.5:8786", insecure=True)


def test_a_scheduler_that_does_not_answer_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback: which address, and what to do."""
    monkeypatch.setattr(clusters, "ANSWER_SECONDS", 1)
    with (
        pytest.raises(UserError, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:9"),
        scheduling.open_backend(1, "tcp://127.0.0.1:9"),
    ):
        pass


# -------------------------------------------------------------------------------- hostile workers
HOSTILE = """
import json, pathlib
import autograder.run.cluster as cluster
from distributed import get_worker

class Program(Exception):
    def __reduce__(self):
        mark = "__import__('pathlib').Path({folder!r}, str(__import__('os').getpid())).touch()"
        return eval, (mark,)

def told(jobs):
    import pickle
    get_worker().log_event("warn", {{"category": pickle.dumps(Program()), "message": b"x"}})
    return cluster.real(jobs)

def fails(jobs):
    raise Program()

cluster.real = getattr(cluster, "real", cluster.execute_packed)  # this file may be run twice
WAYS = {{
    "a program": lambda jobs: Program(),
    "a program in a list": lambda jobs: [Program()],
    "an error": fails,
    "events": told,
    "nothing": lambda jobs: None,
    "other work": lambda jobs: cluster.real(jobs).replace(b"w/other", b"w/another"),
    "odd outputs": lambda jobs: cluster.real(jobs).replace(b"stdout", b"stdin"),
    "honest": cluster.real,
}}
cluster.execute_packed = lambda jobs: WAYS[jobs[0].name.partition("/")[2]](jobs)
"""
BELIEVED = {
    "a program": False, "a program in a list": False, "an error": False, "events": True,
    "nothing": False, "other work": False, "odd outputs": False, "honest": True,
}  # fmt: skip


@pytest.mark.slow
def test_what_a_worker_sends_is_never_run_here(tmp_path: Path) -> None:
    """Pickles in results, errors and events are data; what is no result is a fault of that one."""
    preload = tmp_path / "hostile.py"
    marks = tmp_path / "marks"
    marks.mkdir()
    preload.write_text(HOSTILE.format(folder=str(marks)), "utf-8")
    work = [(way, (quick_job(f"w/{way}", "print(1)"),)) for way in BELIEVED]
    with cluster(1, preload=(str(preload),)) as made:
        found = by_item(scheduling.run_jobs(iter(work), 1, made.scheduler_address))
    assert not (marks / str(os.getpid())).exists()
    assert {way: one.fault is None for way, one in found.items()} == BELIEVED


def test_a_pickle_is_read_as_data() -> None:
    """Plain values come through; anything else is a stand-in that has run nothing."""
    plain = {"a": [1, 2.5, b"x", None, (True, "y")]}
    assert clusters.loads_data(pickle.dumps(plain)) == plain
    found = clusters.loads_data(pickle.dumps([ValueError("told"), Path("x"), os.getcwd]))
    assert all(isinstance(one, clusters.StandIn) for one in found[:2])
    assert "ValueError" in repr(found[0])
    assert "told" in str(found[0])
    assert issubclass(found[2], clusters.StandIn)


def executed() -> Execution:
    outputs = ({"output_type": "stream", "name": "stdout", "text": "1"},)
    return Execution("w/s", (CellRun(0, None, CellEnd.OK, outputs, 0.5),), 1.0)


def packed(*executions: Execution) -> bytes:
    return json.dumps([as_json(one) for one in executions]).encode()


def test_a_result_comes_back_as_it_was_sent() -> None:
    """JSON carries every field."""
    assert clusters.unpacked(packed(executed()), (quick_job("w/s"),)) == (executed(),)


RUN = executed().runs[0]
NO_RESULTS = {
    "not bytes": [executed()],
    "no JSON": b"[",
    "no list": b"{}",
    "too few": packed(),
    "another's": packed(dataclasses.replace(executed(), name="w/other")),
    "other cells": packed(dataclasses.replace(executed(), runs=(RUN, RUN))),
    "a score": packed(
        dataclasses.replace(
            executed(),
            runs=(dataclasses.replace(RUN, outputs=({"output_type": "execute_result"},)),),
        )
    ),
    "a time that is no number": packed(dataclasses.replace(executed(), seconds=float("nan"))),
    "a time before the start": packed(dataclasses.replace(executed(), seconds=-1.0)),
    "a cell without end": packed(
        dataclasses.replace(executed(), runs=(dataclasses.replace(RUN, seconds=float("inf")),))
    ),
    "an unknown end": packed(executed()).replace(b'\\"ok\\"', b'\\"fine\\"'),
}


@pytest.mark.parametrize("name", NO_RESULTS)
def test_what_has_not_the_shape_of_a_result_is_refused(name: str) -> None:
    """Names, cells, ends and outputs are those that were asked for, or it is no result."""
    with pytest.raises(Damaged):
        clusters.unpacked(NO_RESULTS[name], (quick_job("w/s"),))


def test_a_fault_of_a_worker_is_told_in_printable_words(
    handed_in: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it sends in place of a result may hold control sequences for the terminal."""

    def fail(jobs: Iterator, *_: object) -> Iterator[Finished]:
        for item, _jobs in jobs:
            yield Finished(item, fault="\x1b[2J\x07 gone \u202e" + "x" * 9_000)

    monkeypatch.setitem(grade.__globals__, "run_jobs", fail)
    run = grade(open_week(handed_in, WEEK), Options(provisioner=UNPROTECTED, preview=True))
    reviews = [entry.needs_review or "" for entry in run.entries]
    assert len(reviews) == 2
    assert all("gone" in one and one.isprintable() and len(one) < 700 for one in reviews)


# -------------------------------------------------------------------------------- TLS
@pytest.mark.slow
def test_a_cluster_speaks_tls_with_the_settings_of_the_guide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One key for all: the guide's command makes it, its variables say where it is."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    page = (Path(__file__).resolve().parents[2] / "course/guide/cluster.md").read_text("utf-8")
    script = page.partition("```bash\nopenssl")[2].partition("```")[0]
    told = subprocess.run(
        ["bash", "-ec", f"openssl{script}\nenv"], cwd=tmp_path, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    settings = dict(line.split("=", 1) for line in told.stdout.splitlines() if "=" in line)
    for name in settings.keys() - os.environ.keys():
        monkeypatch.setenv(name, settings[name])
    told_here = dask.config.merge(dask.config.config, dask.config.collect_env())
    with cluster(1, protocol="tls://") as made, dask.config.set(told_here):
        assert made.scheduler_address.startswith("tls://")
        work = [("one", (quick_job("w/one", "print(1)"),))]
        (one,) = scheduling.run_jobs(iter(work), 1, made.scheduler_address)
        assert one.executions[0].runs[0].outputs[0]["text"] == "1\n"


# -------------------------------------------------------------------------------- workers that die
@pytest.mark.slow
def test_a_cluster_without_workers_is_refused() -> None:
    """A scheduler alone would let the run wait for ever."""
    with (
        cluster(0) as made,
        pytest.raises(UserError, match="has no workers"),
        scheduling.open_backend(1, made.scheduler_address),
    ):
        pass


def test_a_cluster_that_lost_its_workers_for_good_ends_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Dask waits for ever for some to come; whoever sits in front of it is told."""
    workers = {"one": 1}
    one = clusters.Cluster(SimpleNamespace(ncores=lambda: workers), 1)
    monkeypatch.setattr(clusters, "ALONE_SECONDS", -1.0)
    one.look()
    workers.clear()
    with pytest.raises(UserError, match="lost all its workers"):
        one.look()


@pytest.mark.slow
def test_a_worker_of_another_environment_is_refused(tmp_path: Path) -> None:
    """Its numbers could differ: the sentence names both sides."""
    preload = tmp_path / "differs.py"
    preload.write_text(DIFFERS, "utf-8")
    with (
        cluster(1, preload=(str(preload),)) as made,
        pytest.raises(UserError, match=r"torch 0\.1") as refused,
        scheduling.open_backend(1, made.scheduler_address),
    ):
        pass
    assert reference.fingerprint() in str(refused.value)


@pytest.mark.slow
def test_both_ways_give_the_same_verdicts(handed_in: Course) -> None:
    """A pool and a cluster of worker processes: the same judgement of the same submissions."""
    (found,) = load_references(open_week(handed_in, WEEK), say=lambda _: None).values()
    work = jobs_for(handed_in, ["full", "half"])
    with cluster(2) as made:
        on_dask = by_item(scheduling.run_jobs(iter(work), 2, made.scheduler_address))
    here = by_item(scheduling.run_jobs(iter(work), 2))
    for student, expected in (("full", MAX_SCORE), ("half", 3.0)):
        one, other = (judge(runs[student].executions[0], found) for runs in (on_dask, here))
        assert one == other
        assert one.points == expected


def kill_at_work(worker: int) -> None:
    """End a worker when it has started a kernel."""
    while not children(worker):
        time.sleep(0.05)
    os.kill(worker, signal.SIGKILL)


@pytest.mark.slow
def test_a_killed_worker_loses_nothing(root: Path) -> None:
    """SIGKILL on a worker in mid-run: every submission is graded, each once."""
    course = open_course(root)
    students = [f"s{number}" for number in range(6)]
    for student in students:
        submit(root, student, solve(root))
    with cluster(2) as made:
        threading.Thread(target=kill_at_work, args=[made.pids[0]]).start()
        options = Options(scheduler=made.scheduler_address, provisioner=UNPROTECTED)
        run = grade(open_week(course, WEEK), options)
    assert sorted(entry.student for entry in run.graded) == students
    assert {entry.score for entry in run.graded} == {MAX_SCORE}
    lines = open_journal(open_week(course, WEEK)).path.read_text().splitlines()
    assert sorted(json.loads(line)["student"] for line in lines) == students
