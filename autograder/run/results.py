"""What a run is asked for, and what it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from autograder.deadlines.settling import Lateness
from autograder.model import Entry, Judgement
from autograder.pages.standing import Standing
from autograder.roster.store import ClassMember
from autograder.voided import as_counted


@dataclass(frozen=True)
class Options:
    """How a run is to be done."""

    students: tuple[str, ...] = ()  # none: everybody
    force: bool = False  # grade again what has not changed
    preview: bool = False  # judge, compare with the journal, write nothing
    workers: int | None = None
    scheduler: str | None = None
    insecure_scheduler: bool = False  # take one on the network that does not encrypt
    provisioner: str | None = None  # how kernels start; None: as the course says


@dataclass
class GradeRun:
    """What a run did: new entries, and what was left as it was."""

    week: str
    graded: list[Entry] = field(default_factory=list)
    unchanged: list[Entry] = field(default_factory=list)
    before: dict[str, Entry] = field(default_factory=dict)
    seconds: float = 0.0
    standings: dict[str, Standing] = field(default_factory=dict)  # the whole score, by student
    standings_before: dict[str, Standing] = field(default_factory=dict)
    lateness: dict[str, Lateness] = field(default_factory=dict)
    missing: list[ClassMember] = field(default_factory=list)  # of the class, nothing handed in
    voids: dict[str, str] = field(default_factory=dict)  # checks that count otherwise

    @property
    def entries(self) -> list[Entry]:
        """Every submission of the week as it counts, by student."""
        found = (as_counted(entry, self.voids) for entry in (*self.graded, *self.unchanged))
        return sorted(found, key=lambda entry: entry.student)

    @property
    def counts(self) -> Counter:
        """How many submissions need a review, and how many checks ended in each verdict."""
        counts: Counter = Counter()
        for entry in self.entries:
            counts["needs review"] += entry.needs_review is not None
            for judgement in entry.judgements:
                counts.update(str(check.verdict) for check in judgement.checks)
        return counts


def stamped(stamp: str, judgements: Iterable[Judgement]) -> str:
    """The stamp of the run and those of its checks, each once."""
    of_checks = (check.stamp for judgement in judgements for check in judgement.checks)
    return "; ".join(dict.fromkeys(filter(None, (stamp, *of_checks))))
