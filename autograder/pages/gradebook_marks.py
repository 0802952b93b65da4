"""What the gradebook says about a week, read for the whole class in a few queries."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    SolutionCell,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)

from autograder.pages.marks import Mark, Marks
from autograder.stages.old_comments import is_old, old_texts
from autograder.voided import counted_points, read_voids

Key = tuple[str, str]  # student, notebook


def read_marks(
    gradebook: Gradebook, week: str, students: Collection[str] | None = None
) -> dict[Key, Marks]:
    """The marks of a week's submissions, all or those of some, by student and notebook."""
    cells = _cells(gradebook, week)
    voids = read_voids(gradebook, week)
    marks: dict[Key, dict[str, Mark]] = {}
    comments: dict[Key, dict[str, str]] = {}
    penalties = _penalties(gradebook, week, students)
    shown = (Grade.auto_score, Grade.manual_score, Grade.extra_credit, Grade.needs_manual_grade)
    for who, notebook, cell, *values in _rows(gradebook, week, students, Grade, shown):
        mark = _as_counted(_mark(cells[cell], *values), values[2], voids.get(cells[cell].name, ""))
        marks.setdefault((who, notebook), {})[cells[cell].name] = mark
    said = (Comment.id, Comment.auto_comment, Comment.manual_comment)
    old, outdated = old_texts(gradebook.db), dict[Key, list[str]]()
    for who, notebook, cell, number, auto, manual in _rows(
        gradebook, week, students, Comment, said
    ):
        if is_old(number, manual, old):
            outdated.setdefault((who, notebook), []).append(cells[cell].name)
        if text := (manual if manual is not None else auto):
            comments.setdefault((who, notebook), {})[cells[cell].name] = text
    return {
        (who, notebook): Marks(
            who, week, notebook, marks.get((who, notebook), {}), comments.get((who, notebook), {}),
            penalty, tuple(outdated.get((who, notebook), ())),
        )
        for (who, notebook), penalty in penalties.items()
    }  # fmt: skip


def _mark(cell: _Cell, auto: float | None, manual: float | None, extra: float | None,
          needs_manual: bool) -> Mark:  # fmt: skip
    """nbgrader's own sum: what a person gave, else what the check gave, and extra credit on top."""
    given = manual if manual is not None else auto
    points = 0.0 if given is None else given + (extra or 0.0)
    return Mark(
        points, cell.most, manual is not None, given is None and bool(needs_manual),
        cell.checked and given is None, cell.checked, manual is not None and bool(needs_manual),
    )  # fmt: skip


def _as_counted(mark: Mark, extra: float | None, how: str) -> Mark:
    """The mark of a cell that may be void: nobody reads or doubts it, and a review stays one."""
    if not how:
        return mark
    points, most = counted_points(mark.points, mark.most, extra or 0.0, how)
    return Mark(points, most, unjudged=mark.unjudged, checked=True, void=how)


@dataclass(frozen=True)
class _Cell:
    """A cell of the week as the gradebook knows it."""

    name: str
    most: float
    checked: bool  # a check gives the points, not a person


def _cells(gradebook: Gradebook, week: str) -> dict[str, _Cell]:
    """The week's cells, by the gradebook's own id."""

    def of_week(*columns: Any, kind: Any = BaseCell) -> list:
        return (
            gradebook.db.query(kind.id, *columns)
            .join(Notebook, Notebook.id == kind.notebook_id)
            .join(Assignment, Assignment.id == Notebook.assignment_id)
            .filter(Assignment.name == week)
            .all()
        )

    points = {**dict(of_week(TaskCell.max_score, kind=TaskCell)),
              **dict(of_week(GradeCell.max_score, kind=GradeCell))}  # fmt: skip
    code = {cell for cell, kind in of_week(GradeCell.cell_type, kind=GradeCell) if kind == "code"}
    answers = of_week(SolutionCell.name, SolutionCell.notebook_id, kind=SolutionCell)
    answered = {(name, notebook) for _, name, notebook in answers}
    return {
        cell: _Cell(name, float(points.get(cell) or 0.0),
                    cell in code and (name, notebook) not in answered)
        for cell, name, notebook in of_week(BaseCell.name, BaseCell.notebook_id)
    }  # fmt: skip


def _rows(
    gradebook: Gradebook, week: str, students: Collection[str] | None, kind: Any, shown: tuple
) -> Any:
    """Student, notebook, cell and some columns of grades or comments."""
    query = (
        gradebook.db.query(SubmittedAssignment.student_id, Notebook.name, kind.cell_id, *shown)
        .select_from(kind)
        .join(SubmittedNotebook, SubmittedNotebook.id == kind.notebook_id)
    )
    return _of_the_week(query, week, students)


def _penalties(
    gradebook: Gradebook, week: str, students: Collection[str] | None
) -> dict[Key, float]:
    """What a late submission cost, for each notebook that was handed in."""
    query = gradebook.db.query(
        SubmittedAssignment.student_id, Notebook.name, SubmittedNotebook.late_submission_penalty
    ).select_from(SubmittedNotebook)
    rows = _of_the_week(query, week, students)
    return {(who, notebook): float(penalty or 0.0) for who, notebook, penalty in rows}


def _of_the_week(query: Any, week: str, students: Collection[str] | None) -> Any:
    query = (
        query.join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .filter(Assignment.name == week)
    )
    if students is None:
        return query
    return query.filter(SubmittedAssignment.student_id.in_(students))
