"""Due dates into the gradebook, and penalties by them: no student's code runs for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nbgrader.api import Assignment, Gradebook, SubmittedAssignment, SubmittedNotebook

from autograder.course_folder import Course
from autograder.deadlines.course_toml import FILE, Deadlines, read_deadlines
from autograder.deadlines.late_policy import (
    Charge,
    TermLatePolicy,
    charge,
    earlier_seconds,
    slipped_before,
)
from autograder.errors import Refused, UserError
from autograder.gradebook import patiently
from autograder.roster.ids import KnownIds
from autograder.roster.store import class_of
from autograder.voided import counted_notebook, read_voids

NOTHING = Charge()
CENT = 0.005  # points closer than this are the same


@dataclass(frozen=True)
class Lateness:
    """How late one submission is, and what that costs."""

    seconds: float = 0.0
    penalty: float = 0.0
    known: bool = True  # when it arrived; else nobody can say that it is late
    charge: Charge = NOTHING


def settle(
    course: Course,
    gradebook: Gradebook,
    week: str,
    arrived: Mapping[str, datetime | None] | None = None,
    students: Collection[str] | None = None,
) -> dict[str, Lateness]:
    """Write the dates of course.toml, then what lateness costs in a week by them.

    Args:
        course: the course.
        gradebook: open.
        week: the assignment.
        arrived: when each student's submission came, in UTC without zone, where that is read anew.
        students: these alone, after the file was once settled for everybody; None: everybody.

    Raises:
        UserError: course.toml cannot be used, or another program holds the gradebook.
    """
    deadlines = read_deadlines(course)
    return patiently(
        lambda: _settle(course, gradebook, week, deadlines, arrived or {}, students),
        gradebook.db.rollback,
    )


def _settle(
    course: Course, gradebook: Gradebook, week: str, deadlines: Deadlines,
    arrived: Mapping[str, datetime | None], students: Collection[str] | None,
) -> dict[str, Lateness]:  # fmt: skip
    _write_dates(gradebook, deadlines, students)
    submissions = _submissions(gradebook, week, students)
    for submission in submissions:
        if submission.student_id in arrived:
            submission.timestamp = arrived[submission.student_id]
    gradebook.db.flush()
    penalties = _Penalties(course, gradebook, week, deadlines)
    found = {one.student_id: penalties.lateness(one) for one in submissions}
    gradebook.db.commit()
    return found


def _submissions(
    gradebook: Gradebook, week: str, students: Collection[str] | None
) -> list[SubmittedAssignment]:
    query = (
        gradebook.db.query(SubmittedAssignment)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .filter(Assignment.name == week)
    )
    if students is not None:
        query = query.filter(SubmittedAssignment.student_id.in_(students))
    return query.all()


# ------------------------------------------------------------------------------------ dates
def _write_dates(
    gradebook: Gradebook, deadlines: Deadlines, students: Collection[str] | None
) -> None:
    members = class_of(gradebook, dropped=True, students=students)
    if students is None:
        known = KnownIds(frozenset(members), any(one.entered for one in members.values()))
        _refuse_strangers(deadlines, known, {one.section for one in members.values()})
    for assignment in gradebook.db.query(Assignment).filter(Assignment.name.in_(deadlines.due)):
        assignment.duedate = deadlines.due[assignment.name]
        for submission in _submissions(gradebook, assignment.name, students):
            student = submission.student_id
            section = members[student].section
            submission.extension = deadlines.extension(assignment.name, student, section)
    gradebook.db.flush()


def _refuse_strangers(deadlines: Deadlines, known: KnownIds, sections: Iterable[str]) -> None:
    """Raise UserError for an extension of nobody: it would silently be worth nothing."""
    named = [(one.line, one.student) for one in deadlines.extensions if one.student]
    named += [(one.line, one.student) for one in deadlines.accommodations]
    for line, student in named:
        if known.ids and student not in known.ids and (known.complete or known.like(student)):
            raise UserError(f"{FILE}, line {line}: {_stranger(known, student)}")
    for one in deadlines.extensions:
        if one.section and one.section not in sections:
            there = ", ".join(sorted(filter(None, sections))) or "none was entered"
            raise UserError(
                f"{FILE}, line {one.line}: there is no section '{one.section}'.",
                f"Sections of the class: {there}.",
            )


def _stranger(known: KnownIds, student: str) -> str:
    try:
        meant, _ = known.resolve(student)
    except Refused:
        return f"the class has no student '{student}'. See `autograder students list`."
    return f"the class has no student '{student}'. Did you mean {meant}?"


# ------------------------------------------------------------------------------------ penalties
class _Penalties:
    """nbgrader's own preprocessor for penalties, on a gradebook that is open."""

    def __init__(
        self, course: Course, gradebook: Gradebook, week: str, deadlines: Deadlines
    ) -> None:
        self.policy, self.gradebook, self.week = deadlines.policy, gradebook, week
        from nbgrader.preprocessors import AssignLatePenalties  # and with it nbconvert

        self.nbgrader = AssignLatePenalties(config=course.config)
        self.nbgrader.gradebook, self.nbgrader.assignment_id = gradebook, week
        self.nbgrader.init_plugin()
        self.plugin: Any = self.nbgrader.plugin_inst
        self.voids = read_voids(gradebook, week)
        if isinstance(self.plugin, TermLatePolicy):
            self.plugin.deadlines = deadlines  # of this course, wherever the command was started
        column = SubmittedNotebook.late_submission_penalty
        rows = gradebook.db.query(SubmittedNotebook.assignment_id).filter(column > 0)
        self.penalised = {submission for (submission,) in rows}
        if self.policy is not None and not isinstance(self.plugin, TermLatePolicy):
            raise UserError(
                f"{FILE} has a late policy, and nbgrader_config.py another plug-in.",
                "Add there: c.AssignLatePenalties.plugin_class = "
                "'autograder.deadlines.late_policy.TermLatePolicy'",
            )

    def lateness(self, submission: SubmittedAssignment) -> Lateness:
        """Write the penalty of each notebook where it has changed; what it is in all."""
        seconds, known = submission.total_seconds_late, submission.timestamp is not None
        if not seconds and submission.id not in self.penalised:
            return Lateness(known=known)
        total = 0.0
        for notebook in submission.notebooks:
            penalty = self.penalty(submission.student_id, notebook, seconds) if seconds else None
            if abs((notebook.late_submission_penalty or 0.0) - (penalty or 0.0)) > CENT:
                notebook.late_submission_penalty = penalty
            total += notebook.late_submission_penalty or 0.0
        return Lateness(seconds, total, known, self.charge(submission.student_id, seconds))

    def penalty(self, student: str, notebook: Any, seconds: float) -> float | None:
        self.nbgrader.notebook_id, self.nbgrader.student_id = notebook.name, student
        score, _ = counted_notebook(notebook, self.voids)
        penalty = self.plugin.late_submission_penalty(student, score, seconds)
        return None if penalty is None else min(max(penalty, 0.0), score)

    def charge(self, student: str, seconds: float) -> Charge:
        if self.policy is None or not seconds:
            return NOTHING
        before = slipped_before(self.policy, earlier_seconds(self.gradebook, self.week, student))
        return charge(self.policy, seconds, before)
