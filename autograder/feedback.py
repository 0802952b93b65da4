"""Feedback for a week: nbgrader's own HTML, one page a student, made in several processes."""

from __future__ import annotations

import logging
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from autograder.courses import Course, open_course
from autograder.errors import UserError


@dataclass(frozen=True)
class Feedback:
    """The pages that were written, and the students for whom none could be."""

    week: str
    pages: tuple[Path, ...]
    failed: tuple[str, ...] = field(default=())


def write_feedback(
    course: Course, week: str, workers: int = 1, done: Callable[[str], None] = lambda _: None
) -> Feedback:
    """Write feedback/STUDENT/WEEK for every graded submission that has none newer than its grade.

    Args:
        course: the course.
        week: the assignment.
        workers: processes.
        done: called with each student's id as the pages are finished.

    Raises:
        UserError: nothing has been graded.
    """
    graded = sorted(
        path.parent.name for path in (course.root / "autograded").glob(f"*/{week}") if path.is_dir()
    )
    if not graded:
        raise UserError(
            f"Nothing of '{week}' has been graded yet.", f"Run `autograder grade {week}` first."
        )
    stale = [student for student in graded if _is_stale(course, week, student)]
    failed = []
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max(1, min(workers, len(stale))), mp_context=context) as pool:
        work = pool.map(_one, [(str(course.root), week, student) for student in stale])
        for student, ok in zip(stale, work, strict=True):
            failed += [] if ok else [student]
            done(student)
    pages = tuple(sorted((course.root / "feedback").glob(f"*/{week}/*.html")))
    return Feedback(week, pages, tuple(failed))


def _is_stale(course: Course, week: str, student: str) -> bool:
    pages = list(course.folder("feedback", week, student).glob("*.html"))
    notebooks = list(course.folder("autograded", week, student).glob("*.ipynb"))
    if not pages:
        return True
    return max(map(_written, notebooks), default=0) > min(map(_written, pages))


def _written(path: Path) -> float:
    return path.stat().st_mtime


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
