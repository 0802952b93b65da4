"""The same file gets the same score, ten times over, on a machine that is otherwise busy."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tiny_course import GOOD, WEEK, solve, submit

from autograder.course_folder import open_course
from autograder.run.grade import Options, grade
from autograder.week import open_week

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]

COPIES = 10
KINDS = {
    "right": ({}, 6.0),
    "one wrong": ({"row_sums": "def row_sums(x):\n    return x.sum(0)"}, 3.0),
    "leaves in between": ({"setup": "import torch\nquit()"}, 6.0),
    "leaves in a function": ({"row_sums": "def row_sums(x):\n    import sys; sys.exit(1)"}, 3.0),
    "dies": ({"row_sums": "def row_sums(x):\n    import os; os._exit(1)"}, 3.0),
    "prints too much": ({"row_sums": "for i in range(400_000):\n    print('line', i)\n"
                         + GOOD["row_sums"]}, 6.0),
    "computes": ({"double": "x = 0\nfor i in range(10**7):\n    x += i\n" + GOOD["double"]}, 6.0),
}  # fmt: skip


@pytest.fixture
def busy() -> Iterator[None]:
    """Twice as many endless loops as there are processors, at the run's own priority."""
    loop = [sys.executable, "-c", "while True: pass"]
    loops = [subprocess.Popen(loop) for _ in range(2 * (os.cpu_count() or 1))]
    yield
    for one in loops:
        one.kill()
        one.wait()


def test_ten_copies_get_one_score_under_load(root: Path, busy: None) -> None:
    """Whatever the file does, all copies end alike, and none goes to a person."""
    for kind, (answers, _) in KINDS.items():
        for copy in range(COPIES):
            name = f"{kind.replace(' ', '-')}-{copy}"
            submit(root, name, solve(root, {**GOOD, **answers}))
    run = grade(open_week(open_course(root), WEEK), Options(workers=2))
    scores: dict[str, set] = {kind: set() for kind in KINDS}
    for entry in run.graded:
        kind = entry.student.rpartition("-")[0].replace("-", " ")
        scores[kind].add(entry.score)
    assert scores == {kind: {score} for kind, (_, score) in KINDS.items()}
