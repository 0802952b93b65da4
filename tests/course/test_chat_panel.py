"""The chatbot in a notebook: what the panel shows, what it hands on, and its still picture."""

from __future__ import annotations

import re
import time

import pytest
from chat_page import CAPITAL, HOSTILE, Slow, toy_bot

from course.chat.markup import answer_markup, marked, token_markup
from course.chat.panel import chat_panel, compare_panel
from course.chat.parts import Alternative, Passage, Reply, Span, Token

TAGS = re.compile(r"<[^>]+>")


def seen(markup: str) -> str:
    return TAGS.sub("", markup)


def test_the_panel_shows_sources_tokens_and_the_verdict() -> None:
    """A first question is answered at once; the cited words are marked, doubts are coloured."""
    panel = chat_panel(toy_bot(), first=CAPITAL)
    shown = panel.talk.value
    assert "It is called Nairobi." in seen(shown) and "✓ Guard" in shown
    assert re.search(r"Capital: <mark[^>]*>Nairobi</mark>", shown)
    assert "Probability 30.0%\nNairobi 90.0%\nMombasa 6.0%\n␣ 1.0%" in shown
    assert panel.switches["adapter"].disabled and not panel.switches["guard"].disabled


def test_a_part_on_request_stays_out_until_it_is_asked_for() -> None:
    """Its switch can be moved, and is off at first."""
    adapter = Slow(None)
    panel = chat_panel(toy_bot(adapter=adapter, on_request=frozenset({"adapter"})), first=CAPITAL)
    assert not panel.switches["adapter"].value and not panel.switches["adapter"].disabled
    panel.switches["adapter"].value = True
    panel.question.value = CAPITAL
    panel.wait()
    assert len(adapter.prompts) == 1


def test_switches_and_history_reach_the_bot() -> None:
    """A part that is switched off stays out; the dialog goes with the next question."""
    bot = toy_bot()
    panel = chat_panel(bot, first="wrong capital of Kenya")
    assert "The sources do not say." in panel.talk.value and "line-through" in panel.talk.value
    panel.switches["guard"].value = panel.switches["retrieval"].value = False
    panel.question.value = "and again, wrong"
    panel.wait()
    newest = panel.talk.value.partition("wrong capital")[0]
    assert "It is Mombasa." in newest and "Guard" not in newest and "Sources" not in newest
    assert "<|im_start|>assistant\nThe sources do not say.<|im_end|>" in bot.generator.prompts[-1]
    assert panel.question.value == ""
    panel.new.click()
    assert panel.talk.value == "" and panel.turns == []


def test_several_bots_stand_side_by_side() -> None:
    """Each answers under its name, with its own parts; one that fails does not stop the others."""
    broken = toy_bot(search=lambda query: 1 / 0, missing=("a model",))
    panel = compare_panel({"mine": broken, "hers": toy_bot()}, first=CAPITAL)
    assert "The part `search` of this bot failed" in panel.talk.value
    assert "It is called Nairobi." in seen(panel.talk.value) and "a model" in panel.missing.value


def test_stop_keeps_what_was_written() -> None:
    """The button ends an answer that is written in a thread of its own; the next one works."""
    bot = toy_bot()
    panel = chat_panel(bot)
    assert panel.stopper.disabled
    panel.question.value = "forever"
    while "on and on" not in panel.talk.value:
        time.sleep(0.01)
    assert not panel.stopper.disabled
    panel.stopper.click()
    assert bot.generator.closed.is_set() and panel.stopper.disabled
    assert panel.turns[-1].said("toy").startswith("on and on")
    panel.ask(CAPITAL)
    assert "It is called Nairobi." in seen(panel.talk.value)


def test_readers_without_a_kernel_see_the_dialog() -> None:
    """The still version holds question, answer and sources."""
    bundle = chat_panel(toy_bot(), first=CAPITAL)._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert CAPITAL in bundle["text/html"] and "It is called Nairobi." in seen(bundle["text/html"])


def test_no_text_becomes_markup() -> None:
    """Question, passage, title, token, alternative, name, error: all are escaped."""
    panel = compare_panel({HOSTILE: toy_bot()}, first=f"attack capital of Peru {HOSTILE}")
    assert "<img" not in panel.talk.value and "&lt;img" in panel.talk.value
    token = token_markup(Token("'<b>", 0.5, (Alternative("' onmouseover='x", 0.1),)))
    assert "<b>" not in token and "title='Probability 50.0%\n&#x27;␣onmouseover" in token


def test_marks_that_overlap_or_leave_the_text_do_no_harm() -> None:
    """The first of two is marked; the passage is whole whatever the spans say."""
    passage = Passage("t", "one & two")
    spans = [Span(0, 4, 9), Span(0, 0, 5), Span(0, 50, 60)]
    assert seen(marked(passage, spans)) == "one &amp; two"
    assert marked(passage, spans).count("<mark") == 2


@pytest.mark.parametrize("language", ["en", "ko"])
def test_it_speaks_the_students_language(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    """Labels and the abstention are said in Korean; the bot's own words stay."""
    monkeypatch.setenv("WORD2CHAT_LANGUAGE", language)
    panel = chat_panel(toy_bot(), first="wrong capital of Kenya")
    said = {"en": "The sources do not say.", "ko": "출처에 나와 있지 않습니다."}[language]
    assert said in panel.talk.value and "It is Mombasa." in seen(panel.talk.value)
    assert panel.send.description == {"en": "Send", "ko": "보내기"}[language]
    refused = answer_markup([Reply("x", refused="no source is good enough")])
    assert {"en": "good enough", "ko": "충분히"}[language] in refused
