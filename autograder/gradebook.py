"""nbgrader's gradebook, opened with patience: other programs write to it too."""

from __future__ import annotations

import contextlib
import time
import warnings
from collections.abc import Callable, Iterator
from typing import TypeVar

from nbgrader.api import Gradebook, InvalidEntry
from sqlalchemy.exc import OperationalError, SAWarning

from autograder.course_folder import Course
from autograder.errors import UserError

WAITS = (1, 2, 4, 8)  # seconds between tries; SQLite itself waits five at every try
CLOSE_IT = (
    "Close the program that holds it (the formgrader, or another command), or make room on the "
    "disk, and run the command again: what was recorded before is kept."
)
Result = TypeVar("Result")

# nbgrader 0.9.6 builds a new submission in an order that SQLAlchemy 2.1 remarks on; it is harmless
warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader.api")


@contextlib.contextmanager
def open_gradebook(course: Course) -> Iterator[Gradebook]:
    """The gradebook of a course, open for as long as it is needed.

    Raises:
        UserError: another program holds it for good.
    """
    gradebook = patiently(lambda: Gradebook(course.db_url, course.coursedir.course_id))
    with gradebook:
        yield gradebook


def patiently(attempt: Callable[[], Result], undo: Callable[[], None] = lambda: None) -> Result:
    """Try until the gradebook is free, for about half a minute.

    Args:
        attempt: what to do; done again as a whole.
        undo: called after each attempt that failed.

    Raises:
        UserError: another program holds the gradebook, or the disk is full.
    """
    for wait in (*WAITS, None):
        try:
            return attempt()
        except (OperationalError, InvalidEntry) as error:
            undo()
            cause = _operational(error)
            if cause is None:
                raise
            if wait is None:
                raise UserError(
                    f"The gradebook cannot be used: {cause.orig}.",
                    CLOSE_IT,
                ) from error
            time.sleep(wait)
    raise AssertionError("the last try returns or raises")


def _operational(error: BaseException) -> OperationalError | None:
    """The trouble of the database behind an error: nbgrader raises InvalidEntry in its place."""
    found: BaseException | None = error
    while found is not None and not isinstance(found, OperationalError):
        found = found.__context__
    return found
