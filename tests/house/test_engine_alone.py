"""The engine without the course: installed from this checkout into an empty environment."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import venv
from pathlib import Path

import pytest
from stock_nbgrader import submit

ROOT = Path(__file__).resolve().parents[2]
LARGEST = 460  # MB; 428 were measured, nbgrader with JupyterLab and numpy most of it
NO_INDEX = r"No matching distribution|Could not find a version|connection|timed out|dns error"


def checkout(folder: Path) -> Path:
    """The files that git tracks, or would: a build leaves nothing in the working tree."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(
        [*listed, "course", "autograder", "pyproject.toml", "README.md", "LICENSE"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            copy = folder / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, copy)
    return folder


def said(*command: object, cwd: Path) -> str:
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True,
        env=clean | {"OMP_NUM_THREADS": "1"}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module", params=["an editable install", "a plain install"])
def engine(request, tmp_path_factory) -> Path:
    """The bin folder of an environment with the engine and nothing else."""
    folder = tmp_path_factory.mktemp("alone")
    venv.create(folder / "env", with_pip=True)
    pip = [folder / "env" / "bin" / "python", "-m", "pip", "install", "--quiet"]
    pip += ["--editable"] if request.param == "an editable install" else []
    done = subprocess.run([*pip, checkout(folder / "word2chat")], capture_output=True, text=True)
    if done.returncode and re.search(NO_INDEX, done.stderr):
        pytest.skip("no package index answers here")
    assert done.returncode == 0, done.stderr
    return folder / "env" / "bin"


@pytest.mark.slow
def test_it_is_small_and_brings_no_torch(engine: Path) -> None:
    """What is on the disk, compiled files and pip included, is less than torch alone."""
    (packages,) = (engine.parent / "lib").glob("python*/site-packages")
    assert not (packages / "torch").exists() and not (packages / "transformers").exists()
    files = (path for path in engine.parent.rglob("*") if path.is_file())
    assert sum(path.stat().st_size for path in files) / 1e6 < LARGEST


@pytest.mark.slow
def test_four_commands_grade_the_quickstart_course(engine: Path, tmp_path) -> None:
    """quickstart, release, grade, feedback: a right answer gets the points, with a page."""
    said(engine / "nbgrader", "quickstart", "course", cwd=tmp_path)
    root = tmp_path / "course"
    with (root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write('\nc.Grading.asserts = "allow"\n')
    assert "Released ps1" in said(engine / "autograder", "release", "ps1", cwd=root)
    answer = "def squares(n):\n    if n < 1:\n        raise ValueError(n)\n"
    answer += "    return [i * i for i in range(1, n + 1)]"
    submit(root, "ada", "ps1", {"squares": answer})
    assert "2/3" in said(engine / "autograder", "grade", "ps1", cwd=root)
    said(engine / "autograder", "feedback", "ps1", cwd=root)
    assert "correct_squares" in next((root / "feedback").rglob("problem1*.html")).read_text("utf-8")


@pytest.mark.slow
def test_a_new_course_works_without_torch(engine: Path, tmp_path) -> None:
    """Its probes too: they draw with numpy."""
    said(engine / "autograder", "new-course", "statistics", cwd=tmp_path)
    text = said(engine / "autograder", "release", "example", cwd=tmp_path / "statistics")
    assert "Released example" in text
