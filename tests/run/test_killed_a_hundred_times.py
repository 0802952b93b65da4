"""kill -9 for everything that takes part in a run, at random moments: no score is ever wrong."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from processes import taking_part
from tiny_course import GOOD, MAX_SCORE, WEEK, solve, submit

pytestmark = [pytest.mark.sandbox, pytest.mark.slow, pytest.mark.timeout(3 * 3600)]

KILLS = 100
SIZE = 8
SEED = 20
KINDS = ("run", "judge", "server", "worker", "warm parent", "process 1", "kernel")
PAUSE_SECONDS = 3.0  # between two kills, at most
COMMAND = [sys.executable, "-c", "import autograder.cli.app as c; c.main()", "grade", WEEK]
SCORES = """
    select student.id, sum(grade.auto_score), sum(grade.auto_score is null) from grade
    join submitted_notebook on grade.notebook_id = submitted_notebook.id
    join submitted_assignment on submitted_notebook.assignment_id = submitted_assignment.id
    join student on submitted_assignment.student_id = student.id group by student.id"""


def hand_in(root: Path) -> dict[str, float]:
    """A class whose right scores are known: full, half and none."""
    answers = [
        (GOOD, MAX_SCORE),
        ({**GOOD, "row_sums": "def row_sums(x):\n    return x.sum(0)"}, 3.0),
        ({"double": "def double(x):\n    return x", "row_sums": "row_sums = abs"}, 0.0),
    ]
    expected = {}
    for number in range(SIZE):
        cells, score = answers[number % len(answers)]
        slowly = {**cells, "double": f"import time; time.sleep(0.5)\n{cells['double']}"}
        submit(root, f"s{number}", solve(root, slowly))
        expected[f"s{number}"] = score
    return expected


def scores(root: Path) -> dict[str, float | None]:
    """What the gradebook says; None where a person has to look."""
    with sqlite3.connect(root / "gradebook.db") as db:
        return {who: None if missing else total for who, total, missing in db.execute(SCORES)}


class Executioner:
    """Kills, of all that takes part in a run, what was killed least often so far."""

    def __init__(self) -> None:
        self.chance = random.Random(SEED)
        self.killed = dict.fromkeys(KINDS, 0)
        self.longest = PAUSE_SECONDS  # what a run took that nobody killed

    @property
    def total(self) -> int:
        return sum(self.killed.values())

    def haunt(self, run: subprocess.Popen[bytes]) -> None:
        """Kill again and again, until the run has ended."""
        started = time.monotonic()
        while self.total < KILLS and run.poll() is None:
            least = min(self.killed.values())
            kind = self.chance.choice([one for one in KINDS if self.killed[one] == least])
            self.wait(run, self.chance.uniform(0, self.longest if kind == "run" else PAUSE_SECONDS))
            self.strike(run, kind)
        self.longest = max(self.longest, time.monotonic() - started)

    def wait(self, run: subprocess.Popen[bytes], seconds: float) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            run.wait(seconds)

    def strike(self, run: subprocess.Popen[bytes], kind: str) -> None:
        """Kill one of a kind as soon as there is one."""
        while run.poll() is None:
            if found := taking_part(run.pid).get(kind):
                with contextlib.suppress(ProcessLookupError):  # ended by itself meanwhile
                    os.kill(self.chance.choice(found), signal.SIGKILL)
                    self.killed[kind] += 1
                    print(self.total, kind, flush=True)
                return
            self.wait(run, 0.02)


def test_a_hundred_kills_and_every_score_is_right(root: Path) -> None:
    """Run, workers, judge, warm parent, process 1, kernel: a zero of ours is never a student's.

    Whenever a run ends or is ended, each score in the gradebook is right or not there; the same
    command, left alone, then grades all the others, and nothing stays running.
    """
    with (root / "nbgrader_config.py").open("a") as config:
        config.write('\nc.Grading.provisioner = "word2chat-warm"\n')
    expected = hand_in(root)
    clean = shutil.copy(root / "gradebook.db", root.parent)
    executioner = Executioner()
    while executioner.total < KILLS:
        run = subprocess.Popen(
            [*COMMAND, "--workers", "2"], cwd=root,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        executioner.haunt(run)
        run.wait()
        found = {who: score for who, score in scores(root).items() if score is not None}
        assert found.items() <= expected.items(), executioner.killed
        if found == expected:
            forget(root, clean)
    done = subprocess.run([*COMMAND, "--json"], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert {e["student"]: e["score"] for e in json.loads(done.stdout)["entries"]} == expected
    assert scores(root) == expected
    assert min(executioner.killed.values()) > KILLS // 20, executioner.killed
    print(executioner.killed)


def forget(root: Path, clean: Path) -> None:
    """Let the class be graded once more from the beginning."""
    shutil.copy(clean, root / "gradebook.db")
    shutil.rmtree(root / "autograded", ignore_errors=True)
    shutil.rmtree(root / ".autograder" / "journal")


def test_nothing_outlives_a_run_that_was_killed(root: Path) -> None:
    """Workers, judge and sandboxes end with it, whatever they do at that moment."""
    hand_in(root)
    run = subprocess.Popen([*COMMAND, "--workers", "2"], cwd=root, stderr=subprocess.DEVNULL)
    there: dict[str, list[int]] = {}
    until = time.monotonic() + 120
    while not {"worker", "kernel"} <= there.keys() and time.monotonic() < until:
        time.sleep(0.05)
        there = taking_part(run.pid)
    run.kill()
    run.wait()
    left = [pid for pids in there.values() for pid in pids if pid != run.pid]
    assert len(left) >= 6, there
    until = time.monotonic() + 60
    while any(Path(f"/proc/{pid}").exists() for pid in left) and time.monotonic() < until:
        time.sleep(0.1)
    assert [pid for pid in left if Path(f"/proc/{pid}").exists()] == []
