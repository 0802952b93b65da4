"""Stage 5, record: write verdicts to nbgrader's gradebook. One writer; the old score goes first.

The score itself is written by nbgrader's own `SaveAutoGrades` and `AssignLatePenalties`, from the
judged notebook, so that formgrader, feedback and export see what they always see.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from nbgrader.preprocessors import AssignLatePenalties, SaveAutoGrades
from sqlalchemy.exc import SAWarning

from autograder.courses import Course
from autograder.ingest import Submission


@dataclass(frozen=True)
class Recorded:
    """What the gradebook says after a submission has been recorded."""

    student: str
    score: float | None
    max_score: float
    needs_review: str | None = None


def record(
    course: Course,
    submission: Submission,
    notebooks: Sequence[tuple[str, nbformat.NotebookNode]],
) -> Recorded:
    """Write one judged submission.

    Args:
        course: where the gradebook and autograded/ are.
        submission: who, what and when; its attachments are kept beside the notebooks.
        notebooks: name (without .ipynb) and judged notebook of each.
    """
    week, student = submission.week, submission.student
    with _gradebook(course) as gradebook:
        clear_scores(gradebook, week, student, submission.timestamp)
    for name, notebook in notebooks:
        resources = {
            "nbgrader": {
                "student": student, "assignment": week, "notebook": name, "db_url": course.db_url,
            }
        }  # fmt: skip
        for step in (SaveAutoGrades, AssignLatePenalties):
            notebook, resources = step(config=course.config).preprocess(notebook, resources)
    _write_autograded(course, submission, notebooks)
    with _gradebook(course) as gradebook:
        return _as_recorded(gradebook, week, student)


def record_for_review(
    course: Course, week: str, student: str, reason: str, timestamp: object = None
) -> Recorded:
    """Record that a submission could not be graded: no score, and marked for a person to look at.

    An earlier score does not survive it, and no zero is written.
    """
    with _gradebook(course) as gradebook:
        clear_scores(gradebook, week, student, timestamp)
        shutil.rmtree(course.folder("autograded", week, student), ignore_errors=True)
        recorded = _as_recorded(gradebook, week, student)
    return Recorded(student, None, recorded.max_score, reason)


def clear_scores(gradebook: Gradebook, week: str, student: str, timestamp: object = None) -> None:
    """Make sure that student and submission exist, with no automatic score left in place."""
    gradebook.update_or_create_student(student)
    details = {"timestamp": timestamp} if timestamp else {}
    submission = gradebook.update_or_create_submission(week, student, **details)
    for notebook in submission.notebooks:
        for grade in notebook.grades:
            grade.auto_score = None
            grade.needs_manual_grade = True
    gradebook.db.commit()


# nbgrader 0.9.6 builds a new submission in an order that SQLAlchemy 2.1 remarks on; it is harmless
warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader.api")


@contextlib.contextmanager
def _gradebook(course: Course) -> Iterable[Gradebook]:
    with Gradebook(course.db_url, course.coursedir.course_id) as gradebook:
        yield gradebook


def _as_recorded(gradebook: Gradebook, week: str, student: str) -> Recorded:
    submission = gradebook.find_submission(week, student)
    return Recorded(student, submission.score, submission.max_score)


def _write_autograded(
    course: Course,
    submission: Submission,
    notebooks: Sequence[tuple[str, nbformat.NotebookNode]],
) -> None:
    """Write autograded/STUDENT/WEEK as a whole: readers see the old folder or the new one."""
    target = course.folder("autograded", submission.week, submission.student)
    target.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{submission.week}.", dir=target.parent))
    for path, content in submission.attachments:
        file = made / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    for name, notebook in notebooks:
        nbformat.write(notebook, made / f"{name}.ipynb")
    if submission.timestamp:
        (made / "timestamp.txt").write_text(f"{submission.timestamp} UTC\n", "utf-8")
    os.chmod(made, stat.S_IRWXU | stat.S_IRGRP | stat.S_IXGRP)
    if target.exists():
        shutil.rmtree(target)
    made.rename(target)
