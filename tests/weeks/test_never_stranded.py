"""Never stranded: whatever exercise is left blank, the rest of the notebook runs and says so."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import nbformat
import pytest
import tiny_course
from stranded import code_cells, complaints, share_of_solution

from autograder.course_folder import open_course
from autograder.edition.new_week import new_week
from course.lesson.fallback import stand_ins
from course.notebook_format import SOLUTION

ROOT = Path(__file__).resolve().parents[2]
WEEKS = sorted(path.parent.name for path in (ROOT / "course" / "weeks").glob("*/stand_ins"))
BEGUN = "week15_chatbot"


def source(week: str) -> Path:
    return ROOT / "source" / week / f"{week}.ipynb"


@pytest.mark.slow
@pytest.mark.parametrize("week", WEEKS)
def test_with_any_exercise_blank_the_rest_runs(week: str) -> None:
    """Each exercise in turn and all at once: no other cell fails, banners stand where they must."""
    assert complaints(source(week)) == []


def exercises() -> Iterator[tuple[str, str]]:
    for week in WEEKS:
        yield from ((week, name) for name in stand_ins(week))


@pytest.mark.parametrize(("week", "exercise"), list(exercises()))
def test_a_stand_in_is_no_solution_to_read(week: str, exercise: str) -> None:
    """It takes the place of an exercise of its week, and less than half of the solution stands in
    it; it is defined there, so that it is never taken for a student's own."""
    (cell,) = [c for c in code_cells(source(week)) if c.solution and c.label == exercise]
    stand_in = stand_ins(week)[exercise]
    assert stand_in.__module__.startswith(f"course.weeks.{week}.stand_ins")
    text = inspect.getsource(importlib.import_module(stand_in.__module__))
    assert share_of_solution(text, dedent(SOLUTION.inside(cell.source))) < 0.5


def test_no_stand_ins_stand_outside_their_folder() -> None:
    """The sandbox shows folders empty: a module beside the others would be read there."""
    assert [str(p) for p in (ROOT / "course" / "weeks").rglob("stand_ins*.py")] == []


# ------------------------------------------------------------------------------------ the tool
@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a course whose one week is the skeleton."""
    root = tiny_course.make_course(tmp_path_factory.mktemp("begun"))
    new_week(open_course(root), BEGUN, "A week that was begun (2026)")
    return root


def notebook_of(root: Path) -> Path:
    return root / "source" / BEGUN / f"{BEGUN}.ipynb"


def test_a_new_week_strands_nobody(begun: Path) -> None:
    """The skeleton shows the form: its one exercise may stay blank."""
    assert complaints(notebook_of(begun), begun / "course" / "weeks") == []


def test_what_strands_a_student_is_found(begun: Path, tmp_path: Path) -> None:
    """A cell that uses a blank exercise, one that hides the stub, and a summary that is missing."""
    notebook = nbformat.read(notebook_of(begun), as_version=4)
    for cell in notebook.cells:
        if cell.id == "play-centre":
            cell.source = "centre = centre_rows\nwidgets.row_slider(rows, lambda x: x)"
        elif cell.id == "check_centre_rows":
            cell.source = "try:\n    centre_rows(rows)\nexcept NotImplementedError:\n    pass"
        elif cell.id == "play-summary":
            cell.source = "print('the end')"
    path = tmp_path / "stranded.ipynb"
    nbformat.write(notebook, path)
    found = complaints(path, begun / "course" / "weeks")
    for part in ("cell play-payoff: NotImplementedError: Not written yet",
                 "cell check_centre_rows: it should meet the stub first, and ended with no error",
                 "cell play-summary: the last code cell does not name"):  # fmt: skip
        assert f"with centre_rows blank, {part}" in "\n".join(found)
        assert f"with all of them blank, {part}" in "\n".join(found)
    assert len(found) == 8, found


def test_a_renamed_solution_is_still_a_solution() -> None:
    """The measure of a stand-in looks at what is computed, and not at names."""
    solution = "means = x.mean(-1)\nfor row in means:\n    total += row\nreturn_ = x - means"
    renamed = "a = b.mean(-1)\nfor c in a:\n    d += c\ne = b - a"
    assert share_of_solution(renamed, solution) == 1.0
    assert share_of_solution("y = F.layer_norm(x, x.shape[-1:])", solution) == 0.0
