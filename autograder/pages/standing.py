"""Where a student stands in a week: automatic points, points by hand, lateness, and their sum."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from nbgrader.api import Gradebook

from autograder.pages.gradebook_marks import read_marks
from autograder.pages.marks import Mark, Marks
from autograder.voided import WORDS


@dataclass(frozen=True)
class Standing:
    """The points of one student in one week, by where they come from.

    `total` is None where there is no score: in a review. `most` is what could be had in all.
    """

    student: str
    automatic: float = 0.0
    automatic_most: float = 0.0
    by_hand: float = 0.0
    by_hand_most: float = 0.0
    to_read: float = 0.0
    late: float = 0.0
    most: float = 0.0
    has_score: bool = True
    stale: tuple[str, ...] = ()  # cells with points or a comment for work that has changed
    voided: tuple[tuple[str, str], ...] = ()  # cells that are void, and how; see voided

    @property
    def total(self) -> float | None:
        """Automatic and by hand, less what lateness costs; never below 0."""
        if not self.has_score:
            return None
        return round(max(0.0, self.automatic + self.by_hand - self.late), 6)

    @property
    def share(self) -> float | None:
        """The total as a share of what could be had; None without a score, or without points."""
        return None if self.total is None or not self.most else self.total / self.most

    @property
    def words(self) -> str:
        """What the sum is made of."""
        parts = [f"{self.automatic:g}/{self.automatic_most:g} automatic"]
        parts += [f"{self.by_hand:g}/{self.by_hand_most:g} by hand"] if self.by_hand_most else []
        parts += [f"{self.to_read:g} to be read"] if self.to_read else []
        parts += [f"{round(self.late, 2):g} off for lateness"] if self.late else []
        parts += [f"{name} {WORDS[how]}" for name, how in self.voided]
        return ", ".join(parts)


def standing_of(student: str, notebooks: Iterable[Marks]) -> Standing:
    """The sum over a student's notebooks of a week."""
    notebooks = list(notebooks)
    cells = [(name, mark) for marks in notebooks for name, mark in marks.cells.items()]
    hand = [mark for _, mark in cells if mark.by_hand]
    automatic = [mark for _, mark in cells if mark.checked and not mark.by_hand]
    return Standing(
        student, _points(automatic), _most(automatic), _points(hand), _most(hand),
        sum(marks.unread for marks in notebooks), sum(marks.late_penalty for marks in notebooks),
        sum(marks.max_score for marks in notebooks), all(marks.has_score for marks in notebooks),
        (*(name for name, mark in cells if mark.stale), *_old_comments(notebooks)),
        tuple((name, mark.void) for name, mark in cells if mark.void),
    )  # fmt: skip


def _old_comments(notebooks: Iterable[Marks]) -> list[str]:
    return [f"{name} (comment)" for marks in notebooks for name in marks.old_comments]


def read_standings(
    gradebook: Gradebook, week: str, students: Collection[str] | None = None
) -> dict[str, Standing]:
    """Where everybody stands who handed something in, or some of them, by student."""
    handed_in: dict[str, list[Marks]] = {}
    for marks in read_marks(gradebook, week, students).values():
        handed_in.setdefault(marks.student, []).append(marks)
    return {student: standing_of(student, found) for student, found in handed_in.items()}


def _points(marks: list[Mark]) -> float:
    return round(sum(mark.points for mark in marks), 6)


def _most(marks: list[Mark]) -> float:
    return sum(mark.most for mark in marks)
