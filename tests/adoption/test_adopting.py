"""Classic assignments through `adopt`: what is written passes a release, and notices more."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import classic_assignments
import pytest
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.course_folder import open_course
from autograder.edition.release import release
from autograder.errors import UserError
from autograder.proof.prove import NOTHING_TO_PROVE, prove_week
from autograder.week import open_week


def digest(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def adopted(root: Path, week: str, mutants: int = 6) -> dict:
    said = CliRunner().invoke(
        app, ["adopt", week, "--course-root", str(root), "--mutants", str(mutants), "--json"]
    )
    assert said.exit_code == 0, said.stderr
    return json.loads(said.stdout)


@pytest.mark.slow
def test_the_quickstart_assignment_gets_probes(tmp_path) -> None:
    """Six of its seven asserts and errors; the deleted function stays; two tricks earn less."""
    root = classic_assignments.quickstart_files(tmp_path)
    before = digest(root / "source" / "ps1")
    found = adopted(root, "ps1")
    did = {cell["grade_id"]: cell["did"] for cell in found["cells"]}
    assert did["correct_squares"] == "4 probes, and 1 over drawn inputs of squares"
    assert did["squares_invalid_input"] == "2 probes"
    assert "deletes the student's `squares`" in did["sum_of_squares_uses_squares"]
    assert digest(root / "source" / "ps1") == before
    squares = found["compared"][0]
    assert squares["new"] == squares["mutants"] >= 6
    assert all(trick["new"] < trick["old"] for trick in squares["tricks"])
    week = open_week(open_course(root), "ps1_probes")
    assert (root / "source" / "ps1_probes" / "jupyter.png").is_file()
    assert release(week, say=lambda text: None).points == 3
    proof = prove_week(week.only(week.notebooks[0]), seeds=2, mutant_limit=4)
    assert proof.ok and proof.mutants and proof.mutants.good == proof.mutants.total >= 4
    nothing = prove_week(week.only(week.notebooks[1]))
    assert nothing.probeless and NOTHING_TO_PROVE in nothing.notes[0]


@pytest.mark.slow
def test_a_sheet_on_arrays_is_read_and_what_is_not_stays_with_its_points(tmp_path) -> None:
    """The one property that has many right answers keeps its assert, in a cell behind."""
    root = classic_assignments.course_of(tmp_path, "arrays")
    found = adopted(root, "arrays", mutants=0)
    assert "1 stays as asserts" in found["cells"][2]["did"]
    week = open_week(open_course(root), "arrays_probes")
    points = {name: cell.points for name, cell in week.notebooks[0].known.items() if cell.grade}
    assert sum(points.values()) == 8 and points["test_distance_asserts"] == 0.43
    assert release(week, say=lambda text: None).points == 8


@pytest.mark.slow
def test_probes_that_do_not_stand_are_taken_back(tmp_path) -> None:
    """A draw outside the domain, and a value that no probe can show."""
    root = classic_assignments.course_of(tmp_path)
    book = classic_assignments.arrays()
    book.cells[2:] = [
        classic_assignments.solution("root", "def root(n):", "return {0: 0, 9: 3}[n]"),
        classic_assignments.check("t", 1, "assert root(0) == 0\nassert root(9) == 3"),
        classic_assignments.solution("shape", "def shape(n):", "return object"),
        classic_assignments.check("u", 1, "assert shape(1) == object"),
    ]
    folder = root / "source" / "odd"
    folder.mkdir(parents=True)
    classic_assignments.nbformat.write(book, folder / "odd.ipynb")
    first, second = adopted(root, "odd", mutants=0)["cells"]
    assert first["did"] == "2 probes" and "no inputs were drawn" in first["look_at"][0]
    assert second["did"].startswith("as it was: your own solution shows at `shape(1)`: TypeError")


def test_a_folder_that_exists_is_left_alone(tmp_path) -> None:
    """Nothing is overwritten, and the sentence names the way out."""
    from autograder.adoption.adopting import adopt

    root = classic_assignments.course_of(tmp_path, "plots")
    with pytest.raises(UserError, match=r"exists already.*--to"):
        adopt(open_week(open_course(root), "plots"), root / "source")


@pytest.mark.slow
def test_autotests_are_adopted_and_refused_as_they_are(tmp_path) -> None:
    """nbgrader writes their asserts at release; until then they would pass anybody."""
    root = classic_assignments.course_of(tmp_path)
    book = classic_assignments.new_notebook(cells=[
        classic_assignments.solution("f", "def f(n):", "return n * n"),
        classic_assignments.check("t", 1, "### AUTOTEST f(2); f(9)"),
    ])  # fmt: skip
    (root / "source" / "auto").mkdir(parents=True)
    classic_assignments.nbformat.write(book, root / "source" / "auto" / "auto.ipynb")
    with pytest.raises(UserError, match="'t' holds ### AUTOTEST"):
        release(open_week(open_course(root), "auto"), say=lambda text: None)
    (cell,) = adopted(root, "auto", mutants=2)["cells"]
    assert cell["did"] == "2 probes, and 1 over drawn inputs of f"
    assert release(open_week(open_course(root), "auto_probes"), say=lambda text: None).points == 1
