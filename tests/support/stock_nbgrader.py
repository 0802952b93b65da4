"""nbgrader's own command line beside ours: submissions, its scores, read from its gradebook."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook

Scores = dict[tuple[str, str], tuple[float | None, bool]]


def stock(root: Path, *words: str) -> str:
    """nbgrader's own command line; what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words], cwd=root, capture_output=True, text=True,
        env=os.environ | {"JUPYTER_PLATFORM_DIRS": "1"}, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


def submit(root: Path, student: str, week: str, answers: dict[str, str]) -> None:
    """Hand in the released notebooks with these answers, by grade_id."""
    folder = root / "submitted" / student / week
    shutil.copytree(root / "release" / week, folder)
    for path in folder.glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            cell.source = answers.get(grade_id, cell.source)
        nbformat.write(notebook, path)


def scores(root: Path, week: str, students: Iterable[str]) -> Scores:
    """Each cell's automatic score, and whether a person has to look, from the gradebook."""
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        return {
            (student, row.name): (row.auto_score, row.needs_manual_grade)
            for student in students
            for notebook in gradebook.find_submission(week, student).notebooks
            for row in notebook.grades
        }
