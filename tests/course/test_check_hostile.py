"""The self-check on a hostile notebook: it ends, tells what happened, and writes nothing odd.

It runs the code as whoever calls it, without a sandbox (the guide says so), so what is tried here
is only that the command itself stays usable.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

ROOT = Path(__file__).resolve().parents[2]
WEEK = "week99_numbers"
HOSTILE = {
    "terminal": r"raise ValueError('\x1b[2J\x1b]0;owned\x07 [bold]x[/bold] [/red]' + '\x9b2J')",
    "name": r"raise type('E\x1b[2J[/]', (Exception,), {})('x')",
    "exit": "import sys\nsys.exit(3)",
    "silence": "import os\nos.closerange(3, 64)",
    "depth": "raise ExceptionGroup('g', [ValueError('x' * 10**6)] * 20)",
    "repr": "class E(Exception):\n    def __str__(self): raise E\nraise E",
    "hooks": "get_ipython().events.register('post_run_cell', lambda *a: 1 / 0)",
    "run_cell": "get_ipython().run_cell_async = None",
}


def cell(source: str, name: str, **flags: object) -> nbformat.NotebookNode:
    marks = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}
    return new_code_cell(
        source, id=name, metadata={"nbgrader": {**marks, "grade_id": name, **flags}}
    )


SLOW = {"name", "silence", "repr", "hooks", "run_cell"}  # each starts two programs of its own


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (name in SLOW)) for name in HOSTILE]
)
def test_a_hostile_notebook_leaves_the_command_in_order(name: str, tmp_path: Path) -> None:
    """One report, no traceback, no control sequence on the terminal, the file as it was."""
    cells = [
        cell(HOSTILE[name], "double", solution=True),
        cell("assert False, 'no'", "check_double", grade=True, locked=True, points=4),
    ]
    path = tmp_path / f"{WEEK}.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    before = path.read_bytes()
    done = subprocess.run(
        [sys.executable, "-m", "course.student.cli", "check", str(path)],
        cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
        env={**os.environ, "COLUMNS": "100", "PYTHONPATH": str(ROOT), "TERM": "dumb"},
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert "0 of 4" in done.stdout or "trouble" in done.stdout
    odd = [sign for sign in done.stdout if not sign.isprintable() and sign not in "\n"]
    assert odd == []
    assert path.read_bytes() == before
    assert json.loads(before)["cells"]
