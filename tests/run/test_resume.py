"""A run that is killed, and the same command again: nothing lost, nothing graded twice."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from tiny_course import CHECK_DOUBLE, GOOD, MAX_SCORE, WEEK, solve, submit

WRONG = "def row_sums(x):\n    return x.sum(0)"
SCALARS = {**GOOD, "double": "def double(x):\n    return 2 * x if getattr(x, 'ndim', 0) else 0"}
SIZE = 12
FIX = (
    'probe("scalar", lambda: double(rng.normal()), points=1)',
    'probe("scalar", lambda: 1, points=1)',
)
COMMAND = [sys.executable, "-m", "autograder.cli.app"]


def call(root: Path, *words: str) -> subprocess.CompletedProcess:
    done = subprocess.run(
        [*COMMAND, *words], cwd=root, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done


def grade(root: Path, *words: str) -> dict:
    """`autograder grade`, unprotected because what is tested here is the trusted side."""
    done = call(root, "grade", WEEK, "--no-sandbox", "--workers", "2", "--json", *words)
    return json.loads(done.stdout)


def hand_in(root: Path) -> dict[str, float]:
    """A class whose right scores are known: every third one has half the points."""
    expected = {}
    for number in range(SIZE):
        half = number % 3 == 0
        submit(root, f"s{number:02}", solve(root, {**GOOD, "row_sums": WRONG} if half else GOOD))
        expected[f"s{number:02}"] = 3.0 if half else MAX_SCORE
    return expected


def journal(root: Path) -> list[dict]:
    path = root / ".autograder" / "journal" / f"{WEEK}.jsonl"
    lines = path.read_bytes().split(b"\n")[:-1] if path.is_file() else []
    return [json.loads(line) for line in lines]


def gradebook(root: Path) -> dict[str, float]:
    """Scores as nbgrader's tables hold them."""
    query = (
        "select s.student_id, sum(g.auto_score), count(*) from grade g "
        "join submitted_notebook n on g.notebook_id = n.id "
        "join submitted_assignment s on n.assignment_id = s.id group by s.student_id"
    )
    with sqlite3.connect(root / "gradebook.db") as database:
        rows = database.execute(query).fetchall()
    assert {count for _, _, count in rows} <= {2}
    return {student: score for student, score, _ in rows}


def kill_after(root: Path, entries: int) -> None:
    """Start the command and kill it with its workers when the journal has so many entries."""
    command = [*COMMAND, "grade", WEEK, "--no-sandbox", "--workers", "2"]
    quiet = subprocess.DEVNULL
    run = subprocess.Popen(command, cwd=root, stdout=quiet, stderr=quiet, start_new_session=True)
    deadline = time.monotonic() + 200
    try:
        while len(journal(root)) < entries and run.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        os.kill(run.pid, signal.SIGKILL)
        run.wait()


@pytest.mark.slow
@pytest.mark.parametrize("entries", [0, 1, 7])
def test_killed_and_started_again_everybody_is_graded_once(root: Path, entries: int) -> None:
    """SIGKILL before the first entry, after it, and in the middle: the same scores in the end."""
    expected = hand_in(root)
    kill_after(root, entries)
    kept = {line["student"] for line in journal(root)}
    found = grade(root)
    assert found["graded"] == SIZE - len(kept)
    assert {one["student"]: one["score"] for one in found["entries"]} == expected
    assert sorted(line["student"] for line in journal(root)) == sorted(expected)
    assert gradebook(root) == expected
    for student in expected:
        assert os.listdir(root / "autograded" / student) == [WEEK]


@pytest.mark.slow
def test_killed_again_and_again(root: Path) -> None:
    """Three kills in a row, and a line of the journal torn: still once each, still right."""
    expected = hand_in(root)
    for entries in (1, 4, 8):
        kill_after(root, entries)
    torn = root / ".autograder" / "journal" / f"{WEEK}.jsonl"
    lost = json.loads(torn.read_bytes().splitlines()[-1])["student"]
    torn.write_bytes(torn.read_bytes()[:-20])
    known = {line["student"] for line in journal(root)}
    assert lost not in known
    assert grade(root)["graded"] == SIZE - len(known)
    assert sorted(line["student"] for line in journal(root)) == sorted(expected)
    assert gradebook(root) == expected


@pytest.mark.slow
def test_an_unchanged_class_is_left_alone_and_a_fixed_check_is_previewed(root: Path) -> None:
    """Nothing to do is nothing done; a preview after the fix tells the change and writes none."""
    for number in range(3):
        submit(root, f"s{number}", solve(root, SCALARS if number == 1 else GOOD))
    first = grade(root)
    assert {one["student"]: one["score"] for one in first["entries"]} == {
        "s0": MAX_SCORE, "s1": MAX_SCORE - 1, "s2": MAX_SCORE,
    }  # fmt: skip
    again = grade(root)
    assert (again["graded"], again["unchanged"]) == (0, 3)
    assert again["entries"] == first["entries"]

    _fix_the_check(root)
    before = _written(root)
    shown = call(root, "grade", WEEK, "--no-sandbox", "--preview").stdout
    assert "s1" in shown
    assert "+1" in shown
    assert "s0" not in shown
    assert _written(root) == before
    after = grade(root)
    assert after["graded"] == 3
    assert {one["score"] for one in after["entries"]} == {MAX_SCORE}
    assert set(gradebook(root).values()) == {MAX_SCORE}


def _fix_the_check(root: Path) -> None:
    """Ask the scalar probe for what every solution returns, and release again."""
    path = root / "source" / WEEK / f"{WEEK}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    (check,) = [cell for cell in notebook.cells if cell.source == CHECK_DOUBLE]
    check.source = check.source.replace(*FIX)
    assert FIX[1] in check.source
    nbformat.write(notebook, path)
    call(root, "release", WEEK, "--skip-proof", "--no-sandbox")


def _written(root: Path) -> dict[str, bytes | None]:
    """All that grading could change."""
    kept = {str(path): path.read_bytes() for path in (root / ".autograder" / "journal").iterdir()}
    folders = {str(path): None for path in sorted((root / "autograded").rglob("*"))}
    grades = json.dumps(gradebook(root)).encode()
    return {**kept, **folders, "gradebook": grades}


def test_the_class_is_worth_what_it_says(root: Path) -> None:
    """The constants of these tests agree with the tiny course."""
    assert set(hand_in(root).values()) == {3.0, MAX_SCORE}
    assert FIX[0] in CHECK_DOUBLE
    shutil.rmtree(root / "submitted")
