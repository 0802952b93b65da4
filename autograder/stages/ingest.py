"""Stage 1, ingest: a folder of files becomes a `Submission`. Trusted; it runs nothing.

Identity comes from the folder (submitted/STUDENT/WEEK), never from what a file says. Only regular
files are read, without following links, within fixed caps. Of a notebook only the sources of the
cells and their ids are kept: stored outputs, tags and every other metadata end here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from autograder.errors import Refused
from autograder.model import StudentCell, StudentNotebook, Submission
from autograder.notebook_files import (
    CHECKPOINTS,
    STUDENT_ID,
    TIMESTAMP_FILE,
    IngestLimits,
    is_junk,
    read_files,
    shown_id,
)
from autograder.stages.pictures import FOLDER as PICTURES
from autograder.stages.pictures import Pictures
from autograder.zones import NoMoment, read_moment
from course.notebook_format import NotebookError, read_cells, read_document

UTC_ZONE = ZoneInfo("UTC")


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
    files = read_files(folder, limits, backed_up=True)
    found = _sorted_out(files, limits)
    if not any(cell.source.strip() for one in found.notebooks for cell in one.cells):
        files = read_files(folder, limits, checkpoints=True, backed_up=True)
        found = _sorted_out(files, limits)
    if not found.notebooks:
        raise Refused(_nothing_to_read(folder, student, files, found))
    timestamp, notes = _read_timestamp(files.get(TIMESTAMP_FILE))
    return Submission(
        student, week, tuple(found.notebooks), tuple(found.attachments), timestamp,
        found.digest(), tuple(notes + _on_pictures(found.pictures)), tuple(found.unread),
    )  # fmt: skip


@dataclass
class _Files:
    """The files of a submission by what they are."""

    notebooks: list[StudentNotebook] = field(default_factory=list)
    attachments: list[tuple[str, bytes]] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)  # notebooks, and why they are not
    pictures: Pictures = field(default_factory=Pictures)

    def digest(self) -> str:
        """The hash of everything that can change the verdict."""
        digest = hashlib.sha256()
        for notebook in self.notebooks:
            digest.update(repr(notebook).encode())
        digest.update(repr(self.unread).encode() if self.unread else b"")
        for path, content in self.attachments:
            digest.update(f"{path}\0{len(content)}\0".encode() + content)
        return digest.hexdigest()


def _sorted_out(files: dict[str, bytes], limits: IngestLimits) -> _Files:
    found = _Files()
    for path, content in sorted(files.items()):
        if may_be_notebook(path, content):
            _take_notebook(found, path, content, limits)
        elif path != TIMESTAMP_FILE and not is_junk(path) and CHECKPOINTS not in path.split("/"):
            found.attachments.append((path, content))
    if not any(path.split("/")[0] == PICTURES for path, _ in found.attachments):
        found.attachments += found.pictures.files.items()
    return found


def may_be_notebook(path: str, content: bytes) -> bool:
    """Whether a file is called a notebook, or, as week.ipynb.json, looks like one inside."""
    if path.lower().endswith(".ipynb"):
        return True
    if ".ipynb" not in path.lower() and not path.lower().endswith(".json"):
        return False
    return content.lstrip()[:1] == b"{" and b'"nbformat"' in content and b'"cells"' in content


def _take_notebook(found: _Files, path: str, content: bytes, limits: IngestLimits) -> None:
    try:
        if is_junk(path):
            raise NotebookError("is left by macOS")
        if not content.strip():
            raise NotebookError("is not a notebook: it is empty")
        found.notebooks.append(read_notebook(path, content, limits, found.pictures))
    except NotebookError as error:
        if path.lower().endswith(".ipynb"):
            found.unread.append((path, str(error)))
        else:
            found.attachments.append((path, content))


def _on_pictures(pictures: Pictures) -> list[str]:
    if not pictures.count:
        return []
    kept = len(pictures.files)
    return [f"Pictures pasted into the text: {pictures.count}, kept in {PICTURES}/: {kept}."]


def _nothing_to_read(folder: Path, student: str, files: dict[str, bytes], found: _Files) -> str:
    """The sentence for a submission without a notebook: what is there instead."""
    if found.unread:
        bad = " ".join(f"'{path}' {why}." for path, why in found.unread[:5])
        return f"{bad} Ask the student to save it in JupyterLab and send it again."
    names = ", ".join(sorted(files.keys() - {TIMESTAMP_FILE})) or "nothing at all"
    return f"No notebook was found in {folder.name}/ of {student}; there is {names[:300]}."


def _read_timestamp(content: bytes | None) -> tuple[datetime | None, list[str]]:
    """nbgrader's timestamp.txt, in UTC. What is in the future or cannot be read is noted.

    Without a zone it is in UTC, as nbgrader writes it; with one that means several, as "CST" does,
    nobody is late by it.
    """
    if content is None:
        return None, []
    try:
        stamp = read_moment(content[:200].decode("utf-8").strip(), UTC_ZONE)
    except ValueError as error:
        why = f" ({error})" if isinstance(error, NoMoment) else ""
        return None, [f"{TIMESTAMP_FILE} cannot be read{why}; the time of arrival is unknown."]
    if stamp > datetime.now(UTC):
        return None, [f"{TIMESTAMP_FILE} lies in the future ({stamp:%Y-%m-%d %H:%M} UTC); ignored."]
    return stamp.replace(tzinfo=None), []


# ------------------------------------------------------------------------------------ notebooks
def read_notebook(
    path: str, content: bytes, limits: IngestLimits, pictures: Pictures | None = None
) -> StudentNotebook:
    """A notebook reduced to sources; pictures in its text are taken out and kept as files.

    Raises:
        NotebookError: it is none, or larger than the limits.
    """
    document = read_document(content)
    if len(document["cells"]) > limits.cells:
        raise NotebookError(f"has {len(document['cells'])} cells, more than {limits.cells}")
    cells = (pictures or Pictures()).taken_from(read_cells(document), document)
    if sum(len(cell.source) for cell in cells) > limits.source_chars:
        raise NotebookError(f"holds more than {limits.source_chars:,} characters of source")
    kept = tuple(StudentCell(cell.kind, cell.source, cell.grade_id, cell.id) for cell in cells)
    exact = path.endswith(".ipynb") and "/" not in path
    name = path.removesuffix(".ipynb")
    return StudentNotebook(name, kept, "" if exact else path)
