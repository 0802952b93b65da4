"""Versions of a submission put into submitted/STUDENT/WEEK, and what they replace kept aside."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograder.course_folder import Course
from autograder.errors import Refused, UserError
from autograder.intake.versions import Version
from autograder.notebook_files import TIMESTAMP_FILE, write_files
from autograder.stages.record import DISK_TROUBLE

VERSIONS = "submitted_versions"


@dataclass(frozen=True)
class Placing:
    """Where one student's submission of one week goes; with `dry_run` nothing is written."""

    course: Course
    week: str
    student: str
    dry_run: bool = False

    @property
    def target(self) -> Path:
        return self.course.folder("submitted", self.week, self.student)

    @property
    def aside(self) -> Path:
        return self.course.root / VERSIONS / self.student / self.week

    def keep(self, found: list[Version]) -> tuple[str, str]:
        """Put versions in place, the newest last; what happened to it, and a remark on its time.

        Raises:
            Refused: a link stands in the way, or the name cannot be written.
            UserError: the disk takes nothing more.
        """
        if self.target.is_symlink() or self.target.parent.is_symlink():
            raise Refused(f"submitted/{self.student} is a link; nothing was written through it.")
        try:
            for version in found[:-1]:
                if not self.is_kept(version):  # a download that is collected again adds nothing
                    self.place(version)
            return self.place(found[-1])
        except OSError as error:
            if error.errno in DISK_TROUBLE:
                raise UserError(
                    f"submitted/{self.student} cannot be written: {error.strerror}.",
                    "Make room and run the command again: what was collected before is kept.",
                ) from error
            raise Refused(f"It cannot be written: {error.strerror}.") from error

    def place(self, version: Version) -> tuple[str, str]:
        """Make a version the current one, unless the current one is newer; lose neither."""
        before = self.target.exists()
        if before and content(self.target) == version.files:
            return "unchanged", self.set_time(version)
        older = before and version.certain and arrival(self.target) > version.arrived
        outcome = "older" if older else "replaced" if before else "new"
        if not self.dry_run:
            self.write(version, outcome)
        return outcome, ""

    def write(self, version: Version, outcome: str) -> None:
        self.target.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{self.week}.", dir=self.target.parent))
        try:
            fill(made, version)
            if outcome == "older":
                if not self.is_kept(version):
                    shutil.move(made, self.next_version())
                return
            if outcome == "replaced":
                shutil.move(self.target, self.next_version())
            made.rename(self.target)
        finally:
            shutil.rmtree(made, ignore_errors=True)

    def set_time(self, version: Version) -> str:
        """The same work again, with another time: the LMS's newest word on it counts."""
        if not version.certain or _stamp(version) == _stamp_of(self.target):
            return ""
        if not self.dry_run:
            (self.target / TIMESTAMP_FILE).write_text(f"{_stamp(version)}\n", "utf-8")
        return "Its time of arrival was set anew."

    # -------------------------------------------------------------------------------- aside
    def kept(self) -> list[Path]:
        if not self.aside.is_dir():
            return []
        return [old for old in self.aside.iterdir() if old.name.isdigit()]

    def is_kept(self, version: Version) -> bool:
        return any(content(old) == version.files for old in self.kept())

    def next_version(self) -> Path:
        """submitted_versions/STUDENT/WEEK/1, 2, 3, …"""
        number = 1 + max((int(old.name) for old in self.kept()), default=0)
        self.aside.mkdir(parents=True, exist_ok=True)
        return self.aside / str(number)


def fill(folder: Path, version: Version) -> None:
    """Write a version; its time only if that is known."""
    folder.chmod(0o755)
    write_files(folder, version.files)
    if version.certain:
        (folder / TIMESTAMP_FILE).write_text(f"{_stamp(version)}\n", "utf-8")


def _stamp(version: Version) -> str:
    return version.arrived.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _stamp_of(folder: Path) -> str:
    try:
        return (folder / TIMESTAMP_FILE).read_text("utf-8").strip()
    except (OSError, ValueError):
        return ""


def arrival(folder: Path) -> datetime:
    """When the submission that lies there arrived; the beginning of time if it does not say."""
    try:
        text = _stamp_of(folder).removesuffix(" UTC")
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def content(folder: Path) -> dict[str, bytes]:
    """The files of a submission, without its time."""
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }
    found.pop(TIMESTAMP_FILE, None)
    return found
