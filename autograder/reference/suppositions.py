"""What the right solution shows when one thing about it is changed: names for mistakes nobody knew.

The known mistakes of a week are those that somebody thought of. Beside them the instructor's own
solution is tried with one argument replaced (`as_if`) and with one slip in its code
(`near_misses`). An answer that is the same at every probe is told what the change was. None of
this decides a point. An exercise is tried when somebody has answered it wrongly, once for each
offering: it takes seconds, and an exercise that everybody solved needs no names.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from autograder import syntax
from autograder.judging.evidence import read_evidence
from autograder.mistakebook import MistakeBook
from autograder.model import (
    CheckReference,
    JobCell,
    Judgement,
    MistakeReference,
    NotebookTemplate,
    Reference,
    Verdict,
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


@dataclass(frozen=True)
class Supposed:
    """What the suppositions on one exercise show, each different thing once."""

    as_if: tuple[MistakeReference, ...] = ()
    near_misses: tuple[MistakeReference, ...] = ()


class Suppositions:
    """The references of a week, which learn what a wrong answer may look like where one turns up.

    One that cannot be tried is left out: names are a help, and no verdict.
    """

    def __init__(
        self,
        week: Week,
        references: Mapping[str, Reference],
        provisioner: str | None = None,
        say: Callable[[str], None] = print,
    ) -> None:
        self.references = dict(references)
        self._week, self._provisioner, self._say = week, provisioner, say
        self._known: set[tuple[str, str]] = set()  # notebook and check

    def learn(self, judgements: Mapping[str, Judgement]) -> bool:
        """Try the exercises in which these found a wrong value; whether there is anything new.

        Args:
            judgements: by the name of the notebook.
        """
        return self._learn({name: _with_wrong_values(one) for name, one in judgements.items()})

    def learn_everything(self) -> dict[str, Reference]:
        """The references with what the suppositions on every exercise show."""
        self._learn({name: _probed(reference) for name, reference in self.references.items()})
        return self.references

    def _learn(self, checks: Mapping[str, set[str]]) -> bool:
        books = {book.name: book for book in self._week.notebooks}
        before = len(self._known)
        for name, wanted in checks.items():
            probed = wanted & _probed(self.references[name])
            new = {check for check in probed if (name, check) not in self._known}
            self._known |= {(name, check) for check in new}
            if new:
                self.references[name] = self._with(books[name], self.references[name], new)
        return len(self._known) > before

    def _with(self, notebook: NotebookTemplate, reference: Reference, new: set[str]) -> Reference:
        places = {check: self._place(notebook.name, reference, check) for check in new}
        shown = {check: _read(place) for check, place in places.items()}
        missing = {check for check, known in shown.items() if known is None}
        if missing:
            names = ", ".join(sorted(check.removeprefix("check_") for check in missing))
            self._say(f"Trying what wrong answers to {names} may look like …")
            tried = self._tried(notebook, reference, missing)
            for check, supposed in tried.items():
                write_atomically(places[check], as_json(supposed))
            shown.update(tried)
        return dataclasses.replace(
            reference, checks=tuple(_with_shown(one, shown) for one in reference.checks)
        )

    def _place(self, name: str, reference: Reference, check: str) -> Path:
        variants = hashlib.sha256(repr(self._week.book.variants).encode()).hexdigest()[:8]
        file = f"{name}-{reference.key[:16]}-{variants}-{check}-supposed.json"
        return self._week.course.state / "reference" / file

    def _tried(
        self, notebook: NotebookTemplate, reference: Reference, wanted: set[str]
    ) -> dict[str, Supposed]:
        """By check; nothing of one that the kernel did not come to."""
        try:
            pairs = _run(self._week, notebook, reference, wanted, self._provisioner)
        except Exception as error:  # a name is not worth a class that is not graded
            self._say(f"No names for some wrong answers ({type(error).__name__}: {error}).")
            return {}
        checks = {check.grade_id: check for check in reference.checks}
        return {} if pairs is None else {one: _shown_for(checks[one], pairs) for one in wanted}


def with_suppositions(
    week: Week,
    references: Mapping[str, Reference],
    provisioner: str | None = None,
    say: Callable[[str], None] = print,
) -> dict[str, Reference]:
    """The references of a week's notebooks, with what every supposition shows."""
    return Suppositions(week, references, provisioner, say).learn_everything()


def _with_wrong_values(judgement: Judgement) -> set[str]:
    """The checks in which a probe showed another value than it should."""
    return {
        check.grade_id
        for check in judgement.checks
        if any(probe.verdict is Verdict.WRONG for probe in check.probes)
    }


def _probed(reference: Reference) -> set[str]:
    """An open challenge has no right answer that another one could be compared with."""
    return {check.grade_id for check in reference.checks if check.probes}


def _read(place: Path) -> Supposed | None:
    with contextlib.suppress(OSError, Damaged):
        return from_json(Supposed, place.read_bytes())
    return None


def suppositions(
    notebook: NotebookTemplate, book: MistakeBook, checks: Collection[str]
) -> Iterator[tuple[str, AsIf | NearMiss]]:
    """All suppositions on the exercises of these checks, each with the exercise's name."""
    answers = {
        name: cell.source
        for name, cell in notebook.known.items()
        if cell.solution and cell.kind == "code" and f"check_{name}" in checks
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
        syntax.parse(source)
    except (SyntaxError, ValueError):
        return False
    return True


def _run(
    week: Week,
    notebook: NotebookTemplate,
    reference: Reference,
    wanted: set[str],
    provisioner: str | None,
) -> list[tuple[_Supposition, Trial]] | None:
    """All suppositions on the wanted checks, in one kernel; None if that could not be had."""
    found = [_Supposition(*one) for one in suppositions(notebook, week.book, wanted)]
    if not found:
        return []
    checks = {check.grade_id for check in reference.checks}
    own = (cell for cell in own_cells(notebook) if cell.grade_id not in checks)
    first = (*own, JobCell(-1, HELPERS_CELL))
    plan = Plan(notebook, first, tuple(one.overlay for one in found))
    job = with_time(job_for(week, "suppositions", plan.cells(), provisioner=provisioner), SECONDS)
    limits = dataclasses.replace(job.limits, output_bytes=OUTPUT_BYTES)
    ran = execute(dataclasses.replace(job, limits=limits))
    if ran.fault is not None:
        return None
    # the kernel may have been lost half-way
    return list(zip(found, plan.read(ran.runs).trials, strict=False))


def _shown_for(check: CheckReference, pairs: list[tuple[_Supposition, Trial]]) -> Supposed:
    shown: dict[str, tuple[type, MistakeReference]] = {}
    right = repr(tuple(probe.value for probe in check.probes))
    for supposition, trial in pairs:
        if trial.overlay.check == check.grade_id:
            made = _shown(supposition.made, trial, check)
            if made is not None and repr(made.values) != right:
                shown.setdefault(repr(made.values), (type(supposition.made), made))
    return Supposed(
        *(
            tuple(made for kind, made in shown.values() if kind is which)
            for which in (AsIf, NearMiss)
        )
    )


def _with_shown(check: CheckReference, shown: Mapping[str, Supposed | None]) -> CheckReference:
    supposed = shown.get(check.grade_id)
    if supposed is None:
        return check
    return dataclasses.replace(check, as_if=supposed.as_if, near_misses=supposed.near_misses)


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
