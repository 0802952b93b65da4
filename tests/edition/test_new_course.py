"""A course begun from nothing: what is written, and that it works from release to feedback."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest

from autograder.course_folder import open_course
from autograder.edition.new_course import EXAMPLE, new_course
from autograder.edition.release import release
from autograder.errors import UserError
from autograder.pages.feedback import write_feedback
from autograder.proof.prove import prove_week
from autograder.run.grade import grade
from autograder.week import open_week

ROOT = Path(__file__).resolve().parents[2]
ANSWER = "def trimmed_mean(values, cut):\n    return float(np.mean(values))"


def test_its_settings_are_those_of_this_course(tmp_path) -> None:
    """All but the name: what is added to one configuration belongs into the other."""
    made = open_course(new_course(tmp_path / "statistics").root).config
    ours = open_course(ROOT).config
    assert made.CourseDirectory.course_id == "statistics"
    for config in (made, ours):
        config.CourseDirectory.course_id = ""
    assert made == ours


def test_a_folder_with_something_in_it_is_left_alone(tmp_path) -> None:
    """And so is a name that no course can have."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep", "utf-8")
    with pytest.raises(UserError, match="is not empty; nothing was written"):
        new_course(tmp_path / "mine")
    with pytest.raises(UserError, match="no name of a course"):
        new_course(tmp_path / "my course")
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.slow
def test_it_works_from_release_to_feedback(tmp_path) -> None:
    """Its checks are proved; an honest wrong answer loses its points, with a reason on a page."""
    root = new_course(tmp_path / "statistics").root
    week = open_week(open_course(root), EXAMPLE)
    assert prove_week(week, seeds=2, mutants=False).ok
    assert release(week, say=lambda text: None).points == 6
    folder = root / "submitted" / "ada" / EXAMPLE
    shutil.copytree(root / "release" / EXAMPLE, folder)
    path = folder / f"{EXAMPLE}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "trimmed_mean":
            cell.source = ANSWER
    nbformat.write(notebook, path)
    (entry,) = grade(open_week(open_course(root), EXAMPLE)).entries
    points = {check.grade_id: check.points for found in entry.judgements for check in found.checks}
    assert points == {"test_trimmed_mean": 1, "shown_counts": 0}
    assert entry.stamp == ""
    write_feedback(open_week(open_course(root), EXAMPLE))
    page = next((root / "feedback" / "ada" / EXAMPLE).glob("*.html")).read_text("utf-8")
    assert "nine numbers" in page
