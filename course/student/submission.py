"""A student's notebook as the grader would receive it: found, read, looked over, and packed.

Nothing here runs code, and nothing here writes to the student's file.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import time
import zipfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from course.errors import UserError
from course.notebook_format import Cell, NotebookError, as_dict, read_cells, read_document
from course.student.identity import SUBMISSION_FILE, submission_json

LIMITS_FILE = Path(__file__).with_name("limits.json")  # of an edition with limits of its own
WEEK = re.compile(r"(week\d\d_[a-z0-9_]+)")


@dataclass(frozen=True)
class GraderLimits:
    """What the grader allows by default. An instructor may set other times for a course."""

    notebook_bytes: int = 10_000_000
    cells: int = 1_000
    source_chars: int = 200_000
    cell_seconds: float = 20.0
    submission_seconds: float = 240.0
    output_bytes: int = 4_000_000


def limits_of(week: str, cell_seconds: float | None = None) -> GraderLimits:
    """What the grader allows in a week: as the edition says, which an instructor published.

    Args:
        week: by its name.
        cell_seconds: in place of the grader's own; the whole gets longer with it.
    """
    said = json.loads(LIMITS_FILE.read_text("utf-8")) if LIMITS_FILE.is_file() else {}
    limits = GraderLimits(**(said.get("", {}) | said.get(week, {})))
    if cell_seconds is None:
        return limits
    whole = max(limits.submission_seconds, 12 * cell_seconds)
    return replace(limits, cell_seconds=cell_seconds, submission_seconds=whole)


class SubmissionError(UserError):
    """The notebook cannot be found, read or packed; the message says what to do."""


@dataclass(frozen=True)
class Notebook:
    """A notebook file of one week. `size` is in bytes."""

    path: Path
    week: str
    cells: tuple[Cell, ...]
    size: int
    document: dict[str, Any] = field(repr=False, compare=False, default_factory=dict)

    @property
    def named(self) -> dict[str, Cell]:
        """The cells by grade_id, as the grader finds them; of two with one name, the first."""
        found: dict[str, Cell] = {}
        for cell in self.cells:
            if cell.grade_id:
                found.setdefault(cell.grade_id, cell)
        return found

    @property
    def language(self) -> str:
        """The language of the edition that it comes from, as its metadata says; or nothing."""
        own = as_dict(as_dict(self.document.get("metadata")).get("word2chat"))
        return str(own.get("language") or "")

    @property
    def tracked(self) -> dict[str, Cell]:
        """Those of them that nbgrader's flags mark: of a shipped notebook, what is graded."""
        return {name: cell for name, cell in self.named.items() if cell.tracked}


# ------------------------------------------------------------------------------------ finding it
def course_root(start: Path | None = None) -> Path | None:
    """The course folder: the nearest one around `start` that holds course/ and release/."""
    start = (start or Path.cwd()).absolute()
    for folder in (start, *start.parents, Path(__file__).resolve().parents[2]):
        if (folder / "release").is_dir() and (folder / "course").is_dir():
            return folder
    return None


def known_weeks(root: Path | None) -> list[str]:
    """The weeks that are released in this course folder, sorted."""
    if root is None:
        return []
    return sorted(path.stem for path in (root / "release").glob("*/*.ipynb"))


def find_notebook(target: str, start: Path | None = None) -> Path:
    """The notebook that `target` means: a path, or a week's name or beginning ("week01").

    A week is looked for in this order: ./WEEK.ipynb, ./WEEK/WEEK.ipynb (as nbgrader fetches it),
    release/WEEK/WEEK.ipynb of the course folder.

    Raises:
        SubmissionError: nothing is there, or several weeks begin so.
    """
    start = (start or Path.cwd()).absolute()
    if target.endswith(".ipynb") or os.sep in target or "/" in target:
        return _find_path(target, start)
    week = _complete(target, start)
    root = course_root(start)
    candidates = [start / f"{week}.ipynb", start / week / f"{week}.ipynb"]
    if root is not None:
        candidates.append(root / "release" / week / f"{week}.ipynb")
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    known = ", ".join(known_weeks(root)) or "none in this folder"
    raise SubmissionError(
        f"There is no notebook for '{target}' here or in release/ (weeks found: {known}): "
        "change into the course folder, or give the path of the .ipynb file."
    )


def _find_path(target: str, start: Path) -> Path:
    path = start / Path(target).expanduser()
    if path.is_dir():
        notebooks = sorted(path.glob("*.ipynb"))
        if len(notebooks) == 1:
            return notebooks[0]
        raise SubmissionError(
            f"The folder {path} holds {len(notebooks)} notebooks: name the file itself."
        )
    if not path.is_file():
        raise SubmissionError(f"There is no file {path}: check the spelling and the folder.")
    return path


def _complete(target: str, start: Path) -> str:
    local = {path.stem for path in [*start.glob("week*.ipynb"), *start.glob("week*/week*.ipynb")]}
    names = sorted(local | set(known_weeks(course_root(start))))
    if target in names:
        return target
    beginning = [name for name in names if name.startswith(target)]
    if len(beginning) > 1:
        raise SubmissionError(f"'{target}' may mean {' or '.join(beginning)}: write more of it.")
    return beginning[0] if beginning else target


# ------------------------------------------------------------------------------------ reading it
def read_notebook(path: Path, limits: GraderLimits | None = None) -> Notebook:
    """Read a notebook without trusting its shape.

    Raises:
        SubmissionError: the grader would refuse the file as it is; the message says why.
    """
    limits = limits or GraderLimits()
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SubmissionError(f"{path} cannot be read: {error.strerror}.") from error
    document = _document(path.name, content)
    return Notebook(path, week_of(path), _cells(path.name, document), len(content), document)


def language_of(path: Path) -> str:
    """The language of a notebook's edition; nothing where the file says none or cannot be read."""
    try:
        return read_notebook(path).language
    except SubmissionError:
        return ""


def week_of(path: Path) -> str:
    """The week that a notebook belongs to, from its file name or else from its folder's.

    "week01_word2vec (1).ipynb", as browsers name a second download, is of week01_word2vec.
    """
    for name in (path.stem, path.absolute().parent.name):
        found = WEEK.match(name)
        if found:
            return found.group(1).rstrip("_")
    return path.stem


def _document(name: str, content: bytes) -> dict[str, Any]:
    try:
        return read_document(content)
    except NotebookError as error:
        raise _saved_anew(name, error) from None


def _cells(name: str, document: dict[str, Any]) -> tuple[Cell, ...]:
    try:
        return read_cells(document)
    except NotebookError as error:
        raise _saved_anew(name, error) from None


def _saved_anew(name: str, error: NotebookError) -> SubmissionError:
    return SubmissionError(f"{name} {error}. Open it in JupyterLab, save it, and try again.")


# ---------------------------------------------------------------------------- the shipped notebook
def shipped_notebook(notebook: Notebook) -> Notebook | None:
    """The notebook of this week as the course shipped it, or None where no copy is at hand.

    Looked for in course/shipped/, in release/ (if the student works elsewhere), and in git's
    history of the student's own file.
    """
    root = course_root(notebook.path.parent)
    week = notebook.week
    if root is not None:
        for path in (root / f"course/shipped/{week}.ipynb", root / f"release/{week}/{week}.ipynb"):
            if path.is_file() and not path.samefile(notebook.path):
                return _read_or_none(path)
    return _from_git(notebook)


def _read_or_none(path: Path) -> Notebook | None:
    try:
        return read_notebook(path)
    except SubmissionError:
        return None


def _from_git(notebook: Notebook) -> Notebook | None:
    """The version of the branch that was cloned; else the last one that was committed."""
    name = notebook.path.name
    for revision in ("@{upstream}", "HEAD"):
        command = ["git", "-C", str(notebook.path.parent), "show", f"{revision}:./{name}"]
        try:
            answer = subprocess.run(command, capture_output=True, timeout=20, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return None
        if answer.returncode == 0:
            return _from_bytes(notebook, answer.stdout)
    return None


def _from_bytes(notebook: Notebook, content: bytes) -> Notebook | None:
    try:
        cells = read_cells(read_document(content))
    except NotebookError:
        return None
    return Notebook(notebook.path, notebook.week, cells, len(content))


# ------------------------------------------------------------------------------------ packing
@dataclass(frozen=True)
class Package:
    """A zip that was written, what it holds, and what was left out of the notebook."""

    path: Path
    member: str
    size: int
    left_out: tuple[str, ...] = ()


def pack(
    notebook: Notebook, folder: Path, limits: GraderLimits | None = None, student: str = ""
) -> Package:
    """Write WEEK.zip: WEEK.ipynb, and whose it is and of which week. An older zip is replaced.

    Widgets' state is left out; outputs are left out only if the file is too large with them. Both
    are made anew at grading.

    Raises:
        SubmissionError: the zip cannot be written, or even without outputs it is too large.
    """
    limits = limits or GraderLimits()
    content, left_out = _slim(notebook, limits)
    if len(content) > limits.notebook_bytes:
        raise SubmissionError(
            f"{notebook.path.name} has {len(content) / 1e6:.1f} MB even without its outputs, over "
            f"{limits.notebook_bytes / 1e6:.0f} MB: delete pasted pictures and data from its cells."
        )
    path = folder / f"{notebook.week}.zip"
    member = f"{notebook.week}.ipynb"
    buffer = io.BytesIO()
    said = submission_json(student, notebook.week)
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in ((member, content), (SUBMISSION_FILE, said)):
            entry = zipfile.ZipInfo(name, time.localtime()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    try:
        path.write_bytes(buffer.getvalue())
    except OSError as error:
        raise SubmissionError(
            f"{path} cannot be written ({error.strerror}): choose a folder with --output."
        ) from error
    return Package(path, member, len(buffer.getvalue()), left_out)


def _slim(notebook: Notebook, limits: GraderLimits) -> tuple[bytes, tuple[str, ...]]:
    document = json.loads(json.dumps(notebook.document))
    left_out = []
    if as_dict(document.get("metadata")).pop("widgets", None):
        left_out.append("the widgets' state")
    content = _encode(document)
    if len(content) > limits.notebook_bytes:
        for cell in document["cells"]:
            if cell["cell_type"] == "code":
                cell.update(outputs=[], execution_count=None)
        left_out.append("the outputs")
        content = _encode(document)
    return content, tuple(left_out)


def _encode(document: dict[str, Any]) -> bytes:
    # lone surrogates are legal in JSON and not in UTF-8: they become question marks
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return (text + "\n").encode("utf-8", "replace")
