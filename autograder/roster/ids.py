"""Ids of a list compared with the gradebook's: the same person never gets a second row there.

Excel removes leading zeros and writes long numbers as 2.02E+09. What can be told apart is put
right, with a remark; what cannot is refused; an id that only looks new never becomes a student.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from autograder.errors import Refused
from autograder.notebook_files import STUDENT_ID, shown, shown_id
from autograder.roster.people import Person, one_form, without_doubles
from autograder.roster.tables import Table

ROUNDED = re.compile(r"\d(?:\.\d+)?[eE]\+\d+")
WHOLE = re.compile(r"(\d+)\.0+")
KINDS = ("id", "login", "email", "email name", "lms_id")  # what may be the id, the likeliest first
EXCEL = "Export the list again and use it as it is, without opening it in Excel."


@dataclass(frozen=True)
class KnownIds:
    """The ids of the gradebook; where the class was entered, nobody else is of the class."""

    ids: frozenset[str] = frozenset()
    complete: bool = False

    def like(self, student: str) -> list[str]:
        """The ids that differ from this one by zeros in front or by capitals alone, or not."""
        return sorted(known for known in self.ids if _bare(known) == _bare(student))

    def resolve(self, student: str) -> tuple[str, str]:
        """The gradebook's own form of an id, and a remark if it is another form.

        Raises:
            Refused: it may mean two of the gradebook, or it means nobody of a class that is known.
        """
        if not STUDENT_ID.fullmatch(student):
            raise Refused(f"'{shown_id(student)}' is not a student id that this grader accepts.")
        alike = self.like(student)
        if len(alike) > 1:
            raise Refused(
                f"The gradebook has {' and '.join(alike)}, which may be one person: remove the one "
                "that is nobody, with `nbgrader db student remove ID`."
            )
        if alike:
            written = f"The gradebook's form of '{student}'."
            return alike[0], "" if alike[0] == student else written
        if self.complete:
            raise Refused(
                f"'{student}' is not in the gradebook. If the student is new, import the list "
                "again: `autograder students import FILE`."
            )
        return student, ""


def same_id(one: str, other: str) -> bool:
    """Whether two ids differ by zeros in front or by capitals alone, or not at all."""
    return _bare(one) == _bare(other)


def _bare(student: str) -> str:
    folded = student.casefold()
    return (folded.lstrip("0") or "0") if folded.isdigit() else folded


@dataclass(frozen=True)
class Member:
    """A person of a list with the id of the gradebook, or with the reason why there is none."""

    person: Person
    student: str = ""
    remark: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Roster:
    """A list of a class, compared with the gradebook."""

    members: tuple[Member, ...] = ()
    by_key: dict[tuple[str, str], tuple[Member, ...]] = field(default_factory=dict)

    def find(self, kind: str, key: str) -> Member:
        """The one member with a number, a login or a name.

        Raises:
            Refused: nobody, two people, or one whose id cannot be used.
        """
        found = self.by_key.get((kind, one_form(key)), ())
        if not found:
            raise Refused("The roster does not know this name.")
        if len({member.student for member in found}) > 1:
            ids = " and ".join(shown(member.student or "?") for member in found[:5])
            raise Refused(f"The roster has this name twice, with the ids {ids}. {TELL}")
        if found[0].problem:
            raise Refused(found[0].problem)
        return found[0]

    def __contains__(self, kind_and_key: tuple[str, str]) -> bool:
        kind, key = kind_and_key
        return (kind, one_form(key)) in self.by_key

    def knows(self, kind: str) -> bool:
        """Whether any member can be found by this kind of key."""
        return any(kind == known for known, _ in self.by_key)


TELL = (
    "The LMS's number tells them apart: give the list that has it as --roster, Moodle's grading "
    "worksheet or Canvas's export."
)


def roster_of(table: Table, people: Iterable[Person], known: KnownIds) -> Roster:
    """A list with the ids that the gradebook knows, or would know."""
    single = without_doubles(tuple(people))
    kind = _kind_of_id(single, known)
    written = {person: _written(person, kind) for person in single}
    usual = _usual_length(kind, [*written.values(), *known.ids])
    members = [_member(table, person, written[person], usual, known) for person in single]
    return indexed(_without_shared_ids(table, members))


def _written(person: Person, kind: str) -> str:
    text = person.email.partition("@")[0] if kind == "email name" else getattr(person, kind)
    whole = WHOLE.fullmatch(text)
    return whole[1] if whole else text


def _kind_of_id(people: tuple[Person, ...], known: KnownIds) -> str:
    """The column whose entries the gradebook knows best; else the first that tells people apart.

    An id that two rows have is a slip in them, and no reason to take another column for the id.
    """
    values = {kind: [_written(person, kind) for person in people] for kind in KINDS}
    bare = {_bare(student) for student in known.ids}
    hits = {kind: sum(_bare(text) in bare for text in values[kind] if text) for kind in KINDS}
    best = max(KINDS, key=lambda kind: hits[kind])
    if hits[best]:
        return best
    for kind in KINDS:
        apart = 2 * len(set(values[kind])) >= len(people)
        if all(values[kind]) and apart and kind != "email name":
            return kind
    return max(KINDS, key=lambda kind: sum(map(bool, values[kind])))


def _usual_length(kind: str, written: Iterable[str]) -> int:
    """How many digits the ids have; 0 where they have no length of their own."""
    lengths = Counter(len(text) for text in written if text.isdigit())
    if kind == "lms_id" or not lengths:
        return 0
    length, count = max(lengths.items(), key=lambda item: (item[1], item[0]))
    return length if count > sum(lengths.values()) / 2 else 0


def _member(table: Table, person: Person, text: str, usual: int, known: KnownIds) -> Member:
    place = f"{table.path.name}, line {person.line}"
    if not text:
        return Member(person, problem=f"{place}: there is no id. Add it there, or remove the line.")
    if ROUNDED.fullmatch(text):
        return Member(person, problem=f"{place}: Excel has rounded the id to {text}. {EXCEL}")
    remark = ""
    if text.isdigit() and len(text) < usual and not known.like(text):
        padded = text.zfill(usual)
        if padded not in (person.login, person.email.partition("@")[0]):
            why = f"the id {text} has {len(text)} digits where others have {usual}; has Excel"
            return Member(person, problem=f"{place}: {why} removed zeros? {EXCEL}")
        text, remark = padded, f"The zeros in front of {text} were put back."
    try:
        student, other = known.resolve(text)
    except Refused as refusal:
        return Member(person, text, problem=f"{place}: {refusal}")
    return Member(person, student, remark or other)


def _without_shared_ids(table: Table, members: list[Member]) -> list[Member]:
    """An id of two rows is nobody's, also where zeros in front or capitals tell the two apart."""
    lines: dict[str, list[int]] = {}
    for member in members:
        if member.student:
            lines.setdefault(_bare(member.student), []).append(member.person.line)
    shared = {bare: found for bare, found in lines.items() if len(found) > 1}
    return [
        replace(member, problem=_shared(table, member.student, shared[_bare(member.student)]))
        if _bare(member.student) in shared
        else member
        for member in members
    ]


def _shared(table: Table, student: str, lines: list[int]) -> str:
    places = " and ".join(map(str, sorted(lines)[:5]))
    return f"{table.path.name} gives the id {student} in lines {places}. Remove the wrong line."


def indexed(members: list[Member]) -> Roster:
    found: dict[tuple[str, str], list[Member]] = {}
    for member in members:
        person = member.person
        keys = {("number", person.number), ("lms_id", person.lms_id), ("login", person.login)}
        keys |= {("id", member.student), ("id", person.id), ("email", person.email)}
        keys |= {("name", name) for name in person.names}
        for kind, key in keys:
            if key:
                found.setdefault((kind, one_form(key)), []).append(member)
    return Roster(tuple(members), {key: tuple(value) for key, value in found.items()})
