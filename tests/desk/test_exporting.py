"""Scores back to the LMS: the right number in the right line, and no zero for who has none."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from tiny_course import WEEK

from autograder.course_folder import Course, open_course
from autograder.desk.exporting import Wanted, export
from autograder.desk.feedback_zip import feedback_zip
from autograder.errors import UserError
from autograder.roster.entering import enter_class
from autograder.week import open_week

LIST = (
    "Student,ID,SIS User ID,SIS Login ID,Section\n"
    '"김, 유나",11,003010,yuna,A\n"O\'Hara, ""Jo"", Jr.",12,003011,jo,B\n'
    '"=1+1, x",13,003012,x,B\n"박, 하나",14,003013,hana,B\n'
)
SCORES = {"003010": (3.0, 1.5, 0.0), "003011": (3.0, 3.0, 1.2), "003012": (None, None, 0.0)}


@pytest.fixture(scope="module")
def template(released_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """003010 with points, 003011 late, 003012 to review, 003013 has handed nothing in."""
    root = Path(shutil.copytree(released_template, tmp_path_factory.mktemp("out") / "course"))
    course = open_course(root)
    (root.parent / "list.csv").write_text(LIST, "utf-8")
    enter_class(course, root.parent / "list.csv", drop=False)
    with Gradebook(course.db_url) as gradebook:
        for student, (one, two, _) in SCORES.items():
            gradebook.add_submission(WEEK, student, timestamp="2026-03-03 00:00:00 UTC")
            gradebook.find_grade("check_double", WEEK, WEEK, student).auto_score = one
            gradebook.find_grade("check_row_sums", WEEK, WEEK, student).auto_score = two
        gradebook.find_grade("check_double", WEEK, WEEK, "003010").manual_score = 2.5
        gradebook.db.commit()
    (root / "course.toml").write_text(
        f'timezone = "UTC"\n[due]\n{WEEK} = 2026-03-02 12:00:00\n[late]\npercent_per_day = 20\n'
        '[[extension]]\nstudent = "003010"\ndays = 3\n'
    )
    return root


@pytest.fixture
def course(template: Path, tmp_path: Path) -> Course:
    return open_course(shutil.copytree(template, tmp_path / "course"))


def written(course: Course, **how: object) -> tuple[list[str], list[list[str]]]:
    done = export(course, Wanted(**{"to": "csv", "weeks": (WEEK,), **how}))
    with done.path.open(encoding="utf-8", newline="") as stream:
        head, *rows = csv.reader(stream)
    return head, rows


def test_canvas_gets_its_own_columns(course: Course) -> None:
    """Ids and a comma in a name stay in their cells; lateness is off; blanks where no score is."""
    head, rows = written(course, to="canvas")
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", WEEK]
    assert rows[0][-1] == "6.0"
    found = {row[2]: (row[0], row[1], row[-1]) for row in rows[1:]}
    assert found == {
        "003010": ("김, 유나", "11", "4.0"),
        "003011": ('O\'Hara, "Jo", Jr.', "12", "4.8"),
        "003012": ("'=1+1, x", "13", ""),
        "003013": ("박, 하나", "14", ""),
    }


def test_scores_are_put_into_canvass_own_file(course: Course, tmp_path: Path) -> None:
    """Its columns, other assignments and row of points stay, in whatever order people stand."""
    path = tmp_path / "canvas.csv"
    path.write_text(
        f"Student,ID,SIS User ID,Section,Other (7),{WEEK} (71)\n    Points Possible,,,,5,6\n"
        '"박, 하나",14,3013,B,4,\n"O\'Hara, Jo",12,3011,B,,\n"Kim, New",99,999999,A,1,\n', "utf-8",
    )  # fmt: skip
    done = export(course, Wanted("canvas", (WEEK,), path))
    text = done.path.read_text("utf-8")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][-1] == f"{WEEK} (71)" and rows[1][-1] == "6"
    assert [row[4:] for row in rows[2:]] == [["4", ""], ["", "4.8"], ["1", ""]]
    assert "003010, 003012" in done.remarks[0]


def test_moodles_worksheet_is_filled(course: Course, tmp_path: Path) -> None:
    """The Grade column alone changes; the identifier is Moodle's."""
    path = tmp_path / "sheet.csv"
    path.write_text("Identifier,Full name,ID number,Grade,Maximum Grade\n"
                    "Participant 5,김유나,003010,,6\n"
                    "Participant 6,하나,003013,,6\n", "utf-8")  # fmt: skip
    head, rows = written(course, to="moodle", like=path)
    assert head[0] == "Identifier"
    assert rows == [["Participant 5", "김유나", "003010", "4.0", "6"],
                    ["Participant 6", "하나", "003013", "", "6"]]  # fmt: skip
    head, rows = written(course, to="moodle")
    assert (head[0], rows[0][0], rows[0][-1]) == ("ID number", "003010", "4.0")


def test_scores_are_put_into_blackboards_own_file(course: Course, tmp_path: Path) -> None:
    """Tabs and UTF-16, as Blackboard's download has them; its column's number stays in the head."""
    column = f"{WEEK} [Total Pts: 6 Score] |4711"
    head = ["Last Name", "First Name", "Username", "Student ID", column]
    lines = [head, ["김", "유나", "yuna", "003010", ""], ["박", "하나", "hana", "3013", ""]]
    path = tmp_path / "gc.xls"
    path.write_text("\n".join("\t".join(f'"{cell}"' for cell in line) for line in lines), "utf-16")
    found, rows = written(course, like=path)
    assert found == head
    assert [row[-1] for row in rows] == ["4.0", ""]


def test_a_plain_table_tells_the_parts_and_the_total(course: Course) -> None:
    """Scaled and weighted; a review leaves the total open, nothing handed in counts 0."""
    assert export(course, Wanted("csv", (WEEK,))).path.name == f"{WEEK}.csv"
    head, rows = written(course, most=12.0, weights={WEEK: 2.0})
    found = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    assert (found["003011"][WEEK], found["003011"]["total"]) == ("9.6", "19.2")
    assert (found["003010"][f"{WEEK} by hand"], found["003010"][f"{WEEK} automatic"]) == (
        "2.5", "1.5",
    )  # fmt: skip
    assert (found["003012"]["total"], found["003013"]["total"]) == ("", "0.0")
    assert "needs a review" in found["003012"]["remarks"]
    assert "nothing handed in" in found["003013"]["remarks"]
    assert {row[-2] for row in written(course, drop_lowest=1)[1]} == {"0", ""}


def test_who_left_is_not_exported(course: Course, tmp_path: Path) -> None:
    """Hidden from exports; the scores stay in the gradebook."""
    path = tmp_path / "list.csv"
    path.write_text("".join(LIST.splitlines(keepends=True)[:2]), "utf-8")
    enter_class(course, path, drop=True)
    assert [row[0] for row in written(course)[1]] == ["003010"]


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"weeks": ("week77_x",)}, "does not know 'week77_x'"),
        ({"to": "canvas", "like": "list.csv"}, "no column for week90_tiny"),
        ({"to": "canvas", "like": "nowhere.csv"}, "cannot be read"),
        ({"to": "canvas", "like": "twice.csv"}, "id 003010 in lines 2 and 3"),
    ],
)
def test_what_cannot_be_exported_is_one_sentence(
    course: Course, tmp_path: Path, how: dict, sentence: str
) -> None:
    """Nothing is written."""
    (tmp_path / "list.csv").write_text(LIST, "utf-8")
    (tmp_path / "twice.csv").write_text(f"SIS User ID,ID,{WEEK}\n003010,1,\n3010,2,\n", "utf-8")
    how = how | ({"like": tmp_path / how["like"]} if "like" in how else {})
    with pytest.raises(UserError, match=sentence):
        written(course, **how)
    assert not (course.root / "exported").exists()


def zipped(path: Path, names: list[str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, b"{}")
    return path


def test_feedback_goes_back_under_the_names_of_the_download(course: Course, tmp_path: Path) -> None:
    """The numbers by which Canvas and Moodle know whose a file is; nobody else's page."""
    week = open_week(course, WEEK)
    for student in ("003010", "003011"):
        folder = week.folder("feedback", student)
        folder.mkdir(parents=True)
        (folder / f"{WEEK}.html").write_text(student)
    names = ["kimyuna_11_901_a.zip", "oharajo_LATE_12_902_a.zip", "nobody_77_903_a.zip"]
    path, count = feedback_zip(week, "canvas", zipped(tmp_path / "d.zip", names), None)
    with zipfile.ZipFile(path) as archive:
        found = {name: archive.read(name).decode() for name in archive.namelist()}
    assert count == 2
    assert found == {f"kimyuna_11_901_{WEEK}.html": "003010",
                     f"oharajo_LATE_12_902_{WEEK}.html": "003011"}  # fmt: skip
    names = ["김유나_5_assignsubmission_file_/a.zip"]
    roster = tmp_path / "sheet.csv"
    roster.write_text("Identifier,Full name,ID number\nParticipant 5,김유나,003010\n", "utf-8")
    path, _ = feedback_zip(week, "moodle", zipped(tmp_path / "m.zip", names), roster)
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == [f"김유나_5_assignsubmission_file_{WEEK}.html"]
    with pytest.raises(UserError, match="takes no zip"):
        feedback_zip(week, "csv", path, None)
