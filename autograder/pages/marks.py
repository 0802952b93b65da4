"""Points and comments of a submission, as a page shows them; plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Mark:
    """Points of one graded cell."""

    points: float
    most: float
    by_hand: bool = False  # a person gave them
    unread: bool = False  # a person has yet to
    unjudged: bool = False  # a check gives points here and has given none
    checked: bool = False  # by a check, if no person gives others
    stale: bool = False  # a person gave the points, and the work has changed since
    void: str = ""  # voided.FULL or voided.DROP where the check does not count as it is


@dataclass(frozen=True)
class Marks:
    """Points and comments of one student's notebook, by grade_id."""

    student: str
    week: str
    notebook: str
    cells: Mapping[str, Mark] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    late_penalty: float = 0.0
    old_comments: tuple[str, ...] = ()  # cells with a comment on work that has changed since

    @property
    def score(self) -> float:
        """All points, less the penalty."""
        return sum(mark.points for mark in self.cells.values()) - self.late_penalty

    @property
    def max_score(self) -> float:
        """What could be had."""
        return sum(mark.most for mark in self.cells.values())

    @property
    def unread(self) -> float:
        """Points that wait for a reader."""
        return sum(mark.most for mark in self.cells.values() if mark.unread)

    @property
    def has_score(self) -> bool:
        """Whether all checks were judged: not so in a review, where no number may be told."""
        return not any(mark.unjudged for mark in self.cells.values())
