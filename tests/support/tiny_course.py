"""A course small enough to grade in a test: one week, two exercises, made in a temporary folder."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).resolve().parents[2]
WEEK = "week90_tiny"

DOUBLE = '''def double(x):
    """Twice x, elementwise. x: any tensor or number."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION'''
CHECK_DOUBLE = """### BEGIN HIDDEN TESTS
from course.probes import probe, probe_rng
rng = probe_rng("double")
x = rng.normal(3, 4)
probe("matrix", lambda: double(x), points=2)
probe("scalar", lambda: double(rng.normal()), points=1)
### END HIDDEN TESTS
assert double(3) == 6, "double(3) is not 6: do you multiply by two?"
print("visible checks of double: all passed")"""
TOTAL = '''def row_sums(x):
    """Sum each row. x: (N, D) tensor -> (N,) tensor."""
    ### BEGIN SOLUTION
    return x.sum(-1)
    ### END SOLUTION'''
CHECK_TOTAL = """### BEGIN HIDDEN TESTS
from course.probes import probe, probe_rng
rng = probe_rng("row_sums")
x = rng.normal(3, 5)
probe("sums", lambda: row_sums(x), points=3)
### END HIDDEN TESTS
assert tuple(row_sums(torch.ones(2, 3)).shape) == (2,), "one sum a row: is the axis right?"
print("visible checks of row_sums: all passed")"""
MAX_SCORE = 6.0


def _nbgrader(grade_id: str, **flags: object) -> dict:
    plain = {"grade": False, "solution": False, "locked": False, "task": False}
    return {"nbgrader": {"schema_version": 3, "grade_id": grade_id, **plain, **flags}}


def _code(source: str, grade_id: str, **flags: object) -> nbformat.NotebookNode:
    return new_code_cell(source, id=grade_id, metadata=_nbgrader(grade_id, **flags))


def source_notebook() -> nbformat.NotebookNode:
    """The instructor's notebook of the tiny week."""
    cells = [
        new_markdown_cell("# A tiny week", id="title"),
        _code("import torch\n\ntorch.set_num_threads(1)", "setup", locked=True),
        _code(DOUBLE, "double", solution=True),
        _code(CHECK_DOUBLE, "check_double", grade=True, locked=True, points=3),
        _code(TOTAL, "row_sums", solution=True),
        _code(CHECK_TOTAL, "check_row_sums", grade=True, locked=True, points=3),
        new_code_cell("raise SystemExit('grading must not run playgrounds')", id="play",
                      metadata={"tags": ["nbval-skip"]}),
    ]  # fmt: skip
    return new_notebook(cells=cells, metadata={"kernelspec": {"name": "word2chat",
                        "display_name": "word2chat (CPU)", "language": "python"}})  # fmt: skip


def make_course(folder: Path, extra_config: str = "") -> Path:
    """A course folder with the project's own nbgrader_config.py and the tiny week in source/."""
    root = folder / "course"
    (root / "source" / WEEK).mkdir(parents=True)
    nbformat.write(source_notebook(), root / "source" / WEEK / f"{WEEK}.ipynb")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    with (root / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(extra_config)
    return root


def released(root: Path) -> nbformat.NotebookNode:
    """What a student downloads."""
    return nbformat.read(root / "release" / WEEK / f"{WEEK}.ipynb", as_version=4)


GOOD = {
    "double": "def double(x):\n    return x + x",
    "row_sums": "def row_sums(x):\n    return x.sum(1)",
}


def solve(root: Path, answers: dict[str, str] | None = None) -> nbformat.NotebookNode:
    """The release notebook with the given cells' source replaced; GOOD by default."""
    notebook = copy.deepcopy(released(root))
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = (GOOD if answers is None else answers).get(grade_id, cell.source)
    return notebook


def submit(root: Path, student: str, notebook: nbformat.NotebookNode | str | bytes) -> Path:
    """Put a notebook (or raw bytes) where nbgrader collects it; returns its folder."""
    folder = root / "submitted" / student / WEEK
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{WEEK}.ipynb"
    if isinstance(notebook, bytes):
        path.write_bytes(notebook)
    elif isinstance(notebook, str):
        path.write_text(notebook, "utf-8")
    else:
        nbformat.write(notebook, path)
    return folder
