"""What a proof counts and finds, and the table that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from rich.console import Group
from rich.table import Table
from rich.text import Text


@dataclass(frozen=True)
class Problem:
    """Something that is not proved: which part of the proof, where, and what was seen."""

    part: str
    where: str
    what: str

    def __str__(self) -> str:
        return ": ".join(text for text in (self.part, self.where, self.what) if text)


@dataclass(frozen=True)
class SurvivingMutant:
    """A mutant that got full marks. `why` is the reason in the mistakes file, if there is one."""

    exercise: str
    line: int
    description: str
    why: str = ""


@dataclass(frozen=True)
class Count:
    """How many of those that were tried did what they should."""

    good: int = 0
    total: int = 0

    @property
    def share(self) -> float:
        return self.good / self.total if self.total else 1.0

    def __str__(self) -> str:
        return f"{self.good}/{self.total}"


@dataclass(frozen=True)
class Tried:
    """One part of the proof: how many were right, and what is wrong with the others."""

    count: Count = field(default_factory=Count)
    problems: tuple[Problem, ...] = ()


def tried(found: Iterable[Iterable[Problem]]) -> Tried:
    """Count those that have no problem, and join the problems of the others."""
    each = [tuple(problems) for problems in found]
    good = sum(not problems for problems in each)
    return Tried(Count(good, len(each)), tuple(p for problems in each for p in problems))


@dataclass(frozen=True)
class Cost:
    """What the graded part of the instructor's notebook takes."""

    seconds: float = 0.0  # wall clock
    cpu_seconds: float = 0.0
    peak_mb: float = 0.0


@dataclass(frozen=True)
class Mutation:
    """The part of the proof that tries automatic mutants. Notes are about the mistakes file."""

    count: Count
    survivors: tuple[SurvivingMutant, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class RivalTried:
    """An entry to the open challenge on one hidden set. Without a score, `why` says why."""

    name: str
    draw: str
    score: float | None
    points: float
    least: float
    most: float
    seconds: float  # wall clock
    why: str = ""


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
    helpers: Count = field(default_factory=Count)
    arguments: Count = field(default_factory=Count)
    variants: Count = field(default_factory=Count)
    mistakes: Count = field(default_factory=Count)
    seeds: Count = field(default_factory=Count)
    rivals: tuple[RivalTried, ...] = ()
    mutants: Count | None = None  # None: not asked for
    survivors: tuple[SurvivingMutant, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    reference_seconds: float = 0.0  # the graded part of the instructor's notebook
    reference_cpu_seconds: float = 0.0
    peak_mb: float = 0.0
    seconds: float = 0.0  # of the proof itself
    probeless: bool = False  # no check shows a probe: nothing was tried

    @property
    def ok(self) -> bool:
        return not self.problems


# ------------------------------------------------------------------------------------ the table
COLUMNS = (
    *("week", "exercises", "probes", "reference", "empty", "lazy", "helpers", "arguments"),
    *("variants", "mistakes", "seeds", "mutants", "CPU s", "MB", "proof"),
)


def render(proofs: Iterable[Proof]) -> Group:
    """A table with a line a week, then what is not proved, then the surviving mutants."""
    proofs = list(proofs)
    table = Table(title="Proof that the checks are right", title_justify="left")
    for name in COLUMNS:
        table.add_column(name, justify="left" if name in ("week", "proof") else "right")
    for proof in proofs:
        table.add_row(*_row(proof))
    tables = (_rivals(proof) for proof in proofs if proof.rivals)
    return Group(table, *tables, *(line for proof in proofs for line in _details(proof)))


def _rivals(proof: Proof) -> Table:
    """What entries to the open challenge earn, a line an entry and hidden set."""
    table = Table(title=f"\n{proof.week}: open challenge", title_justify="left")
    for name in ("entry", "hidden set", "score", "points", "expected", "s"):
        table.add_column(name, justify="left" if name in ("entry", "hidden set") else "right")
    for one in proof.rivals:
        score = one.why if one.score is None else f"{one.score:.3f}"
        expected = f"{one.least:g}" if one.least == one.most else f"{one.least:g} to {one.most:g}"
        table.add_row(one.name, one.draw, score, f"{one.points:g}", expected, f"{one.seconds:.1f}")
    return table


def _row(proof: Proof) -> tuple[str, ...]:
    if proof.probeless:
        rest = ("-" for _ in COLUMNS[4:-1])
        return (proof.week, "-", "0", f"-/{proof.points:g}", *rest, "[yellow]no probes[/yellow]")
    mutants = "-" if proof.mutants is None else f"{proof.mutants} ({proof.mutants.share:.0%})"
    return (
        proof.week,
        str(proof.exercises),
        str(proof.probes),
        f"{proof.reference_points:g}/{proof.points:g}",
        f"{proof.empty_points:g}",
        str(proof.lazy),
        str(proof.helpers),
        str(proof.arguments),
        str(proof.variants),
        str(proof.mistakes),
        str(proof.seeds),
        mutants,
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
