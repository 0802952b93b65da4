"""A class of forty with Korean names, from the LMS's download to the LMS's import, for real."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import nbformat
import pytest
from tiny_course import GOOD, WEEK, solve

from autograder.course_folder import Course, open_course
from autograder.desk.explaining import explain
from autograder.desk.exporting import Wanted, export
from autograder.desk.feedback_zip import feedback_zip
from autograder.desk.voiding import void
from autograder.intake.collect import How, collect
from autograder.pages.feedback import write_feedback
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


HANDED_IN = [one for one in CLASS if one[0] not in ABSENT]
NAMES = {
    "canvas": "{given}{family}_{late}1{number}_9{number}_{file}",
    "moodle": "{name}_{number}_assignsubmission_file_/" + f"{WEEK}.ipynb",
    "blackboard": "Week 90_u_{number}_attempt_{when:%Y-%m-%d-%H-%M-%S}_" + f"{WEEK}.ipynb",
    "classroom": "{name}의 과제 ({number}).zip",
}


def arrived(student: str) -> datetime:
    """When this student handed in, by the clock in Seoul."""
    return DUE + timedelta(minutes=MINUTES.get(student, -30))


def work(root: Path, student: str) -> str:
    """The notebook that this student hands in."""
    return "{" if student == REVIEW else nbformat.writes(solve(root, PLAN[int(student) % 4][0]))


def packed(files: dict[str, str | bytes], whens: dict[str, datetime]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, whens[name].timetuple()[:6]), content)
    return made.getvalue()


def by_submit(student: str, text: str) -> bytes:
    """What `course submit` makes of it."""
    said = json.dumps({"student": student, "week": WEEK})
    files = {f"{WEEK}.ipynb": text, "submission.json": said}
    return packed(files, dict.fromkeys(files, arrived(student)))


def download(root: Path, lms: str) -> bytes:
    """The zip of an LMS, under its names; of Moodle's alone the times are those of arrival."""
    files: dict[str, str | bytes] = {}
    whens = {}
    for student, name, number, _ in HANDED_IN:
        late = "LATE_" if arrived(student) > DUE else ""
        place = NAMES[lms].format(
            name=name, family=name[0], given=name[1:], number=number, late=late,
            when=arrived(student), file=f"{WEEK}.ipynb" if student == REVIEW else "과제.ipynb",
        )  # fmt: skip
        text = work(root, student)
        files[place] = by_submit(student, text) if lms == "classroom" else text
        whens[place] = arrived(student) if lms == "moodle" else DUE + timedelta(days=9)
    return packed(files, whens)


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
     *([name, f"1{number}", student.lstrip("0"), f"u{number}", section, ""]  # as Excel saved it
       for student, name, number, section in reversed(CLASS))],
)  # fmt: skip


BLACKBOARD = table(
    ["Last Name", "First Name", "Username", "Student ID", "Availability"],
    [[name[0], name[1:], f"u_{number}", student, "Yes"] for student, name, number, _ in CLASS],
)
LISTS = {
    "canvas": CANVAS,
    "moodle": WORKSHEET,
    "blackboard": BLACKBOARD,
    "classroom": table(["id", "section"], [[one[0], one[3]] for one in CLASS]),
}


def times(lms: str) -> str | None:
    """The list of times of those LMSs whose download tells none."""
    if lms == "canvas":  # as its API gives it
        utc = [(number, arrived(student) - timedelta(hours=9)) for student, _, number, _ in CLASS]
        return json.dumps([{"user_id": f"1{n}", "submitted_at": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
                           for n, at in utc])  # fmt: skip
    if lms == "classroom":
        return table(["id", "submitted_at"], [[one[0], arrived(one[0])] for one in HANDED_IN])
    return None


def how(folder: Path, lms: str) -> How:
    """The lists of an LMS, written into a folder, as `collect` is told of them."""
    (folder / f"{lms}.csv").write_text(LISTS[lms], "utf-8-sig")
    said = times(lms)
    told = folder / (f"{lms}.times." + ("json" if lms == "canvas" else "csv"))
    if said is not None:
        told.write_text(said, "utf-8")
    return How(lms, None, folder / f"{lms}.csv", told if said else None, "Asia/Seoul")


def tree(root: Path) -> dict[str, str]:
    """Everything that was handed in, times included."""
    top = root / "submitted"
    return {str(p.relative_to(top)): p.read_text("utf-8") for p in top.rglob("*") if p.is_file()}


def wanted(root: Path) -> dict[str, str]:
    """What has to be there: everybody's work, and when it came, in UTC."""
    found = {}
    for student, *_ in HANDED_IN:
        utc = arrived(student) - timedelta(hours=9)
        found[f"{student}/{WEEK}/{WEEK}.ipynb"] = work(root, student)
        found[f"{student}/{WEEK}/timestamp.txt"] = f"{utc:%Y-%m-%d %H:%M:%S} UTC\n"
    return found


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
    (root.parent / "d.zip").write_bytes(download(root, "moodle"))
    course, lists = open_course(root), how(root.parent, "moodle")
    enter_class(course, root.parent / "moodle.csv", drop=False)
    done = collect(course, WEEK, root.parent / "d.zip", lists)
    assert {one.outcome for one in done} == {"new", "missing"}
    return course, grade(open_week(course, WEEK), Options())


@pytest.mark.parametrize("lms", NAMES)
def test_every_lms_brings_the_same_work_of_the_same_people_at_the_same_minute(
    released_template: Path, tmp_path: Path, lms: str
) -> None:
    """Nobody wrong, lost or merged, nobody a minute early or late; once more adds nothing."""
    root = Path(shutil.copytree(released_template, tmp_path / "course"))
    (tmp_path / "d.zip").write_bytes(download(root, lms))
    course, lists = open_course(root), how(tmp_path, lms)
    (tmp_path / "ids.csv").write_text(LISTS["classroom"], "utf-8")
    enter_class(course, tmp_path / "ids.csv", drop=False)
    done = collect(course, WEEK, tmp_path / "d.zip", lists)
    assert {one.student: one.outcome for one in done} == {
        student: "missing" if student in ABSENT else "new" for student, *_ in CLASS
    }
    assert tree(root) == wanted(root)
    again = collect(course, WEEK, tmp_path / "d.zip", lists)
    assert {one.outcome for one in again} == {"unchanged", "missing"}


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


def test_the_feedback_goes_back_under_the_names_of_the_download(
    lived: tuple[Course, GradeRun], tmp_path: Path
) -> None:
    """To Canvas and to Moodle: a page for everybody who has one, of that person, none of others."""
    course, _ = lived
    week = open_week(course, WEEK)
    write_feedback(week)
    for lms in ("canvas", "moodle"):
        (tmp_path / f"{lms}.zip").write_bytes(download(course.root, lms))
        lists = how(tmp_path, lms)
        path, count = feedback_zip(week, lms, tmp_path / f"{lms}.zip", lists.roster)
        one = "1" if lms == "canvas" else ""  # Canvas has numbers of its own
        by_number = {f"{one}{number}": student for student, _, number, _ in CLASS}
        with zipfile.ZipFile(path) as archive:
            found = {
                by_number[name.replace("LATE_", "").split("_")[1]]: archive.read(name)
                for name in archive.namelist()
            }
        pages = {s: week.folder("feedback", s) / f"{WEEK}.html" for s, *_ in HANDED_IN}
        written = {s: page.read_bytes() for s, page in pages.items() if page.is_file()}
        assert found == written and count == len(written) >= len(HANDED_IN) - 1


def test_one_command_answers_every_lost_point(lived: tuple[Course, GradeRun]) -> None:
    """Of four who planned to lose some: each lost check, with what is right at each probe."""
    course, run = lived
    for student in ("003011", "003012", "003013", "003014"):
        lost = next(entry for entry in run.entries if entry.student == student)
        told = explain(open_week(course, WEEK), student)
        assert {check.name for check in told.checks} == {
            check.exercise
            for judged in lost.judgements for check in judged.checks
            if check.points < check.max_points
        }  # fmt: skip
        assert all(probe.right for check in told.checks for probe in check.probes)


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
