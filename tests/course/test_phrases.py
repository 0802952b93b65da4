"""The student's language: templates found in finished text, catalogs, and where they are used."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from matplotlib.text import Text

from course.figures import style
from course.lesson.questions import Answers, Ask, Question, remark
from course.phrases import LOCALE, Message, Phrases, fields, read_messages, split_template, tr

HANGUL = re.compile("[가-힣]")
SPEECH = Phrases(
    (
        Message("{1} of {2} differ: {3}", "{2}개 중 {1}개가 다릅니다: {3}"),
        Message("Choose one.", "하나를 고르세요."),
        Message("shape {tuple(x)}, expected {{2}}", "모양이 {tuple(x)}입니다. {{2}}여야 합니다"),
        Message("old", "낡은 것", fuzzy=True),
        Message("gone", "없는 것", obsolete=True),
    )
)


@pytest.fixture
def korean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORD2CHAT_LANGUAGE", "ko")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("3 of 7 differ: torch", "7개 중 3개가 다릅니다: torch"),
        ("3 of 7 differ: Choose one.", "7개 중 3개가 다릅니다: 하나를 고르세요."),
        ("Choose one. 3 of 7 differ: x", "하나를 고르세요. 7개 중 3개가 다릅니다: x"),
        ("  Choose one.\n", "  하나를 고르세요.\n"),
        ("shape (3, 4), expected {2}", "모양이 (3, 4)입니다. {2}여야 합니다"),
        ("old", "old"),
        ("gone", "없는 것"),
        ("what nobody translated", "what nobody translated"),
        ("", ""),
    ],
)
def test_a_finished_sentence_finds_its_template(said: str, expected: str) -> None:
    """Whole sentences, sentences in sentences, several in a row; the rest stays English."""
    assert SPEECH.said(said) == expected


def test_matching_is_linear_in_the_text() -> None:
    """A text twice as long takes about twice the time, whatever it repeats."""
    for unit in ("1 of 2 differ: ", ". ", "shape ", "{", "Choose one. "):
        times = []
        for size in (1000, 4000):
            text = (unit * size)[:size]
            began = time.process_time()
            for _ in range(20):
                SPEECH.said(text)
            times.append(time.process_time() - began)
        assert times[1] < 30 * times[0] + 0.2, unit


def test_templates_are_read_as_f_strings() -> None:
    """Fields with brackets and formats, doubled braces, a brace that is never closed."""
    assert split_template("{a[0]:>{5}} {{x}}{b}") == [("", "a[0]:>{5}"), (" {x}", "b"), ("", "")]
    assert fields("{b} {a}") == ["a", "b"]
    assert split_template("open { brace") == [("open ", " brace"), ("", "")]


def test_every_translation_of_the_course_keeps_its_fields() -> None:
    """What varies in a sentence must be in its translation, or the student loses it."""
    messages = [m for m in read_messages(LOCALE / "ko.po") if m.text and not m.obsolete]
    assert len(messages) > 400
    assert [m.source for m in messages if fields(m.source) != fields(m.text)] == []
    assert sum(bool(HANGUL.search(m.text)) for m in messages) > 0.95 * len(messages)


def test_english_reads_no_catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who speaks English pays nothing."""
    monkeypatch.setenv("WORD2CHAT_LANGUAGE", "xx")
    assert tr("Choose one.") == "Choose one."


def test_the_edition_decides_where_the_student_does_not(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A published edition says its language in edition.txt; the variable is stronger."""
    from course import phrases

    monkeypatch.delenv("WORD2CHAT_LANGUAGE", raising=False)
    (tmp_path / "edition.txt").write_text("ko\n", "utf-8")
    monkeypatch.setattr(phrases, "EDITION", tmp_path / "edition.txt")
    phrases.edition_of_the_folder.cache_clear()
    try:
        assert phrases.language() == "ko"
        monkeypatch.setenv("WORD2CHAT_LANGUAGE", "en")
        assert phrases.language() == "en"
    finally:
        phrases.edition_of_the_folder.cache_clear()


# ------------------------------------------------------------------------------------ figures
def test_a_figure_speaks_korean_when_it_is_drawn(korean: None, recwarn) -> None:
    """Title, axis, legend and sentences are Korean; a word of the data is not."""
    from course.weeks.week01_word2vec.plots import cost_figure

    figure = cost_figure([1000, 10000], 100, 5)
    (ax,) = figure.axes
    ax.text(1000, 1e3, "window")
    assert style.png(figure).startswith(b"\x89PNG")
    texts = {text.get_text() for text in figure.findobj(Text)}
    assert {"학습 쌍 하나의 비용, D = 100", "어휘의 크기 V (단어)", "window"} <= texts
    assert "네거티브 5개: (K + 1) · D" in texts
    assert not [w for w in recwarn if "missing from" in str(w.message)]


def test_a_panel_names_its_controls_in_korean(korean: None) -> None:
    """Descriptions are translated, values are not."""
    from ipywidgets import Dropdown

    from course.figures.panel import Panel

    seen = []
    panel = Panel(lambda word: seen.append(word) or word, word=Dropdown(
        options=["king", "queen"], description="word"))  # fmt: skip
    assert panel.controls["word"].description == "단어"
    panel.controls["word"].value = "queen"
    assert seen[-1] == "queen"


# ------------------------------------------------------------------------------------ lessons
def test_a_question_is_asked_and_answered_in_korean(korean: None, tmp_path: Path) -> None:
    """The frame of a question is Korean; a question without translation stays as it is written."""
    question = Question("How many?", ("one", "two"), answer=1, why="So it is.")
    ask = Ask(question, "key", Answers(tmp_path / "a.json"), tell=True)
    assert ask.remark.value == "하나를 고르세요."
    assert "예측한 대로입니다" in remark(question, 1)
    assert "How many?" in ask.children[0].value


def test_the_doctor_speaks_korean(korean: None) -> None:
    """Every line that names something in words is Korean on this machine."""
    from course.student import doctor

    for line in doctor.examine(quick=True):
        if line.name != "Python":
            assert HANGUL.search(tr(line.name)), line.name
        if line.remedy:
            assert HANGUL.search(tr(line.remedy)), line.remedy
