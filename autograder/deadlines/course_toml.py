"""course.toml: due dates, extensions, accommodations and the late policy, in one file to edit.

    timezone = "Asia/Seoul"

    [due]
    week01_word2vec = 2026-03-02 23:59:00

    [late]
    percent_per_day = 10    # of the week's points, for each day begun
    grace_minutes = 15
    slip_days = 3           # in the whole term, before anything is taken off
    most_percent = 50

    [[extension]]
    week = "week01_word2vec"    # left out: every week
    student = "003010"          # or section = "분반 1"
    days = 2                    # or hours, or until = 2026-03-05 12:00:00

    [[accommodation]]
    student = "003010"
    time_factor = 1.5
    week = "week01_word2vec"    # left out: every week

    [[reader]]                  # an assistant, and whose written answers she reads
    name = "minji"
    sections = ["분반 1", "분반 2"]

Times without an offset are in `timezone`. What the file does not say stays as the gradebook has it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, NoReturn, TypeGuard
from zoneinfo import ZoneInfo

from autograder.course_folder import Course
from autograder.errors import UserError, did_you_mean
from autograder.zones import NoMoment, read_moment, zone_of

FILE = "course.toml"
TABLES = ("timezone", "due", "late", "extension", "accommodation", "reader")
LATE = ("percent_per_day", "grace_minutes", "slip_days", "most_percent")
EXTENSION = ("week", "student", "section", "days", "hours", "until")
ACCOMMODATION = ("student", "time_factor", "week")
READER = ("name", "sections")
FACTORS = (1.0, 20.0)
LONGEST, YEARS = timedelta(days=366), range(2000, 2101)


@dataclass(frozen=True)
class Policy:
    """What lateness costs; `percent_per_day` is of the points that a week can give."""

    percent_per_day: float = 0.0
    grace_minutes: float = 0.0
    slip_days: int = 0
    most_percent: float = 100.0


@dataclass(frozen=True)
class Extension:
    """More time, for one student or one section, in one week or in all of them."""

    line: int
    week: str = ""
    student: str = ""
    section: str = ""
    more: timedelta = timedelta()
    until: datetime | None = None  # UTC without zone, as the gradebook keeps times

    def holds(self, week: str, student: str, section: str) -> bool:
        """Whether it is for this student in this week."""
        mine = self.student == student if self.student else self.section == section
        return mine and self.week in ("", week)

    def beyond(self, due: datetime) -> timedelta:
        """The time that it adds to a date."""
        return max(timedelta(), self.until - due) if self.until else self.more


@dataclass(frozen=True)
class Accommodation:
    """So many times the time limits for one student, in one week or in all of them."""

    line: int
    student: str
    factor: float
    week: str = ""


@dataclass(frozen=True)
class Deadlines:
    """What course.toml says. Dates are in UTC without zone, as the gradebook keeps them."""

    zone: ZoneInfo | None = None
    due: Mapping[str, datetime] = field(default_factory=dict)
    policy: Policy | None = None
    extensions: tuple[Extension, ...] = ()
    accommodations: tuple[Accommodation, ...] = ()
    readers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # sections by name

    def extension(self, week: str, student: str, section: str) -> timedelta | None:
        """The longest extension of a student in a week; None for none."""
        due = self.due[week]
        found = [
            extension.beyond(due)
            for extension in self.extensions
            if extension.holds(week, student, section)
        ]
        return max(found, default=None)

    def factors(self, week: str) -> dict[str, float]:
        """How many times the time limits each student has in a week; who has none is not here.

        What is said for that week counts before what is said for all.
        """
        general = {one.student: one.factor for one in self.accommodations if not one.week}
        own = {one.student: one.factor for one in self.accommodations if one.week == week}
        return general | own


def read_deadlines(course: Course) -> Deadlines:
    """Read course.toml; a course without one has no deadlines of its own.

    Raises:
        UserError: it is no TOML, or something in it means nothing; the message has the line.
    """
    path = course.root / FILE
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        return Deadlines()
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise UserError(f"{FILE}, line {line}: this is no UTF-8.", "Save it in UTF-8.") from None
    except OSError as error:
        raise UserError(f"{FILE} cannot be read: {error.strerror}.") from None
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(
            f"{FILE} cannot be read: {error}.",
            "Write dates as 2026-03-02 23:59:00, texts in quotes; the guide has an example.",
        ) from None
    return _File(text, course, said).deadlines()


@dataclass(frozen=True)
class _File:
    """The file while it is read: every complaint names its line."""

    text: str
    course: Course
    said: dict[str, Any]

    def deadlines(self) -> Deadlines:
        self.only(self.said, TABLES, 1)
        zone = self.zone()
        due = self.due(zone)
        extensions = tuple(
            self.extension(number, zone) for number in range(len(self.blocks("extension")))
        )
        factors = tuple(self.accommodation(n) for n in range(len(self.blocks("accommodation"))))
        readers = dict(self.reader(n) for n in range(len(self.blocks("reader"))))
        return Deadlines(zone, due, self.policy(), extensions, factors, readers)

    # -------------------------------------------------------------------------------- tables
    def zone(self) -> ZoneInfo | None:
        name = self.said.get("timezone", self.course.settings.timezone)
        if name is None:
            return None
        try:
            return zone_of(str(name))
        except UserError as error:
            self.refuse(self.line("timezone"), str(error))

    def due(self, zone: ZoneInfo | None) -> dict[str, datetime]:
        table = self.table("due")
        self.only(table, self.course.weeks(), self.line("[due]"), "week")
        return {week: self.moment(value, zone, self.line(week)) for week, value in table.items()}

    def policy(self) -> Policy | None:
        if "late" not in self.said:
            return None
        table = self.table("late")
        self.only(table, LATE, self.line("[late]"))
        for name, value in table.items():
            most = 100 if "percent" in name else 10_000
            if not _is_number(value) or not 0 <= value <= most:
                self.refuse(self.line(name), f"{name} is no number from 0 to {most}.")
            if name == "slip_days" and value != int(value):
                self.refuse(self.line(name), f"{name} is no number from 0 to {most}.")
        return Policy(**table)

    def extension(self, number: int, zone: ZoneInfo | None) -> Extension:
        block, line = self.blocks("extension")[number], self.block_line("extension", number)
        self.only(block, EXTENSION, line)
        week, student = str(block.get("week", "")), str(block.get("student", ""))
        section = str(block.get("section", ""))
        if week:
            self.only([week], self.course.weeks(), line, "week")
        if bool(student) == bool(section):
            self.refuse(line, "an extension is for a student or for a section: name one of them.")
        if "until" in block:
            until = self.moment(block["until"], zone, line)
            return Extension(line, week, student, section, until=until)
        try:
            more = timedelta(days=block.get("days", 0), hours=block.get("hours", 0))
        except (TypeError, ValueError, OverflowError):
            more = timedelta()
        if not timedelta() < more <= LONGEST:
            self.refuse(line, "an extension needs days or hours above 0, a year at most, or until.")
        return Extension(line, week, student, section, more)

    def accommodation(self, number: int) -> Accommodation:
        block = self.blocks("accommodation")[number]
        line = self.block_line("accommodation", number)
        self.only(block, ACCOMMODATION, line)
        factor = block.get("time_factor")
        least, most = FACTORS
        if not _is_number(factor) or not least <= factor <= most:
            self.refuse(line, f"time_factor is a number from {least:g} to {most:g}.")
        if not block.get("student"):
            self.refuse(line, "an accommodation names its student.")
        week = str(block.get("week", ""))
        if week:
            self.only([week], self.course.weeks(), line, "week")
        return Accommodation(line, str(block["student"]), float(factor), week)

    def reader(self, number: int) -> tuple[str, tuple[str, ...]]:
        block, line = self.blocks("reader")[number], self.block_line("reader", number)
        self.only(block, READER, line)
        sections = block.get("sections")
        if not isinstance(sections, list) or not sections or not block.get("name"):
            self.refuse(line, 'a reader has a name and a list of sections, such as ["A", "B"].')
        return str(block["name"]), tuple(map(str, sections))

    # -------------------------------------------------------------------------------- values
    def table(self, name: str) -> dict[str, Any]:
        table = self.said.get(name, {})
        if not isinstance(table, dict):
            self.refuse(
                self.line(name) or self.block_line(name, 0), f"{name} is a table: write [{name}]."
            )
        return table

    def blocks(self, name: str) -> list[dict[str, Any]]:
        blocks = self.said.get(name, [])
        if not isinstance(blocks, list) or not all(isinstance(one, dict) for one in blocks):
            self.refuse(
                self.line(name) or self.line(f"[{name}]"), f"{name} is a list: write [[{name}]]."
            )
        return blocks

    def moment(self, value: Any, zone: ZoneInfo | None, line: int) -> datetime:
        if isinstance(value, datetime):
            if value.tzinfo is None and zone is None:
                self.refuse(line, 'in which zone? Write timezone = "Asia/Seoul" at the top.')
            if value.year not in YEARS:
                self.refuse(line, f"the year {value.year} is none of a course.")
            aware = value if value.tzinfo else value.replace(tzinfo=zone)
            return aware.astimezone(UTC).replace(tzinfo=None)
        if isinstance(value, date) or not isinstance(value, str):
            self.refuse(line, "a date and a time are needed, such as 2026-03-02 23:59:00.")
        try:
            return read_moment(value, zone).replace(tzinfo=None)
        except NoMoment as error:
            self.refuse(line, f"{error}.")

    def only(self, found: Iterable[str], known: Iterable[str], line: int, what: str = "") -> None:
        names = list(known)
        for name in found:
            if name not in names:
                remedy = did_you_mean(name, names)
                place = self.line(name) or line
                self.refuse(place, f"there is no {f'{what} ' if what else ''}'{name}'. {remedy}")

    # -------------------------------------------------------------------------------- lines
    def refuse(self, line: int, what: str) -> NoReturn:
        raise UserError(f"{FILE}, line {line}: {what}", "Nothing was changed.")

    def line(self, key: str) -> int:
        """The line on which a key or a table's head stands; 0 if nowhere."""
        for number, line in enumerate(self.text.splitlines(), 1):
            if line.partition("#")[0].partition("=")[0].strip().strip("\"'") == key:
                return number
        return 0

    def block_line(self, name: str, number: int) -> int:
        heads = [
            place
            for place, line in enumerate(self.text.splitlines(), 1)
            if line.replace(" ", "").startswith(f"[[{name}]]")
        ]
        return heads[number] if number < len(heads) else 1


def _is_number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
