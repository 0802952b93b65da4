"""Exercises added or removed after a class has handed in: the gradebook follows the notebook.

nbgrader refuses that, because points may be lost. Here it is done on demand: what is new gets an
empty place in every submission, what is gone is removed, and who loses points by hand is said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from nbgrader.api import (
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    Notebook,
    SolutionCell,
    SourceCell,
    TaskCell,
)

from autograder.errors import UserError
from autograder.gradebook import open_gradebook, patiently
from autograder.model import NotebookTemplate, TemplateCell
from autograder.roster.store import has_gradebook
from autograder.week import Week

KINDS = (GradeCell, SolutionCell, TaskCell, SourceCell)


@dataclass(frozen=True)
class Revision:
    """How the cells of a week differ from those that were handed in.

    by_hand : how many points of a person's stand at cells that are gone
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    by_hand: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)


def revision_of(week: Week) -> Revision:
    """How the notebooks in source/ differ from the gradebook's, where something was handed in."""
    if not has_gradebook(week.course):
        return Revision()
    with open_gradebook(week.course) as gradebook:
        return _sum(_difference(gradebook, week, one) for one in week.notebooks)


def refuse_revision(week: Week) -> None:
    """Raise UserError where exercises were added or removed after submissions."""
    found = revision_of(week)
    if found:
        lost = f" {found.by_hand} points given by hand go with them." if found.by_hand else ""
        raise UserError(
            f"{week.name} has submissions, and its cells are others now: {_words(found)}.",
            f"If that is meant: `autograder release {week.name} --revise`.{lost} A check that was "
            "broken is better made void: `autograder void CHECK --drop`.",
        )


def revise(week: Week) -> Revision:
    """Bring the gradebook's cells in line with source/; every submission is to be graded again.

    Raises:
        UserError: another program holds the gradebook; nothing was changed.
    """
    if not has_gradebook(week.course):
        return Revision()
    with open_gradebook(week.course) as gradebook:
        return patiently(lambda: _revise(gradebook, week), gradebook.db.rollback)


def _revise(gradebook: Gradebook, week: Week) -> Revision:
    found = []
    for template in week.notebooks:
        found.append(_difference(gradebook, week, template))
        if found[-1]:
            notebook = gradebook.find_notebook(template.name, week.name)
            _remove(gradebook, notebook, template)
            _add(gradebook, notebook, template)
    gradebook.db.commit()
    return _sum(found)


def _sum(found: Iterable[Revision]) -> Revision:
    every = list(found)
    return Revision(
        tuple(name for one in every for name in one.added),
        tuple(name for one in every for name in one.removed),
        sum(one.by_hand for one in every),
    )


def _words(found: Revision) -> str:
    parts = [f"added {', '.join(found.added)}"] if found.added else []
    parts += [f"removed {', '.join(found.removed)}"] if found.removed else []
    return "; ".join(parts)


# ------------------------------------------------------------------------------------ cells
def _kinds_of(cell: TemplateCell) -> set[type]:
    """The rows that nbgrader keeps of a cell."""
    found = {
        kind
        for kind, holds in ((GradeCell, cell.grade), (SolutionCell, cell.solution),
                            (TaskCell, cell.task))
        if holds
    }  # fmt: skip
    return found | ({SourceCell} if found or cell.locked else set())


def _wanted(template: NotebookTemplate, kind: type) -> dict[str, TemplateCell]:
    cells = (cell for cell in template.cells if cell.grade_id and kind in _kinds_of(cell))
    return {str(cell.grade_id): cell for cell in cells}


def _rows(notebook: Notebook, kind: type) -> dict[str, Any]:
    rows = {
        GradeCell: notebook.grade_cells, SolutionCell: notebook.solution_cells,
        TaskCell: notebook.task_cells, SourceCell: notebook.source_cells,
    }[kind]  # fmt: skip
    return {row.name: row for row in rows}


def _difference(gradebook: Gradebook, week: Week, template: NotebookTemplate) -> Revision:
    try:
        notebook = gradebook.find_notebook(template.name, week.name)
    except MissingEntry:
        return Revision()
    if not notebook.submissions:
        return Revision()
    added: dict[str, None] = {}
    removed: dict[str, None] = {}
    for kind in KINDS:
        wanted, there = _wanted(template, kind), _rows(notebook, kind)
        added |= dict.fromkeys(name for name in wanted if name not in there)
        removed |= dict.fromkeys(name for name in there if name not in wanted)
    return Revision(tuple(added), tuple(removed), _by_hand(gradebook, notebook, set(removed)))


def _by_hand(gradebook: Gradebook, notebook: Notebook, removed: set[str]) -> int:
    ids = [cell.id for cell in (*notebook.grade_cells, *notebook.task_cells)
           if cell.name in removed]  # fmt: skip
    query = gradebook.db.query(Grade).filter(Grade.cell_id.in_(ids))
    return query.filter(Grade.manual_score.is_not(None)).count()


def _remove(gradebook: Gradebook, notebook: Notebook, template: NotebookTemplate) -> None:
    session = gradebook.db
    for kind in KINDS:
        wanted = _wanted(template, kind)
        for name, row in _rows(notebook, kind).items():
            if name in wanted:
                continue
            for of_students in () if kind is SourceCell else (Grade, Comment):
                for one in session.query(of_students).filter(of_students.cell_id == row.id):
                    session.delete(one)
            session.flush()
            session.delete(row)
    session.flush()


def _add(gradebook: Gradebook, notebook: Notebook, template: NotebookTemplate) -> None:
    session = gradebook.db
    for kind in KINDS:
        there = _rows(notebook, kind)
        for name, cell in _wanted(template, kind).items():
            if name in there:
                continue
            row = kind(name=name, notebook=notebook, **_details(kind, cell))
            session.add(row)
            session.flush()
            for submission in notebook.submissions:
                for of_students in _of_students(kind):
                    session.add(of_students(cell_id=row.id, notebook=submission))
    session.flush()


def _of_students(kind: type) -> tuple[type, ...]:
    return {GradeCell: (Grade,), SolutionCell: (Comment,), TaskCell: (Grade, Comment)}.get(kind, ())


def _details(kind: type, cell: TemplateCell) -> dict[str, object]:
    if kind is SolutionCell:
        return {}
    if kind is SourceCell:
        return {"cell_type": cell.kind, "source": cell.source, "locked": cell.locked}
    return {"max_score": cell.points, "cell_type": cell.kind}
