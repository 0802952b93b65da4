"""How students do over the weeks, and sections beside each other; from whole scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from autograder.roster.store import ClassMember

FALL = 0.25  # of a week's points below the mean of the weeks before
Shares = Mapping[str, Mapping[str, float | None]]  # by week, in order; by student, from 0 to 1


@dataclass(frozen=True)
class Trend:
    """A student's share of the points, week by week; None for nothing handed in or a review."""

    student: str
    shares: tuple[float | None, ...]

    @property
    def words(self) -> str:
        """Per cent a week, such as "92 88 –"."""
        return " ".join("–" if one is None else f"{100 * one:.0f}" for one in self.shares)

    @property
    def fallen(self) -> bool:
        """Whether the last week is far below the mean of those before, or missing after them."""
        before = [one for one in self.shares[:-1] if one is not None]
        last = self.shares[-1]
        return bool(before) and (last is None or mean(before) - last >= FALL)


@dataclass(frozen=True)
class Section:
    """One section in one week: how many are in it, how many handed in, their mean share."""

    name: str
    students: int
    handed_in: int
    share: float | None


def trends_of(shares: Shares, students: Sequence[str]) -> dict[str, Trend]:
    """The trend of each student over the weeks, the last of which is the one reported on."""
    weeks = list(shares.values())
    return {
        student: Trend(student, tuple(week.get(student) for week in weeks)) for student in students
    }


def sections_of(
    members: Mapping[str, ClassMember], shares: Mapping[str, float | None], handed_in: set[str]
) -> tuple[Section, ...]:
    """The sections of a class; nothing where it has fewer than two."""
    names = sorted({one.section for one in members.values()})
    if len(names) < 2:
        return ()
    return tuple(_section(name, members, shares, handed_in) for name in names)


def _section(
    name: str, members: Mapping[str, ClassMember], shares: Mapping[str, float | None],
    handed_in: set[str],
) -> Section:  # fmt: skip
    students = [one.student for one in members.values() if one.section == name]
    found = [share for student in students if (share := shares.get(student)) is not None]
    came = sum(student in handed_in for student in students)
    return Section(name or "(none)", len(students), came, mean(found) if found else None)
