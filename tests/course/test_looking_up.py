"""The Factbook as documents with questions, and the FAQ cut into sections, as they promise."""

from __future__ import annotations

import pytest

from course.data.factbook import (
    TOPICS,
    factbook_documents,
    factbook_passages,
    factbook_questions,
)
from course.data.faq import faq_sections


def test_every_answer_stands_where_the_question_says() -> None:
    """Words start..stop-1 of the country's document hold the answer; each is asked twice."""
    documents = {country: text.split() for country, text in factbook_documents().items()}
    questions = factbook_questions()
    for asked in questions:
        place = " ".join(documents[asked.country][asked.start : asked.stop])
        assert asked.answer in place and len(place) < len(asked.answer) + 12, asked
    assert [q.plain for q in questions] == [True, False] * (len(questions) // 2)
    assert len(questions) == 3406


def test_known_facts_of_korea() -> None:
    """Seven answers that a reader of 2015 would give."""
    found = {q.field: q.answer for q in factbook_questions() if q.country == "South Korea"}
    assert found == {
        "Capital": "Seoul",
        "Internet country code": ".kr",
        "Exchange rates": "South Korean won",
        "Elevation extremes": "Halla-san",
        "National anthem": "Aegukga",
        "Independence": "15 August 1945",
        "Population": "49,115,196",
        "Area": "99,720",
    }


def test_passages_begin_with_their_country() -> None:
    """So that each can be found, and cited, by itself; a question's field is in one of them."""
    passages = factbook_passages()
    for passage in passages:
        assert passage.text.startswith(f"{passage.country}. ")
        assert set(passage.fields) <= set(TOPICS[passage.topic])
    homes = {(p.country, field) for p in passages for field in p.fields}
    assert all((q.country, q.field) in homes for q in factbook_questions() if q.field != "Area")


def test_documents_come_fresh() -> None:
    """A reader who changes the table spoils nobody else's."""
    factbook_documents().clear()
    assert factbook_documents()["Peru"].startswith("Peru. Location: Western South America")


def test_the_faq_has_the_same_numbers_in_both_languages() -> None:
    """146 sections each; titles and answers are one line; chapter headings are left out."""
    english, korean = faq_sections("en"), faq_sections("ko")
    assert [s.number for s in english] == [s.number for s in korean]
    assert len(english) == 146
    assert (english[0].title, korean[0].title) == ("What is this FAQ?", "이 FAQ는 무엇인가요?")
    for section in english + korean:
        assert section.title and section.text and "\n" not in section.title + section.text
        assert "Chapter 2. Getting" not in section.text and "2장. Debian" not in section.text


def test_the_faq_speaks_two_languages() -> None:
    """Another one is refused with a sentence."""
    with pytest.raises(ValueError, match="'en' and 'ko'"):
        faq_sections("fr")
