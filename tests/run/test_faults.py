"""Things go wrong around the grader: nothing is lost, no score is wrong, and no zero is ours."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from processes import children, sandboxes
from tiny_course import GOOD, MAX_SCORE, WEEK, make_course, solve, submit

from autograder import gradebook
from autograder.course_folder import UNPROTECTED, Course, open_course
from autograder.errors import UserError
from autograder.model import (
    CellEnd,
    Doubt,
    Execution,
    ExecutionJob,
    JobCell,
    Judgement,
    Reference,
)
from autograder.reference.build import load_references
from autograder.run import judging_process
from autograder.run.grade import Options, grade
from autograder.run.scheduling import Finished
from autograder.sandbox import warm
from autograder.sandbox.limits import Limits
from autograder.sandbox.warm import close_warm_parents
from autograder.stages import record as recording
from autograder.stages.execute import execute, execute_alone
from autograder.stages.judge import judge
from autograder.week import open_week

pytestmark = pytest.mark.sandbox
WARM, COLD = "word2chat-warm", "word2chat-sandbox"
WRONG = "def row_sums(x):\n    return x.sum(0)"
SIZE = 6


@pytest.fixture
def root(released_template: Path, tmp_path: Path) -> Path:
    """A copy of the released tiny course, with warm starts."""
    made = Path(shutil.copytree(released_template, tmp_path / "course"))
    with (made / "nbgrader_config.py").open("a") as config:
        config.write(f'\nc.Grading.provisioner = "{WARM}"\n')
    return made


@pytest.fixture
def course(root: Path) -> Course:
    return open_course(root)


def hand_in(root: Path, slowly: str = "") -> dict[str, float]:
    """A class whose right scores are known."""
    expected = {}
    for number in range(SIZE):
        answers = {**GOOD, "row_sums": WRONG} if number % 3 == 0 else dict(GOOD)
        answers["double"] = f"{slowly}\n{answers['double']}"
        submit(root, f"s{number}", solve(root, answers))
        expected[f"s{number}"] = 3.0 if number % 3 == 0 else MAX_SCORE
    return expected


def command(root: Path, *words: str, **more: object) -> subprocess.Popen[str]:
    """`autograder grade` in a process of its own, that can be killed."""
    code = "import autograder.cli.app as c; c.main()"
    return subprocess.Popen(
        [sys.executable, "-c", code, "grade", WEEK, "--workers", "2", "--json", *words], cwd=root,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more,
    )  # fmt: skip


def finish(started: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = started.communicate(timeout=300)
    return started.returncode, out, err


def scores(root: Path) -> dict[str, float | None]:
    """Automatic scores in nbgrader's tables; None where a person has to look."""
    query = """
        select student.id, sum(grade.auto_score), sum(grade.auto_score is null) from grade
        join submitted_notebook on grade.notebook_id = submitted_notebook.id
        join submitted_assignment on submitted_notebook.assignment_id = submitted_assignment.id
        join student on submitted_assignment.student_id = student.id group by student.id"""
    with sqlite3.connect(root / "gradebook.db") as db:
        return {who: None if missing else total for who, total, missing in db.execute(query)}


def journal_of(root: Path) -> dict[str, float | None]:
    text = (root / ".autograder" / "journal" / f"{WEEK}.jsonl").read_text()
    return {e["student"]: e["score"] for e in map(json.loads, text.splitlines())}


# ------------------------------------------------------------------------------------ the kernel
CELLS = (
    JobCell(0, "x = 1"),
    JobCell(1, "import time; time.sleep(2)"),
    JobCell(2, "time.sleep(2); x"),
)


class Killer:
    """Ends something around a running sandbox with SIGKILL, at a given phase of the run.

    It stands in for the turn and for the cells, so that each phase passes through it.
    """

    def __init__(self, victim: str, phase: str) -> None:
        self.victim, self.phase = victim, phase

    def __enter__(self) -> None:
        # at the end it is being killed already, and may be gone before anybody finds it
        self.pid = sandboxes(os.getpid())[self.victim]
        self.now("turn")

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.now("end")

    def __iter__(self) -> Iterator[JobCell]:
        for cell in CELLS:
            self.now(f"before cell {cell.index}")
            if self.phase == "in a cell" and cell.index == 1:
                threading.Timer(1.0, self.now, ["in a cell"]).start()
            yield cell

    def now(self, phase: str) -> None:
        if phase == self.phase:
            os.kill(self.pid, signal.SIGKILL)


@pytest.mark.parametrize("phase", ["turn", "before cell 0", "in a cell", "before cell 2"])
@pytest.mark.parametrize(
    ("victim", "provisioner"), [("warm parent", WARM), ("process 1", WARM), ("process 1", COLD)]
)
def test_a_sandbox_killed_from_outside_is_our_fault(
    victim: str, provisioner: str, phase: str
) -> None:
    """Whatever ends around the kernel, at whatever moment: no verdict, and the run is repeated."""
    killer = Killer(victim, phase)
    done = execute(a_job(killer, provisioner), killer)
    assert (done.fault, done.runs) == ("EndedFromOutside: the sandbox was ended from outside", ())
    assert done.doubt is Doubt.KILLED


@pytest.mark.parametrize(
    ("victim", "provisioner", "phase"),
    [("process 1", WARM, "end"), ("bwrap", COLD, "turn"), ("bwrap", WARM, "in a cell")],
)
def test_what_the_kernel_does_not_need_any_more_may_die(
    victim: str, provisioner: str, phase: str
) -> None:
    """A sandbox that has shown everything, and the bubblewrap that has only started one."""
    killer = Killer(victim, phase)
    done = execute(a_job(killer, provisioner), killer)
    assert (done.fault, done.doubt) == (None, None)
    assert [run.end for run in done.runs] == [CellEnd.OK] * 3


def a_job(cells: object, provisioner: str = WARM) -> ExecutionJob:
    """`cells` is anything that gives cells when it is gone through."""
    limits = Limits(cell_seconds=10)
    return ExecutionJob("t", cells, "s", limits, provisioner=provisioner, warm_modules=("numpy",))


def ends_soon(pid: int, seconds: float = 20) -> bool:
    """Whether a process that was killed is gone; the system's init reaps it when it has time."""
    until = time.monotonic() + seconds
    while (there := Path(f"/proc/{pid}").exists()) and time.monotonic() < until:
        time.sleep(0.05)
    return not there


def test_a_stopped_warm_parent_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next kernel does not wait for it for ever, and what was stopped does not stay behind."""
    monkeypatch.setattr(warm, "ANSWER_SECONDS", 2.0)
    close_warm_parents()
    others = set(children(os.getpid()))
    job = a_job((JobCell(0, "1"),))
    assert execute(job).fault is None
    (bubblewrap,) = set(children(os.getpid())) - others
    (stopped,) = children(bubblewrap)
    os.kill(stopped, signal.SIGSTOP)
    again = execute(job)
    assert [run.end for run in again.runs] == [CellEnd.OK]
    assert ends_soon(stopped)


THEIR_OWN = {
    "an exit": ("import os; os._exit(1)", CellEnd.DEAD_KERNEL, None),
    "a signal to all it can reach": (
        "import os, signal\nfor pid in (1, os.getpid()): os.kill(pid, signal.SIGKILL)",
        CellEnd.DEAD_KERNEL,
        Doubt.KILLED,
    ),
    "a signal to its group": (
        "import os, signal; os.killpg(0, signal.SIGKILL)", CellEnd.DEAD_KERNEL, Doubt.KILLED,
    ),
    "a signal to its children": (
        "import os, signal, subprocess\n"
        "child = subprocess.Popen(['sleep', '60'])\nos.kill(child.pid, signal.SIGKILL)",
        CellEnd.OK,
        None,
    ),
    "its sockets closed": (
        "import os\nos.closerange(3, 256)\nwhile True: pass", CellEnd.DEAD_KERNEL, Doubt.KILLED,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", THEIR_OWN)
def test_an_end_from_within_is_the_students(name: str) -> None:
    """From inside nobody reaches process 1, so these ends are told from those of ours."""
    source, end, doubt = THEIR_OWN[name]
    done = execute_alone(a_job((JobCell(0, "1"), JobCell(1, source), JobCell(2, "1"))))
    assert done.fault is None
    last = CellEnd.OK if end is CellEnd.OK else CellEnd.NOT_RUN
    assert [run.end for run in done.runs] == [CellEnd.OK, end, last]
    assert done.doubt is None
    if doubt:
        assert execute(a_job((JobCell(0, source),))).doubt is doubt


def test_a_fault_puts_one_submission_into_review_and_the_next_run_grades_it(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No score, no zero, and the same command puts it right."""
    expected = hand_in(course.root)
    run_jobs = grade.__globals__["run_jobs"]

    def with_a_fault(jobs: Iterator, *how: object) -> Iterator:
        for one in run_jobs(jobs, *how):
            hit = one.item.submission.student == "s2"
            yield Finished(one.item, fault="a worker died") if hit else one

    monkeypatch.setitem(grade.__globals__, "run_jobs", with_a_fault)
    first = grade(open_week(course, WEEK), Options(workers=2))
    monkeypatch.undo()
    (review,) = [entry for entry in first.entries if entry.needs_review]
    assert (review.student, review.score) == ("s2", None)
    assert "Our fault" in review.needs_review
    assert scores(course.root) == {**expected, "s2": None}
    second = grade(open_week(course, WEEK), Options(workers=2))
    assert [entry.student for entry in second.graded] == ["s2"]
    assert scores(course.root) == expected


def test_what_cannot_be_recorded_stays_alone(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A submission that breaks the writing of its batch is found, and only it goes to review."""
    expected = hand_in(course.root)
    real = recording.write_autograded

    def breaks(course: Course, judged: recording.GradedSubmission) -> None:
        if judged.student == "s4" and judged.needs_review is None:
            raise ValueError("poison")
        real(course, judged)

    monkeypatch.setattr(recording, "write_autograded", breaks)
    run = grade(open_week(course, WEEK), Options(workers=2))
    assert {entry.student: entry.score for entry in run.entries} == {**expected, "s4": None}
    assert scores(course.root) == {**expected, "s4": None}


def test_what_another_run_got_in_the_way_of_is_recorded_the_second_time(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two runs that add one new student at the same moment: the gradebook refuses one of them."""
    expected = hand_in(course.root)
    real, refused = recording.write_autograded, []

    def refuses(course: Course, judged: recording.GradedSubmission) -> None:
        if judged.student == "s4" and len(refused) < 2:  # in its batch, and by itself
            refused.append(judged.student)
            raise ValueError("UNIQUE constraint failed: student.id")
        real(course, judged)

    monkeypatch.setattr(recording, "write_autograded", refuses)
    run = grade(open_week(course, WEEK), Options(workers=2))
    assert refused == ["s4", "s4"]
    assert {entry.student: entry.score for entry in run.entries} == expected
    assert scores(course.root) == expected


# ------------------------------------------------------------------------------------ the judge
HANGS = re.compile(r"(a+)+b")


def hangs_over(student: str, how: Callable[[], object]) -> Callable[..., object]:
    """The judge, but for one student."""

    def judge_one(run: Execution, reference: Reference, *more: Any) -> Judgement:
        if run.name.endswith(student):
            how()
        return judge(run, reference, *more)

    return judge_one


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (lambda: HANGS.match("a" * 60), "did not end within 3 s"),
        (lambda: os.kill(os.getpid(), signal.SIGKILL), "has died over it"),
        (lambda: 1 / 0, "ZeroDivisionError"),
    ],
    ids=["a pattern that backtracks", "the death of the process", "an error"],
)
def test_judging_that_goes_wrong_costs_one_submission_its_verdict(
    course: Course, monkeypatch: pytest.MonkeyPatch, how: Callable[[], object], said: str
) -> None:
    """It is ended from outside, that student is for a person to look at, and the class goes on."""
    expected = hand_in(course.root)
    monkeypatch.setattr(judging_process, "JUDGING_SECONDS", 3.0)
    monkeypatch.setattr(judging_process, "judge", hangs_over("s2", how))
    run = grade(open_week(course, WEEK), Options(workers=2))
    assert {entry.student: entry.score for entry in run.entries} == {**expected, "s2": None}
    (review,) = [entry.needs_review for entry in run.entries if entry.needs_review]
    assert said in review
    monkeypatch.undo()
    grade(open_week(course, WEEK), Options(workers=2))
    assert scores(course.root) == expected


def test_a_judge_that_reads_nothing_is_waited_for_no_longer_than_any_other() -> None:
    """Stopped, with more on its way than a pipe takes; the next submission has a new one."""
    with judging_process.judging({}, seconds=3) as judge_them:
        assert judge_them(()) == ()
        os.kill(judge_them._process.pid, signal.SIGSTOP)
        with pytest.raises(judging_process.NotJudged, match="did not end within 3 s"):
            judge_them(("x" * 5_000_000,))  # type: ignore[arg-type]
        assert judge_them(()) == ()


def test_the_process_that_judges_holds_nothing_of_the_run(tmp_path: Path) -> None:
    """A lock that the run held is free as soon as the run is gone, whatever the judge does."""
    with (tmp_path / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with judging_process.judging({}, seconds=3) as judge_them:
            assert judge_them(()) == ()
            (process,) = [pid for pid in children(os.getpid()) if is_fork_of_ours(pid)]
            assert str(tmp_path / "lock") not in open_files(process)


def is_fork_of_ours(pid: int) -> bool:
    mine = Path(f"/proc/{os.getpid()}/cmdline").read_bytes()
    return Path(f"/proc/{pid}/cmdline").read_bytes() == mine


def open_files(pid: int) -> set[str]:
    return {os.readlink(one) for one in Path(f"/proc/{pid}/fd").iterdir()}


# ------------------------------------------------------------------------------------ attachments
def test_the_files_of_a_class_are_not_held_together(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 150 MB, five at a time: each submission's are read when it is handed in."""
    megabytes, students = 5, 30
    for number in range(students):
        folder = submit(course.root, f"s{number:02}", solve(course.root))
        (folder / "data.bin").write_bytes(os.urandom(megabytes << 20))
    seen = []

    def hand_in_only(jobs: Iterator, *_: object) -> Iterator[Finished]:
        for item, (job,) in jobs:
            seen.append(sum(len(content) for _, content in job.files))
            yield Finished(item, fault="not run")

    monkeypatch.setitem(grade.__globals__, "run_jobs", hand_in_only)
    load_references(open_week(course, WEEK), say=lambda _: None)
    tracemalloc.start()
    grade(open_week(course, WEEK), Options(provisioner=UNPROTECTED, preview=True))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seen == [megabytes << 20] * students
    assert peak < 100 << 20


def test_a_submission_that_changes_during_the_run_is_graded_as_it_is(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Handed in again, or made unreadable, after the class was looked through: no mixture."""
    for student in ("again", "gone", "kept"):
        folder = submit(course.root, student, solve(course.root, {**GOOD, "row_sums": WRONG}))
        (folder / "data.txt").write_text(student)
    run_jobs = grade.__globals__["run_jobs"]

    def after_a_change(jobs: Iterator, *how: object) -> Iterator:
        submit(course.root, "again", solve(course.root))
        submit(course.root, "gone", "no notebook")
        yield from run_jobs(jobs, *how)

    monkeypatch.setitem(grade.__globals__, "run_jobs", after_a_change)
    run = grade(open_week(course, WEEK), Options(workers=2))
    found = {entry.student: entry.score for entry in run.entries}
    assert found == {"again": MAX_SCORE, "gone": None, "kept": 3.0}
    monkeypatch.undo()
    assert grade(open_week(course, WEEK), Options(workers=2)).graded == []


# ------------------------------------------------------------------------------------ the gradebook
def holder(root: Path, seconds: float) -> threading.Thread:
    """Another program that writes to the gradebook for a while."""
    taken = threading.Event()

    def hold() -> None:
        with sqlite3.connect(root / "gradebook.db", isolation_level=None) as db:
            db.execute("begin exclusive")
            taken.set()
            time.sleep(seconds)
            db.execute("rollback")

    thread = threading.Thread(target=hold)
    thread.start()
    assert taken.wait(60)
    return thread


def test_a_gradebook_held_for_a_while_is_waited_for(course: Course) -> None:
    """Another program writes for some seconds, from the start on: the run waits and is right."""
    expected = hand_in(course.root)
    thread = holder(course.root, 8)
    grade(open_week(course, WEEK), Options(workers=2))
    thread.join()
    assert scores(course.root) == expected == journal_of(course.root)


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "during"])
def test_a_gradebook_held_for_good_is_one_sentence_and_no_loss(
    course: Course, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person is told to close the other program; then the same command does the work."""
    expected = hand_in(course.root)
    monkeypatch.setattr(gradebook, "WAITS", (0.1, 0.1))
    if when == "before":
        thread = holder(course.root, 20)
    else:
        real, threads = recording.record, []

        def then_held(*args: object) -> None:
            if not threads:
                threads.append(holder(course.root, 20))
            real(*args)

        monkeypatch.setitem(grade.__globals__, "record", then_held)
    with pytest.raises(UserError, match="gradebook"):
        grade(open_week(course, WEEK), Options(workers=2))
    (thread if when == "before" else threads[0]).join()
    monkeypatch.undo()
    run = grade(open_week(course, WEEK), Options(workers=2))
    assert {entry.student: entry.score for entry in run.entries} == expected
    assert scores(course.root) == expected


# ------------------------------------------------------------------------------------ the disk
@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MB (only root can make one)."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)], capture_output=True
    )
    if made.returncode != 0:
        pytest.skip("a small file system cannot be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.slow
def test_a_full_disk_is_one_sentence_and_no_loss(root: Path, small_disk: Path) -> None:
    """The run stops and says so; with more room the same command grades everybody right."""
    course_root = Path(shutil.copytree(root, small_disk / "course"))
    expected = hand_in(course_root)
    with pytest.raises(OSError), (small_disk / "ballast").open("wb") as ballast:
        while True:
            ballast.write(bytes(4096))
            ballast.flush()
    os.truncate(small_disk / "ballast", (small_disk / "ballast").stat().st_size - 40_000)
    code, _, error = finish(command(course_root))
    assert code == 1, error
    assert "Traceback" not in error, error
    assert "space" in error or "full" in error, error
    left = journal_of(course_root) if (course_root / ".autograder" / "journal").exists() else {}
    assert left.items() <= expected.items()
    (small_disk / "ballast").unlink()
    code, _, error = finish(command(course_root))
    assert code == 0, error
    assert scores(course_root) == expected == journal_of(course_root)


# ------------------------------------------------------------------------------------ the clock
def test_a_clock_that_jumps_changes_nothing(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Limits and waits count in monotonic time; years forth and back make no difference."""
    real, calls = time.time, iter(range(10**9))
    monkeypatch.setattr(time, "time", lambda: real() + (-1) ** next(calls) * 3e8)
    cells = (JobCell(0, "1"), JobCell(1, "while True: pass"), JobCell(2, "print('on')"))
    job = ExecutionJob("t", cells, "s", Limits(cell_seconds=1), provisioner=WARM, warm_modules=())
    done = execute(job)
    assert done.fault is None
    assert [run.end for run in done.runs] == [CellEnd.OK, CellEnd.TIME_LIMIT, CellEnd.OK]
    expected = hand_in(course.root)
    assert {e.student: e.score for e in grade(open_week(course, WEEK)).entries} == expected


@pytest.mark.slow
# ------------------------------------------------------------------------------------ two graders
def test_two_graders_at_once_on_one_week(root: Path) -> None:
    """One of them works, the other says who is at work; together they are right."""
    expected = hand_in(root, slowly="import time; time.sleep(1)")
    both = [finish(one) for one in [command(root), command(root)]]
    assert sorted(code for code, _, _ in both) == [0, 1]
    refused = next(error for code, _, error in both if code == 1)
    assert "Another grader is at work" in refused
    assert scores(root) == expected == journal_of(root)


@pytest.mark.slow
def test_nbgrader_and_we_at_once(root: Path) -> None:
    """`nbgrader autograde` beside `autograder grade`: they share the gradebook, and are right."""
    expected = hand_in(root)
    ours = command(root)
    theirs = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", WEEK], cwd=root, capture_output=True,
        text=True, check=False, timeout=300,
    )  # fmt: skip
    code, _, error = finish(ours)
    assert code == 0, error
    assert scores(root) == expected, theirs.stderr[-2000:]


# ------------------------------------------------------------------------------------ kill -9
def survivors(mark: str) -> list[str]:
    """Processes that carry the mark in their command line or environment."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                seen = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            except OSError:
                continue
            if mark.encode() in seen:
                found.append(f"{entry.name}: {seen[:80]!r}")
    return found


def wait_until_gone(mark: str, seconds: float = 20) -> list[str]:
    until = time.monotonic() + seconds
    while survivors(mark) and time.monotonic() < until:
        time.sleep(0.2)
    return survivors(mark)


@pytest.mark.slow
def test_killed_at_random_moments_then_the_same_command(root: Path) -> None:
    """kill -9 of the whole run, again and again: nothing stays running, everybody is right."""
    mark = f"{random.randrange(10**12):012d}"
    sleeper = f"import subprocess; subprocess.run(['sleep', '1.{mark}'])"
    expected = hand_in(root, slowly=sleeper)
    moments = random.Random(3)
    for _ in range(5):
        run = command(root, env={**os.environ, "FAULTS_MARK": mark})
        time.sleep(moments.uniform(1, 8))
        run.kill()
        run.communicate()
        assert wait_until_gone(mark) == []
    code, out, error = finish(command(root))
    assert code == 0, error
    assert {e["student"]: e["score"] for e in json.loads(out)["entries"]} == expected
    assert scores(root) == expected == journal_of(root)
    left = [path for path in (root / "autograded").rglob(".*") if path.is_dir()]
    assert left == []


def started_by(pid: int, pattern: str = "") -> list[int]:
    """The processes that this one started, those with the pattern in their command line."""
    command = ["pgrep", "-P", str(pid), *(["-f", pattern] if pattern else [])]
    listed = subprocess.run(command, capture_output=True, text=True)
    return [int(line) for line in listed.stdout.split()]


@pytest.mark.slow
def test_a_worker_killed_during_the_run_loses_nothing(root: Path) -> None:
    """Each submission in flight is tried again; the scores are right."""
    expected = hand_in(root, slowly="import time; time.sleep(2)")
    run = command(root)
    until = time.monotonic() + 60
    workers: list[int] = []
    while not workers and time.monotonic() < until:
        time.sleep(0.5)
        for server in started_by(run.pid, "multiprocessing.forkserver"):
            workers = started_by(server)
    time.sleep(3)
    os.kill(workers[0], signal.SIGKILL)
    code, _, error = finish(run)
    assert code == 0, error
    assert scores(root) == expected == journal_of(root)


@pytest.mark.slow
def test_two_weeks_graded_at_once_share_the_gradebook(tmp_path: Path) -> None:
    """Two runs on two weeks of one course: both write, neither is lost."""
    from autograder.edition.release import generate

    root = make_course(tmp_path, f'\nc.Grading.provisioner = "{WARM}"\n')
    other = WEEK.replace("90", "91")
    (root / "source" / other).mkdir()
    shutil.copy(
        root / "source" / WEEK / f"{WEEK}.ipynb", root / "source" / other / f"{other}.ipynb"
    )
    course = open_course(root)
    for week in (WEEK, other):
        generate(open_week(course, week))
    expected = hand_in(root)
    for student in expected:
        folder = root / "submitted" / student / other
        folder.mkdir()
        shutil.copy(folder.parent / WEEK / f"{WEEK}.ipynb", folder / f"{other}.ipynb")
    found: dict[str, dict] = {}

    def run(week: str) -> None:
        entries = grade(open_week(open_course(root), week), Options(workers=1)).entries
        found[week] = {entry.student: entry.score for entry in entries}

    threads = [threading.Thread(target=run, args=(week,)) for week in (WEEK, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {WEEK: expected, other: expected}
    assert scores(root) == {student: 2 * score for student, score in expected.items()}
