"""Stage 5, record: write verdicts to nbgrader's gradebook. One writer; the old score goes first.

The score itself is written by nbgrader's own `SaveAutoGrades`, from the judged notebook, so that
formgrader, feedback and export see what they always see; what lateness costs is settled afterwards,
for all of a week (see `deadlines.settling`). Submissions are written in batches: one session for a
run and one commit for a batch, because a commit waits for the disk. A batch is written whole or not
at all.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from nbgrader.api import Comment, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook
from sqlalchemy.orm import joinedload

from autograder.course_folder import Course
from autograder.errors import UserError
from autograder.gradebook import patiently
from autograder.model import GradedSubmission
from autograder.notebook_files import STUDENT_ID, write_files
from autograder.stages.by_hand import Work, earlier_work, keep_by_hand, work_of
from autograder.stages.old_comments import mark_old
from autograder.week import Week

DISK_TROUBLE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG, errno.EMFILE}
# what a browser shows or saves as it is; whatever else is handed in is served as plain text
INERT = (
    ".txt", ".csv", ".tsv", ".json", ".md", ".py", ".png", ".jpg", ".jpeg", ".gif", ".npy", ".npz",
    ".pt", ".pth", ".log",
)  # fmt: skip


def record(course: Course, gradebook: Gradebook, batch: Sequence[GradedSubmission]) -> None:
    """Write a batch of submissions: folders under autograded/, then scores, in one commit.

    A folder whose name is not a student id gets no row in the gradebook, only a journal entry.

    Raises:
        UserError: the disk takes nothing more, or another program holds the gradebook; nothing of
            this batch was written to it.
    """
    batch = [judged for judged in batch if STUDENT_ID.fullmatch(judged.student)]
    before = _earlier(course, batch)
    try:
        for judged in batch:
            write_autograded(course, judged)
    except OSError as error:
        if error.errno not in DISK_TROUBLE:
            raise
        raise UserError(
            f"autograded/ cannot be written: {error.strerror}.",
            "Make room and run the command again: what was recorded before is kept.",
        ) from error
    patiently(lambda: _write_scores(course, gradebook, batch, before), gradebook.db.rollback)


# ------------------------------------------------------------------------------------ scores
Before = dict[str, dict[str, Work]]  # by student, by notebook


def _earlier(course: Course, batch: Sequence[GradedSubmission]) -> Before:
    """What each student had handed in before, as it was graded then."""
    places = {one.student: course.folder("autograded", one.week, one.student) for one in batch}
    return {student: earlier_work(place) for student, place in places.items()}


def _write_scores(
    course: Course, gradebook: Gradebook, batch: Sequence[GradedSubmission], before: Before
) -> None:
    with _one_commit(gradebook):
        _save(course, gradebook, batch, before)


@contextlib.contextmanager
def tried(
    course: Course, gradebook: Gradebook, batch: Sequence[GradedSubmission]
) -> Iterator[None]:
    """The gradebook as it would be with a batch, for as long as the context lasts.

    Raises:
        UserError: another program holds the gradebook.
    """
    batch = [judged for judged in batch if STUDENT_ID.fullmatch(judged.student)]
    session = gradebook.db
    session.commit = session.flush
    try:
        before = _earlier(course, batch)
        patiently(lambda: _save(course, gradebook, batch, before), session.rollback)
        yield
    finally:
        del session.commit
        session.rollback()


def _save(
    course: Course, gradebook: Gradebook, batch: Sequence[GradedSubmission], before: Before
) -> None:
    from autograder.stages.save_scores import save_scores  # half a second, when it is needed

    for judged in batch:
        submission = _submission(gradebook, judged)
        grades = _Grades(gradebook, submission)
        grades.clear(for_review=judged.needs_review is not None)
        for name, notebook in judged.notebooks:
            names = {"student": judged.student, "assignment": judged.week, "notebook": name}
            resources = {"nbgrader": {**names, "db_url": course.db_url}, "gradebook": grades}
            save_scores(course.config, notebook, resources)
            earlier = before.get(judged.student, {}).get(name)
            grades.keep_by_hand(name, earlier, work_of(notebook["cells"]))


@contextlib.contextmanager
def _one_commit(gradebook: Gradebook) -> Iterator[None]:
    """Turn nbgrader's many small commits into flushes, and commit once at the end."""
    session = gradebook.db
    session.commit = session.flush
    try:
        yield
    except BaseException:
        session.rollback()
        raise
    finally:
        del session.commit
    session.commit()


def _submission(gradebook: Gradebook, judged: GradedSubmission) -> SubmittedAssignment:
    gradebook.update_or_create_student(judged.student)
    details = {"timestamp": judged.timestamp} if judged.timestamp else {}
    return gradebook.update_or_create_submission(judged.week, judged.student, **details)


class _Grades:
    """What SaveAutoGrades asks a gradebook for, read for one submission in two queries."""

    def __init__(self, gradebook: Gradebook, submission: SubmittedAssignment) -> None:
        self.session = gradebook.db
        self.db = self
        self._grades = self._rows(Grade, submission)
        self._comments = self._rows(Comment, submission)
        self._waited = {key: bool(row.needs_manual_grade) for key, row in self._grades.items()}

    def _rows(self, kind: Any, submission: SubmittedAssignment) -> dict[tuple[str, str], Any]:
        query = (
            self.session.query(kind)
            .join(SubmittedNotebook)
            .filter(SubmittedNotebook.assignment_id == submission.id)
            .options(joinedload(kind.cell), joinedload(kind.notebook))
        )
        return {(row.cell.name, row.notebook.name): row for row in query}

    def commit(self) -> None:
        """SaveAutoGrades commits after every cell; here the batch does, once."""

    def clear(self, for_review: bool) -> None:
        """No automatic score survives a new verdict; a review is asked for where there is none."""
        for grade in self._grades.values():
            grade.needs_manual_grade |= for_review or grade.auto_score is not None
            grade.auto_score = None

    def keep_by_hand(self, notebook: str, before: Work | None, now: Work) -> None:
        """Points and comments of a person stay with the work that they were given to."""
        for (cell, book), grade in self._grades.items():
            if book == notebook:
                keep_by_hand(grade, cell, self._waited[cell, book], before, now)
        if before is not None:
            mark_old(self.session, self._outdated(notebook, before, now))

    def _outdated(self, notebook: str, before: Work, now: Work) -> Iterator[Comment]:
        """A person's comments on what a student has written anew."""
        for (cell, book), comment in self._comments.items():
            said = book == notebook and comment.manual_comment is not None
            if said and before.changed(cell, now, cell not in now.answers):
                yield comment

    def find_grade(self, cell: str, notebook: str, assignment: str, student: str) -> Any:
        return self._grades[cell, notebook]

    def find_comment(self, cell: str, notebook: str, assignment: str, student: str) -> Any:
        return self._comments[cell, notebook]


# ------------------------------------------------------------------------------------ folders
def is_inert(path: str) -> bool:
    """Whether a browser that is sent this file runs nothing of it, whatever is inside."""
    return path.lower().endswith(INERT)


def _as_text(path: str) -> str:
    """The formgrader serves autograded/ from its own address: what may be run becomes text."""
    return path if is_inert(path) else f"{path}.txt"


def _shown_as_text(attachments: Sequence[tuple[str, bytes]]) -> dict[str, bytes]:
    """Attachments under the names that they are served by; where two meet, the first stays."""
    files: dict[str, bytes] = {}
    for path, content in attachments:
        files.setdefault(_as_text(path), content)
    return files


def sweep(week: Week) -> None:
    """Remove what a run that was killed had begun to write under autograded/."""
    for begun in week.folder("autograded").parent.glob(f"*/.{week.name}.*"):
        shutil.rmtree(begun, ignore_errors=True)


def write_autograded(course: Course, judged: GradedSubmission) -> None:
    """Write autograded/STUDENT/WEEK as a whole: readers see the old folder or the new one."""
    target = course.folder("autograded", judged.week, judged.student)
    if target.is_symlink():
        target.unlink()
    if judged.needs_review is not None:
        shutil.rmtree(target, ignore_errors=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{judged.week}.", dir=target.parent))
    write_files(made, _shown_as_text(judged.attachments))
    for name, notebook in judged.notebooks:
        # not indented: with indentation json leaves its fast path
        (made / f"{name}.ipynb").write_text(json.dumps(notebook), "utf-8")
    if judged.timestamp:
        (made / "timestamp.txt").write_text(f"{judged.timestamp} UTC\n", "utf-8")
    os.chmod(made, stat.S_IRWXU | stat.S_IRGRP | stat.S_IXGRP)
    if target.exists():
        shutil.rmtree(target)
    made.rename(target)
