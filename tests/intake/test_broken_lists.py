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
from autograder.zones import zone_of


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
    ("content", "sentence"),
    [
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


def test_dates_in_a_korean_windowss_encoding_are_refused_with_their_line(course: Course) -> None:
    """TOML is UTF-8: an editor can save it so."""
    text = '[[extension]]\ndays = 1\nsection = "분반"\n'
    (course.root / "course.toml").write_bytes(text.encode("cp949"))
    with pytest.raises(UserError, match="line 3: this is no UTF-8"):
        read_deadlines(course)
