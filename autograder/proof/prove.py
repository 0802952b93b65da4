"""The proof that a week's checks are right: they pass what is right and fail what is wrong.

Everything goes through the stages that grade students (`execute`, `judge`, `make_reference`), with
the instructor's cells in place of a student's:

    reference   the instructor's notebook gets full marks, in a kernel of its own
    empty       the release version, with nothing written, gets 0
    lazy        a function that returns 0, None or its own argument does not get half of a check
    variants    every correct variant gets full marks, its visible asserts included
    mistakes    every known mistake loses at its own check, at no other, and is named by diagnosis
    seeds       under N other seeds the reference agrees with itself in a second kernel, mistakes
                still lose and variants still pass
    mutants     at least 90 % of the automatic mutants of the solutions lose a point

One kernel serves many trials. A trial is an *overlay*: wrong or other code for one exercise, run
after the reference's cells, then the checks in question, then the reference's solution again. Only
probes decide marks, so a trial runs the hidden part of checks; variants run the visible part too.
"""

from __future__ import annotations

import ast
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import nbformat
from nbgrader.preprocessors import ClearSolutions
from rich.console import Group
from rich.table import Table
from rich.text import Text

from autograder.course_folder import Course
from autograder.errors import GraderFault, UserError
from autograder.judging.evidence import read_evidence
from autograder.mistakebook import MistakeBook
from autograder.model import (
    CellEnd,
    CellRun,
    CheckReference,
    CheckVerdict,
    Execution,
    JobCell,
    NotebookTemplate,
    Reference,
    TemplateCell,
)
from autograder.proof.mutants import mutants
from autograder.reference.build import job_for, make_reference, own_cells
from autograder.stages.execute import execute
from autograder.stages.judge import judge
from autograder.week import Week
from course.notebook_format import HIDDEN_TESTS
from course.probes import SEED_VARIABLE

KILL_SHARE = 0.9
MUTANTS_PER_EXERCISE = 60
LAZY_SHARE = 0.5
SECONDS = 3600  # for one kernel with all its trials
OUTPUT_BYTES = 500_000_000
LAZY = {
    "returns 0": "return 0",
    "returns None": "return None",
    "returns its first argument": "return [*args, *kwargs.values()][0]",
}
MEASURE = (
    "import json, resource, time\n"
    "print(json.dumps({'cpu': time.process_time(),"
    " 'peak_mb': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))"
)


# ------------------------------------------------------------------------------------ results
@dataclass(frozen=True)
class Problem:
    """Something that is not proved: which part of the proof, where, and what was seen."""

    part: str
    where: str
    what: str

    def __str__(self) -> str:
        return (
            f"{self.part}: {self.where}: {self.what}" if self.where else f"{self.part}: {self.what}"
        )


@dataclass(frozen=True)
class SurvivingMutant:
    """A mutant that got full marks. `why` is the reason in the mistakes file, if there is one."""

    exercise: str
    line: int
    description: str
    why: str = ""


@dataclass(frozen=True)
class Count:
    """So many of so many."""

    good: int = 0
    total: int = 0

    @property
    def share(self) -> float:
        return self.good / self.total if self.total else 1.0

    def __str__(self) -> str:
        return f"{self.good}/{self.total}"


@dataclass(frozen=True)
class Proof:
    """What was tried for one week, and what was found. Seconds are wall clock unless named CPU."""

    week: str
    exercises: int = 0
    probes: int = 0
    points: float = 0.0
    reference_points: float = 0.0
    empty_points: float = 0.0
    lazy: Count = field(default_factory=Count)
    variants: Count = field(default_factory=Count)
    mistakes: Count = field(default_factory=Count)
    seeds: Count = field(default_factory=Count)
    mutants: Count | None = None  # None: not asked for
    survivors: tuple[SurvivingMutant, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    reference_seconds: float = 0.0  # the graded part of the instructor's notebook
    reference_cpu_seconds: float = 0.0
    peak_mb: float = 0.0
    seconds: float = 0.0  # of the proof itself

    @property
    def ok(self) -> bool:
        return not self.problems


@dataclass(frozen=True)
class Overlay:
    """Code to lay over one exercise, and the checks to run then, its own first."""

    exercise: str
    name: str
    source: str
    others: tuple[str, ...] = ()  # checks of other exercises
    visible: bool = False  # run the visible asserts of its own check as well
    may_loop: bool = False  # nobody has looked at it: interrupt it soon

    @property
    def check(self) -> str:
        return f"check_{self.exercise}"

    @property
    def checks(self) -> tuple[str, ...]:
        return (self.check, *self.others)


@dataclass(frozen=True)
class Trial:
    """What the checks did under an overlay, its own check first."""

    overlay: Overlay
    runs: tuple[CellRun, ...]


# ------------------------------------------------------------------------------------ the proof
def prove_week(
    week: Week,
    seeds: int = 20,
    mutants: bool = True,
    provisioner: str | None = None,
    mutant_limit: int | None = MUTANTS_PER_EXERCISE,
    say: Callable[[str], None] = lambda text: None,
) -> Proof:
    """Prove the checks of one week.

    Args:
        week: the week.
        seeds: how many offerings' seeds to try beside the course's own.
        mutants: whether to try automatic mutants, the longest part.
        provisioner: how kernels start; None takes the course's setting.
        mutant_limit: at most so many mutants per exercise, spread over its code; None for all.
        say: is told what happens next.

    Raises:
        UserError: there is more than one notebook in it.
        GraderFault: a kernel could not be started.
    """
    if len(week.notebooks) != 1:
        raise UserError(
            f"source/{week.name} holds {len(week.notebooks)} notebooks.", "A proof needs one."
        )
    started = time.monotonic()
    prover = _Prover(week, provisioner, say)
    try:
        proof = prover.prove(seeds, mutants, mutant_limit)
    except UserError as error:
        proof = Proof(week.name, problems=(Problem("reference", "", str(error)),))
    return replace(proof, seconds=time.monotonic() - started)


class _Prover:
    """One week under proof: its notebook, its reference, and the kernels that try overlays."""

    def __init__(self, week: Week, provisioner: str | None, say: Callable[[str], None]) -> None:
        self.course, self.provisioner, self.say = week.course, provisioner, say
        self.opened, self.week = week, week.name
        (self.notebook,) = week.notebooks
        self.cells = {cell.grade_id: cell for cell in self.notebook.cells if cell.grade_id}
        self.own = own_cells(self.notebook)
        self.exercises = [name for name, cell in _code(self.notebook) if cell.solution]
        self.check_ids = tuple(name for name, cell in _code(self.notebook) if cell.grade)
        self.seconds: dict[str, float] = {}  # of each check in the reference's run

    def prove(self, seeds: int, with_mutants: bool, limit: int | None) -> Proof:
        self.say(f"{self.week}: reference")
        self.book = self._book()
        self.reference = make_reference(self.opened, self.notebook, provisioner=self.provisioner)
        parts = [self._main(), self._empty(), self._lazy(), self._seeds(seeds)]
        if with_mutants:
            parts.append(self._mutants(limit))
        proof = Proof(
            self.week,
            exercises=len(self.exercises),
            probes=sum(len(check.probes) for check in self.reference.checks),
            points=sum(check.points for check in self.reference.checks),
        )
        for part in parts:
            problems = (*proof.problems, *part.pop("problems", ()))
            proof = replace(proof, **part, problems=problems)
        return proof

    def _book(self) -> MistakeBook:
        path = self.opened.mistakes_file
        if not path.is_file():
            raise UserError(f"There is no {path.name} among the mistakes files.")
        return self.opened.book

    # -------------------------------------------------------------------------------- parts
    def _main(self) -> dict:
        """The reference in a second kernel, then every variant and mistake under all checks."""
        self.say(
            f"{self.week}: {len(self.book.variants)} variants, {len(self.book.mistakes)} mistakes"
        )
        overlays = [
            replace(overlay, others=tuple(c for c in self.check_ids if c != overlay.check))
            for overlay in self._known_overlays()
        ]
        first = [JobCell(-1, MEASURE), *self.own, JobCell(-2, MEASURE)]
        own, trials, _ = self._try(overlays, first, [])
        self.seconds = {run.grade_id: run.seconds for run in own if run.grade_id}
        problems = list(self._reference_problems(own))
        variants, mistakes = trials[: len(self.book.variants)], trials[len(self.book.variants) :]
        bad_variants = [list(self._variant_problems(trial)) for trial in variants]
        bad_mistakes = [list(self._mistake_problems(trial)) for trial in mistakes]
        return {
            "reference_points": self._judged(own, self.reference)[0],
            "variants": _count_good(bad_variants),
            "mistakes": _count_good(bad_mistakes),
            "problems": [*problems, *_flat(bad_variants), *_flat(bad_mistakes)],
            **_measured(own),
            "reference_seconds": sum(run.seconds for run in own),
        }

    def _known_overlays(self) -> list[Overlay]:
        """The week's variants, then its mistakes."""
        variants = [Overlay(v.exercise, v.name, v.source, visible=True) for v in self.book.variants]
        mistakes = [Overlay(m.exercise, m.name, m.source) for m in self.book.mistakes]
        return [*variants, *mistakes]

    def _reference_problems(self, runs: Iterable[CellRun]) -> Iterator[Problem]:
        runs = list(runs)
        for run in runs:
            if run.end is not CellEnd.OK:
                yield Problem("reference", run.grade_id or "a cell", f"it ended with: {run.end}")
        for check in self._verdicts(runs, self.reference):
            yield from _lost(check, "reference", check.grade_id, "in a second kernel")

    def _variant_problems(self, trial: Trial) -> Iterator[Problem]:
        where = f"{trial.overlay.exercise}/{trial.overlay.name}"
        for check in self._verdicts(trial.runs, self.reference):
            yield from _lost(check, "variant", where, f"at {check.grade_id}")
        if trial.runs[0].end is not CellEnd.OK:
            yield Problem("variant", where, "a visible assert rejects it, or it does not run")

    def _mistake_problems(self, trial: Trial) -> Iterator[Problem]:
        where = f"{trial.overlay.exercise}/{trial.overlay.name}"
        own = trial.overlay.check
        if trial.runs[0].end is not CellEnd.OK:
            yield Problem("mistake", where, f"its own cell ended with: {trial.runs[0].end}")
        for check in self._verdicts(trial.runs, self.reference):
            if check.grade_id != own:
                yield from _lost(check, "mistake", where, f"also at {check.grade_id}")
            elif check.points == check.max_points:
                yield Problem("mistake", where, f"it gets full marks at {own}")
            elif check.mistake is None:
                yield Problem("mistake", where, "it loses marks but is not recognised")
            elif check.mistake.name != trial.overlay.name:
                seen = check.mistake.name
                yield Problem(
                    "mistake", where, f"it is taken for `{seen}`: same answers throughout"
                )

    def _empty(self) -> dict:
        """The release version: stubs in place of solutions, every check."""
        self.say(f"{self.week}: empty notebook")
        stubs = _stubs(self.course, self.opened.source(self.notebook.name))
        cells = [
            replace(cell, source=stubs.get(cell.grade_id or "", cell.source)) for cell in self.own
        ]
        execution = self._execute("empty", cells)
        problems = [
            Problem("empty", check.grade_id, f"{check.points:g} points for nothing")
            for check in self._verdicts(execution.runs, self.reference)
            if check.points
        ]
        points = self._judged(execution.runs, self.reference)[0]
        return {"empty_points": points, "problems": problems}

    def _lazy(self) -> dict:
        """Functions that return 0, None or what they were given."""
        functions = [name for name in self.exercises if self._is_function(name)]
        overlays = [
            Overlay(name, lazy, f"def {name}(*args, **kwargs):\n    {body}", may_loop=True)
            for name in functions
            for lazy, body in LAZY.items()
        ]
        self.say(f"{self.week}: {len(overlays)} lazy answers")
        problems = []
        for trial in self._probe_trials(overlays):
            (check,) = self._verdicts(trial.runs, self.reference, trial.overlay.checks)
            if check.points > LAZY_SHARE * check.max_points:
                what = f"a function that {trial.overlay.name} gets {check.points:g} points"
                problems.append(Problem("lazy", check.grade_id, f"{what} of {check.max_points:g}"))
        return {
            "lazy": Count(len(overlays) - len(problems), len(overlays)),
            "problems": problems,
        }

    def _is_function(self, name: str) -> bool:
        body = ast.parse(self.cells[name].source).body
        return any(isinstance(node, ast.FunctionDef) and node.name == name for node in body)

    def _seeds(self, count: int) -> dict:
        """Two kernels run the reference under each seed; the first also tries the overlays."""
        self.say(f"{self.week}: {count} seeds")
        names = [f"proof-{i}" for i in range(count)]
        overlays = [replace(overlay, visible=False) for overlay in self._known_overlays()]
        ran = self._seed_runs(names, overlays)
        again = self._seed_runs(names[::-1], [])
        problems = [list(self._seed_problems(seed, ran[seed], again[seed])) for seed in names]
        return {"seeds": _count_good(problems), "problems": _flat(problems)}

    def _seed_runs(
        self, seeds: list[str], overlays: list[Overlay]
    ) -> dict[str, tuple[list[CellRun], list[Trial]]]:
        """Per seed the runs of the reference's own cells, and the trials."""
        cells: list[JobCell] = []
        for seed in seeds:
            cells.append(JobCell(0, f"__import__('os').environ[{SEED_VARIABLE!r}] = {seed!r}"))
            cells += [*self.own, *self._overlay_cells(overlays)]
        if not cells:
            return {}
        execution = self._execute("seeds", cells)
        size = len(cells) // len(seeds)
        found = {}
        for place, seed in enumerate(seeds):
            runs = list(execution.runs[place * size + 1 : (place + 1) * size])
            own, rest = runs[: len(self.own)], runs[len(self.own) :]
            found[seed] = own, list(_as_trials(overlays, rest))
        return found

    def _seed_problems(
        self,
        seed: str,
        first: tuple[list[CellRun], list[Trial]],
        second: tuple[list[CellRun], list[Trial]],
    ) -> Iterator[Problem]:
        truth = _under_seed(self.reference, first[0])
        if truth is None:
            yield Problem("seeds", seed, "the reference does not display every probe")
            return
        for runs, which in ((first[0], "with itself"), (second[0], "in a second kernel")):
            for check in self._verdicts(runs, truth):
                yield from _lost(check, "seeds", f"{seed}, {check.grade_id}", which)
        variants = len(self.book.variants)
        for place, trial in enumerate(first[1]):
            (check,) = self._verdicts(trial.runs, truth, trial.overlay.checks)
            where = f"{seed}, {trial.overlay.exercise}/{trial.overlay.name}"
            if place < variants:
                yield from _lost(check, "seeds", where, "a correct variant")
            elif check.points == check.max_points:
                yield Problem("seeds", where, "the mistake gets full marks under this seed")

    def _mutants(self, limit: int | None) -> dict:
        """Mutants of every solution, one kernel per exercise."""
        survivors: list[SurvivingMutant] = []
        notes: list[str] = []
        total = 0
        for name in self.exercises:
            found = mutants(self.cells[name].source, limit)
            self.say(f"{self.week}: {len(found)} mutants of {name}")
            overlays = [
                Overlay(name, item.description, item.source, may_loop=True) for item in found
            ]
            total += len(found)
            accepted = {item.description: item.why for item in self.book.survivors_of(name)}
            trials = zip(found, self._probe_trials(overlays), strict=True)
            alive = [
                SurvivingMutant(name, mutant.line, mutant.description)
                for mutant, trial in trials
                if self._survives(trial)
            ]
            survivors += [replace(s, why=accepted.get(s.description, "")) for s in alive]
            stale = accepted.keys() - {mutant.description for mutant in alive}
            notes += [f"{name}: accepted as a survivor, but it is none: {text}" for text in stale]
        return {
            "mutants": Count(total - len(survivors), total),
            "survivors": tuple(survivors),
            "notes": tuple(sorted(notes)),
            "problems": list(_too_many_survivors(total, survivors)),
        }

    def _survives(self, trial: Trial) -> bool:
        (check,) = self._verdicts(trial.runs, self.reference, trial.overlay.checks)
        return check.points == check.max_points

    # -------------------------------------------------------------------------------- kernels
    def _probe_trials(self, overlays: list[Overlay]) -> list[Trial]:
        """Trials of the hidden part of checks alone, in kernels without a trace of each other.

        At the end of a kernel's life the reference is probed once more. If it does not get full
        marks then, some overlay changed what outlives it: the halves are tried apart.
        """
        if not overlays:
            return []
        first = [cell for cell in self.own if cell.grade_id not in self.check_ids]
        checks = sorted({overlay.check for overlay in overlays})
        last = [self._check_cell(check) for check in checks]
        own, trials, after = self._try(overlays, first, last)
        broken = [run for run in own if run.end is not CellEnd.OK]
        if broken:
            name = broken[0].grade_id or "a cell"
            raise UserError(f"{name} of {self.week} does not run without the checks before it.")
        clean = all(
            verdict.points == verdict.max_points
            for verdict in self._verdicts(after, self.reference, tuple(checks))
        )
        if clean or len(overlays) == 1:
            return trials
        half = len(overlays) // 2
        return [*self._probe_trials(overlays[:half]), *self._probe_trials(overlays[half:])]

    def _try(
        self, overlays: list[Overlay], first: list[JobCell], last: list[JobCell]
    ) -> tuple[list[CellRun], list[Trial], list[CellRun]]:
        """Run `first`, every overlay, `last`. A kernel that dies is followed by a new one."""
        own: list[CellRun] = []
        trials: list[Trial] = []
        after: list[CellRun] = []
        while not own or len(trials) < len(overlays):
            rest = overlays[len(trials) :]
            cells = [*first, *self._overlay_cells(rest), *last]
            runs = list(self._execute("overlays", cells).runs)
            own = own or runs[: len(first)]
            after = runs[len(runs) - len(last) :]
            tried = list(_as_trials(rest, runs[len(first) :]))
            if rest and not tried:
                raise UserError(f"The reference of {self.week} does not run to its end.")
            trials += tried
        return own, trials, after

    def _overlay_cells(self, overlays: Iterable[Overlay]) -> Iterator[JobCell]:
        """Per overlay a cell with its code and its own check, then a cell per other check.

        The reference's own solution is put back at the head of the next overlay's cell, and at the
        end in a cell of its own: a third of the cells that a cell for each step would take.
        """
        back = ""
        for overlay in overlays:
            own = self._check_cell(overlay.check, overlay.visible)
            seconds = 5 + 10 * self.seconds.get(overlay.check, 1.5) if overlay.may_loop else None
            source = f"{back}\n{overlay.source}\n{own.source}"
            yield replace(own, source=source, seconds=seconds)
            for check in overlay.others:
                yield self._check_cell(check)
            back = self.cells[overlay.exercise].source
        yield JobCell(0, back)

    def _check_cell(self, check: str, visible: bool = False) -> JobCell:
        source = self.cells[check].source
        return JobCell(0, source if visible else _hidden(source), check)

    def _execute(self, what: str, cells: Iterable[JobCell]) -> Execution:
        numbered = tuple(replace(cell, index=i) for i, cell in enumerate(cells))
        job = job_for(
            self.course, f"{self.week}/{what}", numbered, self.reference.seed, self.provisioner
        )
        limits = replace(
            job.limits, submission_seconds=SECONDS, cpu_seconds=SECONDS, output_bytes=OUTPUT_BYTES
        )
        execution = execute(replace(job, limits=limits))
        if execution.fault:
            raise GraderFault(f"No kernel for the proof of {self.week}: {execution.fault}")
        return execution

    # -------------------------------------------------------------------------------- judging
    def _verdicts(
        self, runs: Iterable[CellRun], truth: Reference, only: tuple[str, ...] | None = None
    ) -> tuple[CheckVerdict, ...]:
        checks = tuple(c for c in truth.checks if only is None or c.grade_id in only)
        execution = Execution(self.week, tuple(runs), 0.0)
        return judge(execution, replace(truth, checks=checks)).checks

    def _judged(self, runs: Iterable[CellRun], truth: Reference) -> tuple[float, float]:
        verdicts = self._verdicts(runs, truth)
        return sum(v.points for v in verdicts), sum(v.max_points for v in verdicts)


# ------------------------------------------------------------------------------------ pieces
def _code(notebook: NotebookTemplate) -> Iterator[tuple[str, TemplateCell]]:
    """The code cells that nbgrader tracks, with their grade_id."""
    for cell in notebook.cells:
        if cell.kind == "code" and cell.grade_id:
            yield cell.grade_id, cell


def _hidden(source: str) -> str:
    """The hidden region of a check cell: the probes, without the visible asserts."""
    return HIDDEN_TESTS.inside(source) or source


def _stubs(course: Course, path: Path) -> dict[str, str]:
    """What stands in each solution cell of the release, by grade_id."""
    notebook = nbformat.read(path, as_version=4)
    made, _ = ClearSolutions(config=course.config).preprocess(notebook, {})
    return {
        cell.metadata["nbgrader"]["grade_id"]: cell.source
        for cell in made.cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
    }


def _as_trials(overlays: list[Overlay], runs: list[CellRun]) -> Iterator[Trial]:
    """Group runs by overlay, up to the one at which the kernel was lost, that one included."""
    place = 0
    for overlay in overlays:
        own = runs[place : place + len(overlay.checks)]
        if own[0].end is CellEnd.NOT_RUN:
            return
        yield Trial(overlay, tuple(own))
        place += len(overlay.checks)


def _under_seed(base: Reference, runs: list[CellRun]) -> Reference | None:
    """The reference with the answers that it displayed in these runs; None if one is missing."""
    shown = {run.grade_id: read_evidence(run.outputs) for run in runs if run.grade_id}
    checks: list[CheckReference] = []
    for check in base.checks:
        answers = shown.get(check.grade_id, {})
        if any(len(answers.get(probe.label, [])) != 1 for probe in check.probes):
            return None
        probes = tuple(replace(p, value=answers[p.label][0].value) for p in check.probes)
        checks.append(replace(check, probes=probes, mistakes=()))
    return replace(base, checks=tuple(checks))


def _lost(check: CheckVerdict, part: str, where: str, when: str) -> Iterator[Problem]:
    if check.points < check.max_points:
        reasons = [f"`{p.label}`: {p.reason}" for p in check.probes if p.points < p.max_points]
        what = f"{when} it gets {check.points:g} of {check.max_points:g} points"
        yield Problem(part, where, f"{what} ({'; '.join(reasons)})")


def _count_good(problems: list[list[Problem]]) -> Count:
    return Count(sum(not found for found in problems), len(problems))


def _flat(problems: list[list[Problem]]) -> list[Problem]:
    return [problem for found in problems for problem in found]


def _measured(runs: list[CellRun]) -> dict:
    """CPU seconds and peak memory of the reference, from the two measuring cells around it."""
    texts = [output.get("text", "") for run in (runs[0], runs[-1]) for output in run.outputs]
    try:
        before, after = map(json.loads, texts)
    except ValueError:
        return {}
    return {
        "reference_cpu_seconds": after["cpu"] - before["cpu"],
        "peak_mb": after["peak_mb"],
    }


def _too_many_survivors(total: int, survivors: list[SurvivingMutant]) -> Iterator[Problem]:
    killed = Count(total - len(survivors), total)
    if killed.share < KILL_SHARE:
        yield Problem("mutants", "", f"{killed} killed, expected {KILL_SHARE:.0%} or more")


# ------------------------------------------------------------------------------------ rendering
COLUMNS = (
    *("week", "exercises", "probes", "reference", "empty", "lazy", "variants", "mistakes"),
    *("seeds", "mutants", "CPU s", "MB", "proof"),
)


def render(proofs: Iterable[Proof]) -> Group:
    """A table with a line a week, then what is not proved, then the surviving mutants."""
    proofs = list(proofs)
    table = Table(title="Proof that the checks are right", title_justify="left")
    for name in COLUMNS:
        table.add_column(name, justify="left" if name in ("week", "proof") else "right")
    for proof in proofs:
        table.add_row(*_row(proof))
    return Group(table, *(line for proof in proofs for line in _details(proof)))


def _row(proof: Proof) -> tuple[str, ...]:
    mutants_ = "-" if proof.mutants is None else f"{proof.mutants} ({proof.mutants.share:.0%})"
    return (
        proof.week,
        str(proof.exercises),
        str(proof.probes),
        f"{proof.reference_points:g}/{proof.points:g}",
        f"{proof.empty_points:g}",
        str(proof.lazy),
        str(proof.variants),
        str(proof.mistakes),
        str(proof.seeds),
        mutants_,
        f"{proof.reference_cpu_seconds:.1f}",
        f"{proof.peak_mb:.0f}",
        "[green]proved[/green]" if proof.ok else f"[red]{len(proof.problems)} problems[/red]",
    )


def _details(proof: Proof) -> Iterator[Text]:
    if proof.problems:
        yield Text(f"\n{proof.week}: not proved", style="bold red")
        yield from (Text(f"  {problem}") for problem in proof.problems)
    if proof.survivors:
        yield Text(f"\n{proof.week}: mutants that survived", style="bold")
    for mutant in proof.survivors:
        reason = mutant.why or "no reason given yet"
        yield Text(f"  {mutant.exercise}:{mutant.line}: {mutant.description}\n    {reason}")
    yield from (Text(f"  note: {note}") for note in proof.notes)
