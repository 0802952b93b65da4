"""What the right solution shows when one thing about it is changed: names for mistakes nobody knew.

The known mistakes of a week are those that somebody thought of. Beside them the instructor's own
solution is tried with one argument replaced (`as_if`) and with one slip in its code
(`near_misses`), in one kernel, once for each offering. An answer that is the same at every probe
is told what the change was. None of this decides a point.
"""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from autograder.judging.evidence import read_evidence
from autograder.mistakebook import MistakeBook
from autograder.model import (
    CheckReference,
    JobCell,
    MistakeReference,
    NotebookTemplate,
    Reference,
)
from autograder.reference.as_if import AT_MOST, HELPERS, AsIf, as_if
from autograder.reference.build import SECONDS, job_for, with_time
from autograder.reference.near_misses import NearMiss, near_misses
from autograder.reference.overlay import Overlay, Plan, Trial, own_cells
from autograder.stages.execute import execute
from autograder.stored import Damaged, as_json, from_json, write_atomically
from autograder.week import Week

OVERLAY_SECONDS = 2.0  # a slip may make an endless loop
OUTPUT_BYTES = 500_000_000
OF_A_VARIANT = 15  # slips in each correct variant: most of them are slips in the solution as well
HELPERS_CELL = (
    "supposing = __import__('types').ModuleType('supposing')\n"
    f"exec({HELPERS!r}, supposing.__dict__)"
)


@dataclass(frozen=True)
class _Supposition:
    exercise: str
    made: AsIf | NearMiss

    @property
    def overlay(self) -> Overlay:
        return Overlay(self.exercise, self.made.name, self.made.source, seconds=OVERLAY_SECONDS)


def with_suppositions(
    week: Week,
    references: Mapping[str, Reference],
    provisioner: str | None = None,
    say: Callable[[str], None] = print,
) -> dict[str, Reference]:
    """The references of a week's notebooks, with what each supposition shows; from the cache, or
    executed now. One that cannot be executed is left out: names are a help, and no verdict.
    """
    return {book.name: _load(week, book, references[book.name], provisioner, say)
            for book in week.notebooks}  # fmt: skip


def _load(
    week: Week,
    notebook: NotebookTemplate,
    reference: Reference,
    provisioner: str | None,
    say: Callable[[str], None],
) -> Reference:
    variants = hashlib.sha256(repr(week.book.variants).encode()).hexdigest()[:8]
    name = f"{notebook.name}-{reference.key[:16]}-{variants}-supposed.json"
    stored = week.course.state / "reference" / name
    with contextlib.suppress(OSError, Damaged):
        return from_json(Reference, stored.read_bytes())
    say(f"Trying what wrong answers of {notebook.name} may look like …")
    made = _tried(week, notebook, reference, provisioner)
    write_atomically(stored, as_json(made))
    return made


def suppositions(
    notebook: NotebookTemplate, book: MistakeBook
) -> Iterator[tuple[str, AsIf | NearMiss]]:
    """All suppositions on a notebook's exercises, each with the exercise's name."""
    answers = {
        name: cell.source
        for name, cell in notebook.known.items()
        if cell.solution and cell.kind == "code" and f"check_{name}" in notebook.known
    }
    for name, source in answers.items():
        if _parses(source):
            yield from ((name, one) for one in islice(as_if(source, name), AT_MOST))
            yield from ((name, one) for one in near_misses(source, name))
    for variant in book.variants:
        if variant.exercise in answers:
            slips = near_misses(variant.source, variant.exercise, OF_A_VARIANT)
            yield from ((variant.exercise, one) for one in slips)


def _parses(source: str) -> bool:
    """Whether a cell is plain Python; one with a magic in it is left alone."""
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    return True


def _tried(
    week: Week, notebook: NotebookTemplate, reference: Reference, provisioner: str | None
) -> Reference:
    # an open challenge has no right answer that another one could be compared with
    probed = {check.grade_id for check in reference.checks if check.probes}
    made = suppositions(notebook, week.book)
    found = [_Supposition(*one) for one in made if f"check_{one[0]}" in probed]
    checks = {check.grade_id for check in reference.checks}
    own = (cell for cell in own_cells(notebook) if cell.grade_id not in checks)
    first = (*own, JobCell(-1, HELPERS_CELL))
    plan = Plan(notebook, first, tuple(one.overlay for one in found))
    job = with_time(job_for(week, "suppositions", plan.cells(), provisioner=provisioner), SECONDS)
    limits = dataclasses.replace(job.limits, output_bytes=OUTPUT_BYTES)
    ran = execute(dataclasses.replace(job, limits=limits))
    trials = plan.read(ran.runs).trials if ran.fault is None else ()
    pairs = list(zip(found, trials, strict=False))  # the kernel may have been lost half-way
    return dataclasses.replace(
        reference, checks=tuple(_with_shown(check, pairs) for check in reference.checks)
    )


def _with_shown(check: CheckReference, pairs: list[tuple[_Supposition, Trial]]) -> CheckReference:
    """The check with what the suppositions on its exercise show, each different thing once."""
    shown: dict[str, tuple[type, MistakeReference]] = {}
    right = repr(tuple(probe.value for probe in check.probes))
    for supposition, trial in pairs:
        if trial.overlay.check == check.grade_id:
            made = _shown(supposition.made, trial, check)
            if made is not None and repr(made.values) != right:
                shown.setdefault(repr(made.values), (type(supposition.made), made))
    as_if_, near = (
        tuple(made for kind, made in shown.values() if kind is which) for which in (AsIf, NearMiss)
    )
    return dataclasses.replace(check, as_if=as_if_, near_misses=near)


def _shown(made: AsIf | NearMiss, trial: Trial, check: CheckReference) -> MistakeReference | None:
    found = read_evidence(trial.runs[0].outputs)
    values = tuple(
        found[probe.label][0].value
        for probe in check.probes
        if len(found.get(probe.label, ())) == 1
    )
    if len(values) != len(check.probes):
        return None
    return MistakeReference(made.name, made.en, made.ko, values, general=True)
