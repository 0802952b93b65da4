"""A broken check made void after submissions: counted so wherever a score is read, and back."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from tiny_course import GOOD, WEEK, solve, submit

from autograder.course_folder import UNPROTECTED, Course, open_course
from autograder.desk.exporting import Wanted, export
from autograder.desk.voiding import Changed, void, void_notes
from autograder.errors import UserError
from autograder.pages.export import scores_of
from autograder.pages.feedback import write_feedback
from autograder.pages.report import read_report, remarks_of, render_html
from autograder.run.grade import Options, grade
from autograder.run.history import read_history
from autograder.voided import DROP, FULL
from autograder.week import open_week

WRONG = {"double": "def double(x):\n    return x + 1", "row_sums": GOOD["row_sums"]}
LATE = f'timezone = "UTC"\n[due]\n{WEEK} = 2026-03-02 12:00:00\n[late]\npercent_per_day = 50\n'


@pytest.fixture(scope="module")
def graded(released_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """good has 6 of 6; wrong 3, without double; late the same, a day late; odd is in review."""
    root = Path(shutil.copytree(released_template, tmp_path_factory.mktemp("void") / "course"))
    submit(root, "good", solve(root))
    submit(root, "wrong", solve(root, WRONG))
    folder = submit(root, "late", solve(root, WRONG))
    (folder / "timestamp.txt").write_text("2026-03-03 12:00:00 UTC")
    submit(root, "odd", b"no notebook")
    (root / "course.toml").write_text(LATE)
    grade(open_week(open_course(root), WEEK), Options(provisioner=UNPROTECTED))
    return root


@pytest.fixture
def course(graded: Path, tmp_path: Path) -> Course:
    return open_course(shutil.copytree(graded, tmp_path / "course"))


def exported(course: Course) -> dict[str, str]:
    done = export(course, Wanted("csv", (WEEK,)))
    with done.path.open(encoding="utf-8", newline="") as stream:
        return {row["id"]: row[WEEK] for row in csv.DictReader(stream)}


def page(course: Course, student: str) -> str:
    write_feedback(open_week(course, WEEK))
    return (course.folder("feedback", WEEK, student) / f"{WEEK}.html").read_text("utf-8")


def test_full_points_for_everybody_everywhere(course: Course) -> None:
    """Scores, lateness, export, history, report, explanation; a review stays without a score."""
    assert exported(course) == {"good": "6.0", "late": "0.0", "odd": "", "wrong": "3.0"}
    done = void(course, "double", FULL)
    assert (done.check, done.week, done.students) == ("check_double", WEEK, 4)
    assert done.changed == (Changed("late", 0.0, 3.0), Changed("wrong", 3.0, 6.0))
    assert exported(course) == {"good": "6.0", "late": "3.0", "odd": "", "wrong": "6.0"}
    lines = read_history(course, "wrong")
    assert [(line.before, line.after) for line in lines] == [(None, 3.0), (3.0, 6.0)]
    assert "check_double void, full points" in lines[1].made_of
    assert lines[1].checks == lines[0].checks
    with Gradebook(course.db_url) as gradebook:
        assert scores_of(gradebook, WEEK)["wrong"].score == 6.0
        assert gradebook.find_grade("check_double", WEEK, WEEK, "wrong").auto_score == 0.0
    found = read_report(open_week(course, WEEK))
    assert sorted(found.scores) == [6.0, 6.0, 6.0]
    remarks = {remark for entry in found.entries for remark in remarks_of(entry)}
    assert remarks == {"unsandboxed"}
    assert "check_double: void, full points for everybody." in render_html(found)
    assert void_notes(course, WEEK) == ("check_double: void, full points for everybody.",)


def test_a_dropped_check_cannot_be_had(course: Course) -> None:
    """Neither its points nor its maximum; half a week's points a day is half of what is left."""
    done = void(course, "check_double", DROP)
    assert done.changed == (Changed("good", 6.0, 3.0), Changed("late", 0.0, 1.5))
    found = read_report(open_week(course, WEEK))
    assert found.max_score == 3.0 and found.standings["wrong"].most == 3.0
    assert found.lateness["late"].penalty == pytest.approx(1.5)
    assert exported(course)["wrong"] == "3.0"


def test_students_are_told_and_not_what_the_check_found(course: Course) -> None:
    """The page of a student whose answer was called wrong says that the check was."""
    before = page(course, "wrong")
    assert "wrong result" in before
    void(course, "double", FULL)
    after = page(course, "wrong")
    assert "this check was broken: everybody has its points" in after
    assert "wrong result" not in after and "To fix first" not in after
    assert "<b>6</b> <span>of 6 points" in after


def test_it_is_taken_back_whole(course: Course) -> None:
    """Scores and pages are what they were; points by hand meanwhile are there."""
    before, old = exported(course), page(course, "wrong")
    void(course, "double", DROP)
    with Gradebook(course.db_url) as gradebook:
        gradebook.find_grade("check_row_sums", WEEK, WEEK, "wrong").manual_score = 2.0
        gradebook.db.commit()
    assert exported(course)["wrong"] == "2.0"
    void(course, "double", None)
    assert exported(course) == before | {"wrong": "2.0"}
    assert "wrong result" in old and "wrong result" in page(course, "wrong")


def test_the_next_grade_counts_it_too(course: Course) -> None:
    """Who hands in afterwards is treated alike, and the table speaks of no loss."""
    void(course, "double", FULL)
    submit(course.root, "new", solve(course.root, WRONG))
    run = grade(open_week(course, WEEK), Options(provisioner=UNPROTECTED))
    assert [entry.student for entry in run.graded] == ["new"]
    assert run.standings["new"].total == 6.0
    assert {entry.score for entry in run.entries if not entry.needs_review} == {6.0}


def test_a_dry_run_writes_nothing(course: Course) -> None:
    """It tells the same."""
    assert len(void(course, "double", FULL, dry_run=True).changed) == 2
    assert exported(course)["wrong"] == "3.0"
    assert len(read_history(course, "wrong")) == 1


@pytest.mark.parametrize(
    ("check", "week", "sentence"),
    [("duoble", None, "No week has.*mean check_double"), ("double", "week77_x", "'week77_x' has")],
)
def test_a_check_that_there_is_not(
    course: Course, check: str, week: str | None, sentence: str
) -> None:
    """Refused with the nearest name."""
    with pytest.raises(UserError, match=sentence):
        void(course, check, FULL, week)
