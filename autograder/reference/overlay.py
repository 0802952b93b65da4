"""The one way to lay a solution over a notebook: known mistakes, variants, mutants, lazy answers.

A kernel runs the instructor's own cells, then one overlay after the other: other code for one
exercise, with the checks in question, and then the instructor's solution again. Only probes decide
marks, so an overlay runs the hidden part of checks, unless it asks for the visible part too.

    plan = Plan(notebook, own_cells(notebook), (Overlay("bptt", "no-transpose", source),))
    ran = plan.read(execute(job_with(plan.cells())).runs)
    ran.trials[0].runs        # what check_bptt did under the overlay
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from autograder.errors import UserError
from autograder.mistakebook import Mistake, Variant
from autograder.model import CellEnd, CellRun, JobCell, NotebookTemplate, TemplateCell
from autograder.stages.hidden_scope import EVIDENCE, as_it_runs, in_own_scope
from course.notebook_format import HIDDEN_TESTS


@dataclass(frozen=True)
class Overlay:
    """Code to lay over one exercise, and the checks to run then, its own first."""

    exercise: str
    name: str
    source: str
    others: tuple[str, ...] = ()  # checks of other exercises
    visible: bool = False  # run the visible asserts of its own check as well
    seconds: float | None = None  # interrupt it after so long; None: the job's limit
    own: str = ""  # the exercise's check, where it is not named after it

    @property
    def check(self) -> str:
        """The grade_id of its exercise's check."""
        return self.own or f"check_{self.exercise}"

    @property
    def checks(self) -> tuple[str, ...]:
        """The grade_ids of all checks that it runs, its own first."""
        return (self.check, *self.others)


@dataclass(frozen=True)
class Trial:
    """What the checks did under an overlay, its own check first."""

    overlay: Overlay
    runs: tuple[CellRun, ...]


@dataclass(frozen=True)
class Ran:
    """What a plan's cells did.

    If the kernel was lost, or its time was over, before the last overlay had ended, then it is not
    complete, and the trials end with the one at which that happened.
    """

    first: tuple[CellRun, ...]
    trials: tuple[Trial, ...] = ()
    last: tuple[CellRun, ...] = ()
    complete: bool = True


@dataclass(frozen=True)
class Plan:
    """One way through a kernel: cells to begin with, overlays one by one, cells to end with."""

    notebook: NotebookTemplate
    first: tuple[JobCell, ...]
    overlays: tuple[Overlay, ...] = ()
    last: tuple[JobCell, ...] = ()

    def cells(self) -> tuple[JobCell, ...]:
        """Everything to run, in order. Cells of overlays have indices behind the notebook's.

        Raises:
            UserError: an overlay is of an exercise that has no check.
        """
        start = len(self.notebook.cells)
        laid = [replace(cell, index=start + i) for i, cell in enumerate(self._laid_over())]
        return (*self.first, *laid, *self.last)

    def read(self, runs: Iterable[CellRun]) -> Ran:
        """Sort the runs of `cells()` by what they belong to."""
        rest = iter(runs)
        first = tuple(next(rest) for _ in self.first)
        groups = [tuple(next(rest) for _ in overlay.checks) for overlay in self.overlays]
        complete = not self.overlays or next(rest).end is CellEnd.OK  # the last solution put back
        trials = [Trial(*pair) for pair in zip(self.overlays, groups, strict=True)]
        tried = tuple(trial for trial in trials if trial.runs[0].end is not CellEnd.NOT_RUN)
        return Ran(first, tried, tuple(rest), complete)

    def _laid_over(self) -> Iterator[JobCell]:
        """Per overlay a cell with its code and its own check, then a cell per other check.

        The solution that the overlay before it hid is put back at the head of that cell, and the
        last one in a cell of its own: a third of the cells that a cell for each step would take.
        """
        back = ""
        for overlay in self.overlays:
            own = check_cell(self.known, overlay.check, overlay.visible)
            source = f"{back}\n{overlay.source}\n{own.source}"
            yield replace(own, source=source, seconds=overlay.seconds)
            for check in overlay.others:
                yield check_cell(self.known, check)
            back = self.known[overlay.exercise].source
        if self.overlays:
            yield JobCell(0, back)

    @cached_property
    def known(self) -> dict[str, TemplateCell]:
        """The notebook's tracked cells by grade_id."""
        return self.notebook.known


def own_cells(notebook: NotebookTemplate) -> tuple[JobCell, ...]:
    """The instructor's cells that grading runs, in order."""
    return tuple(
        JobCell(index, as_it_runs(cell.source) if cell.grade else cell.source, cell.grade_id)
        for index, cell in enumerate(notebook.cells)
        if cell.kind == "code" and not cell.skip
    )


def check_cell(known: dict[str, TemplateCell], check: str, visible: bool = False) -> JobCell:
    """The probes of a check, with or without its visible asserts.

    Raises:
        UserError: there is no such check.
    """
    if check not in known:
        exercise = check.removeprefix("check_")
        raise UserError(
            f"The exercise '{exercise}' has known mistakes or variants, but no check.",
            f"Name its check cell {check}, or repair exercise= in the mistakes file.",
        )
    source = known[check].source
    if EVIDENCE.search(hidden_part(source)):
        return JobCell(0, in_own_scope(source if visible else hidden_part(source)), check)
    return JobCell(0, as_it_runs(source), check)  # its asserts decide


def hidden_part(source: str) -> str:
    """The hidden region of a check cell, markers included: the probes, no visible asserts."""
    inside = HIDDEN_TESTS.inside(source)
    return f"{HIDDEN_TESTS.begin}\n{inside}\n{HIDDEN_TESTS.end}" if inside else source


def laid_over(item: Mistake | Variant) -> Overlay:
    """The overlay of a known mistake or a correct variant."""
    return Overlay(item.exercise, item.name, item.source)
