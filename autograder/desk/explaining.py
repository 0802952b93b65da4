"""Why a student lost points: hidden input, right answer and own answer side by side.

For instructors alone: it tells what no page of a student's may tell. It runs the submission again
in the sandbox, as grading does, and writes nothing to the gradebook. What it shows of a kernel is
text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from nbformat import from_dict

from autograder.desk.asking import asked_of
from autograder.desk.parting import first_difference
from autograder.errors import Refused, UserError
from autograder.judging.evidence import read_evidence
from autograder.judging.outputs import texts_of
from autograder.model import (
    CellRun,
    CheckReference,
    CheckVerdict,
    Execution,
    PreparedNotebook,
    ProbeReference,
    ProbeVerdict,
    Reference,
)
from autograder.pages.judged_notebook import bare_notebook, safe_output
from autograder.reference.build import load_references
from autograder.run.cells_to_run import submission_job
from autograder.run.gate import pass_gate
from autograder.run.judging_process import judging
from autograder.stages.execute import execute_alone
from autograder.stages.ingest import ingest
from autograder.stages.prepare import prepare, read_template
from autograder.week import Week
from course.probes import render

Say = Callable[[str], None]
MOST_CHARS = 4_000  # of one value


@dataclass(frozen=True)
class ProbeExplained:
    """One probe: the expression that ran, both values as text, and where they part.

    asked : the calls by which the check asked it, with the hidden input in them
    right, answered : as text; `answered` is empty where nothing was displayed
    parts_at : the first place at which the values differ, such as "[1][0]"; empty for none
    """

    label: str
    points: float
    most: float
    reason: str
    asked: str
    right: str
    answered: str
    parts_at: str = ""


@dataclass(frozen=True)
class CheckExplained:
    """One check: its probes, the student's code for it, the mistake that was recognised."""

    name: str
    verdict: str
    points: float
    most: float
    probes: tuple[ProbeExplained, ...]
    hidden: str  # the check's source, hidden part included: how the inputs are made
    code: tuple[str, ...]  # what the student wrote in front of it
    mistake: str = ""
    seconds: float = 0.0
    ended: str = "ok"


@dataclass(frozen=True)
class Explained:
    """A submission, run once more for a person to look at."""

    student: str
    week: str
    checks: tuple[CheckExplained, ...]
    notes: tuple[str, ...]
    limits: str
    notebooks: tuple[tuple[str, Any], ...]  # with the outputs of this run


def explain(
    week: Week,
    student: str,
    check: str | None = None,
    provisioner: str | None = None,
    factor: float = 1.0,
    say: Say = print,
) -> Explained:
    """Run a submission again, and put what it showed beside what is right.

    Args:
        week: the week.
        student: whose submission.
        check: one check, with or without "check_"; None: every one that lost points.
        provisioner: how the kernel starts; by default as the settings say.
        factor: times the limits of time, as an accommodation gives.
        say: told what goes on.

    Raises:
        UserError: no such submission or check, it cannot be graded, or the sandbox does not hold.
        GraderFault: the reference could not be executed.
    """
    folder = week.folder("submitted", student)
    if not folder.is_dir():
        raise UserError(
            f"{student} has handed in nothing of '{week.name}'.", f"Look into {folder.parent}."
        )
    if provisioner is None:
        pass_gate(week.course.settings.provisioner, say, gpu=week.course.settings.gpu)
    try:
        submission = ingest(folder, student, week.name)
        prepared = prepare(submission, read_template(week))
    except Refused as refusal:
        raise UserError(f"{student} needs a review: {refusal}") from None
    references = load_references(week, provisioner, say)
    checks: list[CheckExplained] = []
    notebooks: list[tuple[str, Any]] = []
    for book in prepared:
        run = execute_alone(submission_job(week, submission, book, factor, provisioner))
        if run.fault:
            raise UserError(f"Our fault, not the student's: {run.fault}", "Run it again.")
        with judging(references) as judge:
            (judged,) = judge(((book, run),))
        asked = asked_of(week, book.name, provisioner)
        checks += _checks(book, run, references[book.name], judged.judgement.checks, asked)
        notebooks.append((book.name, _with_outputs(book, run)))
    notes = tuple(note for book in prepared for note in (*submission.notes, *book.notes))
    return Explained(
        student, week.name, _chosen(checks, check), notes, _limits(week, factor), tuple(notebooks)
    )


def _limits(week: Week, factor: float) -> str:
    limits = week.course.settings.limits(week.name)
    return (
        f"{factor * limits.cell_seconds:g} s a cell, {factor * limits.submission_seconds:g} s in "
        f"all, {limits.memory_mb} MB, {limits.output_bytes:,} bytes of output"
    )


def _chosen(checks: list[CheckExplained], name: str | None) -> tuple[CheckExplained, ...]:
    if name is None:
        return tuple(check for check in checks if check.points < check.most)
    found = [check for check in checks if check.name == name.removeprefix("check_")]
    if not found:
        raise UserError(
            f"There is no check '{name}'.", f"Checks: {', '.join(one.name for one in checks)}."
        )
    return tuple(found)


# ------------------------------------------------------------------------------------ a check
def _checks(
    book: PreparedNotebook,
    run: Execution,
    reference: Reference,
    verdicts: tuple[CheckVerdict, ...],
    asked: dict[str, dict[str, str]],
) -> Iterator[CheckExplained]:
    known = {check.grade_id: check for check in reference.checks}
    runs = {one.grade_id: one for one in run.runs if one.grade_id}
    own: list[str] = []
    for cell in book.cells:
        verdict = next((one for one in verdicts if one.grade_id == cell.grade_id), None)
        if verdict is not None:
            template = cell.template
            hidden = template.source if template is not None else cell.source
            name = verdict.grade_id
            yield _check(verdict, known[name], runs.get(name), hidden, own, asked.get(name, {}))
            own = []
        elif cell.kind == "code" and (cell.template is None or cell.solution):
            own.append(cell.source)


def _check(
    verdict: CheckVerdict, reference: CheckReference, run: CellRun | None, hidden: str,
    own: list[str], asked: dict[str, str],
) -> CheckExplained:  # fmt: skip
    shown = read_evidence(run.outputs) if run else {}
    known = {right.label: right for right in reference.probes}
    probes = tuple(
        _probe(one, known[one.label], [found.value for found in shown.get(one.label, [])], asked)
        if one.label in known
        else _without_probe(one, reference, run)
        for one in verdict.probes
    )
    mistake = f"{verdict.mistake.name}: {verdict.mistake.en}" if verdict.mistake else ""
    return CheckExplained(
        verdict.exercise, str(verdict.verdict), verdict.points, verdict.max_points, probes, hidden,
        tuple(own), mistake, round(run.seconds, 2) if run else 0.0, str(run.end) if run else "",
    )  # fmt: skip


def _probe(
    verdict: ProbeVerdict, right: ProbeReference, answers: list[dict], asked: dict[str, str]
) -> ProbeExplained:
    at = ""
    if len(answers) == 1 and verdict.points < verdict.max_points:
        at = first_difference(answers[0], right.value, right.rtol, right.atol)
    return ProbeExplained(
        right.label, verdict.points, verdict.max_points, verdict.reason, asked.get(right.label, ""),
        render(right.value)[:MOST_CHARS],
        " | ".join(render(answer)[:MOST_CHARS] for answer in answers), at,
    )  # fmt: skip


def _without_probe(
    verdict: ProbeVerdict, reference: CheckReference, run: CellRun | None
) -> ProbeExplained:
    """What is judged by its display, beside the reference's; for asserts and entries the reason."""
    right = answered = ""
    if reference.display is not None:
        right = _as_text(reference.display.texts)
        answered = _as_text(texts_of(run.outputs, reference.display.sanitize)) if run else ""
    return ProbeExplained(
        verdict.label, verdict.points, verdict.max_points, verdict.reason, "", right, answered, ""
    )


def _as_text(texts: dict[str, tuple[str, ...]]) -> str:
    return "\n".join(text for some in texts.values() for text in some)[:MOST_CHARS]


def _with_outputs(book: PreparedNotebook, run: Execution) -> Any:
    """The notebook with what it displayed in this run: text, errors, pictures; nothing active."""
    notebook = bare_notebook(book)
    for one in run.runs:
        if 0 <= one.index < len(notebook.cells) and one.outputs:
            outputs = [safe_output(output) for output in one.outputs]
            notebook.cells[one.index]["outputs"] = [from_dict(output) for output in outputs]
    return notebook
