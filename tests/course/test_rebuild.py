"""What the self-check runs is what grading runs: cells put back, moved answers, own cells."""

from __future__ import annotations

from pathlib import Path

import pytest

from course.notebook_format import SKIP_TAG, Cell
from course.student.findings import Severity, inspect
from course.student.rebuild import as_graded
from course.student.submission import Notebook

STUB = "def {}(x):\n    raise NotImplementedError"


def text(name: str) -> Cell:
    return Cell("markdown", f"on {name}", f"text-{name}")


def solution(name: str, source: str | None = None) -> Cell:
    return Cell("code", source or STUB.format(name), name, name, solution=True)


def check(name: str) -> Cell:
    return Cell("code", f"assert {name}(1)", f"check_{name}", f"check_{name}", True, locked=True)


SETUP = Cell("code", "import math", "setup", "setup", locked=True)
PLAY = Cell("code", "plot()", "play", tags=(SKIP_TAG,))
SHIPPED = (SETUP, text("a"), solution("a"), check("a"), PLAY, text("b"), solution("b"), check("b"))
MINE = "def a(x):\n    return x"
OWN = Cell("code", "helper = 1", "own")


def notebook(*cells: Cell) -> Notebook:
    return Notebook(Path("week99_numbers.ipynb"), "week99_numbers", cells, 0)


def run(*cells: Cell) -> list[str]:
    """The sources of the code cells that would run, in order."""
    graded = as_graded(notebook(*cells), notebook(*SHIPPED))
    return [cell.source for cell in graded if cell.kind == "code" and not cell.skip]


IN_ORDER = ["import math", MINE, "assert a(1)", STUB.format("b"), "assert b(1)"]


def test_an_untouched_notebook_is_the_shipped_one():
    """Nothing is added, moved or lost."""
    assert as_graded(notebook(*SHIPPED), notebook(*SHIPPED)) == list(SHIPPED)


@pytest.mark.parametrize(
    "cells",
    [
        [SETUP, text("a"), solution("a", MINE), PLAY, text("b"), solution("b"), check("b")],
        [SETUP, text("a"), Cell("code", MINE, "new"), check("a"), PLAY, solution("b"), check("b")],
        [SETUP, text("a"), check("a"), PLAY, solution("b"), check("b"), Cell("code", MINE, "new")],
        [text("a"), Cell("code", MINE, "new"), text("b")],
        [solution("b"), check("b"), check("a"), solution("a", MINE), SETUP],
        [SETUP, solution("a", MINE), check("a"), check("a"), PLAY, PLAY, solution("b"), check("b")],
    ],
    ids=["no check", "a new cell", "at the end", "almost all gone", "another order", "doubled"],
)
def test_deleted_moved_and_recreated_cells_stand_where_they_belong(cells):
    """A check that comes back runs behind its solution; a function counts wherever it stands."""
    assert run(*cells) == IN_ORDER


def test_own_cells_follow_the_cell_that_they_followed():
    """Helpers run where the student has put them, also at the very top."""
    cells = [OWN, SETUP, solution("a", MINE), OWN, check("a"), PLAY, OWN, solution("b"), check("b")]
    assert run(*cells) == [
        "helper = 1", "import math", MINE, "helper = 1", "assert a(1)", "helper = 1",
        STUB.format("b"), "assert b(1)",
    ]  # fmt: skip


def test_the_last_definition_is_the_answer_of_a_deleted_cell():
    """Of two new cells that define the exercise the later one stands in its place."""
    first, last = Cell("code", "def a(x): return 0", "old"), Cell("code", MINE, "new")
    assert run(SETUP, first, last, check("a"), solution("b"), check("b"))[1:3] == [
        "def a(x): return 0", MINE,
    ]  # fmt: skip


def test_a_cell_that_has_lost_its_id_is_known_by_its_text():
    """A playground is skipped also when an editor gave it another id."""
    copy = Cell("code", "plot()", "other")
    cells = (SETUP, solution("a", MINE), check("a"), copy, solution("b"), check("b"))
    assert run(*cells) == IN_ORDER


def test_without_a_shipped_copy_the_notebook_stays_as_it_is():
    """There is nothing to compare with, so nothing is put back."""
    mine = notebook(SETUP, OWN)
    assert as_graded(mine, None) == [SETUP, OWN]


def test_a_moved_answer_is_a_note_and_no_loss():
    """The student is told that the function counts, not that it is lost."""
    cells = [cell for cell in SHIPPED if cell.grade_id != "a"]
    (found,) = inspect(notebook(*cells, Cell("code", MINE, "new")), notebook(*SHIPPED))
    assert found.severity is Severity.NOTE and "Found by what they define" in found.text
