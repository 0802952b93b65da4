"""Who handed an upload in: read from the name that the LMS gave it, by a pattern and a roster.

Never from inside an upload. Two people of one name are never one student: where the LMS's own
number tells that a name belongs to two, or the roster gives a name or an id twice, nobody of that
name is collected until a person has told them apart.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from autograder.errors import Refused, UserError
from autograder.intake.download import Upload
from autograder.notebook_files import STUDENT_ID, one_name, shown, shown_id

# how Moodle and Canvas name what they pack; the number is the person's
LMS_NAMES = (
    re.compile(r"[^/]{1,300}?_(?P<number>\d{1,20})_assignsubmission_[a-z]{1,20}"),
    re.compile(r"[^/_]{1,300}(?:_LATE)?_(?P<number>\d{3,20})_\d{3,20}_"),
)


def compiled(text: str) -> re.Pattern[str]:
    """The compiled pattern.

    Raises:
        UserError: it is none, or has no group called student.
    """
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise UserError(
            f"The name pattern cannot be read: {error}.", "Quote it in the shell."
        ) from None
    if "student" not in pattern.groupindex:
        raise UserError(
            "The name pattern has no group called student.",
            r"Write it such as '(?P<student>[^_]+)_'.",
        )
    return pattern


@dataclass(frozen=True)
class Roster:
    """The ids of names, as one or several rows of the roster give them."""

    ids: dict[str, frozenset[str]] = field(default_factory=dict)

    def id_of(self, who: str) -> str:
        """The one id of a name.

        Raises:
            Refused: the roster does not know the name, or gives two ids to it, or gives its id to
                another name as well.
        """
        ids = self.ids.get(_one_form(who), frozenset())
        if not ids:
            raise Refused("The roster does not know this name.")
        if len(ids) > 1:
            raise Refused(f"The roster has this name twice, with the ids {_listed(ids)}. {TELL}")
        (student,) = ids
        names = [name for name, theirs in self.ids.items() if student in theirs]
        if len(names) > 1:
            raise Refused(f"The roster gives the id {shown_id(student)} to {_listed(names)}.")
        return student


HINT = (
    " It looks like a name that an LMS wrote: say where the person's name ends, with "
    r"--name-pattern '(?P<student>[^_]+)_', and whose it is, with --roster."
)
TELL = (
    "Tell them apart: let the name pattern take the LMS's number too, and put it into the roster."
)


def read_roster(path: Path) -> Roster:
    """The roster of a CSV: the name in the LMS, the student id.

    Raises:
        UserError: it cannot be read, or a row has less than two columns.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            rows = [row for row in csv.reader(stream) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(
            f"The roster {path} cannot be read: {error}.", "Save it as CSV in UTF-8."
        ) from None
    bad = [number for number, row in enumerate(rows, 1) if len(row) < 2]
    if bad or not rows:
        raise UserError(
            f"The roster {path} needs two columns in every row (row {bad[0] if bad else 1}).",
            "First the name in the LMS, then the student id.",
        )
    ids: dict[str, frozenset[str]] = {}
    for name, student, *_ in rows:
        ids[_one_form(name)] = ids.get(_one_form(name), frozenset()) | {student.strip()}
    return Roster(ids)


def id_of(who: str, uploads: Iterable[Upload], roster: Roster | None) -> str:
    """The student whose uploads these are.

    Raises:
        Refused: nobody, or two people.
    """
    numbers = {number for upload in uploads if (number := _number(upload.name))}
    if len(numbers) > 1:
        raise Refused(f"Two people have this name (numbers {_listed(numbers)} in the LMS). {TELL}")
    student = who if roster is None else roster.id_of(who)
    if not STUDENT_ID.fullmatch(student):
        help_ = HINT if numbers and roster is None else ""
        raise Refused(f"'{shown_id(student)}' is not a student id that this grader accepts.{help_}")
    return student


def _number(name: str) -> str | None:
    """A person's number in the LMS, from a name as the LMS writes it; None for other names."""
    for pattern in LMS_NAMES:
        found = pattern.match(name)
        if found:
            return found["number"]
    return None


def _one_form(name: str) -> str:
    return " ".join(one_name(name).split())


def _listed(items: Iterable[str]) -> str:
    return " and ".join(shown(item) for item in sorted(items)[:5])
