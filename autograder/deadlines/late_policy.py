"""What lateness costs, as a late plug-in of nbgrader's: c.AssignLatePenalties.plugin_class.

The numbers stand in course.toml. Without [late] there, nbgrader's own plug-in decides, by
`c.LateSubmissionPlugin.penalty_method`. A day is charged as soon as it has begun; days that cost
nothing (slip days) are used up in the order in which the weeks are due.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from nbgrader.api import Assignment, SubmittedAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins.latesubmission import LateSubmissionPlugin

from autograder.course_folder import Course, course_from_config
from autograder.deadlines.course_toml import Deadlines, Policy, read_deadlines
from autograder.voided import counted_notebook, read_voids

DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Charge:
    """What a late submission is charged: days begun, days that cost nothing, per cent taken off."""

    days: int = 0
    slipped: int = 0
    percent: float = 0.0


def days_late(policy: Policy, seconds: float) -> int:
    """The days begun since a date; none within the grace."""
    return 0 if seconds <= 60 * policy.grace_minutes else math.ceil(seconds / DAY)


def charge(policy: Policy, seconds: float, slipped_before: int) -> Charge:
    """What so many seconds cost, after so many slip days were used before."""
    days = days_late(policy, seconds)
    slipped = min(days, max(0, policy.slip_days - slipped_before))
    percent = min(policy.percent_per_day * (days - slipped), policy.most_percent)
    return Charge(days, slipped, percent)


def slipped_before(policy: Policy, earlier: list[float]) -> int:
    """Slip days that a student used in earlier weeks, from the seconds late in each."""
    return min(policy.slip_days, sum(days_late(policy, seconds) for seconds in earlier))


class TermLatePolicy(LateSubmissionPlugin):
    """The policy of course.toml; nbgrader's own where the file has none."""

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """The points to take off one notebook, from 0 to its score.

        Args:
            student_id: whose it is.
            score: the points that it has, for nbgrader's own plug-in; ours counts void checks.
            total_seconds_late: since the student's own date, extension included.
        """
        policy = self.deadlines.policy
        if policy is None:
            return super().late_submission_penalty(student_id, score, total_seconds_late)
        asked: Any = self.parent  # nbgrader's AssignLatePenalties, while it works on one notebook
        gradebook, week = asked.gradebook, asked.assignment_id
        before = slipped_before(policy, earlier_seconds(gradebook, week, student_id))
        found = charge(policy, total_seconds_late, before)
        notebook = gradebook.find_submission_notebook(asked.notebook_id, week, student_id)
        score, most = counted_notebook(notebook, read_voids(gradebook, week))
        return min(score, found.percent / 100 * most)

    @cached_property
    def deadlines(self) -> Deadlines:
        """What course.toml of this course says."""
        return read_deadlines(self.course)

    @property
    def course(self) -> Course:
        return course_from_config(Path(CourseDirectory(config=self.config).root), self.config)


def earlier_seconds(gradebook: Any, week: str, student: str) -> list[float]:
    """How late a student was in each week that was due before this one."""
    due: datetime | None = gradebook.find_assignment(week).duedate
    if due is None:
        return []
    submissions = (
        gradebook.db.query(SubmittedAssignment)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .filter(SubmittedAssignment.student_id == student, Assignment.duedate < due)
    )
    return [submission.total_seconds_late for submission in submissions]
