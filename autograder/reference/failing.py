"""Why the instructor's own notebook does not run: the first cell that failed, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.errors import UserError
from autograder.judging.first_cause import error_of
from autograder.model import CellEnd, CellRun, NotebookTemplate
from course.notebook_format import SOLUTION

OFFLINE = (
    "URLError", "gaierror", "ConnectionError", "NewConnectionError", "NameResolutionError",
    "ConnectTimeout", "ConnectError", "TimeoutError",
)  # fmt: skip
FETCHED = "Put what it fetches beside the notebook, and read it from there."
BROKEN = "Run it in JupyterLab and repair it before releasing."
REMEDIES = {
    CellEnd.TIME_LIMIT: "Make it quicker, or give it more with c.Grading.cell_seconds.",
    CellEnd.MEMORY_LIMIT: "Let it use less, or give it more with c.Grading.memory_mb.",
    "NotImplementedError": f"Write the solution in source/, between {SOLUTION.begin} and "
    f"{SOLUTION.end}.",
    "StdinNotImplementedError": "Nobody answers input() when it is graded: let the check put a "
    "function in its place, or set the value in a cell.",
    "ModuleNotFoundError": "Install it in the environment of the engine, or put its file beside "
    "the notebook in source/.",
    "FileNotFoundError": "Put what it reads beside the notebook in source/.",
}  # fmt: skip
UNREACHABLE = ("name resolution", "Name or service not known", "Network is unreachable")


def failure(notebook: NotebookTemplate, runs: Sequence[CellRun], grade_id: str) -> UserError:
    """The error to raise when a check of the instructor's own notebook fails.

    Args:
        notebook: the instructor's.
        runs: what its cells did, in order.
        grade_id: the check that failed.
    """
    first = next(run for run in runs if run.end is not CellEnd.OK)
    name, message = error_of(first) if first.end is CellEnd.ERROR else ("", "")
    told = ": ".join(filter(None, (name, message)))[:200].rstrip(". ")
    said = f": {told}" if told else f" ({first.end})"
    where = "" if first.grade_id == grade_id else f", after {_place(notebook, first)}"
    happened = f"{notebook.name}.ipynb: your own notebook fails at '{grade_id}'{where}{said}."
    if name in OFFLINE or any(words in message for words in UNREACHABLE):
        return UserError(f"{happened} Grading has no network.", FETCHED)
    return UserError(happened, REMEDIES.get(name or first.end, BROKEN))


def _place(notebook: NotebookTemplate, run: CellRun) -> str:
    if run.grade_id:
        return f"'{run.grade_id}'"
    line = notebook.cells[run.index].source.strip().split("\n")[0] if run.index >= 0 else ""
    return f"cell {run.index + 1} (`{line[:60]}`)"
