"""What a notebook defines can be run without what it trains, prints and draws."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from course.lesson.notebook_code import definitions, notebook_names

CELL = """import math
LOW = 2
found = f(3)
ears = 3


def f(
    x: int,
) -> int:
    return x
for k in range(2):
    print(k)
"""


def test_definitions_leave_out_what_a_cell_runs() -> None:
    """Functions, classes, imports and constants stay; calls, prints and loops go."""
    kept = definitions(CELL)
    assert "import math" in kept and "LOW = 2" in kept and "return x" in kept
    assert "found" not in kept and "print" not in kept and "ears" not in kept


def test_a_week_may_keep_more() -> None:
    """A pattern of its own names further statements."""
    kept = definitions(CELL, re.compile(r"^(?:def |ears = )"))
    assert "ears" in kept and "return x" in kept and "LOW" not in kept


def test_set_up_solutions_and_named_cells_are_run(tmp_path: Path) -> None:
    """In the order of the cells; what another cell runs is not run."""
    solution = new_code_cell("def twice(x):\n    return 2 * base + x", id="twice")
    solution.metadata["nbgrader"] = {"grade_id": "twice", "solution": True}
    cells = [
        new_code_cell("start = base + 1", id="setup"),
        solution,
        new_code_cell("def thrice(x):\n    return 3 * x\nraise ValueError", id="play-more"),
        new_code_cell("raise ValueError", id="play-other"),
    ]
    path = tmp_path / "week.ipynb"
    nbformat.write(new_notebook(cells=cells), path)
    names = notebook_names(path, {"base": 5}, defining=["play-more"])
    assert names["start"] == 6 and names["twice"](1) == 11 and names["thrice"](2) == 6
    assert names["lesson"].steps(100) == 100
