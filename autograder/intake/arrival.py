"""When an upload was handed in: from what an LMS really records, never from when a zip was made.

Canvas       members carry the time at which the zip was made; the LATE in a name says late or not
Moodle       the worksheet's column, else a member's time; both by the LMS's clock, without a zone
Blackboard   the time of the attempt, in the name, by the LMS's clock, without a zone
folder       the file's own time on a disk or in a tar; by some clock in a zip

A list with times (`--times`, or a roster that has them) comes before all of these. Where no zone is
known the time is uncertain: it orders uploads, and nobody is ever late by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from autograder.errors import UserError
from autograder.intake.download import EPOCH, Upload
from autograder.intake.lms import Sender
from autograder.roster.people import Person
from autograder.zones import NoMoment, read_moment

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NEVER = ("", "-", "–")
OWN_TIMES = ("moodle", "folder")  # a member's time in such a download is that of arrival
SAY_THE_ZONE = (
    "Say in which zone the LMS's clock runs: --timezone Asia/Seoul, or write the times with their "
    "zone."
)
LATE_BY_HOW_MUCH = (
    "The LMS marks it LATE; by how much is not in the download: name a list of times with --times."
)


@dataclass(frozen=True)
class Clock:
    """What is known of times in one download.

    zone : of the LMS; None where nobody said
    told : when each student handed in, by a list of the LMS
    """

    lms: str
    zone: ZoneInfo | None = None
    told: Mapping[str, datetime] = field(default_factory=dict)

    def stamped(self, student: str, sender: Sender, upload: Upload) -> Upload:
        """The upload with the time at which it was handed in, or only with its place in order."""
        own, certain = self._own_time(sender, upload)
        told = self.told.get(student)
        if told is not None and sender.time is None and not _same_minute(told, own, certain):
            own, certain = told, True
        if certain:
            own = min(own, datetime.now(UTC))
        return replace(upload, arrived=own, certain=certain)

    def _own_time(self, sender: Sender, upload: Upload) -> tuple[datetime, bool]:
        if sender.time is not None:
            return self._in_zone(sender.time)
        if self.lms in OWN_TIMES:
            if upload.exact is not None and upload.exact.year > 1980:
                return upload.exact, True
            if upload.local is not None:
                return self._in_zone(upload.local)
        return EPOCH + timedelta(microseconds=sender.order), False

    def _in_zone(self, local: datetime) -> tuple[datetime, bool]:
        if self.zone is None:
            return local.replace(tzinfo=UTC), False
        return local.replace(tzinfo=self.zone).astimezone(UTC), True


def _same_minute(told: datetime, own: datetime, certain: bool) -> bool:
    """Whether an own time says the same as a list that knows minutes only, and says it better."""
    return certain and timedelta() <= own - told < MINUTE


def times_of(
    people: Mapping[Person, str], place: str, zone: ZoneInfo | None, demanded: bool
) -> dict[str, datetime]:
    """When each student of a list handed in; a list without such a column tells nothing.

    Args:
        people: the rows of the list, with the student whom each means, or an empty text.
        place: its name, for messages.
        zone: of the LMS, if it is known.
        demanded: the list was given for its times; without a zone they are not just left out.

    Raises:
        UserError: a time cannot be read, or needs a zone and there is none.
    """
    found: dict[str, datetime] = {}
    if zone is None and not demanded:
        return found
    for person, student in people.items():
        if person.submitted in NEVER or not student:
            continue
        try:
            found[student] = read_moment(person.submitted, zone)
        except NoMoment as error:
            remedy = SAY_THE_ZONE if "zone" in str(error) else "Repair that line."
            raise UserError(
                f"{place}, line {person.line}: {error}.", f"Nothing was collected. {remedy}"
            ) from None
        if found[student] > datetime.now(UTC) + DAY:
            raise UserError(
                f"{place}, line {person.line}: '{person.submitted}' has not come yet.",
                "Nothing was collected. Repair that line.",
            )
    return found
