"""Assignments as people write them for nbgrader: numpy, a data frame, plots and texts."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import nbformat
import nbgrader
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

EXAMPLE = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide" / "source"
PATIENT = "c.ExecutePreprocessor.timeout = 600\n"  # stock nbgrader counts seconds of a busy machine
CONFIG = f"c = get_config()\nc.CourseDirectory.course_id = 'course'\n{PATIENT}"
HEADER = "c.IncludeHeaderFooter.header = 'source/header.ipynb'\n"
ALLOW = 'c.Grading.asserts = "allow"\n'
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def marked(kind: str, grade_id: str, source: str, **flags: object) -> nbformat.NotebookNode:
    """A cell with nbgrader's marks."""
    plain = {"grade": False, "solution": False, "locked": False, "task": False}
    marks = {"schema_version": 3, "grade_id": grade_id, "cell_type": kind, **plain, **flags}
    make = new_code_cell if kind == "code" else new_markdown_cell
    cell_id = re.sub(r"[^a-zA-Z0-9_-]", "-", grade_id)[:64]
    return make(source, id=cell_id, metadata={"nbgrader": marks})


def solution(grade_id: str, head: str, body: str) -> nbformat.NotebookNode:
    """A function to be written; its body stands between nbgrader's marks."""
    inside = "\n".join(f"    {line}" for line in body.split("\n"))
    text = f"{head}\n    ### BEGIN SOLUTION\n{inside}\n    ### END SOLUTION"
    return marked("code", grade_id, text, solution=True)


def check(grade_id: str, points: float, source: str) -> nbformat.NotebookNode:
    """A cell of autograder tests."""
    return marked("code", grade_id, source, grade=True, locked=True, points=points)


def written(grade_id: str, points: float, source: str) -> nbformat.NotebookNode:
    """An answer that a person reads."""
    return marked("markdown", grade_id, source, grade=True, solution=True, points=points)


HIDDEN = "### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"


# ------------------------------------------------------------------------------------ numpy
def arrays() -> nbformat.NotebookNode:
    """A sheet on numpy: closeness, shapes, errors, cases in a loop, a hidden test."""
    return new_notebook(
        metadata={"kernelspec": KERNEL},
        cells=[
            new_markdown_cell("# Arrays"),
            new_code_cell("import numpy as np"),
            solution("standardise", "def standardise(x):", "return (x - x.mean()) / x.std()"),
            check("test_standardise", 3, STANDARDISE),
            solution("clip_to", "def clip_to(values, low, high):", CLIP),
            check("test_clip", 2, CLIP_TESTS),
            solution("distance", "def distance(a, b):",
                     "if len(a) != len(b):\n    raise ValueError('lengths differ')\n"
                     "return sum((x - y) ** 2 for x, y in zip(a, b)) ** 0.5"),
            check("test_distance", 3, DISTANCE),
        ],
    )  # fmt: skip


STANDARDISE = """from numpy.testing import assert_allclose
data = np.array([2.0, 4.0, 6.0, 8.0])
out = standardise(data)
assert out.shape == (4,), "keep the shape"
assert isinstance(out, np.ndarray)
assert_allclose(out.mean(), 0.0, atol=1e-8)
assert_allclose(out, [-1.3416408, -0.4472136, 0.4472136, 1.3416408], rtol=1e-5)
assert abs(out.std() - 1.0) < 1e-6
""" + HIDDEN.format("np.testing.assert_almost_equal(standardise(np.array([0.0, 10.0]))[1], 1.0)")
CLIP = "return [min(max(value, low), high) for value in values]"
CLIP_TESTS = """cases = [([1, 5, 9], 2, 8, [2, 5, 8]), ([0], -1, 1, [0])]
for values, low, high, expected in cases:
    got = clip_to(values, low, high)
    assert got == expected, f"clip_to({values}) gave {got}"
assert len(clip_to([], 0, 1)) == 0
assert clip_to([3, -7, 12, 40], 0, 30) == [3, 0, 12, 30]"""
DISTANCE = """assert distance([0, 0], [3, 4]) == 5
assert distance([1, 2, 2], [0, 0, 0]) == 3
assert round(distance([1, 1], [2, 2]), 4) == 1.4142
import unittest
unittest.TestCase().assertRaises(ValueError, distance, [1], [1, 2])
assert distance([1, 7], [1, 7]) >= 0"""


# ------------------------------------------------------------------------------------ pandas
def table() -> nbformat.NotebookNode:
    """A sheet on data frames, with a test function of its own."""
    return new_notebook(
        metadata={"kernelspec": KERNEL},
        cells=[
            new_markdown_cell("# Sales"),
            new_code_cell("import pandas as pd\n"
                          "sales = pd.DataFrame({'shop': ['a', 'b', 'a', 'c'], "
                          "'sold': [3, 5, 4, 1]})"),
            solution("totals", "def totals(frame):",
                     "return frame.groupby('shop')['sold'].sum()"),
            check("test_totals", 2, TOTALS),
            solution("best", "def best(frame):", "return totals(frame).idxmax()"),
            check("test_best", 2, BEST),
        ],
    )  # fmt: skip


TOTALS = """expected = pd.Series({'a': 7, 'b': 5, 'c': 1}, name='sold')
expected.index.name = 'shop'
pd.testing.assert_series_equal(totals(sales), expected)
assert totals(sales)['a'] == 7
assert list(totals(sales).index) == ['a', 'b', 'c']"""
BEST = """def test_best():
    assert best(sales) == 'a', 'shop a sells most'
    more = pd.DataFrame({'shop': ['x', 'y'], 'sold': [1, 2]})
    assert best(more) == 'y'

test_best()"""


# ------------------------------------------------------------------------------------ plots
def plots() -> nbformat.NotebookNode:
    """A sheet with a figure, written answers, a task, and points given by a last number."""
    return new_notebook(
        metadata={"kernelspec": KERNEL},
        cells=[
            new_markdown_cell("# Pictures"),
            new_code_cell("import matplotlib\nmatplotlib.use('Agg')\n"
                          "import matplotlib.pyplot as plt"),
            solution("draw", "def draw(xs, ys):",
                     "figure, axes = plt.subplots()\naxes.plot(xs, ys)\n"
                     "axes.set_xlabel('x')\nreturn axes"),
            check("test_draw", 2, "axes = draw([1, 2, 3], [1, 4, 9])\n"
                  "assert len(axes.lines) == 1\n"
                  "assert list(axes.lines[0].get_ydata()) == [1, 4, 9]\n"
                  "assert axes.get_xlabel() != '', 'label the axis'\nplt.close('all')"),
            written("why", 2, "Because the line bends."),
            solution("grade_me", "def half(n):", "return n / 2"),
            check("test_half", 4, "points = 0\nif half(4) == 2:\n    points += 3\n"
                  "if half(1) == 0.5:\n    points += 1\npoints"),
            marked("markdown", "explore", "Find a picture of your own.", task=True, locked=True,
                   points=3),
        ],
    )  # fmt: skip


# ------------------------------------------------------------------------------------ courses
@dataclass(frozen=True)
class Sheet:
    """An assignment of one notebook."""

    name: str
    notebook: nbformat.NotebookNode


def sheets(*names: str) -> list[Sheet]:
    """Some of the three sheets."""
    made = {"arrays": arrays, "table": table, "plots": plots}
    return [Sheet(name, made[name]()) for name in names]


def quickstart_files(root: Path) -> Path:
    """nbgrader's example assignment, which its documentation and its quickstart share."""
    unused = shutil.ignore_patterns("*.html", "autotests.yml", "ps1_autotest")
    shutil.copytree(EXAMPLE, root / "source", ignore=unused)
    (root / "nbgrader_config.py").write_text(CONFIG + HEADER + ALLOW, "utf-8")
    return root


def course_of(root: Path, *names: str) -> Path:
    """A course folder with some of the sheets, where asserts may decide."""
    for sheet in sheets(*names):
        folder = root / "source" / sheet.name
        folder.mkdir(parents=True)
        nbformat.write(sheet.notebook, folder / f"{sheet.name}.ipynb")
    (root / "nbgrader_config.py").write_text(CONFIG + ALLOW, "utf-8")
    return root
