"""A course as `nbgrader quickstart` makes it, graded by stock nbgrader and by this engine."""

from __future__ import annotations

import copy
import csv
import shutil
from pathlib import Path

import classic_assignments
import nbformat
import nbgrader
import pytest
from stock_nbgrader import scores, stock, submit
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.course_folder import open_course
from autograder.desk.explained import explained_text
from autograder.desk.explaining import explain
from autograder.edition.release import release
from autograder.errors import UserError
from autograder.model import FORGEABLE
from autograder.pages.report import read_report, write_report
from autograder.run.grade import grade
from autograder.week import open_week, read_source

WEEK = "ps1"
RIGHT = {
    "squares": "def squares(n):\n    if n < 1:\n        raise ValueError('n')\n"
    "    return [i * i for i in range(1, n + 1)]",
    "sum_of_squares": "def sum_of_squares(n):\n    return sum(squares(n))",
    "sum_of_squares_application": "def pyramid(n):\n    return sum_of_squares(n)",
    "sum_of_squares_equation": "$\\sum i^2$",
    "part-a": "Fibonacci.",
}
ZERO = "def squares(n):\n    return [i * i for i in range(1, n + 1)]"
LONG = "def sum_of_squares(n):\n    return n * (n + 1) * (2 * n + 1) // 6"
CLASS = {
    "all-right": RIGHT,
    "nothing": {},
    "no-error": RIGHT | {"squares": ZERO},
    "formula": RIGHT | {"sum_of_squares": LONG},
    "broken": RIGHT | {"squares": "def squares(n) return n"},
}


@pytest.fixture(scope="module")
def quickstart(tmp_path_factory) -> Path:
    """The course that `nbgrader quickstart` makes, with its header and two notebooks."""
    folder = tmp_path_factory.mktemp("classic")
    said = stock(folder, "quickstart", "course")
    assert (folder / "course" / "source" / WEEK / "problem2.ipynb").is_file(), said
    return folder / "course"


@pytest.fixture
def course(quickstart, tmp_path) -> Path:
    return Path(shutil.copytree(quickstart, tmp_path / "course"))


@pytest.fixture
def files_of_quickstart(tmp_path) -> Path:
    """The same notebooks, header and settings, without nbgrader's seven commands and gradebook."""
    root = tmp_path / "bare"
    example = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide" / "source"
    unused = shutil.ignore_patterns("*.html", "autotests.yml", "ps1_autotest")
    shutil.copytree(example, root / "source", ignore=unused)
    (root / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'course'\n"
        "c.IncludeHeaderFooter.header = 'source/header.ipynb'\n",
        encoding="utf-8",
    )
    return root


def allow(root: Path) -> None:
    with (root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(f'\nc.Grading.asserts = "allow"\n{classic_assignments.PATIENT}')


@pytest.mark.slow
def test_the_quickstart_course_gets_the_scores_of_stock_nbgrader(course, tmp_path) -> None:
    """Cell by cell, those of manual grading too; the stamp is in entries, pages and the table."""
    allow(course)
    release(open_week(open_course(course), WEEK), say=lambda text: None)
    header = nbformat.read(course / "release" / WEEK / "problem1.ipynb", as_version=4).cells[1]
    assert header.source.startswith("NAME")
    for student, answers in CLASS.items():
        submit(course, student, WEEK, answers)
    theirs = Path(shutil.copytree(course, tmp_path / "theirs"))
    said = stock(theirs, "autograde", WEEK)
    run = grade(open_week(open_course(course), WEEK))
    assert [entry.needs_review for entry in run.entries] == [None] * len(CLASS)
    assert scores(course, WEEK, CLASS) == scores(theirs, WEEK, CLASS), said
    assert {entry.stamp for entry in run.entries} == {FORGEABLE}
    page = (course / "autograded" / "formula" / WEEK / "problem1.ipynb").read_text("utf-8")
    assert FORGEABLE in page
    assert {row["remark"] for row in table_of(course)} == {FORGEABLE}
    told = explain(open_week(open_course(course), WEEK), "no-error")
    assert [check.name for check in told.checks] == ["squares_invalid_input"]
    assert "its asserts: 0 of 1" in explained_text(told)


def table_of(root: Path) -> list[dict]:
    week = open_week(open_course(root), WEEK)
    _, table = write_report(week.course, read_report(week))
    with table.open(encoding="utf-8-sig") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.slow
def test_asserts_do_not_decide_unless_the_course_says_so(course) -> None:
    """By default the release is refused, with the names of the cells and what to do."""
    with pytest.raises(UserError, match=r"'correct_squares'.*forged") as refusal:
        release(open_week(open_course(course), WEEK), say=lambda text: None)
    assert 'c.Grading.asserts = "allow"' in str(refusal.value)


def test_the_header_stands_before_every_notebook(files_of_quickstart) -> None:
    """Its cells are the instructor's; a header that is not there is told."""
    course = files_of_quickstart
    week = open_week(open_course(course), WEEK)
    assert [one.name for one in week.notebooks] == ["problem1", "problem2"]
    assert all(one.cells[1].source.startswith("NAME") for one in week.notebooks)
    assert [path for path, _ in week.files] == ["jupyter.png"]
    (course / "source" / "header.ipynb").unlink()
    with pytest.raises(UserError, match=r"header\.ipynb"):
        open_week(open_course(course), WEEK)


def changed(root: Path, change) -> Path:
    path = root / "source" / WEEK / "problem1.ipynb"
    notebook = nbformat.read(path, as_version=4)
    change(notebook)
    nbformat.write(notebook, path)
    return path


def test_two_cells_with_one_id_are_told(files_of_quickstart) -> None:
    """nbgrader would keep the score of one of them."""
    course = files_of_quickstart
    path = changed(course, lambda book: book.cells.append(copy.deepcopy(book.cells[2])))
    with pytest.raises(UserError, match="several cells with the id 'squares'"):
        read_source(path)


def test_a_kernel_of_another_language_is_told(files_of_quickstart) -> None:
    """Only the assignment that has it is refused."""
    course = files_of_quickstart
    path = changed(course, lambda book: book.metadata.kernelspec.update(language="R", name="ir"))
    with pytest.raises(UserError, match="kernel of 'r'"):
        read_source(path)


def test_an_assignment_without_points_is_told(files_of_quickstart) -> None:
    """Nothing runs, and the sentence says what to mark."""
    course = files_of_quickstart
    for path in (course / "source" / WEEK).glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            cell.metadata.pop("nbgrader", None)
        nbformat.write(notebook, path)
    with pytest.raises(UserError, match="Nothing in ps1 has points"):
        release(open_week(open_course(course), WEEK))


def sheet(root: Path, name: str, *cells) -> None:
    folder = root / "source" / name
    folder.mkdir(parents=True)
    book = nbformat.v4.new_notebook(cells=list(cells))
    nbformat.write(book, folder / f"{name}.ipynb")


@pytest.mark.slow
def test_a_notebook_that_needs_the_network_is_told_and_the_others_are_released(tmp_path) -> None:
    """The cell, its error and the remedy in a sentence; the exit code says that one is missing."""
    root = classic_assignments.course_of(tmp_path)
    fetch = "import urllib.request\ntext = urllib.request.urlopen('http://data.invalid').read()"
    check = classic_assignments.check("long", 1, "assert len(text) > 3")
    sheet(root, "fetching", nbformat.v4.new_code_cell(fetch), check)
    sheet(root, "whole", classic_assignments.check("two", 1, "1 + 1"))
    sheet(root, "without", nbformat.v4.new_code_cell("1 + 1"))
    said = CliRunner().invoke(app, ["release", "--course-root", str(root)])
    assert said.exit_code == 1
    assert "Released whole" in said.stdout
    assert "fails at 'long', after cell 1 (`import urllib.request`): URLError" in said.stderr
    assert "Grading has no network. Put what it fetches beside the notebook" in said.stderr
    assert "Nothing in without has points" in said.stderr
