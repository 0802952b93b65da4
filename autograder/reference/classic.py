"""Checks without probes: what decides about them, told from the instructor's own run."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from autograder.course_folder import Course
from autograder.errors import UserError
from autograder.judging.outputs import (
    ASSERTING,
    Patterns,
    last_number,
    on_stderr,
    texts_of,
)
from autograder.model import (
    CellRun,
    CheckReference,
    DisplayReference,
    JudgedBy,
    Reference,
    TemplateCell,
)

ALLOWED = "allow"  # what c.Grading.asserts has to be
AUTOTEST = "### AUTOTEST"


def classic_check(
    notebook: str, cell: TemplateCell, run: CellRun, sanitize: Patterns
) -> CheckReference:
    """The reference of a check that displays no probe.

    Where it asserts, its asserts decide; where it ends with its points as a number, that number
    does; else what it displays is compared.

    Raises:
        UserError: it asks for a probe and displays none, nbgrader itself would give nothing, or
            its tests are not written yet.
    """
    grade_id = str(cell.grade_id)
    if "probe(" in cell.source:
        raise UserError(
            f"'{grade_id}' displays no probe, so nothing can be judged there.",
            "Add probe(…) calls in its hidden region (see the authoring guide).",
        )
    if AUTOTEST in cell.source:
        raise UserError(
            f"'{grade_id}' holds {AUTOTEST}, which nbgrader fills in when it releases.",
            "`autograder adopt` writes probes for these lines.",
        )
    by = _by(cell, run)
    if by is JudgedBy.OUTPUTS:
        display = DisplayReference(texts_of(run.outputs, sanitize), tuple(sanitize))
        return CheckReference(grade_id, cell.points, (), by=by, display=display)
    if said := on_stderr(run.outputs):
        raise UserError(
            f"{notebook}.ipynb: your own notebook writes to stderr at '{grade_id}', for which "
            f"nbgrader gives no points: {said}",
            "Repair what warns there, filter the warning, or let unittest write elsewhere "
            "(`TextTestRunner(stream=io.StringIO())`).",
        )
    return CheckReference(grade_id, cell.points, (), by=by)


def _by(cell: TemplateCell, run: CellRun) -> JudgedBy:
    if last_number(run.outputs) == cell.points and cell.points:
        return JudgedBy.SCORE
    compared = texts_of(run.outputs) and not cell.ignore_output
    return JudgedBy.OUTPUTS if compared and not ASSERTING.search(cell.source) else JudgedBy.ASSERTS


def refuse_forgeable(course: Course, references: Iterable[Reference]) -> None:
    """Let asserts decide only where the configuration says so.

    Raises:
        UserError: a check would be decided by asserts, and nobody has allowed that.
    """
    if course.settings.asserts == ALLOWED:
        return
    for reference in references:
        found = [check.grade_id for check in reference.checks if check.by.forgeable]
        if found:
            named = ", ".join(f"'{name}'" for name in found[:5])
            raise UserError(
                f"{reference.notebook}.ipynb: {named} {'decide' if len(found) > 1 else 'decides'} "
                "by asserts, or by a score of their own, in the student's process, where both can "
                "be forged.",
                "Write probes, or display values to be compared; or accept the risk with "
                '`c.Grading.asserts = "allow"` in nbgrader_config.py: such scores are stamped.',
            )


def sanitize_patterns(course: Course) -> Patterns:
    """nbval's patterns of `c.Grading.sanitize_with`, in their order.

    Raises:
        UserError: the file cannot be read.
    """
    name = course.settings.sanitize_with
    return _patterns(course.root / name) if name else ()


@cache
def _patterns(path: Path) -> Patterns:
    from nbval.plugin import get_sanitize_patterns  # it imports pytest, which few courses need here

    try:
        return tuple(get_sanitize_patterns(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"The patterns of c.Grading.sanitize_with cannot be read: {path}: {error}.",
            "Name a file of `regex: …` and `replace: …` lines, relative to the course folder.",
        ) from error
