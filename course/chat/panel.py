"""The chatbot in a notebook: the bots of `course chat`, with sources, probabilities and switches.

    chat_panel(bot, first="What is the capital of Kenya?")
    compare_panel({"mine": bot, "hers": load_parts("her_bot.py")}, first="한국의 수도는?")

An answer grows while it is written, in a thread of its own, so that Stop is heard. Where no kernel
runs, readers see the dialog as it stood.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

import ipywidgets

from course.chat.bot import Bot, Switches
from course.chat.markup import answer_markup
from course.chat.parts import Event, Message, Quote, Reply, Token
from course.errors import UserError
from course.figures.panel import ERROR_STYLE
from course.phrases import tr

SWITCHES = {"retrieval": "Sources", "guard": "Guard", "adapter": "Adapter", "greedy": "Greedy"}
ROW = {"flex_flow": "row wrap", "align_items": "center"}
ASKED = "padding:4px 8px;border-left:4px solid #0072b2;white-space:pre-wrap"
COLUMN = "flex:1 1 18em;min-width:0;padding:0 8px"


@dataclass
class Turn:
    """A question, and what each bot has answered so far."""

    question: str
    events: dict[str, list[Event]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def said(self, name: str) -> str:
        """What a bot said in this turn; where it was stopped, the words that it had written."""
        events = self.events.get(name, [])
        replies = [event.text for event in events if isinstance(event, Reply | Quote)]
        written = "".join(event.text for event in events if isinstance(event, Token))
        return replies[-1] if replies else written.strip()


class ChatPanel(ipywidgets.VBox):
    """Ask one or several bots; the newest turn stands on top.

    Args:
        bots: by the name that stands above their answers.
        first: a question that is asked at once, for the still picture too; none if empty.
    """

    def __init__(self, bots: Mapping[str, Bot], first: str = "") -> None:
        self.bots = dict(bots)
        self.turns: list[Turn] = []
        self.question = ipywidgets.Text(
            placeholder=tr("say something, press Enter"), continuous_update=False,
            layout={"width": "min(36em,80%)"},
        )  # fmt: skip
        self.send = ipywidgets.Button(description=tr("Send"), button_style="primary")
        self.stopper = ipywidgets.Button(description=tr("Stop"), disabled=True)
        self.new = ipywidgets.Button(description=tr("New chat"))
        self.switches = {name: self._switch(name) for name in SWITCHES}
        self.talk = ipywidgets.HTML()
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        # Enter, and a click on the button too, leave the field: its value changes once
        self.question.observe(lambda change: self._asked(change["new"]), names="value")
        self.stopper.on_click(lambda _: self.stop())
        self.new.on_click(lambda _: self.clear())
        missing = dict.fromkeys(text for bot in self.bots.values() for text in bot.missing)
        told = "".join(f"<div><small>{escape(tr(text))}</small></div>" for text in missing)
        rows = [
            ipywidgets.HTML(told),
            ipywidgets.HBox(list(self.switches.values()), layout=ROW),
            ipywidgets.HBox([self.question, self.send, self.stopper, self.new], layout=ROW),
            self.talk,
        ]
        super().__init__(rows)
        self.missing = rows[0]
        self.ask(first)

    def _switch(self, name: str) -> ipywidgets.Checkbox:
        """A switch without a part behind it cannot be moved."""
        parts = {"retrieval": "search", "guard": "guard", "adapter": "adapter"}
        there = name not in parts or any(getattr(bot, parts[name]) for bot in self.bots.values())
        left_out = name == "greedy" or all(name in b.on_request for b in self.bots.values())
        return ipywidgets.Checkbox(
            there and not left_out, description=tr(SWITCHES[name]), disabled=not there,
            indent=False, layout={"width": "auto", "margin": "0 1em 0 0"},
        )  # fmt: skip

    def _asked(self, question: str) -> None:
        """A question of the field: answered beside the notebook, which stays responsive."""
        if not question.strip():
            return
        self.stop()
        self.question.value = ""
        self._thread = threading.Thread(target=self.ask, args=(question,), daemon=True)
        self._thread.start()

    def ask(self, question: str) -> None:
        """Put a question to every bot, and show the answers as they grow; returns at their end."""
        if not question.strip():
            return
        self._stopping.clear()
        self.stopper.disabled = False
        turn = Turn(question.strip())
        self.turns.append(turn)
        for name, bot in self.bots.items():
            self._answer(turn, name, bot)
        self.stopper.disabled = True
        self.show()

    def _answer(self, turn: Turn, name: str, bot: Bot) -> None:
        told = turn.events.setdefault(name, [])
        switches = Switches(**{key: box.value for key, box in self.switches.items()})
        events = bot.answer(turn.question, self._history(name), switches)
        try:
            while not self._stopping.is_set() and (event := next(events, None)) is not None:
                told.append(event)
                self.show()
        except UserError as error:
            turn.failed[name] = tr(str(error))
        finally:
            events.close()  # type: ignore[attr-defined]

    def stop(self) -> None:
        """Let the answers that are being written end; what was written stays."""
        self._stopping.set()
        self.wait()

    def wait(self) -> None:
        """Return when nothing is being written any more."""
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def _history(self, name: str) -> list[Message]:
        """What was said before the newest turn, as one bot answered it."""
        told = ((turn.question, turn.said(name)) for turn in self.turns[:-1])
        pairs = ((Message("user", asked), Message("assistant", said)) for asked, said in told)
        return [message for pair in pairs for message in pair if message.content]

    def clear(self) -> None:
        """Forget the dialog."""
        self.stop()
        self.turns.clear()
        self.show()

    def show(self) -> None:
        """Draw the dialog anew, the newest turn on top."""
        self.talk.value = "".join(self._turn(turn) for turn in reversed(self.turns))

    def _turn(self, turn: Turn) -> str:
        columns = "".join(self._column(turn, name) for name in self.bots)
        asked = f"<p style='{ASKED}'>{escape(turn.question)}</p>"
        return f"{asked}<div style='display:flex;flex-wrap:wrap'>{columns}</div>"

    def _column(self, turn: Turn, name: str) -> str:
        answer = answer_markup(turn.events.get(name, []))
        if name in turn.failed:
            answer += f"<pre style='{ERROR_STYLE}'>{escape(turn.failed[name])}</pre>"
        return f"<div style='{COLUMN}'><b>{escape(name)}</b>{answer}</div>"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """The live panel, and the dialog as it stands for readers without a kernel."""
        still = self.missing.value + self.talk.value
        return {**super()._repr_mimebundle_(**kwargs), "text/html": still}


def chat_panel(bot: Bot, first: str = "") -> ChatPanel:
    """A panel to talk with one bot."""
    return ChatPanel({bot.name: bot}, first)


def compare_panel(bots: Mapping[str, Bot], first: str = "") -> ChatPanel:
    """A panel that asks several bots at once, side by side."""
    return ChatPanel(bots, first)
