"""Collecting an LMS download: identity from names, strict archives, every version kept."""

from __future__ import annotations

import errno
import gzip
import io
import json
import os
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest
from tiny_course import WEEK, make_course

from autograder.course_folder import Course, open_course
from autograder.errors import UserError
from autograder.intake.collect import Collected, How, collect
from autograder.notebook_files import IngestLimits

NOTEBOOK = f"{WEEK}.ipynb"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return open_course(make_course(tmp_path))


@pytest.fixture
def download(tmp_path: Path) -> Path:
    folder = tmp_path / "download"
    folder.mkdir()
    return folder


def put(folder: Path, name: str, content: bytes = b"{}") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def zipped(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def notebook_of_the_week(mark: str) -> bytes:
    """The smallest file that holds a cell of this week, told apart by a comment."""
    cell = {"cell_type": "code", "source": f"def double(x): return x  # {mark}", "metadata": {}}
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    ).encode()


def submitted(course: Course, student: str) -> dict[str, bytes]:
    folder = course.folder("submitted", WEEK, student)
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")}


def outcomes(done: list[Collected]) -> dict[str, str]:
    return {one.student: one.outcome for one in done}


def test_a_folder_a_student_is_the_rule(course: Course, download: Path) -> None:
    """The name of the folder is the student; files keep their names."""
    put(download, f"s1/{NOTEBOOK}", b"one")
    put(download, "s1/data/words.txt", b"w")
    put(download, f"s2/{NOTEBOOK}", b"two")
    assert outcomes(collect(course, WEEK, download)) == {"s1": "new", "s2": "new"}
    assert submitted(course, "s1")[NOTEBOOK] == b"one"
    assert submitted(course, "s1")["data/words.txt"] == b"w"


def test_a_pattern_reads_names_as_an_lms_writes_them(course: Course, download: Path) -> None:
    """Flat names with the student in front; the only notebook gets its right name back."""
    put(download, "kim_4711_solution (1).ipynb", notebook_of_the_week("k"))
    done = collect(course, WEEK, download, How(name_pattern=r"(?P<student>[a-z]+)_\d+_"))
    assert outcomes(done) == {"kim": "new"}
    assert submitted(course, "kim")[NOTEBOOK] == notebook_of_the_week("k")


def test_a_roster_gives_the_id(course: Course, download: Path, tmp_path: Path) -> None:
    """Names of the LMS become ids; strangers are refused, who sent nothing is named."""
    roster = put(tmp_path, "roster.csv", "이름 하나,s1\nother name,s2\n".encode())
    put(download, f"이름 하나/{NOTEBOOK}")
    put(download, f"stranger/{NOTEBOOK}")
    done = collect(course, WEEK, download, How(roster=roster))
    assert outcomes(done) == {"s1": "new", "s2": "missing", "stranger": "refused"}
    assert "roster" in done[2].reason


def test_identity_never_comes_from_inside(course: Course, download: Path) -> None:
    """A zip with another student's folder stays its sender's."""
    put(download, "s1/work.zip", zipped(**{f"s2/{NOTEBOOK}": b"mine"}))
    assert outcomes(collect(course, WEEK, download)) == {"s1": "new"}
    assert submitted(course, "s1")[NOTEBOOK] == b"mine"
    assert not course.folder("submitted", WEEK, "s2").exists()


def test_the_time_is_that_of_arrival(course: Course, download: Path) -> None:
    """A timestamp.txt inside an upload is not believed."""
    path = put(download, "s1/work.zip", zipped(**{NOTEBOOK: b"x", "timestamp.txt": b"1999-01-01"}))
    os.utime(path, (1_700_000_000, 1_700_000_000))
    collect(course, WEEK, download)
    assert submitted(course, "s1")["timestamp.txt"] == b"2023-11-14 22:13:20 UTC\n"


def test_every_version_is_kept(course: Course, download: Path) -> None:
    """Handing in again moves the version before aside; the same again changes nothing."""
    seen = []
    for content in (b"1", b"1", b"2", b"3"):
        put(download, f"s1/{NOTEBOOK}", content)
        seen += [collect(course, WEEK, download)[0].outcome]
    assert seen == ["new", "unchanged", "replaced", "replaced"]
    kept = course.root / "submitted_versions" / "s1" / WEEK
    assert [(kept / n / NOTEBOOK).read_bytes() for n in ("1", "2")] == [b"1", b"2"]
    assert submitted(course, "s1")[NOTEBOOK] == b"3"


def zipped_with(packing: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", packing) as archive:
        archive.writestr(NOTEBOOK, b"{}")
    return made.getvalue()


def tar_with(kind: bytes, name: str = "a.ipynb", link: str = "") -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, link
        archive.addfile(member)
    return made.getvalue()


def zip_link() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        member = zipfile.ZipInfo("a.ipynb")
        member.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(member, "/etc/passwd")
    return made.getvalue()


def tar_header_bomb() -> bytes:
    """A few kilobytes that claim a header of 100 MB."""
    made = io.BytesIO()
    with gzip.open(made, "wb") as packed:
        member = tarfile.TarInfo("x")
        member.type, member.size = tarfile.XHDTYPE, 100_000_000
        packed.write(member.tobuf())
        packed.write(bytes(100_000_000))
    return made.getvalue()


def tar_named(*names: str, mtime: float = 0) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size, member.mtime = 1, mtime
            archive.addfile(member, io.BytesIO(b"x"))
    return made.getvalue()


def zip_listing_much() -> bytes:
    """A zip of 20,000 empty folders: little content, a long table."""
    return zipped(**{f"{'d' * 60}{number}/": b"" for number in range(20_000)})


def sparse_tar() -> bytes:
    member = tarfile.TarInfo("a.ipynb")
    member.type, member.size = tarfile.GNUTYPE_SPARSE, 0
    header = bytearray(member.tobuf(tarfile.GNU_FORMAT))
    header[483:495] = b"77777777777\0"  # the size it unpacks to: 8 GB
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header[:512])
    return bytes(header) + bytes(1024)


HOSTILE = {
    "a path that is none": ("a.zip", zipped(**{".": b"x"}), "leads elsewhere"),
    "a name of 300 letters": ("a.zip", zipped(**{"x" * 300: b"x"}), "too long"),
    "folders 2000 deep": ("a.zip", zipped(**{"d/" * 2000 + "x": b"x"}), "too long"),
    "a file that is a folder too": ("a.zip", zipped(**{"a": b"x", "a/b": b"x"}), "a folder"),
    "a name of control characters": ("a.zip", zipped(**{"a\x1b[2J": b"x"}), "odd characters"),
    "the same name twice": ("a.tar", tar_named("a", "a"), "twice"),
    "tar header bomb": ("a.tgz", tar_header_bomb(), "too much text"),
    "sparse tar": ("a.tar", sparse_tar(), "no regular file"),
    "zip packed rarely": ("a.zip", zipped_with(zipfile.ZIP_LZMA), "rare way"),
    "zip slip": ("a.zip", zipped(**{"../../s2/x.ipynb": b"x"}), "leads elsewhere"),
    "an absolute path": ("a.zip", zipped(**{"/etc/x.ipynb": b"x"}), "leads elsewhere"),
    "a Windows path": ("a.zip", zipped(**{"..\\x.ipynb": b"x"}), "leads elsewhere"),
    "zip bomb": ("a.zip", zipped(**{NOTEBOOK: b"\0" * 3_000_000}), "too much"),
    "many members": ("a.zip", zipped(**{f"{n}.txt": b"" for n in range(300)}), "too much"),
    "zip with a link": ("a.zip", zip_link(), "link"),
    "an archive in it": ("a.zip", zipped(**{"b.zip": b"PK"}), "another archive"),
    "no zip at all": ("a.zip", b"hello", "damaged"),
    "a cut zip": ("a.zip", zipped(**{NOTEBOOK: b"x" * 999})[:40], "damaged"),
    "tar with a link": ("a.tar", tar_with(tarfile.SYMTYPE, link="/etc/passwd"), "link"),
    "tar with a hard link": ("a.tar", tar_with(tarfile.LNKTYPE, link="b"), "link"),
    "tar with a device": ("a.tar", tar_with(tarfile.CHRTYPE), "link"),
    "tar slip": ("a.tgz", tar_with(tarfile.REGTYPE, name="../x.ipynb"), "leads elsewhere"),
    "no tar at all": ("a.tar.gz", b"hello", "damaged"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_is_refused_and_the_others_go_on(
    course: Course, download: Path, name: str
) -> None:
    """Refused with a sentence; nothing of it is written; the neighbour is collected."""
    file, content, sentence = HOSTILE[name]
    put(download, f"bad/{file}", content)
    put(download, f"good/{NOTEBOOK}", b"g")
    limits = IngestLimits(total_bytes=1_000_000)
    bad, good = collect(course, WEEK, download, limits=limits)
    assert (bad.outcome, good.outcome) == ("refused", "new")
    assert sentence in bad.reason
    assert not course.folder("submitted", WEEK, "bad").exists()
    assert not (course.root.parent / "x.ipynb").exists()


def test_a_zip_with_a_huge_table_of_contents_is_refused(course: Course, download: Path) -> None:
    """The table is not even read: a million entries would fill the memory."""
    put(download, "s1/a.zip", zip_listing_much())
    (done,) = collect(course, WEEK, download)
    assert "table of contents" in done.reason


def test_an_older_upload_does_not_replace_a_newer(course: Course, download: Path) -> None:
    """Collecting an old download again keeps what is there, and the old one aside, once."""
    newer = put(download, f"s1/{NOTEBOOK}", b"new")
    os.utime(newer, (1_700_000_500, 1_700_000_500))
    collect(course, WEEK, download)
    old = put(download, f"s1/{NOTEBOOK}", b"old")
    for _ in range(2):
        os.utime(old, (1_700_000_000, 1_700_000_000))
        assert outcomes(collect(course, WEEK, download)) == {"s1": "older"}
    assert submitted(course, "s1")[NOTEBOOK] == b"new"
    kept = course.root / "submitted_versions" / "s1" / WEEK
    assert [p.read_bytes() for p in kept.glob(f"*/{NOTEBOOK}")] == [b"old"]


def test_several_uploads_of_one_student_are_versions(course: Course, download: Path) -> None:
    """The last to arrive is graded, the others are kept; files without a notebook go along."""
    for seconds, name, content in (
        (3, "kim_3_a-2.ipynb", notebook_of_the_week("third")),
        (1, "kim_1_a.ipynb", notebook_of_the_week("first")),
        (2, "kim_2_b.zip", zipped(**{"x/b.ipynb": notebook_of_the_week("2"), "x/m.txt": b"m"})),
        (1, "kim_4_words.csv", b"w"),
    ):
        path = put(download, name, content)
        os.utime(path, (1_700_000_000 + seconds, 1_700_000_000 + seconds))
    (done,) = collect(course, WEEK, download, How(name_pattern=r"(?P<student>[a-z]+)_\d_"))
    assert (done.student, done.outcome) == ("kim", "replaced")
    assert "2 earlier" in done.reason
    now = submitted(course, "kim")
    assert (now[NOTEBOOK], now["words.csv"]) == (notebook_of_the_week("third"), b"w")
    kept = course.root / "submitted_versions" / "kim" / WEEK
    marks = [(kept / n / NOTEBOOK).read_bytes() for n in ("1", "2")]
    assert marks == [notebook_of_the_week("first"), notebook_of_the_week("2")]


def test_what_systems_leave_in_zips_is_no_matter(course: Course, download: Path) -> None:
    """A zip made on a Mac: a folder around everything, and shadows of every file beside it."""
    made = zipped(**{
        f"my work/{NOTEBOOK}": b"n", "my work/data/a.txt": b"a", "my work/.DS_Store": b"",
        f"__MACOSX/my work/._{NOTEBOOK}": b"shadow", "my work/timestamp.txt": b"1999-01-01",
    })  # fmt: skip
    put(download, "s1/a.zip", made)
    collect(course, WEEK, download)
    found = submitted(course, "s1")
    assert set(found) == {NOTEBOOK, "data/a.txt", "timestamp.txt"}
    assert not found["timestamp.txt"].startswith(b"1999")
    assert outcomes(collect(course, WEEK, download)) == {"s1": "unchanged"}


@pytest.mark.parametrize("mtime", [0, -1, 1e15, 1e300])
def test_odd_times_in_archives_do_no_harm(course: Course, tmp_path: Path, mtime: float) -> None:
    """A time of nonsense is no time, and nobody is late by it; the future does not exist."""
    made = put(tmp_path, "all.tar", tar_named(f"s1/{NOTEBOOK}", mtime=mtime))
    (done,) = collect(course, WEEK, made)
    assert (done.student, done.outcome, done.arrived) == ("s1", "new", None)
    assert "timestamp.txt" not in submitted(course, "s1")


def test_a_zip_without_times_can_be_read(course: Course, tmp_path: Path) -> None:
    """Some programs write zeros for the time; that of the download says nothing on arrival."""
    content = bytearray(zipped(**{f"s1/{NOTEBOOK}": b"x"}))
    for mark, offset in ((b"PK\x03\x04", 10), (b"PK\x01\x02", 12)):
        place = content.index(mark) + offset
        content[place : place + 4] = bytes(4)
    made = put(tmp_path, "all.zip", bytes(content))
    assert outcomes(collect(course, WEEK, made)) == {"s1": "new"}
    assert submitted(course, "s1") == {NOTEBOOK: b"x"}


def test_one_bad_upload_in_an_archive_stops_nobody(course: Course, tmp_path: Path) -> None:
    """In a zip or tar of the whole class, too: what is too large or a link is that student's."""
    files = {f"big/{NOTEBOOK}": b"x" * 2_000_000, f"s1/{NOTEBOOK}": b"1", "bad/a.zip": b"no zip"}
    made = put(tmp_path, "all.zip", zipped(**files))
    limits = IngestLimits(total_bytes=1_000_000)
    expected = {"bad": "refused", "big": "refused", "s1": "new"}
    assert outcomes(collect(course, WEEK, made, limits=limits)) == expected
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(f"./{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    expected["s1"] = "unchanged"
    again = put(tmp_path, "all.tgz", packed.getvalue())
    assert outcomes(collect(course, WEEK, again, limits=limits)) == expected


def test_a_member_that_does_not_unpack_stops_nobody(course: Course, tmp_path: Path) -> None:
    """Broken deflate data is no BadZipFile: zlib has an error of its own."""
    packed = zipped(**{f"s1/{NOTEBOOK}": b"x" * 999, f"s2/{NOTEBOOK}": b"{}"})
    start = packed.index(NOTEBOOK.encode()) + len(NOTEBOOK)
    path = tmp_path / "download.zip"
    path.write_bytes(packed[:start] + b"\xff" * 8 + packed[start + 8 :])
    done = collect(course, WEEK, path)
    assert outcomes(done) == {"s1": "refused", "s2": "new"}
    assert "damaged" in done[0].reason


def test_a_full_disk_loses_no_version(
    course: Course, download: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When writing fails, what was there is there, and the person is told."""
    put(download, f"s1/{NOTEBOOK}", b"one")
    collect(course, WEEK, download)
    put(download, f"s1/{NOTEBOOK}", b"two")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("autograder.intake.placing.fill", full)
    with pytest.raises(UserError, match="Make room"):
        collect(course, WEEK, download)
    assert submitted(course, "s1")[NOTEBOOK] == b"one"
    assert [p.name for p in (course.root / "submitted" / "s1").iterdir()] == [WEEK]


@pytest.mark.parametrize("student", ["..", "a b", "-rf", ".x"])
def test_odd_ids_are_refused(course: Course, download: Path, student: str) -> None:
    """A name that is no id never becomes a folder."""
    made = put(download.parent, "d.zip", zipped(**{f"{student}/{NOTEBOOK}": b"x"}))
    (done,) = collect(course, WEEK, made)
    assert done.outcome == "refused"


def test_links_in_a_folder_are_refused(course: Course, download: Path) -> None:
    """A link or a pipe in the download is not followed; that student is refused, no other."""
    for student in ("s1", "s2", "s3"):
        put(download, f"{student}/{NOTEBOOK}", b"x")
    (download / "s1" / "more.txt").symlink_to("/etc/passwd")
    os.mkfifo(download / "s2" / "more.txt")
    assert outcomes(collect(course, WEEK, download)) == {
        "s1": "refused", "s2": "refused", "s3": "new",
    }  # fmt: skip
    assert not course.folder("submitted", WEEK, "s1").exists()


def test_a_whole_download_may_be_an_archive(course: Course, tmp_path: Path) -> None:
    """As the LMS sends it: one zip with a zip a student."""
    inner = zipped(**{NOTEBOOK: b"inner"})
    whole = put(tmp_path, "all.zip", zipped(**{"s1/a.zip": inner, f"s2/{NOTEBOOK}": b"plain"}))
    assert outcomes(collect(course, WEEK, whole)) == {"s1": "new", "s2": "new"}
    assert submitted(course, "s1")[NOTEBOOK] == b"inner"


UNUSABLE = {
    "nothing there": ({"download": "nowhere"}, "no download"),
    "no archive": ({"download": "notes.txt"}, "no archive"),
    "a broken pattern": ({"name_pattern": "("}, "cannot be read"),
    "a pattern without a student": ({"name_pattern": ".*"}, "no group called student"),
    "a broken roster": ({"roster": "notes.txt"}, "two columns"),
    "a missing roster": ({"roster": "nowhere.csv"}, "cannot be read"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_cannot_be_used_is_one_sentence(
    course: Course, download: Path, tmp_path: Path, name: str
) -> None:
    """The instructor is told before anything is written."""
    options, sentence = UNUSABLE[name]
    put(tmp_path, "notes.txt", b"one column")
    put(download, f"s1/{NOTEBOOK}")
    words = {k: tmp_path / v if k != "name_pattern" else v for k, v in options.items()}
    with pytest.raises(UserError, match=sentence):
        collect(course, WEEK, words.pop("download", download), How(**words))
    assert not (course.root / "submitted").exists()
