"""Archives broken in every way we can think of: one is refused or taken, the class goes on.

Each is a sound archive with a few bytes, fields or blocks changed: names, sizes, flags, the table
of contents against local headers, zip64, encryption, archives in archives, the headers of GNU and
POSIX, sparse files, pipes and devices.
"""

from __future__ import annotations

import gzip
import io
import random
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tiny_course import WEEK, make_course

from autograder.course_folder import open_course
from autograder.errors import Refused
from autograder.intake.archives import read_members
from autograder.intake.collect import collect

pytestmark = pytest.mark.filterwarnings("ignore:Duplicate name")
CAP, FILES = 100_000, 50
NAMES = ["", "\0a", "/", ".", "..", "a/../b", "a", "a/b.ipynb", "학.txt", "x" * 300, "C:\\x", "\\"]
KINDS = b"0\x001234567SxgXLKVDM~\xff"


def a_zip(chance: random.Random) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", chance.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as z:
        for _ in range(chance.randrange(4)):
            member = zipfile.ZipInfo("place" + chance.choice(NAMES).strip("\0"))
            member.external_attr = chance.choice([0, 0o100644, 0o120777, 0o10644, 0o60644]) << 16
            member.extra = chance.choice([b"", struct.pack("<HHBl", 0x5455, 5, 1, 5)])
            content = chance.randbytes(chance.randrange(200))
            with z.open(member, "w", force_zip64=chance.random() < 0.2) as stream:
                stream.write(
                    chance.choice([content, a_zip(chance) if chance.random() < 0.2 else b""])
                )
    return made.getvalue()


def renamed(chance: random.Random, content: bytes) -> bytes:
    """A name made empty, to begin with NUL, or other than in the other table: same length."""
    start = content.find(b"place", chance.randrange(max(1, len(content))))
    if start < 0:
        return content
    return content[:start] + chance.choice([b"\0lace", b"....."]) + content[start + 5 :]


def emptied(chance: random.Random, content: bytes) -> bytes:
    """A name of length 0 in the table of contents: its letters count as extra field."""
    start = content.find(b"PK\x01\x02")
    if start < 0 or len(content) < start + 46:
        return content
    (length, extra) = struct.unpack_from("<HH", content, start + 28)
    return (
        content[: start + 28]
        + struct.pack("<HH", 0, (extra + length) % 65_536)
        + content[start + 32 :]
    )


def flagged(chance: random.Random, content: bytes) -> bytes:
    """Other flags or another way of packing, in one of the tables."""
    mark, place = chance.choice([(b"PK\x01\x02", 8), (b"PK\x03\x04", 6)])
    start = content.find(mark)
    if start < 0:
        return content
    start += place + chance.choice([0, 2])
    return content[:start] + struct.pack("<H", chance.randrange(65_536)) + content[start + 2 :]


def a_tar(chance: random.Random) -> bytes:
    made = io.BytesIO()
    form = chance.choice([tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
    with tarfile.open(fileobj=made, mode="w", format=form) as archive:
        for _ in range(chance.randrange(4)):
            member = tarfile.TarInfo(chance.choice(NAMES)[:90] or "e")
            member.type = bytes([chance.choice(KINDS)])
            member.size = chance.choice([0, 10, 600]) if member.type in b"0" else 0
            if form == tarfile.PAX_FORMAT and chance.random() < 0.5:
                member.pax_headers = {
                    "path": chance.choice(NAMES), "size": chance.choice(["-1", "9" * 30, "3", "x"]),
                    "GNU.sparse.major": "1", "mtime": chance.choice(["nan", "1e999", "1"]),
                }  # fmt: skip
            archive.addfile(member, io.BytesIO(bytes(member.size)))
    return made.getvalue()


def resummed(chance: random.Random, content: bytes) -> bytes:
    """A field of a header changed, its checksum put right."""
    if len(content) < 1024:
        return content
    header = bytearray(content[:512])
    start, size = chance.choice(
        [(0, 100), (124, 12), (136, 12), (156, 1), (257, 8), (345, 155), (482, 13)]
    )
    numbers = [b"\xff" * size, b"\x80" + bytes(size - 1), b"7" * size, bytes(size)]
    header[start : start + size] = chance.choice([*numbers, chance.randbytes(size)])
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + content[512:]


def cut(chance: random.Random, content: bytes) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def flipped(chance: random.Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randrange(1, 6)):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def doubled(chance: random.Random, content: bytes) -> bytes:
    start = chance.randrange(len(content) + 1)
    return content[:start] + content[start // 2 :]


ZIPS: list[Callable] = [renamed, emptied, flagged, cut, flipped, doubled]
TARS: list[Callable] = [resummed, cut, flipped, doubled]


def fuzzed(seed: int) -> tuple[str, bytes]:
    """An archive's name and its bytes."""
    chance = random.Random(seed)
    kind = chance.choice([".zip", ".zip", ".tar", ".tgz"])
    content = a_zip(chance) if kind == ".zip" else a_tar(chance)
    for _ in range(chance.randrange(1, 4)):
        content = chance.choice(ZIPS if kind == ".zip" else TARS)(chance, content)
    if kind == ".tgz":
        content = gzip.compress(content, 1)
        content = cut(chance, content) if chance.random() < 0.2 else content
    return f"a{kind}", content


def reads_or_refuses(seed: int) -> bool:
    """Whether it was refused; anything else than members or a sentence is an error."""
    name, content = fuzzed(seed)
    try:
        members = list(read_members(name, content, CAP, FILES))
    except Refused as refusal:
        assert str(refusal).endswith(".")
        assert str(refusal).isprintable()
        return True
    assert sum(len(data) for _, data in members) <= CAP
    return False


def test_two_thousand_broken_archives_are_read_or_refused() -> None:
    """Nothing but a sentence comes out of the readers; and the fuzzing is no idle one."""
    refused = sum(reads_or_refuses(seed) for seed in range(2_000))
    assert 500 < refused < 1_900


@pytest.mark.slow
def test_forty_thousand_broken_archives_are_read_or_refused() -> None:
    """The same, as many as the bar of the second round asks for."""
    assert sum(reads_or_refuses(seed) for seed in range(40_000)) > 10_000


def without_a_name(*others: str) -> bytes:
    """The zip that ended a class's collection: zipfile fails on a member without a name."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in ("place", *others):
            archive.writestr(name, b"{}")
    return made.getvalue().replace(b"place", b"\0lace")


def test_the_class_goes_on_beside_broken_archives(tmp_path: Path) -> None:
    """A hundred of them and one good upload: a sentence each, and the good one is taken."""
    course = open_course(make_course(tmp_path))
    for number in range(100):
        name, content = fuzzed(number)
        place = tmp_path / "download" / f"bad{number}" / (name if number else "a.zip")
        place.parent.mkdir(parents=True)
        place.write_bytes(content if number else without_a_name())
    good = tmp_path / "download" / "good" / f"{WEEK}.ipynb"
    good.parent.mkdir()
    good.write_bytes(b"{}")
    done = {one.student: one for one in collect(course, WEEK, tmp_path / "download")}
    assert len(done) == 101
    assert done["good"].outcome == "new"
    assert done["bad0"].outcome == "refused"


def test_a_member_without_a_name_in_the_download_itself_stops_nobody(tmp_path: Path) -> None:
    """The zip of the whole class holds one: it is listed, and the next student is collected."""
    course = open_course(make_course(tmp_path))
    (tmp_path / "all.zip").write_bytes(without_a_name(f"good/{WEEK}.ipynb"))
    done = {one.student: one.outcome for one in collect(course, WEEK, tmp_path / "all.zip")}
    assert done["good"] == "new"
    assert list(done.values()).count("refused") == 1
