"""Collecting an LMS download: identity from names, strict archives, every version kept."""

from __future__ import annotations

import io
import os
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest
from tiny_course import WEEK, make_course

from autograder.collect import Collected, collect
from autograder.courses import Course, open_course
from autograder.errors import UserError
from autograder.ingest import IngestLimits

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
    put(download, "kim_4711_solution (1).ipynb", b"k")
    done = collect(course, WEEK, download, name_pattern=r"(?P<student>[a-z]+)_\d+_")
    assert outcomes(done) == {"kim": "new"}
    assert submitted(course, "kim")[NOTEBOOK] == b"k"


def test_a_roster_gives_the_id(course: Course, download: Path, tmp_path: Path) -> None:
    """Names of the LMS become ids; who is not on the roster is refused."""
    roster = put(tmp_path, "roster.csv", "이름 하나,s1\nother name,s2\n".encode())
    put(download, f"이름 하나/{NOTEBOOK}")
    put(download, f"stranger/{NOTEBOOK}")
    done = collect(course, WEEK, download, roster=roster)
    assert outcomes(done) == {"s1": "new", "stranger": "refused"}
    assert "roster" in done[1].reason


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


HOSTILE = {
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


@pytest.mark.parametrize("student", ["..", "a b", "-rf", ".x"])
def test_odd_ids_are_refused(course: Course, download: Path, student: str) -> None:
    """A name that is no id never becomes a folder."""
    made = put(download.parent, "d.zip", zipped(**{f"{student}/{NOTEBOOK}": b"x"}))
    (done,) = collect(course, WEEK, made)
    assert done.outcome == "refused"


def test_links_in_a_folder_are_refused(course: Course, download: Path) -> None:
    """A link in the download is not followed."""
    put(download, f"s1/{NOTEBOOK}", b"x")
    (download / "s1" / "more.txt").symlink_to("/etc/passwd")
    done = collect(course, WEEK, download)
    assert {one.outcome for one in done} == {"new", "refused"}
    assert set(submitted(course, "s1")) == {NOTEBOOK, "timestamp.txt"}


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
        collect(course, WEEK, **{"download": download, **words})
    assert not (course.root / "submitted").exists()
