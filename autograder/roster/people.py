"""People as the lists of LMSs describe them: which columns each list has, and what they mean.

Read are: Canvas's gradebook export, Moodle's participants and its grading worksheet, Blackboard's
and Google Classroom's lists, nbgrader's own form (id, first_name, last_name, email), and a list of
two columns without a head: the name in the LMS, the student's id. Heads in English or Korean.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from autograder.errors import UserError
from autograder.roster.tables import Row, Table, line_of

# what each list calls a column, by our word for it
HEADS = {
    "id": ("id number", "student id", "student_id", "studentid", "sis user id", "학번", "id 번호"),
    "login": ("username", "sis login id", "user name", "아이디", "사용자 아이디"),
    "name": ("student", "full name", "fullname", "name", "성명", "이름(성명)"),
    "first_name": ("first name", "first_name", "given name", "이름"),
    "last_name": ("last name", "last_name", "surname", "family name", "성"),
    "email": ("email address", "email", "e-mail", "이메일 주소", "이메일"),
    "lms_id": ("user_id", "user id", "canvas user id"),
    "section": ("section", "groups", "group", "분반", "그룹", "모둠"),
    "number": ("identifier", "식별자", "식별번호"),
    "submitted": (
        "last modified (submission)", "submitted_at", "submitted at", "submission time",
        "마지막 수정 (제출)", "최종 수정 (제출)", "제출 시각",
    ),
}  # fmt: skip
CANVAS_SIGNS = {"sis user id", "sis login id"}  # beside them, "ID" is Canvas's own number
AN_ID = {"id", "login", "email", "lms_id"}
MOST_TITLES = 5  # rows within which the head stands
NO_PERSON = ("points possible", "student, test", "test student", "manual posting")
WANTED = (
    "It needs a column of ids (such as id, ID number, SIS User ID, Username, Email address), or "
    "two columns without a head: the name in the LMS, the student's id."
)


@dataclass(frozen=True)
class Person:
    """One row of a list. What a list does not say is empty.

    id, login, email : what may be the student's id here
    lms_id : Canvas's own number of the person, which it writes into names of downloads
    number : Moodle's number of the person in one assignment, which it writes there
    submitted : when the person handed in, as written
    """

    line: int
    id: str = ""
    login: str = ""
    email: str = ""
    lms_id: str = ""
    number: str = ""
    name: str = ""
    first_name: str = ""
    last_name: str = ""
    section: str = ""
    submitted: str = ""

    @property
    def shown_name(self) -> str:
        """The name as a table shows it: last name first, as lists are sorted."""
        return self.name or f"{self.last_name}, {self.first_name}".strip(", ")

    @property
    def names(self) -> frozenset[str]:
        """Every way in which an LMS writes the name: last name first or last, with a blank or not.

        Canvas writes "Kim, Yuna" here and "kimyuna" in a download, so case and commas go.
        """
        first, last = self.first_name, self.last_name
        found = {self.name, f"{first} {last}", f"{last} {first}", f"{last}{first}"}
        parts = self.name.split(", ")
        if len(parts) == 2:
            found |= {" ".join(parts[::-1]), " ".join(parts), "".join(parts)}
        return frozenset(one_form(name) for name in found) - {""}


def one_form(name: str) -> str:
    """A name as it is compared."""
    return " ".join(name.split()).casefold()


def read_people(table: Table) -> tuple[Person, ...]:
    """The people of a list.

    Raises:
        UserError: there is no column of ids, or a row does not fit the head.
    """
    start = _place_of_head(table)
    head = _words(table.rows[start])
    columns = _columns(head)
    if columns is None:
        return _without_head(table)
    if not AN_ID & columns.keys():
        raise UserError(
            f"{table.path.name} has the columns {', '.join(filter(None, head))[:200]}.", WANTED
        )
    people = [_person(table, row, columns, len(head)) for row in table.rows[start + 1 :]]
    return tuple(person for person in people if person is not None)


def _place_of_head(table: Table) -> int:
    """Which row is the head: the first, or the one below a title such as "NLP, spring 2026"."""
    for place, row in enumerate(table.rows[:MOST_TITLES]):
        if AN_ID & (_columns(_words(row)) or {}).keys():
            return place
    return 0


def _words(row: Row) -> list[str]:
    return [cell.casefold() for cell in row.cells]


def _columns(head: list[str]) -> dict[str, int] | None:
    """The place of each column that we know; None where the first row is no head."""
    found: dict[str, int] = {}
    for word, names in HEADS.items():
        places = [head.index(name) for name in names if name in head]
        if places:
            found[word] = places[0]
    if "id" in head:
        canvas = bool(CANVAS_SIGNS & set(head)) or "student" in head
        found.setdefault("lms_id" if canvas else "id", head.index("id"))
    return found or None


def _person(table: Table, row: Row, columns: dict[str, int], width: int) -> Person | None:
    cells = row.cells
    if any(cell.casefold() in NO_PERSON for cell in cells[:1]):
        return None
    while len(cells) > width and not cells[-1]:
        cells = cells[:-1]
    if not cells or len(cells) > width or len(cells) <= min(columns.values()):
        raise UserError(
            line_of(table, row, f"{len(row.cells)} columns where the head has {width}."),
            "Is a name with a comma without quotes? Export the list again, or repair that line.",
        )
    told = {word: cells[place] for word, place in columns.items() if place < len(cells)}
    told["number"] = told.get("number", "").rpartition(" ")[2]  # of "Participant 4711"
    return Person(row.line, **told)


def _without_head(table: Table) -> tuple[Person, ...]:
    """A list of two columns, from its first row on; a head that says nothing is no person."""
    ids = [row.cells[1] if len(row.cells) > 1 else "" for row in table.rows]
    if not _has_digit(ids[0]) and any(map(_has_digit, ids[1:])):
        said = f"is '{', '.join(table.rows[0].cells)[:100]}' a head? None of its columns is known."
        raise UserError(line_of(table, table.rows[0], said), WANTED)
    for row in table.rows:
        if len(row.cells) < 2 or not row.cells[1]:
            raise UserError(
                line_of(table, row, "a list without a head needs two columns in every row."), WANTED
            )
    return tuple(Person(row.line, id=row.cells[1], name=row.cells[0]) for row in table.rows)


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def without_doubles(people: tuple[Person, ...]) -> tuple[Person, ...]:
    """The people without rows that say the same again."""
    return tuple({replace(person, line=0): person for person in reversed(people)}.values())[::-1]
