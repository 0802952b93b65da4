"""Collect: what an LMS lets you download becomes submitted/STUDENT/WEEK. Trusted; it runs nothing.

A download is a folder, a zip or a tar of uploads; an upload is a notebook, other files, or a zip or
tar of them. Who handed something in is read from the *name* that the LMS gave the upload, by a
pattern and perhaps a roster, never from inside it. Archives are read member by member under caps;
nothing is ever extracted by path. When a student hands in again, the version before is kept.
"""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import stat
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from autograder.courses import Course
from autograder.errors import Refused, UserError
from autograder.ingest import STUDENT_ID, TIMESTAMP_FILE, IngestLimits, shown_id

FOLDER_A_STUDENT = r"(?P<student>[^/]+)/"
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
DOWNLOAD_FILES = 200_000
VERSIONS = "submitted_versions"


@dataclass(frozen=True)
class Collected:
    """What became of one student's upload: taken, unchanged, or refused with the reason."""

    student: str
    outcome: str  # "new", "replaced", "unchanged" or "refused"
    reason: str = ""


@dataclass(frozen=True)
class _File:
    """A file of a download: its name there, its content when asked for, and when it arrived."""

    name: str
    content: bytes
    arrived: datetime


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
        UserError: no such week, or the download, the pattern or the roster cannot be used.
    """
    limits = limits or IngestLimits()
    expected = [path.name for path in course.source_notebooks(week)]
    pattern, ids = _pattern(name_pattern), _roster(roster)
    uploads: dict[str, list[_File]] = {}
    refused: dict[str, str] = {}
    for found in _read_download(download, limits, refused):
        match = pattern.match(found.name)
        if match is None:
            refused[found.name] = "Its name does not fit the name pattern."
            continue
        inner = found.name[match.end() :].lstrip("/_- ") or PurePosixPath(found.name).name
        uploads.setdefault(match["student"], []).append(_File(inner, found.content, found.arrived))
    done = [
        _take(course, week, ids, who, files, expected, limits) for who, files in uploads.items()
    ]
    done += [Collected(shown_id(name), "refused", why) for name, why in refused.items()]
    return sorted(done, key=lambda one: one.student)


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
        unpacked = _unpack(files, limits)
        _name_the_notebook(unpacked, expected)
        arrived = max(file.arrived for file in files)
        outcome = _write(course, week, student, unpacked, arrived)
        return Collected(student, outcome)
    except Refused as refusal:
        return Collected(shown_id(student or who), "refused", str(refusal))


def _unpack(files: list[_File], limits: IngestLimits) -> dict[str, bytes]:
    """The upload's files by path, with archives opened, once."""
    unpacked: dict[str, bytes] = {}
    for file in files:
        inner = [file]
        if file.name.lower().endswith(ARCHIVES):
            inner = list(_members(file.name, file.content, file.arrived, limits))
            if any(one.name.lower().endswith(ARCHIVES) for one in inner):
                raise Refused(f"'{file.name}' holds another archive. Ask for plain files.")
        for one in inner:
            path = _safe_path(one.name)
            if path in unpacked:
                raise Refused(f"'{path}' is there twice.")
            if path != TIMESTAMP_FILE:  # the time of arrival is ours to write
                unpacked[path] = one.content
    if sum(map(len, unpacked.values())) > limits.total_bytes or len(unpacked) > limits.files:
        raise Refused(
            f"The upload is over {limits.total_bytes:,} bytes or {limits.files} files. "
            "Ask the student to send the notebook alone."
        )
    return unpacked


def _safe_path(name: str) -> str:
    parts = PurePosixPath(name).parts
    if not name.isprintable() or "\\" in name or name.startswith("/") or ".." in parts:
        raise Refused(f"A file has a path that leads elsewhere: {ascii(name)[:100]}.")
    return "/".join(parts)


def _name_the_notebook(files: dict[str, bytes], expected: list[str]) -> None:
    """An LMS renames files: the only notebook of an upload gets the name it should have.

    A folder around everything, which many zips have, is taken away first.
    """
    tops = {path.split("/")[0] for path in files}
    if len(tops) == 1 and all("/" in path for path in files):
        for path in list(files):
            files[path.partition("/")[2]] = files.pop(path)
    notebooks = [path for path in files if path.endswith(".ipynb") and "/" not in path]
    if len(expected) == 1 and len(notebooks) == 1 and expected[0] not in files:
        files[expected[0]] = files.pop(notebooks[0])


def _write(
    course: Course, week: str, student: str, files: dict[str, bytes], arrived: datetime
) -> str:
    target = course.folder("submitted", week, student)
    if target.is_symlink() or target.parent.is_symlink():
        raise Refused(f"submitted/{student} is a link; nothing was written through it.")
    before = target.exists()
    if before and _content(target) == files:
        return "unchanged"
    if before:
        _keep_version(course, week, student, target)
    for path, content in files.items():
        place = target / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    stamp = arrived.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    (target / TIMESTAMP_FILE).write_text(f"{stamp}\n", "utf-8")
    return "replaced" if before else "new"


def _content(folder: Path) -> dict[str, bytes]:
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }
    found.pop(TIMESTAMP_FILE, None)
    return found


def _keep_version(course: Course, week: str, student: str, target: Path) -> None:
    """Move the version before to submitted_versions/STUDENT/WEEK/1, 2, 3, …"""
    kept = course.root / VERSIONS / student / week
    kept.mkdir(parents=True, exist_ok=True)
    number = 1 + max((int(old.name) for old in kept.iterdir() if old.name.isdigit()), default=0)
    shutil.move(target, kept / str(number))


# ------------------------------------------------------------------------------------ reading
def _read_download(path: Path, limits: IngestLimits, refused: dict[str, str]) -> Iterator[_File]:
    """Every file of a download. What cannot be read is noted in `refused`, by its name."""
    if path.is_dir():
        yield from _folder_files(path, limits, refused)
        return
    if not path.is_file():
        raise UserError(f"There is no download at {path}.", "Name a folder, a zip or a tar.")
    if not path.name.lower().endswith(ARCHIVES):
        raise UserError(f"{path.name} is no archive that can be read.", "Use a zip or a tar.")
    arrived = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    whole = IngestLimits(files=DOWNLOAD_FILES, total_bytes=limits.total_bytes * 1000)
    try:
        yield from _members(path.name, path.read_bytes(), arrived, whole, each=limits.total_bytes)
    except Refused as refusal:
        raise UserError(
            f"{path.name} cannot be collected: {refusal}", "Unpack it by hand first."
        ) from None


def _folder_files(top: Path, limits: IngestLimits, refused: dict[str, str]) -> Iterator[_File]:
    for folder, _, names in os.walk(top, followlinks=False):
        for name in sorted(names):
            path = Path(folder) / name
            shown = path.relative_to(top).as_posix()
            info = path.lstat()
            if not stat.S_ISREG(info.st_mode):
                refused[shown] = "It is a link or no regular file."
            elif info.st_size > limits.total_bytes:
                refused[shown] = f"It is larger than {limits.total_bytes:,} bytes."
            else:
                arrived = datetime.fromtimestamp(info.st_mtime, UTC)
                yield _File(shown, path.read_bytes(), arrived)


def _members(
    name: str, content: bytes, arrived: datetime, limits: IngestLimits, each: int | None = None
) -> Iterator[_File]:
    """The regular files of a zip or tar, read under a cap on their sum, whatever they claim.

    Raises:
        Refused: links, devices, encryption, too many or too large members, or no archive at all.
    """
    read = _zip_members if name.lower().endswith(".zip") else _tar_members
    room, count = limits.total_bytes, 0
    try:
        for member, stream, time in read(content):
            count += 1
            cap = min(room, each or room)
            data = stream.read(cap + 1)
            room -= len(data)
            if len(data) > cap or count > limits.files:
                raise Refused(f"'{name}' unpacks to too much ('{member[:100]}').")
            yield _File(member, data, min(time or arrived, arrived) if each else arrived)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise Refused(f"'{name}' is damaged: {error}.") from None
    except (RuntimeError, NotImplementedError) as error:  # encrypted, or packed in a rare way
        raise Refused(f"'{name}' cannot be unpacked: {error}.") from None


def _zip_members(content: bytes) -> Iterator[tuple[str, io.BufferedIOBase, datetime | None]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            kind = stat.S_IFMT(member.external_attr >> 16)
            if member.is_dir():
                continue
            if kind not in (0, stat.S_IFREG):
                raise Refused(f"'{member.filename[:100]}' is a link or no regular file.")
            with archive.open(member) as stream:
                yield member.filename, stream, datetime(*member.date_time, tzinfo=UTC)  # type: ignore[misc]


def _tar_members(content: bytes) -> Iterator[tuple[str, io.BufferedIOBase, datetime | None]]:
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        for member in archive:
            if member.isdir():
                continue
            if not member.isreg():
                raise Refused(f"'{member.name[:100]}' is a link or no regular file.")
            stream = archive.extractfile(member)
            if stream is not None:
                yield member.name, stream, datetime.fromtimestamp(member.mtime, UTC)  # type: ignore[misc]
