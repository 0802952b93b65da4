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

from rich.console import Group
from rich.table import Table

from autograder.bench import peers
from autograder.bench.peers import Class, Run

ORDER_SEED = 0  # the shuffling is the same every time


@dataclass(frozen=True)
class BenchOptions:
    """What to measure."""

    count: int = 20
    rounds: int = 3
    otter: bool = False
    growth: tuple[int, ...] = ()  # class sizes for ours, warm, two workers
    workers: int = 2


@dataclass(frozen=True)
class BenchResult:
    """Every run of every peer, and the machine."""

    machine: str
    runs: tuple[Run, ...]
    growth: tuple[Run, ...] = ()
    options: BenchOptions = field(default_factory=BenchOptions)

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

    def as_json(self) -> dict:
        """Everything, for `--json`."""
        return {
            "machine": self.machine,
            "options": asdict(self.options),
            "rows": self.rows(),
            "growth": [asdict(run) for run in self.growth],
            "runs": [asdict(run) for run in self.runs],
        }


def _median(runs: list[Run], what: str) -> float:
    return statistics.median(getattr(run, what) for run in runs)


def bench(options: BenchOptions, say: Callable[[str], None] = lambda _: None) -> BenchResult:
    """Measure all peers on one class, in one run.

    Raises:
        UserError: a peer failed, or graded wrongly.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        say(f"Making a class of {options.count} …")
        made = peers.make_class(Path(folder), options.count)
        with peers.dask_cluster(options.workers) as scheduler:
            entries = _entries(options, scheduler)
            if options.otter:
                say("Making an environment for otter …")
                entries["otter"] = peers.otter(peers.prepare_otter(made))
            runs = _rounds(made, entries, options.rounds, say)
        growth = tuple(_grown(Path(folder), count, options, say) for count in options.growth)
    return BenchResult(_machine(), runs, growth, options)


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


def _grown(folder: Path, count: int, options: BenchOptions, say: Callable[[str], None]) -> Run:
    say(f"Making a class of {count} …")
    made = peers.make_class(folder / f"of-{count}", count)
    run = peers.ours("warm", options.workers)(made)
    say(f"{count} submissions: {run.wall_s:.1f} s")
    return run


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
    growth = Table(title="How ours, warm, grows with the class", title_justify="left")
    for name in ("submissions", "workers", "wall s", "s / submission"):
        growth.add_column(name, justify="right")
    for run in result.growth:
        growth.add_row(
            str(run.count), str(run.workers), f"{run.wall_s:.1f}", f"{run.per_submission_s:.4f}"
        )
    return Group(table, growth) if result.growth else Group(table)
