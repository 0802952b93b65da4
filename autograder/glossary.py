"""The guide's glossary: the weeks' key terms, among terms that were written by hand.

`autograder/templates/glossary.md` holds the page with the rows that people write: words of weeks to
come, words that no week's table has, and a line that reads well outside of its week. From the
tables of key terms come the Korean word, the week, and each term that nobody wrote a row for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.course_folder import Course
from autograder.errors import UserError
from autograder.templates import FOLDER
from course.notebook_format import NotebookError, read_cells, read_document

TEMPLATE = FOLDER / "glossary.md"
HEADER = "| English | 한국어 | In one line | Week |\n|---|---|---|---|\n"
TABLE = re.compile(
    r"^\|\s*English\s*\|\s*한국어\s*\|[^\n]*\n\|[-| :]+\|\n((?:\|.*(?:\n|\Z))*)", re.MULTILINE
)
SYMBOLS = re.compile(r",?\s*\$[^$]*\$")  # `forget gate $f$` is the term "forget gate"


@dataclass(frozen=True)
class Term:
    """One row: the term in both languages, a line on it, and the number of its week, as "03"."""

    english: str
    korean: str
    line: str
    week: str

    @property
    def name(self) -> str:
        """What tells one term from another."""
        return self.english.casefold()

    @property
    def row(self) -> str:
        return f"| {self.english} | {self.korean} | {self.line} | {self.week} |"


def glossary_page(course: Course) -> Path:
    """Where the glossary stands in a course folder."""
    return course.root / "course" / "guide" / "glossary.md"


def make_glossary(course: Course) -> str:
    """The page: rows by hand and rows of the weeks in source/, sorted by the English term.

    Raises:
        NotebookError: a notebook cannot be read.
    """
    before, header, rest = TEMPLATE.read_text("utf-8").partition(HEADER)
    table, blank, after = rest.partition("\n\n")
    terms = {term.name: term for term in (Term(*row) for row in _rows(table))}
    for term in _course_terms(course):
        terms[term.name] = _joined(terms.get(term.name), term)
    rows = [term.row for term in sorted(terms.values(), key=lambda term: term.name)]
    return before + header + "\n".join(rows) + blank + after


def write_glossary(course: Course) -> bool:
    """Bring the page up to date; says whether anything changed.

    Raises:
        UserError: a notebook of source/ cannot be read.
    """
    page = glossary_page(course)
    try:
        text = make_glossary(course)
    except NotebookError as error:
        raise UserError(
            f"A notebook in source/ {error}.", "`autograder lint` says which; repair it."
        ) from error
    if page.is_file() and page.read_text("utf-8") == text:
        return False
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, "utf-8")
    return True


def _joined(by_hand: Term | None, of_week: Term) -> Term:
    """A row of both: the week's Korean word, the line that was written for the glossary."""
    if by_hand is None:
        return of_week
    return replace(by_hand, korean=of_week.korean, week=min(by_hand.week, of_week.week))


def _course_terms(course: Course) -> list[Term]:
    """The key terms of all weeks; of two weeks with one term, the earlier one's."""
    found: dict[str, Term] = {}
    for week in course.weeks():
        for path in course.source_notebooks(week):
            cells = read_cells(read_document(path.read_bytes()))
            for term in key_terms(week, (c.source for c in cells if c.kind == "markdown")):
                found.setdefault(term.name, term)
    return list(found.values())


def key_terms(week: str, texts: Iterable[str]) -> list[Term]:
    """The rows of a week's table `| English | 한국어 | in one line |`, each term by itself."""
    tables = (table for text in texts for table in TABLE.findall(text))
    rows = (row for table in tables for row in _rows(table))
    return [
        Term(english, korean, row[2], week[4:6])
        for row in rows
        if len(row) == 3 and all(row)
        for english, korean in _pairs(SYMBOLS.sub("", row[0]), row[1])
    ]


def _pairs(english: str, korean: str) -> list[tuple[str, str]]:
    """`padding, mask` with `패딩, 마스크` are two terms; so are `vanishing, exploding gradient`."""
    parts, words = english.split(", "), korean.split(", ")
    if len(parts) != len(words):
        return [(english, korean)]
    _, space, noun = parts[-1].rpartition(" ")
    shared = f" {noun}" if space else ""
    whole = [part + shared if part.endswith(("ing", "ed")) else part for part in parts[:-1]]
    return list(zip([*whole, parts[-1]], words, strict=True))


def _rows(table: str) -> Iterator[list[str]]:
    for line in table.splitlines():
        yield [cell.strip() for cell in line.strip().strip("|").split("|")]
