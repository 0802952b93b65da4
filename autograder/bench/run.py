"""Run the bench: rounds in which every peer has its turn, in shuffled order, and what they show."""

from __future__ import annotations

import os
import platform
import random
import statistics
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy
from rich.console import Group
from rich.table import Table

from autograder.bench import peers
from autograder.bench.pages import PageRun, bench_pages, render_pages, rows_of
from autograder.bench.peers import Class, Run
from autograder.bench.week import WeekResult, bench_week, render_week
from autograder.course_folder import Course
from autograder.week import open_week

WEEK_COUNT = 200  # submissions of a real week at most
ORDER_SEED = 0  # the shuffling is the same every time


@dataclass(frozen=True)
class BenchOptions:
    """What to measure."""

    count: int = 20
    rounds: int = 3
    otter: bool = False
    growth: tuple[int, ...] = ()  # class sizes for ours, warm, two workers
    workers: int = 2
    week: str | None = None  # a real week to measure beside its own code


@dataclass(frozen=True)
class BenchResult:
    """Every run of every peer, and the machine."""

    machine: str
    runs: tuple[Run, ...]
    growth: tuple[Run, ...] = ()  # one run a class size and round
    options: BenchOptions = field(default_factory=BenchOptions)
    week: WeekResult | None = None
    pages: tuple[PageRun, ...] = ()  # feedback, report and export of the same class

    def rows(self) -> list[dict]:
        """Per peer: medians, ratio to bare execution, throughput per core against nbgrader."""
        groups: dict[tuple[str, int], list[Run]] = {}
        for run in self.runs:
            groups.setdefault((run.peer, run.workers), []).append(run)
        bare = _median(groups["bare execution", 1], "core_s")
        stock = _median(groups["nbgrader autograde", 1], "core_s")
        rows = []
        for (peer, workers), found in groups.items():
            core = _median(found, "core_s")
            rows.append(
                {
                    "peer": peer,
                    "workers": workers,
                    "seconds": _median(found, "per_submission_s"),
                    "core_seconds": core,
                    "cpu_seconds": statistics.median(run.cpu_s / run.count for run in found),
                    "times_bare": core / bare,
                    "times_nbgrader": stock / core,
                    "peak_mb": max(run.peak_mb for run in found),
                }
            )
        return sorted(rows, key=lambda row: row["core_seconds"])

    def sizes(self) -> list[tuple[int, float]]:
        """Class sizes and the median wall seconds of their runs, the smallest first."""
        found: dict[int, list[float]] = {}
        for run in self.growth:
            found.setdefault(run.count, []).append(run.wall_s)
        return [(count, statistics.median(walls)) for count, walls in sorted(found.items())]

    def line(self) -> tuple[float, float, float]:
        """Wall time as a straight line of the class size, by least squares of relative errors.

        Returns the start in seconds, the seconds of a further submission, and the largest
        deviation of a measured size from the line, as a share.
        """
        counts, walls = (numpy.array(column, float) for column in zip(*self.sizes(), strict=True))
        slope, start = numpy.polyfit(counts, walls, 1, w=1 / walls)
        deviation = numpy.abs((start + slope * counts) / walls - 1).max()
        return float(start), float(slope), float(deviation)

    def as_json(self) -> dict:
        """Everything, for `--json`."""
        return {
            "machine": self.machine,
            "options": asdict(self.options),
            "rows": self.rows(),
            "growth": [asdict(run) for run in self.growth],
            "line": self.line() if len(self.sizes()) > 1 else None,
            "week": self.week.as_json() if self.week else None,
            "pages": rows_of(self.pages),
            "page_runs": [asdict(run) for run in self.pages],
            "runs": [asdict(run) for run in self.runs],
        }


def _median(runs: list[Run], what: str) -> float:
    return statistics.median(getattr(run, what) for run in runs)


def bench(
    options: BenchOptions,
    say: Callable[[str], None] = lambda _: None,
    course: Course | None = None,
) -> BenchResult:
    """Measure all peers on one class, in one run. `course` is where the week of the options is.

    Raises:
        UserError: a peer failed, or graded wrongly; no such week.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        say(f"Making a class of {options.count} …")
        made = peers.make_class(Path(folder), options.count)
        machine = _machine()  # before we load it ourselves
        with peers.dask_cluster(options.workers) as scheduler:
            entries = _entries(options, scheduler)
            if options.otter:
                say("Making an environment for otter …")
                entries["otter"] = peers.otter(peers.prepare_otter(made))
            runs = _rounds(made, entries, options.rounds, say)
        pages = bench_pages(made, options.rounds, options.workers, say)
        growth = _growth(Path(folder), options, say)
        week = None
        if options.week and course:
            count = min(WEEK_COUNT, max((options.count, *options.growth)))
            week = bench_week(
                open_week(course, options.week), count, options.workers, Path(folder), say
            )
    return BenchResult(machine, runs, growth, options, week, pages)


def _entries(options: BenchOptions, scheduler: str) -> dict[str, Callable[[Class], Run]]:
    return {
        "bare": peers.bare,
        "ours, warm": peers.ours("warm", 1),
        f"ours, warm, {options.workers} workers": peers.ours("warm", options.workers),
        "ours, cold": peers.ours("cold", 1),
        "ours, warm, on Dask": peers.ours("warm", options.workers, scheduler),
        "nbgrader": peers.nbgrader,
        "nbval": peers.nbval,
    }


def _rounds(
    made: Class,
    entries: dict[str, Callable[[Class], Run]],
    rounds: int,
    say: Callable[[str], None],
) -> tuple[Run, ...]:
    dice, runs = random.Random(ORDER_SEED), []
    for number in range(1, rounds + 1):
        for name in dice.sample(list(entries), len(entries)):
            made.clean()
            run = entries[name](made)
            runs.append(run)
            say(f"round {number} of {rounds}: {name}: {run.per_submission_s:.4f} s a submission")
    return tuple(runs)


def _growth(folder: Path, options: BenchOptions, say: Callable[[str], None]) -> tuple[Run, ...]:
    """Every class size in every round, in shuffled order."""
    dice, runs = random.Random(ORDER_SEED), []
    classes = [peers.make_class(folder / f"of-{count}", count) for count in options.growth]
    for _ in range(options.rounds):
        for made in dice.sample(classes, len(classes)):
            made.clean()
            run = peers.ours("warm", options.workers)(made)
            runs.append(run)
            say(f"{made.count} submissions: {run.wall_s:.1f} s")
    return tuple(runs)


def _machine() -> str:
    cores = len(os.sched_getaffinity(0))
    load = os.getloadavg()[0]
    return (
        f"{platform.machine()}, {cores} cores, Python {platform.python_version()}, load {load:.1f}"
    )


def render(result: BenchResult) -> Group:
    """The tables for people."""
    count, rounds = result.options.count, result.options.rounds
    title = f"{count} submissions, median of {rounds} shuffled rounds; {result.machine}"
    table = Table(title=title, title_justify="left")
    names = ["", "workers", "s / submission", "core s / submission", "CPU s", "× bare",
             "× nbgrader's throughput per core", "peak MB"]  # fmt: skip
    for name in names:
        table.add_column(name, justify="right" if name else "left")
    for row in result.rows():
        table.add_row(
            row["peer"], str(row["workers"]), f"{row['seconds']:.4f}", f"{row['core_seconds']:.4f}",
            f"{row['cpu_seconds']:.4f}", f"{row['times_bare']:.0f}", f"{row['times_nbgrader']:.1f}",
            f"{row['peak_mb']:.0f}" if row["peak_mb"] else "",
        )  # fmt: skip
    parts: list = [table]
    if result.pages:
        parts.append(render_pages(result.pages))
    if result.growth:
        parts.append(_growth_table(result))
    if len(result.sizes()) > 1:
        start, further, deviation = result.line()
        parts.append(
            f"On a line: {start:.1f} s for the start and {further:.4f} s a further submission; "
            f"no size is more than {100 * deviation:.0f} % off."
        )
    if result.week:
        parts.append(render_week(result.week))
    return Group(*parts)


def _growth_table(result: BenchResult) -> Table:
    stock = _median([run for run in result.runs if run.peer == "nbgrader autograde"], "core_s")
    workers = result.options.workers
    table = Table(title="How ours, warm, grows with the class", title_justify="left")
    names = ("submissions", "workers", "wall s", "s / submission", "× nbgrader's per core")
    for name in names:
        table.add_column(name, justify="right")
    for count, wall in result.sizes():
        each = wall / count
        table.add_row(
            str(count), str(workers), f"{wall:.1f}", f"{each:.4f}", f"{stock / each / workers:.1f}"
        )
    return table
