"""Zips and tars from strangers, read member by member under caps, whatever they claim to hold."""

from __future__ import annotations

import contextlib
import io
import stat
import struct
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime

from autograder.errors import Refused
from autograder.intake.tars import tar_members
from autograder.notebook_files import shown

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
DIRECTORY_BYTES = 1_000_000  # of a zip's table of contents, which is read as a whole
HEADER_BYTES = 2_000_000  # of all headers of a tar together
UTF8_FLAG = 0x800
ENCODINGS = ("utf-8", "cp949")  # of names whose zip does not say: macOS's, Korean Windows's


def read_members(
    name: str, content: bytes, total_bytes: int, files: int
) -> Iterator[tuple[str, bytes]]:
    """Name and content of each regular file in an upload.

    Args:
        name: the archive's own name, for messages; its ending says what it is.
        content: the archive.
        total_bytes: cap on all members together.
        files: cap on their number.

    Raises:
        Refused: links, devices, encryption, too much of anything, or no archive at all. Whatever
            goes wrong inside an archive is this and nothing else.
    """
    members = _zip_members if name.lower().endswith(".zip") else _tar_members
    room, count = total_bytes, 0
    try:
        for member, data in members(name, content, total_bytes):
            room, count = room - len(data), count + 1
            if room < 0 or count > files:
                raise Refused(f"'{name}' unpacks to too much ('{shown(member)}').")
            yield member, data
    except Exception as error:  # zipfile raises what it likes on a stranger's bytes
        raise refusal(name, error) from None


def refusal(name: str, error: Exception) -> Refused:
    """What an error met while an archive was read means, as a sentence."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, RuntimeError | NotImplementedError):  # encrypted, or packed in a rare way
        return Refused(f"'{shown(name)}' cannot be unpacked: {shown(str(error))}.")
    what = shown(str(error)) or type(error).__name__
    return Refused(f"'{shown(name)}' is damaged: {what}.")


# ------------------------------------------------------------------------------------ zip
def zip_name(member: zipfile.ZipInfo) -> str:
    """A member's name with / between folders; what its zip does not say of the alphabet is tried.

    Zips say "UTF-8" by a flag, which macOS forgets, and old programs write their system's bytes.
    """
    name = member.filename
    if not member.flag_bits & UTF8_FLAG:
        name = _decoded(name)
    return name.replace("\\", "/")


def _decoded(name: str) -> str:
    try:
        raw = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name


def is_folder(member: zipfile.ZipInfo) -> bool:
    """Whether a zip's member is a folder; its name may be empty."""
    return zip_name(member).endswith("/")


def refuse_odd_member(member: zipfile.ZipInfo) -> None:
    """Raise Refused for a link or a device: the upper half of the attributes is Unix's mode."""
    if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
        raise Refused(f"'{shown(zip_name(member))}' is a link or no regular file.")


def zip_times(member: zipfile.ZipInfo) -> tuple[datetime | None, datetime | None]:
    """When a member was written: the exact time, and the one by some clock without a zone.

    A zip's own times are local times of who packed it; many programs add the exact time in an extra
    field. None for what is not said, or nonsense.
    """
    exact, local = None, None
    with contextlib.suppress(OverflowError, OSError, ValueError, struct.error):
        seconds = _extended_time(member.extra)
        exact = datetime.fromtimestamp(seconds, UTC) if seconds is not None else None
    with contextlib.suppress(ValueError):
        local = datetime(*member.date_time)
    return exact, local if local and local.year > 1980 else None


def _extended_time(extra: bytes) -> int | None:
    """Info-ZIP's field 0x5455: a byte of flags, then the time of modification."""
    while len(extra) >= 4:
        tag, size = struct.unpack_from("<HH", extra)
        if tag == 0x5455 and size >= 5 and extra[4] & 1:
            return struct.unpack_from("<l", extra, 5)[0]
        extra = extra[4 + size :]
    return None


def _zip_members(name: str, content: bytes, cap: int) -> Iterator[tuple[str, bytes]]:
    if _directory_bytes(content) > DIRECTORY_BYTES:
        raise Refused(f"'{name}' lists too much: it has a huge table of contents.")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            if is_folder(member):
                continue
            refuse_odd_member(member)
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise Refused(f"'{name}' is packed in a rare way. Ask for a plain zip.")
            with archive.open(member) as stream:
                yield zip_name(member), stream.read(cap + 1)


def _directory_bytes(content: bytes) -> int:
    """The size of the table of contents, from the record at the end; 2**32 - 1 for a zip64."""
    place = content.rfind(b"PK\x05\x06", max(0, len(content) - 65_557))
    if place < 0 or len(content) < place + 22:
        raise zipfile.BadZipFile("it has no table of contents")
    return struct.unpack_from("<L", content, place + 12)[0]


# ------------------------------------------------------------------------------------ tar
def tar_time(mtime: float) -> datetime | None:
    """When a tar's member was written; None when that is nonsense."""
    try:
        return datetime.fromtimestamp(mtime, UTC) if mtime > 0 else None
    except (OverflowError, OSError, ValueError):
        return None


def _tar_members(name: str, content: bytes, cap: int) -> Iterator[tuple[str, bytes]]:
    for member in tar_members(name, io.BytesIO(content), cap, cap + HEADER_BYTES):
        if member.content is None:
            raise Refused(f"'{shown(member.name)}' is a link or no regular file.")
        yield member.name, member.content
