"""The proof that a week's checks are right: they pass what is right and fail what is wrong.

    reference   the instructor's notebook gets full marks, in a kernel of its own
    variants    every correct variant gets full marks, its visible asserts included; and so does the
                reference in float32 and in float64 where the docstring promises any float dtype
    mistakes    every known mistake loses at its own check, at no other, and is named by diagnosis
    empty       the release version, with nothing written, gets 0
    lazy        a function that returns 0, None or its own argument does not get half of a check;
                where the docstring promises gradients, one that they cannot leave loses
    helpers     a student's helper may have any name that a hidden check binds, and costs nothing
    arguments   a function that writes to its arguments loses only where its contract forbids it
    seeds       under N other seeds the reference agrees with itself in a second kernel, mistakes
                still lose, and what passed still passes
    challenge   every entry to the open challenge earns what it should, in the order of its file
    mutants     at least 90 % of the automatic mutants of the solutions lose a point

`prove_week` goes through these parts from top to bottom; trials.py runs them in kernels.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import nbformat
from nbgrader.preprocessors import ClearSolutions

from autograder.errors import UserError
from autograder.mistakebook import MistakeBook
from autograder.model import CellEnd, CellRun, CheckVerdict, JobCell, Reference
from autograder.proof.harmless import helpers, spoiled
from autograder.proof.lazy import lazy_answers
from autograder.proof.made_variants import in_precision, promises_any_float
from autograder.proof.results import Cost, Problem, Proof, Tried, tried
from autograder.proof.rivals import DRAWS, rivalry, without_challenge
from autograder.proof.side_by_side import SideBySide
from autograder.proof.survivors import mutants_of, mutation_of, too_many_survivors
from autograder.proof.trials import (
    Workbench,
    full_marks,
    points,
    truth_of,
    verdict,
    verdicts,
)
from autograder.reference.build import make_reference
from autograder.reference.overlay import Overlay, Plan, Ran, Trial, laid_over
from autograder.week import Week
from course.probes import SEED_VARIABLE

MUTANTS_PER_EXERCISE = 60
OF_OURS = ("empty", "lazy", "helpers", "arguments", "mutants")  # asked of our own weeks alone
PRECISIONS = ("float32", "float64")
NOTHING_TO_PROVE = "no check shows a probe, so there is nothing to prove"
MEASURE = (
    "import json, resource, time\n"
    "print(json.dumps({'cpu': time.process_time(),"
    " 'peak_mb': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))"
)


def prove_week(
    week: Week,
    seeds: int = 20,
    mutants: bool = True,
    provisioner: str | None = None,
    mutant_limit: int | None = MUTANTS_PER_EXERCISE,
    say: Callable[[str], None] = lambda text: None,
    truth: Reference | None = None,
    workers: int = 1,
    elsewhere: bool = True,
    quick: bool = False,
) -> Proof:
    """Prove the checks of one week.

    Args:
        week: the week.
        seeds: how many offerings' seeds to try beside the course's own; an open challenge is tried
            under at most two of them.
        mutants: whether to try automatic mutants, the longest part.
        provisioner: how kernels start; None takes the course's setting.
        mutant_limit: at most so many mutants per exercise, spread over its code; None for all.
        say: is told what happens next.
        truth: the reference, where it has just been executed; by default it is executed now.
        workers: how many kernels work side by side.
        elsewhere: whether to try each known answer at the checks of the other exercises too.
        quick: leave out what takes longest: that, and the open challenge, whose entries may train
            for a minute.

    Raises:
        UserError: there is more than one notebook in it.
        GraderFault: a kernel could not be started.
    """
    if len(week.notebooks) != 1:
        raise UserError(
            f"source/{week.name} holds {len(week.notebooks)} notebooks.", "A proof needs one."
        )
    started = time.monotonic()
    bench = Workbench(week, week.notebooks[0], provisioner)
    bench = bench.without_challenge if quick else bench
    elsewhere = elsewhere and not quick
    try:
        proof = _proof(bench, seeds, mutants, mutant_limit, say, truth, workers, elsewhere)
    except UserError as error:
        proof = Proof(week.name, problems=(Problem("reference", "", str(error)),))
    return replace(proof, seconds=time.monotonic() - started)


def _proof(
    bench: Workbench,
    seed_count: int,
    with_mutants: bool,
    limit: int | None,
    say: Callable[[str], None],
    truth: Reference | None,
    workers: int,
    elsewhere: bool,
) -> Proof:
    """All parts, side by side.

    Raises:
        UserError: there is no reference to compare with.
    """
    week = bench.week.name
    say(f"{week}: reference")
    truth = truth or make_reference(bench.week, bench.notebook, provisioner=bench.provisioner)
    if not any(check.probes or check.challenge for check in truth.checks):
        points_ = sum(check.points for check in truth.checks)
        note = f"{truth.notebook}: {NOTHING_TO_PROVE}"
        return Proof(week, points=points_, notes=(note,), probeless=True)
    book = _book(bench)
    whole, every, truth = truth, bench, without_challenge(truth)
    bench = bench.without_challenge
    names = [f"proof-{i}" for i in range(seed_count)]
    draws = min(DRAWS, seed_count)
    precise = tuple(_precisions(bench))  # a class whose seed is unlucky must not lose by rounding
    asked = (*_variants(book, visible=False), *precise, *map(laid_over, book.mistakes))
    title = f"{week}: {len(book.variants)} variants, {len(book.mistakes)} mistakes"
    with SideBySide(workers, say) as parts:
        known_answers = _known_answers(bench, book, elsewhere)
        first = parts.start(title, _known, bench, book, known_answers, precise, truth)
        others = f"{week}: {seed_count} seeds" if names else ""
        one = parts.start(others, _under_seeds, bench, names, asked)
        other = parts.start("", _under_seeds, bench, names[::-1], ())
        entries = parts.start(f"{week}: open challenge", rivalry, every, whole, draws)
        nothing = parts.start(f"{week}: empty notebook", _empty, bench, truth)
        help_ = parts.start(f"{week}: helpers of hidden names", helpers, bench, truth)
        spoilt = parts.start(f"{week}: spoiled arguments", spoiled, bench, truth)
        known = first.result()
        doing_nothing = parts.start(
            f"{week}: lazy answers", lazy_answers, bench, truth, known.seconds
        )
        mutated = [
            parts.start("", mutants_of, bench, name, truth, known.seconds, limit, say)
            for name in (bench.exercises if with_mutants else ())
        ]
        rivals, (empty_points, empty) = entries.result(), nothing.result()
        idle, helped, arguments = doing_nothing.result(), help_.result(), spoilt.result()
        seeds = _seeds(names, one.result(), other.result(), len(asked) - len(book.mistakes), truth)
        trials = [each.result() for each in mutated]
    mutation = mutation_of(bench, book, trials, truth) if with_mutants else None
    all_parts = (known.variants, known.mistakes, idle, helped, arguments, seeds)
    found = tuple(problem for part in all_parts for problem in part.problems)
    problems = (*known.reference, *rivals.problems, *empty, *found)
    problems += tuple(too_many_survivors(mutation))
    notes = mutation.notes if mutation else ()
    if bench.classic:  # its author has not promised what we ask of our own weeks
        notes += tuple(str(problem) for problem in problems if problem.part in OF_OURS)
        problems = tuple(problem for problem in problems if problem.part not in OF_OURS)
    return Proof(
        week,
        exercises=len(bench.exercises),
        probes=sum(len(check.probes) for check in truth.checks),
        points=sum(check.points for check in whole.checks),
        reference_points=known.reference_points + rivals.own_points,
        empty_points=empty_points,
        lazy=idle.count,
        helpers=helped.count,
        arguments=arguments.count,
        variants=known.variants.count,
        mistakes=known.mistakes.count,
        seeds=seeds.count,
        rivals=rivals.tried,
        mutants=mutation.count if mutation else None,
        survivors=mutation.survivors if mutation else (),
        problems=problems,
        notes=notes,
        reference_seconds=known.cost.seconds,
        reference_cpu_seconds=known.cost.cpu_seconds,
        peak_mb=known.cost.peak_mb,
    )


def _book(bench: Workbench) -> MistakeBook:
    week = bench.week
    if not bench.classic and not week.mistakes_file.is_file():
        raise UserError(f"There is no {week.mistakes_file.name} among the mistakes files.")
    return week.book


# ------------------------------------------------------------- reference, variants, mistakes
@dataclass(frozen=True)
class _Known:
    """The reference in a second kernel, then every variant and mistake under all checks."""

    reference_points: float
    reference: tuple[Problem, ...]
    variants: Tried
    mistakes: Tried
    cost: Cost
    seconds: dict[str, float]  # of each check in the reference's run


def _known_answers(bench: Workbench, book: MistakeBook, elsewhere: bool) -> tuple[Overlay, ...]:
    """Variants and mistakes, each at its own check and, if asked for, at all the others."""
    checks = bench.checks if elsewhere else ()
    return tuple(
        replace(overlay, others=tuple(check for check in checks if check != overlay.check))
        for overlay in (*_variants(book, visible=True), *map(laid_over, book.mistakes))
    )


def _known(
    bench: Workbench,
    book: MistakeBook,
    overlays: tuple[Overlay, ...],
    precise: tuple[Overlay, ...],
    truth: Reference,
) -> _Known:
    first = (JobCell(-1, MEASURE), *bench.own, JobCell(-2, MEASURE))
    ran = bench.run_to_end(Plan(bench.notebook, first, (*overlays, *precise)), "known")
    count, every = len(book.variants), len(overlays)
    return _Known(
        points(verdicts(ran.first, truth)),
        (*_reference_problems(ran, truth), *_precision_problems(ran.trials[every:], truth)),
        tried(_variant_problems(trial, truth) for trial in ran.trials[:count]),
        tried(_mistake_problems(trial, truth) for trial in ran.trials[count:every]),
        _cost(ran.first),
        {run.grade_id: run.seconds for run in ran.first if run.grade_id},
    )


def _variants(book: MistakeBook, visible: bool) -> tuple[Overlay, ...]:
    return tuple(replace(laid_over(variant), visible=visible) for variant in book.variants)


def _reference_problems(ran: Ran, truth: Reference) -> Iterator[Problem]:
    for run in ran.first:
        if run.end is not CellEnd.OK:
            yield Problem("reference", run.grade_id or "a cell", f"it ended with: {run.end}")
    for check in verdicts(ran.first, truth):
        yield from _lost(check, "reference", check.grade_id, "in a second kernel")


def _precision_problems(trials: Iterable[Trial], truth: Reference) -> Iterator[Problem]:
    for trial in trials:
        what = f"{trial.overlay.exercise}/{trial.overlay.name}"
        yield from _lost(verdict(trial, truth), "reference", what, "under this folder's seed")


def _variant_problems(trial: Trial, truth: Reference) -> Iterator[Problem]:
    where = f"{trial.overlay.exercise}/{trial.overlay.name}"
    for check in _where_tried(trial, truth):
        yield from _lost(check, "variant", where, f"at {check.grade_id}")
    if trial.runs[0].end is not CellEnd.OK:
        yield Problem("variant", where, "a visible assert rejects it, or it does not run")


def _mistake_problems(trial: Trial, truth: Reference) -> Iterator[Problem]:
    where = f"{trial.overlay.exercise}/{trial.overlay.name}"
    own = trial.overlay.check
    if trial.runs[0].end is not CellEnd.OK:
        yield Problem("mistake", where, f"its own cell ended with: {trial.runs[0].end}")
    for check in _where_tried(trial, truth):
        if check.grade_id != own:
            yield from _lost(check, "mistake", where, f"also at {check.grade_id}")
        elif full_marks(check):
            yield Problem("mistake", where, f"it gets full marks at {own}")
        elif check.mistake is None:
            yield Problem("mistake", where, "it loses marks but is not recognised")
        elif check.mistake.name != trial.overlay.name:
            seen = check.mistake.name
            yield Problem("mistake", where, f"it is taken for `{seen}`: same answers throughout")


def _where_tried(trial: Trial, truth: Reference) -> Iterator[CheckVerdict]:
    ran = trial.overlay.checks
    return (check for check in verdicts(trial.runs, truth) if check.grade_id in ran)


def _cost(runs: tuple[CellRun, ...]) -> Cost:
    """What the notebook took, from the two measuring cells around it."""
    seconds = sum(run.seconds for run in runs)
    texts = [output.get("text", "") for run in (runs[0], runs[-1]) for output in run.outputs]
    try:
        before, after = map(json.loads, texts)
    except ValueError:
        return Cost(seconds)
    return Cost(seconds, after["cpu"] - before["cpu"], after["peak_mb"])


# ------------------------------------------------------------------------------------ empty
def _empty(bench: Workbench, truth: Reference) -> tuple[float, tuple[Problem, ...]]:
    """The release version: stubs in place of solutions, every check."""
    stubs = _stubs(bench)
    cells = [
        replace(cell, source=stubs.get(cell.grade_id or "", cell.source)) for cell in bench.own
    ]
    found = verdicts(bench.execute(cells, "empty").runs, truth)
    problems = tuple(
        Problem("empty", check.grade_id, f"{check.points:g} points for nothing")
        for check in found
        if check.points
    )
    return points(found), problems


def _stubs(bench: Workbench) -> dict[str, str]:
    """What stands in each solution cell of the release, by grade_id."""
    notebook = nbformat.read(bench.week.source(bench.notebook.name), as_version=4)
    made, _ = ClearSolutions(config=bench.week.course.config).preprocess(notebook, {})
    return {
        cell.metadata["nbgrader"]["grade_id"]: cell.source
        for cell in made.cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
    }


# ------------------------------------------------------------------------------------ seeds
def _seeds(
    names: list[str], ran: dict[str, Ran], again: dict[str, Ran], right: int, truth: Reference
) -> Tried:
    """Two kernels ran the reference under each seed; the first also tried the overlays.

    Args:
        right: how many of the overlays are correct; they stand first.
    """
    return tried(_seed_problems(seed, ran[seed], again[seed], right, truth) for seed in names)


def _precisions(bench: Workbench) -> Iterator[Overlay]:
    for name in bench.functions:
        source = bench.known[name].source
        if promises_any_float(source, name):
            yield from (in_precision(name, source, dtype) for dtype in PRECISIONS)


def _under_seeds(
    bench: Workbench, seeds: list[str], overlays: tuple[Overlay, ...]
) -> dict[str, Ran]:
    """Per seed what the reference's own cells displayed, and the trials, all in one kernel."""
    plans = [Plan(bench.notebook, (_seed_cell(seed), *bench.own), overlays) for seed in seeds]
    found = zip(seeds, bench.run(plans, "seeds") if plans else [], strict=True)
    return dict(found)


def _seed_cell(seed: str) -> JobCell:
    return JobCell(0, f"__import__('os').environ[{SEED_VARIABLE!r}] = {seed!r}")


def _seed_problems(
    seed: str, ran: Ran, again: Ran, variants: int, base: Reference
) -> Iterator[Problem]:
    truth = truth_of(base, ran.first)
    if truth is None:
        yield Problem("seeds", seed, "the reference does not display every probe")
        return
    for run, which in ((ran, "with itself"), (again, "in a second kernel")):
        for check in verdicts(run.first, truth):
            yield from _lost(check, "seeds", f"{seed}, {check.grade_id}", which)
    for place, trial in enumerate(ran.trials):
        where = f"{seed}, {trial.overlay.exercise}/{trial.overlay.name}"
        check = verdict(trial, truth)
        if place < variants:
            yield from _lost(check, "seeds", where, "a correct variant")
        elif full_marks(check):
            yield Problem("seeds", where, "the mistake gets full marks under this seed")


def _lost(check: CheckVerdict, part: str, where: str, when: str) -> Iterator[Problem]:
    if not full_marks(check):
        reasons = [f"`{p.label}`: {p.reason}" for p in check.probes if p.points < p.max_points]
        what = f"{when} it gets {check.points:g} of {check.max_points:g} points"
        yield Problem(part, where, f"{what} ({'; '.join(reasons)})")
