"""Week 15: words, library, exam, lies, challenge, figures, widgets: what they compute and show."""

from __future__ import annotations

import math
import random

import pytest
import torch

from course.challenges.task import bits, points_for
from course.chat.bot import Bot
from course.chat.corpus import constitution_passages, factbook_passages
from course.chat.parts import Message, Passage, Reply, Span
from course.lesson.fallback import stand_ins
from course.weeks.week15_chatbot import exam, library, lies, plots, widgets
from course.weeks.week15_chatbot.challenge import (
    CHALLENGE,
    ENGLISH,
    KOREAN,
    LETTERS,
    dialogues,
    spoken,
)
from course.weeks.week15_chatbot.exam import Case, Said
from course.weeks.week15_chatbot.stand_ins import STAND_INS
from course.weeks.week15_chatbot.words import forms, mentions


# ------------------------------------------------------------------------------------ words
@pytest.mark.parametrize(
    ("word", "stem"),
    [("서울은", "서울"), ("서울이", "서울"), ("서울로", "서울"), ("부산으로", "부산"),
     ("국가는", "국가"), ("나이는", "나이"), ("서울입니다", "서울"), ("Seoul은", "seoul"),
     ("에서", "에서")],
)  # fmt: skip
def test_a_particle_leaves_where_it_may_stand(word: str, stem: str) -> None:
    """The stem is among the forms, and the whole word too."""
    assert {word.lower(), stem} <= forms(word)


@pytest.mark.parametrize("word", ["국가", "사과", "물가", "바다", "Kenya", "1,950"])
def test_what_only_looks_like_a_particle_stays(word: str) -> None:
    """가 follows no final consonant, 과 nothing else: 국가 and 사과 are whole."""
    assert forms(word) == {word.lower()}


def test_a_phrase_is_mentioned_as_whole_words() -> None:
    """Neither Oman in Romania nor 19 in 1950; commas and capitals do not matter; 서울 in 서울은."""
    assert mentions("The OMAN of 1,950", "Oman") and mentions("in 1950", "1,950")
    assert mentions("수도는 서울입니다", "서울") and mentions("임기는 5년으로 한다", "5년")
    assert not mentions("Romania", "Oman") and not mentions("1950", "19")
    assert not mentions("서울대", "서울") and not mentions("anything", "")


# ------------------------------------------------------------------------------------ library
def test_a_title_in_front_asks_that_country_alone() -> None:
    """Without it any country's highest point is found; Korean asks in the Factbook's words."""
    found = library.search("Kenya: And its highest point?")
    assert {passage.title.partition(":")[0] for passage, _ in found} == {"Kenya"}
    (passage, _), *_ = library.search("South Korea: 대한민국의 수도는 어디인가요?")
    assert "Seoul" in passage.text
    (passage, _), *_ = library.search("South Korea: 대한민국의 영토는 무엇인가요?")
    assert passage.title == "대한민국헌법 제3조"
    assert library.in_their_words("케냐의 수도는?") == "capital"
    assert library.in_their_words("대통령의 임기는?") == "대통령의 임기는?"


def test_the_own_bm25_of_week_09_finds_what_the_courses_finds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The same passages with the same scores, by title and in Korean; one that raises is told."""
    own = library.searched_by(stand_ins("week09_prompting_rag")["bm25"])
    for asked in (
        "Kenya: And its capital?",
        "대통령의 임기는 몇 년인가요?",
        "highest point of Peru",
    ):
        mine, theirs = own(asked, k=4), library.search(asked, k=4)
        assert [hit[0].title for hit in mine] == [hit[0].title for hit in theirs]
        assert [hit[1] for hit in mine] == pytest.approx([hit[1] for hit in theirs])
    assert library.searched_by(lambda documents, k1, b: 1 / 0) is library.search
    assert "Your `bm25` failed" in capsys.readouterr().out


def test_weights_add_up_to_the_same_in_any_order() -> None:
    """Two pieces that share the same words with a question tie, however a set lists them."""
    words = ["대통", "통령", "capital", "임기", "population", "zoo", "reef", "point", "highest"]
    sums = {sum(map(library.weight, random.Random(n).sample(words, 9))) for n in range(50)}
    assert len(sums) == 1


def test_the_baseline_is_tuned_on_an_exam() -> None:
    """With nothing but unanswerable questions it becomes as silent as it can."""
    cases = [Case("Who won the chess championship of Kenya last year?", None)] * 3
    careful = library.Pieces(cases)
    assert careful.floor > 0 and careful.say(cases[0]) == Said(None)


# ------------------------------------------------------------------------------------ the exam
def test_every_answer_stands_in_the_passage_that_is_named() -> None:
    """Of each kind; and what stands nowhere has neither."""
    texts = {p.title: p.text for p in [*factbook_passages(), *constitution_passages()]}
    dice = random.Random(0)
    for kind, cases in exam.all_cases().items():
        for case in dice.sample(cases, min(40, len(cases))):
            if kind == "nowhere":
                assert (case.answer, case.source) == (None, "")
            else:
                assert case.answer and mentions(texts[case.source], case.answer), case


def test_an_exam_is_drawn_from_its_seed() -> None:
    """As many of each kind; the same seed the same; follow-ups name no country themselves."""
    drawn = exam.exam(1, each=4)
    assert drawn == exam.exam(1, each=4) != exam.exam(2, each=4)
    assert [sum(case.kind == kind for case in drawn) for kind in exam.KINDS] == [4] * 6
    for case in drawn:
        country = case.source.partition(":")[0]
        if case.kind == "follow-up":
            assert country in case.history[0].content and country not in case.question


def quoting(span: Span | None) -> Bot:
    """A bot that finds one passage and quotes the same place of it."""
    passage = Passage("Kenya: state", "Capital: Nairobi.")
    return Bot(
        "quoting", lambda prompt, sampling: iter(()), search=lambda query: [(passage, 1.0)],
        ground=lambda question, hits: ([Message("user", question)], [p for p, _ in hits]),
        quote=lambda question, passages: span, closed_book=False,
    )  # fmt: skip


def test_what_a_bot_says_is_taken_with_its_source() -> None:
    """A quotation names its passage; a bot that is silent said None, in a dialogue too."""
    bot = quoting(Span(0, 9, 16))
    assert isinstance(bot.reply("?"), Reply)
    assert exam.take(bot, Case("Capital?", "Nairobi")) == Said("Nairobi", "Kenya: state")
    assert exam.talked(quoting(None), ["Capital?", "So?"]) == [Said(None), Said(None)]


def test_lies_are_told_about_the_same_cases() -> None:
    """One of each kind a case; true ones hold the answer, another country's does not."""
    made = lies.drafts(3, 5)
    assert set(made) == set(lies.KINDS) and {len(rows) for rows in made.values()} == {5}
    for draft, case, passage in made["true"]:
        assert mentions(draft, str(case.answer)) and passage.title == case.source
    for draft, case, _ in made["another country's"]:
        assert not mentions(draft, str(case.answer))


# ------------------------------------------------------------------------------------ challenge
def test_the_right_reply_is_what_the_sources_say() -> None:
    """It cites a source that holds it, or says that none does."""
    made = dialogues("a test", 200)
    for text, place in zip(made.contexts, made.targets, strict=True):
        lines = text.split("\n")
        reply = lines[-6:][place].removeprefix(f"{LETTERS[place]}: ")
        if reply not in (ENGLISH.unknown, KOREAN.unknown):
            value, _, number = reply.rpartition(" [")
            (source,) = [line for line in lines if line.startswith(f"[{number}")]
            assert f": {value}." in source


def test_dialogues_are_drawn_from_the_seed() -> None:
    """The same seed writes the same; every place is right sometimes; both languages occur."""
    made = dialogues("b", 200)
    assert made == dialogues("b", 200) != dialogues("c", 200)
    assert set(made.targets) == set(range(6))
    korean = sum("user: " in text and KOREAN.unknown in text for text in made.contexts)
    assert 60 < korean < 140


def test_a_korean_question_has_the_particle_that_fits() -> None:
    """은 behind a final consonant, 는 behind a vowel; others keep their form."""
    assert spoken("{은} 언제부터?", "림벡") == "림벡은 언제부터?"
    assert spoken("{은} 언제부터?", "노르니아") == "노르니아는 언제부터?"
    assert spoken("{에서} 가장", "림벡") == "림벡에서 가장"
    assert spoken("What of {}?", "Garzia") == "What of Garzia?"


def test_a_blind_guess_earns_nothing() -> None:
    """log2 of six replies, at the lower end of the curve."""
    made = dialogues("d", 20)
    score = bits(STAND_INS["best_reply"](made.contexts), made.targets)
    assert score == pytest.approx(math.log2(6))
    assert points_for(CHALLENGE.curve, score) == 0


# ------------------------------------------------------------------------------------ stand-ins
def test_the_stand_in_mask_follows_the_contract() -> None:
    """Behind a header up to its end; to the end of the row where none follows; no padding."""
    ids = torch.tensor([[1, 5, 7, 9, 1, 2, 7, 8, 9, 9], [1, 2, 9, 1, 2, 7, 7, 7, 7, 7]])
    mask = STAND_INS["loss_mask"](ids, torch.tensor([1, 2]), 9)
    assert mask[0].nonzero()[:, 0].tolist() == [6, 7, 8]
    assert mask[1].nonzero()[:, 0].tolist() == [2, 5, 6, 7, 8, 9]


def test_the_stand_in_counts_like_the_contract() -> None:
    """Right, cited, made up, silent, and silent by mistake."""
    cases = [Case("a", "Oman", "x"), Case("b", "Oman", "x"), Case("c", None), Case("d", "Chad")]
    said = [Said("Oman", "x"), Said("Romania", "x"), Said("Oman"), Said(None)]
    assert STAND_INS["evaluate"](said, cases) == {
        "right": (1, 3),
        "cited": (1, 1),
        "made up": (2, 3),
        "silent": (0, 1),
        "silent by mistake": (1, 3),
    }


def test_the_stand_in_template_ends_with_what_is_finished() -> None:
    """No invitation behind the assistant's own message, one behind all others."""
    template = STAND_INS["chat_template"]
    assert template([Message("assistant", "hi")]).endswith("hi<|im_end|>\n")
    assert template([Message("user", "hi")]).endswith("<|im_start|>assistant\n")


# ------------------------------------------------------------------------------------ figures
def test_figures_name_their_axes() -> None:
    """Each figure with numbers on its axes says what they are."""
    for figure in (
        plots.outcome_bars({"mine": (0.5, 0.25, 0.25)}),
        plots.daring_curves([0.1, 0.9], {"a": ([0.5, 0.5], [0.1, 0.0])}),
        plots.let_through({"true": [1.0, 0.75]}),
    ):
        assert all(ax.get_xlabel() for ax in figure.axes)
    assert len(plots.the_bot().axes[0].texts) == 2 * len(plots.BOXES) + 2


def test_a_strip_breaks_its_lines() -> None:
    """Tokens that do not fit begin a new line; a line break is shown."""
    ax = plots.token_strip(["one", "\n", "three", "four"], [0, 1, 1, 0], wide=10).axes[0]
    assert [text.get_text() for text in ax.texts] == ["one", "⏎", "three", "four"]
    heights = [round(text.get_position()[1]) for text in ax.texts]
    assert heights == [0, 0, -1, -1] or heights == [0, 0, 0, -1]


# ------------------------------------------------------------------------------------ widgets
def test_the_guard_panel_strikes_out_what_is_not_supported() -> None:
    """Supported names are underlined, others struck out, the rest left; markup is escaped."""
    shown = widgets.marked("<b> Nairobi, not Oslo in 1963", ["Oslo"])
    assert "&lt;b&gt;" in shown and "<u>Nairobi</u>" in shown and "<u>1963</u>" in shown
    assert "Oslo</s>" in shown and "not" in shown


def test_without_memory_the_question_itself_is_looked_up() -> None:
    """The switch takes the subject away from what is searched for."""
    asked: list[str] = []

    class State:
        def add(self, message: Message) -> None: ...

        def query(self, question: str) -> str:
            return f"Kenya: {question}"

        def window(self, budget: int) -> list[Message]:
            return []

    def search(query: str, k: int) -> list:
        asked.append(query)
        return []

    panel = widgets.dialogue_panel(State, search)
    asked.clear()
    panel.controls["memory"].value = False
    assert asked[1] == "And its highest point?"
    panel.controls["memory"].value = True
    assert asked[-2] == "Kenya: And its highest point?"
