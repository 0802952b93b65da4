"""The reference: the instructor's own notebook, executed under the offering's seed.

What it displayed at the probes is what submissions are compared with. After the notebook, every
known mistake is laid over its exercise and shown the same probes, so that a wrong submission can be
recognised. References are kept by the hash of all that can change them.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.metadata
import json
import os
import platform
from collections.abc import Callable
from pathlib import Path

from autograder.course_folder import Course
from autograder.errors import GraderFault, UserError
from autograder.judging.evidence import read_evidence
from autograder.mistakebook import Mistake, MistakeBook
from autograder.model import (
    CellEnd,
    CellRun,
    CheckReference,
    Evidence,
    Execution,
    ExecutionJob,
    JobCell,
    MistakeReference,
    NotebookTemplate,
    ProbeReference,
    Reference,
)
from autograder.stages.execute import execute
from autograder.week import Week
from course import probes

ENGINE = "1"  # raise it when a stored reference must not be used any more


def fingerprint() -> str:
    """The versions that can change a number: the same on the judge and on every worker."""
    versions = [f"python {platform.python_version()}", platform.machine()]
    versions += [f"{name} {importlib.metadata.version(name)}" for name in ("torch", "numpy")]
    return " · ".join(versions)


def reference_key(week: Week, notebook: NotebookTemplate, seed: str) -> str:
    """The hash of everything that a reference depends on."""
    digest = hashlib.sha256(f"{ENGINE}\0{seed}\0{fingerprint()}\0".encode())
    for cell in notebook.cells:
        digest.update(repr((cell.kind, cell.source, cell.grade_id, cell.skip)).encode())
    digest.update(repr(week.book.mistakes).encode())
    digest.update(Path(probes.__file__).read_bytes())
    return digest.hexdigest()


def load_references(
    week: Week, provisioner: str | None = None, say: Callable[[str], None] = print
) -> dict[str, Reference]:
    """The references of a week's notebooks, from the cache or by executing them now.

    Raises:
        UserError: a notebook does not run or holds no evidence.
        GraderFault: the sandbox failed.
    """
    return {book.name: _load(week, book, provisioner, say) for book in week.notebooks}


def _load(
    week: Week, notebook: NotebookTemplate, provisioner: str | None, say: Callable[[str], None]
) -> Reference:
    seed = week.course.settings.seed
    key = reference_key(week, notebook, seed)
    folder = week.course.state / "reference"
    stored = folder / f"{notebook.name}-{key[:16]}.json"
    if stored.is_file():
        return _from_json(json.loads(stored.read_text("utf-8")))
    say(f"Executing the reference of {notebook.name} (seed '{seed}') …")
    made = make_reference(week, notebook, provisioner=provisioner)
    folder.mkdir(exist_ok=True)
    partial = stored.with_suffix(f".{os.getpid()}")
    partial.write_text(json.dumps(dataclasses.asdict(made)), "utf-8")
    partial.replace(stored)
    return made


def make_reference(
    week: Week,
    notebook: NotebookTemplate,
    seed: str | None = None,
    provisioner: str | None = None,
) -> Reference:
    """Execute an instructor's notebook and its known mistakes. See `load_references`."""
    seed = week.course.settings.seed if seed is None else seed
    cells = reference_cells(notebook, week.book)
    job = job_for(week.course, f"{week.name}/reference", cells, seed, provisioner)
    job = dataclasses.replace(job, limits=dataclasses.replace(job.limits, submission_seconds=900))
    ran = execute(job)
    if ran.fault:
        raise GraderFault(f"The reference of {week.name} could not be executed: {ran.fault}")
    checks = _checks(notebook, week.book, ran)
    own = [run for run in ran.runs if run.index < len(notebook.cells)]
    key = reference_key(week, notebook, seed)
    return Reference(week.name, notebook.name, seed, key, checks, sum(run.seconds for run in own))


def job_for(
    course: Course,
    name: str,
    cells: tuple[JobCell, ...],
    seed: str | None = None,
    provisioner: str | None = None,
    files: tuple[tuple[str, bytes], ...] = (),
) -> ExecutionJob:
    """A job under the course's settings."""
    settings = course.settings
    return ExecutionJob(
        name=name,
        cells=cells,
        seed=settings.seed if seed is None else seed,
        limits=settings.limits(),
        files=files,
        provisioner=provisioner or settings.provisioner,
        warm_modules=tuple(settings.warm_modules),
        gpu=settings.gpu,
    )


# ------------------------------------------------------------------------------------ the run
def own_cells(notebook: NotebookTemplate) -> list[JobCell]:
    """The instructor's cells that grading runs, in order."""
    return [
        JobCell(index, cell.source, cell.grade_id)
        for index, cell in enumerate(notebook.cells)
        if cell.kind == "code" and not cell.skip
    ]


def reference_cells(notebook: NotebookTemplate, book: MistakeBook) -> tuple[JobCell, ...]:
    """The notebook, then for each mistake: its overlay, its check, and the solution put back.

    The overlays' cells have indices from len(notebook.cells) on, three for each mistake.
    """
    known = {cell.grade_id: cell for cell in notebook.cells if cell.grade_id}
    cells = own_cells(notebook)
    index = len(notebook.cells)
    for mistake in book.mistakes:
        check = known.get(f"check_{mistake.exercise}")
        if check is None:
            raise UserError(
                f"{book.path.name} names the exercise '{mistake.exercise}', which has no check.",
                "Name the check cell check_EXERCISE.",
            )
        overlay = (mistake.source, check.source, known[mistake.exercise].source)
        cells += [JobCell(index + step, source) for step, source in enumerate(overlay)]
        index += 3
    return tuple(cells)


def _checks(
    notebook: NotebookTemplate, book: MistakeBook, ran: Execution
) -> tuple[CheckReference, ...]:
    runs = {run.index: run for run in ran.runs}
    overlays = {
        mistake: runs[len(notebook.cells) + 3 * place + 1]
        for place, mistake in enumerate(book.mistakes)
    }
    return tuple(
        _check(cell.grade_id, cell.points, runs[index], overlays)
        for index, cell in enumerate(notebook.cells)
        if cell.grade and not cell.solution and cell.kind == "code" and cell.grade_id
    )


def _check(
    grade_id: str, points: float, run: CellRun, overlays: dict[Mistake, CellRun]
) -> CheckReference:
    if run.end is not CellEnd.OK:
        raise UserError(
            f"The instructor's own notebook fails at '{grade_id}' ({run.end}).",
            "Run it in JupyterLab and repair it before releasing.",
        )
    shown = read_evidence(run.outputs)
    if not shown:
        raise UserError(
            f"'{grade_id}' displays no probe, so nothing can be judged there.",
            "Add probe(…) calls in its hidden region (see the authoring guide).",
        )
    probes_ = tuple(_probe(grade_id, label, found) for label, found in shown.items())
    total = round(sum(probe.points for probe in probes_), 6)
    if total != points:
        raise UserError(
            f"The probes of '{grade_id}' are worth {total:g} points, the cell {points:g}.",
            "Make the points of its probes sum to the points of the cell.",
        )
    mistakes = tuple(
        found
        for mistake, overlay in overlays.items()
        if f"check_{mistake.exercise}" == grade_id
        and (found := _mistake(mistake, overlay, probes_)) is not None
    )
    return CheckReference(grade_id, points, probes_, mistakes)


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


def _mistake(
    mistake: Mistake, run: CellRun, expected: tuple[ProbeReference, ...]
) -> MistakeReference | None:
    """What the mistake displays; None when it does not reach every probe (it cannot be named)."""
    shown = read_evidence(run.outputs)
    values = tuple(shown[p.label][0].value for p in expected if len(shown.get(p.label, [])) == 1)
    if len(values) != len(expected):
        return None
    return MistakeReference(mistake.name, mistake.en, mistake.ko, values)


# ------------------------------------------------------------------------------------ storing
def _from_json(stored: dict) -> Reference:
    checks = tuple(
        CheckReference(
            check["grade_id"],
            check["points"],
            tuple(ProbeReference(**probe) for probe in check["probes"]),
            tuple(
                MistakeReference(**{**mistake, "values": tuple(mistake["values"])})
                for mistake in check["mistakes"]
            ),
        )
        for check in stored["checks"]
    )
    return Reference(**{**stored, "checks": checks})
