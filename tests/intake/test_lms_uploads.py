"""Uploads as LMSs, systems and people really name and pack them: taken, told apart, or named."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest
from tiny_course import WEEK, make_course

from autograder.course_folder import Course, open_course
from autograder.errors import UserError
from autograder.intake.collect import Collected, How, collect
from autograder.intake.tars import tar_members
from autograder.notebook_files import STUDENT_ID, IngestLimits, shown, shown_id

NOTEBOOK = f"{WEEK}.ipynb"
NAME = r"(?P<student>[^_]+)_"
DECOMPOSED = "\u1112\u1161\u11a8\u1109\u1162\u11bc\u1100\u1161"  # 학생가, as macOS writes it


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return open_course(make_course(tmp_path))


def work(mark: str = "", name: str = "double") -> bytes:
    """The smallest notebook with a cell of the week, told apart by a comment."""
    cell = {"cell_type": "code", "source": f"def {name}(x): return x  # {mark}", "metadata": {}}
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    ).encode()


def packed(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def collected(
    course: Course, files: dict[str, bytes], roster: str = "", **how: str
) -> dict[str, Collected]:
    """What became of a download of these files."""
    path = course.root.parent / "download.zip"
    path.write_bytes(packed(files))
    people = None
    if roster:
        people = course.root.parent / "roster.csv"
        people.write_text(roster, "utf-8")
    done = collect(course, WEEK, path, How(roster=people, **how))
    return {one.student: one for one in done if one.outcome != "missing"}


def submitted(course: Course, student: str = "s1") -> dict[str, bytes]:
    folder = course.folder("submitted", WEEK, student)
    found = {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }
    found.pop("timestamp.txt", None)
    return found


# ------------------------------------------------------------------------------------ names
ONE_NOTEBOOK = {
    "renamed by the LMS": f"s1/{WEEK} (1).ipynb",
    "with a second ending": f"s1/{NOTEBOOK}.json",
    "in capitals": f"s1/{NOTEBOOK.upper()}",
    "a folder down": f"s1/course/release/{NOTEBOOK}",
    "only JupyterLab's copy": f"s1/.ipynb_checkpoints/{WEEK}-checkpoint.ipynb",
    "with folders of Windows": f"s1/week90\\{NOTEBOOK}",
    "with a decomposed name of 200 bytes": f"s1/{DECOMPOSED * 8}.ipynb",
}


@pytest.mark.parametrize("kind", ONE_NOTEBOOK)
def test_the_weeks_notebook_gets_its_name(course: Course, kind: str) -> None:
    """Whatever it was called: this week's cells are in it."""
    done = collected(course, {ONE_NOTEBOOK[kind]: work(), "s1/notes.txt": b"n"})
    assert (done["s1"].outcome, done["s1"].reason) == ("new", "")
    assert submitted(course)[NOTEBOOK] == work()


@pytest.mark.parametrize("kind", ["another week's", "no notebook at all"])
def test_a_notebook_of_something_else_keeps_its_name(course: Course, kind: str) -> None:
    """It is not renamed into this week's; the person is told at once what is there."""
    file, content = {
        "another week's": ("week00_setup.ipynb", work(name="softmax")),
        "no notebook at all": ("homework.pdf", b"%PDF"),
    }[kind]
    done = collected(course, {f"s1/{file}": content})
    assert submitted(course) == {file: content}
    assert f"Without {NOTEBOOK}; there is {file}" in done["s1"].reason


def test_an_archive_of_windows_is_unpacked(course: Course) -> None:
    """PowerShell writes \\ between folders; a path upwards is refused all the same."""
    done = collected(course, {
        "s1/a.zip": packed({f"week\\{NOTEBOOK}": work(), "week\\data\\a.txt": b"a"}),
        "s2/a.zip": packed({f"..\\..\\{NOTEBOOK}": work()}),
        "s3/a.zip": packed({f"C:\\{NOTEBOOK}": work()}),
    })  # fmt: skip
    assert submitted(course) == {NOTEBOOK: work(), "data/a.txt": b"a"}
    assert {who for who, one in done.items() if "leads elsewhere" in one.reason} == {"s2", "s3"}


def test_names_of_macos_are_taken(course: Course) -> None:
    """The narrow blank before PM, shadows of files, letters in parts, UTF-8 without its flag."""
    inner = packed({
        NOTEBOOK: work(), "Screenshot at 9.41.07\u202fPM.png": b"p", f"__MACOSX/._{NOTEBOOK}": b"s",
        f"{DECOMPOSED}.txt": b"k",
    })  # fmt: skip
    unflagged = inner.replace(b"\x00\x08\x00\x00", b"\x00\x00\x00\x00")
    for content in (inner, unflagged):
        collected(course, {"s1/a.zip": content})
        assert set(submitted(course)) == {NOTEBOOK, "Screenshot at 9.41.07 PM.png", "학생가.txt"}


def test_a_name_in_parts_is_found_in_the_roster(course: Course) -> None:
    """macOS's zip decomposes Hangul, the roster has it composed."""
    file = f"{DECOMPOSED}_1_assignsubmission_file_/{NOTEBOOK}"
    done = collected(course, {file: work()}, "학생가,s1\n", name_pattern=NAME)
    assert done["s1"].outcome == "new"


def test_messages_show_hangul_and_escape_what_acts(course: Course) -> None:
    """A person reads who is meant; a control character does nothing to the screen."""
    done = collected(course, {f"{DECOMPOSED}/{NOTEBOOK}": work()})
    assert list(done) == ["학생가"]
    assert "'학생가' is not a student id" in done["학생가"].reason
    assert shown("a\x1b[2J\u202e\ud800") == "a\\x1b[2J\\u202e\\ud800"


@pytest.mark.parametrize("odd", ["x" * 65, "x" * 64 + "\n", "\u212aim", "", " x", "x\u200b"])
def test_what_is_shown_of_an_odd_id_is_nobodys_id(odd: str) -> None:
    """A score is cleared by the shown id: it must never be another student's."""
    assert not STUDENT_ID.fullmatch(shown_id(odd))
    assert shown_id("x" * 65) != shown_id("x" * 66)


# ------------------------------------------------------------------------------------ people
MOODLE = {f"Name One_{n}_assignsubmission_file_/{NOTEBOOK}": work(n) for n in ("111", "444")}
CANVAS = {f"nameone_{n}_90{n}_{NOTEBOOK}": work(n) for n in ("111", "444")}


@pytest.mark.parametrize(
    ("files", "roster"), [(MOODLE, "Name One,s1\n"), (CANVAS, ""), (CANVAS, "nameone,s1\n")]
)
def test_two_people_of_one_name_are_not_one(
    course: Course, files: dict[str, bytes], roster: str
) -> None:
    """The LMS's numbers tell them apart; nobody's work counts for the other."""
    other = {f"ann_333_90333_{NOTEBOOK}": work("ann")}
    done = collected(
        course, files | other, roster + "ann,s3\n" if roster else "", name_pattern=NAME
    )
    assert len(done) == 2
    refused = next(one for one in done.values() if one.outcome == "refused")
    assert "Two people" in refused.reason and "111 and 444" in refused.reason
    assert not course.folder("submitted", WEEK, "s1").exists()
    assert not course.folder("submitted", WEEK, "nameone").exists()


def test_names_of_an_lms_are_explained_where_no_lms_is_named(course: Course) -> None:
    """One sentence before anything is written: which LMS, and what else it takes."""
    for files, lms in ((MOODLE, "moodle"), (CANVAS, "canvas")):
        with pytest.raises(UserError, match=f"--lms {lms}.*--roster.*students import"):
            collected(course, files)
    assert not (course.root / "submitted").exists()


def test_with_the_number_in_the_pattern_both_are_taken(course: Course) -> None:
    """What the message advises works."""
    roster = "Name One_111,s1\nName One_444,s2\n"
    collected(course, MOODLE, roster, name_pattern=r"(?P<student>[^_]+_\d+)_")
    assert (submitted(course)[NOTEBOOK], submitted(course, "s2")[NOTEBOOK]) == (
        work("111"),
        work("444"),
    )


@pytest.mark.parametrize(
    "roster", ["Name One,s1\nName One,s2\n", "Name One,s1\nName Two,s1\n"], ids=["name", "id"]
)
def test_a_roster_that_names_somebody_twice_decides_nothing(course: Course, roster: str) -> None:
    """Neither the first nor the last row wins; others of the roster are collected."""
    files = {f"{who}_1_assignsubmission_file_/{NOTEBOOK}": work() for who in ("Name One", "Ann")}
    done = collected(course, files, roster + "Ann,s3\n", name_pattern=NAME)
    assert done["Name One"].outcome == "refused"
    assert done["s3"].outcome == "new"


def test_a_file_and_an_online_text_are_one_submission(course: Course) -> None:
    """Moodle keeps them in two folders of one person; the notebook is not a folder down."""
    done = collected(course, {
        f"Name One_555_assignsubmission_file_/{NOTEBOOK}": work(),
        "Name One_555_assignsubmission_onlinetext_/onlinetext.html": b"<p>",
    }, "Name One,s1\n", name_pattern=NAME)  # fmt: skip
    assert done["s1"].outcome == "new"
    assert submitted(course) == {NOTEBOOK: work(), "onlinetext.html": b"<p>"}


# ------------------------------------------------------------------------------------ attempts
def two_notebooks(course: Course) -> None:
    """The tiny week gets a second notebook; each has one exercise."""
    folder = course.root / "source" / WEEK
    text = (folder / NOTEBOOK).read_text()
    (folder / NOTEBOOK).unlink()
    (folder / "problem1.ipynb").write_text(text.replace("row_sums", "first_only"))
    (folder / "problem2.ipynb").write_text(text.replace("double", "second_only"))


def test_of_two_notebooks_in_two_attempts_the_newest_of_each_counts(course: Course) -> None:
    """All arrive at one time in the zip; the attempt in the name tells which is newer."""
    two_notebooks(course)
    attempt = "ps1_s1_attempt_2026-03-03-{}-00-00_problem{}.ipynb"
    files = {attempt.format(hour, n): work(f"{hour}", f"f{n}") for hour in (17, 11) for n in (2, 1)}
    pattern = r"ps1_(?P<student>[^_]+)_attempt_[\d-]+_"
    done = collected(course, files, name_pattern=pattern)
    newest = {f"problem{n}.ipynb": work("17", f"f{n}") for n in (1, 2)}
    assert submitted(course) == newest
    assert done["s1"].reason == "1 earlier in submitted_versions/."
    files = {attempt.format(19, 2): work("19", "f2")} | files
    collected(course, files, name_pattern=pattern)
    assert submitted(course) == newest | {"problem2.ipynb": work("19", "f2")}


def test_all_uploads_of_a_student_share_one_room(course: Course) -> None:
    """Sixty zips that each unpack to the most that one may hold are not held at once."""
    big = packed({NOTEBOOK: b" " * 900_000})
    files = {f"s1/{n}.zip": big for n in range(20)} | {f"s2/{NOTEBOOK}": work()}
    path = course.root.parent / "download.zip"
    path.write_bytes(packed(files))
    done = collect(course, WEEK, path, limits=IngestLimits(total_bytes=1_000_000))
    assert [one.outcome for one in done] == ["refused", "new"]
    assert "together" in done[0].reason or "too much" in done[0].reason


# ------------------------------------------------------------------------------------ tars
@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_every_form_of_tar_is_read_as_python_writes_it(form: int) -> None:
    """Names of any alphabet and length, sizes and times: what goes in comes out."""
    names = ["a.txt", "d/" * 40 + "b.txt"]
    names += [] if form == tarfile.USTAR_FORMAT else ["학생가.ipynb", "e" * 180 + "/" + "f" * 120]
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz", format=form) as archive:
        for number, name in enumerate(names):
            member = tarfile.TarInfo(name)
            member.size, member.mtime = 700 * number, 1_700_000_000 + number
            archive.addfile(member, io.BytesIO(bytes([number]) * member.size))
    made.seek(0)
    found = list(tar_members("a.tgz", made, 1000))
    assert [one.name for one in found] == names
    assert [one.mtime for one in found] == [1_700_000_000 + n for n in range(len(names))]
    assert [one.content for one in found] == [
        (bytes([n]) * 700 * n)[:1001] for n in range(len(names))
    ]
