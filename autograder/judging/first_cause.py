"""What went wrong first: a name is missing because the cell that should define it stopped."""

from __future__ import annotations

from collections.abc import Collection

from autograder.judging.error_texts import IN_OWN_CELL, MESSAGE_CHARS, error_kind, shown_error
from autograder.judging.vocabulary import Vocabulary
from autograder.model import CellEnd, CellRun, Execution

FOLLOWS = ("NameError", "UnboundLocalError")  # errors that can follow from an earlier one


def error_of(run: CellRun) -> tuple[str, str]:
    """The class and the text of what ended a cell; two empty texts where nothing did."""
    for output in run.outputs:
        if output.get("output_type") == "error":
            return str(output["ename"]), str(output["evalue"])[:MESSAGE_CHARS]
    return "", ""


def first_cause(
    execution: Execution, check: CellRun, checks: Collection[str], names: Vocabulary
) -> str:
    """A sentence on the cell that stopped before a check, or nothing.

    The exercise's own cell comes first; its text takes the place of the check's. Of the first other
    cell only the kind of its error is told. Checks do not count: what a visible assert says there
    is told at its own place.

    Args:
        execution: the run of the whole notebook.
        check: the run of the check whose answers miss a name.
        checks: the grade_ids of all checks.
        names: the words that may be repeated.
    """
    stopped = [
        run
        for run in execution.runs
        if run.end is CellEnd.ERROR and run.index < check.index and run.grade_id not in checks
    ]
    exercise = (check.grade_id or "").removeprefix("check_")
    for run in stopped:
        if run.grade_id == exercise:
            told = shown_error(*error_of(run), names, IN_OWN_CELL)
            return f"your cell `{exercise}` stopped first: {told}"
    if not stopped:
        return ""
    return f"an earlier cell had stopped with {error_kind(error_of(stopped[0])[0])}"
