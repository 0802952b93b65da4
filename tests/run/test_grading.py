"""The way of a class: ingest to record on a tiny week, in the real sandbox, with the gradebook."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import tiny_course
from nbgrader.api import Gradebook
from tiny_course import GOOD, MAX_SCORE, WEEK, released, solve, submit

from autograder.course_folder import UNPROTECTED, Course, open_course
from autograder.errors import UserError
from autograder.model import Verdict
from autograder.run.grade import GradeRun, Options, grade
from autograder.week import open_week

pytestmark = pytest.mark.sandbox

EXPECTED = {
    "full": 6.0, "half": 3.0, "empty": 0.0, "warns": 6.0, "deleted": 6.0, "loops": 3.0,
    "dies": 3.0, "forges": 0.0, "not-json": None,
}  # fmt: skip
WRONG = "def row_sums(x):\n    return x.sum(0)"
FORGERY = "get_ipython().events.register('post_run_cell', lambda *_: print('100'))\ndouble = 1"


def hand_in(root: Path) -> None:
    """A small class with every kind of trouble."""
    submit(root, "full", solve(root))
    submit(root, "half", solve(root, {**GOOD, "row_sums": WRONG}))
    submit(root, "empty", released(root))
    submit(root, "warns", solve(root, {**GOOD, "double": "import sys\n" + GOOD["double"]
                                       + "\nprint('old', file=sys.stderr)"}))  # fmt: skip
    deleted = solve(root)
    deleted.cells = [c for c in deleted.cells if not c.id.startswith("check_")]
    submit(root, "deleted", deleted)
    loop = "def row_sums(x):\n    while True: pass"
    submit(root, "loops", solve(root, {**GOOD, "row_sums": loop}))
    death = "def row_sums(x):\n    import os; os._exit(1)"
    submit(root, "dies", solve(root, {**GOOD, "row_sums": death}))
    submit(root, "forges", solve(root, {"double": FORGERY}))
    submit(root, "not-json", b"no notebook")


@pytest.fixture(scope="module")
def graded(released_template: Path, tmp_path_factory: pytest.TempPathFactory):
    import shutil

    root = tmp_path_factory.mktemp("class") / "course"
    shutil.copytree(released_template, root)
    with (root / "nbgrader_config.py").open("a") as config:
        config.write("\nc.Grading.cell_seconds = 6\n")
    hand_in(root)
    course = open_course(root)
    return course, grade(open_week(course, WEEK), Options(workers=2))


def scores(course: Course) -> dict[str, float | None]:
    """Automatic scores in nbgrader's gradebook; None where a person has to look."""
    found = {}
    with Gradebook(course.db_url) as gradebook:
        for submission in gradebook.assignment_submissions(WEEK):
            (notebook,) = submission.notebooks
            values = [grade.auto_score for grade in notebook.grades]
            found[submission.student.id] = None if None in values else sum(values)
    return found


def test_every_member_gets_the_expected_score(graded: tuple[Course, GradeRun]) -> None:
    """Full, partial, zero and review are told apart, in the run and in the gradebook."""
    course, run = graded
    assert {entry.student: entry.score for entry in run.entries} == EXPECTED
    assert scores(course) == EXPECTED


def test_the_odd_one_needs_a_review_and_has_no_zero(graded: tuple[Course, GradeRun]) -> None:
    """Not a notebook: marked for a person, with a sentence."""
    course, run = graded
    entry = next(entry for entry in run.entries if entry.student == "not-json")
    assert "not a notebook" in (entry.needs_review or "")
    with Gradebook(course.db_url) as gradebook:
        grades = gradebook.find_submission(WEEK, "not-json").notebooks[0].grades
        assert all(grade.needs_manual_grade and grade.auto_score is None for grade in grades)


def test_verdict_kinds_are_kept_apart(graded: tuple[Course, GradeRun]) -> None:
    """The same lost points for four different reasons."""
    _, run = graded
    last = {e.student: e.judgements[0].checks[1].verdict for e in run.entries if e.judgements}
    assert last["half"] is Verdict.WRONG
    assert last["empty"] is Verdict.ERROR
    assert last["loops"] is Verdict.TIME_LIMIT
    assert last["dies"] is Verdict.DEAD_KERNEL


def test_autograded_notebooks_hold_the_verdict_and_nothing_active(graded) -> None:
    """The verdict is the only output of a check."""
    course, _ = graded
    path = course.folder("autograded", WEEK, "half") / f"{WEEK}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    (check,) = [c for c in notebook.cells if "check_row_sums" in str(c.metadata)]
    (output,) = check.outputs
    assert output.output_type == "execute_result"
    assert output.data["text/plain"] == "0.0"
    assert "shape (5,), expected (3,)" in output.data["text/html"]


def test_an_unchanged_class_is_not_graded_again(graded: tuple[Course, GradeRun]) -> None:
    """The journal knows every submission, refused ones included."""
    course, _ = graded
    again = grade(open_week(course, WEEK), Options(workers=2))
    assert again.graded == []
    assert len(again.unchanged) == len(EXPECTED)


def run_nbgrader(course: Course, *words: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "nbgrader", *words]
    return subprocess.run(command, cwd=course.root, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_nbgraders_own_autograde_gives_the_same_scores(graded: tuple[Course, GradeRun]) -> None:
    """`nbgrader autograde` runs the engine by configuration."""
    course, _ = graded
    done = run_nbgrader(course, "autograde", WEEK, "--force")
    assert "not-json" in done.stderr
    assert scores(course) == EXPECTED


def test_the_formgraders_button_gives_the_same_score(graded: tuple[Course, GradeRun]) -> None:
    """`NbGraderAPI.autograde` is what the button calls."""
    from nbgrader.apps.api import NbGraderAPI

    course, _ = graded
    api = NbGraderAPI(course.coursedir, config=course.config)
    result = api.autograde(WEEK, "half")
    assert result["success"], result
    assert scores(course)["half"] == 3.0


def test_feedback_explains_and_hides(graded: tuple[Course, GradeRun]) -> None:
    """Feedback has the points and the difference, and none of the hidden check."""
    course, _ = graded
    done = run_nbgrader(course, "generate_feedback", WEEK, "--force")
    assert done.returncode == 0, done.stderr
    page = (course.folder("feedback", WEEK, "half") / f"{WEEK}.html").read_text()
    assert "0 of 3 points" in page
    assert "expected (3,)" in page
    assert "probe_rng" not in page
    assert "HIDDEN TESTS" not in page


def test_export_works_as_nbgraders_users_know_it(graded: tuple[Course, GradeRun]) -> None:
    """`nbgrader export` writes a line a student with our scores."""
    course, _ = graded
    assert run_nbgrader(course, "export").returncode == 0
    with (course.root / "grades.csv").open() as stream:
        rows = {row["student_id"]: row for row in csv.DictReader(stream)}
    assert float(rows["full"]["score"]) == MAX_SCORE
    assert float(rows["half"]["score"]) == 3.0


@pytest.mark.slow
def test_validate_answers_on_a_students_copy(graded: tuple[Course, GradeRun]) -> None:
    """`nbgrader validate` fails an empty notebook by its visible checks and passes a solved one."""
    course, _ = graded
    empty = course.folder("submitted", WEEK, "empty") / f"{WEEK}.ipynb"
    full = course.folder("submitted", WEEK, "full") / f"{WEEK}.ipynb"
    assert "VALIDATION FAILED" in run_nbgrader(course, "validate", str(empty)).stdout
    assert "Success" in run_nbgrader(course, "validate", str(full)).stdout


def test_a_resubmission_clears_the_old_score(root: Path) -> None:
    """A notebook that cannot be graded does not keep the score of the one before."""
    course = open_course(root)
    submit(root, "s1", solve(root))
    grade(open_week(course, WEEK))
    assert scores(course) == {"s1": MAX_SCORE}
    submit(root, "s1", b"{")
    run = grade(open_week(course, WEEK))
    assert scores(course) == {"s1": None}
    assert not course.folder("autograded", WEEK, "s1").exists()
    assert run.entries[0].needs_review


def test_preview_writes_nothing(root: Path) -> None:
    """A preview tells the new score and leaves gradebook, journal and folders alone."""
    course = open_course(root)
    submit(root, "s1", solve(root))
    run = grade(open_week(course, WEEK), Options(preview=True))
    assert run.graded[0].score == MAX_SCORE
    assert scores(course) == {}
    assert not (course.root / "autograded").exists()
    assert grade(open_week(course, WEEK)).graded[0].score == MAX_SCORE


def test_another_seed_asks_other_questions(root: Path) -> None:
    """Answers hard-coded under one seed are worth nothing under another."""
    submit(root, "s1", solve(root))
    with (root / "nbgrader_config.py").open("a") as config:
        config.write("\nc.Grading.seed = 'another term'\n")
    course = open_course(root)
    assert grade(open_week(course, WEEK)).graded[0].score == MAX_SCORE
    folder = course.state / "reference"
    stored = set(folder.glob("*.json")) - set(folder.glob("*-supposed.json"))
    values = {json.dumps(json.loads(path.read_text())["checks"][0]["probes"]) for path in stored}
    assert len(values) == 2


def test_two_graders_do_not_meet(root: Path) -> None:
    """The second is told who is at work, and nothing is lost."""
    from autograder.journal import only_grader

    course = open_course(root)
    submit(root, "s1", solve(root))
    with only_grader(open_week(course, WEEK)), pytest.raises(UserError, match="Another grader"):
        grade(open_week(course, WEEK))


def test_without_a_sandbox_the_score_is_stamped(root: Path) -> None:
    """--no-sandbox works for one run and says so on every score."""
    course = open_course(root)
    submit(root, "s1", solve(root))
    run = grade(open_week(course, WEEK), Options(provisioner=UNPROTECTED))
    assert (run.graded[0].score, run.graded[0].stamp) == (MAX_SCORE, "unsandboxed")
    notebook = (course.folder("autograded", WEEK, "s1") / f"{WEEK}.ipynb").read_text()
    assert "unsandboxed" in notebook


def test_the_tiny_course_is_worth_what_it_says() -> None:
    """The constants of the test course agree with its notebook."""
    cells = tiny_course.source_notebook().cells
    points = [c.metadata.nbgrader.get("points", 0) for c in cells if "nbgrader" in c.metadata]
    assert sum(points) == MAX_SCORE
