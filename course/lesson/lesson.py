"""A lesson: the questions, stand-ins and chatbot of one week, as a notebook uses them."""

from __future__ import annotations

import importlib
import inspect
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets
from IPython.display import HTML

from course.errors import UserError
from course.lesson.chatbot import Chatbot
from course.lesson.fallback import banner, is_own, stand_ins
from course.lesson.questions import Answers, Ask, Question, read_answers, remark
from course.phrases import tr

STATE = "WORD2CHAT_STATE"  # the folder of kept answers, where the usual one will not do
QUICK = "WORD2CHAT_QUICK"  # set: every training is cut short, to see whether all cells run


@dataclass(frozen=True)
class Lesson:
    """One week's lesson. `open_lesson` makes it."""

    week: str
    questions: Mapping[str, Question]
    review: tuple[Question, ...]  # on earlier weeks
    exercises: tuple[str, ...]
    answers: Answers

    def warm_up(self) -> ipywidgets.VBox:
        """Questions on earlier weeks; each says at once whether it was answered rightly."""
        asked = [Ask(question, f"warm-up-{place}", self.answers, tell=True)
                 for place, question in enumerate(self.review)]  # fmt: skip
        return ipywidgets.VBox(asked)

    def ask(self, key: str) -> Ask:
        """A prediction: answered by a click, kept, and told at `reveal`.

        Raises:
            KeyError: the week has no such question.
        """
        return Ask(self._question(key), key, self.answers, tell=False)

    def reveal(self, key: str) -> HTML:
        """What happened, beside what was predicted."""
        question = self._question(key)
        return HTML(f"<b>{escape(tr(question.text))}</b>{remark(question, self._chosen(key))}")

    def _question(self, key: str) -> Question:
        if key not in self.questions:
            raise KeyError(f"{self.week} asks {', '.join(self.questions)}, and not '{key}'")
        return self.questions[key]

    def _chosen(self, key: str) -> int | None:
        chosen = self.answers.chosen.get(key)
        return chosen if chosen is not None and chosen < len(self.questions[key].options) else None

    def fallback(self, exercise: str) -> Any:
        """The notebook's own function or class of this name; while it is blank, a stand-in.

        Raises:
            UserError: it is blank, and the week has no stand-in for it.
        """
        frame = inspect.currentframe()
        caller = frame.f_back.f_globals if frame and frame.f_back else {}
        own = caller.get(exercise)
        if is_own(own, exercise, self.week):
            return own
        stand_in = stand_ins(self.week).get(exercise)
        if stand_in is None:
            raise UserError(
                tr(f"`{exercise}` is not written yet, and nothing can stand in for it.")
            )
        print(tr(banner(exercise)))
        return stand_in

    def steps(self, wanted: int, quick: int = 5) -> int:
        """How many steps or epochs a playground trains: `wanted`, or `quick` in a hurried run.

        The test that leaves each exercise blank in turn runs the notebook many times in a hurry.
        """
        return min(wanted, quick) if os.environ.get(QUICK) else wanted

    def my_chatbot(self, reply: Callable[[str], str], first: str = "Hello!") -> Chatbot:
        """The chatbot with this week's part in it."""
        return Chatbot(self.week, reply, first)

    def summary(self) -> HTML:
        """How the predictions went, and which exercises are still to write.

        It is the notebook's last code cell: what a stand-in does is still to write.
        """
        frame = inspect.currentframe()
        names = frame.f_back.f_globals if frame and frame.f_back else {}
        blank = [name for name in self.exercises if not is_own(names.get(name), name, self.week)]
        rows = "".join(self._row(key) for key in self.questions)
        hits = sum(self._chosen(k) == q.answer for k, q in self.questions.items())
        made = sum(self._chosen(k) is not None for k in self.questions)
        names_of_columns = map(tr, ("prediction", "you", "what happened"))
        head = "".join(f"<th>{name}</th>" for name in names_of_columns)
        told = tr(f"{hits} of {made} predictions were right ({len(self.questions)} were asked).")
        table = f"<table><tr>{head}</tr>{rows}</table>"
        return HTML(f"<p><b>{told}</b></p>{table}{_to_write(blank)}")

    def _row(self, key: str) -> str:
        question, chosen = self.questions[key], self._chosen(key)
        mine = "–" if chosen is None else question.options[chosen]
        cells = (question.text, mine, question.options[question.answer])
        return "<tr>" + "".join(f"<td>{escape(tr(cell))}</td>" for cell in cells) + "</tr>"


def _to_write(blank: list[str]) -> str:
    if not blank:
        return f"<p>{tr('Every exercise is written. Run `course check` before you hand in.')}</p>"
    names = ", ".join(f"<code>{escape(name)}</code>" for name in blank)
    return f"<p><b>{tr(f'Still to write: {names}.')}</b></p>"


def open_lesson(week: str) -> Lesson:
    """The lesson of a week, with the answers that were given before.

    Raises:
        UserError: the course has no lesson for that week.
    """
    try:
        module = importlib.import_module(f"course.weeks.{week}.lesson")
    except ModuleNotFoundError as error:
        raise UserError(f"The course has no lesson for '{week}': {error}.") from error
    answers = read_answers(state_folder() / "answers" / f"{week}.json")
    return Lesson(week, module.QUESTIONS, module.WARM_UP, module.EXERCISES, answers)


def state_folder() -> Path:
    """Where answers and the toolbox are kept: beside Jupyter's data, or as the variable says."""
    from jupyter_core.paths import jupyter_data_dir

    return Path(os.environ.get(STATE) or Path(jupyter_data_dir()) / "word2chat")
