"""`autograder`: release, grade, feedback, report, prove; in the words of nbgrader.

The commands stand in `adoption`, `authoring`, `lms`, `grading` and `machine`; importing them
registers them.
"""

from __future__ import annotations

import atexit
import errno
import gc
import logging
import os
import sys
from pathlib import Path

from rich.markup import escape

from autograder.cli import adoption, authoring, disputes, grading, lms, machine  # noqa: F401
from autograder.cli.options import EXIT_ERROR, app
from autograder.cli.screen import err
from autograder.errors import GraderFault, UserError

# nbgrader starts `alembic` by name when it makes a gradebook: let it find the one beside us
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"

WORK_ON_A_COPY = "Make it writable for this user, or work on a copy of the course."
MAKE_ROOM = "Make room, then run the command again."
IS_IT_WHOLE = (
    "Is it this course's gradebook.db, complete, and writable for this user? Copy it aside before "
    "you repair or replace it; releasing the weeks makes a new one."
)
DISK_REMEDIES = {
    errno.EACCES: WORK_ON_A_COPY, errno.EPERM: WORK_ON_A_COPY, errno.EROFS: WORK_ON_A_COPY,
    errno.ENOSPC: MAKE_ROOM, errno.EDQUOT: MAKE_ROOM,
}  # fmt: skip


def main() -> None:
    """Entry point: a UserError is one sentence and exit code 1, never a traceback."""
    logging.disable(logging.WARNING)
    # nbgrader's imports make objects by the hundred thousand, and all of them stay: looking through
    # them for garbage, again and again and once more at the end, was a third of a short command
    gc.set_threshold(100_000)
    atexit.register(gc.freeze)
    # nbgrader logs a traceback for each database error before it raises; we say it in a sentence
    logging.getLogger("tornado.application").setLevel(logging.CRITICAL)
    try:
        app()
    except (UserError, GraderFault) as error:
        err.print(f"[bold red]autograder:[/] {escape(str(error))}", soft_wrap=True)
        raise SystemExit(EXIT_ERROR) from None
    except OSError as error:
        remedy = DISK_REMEDIES.get(error.errno or 0)
        if remedy is None:
            raise
        place = escape(str(error.filename or "A file"))
        err.print(
            f"[bold red]autograder:[/] {place} cannot be written: {error.strerror}. {remedy} "
            "What was finished before is kept.",
            soft_wrap=True,
        )
        raise SystemExit(EXIT_ERROR) from None
    except KeyboardInterrupt:
        err.print("Stopped. What was graded is kept; the same command goes on from there.")
        raise SystemExit(130) from None
    except Exception as error:
        from sqlalchemy.exc import DatabaseError  # a tenth of a second that no other end needs

        if not isinstance(error, DatabaseError):
            raise
        from autograder.gradebook import CLOSE_IT  # and with it nbgrader

        remedy = CLOSE_IT if "locked" in str(error.orig) else IS_IT_WHOLE
        err.print(
            f"[bold red]autograder:[/] The gradebook does not work: {escape(str(error.orig))}. "
            f"{remedy}",
            soft_wrap=True,
        )
        raise SystemExit(EXIT_ERROR) from None


if __name__ == "__main__":
    main()
