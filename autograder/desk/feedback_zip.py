"""Feedback pages as the zip that an LMS takes back, under the names of its own download.

Moodle (assignment → Upload multiple feedback files in a zip) knows a person by the number in the
name; Canvas (assignment → Re-Upload Submissions) by the numbers of person and upload. Both stand
in the names of the download that was collected, so those are used and none are made up.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from autograder.course_folder import Course
from autograder.errors import Refused, UserError
from autograder.intake.download import read_download
from autograder.intake.lms import Sender, sender_of
from autograder.intake.people import People
from autograder.notebook_files import IngestLimits, is_junk
from autograder.roster.ids import roster_of
from autograder.roster.people import read_people
from autograder.roster.store import known_ids, roster_of_class
from autograder.roster.tables import read_table
from autograder.stored import write_atomically
from autograder.week import Week

TAKERS = ("canvas", "moodle")


def feedback_zip(week: Week, lms: str, download: Path, roster: Path | None) -> tuple[Path, int]:
    """Write exported/WEEK.LMS.feedback.zip; its path, and how many students have pages in it.

    Args:
        week: whose pages; those that `autograder feedback` wrote.
        lms: one of TAKERS.
        download: what was collected.
        roster: the list that it was collected with, if one was given then.

    Raises:
        UserError: the LMS takes no such zip, the download cannot be read, or there are no pages.
    """
    if lms not in TAKERS:
        raise UserError(f"{lms} takes no zip of feedback.", f"Those that do: {', '.join(TAKERS)}.")
    names = dict(_names(week.course, lms, download, roster))
    made, count = io.BytesIO(), 0
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for student, prefix in sorted(names.items()):
            pages = sorted(week.folder("feedback", student).glob("*.html"))
            for page in pages:
                archive.writestr(f"{prefix}{page.name}", page.read_bytes())
            count += bool(pages)
    if not count:
        raise UserError(
            f"There is no feedback page of anybody in {download.name}.",
            f"Write them first: `autograder feedback {week.name}`.",
        )
    path = week.course.root / "exported" / f"{week.name}.{lms}.feedback.zip"
    write_atomically(path, made.getvalue())
    return path, count


def _names(
    course: Course, lms: str, download: Path, roster: Path | None
) -> Iterator[tuple[str, str]]:
    """Each student of a download, with what the LMS wants in front of a file's name."""
    known = known_ids(course)
    people = roster_of_class(course)
    if roster is not None:
        table = read_table(roster)
        people = roster_of(table, read_people(table), known)
    class_ = People(lms, people, known)
    with ExitStack() as stack:
        for upload in read_download(download, IngestLimits(), stack):
            sender = None if is_junk(upload.name) else sender_of(lms, upload.name)
            if sender is not None:
                try:
                    student, _ = class_.identify(sender, [upload.name])
                except Refused:
                    continue
                yield student, _prefix(lms, sender)


def _prefix(lms: str, sender: Sender) -> str:
    name = sender.name.replace("_", " ")
    if lms == "moodle":
        return f"{name}_{sender.key}_assignsubmission_file_"
    late = "LATE_" if sender.late else ""
    return f"{name}_{late}{sender.key}_{sender.order}_"
