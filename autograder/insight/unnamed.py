"""Equal wrong answers that no known mistake explains: how the course learns from a class.

Students whose answers to all probes of a check are the same have made the same mistake. Each group
comes with one piece of code that shows it, as a cell for the week's mistakes file: it lacks a name
and the two hints.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autograder.insight.sources import Sources
from autograder.mistakebook import CELL
from autograder.model import CheckVerdict, Entry

FEWEST = 2
STUB = """{cell} exercise={exercise} name=todo-{number}
# en: TODO: a question that leads to it. {count} students answered alike: {reason}
# ko: TODO
{code}
"""


@dataclass(frozen=True)
class Group:
    """Students who answered a check alike, wrongly, and without a name for it.

    reason : what the feedback could tell them about the first lost probe
    code : the shortest that gives these answers; empty where it is not known
    stub : the same as a cell of the mistakes file
    """

    exercise: str
    students: tuple[str, ...]
    reason: str
    code: str
    stub: str


def groups_of(
    entries: Sequence[Entry], sources: Mapping[str, Sources], fewest: int = FEWEST
) -> tuple[Group, ...]:
    """The groups of at least so many students, the largest first."""
    alike: dict[tuple[str, str], list[tuple[str, CheckVerdict]]] = {}
    for entry in entries:
        for judged in entry.judgements:
            for check in judged.checks:
                if check.answer:
                    key = (check.exercise, check.answer)
                    alike.setdefault(key, []).append((entry.student, check))
    large = [(key[0], found) for key, found in alike.items() if len(found) >= fewest]
    large.sort(key=lambda one: (-len(one[1]), one[0]))
    return tuple(
        _group(number, exercise, found, sources)
        for number, (exercise, found) in enumerate(large, 1)
    )


def _group(
    number: int, exercise: str, found: list[tuple[str, CheckVerdict]],
    sources: Mapping[str, Sources],
) -> Group:  # fmt: skip
    students = tuple(student for student, _ in found)
    reason = next((one.reason for one in found[0][1].probes if one.reason), "")
    codes = (sources.get(student, {}).get(exercise, "") for student in students)
    code = min(filter(None, codes), key=len, default="")
    stub = STUB.format(
        cell=CELL, exercise=exercise, number=number, count=len(students),
        reason=" ".join(reason.split())[:200], code=code.replace(CELL, "# % %").strip(),
    )  # fmt: skip
    return Group(exercise, students, reason, code, stub)
