"""A term in one file: what scores rest on, the versions that made them, and how to open it again.

Links are left out and nothing is followed. While it is written no grader is at work, and SQLite
hands out the gradebook in one consistent piece. Afterwards the file is read back and compared.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import io
import json
import os
import platform
import re
import sqlite3
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder.course_folder import CONFIG_FILE, HIDDEN_FILE, SEED_FILE, Course
from autograder.deadlines.course_toml import FILE as COURSE_TOML
from autograder.errors import UserError
from autograder.gradebook import CLOSE_IT
from autograder.journal import only_grader
from autograder.roster.store import SQLITE
from autograder.templates import FOLDER as TEMPLATES
from autograder.week import open_week

FOLDER, SUFFIX = "archives", ".tar.gz"
GRADEBOOK, MANIFEST, HOW_TO_OPEN = "gradebook.db", "MANIFEST.json", "OPEN.md"
TERM = re.compile(r"\w[\w.-]{0,63}")
# beside nbgrader's folders: what is edited, what is drawn, what is written for people
FILES = (CONFIG_FILE, COURSE_TOML, SEED_FILE, HIDDEN_FILE, "requirements.lock", "grades.csv")
FOLDERS = ("submitted_versions", "reports", "exported", "explained", ".autograder",
           "autograder/mistakes", "autograder/challenges", "translations")  # fmt: skip
LEFT_OUT = {"__pycache__", ".ipynb_checkpoints"}


@dataclass(frozen=True)
class Archived:
    """The file, and what a person should know about it. `size` is in bytes."""

    path: str
    files: int
    size: int
    remarks: tuple[str, ...] = ()


def archive(course: Course, term: str) -> Archived:
    """Write archives/TERM.tar.gz, readable by its owner alone, and read it back.

    Raises:
        UserError: the name is none, there is an archive of that name, a grader is at work, another
            program holds the gradebook, or the disk is full; nothing was left behind.
    """
    if not TERM.fullmatch(term):
        raise UserError(f"'{term[:80]}' cannot be the name of a term.", "Name it such as 2026-1.")
    target = course.root / FOLDER / f"{term}{SUFFIX}"
    if target.exists():
        raise UserError(f"{target} exists already.", "Move it away, or give another name.")
    target.parent.mkdir(mode=0o700, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    try:
        with ExitStack() as stack:
            for week in course.weeks():
                stack.enter_context(only_grader(open_week(course, week)))
            remarks = _write(course, term, part)
        count = _read_back(part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return Archived(str(target), count, target.stat().st_size, tuple(remarks))


def _write(course: Course, term: str, part: Path) -> list[str]:
    hashes: dict[str, str] = {}
    remarks: list[str] = []
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with (
        os.fdopen(handle, "wb") as stream,
        tarfile.open(fileobj=stream, mode="w:gz", format=tarfile.PAX_FORMAT) as made,
        tempfile.TemporaryDirectory() as scratch,
    ):
        for name, path in _parts(course, Path(scratch), remarks):
            content = path.read_bytes()
            hashes[name] = hashlib.sha256(content).hexdigest()
            _add(made, f"{term}/{name}", content, int(path.stat().st_mtime))
        _add(made, f"{term}/{HOW_TO_OPEN}", _how_to_open(course, term).encode())
        _add(made, f"{term}/{MANIFEST}", json.dumps(hashes, indent=1).encode())
    return remarks


def _add(made: tarfile.TarFile, name: str, content: bytes, modified: int | None = None) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    member.mtime = int(time.time()) if modified is None else modified
    made.addfile(member, io.BytesIO(content))


# ------------------------------------------------------------------------------------ what it holds
def _parts(course: Course, scratch: Path, remarks: list[str]) -> Iterator[tuple[str, Path]]:
    """Every file of the term: its name in the archive, and where it lies."""
    if course.db_url.startswith(SQLITE):
        copy = _gradebook(Path(course.db_url.removeprefix(SQLITE)), scratch)
        if copy is not None:
            yield GRADEBOOK, copy
    else:
        remarks.append(
            "The gradebook is on a database server and not in it: dump it there (pg_dump), and "
            "keep the dump beside this file."
        )
    steps = ("source", "release", "submitted", "autograded", "feedback")
    nbgraders = [getattr(course.coursedir, f"{step}_directory") for step in steps]
    links = 0
    for name in (*FILES, *nbgraders, *FOLDERS):
        for path in _below(course.root / name):
            if path.is_symlink() or not path.is_file():
                links += 1
                continue
            yield path.relative_to(course.root).as_posix(), path
    if links:
        remarks.append(f"{links} links or odd files were left out: nothing was followed.")


def _below(top: Path) -> Iterator[Path]:
    """A file, or everything below a folder that is no folder itself."""
    if top.is_symlink() or not top.is_dir():
        yield from [top] if os.path.lexists(top) else []
        return
    for folder, folders, names in os.walk(top, followlinks=False):
        yield from (Path(folder) / name for name in folders if (Path(folder) / name).is_symlink())
        folders[:] = sorted(set(folders) - LEFT_OUT)
        yield from (Path(folder) / name for name in sorted(names) if not name.endswith(".lock"))


def _gradebook(path: Path, scratch: Path) -> Path | None:
    """A copy of the gradebook at one moment; None where there is none.

    Raises:
        UserError: another program holds it.
    """
    if not path.is_file():
        return None
    copy = scratch / GRADEBOOK
    try:
        with (
            contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as ours,
            contextlib.closing(sqlite3.connect(copy)) as theirs,
        ):
            ours.execute("SELECT count(*) FROM sqlite_master").fetchone()  # waits for a lock
            ours.backup(theirs)
    except sqlite3.Error as error:
        raise UserError(f"The gradebook cannot be copied: {error}.", CLOSE_IT) from error
    return copy


# ------------------------------------------------------------------------------------ afterwards
def _read_back(part: Path) -> int:
    """How many files are in it, each compared with its hash.

    Raises:
        UserError: the disk did not keep what was written.
    """
    found: dict[str, str] = {}
    wanted: dict[str, str] = {}
    with tarfile.open(part, "r:gz") as made:
        for member in made:
            name = member.name.partition("/")[2]
            stream = made.extractfile(member)
            content = stream.read() if stream is not None else b""
            if name == MANIFEST:
                wanted = json.loads(content)
            elif name != HOW_TO_OPEN:
                found[name] = hashlib.sha256(content).hexdigest()
    if not wanted or found != wanted:
        raise UserError("The archive could not be read back as it was written.", "Is the disk ok?")
    return len(found)


def _how_to_open(course: Course, term: str) -> str:
    packages = sorted(
        f"{one.metadata['Name']}=={one.version}" for one in importlib.metadata.distributions()
    )
    return (TEMPLATES / "archive.md").read_text("utf-8").format(
        term=term, written=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", commit=_commit(course.root),
        python=platform.python_version(), weeks=", ".join(course.weeks()) or "none",
        packages="\n".join(packages),
    )  # fmt: skip


def _commit(root: Path) -> str:
    """The commit of the code that graded, and whether files were changed since."""
    try:
        said = subprocess.run(
            ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=40"],
            capture_output=True, text=True, check=True, timeout=60,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return "not known: the course was no git repository"
    return said.stdout.strip()
