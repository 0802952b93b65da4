"""What the command line shows while a run works: one line of progress, on stderr."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from autograder.run.progress import Watcher

out, err = Console(), Console(stderr=True)


class Screen(Watcher):
    """Progress for people on stderr, so that --json leaves stdout clean."""

    def __init__(self) -> None:
        self.progress = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(),
            TextColumn("{task.fields[counts]}"), console=err, transient=True,
        )  # fmt: skip
        self.task: Any = None
        self.found: dict[str, int] = {}

    def __enter__(self) -> Screen:
        self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.progress.live.stop()  # Progress.stop leaves an empty line where there is no terminal

    def say(self, text: str) -> None:
        err.print(text, markup=False, highlight=False)

    def start(self, total: int) -> None:
        self.begin("Grading", total)

    def begin(self, what: str, total: int) -> None:
        """Show a bar for so many steps."""
        self.task = self.progress.add_task(what, total=total, counts="")

    def advance(self, _: str = "") -> None:
        """One step is done."""
        self.progress.update(self.task, advance=1)

    def done(self, entry: Any) -> None:
        kinds = ["needs review"] if entry.needs_review else []
        kinds += [str(check.verdict) for judged in entry.judgements for check in judged.checks]
        for kind in kinds:
            self.found[kind] = self.found.get(kind, 0) + 1
        counts = " · ".join(f"{count} {kind}" for kind, count in sorted(self.found.items()))
        self.progress.update(self.task, advance=1, counts=counts)
