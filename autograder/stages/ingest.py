"""Stage 1, ingest: a folder of files becomes a `Submission`. Trusted; it runs nothing.

Identity comes from the folder (submitted/STUDENT/WEEK), never from what a file says. Only regular
files are read, without following links, within fixed caps. Of a notebook only the sources of the
cells and their ids are kept: stored outputs, tags and every other metadata end here.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder.errors import Refused
from autograder.model import StudentCell, StudentNotebook, Submission
from course.notebook_format import NotebookError, read_cells, read_document

STUDENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")
TIMESTAMP_FILE = "timestamp.txt"


@dataclass(frozen=True)
class IngestLimits:
    """What one submission may hold."""

    notebook_bytes: int = 10_000_000
    total_bytes: int = 50_000_000
    files: int = 200
    folder_depth: int = 5
    cells: int = 1_000
    source_chars: int = 200_000  # colouring a page of code takes the square of it at worst


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


def shown_id(student: str) -> str:
    """An id that can be printed and stored: an odd one is escaped and cut."""
    return student if STUDENT_ID.fullmatch(student) else ascii(student[:64])[1:-1]


# ------------------------------------------------------------------------------------ files
def read_files(folder: Path, limits: IngestLimits) -> dict[str, bytes]:
    """Every file under `folder`, by relative path. Each open refuses links at every level.

    Raises:
        Refused: links, odd names, anything over the limits, or a file that cannot be read.
    """
    try:
        top = os.open(folder.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise Refused(f"The folder of this student cannot be opened: {error.strerror}.") from error
    files: dict[str, bytes] = {}
    try:
        _read_folder(top, folder.name, "", files, limits)
    except OSError as error:  # no right to read it, or gone since it was listed
        what = ascii(error.filename)[1:-1][:100]
        raise Refused(f"'{what}' of this student cannot be read: {error.strerror}.") from error
    finally:
        os.close(top)
    return files


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """The way back: files by relative path, as `read_files` gives them, below a folder."""
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def _read_folder(
    parent: int, name: str, prefix: str, files: dict[str, bytes], limits: IngestLimits
) -> None:
    shown = prefix or name
    if prefix.count("/") > limits.folder_depth:
        raise Refused(f"Folders are nested more than {limits.folder_depth} deep at '{shown}'.")
    try:
        here = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=parent)
    except OSError as error:
        raise Refused(f"'{shown}' is a link or not a readable folder.") from error
    try:
        for entry in sorted(os.listdir(here)):
            _read_entry(here, entry, prefix, files, limits)
    finally:
        os.close(here)


def _read_entry(
    parent: int, name: str, prefix: str, files: dict[str, bytes], limits: IngestLimits
) -> None:
    path = prefix + name
    if not name.isprintable() or "\\" in name:
        raise Refused(f"A file has a name with odd characters: {ascii(path)[:100]}.")
    info = os.stat(name, dir_fd=parent, follow_symlinks=False)
    if stat.S_ISLNK(info.st_mode):
        raise Refused(f"'{path}' is a symbolic link. Ask the student for the file itself.")
    if stat.S_ISDIR(info.st_mode):
        if name.endswith(".ipynb"):
            raise Refused(f"'{path}' is a folder with the name of a notebook.")
        if name != ".ipynb_checkpoints":
            _read_folder(parent, name, path + "/", files, limits)
        return
    if not stat.S_ISREG(info.st_mode):
        raise Refused(f"'{path}' is not a regular file.")
    if info.st_nlink > 1:
        raise Refused(f"'{path}' is a hard link to another file. Ask for a plain copy.")
    if len(files) >= limits.files:
        raise Refused(f"The submission holds more than {limits.files} files.")
    files[path] = _read_file(parent, name, path, files, limits)


def _read_file(
    parent: int, name: str, path: str, files: dict[str, bytes], limits: IngestLimits
) -> bytes:
    room = limits.total_bytes - sum(len(content) for content in files.values())
    cap = min(room, limits.notebook_bytes) if path.endswith(".ipynb") else room
    handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=parent)
    with os.fdopen(handle, "rb") as stream:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise Refused(f"'{path}' changed while it was read.")
        content = stream.read(cap + 1)
    if len(content) > cap:
        raise Refused(
            f"'{path}' is too large: a notebook may have {limits.notebook_bytes:,} bytes, "
            f"a submission {limits.total_bytes:,}. Ask the student to clear all outputs."
        )
    return content


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
