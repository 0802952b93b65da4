"""The Debian FAQ cut into its questions and answers, in both languages under the same numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from course.data.loading import loader
from course.data.texts import load_debian_faq

HEAD = re.compile(r"^(\d+\.\d+(?:\.\d+)?)\. (.+(?:\n\S.*)*)\n(?=\n)", re.MULTILINE)


@dataclass(frozen=True)
class FaqSection:
    """One question of the FAQ and what is answered.

    Args:
        number: as in the text, such as "3.1.2"; the same in both languages.
        title: the question, on one line.
        text: the answer, on one line. The Korean source breaks lines within words; every break
            became a blank, so a few Korean words are in two pieces.
    """

    number: str
    title: str
    text: str


@loader
def faq_sections(lang: str = "en") -> list[FaqSection]:
    """The numbered sections that say something, in order: about 140 in each language.

    Args:
        lang: "en" or "ko".

    Raises:
        ValueError: `lang` is neither.
    """
    source = load_debian_faq(lang).replace("\xa0", " ")
    heads = list(HEAD.finditer(source))
    stops = [head.start() for head in heads[1:]] + [len(source)]
    return [
        FaqSection(head[1], _line(head[2]), _line(_without_chapters(source[head.end() : stop])))
        for head, stop in zip(heads, stops, strict=True)
        if source[head.end() : stop].strip()
    ]


def _without_chapters(text: str) -> str:
    """Up to the heading of the next chapter, which stands at the left edge."""
    found = re.search(r"^(?:Chapter \d+|\d+장)\.", text, re.MULTILINE)
    return text[: found.start()] if found else text


def _line(text: str) -> str:
    return " ".join(text.split())
