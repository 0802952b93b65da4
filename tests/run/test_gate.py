"""The gate: whoever starts a run, no code runs where the sandbox has not shown that it holds."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from dask_cluster import cluster
from tiny_course import GOOD, MAX_SCORE, WEEK, solve, submit

from autograder.course_folder import SANDBOX, UNPROTECTED, Course, open_course
from autograder.errors import UserError
from autograder.run.grade import Options, grade
from autograder.run.pool import refuse_where_it_leaks
from autograder.run.progress import Watcher
from autograder.sandbox import bwrap, selftest
from autograder.sandbox.warm import close_warm_parents
from autograder.week import open_week

pytestmark = pytest.mark.sandbox
TRYING = "Trying the sandbox …"
WITHOUT_BUBBLEWRAP = """
from autograder.sandbox import bwrap
bwrap.candidates = lambda: iter(())
"""
PROOF_OF_RUNNING = "print('it ran')"


class Listener(Watcher):
    """Keeps what a run says."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)


@pytest.fixture
def handed_in(root: Path) -> Course:
    """One honest submission."""
    submit(root, "ann", solve(root, {**GOOD, "double": f"{PROOF_OF_RUNNING}\n{GOOD['double']}"}))
    return open_course(root)


@pytest.fixture
def no_sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine has no bubblewrap any more, and nobody remembers that it had one."""
    monkeypatch.setattr(bwrap, "candidates", lambda: iter(()))
    bwrap.bubblewraps.cache_clear()
    selftest.forget()
    yield
    bwrap.bubblewraps.cache_clear()
    selftest.forget()


@pytest.fixture
def hole(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A sandbox that shows a folder of the machine."""
    course = bwrap.course_parts
    shown = bwrap.show("/var/tmp", "/var/tmp")
    monkeypatch.setattr(bwrap, "course_parts", lambda *given: [*course(*given), *shown])
    close_warm_parents()  # the next one starts with the hole
    selftest.forget()
    yield
    close_warm_parents()
    selftest.forget()


def autograded(course: Course) -> list[Path]:
    return list(course.folder("autograded", WEEK, "ann").rglob("*.ipynb"))


def test_grade_as_a_library_refuses_where_there_is_no_sandbox(
    handed_in: Course, no_sandbox: None
) -> None:
    """The sentence names the cause and the ways out; nothing ran, nothing was written."""
    with pytest.raises(UserError, match="The sandbox does not hold here") as refused:
        grade(open_week(handed_in, WEEK))
    assert "not installed" in refused.value.happened
    assert "course/guide/host.md" in refused.value.remedy
    assert "--no-sandbox" in refused.value.remedy
    assert autograded(handed_in) == []


def test_grade_as_a_library_refuses_a_sandbox_with_a_hole(handed_in: Course, hole: None) -> None:
    """What leaks is named: here a folder that holds one of the canaries."""
    with pytest.raises(UserError, match=r"no reading of the course.*/var/tmp"):
        grade(open_week(handed_in, WEEK))
    assert autograded(handed_in) == []


def test_a_configuration_without_a_sandbox_does_not_pass(root: Path, handed_in: Course) -> None:
    """Only an option of one run leaves the sandbox out, never a line of the configuration."""
    with (root / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.Grading.provisioner = '{UNPROTECTED}'\n")
    selftest.forget()
    with pytest.raises(UserError, match="does not hold here"):
        grade(open_week(open_course(root), WEEK))


def test_one_run_tries_the_sandbox_once_and_only_if_something_runs(handed_in: Course) -> None:
    """The reference and the submissions share one self-test; an unchanged class needs none."""
    shutil.rmtree(handed_in.state, ignore_errors=True)  # the reference has to run as well
    first, second = Listener(), Listener()
    run = grade(open_week(handed_in, WEEK), watcher=first)
    assert [entry.score for entry in run.graded] == [MAX_SCORE]
    assert first.said.count(TRYING) == 1
    (reference,) = [text for text in first.said if text.startswith("Executing the reference")]
    assert first.said.index(TRYING) < first.said.index(reference)
    again = grade(open_week(handed_in, WEEK), watcher=second)
    assert [entry.student for entry in again.unchanged] == ["ann"]
    assert TRYING not in second.said


def test_nbgraders_route_passes_the_same_gate(handed_in: Course, no_sandbox: None) -> None:
    """The formgrader's button: no score, a review with the reason, nothing ran."""
    from nbgrader.apps.api import NbGraderAPI

    result = NbGraderAPI(handed_in.coursedir, config=handed_in.config).autograde(WEEK, "ann")
    assert not result["success"]
    assert "The sandbox does not hold here" in result["log"]
    assert autograded(handed_in) == []
    with sqlite3.connect(handed_in.root / "gradebook.db") as db:
        ((scored,),) = db.execute("select count(*) from grade where auto_score is not null")
    assert scored == 0


@pytest.mark.slow
def test_the_workers_of_a_cluster_are_tried(handed_in: Course, tmp_path: Path) -> None:
    """A worker whose machine has no sandbox stops the run, and says which one it is."""
    preload = tmp_path / "without.py"
    preload.write_text(WITHOUT_BUBBLEWRAP, "utf-8")
    with (
        cluster(1, preload=(str(preload),)) as made,
        pytest.raises(UserError, match=r"does not hold on worker .*not installed"),
    ):
        grade(open_week(handed_in, WEEK), Options(scheduler=made.scheduler_address))
    assert autograded(handed_in) == []


def test_a_worker_that_joins_late_tries_itself(no_sandbox: None) -> None:
    """Its submissions come back as our fault, not as a zero."""
    with pytest.raises(RuntimeError, match="does not hold on this worker"):
        refuse_where_it_leaks(SANDBOX)
    refuse_where_it_leaks(UNPROTECTED)  # that was asked for, with --no-sandbox


def test_only_success_is_remembered(no_sandbox: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a repair the next run is let in; a success is not tried again at once."""
    assert "not installed" in selftest.leaks(SANDBOX)
    monkeypatch.undo()
    bwrap.bubblewraps.cache_clear()
    assert selftest.leaks(SANDBOX) == ""
    monkeypatch.setattr(bwrap, "candidates", lambda: iter(()))
    bwrap.bubblewraps.cache_clear()
    assert selftest.leaks(SANDBOX) == ""
