"""The instructor's report on a week, made from the journal: HTML to look at, CSV to load."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, median
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from autograder.course_folder import Course
from autograder.deadlines.settling import Lateness, settle
from autograder.errors import UserError
from autograder.gradebook import open_gradebook
from autograder.insight.items import Item, items_of
from autograder.insight.outliers import Amounts, heavy, slow
from autograder.insight.similar import Alike, similar
from autograder.insight.sources import sources_of
from autograder.insight.trends import Section, Trend, sections_of, trends_of
from autograder.insight.unnamed import Group, groups_of
from autograder.journal import open_journal
from autograder.model import CheckVerdict, Entry, Verdict
from autograder.pages.spreadsheet import write_csv
from autograder.pages.standing import Standing, read_standings
from autograder.pages.verdict_table import colour
from autograder.roster.store import ClassMember, class_of, has_gradebook
from autograder.voided import WORDS, as_counted, read_voids
from autograder.week import Week

# one tint a verdict in the bars, apart for colour-blind readers too
SHADES = {
    Verdict.PASS: "#1b7837", Verdict.PARTLY: "#80b1a0", Verdict.WRONG: "#b35806",
    Verdict.ERROR: "#e08214", Verdict.TIME_LIMIT: "#fdb863", Verdict.DEAD_KERNEL: "#8073ac",
    Verdict.MEMORY_LIMIT: "#b2abd2", Verdict.OUTPUT_LIMIT: "#542788",
    Verdict.GRADER_FAULT: "#57606a", Verdict.VOID: "#afb8c1",
}  # fmt: skip


@dataclass(frozen=True)
class CheckSummary:
    """How a class did at one check."""

    grade_id: str
    max_points: float
    mean: float
    verdicts: Counter
    mistakes: tuple[tuple[str, str, int], ...]  # name, hint, how many

    @property
    def share(self) -> float:
        """The mean, as per cent of the points."""
        return 100 * self.mean / self.max_points if self.max_points else 0.0

    @property
    def parts(self) -> list[tuple[str, int, float]]:
        """Each verdict, how many got it, and per cent of the class; right answers first."""
        total = sum(self.verdicts.values())
        counted = sorted(
            self.verdicts.items(), key=lambda item: (item[0] != Verdict.PASS, -item[1], item[0])
        )
        return [(verdict, count, 100 * count / total) for verdict, count in counted]


@dataclass(frozen=True)
class Report:
    """A week's results, ready to be drawn."""

    week: str
    entries: tuple[Entry, ...]
    checks: tuple[CheckSummary, ...]
    max_score: float
    pages: dict[str, str] = field(default_factory=dict)  # student -> feedback page, where written
    standings: dict[str, Standing] = field(default_factory=dict)  # the whole score, by student
    lateness: dict[str, Lateness] = field(default_factory=dict)
    members: dict[str, ClassMember] = field(default_factory=dict)  # who has left is not here
    missing: tuple[ClassMember, ...] = ()  # of the class, nothing handed in
    voids: dict[str, str] = field(default_factory=dict)  # checks that count otherwise
    items: tuple[Item, ...] = ()  # the probes: how hard, and whom they tell apart
    groups: tuple[Group, ...] = ()  # equal wrong answers without a name
    alike: tuple[Alike, ...] = ()  # submissions for a person to compare
    trends: dict[str, Trend] = field(default_factory=dict)
    weeks: tuple[str, ...] = ()  # that the trends go over
    sections: tuple[Section, ...] = ()

    @property
    def fallen(self) -> list[Trend]:
        """Who is far below the weeks before."""
        return [trend for trend in self.trends.values() if trend.fallen]

    @property
    def slow(self) -> Amounts:
        """Whose submission took far longer than the class's, in seconds."""
        return slow(self.entries)

    @property
    def heavy(self) -> Amounts:
        """Whose submission took far more memory than the class's, in MB."""
        return heavy(self.entries)

    @property
    def void_words(self) -> list[str]:
        """A sentence for each check that does not count as it is."""
        return [f"{name}: {WORDS[how]}." for name, how in sorted(self.voids.items())]

    @property
    def figures(self) -> list[tuple[str, str]]:
        """The class in a few numbers, as (number, what it is)."""
        made = [(f"{len(self.entries)}", "submissions")]
        if self.scores:
            most = f"of {self.max_score:g} points"
            full = sum(score >= self.max_score for score in self.scores)
            made += [(f"{mean(self.scores):.1f}", f"mean, {most}")]
            made += [(f"{median(self.scores):.1f}", f"median, {most}")]
            made += [(f"{full}", "with full points")]
        return [*made, (f"{len(self.reviews)}", "to review")]

    @property
    def reviews(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.needs_review)

    @property
    def scores(self) -> list[float]:
        return [entry.score for entry in self.entries if entry.score is not None]

    @property
    def histogram(self) -> list[tuple[str, int, float]]:
        """Ten classes of equal width over the scores, as (label, count, % of the highest)."""
        width = self.max_score / 10 or 1
        counts = Counter(min(max(int(score / width), 0), 9) for score in self.scores)
        most = max(counts.values(), default=1)
        return [
            (f"{i * width:g}–{(i + 1) * width:g}", counts[i], 100 * counts[i] / most)
            for i in range(10)
        ]


def read_report(week: Week) -> Report:
    """Collect a week's results from its journal.

    Raises:
        UserError: nothing has been graded.
    """
    journal = open_journal(week)
    if not journal.entries:
        raise UserError(
            f"Nothing of '{week.name}' has been graded yet.",
            f"Run `autograder grade {week.name}` first.",
        )
    known = _class(week)
    entries = tuple(
        as_counted(entry, known.voids)
        for student, entry in sorted(journal.entries.items())
        if student not in known.left
    )
    checks: dict[str, list[CheckVerdict]] = {}
    for entry in entries:
        for check in checks_of(entry).values():
            checks.setdefault(check.grade_id, []).append(check)
    summaries = tuple(_summary(grade_id, found) for grade_id, found in checks.items())
    pages = {entry.student: page for entry in entries if (page := _page(week, entry))}
    handed_in = {entry.student for entry in entries}
    absent = (one for one in known.members.values() if one.student not in handed_in)
    sources = sources_of(week, sorted(handed_in))
    return Report(
        week.name, entries, summaries, sum(check.max_points for check in summaries), pages,
        known.standings, known.lateness, known.members,
        tuple(one for one in absent if one.entered), known.voids,
        items=items_of(entries), groups=groups_of(entries, sources),
        alike=similar(week, sources), weeks=tuple(known.shares),
        trends=trends_of(known.shares, [entry.student for entry in entries]),
        sections=sections_of(known.members, known.shares.get(week.name, {}), handed_in),
    )  # fmt: skip


@dataclass(frozen=True)
class _Class:
    """What the gradebook says: whole scores and lateness, who is in the class, what is void."""

    standings: dict[str, Standing] = field(default_factory=dict)
    lateness: dict[str, Lateness] = field(default_factory=dict)
    members: dict[str, ClassMember] = field(default_factory=dict)
    left: frozenset[str] = frozenset()
    voids: dict[str, str] = field(default_factory=dict)
    shares: dict[str, dict[str, float | None]] = field(default_factory=dict)  # of weeks up to this


def _class(week: Week) -> _Class:
    """Read once, after lateness is settled anew."""
    if not has_gradebook(week.course):
        return _Class()
    with open_gradebook(week.course) as gradebook:
        lateness = settle(week.course, gradebook, week.name)
        members, everybody = class_of(gradebook), class_of(gradebook, dropped=True)
        names = sorted(one.name for one in gradebook.assignments if one.name <= week.name)
        standings = {name: read_standings(gradebook, name) for name in names}
        voids = read_voids(gradebook, week.name)
    shares = {
        name: {student: one.share for student, one in found.items()}
        for name, found in standings.items()
        if found
    }
    left = frozenset(everybody.keys() - members.keys())
    return _Class(standings.get(week.name, {}), lateness, members, left, voids, shares)


def _page(week: Week, entry: Entry) -> str | None:
    """The address of a student's feedback, as seen from reports/, if it has been written."""
    found = sorted(week.folder("feedback", entry.student).glob("*.html"))
    if not found:
        return None
    parts = ("feedback", entry.student, week.name, found[0].name)
    return "/".join(["..", *(quote(part, safe="") for part in parts)])


def hand_remarks(report: Report, student: str) -> list[str]:
    """Points beside the checks': by hand, to be read, off for lateness, and what is in doubt."""
    standing, late = report.standings.get(student), report.lateness.get(student)
    if standing is None or standing.total is None:
        return []
    said = [standing.words] if standing.by_hand_most or standing.to_read or standing.late else []
    if late is not None and late.seconds:
        said.append(f"{math.ceil(late.seconds / 60)} min late")
    if standing.stale:
        said.append(f"by hand, on work that has changed since: {', '.join(standing.stale)}")
    return said


def remarks_of(entry: Entry) -> list[str]:
    """What an instructor wants to know about a submission, in a few words each."""
    fine = (Verdict.PASS, Verdict.VOID)
    lost = [check for check in checks_of(entry).values() if check.verdict not in fine]
    named = [f"{c.exercise}: {c.mistake.name.replace('-', ' ')}" for c in lost if c.mistake]
    kinds = Counter(str(check.verdict) for check in lost if not check.mistake)
    counted = [f"{count} × {kind}" for kind, count in kinds.most_common()]
    return [*named, *counted, *entry.notes, *filter(None, [entry.stamp])]


def checks_of(entry: Entry) -> dict[str, CheckVerdict]:
    """The checks of a submission by grade_id, over all its notebooks."""
    return {check.grade_id: check for judged in entry.judgements for check in judged.checks}


def write_report(course: Course, report: Report) -> tuple[Path, Path]:
    """Write reports/WEEK.html and reports/WEEK.csv; returns both paths.

    Beside them stands WEEK.mistakes.txt where there are wrong answers that many gave alike.
    """
    folder = course.root / "reports"
    folder.mkdir(exist_ok=True)
    html, table = folder / f"{report.week}.html", folder / f"{report.week}.csv"
    html.write_text(render_html(report), "utf-8")
    _write_csv(report, table)
    stubs = folder / f"{report.week}.mistakes.txt"
    stubs.unlink(missing_ok=True)
    if report.groups:
        stubs.write_text("\n".join(group.stub for group in report.groups), "utf-8")
    return html, table


def render_html(report: Report) -> str:
    """The report as one page without scripts; everything from students is escaped by Jinja."""
    environment = Environment(
        loader=PackageLoader("autograder"), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("report.html").render(
        report=report,
        checks_of=checks_of,
        remarks_of=remarks_of,
        hand_remarks=hand_remarks,
        colour=colour,
        shades=SHADES,
    )


def _summary(grade_id: str, checks: list[CheckVerdict]) -> CheckSummary:
    mistakes = Counter((c.mistake.name, c.mistake.en) for c in checks if c.mistake)
    return CheckSummary(
        grade_id,
        checks[0].max_points,
        sum(check.points for check in checks) / len(checks),
        Counter(str(check.verdict) for check in checks),
        tuple((name, hint, count) for (name, hint), count in mistakes.most_common()),
    )


def _write_csv(report: Report, path: Path) -> None:
    names = [check.grade_id for check in report.checks]
    head = ["student", "score", "max_score", *names, "needs_review", "notes", "remark", *WHOLE]
    write_csv(path, head, (_row(report, names, entry) for entry in report.entries))


def _row(report: Report, names: list[str], entry: Entry) -> list[object]:
    """A student's line: without a score there is no number in it."""
    found = checks_of(entry)
    points = [found[name].points if name in found else None for name in names]
    most = None if entry.score is None else report.max_score
    notes = " ".join(entry.notes)
    row = [entry.student, entry.score, most, *points, entry.needs_review, notes, entry.stamp]
    return [*row, *_whole(report, entry)]


WHOLE = [
    "total",
    "total_of",
    "by_hand",
    "to_read",
    "late_points",
    "late_minutes",
    "name",
    "section",
    "seconds",
    "peak_mb",
]


def _whole(report: Report, entry: Entry) -> list[object]:
    """The whole score, who it is, what the run took; without a score there is no number in it."""
    one = report.members.get(entry.student)
    who: list[object] = [one.name, one.section] if one else [None, None]
    who += [entry.seconds or None, entry.peak_mb]
    standing, late = report.standings.get(entry.student), report.lateness.get(entry.student)
    if standing is None or standing.total is None:
        return [*[None] * 6, *who]
    minutes = math.ceil(late.seconds / 60) if late and late.known else None
    points = [standing.total, standing.most, standing.by_hand, standing.to_read]
    return [*points, round(standing.late, 2), minutes, *who]
