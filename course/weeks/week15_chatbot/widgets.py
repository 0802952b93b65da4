"""Widgets of week 15: a dialogue and its memory, a guard at work, bots side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import ipywidgets as widgets
from IPython.display import HTML

from course.chat.corpus import is_korean
from course.chat.parts import Hit, Message, Passage
from course.figures import style
from course.figures.panel import Panel
from course.phrases import tr
from course.weeks.week15_chatbot.exam import Said
from course.weeks.week15_chatbot.words import TOKEN

Search = Callable[[str, int], Sequence[Hit]]
Guard = Callable[[str, str, Sequence[Passage]], Sequence[str]]
SCRIPT = (
    ("케냐의 수도는 어디인가요?", "Nairobi."),
    ("And its highest point?", "Mount Kenya."),
    ("그 나라의 인구는?", "45,925,301."),
)
CELL = "padding:3px 10px;text-align:left;vertical-align:top"


def dialogue_panel(make_state: Callable[[], Any], search: Search) -> Panel:
    """A scripted dialogue turn by turn: the subject, what is looked up, what is found, the window.

    Args:
        make_state: gives an empty dialogue state, such as one of the exercise.
        search: from a query and a number to hits.
    """

    def draw(memory: bool, budget: int) -> HTML:
        state, rows = make_state(), []
        for question, answer in SCRIPT:
            query = state.query(question) if memory else question
            hits = search(query, 1)
            found = hits[0][0].title if hits else "–"
            rows.append((question, query, found))
            state.add(Message("user", question))
            state.add(Message("assistant", answer))
        seen = [(message.role, message.content) for message in state.window(budget)]
        heads = tuple(map(tr, ("the user says", "looked up", "found")))
        told = tr("What a model still sees of it:")
        return HTML(f"{_table(heads, rows)}<p>{told}</p>{_table((), seen)}")

    return Panel(
        draw,
        stills=[{}, {"memory": False}],
        memory=widgets.Checkbox(value=True, description="memory"),
        budget=widgets.IntSlider(
            value=10, min=0, max=24, description="budget, words", continuous_update=False
        ),
    )


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f"<th style='{CELL}'>{escape(head)}</th>" for head in heads)
    body = "".join(
        "<tr>" + "".join(f"<td style='{CELL}'>{escape(cell)}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return f"<table><tr>{top}</tr>{body}</table>"


def guard_panel(guard: Guard, passages: Sequence[Passage], question: str, answer: str) -> Panel:
    """Write an answer, and see which of its names and numbers the guard finds in the sources.

    Args:
        guard: the `guardrail` of the exercise.
        passages: the sources.
        question, answer: what is shown first.
    """

    def draw(question: str, answer: str) -> HTML:
        missing = list(guard(answer, question, passages))
        verdict = tr("It passes.") if not missing else tr("It is held back.")
        sources = "".join(f"<p>[{n}] {escape(p.title)}: {escape(p.text)}</p>"
                          for n, p in enumerate(passages, 1))  # fmt: skip
        return HTML(
            f"{sources}<p style='font-size:120%'>{marked(answer, missing)}</p><p>{verdict}</p>"
        )

    field = {"continuous_update": False, "layout": {"width": "min(46em,90%)"}}
    return Panel(
        draw,
        question=widgets.Text(value=question, description="question", **field),
        answer=widgets.Text(value=answer, description="answer", **field),
    )


def marked(answer: str, missing: Sequence[str]) -> str:
    """An answer as HTML: what is not supported struck out, other names and numbers underlined."""
    parts, place = [], 0
    for match in TOKEN.finditer(answer):
        word = match[0]
        parts.append(escape(answer[place : match.start()]))
        place = match.end()
        if word in missing:
            parts.append(f"<s style='color:{style.RED}'>{escape(word)}</s>")
        elif word[0].isupper() or word[0].isdigit() or is_korean(word):
            parts.append(f"<u>{escape(word)}</u>")
        else:
            parts.append(escape(word))
    return "".join([*parts, escape(answer[place:])])


def side_by_side(
    bots: Mapping[str, Callable[[list[str]], Sequence[Said]]], questions: str
) -> Panel:
    """The same dialogue with several bots, a column for each.

    Args:
        bots: by name, from the user's turns to what the bot said to each.
        questions: the user's turns, a line each.
    """

    def draw(questions: str) -> HTML:
        asked = [line.strip() for line in questions.split("\n") if line.strip()]
        columns = [bot(asked) for bot in bots.values()]
        rows = [
            (question, *(_cell(said) for said in answers))
            for question, *answers in zip(asked, *columns, strict=True)
        ]
        return HTML(_table(("", *bots), rows))

    box = widgets.Textarea(
        value=questions, description="the user", rows=5, continuous_update=False,
        layout={"width": "min(46em,90%)"},
    )  # fmt: skip
    return Panel(draw, questions=box)


def _cell(said: Said) -> str:
    return tr("(silent)") if said.text is None else f"{said.text} [{said.source}]"
