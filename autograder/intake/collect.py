"""Collect: what an LMS lets you download becomes submitted/STUDENT/WEEK. Trusted; it runs nothing.

A download is a folder, a zip or a tar of uploads; an upload is a notebook, other files, or a zip or
tar of them. Who handed something in is read from the *name* that the LMS gave the upload, by a
pattern and perhaps a roster, never from inside it; when it arrived, from the LMS's own times.
Archives are read member by member under caps; nothing is ever extracted by path. Nothing is lost:
of several versions the last is graded, and all the others are kept in submitted_versions/.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from autograder.course_folder import Course
from autograder.errors import Refused, UserError
from autograder.intake.download import Upload, read_download
from autograder.intake.people import Roster, compiled, id_of, read_roster
from autograder.intake.versions import Version, versions
from autograder.notebook_files import (
    TIMESTAMP_FILE,
    IngestLimits,
    is_junk,
    shown,
    shown_id,
    write_files,
)
from autograder.stages.record import DISK_TROUBLE
from autograder.week import Week, open_week

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
        week: the assignment; its notebook's name is what a notebook with its cells gets.
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
    opened, pattern = open_week(course, week), compiled(name_pattern)
    people = read_roster(roster) if roster else None
    uploads: dict[str, list[Upload]] = {}
    refused: list[Collected] = []
    with ExitStack() as stack:
        for found in read_download(download, limits, stack):
            match = None if is_junk(found.name) else pattern.match(found.name)
            if match and match["student"]:
                inner = found.name[match.end() :].lstrip("/_- ") or PurePosixPath(found.name).name
                uploads.setdefault(match["student"], []).append(replace(found, inner=inner))
            elif not is_junk(found.name):
                why = "Its name does not fit the name pattern."
                refused.append(Collected(shown_id(found.name), "refused", why))
        taken = [_take(opened, people, who, files, limits) for who, files in uploads.items()]
    return sorted([*taken, *refused], key=lambda one: one.student)


# ------------------------------------------------------------------------------------ one student
def _take(
    week: Week, roster: Roster | None, who: str, uploads: Sequence[Upload], limits: IngestLimits
) -> Collected:
    student = who
    try:
        student = id_of(who, uploads, roster)
        found = versions(uploads, week.notebooks, limits)
        outcomes = [_keep(week.course, week.name, student, version) for version in found]
        return Collected(student, outcomes[-1], " ".join(_remarks(week, found)))
    except Refused as refusal:
        return Collected(shown_id(student), "refused", str(refusal))


def _remarks(week: Week, found: Sequence[Version]) -> Iterable[str]:
    """What the instructor should know at once, while the student can still be asked."""
    if len(found) > 1:
        yield f"{len(found) - 1} earlier in {VERSIONS}/."
    files = found[-1].files
    missing = [one.name for one in week.notebooks if f"{one.name}.ipynb" not in files]
    if missing:
        there = shown(", ".join(sorted(files)) or "nothing", 200)
        yield f"Without {', '.join(f'{name}.ipynb' for name in missing)}; there is {there}."


# ------------------------------------------------------------------------------------ writing
def _keep(course: Course, week: str, student: str, version: Version) -> str:
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


def _place(course: Course, week: str, student: str, version: Version, target: Path) -> str:
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


def _fill(folder: Path, version: Version) -> None:
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


def _is_kept(course: Course, week: str, student: str, version: Version) -> bool:
    return any(_content(old) == version.files for old in _kept(course, week, student))


def _next_version(course: Course, week: str, student: str) -> Path:
    """submitted_versions/STUDENT/WEEK/1, 2, 3, …"""
    number = 1 + max((int(old.name) for old in _kept(course, week, student)), default=0)
    place = course.root / VERSIONS / student / week / str(number)
    place.parent.mkdir(parents=True, exist_ok=True)
    return place
