"""Questions that are answered by a click, before the result is seen; answers are kept."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets

from course.phrases import tr

RIGHT, WRONG = "#1b7837", "#b35806"  # readable on white, apart for colour-blind readers
BOX = "border-left:4px solid {colour};padding:2px 0 2px 12px;margin:4px 0;max-width:46em"


@dataclass(frozen=True)
class Question:
    """A question with a few options. `answer` is the place of the right one, counted from 0."""

    text: str
    options: tuple[str, ...]
    answer: int
    why: str

    def __post_init__(self) -> None:
        if not 0 <= self.answer < len(self.options):
            raise ValueError(f"option {self.answer} is not among the {len(self.options)} given")


@dataclass
class Answers:
    """What was clicked, by the question's key; kept in a file, so that a restart loses nothing."""

    path: Path
    chosen: dict[str, int] = field(default_factory=dict)

    def keep(self, key: str, place: int) -> None:
        """Remember an answer. A file that cannot be written is no reason to stop a student."""
        self.chosen[key] = place
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(json.dumps(self.chosen), "utf-8")
        except OSError:
            pass  # the answer still counts until the kernel is restarted


def read_answers(path: Path) -> Answers:
    """The answers kept in a file; none if there is no such file or it is damaged."""
    try:
        stored = json.loads(path.read_text("utf-8"))
        chosen = {str(key): int(place) for key, place in stored.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        chosen = {}
    return Answers(path, chosen)


class Ask(ipywidgets.VBox):
    """A question with its options as buttons.

    Args:
        question: what is asked.
        key: under which name the answer is kept.
        answers: where it is kept.
        tell: say at once whether the answer is right; a prediction waits for the result instead.
    """

    def __init__(self, question: Question, key: str, answers: Answers, tell: bool) -> None:
        self.question, self.key, self.answers, self.tell = question, key, answers, tell
        self.options = ipywidgets.RadioButtons(
            options=[(tr(text), place) for place, text in enumerate(question.options)],
            value=answers.chosen.get(key) if self._is_known() else None,
            layout={"width": "auto", "max_width": "100%"},
        )
        self.remark = ipywidgets.HTML()
        super().__init__([ipywidgets.HTML(f"<b>{escape(tr(question.text))}</b>"), self.options,
                          self.remark])  # fmt: skip
        self.options.observe(self._take, names="value")
        self._say()

    def _is_known(self) -> bool:
        return 0 <= self.answers.chosen.get(self.key, -1) < len(self.question.options)

    def _take(self, change: dict[str, Any]) -> None:
        if change["new"] is not None:
            self.answers.keep(self.key, change["new"])
        self._say()

    def _say(self) -> None:
        if self.options.value is None:
            self.remark.value = tr("Choose one.")
        elif self.tell:
            self.remark.value = remark(self.question, self.options.value)
        else:
            self.remark.value = tr("Kept. Now run on and see.")

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """The live question, and a still one for readers without a kernel."""
        listed = "".join(f"<li>{escape(tr(option))}</li>" for option in self.question.options)
        still = f"<b>{escape(tr(self.question.text))}</b><ul>{listed}</ul>"
        return {**super()._repr_mimebundle_(**kwargs), "text/html": still}


def remark(question: Question, chosen: int | None) -> str:
    """What is right and why, beside what was chosen, as HTML."""
    right = f"<b>{escape(tr(question.options[question.answer]))}</b>"
    why = escape(tr(question.why))
    if chosen is None:
        return _boxed(tr(f"You made no prediction. What happens: {right}.") + f" {why}", WRONG)
    if chosen == question.answer:
        return _boxed(tr(f"✓ As you said: {right}.") + f" {why}", RIGHT)
    mine = escape(tr(question.options[chosen]))
    return _boxed(tr(f"✗ You said: {mine}. What happens: {right}.") + f" {why}", WRONG)


def _boxed(text: str, colour: str) -> str:
    return f"<div style='{BOX.format(colour=colour)}'>{text}</div>"
