"""Give points and a comment to one answer: nbgrader's manual score and manual comment."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nbgrader.api import Comment, Grade, Gradebook

from autograder.course_folder import Course
from autograder.errors import UserError
from autograder.reading.answers import Answer, Mark, read_answers
from autograder.reading.kept import keep_ticks
from autograder.reading.questions import Question

MOST_COMMENT = 20_000  # characters


class Outdated(UserError):
    """What the reader saw is no longer so: the answer, the points or the comment has changed."""


@dataclass(frozen=True)
class Given:
    """What a reader gives, and what stood there when it was given. `points` None: not read yet."""

    points: float | None
    comment: str
    ticks: Mapping[str, float]
    seen_points: float | None
    seen_comment: str
    seen_work: str

    @classmethod
    def from_body(cls, body: Any) -> Given:
        """Read a request's body.

        Raises:
            UserError: it is not of that form.
        """
        try:
            seen, ticks = body["seen"], body["ticks"]
            return cls(
                _number(body["points"]), _text(body["comment"]),
                {str(key): float(value) for key, value in ticks.items()},
                _number(seen["points"]), _text(seen["comment"]), _text(seen["work"]),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError, AttributeError):
            raise UserError(
                "This is no mark: points, comment, ticks and seen are needed."
            ) from None


def _number(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    return float(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def give(
    course: Course, gradebook: Gradebook, question: Question, grade: str, given: Given, reader: str
) -> Answer:
    """Write what was given; returns the answer as it is then.

    Raises:
        UserError: no such answer, or points that the question does not have.
        Outdated: something has changed since the reader saw it; nothing was written.
    """
    before = answer_of(course, gradebook, question, grade)
    _refuse_outdated(before, given)
    _refuse_odd(question, given)
    row = gradebook.db.get(Grade, grade)
    row.manual_score = given.points
    row.needs_manual_grade = given.points is None and row.auto_score is None
    _comment(gradebook, question, before.mark).manual_comment = given.comment.strip() or None
    items = {item.key for item in question.rubric}
    ticks = {key: points for key, points in given.ticks.items() if key in items and points > 0}
    keep_ticks(gradebook, grade, ticks, given.points, reader)
    gradebook.db.commit()
    return answer_of(course, gradebook, question, grade)


def answer_of(course: Course, gradebook: Gradebook, question: Question, grade: str) -> Answer:
    """One answer.

    Raises:
        UserError: the question has no such answer.
    """
    for answer in read_answers(course, gradebook, question, grade=grade):
        return answer
    raise UserError("There is no such answer: was it graded again? Load the page anew.")


def _comment(gradebook: Gradebook, question: Question, mark: Mark) -> Comment:
    """nbgrader's row of the comment, which a submission of an older release may lack."""
    place = {"cell_id": question.cell_id, "notebook_id": mark.submission}
    found = gradebook.db.query(Comment).filter_by(**place).first()
    if found is None:
        found = Comment(**place)
        gradebook.db.add(found)
    return found


def _refuse_outdated(now: Answer, given: Given) -> None:
    if now.work != given.seen_work:
        raise Outdated("The answer has changed since you opened it. Read it again.")
    if now.mark.points != given.seen_points:
        points = "none" if now.mark.points is None else f"{now.mark.points:g}"
        raise Outdated(f"Somebody else has given points meanwhile: {points}.")
    if now.mark.comment.strip() != given.seen_comment.strip():
        raise Outdated("Somebody else has written a comment meanwhile.")


def _refuse_odd(question: Question, given: Given) -> None:
    points = given.points
    if points is not None and not (math.isfinite(points) and 0 <= points <= question.most):
        raise UserError(f"{points:g} points: the question gives from 0 to {question.most:g}.")
    if len(given.comment) > MOST_COMMENT:
        raise UserError(f"A comment has at most {MOST_COMMENT:,} characters.")
