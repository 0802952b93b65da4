"""The demonstration: a real week through the whole loop, in a folder of its own.

Release week 01, make a small class, grade it in the sandbox, write feedback and a report, and hold
every result against what was promised. Nothing outside the demo folder is touched.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from autograder.course_folder import CONFIG_FILE, Course, draw_seed, open_course
from autograder.demo.sample_class import Member, make_members, write_members
from autograder.edition.release import release
from autograder.errors import UserError
from autograder.model import Entry
from autograder.pages.feedback import Feedback, write_feedback
from autograder.pages.report import checks_of, read_report, write_report
from autograder.run.grade import GradeRun, Options, grade
from autograder.run.progress import Watcher
from autograder.week import Week, open_week


@dataclass(frozen=True)
class DemoResult:
    """What the demonstration did, and every promise that did not hold."""

    course: Course
    members: list[Member]
    run: GradeRun
    feedback: Feedback
    report: Path
    broken: tuple[str, ...]


def demo(source: Week, folder: Path, options: Options, watcher: Watcher) -> DemoResult:
    """Run the whole loop for one week in `folder`.

    Raises:
        UserError: the folder holds something else, or a stage cannot start.
    """
    week = _open_copy(source, folder)
    draw_seed(week.course)
    if not _is_released(week):
        release(week, say=watcher.say)
    members = make_members(week)
    write_members(week, members)
    run = grade(week, options, watcher)
    feedback = write_feedback(week, options.workers or 2)
    report, _ = write_report(week.course, read_report(week))
    entries = {entry.student: entry for entry in run.entries}
    broken = tuple(_broken(member, entries.get(member.student)) for member in members)
    return DemoResult(week.course, members, run, feedback, report, tuple(b for b in broken if b))


def _open_copy(source: Week, folder: Path) -> Week:
    """The week in a course folder of its own, with the course's own configuration."""
    if folder.exists() and any(folder.iterdir()) and not (folder / CONFIG_FILE).is_file():
        raise UserError(f"{folder} holds something else.", "Name an empty folder for the demo.")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(source.course.root / CONFIG_FILE, folder / CONFIG_FILE)
    shutil.copytree(source.folder("source"), folder / "source" / source.name, dirs_exist_ok=True)
    return open_week(open_course(folder), source.name)


def _is_released(week: Week) -> bool:
    """Whether release/ is newer than source/ and the gradebook knows the week."""
    sources = [week.source(notebook.name) for notebook in week.notebooks]
    made = [week.folder("release") / path.name for path in sources]
    gradebook = week.course.root / "gradebook.db"
    if not all(path.is_file() for path in made) or not gradebook.is_file():
        return False
    stamps = zip(made, sources, strict=True)
    return all(copy.stat().st_mtime >= original.stat().st_mtime for copy, original in stamps)


def _broken(member: Member, entry: Entry | None) -> str | None:
    """The promise about one member, when what was found does not keep it."""
    found = checks_of(entry) if entry else {}
    points = {name: check.points for name, check in found.items()}
    most = {name: check.max_points for name, check in found.items()}
    kept = bool(entry) and member.expected(points, most)
    if "review" in member.promise:
        kept = kept and entry is not None and entry.score is None and bool(entry.needs_review)
    if "named" in member.promise:
        kept = kept and any(check.mistake for check in found.values())
    return None if kept else f"{member.student}: promised {member.promise}, found {points}"
