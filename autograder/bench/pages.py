"""After grading: what the pages, the report and the export of a class cost, beside nbgrader's own.

Both courses of the bench are graded once. Then each writes its feedback pages anew in every round,
in shuffled order; a page that does not tell the score voids the bench.
"""

from __future__ import annotations

import csv
import random
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from autograder.bench.assignment import POINTS, WEEK
from autograder.bench.peers import BIN, Class, Run, expect, nbgrader, ours, timed

OURS, STOCK = "ours", "nbgrader"
FEEDBACK, REPORT, EXPORT = "feedback", "report", "export"


@dataclass(frozen=True)
class PageRun:
    """One run of one command over the class."""

    task: str  # feedback, report or export
    peer: str  # whose command
    command: str
    run: Run
    kilobytes: float = 0.0  # of one page

    @property
    def key(self) -> tuple[str, str, int]:
        return self.task, self.peer, self.run.workers


def bench_pages(
    made: Class, rounds: int, workers: int, say: Callable[[str], None]
) -> tuple[PageRun, ...]:
    """Grade both courses, then measure their feedback, report and export in shuffled rounds.

    Raises:
        UserError: a command failed, or a page or table does not tell the scores.
    """
    say("Grading both courses for their pages …")
    made.clean()
    ours("warm", workers)(made)
    nbgrader(made)
    commands: list[Callable[[], PageRun]] = [
        lambda: _our_feedback(made, 1),
        lambda: _our_feedback(made, workers),
        lambda: _nbgraders_feedback(made),
        lambda: _report(made),
        lambda: _export(made, OURS, made.ours),
        lambda: _export(made, STOCK, made.stock),
    ]
    dice, runs = random.Random(0), []
    for number in range(1, rounds + 1):
        for command in dice.sample(commands, len(commands)):
            found = command()
            runs.append(found)
            say(f"round {number} of {rounds}: {found.command}: {found.run.per_submission_s:.4f} s")
    return tuple(runs)


def _our_feedback(made: Class, workers: int) -> PageRun:
    words = ["autograder", "feedback", WEEK, "--force", "--workers", str(workers)]
    return _measured(FEEDBACK, OURS, words, made.ours, made.count, workers, _page_size)


def _nbgraders_feedback(made: Class) -> PageRun:
    words = ["nbgrader", "generate_feedback", WEEK, "--force"]
    return _measured(FEEDBACK, STOCK, words, made.stock, made.count, 1, _page_size)


def _report(made: Class) -> PageRun:
    return _measured(REPORT, OURS, ["autograder", "report", WEEK], made.ours, made.count, 1)


def _export(made: Class, peer: str, root: Path) -> PageRun:
    words = ["nbgrader", "export", "--to", "scores.csv"]
    if peer == OURS:
        words += ["--exporter", "autograder.pages.export.BlankWithoutScore"]
    done = _measured(EXPORT, peer, words, root, made.count, 1)
    with (root / "scores.csv").open(encoding="utf-8", newline="") as stream:
        scores = [float(row["score"]) for row in csv.DictReader(stream)]
    expect(sum(score == POINTS for score in scores), made.count, f"{peer}'s export")
    return done


def _measured(
    task: str,
    peer: str,
    words: list[str],
    root: Path,
    count: int,
    workers: int,
    size: Callable[[Path, int, str], float] = lambda *_: 0.0,
) -> PageRun:
    _, wall, cpu = timed([BIN / words[0], *words[1:]], root, workers)
    command = " ".join(word for word in words[:2])
    return PageRun(
        task, peer, command, Run(command, count, workers, wall, cpu), size(root, count, command)
    )


def _page_size(root: Path, count: int, peer: str) -> float:
    """Kilobytes of one page. Every page must be there and tell full points."""
    pages = [path.read_text("utf-8") for path in root.glob(f"feedback/*/{WEEK}/{WEEK}.html")]
    expect(sum(f"{POINTS}" in page for page in pages), count, peer)
    return statistics.mean(len(page.encode()) for page in pages) / 1000


# ------------------------------------------------------------------------------------ results
def rows_of(runs: tuple[PageRun, ...]) -> list[dict]:
    """Per command: medians, and how many times nbgrader's core seconds go into ours."""
    groups: dict[tuple[str, str, int], list[PageRun]] = {}
    for run in runs:
        groups.setdefault(run.key, []).append(run)
    core = {key: _median([one.run.core_s for one in found]) for key, found in groups.items()}
    return [
        {
            "task": task, "peer": peer, "workers": workers, "command": found[0].command,
            "seconds": _median([one.run.per_submission_s for one in found]),
            "core_seconds": core[task, peer, workers],
            "cpu_seconds": _median([one.run.cpu_s / one.run.count for one in found]),
            "times_nbgrader": core[task, STOCK, 1] / core[task, peer, workers]
            if (task, STOCK, 1) in core else None,
            "kilobytes": _median([one.kilobytes for one in found]),
        }
        for (task, peer, workers), found in sorted(groups.items())
    ]  # fmt: skip


def _median(values: list[float]) -> float:
    return statistics.median(values)


def render_pages(runs: tuple[PageRun, ...]) -> Table:
    """The table for people."""
    count = runs[0].run.count
    table = Table(title=f"After grading: {count} submissions", title_justify="left")
    for name in ("", "whose", "workers", "s each", "core s each", "CPU s each",
                 "× nbgrader's per core", "kB a page"):  # fmt: skip
        table.add_column(name, justify="right" if name not in ("", "whose") else "left")
    for row in rows_of(runs):
        times, size = row["times_nbgrader"], row["kilobytes"]
        table.add_row(
            row["command"], row["peer"], str(row["workers"]), f"{row['seconds']:.4f}",
            f"{row['core_seconds']:.4f}", f"{row['cpu_seconds']:.4f}",
            f"{times:.1f}" if times else "", f"{size:.0f}" if size else "",
        )  # fmt: skip
    return table
