"""Automatic mutants in kernels: which of them live, and whether they are too many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from autograder.mistakebook import MistakeBook
from autograder.model import Reference
from autograder.proof.results import Count, Mutation, Problem, SurvivingMutant
from autograder.proof.trials import Workbench, full_marks, verdict
from autograder.reference.mutants import mutants
from autograder.reference.overlay import Overlay, Trial

KILL_SHARE = 0.9


def mutants_of(
    bench: Workbench,
    name: str,
    truth: Reference,
    seconds: dict[str, float],
    limit: int | None,
    say: Callable[[str], None],
) -> tuple[Trial, ...]:
    """Every mutant of one solution, in a kernel of its own."""
    found = mutants(bench.known[name].source, limit)
    say(f"{bench.week.name}: {len(found)} mutants of {name}")
    overlays = (Overlay(name, item.description, item.source) for item in found)
    return bench.run_apart(tuple(short(overlay, seconds) for overlay in overlays), truth)


def mutation_of(
    bench: Workbench, book: MistakeBook, trials: list[tuple[Trial, ...]], truth: Reference
) -> Mutation:
    """Which mutants of every solution lived."""
    survivors: list[SurvivingMutant] = []
    notes: list[str] = []
    for name, found in zip(bench.exercises, trials, strict=True):
        lines = {item.description: item.line for item in mutants(bench.known[name].source, None)}
        alive = [trial.overlay.name for trial in found if full_marks(verdict(trial, truth))]
        accepted = {item.description: item.why for item in book.survivors_of(name)}
        survivors += [SurvivingMutant(name, lines[a], a, accepted.get(a, "")) for a in alive]
        stale = accepted.keys() - set(alive)
        notes += [f"{name}: accepted as a survivor, but it is none: {text}" for text in stale]
    total = sum(map(len, trials))
    return Mutation(Count(total - len(survivors), total), tuple(survivors), tuple(sorted(notes)))


def too_many_survivors(mutation: Mutation | None) -> Iterator[Problem]:
    if mutation and mutation.count.share < KILL_SHARE:
        killed = f"{mutation.count} killed, expected {KILL_SHARE:.0%} or more"
        yield Problem("mutants", "", killed)


def short(overlay: Overlay, seconds: dict[str, float]) -> Overlay:
    """The overlay with little time: nobody has looked at its code, and it may loop for ever."""
    return replace(overlay, seconds=5 + 10 * seconds.get(overlay.check, 1.5))
