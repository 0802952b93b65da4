"""Expected pictures: a text folds away what the reference's run of a cell showed."""

from __future__ import annotations

import base64
from pathlib import Path

import nbformat
import pytest
import tiny_course
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from tiny_course import WEEK

from autograder.course_folder import open_course
from autograder.edition.expected import LINK, write_expected
from autograder.errors import UserError
from autograder.week import open_week
from course.notebook_format import read_document

ROOT = Path(__file__).resolve().parents[2]
PICTURE = b"\x89PNG of the reference"
FOLDER = f"course/weeks/{WEEK}/expected"


def with_link(root: Path, *cells: nbformat.NotebookNode) -> Path:
    """The tiny week with more cells at its end."""
    path = root / "source" / WEEK / f"{WEEK}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    link = new_markdown_cell(f"![the picture](../../{FOLDER}/play-curve.png)", id="see-curve")
    notebook.cells += [link, *cells]
    nbformat.write(notebook, path)
    return root


def curve(data: dict) -> nbformat.NotebookNode:
    output = new_output("display_data", data)
    return new_code_cell("plot()", id="play-curve", outputs=[output])


def test_the_picture_is_that_of_the_stored_run(tmp_path: Path) -> None:
    """The linked file holds the picture that the cell stores, and a new run replaces it."""
    shown = {"text/plain": "a", "image/png": base64.b64encode(PICTURE).decode()}
    root = with_link(tiny_course.make_course(tmp_path), curve(shown))
    (root / FOLDER).mkdir(parents=True)
    (root / FOLDER / "play-curve.png").write_bytes(b"of last year")
    (written,) = write_expected(open_week(open_course(root), WEEK))
    assert written == root / FOLDER / "play-curve.png"
    assert written.read_bytes() == PICTURE


def test_a_link_to_a_cell_without_a_picture_is_refused(tmp_path: Path) -> None:
    """The author is told which cell to run, and no week goes out with a broken picture."""
    root = with_link(tiny_course.make_course(tmp_path), curve({"text/plain": "a"}))
    with pytest.raises(UserError, match="`play-curve`, which shows none"):
        write_expected(open_week(open_course(root), WEEK))


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("source/*/*.ipynb")), ids=lambda path: path.parent.name
)
def test_every_linked_picture_ships_and_no_other(path: Path) -> None:
    """Students, GitHub and the site find each picture that a text folds away; none is left over."""
    cells = read_document(path.read_bytes())["cells"]
    text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    linked = {f"{name}.png" for _, name in LINK.findall(text)}
    folder = ROOT / "course" / "weeks" / path.parent.name / "expected"
    assert {picture.name for picture in folder.glob("*")} == linked
