"""Stage 1, ingest: a folder of files becomes a `Submission`. Trusted; it runs nothing.

Identity comes from the folder (submitted/STUDENT/WEEK), never from what a file says. Only regular
files are read, without following links, within fixed caps. Of a notebook only the sources of the
cells and their ids are kept: stored outputs, tags and every other metadata end here.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from autograder.errors import Refused
from autograder.model import StudentCell, StudentNotebook, Submission
from autograder.notebook_files import (
    STUDENT_ID,
    TIMESTAMP_FILE,
    IngestLimits,
    read_files,
    shown_id,
)
from course.notebook_format import NotebookError, read_cells, read_document


def ingest(folder: Path, student: str, week: str, limits: IngestLimits | None = None) -> Submission:
    """Read one submission.

    Args:
        folder: submitted/STUDENT/WEEK.
        student: the identity that the folder or the roster gives.
        week: the assignment's name.
        limits: caps; the defaults are generous for a notebook without data.

    Raises:
        Refused: with a sentence that an instructor can act on. Nothing has been run or written.
    """
    limits = limits or IngestLimits()
    if not STUDENT_ID.fullmatch(student):
        raise Refused(
            f"'{shown_id(student)}' is not a student id that this grader accepts. "
            "Rename the folder to the id of the roster: letters, digits and . _ @ + -."
        )
    files = read_files(folder, limits)
    notebooks, attachments = [], []
    for path, content in sorted(files.items()):
        if path.endswith(".ipynb") and "/" not in path:
            notebooks.append(_read_notebook(path, content, limits))
        elif path != TIMESTAMP_FILE:
            attachments.append((path, content))
    if not notebooks:
        raise Refused(f"No notebook was found in {folder.name}/ of {student}.")
    timestamp, notes = _read_timestamp(files.get(TIMESTAMP_FILE))
    return Submission(
        student, week, tuple(notebooks), tuple(attachments), timestamp,
        _digest(notebooks, attachments), tuple(notes),
    )  # fmt: skip


def _read_timestamp(content: bytes | None) -> tuple[datetime | None, list[str]]:
    """nbgrader's timestamp.txt: written at submission. A time in the future or garbage is noted."""
    if content is None:
        return None, []
    from nbgrader.utils import parse_utc

    try:
        stamp = parse_utc(content[:200].decode("utf-8").strip())
    except Exception:
        return None, [f"{TIMESTAMP_FILE} cannot be read; the time of arrival is unknown."]
    if stamp > datetime.now(UTC).replace(tzinfo=None):
        return None, [f"{TIMESTAMP_FILE} lies in the future ({stamp}); it was ignored."]
    return stamp, []


def _digest(notebooks: list[StudentNotebook], attachments: list[tuple[str, bytes]]) -> str:
    digest = hashlib.sha256()
    for notebook in notebooks:
        digest.update(repr(notebook).encode())
    for path, content in attachments:
        digest.update(f"{path}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


# ------------------------------------------------------------------------------------ notebooks
def _read_notebook(path: str, content: bytes, limits: IngestLimits) -> StudentNotebook:
    try:
        document = read_document(content)
        if len(document["cells"]) > limits.cells:
            raise Refused(f"'{path}' has {len(document['cells'])} cells, more than {limits.cells}.")
        cells = read_cells(document)
    except NotebookError as error:
        raise Refused(
            f"'{path}' {error}. Ask the student to save it in JupyterLab and send it again."
        ) from None
    if sum(len(cell.source) for cell in cells) > limits.source_chars:
        raise Refused(f"'{path}' holds more than {limits.source_chars:,} characters of source.")
    kept = (StudentCell(cell.kind, cell.source, cell.grade_id, cell.id) for cell in cells)
    return StudentNotebook(path.removesuffix(".ipynb"), tuple(kept))
