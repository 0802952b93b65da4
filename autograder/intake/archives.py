"""Zips and tars from strangers, read member by member under caps, whatever they claim to hold."""

from __future__ import annotations

import gzip
import io
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO

from autograder.errors import Refused

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
DIRECTORY_BYTES = 1_000_000  # of a zip's table of contents, which is read as a whole
HEADER_BYTES = 2_000_000  # of all headers of a tar together
DAMAGED = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError, ValueError,
           OverflowError, struct.error)  # fmt: skip


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
        Refused: links, devices, encryption, too much of anything, or no archive at all.
    """
    members = _zip_members if name.lower().endswith(".zip") else _tar_contents
    room, count = total_bytes, 0
    try:
        for member, data in members(name, content, total_bytes):
            room, count = room - len(data), count + 1
            if room < 0 or count > files:
                raise Refused(f"'{name}' unpacks to too much ('{member[:100]}').")
            yield member, data
    except DAMAGED as error:
        raise Refused(f"'{name}' is damaged: {error}.") from None
    except (RuntimeError, NotImplementedError) as error:  # encrypted, or packed in a rare way
        raise Refused(f"'{name}' cannot be unpacked: {error}.") from None


def member_time(member: zipfile.ZipInfo | tarfile.TarInfo) -> datetime | None:
    """When a member was written; None when it does not say, or nonsense.

    A zip's own times are local times without a zone, read as this machine's; many programs add the
    exact time in an extra field.
    """
    try:
        if isinstance(member, tarfile.TarInfo):
            return datetime.fromtimestamp(member.mtime, UTC)
        exact = _extended_time(member.extra)
        if exact is not None:
            return datetime.fromtimestamp(exact, UTC)
        time = datetime(*member.date_time).astimezone(UTC)
    except (OverflowError, OSError, ValueError, struct.error):
        return None
    return time if time.year > 1980 else None


def _extended_time(extra: bytes) -> int | None:
    """Info-ZIP's field 0x5455: a byte of flags, then the time of modification."""
    while len(extra) >= 4:
        tag, size = struct.unpack_from("<HH", extra)
        if tag == 0x5455 and size >= 5 and extra[4] & 1:
            return struct.unpack_from("<l", extra, 5)[0]
        extra = extra[4 + size :]
    return None


# ------------------------------------------------------------------------------------ zip
def refuse_odd_member(member: zipfile.ZipInfo) -> None:
    """Raise Refused for a link or a device: the upper half of the attributes is Unix's mode."""
    if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
        raise Refused(f"'{member.filename[:100]}' is a link or no regular file.")


def _zip_members(name: str, content: bytes, cap: int) -> Iterator[tuple[str, bytes]]:
    if _directory_bytes(content) > DIRECTORY_BYTES:
        raise Refused(f"'{name}' lists too much: it has a huge table of contents.")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            if member.is_dir():
                continue
            refuse_odd_member(member)
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise Refused(f"'{name}' is packed in a rare way. Ask for a plain zip.")
            with archive.open(member) as stream:
                yield member.filename, stream.read(cap + 1)


def _directory_bytes(content: bytes) -> int:
    """The size of the table of contents, from the record at the end; 2**32 - 1 for a zip64."""
    place = content.rfind(b"PK\x05\x06", max(0, len(content) - 65_557))
    if place < 0 or len(content) < place + 22:
        raise zipfile.BadZipFile("it has no table of contents")
    return struct.unpack_from("<L", content, place + 12)[0]


# ------------------------------------------------------------------------------------ tar
def _tar_contents(name: str, content: bytes, cap: int) -> Iterator[tuple[str, bytes]]:
    for member, data in tar_members(name, io.BytesIO(content), cap, cap + HEADER_BYTES):
        if data is None:
            raise Refused(f"'{member.name[:100]}' is a link or no regular file.")
        yield member.name, data


def tar_members(
    name: str, stream: BinaryIO, cap: int, whole: int | None = None
) -> Iterator[tuple[tarfile.TarInfo, bytes | None]]:
    """Each member with at most `cap` + 1 of its bytes; None for what is no regular file.

    Args:
        name: the archive's own name, for messages.
        stream: the archive, packed with gzip or not.
        cap: bytes read of one member.
        whole: bytes read of the unpacked stream, headers included; None for no limit.

    Raises:
        Refused: it unpacks to more than `whole`, or is damaged.
    """
    packed = stream.read(2) == b"\x1f\x8b"
    stream.seek(0)
    plain = gzip.GzipFile(fileobj=stream) if packed else stream
    capped: Any = _Capped(name, plain, whole)  # tarfile needs no more than its `read`
    try:
        with tarfile.open(fileobj=capped, mode="r|") as archive:
            for member in archive:
                if member.isdir():
                    continue
                file = archive.extractfile(member) if member.isreg() else None
                yield member, file.read(cap + 1) if file else None
    except DAMAGED as error:
        raise Refused(f"'{name}' is damaged: {error}.") from None


class _Capped:
    """A stream that gives no more than so many bytes; tarfile believes the sizes in headers."""

    def __init__(self, name: str, stream: BinaryIO | gzip.GzipFile, room: int | None) -> None:
        self.name, self.stream, self.room = name, stream, room

    def read(self, size: int) -> bytes:
        data = self.stream.read(size)
        if self.room is not None:
            self.room -= len(data)
            if self.room < 0:
                raise Refused(f"'{self.name}' unpacks to too much.")
        return data
