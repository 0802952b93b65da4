"""Odd but honest submissions through the whole run: full marks, and what was done is said."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tiny_course import GOOD, MAX_SCORE, WEEK, solve, submit

from autograder.cli.tables import class_table, entry_json
from autograder.course_folder import Course, open_course
from autograder.model import Entry
from autograder.pages.feedback import write_feedback
from autograder.pages.report import read_report, write_report
from autograder.run.grade import GradeRun, Options, grade
from autograder.week import open_week

pytestmark = pytest.mark.sandbox


def without_metadata(folder: Path, notebook: dict) -> None:
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        cell.pop("id")


def recreated(folder: Path, notebook: dict) -> None:
    for cell in notebook["cells"]:
        if cell["id"] == "double":
            cell |= {"metadata": {}, "id": "fresh"}


def in_a_copy(folder: Path, notebook: dict) -> None:
    stub = solve(folder.parents[2], {})
    submit(folder.parents[2], folder.parent.name, stub)
    (folder / f"{WEEK}-Copy1.ipynb").write_text(json.dumps(notebook))
    notebook.clear()


def junk_beside(folder: Path, notebook: dict) -> None:
    (folder / "Untitled.ipynb").touch()
    (folder / f"._{WEEK}.ipynb").write_bytes(b"\0\5\x16\7")


def import_in_set_up(folder: Path, notebook: dict) -> None:
    for cell in notebook["cells"]:
        if cell["id"] == "setup":
            cell["source"] += "\nimport operator"
        if cell["id"] == "double":
            cell["source"] = "def double(x):\n    return operator.add(x, x)"


def marker_in_a_cell(folder: Path, notebook: dict) -> None:
    notebook["cells"][2]["source"] += "\n# ### BEGIN HIDDEN TESTS"


STORIES: dict[str, tuple[Callable[[Path, dict], None], str]] = {
    "bare": (without_metadata, "found by their text"),
    "fresh": (recreated, "double in cell 3"),
    "copy": (in_a_copy, f"{WEEK}-Copy1.ipynb"),
    "junk": (junk_beside, "Untitled.ipynb"),
    "import": (import_in_set_up, "import operator"),
    "marker": (marker_in_a_cell, ""),
}


@pytest.fixture(scope="module")
def graded(
    released_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Course, GradeRun]]:
    """A class of one submission of each kind."""
    root = Path(shutil.copytree(released_template, tmp_path_factory.mktemp("honest") / "course"))
    for student, (change, _) in STORIES.items():
        notebook = json.loads(json.dumps(solve(root, GOOD)))
        folder = submit(root, student, json.dumps(notebook))
        change(folder, notebook)
        if notebook:
            submit(root, student, json.dumps(notebook))
    course = open_course(root)
    yield course, grade(open_week(course, WEEK), Options(workers=2))


@pytest.fixture
def entries(graded: tuple[Course, GradeRun]) -> dict[str, Entry]:
    return {entry.student: entry for entry in graded[1].entries}


@pytest.mark.parametrize("student", STORIES)
def test_the_work_gets_its_points(entries: dict[str, Entry], student: str) -> None:
    """Full marks, no review, and the journal's notes say what was done."""
    entry = entries[student]
    assert (entry.score, entry.needs_review) == (MAX_SCORE, None)
    assert STORIES[student][1] in " ".join(entry.notes)


def test_notes_reach_table_json_and_csv(graded: tuple[Course, GradeRun]) -> None:
    """Whoever reads any of the three learns what was put back, moved or left out."""
    course, run = graded
    table = "".join(str(cell) for cell in class_table(run).columns[3].cells)
    _, path = write_report(course, read_report(open_week(course, WEEK)))
    rows = {row["student"]: row["notes"] for row in csv.DictReader(path.open(encoding="utf-8"))}
    for entry in run.entries:
        for note in entry.notes:
            assert note in table.replace("\\", "")
            assert note in entry_json(entry)["notes"]
            assert note in rows[entry.student]


def test_notes_reach_the_students_page(graded: tuple[Course, GradeRun]) -> None:
    """Every student gets a page, whatever marker a cell holds, and the notes are on it."""
    course, _ = graded
    written = write_feedback(open_week(course, WEEK))
    assert written.failed == ()
    pages = {path.parents[1].name: path.read_text("utf-8") for path in written.pages}
    assert set(pages) == set(STORIES)
    assert "double in cell 3" in pages["fresh"]
    assert "import operator" in pages["import"]
