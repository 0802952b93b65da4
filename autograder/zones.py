"""Times as LMSs, the exchange and people write them, read in a zone that is known, never guessed.

A name such as "Asia/Seoul" is looked up in the tz database (RFC 6557). An abbreviation such as
"KST" means something only if every place that used it on that day had the same offset.
"""

from __future__ import annotations

import difflib
import re
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from dateutil import parser

from autograder.errors import UserError

HANGUL = ("년", "오전", "오후")
KOREAN = re.compile(
    r"(\d{4})[년./-] ?(\d{1,2})[월./-] ?(\d{1,2})[일.]?"
    r"[^:]{0,20}? ?(오전|오후)? ?(\d{1,2}):(\d\d)(?::(\d\d))?"
)
EITHER_WAY = re.compile(r"(?:[A-Za-z]{1,9},? )?(\d{1,2})[/.-](\d{1,2})[/.-]\d{2,4}\b")  # 2/3/2026
YEAR = re.compile(r"(?<![\d+])20\d\d")
ZONE = re.compile(r"[A-Za-z][A-Za-z_/+-]{1,40}\d{0,2}")
NOT_ZONES = ("am", "pm")
MOST_CHARS = 200
MOST_PLACES = 4  # of an abbreviation, to be told
# two days that share no field: what differs between readings was not written
PROBES = (datetime(2001, 1, 1, 1, 1), datetime(2002, 2, 2, 2, 2))


class NoMoment(ValueError):
    """A text that names no single moment; the message says what is missing."""


def zone_of(name: str) -> ZoneInfo:
    """The zone of a name of the tz database.

    Raises:
        UserError: there is no such zone; the message has the nearest names.
    """
    if name in available_timezones():
        return ZoneInfo(name)
    places = [place.key for place in _places(name, datetime.now(UTC).year) if "/" in place.key]
    if 0 < len(places) <= MOST_PLACES:
        said = f"'{name}' is no time zone's name but an abbreviation."
        raise UserError(said, f"Did you mean {' or '.join(places)}?")
    by_city = {known.rpartition("/")[2].casefold(): known for known in available_timezones()}
    wanted = name.rpartition("/")[2].casefold()
    near = [by_city[city] for city in difflib.get_close_matches(wanted, by_city, 3, 0.6)]
    raise UserError(
        f"There is no time zone '{name}'.",
        f"Did you mean {' or '.join(near)}?" if near else "Name one such as Asia/Seoul.",
    )


def read_moment(text: str, zone: ZoneInfo | None = None) -> datetime:
    """The moment that a text means, in UTC.

    Args:
        text: a date with year and time of day, in English, Korean or ISO 8601; it may end with a
            zone or an offset of its own.
        zone: where it was written, if it does not say.

    Raises:
        NoMoment: something is missing or means two things.
    """
    text = " ".join(text[:MOST_CHARS].split())
    written, own = _without_zone(text)
    found = _korean(written) or _english(written)
    if found.tzinfo is None:
        found = found.replace(tzinfo=_offset(own, zone, found) if own else zone)
    if found.tzinfo is None:
        raise NoMoment(f"'{text}' does not say in which time zone")
    return found.astimezone(UTC)


def _without_zone(text: str) -> tuple[str, str]:
    before, blank, last = text.rpartition(" ")
    if not blank or last.casefold() in NOT_ZONES or not ZONE.fullmatch(last):
        return text, ""
    return before, last


def _korean(text: str) -> datetime | None:
    match = KOREAN.match(text) if any(word in text for word in HANGUL) else None
    if match is None:
        return None
    year, month, day, half, hour, minute, second = match.groups()
    hours = int(hour) % 12 + 12 * (half == "오후") if half else int(hour)
    try:
        return datetime(int(year), int(month), int(day), hours, int(minute), int(second or 0))
    except ValueError as error:
        raise NoMoment(f"'{text}' is no date: {error}") from None


def _english(text: str) -> datetime:
    either = EITHER_WAY.match(text)
    if either and either[1] != either[2] and max(int(either[1]), int(either[2])) <= 12:
        raise NoMoment(f"'{text}' may be either of two days; write it as 2026-03-02 23:59")
    try:
        one, other = (parser.parse(text, default=default) for default in PROBES)
    except (ValueError, OverflowError):
        raise NoMoment(f"'{text}' is no date with a time") from None
    if one.replace(second=0) != other.replace(second=0) or not YEAR.search(text):
        raise NoMoment(f"'{text}' lacks a year, a day or a time; write it as 2026-03-02 23:59")
    return one


def _offset(name: str, zone: ZoneInfo | None, when: datetime) -> ZoneInfo:
    """The zone of a name or an abbreviation at a time; our own zone decides where it can."""
    if zone is not None and when.replace(tzinfo=zone).tzname() == name:
        return zone
    if name in available_timezones():
        return ZoneInfo(name)
    places = _places(name, when.year)
    if not places:
        raise NoMoment(f"nobody knows the time zone '{name}'")
    if len({when.replace(tzinfo=place).utcoffset() for place in places}) > 1:
        raise NoMoment(f"the time zone '{name}' means several; say --timezone")
    return places[0]


@cache
def _places(abbreviation: str, year: int) -> list[ZoneInfo]:
    """Every place that used an abbreviation in a year."""
    days = [datetime(year, 1, 1) + timedelta(days=days) for days in range(0, 365, 30)]
    zones = [ZoneInfo(name) for name in sorted(available_timezones())]
    return [
        zone for zone in zones
        if any(day.replace(tzinfo=zone).tzname() == abbreviation for day in days)
    ]  # fmt: skip
