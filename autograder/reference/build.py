"""The reference: the instructor's own notebook, executed under the offering's seed.

What it displayed at the probes is what submissions are compared with. After the notebook, every
known mistake is laid over its exercise and shown the same probes, so that a wrong submission can be
recognised. References are kept by the hash of all that can change them.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import importlib.metadata
import platform
from collections.abc import Callable
from pathlib import Path

from autograder.challengebook import with_contexts
from autograder.errors import GraderFault, UserError
from autograder.judging.challenges import read_entries, score_of
from autograder.judging.evidence import read_evidence
from autograder.mistakebook import Mistake
from autograder.model import (
    CellEnd,
    CellRun,
    ChallengeReference,
    CheckReference,
    Evidence,
    ExecutionJob,
    JobCell,
    MistakeReference,
    NotebookTemplate,
    ProbeReference,
    Reference,
    TemplateCell,
)
from autograder.reference.classic import classic_check, refuse_forgeable, sanitize_patterns
from autograder.reference.failing import failure
from autograder.reference.overlay import Plan, Ran, laid_over, own_cells
from autograder.stages.execute import execute
from autograder.stored import Damaged, as_json, from_json, write_atomically
from autograder.week import Week
from course import probes

ENGINE = "3"  # raise it when a stored reference must not be used any more
SECONDS = 900  # for the notebook and all known mistakes


def fingerprint() -> str:
    """The versions that can change a number: the same on the judge and on every worker."""
    versions = [f"python {platform.python_version()}", platform.machine()]
    for name in ("torch", "numpy"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):  # the engine alone
            versions.append(f"{name} {importlib.metadata.version(name)}")
    return " · ".join(versions)


def reference_key(week: Week, notebook: NotebookTemplate, seed: str) -> str:
    """The hash of everything that a reference depends on."""
    digest = hashlib.sha256(f"{ENGINE}\0{seed}\0{fingerprint()}\0".encode())
    for cell in notebook.cells:
        decides = (cell.kind, cell.source, cell.grade_id, cell.skip, cell.ignore_output)
        digest.update(repr((*decides, cell.points)).encode())
    digest.update(repr(week.book.mistakes).encode())
    digest.update(repr(week.challenge and week.challenge.digest).encode())
    digest.update(Path(probes.__file__).read_bytes())
    digest.update(repr((week.files, sanitize_patterns(week.course))).encode())
    return digest.hexdigest()


def load_references(
    week: Week, provisioner: str | None = None, say: Callable[[str], None] = print
) -> dict[str, Reference]:
    """The references of a week's notebooks, from the cache or by executing them now.

    Raises:
        UserError: a notebook does not run, nothing in the week is graded, or asserts would decide
            and nobody has allowed that.
        GraderFault: the sandbox failed.
    """
    _refuse_ungraded(week)
    found = {book.name: _load(week.only(book), book, provisioner, say) for book in week.notebooks}
    refuse_forgeable(week.course, found.values())
    return found


def _refuse_ungraded(week: Week) -> None:
    cells = (cell for notebook in week.notebooks for cell in notebook.cells)
    if not any(cell.grade or cell.task for cell in cells):
        raise UserError(
            f"Nothing in {week.name} has points: no check, no answer and no task is graded.",
            "Mark cells in JupyterLab's Create Assignment panel, then release it.",
        )


def _load(
    week: Week, notebook: NotebookTemplate, provisioner: str | None, say: Callable[[str], None]
) -> Reference:
    seed = week.course.seed
    key = reference_key(week, notebook, seed)
    folder = week.course.state / "reference"
    stored = folder / f"{notebook.name}-{key[:16]}.json"
    with contextlib.suppress(OSError, Damaged):
        return from_json(Reference, stored.read_bytes())
    say(f"Executing the reference of {notebook.name} …")
    made = make_reference(week, notebook, provisioner=provisioner)
    write_atomically(stored, as_json(made))
    return made


def make_reference(
    week: Week,
    notebook: NotebookTemplate,
    seed: str | None = None,
    provisioner: str | None = None,
    mistakes: tuple[Mistake, ...] | None = None,
) -> Reference:
    """Execute an instructor's notebook and its known mistakes. See `load_references`.

    Args:
        week: whose notebook.
        notebook: the notebook, solutions included.
        seed: of the offering by default.
        provisioner: of the settings by default.
        mistakes: which known mistakes to try; all of the week's by default.
    """
    seed = week.course.seed if seed is None else seed
    mistakes = week.book.mistakes if mistakes is None else mistakes
    plan = Plan(notebook, own_cells(notebook), tuple(laid_over(mistake) for mistake in mistakes))
    job = job_for(week, "reference", plan.cells(), seed, provisioner)
    ran = execute(with_time(job, SECONDS))
    if ran.fault:
        raise GraderFault(f"The reference of {week.name} could not be executed: {ran.fault}")
    checks, seconds = _checks(week, notebook, mistakes, plan.read(ran.runs))
    key = reference_key(week, notebook, seed)
    return Reference(week.name, notebook.name, seed, key, checks, seconds)


def job_for(
    week: Week,
    name: str,
    cells: tuple[JobCell, ...],
    seed: str | None = None,
    provisioner: str | None = None,
    files: tuple[tuple[str, bytes], ...] = (),
) -> ExecutionJob:
    """A job under the course's settings, in a kernel that knows the week's modules.

    Args:
        week: whose cells they are.
        name: for logs and progress, behind the week's own name.
        cells: what runs, in order.
        seed: of the offering by default.
        provisioner: of the settings by default.
        files: what lies in the kernel's folder; the instructor's own file wins over a student's.
    """
    settings = week.course.settings
    return ExecutionJob(
        name=f"{week.name}/{name}",
        cells=with_contexts(cells, week.challenge),
        seed=week.course.seed if seed is None else seed,
        limits=settings.limits(week.name),
        files=with_own_files(week, files),
        provisioner=provisioner or settings.provisioner,
        warm_modules=week.warm_modules,
        gpu=settings.gpu,
    )


def with_own_files(
    week: Week, files: tuple[tuple[str, bytes], ...]
) -> tuple[tuple[str, bytes], ...]:
    """Files of a submission and the instructor's, which take their places, as nbgrader does it."""
    return tuple((dict(files) | dict(week.files)).items()) if week.files else files


def with_time(job: ExecutionJob, seconds: int) -> ExecutionJob:
    """The job with so much time for all of its cells: more than one submission's."""
    limits = dataclasses.replace(job.limits, submission_seconds=seconds)
    return dataclasses.replace(job, limits=limits)


def with_more_time(job: ExecutionJob, factor: float) -> ExecutionJob:
    """The job with so many times the time, for each cell and for all of them."""
    if factor == 1:
        return job
    limits = dataclasses.replace(
        job.limits, cell_seconds=factor * job.limits.cell_seconds,
        submission_seconds=factor * job.limits.submission_seconds,
    )  # fmt: skip
    return dataclasses.replace(job, limits=limits)


# ------------------------------------------------------------------------------------ the run
def _checks(
    week: Week, notebook: NotebookTemplate, mistakes: tuple[Mistake, ...], ran: Ran
) -> tuple[tuple[CheckReference, ...], float]:
    """What every check is worth and shows, and the seconds that the notebook took."""
    runs = {run.index: run for run in ran.first}
    graded = [
        (cell, runs[index])
        for index, cell in enumerate(notebook.cells)
        if cell.grade and not cell.solution and cell.kind == "code" and cell.grade_id
    ]
    for cell, run in graded:
        if run.end is not CellEnd.OK:
            raise failure(notebook, ran.first, str(cell.grade_id))
    checks = [_check(week, notebook.name, cell, run) for cell, run in graded]
    shown = _shown_by_mistakes(week, mistakes, ran)
    seconds = sum(run.seconds for run in ran.first)
    return tuple(_with_mistakes(check, shown) for check in checks), seconds


def _check(week: Week, notebook: str, cell: TemplateCell, run: CellRun) -> CheckReference:
    grade_id, points = str(cell.grade_id), cell.points
    shown = read_evidence(run.outputs)
    challenge = _challenge(week, grade_id, run)
    if not shown and challenge is None:
        return classic_check(notebook, cell, run, sanitize_patterns(week.course))
    probes_ = tuple(_probe(grade_id, label, found) for label, found in shown.items())
    total = sum(probe.points for probe in probes_) + (challenge.points if challenge else 0)
    total = round(total, 6)
    if total != points:
        raise UserError(
            f"The probes of '{grade_id}' are worth {total:g} points, the cell {points:g}.",
            "Make the points of its probes sum to the points of the cell.",
        )
    return CheckReference(grade_id, points, probes_, challenge=challenge)


def _challenge(week: Week, grade_id: str, run: CellRun) -> ChallengeReference | None:
    """The open challenge of a check that displays an entry, with the score of the course's own.

    Raises:
        UserError: the week has no hidden set for it, or the course's own entry has no score.
    """
    if not read_entries(run.outputs):
        return None
    if week.challenge is None:
        raise UserError(
            f"'{grade_id}' shows an entry to a challenge, and {week.name} has no hidden set.",
            f"Write autograder/challenges/{week.name}.py (see the authoring guide).",
        )
    asked = week.challenge.reference()
    score, why = score_of(run.outputs, asked)
    if score is None:
        raise UserError(f"The course's own entry at '{grade_id}' has no score: {why}.")
    return dataclasses.replace(asked, own=round(score, 4))


def _probe(grade_id: str, label: str, found: list[Evidence]) -> ProbeReference:
    if len(found) > 1:
        raise UserError(f"'{grade_id}' has two probes labelled '{label}'.", "Rename one of them.")
    probe = found[0]
    if probe.value["kind"] == "array" and "nan" in probe.value["values"]:
        raise UserError(
            f"The reference's own answer to '{label}' in '{grade_id}' holds NaN.",
            "NaN never passes: choose another input.",
        )
    return ProbeReference(label, probe.points, probe.rtol, probe.atol, probe.value)


def _shown_by_mistakes(
    week: Week, mistakes: tuple[Mistake, ...], ran: Ran
) -> list[tuple[Mistake, CellRun]]:
    """Each known mistake, with what its own check did.

    Raises:
        GraderFault: not all could be tried. Going on would take the others' names away in silence.
    """
    if not ran.complete:
        at = "".join(f", at '{t.overlay.exercise}/{t.overlay.name}'" for t in ran.trials[-1:])
        raise GraderFault(
            f"The known mistakes of {week.name} could not all be executed: the kernel was lost, or "
            f"its time was over{at}."
        )
    return [(mistake, trial.runs[0]) for mistake, trial in zip(mistakes, ran.trials, strict=True)]


def _with_mistakes(check: CheckReference, shown: list[tuple[Mistake, CellRun]]) -> CheckReference:
    """The check with what each known mistake of its exercise displays at its probes."""
    found = (
        _mistake(mistake, run, check.probes)
        for mistake, run in shown
        if f"check_{mistake.exercise}" == check.grade_id
    )
    return dataclasses.replace(check, mistakes=tuple(one for one in found if one is not None))


def _mistake(
    mistake: Mistake, run: CellRun, expected: tuple[ProbeReference, ...]
) -> MistakeReference | None:
    """What the mistake displays; None when it does not reach every probe (it cannot be named)."""
    shown = read_evidence(run.outputs)
    values = tuple(shown[p.label][0].value for p in expected if len(shown.get(p.label, [])) == 1)
    if len(values) != len(expected):
        return None
    return MistakeReference(mistake.name, mistake.en, mistake.ko, values)
