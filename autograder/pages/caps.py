"""How much of a text a page draws: beyond that it is shown as plain text, cut, with a note.

Turning markdown into HTML takes time and memory that a text can multiply on purpose: by its length,
by rows of a table, by brackets, tags or formulas that never close. Such texts are recognised before
they are parsed, by counting, so that the same notebook gives the same page on every machine.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

TEXT_CHARS = 20_000  # of one cell's markdown
TEXT_LINES = 600
LINE_CHARS = 6_000
BLANKS = re.compile(r"[^\S\n]{201}")
MOST_OF = dict.fromkeys("[]<>*_`$~^\\", 600) | dict.fromkeys("|", 2_400) | {"<": 300}
TAGS = 1_500  # of an output's HTML that has to be parsed
CODE_CHARS = 40_000  # of one cell's code, or of one output
CODE_LINES = 1_500
PLAIN_CHARS, PLAIN_LINES = 4_000, 120  # what is left of a text that is over a cap
PAGE_COST = 300_000  # of all cells and outputs of a page: characters, and more for what is dear
FORMULA_COST = 200  # a formula takes as long as so many characters
ROUGH = re.compile(r"[\[\]<>*_`$~^\\|]")


def is_too_much(source: str) -> bool:
    """Whether a markdown text is over a cap of one cell."""
    return (
        len(source) > TEXT_CHARS
        or source.count("\n") >= TEXT_LINES
        or max(map(len, source.split("\n"))) > LINE_CHARS
        or BLANKS.search(source) is not None
        or any(count > MOST_OF[sign] for sign, count in Counter(ROUGH.findall(source)).items())
    )


def cut(text: str, chars: int = PLAIN_CHARS, lines: int = PLAIN_LINES) -> tuple[str, str]:
    """The beginning of a text, and a note that says how much is missing; empty when nothing is."""
    kept = "\n".join(text[:chars].split("\n", lines)[:lines])
    missing = len(text) - len(kept)
    return kept, f"… cut here: {missing:,} more characters are in the notebook." if missing else ""


# ------------------------------------------------------------------------------------ a page
@dataclass
class Budget:
    """What a page may still draw."""

    left: int = PAGE_COST

    def takes(self, cost: int) -> bool:
        """Count a text; false when the page has had enough before it."""
        enough = self.left <= 0
        self.left -= cost
        return not enough


_page: ContextVar[Budget | None] = ContextVar("page", default=None)


@contextmanager
def page() -> Iterator[None]:
    """What is drawn in here belongs to one page."""
    outer = _page.set(Budget())
    try:
        yield
    finally:
        _page.reset(outer)


def new_page(text: str = "") -> str:
    """A page begins: what was drawn before does not count. A filter, so that templates can say it.

    Until it is called, nothing is counted: a viewer of another make has pages that never begin.
    """
    _page.set(Budget())
    return text


def page_is_full(text: str) -> bool:
    """Count a text on the present page, and tell whether the page had been full before it."""
    budget = _page.get()
    return budget is not None and not budget.takes(cost_of(text))


def cost_of(text: str) -> int:
    """What drawing a text takes, in characters of plain text."""
    formulas = text.count("$") // 2 + text.count("\\begin{") + text.count("\\\\")
    return len(text) + FORMULA_COST * formulas
