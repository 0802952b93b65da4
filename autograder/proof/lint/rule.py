"""A rule of the house: a function that yields what is wrong, with the remedy it usually needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from autograder.proof.lint.manuscript import Manuscript
from course.notebook_format import Cell


class Skipped(Exception):
    """A rule cannot be tried on this machine; the text is the sentence that says why."""


@dataclass(frozen=True)
class Fault:
    """What a rule found: in which cell, if it is one cell's, and what was seen.

    `todo` says that something is not there yet, in place of something that is wrong. A `remedy` of
    its own stands in place of the rule's.
    """

    what: str
    cell: Cell | None = None
    remedy: str = ""
    todo: bool = False


@dataclass(frozen=True)
class Finding:
    """One line for the author. `index` counts the notebook's cells from 1, None: the whole week."""

    rule: str
    index: int | None
    cell: str
    what: str
    remedy: str
    todo: bool = False

    @property
    def place(self) -> str:
        """Where it is, as a person looks for it."""
        return f"cell {self.index}, {self.cell}" if self.index else "the week"

    def __str__(self) -> str:
        return f"{self.place}: {self.what} ({self.rule})"


@dataclass(frozen=True)
class Rule:
    """A rule with its name, what it asks for, and what to do where it is broken."""

    name: str
    asks: str
    remedy: str
    look: Callable[[Manuscript], Iterator[Fault]]

    def __call__(self, week: Manuscript) -> Iterator[Finding]:
        """What breaks this rule in a week.

        Raises:
            Skipped: it cannot be tried here.
        """
        for fault in self.look(week):
            index = None if fault.cell is None else fault.cell.index + 1
            label = "" if fault.cell is None else fault.cell.label
            remedy = fault.remedy or self.remedy
            yield Finding(self.name, index, label, fault.what, remedy, fault.todo)


def rule(remedy: str) -> Callable[[Callable[[Manuscript], Iterator[Fault]]], Rule]:
    """Make a rule of a generator of faults; its docstring is what the rule asks for."""

    def make(look: Callable[[Manuscript], Iterator[Fault]]) -> Rule:
        asks = (look.__doc__ or "").strip()
        return Rule(look.__name__, asks, remedy, look)

    return make
