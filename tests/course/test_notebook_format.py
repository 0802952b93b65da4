"""The marks of a course notebook, and the reader of cells that both packages share."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from course.notebook_format import (
    HIDDEN_TESTS,
    REGIONS,
    SKIP_TAG,
    SOLUTION,
    NotebookError,
    read_cells,
    read_document,
)

ROOT = Path(__file__).resolve().parents[2]
CELL = """def f(x):
    ### BEGIN SOLUTION
    return x
    ### END SOLUTION
print(f(1))"""


def test_a_region_is_taken_out_put_in_its_place_or_unmarked():
    """The lines between two markers can be had alone, replaced by a stub, or kept without marks."""
    assert SOLUTION.inside(CELL) == "    return x"
    assert SOLUTION.without(CELL) == "def f(x):\nprint(f(1))"
    assert SOLUTION.without(CELL, "pass") == "def f(x):\n    pass\nprint(f(1))"
    assert SOLUTION.unmarked(CELL) == "def f(x):\n    return x\nprint(f(1))"


def test_a_cell_without_a_region_stays_whole():
    """Where nothing is marked, nothing is inside and everything is outside."""
    assert HIDDEN_TESTS.inside(CELL) == ""
    assert HIDDEN_TESTS.without(CELL, "stub") == CELL


def test_nbgrader_finds_the_marks_that_we_write():
    """nbgrader looks for BEGIN and END with a region's name in the line: ours hold them."""
    from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions

    begins = [ClearSolutions().begin_solution_delimeter, ClearHiddenTests().begin_test_delimeter]
    begins.append(ClearMarkScheme().begin_mark_scheme_delimeter)
    assert [f"BEGIN {region.name}" for region in REGIONS] == begins
    assert all(f"BEGIN {region.name}" in region.begin for region in REGIONS)
    assert all(f"END {region.name}" in region.end for region in REGIONS)


def read_one(cell: object):
    (found,) = read_cells({"cells": [cell]})
    return found


def test_a_cell_of_nbgrader_is_read_with_its_marks():
    """Kind, text, ids, flags, points, tags and pasted files are all that is taken."""
    marks = {"grade_id": "check_f", "grade": True, "locked": True, "points": 4}
    metadata = {"nbgrader": marks, "tags": [SKIP_TAG, 7]}
    cell = read_one(
        {"cell_type": "code", "source": ["a\n", "b"], "id": "c1", "metadata": metadata,
         "attachments": {"x.png": {}}}
    )  # fmt: skip
    assert (cell.kind, cell.source, cell.id, cell.grade_id) == ("code", "a\nb", "c1", "check_f")
    assert (cell.grade, cell.locked, cell.solution, cell.task) == (True, True, False, False)
    assert (cell.points, cell.tracked, cell.skip, cell.label) == (4.0, True, True, "check_f")
    assert cell.pasted_files == ("x.png",)


@pytest.mark.parametrize(
    "metadata",
    [None, 7, [], {"nbgrader": 7}, {"nbgrader": {"grade_id": ["x"]}}, {"tags": "nbval-skip"}],
)
def test_metadata_of_any_shape_is_survived(metadata):
    """What is not as nbformat says means nothing; the cell's text is read all the same."""
    cell = read_one({"cell_type": "raw", "source": "x", "metadata": metadata, "id": 5})
    assert (cell.source, cell.id, cell.grade_id, cell.tags) == ("x", None, None, ())
    assert (cell.tracked, cell.label) == (False, "cell 1")


@pytest.mark.parametrize("points", ["six", {"a": 1}, float("nan"), 10**400])
def test_points_that_are_no_number_are_told_from_none(points):
    """A reader who needs the points can refuse: they are None, not 0."""
    cell = read_one({"cell_type": "code", "metadata": {"nbgrader": {"points": points}}})
    assert cell.points is None


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (7, "cell 1 is of no known type"),
        ({"cell_type": "video", "source": ""}, "cell 1 is of no known type"),
        ({"cell_type": ["code"]}, "cell 1 is of no known type"),
        ({"cell_type": "code", "source": [1]}, "the source of cell 1 is not text"),
        ({"cell_type": "code", "source": {"a": 1}}, "the source of cell 1 is not text"),
    ],
)
def test_what_is_no_cell_is_named_by_its_place(cell, said):
    """A cell without a type or a text refuses the notebook, with the number of the cell."""
    with pytest.raises(NotebookError, match=said):
        read_one(cell)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe\x00{", "not UTF-8 text"),
        (b'{"cells": [\n', "its JSON breaks off at line 2"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"cells": [], "n": ' + b"9" * 5_000 + b"}", "a number that is too long"),
        (b'{"worksheets": []}', "no list of cells"),
    ],
)
def test_what_is_no_notebook_is_refused_with_a_reason(content, said):
    """Each way of not being a notebook has a sentence of its own."""
    with pytest.raises(NotebookError, match=said):
        read_document(content)


def test_a_byte_order_mark_is_no_fault():
    """Windows editors write one; the notebook behind it is read."""
    assert read_document(b"\xef\xbb\xbf" + b'{"cells": []}') == {"cells": []}


def test_reading_is_cheap():
    """Neither torch nor nbformat nor jsonschema is imported by the reader."""
    code = "import sys, course.notebook_format; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not {"torch", "nbformat", "jsonschema", "numpy"} & set(loaded.stdout.split())


def test_the_marks_are_spelled_in_one_place():
    """No other module of the packages writes a marker or the tag that grading skips."""
    spelled = re.compile(r"""["'](?:### (?:BEGIN|END) |=== (?:BEGIN|END) |nbval-|YOUR [AC])""")
    others = [
        path.relative_to(ROOT).as_posix()
        for package in ("course", "autograder")
        for path in sorted((ROOT / package).rglob("*.py"))
        if path.parent.name not in ("mistakes", "new_week") and spelled.search(path.read_text())
    ]
    assert others == ["course/notebook_format.py"]
