"""Due dates, extensions and what lateness costs: settled by the next `grade`, running nobody."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook
from nbgrader.preprocessors import AssignLatePenalties
from tiny_course import GOOD, WEEK, make_course, solve, submit

from autograder.course_folder import UNPROTECTED, Course, open_course
from autograder.deadlines.course_toml import Policy, read_deadlines
from autograder.deadlines.late_policy import charge, slipped_before
from autograder.deadlines.settling import settle
from autograder.errors import UserError
from autograder.pages.export import scores_of
from autograder.pages.standing import read_standings
from autograder.roster.entering import enter_class
from autograder.run.grade import Options, grade
from autograder.run.nbgrader_hooks import job_of
from autograder.run.results import GradeRun
from autograder.stages.ingest import ingest
from autograder.stages.prepare import prepare, read_template
from autograder.week import open_week

DUE = f'timezone = "Asia/Seoul"\n[due]\n{WEEK} = 2026-03-02 23:59:59\n'
HOUR = 3600


@pytest.fixture(scope="module")
def graded(released_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two students, graded once: s1 handed in at 23:30 in Seoul, s2 thirty hours later."""
    root = Path(shutil.copytree(released_template, tmp_path_factory.mktemp("late") / "course"))
    enter_class(open_course(root), _list(root, "s1,분반 1\ns2,분반 2\ns3,분반 2\n"), drop=False)
    for student, when in (("s1", "2026-03-02 23:30:00 KST"), ("s2", "2026-03-03 20:59:59 UTC")):
        folder = submit(root, student, solve(root))
        (folder / "timestamp.txt").write_text(when)
    run = grade(open_week(open_course(root), WEEK), Options(provisioner=UNPROTECTED))
    assert len(run.graded) == 2 and [one.student for one in run.missing] == ["s3"]
    return root


def _list(root: Path, rows: str) -> Path:
    path = root.parent / "list.csv"
    path.write_text(f"id,section\n{rows}", "utf-8")
    return path


@pytest.fixture
def root(graded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(graded, tmp_path / "course"))


def again(root: Path, toml: str = "", config: str = "") -> GradeRun:
    """The next `grade`, after an edit; nobody's code runs."""
    (root / "course.toml").write_text(toml, "utf-8")
    with (root / "nbgrader_config.py").open("a") as stream:
        stream.write(config)
    run = grade(open_week(open_course(root), WEEK), Options(provisioner=UNPROTECTED))
    assert run.graded == []
    return run


def penalties(root: Path) -> dict[str, float]:
    with Gradebook(open_course(root).db_url) as gradebook:
        found = scores_of(gradebook, WEEK)
    return {name: one.penalty or 0.0 for name, one in found.items() if one.penalty is not None}


LATE = DUE + "[late]\npercent_per_day = 10\n"


def test_a_date_and_a_policy_are_applied_without_running_anybody(root: Path) -> None:
    """Case 05 and 24: half past eleven in Seoul is on time; thirty hours are two days begun."""
    run = again(root, LATE)
    assert run.lateness["s1"].seconds == 0
    assert run.lateness["s2"].seconds == 30 * HOUR
    assert penalties(root) == {"s1": 0.0, "s2": pytest.approx(1.2)}
    assert run.standings["s2"].total == pytest.approx(4.8)
    assert "1.2 off for lateness" in run.standings["s2"].words


@pytest.mark.parametrize(
    ("more", "left"),
    [
        ('[[extension]]\nstudent = "s2"\ndays = 2\n', 0.0),
        ('[[extension]]\nsection = "분반 2"\nhours = 7\n', 0.6),
        ('[[extension]]\nsection = "분반 1"\ndays = 9\n', 1.2),
        (f'[[extension]]\nweek = "{WEEK}"\nstudent = "s2"\nuntil = 2026-03-04 05:59:59\n', 0.0),
        ("", 1.2),
    ],
)
def test_an_extension_counts_and_goes_again(root: Path, more: str, left: float) -> None:
    """For a student, a section, until a date; removed from the file, it is gone."""
    again(root, LATE)
    again(root, LATE + more)
    assert penalties(root)["s2"] == pytest.approx(left)
    again(root, LATE)
    assert penalties(root)["s2"] == pytest.approx(1.2)


def test_a_date_that_moves_takes_the_penalty_along(root: Path) -> None:
    """Case 04, with nbgrader's own 'zero' and a date set by its own tools."""
    zero = '\nc.LateSubmissionPlugin.penalty_method = "zero"\n'

    def due(day: str) -> None:
        with Gradebook(open_course(root).db_url) as gradebook:
            gradebook.update_or_create_assignment(WEEK, duedate=f"2026-03-{day} 14:59:59 UTC")

    due("02")
    again(root, config=zero)
    assert penalties(root) == {"s1": 0.0, "s2": 6.0}
    due("09")
    again(root)
    assert penalties(root) == {"s1": 0.0, "s2": 0.0}


def test_an_arrival_that_is_put_right_counts_at_once(root: Path) -> None:
    """A new time of the same work runs nobody's code either; an unknown one makes nobody late."""
    again(root, LATE)
    stamp = root / "submitted" / "s2" / WEEK / "timestamp.txt"
    stamp.write_text("2026-03-03 20:59:59 KST")
    again(root, LATE)
    assert penalties(root)["s2"] == pytest.approx(0.6)
    stamp.unlink()
    run = again(root, LATE)
    assert penalties(root)["s2"] == 0.0 and not run.lateness["s2"].known


def test_nbgraders_own_command_takes_off_the_same(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`nbgrader autograde` asks the same plug-in, which reads course.toml by itself."""
    again(root, LATE)
    course = open_course(root)
    with Gradebook(course.db_url) as gradebook:
        gradebook.find_submission_notebook(WEEK, WEEK, "s2").late_submission_penalty = None
        gradebook.db.commit()
    monkeypatch.chdir(root)
    names = {"notebook": WEEK, "assignment": WEEK, "student": "s2", "db_url": course.db_url}
    AssignLatePenalties(config=course.config).preprocess(new_notebook(), {"nbgrader": names})
    assert penalties(root)["s2"] == pytest.approx(1.2)


def test_more_time_is_for_one_student_alone(root: Path) -> None:
    """An accommodation runs that submission again, and no other."""
    accommodation = '[[accommodation]]\nstudent = "s2"\ntime_factor = 1.5\n'
    (root / "course.toml").write_text(DUE + accommodation)
    run = grade(open_week(open_course(root), WEEK), Options(provisioner=UNPROTECTED))
    assert [entry.student for entry in run.graded] == ["s2"]


def test_more_time_can_be_for_one_week(root: Path) -> None:
    """What is said for a week counts there, before what is said for all."""
    block = '[[accommodation]]\nstudent = "s2"\ntime_factor = {}\n'
    own = block.format(3) + f'week = "{WEEK}"\n'
    (root / "course.toml").write_text(block.format(1.5) + own)
    deadlines = read_deadlines(open_course(root))
    assert deadlines.factors(WEEK) == {"s2": 3.0}
    assert deadlines.factors("another") == {"s2": 1.5}


def test_nbgraders_own_route_gives_the_same_time(root: Path) -> None:
    """`nbgrader autograde` sends the worker the limits that `autograder grade` sends."""
    (root / "course.toml").write_text('[[accommodation]]\nstudent = "s2"\ntime_factor = 1.5\n')
    course = open_course(root)
    week, limits = open_week(course, WEEK), course.settings.limits()
    template = read_template(week)

    def given(student: str) -> tuple[float, float]:
        submission = ingest(week.folder("submitted", student), student, WEEK)
        found = job_of(week, submission, prepare(submission, template)[0]).limits
        return found.cell_seconds, found.submission_seconds

    assert given("s1") == (limits.cell_seconds, limits.submission_seconds)
    assert given("s2") == (1.5 * limits.cell_seconds, 1.5 * limits.submission_seconds)


def test_some_students_are_read_without_the_class(root: Path) -> None:
    """What a preview reads for a batch does not grow with the class."""
    again(root, LATE)
    course = open_course(root)
    with Gradebook(course.db_url) as gradebook:
        assert settle(course, gradebook, WEEK, students=["s2"]).keys() == {"s2"}
        everybody = read_standings(gradebook, WEEK)
        assert read_standings(gradebook, WEEK, ["s2"]) == {"s2": everybody["s2"]}


def test_a_preview_speaks_of_final_scores(root: Path) -> None:
    """Points by hand and lateness are in both numbers, and nothing stays in the gradebook."""
    again(root, LATE)
    with Gradebook(open_course(root).db_url) as gradebook:
        gradebook.find_grade("check_double", WEEK, WEEK, "s2").manual_score = 2.0
        gradebook.db.commit()
    submit(root, "s2", solve(root, {"double": GOOD["double"]}))
    options = Options(provisioner=UNPROTECTED, preview=True)
    run = grade(open_week(open_course(root), WEEK), options)
    assert run.standings_before["s2"].total == pytest.approx(2 + 3 - 1.2)
    assert run.standings["s2"].total == pytest.approx(2 + 0 - 1.2)
    with Gradebook(open_course(root).db_url) as gradebook:
        assert gradebook.find_grade("check_row_sums", WEEK, WEEK, "s2").auto_score == 3.0


# ------------------------------------------------------------------------------------ the policy
DAY = 24 * HOUR
POLICY = Policy(percent_per_day=10, grace_minutes=15, slip_days=3, most_percent=25)


@pytest.mark.parametrize(
    ("seconds", "before", "days", "slipped", "percent"),
    [
        (0, 0, 0, 0, 0), (15 * 60, 0, 0, 0, 0), (15 * 60 + 1, 0, 1, 1, 0), (DAY, 0, 1, 1, 0),
        (DAY + 1, 3, 2, 0, 20), (3 * DAY, 2, 3, 1, 20), (9 * DAY, 3, 9, 0, 25),
        (4 * DAY, 0, 4, 3, 10),
    ],
)  # fmt: skip
def test_days_begun_slip_days_and_the_cap(
    seconds: float, before: int, days: int, slipped: int, percent: float
) -> None:
    """Within the grace nothing; slip days first; never more than the cap."""
    found = charge(POLICY, seconds, before)
    assert (found.days, found.slipped, found.percent) == (days, slipped, percent)


def test_slip_days_are_used_up_in_order() -> None:
    """What earlier weeks have used is gone, and no more than there were."""
    assert slipped_before(POLICY, []) == 0
    assert slipped_before(POLICY, [60, DAY, DAY + 1]) == 3
    assert slipped_before(POLICY, [9 * DAY]) == 3


# ------------------------------------------------------------------------------------ the file
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[due]\nweek90_tiny = 2026-03-02 23:59:00\n", "line 2: in which zone"),
        (DUE.replace("Seoul", "Soul"), "line 1: There is no time zone.*Asia/Seoul"),
        (f'{DUE[:24]}\n[due]\n{WEEK} = 2026-03-02\n', "line 4: a date and a time"),
        (f'{DUE[:24]}\n[due]\n{WEEK} = "March 2, 23:59"\n', "line 4: .*lacks a year"),
        (f'{DUE[:24]}\n[due]\n{WEEK} = 03-02 23:59\n', "cannot be read.*line 4"),
        (DUE.replace(WEEK, "week90_tyni"), "line 3: there is no week.*Did you mean week90_tiny"),
        (DUE + "[late]\npercent_pr_day = 10\n", "line 5: .*Did you mean percent_per_day"),
        (DUE + "[late]\npercent_per_day = -1\n", "line 5: .*from 0 to 100"),
        (DUE + '[[extension]]\ndays = 2\n', "line 4: .*student or for a section"),
        (DUE + '[[extension]]\nstudent = "s1"\n', "line 4: .*days or hours"),
        (DUE + '[[accommodation]]\nstudent = "s1"\ntime_factor = 0.5\n', "line 4: time_factor"),
        (DUE + 'deu = 3\n', "line 4: there is no week 'deu'"),
    ],
)  # fmt: skip
def test_a_file_that_means_nothing_is_refused_with_its_line(
    tmp_path: Path, text: str, sentence: str
) -> None:
    """Before anything runs or is written: `grade` reads the file first."""
    root = make_course(tmp_path)
    (root / "course.toml").write_text(text, "utf-8")
    with pytest.raises(UserError, match=sentence):
        read_deadlines(open_course(root))


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ('[[extension]]\nstudent = "S1"\ndays = 2\n', "line 4: .*Did you mean s1"),
        ('[[extension]]\nstudent = "zz"\ndays = 2\n', "line 4: .*no student 'zz'"),
        ('[[extension]]\nsection = "C"\ndays = 2\n', "line 4: .*Sections of the class: 분반 1"),
    ],
)
def test_an_extension_of_nobody_is_refused(root: Path, more: str, sentence: str) -> None:
    """A typo would silently be worth nothing."""
    with pytest.raises(UserError, match=sentence):
        again(root, DUE + more)


def test_a_course_without_the_file_has_no_dates(course: Course) -> None:
    """Nothing is late, nothing is refused."""
    assert read_deadlines(course).due == {}
    assert read_deadlines(course).extensions == ()
