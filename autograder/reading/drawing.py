"""The pages as HTML. What a student wrote goes through the filters of the feedback page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from nbgrader.api import Gradebook

from autograder.course_folder import Course
from autograder.pages.caps import page
from autograder.pages.cell_html import outputs_html, source_html
from autograder.pages.exercises import Cell
from autograder.pages.safe_html import safe_markdown
from autograder.reading.answers import Answer, of_sections, read_marks, text_above
from autograder.reading.kept import Kept
from autograder.reading.questions import Question, read_questions
from autograder.reading.sharing import Share
from autograder.templates import FOLDER


@dataclass(frozen=True)
class Progress:
    """How many answers to a question are read."""

    question: Question
    read: int
    handed_in: int


@dataclass(frozen=True)
class Page:
    """Everything that the page of a question shows."""

    course: Course
    question: Question
    answers: Sequence[Answer]
    bank: Sequence[Kept]
    share: Share


def progress(gradebook: Gradebook, sections: Collection[str] | None) -> list[Progress]:
    """Every written question to which somebody has handed in an answer."""
    found = []
    for question in read_questions(gradebook):
        mine = of_sections(gradebook, read_marks(gradebook, question), sections)
        found.append(Progress(question, sum(mark.is_read for mark, _ in mine), len(mine)))
    return [row for row in found if row.handed_in]


def overview(base_url: str, nonce: str, rows: Sequence[Progress], share: Share) -> str:
    """The list of questions."""
    return _template("overview.html").render(
        base_url=base_url, nonce=nonce, rows=rows, share=share
    )  # fmt: skip


def answers_page(base_url: str, nonce: str, token: str, shown: Page) -> str:
    """The page of one question."""
    question = shown.question
    return _template("answers.html").render(
        base_url=base_url, nonce=nonce, question=question, share=shown.share,
        asked=_markdown(_asked(shown)), scheme=_markdown(question.scheme),
        rubric=[(item, _markdown(item.text)) for item in question.rubric],
        answers=[(answer, answer_html(answer)) for answer in shown.answers],
        data={
            "token": token, "most": question.most,
            "answers": [as_data(answer) for answer in shown.answers],
            "rubric": [{"key": item.key, "points": item.points} for item in question.rubric],
            "bank": [{"id": kept.id, "text": kept.text} for kept in shown.bank],
        },
    )  # fmt: skip


def _asked(shown: Page) -> str:
    question = shown.question
    if not question.in_place or not shown.answers:
        return question.text
    return text_above(shown.course, question, shown.answers[0].mark.student)


def as_data(answer: Answer) -> dict[str, Any]:
    """What the page's script keeps of an answer."""
    mark = answer.mark
    return {
        "grade": mark.grade, "points": mark.points, "comment": mark.comment, "work": answer.work,
        "ticks": dict(answer.ticks), "read": mark.is_read, "written": answer.is_written,
    }  # fmt: skip


def answer_html(answer: Answer) -> Markup:
    """What a student wrote, as a page of its own: a long answer costs no other its drawing."""
    with page():
        return Markup("").join(_cell(cell) for cell in answer.cells)


def _cell(cell: Cell) -> Markup:
    outputs = outputs_html(cell) if cell["cell_type"] == "code" else Markup("")
    return Markup('<div class="cell">{}{}</div>').format(source_html(cell), outputs)


def _markdown(text: str) -> Markup:
    with page():
        return Markup(safe_markdown(text))


@cache
def _template(name: str) -> Any:
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "reading"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    for part, file in (("style", "reading.css"), ("script", "reading.js")):
        environment.globals[part] = Markup((FOLDER / "reading" / file).read_text("utf-8"))
    environment.filters["number"] = lambda value: f"{round(float(value), 2):g}"
    return environment.get_template(name)
