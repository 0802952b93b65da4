"""The class's answers to one written question: what was written, what it has got so far."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbgrader.api import Comment, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook

from autograder.course_folder import Course
from autograder.pages.exercises import Cell, Exercise, exercises_of, flags_of, is_own
from autograder.reading.kept import ticks_of
from autograder.reading.questions import Question
from autograder.roster.store import ClassMember, class_of
from course.notebook_format import CODE_STUB, TEXT_STUB

STUBS = (CODE_STUB, TEXT_STUB)


@dataclass(frozen=True)
class Mark:
    """nbgrader's row of one answer: points and comment, and whether a person has yet to look."""

    grade: str  # nbgrader's id of the grade
    submission: str  # and of the submitted notebook
    student: str
    points: float | None
    waiting: bool
    comment: str

    @property
    def is_read(self) -> bool:
        """Points were given, and the work has not changed since."""
        return self.points is not None and not self.waiting


@dataclass(frozen=True)
class Answer:
    """One student's answer. `cells` are the student's own, untrusted."""

    mark: Mark
    member: ClassMember
    cells: tuple[Cell, ...]
    is_written: bool
    ticks: Mapping[str, float] = field(default_factory=dict)

    @property
    def work(self) -> str:
        """A fingerprint of what was written: points belong to it."""
        text = json.dumps([cell["source"] for cell in self.cells])
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def words(self) -> int:
        """How long it is, where anything was written."""
        written = self.cells if self.is_written else ()
        return sum(len(str(cell["source"]).split()) for cell in written)


def read_marks(gradebook: Gradebook, question: Question, grade: str | None = None) -> list[Mark]:
    """What everybody's answer has got, or that of one grade alone."""
    query = (
        gradebook.db.query(Grade, SubmittedNotebook.id, SubmittedAssignment.student_id)
        .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .filter(Grade.cell_id == question.cell_id)
    )
    rows = query.filter(Grade.id == grade).all() if grade is not None else query.all()
    said = _comments(gradebook, question)
    return [_mark(row, book, student, said.get(book, "")) for row, book, student in rows]


def _mark(row: Any, book: str, student: str, comment: str) -> Mark:
    points = row.manual_score if row.manual_score is not None else row.auto_score
    return Mark(row.id, book, student, points, bool(row.needs_manual_grade), comment)


def _comments(gradebook: Gradebook, question: Question) -> dict[str, str]:
    rows = gradebook.db.query(Comment).filter(Comment.cell_id == question.cell_id)
    return {row.notebook_id: row.manual_comment or row.auto_comment or "" for row in rows}


def of_sections(
    gradebook: Gradebook, marks: Iterable[Mark], sections: Collection[str] | None
) -> list[tuple[Mark, ClassMember]]:
    """The marks of those who are in the course and in one of the sections; None is everybody."""
    members = class_of(gradebook)
    return [
        (mark, members[mark.student])
        for mark in marks
        if mark.student in members
        and (sections is None or members[mark.student].section in sections)
    ]


def read_answers(
    course: Course,
    gradebook: Gradebook,
    question: Question,
    sections: Collection[str] | None = None,
    grade: str | None = None,
) -> list[Answer]:
    """The answers to a question, or that of one grade, in an order that does not tell who wrote.

    Who has no judged notebook (in a review, say) is left out: there is nothing to be read.
    """
    ticks = ticks_of(gradebook)
    found = []
    for mark, member in of_sections(gradebook, read_marks(gradebook, question, grade), sections):
        cells = written_cells(course, question, mark.student)
        if cells is not None:
            kept, sum_then = ticks.get(mark.grade, ({}, None))
            mine = kept if sum_then == mark.points else {}
            found.append(Answer(mark, member, *cells, ticks=mine))
    return sorted(found, key=lambda answer: _shuffled(question, answer.mark.student))


def _shuffled(question: Question, student: str) -> bytes:
    return hashlib.sha256(f"{question.cell} {student}".encode()).digest()


# ------------------------------------------------------------------------------------ the notebook
def written_cells(
    course: Course, question: Question, student: str
) -> tuple[tuple[Cell, ...], bool] | None:
    """A student's cells that answer a question, and whether anything was written in them.

    None where there is no judged notebook that can be read.
    """
    folder = course.folder("autograded", question.week, student)
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        return _answer_in(_cells(folder / f"{question.notebook}.ipynb"), question.cell)
    return None


def text_above(course: Course, question: Question, student: str) -> str:
    """The instructor's text above a cell that is answered in place, from a student's notebook."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        folder = course.folder("autograded", question.week, student)
        for exercise in exercises_of(_cells(folder / f"{question.notebook}.ipynb")):
            if any(flags_of(cell).get("grade_id") == question.cell for cell in exercise.answers):
                return "\n\n".join(cell["source"] for cell in exercise.texts)
    return ""


def _cells(path: Path) -> list[Cell]:
    cells = json.loads(path.read_bytes())["cells"]
    for cell in cells:
        if not isinstance(cell["source"], str):  # nbgrader's own commands store lists of lines
            cell["source"] = "".join(cell["source"])
    return cells


def _answer_in(cells: list[Cell], name: str) -> tuple[tuple[Cell, ...], bool]:
    for exercise in exercises_of(cells):
        for cell in exercise.answers:
            if flags_of(cell).get("grade_id") == name:
                return _answer(exercise, cell)
    return (), False


def _answer(exercise: Exercise, cell: Cell) -> tuple[tuple[Cell, ...], bool]:
    """A task's answer stands below it; a cell that is answered in place is the answer."""
    if not flags_of(cell).get("task"):
        return (cell, *exercise.own), not any(stub in cell["source"] for stub in STUBS)
    reply = (exercise.reply,) if exercise.reply else ()
    is_written = bool(exercise.own) or any(is_own(one) and one["source"].strip() for one in reply)
    return (*reply, *exercise.own), is_written
