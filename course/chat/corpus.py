"""What is looked up: the World Factbook of 2015, and the Constitution of the Republic of Korea."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from course.chat.parts import Passage
from course.chat.retrieval import BM25
from course.chat.wording import COUNTRIES, ENGLISH_WORDS, QUESTION_WORDS
from course.data import load_factbook, load_korean_constitution
from course.data.factbook import country_name

YEAR = 2015
GROUPS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "land": (
        ("Geography", "Location"), ("Geography", "Area"), ("Geography", "Elevation extremes"),
        ("Geography", "Land boundaries"), ("Geography", "Climate"), ("Geography", "Terrain"),
    ),
    "people": (
        ("People and Society", "Population"), ("People and Society", "Languages"),
        ("People and Society", "Religions"), ("People and Society", "Median age"),
        ("People and Society", "Life expectancy at birth"),
    ),
    "state": (
        ("Government", "Capital"), ("Government", "Government type"),
        ("Government", "Independence"), ("Government", "National holiday"),
        ("Government", "National anthem"), ("Government", "National symbol(s)"),
    ),
    "economy": (
        ("Economy", "Exchange rates"), ("Economy", "Industries"),
        ("Economy", "Agriculture - products"), ("Economy", "Exports - partners"),
        ("Geography", "Natural resources"), ("Communications", "Internet country code"),
    ),
}  # fmt: skip
LONGEST_FIELD = 160  # characters
HANGUL = re.compile(r"[가-힣]+")
ARTICLE = re.compile(r"제(\d+)조 (.*?)(?=\s*제\d+조 |\s*제\d+[장절관] |\Z)", re.DOTALL)


@cache
def factbook_passages() -> tuple[Passage, ...]:
    """Four passages a country: its land, people, state and economy, as of 2015."""
    return tuple(passage for profile in load_factbook() for passage in _passages(profile))


def _passages(profile: Mapping[str, Any]) -> Iterator[Passage]:
    country = country_name(profile)
    for group, fields in GROUPS.items():
        found = [(field, _flat(profile.get(section, {}).get(field))) for section, field in fields]
        told = [f"{field}: {text}" for field, text in found if text]
        if country and told:
            yield Passage(f"{country}: {group} (Factbook {YEAR})", ".\n".join(told) + ".")


def _flat(value: Any) -> str:
    """A field as one line: its own text, or those of its parts behind their names."""
    if not isinstance(value, dict):
        return ""
    if "text" in value:
        return _short(value["text"] or "")
    parts = ((name, _flat(part)) for name, part in value.items())
    return "; ".join(f"{name}: {text}" for name, text in parts if text)


def _short(text: str) -> str:
    """On one line, cut behind a word."""
    line = re.sub(r"\s+", " ", text.replace("++", "; ")).strip(" ;")
    if len(line) <= LONGEST_FIELD:
        return line
    return line[:LONGEST_FIELD].rpartition(" ")[0].rstrip(" ,;:(") + " …"


@cache
def constitution_passages() -> tuple[Passage, ...]:
    """The articles of the Constitution of the Republic of Korea, in Korean."""
    main, _, supplement = load_korean_constitution().replace("펼침", "").partition("부칙")
    parts = (("대한민국헌법", main), ("대한민국헌법 부칙", supplement))
    return tuple(
        Passage(f"{title} 제{number}조", re.sub(r"\s*\n\s*", "\n", text.strip()))
        for title, part in parts
        for number, text in ARTICLE.findall(part)
    )


@cache
def index() -> BM25:
    """BM25 over all passages; made once."""
    return BM25([*factbook_passages(), *constitution_passages()])


@cache
def names() -> Mapping[str, str]:
    """How a country may be called, in English and Korean -> its name in the Factbook."""
    english = {name: name for p in load_factbook() if (name := country_name(p))}
    return {**english, **{k: title for k, title in COUNTRIES.items() if title in english}}


def reworded(question: str) -> str:
    """A question in the Factbook's own words: 수도 -> capital, currency -> exchange rates.

    A Korean question that holds none of the known words stays as it is: it may be for the
    constitution.
    """
    known = {**COUNTRIES, **QUESTION_WORDS, **ENGLISH_WORDS}
    rest, found = question.lower(), []
    for word in sorted(known, key=len, reverse=True):
        if word in rest:
            rest = rest.replace(word, " ")
            found.append(known[word])
    if found and is_korean(question):
        rest = HANGUL.sub(" ", rest)
    return " ".join([*rest.split(), *dict.fromkeys(found)])


def is_korean(text: str) -> bool:
    """Whether a text has Hangul in it."""
    return HANGUL.search(text) is not None
