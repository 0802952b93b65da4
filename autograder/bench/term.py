"""What a term costs: the heaviest and the median week measured, all weeks projected from them."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.table import Table

from autograder.bench.week import WeekResult, alone, bench_week
from autograder.course_folder import Course
from autograder.demo.sample_class import solved_notebooks
from autograder.stages.ingest import ingest
from autograder.week import Week, open_week

HOUR = 3600


@dataclass(frozen=True)
class TermResult:
    """Processor seconds. `code_s` is that of each week's graded cells, imports not counted."""

    students: int
    code_s: dict[str, float]
    heaviest: WeekResult
    median: WeekResult

    @property
    def overhead_s(self) -> float:
        """What grading adds to a submission's own code, in the median week."""
        return max(0.0, self.median.further_s - self.median.code_s)

    def week_hours(self, week: WeekResult) -> float:
        """Core hours of one week: its first run, then every student's submission and page."""
        once = week.first_s - week.few_s
        return (once + self.students * (week.further_s + week.page_s)) / HOUR

    @property
    def term_hours(self) -> float:
        """Core hours of all weeks: what two of them cost was measured, the others are projected.

        A projected submission costs its own code, the median week's overhead and its page.
        """
        measured = {week.week: self.week_hours(week) for week in (self.heaviest, self.median)}
        once = self.median.first_s - self.median.few_s
        each = self.overhead_s + self.median.page_s
        return sum(
            measured.get(name, (once + self.students * (code + each)) / HOUR)
            for name, code in self.code_s.items()
        )

    def as_json(self) -> dict:
        """Everything, for `--json`."""
        return {
            **asdict(self), "overhead_s": self.overhead_s, "term_hours": self.term_hours,
            "week_hours": {w.week: self.week_hours(w) for w in (self.heaviest, self.median)},
        }  # fmt: skip


def bench_term(
    course: Course, students: int, count: int, workers: int, say: Callable[[str], None]
) -> TermResult:
    """Run every week's graded code once, then grade a class of the heaviest and the median week.

    Args:
        course: its weeks are released.
        students: of the term.
        count: submissions of the two classes.
        workers: of the grader.
        say: is told what is done.

    Raises:
        UserError: a submission did not get full points; a week is not released.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        code = {}
        for name in course.weeks():
            code[name] = _code_of(open_week(course, name), Path(folder) / name)
            say(f"{name}: {code[name]:.2f} s for the graded code of a submission")
        order = sorted(code, key=code.__getitem__)
        chosen = order[-1], order[(len(order) - 1) // 2]
        heaviest, median = (
            bench_week(open_week(course, name), count, workers, Path(folder) / f"{at}", say)
            for at, name in enumerate(chosen)
        )
    return TermResult(students, code, heaviest, median)


def _code_of(week: Week, folder: Path) -> float:
    """Processor seconds of the graded cells of a perfect submission, run once."""
    handed_in = folder / "submitted"
    handed_in.mkdir(parents=True)
    (solved,) = solved_notebooks(week, 1)
    (handed_in / f"{week.notebooks[0].name}.ipynb").write_bytes(solved)
    return alone(week, ingest(handed_in, "s1", week.name), folder, runs=1)[0]


def render_term(result: TermResult) -> Table:
    """The table for people."""
    title = f"{result.students:,} students, {len(result.code_s)} weeks"
    table = Table(title=title, title_justify="left")
    names = ("", "its own code, s", "CPU s a submission", "CPU s a page", "first run, s",
             f"core hours for {result.students:,}")  # fmt: skip
    for name in names:
        table.add_column(name, justify="right" if name else "left")
    for kind, week in (("heaviest", result.heaviest), ("median", result.median)):
        once = week.first_s - week.few_s
        table.add_row(
            f"{kind}: {week.week}", f"{week.code_s:.2f}", f"{week.further_s:.2f}",
            f"{week.page_s:.3f}", f"{once:.1f}", f"{result.week_hours(week):.1f}",
        )  # fmt: skip
    table.add_row("all weeks, projected", *[""] * 4, f"{result.term_hours:.0f}")
    return table
