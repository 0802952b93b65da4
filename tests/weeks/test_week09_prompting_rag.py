"""Week 09's intervals, reader, toys, challenge, figures and widgets: what they compute and show."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from course.challenges.measures import as_pair, f1, too_many_chosen
from course.data.factbook import factbook_passages, factbook_questions
from course.lesson.intervals import Interval, bootstrap, wilson, wilson_of
from course.models import load_tiny_llama
from course.models.train_tiny_llama import build
from course.weeks.week09_prompting_rag import few_shot, plots, toys, widgets
from course.weeks.week09_prompting_rag.challenge import (
    CHALLENGE,
    CLASSES,
    FORMS,
    NONE,
    frozen,
    windows,
)
from course.weeks.week09_prompting_rag.measured import load_measured
from course.weeks.week09_prompting_rag.reader import FieldReader, WordVectors, statements
from course.weeks.week09_prompting_rag.stand_ins import STAND_INS

PERU = (
    "Peru. Capital: name: Lima; geographic coordinates: 12 03 S. Independence: 28 July 1821 (from "
    'Spain). National anthem: name: "Himno" (Anthem); note: adopted.'
)


# ------------------------------------------------------------------------------------ intervals
def test_wilson_stays_within_zero_and_one() -> None:
    """Newcombe 1998 (Statistics in Medicine), table I, method 3: 81 of 263 gives 0.2553, 0.3662."""
    assert wilson(81, 263) == pytest.approx((0.3080, 0.2553, 0.3662), abs=1e-4)
    assert wilson(0, 20)[:2] == (0.0, 0.0) and 0.1 < wilson(0, 20).high < 0.2
    assert wilson_of([True] * 20).high == 1.0
    with pytest.raises(ValueError, match="nothing"):
        wilson(0, 0)


def test_bootstrap_holds_the_mean() -> None:
    """About as wide as 1.96 standard errors on either side; the same seed gives the same."""
    values = [0.0, 1.0] * 50
    found = bootstrap(values)
    assert found == bootstrap(values)
    assert found.value == 0.5 and found.high - found.low == pytest.approx(0.196, abs=0.03)
    assert str(Interval(0.5, 0.25, 1.0)) == "0.50 [0.25, 1.00]"


# ------------------------------------------------------------------------------------ the reader
def test_statements_are_fields_and_their_parts() -> None:
    """Each part of a field keeps the field's name."""
    assert list(statements(PERU)) == [
        ("Capital name", "Lima"),
        ("Capital geographic coordinates", "12 03 S."),
        ("Independence", "28 July 1821 (from Spain)."),
        ("National anthem name", '"Himno" (Anthem)'),
        ("National anthem note", "adopted."),
    ]


def test_the_reader_cuts_out_the_nearest_field() -> None:
    """By the meaning of the field's name; what no field is near to has no answer."""
    reader = FieldReader(WordVectors())
    assert reader("What is the capital of Peru?", [PERU]) == "Lima"
    assert reader("What is the date of independence of Peru?", [PERU]) == "28 July 1821"
    assert reader("What is the name of the national anthem of Peru?", [PERU]) == "Himno"
    assert reader("Qwrtz?", [PERU]) is None and reader("Capital?", []) is None


# ------------------------------------------------------------------------------------ toys
def test_questions_are_drawn_half_and_half() -> None:
    """Half in plain words, half reworded; each answer stands in its passage."""
    passages = factbook_passages()
    drawn = toys.draw_questions(factbook_questions(), passages, 20, seed=3)
    home = toys.homes(passages)
    assert [q.plain for q in drawn] == [True] * 10 + [False] * 10
    assert all(q.answer in passages[home[q.country, q.field]].text for q in drawn)
    assert drawn == toys.draw_questions(factbook_questions(), passages, 20, seed=3)


def test_a_cue_begins_the_answer() -> None:
    """With the brace every answer is worked; without braces none is."""
    from course.models import load_reasoner

    model = load_reasoner()
    worked = toys.write_after(model, ["3+8*5"] * 20, "{", seed=0)
    at_once = toys.write_after(model, ["3+8*5"] * 20, "", seed=0, at_once=True)
    assert all(text.startswith("{") for text in worked)
    assert not any("{" in text for text in at_once)
    assert [toys.answer_of(t) for t in ("{15}5.", "5.", "{15}", "55.")] == ["5", "5", None, None]


def test_the_planted_passage_names_no_country() -> None:
    """It holds what many questions share: their words without their countries."""
    questions = [q for q in factbook_questions() if q.country in ("Peru", "Chad")]
    text = toys.stuffed_passage(questions, lambda t: t.casefold().strip("?").split(), length=5)
    assert text.startswith(toys.PLANT) and "peru" not in text and len(text.split()) == 6


# ------------------------------------------------------------------------------------ challenge
def test_a_library_is_invented_anew_by_each_seed() -> None:
    """96 passages of at most sixty words; no question or passage names a real country."""
    found = windows("a", 200, frozen(FORMS))
    assert found == windows("a", 200, frozen(FORMS))
    assert found.contexts != windows("b", 200, frozen(FORMS)).contexts
    texts = [text for text, _ in found.examples]
    assert len(texts) == NONE and max(len(text.split()) for text in texts) <= 60
    names = {text.partition(". ")[0] for text in texts}
    assert len(names) == 24 and not names & {p.country for p in factbook_passages()}


def test_targets_are_the_passages_of_the_named_countries() -> None:
    """One, two or none: the countries that a question names, and no others."""
    found = windows("c", 300, frozen(FORMS))
    names = [text.partition(". ")[0] for text, _ in found.examples] + [""]
    kinds = set()
    for question, target in zip(found.contexts, found.targets, strict=True):
        first, second = divmod(target, len(CLASSES))
        assert names[first] in question and names[second] in question
        kinds.add("none" if first == NONE else "two" if first != second else "one")
    assert kinds == {"none", "one", "two"}


def test_f1_counts_what_was_chosen() -> None:
    """Half of the largest share chooses; one of two right ones, and one too many, cost."""
    targets = [as_pair(0, 0, 4), as_pair(0, 1, 4), as_pair(0, 1, 4), as_pair(3, 3, 4)]
    table = np.array([[1, 0, 0, 0], [1, 0, 0, 0], [0.3, 0.3, 0.3, 0.1], [0.6, 0, 0, 0.4]])
    assert f1(table, targets) == pytest.approx(100 * (1 + 2 / 3 + 0.8 + 2 / 3) / 4)
    assert too_many_chosen(table) == ""
    assert "6 candidates" in too_many_chosen(np.full((1, 6), 1 / 6))


def test_always_none_earns_little() -> None:
    """One question in seven is about a stranger."""
    practice = CHALLENGE.practice()
    texts = [text for text, _ in practice.examples]
    table = STAND_INS["best_evidence"](texts)(practice.contexts)
    assert f1(table, practice.targets) < CHALLENGE.curve[1][0]


# ------------------------------------------------------------------------------------ measured
def test_what_was_measured_is_whole() -> None:
    """Tables of shares with intervals."""
    measured = load_measured()
    assert measured.tables
    for rows in measured.tables.values():
        assert all(0 <= one.low <= one.value <= one.high <= 1 for one in rows.values())


def test_what_prompts_begin_with_is_read_once_and_changes_nothing() -> None:
    """A random Llama, two examples and none: the words of a plain run, both of them."""
    torch.manual_seed(3)
    _, tokenizer = load_tiny_llama()
    model = build().eval()
    for weight in model.parameters():
        torch.nn.init.normal_(weight, std=0.4)  # so that far tokens decide, too
    deck, asked = next(few_shot.draws())
    words = [tokenizer(f" {word}").input_ids[0] for word in few_shot.WORDS]
    said = []
    for count in (0, 2):
        texts = few_shot.prompts(STAND_INS["build_prompt"], deck[:count], asked[:8])
        rows = [model(torch.tensor([tokenizer(text).input_ids])).logits[0, -1] for text in texts]
        said += few_shot.chosen(few_shot.leanings(model, tokenizer, texts))
        assert said[-8:] == [int(row[words].argmax()) for row in rows]
    assert set(said) == {0, 1}


def test_a_calibrated_prompt_takes_away_what_it_says_of_nothing() -> None:
    """Zhao 2021: p / p_empty, normalised; all lean to good, and one less than an empty prompt."""
    leaned, empty = torch.tensor([2.0, 0.5, 1.5]), torch.tensor([1.0, 1.0])
    assert few_shot.chosen(leaned) == [1, 1, 1]
    assert few_shot.chosen(leaned, empty) == [1, 0, 1]
    p, p_empty = leaned.sigmoid(), torch.tensor([0.9, 0.6]).mean()
    by_hand = [int(one / p_empty > (1 - one) / (1 - p_empty)) for one in p]
    assert few_shot.chosen(leaned, torch.tensor([0.9, 0.6]).logit()) == by_hand == [1, 0, 1]


def test_examples_and_snippets_are_half_good() -> None:
    """Of any even number of examples half are good; nothing asked for is among them."""
    for deck, asked in few_shot.draws():
        labels = [label for _, label in deck]
        assert [sum(labels[:count]) for count in (2, 4, 8)] == [1, 2, 4]
        assert 2 * sum(label for _, label in asked) == len(asked) == few_shot.ASKED
        assert not {text for text, _ in deck} & {text for text, _ in asked}


# ------------------------------------------------------------------------------------ stand-ins
def test_stand_ins_answer_as_the_exercises_do() -> None:
    """A prompt, a parse, windows and a filter by hand."""
    assert STAND_INS["build_prompt"]("", [("a\nb", "t", "c")], "d", True) == (
        "Question: a b\nThought: t\nAnswer: c\n\nQuestion: d\nThought:"
    )
    assert STAND_INS["parse_answer"]('Answer: ".kr".\nQuestion: x\nAnswer: y') == ".kr"
    assert STAND_INS["chunk"]("abcdefghij", 4, 1) == [(0, 4), (3, 7), (6, 10)]
    assert STAND_INS["chunk"]("", 4, 1) == [] and STAND_INS["chunk"]("a", 4, 3) == [(0, 1)]
    assert STAND_INS["self_consistency"](["A", None, "a.", "B"], 0.4) == ("A", 0.5)
    kept = STAND_INS["injection_filter"]("Lima. ＩＧＮＯＲＥ it!", ["ignore"])
    assert kept == ("Lima.", ["ＩＧＮＯＲＥ it!"])


def test_the_stand_in_index_has_the_papers_weights() -> None:
    """ln(2) · 2 · 2.2 / (2 + 1.2 · 1.375), by hand; empty libraries have no words."""
    index = STAND_INS["bm25"]([["a", "a", "b"], ["b"]])
    assert index["a"] == {0: pytest.approx(0.83557, abs=1e-4)} and set(index["b"]) == {0, 1}
    assert STAND_INS["bm25"]([[], []]) == {}
    assert STAND_INS["recall_and_mrr"]([[7, 3], []], [{3}, {1}], 1) == (0.0, 0.25)


def test_the_stand_in_for_answers_abstains() -> None:
    """Cited where the passage holds it, silent where none does."""
    answer = STAND_INS["rag_answer"]
    given = (["Peru: Lima.", "Lima bean."], [(0, 2.0), (1, 1.0)])
    assert answer("Peru?", *given, lambda q, t: "Lima", 9, 0.5) == ("Lima", [0, 1])
    assert answer("Peru?", *given, lambda q, t: "Quito", 9, 0.5) == (None, [])
    assert answer("Peru?", *given, lambda q, t: 1 / 0, 1, 0.5) == (None, [])


# ------------------------------------------------------------------------------------ figures
def test_figures_say_what_they_show() -> None:
    """Axes with numbers have labels; full bars are the chunks that hold the whole answer."""
    half = Interval(0.5, 0.25, 0.75)
    dots = plots.two_way_dots({"a": {"x": half, "y": half}, "b": {"y": half}}, "share").axes[0]
    assert dots.get_xlabel() == "share" and dots.get_legend()
    one, other = (line.get_color() for line in dots.get_lines()[3::2])
    assert one == other  # a row without x shows its y as the others do
    lines = plots.share_lines([0, 2], {"a": [half, half]}, "shots", chance=0.5)
    assert lines.axes[0].get_ylabel() == "share right"
    bars = plots.chunk_strips([(0, 10), (8, 20)], 20, (8, 10)).axes[0].patches
    assert len(plots.pipeline().axes[0].texts) >= 2 * len(plots.STATIONS)
    colours = [bar.get_facecolor() for bar in bars[:2]]
    assert colours[0] == colours[1]
    assert (
        plots.chunk_strips([(0, 9), (8, 20)], 20, (8, 10)).axes[0].patches[0].get_facecolor()
        != (colours[0])
    )


# ------------------------------------------------------------------------------------ widgets
def test_shared_words_are_marked() -> None:
    """Pieces that the question holds are marked; markup of a passage is escaped."""
    shown = widgets.marked("Lima <i> Peru.", {"lima"}, lambda t: [t.casefold().strip(".")])
    assert "<mark" in shown and shown.count("</mark>") == 1 and "&lt;i&gt;" in shown


def test_the_prompt_grows_with_the_slider() -> None:
    """As many shots as the slider says reach the builder."""
    given: list = []

    def build(task, shots, question, steps):
        given.append((len(shots), steps))
        return "x y"

    panel = widgets.prompt_panel(build, "Say.", [("a", "b", "c")] * 3, "d")
    panel.controls["count"].value = 3
    assert given[0] == (2, False) and given[-1] == (3, False)
    assert "2 words, 3 characters" in panel.text.value
