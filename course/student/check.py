"""The self-check: run a student's notebook in a fresh kernel and read what its visible checks say.

It follows the grader where a student can see it: the shipped text of locked cells, no cell that is
tagged `nbval-skip`, limits of the same length, the CPU. Here they are wall clock, where grading
counts processor time, so a busy computer makes this check stricter. It does not know the hidden
checks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from course.notebook_format import ANSWER_STUB, CODE_STUB, TEXT_STUB, Cell
from course.phrases import tr
from course.student.findings import Finding, Severity, inspect
from course.student.rebuild import as_graded
from course.student.running import ANSI, CellRun, Progress, run_cells
from course.student.submission import GraderLimits, Notebook, read_notebook, shipped_notebook

HEADING = re.compile(
    r"^#{1,6}+ {0,8}+((?:(?:Exercise|연습문제) {1,8}+\d{1,4}+|Open challenge|열린 도전)"
    r" {0,8}+:[^\n]{0,200}+) {0,8}+$",
    re.MULTILINE,
)
MOST_MESSAGE = 400  # characters of one message
ANSWER_STUBS = (ANSWER_STUB, TEXT_STUB, CODE_STUB)  # what stands where an answer belongs


class State(StrEnum):
    """What a visible check said."""

    PASSED = "passes"
    FAILED = "fails"
    UNWRITTEN = "not written yet"
    ERROR = "error"
    TIME_LIMIT = "too slow"
    NOT_RUN = "not run"


@dataclass(frozen=True)
class ExerciseResult:
    """What the visible check of one exercise says, and the points that its cell is worth."""

    name: str
    title: str
    points: float
    state: State
    message: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class WrittenQuestion:
    """A question that a person reads."""

    name: str
    points: float
    answered: bool


@dataclass(frozen=True)
class CheckReport:
    """All that the self-check found. Times in seconds."""

    path: Path
    week: str
    exercises: tuple[ExerciseResult, ...]
    written: tuple[WrittenQuestion, ...]
    findings: tuple[Finding, ...]
    troubles: tuple[str, ...]  # errors in cells that belong to no check, and a kernel that died
    compared: bool  # whether a shipped copy was there to compare with
    seconds: float
    slowest: tuple[str, float]
    limits: GraderLimits

    @property
    def points(self) -> float:
        """What all automatic checks of the notebook are worth."""
        return sum(exercise.points for exercise in self.exercises)

    @property
    def points_passed(self) -> float:
        """What the checks are worth whose visible part passes."""
        return sum(e.points for e in self.exercises if e.state is State.PASSED)

    @property
    def refused(self) -> bool:
        """Whether the grader would not take the file."""
        return any(finding.severity is Severity.REFUSED for finding in self.findings)

    @property
    def clean(self) -> bool:
        """Whether every visible check passes and nothing would be refused or lost."""
        passes = all(exercise.state is State.PASSED for exercise in self.exercises)
        return passes and all(f.severity is Severity.NOTE for f in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for `--json`."""
        plain = json.loads(json.dumps(asdict(self), default=str))
        plain.update(points=self.points, points_passed=self.points_passed, clean=self.clean)
        return plain


def check(
    path: Path,
    limits: GraderLimits | None = None,
    everything: bool = False,
    progress: Progress | None = None,
) -> CheckReport:
    """Run the visible checks of a notebook in a fresh kernel. The file itself is only read.

    Args:
        path: the student's notebook.
        limits: the grader's; a cell that exceeds its time is interrupted, as it would be there.
        everything: run also the cells that grading skips, such as training and plots.
        progress: called before each cell and once at the end.

    Raises:
        SubmissionError: the file is no notebook that the grader could read.
    """
    limits = limits or GraderLimits()
    notebook = read_notebook(path, limits)
    shipped = shipped_notebook(notebook)
    findings = inspect(notebook, shipped, limits)
    graded = replace(notebook, cells=tuple(as_graded(notebook, shipped)))
    cells = [cell for cell in graded.cells if everything or not cell.skip]
    cells = [cell for cell in cells if cell.kind == "code" and cell.source.strip()]
    runs = run_cells(cells, path.absolute().parent, limits, progress)
    return _report(graded, runs, tuple(findings), shipped is not None, limits)


# ------------------------------------------------------------------------------------ reporting
def _report(
    notebook: Notebook,
    runs: list[CellRun],
    findings: tuple[Finding, ...],
    compared: bool,
    limits: GraderLimits,
) -> CheckReport:
    slowest = max(runs, key=lambda run: run.seconds, default=None)
    findings += tuple(_output_findings(runs, limits))
    return CheckReport(
        path=notebook.path,
        week=notebook.week,
        exercises=tuple(_exercises(notebook, runs)),
        written=tuple(written_questions(notebook)),
        findings=findings,
        troubles=tuple(_troubles(runs)),
        compared=compared,
        seconds=sum(run.seconds for run in runs),
        slowest=(slowest.cell.label, slowest.seconds) if slowest else ("", 0.0),
        limits=limits,
    )


def _is_check(cell: Cell) -> bool:
    return cell.grade and not cell.solution and cell.kind == "code"


def _exercises(notebook: Notebook, runs: list[CellRun]) -> Iterator[ExerciseResult]:
    titles = _titles(notebook)
    solutions: list[CellRun] = []
    for run in runs:
        if run.cell.solution:
            solutions.append(run)
        if _is_check(run.cell):
            yield _exercise(run, solutions, titles)
            solutions = []


def _exercise(run: CellRun, solutions: list[CellRun], titles: dict[str, str]) -> ExerciseResult:
    name = run.cell.label.removeprefix("check_")
    state, message = _verdict(run, solutions)
    seconds = run.seconds + sum(solution.seconds for solution in solutions)
    title = titles.get(name, name)
    return ExerciseResult(name, title, run.cell.points or 0.0, state, message, seconds)


def _verdict(run: CellRun, solutions: list[CellRun]) -> tuple[State, str]:
    for solution in solutions:  # a solution cell that fails explains the check that follows
        if solution.timed_out or solution.error:
            state, message = _failure(solution)
            return state, f"your cell '{solution.cell.grade_id}': {message}"
    if run.not_run or run.timed_out or run.error:
        return _failure(run)
    return State.PASSED, ""


def _failure(run: CellRun) -> tuple[State, str]:
    if run.not_run:
        why = (
            "the time of the whole notebook was used up" if run.timed_out else "the kernel stopped"
        )
        return State.NOT_RUN, why
    if run.timed_out:
        return State.TIME_LIMIT, f"interrupted after {run.seconds:.0f} s: is there an endless loop?"
    kind, message = run.error or ("Error", "")
    message = _short(message)
    if kind == "NotImplementedError":
        return State.UNWRITTEN, message
    if kind == "AssertionError":
        return State.FAILED, message or _short(run.line) or "an assertion without a message"
    if kind == "DeadKernelError":
        return State.ERROR, message
    at = f" (at `{_short(run.line)}`)" if run.line else ""
    return State.ERROR, f"{kind}: {message}{at}"


def _short(text: str) -> str:
    text = " ".join(ANSI.sub("", text).split())
    return text if len(text) <= MOST_MESSAGE else text[:MOST_MESSAGE] + " …"


def _titles(notebook: Notebook) -> dict[str, str]:
    """Exercise name -> the heading above it, such as "Exercise 2: Sampling pairs"."""
    titles: dict[str, str] = {}
    heading = None
    for cell in notebook.cells:
        if cell.kind == "markdown":
            found = HEADING.search(cell.source)
            heading = _without_points(found.group(1)) if found else heading
        elif cell.grade_id and heading:
            titles.setdefault(cell.grade_id.removeprefix("check_"), heading)
    return titles


def _without_points(title: str) -> str:
    """The title without the "(4 points)" behind it and without backticks."""
    title = title.rstrip()
    if title.endswith(")"):
        title = title.rpartition("(")[0].rstrip()
    return title.replace("`", "")


def written_questions(notebook: Notebook) -> Iterator[WrittenQuestion]:
    """Questions for a person: nbgrader's task cells, and answers that are graded by hand."""
    for cell in notebook.tracked.values():
        if cell.task or (cell.grade and cell.solution):
            answer = cell if cell.solution else _answer_of(cell, notebook)
            answered = answer is not None and _is_answered(answer.source)
            yield WrittenQuestion(cell.grade_id or "", cell.points or 0.0, answered)


def _answer_of(question: Cell, notebook: Notebook) -> Cell | None:
    """The cell `answer_X` of the task cell `written_X`. It has no metadata: its id tells it.

    Where an editor has dropped the ids, it is the next text behind the question.
    """
    name = "answer_" + (question.grade_id or "").split("_", 1)[-1]
    named = [cell for cell in notebook.cells if name in (cell.id, cell.grade_id)]
    behind = [cell for cell in notebook.cells[question.index + 1 :] if cell.kind == "markdown"]
    without_ids = [cell for cell in behind[:1] if cell.id is None]
    return next(iter([*named, *without_ids]), None)


def _is_answered(text: str) -> bool:
    for stub in (*ANSWER_STUBS, *(tr(stub, "ko") for stub in ANSWER_STUBS)):
        text = text.replace(stub, "")
    return bool(text.strip("*_ \t\r\n"))


def _troubles(runs: list[CellRun]) -> Iterator[str]:
    """Failures outside checks and solution cells: set-up, or the student's own cells."""
    for run in runs:
        if run.cell.solution or _is_check(run.cell) or run.not_run:
            continue
        if run.error or run.timed_out:
            yield f"The cell '{run.cell.label}': {_failure(run)[1]}"


def _output_findings(runs: list[CellRun], limits: GraderLimits) -> Iterator[Finding]:
    for run in runs:
        if run.output_bytes > limits.output_bytes:
            yield Finding(
                Severity.LOST,
                f"The cell '{run.cell.label}' shows {run.output_bytes / 1e6:.1f} MB; the grader "
                f"keeps {limits.output_bytes / 1e6:.0f} MB of one cell. Print less.",
            )
