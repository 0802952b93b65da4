"""What a run leaves in the gradebook besides verdicts: dates, lateness, history, whole scores."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from autograder.deadlines.settling import settle
from autograder.gradebook import open_gradebook
from autograder.model import Reference
from autograder.pages.standing import read_standings
from autograder.roster.store import class_of
from autograder.run.history import fingerprint_of, remember
from autograder.run.results import GradeRun
from autograder.voided import read_voids
from autograder.week import Week


def settle_run(
    week: Week,
    run: GradeRun,
    arrived: Mapping[str, datetime | None],
    references: Mapping[str, Reference],
) -> None:
    """Write what lateness costs, of all submissions; read where everybody stands then.

    Args:
        week: whose.
        run: gets lateness, standings, void checks, and who has handed nothing in.
        arrived: when each submission came.
        references: what judged.

    Raises:
        UserError: course.toml cannot be used, or another program holds the gradebook.
    """
    with open_gradebook(week.course) as gradebook:
        run.lateness = settle(week.course, gradebook, week.name, arrived)
        run.standings = read_standings(gradebook, week.name)
        run.voids = read_voids(gradebook, week.name)
        remember(gradebook, week, run.standings, fingerprint_of(references))
        run.missing = [
            member for member in class_of(gradebook).values()
            if member.entered and not week.folder("submitted", member.student).exists()
        ]  # fmt: skip
