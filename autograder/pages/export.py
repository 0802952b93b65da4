"""`nbgrader export` without invented numbers: where there is no score, the cells stay blank.

nbgrader's own exporter writes 0 for a submission that waits for a review and for a student who
handed nothing in; an LMS takes that for a mark. This one stands in for it by configuration
(`c.ExportApp.plugin_class`, see nbgrader_config.py), with the same columns and a remark at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, Student, SubmittedAssignment
from nbgrader.plugins import ExportPlugin

from autograder.pages.gradebook_marks import read_marks
from autograder.pages.marks import Marks
from autograder.pages.spreadsheet import write_csv
from autograder.voided import dropped_points

COLUMNS = ["assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
           "raw_score", "late_submission_penalty", "score", "max_score", "remark"]  # fmt: skip
NOTHING, REVIEW = "nothing handed in", "needs a review: no score yet"


@dataclass(frozen=True)
class Score:
    """One student's result in one week. Without a score the numbers are None, not zero."""

    student: str
    timestamp: datetime | None = None
    raw: float | None = None
    penalty: float | None = None
    score: float | None = None
    remark: str = ""


def scores_of(gradebook: Gradebook, week: str) -> dict[str, Score]:
    """The week's scores of everybody on the roster, by student, read in a few queries."""
    handed_in: dict[str, list[Marks]] = {}
    for marks in read_marks(gradebook, week).values():
        handed_in.setdefault(marks.student, []).append(marks)
    times = dict(
        gradebook.db.query(SubmittedAssignment.student_id, SubmittedAssignment.timestamp)
        .filter(SubmittedAssignment.assignment.has(name=week))
        .all()
    )
    return {
        student: _score(student, times.get(student), handed_in.get(student, []))
        for (student,) in gradebook.db.query(Student.id).order_by(Student.id)
    }


def _score(student: str, timestamp: datetime | None, notebooks: list[Marks]) -> Score:
    if not notebooks:
        return Score(student, remark=NOTHING)
    if not all(marks.has_score for marks in notebooks):
        return Score(student, timestamp, remark=REVIEW)
    unread = sum(marks.unread for marks in notebooks)
    penalty = sum(marks.late_penalty for marks in notebooks)
    raw = sum(marks.score for marks in notebooks) + penalty
    remark = f"{unread:g} points wait for a reader" if unread else ""
    return Score(student, timestamp, raw, penalty, max(0.0, raw - penalty), remark)


class BlankWithoutScore(ExportPlugin):
    """nbgrader's CSV, in which no score means no number."""

    def export(self, gradebook: Gradebook) -> None:
        """Write the CSV to `--to`, grades.csv by default."""
        target = Path(self.to or "grades.csv")
        self.log.info("Exporting grades to %s", target)
        write_csv(target, COLUMNS, self._rows(gradebook))

    def _rows(self, gradebook: Gradebook) -> Iterator[list[Any]]:
        students = {student.id: student for student in gradebook.students}
        only, weeks = set(map(str, self.student)), set(map(str, self.assignment))
        for assignment in gradebook.assignments:
            if weeks and assignment.name not in weeks:
                continue
            most = assignment.max_score - dropped_points(gradebook, assignment)
            for name, found in scores_of(gradebook, assignment.name).items():
                if not only or name in only:
                    yield _row(assignment, students[name], found, most)


def _row(assignment: Any, student: Student, found: Score, most: float) -> list[Any]:
    return [
        assignment.name, assignment.duedate, found.timestamp, student.id, student.last_name,
        student.first_name, student.email, found.raw, found.penalty, found.score,
        most, found.remark,
    ]  # fmt: skip
