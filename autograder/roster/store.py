"""The class in nbgrader's gradebook: its own table of students, and one of ours beside it.

nbgrader knows id, names, e-mail and the LMS's number. Sections, the login and whether a student has
left the course stand in a table of ours in the same database, so that one backup holds everything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, Student
from sqlalchemy import Boolean, Column, MetaData, String, Table, inspect, select

from autograder.course_folder import Course
from autograder.gradebook import open_gradebook, patiently
from autograder.roster.ids import KnownIds, Member, Roster, indexed
from autograder.roster.people import Person

SQLITE = "sqlite:///"
PERSON = Table(
    "word2chat_person",
    MetaData(),
    Column("student_id", String(128), primary_key=True),
    Column("section", String(255), nullable=False, default=""),
    Column("login", String(128), nullable=False, default=""),
    Column("dropped", Boolean, nullable=False, default=False),
)


@dataclass(frozen=True)
class ClassMember:
    """A student of the gradebook, as far as it knows one."""

    student: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_id: str = ""
    section: str = ""
    login: str = ""
    dropped: bool = False
    entered: bool = True  # by a list, not only because something was handed in

    @property
    def name(self) -> str:
        """The name as a table shows it: last name first, as lists are sorted."""
        return f"{self.last_name}, {self.first_name}".strip(", ")


def has_gradebook(course: Course) -> bool:
    """Whether there is one: opening it would make it."""
    url = course.db_url
    return not url.startswith(SQLITE) or Path(url.removeprefix(SQLITE)).is_file()


def read_class(course: Course, dropped: bool = False) -> dict[str, ClassMember]:
    """Everybody in the gradebook, by id; who has left only if asked for."""
    if not has_gradebook(course):
        return {}
    with open_gradebook(course) as gradebook:
        return class_of(gradebook, dropped)


def class_of(
    gradebook: Gradebook, dropped: bool = False, students: Collection[str] | None = None
) -> dict[str, ClassMember]:
    """Everybody in an open gradebook, or some of them, by id; who has left only if asked for."""
    ours = {row.student_id: row for row in _ours(gradebook, students)}
    found = _students(gradebook, students)
    members = (_member(student, ours.get(student.id)) for student in found)
    return {member.student: member for member in members if dropped or not member.dropped}


def _students(gradebook: Gradebook, only: Collection[str] | None = None) -> list[Student]:
    query = gradebook.db.query(Student).order_by(Student.id)
    return (query if only is None else query.filter(Student.id.in_(only))).all()


def _ours(gradebook: Gradebook, only: Collection[str] | None = None) -> list[Any]:
    if not inspect(gradebook.db.get_bind()).has_table(PERSON.name):
        return []
    query = select(PERSON)
    query = query if only is None else query.where(PERSON.c.student_id.in_(only))
    return list(gradebook.db.execute(query))


def _member(student: Student, ours: Any) -> ClassMember:
    theirs = (student.first_name, student.last_name, student.email, student.lms_user_id)
    entered = ours is not None or any(theirs)
    first, last, email, number = (text or "" for text in theirs)
    if ours is None:
        return ClassMember(student.id, first, last, email, number, entered=entered)
    more = (ours.section, ours.login, bool(ours.dropped))
    return ClassMember(student.id, first, last, email, number, *more)


def known_ids(course: Course) -> KnownIds:
    """The ids of the gradebook, dropped students included; complete if a list was entered."""
    members = read_class(course, dropped=True)
    return KnownIds(frozenset(members), any(member.entered for member in members.values()))


def roster_of_class(course: Course) -> Roster:
    """The class as it was entered, to look people up in."""
    found = []
    for one in read_class(course, dropped=True).values():
        if one.entered:
            person = Person(
                0, one.student, one.login, one.email, one.lms_id, first_name=one.first_name,
                last_name=one.last_name, section=one.section,
            )  # fmt: skip
            found.append(Member(person, one.student))
    return indexed(found)


def write_class(course: Course, members: Iterable[Member], dropped: Iterable[str] = ()) -> None:
    """Enter people, and hide those who left; all of it or nothing.

    Raises:
        UserError: another program holds the gradebook.
    """
    entered, left = list(members), list(dropped)
    with open_gradebook(course) as gradebook:
        patiently(lambda: _write(gradebook, entered, left), gradebook.db.rollback)


def _write(gradebook: Gradebook, members: list[Member], dropped: list[str]) -> None:
    session = gradebook.db
    PERSON.create(session.get_bind(), checkfirst=True)
    ours = {row.student_id: row for row in _ours(gradebook)}
    students = {student.id: student for student in _students(gradebook)}
    for member in members:
        student = students.get(member.student) or Student(id=member.student)
        session.add(student)
        _set_names(student, member)
        row = ours.get(member.student)
        person = member.person
        values = {
            "section": person.section or (row.section if row else ""),
            "login": person.login or (row.login if row else ""), "dropped": False,
        }  # fmt: skip
        _upsert(session, member.student, values, row is not None)
    for student_id in dropped:
        _upsert(session, student_id, {"dropped": True}, student_id in ours)
    session.commit()


def _set_names(student: Student, member: Member) -> None:
    """What the list says; what it does not say stays."""
    person = member.person
    first, last = person.first_name, person.last_name
    if not first and not last and ", " in person.name:
        last, _, first = person.name.partition(", ")
    student.first_name = first or (person.name if not last else "") or student.first_name
    student.last_name = last or student.last_name
    student.email = person.email or student.email
    student.lms_user_id = person.lms_id or student.lms_user_id


def _upsert(session: Any, student: str, values: dict[str, Any], there: bool) -> None:
    if there:
        session.execute(PERSON.update().where(PERSON.c.student_id == student).values(**values))
    else:
        session.execute(PERSON.insert().values(student_id=student, **values))
