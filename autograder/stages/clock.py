"""Time limits of a cell and of a submission: processor time, where that can be seen.

On a busy machine wall time runs ahead of what a cell could use, and that is nobody's fault. So the
time that a kernel stood ready and got no processor is not counted, a cell that computes is limited
in processor time, and one that only waits has PATIENCE times as long.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

PATIENCE = 3
ALMOST = 0.95  # a loop on an idle machine gets nearly all of a processor

Meter = Callable[[], float | None]  # seconds so far, None where that cannot be seen


@dataclass(frozen=True)
class Meters:
    """What a kernel has used of a processor, and how long it was kept waiting for one."""

    used: Meter = lambda: None
    kept_waiting: Meter = lambda: None


class Stopwatch:
    """Time passed since its start, without that in which no processor was to be had."""

    def __init__(self, kept_waiting: Meter) -> None:
        self._kept_waiting, self._waited_at_start = kept_waiting, kept_waiting() or 0.0
        self._started = time.monotonic()

    @property
    def wall(self) -> float:
        return time.monotonic() - self._started

    @property
    def passed(self) -> float:
        waited = (self._kept_waiting() or 0.0) - self._waited_at_start
        return self.wall - max(0.0, waited)


class SubmissionClock:
    """The time that is left of a submission's seconds."""

    def __init__(self, seconds: float, meters: Meters) -> None:
        self._seconds = seconds
        self._watch = Stopwatch(meters.kept_waiting)

    @property
    def left(self) -> float:
        return 0.0 if self.starved else self._seconds - self._watch.passed

    @property
    def starved(self) -> bool:
        """Whether so much wall time is gone that somebody must have kept it from computing."""
        return self._watch.wall > PATIENCE * self._seconds


class CellClock:
    """When one cell's time is up."""

    def __init__(self, seconds: float, meters: Meters, submission: SubmissionClock | None) -> None:
        self._used, self._used_at_start = meters.used, meters.used()
        self._watch = Stopwatch(meters.kept_waiting)
        self._seconds, self._submission = seconds, submission

    def is_up(self) -> bool:
        if self._submission is not None and self._submission.left <= 0:
            return True
        if self._watch.wall <= self._seconds:
            return False
        passed, used = self._watch.passed, self._used()
        if passed <= self._seconds:
            return False
        if passed > PATIENCE * self._seconds or used is None or self._used_at_start is None:
            return True
        return used - self._used_at_start > ALMOST * self._seconds


def grace(seconds: float, meters: Meters) -> CellClock:
    """The time that a kernel has to end what was interrupted.

    A busy machine may keep it from that too, and would then take the cells behind from a student.
    """
    waiting = Meters(kept_waiting=meters.kept_waiting)
    return CellClock(seconds, waiting, SubmissionClock(seconds, waiting))
