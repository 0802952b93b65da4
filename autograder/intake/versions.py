"""What one student handed in, in order of arrival: files that belong together, or versions.

A notebook gets the name that it should have if this week's cells are in it. An upload that brings a
notebook again begins a version; what it does not bring anew is carried over from the one before, so
that of every notebook the newest is graded. An upload of another week is left out: it neither takes
the place of this week's work nor is it graded as it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePosixPath

from autograder.errors import Refused
from autograder.intake.archives import ARCHIVES, read_members
from autograder.intake.download import Upload
from autograder.intake.inside import SUBMISSION_FILE, Claim, read_claim
from autograder.model import NotebookTemplate
from autograder.notebook_files import (
    CHECKPOINTS,
    TIMESTAMP_FILE,
    IngestLimits,
    is_junk,
    safe_path,
    shown,
)
from autograder.stages.ingest import may_be_notebook, read_notebook
from autograder.stages.reading import read_as
from course.notebook_format import NotebookError
from course.recognition.matching import known_cells

ROOM = 4  # all versions of a student together, in submissions of full size
LMS_FOLDER = "assignsubmission_"  # Moodle's folders of one student: a file, a text typed online


@dataclass(frozen=True)
class Version:
    """One submission of a student: files by path."""

    arrived: datetime
    files: dict[str, bytes]
    certain: bool = True  # that it arrived then; else the time only tells which came later
    claim: Claim | None = None  # what `course submit` wrote into the zip
    left_out: tuple[str, ...] = ()  # a sentence for each upload of another week


class AnotherWeeks(Refused):
    """An upload is of another week, and nothing of this one is in it."""


@dataclass
class _Uploads:
    """A student's uploads of one week, and the room that is left for what they unpack to."""

    templates: Sequence[NotebookTemplate]
    limits: IngestLimits
    week: str
    weeks: Collection[str]
    room: int = field(init=False)
    claim: Claim | None = None
    left_out: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.room = ROOM * self.limits.total_bytes

    def versions(self, uploads: Sequence[Upload]) -> Iterator[Version]:
        """One version after the other, the newest last."""
        shared: dict[str, bytes] = {}  # of uploads without a notebook
        files: dict[str, bytes] = {}
        fresh: set[str] = set()  # notebooks that this version brought
        last: Upload | None = None
        for upload in uploads:
            try:
                brought = self.unpacked(upload)
            except AnotherWeeks as stray:
                self.left_out.append(str(stray))
                continue
            notebooks = brought.keys() & self.expected
            if notebooks & fresh:
                yield self.checked(last or upload, files)
                files = shared | {path: files[path] for path in fresh}
                fresh = set()
            shared |= {} if notebooks else brought
            files, fresh, last = files | brought, fresh | notebooks, upload
        if last is None:
            raise Refused(f"{self.left_out[-1]} Ask the student for {self.week}.")
        yield self.checked(last, files)

    @property
    def expected(self) -> set[str]:
        return {f"{template.name}.ipynb" for template in self.templates}

    def checked(self, last: Upload, files: dict[str, bytes]) -> Version:
        folders = {str(parent) for path in files for parent in PurePosixPath(path).parents}
        both = folders & files.keys()
        if both:
            raise Refused(f"'{min(both)}' is a file and a folder.")
        total = sum(map(len, files.values()))
        if total > self.limits.total_bytes or len(files) > self.limits.files:
            raise Refused(
                f"The upload is over {self.limits.total_bytes:,} bytes or {self.limits.files} "
                "files. Ask the student to send the notebook alone."
            )
        return Version(last.arrived, files, last.certain, self.claim)

    # -------------------------------------------------------------------------------- one upload
    def unpacked(self, upload: Upload) -> dict[str, bytes]:
        """A file by its path, or an archive's files by theirs; opened once, not deeper."""
        content = upload.read()
        if not upload.inner.lower().endswith(ARCHIVES):
            alone = self.named(self.counted({safe_path(upload.inner): content}))
            return self.of_this_week(upload, alone, None)
        files: dict[str, bytes] = {}
        most = min(self.limits.total_bytes, self.room)
        for name, data in read_members(upload.inner, content, most, self.limits.files):
            if name.lower().endswith(ARCHIVES):
                raise Refused(
                    f"'{shown(upload.inner)}' holds another archive. Ask for plain files."
                )
            path = safe_path(name)
            if path in files:
                raise Refused(f"'{path}' is there twice.")
            files[path] = data
        claim = read_claim(files.pop(SUBMISSION_FILE, b""))
        around = folder_around([path for path in files if not is_junk(path)])
        files = self.counted({p.removeprefix(around): d for p, d in files.items()})
        return self.of_this_week(upload, self.named(files), claim)

    def of_this_week(
        self, upload: Upload, files: dict[str, bytes], claim: Claim | None
    ) -> dict[str, bytes]:
        """The files of an upload, unless a name or a claim tells of another week and none of this.

        Raises:
            AnotherWeeks: so it is.
        """
        others = sorted(filter(None, map(self.other_week, files)))
        week = claim.week if claim else others[0] if others else self.week
        if week != self.week and not files.keys() & self.expected:
            raise AnotherWeeks(
                f"{shown(upload.inner)} is of {shown(week)}, and nothing of {self.week} is in it: "
                "it was not taken."
            )
        self.claim = claim or self.claim
        return files

    def other_week(self, path: str) -> str:
        """The other week that a notebook is called after; empty for none."""
        name, ending = PurePosixPath(path).stem, PurePosixPath(path).suffix
        return name if ending == ".ipynb" and name in self.weeks and name != self.week else ""

    def counted(self, files: dict[str, bytes]) -> dict[str, bytes]:
        self.room -= sum(map(len, files.values()))
        if self.room < 0:
            raise Refused("All uploads of this student together are too much.")
        return files

    def named(self, files: dict[str, bytes]) -> dict[str, bytes]:
        """The files without what systems leave, each notebook of the week under its name.

        A timestamp.txt is not taken: the time of arrival is ours to write.
        """
        files = {p: d for p, d in files.items() if not is_junk(p) and p != TIMESTAMP_FILE}
        proper = {path: data for path, data in files.items() if CHECKPOINTS not in path.split("/")}
        if any(data.strip() and may_be_notebook(path, data) for path, data in proper.items()):
            files = proper
        for template in self.templates:
            name = f"{template.name}.ipynb"
            found = [] if name in files else self.holding(template, files)
            if len(found) == 1:
                files[name] = files.pop(found[0])
        return files

    def holding(self, template: NotebookTemplate, files: dict[str, bytes]) -> list[str]:
        """The files, of whatever name, that hold a notebook's cells."""
        return [
            path
            for path, data in files.items()
            if path not in self.expected
            and may_be_notebook(path, data)
            and self.is_of(template, path, data)
        ]

    def is_of(self, template: NotebookTemplate, path: str, data: bytes) -> bool:
        try:
            notebook = read_notebook(path, data, self.limits)
        except NotebookError:
            return False
        found = read_as(notebook, template).exercises
        exercises = sum(known.cell.solution for known in known_cells(template))
        # two weeks share a few names, so one that is called after another has to hold more
        return 2 * found >= exercises > 0 if self.other_week(path) else found > 0


def versions(
    uploads: Sequence[Upload],
    templates: Sequence[NotebookTemplate],
    limits: IngestLimits,
    week: str,
    weeks: Collection[str],
) -> list[Version]:
    """A student's versions of a week, in order of arrival.

    Args:
        uploads: what came under the student's name.
        templates: the notebooks of the week.
        limits: caps for all of it together.
        week: the week's name.
        weeks: the names of all weeks: a notebook called after another is no work of this one.

    Raises:
        Refused: an upload is odd, there is too much, or all of it is of another week.
    """
    if len(uploads) > limits.files:
        raise Refused(f"There are more than {limits.files} files of this student.")
    in_order = sorted(uploads, key=lambda one: (one.arrived, len(one.name), one.name))
    around = folder_around([one.inner for one in in_order])
    inside = [replace(one, inner=_within(one.inner.removeprefix(around))) for one in in_order]
    read = _Uploads(templates, limits, week, weeks)
    found = list(read.versions(inside))
    return [
        replace(one, left_out=tuple(read.left_out))
        for one, later in zip(found, [*found[1:], None], strict=True)
        if one.files != (later and later.files)
    ]


def _within(path: str) -> str:
    """A path without the folders in which Moodle keeps a file and an online text apart."""
    first, slash, rest = path.partition("/")
    return _within(rest) if slash and LMS_FOLDER in first else path


def folder_around(paths: Sequence[str]) -> str:
    """The folders that all paths begin with, as many zips have them around everything."""
    around = ""
    while paths and len({path.split("/")[0] for path in paths}) == 1 and "/" in min(paths):
        top = paths[0].split("/")[0] + "/"
        around, paths = around + top, [path.removeprefix(top) for path in paths]
    return around
