"""What one student handed in, in order of arrival: files that belong together, or versions.

A notebook gets the name that it should have if this week's cells are in it. An upload that brings a
notebook again begins a version; what it does not bring anew is carried over from the one before, so
that of every notebook the newest is graded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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

ROOM = 4  # all versions of a student together, in submissions of full size
LMS_FOLDER = "assignsubmission_"  # Moodle's folders of one student: a file, a text typed online


@dataclass(frozen=True)
class Version:
    """One submission of a student: files by path."""

    arrived: datetime
    files: dict[str, bytes]
    certain: bool = True  # that it arrived then; else the time only tells which came later
    claim: Claim | None = None  # what `course submit` wrote into the zip


@dataclass
class _Uploads:
    """A student's uploads of one week, and the room that is left for what they unpack to."""

    templates: Sequence[NotebookTemplate]
    limits: IngestLimits
    room: int = field(init=False)
    claim: Claim | None = None

    def __post_init__(self) -> None:
        self.room = ROOM * self.limits.total_bytes

    def versions(self, uploads: Sequence[Upload]) -> Iterator[Version]:
        """One version after the other, the newest last."""
        shared: dict[str, bytes] = {}  # of uploads without a notebook
        files: dict[str, bytes] = {}
        fresh: set[str] = set()  # notebooks that this version brought
        last: Upload | None = None
        for upload in uploads:
            brought = self.unpacked(upload)
            notebooks = brought.keys() & self.expected
            if notebooks & fresh:
                yield self.checked(last or upload, files)
                files = shared | {path: files[path] for path in fresh}
                fresh = set()
            shared |= {} if notebooks else brought
            files, fresh, last = files | brought, fresh | notebooks, upload
        if last is not None:
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
            return self.named(self.counted({safe_path(upload.inner): content}))
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
        self.claim = read_claim(files.pop(SUBMISSION_FILE, b"")) or self.claim
        around = folder_around([path for path in files if not is_junk(path)])
        return self.named(self.counted({p.removeprefix(around): d for p, d in files.items()}))

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
        return read_as(notebook, template).exercises > 0


def versions(
    uploads: Sequence[Upload], templates: Sequence[NotebookTemplate], limits: IngestLimits
) -> list[Version]:
    """A student's versions of a week, in order of arrival.

    Raises:
        Refused: an upload is odd, or there is too much.
    """
    if len(uploads) > limits.files:
        raise Refused(f"There are more than {limits.files} files of this student.")
    in_order = sorted(uploads, key=lambda one: (one.arrived, len(one.name), one.name))
    around = folder_around([one.inner for one in in_order])
    inside = [replace(one, inner=_within(one.inner.removeprefix(around))) for one in in_order]
    found = list(_Uploads(templates, limits).versions(inside))
    return [
        one
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
