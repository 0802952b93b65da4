"""Rules on the file: format, size, ids, nbgrader's metadata, nothing of the author's machine."""

from __future__ import annotations

import json
import os
import re
import warnings
from collections.abc import Iterator

import nbformat
from nbformat import NotebookNode
from nbgrader.nbgraderformat import MetadataValidator

from autograder.proof.lint.manuscript import Manuscript
from autograder.proof.lint.rule import Fault, rule
from course.notebook_format import CHECK_TAG, CODE_STUB, SKIP_TAG, TEXT_STUB

KERNEL = {"name": "word2chat", "language": "python"}
MEGABYTE = 1_000_000
MOST_MEGABYTES = 2
NOTE = re.compile(r"\b(?:TODO|FIXME)\b.*")
EMOJI = re.compile(r"[\U0001f300-\U0001faff\u2600-\u27bf]")
HOST_PATH = re.compile(r"(?<![\w.])/(home|root|tmp|work|Users|mnt|opt)/\w|\b[A-Z]:\\\w")
READABLE_ID = re.compile(r"(?![0-9a-f]{8}(-[0-9a-f-]+)?$)[a-zA-Z0-9_-]{2,64}")
KINDS_OF_CODE = {
    (False, False, True): "set-up",
    (False, True, False): "solution",
    (True, False, True): "check",
}  # (grade, solution, locked)


@rule("Save the notebook in JupyterLab as source/WEEK/WEEK.ipynb, with the course's kernel.")
def file_format(week: Manuscript) -> Iterator[Fault]:
    """One notebook a folder, of the folder's name, in format 4.5, for the course's kernel."""
    others = [path.name for path in week.path.parent.glob("*.ipynb") if path != week.path]
    if others:
        yield Fault(f"other notebooks beside it: {', '.join(sorted(others))}")
    version = (week.document.get("nbformat"), week.document.get("nbformat_minor"))
    if version != (4, 5):
        yield Fault(f"nbformat {version[0]}.{version[1]}, expected 4.5")
    kernel = week.notebook.metadata.get("kernelspec", {})
    if any(kernel.get(key) != value for key, value in KERNEL.items()):
        yield Fault(f"kernelspec {dict(kernel)}, expected name word2chat and language python")
    yield from _schema_faults(week.notebook)


def _schema_faults(notebook: NotebookNode) -> Iterator[Fault]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        yield Fault(f"not a valid notebook: {str(error).splitlines()[0]}")


@rule("Store smaller figures, or fewer outputs.")
def file_size(week: Manuscript) -> Iterator[Fault]:
    """A notebook stays under 2 MB, stored figures included."""
    size = week.path.stat().st_size / MEGABYTE
    if size > MOST_MEGABYTES:
        yield Fault(f"{size:.1f} MB, more than {MOST_MEGABYTES}")


@rule("Give the cell a readable id of its own; in a graded cell the same as its grade_id.")
def cell_ids(week: Manuscript) -> Iterator[Fault]:
    """Cell ids are unique and readable, and equal the grade_id where there is one."""
    seen: set[str] = set()
    for cell in week.cells:
        if cell.id in seen:
            yield Fault(f"the cell id {cell.id} is used twice", cell)
        seen.add(cell.id or "")
        if not READABLE_ID.fullmatch(cell.id or ""):
            yield Fault(f"the cell id {cell.id} is not readable", cell)
        if cell.grade_id and cell.id != cell.grade_id:
            yield Fault(f"cell id {cell.id}, grade_id {cell.grade_id}: they must be equal", cell)


@rule("Set the cell's type and points in JupyterLab's Create Assignment panel.")
def nbgrader_metadata(week: Manuscript) -> Iterator[Fault]:
    """nbgrader's own validator accepts every cell, and the schema is version 3."""
    for cell in week.cells:
        if not cell.has_nbgrader:
            continue
        version = cell.node.metadata["nbgrader"].get("schema_version")
        if version != 3:
            yield Fault(f"schema_version {version}, expected 3", cell)
        if cell.points is None:
            yield Fault("its points are no number", cell)
        try:
            MetadataValidator().validate_cell(cell.node)
        except Exception as error:  # it raises whatever it meets
            yield Fault(f"nbgrader refuses it: {str(error).splitlines()[0]}", cell)


@rule("See the table of the kinds of cells in course/guide/authoring.md.")
def cell_kinds(week: Manuscript) -> Iterator[Fault]:
    """A code cell is set-up, solution, check or playground, with that kind's flags and tags."""
    for cell in week.code:
        if not cell.has_nbgrader:
            if not cell.skip:
                yield Fault(
                    f"neither nbgrader metadata nor the tag {SKIP_TAG}", cell,
                    f"Add the tag {SKIP_TAG} if it is a playground.",
                )  # fmt: skip
            continue
        flags = (cell.grade, cell.solution, cell.locked)
        if flags not in KINDS_OF_CODE:
            yield Fault(f"grade, solution, locked = {flags} is no kind of cell", cell)
        if cell.skip:
            yield Fault(f"grading needs this cell, but its tag is {SKIP_TAG}", cell)
        if cell.grade and CHECK_TAG not in cell.tags:
            yield Fault(f"a check cell needs the tag {CHECK_TAG}", cell, "Add the tag.")


@rule("Take the path out, run the cell again, and save; strip execution times.")
def no_host_traces(week: Manuscript) -> Iterator[Fault]:
    """No absolute paths, and no execution times, in sources, outputs and metadata."""
    for cell in week.cells:
        outputs = [_without_images(output) for output in cell.outputs]
        found = HOST_PATH.search(cell.source + json.dumps(outputs))
        if found:
            yield Fault(f"an absolute path ({found[0]}…)", cell)
        if "execution" in cell.node.metadata:
            yield Fault("execution times in the metadata", cell)


def _without_images(output: NotebookNode) -> dict:
    data = {k: v for k, v in output.get("data", {}).items() if not k.startswith("image/")}
    return {**output, "data": data}


@rule("Write what the TODO asks for, and delete its line.")
def left_overs(week: Manuscript) -> Iterator[Fault]:
    """No TODO, no stub text and no emoji in the notebook; no TODO in the modules beside it."""
    for path in (*sorted(week.folder.rglob("*.py")), week.mistakes_path):
        text = path.read_text("utf-8") if path.is_file() else ""
        name = os.path.relpath(path, week.folder) if week.folder in path.parents else path.name
        yield from (Fault(f"{name}: {note}", todo=True) for note in NOTE.findall(text))
    for cell in week.cells:
        notes = (NOTE.search(line) for line in cell.source.splitlines())
        yield from (Fault(note[0], cell, todo=True) for note in notes if note)
        if cell.kind == "code" and (CODE_STUB in cell.source or TEXT_STUB in cell.source):
            yield Fault("the text of a stub", cell, "Write the solution between its markers.")
        if found := EMOJI.search(cell.source):
            yield Fault(f"an emoji ({found[0]})", cell, "Say it in words.")
        if cell.solution and "NotImplementedError" in cell.source:
            yield Fault("a stub where the solution should be", cell, "Write the solution there.")
