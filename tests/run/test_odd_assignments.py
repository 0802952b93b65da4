"""Classic assignments as nobody should write them, and somebody did: one clear sentence each."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from classic_assignments import CONFIG, KERNEL, check, new_notebook, solution
from nbformat.v4 import new_code_cell

from autograder.adoption.adopting import COMPARED, Adopted, _report
from autograder.adoption.comparing import Compared, Trick
from autograder.adoption.trying import Trouble
from autograder.cli.adoption import fooling, still_asserting
from autograder.course_folder import open_course
from autograder.edition.release import release
from autograder.errors import UserError
from autograder.model import CellEnd, CellRun, NotebookTemplate, TemplateCell
from autograder.reference.failing import failure
from autograder.week import open_week, read_source
from course.notebook_format import Cell
from course.recognition.cells import template_cell

JULIA = {"name": "julia-1.9", "display_name": "Julia 1.9"}


def squares(*cells, kernel: dict | None = KERNEL) -> nbformat.NotebookNode:
    """A notebook of one exercise, with other cells behind it."""
    metadata = {"kernelspec": kernel} if kernel else {}
    first = solution("sq", "def sq(n):", "return n * n")
    return new_notebook(metadata=metadata, cells=[first, *cells])


def source_of(root: Path, content: bytes | nbformat.NotebookNode) -> Path:
    """The file of the one notebook in a new course."""
    folder = root / "source" / "odd"
    folder.mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(f'{CONFIG}c.Grading.asserts = "allow"\n', "utf-8")
    path = folder / "odd.ipynb"
    text = content if isinstance(content, bytes) else nbformat.writes(content).encode()
    path.write_bytes(text)
    return path


def of_format_3() -> bytes:
    cell = {"cell_type": "code", "input": "1", "language": "python", "metadata": {}, "outputs": []}
    sheets = [{"cells": [cell], "metadata": {}}]
    return json.dumps({"metadata": {}, "nbformat": 3, "worksheets": sheets}).encode()


RIGHT = check("t", 1, "assert sq(2) == 4")
UNREADABLE = {
    "a byte order mark": b"\xef\xbb\xbf" + nbformat.writes(squares(RIGHT)).encode(),
    "is a notebook of format 3": of_format_3(),
    "not UTF-8": nbformat.writes(squares(new_code_cell("'ü'")), ensure_ascii=False).encode(
        "cp1252"
    ),
    "its JSON breaks off at line 1": b'{"cells": [',
    "kernel of 'julia'": squares(RIGHT, kernel=JULIA),
    "kernel of 'r'": squares(RIGHT, kernel={"name": "ir", "display_name": "R"}),
    "the id 'Prüfung 1'": squares(check("Prüfung 1", 1, "assert sq(2) == 4")),
    "'t' in odd.ipynb are less than 0": squares(check("t", -1, "assert sq(2) == 4")),
}


@pytest.mark.parametrize("said", UNREADABLE)
def test_what_cannot_be_read_is_told_before_anything_runs(said: str, tmp_path) -> None:
    """The file is named, what is wrong with it, and what to do."""
    path = source_of(tmp_path, UNREADABLE[said])
    with pytest.raises(UserError) as refusal:
        read_source(path)
    text = str(refusal.value)
    assert said in text and "odd.ipynb" in text and text.endswith(".")


@pytest.mark.parametrize("kernel", [None, {"name": "conda-env-stats-py", "display_name": "Stats"}])
def test_a_python_kernel_of_any_name_is_taken(kernel: dict | None, tmp_path) -> None:
    """Names of environments say nothing about the language."""
    assert read_source(source_of(tmp_path, squares(RIGHT, kernel=kernel))).known["t"].points == 1


def checking(source: str) -> TemplateCell:
    return template_cell(Cell("code", source, "c", "t", grade=True, locked=True, points=1))


# ------------------------------------------------------------------------------------ failing
def told(end: CellEnd, name: str = "", message: str = "") -> str:
    error = {"output_type": "error", "ename": name, "evalue": message, "traceback": []}
    outputs = (error,) if name else ()
    book = NotebookTemplate("sheet", (checking("x = f()"),))
    return str(failure(book, [CellRun(0, "t", end, outputs)], "t"))


@pytest.mark.parametrize(
    ("end", "name", "message", "said"),
    [
        (CellEnd.ERROR, "AssertionError", "", "at 't': AssertionError. Run it in JupyterLab"),
        (
            CellEnd.ERROR,
            "StdinNotImplementedError",
            "no input.",
            "no input. Nobody answers input()",
        ),
        (CellEnd.ERROR, "ModuleNotFoundError", "No module named 'x'", "'x'. Install it in the"),
        (CellEnd.ERROR, "NotImplementedError", "", "NotImplementedError. Write the solution in"),
        (CellEnd.ERROR, "URLError", "refused", "refused. Grading has no network. Put what"),
        (CellEnd.TIME_LIMIT, "KeyboardInterrupt", "", "at 't' (time limit). Make it quicker"),
        (CellEnd.DEAD_KERNEL, "", "", "at 't' (dead kernel). Run it in JupyterLab"),
    ],
)
def test_why_the_instructors_notebook_fails(end: CellEnd, name: str, message: str, said) -> None:
    """What happened, and what to do about this kind of failure."""
    assert said in told(end, name, message)


# ------------------------------------------------------------------------------------ adopting
@pytest.mark.parametrize(
    ("source", "forgeable"),
    [
        ("print(sq(3))", ()),
        ("import doctest\ndoctest.testmod()", ()),
        ("points = int(sq(2) == 4)\npoints", ("the number that it ends with",)),
    ],
)
def test_a_check_that_asserts_nothing_is_told_so(source: str, forgeable: tuple[str, ...]) -> None:
    """It is no assert that stays forgeable; and with nothing to compare it finds no fault."""
    found = _report("sheet", checking(source), frozenset({"sq"}), frozenset(), None)
    assert found.did == "as it was: it asserts nothing"
    assert (found.forgeable, found.look_at) == (forgeable, (COMPARED,))


@pytest.mark.parametrize(
    ("source", "points"),
    [
        ("assert sq(2) == 4", 0),
        ("assert sq(2) == 4\nassert sq(2) > 0", 1),
        ("assert sq(2) > 0", 2),
        ("print(sq(3))", 0),
        ("points = int(sq(2) == 4)\npoints", 2),
    ],
)
def test_what_asserts_still_decide_is_counted(source: str, points: float) -> None:
    """The release will ask for a decision about just these points."""
    cell = replace(checking(source), points=2.0)
    found = _report("sheet", cell, frozenset({"sq"}), frozenset(), Trouble())
    assert found.by_asserts == points
    whole = Adopted("odd", Path("odd_probes"), (found,), ())
    assert whole.by_asserts == ({"t": points} if points else {})
    if points:
        said = still_asserting(whole.by_asserts)
        assert f"about {points} point{'s' if points > 1 else ''}, in 't'" in said


def test_tricks_that_fool_nobody_are_not_listed() -> None:
    """What earns nothing from asserts earns a probe's share by a right answer at most."""
    tricks = (Trick("equals", 0.0, 0.67, 2.0), Trick("by heart", 2.0, 0.5, 2.0))
    assert fooling(Compared("sq", 3, 3, 3, tricks=tricks)) == [tricks[1]]


# ------------------------------------------------------------------------------------ releasing
UNRELEASED = {
    "writes to stderr at 't', for which nbgrader gives no points: .*UserWarning: hm": check(
        "t", 1, "import warnings\nwarnings.warn('hm')\nassert sq(1) == 1"
    ),
    "old version of the nbgrader metadata format": check("t", 1, "assert sq(1) == 1"),
    "does not display the same twice: 't'": check("t", 1, "import random\nrandom.random()"),
    "Encountered nested begin hidden tests": check(
        "t", 1, "assert sq(1) == 1\n" + 2 * "### BEGIN HIDDEN TESTS\n" + "### END HIDDEN TESTS"
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("said", UNRELEASED)
def test_what_cannot_be_released_is_told_in_a_sentence(said: str, tmp_path) -> None:
    """What nbgrader says is passed on whole."""
    cell = UNRELEASED[said]
    if "metadata" in said:
        cell.metadata["nbgrader"]["schema_version"] = 1
    source_of(tmp_path, squares(cell))
    with pytest.raises(UserError, match=said):
        release(open_week(open_course(tmp_path), "odd"), say=lambda text: None)
