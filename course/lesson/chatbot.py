"""My chatbot: a panel that grows by one part a week, until it talks."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets

from course.figures.panel import error_markup
from course.phrases import tr

PARTS = (
    ("week00_setup", "dice", "draws the next token from logits"),
    ("week01_word2vec", "meaning", "finds what is said with similar words"),
    ("week02_rnn", "habit", "goes on as its book would"),
    ("week03_lstm", "memory", "keeps what was said some time ago"),
    ("week04_attention", "looking back", "reads your sentence while it writes"),
    ("week05_transformer", "many looks at once", "reads all of it in parallel"),
    ("week06_bert", "understanding", "tells praise from a complaint"),
    ("week07_gpt", "fluency", "writes whole sentences"),
    ("week08_rlhf", "manners", "prefers what people prefer"),
    ("week09_prompting_rag", "sources", "looks things up and cites them"),
    ("week10_modern", "a modern body", "runs a small model of today"),
    ("week11_reasoning", "thinking first", "works before it answers"),
    ("week12_scaling", "a budget", "knows what it costs"),
    ("week13_generative", "imagination", "makes something new"),
    ("week14_multimodal", "eyes and ears", "sees and hears"),
    ("week15_chatbot", "all of it", "talks"),
)


def grown(week: str) -> str:
    """The parts as a row of names: those up to this week stand out, the others are to come.

    Raises:
        ValueError: no such week.
    """
    weeks = [name for name, _, _ in PARTS]
    if week not in weeks:
        raise ValueError(f"'{week}' has no part of the chatbot; it is made in {', '.join(weeks)}")
    here = weeks.index(week)
    chips = [_chip(part, place, here) for place, (_, part, _) in enumerate(PARTS)]
    _, part, does = PARTS[here]
    new = tr(f"New this week: {part}, which {does}.").replace(tr(part), f"<b>{tr(part)}</b>", 1)
    return f"<div>{''.join(chips)}</div><p>{new}</p>"


def _chip(part: str, place: int, here: int) -> str:
    style = "display:inline-block;padding:2px 8px;margin:2px;border-radius:10px;"
    if place > here:
        return f"<span style='{style}border:1px dashed #57606a;color:#57606a'>{tr(part)}</span>"
    style += f"background:#0072b2;color:#fff;font-weight:{'bold' if place == here else 'normal'}"
    return f"<span style='{style}'>{tr(part)}</span>"


class Chatbot(ipywidgets.VBox):
    """Say something, and read what the parts that you have written make of it.

    Args:
        week: which part is new.
        reply: your parts, put together: a text in, a text out.
        first: what is said for the still picture.
    """

    def __init__(self, week: str, reply: Callable[[str], str], first: str) -> None:
        self.reply = reply
        self.row = ipywidgets.HTML(grown(week))
        self.said = ipywidgets.Text(
            placeholder=tr("say something, press Enter"), continuous_update=False,
            layout={"width": "min(36em,80%)"},
        )  # fmt: skip
        self.send = ipywidgets.Button(description=tr("Send"), button_style="primary")
        self.talk = ipywidgets.HTML()
        # Enter, and a click on the button too, leave the field: its value changes once
        self.said.observe(lambda change: self.say(change["new"]), names="value")
        super().__init__([self.row, ipywidgets.HBox([self.said, self.send]), self.talk])
        self.say(first)

    def say(self, text: str) -> None:
        """Put a text to the chatbot; the newest turn stands on top."""
        if not text.strip():
            return
        try:
            said = escape(str(self.reply(text))).replace("\n", "<br>")
            answer = f"<b>{tr('bot')}</b>: {said}"
        except Exception as error:  # the parts are a student's: whatever they raise is told
            answer = error_markup(error)
        self.talk.value = f"<p><b>{tr('you')}</b>: {escape(text)}<br>{answer}</p>{self.talk.value}"
        self.said.value = ""

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        still = self.row.value + self.talk.value
        return {**super()._repr_mimebundle_(**kwargs), "text/html": still}
