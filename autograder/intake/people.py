"""Who handed an upload in: read from the name that the LMS gave it, by its form and a roster.

Never from inside an upload, but for an LMS whose downloads name nobody. Two people of one name are
never one student: where the LMS's own number tells that a name belongs to two, or the roster gives
a name or an id twice, nobody of that name is collected until a person has told them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.errors import Refused, UserError
from autograder.intake.lms import Sender, sender_at_start
from autograder.notebook_files import STUDENT_ID, shown, shown_id
from autograder.roster.ids import TELL, KnownIds, Roster

# what an LMS's key is looked up as, in this order; the last are tried where a name means anything
KEYS = {
    "lms_id": ("lms_id", "id"),
    "number": ("number", "name"),
    "login": ("login", "id", "email"),
    "id": ("id", "login", "name", "email", "number", "lms_id"),
    "inside": ("id", "login", "email"),
}
IS_AN_ID = ("id", "login", "lms_id", "inside")  # the key may be the student's id as it is
ROSTERS = {
    "canvas": "Canvas: Grades, Export, and give the file as --roster.",
    "moodle": "Moodle: the assignment, Download grading worksheet, and give it as --roster.",
    "blackboard": "Blackboard: Grade Center, Work Offline, Download, and give it as --roster.",
    "classroom": "Import the class first: `autograder students import FILE`.",
    "folder": "Name the folders by the students' ids, or give a list as --roster.",
}


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


def by_pattern(pattern: re.Pattern[str], path: str) -> Sender | None:
    """Who sent a file, by a pattern of the instructor's own."""
    match = pattern.match(path)
    if not match or not match["student"]:
        return None
    inner = path[match.end() :].lstrip("/_- ") or path.rpartition("/")[2]
    return Sender("id", match["student"], match["student"], inner)


@dataclass(frozen=True)
class People:
    """The class, to look senders up in: a roster if there is one, and the gradebook's ids."""

    lms: str
    roster: Roster | None
    known: KnownIds

    def identify(self, sender: Sender, paths: Iterable[str]) -> tuple[str, str]:
        """The student of an upload, and what was put right about the id.

        Args:
            sender: what the LMS's name says.
            paths: the sender's files; in a pattern of the instructor's they may be of two people.

        Raises:
            Refused: nobody, or two people.
        """
        numbers = sorted({number for path in paths if (number := _number(path))})
        if len(numbers) > 1:
            both = " and ".join(map(shown, numbers[:5]))
            raise Refused(f"Two people have this name (numbers {both} in the LMS). {TELL}")
        if self.roster is None or not self.roster.members:
            return self._without_roster(sender, bool(numbers))
        kinds = [kind for kind in KEYS[sender.kind] if self.roster.knows(kind)]
        for kind in kinds:
            key = sender.name if kind == "name" else sender.key
            if (kind, key) in self.roster:
                member = self.roster.find(kind, key)
                return member.student, member.remark
        if not kinds:
            raise Refused(f"The roster has no column for {sender.kind}. {ROSTERS[self.lms]}")
        return self._by_other_form(sender)

    def _by_other_form(self, sender: Sender) -> tuple[str, str]:
        """The student whose id differs from the key by zeros or capitals alone."""
        if sender.kind in IS_AN_ID and self.roster is not None:
            listed = KnownIds(frozenset(member.student for member in self.roster.members))
            if listed.like(sender.key):
                return listed.resolve(sender.key)
            if self.known.complete:
                return self.known.resolve(sender.key)
        raise Refused("The roster does not know this name.")

    def _without_roster(self, sender: Sender, looks_like_lms: bool) -> tuple[str, str]:
        if looks_like_lms and self.lms == "folder" and not STUDENT_ID.fullmatch(sender.key):
            raise Refused(f"'{shown_id(sender.key)}' is not a student id. {HINT}")
        if sender.kind not in IS_AN_ID:
            raise Refused(f"No roster tells whose id this is. {ROSTERS[self.lms]}")
        if sender.kind == "lms_id" and not self.known.like(sender.key):
            raise Refused(f"No roster tells whose number {sender.key} is. {ROSTERS['canvas']}")
        return self.known.resolve(sender.key)


HINT = (
    "It looks like a name that an LMS wrote: name the LMS, such as --lms moodle, and give its own "
    "list of the class as --roster; or take the names apart by --name-pattern."
)


def _number(path: str) -> str | None:
    """A person's number in the LMS, from a name as Moodle or Canvas writes it; else None."""
    sender = sender_at_start("moodle", path) or sender_at_start("canvas", path)
    return sender.key if sender else None


def refuse_two_of_one(found: dict[str, list[str]]) -> dict[str, str]:
    """Students whom two senders of a download lead to, with the sentence that says so.

    Args:
        found: for each student, the senders as a person reads them.
    """
    return {
        student: f"Two of this download are {student}: "
        f"{' and '.join(shown(name) for name in sorted(names)[:5])}. {TELL}"
        for student, names in found.items()
        if len(names) > 1
    }
