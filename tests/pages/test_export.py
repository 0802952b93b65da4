"""No score means no number: in nbgrader's export, in the report's CSV, on the command line."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader
from nbgrader.api import Gradebook
from nbgrader.server_extensions.formgrader import handlers
from tiny_course import GOOD, WEEK, solve, submit

from autograder.course_folder import UNPROTECTED, Course, open_course
from autograder.pages import formgrader
from autograder.pages.export import NOTHING, REVIEW, scores_of
from autograder.pages.gradebook_marks import read_marks
from autograder.pages.report import read_report, write_report
from autograder.pages.spreadsheet import plain_cell
from autograder.run.grade import Options, grade
from autograder.week import open_week

NUMBERS = ("raw_score", "late_submission_penalty", "score")


@pytest.fixture(scope="module")
def course(released_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Full points, half of them, a review after full points, and one who handed nothing in."""
    import shutil

    root = Path(shutil.copytree(released_template, tmp_path_factory.mktemp("export") / "course"))
    course = open_course(root)
    submit(root, "full", solve(root))
    submit(root, "half", solve(root, {"double": GOOD["double"]}))
    submit(root, "broken", solve(root))
    grade(open_week(course, WEEK), Options(provisioner=UNPROTECTED))
    with Gradebook(course.db_url) as gradebook:
        gradebook.update_or_create_student("absent", last_name="=1+1")
        gradebook.find_grade("check_double", WEEK, WEEK, "broken").manual_score = 1.0
        gradebook.db.commit()
    submit(root, "broken", b"my answers are elsewhere")
    grade(open_week(course, WEEK), Options(provisioner=UNPROTECTED))
    return course


@pytest.fixture(scope="module")
def exported(course: Course) -> dict[str, dict[str, str]]:
    """What `nbgrader export` writes, by the shipped configuration, by student."""
    command = [sys.executable, "-m", "nbgrader", "export", "--to", "scores.csv"]
    environment = {**os.environ, "HOME": str(course.root)}
    subprocess.run(command, cwd=course.root, env=environment, check=True, capture_output=True)
    with (course.root / "scores.csv").open(encoding="utf-8", newline="") as stream:
        return {row["student_id"]: row for row in csv.DictReader(stream)}


@pytest.mark.slow
def test_a_review_and_an_absentee_are_blank(exported: dict[str, dict[str, str]]) -> None:
    """No zero for who has no score, whatever was given by hand before; a word says why."""
    for student, remark in (("broken", REVIEW), ("absent", NOTHING)):
        assert [exported[student][name] for name in NUMBERS] == ["", "", ""]
        assert exported[student]["remark"] == remark


@pytest.mark.slow
def test_scores_are_nbgraders_own(course: Course, exported: dict[str, dict[str, str]]) -> None:
    """Where there is a score, it is the number that nbgrader's gradebook computes."""
    with Gradebook(course.db_url) as gradebook:
        for student in ("full", "half"):
            found = gradebook.find_submission(WEEK, student)
            row = exported[student]
            assert (float(row["score"]), float(row["raw_score"])) == (found.score, found.score)
            assert float(row["max_score"]) == found.max_score
    assert (exported["full"]["score"], exported["half"]["score"]) == ("6.0", "3.0")


@pytest.mark.slow
def test_names_are_no_formulas(exported: dict[str, dict[str, str]]) -> None:
    """A spreadsheet that opens the export runs nothing."""
    assert exported["absent"]["last_name"] == "'=1+1"
    assert [plain_cell(value) for value in ("@a", "a=b", None, -1.5)] == ["'@a", "a=b", "", -1.5]


@pytest.mark.slow
def test_marks_agree_with_nbgrader(course: Course) -> None:
    """Extra credit, a comment, points by hand and a penalty are summed as nbgrader sums them."""
    with Gradebook(course.db_url) as gradebook:
        grade_ = gradebook.find_grade("check_double", WEEK, WEEK, "half")
        grade_.extra_credit, grade_.manual_score = 0.5, 2.0
        gradebook.find_comment("double", WEEK, WEEK, "half").manual_comment = "Well named."
        notebook = gradebook.find_submission_notebook(WEEK, WEEK, "half")
        notebook.late_submission_penalty = 1.0
        gradebook.db.commit()
        gradebook.db.expire_all()
        marks = read_marks(gradebook, WEEK)["half", WEEK]
        assert marks.score == notebook.score - 1.0 == 1.5
        assert marks.max_score == notebook.max_score
        assert marks.comments["double"] == "Well named."
        assert scores_of(gradebook, WEEK)["half"].score == 1.5
        assert read_marks(gradebook, WEEK, ["half"]) == {("half", WEEK): marks}
        grade_.extra_credit, grade_.manual_score, notebook.late_submission_penalty = None, None, 0
        gradebook.db.commit()


@pytest.mark.slow
def test_the_reports_table_is_blank_too(course: Course) -> None:
    """The line of a review holds its reason and no number."""
    _, table = write_report(course, read_report(open_week(course, WEEK)))
    with table.open(encoding="utf-8", newline="") as stream:
        rows = {row["student"]: row for row in csv.DictReader(stream)}
    review = rows["broken"]
    assert not any(
        review[name] for name in review if name not in ("student", "needs_review", "remark")
    )
    assert "is not a notebook" in review["needs_review"]
    assert rows["full"]["score"] == "6.0"


def test_the_formgraders_missing_page_opens() -> None:
    """nbgrader's page for a submission without notebook does not open; the repaired one does."""
    environment = Environment(loader=FileSystemLoader([handlers.template_path]))
    resources = {"base_url": "", "assignment_id": WEEK, "notebook_id": WEEK, "index": -2,
                 "total": 0, "student": "<b>s1", "filename": "a.ipynb"}  # fmt: skip
    with pytest.raises(Exception, match="formgrade_macros"):
        environment.get_template(formgrader.MISSING).render(resources=resources)
    handler = type("Handler", (), {"settings": {"nbgrader_jinja2_env": environment}})()
    formgrader.repair()
    page = handlers.SubmissionHandler.render(handler, formgrader.MISSING, resources=resources)
    assert "no zero" in page
    assert "<b>s1" not in page
    assert "Manage Assignments" in page
