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
LARGEST = {
    "without JupyterLab": 300,
    "with JupyterLab, editable": 460,
}  # MB; 283 were measured, 440
NO_INDEX = r"No matching distribution|Could not find a version|connection|timed out|dns error"


def checkout(folder: Path) -> Path:
    """The files that git tracks, or would: a build leaves nothing in the working tree."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(
        [*listed, "course", "autograder", "pyproject.toml", "README.md", "LICENSE", "engine.lock"],
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


@pytest.fixture(scope="module", params=LARGEST)
def engine(request, tmp_path_factory) -> tuple[Path, float]:
    """The bin folder of an environment with the engine and nothing else, and its largest size."""
    folder = tmp_path_factory.mktemp("alone")
    venv.create(folder / "env", with_pip=True)
    ours = checkout(folder / "word2chat")
    if request.param == "without JupyterLab":  # the two commands of the guide's page
        install(folder, "--no-deps", "--require-hashes", "-r", ours / "engine.lock")
        install(folder, "--no-deps", ours)
    else:
        install(folder, "--editable", ours)
    return folder / "env" / "bin", LARGEST[request.param]


def install(folder: Path, *words: object) -> None:
    pip = [folder / "env" / "bin" / "python", "-m", "pip", "install", "--quiet"]
    done = subprocess.run([*pip, *words], capture_output=True, text=True)
    if done.returncode and re.search(NO_INDEX, done.stderr):
        pytest.skip("no package index answers here")
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_it_is_small_and_brings_no_torch(engine) -> None:
    """Blocks of the disk are counted, compiled files and pip included."""
    bin_folder, largest = engine
    (packages,) = (bin_folder.parent / "lib").glob("python*/site-packages")
    assert not (packages / "torch").exists() and not (packages / "transformers").exists()
    files = (path.lstat() for path in bin_folder.parent.rglob("*") if path.is_file())
    assert sum(512 * file.st_blocks for file in files) / 1e6 < largest


@pytest.mark.slow
def test_four_commands_grade_the_quickstart_course(engine, tmp_path) -> None:
    """quickstart, release, grade, feedback: a right answer gets the points, with a page."""
    commands, _ = engine
    said(commands / "nbgrader", "quickstart", "course", cwd=tmp_path)
    root = tmp_path / "course"
    with (root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write('\nc.Grading.asserts = "allow"\n')
    assert "Released ps1" in said(commands / "autograder", "release", "ps1", cwd=root)
    answer = "def squares(n):\n    if n < 1:\n        raise ValueError(n)\n"
    answer += "    return [i * i for i in range(1, n + 1)]"
    submit(root, "ada", "ps1", {"squares": answer})
    assert "2/3" in said(commands / "autograder", "grade", "ps1", cwd=root)
    said(commands / "autograder", "feedback", "ps1", cwd=root)
    assert "correct_squares" in next((root / "feedback").rglob("problem1*.html")).read_text("utf-8")


@pytest.mark.slow
def test_a_new_course_works_without_torch(engine, tmp_path) -> None:
    """Its probes too: they draw with numpy."""
    commands, _ = engine
    said(commands / "autograder", "new-course", "statistics", cwd=tmp_path)
    text = said(commands / "autograder", "release", "example", cwd=tmp_path / "statistics")
    assert "Released example" in text
