"""A class through every LMS's download and list: nobody wrong, lost, merged, or late by a zone."""

from __future__ import annotations

import io
import json
import os
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from tiny_course import WEEK, make_course

from autograder.course_folder import Course, open_course
from autograder.errors import UserError
from autograder.intake.collect import Collected, How, collect
from autograder.intake.lms import outer_folder, sender_of
from autograder.roster.entering import enter_class
from autograder.roster.store import read_class

NOTEBOOK = f"{WEEK}.ipynb"
SEOUL = "Asia/Seoul"
NOON = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)  # half past eleven in the evening in Seoul
EVENING = (2026, 3, 2, 23, 30, 0)
CLASS = [(f"{3010 + n:06d}", f"김유{chr(0xAC00 + 28 * n)}", 4700 + n) for n in range(40)]


def work(mark: str) -> bytes:
    cell = {"cell_type": "code", "source": f"def double(x): return x  # {mark}", "metadata": {}}
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    return json.dumps(book).encode()


def packed(files: dict[str, bytes], when: tuple = EVENING) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, when), content)
    return made.getvalue()


def by_submit(student: str, week: str = WEEK) -> bytes:
    said = json.dumps({"student": student, "week": week}).encode()
    return packed({NOTEBOOK: work(student), "submission.json": said})


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return open_course(make_course(tmp_path))


def put(course: Course, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
    path = course.root.parent / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def enter(course: Course, *students: str) -> None:
    """A gradebook that knows these ids."""
    enter_class(course, put(course, "c.csv", "id\n" + "".join(f"{s}\n" for s in students)), False)


def by_student(done: list[Collected]) -> dict[str, Collected]:
    return {one.student: one for one in done}


def held(course: Course) -> dict[str, bytes]:
    """The notebook of each student."""
    places = (course.root / "submitted").glob(f"*/{WEEK}/{NOTEBOOK}")
    return {place.parent.parent.name: place.read_bytes() for place in places}


# ------------------------------------------------------------------------------------ four forms
HEAD = "Student,ID,SIS User ID,SIS Login ID,Section,week90 (71)\n"
CANVAS = (
    HEAD + "    Points Possible,,,,,10\n"
    + "".join(f'"{name[0]}, {name[1:]}",{n},{s},u{n},분반 1,\n' for s, name, n in CLASS)
    + '"Student, Test",99,,,분반 1,\n'
)  # fmt: skip
WORKSHEET = (
    "Identifier,Full name,Email address,ID number,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\n"
    + "".join(
        f'Participant {n},{name},u{n}@a.kr,{s},Submitted for grading,,10,Yes,'
        '"Monday, 2 March 2026, 11:30 PM",-,\n' for s, name, n in CLASS
    )
)  # fmt: skip
BLACKBOARD = (
    "Last Name,First Name,Username,Student ID,Availability\n"
    + "".join(f"{name[0]},{name[1:]},u_{n},{s},Yes\n" for s, name, n in CLASS)
)  # fmt: skip
FORMS = {
    "canvas": (CANVAS, {f"kimyu_{n}_9{n}_work.ipynb": work(s) for s, _, n in CLASS}),
    "moodle": (
        WORKSHEET,
        {f"{name}_{n}_assignsubmission_file_/w.ipynb": work(s) for s, name, n in CLASS},
    ),
    "blackboard": (
        BLACKBOARD,
        {f"Week 1_a_u_{n}_attempt_2026-03-02-23-30-00_w.ipynb": work(s) for s, _, n in CLASS}
        | {f"Week 1_a_u_{n}_attempt_2026-03-02-23-30-00.txt": b"Name: x" for _, _, n in CLASS},
    ),
    "classroom": (
        "id\n" + "".join(f"{s}\n" for s, _, _ in CLASS),
        {f"{name}의 과제.zip": by_submit(s) for s, name, _ in CLASS},
    ),
}  # fmt: skip


@pytest.mark.parametrize("around", ["", "download/"])
@pytest.mark.parametrize("lms", FORMS)
def test_a_class_of_forty_arrives(course: Course, lms: str, around: str) -> None:
    """Nobody is lost, merged or new; a folder around is no matter; again adds nothing."""
    listed, files = FORMS[lms]
    roster = put(course, "roster.csv", listed)
    download = put(course, "d.zip", packed({around + name: data for name, data in files.items()}))
    how = How(lms=lms, roster=roster, timezone=SEOUL)
    done = collect(course, WEEK, download, how)
    assert {one.student: one.outcome for one in done} == {s: "new" for s, _, _ in CLASS}
    assert held(course) == {s: work(s) for s, _, _ in CLASS}
    times = {one.arrived for one in done}
    assert times == ({NOON} if lms in ("moodle", "blackboard") else {None})
    again = collect(course, WEEK, download, how)
    assert {one.outcome for one in again} == {"unchanged"}
    assert not (course.root / "submitted_versions").exists()


def test_a_class_that_was_entered_needs_no_list_again(course: Course) -> None:
    """Canvas's numbers and logins are kept in the gradebook; who is missing is named."""
    enter_class(course, put(course, "canvas.csv", CANVAS), drop=False)
    files = dict(list(FORMS["canvas"][1].items())[:-1])
    done = by_student(collect(course, WEEK, put(course, "d.zip", packed(files)), How("canvas")))
    assert [s for s, one in done.items() if one.outcome == "missing"] == [CLASS[-1][0]]
    assert sum(one.outcome == "new" for one in done.values()) == 39
    assert read_class(course)[CLASS[0][0]].section == "분반 1"


def test_a_dry_run_writes_nothing(course: Course) -> None:
    """The same words as the run itself, and not a file."""
    listed, files = FORMS["moodle"]
    download = put(course, "d.zip", packed(files))
    how = How("moodle", roster=put(course, "r.csv", listed), timezone=SEOUL, dry_run=True)
    done = collect(course, WEEK, download, how)
    assert {one.outcome for one in done} == {"new"}
    assert not (course.root / "submitted").exists()


# ------------------------------------------------------------------------------------ who
def test_two_of_one_name_are_kept_apart_by_moodles_numbers(course: Course) -> None:
    """With the worksheet each gets their own; with a list of names alone, neither is collected."""
    files = {f"김유나_{n}_assignsubmission_file_/w.ipynb": work(n) for n in ("111", "444")}
    download = put(course, "d.zip", packed(files))
    names = put(course, "names.csv", "First name,Last name,Email address,ID number\n"
                "유나,김,a@a.kr,s1\n유나,김,b@a.kr,s2\n")  # fmt: skip
    done = collect(course, WEEK, download, How("moodle", roster=names))
    assert {one.outcome for one in done} == {"refused", "missing"}
    assert held(course) == {}
    sheet = put(course, "sheet.csv", "Identifier,Full name,ID number\n"
                "Participant 111,김유나,s1\nParticipant 444,김유나,s2\n")  # fmt: skip
    collect(course, WEEK, download, How("moodle", roster=sheet))
    assert held(course) == {"s1": work("111"), "s2": work("444")}


def test_two_numbers_for_one_row_are_refused(course: Course) -> None:
    """A list with one 김유나 and a download with two: neither's work counts for the other."""
    files = {f"김유나_{n}_assignsubmission_file_/w.ipynb": work(n) for n in ("111", "444")}
    roster = put(course, "r.csv", "김유나,s1\n")
    done = collect(course, WEEK, put(course, "d.zip", packed(files)), How("moodle", roster=roster))
    assert [one.outcome for one in done] == ["refused", "refused"]
    assert all("Two of this download are s1" in one.reason for one in done)
    assert held(course) == {}


@pytest.mark.parametrize("written", ["3010", "003010", "3010.0", '="003010"', "'003010"])
def test_an_id_that_excel_spoiled_is_nobody_new(course: Course, written: str) -> None:
    """The gradebook knows 003010; whatever the list made of it, no second student appears."""
    enter(course, "003010", "003011")
    quoted = written.replace('"', '""')
    roster = put(course, "r.csv", f'김유나,"{quoted}"\n', "cp949")
    files = {f"김유나_111_assignsubmission_file_/{NOTEBOOK}": work("x")}
    download = put(course, "d.zip", packed(files))
    done = by_student(collect(course, WEEK, download, How("moodle", roster=roster)))
    assert done["003010"].outcome == "new"
    assert set(read_class(course)) == {"003010", "003011"}


def test_a_folder_of_an_id_without_its_zeros_is_the_gradebooks(course: Course) -> None:
    """`3010` beside `003010` is no ghost; an id of nobody is refused, not entered."""
    enter(course, "003010")
    files = {f"3010/{NOTEBOOK}": work("a"), f"77/{NOTEBOOK}": work("b")}
    done = by_student(collect(course, WEEK, put(course, "d.zip", packed(files))))
    assert done["003010"].outcome == "new" and "gradebook's form" in done["003010"].reason
    assert done["77"].outcome == "refused" and "students import" in done["77"].reason
    assert set(held(course)) == {"003010"}


@pytest.mark.parametrize(
    ("listed", "sentence"),
    [
        ("id,name\n2.02E+09,Kim\n", "line 2: Excel has rounded"),
        ("id,name\n003010,A\n123456,B\n123457,C\n12,D\n", "line 5: the id 12 has 2 digits"),
        ("id,name\ns1,A\ns1,B\n", "the id s1 in lines 2 and 3"),
        ("id,name\ns1,A\n,B\n", "line 3: there is no id"),
        ("id,name\na b,A\n", "line 2: 'a b' is not a student id"),
        ("id,name\ns1,Kim, Yuna\n", "line 2: 3 columns where the head has 2"),
        ("Full name,Grade\nKim,3\n", "has the columns full name"),
        ("id\n", "nobody in it"),
        ("", "is empty"),
        ("PK\x03\x04", "workbook"),
        ('id,name\n"s1,A\n', "no CSV"),
    ],
)
def test_a_list_that_cannot_be_used_is_one_sentence(
    course: Course, listed: str, sentence: str
) -> None:
    """It names the line; nobody is entered."""
    path = put(course, "list.csv", listed)
    with pytest.raises(UserError, match=sentence):
        enter_class(course, path, drop=False)
    assert read_class(course) == {}


def test_a_list_is_read_as_windows_and_excel_save_it(course: Course) -> None:
    """UTF-8 with its mark, cp949, UTF-16 with tabs, semicolons; anything else is a sentence."""
    text = "학번,성,이름\n003010,김,유나\n"
    for encoding in ("utf-8-sig", "cp949", "utf-16"):
        for mark in ",;\t":
            path = put(course, "list.csv", text.replace(",", mark), encoding)
            enter_class(course, path, drop=False)
            assert read_class(course)["003010"].name == "김, 유나"
    with pytest.raises(UserError, match="CSV UTF-8"):
        enter_class(course, put(course, "list.csv", b"id\n\x81\xff\xff"), drop=False)


def test_who_left_is_hidden_and_comes_back(course: Course) -> None:
    """Nothing is deleted; without --drop nobody disappears because a list was short."""
    enter(course, "s1", "s2")
    short = put(course, "short.csv", "id\ns1\n")
    assert [one.outcome for one in enter_class(course, short, drop=False)] == ["known", "absent"]
    assert set(read_class(course)) == {"s1", "s2"}
    enter_class(course, short, drop=True)
    assert set(read_class(course)) == {"s1"}
    with Gradebook(course.db_url) as gradebook:
        assert {student.id for student in gradebook.students} == {"s1", "s2"}
    done = enter_class(course, put(course, "all.csv", "id\ns1\ns2\n"), drop=False)
    assert [one.outcome for one in done] == ["known", "back"]


# ------------------------------------------------------------------------------------ inside
def test_a_zip_of_another_student_or_week_is_remarked(course: Course) -> None:
    """Where the LMS says who sent it, what stands in the zip decides nothing."""
    files = {"s1/a.zip": by_submit("s2"), "s3/b.zip": by_submit("s3", "week91_other")}
    done = by_student(collect(course, WEEK, put(course, "d.zip", packed(files))))
    assert "The zip says that it is of s2." in done["s1"].reason
    assert "of week91_other" in done["s3"].reason
    assert held(course)["s1"] == work("s2")


OTHER = "week91_other"


def of_another_week(student: str) -> bytes:
    """What `course submit` packs when the student stands in another week's folder."""
    said = json.dumps({"student": student, "week": OTHER}).encode()
    book = work(student).replace(b"double", b"other")
    return packed({f"{OTHER}.ipynb": book, "submission.json": said})


def test_another_weeks_work_is_refused_and_takes_no_place(course: Course) -> None:
    """Alone it is refused; beside this week's, before or after it, it is left out and told."""
    (course.root / "source" / OTHER).mkdir()
    (course.root / "source" / OTHER / f"{OTHER}.ipynb").write_text("{}")
    collect(course, WEEK, put(course, "first.zip", packed({f"s2/{WEEK}.zip": by_submit("s2")})))
    files = {
        "s1/a.zip": of_another_week("s1"), "s2/a.zip": of_another_week("s2"),
        f"s3/{WEEK}.zip": by_submit("s3"), "s3/x.zip": of_another_week("s3"),
        f"s4/{OTHER}.ipynb": work("s4"),  # this week's work under the other's name
        f"s5/{OTHER}.ipynb": work("s5").replace(b"double", b"other"),
    }  # fmt: skip
    done = by_student(collect(course, WEEK, put(course, "d.zip", packed(files))))
    told = f"is of {OTHER}, and nothing of {WEEK} is in it: it was not taken."
    refused = {name for name, one in done.items() if one.outcome == "refused"}
    assert refused == {"s1", "s2", "s5"}
    assert all(told in done[name].reason for name in (*refused, "s3"))
    assert held(course) == {name: work(name) for name in ("s2", "s3", "s4")}


def test_where_names_say_nothing_two_claims_are_refused(course: Course) -> None:
    """A zip that claims to be another's never replaces that one's work."""
    enter(course, "s1", "s2")
    forged = {NOTEBOOK: work("forged"), "submission.json": b'{"student": "s1", "week": "x"}'}
    files = {"a.zip": by_submit("s1"), "b.zip": packed(forged), "c.ipynb": work("?")}
    files["d.zip"] = by_submit("zz")
    done = collect(course, WEEK, put(course, "d.zip", packed(files)), How("classroom"))
    reasons = [one.reason for one in done if one.outcome == "refused"]
    assert len(reasons) == 3 and held(course) == {}
    assert any("Two files say that they are of s1: a.zip and b.zip" in why for why in reasons)


# ------------------------------------------------------------------------------------ when
def stamp(course: Course, student: str) -> str:
    path = course.folder("submitted", WEEK, student) / "timestamp.txt"
    return path.read_text().strip() if path.exists() else ""


def test_without_a_zone_nobody_is_late(course: Course) -> None:
    """A zip's local times are no arrival; with the zone, the same work gets its time."""
    download = put(course, "d.zip", packed({f"s1/{NOTEBOOK}": work("a")}))
    (done,) = collect(course, WEEK, download)
    assert (done.arrived, stamp(course, "s1")) == (None, "")
    (done,) = collect(course, WEEK, download, How(timezone=SEOUL))
    assert (done.outcome, done.arrived) == ("unchanged", NOON)
    assert stamp(course, "s1") == "2026-03-02 14:30:00 UTC"


def test_canvas_says_late_and_a_list_says_when(course: Course) -> None:
    """Members carry the time of packing, three days later: only LATE and a list count."""
    files = {f"a_1_11_{NOTEBOOK}": work("1"), f"b_LATE_2_12_{NOTEBOOK}": work("2")}
    download = put(course, "d.zip", packed(files, (2026, 3, 5, 12, 0, 0)))
    roster = put(course, "r.csv", "Student,ID,SIS User ID,Section\nA,1,s1,x\nB,2,s2,x\n")
    done = by_student(collect(course, WEEK, download, How("canvas", roster=roster, timezone=SEOUL)))
    assert done["s1"].arrived is None and done["s1"].reason == ""
    assert done["s2"].arrived is None and "LATE" in done["s2"].reason
    told = '[{"user_id": 1, "submitted_at": "2026-03-02T14:30:00Z"},' \
           ' {"user_id": 2, "submitted_at": "2026-03-02T15:00:01Z"}]'  # fmt: skip
    enter_class(course, roster, drop=False)
    times = put(course, "times.json", told)
    how = How("canvas", roster=roster, times=times)
    done = by_student(collect(course, WEEK, download, how))
    assert done["s1"].arrived == NOON and done["s2"].reason == "Its time of arrival was set anew."
    assert stamp(course, "s2") == "2026-03-02 15:00:01 UTC"


def test_the_worksheets_korean_time_is_read(course: Course) -> None:
    """A list of minutes does not take away the seconds that the zip knows."""
    sheet = put(course, "r.csv", "Identifier,Full name,ID number,Last modified (submission)\n"
                'Participant 1,A,s1,"2026년 3월 2일 월요일, 오후 11:30"\n'
                'Participant 2,B,s2,"2026년 3월 2일 월요일, 오후 11:59"\n')  # fmt: skip
    files = {f"{w}_{n}_assignsubmission_file_/{NOTEBOOK}": work(w) for w, n in (("A", 1), ("B", 2))}
    download = put(course, "d.zip", packed(files, (2026, 3, 2, 23, 30, 40)))
    how = How("moodle", roster=sheet, timezone=SEOUL)
    done = by_student(collect(course, WEEK, download, how))
    assert done["s1"].arrived == NOON.replace(second=40)
    assert done["s2"].arrived == NOON.replace(minute=59)


@pytest.mark.parametrize(
    ("time", "zone", "sentence"),
    [
        ("Monday, 2 March, 11:30 PM", SEOUL, "line 2: .*lacks a year"),
        ("2/3/2026 11:30", SEOUL, "line 2: .*either of two days"),
        ("2026-03-02 11:30", None, "line 2: .*time zone.*--timezone"),
        ("2026-03-02 11:30 CST", None, "line 2: .*means several"),
        ("soon", SEOUL, "line 2: .*no date"),
        ("2026-03-02 11:30", "Asia/Soul", "Asia/Seoul"),
    ],
)
def test_a_time_that_means_nothing_stops_before_writing(
    course: Course, time: str, zone: str | None, sentence: str
) -> None:
    """One sentence with the line; nothing is collected."""
    times = put(course, "times.csv", f'id,submitted_at\ns1,"{time}"\n')
    download = put(course, "d.zip", packed({f"s1/{NOTEBOOK}": work("a")}))
    with pytest.raises(UserError, match=sentence):
        collect(course, WEEK, download, How(times=times, timezone=zone))
    assert not (course.root / "submitted").exists()


def test_attempts_that_are_collected_twice_add_nothing(course: Course) -> None:
    """Blackboard sends every attempt each time; also where no zone orders them."""
    files = {f"w_s1_attempt_2026-03-0{d}-10-00-00_{NOTEBOOK}": work(f"{d}") for d in (1, 2, 3)}
    download = put(course, "d.zip", packed(files))
    enter(course, "s1")
    for zone in (None, None, SEOUL, SEOUL):
        collect(course, WEEK, download, How("blackboard", timezone=zone))
        assert held(course) == {"s1": work("3")}
    kept = course.root / "submitted_versions" / "s1" / WEEK
    assert sorted(path.name for path in kept.iterdir()) == ["1", "2"]


# ------------------------------------------------------------------------------------ the download
@pytest.mark.parametrize(("files", "sentence"), [
    ({}, "is empty"), ({"s1/week91_other.zip": b"x"}, "holds files of week91_other"),
])  # fmt: skip
def test_a_wrong_or_empty_download_is_refused_whole(
    course: Course, files: dict[str, bytes], sentence: str
) -> None:
    """Another week's download, or nothing at all: one sentence, nothing written."""
    other = course.root / "source" / "week91_other"
    other.mkdir()
    (other / "week91_other.ipynb").write_text("{}")
    with pytest.raises(UserError, match=sentence):
        collect(course, WEEK, put(course, "d.zip", packed(files)))
    assert not (course.root / "submitted").exists()


def test_a_students_own_folder_is_not_taken_for_one_around_everything() -> None:
    """Only what holds several people's folders is around them."""
    assert outer_folder(["d/s1/a.ipynb", "d/s2/a.ipynb"], []) == "d/"
    assert outer_folder(["s1/work/a.ipynb", "s1/data/a.txt"], []) == ""
    assert outer_folder(["s1/a/a.ipynb", "s1/b/a.ipynb"], ["s1"]) == ""
    assert outer_folder(["d/s1/a.ipynb"], ["s1"]) == "d/"
    assert outer_folder(["s1/a.ipynb"], []) == ""


def test_names_are_read_as_each_lms_writes_them() -> None:
    """Underscores in assignments and logins, LATE, files in folders and without."""
    canvas = sender_of("canvas", "kimyuna_LATE_4711_90210_week01-1.zip")
    assert canvas and (canvas.key, canvas.late, canvas.inner) == ("4711", True, "week01-1.zip")
    for path in (
        "Kim Yu_7_assignsubmission_file_/a_1.zip",
        "Kim Yu_7_assignsubmission_file_a_1.zip",
    ):
        moodle = sender_of("moodle", path)
        assert moodle and (moodle.key, moodle.name, moodle.inner) == ("7", "Kim Yu", "a_1.zip")
    name = "My_week_kim_y_attempt_2026-03-02-23-30-00_a.zip"
    assert [sender_of("blackboard", name, logins).key for logins in ([], ["kim_y"], ["y"])] == [
        "y", "kim_y", "y",
    ]  # fmt: skip
    assert sender_of("blackboard", "a_s1_attempt_2026-13-02-23-30-00_a.zip") is None


def test_the_clock_of_this_machine_does_not_matter(course: Course) -> None:
    """A grader in another zone reads the same times from the same zip."""
    import time

    files = {f"A_1_assignsubmission_file_/{NOTEBOOK}": work("a")}
    download, roster = put(course, "d.zip", packed(files)), put(course, "r.csv", "A,s1\n")
    before = os.environ.get("TZ")
    try:
        for zone in ("UTC", "America/New_York"):
            os.environ["TZ"] = zone
            time.tzset()
            how = How("moodle", roster=roster, timezone=SEOUL)
            assert collect(course, WEEK, download, how)[0].arrived == NOON
    finally:
        os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
        time.tzset()
