"""Tar archives from strangers, read from front to back in time that grows with their size.

Python's tarfile searches headers with patterns that take the square of their length, and follows
sparse maps: fine for archives of one's own. Here only what submissions need is read: names (also
the long ones of GNU and POSIX), sizes, times and the content of regular files.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from autograder.errors import Refused

BLOCK = 512
HEADER_BYTES = 65_536  # of one extended header: names and times
REGULAR, FOLDER, SPARSE = (b"0", b"\0", b"7"), b"5", b"S"
EXTENDED, LONG_NAME, IGNORED = (b"x", b"X"), b"L", (b"g", b"K")
WITHOUT_DATA = (b"1", b"2", b"3", b"4", b"6")  # links, devices, pipes


class Damaged(ValueError):
    """An archive that is not what it says."""


@dataclass(frozen=True)
class TarMember:
    """A file of an archive; `content` has at most the bytes asked for, and is None for no file."""

    name: str
    mtime: float
    content: bytes | None


def tar_members(
    name: str, stream: BinaryIO, cap: int, whole: int | None = None
) -> Iterator[TarMember]:
    """Each member but folders, with at most `cap` + 1 bytes of its content.

    Args:
        name: the archive's own name, for messages.
        stream: the archive, packed with gzip or not.
        cap: bytes read of one member.
        whole: bytes read of the unpacked stream, headers included; None for no limit.

    Raises:
        Refused: it unpacks to more than `whole`.
        Damaged, OSError, EOFError, zlib.error: it is no tar, or breaks off.
    """
    packed = stream.read(2) == b"\x1f\x8b"
    stream.seek(0)
    plain = gzip.GzipFile(fileobj=stream) if packed else stream
    return _members(_Source(name, plain, whole), cap)


def _members(source: _Source, cap: int) -> Iterator[TarMember]:
    long_name, records = "", dict[str, str]()
    while (header := source.header()) is not None:
        kind, size = header[156:157], _number(header[124:136])
        if kind in EXTENDED or kind == LONG_NAME or kind in IGNORED:
            content = source.extended(size)
            if kind in EXTENDED:
                records = _records(content)
            elif kind == LONG_NAME:
                long_name = _text(content)
            continue
        path = records.get("path") or long_name or _name(header)
        size, mtime = _size(records, size), _mtime(records, header)
        sparse = source.past_sparse_maps(kind, header) or any(
            key.startswith("GNU.sparse") for key in records
        )
        content = b"" if kind in WITHOUT_DATA else source.content(size, cap)
        if kind != FOLDER and not path.endswith("/"):
            regular = kind in REGULAR and not sparse
            yield TarMember(path, mtime, content if regular else None)
        long_name, records = "", {}


class _Source:
    """A stream that gives no more than so many bytes, whatever the sizes in headers claim."""

    def __init__(self, name: str, stream: BinaryIO | gzip.GzipFile, room: int | None) -> None:
        self.name, self.stream, self.room = name, stream, room

    def read(self, size: int) -> bytes:
        if self.room is not None:
            self.room -= size
            if self.room < 0:
                raise Refused(f"'{self.name}' unpacks to too much.")
        data = self.stream.read(size)
        if len(data) < size:
            raise Damaged("it breaks off")
        return data

    def header(self) -> bytes | None:
        """The next header; None at the end, which is a block of zeros or nothing."""
        block = self.stream.read(BLOCK)
        if not block.strip(b"\0"):
            return None
        if len(block) < BLOCK or not _adds_up(block):
            raise Damaged("it is no tar, or breaks off")
        if self.room is not None:
            self.room -= BLOCK
        return block

    def extended(self, size: int) -> bytes:
        if size > HEADER_BYTES:
            raise Refused(f"'{self.name}' has a header of too much text.")
        return self.content(size, size)

    def content(self, size: int, cap: int) -> bytes:
        """What is kept of a member, which is read to its end."""
        kept = self.read(min(size, cap + 1))
        left = size - len(kept) + -size % BLOCK
        while left:
            left -= len(self.read(min(left, 1 << 20)))
        return kept

    def past_sparse_maps(self, kind: bytes, header: bytes) -> bool:
        """Read over the maps of a sparse member of GNU's; whether it is one."""
        more = kind == SPARSE and header[482]
        while more:
            more = self.read(BLOCK)[504]
        return kind == SPARSE


# ------------------------------------------------------------------------------------ fields
def _adds_up(header: bytes) -> bool:
    """Whether a header's checksum is right; old programs added signed bytes."""
    plain = header[:148] + b" " * 8 + header[156:]
    wanted = _number(header[148:156])
    return wanted in (sum(plain), sum(byte - 256 * (byte > 127) for byte in plain))


def _number(field: bytes) -> int:
    """A number in octal digits, or in GNU's binary form."""
    if field[0] in (0x80, 0xFF):
        value = int.from_bytes(field[1:], "big")
        if field[0] == 0xFF or value >= 1 << 62:
            raise Damaged("a number in a header is out of range")
        return value
    digits = field.split(b"\0")[0].strip()
    if not all(byte in b"01234567" for byte in digits):
        raise Damaged("a number in a header is none")
    return int(digits or b"0", 8)


def _name(header: bytes) -> str:
    name, prefix = _text(header[:100]), _text(header[345:500])
    return f"{prefix}/{name}" if prefix and header[257:263] == b"ustar\0" else name


def _text(field: bytes) -> str:
    return field.split(b"\0")[0].decode("utf-8", "surrogateescape")


def _records(content: bytes) -> dict[str, str]:
    """POSIX's records: "LENGTH KEY=VALUE" and a line break, one behind the other."""
    records, place = {}, 0
    while place < len(content) and content[place] != 0:
        digits = content[place : place + 8].split(b" ")[0]
        if not digits.isdigit():
            raise Damaged("a record in a header has no length")
        record = content[place + len(digits) + 1 : place + int(digits) - 1]
        key, equals, value = record.partition(b"=")
        if not equals:
            raise Damaged("a record in a header has no value")
        records[_text(key)] = value.decode("utf-8", "surrogateescape")
        place += int(digits)
    return records


def _size(records: dict[str, str], size: int) -> int:
    text = records.get("size", "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Damaged("a size in a header is none")
    return int(text or size)


def _mtime(records: dict[str, str], header: bytes) -> float:
    try:
        return float(records["mtime"]) if "mtime" in records else float(_number(header[136:148]))
    except ValueError:  # the time is not needed
        return -1.0
