"""The feedback page: a judged notebook, its marks and the notes on it as one file of HTML.

It runs no script and asks no server for anything. `autograder feedback` draws it in processes of
its own (see `feedback`), `nbgrader generate_feedback` and the formgrader's button through the
exporter below (see nbgrader_config.py); both give the same page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from autograder.pages import exercises
from autograder.pages.caps import page
from autograder.pages.cell_html import outputs_html, shown_part, source_html
from autograder.pages.exercises import Cell, Exercise
from autograder.pages.marks import Mark, Marks
from autograder.pages.safe_html import safe_markdown
from autograder.pages.spoken_page import in_language, spoken
from autograder.pages.verdict_table import GREEN, GREY, KEY, ORANGE, colour
from autograder.templates import FOLDER
from autograder.voided import DROP, FULL
from course.phrases import SOURCE_LANGUAGE, Message

VOID_WORDS = {
    FULL: "this check was broken: everybody has its points",
    DROP: "this check was broken: it does not count",
}
NOTHING: dict[str, Any] = {"mistake": None, "reason": "", "passed": 0, "probes": 0, "stamp": ""}


@dataclass(frozen=True)
class Row:
    """One line of the summary: what it was, the points, what was found, where to look."""

    title: str
    link: str  # the id of the student's own answer
    points: float
    most: float
    waiting: bool  # for a reader
    words: str
    colour: str
    found: dict[str, Any]  # what the judge wrote into the cell; see NOTHING

    @property
    def share(self) -> int:
        """Per cent of the points, from 0 to 100."""
        return share(self.points, self.most)

    @property
    def is_lost(self) -> bool:
        """Whether there is something to repair."""
        return not self.waiting and self.points < self.most


@dataclass(frozen=True)
class Section:
    """One exercise, drawn."""

    title: str
    rows: list[Row]
    task: list[Markup]
    answers: list[dict[str, Any]]
    checks: list[dict[str, Any]]
    reply: dict[str, Any] | None  # to a written question
    own: list[Markup]


def page_html(
    notebook: dict[str, Any],
    marks: Marks,
    notes: Sequence[str] = (),
    plain: bool = False,
    catalog: tuple[Message, ...] = (),
) -> str:
    """The page of one notebook.

    Args:
        notebook: the judged notebook's JSON, each source one string.
        marks: points and comments.
        notes: sentences on what was put back, moved or ignored.
        plain: show texts as they were typed: for a notebook that takes too long to draw.
        catalog: translations of the week's texts, for a notebook of an edition in that language.
    """
    own = notebook.get("metadata", {}).get(KEY, {})
    language = own.get("language", SOURCE_LANGUAGE)
    cells = in_language(notebook["cells"], catalog)
    title = exercises.title_of(cells)
    found = exercises.exercises_of(cells)
    with page():
        sections = [_section(exercise, marks, title, plain) for exercise in found]
    rows = [row for section in sections for row in section.rows]
    html = _template("page.html").render(
        language=language,
        marks=marks, title=title or marks.notebook, sections=sections, rows=rows, notes=notes,
        first=next((row for row in rows if row.is_lost), None), plain=plain,
        stamp=next((row.found["stamp"] for row in rows if row.found["stamp"]), ""),
        share=share(marks.score, marks.max_score), unread=share(marks.unread, marks.max_score),
    )  # fmt: skip
    return spoken(html, language, catalog)


def review_html(student: str, week: str, reason: str) -> str:
    """The page of a submission without a score: why, and what happens next. It holds no number."""
    return _template("review.html").render(student=student, week=week, reason=reason)


@cache
def _template(name: str) -> Any:
    environment = Environment(
        loader=PackageLoader("autograder", "templates/feedback"), autoescape=True,
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.globals["style"] = Markup(_style())
    environment.filters["number"] = lambda value: f"{round(float(value), 2):g}"
    return environment.get_template(name)


def _style() -> str:
    """The style sheet, a rule a line."""
    lines = (FOLDER / "feedback" / "style.css").read_text("utf-8").splitlines()
    return "\n".join(line.strip() for line in lines if line.strip())


def share(points: float, most: float) -> int:
    """Per cent, from 0 to 100."""
    return round(100 * min(max(points / most, 0), 1)) if most else 100


# ------------------------------------------------------------------------------------ an exercise
def _section(exercise: Exercise, marks: Marks, title: str, plain: bool) -> Section:
    return Section(
        exercise.title if exercise.title != title else "",
        [_row(cell, exercise, marks, title) for cell in exercise.graded],
        [source_html(cell, plain) for cell in exercise.texts],
        [_answer(cell, marks, plain) for cell in exercise.answers],
        [_check(cell, marks, plain) for cell in exercise.checks],
        exercise.reply and {"id": exercise.answer_id, "html": source_html(exercise.reply, plain)},
        [_own(cell, plain) for cell in exercise.own],
    )


def _answer(cell: Cell, marks: Marks, plain: bool) -> dict[str, Any]:
    is_task = bool(exercises.flags_of(cell).get("task"))
    drawn = source_html(shown_part(cell) if is_task else cell, plain)
    return _numbered(cell, marks, plain) | {"html": drawn, "is_task": is_task}


def _check(cell: Cell, marks: Marks, plain: bool) -> dict[str, Any]:
    """The verdict; the visible part of the check stays folded, without colours."""
    source = source_html({**shown_part(cell), "cell_type": "raw"})
    known = _numbered(cell, marks, plain)
    void = known["mark"].void if known["mark"] else ""
    drawn = Markup("<p>{}</p>").format(VOID_WORDS[void]) if void else outputs_html(cell, plain)
    return known | {"html": drawn, "source": source}


def _numbered(cell: Cell, marks: Marks, plain: bool) -> dict[str, Any]:
    name = exercises.flags_of(cell)["grade_id"]
    comment = marks.comments.get(name, "")
    drawn = Markup(safe_markdown(comment)) if comment else ""
    mark = marks.cells.get(name) if exercises.has_points(cell) else None
    return {"id": name, "mark": mark, "comment": drawn}


def _own(cell: Cell, plain: bool) -> Markup:
    outputs = outputs_html(cell, plain) if cell["cell_type"] == "code" else Markup("")
    return source_html(cell, plain) + outputs


def _row(cell: Cell, exercise: Exercise, marks: Marks, title: str) -> Row:
    name = exercises.flags_of(cell)["grade_id"]
    mark = marks.cells.get(name, Mark(0.0, float(exercises.flags_of(cell).get("points") or 0)))
    untold = mark.by_hand or mark.void
    found = NOTHING | ({} if untold else cell["metadata"].get(KEY, {}))
    named = exercise.title if exercise.title != title else ""
    return Row(
        named or name.removeprefix("check_"), exercise.answer_id, mark.points, mark.most,
        mark.unread, *_words(mark, found), found,
    )  # fmt: skip


def _words(mark: Mark, found: dict[str, Any]) -> tuple[str, str]:
    """What was found in a few words, and their colour."""
    if "words" in found:
        return found["words"], colour(found["verdict"])
    if mark.void:
        return VOID_WORDS[mark.void], GREY
    if mark.unread:
        return "a person will read it", GREY
    full = mark.points >= mark.most
    words = "read by a person" if mark.by_hand else "right" if full else "points lost"
    return words, GREEN if full else ORANGE
