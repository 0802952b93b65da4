"""Enter a class into the gradebook from the list that an LMS gives: all of it, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from autograder.course_folder import Course
from autograder.errors import UserError
from autograder.roster.ids import KnownIds, Member, Roster, roster_of
from autograder.roster.people import read_people
from autograder.roster.store import ClassMember, read_class, write_class
from autograder.roster.tables import read_table

SHOWN = 5  # problems told at once


@dataclass(frozen=True)
class Entered:
    """What became of one student.

    outcome : "new", "known", "back" (had left), "absent" (not in the list) or "left" (hidden now)
    """

    student: str
    outcome: str
    name: str = ""
    remark: str = ""


def enter_class(course: Course, path: Path, drop: bool, dry_run: bool = False) -> list[Entered]:
    """Enter everybody of a list; who is not in it any more is hidden, if that is asked for.

    Args:
        course: the course.
        path: the list.
        drop: hide who is entered and not in the list.
        dry_run: write nothing.

    Raises:
        UserError: the list or a row of it cannot be used; nothing was written.
    """
    before = read_class(course, dropped=True)
    table = read_table(path)
    known = KnownIds(frozenset(before))
    roster = roster_of(table, read_people(table), known)
    _refuse_problems(roster)
    listed = {member.student: member for member in roster.members}
    gone = [one for one in before.values() if one.entered and one.student not in listed]
    if not dry_run:
        write_class(course, listed.values(), [one.student for one in gone] if drop else ())
    done = [_entered(member, before) for member in listed.values()]
    done += [_absent(one, drop) for one in gone if drop or not one.dropped]
    return sorted(done, key=lambda one: one.student)


def _refuse_problems(roster: Roster) -> None:
    problems = [member.problem for member in roster.members if member.problem]
    if problems or not roster.members:
        more = len(problems) - SHOWN
        told = " ".join(dict.fromkeys(problems[:SHOWN])) or "The list has a head and nobody in it."
        raise UserError(
            told + (f" And {more} more." if more > 0 else ""), "Nobody was entered or changed."
        )


def _entered(member: Member, before: dict[str, ClassMember]) -> Entered:
    known = before.get(member.student)
    outcome = "new" if known is None else "back" if known.dropped else "known"
    return Entered(member.student, outcome, member.person.shown_name, member.remark)


def _absent(one: ClassMember, drop: bool) -> Entered:
    return Entered(one.student, "left" if drop else "absent", one.name)
