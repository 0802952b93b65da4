"""The Factbook of 2015 as documents to look things up in, and questions whose answers are known.

Questions are made mechanically: a field of a profile has an answer that a pattern can cut out. The
answer's place in the document is known too, so what a search found can be judged without a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from course.data.loading import loader
from course.data.texts import load_factbook

# a passage holds the fields of one topic; long fields are cut, so that no passage outweighs others
TOPICS: Mapping[str, tuple[str, ...]] = {
    "land": ("Location", "Elevation extremes", "Climate", "Terrain"),
    "state": ("Capital", "Government type", "Independence", "National anthem"),
    "people": ("Languages", "Religions", "Median age", "Population"),
    "economy": ("Exchange rates", "Industries", "Natural resources", "Internet country code"),
}
LONGEST = 160  # characters of a field in a passage
SECTIONS = (
    "Geography",
    "People and Society",
    "Government",
    "Economy",
    "Communications",
    "Transportation",
    "Military",
)


@dataclass(frozen=True)
class Passage:
    """Some fields of a country's profile, as a short text that begins with the country's name."""

    country: str
    topic: str
    fields: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class FactbookQuestion:
    """A question with its answer, and where that stands.

    Args:
        text: the question. `plain` ones use the field's own words, the others avoid them.
        answer: as the document has it, such as "Halla-san".
        country, field: whose, and which field.
        start, stop: the answer is words start..stop-1 of `factbook_documents()[country].split()`.
    """

    text: str
    answer: str
    country: str
    field: str
    plain: bool
    start: int
    stop: int


@dataclass(frozen=True)
class _Asked:
    field: str
    answer: re.Pattern[str]  # its first group, in the field's text
    plain: str
    reworded: str


def _asked(field: str, answer: str, plain: str, reworded: str) -> _Asked:
    return _Asked(field, re.compile(answer), plain, reworded)


ASKED = (
    _asked("Capital", r"name: ([^(;,]{3,30}?)(?: \(|;|,|$)",
           "What is the capital of {}?", "From which city is {} governed?"),
    _asked("Internet country code", r"(\.[a-z]{2})\b",
           "What is the Internet country code of {}?",
           "How do web addresses from {} end?"),
    _asked("Exchange rates", r"([A-Za-z ]{3,40}?)s? \([A-Z]{3}\) per US dollar",
           "What is the exchange rate of {} counted in?", "Which money do people in {} pay with?"),
    _asked("Elevation extremes", r"highest point: ([A-Z][^0-9(;]{2,39}?) [0-9]",
           "What is the highest point of {}?", "Which is the tallest mountain in {}?"),
    _asked("National anthem", r'name: "([^"]{3,40})"',
           "What is the name of the national anthem of {}?",
           "Which song is played when an athlete from {} wins?"),
    _asked("Independence", r"^([0-9]{1,2} [A-Z][a-z]+ [0-9]{4})",
           "What is the date of independence of {}?", "When did {} become a free nation?"),
    _asked("Population", r"^([0-9,]{5,13})",
           "What is the population of {}?", "How many people live in {}?"),
    _asked("Area", r"total: ([0-9,]{3,12}) sq km",
           "What is the total area of {}?", "How large is {}?"),
)  # fmt: skip


# ------------------------------------------------------------------------------------ documents
@loader
def factbook_documents() -> dict[str, str]:
    """Each country's profile as one text: its name, then "Field: what is said of it." in order.

    Returns:
        {"Afghanistan": "Afghanistan. Location: Southern Asia, …", …}, words with single blanks
        between them; 246 countries and regions that have a short name. **As of 2015.**
    """
    return _documents()


@cache
def _documents() -> dict[str, str]:
    return {
        country: " ".join([f"{country}.", *(f"{field}: {text}." for field, text in fields.items())])
        for country, fields in _profiles().items()
    }


@loader
def factbook_passages() -> list[Passage]:
    """Each country's profile as up to four short passages, one a topic (`TOPICS`)."""
    return [
        _passage(country, topic, [field for field in wanted if field in fields], fields)
        for country, fields in _profiles().items()
        for topic, wanted in TOPICS.items()
        if any(field in fields for field in wanted)
    ]


def _passage(country: str, topic: str, names: list[str], fields: Mapping[str, str]) -> Passage:
    told = [f"{name}: {fields[name][:LONGEST]}" for name in names]
    return Passage(country, topic, tuple(names), f"{country}. {'. '.join(told)}.")


@cache
def _profiles() -> dict[str, dict[str, str]]:
    """Field to text, by country; fields in the order of the source."""
    found = {}
    for profile in load_factbook():
        country = country_name(profile)
        if country:
            found[country] = dict(_fields(profile))
    return found


def country_name(profile: Mapping[str, Any]) -> str:
    """The short name of a country, such as "South Korea"; empty where a profile has none."""
    names = profile.get("Government", {}).get("Country name", {})
    short = _plain(names.get("conventional short form", {}).get("text") or "none")
    name = re.sub(r" ?\(.*?\)", "", short).strip()
    return "" if name.lower() == "none" else name


def _fields(profile: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for section in SECTIONS:
        for field, value in profile.get(section, {}).items():
            text = _flat(value)
            if text:
                yield field, text


def _flat(value: Any) -> str:
    """A field's text; where it has parts, each behind its name."""
    if not isinstance(value, Mapping):
        return ""
    parts = [("", value)] + [(f"{k}: ", v) for k, v in value.items() if isinstance(v, Mapping)]
    texts = [head + _plain(part["text"]) for head, part in parts if part.get("text")]
    return "; ".join(text for text in texts if text.strip())


def _plain(text: str) -> str:
    """Single blanks, and a semicolon for the source's mark between two entries."""
    return re.sub(r"\s+", " ", text.replace("++", ";")).strip()


# ------------------------------------------------------------------------------------ questions
@loader
def factbook_questions() -> list[FactbookQuestion]:
    """Every question that can be made, two of each answer: in plain words, and reworded.

    Eight kinds of answers: capital, Internet code, currency, highest point, anthem, date of
    independence, population, area.
    """
    return [
        question
        for country, fields in _profiles().items()
        for asked in ASKED
        for question in _questions(country, fields, asked)
    ]


def _questions(
    country: str, fields: Mapping[str, str], asked: _Asked
) -> Iterator[FactbookQuestion]:
    text = fields.get(asked.field, "")
    found = asked.answer.search(text)
    if not found or not found[1].strip():
        return
    start, stop = _words(country, f" {asked.field}: ", text, *found.span(1))
    for plain, form in ((True, asked.plain), (False, asked.reworded)):
        yield FactbookQuestion(
            form.format(country), found[1].strip(), country, asked.field, plain, start, stop
        )


def _words(country: str, head: str, text: str, begin: int, end: int) -> tuple[int, int]:
    """Characters begin..end-1 of a field's text as words of its country's document."""
    document = _documents()[country]
    place = document.index(f"{head}{text}.") + len(head)
    return document.count(" ", 0, place + begin), document.count(" ", 0, place + end) + 1
