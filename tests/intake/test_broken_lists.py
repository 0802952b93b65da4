"""Lists in their broken forms: one sentence with the line and a remedy, and nothing is written."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from tiny_course import WEEK, make_course

from autograder.course_folder import Course, open_course
from autograder.deadlines.course_toml import read_deadlines
from autograder.errors import UserError
from autograder.intake.collect import How, collect
from autograder.roster.entering import enter_class
from autograder.roster.store import read_class
from autograder.zones import read_moment, zone_of


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return open_course(make_course(tmp_path))


def put(course: Course, name: str, content: str | bytes) -> Path:
    path = course.root.parent / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("nickname,points\nkim,1\n", r"line 1: is 'nickname, points' a head\?.*column of ids"),
        ("id,name\n1,A\n2,Jos\xe9\n".encode("latin-1"), "line 3: neither UTF-8.*CSV UTF-8"),
        (b"id,name\n1,A\n2,\0\n", "line 3: neither UTF-8"),
        ('id,name\n1,A\n2,"B\n3,C\n', "begins at line 3.*Save it again"),
        ("id,name\n1,A\n1,B\n", "the id 1 in lines 2 and 3"),
        ("id,name\n1,Kim, A\n", "line 2: 3 columns where the head has 2"),
        ("id,email\n003010,a@b.kr\n003011,c@d.kr\n003010,e@f.kr\n", "003010 in lines 2 and 4"),
        ("id,name\n003010,A\n3010,B\n", "the id 003010 in lines 2 and 3"),
        ("id,name\nKim1,A\nkim1,B\n", "the id Kim1 in lines 2 and 3"),
    ],
)
def test_a_class_is_entered_whole_or_not_at_all(
    course: Course, content: str | bytes, sentence: str
) -> None:
    """The line is that of the file, as an editor counts it."""
    with pytest.raises(UserError, match=sentence):
        enter_class(course, put(course, "list.csv", content), drop=False)
    assert read_class(course) == {}


@pytest.mark.parametrize(
    "content",
    [
        "sep=;\nid;name\n003010;Kim, Yuna\n",
        "자연어처리 수강생 (2026-1)\n\n학번,성명\n003010,김유나\n",
        "id,Student ID,name\n1,003010,Kim\n",
    ],
    ids=["Excel's note on the delimiter", "a title above the head", "rows that are numbered"],
)
def test_what_people_and_programs_put_around_a_list_is_no_matter(
    course: Course, content: str
) -> None:
    """The ids are found; a number of the row is nobody's id."""
    done = enter_class(course, put(course, "list.csv", content), drop=False, dry_run=True)
    assert [one.student for one in done] == ["003010"]


def test_a_new_id_that_is_shorter_than_the_classs_is_refused(course: Course) -> None:
    """Excel has shortened all of a list: who is known is found, who is not is nobody new."""
    enter_class(course, put(course, "list.csv", "id\n003010\n003011\n003012\n"), drop=False)
    with pytest.raises(UserError, match="line 3: the id 3013 has 4 digits where others have 6"):
        enter_class(course, put(course, "again.csv", "id\n3010\n3013\n"), drop=False)
    assert list(read_class(course)) == ["003010", "003011", "003012"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("id,submitted_at\n003010,2099-03-02 23:30Z\n", "line 2: .*has not come yet"),
        ("id,submitted_at\n003010,02-03-26 23:30Z\n", "line 2: .*either of two days"),
        ("id,submitted_at\n003010,26-03-02 23:30Z\n", "line 2: .*lacks a year"),
        ("id,points\n003010,1\n", "tells no times.*submitted_at"),
        ("id,submitted_at\n003010,3 March 23:30\n", "line 2: .*lacks a year.*Repair that line"),
        ("id,submitted_at\n003010,yesterday\n", "line 2: 'yesterday' is no date"),
        ("id,submitted_at\n003010,2026-03-02 23:30\n", "line 2: .*which time zone.*--timezone"),
        ("id,submitted_at\n003010,2026-03-02 23:30 CST\n", "line 2: .*CST.*means several"),
        (
            "id,submitted_at\n003010,2026-03-02 23:30Z\n3010,2026-03-03 23:30Z\n",
            "times of 003010 in lines 2 and 3",
        ),
    ],
)
def test_a_list_of_times_is_read_or_refused(course: Course, content: str, sentence: str) -> None:
    """Nobody is late, or on time, by a line that says nothing or two things."""
    enter_class(course, put(course, "list.csv", "id\n003010\n"), drop=False)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(f"003010/{WEEK}.ipynb", "{}")
    download = put(course, "d.zip", made.getvalue())
    with pytest.raises(UserError, match=sentence):
        collect(course, WEEK, download, How(times=put(course, "times.csv", content)))
    assert not (course.root / "submitted").exists()


def test_a_time_of_nobody_is_told(course: Course) -> None:
    """A slip in an id, and late work would count as punctual; a name of any shape is shown."""
    enter_class(course, put(course, "list.csv", "id\n003010\n"), drop=False)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(f"003010/{WEEK}.ipynb", "{}")
    times = put(course, "times{1}.csv", "id,submitted_at\n003011,2026-03-02 23:30Z\n003012,-\n")
    done = collect(course, WEEK, put(course, "d.zip", made.getvalue()), How(times=times))
    told = {one.student: (one.outcome, one.reason) for one in done}
    assert told["003011"][0] == "refused" and "line 2 of times{1}.csv" in told["003011"][1]
    assert told["003010"][0] == "new" and "003012" not in told


def test_a_zones_abbreviation_leads_to_its_name() -> None:
    """KST is written in Seoul; one that many places use leads nowhere by itself."""
    with pytest.raises(UserError, match=r"abbreviation.*Asia/Seoul"):
        zone_of("KST")
    with pytest.raises(UserError, match="Asia/Seoul"):
        zone_of("Asia/Soul")


@pytest.mark.parametrize(
    "text", ["2026년 3월 2일 오후 11:30", "2026-03-02 오후 11:30", "2026. 3. 2. 오후 11:30:00"]
)
def test_a_korean_spreadsheets_time_of_day_is_read(text: str) -> None:
    """As Moodle, Excel and Google Sheets write it in Korean."""
    assert f"{read_moment(text, zone_of('Asia/Seoul')):%d %H:%M}" == "02 14:30"


SEOUL = 'timezone = "Asia/Seoul"\n'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[[extension]]\nstudent = "1"\ndays = nan', "line 2: an extension needs days"),
        ('[[extension]]\nstudent = "1"\ndays = 400', "line 2: .*a year at most"),
        ("[late]\npercent_per_day = nan", "line 3: percent_per_day is no number"),
        ('[[accommodation]]\nstudent = "1"\ntime_factor = true', "line 2: time_factor is"),
        ('[extension]\nstudent = "1"\ndays = 1', r"line 2: .*write \[\[extension\]\]"),
        ("[[late]]\npercent_per_day = 1", r"line 2: .*write \[late\]"),
        (f"[due]\n{WEEK} = 0001-01-01 00:00:00", "line 3: the year 1 is none"),
        (f"[due]\n{WEEK} = 2062-13-01 00:00:00", "cannot be read"),
    ],
)
def test_dates_and_numbers_that_are_none_are_refused_with_their_line(
    course: Course, text: str, sentence: str
) -> None:
    """No traceback, and no penalty or extension that is no number."""
    (course.root / "course.toml").write_text(SEOUL + text, "utf-8")
    with pytest.raises(UserError, match=sentence):
        read_deadlines(course)


def test_dates_in_a_korean_windowss_encoding_are_refused_with_their_line(course: Course) -> None:
    """TOML is UTF-8: an editor can save it so."""
    text = '[[extension]]\ndays = 1\nsection = "분반"\n'
    (course.root / "course.toml").write_bytes(text.encode("cp949"))
    with pytest.raises(UserError, match="line 3: this is no UTF-8"):
        read_deadlines(course)
