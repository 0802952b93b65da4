"""A download from an LMS: a folder, a zip or a tar, read file by file, student by student."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO

from autograder.errors import Refused, UserError
from autograder.intake.archives import (
    ARCHIVES,
    is_folder,
    refusal,
    refuse_odd_member,
    tar_time,
    zip_name,
    zip_times,
)
from autograder.intake.tars import TarMember, tar_members
from autograder.notebook_files import IngestLimits, one_name, shown

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Upload:
    """A file of a download: its name there in one form, its times, and how to read it.

    exact : when it was written, where that is told with its zone
    local : the same by the clock of the machine that packed it, which says no zone
    arrived : when it was handed in; where that is not `certain`, only an order of uploads
    inner : what the name says beside the student
    """

    name: str
    read: Callable[[], bytes]  # raises Refused
    exact: datetime | None = None
    local: datetime | None = None
    arrived: datetime = EPOCH
    certain: bool = False
    inner: str = ""


def read_download(path: Path, limits: IngestLimits, stack: ExitStack) -> Iterator[Upload]:
    """Every file of a download; what is open while they are read is closed with the stack.

    Raises:
        UserError: there is no download, or it cannot be read as a whole.
    """
    name = path.name.lower()
    if path.is_dir():
        return _folder_uploads(path, limits)
    if not path.is_file():
        raise UserError(f"There is no download at {path}.", "Name a folder, a zip or a tar.")
    if not name.endswith(ARCHIVES):
        raise UserError(f"{path.name} is no archive that can be read.", "Use a zip or a tar.")
    if name.endswith(".zip"):
        return _zip_uploads(path, limits, stack)
    return _tar_uploads(path, limits, stack)


def _capped(name: str, content: bytes, limits: IngestLimits) -> bytes:
    if len(content) > limits.total_bytes:
        raise Refused(f"'{shown(name)}' is larger than {limits.total_bytes:,} bytes.")
    return content


# ------------------------------------------------------------------------------------ folder
def _folder_uploads(top: Path, limits: IngestLimits) -> Iterator[Upload]:
    for folder, _, names in os.walk(top, followlinks=False):
        for name in sorted(names):
            path = Path(folder) / name
            place = one_name(path.relative_to(top).as_posix()).replace("\\", "/")
            yield Upload(place, partial(_read_file, top, path, limits), _written(path))


def _written(path: Path) -> datetime | None:
    """When a file was written; None where that is no date of ours, or where it has gone meanwhile.

    Students set the times of their files as they like, also to the year 30,000.
    """
    with suppress(OSError, ValueError, OverflowError):
        return datetime.fromtimestamp(path.lstat().st_mtime, UTC)
    return None


def _opened(top: Path, path: Path) -> int:
    """A file below a folder, opened without following a link at any level.

    In a folder that students share, one may swap a folder for a link after it was looked at.
    """
    *between, name = path.relative_to(top).parts
    here = os.open(top, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for part in between:
            inner = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=here)
            os.close(here)
            here = inner
        return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=here)
    finally:
        os.close(here)


def _read_file(top: Path, path: Path, limits: IngestLimits) -> bytes:
    name = shown(path.name)
    try:
        handle = _opened(top, path)
        with os.fdopen(handle, "rb") as stream:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise Refused(f"'{name}' is a link or no regular file.")
            return _capped(name, stream.read(limits.total_bytes + 1), limits)
    except OSError as error:
        linked = error.errno in (errno.ELOOP, errno.ENOTDIR) or path.is_symlink()
        what = "is a link or no regular file" if linked else error.strerror
        raise Refused(f"'{name}' cannot be read: {what}.") from error


# ------------------------------------------------------------------------------------ zip
def _zip_uploads(path: Path, limits: IngestLimits, stack: ExitStack) -> Iterator[Upload]:
    try:
        archive = stack.enter_context(zipfile.ZipFile(path))
    except Exception as error:  # zipfile raises what it likes on a table of contents that is odd
        raise UserError(f"{path.name} is damaged: {error}.", "Download it again.") from None
    for member in archive.infolist():
        if not is_folder(member):
            read = partial(_read_member, archive, member, limits)
            exact, local = zip_times(member)
            yield Upload(one_name(zip_name(member)), read, exact, local)


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limits: IngestLimits) -> bytes:
    name = zip_name(member)
    try:
        refuse_odd_member(member)
        with archive.open(member) as stream:
            return _capped(name, stream.read(limits.total_bytes + 1), limits)
    except Exception as error:  # of this member alone
        raise refusal(name, error) from None


# ------------------------------------------------------------------------------------ tar
def _tar_uploads(path: Path, limits: IngestLimits, stack: ExitStack) -> Iterator[Upload]:
    """A tar cannot be read out of order: what is within the cap of an upload waits in a file."""
    place = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "members"
    spool = stack.enter_context(place.open("w+b"))
    try:
        with path.open("rb") as stream:
            for member in tar_members(path.name, stream, limits.total_bytes):
                name = one_name(member.name).replace("\\", "/").removeprefix("./")
                yield Upload(name, _spooled(spool, name, member, limits), tar_time(member.mtime))
    except GeneratorExit:
        raise
    except Exception as error:
        text = str(refusal(path.name, error))
        raise UserError(text, "Download it again, or unpack it by hand first.") from None


def _spooled(
    spool: IO[bytes], name: str, member: TarMember, limits: IngestLimits
) -> Callable[[], bytes]:
    if member.content is None:
        return partial(_refuse, f"'{shown(name)}' is a link or no regular file.")
    start = spool.seek(0, os.SEEK_END)
    size = spool.write(member.content)
    return partial(_from_spool, spool, start, size, name, limits)


def _from_spool(spool: IO[bytes], start: int, size: int, name: str, limits: IngestLimits) -> bytes:
    spool.seek(start)
    return _capped(name, spool.read(size), limits)


def _refuse(why: str) -> bytes:
    raise Refused(why)
