"""Feedback for a week: nbgrader's own HTML, one page a student, made in several processes.

The gradebook keeps no time of a grade. So it is remembered, by hash, what a page was made from: the
judged notebook, the scores, points given by hand, and comments. A page is made again when that has
changed.
"""

from __future__ import annotations

import hashlib
import json
import logging
import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import Assignment, Comment, Grade, SubmittedAssignment, SubmittedNotebook
from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from autograder.course_folder import open_course
from autograder.errors import UserError
from autograder.gradebook import open_gradebook
from autograder.light_imports import import_jsonschema
from autograder.stored import write_atomically
from autograder.week import Week

SHOWN = {
    Grade: (Grade.auto_score, Grade.manual_score, Grade.extra_credit, Grade.needs_manual_grade),
    Comment: (Comment.auto_comment, Comment.manual_comment),
}  # what a page shows from each table


@dataclass(frozen=True)
class Feedback:
    """The pages that were written, and the students for whom none could be."""

    week: str
    pages: tuple[Path, ...]
    failed: tuple[str, ...] = field(default=())


def write_feedback(
    week: Week,
    workers: int = 1,
    done: Callable[[str], None] = lambda _: None,
    force: bool = False,
) -> Feedback:
    """Write feedback/STUDENT/WEEK for every graded submission whose page is missing or outdated.

    Args:
        week: whose pages.
        workers: processes.
        done: called with each student's id as the pages are finished.
        force: write every page.

    Raises:
        UserError: nothing has been graded.
    """
    root, name = week.course.root, week.name
    graded = sorted(
        path.parent.name for path in (root / "autograded").glob(f"*/{name}") if path.is_dir()
    )
    if not graded:
        raise UserError(
            f"Nothing of '{name}' has been graded yet.", f"Run `autograder grade {name}` first."
        )
    shows = _what_pages_show(week, graded)
    known = {} if force else _remembered(week)
    stale = [
        student
        for student in graded
        if known.get(student) != shows[student]
        or not any(week.folder("feedback", student).glob("*.html"))
    ]
    failed = []
    try:
        for student, ok in _in_parallel(week, stale, workers):
            failed += [] if ok else [student]
            known |= {student: shows[student]} if ok else {}
            done(student)
    finally:
        _remember(week, known)
    pages = tuple(sorted((root / "feedback").glob(f"*/{name}/*.html")))
    return Feedback(name, pages, tuple(failed))


def _in_parallel(week: Week, students: list[str], workers: int) -> Iterator[tuple[str, bool]]:
    if not students:
        return
    context = multiprocessing.get_context("spawn")
    count = min(workers, len(students))
    with ProcessPoolExecutor(count, mp_context=context, initializer=import_jsonschema) as pool:
        work = pool.map(_one, [(str(week.course.root), week.name, student) for student in students])
        yield from zip(students, work, strict=True)


# ------------------------------------------------------------------------------------ what is new
def _what_pages_show(week: Week, students: list[str]) -> dict[str, str]:
    """By student, the hash of everything that the page shows."""
    rows: dict[str, list[str]] = {student: [] for student in students}
    with open_gradebook(week.course) as gradebook:
        for kind, shown in SHOWN.items():
            query = (
                gradebook.db.query(SubmittedAssignment.student_id, kind.cell_id, *shown)
                .join(SubmittedNotebook, SubmittedNotebook.id == kind.notebook_id)
                .join(
                    SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id
                )
                .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
                .filter(Assignment.name == week.name)
            )
            for student, *values in query:
                rows.setdefault(student, []).append(repr(values))
    return {student: _hash(week, student, sorted(rows[student])) for student in students}


def _hash(week: Week, student: str, rows: list[str]) -> str:
    digest = hashlib.sha256("\n".join(rows).encode())
    for path in sorted(week.folder("autograded", student).glob("*.ipynb")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _memory(week: Week) -> Path:
    return week.course.state / "feedback" / f"{week.name}.json"


def _remembered(week: Week) -> dict[str, str]:
    """The hashes of the pages as they were written; none when there is no such file, or no JSON."""
    try:
        return dict(json.loads(_memory(week).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _remember(week: Week, known: dict[str, str]) -> None:
    write_atomically(_memory(week), json.dumps(known))


def _one(task: tuple[str, str, str]) -> bool:
    root, week, student = task
    course = open_course(root)
    coursedir = CourseDirectory(
        config=course.config, root=root, assignment_id=week, student_id=student
    )
    quiet = logging.Logger("generate_feedback", logging.CRITICAL)
    converter = GenerateFeedback(coursedir=coursedir, config=course.config, log=quiet)
    converter.force = True
    try:
        converter.start()
    except NbGraderException:
        return False
    return True
