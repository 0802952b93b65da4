"""A class of forty with Korean names, from the LMS's download to the LMS's import, for real."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import nbformat
import pytest
from tiny_course import GOOD, WEEK, solve

from autograder.course_folder import Course, open_course
from autograder.desk.exporting import Wanted, export
from autograder.desk.voiding import void
from autograder.intake.collect import How, collect
from autograder.pages.report import read_report, write_report
from autograder.roster.entering import enter_class
from autograder.run.grade import Options, grade
from autograder.run.results import GradeRun
from autograder.voided import FULL
from autograder.week import open_week

pytestmark = [pytest.mark.slow, pytest.mark.sandbox]
DUE = datetime(2026, 3, 2, 23, 59)
# id with zeros in front, name (two of one name, one with a comma in it), Moodle's number, section
FAMILY, GIVEN = "김이박최정강조윤장임", ("민준", "서연", "도윤", "하은")
CLASS = [
    (f"{3010 + n:06d}", f"{FAMILY[n % 10]}{GIVEN[n // 10]}", 4700 + n, f"분반 {n % 2 + 1}")
    for n in range(38)
]
CLASS += [("003048", "김민준", 4738, "분반 1"), ("003049", "O'Hara, 준", 4739, "분반 2")]
PLAN = [
    (GOOD, 6.0),
    ({"double": GOOD["double"]}, 3.0),
    ({"row_sums": GOOD["row_sums"]}, 3.0),
    ({}, 0.0),
]
REVIEW, ABSENT = "003015", ("003016", "003017")
MINUTES = {"003020": 61, "003024": 25 * 60, "003028": 10}  # after the date; 15 are free
TAKEN = {"003020": 0.6, "003024": 1.2}  # a day, and two begun


def planned(student: str) -> float | None:
    """The whole score that this student is to have at the end."""
    if student == REVIEW or student in ABSENT:
        return None
    return PLAN[int(student) % 4][1] - min(TAKEN.get(student, 0.0), PLAN[int(student) % 4][1])


def download(root: Path) -> bytes:
    """Moodle's zip: each file under the sender's name and number, at the LMS's local time."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for student, name, number, _ in CLASS:
            if student in ABSENT:
                continue
            when = DUE + timedelta(minutes=MINUTES.get(student, -30))
            book = solve(root, PLAN[int(student) % 4][0])
            text = "{" if student == REVIEW else nbformat.writes(book)
            place = f"{name}_{number}_assignsubmission_file_/{WEEK}.ipynb"
            archive.writestr(zipfile.ZipInfo(place, when.timetuple()[:6]), text)
    return made.getvalue()


def table(head: list[str], rows: list[list[object]]) -> str:
    made = io.StringIO()
    csv.writer(made).writerows([head, *rows])
    return made.getvalue()


WORKSHEET = table(
    ["Identifier", "Full name", "ID number", "Groups", "Grade", "Maximum Grade"],
    [[f"Participant {number}", name, student, section, "", "6"]
     for student, name, number, section in CLASS],
)  # fmt: skip
CANVAS = table(
    ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", f"{WEEK} (71)"],
    [["    Points Possible", "", "", "", "", "6"],
     *([name, 100 + number, student.lstrip("0"), f"u{number}", section, ""]  # as Excel saved it
       for student, name, number, section in reversed(CLASS))],
)  # fmt: skip


@pytest.fixture(scope="module")
def lived(
    released_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Course, GradeRun]:
    """Class entered, download collected, graded in the real sandbox."""
    root = Path(shutil.copytree(released_template, tmp_path_factory.mktemp("term") / "course"))
    (root / "course.toml").write_text(
        f'timezone = "Asia/Seoul"\n[due]\n{WEEK} = {DUE}\n'
        "[late]\npercent_per_day = 10\ngrace_minutes = 15\n"
    )
    sheet = root.parent / "worksheet.csv"
    sheet.write_text(WORKSHEET, "utf-8-sig")
    (root.parent / "d.zip").write_bytes(download(root))
    course = open_course(root)
    enter_class(course, sheet, drop=False)
    how = How(lms="moodle", roster=sheet, timezone="Asia/Seoul")
    done = collect(course, WEEK, root.parent / "d.zip", how)
    assert {one.outcome for one in done} == {"new", "missing"}
    return course, grade(open_week(course, WEEK), Options())


def test_every_score_is_the_planned_one(lived: tuple[Course, GradeRun]) -> None:
    """Nobody wrong, lost or merged; late to the minute; the review and the absent have none."""
    _, run = lived
    expected = {student: planned(student) for student, *_ in CLASS if student not in ABSENT}
    assert {student: one.total for student, one in run.standings.items()} == expected
    late = {student: one.seconds / 60 for student, one in run.lateness.items() if one.seconds}
    assert late == {student: float(minutes) for student, minutes in MINUTES.items()}
    assert tuple(one.student for one in run.missing) == ABSENT
    assert [entry.student for entry in run.entries if entry.needs_review] == [REVIEW]


def test_both_ways_out_put_them_in_the_right_lines(
    lived: tuple[Course, GradeRun], tmp_path: Path
) -> None:
    """Canvas's file with ids that Excel has shortened, in another order; Moodle's worksheet."""
    course, _ = lived
    for lms, text, key, cell in (("canvas", CANVAS, 2, 5), ("moodle", WORKSHEET, 2, 4)):
        path = tmp_path / f"{lms}.csv"
        path.write_text(text, "utf-8-sig")
        done = export(course, Wanted(lms, (WEEK,), path))
        assert done.remarks == ()
        with done.path.open(encoding="utf-8", newline="") as stream:
            rows = [row for row in csv.reader(stream) if row[key].isdigit()]
        found = {row[key].zfill(6): float(row[cell]) if row[cell] else None for row in rows}
        assert found == {student: planned(student) for student, *_ in CLASS}
        names = {row[key].zfill(6): row[1 if lms == "moodle" else 0] for row in rows}
        assert names == {student: name for student, name, *_ in CLASS}


def test_the_report_tells_the_class(lived: tuple[Course, GradeRun]) -> None:
    """Two sections, those without a name for their mistake, nobody accused, probes in order."""
    course, _ = lived
    found = read_report(open_week(course, WEEK))
    assert [(one.name, one.students) for one in found.sections] == [("분반 1", 20), ("분반 2", 20)]
    assert {one.check for one in found.items} == {"double", "row_sums"}
    assert all(0.3 < one.difficulty < 0.7 for one in found.items)
    assert found.alike == ()
    page = write_report(course, found)[0].read_text("utf-8")
    assert "김, 민준" in page or "김민준" in page
    done = void(course, "row_sums", FULL, dry_run=True)
    assert {one.student for one in done.changed} <= {student for student, *_ in CLASS}
