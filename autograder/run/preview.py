"""What a run would change, in final scores, found in a gradebook that forgets it again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from autograder.deadlines.settling import settle
from autograder.gradebook import open_gradebook
from autograder.model import Entry, GradedSubmission
from autograder.pages.standing import read_standings
from autograder.run.batches import batches
from autograder.run.results import GradeRun
from autograder.stages.record import tried
from autograder.week import Week


def try_out(
    week: Week, run: GradeRun, arrived: Mapping[str, datetime | None],
    finished: Iterable[tuple[GradedSubmission, Entry]],
) -> Iterator[Entry]:  # fmt: skip
    """Where everybody stands before and would stand after, points by hand and lateness included.

    Args:
        week: whose.
        run: gets both standings.
        arrived: when each submission came.
        finished: submissions that were judged.
    """
    with open_gradebook(week.course) as gradebook:
        run.standings_before = read_standings(gradebook, week.name)
        with tried(week.course, gradebook, ()):  # refuses what is odd in course.toml, once
            settle(week.course, gradebook, week.name)
        for batch in batches(finished):
            students = [entry.student for _, entry in batch]
            with tried(week.course, gradebook, [judged for judged, _ in batch]):
                settle(week.course, gradebook, week.name, arrived, students)
                run.standings |= read_standings(gradebook, week.name, students)
            yield from (entry for _, entry in batch)
