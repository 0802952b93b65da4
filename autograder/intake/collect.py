"""Collect: what an LMS lets you download becomes submitted/STUDENT/WEEK. Trusted; it runs nothing.

A download is a folder, a zip or a tar of uploads; an upload is a notebook, other files, or a zip or
tar of them. Who handed something in is read from the *name* that the LMS gave the upload, by the
LMS's form and a roster; when it arrived, from the LMS's own times. Archives are read member by
member under caps; nothing is ever extracted by path. Nothing is lost: of several versions the last
is graded, and all the others are kept in submitted_versions/. The same download again adds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from re import Pattern
from zoneinfo import ZoneInfo

from autograder.course_folder import Course
from autograder.errors import Refused, UserError
from autograder.intake.arrival import LATE_BY_HOW_MUCH, NEVER, Clock, times_of
from autograder.intake.download import Upload, read_download
from autograder.intake.inside import claim_of
from autograder.intake.lms import Sender, outer_folder, recognised, sender_of
from autograder.intake.people import People, by_pattern, compiled, refuse_two_of_one
from autograder.intake.placing import VERSIONS, Placing
from autograder.intake.versions import Version, versions
from autograder.notebook_files import IngestLimits, is_junk, shown, shown_id
from autograder.roster.ids import KnownIds, Roster, roster_of, same_id
from autograder.roster.people import Person, read_people, without_doubles
from autograder.roster.store import known_ids, read_class, roster_of_class
from autograder.roster.tables import read_table
from autograder.week import Week, open_week
from autograder.zones import zone_of

LOGIN = ("login", "id")


@dataclass(frozen=True)
class Collected:
    """What became of one student's upload.

    outcome : "new", "replaced", "unchanged", "older" (kept aside: what is there came later),
        "refused", or "missing" (on the roster, and nothing was ever handed in)
    name : as the LMS writes it, where that is not the id
    arrived : when it was handed in, in UTC; None where that is not known
    """

    student: str
    outcome: str
    reason: str = ""
    name: str = ""
    arrived: datetime | None = None


@dataclass(frozen=True)
class How:
    """How a download is to be read.

    lms : one of lms.FORMS; None: as the course's settings say
    name_pattern : a regular expression with a group `student`, matched at the start of each file's
        name in the download, in place of an LMS's form
    roster : a list of the class: the LMS's own export, or two columns, name and id
    times : a list of the LMS that says when each student handed in
    timezone : of the LMS's clock, such as Asia/Seoul
    dry_run : say what would be done, and write nothing
    """

    lms: str | None = None
    name_pattern: str | None = None
    roster: Path | None = None
    times: Path | None = None
    timezone: str | None = None
    dry_run: bool = False


def collect(
    course: Course,
    week: str,
    download: Path,
    how: How | None = None,
    limits: IngestLimits | None = None,
) -> list[Collected]:
    """Sort a download into submitted/, one student at a time; an odd upload stops nobody else.

    Args:
        course: the course.
        week: the assignment; its notebook's name is what a notebook with its cells gets.
        download: a folder, a .zip, or a .tar, .tar.gz or .tgz.
        how: the LMS, the roster, the zone.
        limits: caps for one student's upload, as for ingest.

    Raises:
        UserError: no such week; the download, a list or a zone cannot be used; the disk takes
            nothing more.
    """
    how, limits = how or How(), limits or IngestLimits()
    lms = how.lms or course.settings.lms
    opened = open_week(course, week)
    pattern = compiled(how.name_pattern) if how.name_pattern else None
    zone, known = _zone(course, how), known_ids(course)
    roster = _roster(course, how.roster, known)
    listed = _listed(how, known, roster)
    clock = Clock("folder" if pattern else lms, zone, _told(how, listed, zone))
    with ExitStack() as stack:
        uploads = [one for one in read_download(download, limits, stack) if not is_junk(one.name)]
        names = [one.name for one in uploads]
        _refuse_another_weeks(course, week, download, names)
        if pattern is None and how.lms is None and lms == "folder":
            _refuse_names_of_an_lms(names)
        read = _reader(lms, pattern, names, known, roster)
        batch = _Batch(opened, People(lms, roster, known), clock, limits, how.dry_run)
        done = batch.take(uploads, read)
    others = (*_missing(opened, roster, done), *_strangers(how, listed))
    return sorted([*done, *others], key=lambda one: one.student)


# ------------------------------------------------------------------------------------ the download
def _zone(course: Course, how: How) -> ZoneInfo | None:
    name = how.timezone or course.settings.timezone
    return zone_of(name) if name else None


def _roster(course: Course, path: Path | None, known: KnownIds) -> Roster | None:
    """The list that was given, or else the class as it was entered."""
    if path is None:
        return roster_of_class(course)
    table = read_table(path)
    return roster_of(table, read_people(table), known)


def _listed(how: How, known: KnownIds, roster: Roster | None) -> dict[Person, str]:
    """The student whom each row means of the list that tells times; empty if it cannot be told."""
    if how.times is not None:
        people = without_doubles(read_people(read_table(how.times)))
        told = {person: _student_of(person, known, roster) for person in people}
        _refuse_odd_times(how.times.name, told)
        return told
    if how.roster is not None and roster is not None:
        return {one.person: "" if one.problem else one.student for one in roster.members}
    return {}


def _told(how: How, listed: dict[Person, str], zone: ZoneInfo | None) -> dict[str, datetime]:
    """When each student handed in, by the list that was given."""
    path = how.times or how.roster
    return times_of(listed, path.name, zone, demanded=how.times is not None) if path else {}


def _strangers(how: How, listed: dict[Person, str]) -> list[Collected]:
    """Rows of a list of times that mean nobody: a slip in an id would make late work punctual."""
    if how.times is None:
        return []
    return [
        Collected(person.id or person.shown_name, "refused", _is_nobodys(person, how.times.name))
        for person, student in listed.items()
        if person.submitted not in NEVER and not student
    ]


def _is_nobodys(person: Person, name: str) -> str:
    return (
        f"line {person.line} of {name} has a time of somebody whom the class does not know: it was "
        "not used; repair the id there, or import the student"
    )


def _refuse_odd_times(name: str, told: dict[Person, str]) -> None:
    """Raise UserError for a list without times, or with two for one student."""
    if not any(person.submitted for person in told):
        raise UserError(f"{name} tells no times.", "It needs a column such as submitted_at.")
    lines: dict[str, int] = {}
    for person, student in told.items():
        if student and student in lines:
            raise UserError(
                f"{name} gives times of {student} in lines {lines[student]} and {person.line}.",
                "Nothing was collected. Leave the one that counts.",
            )
        lines[student] = person.line


def _student_of(person: Person, known: KnownIds, roster: Roster | None) -> str:
    """The student whom a row of a list means; empty if it cannot be told."""
    for kind in ("lms_id", "login", "id", "email"):
        key = getattr(person, kind)
        if key and roster is not None and (kind, key) in roster:
            return roster.find(kind, key).student
        if key and len(known.like(key)) == 1:
            return known.like(key)[0]
    return person.id if not known.ids else ""


def _refuse_another_weeks(course: Course, week: str, download: Path, names: list[str]) -> None:
    """Raise UserError if nothing is in the download, or another week's work alone."""
    if not names:
        raise UserError(f"{download.name} is empty.", "Download it again from the LMS.")
    if any(week in name for name in names):
        return
    for other in course.weeks():
        if other != week and sum(f"{other}." in name for name in names) > len(names) / 2:
            raise UserError(
                f"{download.name} holds files of {other}, and none of {week}.",
                "Nothing was collected. Name the week that the download is of.",
            )


def _refuse_names_of_an_lms(names: list[str]) -> None:
    lms = recognised(names)
    if lms:
        raise UserError(
            f"The names in this download are {lms.capitalize()}'s ('{shown(names[0])}'); nothing "
            f"was collected. Say --lms {lms}, and give its list of the class as --roster.",
            f"To say it once for all: c.Grading.lms = '{lms}' in nbgrader_config.py, and "
            "`autograder students import FILE`.",
        )


def _reader(
    lms: str, pattern: Pattern | None, names: list[str], known: KnownIds, roster: Roster | None
) -> Callable[[str], Sender | None]:
    """What reads a sender from a file's name."""
    keys = [key for _, key in roster.by_key] if roster else []
    if pattern is not None:
        return partial(by_pattern, pattern)
    if lms == "folder":
        around = outer_folder(names, [*known.ids, *keys])
        return lambda name: sender_of(lms, name.removeprefix(around))
    logins = [
        *known.ids,
        *(key for kind, key in (roster.by_key if roster else ()) if kind in LOGIN),
    ]
    return partial(sender_of, lms, logins=logins)


def _missing(week: Week, roster: Roster | None, done: list[Collected]) -> list[Collected]:
    """Who is of the class and never handed in; who has left is not missed."""
    members = read_class(week.course, dropped=True).values()
    left = {member.student for member in members if member.dropped}
    there = {one.student for one in done}
    return [
        Collected(member.student, "missing", "", member.person.shown_name)
        for member in (roster.members if roster else ())
        if not member.problem and member.student not in there | left
        and not week.folder("submitted", member.student).exists()
    ]  # fmt: skip


# ------------------------------------------------------------------------------------ the uploads
@dataclass
class _Group:
    """Everything that one sender uploaded."""

    sender: Sender
    uploads: list[tuple[Sender, Upload]] = field(default_factory=list)
    student: str = ""
    remark: str = ""


@dataclass(frozen=True)
class _Batch:
    """One download on its way into submitted/."""

    week: Week
    people: People
    clock: Clock
    limits: IngestLimits
    dry_run: bool

    def take(
        self, uploads: Iterable[Upload], read: Callable[[str], Sender | None]
    ) -> list[Collected]:
        groups: dict[tuple[str, str], _Group] = {}
        refused = []
        for upload in uploads:
            try:
                sender = self.inside(upload, read(upload.name))
            except Refused as refusal:
                refused.append(Collected(shown_id(upload.name), "refused", str(refusal)))
                continue
            group = groups.setdefault((sender.kind, sender.key), _Group(sender))
            if not sender.beside:
                group.uploads.append((sender, upload))
        found = [group for group in groups.values() if group.uploads]
        return [*refused, *self.sorted_in(found)]

    def inside(self, upload: Upload, sender: Sender | None) -> Sender:
        """The sender; where names tell nothing, by what `course submit` wrote into the zip."""
        if sender is None:
            form = "the name pattern" if self.people.lms == "folder" else self.people.lms
            raise Refused(f"Its name does not fit {form}.")
        if sender.kind != "inside":
            return sender
        claim = claim_of(sender.inner, upload.read(), self.limits)
        if claim is None or not claim.student:
            raise Refused(
                "Nothing says whose it is: the name does not, and it is no zip of `course submit` "
                "with the student's id. Put it into a folder named by the id, and collect that."
            )
        return replace(sender, key=claim.student)

    def sorted_in(self, groups: list[_Group]) -> list[Collected]:
        """Each group to its student; where two lead to one, neither is taken."""
        done, senders = [], dict[str, list[str]]()
        for group in groups:
            try:
                paths = [upload.name for _, upload in group.uploads]
                group.student, group.remark = self.people.identify(group.sender, paths)
                self.refuse_two_claims(group)
                senders.setdefault(group.student, []).append(group.sender.shown)
            except Refused as refusal:
                done.append(_refused(group, str(refusal)))
                group.student = ""
        twice = refuse_two_of_one(senders)
        done += [_refused(one, twice[one.student]) for one in groups if one.student in twice]
        fine = [group for group in groups if group.student and group.student not in twice]
        return [*done, *(self.keep(group) for group in fine)]

    def refuse_two_claims(self, group: _Group) -> None:
        """Raise Refused if two files that differ say that they are of one student."""
        if group.sender.kind == "inside" and len({one.read() for _, one in group.uploads}) > 1:
            names = " and ".join(shown(upload.name) for _, upload in group.uploads[:5])
            raise Refused(f"Two files say that they are of {group.student}: {names}. Ask.")

    def keep(self, group: _Group) -> Collected:
        placing = Placing(self.week.course, self.week.name, group.student, self.dry_run)
        try:
            stamped = [
                self.clock.stamped(group.student, sender, replace(upload, inner=sender.inner))
                for sender, upload in group.uploads
            ]
            names = (self.week.name, self.week.course.weeks())
            found = versions(stamped, self.week.notebooks, self.limits, *names)
            outcome, moved = placing.keep(found)
        except Refused as refusal:
            return _refused(group, str(refusal))
        last = found[-1]
        remarks = [group.remark, moved, *_remarks(self.week, group, found)]
        return Collected(
            group.student, outcome, " ".join(filter(None, remarks)),
            "" if group.sender.name == group.student else shown(group.sender.name),
            last.arrived if last.certain else None,
        )  # fmt: skip


def _refused(group: _Group, why: str) -> Collected:
    who = group.student or group.sender.name
    name = "" if group.sender.shown == who else shown(group.sender.shown)
    return Collected(shown_id(who), "refused", why, name)


def _remarks(week: Week, group: _Group, found: Sequence[Version]) -> Iterable[str]:
    """What the instructor should know at once, while the student can still be asked."""
    if len(found) > 1:
        yield f"{len(found) - 1} earlier in {VERSIONS}/."
    last = found[-1]
    yield from last.left_out
    missing = [one.name for one in week.notebooks if f"{one.name}.ipynb" not in last.files]
    if missing:
        there = shown(", ".join(sorted(last.files)) or "nothing", 200)
        yield f"Without {', '.join(f'{name}.ipynb' for name in missing)}; there is {there}."
    if last.claim and last.claim.student and not same_id(last.claim.student, group.student):
        yield f"The zip says that it is of {shown(last.claim.student)}."
    if last.claim and last.claim.week != week.name:
        yield f"The zip says that it is of {shown(last.claim.week)}."
    if not last.certain and any(sender.late for sender, _ in group.uploads):
        yield LATE_BY_HOW_MUCH
