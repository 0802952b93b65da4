"""Scores as an LMS imports them: Canvas's gradebook, Moodle's worksheet or import, or a plain CSV.

A score is automatic plus given by hand less lateness. Without one (a review, nothing handed in) the
cell is blank, never 0. Where the LMS's own file is given, its columns are kept as they are and only
scores are put in, so ids, order and quoting are the LMS's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course_folder import Course
from autograder.deadlines.settling import settle
from autograder.errors import UserError
from autograder.gradebook import open_gradebook
from autograder.pages.spreadsheet import write_csv
from autograder.pages.standing import Standing, read_standings
from autograder.roster.ids import KnownIds, Member, roster_of
from autograder.roster.people import read_people
from autograder.roster.store import ClassMember, class_of, has_gradebook
from autograder.roster.tables import Table, read_table
from autograder.voided import WORDS

FORMATS = ("canvas", "moodle", "csv")
REVIEW, NOTHING = "needs a review", "nothing handed in"
MOODLE_GRADE = ("grade", "성적", "점수")


@dataclass(frozen=True)
class Wanted:
    """What is exported.

    to : one of FORMATS
    weeks : assignments, in order
    like : the LMS's own file, whose columns are kept
    most : every week's scores are scaled to so many points; None: the week's own
    weights : how often a week counts in the total; 1 where nothing is said
    drop_lowest : weeks of the lowest share that the total leaves out
    """

    to: str
    weeks: tuple[str, ...]
    like: Path | None = None
    most: float | None = None
    weights: Mapping[str, float] = field(default_factory=dict)
    drop_lowest: int = 0


@dataclass(frozen=True)
class Exported:
    """The file, and what a person should know about it."""

    path: Path
    students: int
    blanks: int
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Scores:
    """The class, and where everybody stands in every week."""

    members: dict[str, ClassMember]
    standings: dict[str, dict[str, Standing]]  # by week, by student

    def score(self, week: str, student: str, most: float | None) -> float | None:
        """The score of one week, scaled; None where there is none."""
        standing = self.standings[week].get(student)
        if standing is None or standing.total is None:
            return None
        scale = most / standing.most if most is not None and standing.most else 1.0
        return round(scale * standing.total, 2)

    def remarks(self, student: str) -> str:
        """Why cells are blank, and what waits for a reader."""
        said = []
        for week, found in self.standings.items():
            standing = found.get(student)
            if standing is None:
                said.append(f"{week}: {NOTHING}")
            elif standing.total is None:
                said.append(f"{week}: {REVIEW}")
            elif standing.to_read:
                said.append(f"{week}: {standing.to_read:g} points wait for a reader")
            voided = standing.voided if standing is not None else ()
            said += [f"{week}: {name} {WORDS[how]}" for name, how in voided]
        return "; ".join(said)

    def total(self, student: str, wanted: Wanted) -> float | None:
        """The weighted sum; who handed nothing in has 0 there. None while a review is open."""
        found: list[tuple[float, float]] = []  # share, weighted points
        for week in wanted.weeks:
            standing = self.standings[week].get(student)
            if standing is not None and standing.total is None:
                return None
            points = self.score(week, student, wanted.most) or 0.0
            share = (standing.total or 0.0) / standing.most if standing and standing.most else 0.0
            found.append((share, wanted.weights.get(week, 1.0) * points))
        kept = sorted(found)[wanted.drop_lowest :]
        return round(sum(points for _, points in kept), 2)


def export(course: Course, wanted: Wanted, target: Path | None = None) -> Exported:
    """Write the scores of some weeks to exported/, or to a file that is named.

    Raises:
        UserError: a week was never released, the LMS's file cannot be used, or another program
            holds the gradebook; nothing was written.
    """
    scores = _read(course, wanted)
    name = "+".join(wanted.weeks) if len(wanted.weeks) < 4 else f"{len(wanted.weeks)}_weeks"
    form = "" if wanted.to == "csv" else f".{wanted.to}"
    path = target or course.root / "exported" / f"{name}{form}.csv"
    if wanted.like is not None:
        head, rows, remarks = _like(wanted, scores, read_table(wanted.like))
    else:
        head, rows = {"canvas": _canvas, "moodle": _moodle, "csv": _plain}[wanted.to](
            wanted, scores
        )
        remarks = ()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_csv(path, head, rows)
    blank = sum(
        scores.score(week, student, None) is None
        for week in wanted.weeks
        for student in scores.members
    )
    return Exported(path, len(rows), blank, tuple(remarks))


def _read(course: Course, wanted: Wanted) -> _Scores:
    if not has_gradebook(course):
        raise UserError("There is no gradebook yet.", "Release and grade a week first.")
    with open_gradebook(course) as gradebook:
        known = {assignment.name for assignment in gradebook.assignments}
        for week in wanted.weeks:
            if week not in known:
                raise UserError(
                    f"The gradebook does not know '{week}'.",
                    f"Known: {', '.join(sorted(known)) or 'none; release a week first'}.",
                )
            settle(course, gradebook, week)
        standings = {week: read_standings(gradebook, week) for week in wanted.weeks}
        return _Scores(class_of(gradebook), standings)


# ------------------------------------------------------------------------------------ from scratch
Sheet = tuple[list[str], list[list[object]]]


def _canvas(wanted: Wanted, scores: _Scores) -> Sheet:
    """As Grades → Import takes it: a column that Canvas does not know becomes an assignment."""
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *wanted.weeks]
    points = ["    Points Possible", "", "", "", "", *_possible(wanted, scores)]
    rows: list[list[object]] = [list(points)]
    for student, one in scores.members.items():
        row = [one.name or student, one.lms_id, student, one.login, one.section]
        rows.append([*row, *(scores.score(week, student, wanted.most) for week in wanted.weeks)])
    return head, rows


def _possible(wanted: Wanted, scores: _Scores) -> list[object]:
    found: list[object] = []
    for week in wanted.weeks:
        most = max((one.most for one in scores.standings[week].values()), default=None)
        found.append(most if wanted.most is None else wanted.most)
    return found


def _moodle(wanted: Wanted, scores: _Scores) -> Sheet:
    """As Grades → Import → CSV file takes it, mapped by ID number or e-mail."""
    head = ["ID number", "First name", "Last name", "Email address", *wanted.weeks]
    rows: list[list[object]] = []
    for student, one in scores.members.items():
        row = [student, one.first_name, one.last_name, one.email]
        rows.append([*row, *(scores.score(week, student, wanted.most) for week in wanted.weeks)])
    return head, rows


def _plain(wanted: Wanted, scores: _Scores) -> Sheet:
    """For people: names, sections, the parts of each score, the total, why a cell is blank."""
    head = ["id", "last_name", "first_name", "section"]
    for week in wanted.weeks:
        head += [week, f"{week} automatic", f"{week} by hand", f"{week} late"]
    rows: list[list[object]] = []
    for student, one in scores.members.items():
        row: list[object] = [student, one.last_name, one.first_name, one.section]
        for week in wanted.weeks:
            row += [scores.score(week, student, wanted.most), *_parts(scores, week, student)]
        rows.append([*row, scores.total(student, wanted), scores.remarks(student)])
    return [*head, "total", "remarks"], rows


def _parts(scores: _Scores, week: str, student: str) -> list[object]:
    standing = scores.standings[week].get(student)
    if standing is None or standing.total is None:
        return [None, None, None]
    return [standing.automatic, standing.by_hand, round(standing.late, 2)]


# ------------------------------------------------------------------------------------ like a file
def _like(
    wanted: Wanted, scores: _Scores, table: Table
) -> tuple[list[str], list[list[object]], tuple[str, ...]]:
    """The LMS's own file with scores put in; other cells stay as they are."""
    head = list(table.rows[0].cells)
    places = {week: _column(wanted, head, week) for week in wanted.weeks}
    people = read_people(table)
    members = roster_of(table, people, KnownIds(frozenset(scores.members))).members
    _refuse_two_lines_of_one(members)
    by_line = {one.person.line: one.student for one in members if not one.problem}
    rows: list[list[object]] = []
    for row in table.rows[1:]:
        cells: list[object] = [*row.cells, *[""] * (len(head) - len(row.cells))]
        student = by_line.get(row.line)
        for week, place in places.items():
            if student in scores.members:
                cells[place] = scores.score(week, str(student), wanted.most)
        rows.append(cells)
    return head, rows, tuple(_strangers(scores, set(by_line.values()), table))


def _refuse_two_lines_of_one(members: Iterable[Member]) -> None:
    """Raise UserError where a file has somebody twice: which line is it?"""
    counts = Counter(one.student for one in members if one.student)
    for one in members:
        if counts[one.student] > 1:
            raise UserError(one.problem, "Nothing was written.")


def _column(wanted: Wanted, head: Sequence[str], week: str) -> int:
    """The column of a week: Canvas's "week01 (71)", Blackboard's "week01 [Total Pts: 41 Score]
    |12", or the Grade of a worksheet."""
    names = [cell.casefold() for cell in head]
    for place, name in enumerate(names):
        if name == week.casefold() or name.startswith(
            (f"{week.casefold()} (", f"{week.casefold()} [")
        ):
            return place
    worksheet = [place for place, name in enumerate(names) if name in MOODLE_GRADE]
    if wanted.to == "moodle" and worksheet and len(wanted.weeks) == 1:
        return worksheet[0]
    raise UserError(
        f"{wanted.like} has no column for {week}; it has {', '.join(head)[:300]}.",
        "Export it again after the assignment was made in the LMS, under the week's name.",
    )


def _strangers(scores: _Scores, listed: set[str], table: Table) -> list[str]:
    absent = sorted(scores.members.keys() - listed)
    if not absent:
        return []
    return [f"Not in {table.path.name}, so without a line: {', '.join(absent[:40])}."]
