"""The self-check: run a student's notebook in a fresh kernel and read what its visible checks say.

It follows the grader where a student can see it: the shipped text of locked cells, no cell that is
tagged `nbval-skip`, limits of the same length, the CPU. Here they are wall clock, where grading
counts processor time, so a busy computer makes this check stricter. It does not know the hidden
checks.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from course.notebook_format import ANSWER_STUB, CODE_STUB, SKIP_TAG, TEXT_STUB, Cell
from course.student.submission import (
    Finding,
    GraderLimits,
    Notebook,
    Severity,
    inspect,
    read_notebook,
    shipped_notebook,
)

HEADING = re.compile(
    r"^#{1,6}+ {0,8}+(Exercise {1,8}+\d{1,4}+ {0,8}+:[^\n]{0,200}+) {0,8}+$", re.MULTILINE
)
ANSI = re.compile(r"\x1b\[[0-9;]*m")
GRACE_SECONDS = 5.0  # from interrupt to idle; after it the kernel is given up
START_SECONDS = 120
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
class CellRun:
    """One executed cell. `error` is (type, message), and `line` the line that raised it."""

    cell: Cell
    seconds: float
    error: tuple[str, str] | None = None
    line: str = ""
    timed_out: bool = False
    not_run: bool = False
    output_bytes: int = 0
    mime_types: frozenset[str] = frozenset()


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


Progress = Callable[[int, int, str], None]  # done, total, what comes next


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
    cells = [cell for cell in as_graded(notebook, shipped) if everything or not cell.skip]
    cells = [cell for cell in cells if cell.kind == "code" and cell.source.strip()]
    runs = run_cells(cells, path.absolute().parent, limits, progress)
    return _report(notebook, runs, tuple(findings), shipped is not None, limits)


# --------------------------------------------------------------------------- what would be graded
def as_graded(notebook: Notebook, shipped: Notebook | None) -> list[Cell]:
    """The cells in the order of the notebook, locked ones with their shipped text.

    Shipped locked cells that are missing come back behind the cell that they followed; second
    copies of a tracked cell stay as ordinary cells of the student.
    """
    if shipped is None:
        return list(notebook.cells)
    cells = _with_shipped_text(notebook, shipped)
    for before, missing in _missing_locked(notebook, shipped):
        names = [cell.grade_id for cell in cells]
        cells.insert(names.index(before) + 1 if before in names else 0, missing)
    return cells


def _with_shipped_text(notebook: Notebook, shipped: Notebook) -> list[Cell]:
    known, seen = shipped.tracked, set()
    skipped = {cell.id for cell in shipped.cells if cell.skip and cell.id}
    skipped |= {cell.source.strip() for cell in shipped.cells if cell.skip}
    cells = []
    for cell in notebook.cells:
        original = known.get(cell.grade_id or "")
        if original is None or original.grade_id in seen:
            skip = cell.id in skipped or cell.source.strip() in skipped
            tags = (SKIP_TAG,) if skip else ()
            cells.append(replace(cell, grade_id=None, grade=False, solution=False, tags=tags))
            continue
        seen.add(original.grade_id)
        cells.append(original if original.locked else replace(original, source=cell.source))
    return cells


def _missing_locked(notebook: Notebook, shipped: Notebook) -> Iterator[tuple[str | None, Cell]]:
    present = notebook.named
    before: str | None = None
    for name, cell in shipped.tracked.items():
        if cell.locked and name not in present:
            yield before, cell
        before = name


# ------------------------------------------------------------------------------------ running
def run_cells(
    cells: list[Cell], folder: Path, limits: GraderLimits, progress: Progress | None = None
) -> list[CellRun]:
    """Run code cells one after the other in one fresh kernel of this Python.

    An error in one cell does not stop the next. A cell over its time is interrupted; a kernel that
    does not answer then, or that died, leaves the rest as not run.
    """
    tell = progress or (lambda done, total, name: None)
    runs: list[CellRun] = []
    with _quiet(), _kernel(cells, folder, limits) as kernel:
        for index, cell in enumerate(cells):
            tell(index, len(cells), cell.label)
            runs.append(kernel.run(index, cell))
    tell(len(cells), len(cells), "")
    return runs


@contextmanager
def _quiet() -> Iterator[None]:
    """What nbclient logs about a student's cell is in the report already."""
    loggers = [logging.getLogger(name) for name in ("traitlets", "nbclient", "asyncio")]
    levels = [logger.level for logger in loggers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for logger in loggers:
            logger.setLevel(logging.CRITICAL + 1)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)


@contextmanager
def _kernel(cells: list[Cell], folder: Path, limits: GraderLimits) -> Iterator[_Kernel]:
    import nbformat
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient

    class ThisPython(AsyncKernelManager):
        """A kernel of the Python that runs this command, whatever is registered."""

        @property
        def kernel_spec(self) -> KernelSpec:
            launch = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
            return KernelSpec(argv=launch, display_name="word2chat check", language="python")

    if sys.platform == "win32":  # zmq needs a selector loop there
        asyncio.set_event_loop_policy(asyncio.WindowsSelectorEventLoopPolicy())
    document = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c.source) for c in cells])
    client = NotebookClient(
        document,
        km=ThisPython(),
        resources={"metadata": {"path": str(folder)}},
        timeout=None,
        startup_timeout=START_SECONDS,
        allow_errors=True,
        skip_cells_with_tag="",
        store_widget_state=False,
        shutdown_kernel="immediate",
        raise_on_iopub_timeout=False,
    )
    # what a kernel says beside its messages is for the terminal of Jupyter, not for a student
    silence = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with client.setup_kernel(env=_environment(), cleanup_kc=True, **silence):
        yield _Kernel(client, limits)


def _environment() -> dict[str, str]:
    """The grader's: the CPU, one thread, and the default seed."""
    kept = {key: value for key, value in os.environ.items() if key != "WORD2CHAT_SEED"}
    return {**kept, "WORD2CHAT_DEVICE": "cpu", "OMP_NUM_THREADS": "1"}


class _Kernel:
    """A running kernel with the clock of one submission."""

    def __init__(self, client: Any, limits: GraderLimits) -> None:
        self._client = client
        self._limits = limits
        self._deadline = time.monotonic() + limits.submission_seconds
        self._gone = False

    def run(self, index: int, cell: Cell) -> CellRun:
        from nbclient.exceptions import CellTimeoutError, DeadKernelError

        left = self._deadline - time.monotonic()
        if self._gone or left <= 0:
            return CellRun(cell, 0.0, not_run=True, timed_out=left <= 0)
        self._client.timeout = max(1, round(min(self._limits.cell_seconds, left)))
        started = time.monotonic()
        try:
            executed = self._client.execute_cell(self._client.nb.cells[index], index)
        except CellTimeoutError:
            seconds = time.monotonic() - started
            self._recover()
            return CellRun(cell, seconds, timed_out=True)
        except DeadKernelError:
            self._gone = True
            died = ("DeadKernelError", "the kernel died (out of memory, or a crash in a library)")
            return CellRun(cell, time.monotonic() - started, died)
        return _read_run(cell, time.monotonic() - started, executed.outputs)

    def _recover(self) -> None:
        """Interrupt the cell, and see that the kernel answers again."""
        from nbclient.util import run_sync

        self._client.timeout = int(GRACE_SECONDS)
        try:
            run_sync(self._client.km.interrupt_kernel)()
            run_sync(self._answer)()
        except Exception:  # it does not: everything after this cell stays not run
            self._gone = True

    async def _answer(self) -> None:
        message_id = self._client.kc.execute("", silent=True, stop_on_error=False)
        end = time.monotonic() + GRACE_SECONDS
        while time.monotonic() < end:
            left = end - time.monotonic()
            reply = await self._client.kc.shell_channel.get_msg(timeout=max(0.01, left))
            if reply["parent_header"].get("msg_id") == message_id:
                return
        raise TimeoutError


def _read_run(cell: Cell, seconds: float, outputs: list) -> CellRun:
    size = len(json.dumps(outputs))
    errors = [output for output in outputs if output["output_type"] == "error"]
    if not errors:
        mime_types = frozenset(mime for output in outputs for mime in output.get("data", {}))
        return CellRun(cell, seconds, output_bytes=size, mime_types=mime_types)
    kind, message = str(errors[0].get("ename", "Error")), str(errors[0].get("evalue", ""))
    line = _raising_line(errors[0].get("traceback", []))
    return CellRun(cell, seconds, (kind, message), line, output_bytes=size)


def _raising_line(traceback: list[str]) -> str:
    """The cell's own line that failed, from the arrow in the first frame of the traceback."""
    text = ANSI.sub("", "\n".join(traceback))
    found = re.search(r"^-+>\s*\d+\s?(.*)$", text, re.MULTILINE)
    return found.group(1).strip() if found else ""


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
        written=tuple(_written(notebook)),
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


def _written(notebook: Notebook) -> Iterator[WrittenQuestion]:
    """Questions for a person: nbgrader's task cells, and answers that are graded by hand."""
    for cell in notebook.tracked.values():
        if cell.task or (cell.grade and cell.solution):
            answer = cell if cell.solution else _answer_of(cell, notebook)
            answered = answer is not None and _is_answered(answer.source)
            yield WrittenQuestion(cell.grade_id or "", cell.points or 0.0, answered)


def _answer_of(question: Cell, notebook: Notebook) -> Cell | None:
    """The cell `answer_X` of the task cell `written_X`. It has no metadata: its id tells it."""
    name = "answer_" + (question.grade_id or "").split("_", 1)[-1]
    return next((cell for cell in notebook.cells if name in (cell.id, cell.grade_id)), None)


def _is_answered(text: str) -> bool:
    for stub in ANSWER_STUBS:
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
    size = sum(run.output_bytes for run in runs)
    if size > limits.output_bytes:
        yield Finding(
            Severity.LOST,
            f"Your cells print {size / 1e6:.1f} MB; the grader stops at "
            f"{limits.output_bytes / 1e6:.0f} MB. Print less.",
        )
