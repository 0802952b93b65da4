"""Collect: what an LMS lets you download becomes submitted/STUDENT/WEEK. Trusted; it runs nothing.

A download is a folder, a zip or a tar of uploads; an upload is a notebook, other files, or a zip or
tar of them. Who handed something in is read from the *name* that the LMS gave the upload, by a
pattern and perhaps a roster, never from inside it; when it arrived, from the LMS's own times.
Archives are read member by member under caps; nothing is ever extracted by path. Nothing is lost:
of several versions the last is graded, and all the others are kept in submitted_versions/.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath

from autograder.course_folder import Course
from autograder.errors import Refused, UserError
from autograder.intake.archives import (
    ARCHIVES,
    DAMAGED,
    member_time,
    read_members,
    refuse_odd_member,
    tar_members,
)
from autograder.notebook_files import (
    CHECKPOINTS,
    STUDENT_ID,
    TIMESTAMP_FILE,
    IngestLimits,
    is_junk,
    safe_path,
    shown_id,
    write_files,
)
from autograder.stages.record import DISK_TROUBLE

FOLDER_A_STUDENT = r"(?P<student>[^/]+)/"
VERSIONS = "submitted_versions"


@dataclass(frozen=True)
class Collected:
    """What became of one student's upload.

    outcome : "new", "replaced", "unchanged", "older" (kept aside: what is there came later) or
        "refused"
    """

    student: str
    outcome: str
    reason: str = ""


@dataclass(frozen=True)
class _File:
    """A file of a download: its name there, when it arrived, and how to read it."""

    name: str
    arrived: datetime
    read: Callable[[], bytes]  # raises Refused


@dataclass(frozen=True)
class _Version:
    """One submission of a student: files by path."""

    arrived: datetime
    files: dict[str, bytes]


def collect(
    course: Course,
    week: str,
    download: Path,
    name_pattern: str = FOLDER_A_STUDENT,
    roster: Path | None = None,
    limits: IngestLimits | None = None,
) -> list[Collected]:
    """Sort a download into submitted/, one student at a time; an odd upload stops nobody else.

    Args:
        course: the course.
        week: the assignment; its notebook's name is what a single renamed notebook gets.
        download: a folder, a .zip, or a .tar, .tar.gz or .tgz.
        name_pattern: a regular expression with a group `student`, matched at the start of each
            file's name in the download. The rest of the name is the file's name in the upload.
        roster: a CSV of two columns: what the pattern finds, and the student id to use.
        limits: caps for one student's upload, as for ingest.

    Raises:
        UserError: no such week; the download, the pattern or the roster cannot be used; the disk
            takes nothing more.
    """
    limits = limits or IngestLimits()
    expected = [path.name for path in course.source_notebooks(week)]
    pattern, ids = _pattern(name_pattern), _roster(roster)
    uploads: dict[str, list[_File]] = {}
    refused: list[Collected] = []
    with ExitStack() as stack:
        for found in _read_download(download, limits, stack):
            match = pattern.match(found.name)
            if match is None or not match["student"]:
                why = "Its name does not fit the name pattern."
                refused.append(Collected(shown_id(found.name), "refused", why))
                continue
            inner = found.name[match.end() :].lstrip("/_- ") or PurePosixPath(found.name).name
            file = _File(inner, found.arrived, found.read)
            uploads.setdefault(match["student"], []).append(file)
        taken = [
            _take(course, week, ids, who, files, expected, limits) for who, files in uploads.items()
        ]
    return sorted([*taken, *refused], key=lambda one: one.student)


def _pattern(text: str) -> re.Pattern[str]:
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise UserError(
            f"The name pattern cannot be read: {error}.", "Quote it in the shell."
        ) from None
    if "student" not in pattern.groupindex:
        raise UserError(
            "The name pattern has no group called student.",
            r"Write it such as '(?P<student>[^_]+)_'.",
        )
    return pattern


def _roster(path: Path | None) -> dict[str, str] | None:
    if path is None:
        return None
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            rows = [row for row in csv.reader(stream) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(
            f"The roster {path} cannot be read: {error}.", "Save it as CSV in UTF-8."
        ) from None
    bad = [number for number, row in enumerate(rows, 1) if len(row) < 2]
    if bad or not rows:
        raise UserError(
            f"The roster {path} needs two columns in every row (row {bad[0] if bad else 1}).",
            "First the name in the LMS, then the student id.",
        )
    return {row[0].strip(): row[1].strip() for row in rows}


# ------------------------------------------------------------------------------------ one student
def _take(
    course: Course,
    week: str,
    ids: dict[str, str] | None,
    who: str,
    files: list[_File],
    expected: list[str],
    limits: IngestLimits,
) -> Collected:
    student = who if ids is None else ids.get(who, "")
    try:
        if ids is not None and not student:
            raise Refused("The roster does not know this name.")
        if not STUDENT_ID.fullmatch(student):
            raise Refused(f"'{shown_id(student)}' is not a student id that this grader accepts.")
        versions = _versions(files, expected, limits)
        outcomes = [_keep(course, week, student, version) for version in versions]
        older = f"{len(versions) - 1} earlier in {VERSIONS}/" if len(versions) > 1 else ""
        return Collected(student, outcomes[-1], older)
    except Refused as refusal:
        return Collected(shown_id(student or who), "refused", str(refusal))


def _versions(files: list[_File], expected: list[str], limits: IngestLimits) -> list[_Version]:
    """What a student handed in, in order of arrival: files that belong together, or versions.

    Two uploads that each bring a notebook are two versions, unless they bring different ones of the
    notebooks that the week has.
    """
    if len(files) > limits.files:
        raise Refused(f"There are more than {limits.files} files of this student.")
    around = _folder_around([file.name for file in files])
    parts = [
        _Version(file.arrived, _unpack(file.name.removeprefix(around), file, expected, limits))
        for file in sorted(files, key=lambda file: (file.arrived, len(file.name), file.name))
    ]
    carriers = [part for part in parts if _notebooks(part.files)]
    brought = [path for part in carriers for path in _notebooks(part.files)]
    if len(carriers) < 2 or (set(brought) <= set(expected) and len(brought) == len(set(brought))):
        return [_together(parts, limits)]
    beside = [part for part in parts if part not in carriers]
    return [_together([*beside, carrier], limits) for carrier in carriers]


def _together(parts: list[_Version], limits: IngestLimits) -> _Version:
    files: dict[str, bytes] = {}
    for part in parts:
        twice = files.keys() & part.files.keys()
        if twice:
            raise Refused(f"'{min(twice)}' is there twice.")
        files |= part.files
    folders = {str(parent) for path in files for parent in PurePosixPath(path).parents}
    both = folders & files.keys()
    if both:
        raise Refused(f"'{min(both)}' is a file and a folder.")
    if sum(map(len, files.values())) > limits.total_bytes or len(files) > limits.files:
        raise Refused(
            f"The upload is over {limits.total_bytes:,} bytes or {limits.files} files. "
            "Ask the student to send the notebook alone."
        )
    return _Version(parts[-1].arrived, files)


def _unpack(name: str, file: _File, expected: list[str], limits: IngestLimits) -> dict[str, bytes]:
    """A file of an upload by its path, or an archive's files by theirs; opened once, not deeper."""
    content = file.read()
    if not name.lower().endswith(ARCHIVES):
        return _named({safe_path(name): content}, expected)
    files: dict[str, bytes] = {}
    for name, data in read_members(file.name, content, limits.total_bytes, limits.files):
        if name.lower().endswith(ARCHIVES):
            raise Refused(f"'{file.name}' holds another archive. Ask for plain files.")
        path = safe_path(name)
        if path in files:
            raise Refused(f"'{path}' is there twice.")
        files[path] = data
    kept = [path for path in files if not _is_left_over(path)]
    around = _folder_around(kept)
    return _named({path.removeprefix(around): files[path] for path in kept}, expected)


def _folder_around(paths: list[str]) -> str:
    """The folders that all paths begin with, as many zips have them around everything."""
    around = ""
    while paths and len({path.split("/")[0] for path in paths}) == 1 and "/" in min(paths):
        top = paths[0].split("/")[0] + "/"
        around, paths = around + top, [path.removeprefix(top) for path in paths]
    return around


def _is_left_over(path: str) -> bool:
    """What operating systems and JupyterLab leave in a folder."""
    return is_junk(path) or CHECKPOINTS in path.split("/")


def _named(files: dict[str, bytes], expected: list[str]) -> dict[str, bytes]:
    """The files with the only notebook under the name it should have: an LMS renames files.

    A timestamp.txt is not taken: the time of arrival is ours to write.
    """
    files = {
        p: content for p, content in files.items() if not _is_left_over(p) and p != TIMESTAMP_FILE
    }
    notebooks = _notebooks(files)
    if len(expected) == 1 and len(notebooks) == 1 and expected[0] not in files:
        files[expected[0]] = files.pop(notebooks[0])
    return files


def _notebooks(files: dict[str, bytes]) -> list[str]:
    return [path for path in files if path.endswith(".ipynb") and "/" not in path]


# ------------------------------------------------------------------------------------ writing
def _keep(course: Course, week: str, student: str, version: _Version) -> str:
    """Make a version the current one, unless the current one is newer; lose neither.

    Raises:
        UserError: the disk takes nothing more.
    """
    target = course.folder("submitted", week, student)
    if target.is_symlink() or target.parent.is_symlink():
        raise Refused(f"submitted/{student} is a link; nothing was written through it.")
    try:
        return _place(course, week, student, version, target)
    except OSError as error:
        if error.errno in DISK_TROUBLE:
            raise UserError(
                f"submitted/{student} cannot be written: {error.strerror}.",
                "Make room and run the command again: what was collected before is kept.",
            ) from error
        raise Refused(f"It cannot be written: {error.strerror}.") from error


def _place(course: Course, week: str, student: str, version: _Version, target: Path) -> str:
    before = target.exists()
    if before and _content(target) == version.files:
        return "unchanged"
    target.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{week}.", dir=target.parent))
    try:
        _fill(made, version)
        if before and _arrival(target) > version.arrived:
            if not _is_kept(course, week, student, version):
                shutil.move(made, _next_version(course, week, student))
            return "older"
        if before:
            shutil.move(target, _next_version(course, week, student))
        made.rename(target)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return "replaced" if before else "new"


def _fill(folder: Path, version: _Version) -> None:
    folder.chmod(0o755)
    write_files(folder, version.files)
    stamp = version.arrived.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    (folder / TIMESTAMP_FILE).write_text(f"{stamp}\n", "utf-8")


def _arrival(folder: Path) -> datetime:
    """When the submission that lies there arrived; the beginning of time if it does not say."""
    try:
        text = (folder / TIMESTAMP_FILE).read_text("utf-8").strip().removesuffix(" UTC")
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except (OSError, ValueError):
        return datetime.min.replace(tzinfo=UTC)


def _content(folder: Path) -> dict[str, bytes]:
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }
    found.pop(TIMESTAMP_FILE, None)
    return found


def _kept(course: Course, week: str, student: str) -> list[Path]:
    folder = course.root / VERSIONS / student / week
    return [old for old in folder.iterdir() if old.name.isdigit()] if folder.is_dir() else []


def _is_kept(course: Course, week: str, student: str, version: _Version) -> bool:
    return any(_content(old) == version.files for old in _kept(course, week, student))


def _next_version(course: Course, week: str, student: str) -> Path:
    """submitted_versions/STUDENT/WEEK/1, 2, 3, …"""
    number = 1 + max((int(old.name) for old in _kept(course, week, student)), default=0)
    place = course.root / VERSIONS / student / week / str(number)
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


# ------------------------------------------------------------------------------------ reading
def _read_download(path: Path, limits: IngestLimits, stack: ExitStack) -> Iterator[_File]:
    """Every file of a download; each is read when its student's turn comes."""
    name = path.name.lower()
    if path.is_dir():
        yield from _folder_files(path, limits)
    elif not path.is_file():
        raise UserError(f"There is no download at {path}.", "Name a folder, a zip or a tar.")
    elif not name.endswith(ARCHIVES):
        raise UserError(f"{path.name} is no archive that can be read.", "Use a zip or a tar.")
    elif name.endswith(".zip"):
        yield from _zip_files(path, limits, stack)
    else:
        yield from _tar_files(path, limits)


def _folder_files(top: Path, limits: IngestLimits) -> Iterator[_File]:
    for folder, _, names in os.walk(top, followlinks=False):
        for name in sorted(names):
            path = Path(folder) / name
            arrived = _no_later_than_now(path.lstat().st_mtime)
            yield _File(path.relative_to(top).as_posix(), arrived, _reader(path, limits))


def _reader(path: Path, limits: IngestLimits) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(handle, "rb") as stream:
                if not stat.S_ISREG(os.fstat(handle).st_mode):
                    raise Refused(f"'{path.name}' is a link or no regular file.")
                return _capped(path.name, stream.read(limits.total_bytes + 1), limits)
        except OSError as error:
            what = "is a link or no regular file" if path.is_symlink() else error.strerror
            raise Refused(f"'{path.name}' cannot be read: {what}.") from error

    return read


def _zip_files(path: Path, limits: IngestLimits, stack: ExitStack) -> Iterator[_File]:
    arrived = _no_later_than_now(path.stat().st_mtime)
    try:
        archive = stack.enter_context(zipfile.ZipFile(path))
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise UserError(f"{path.name} is damaged: {error}.", "Download it again.") from None
    for member in archive.infolist():
        if not member.is_dir():
            time = min(member_time(member) or arrived, arrived)
            yield _File(member.filename, time, _member_reader(archive, member, limits))


def _member_reader(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, limits: IngestLimits
) -> Callable[[], bytes]:
    def read() -> bytes:
        refuse_odd_member(member)
        try:
            with archive.open(member) as stream:
                return _capped(member.filename, stream.read(limits.total_bytes + 1), limits)
        except (*DAMAGED, RuntimeError) as error:
            raise Refused(f"'{member.filename[:100]}' is damaged: {error}.") from None

    return read


def _tar_files(path: Path, limits: IngestLimits) -> Iterator[_File]:
    """A tar cannot be read out of order, so what is within the cap of an upload stays in memory."""
    arrived = _no_later_than_now(path.stat().st_mtime)
    try:
        with path.open("rb") as stream:
            for member, content in tar_members(path.name, stream, limits.total_bytes + 1):
                if content is None:
                    why = f"'{member.name[:100]}' is a link or no regular file."
                    yield _File(member.name, arrived, _refuser(why))
                    continue
                time = min(member_time(member) or arrived, arrived)
                name = member.name.removeprefix("./")
                yield _File(name, time, partial(_capped, name, content, limits))
    except Refused as refusal:
        raise UserError(str(refusal), "Download it again, or unpack it by hand first.") from None


def _refuser(why: str) -> Callable[[], bytes]:
    def read() -> bytes:
        raise Refused(why)

    return read


def _capped(name: str, content: bytes, limits: IngestLimits) -> bytes:
    if len(content) > limits.total_bytes:
        raise Refused(f"'{name[:100]}' is larger than {limits.total_bytes:,} bytes.")
    return content


def _no_later_than_now(seconds: float) -> datetime:
    return min(datetime.fromtimestamp(seconds, UTC), datetime.now(UTC))
