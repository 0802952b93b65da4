"""What names a student, or tells a seed, is ignored by git wherever a course writes it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRIVATE = (
    "submitted/003010/week01_word2vec/week01_word2vec.ipynb", "submitted_versions/003010/a",
    "autograded/003010/a", "feedback/003010/a.html", "exchange/a", "reports/week01.html",
    "exported/week01.csv", "explained/003010.html", "archives/2026-1.tar.gz", "course.toml",
    "gradebook.db", "gradebook.db-journal", "gradebook.db.2026-03-02", "grading_seed.txt",
    "challenge_seed.txt", "grades.csv", "worksheet.csv", "list.xlsx", "download.zip",
    ".autograder/journal/week01.jsonl",
)  # fmt: skip
OURS = ("course/data/shipped/x.csv", "source/week01/week01.ipynb", "nbgrader_config.py")


def ignored(folder: Path, names: tuple[str, ...]) -> set[str]:
    done = subprocess.run(
        ["git", "check-ignore", "--no-index", *names], cwd=folder, capture_output=True, text=True
    )
    return set(done.stdout.split())


def test_nothing_that_names_a_student_can_be_committed_by_mistake(tmp_path: Path) -> None:
    """Lists and downloads beside the settings too; what ships is not ignored."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    shutil.copy(ROOT / ".gitignore", tmp_path)
    assert ignored(tmp_path, PRIVATE) == set(PRIVATE)
    assert ignored(tmp_path, OURS) == set()
