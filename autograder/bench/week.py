"""A real week beside its own code: what grading costs on top of what students wrote."""

from __future__ import annotations

import json
import shutil
import statistics
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.table import Table

from autograder.bench.peers import BIN, call, expect, timed
from autograder.course_folder import CONFIG_FILE, open_course
from autograder.demo.sample_class import solved_notebooks
from autograder.model import Submission
from autograder.run.cells_to_run import cells_to_run
from autograder.stages.ingest import ingest
from autograder.stages.prepare import prepare, read_template
from autograder.week import Week, open_week

ALONE_RUNS = 5
FEW = 10  # submissions of the small class; the difference to the large one is free of the start


@dataclass(frozen=True)
class WeekResult:
    """Processor seconds of the whole machine, a submission. `count` and FEW are the class sizes."""

    week: str
    count: int
    workers: int
    code_s: float  # the graded cells, imports not counted
    process_s: float  # a Python that starts, imports torch and runs the graded cells
    first_s: float  # of the small class, the first run of the week under a seed
    few_s: float  # of the small class once more, all of it
    many_s: float  # of the large class, all of it
    wall_s: float  # of the large class
    page_s: float  # a feedback page of the large class, with its share of the start
    page_kb: float

    @property
    def total_s(self) -> float:
        """A submission of the large class, with its share of the start."""
        return self.many_s / self.count

    @property
    def further_s(self) -> float:
        """One submission more."""
        return (self.many_s - self.few_s) / (self.count - FEW)

    def as_json(self) -> dict:
        """Everything, for `--json`."""
        return {**asdict(self), "total_s": self.total_s, "further_s": self.further_s}


def bench_week(
    source: Week, count: int, workers: int, folder: Path, say: Callable[[str], None]
) -> WeekResult:
    """Grade `count` perfect submissions of a week, and run their code alone.

    Raises:
        UserError: a submission did not get full points.
    """
    say(f"Making a class of {count} for {source.name} …")
    week = _open_copy(source, folder)
    first, few = (_few(week, workers) for _ in range(2))
    _hand_in(week, count)
    wall, many = _graded(week, count, workers)
    say(f"{week.name}: {count} submissions in {wall:.1f} s")
    page, size = _pages(week, count, workers)
    student = week.students()[0]
    submission = ingest(week.folder("submitted", student), student, week.name)
    code, process = alone(week, submission, folder)
    return WeekResult(week.name, count, workers, code, process, first, few, many, wall, page, size)


def _open_copy(week: Week, folder: Path) -> Week:
    """The week, released, in a course folder of its own."""
    root = folder / "week"
    (root / "source").mkdir(parents=True)
    shutil.copytree(week.folder("source"), root / "source" / week.name)
    shutil.copy(week.course.root / CONFIG_FILE, root)
    call([BIN / "autograder", "release", week.name, "--skip-proof"], root)
    return open_week(open_course(root), week.name)


def _hand_in(week: Week, count: int) -> None:
    """A fresh class: what was handed in, graded and remembered before is removed."""
    for gone in ("submitted", "autograded", ".autograder/journal"):
        shutil.rmtree(week.course.root / gone, ignore_errors=True)
    name = f"{week.notebooks[0].name}.ipynb"
    for number, solved in enumerate(solved_notebooks(week, count)):
        path = week.folder("submitted", f"s{number:05}") / name
        path.parent.mkdir(parents=True)
        path.write_bytes(solved)


def _few(week: Week, workers: int) -> float:
    """Processor seconds of a fresh small class."""
    _hand_in(week, FEW)
    return _graded(week, FEW, workers)[1]


def _graded(week: Week, count: int, workers: int) -> tuple[float, float]:
    command = [BIN / "autograder", "grade", week.name, "--json", "--workers", workers]
    done, wall, cpu = timed(command, week.course.root, workers)
    entries = json.loads(done.stdout)["entries"]
    expect(sum(entry["score"] == entry["max_score"] for entry in entries), count, week.name)
    return wall, cpu


def _pages(week: Week, count: int, workers: int) -> tuple[float, float]:
    """Processor seconds and kilobytes of one feedback page."""
    command = [BIN / "autograder", "feedback", week.name, "--force", "--workers", workers]
    _, _, cpu = timed(command, week.course.root, workers)
    sizes = [
        path.stat().st_size for path in week.course.root.glob(f"feedback/*/{week.name}/*.html")
    ]
    expect(len(sizes), count, week.name)
    return cpu / count, statistics.mean(sizes) / 1000


def alone(
    week: Week, submission: Submission, folder: Path, runs: int = ALONE_RUNS
) -> tuple[float, float]:
    """Medians for the graded cells of one submission: the code, and a process for it."""
    prepared = prepare(submission, read_template(week))
    cells = [cell.source for notebook in prepared for cell in cells_to_run(notebook)]
    path = folder / "cells.json"
    path.write_text(json.dumps(cells), "utf-8")
    code, process = [], []
    for _ in range(runs):
        command = [sys.executable, "-m", "autograder.bench.alone", path]
        done, _, cpu = timed(command, folder, 1)
        code.append(json.loads(done.stdout)["cpu_s"])
        process.append(cpu)
    return statistics.median(code), statistics.median(process)


def render_week(result: WeekResult) -> Table:
    """The table for people."""
    title = f"{result.week}: {result.count} perfect submissions, {result.workers} workers"
    table = Table(title=title, title_justify="left")
    for name in ("", "CPU s a submission", "× the code in a process of its own", "× the code"):
        table.add_column(name, justify="right" if name else "left")
    for label, seconds in (
        ("the graded code, imports not counted", result.code_s),
        ("the graded code in a process of its own", result.process_s),
        (f"ours, of {result.count}, start included", result.total_s),
        ("ours, a further submission", result.further_s),
        (f"its feedback page of {result.page_kb:.0f} kB, start included", result.page_s),
    ):
        table.add_row(
            label, f"{seconds:.3f}", f"{seconds / result.process_s:.2f}",
            f"{seconds / result.code_s:.1f}",
        )  # fmt: skip
    return table
