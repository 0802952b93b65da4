"""Feedback for a week: one page a student, drawn in several processes, only where it has changed.

The gradebook keeps no time of a grade. So it is remembered, by hash, what a page was made from: the
judged notebook, the scores, points given by hand, comments, and notes. A page is made again when
that has changed. What has been written is remembered page by page, so a run that was stopped goes
on where it was. A submission without a score gets a page that says what happens next.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from autograder.errors import UserError
from autograder.gradebook import open_gradebook
from autograder.journal import open_journal
from autograder.model import Entry
from autograder.pages.feedback_page import review_html
from autograder.pages.gradebook_marks import read_marks
from autograder.pages.marks import Marks
from autograder.pages.page_process import PageTask, draw_pages, write_page
from autograder.stages.ingest import STUDENT_ID
from autograder.stored import write_atomically
from autograder.templates import FOLDER
from autograder.translation.catalog import FOLDER as CATALOGS
from autograder.week import Week

# what nbgrader's release_feedback reads beside a page: from when it is, and under which name the
# student's own nbgrader looks for it in the exchange
FOR_THE_EXCHANGE = ("timestamp.txt", "submission_secret.txt")
OURS = "Our fault"
TO_THE_INSTRUCTOR = re.compile(r" Ask (?:the student )?[^.]{0,200}\.")


@dataclass(frozen=True)
class Feedback:
    """The pages that there are, and the students for whom none could be written."""

    week: str
    pages: tuple[Path, ...]
    failed: tuple[str, ...] = field(default=())
    plain: tuple[str, ...] = field(default=())  # students whose page took too long to draw


@dataclass(frozen=True)
class _Page:
    """A page as it should be: what it shows, by hash, and what it is made from."""

    student: str
    target: Path
    shows: str
    task: PageTask | None = None
    reason: str = ""  # without a task: why there is no score

    @property
    def name(self) -> str:
        return f"{self.student}/{self.target.name}"


def write_feedback(
    week: Week,
    workers: int = 1,
    done: Callable[[str], None] = lambda _: None,
    force: bool = False,
    start: Callable[[int], None] = lambda _: None,
) -> Feedback:
    """Write feedback/STUDENT/WEEK for every submission whose page is missing or outdated.

    Args:
        week: whose pages.
        workers: processes.
        done: called with the student's id as each page is finished.
        force: write every page.
        start: called with the number of pages to write, before the first.

    Raises:
        UserError: nothing has been graded.
    """
    pages = _pages(week)
    if not pages:
        raise UserError(
            f"Nothing of '{week.name}' has been graded yet.",
            f"Run `autograder grade {week.name}` first.",
        )
    known = {} if force else _remembered(week)
    stale = [
        page for page in pages if known.get(page.name) != page.shows or not page.target.is_file()
    ]
    start(len(stale))
    failed, plain = [], []
    with _memory(week, pages, known).open("a", encoding="utf-8") as memory:
        for page, outcome in _written(week, stale, workers):
            if outcome != "failed":
                memory.write(json.dumps([page.name, page.shows]) + "\n")
                memory.flush()
            failed += [page.student] if outcome == "failed" else []
            plain += [page.student] if outcome == "plain" else []
            done(page.student)
    written = tuple(sorted(page.target for page in pages if page.target.is_file()))
    return Feedback(week.name, written, tuple(failed), tuple(plain))


def replace_old_pages(week: Week, entries: Iterable[Entry]) -> None:
    """Submissions go to review: older feedback of theirs must not be taken for new."""
    for entry in entries:
        if entry.needs_review is None or not week.folder("feedback", entry.student).is_dir():
            continue
        for page in _unscored(week, entry.student, {entry.student: entry}):
            _write_review(week, page)
            with _memory_path(week).open("a", encoding="utf-8") as memory:
                memory.write(json.dumps([page.name, page.shows]) + "\n")


def _written(week: Week, stale: list[_Page], workers: int) -> Iterator[tuple[_Page, str]]:
    """Write pages; each comes with 'drawn', 'plain' or 'failed'."""
    for page in stale:
        if page.task is None:
            _write_review(week, page)
            yield page, "drawn"
    due = [page for page in stale if page.task is not None]
    if not due:  # starting a process for nobody takes a third of a second
        return
    tasks = [page.task for page in due if page.task is not None]
    drawn = draw_pages(tasks, min(workers, len(due)))
    for page, made in zip(due, drawn, strict=True):
        if not made.error:
            _copy_for_the_exchange(week, page.student)
        yield page, "failed" if made.error else "plain" if made.plain else "drawn"


def _write_review(week: Week, page: _Page) -> None:
    """The page of a review; nothing of an older feedback stays beside it."""
    shutil.rmtree(week.folder("feedback", page.student), ignore_errors=True)
    write_page(page.target, review_html(page.student, week.name, page.reason))
    _copy_for_the_exchange(week, page.student)


def _copy_for_the_exchange(week: Week, student: str) -> None:
    """From the graded work, or for a review from what was collected; a link is not followed."""
    for name in FOR_THE_EXCHANGE:
        places = (week.folder(kind, student) / name for kind in ("autograded", "submitted"))
        found = [place for place in places if place.is_file() and not place.is_symlink()]
        if found and found[0].stat().st_size <= 1024:
            shutil.copyfile(found[0], week.folder("feedback", student) / name)


# ------------------------------------------------------------------------------------ what is due
def _pages(week: Week) -> list[_Page]:
    """Every page of the week as it should be now."""
    entries = open_journal(week).entries
    with open_gradebook(week.course) as gradebook:
        marks = read_marks(gradebook, week.name)
    graded = [page for key in sorted(marks) for page in _graded(week, marks[key], entries)]
    seen = {page.student for page in graded}
    unscored = {who for who, _ in marks} | {e.student for e in entries.values() if e.needs_review}
    return graded + [
        page for student in sorted(unscored - seen) for page in _unscored(week, student, entries)
    ]


def _graded(week: Week, marks: Marks, entries: dict[str, Entry]) -> Iterator[_Page]:
    notebook = week.folder("autograded", marks.student) / f"{marks.notebook}.ipynb"
    if not marks.has_score or not notebook.is_file():
        return
    entry = entries.get(marks.student)
    notes = entry.notes if entry else ()
    target = week.folder("feedback", marks.student) / f"{marks.notebook}.html"
    shown = json.dumps([dataclasses.asdict(marks), notes], sort_keys=True)
    catalogs = week.course.root / CATALOGS
    task = PageTask(str(notebook), marks, notes, str(target), catalogs=str(catalogs))
    texts = b"".join(path.read_bytes() for path in sorted(catalogs.glob(f"*/{week.name}.po")))
    yield _Page(marks.student, target, _hash(notebook.read_bytes() + texts, shown), task)


def _unscored(week: Week, student: str, entries: dict[str, Entry]) -> Iterator[_Page]:
    if not STUDENT_ID.fullmatch(student):
        return
    entry = entries.get(student)
    reason = _for_the_student(entry.needs_review or "") if entry else ""
    target = week.folder("feedback", student) / f"{week.notebooks[0].name}.html"
    yield _Page(student, target, _hash(b"review", reason), reason=reason)


def _for_the_student(reason: str) -> str:
    """What was found about a submission; nothing where the fault is ours."""
    return "" if reason.startswith(OURS) else TO_THE_INSTRUCTOR.sub("", reason)


def _hash(content: bytes, rest: str) -> str:
    digest = hashlib.sha256(content)
    digest.update(rest.encode("utf-8", "replace"))
    digest.update(_look())
    return digest.hexdigest()


@cache
def _look() -> bytes:
    """A hash of what draws the pages: with another look every page is due."""
    digest = hashlib.sha256()
    for folder in (Path(__file__).parent, FOLDER / "feedback"):
        for path in sorted(path for path in folder.iterdir() if path.is_file()):
            digest.update(path.read_bytes())
    return digest.digest()


# ------------------------------------------------------------------------------------ memory
def _memory_path(week: Week) -> Path:
    folder = week.course.state / "feedback"
    folder.mkdir(exist_ok=True)
    return folder / f"{week.name}.jsonl"


def _remembered(week: Week) -> dict[str, str]:
    """By page, the hash of what it showed when it was written; damaged lines count for nothing."""
    known: dict[str, str] = {}
    try:
        lines = _memory_path(week).read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return known
    for line in lines:
        try:
            name, shows = json.loads(line)
        except (ValueError, TypeError):
            continue
        known[name] = shows
    return known


def _memory(week: Week, pages: list[_Page], known: dict[str, str]) -> Path:
    """The file to remember pages in, with one line for each page that still holds."""
    path = _memory_path(week)
    lines = [json.dumps([page.name, known[page.name]]) for page in pages if page.name in known]
    write_atomically(path, "".join(f"{line}\n" for line in lines))
    return path
