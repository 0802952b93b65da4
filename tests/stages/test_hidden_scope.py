"""Hidden checks in a scope of their own: what they see, and whom they leave alone."""

from __future__ import annotations

from typing import Any

import pytest

from autograder.stages.hidden_scope import in_own_scope

STUDENT = """
import math

SHOWN = []

def rows(x):
    return [x, x]

class Box:
    pass

def double(x):
    return rows(x)[0] + rows(x)[1]
"""
CHECK = """### BEGIN HIDDEN TESTS
rows = [1, 2]

def both(fn):
    return [fn(row) for row in rows]

for row in rows:
    SHOWN.append(double(row))
SHOWN.append(both(lambda row: row + len(rows)))
SHOWN.append(math.floor(1.5) + isinstance(Box(), Box))
### END HIDDEN TESTS
assert double(3) == 6
x = 5"""


def run(*cells: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    for cell in cells:
        exec(cell, names)
    return names


def test_a_helper_of_the_same_name_is_neither_hurt_nor_in_the_way() -> None:
    """The region's own `rows` is what its lambdas see; the student's stays a function."""
    names = run(STUDENT, in_own_scope(CHECK))
    assert names["SHOWN"] == [2, 4, [3, 4], 2]
    assert names["rows"](1) == [1, 1]
    assert not {"both", "row"} & names.keys()


def test_without_a_scope_of_its_own_the_helper_would_be_lost() -> None:
    """The fault that this module is for: in one namespace the student's function breaks."""
    with pytest.raises(TypeError, match="not callable"):
        run(STUDENT, CHECK)


def test_the_visible_part_runs_in_the_notebooks_namespace() -> None:
    """What it binds is there afterwards, as it always was; hidden names are not seen by it."""
    assert run(STUDENT, in_own_scope(CHECK))["x"] == 5
    with pytest.raises(NameError, match="both"):
        run(STUDENT, in_own_scope(CHECK + "\nboth"))


@pytest.mark.parametrize(
    "bound",
    ["list = sum = len = isinstance = 0", "def compile(x): return x", "exec = globals = None"],
)
def test_pythons_own_names_keep_their_meaning(bound: str) -> None:
    """A student who called a variable `list` or a function `compile` loses nothing for that."""
    region = CHECK.partition("assert")[0]
    names = run(STUDENT, bound, in_own_scope(region))
    assert names["SHOWN"] == [2, 4, [3, 4], 2]


def test_lines_keep_their_numbers() -> None:
    """An error in the visible part names the line that the student sees."""
    scoped = in_own_scope(CHECK).split("\n")
    assert len(scoped) == CHECK.count("\n") + 1
    assert scoped[-2:] == CHECK.split("\n")[-2:]


def test_a_region_inside_a_block_keeps_its_place() -> None:
    """Markers may be indented; two regions of a cell are two scopes."""
    cell = (
        "SHOWN = []\nif SHOWN == []:\n    ### BEGIN HIDDEN TESTS\n    text = '''a\nb'''\n"
        "    SHOWN.append(text)\n    ### END HIDDEN TESTS\n"
        "### BEGIN HIDDEN TESTS\nSHOWN.append('text' in globals())\n### END HIDDEN TESTS"
    )
    assert run(in_own_scope(cell))["SHOWN"] == ["a\nb", False]


@pytest.mark.parametrize(
    "cell",
    [
        "x = 1",
        "### BEGIN HIDDEN TESTS\n%timeit 1\n### END HIDDEN TESTS\nx = 1",
        "### BEGIN HIDDEN TESTS\nx = 1",
        "### END HIDDEN TESTS",
        "",
    ],
)
def test_what_is_no_region_of_python_stays_as_it_is(cell: str) -> None:
    """Cells without a region, magics and a missing end are left to the kernel."""
    assert in_own_scope(cell) == cell


def test_an_error_in_the_region_is_raised_as_before() -> None:
    """Kind and text are those of the region's own code."""
    with pytest.raises(ZeroDivisionError, match="division by zero"):
        run(in_own_scope("### BEGIN HIDDEN TESTS\n1 / 0\n### END HIDDEN TESTS"))
