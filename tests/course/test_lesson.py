"""The lesson kit: predictions that are kept, stand-ins for what is blank, a chatbot that grows."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

import course.weeks
from course.errors import UserError
from course.lesson import Lesson, Question, open_lesson
from course.lesson.chatbot import PARTS, Chatbot, grown
from course.lesson.fallback import is_blank
from course.lesson.questions import Answers, read_answers

WEEK = "week77_clay"
LESSON = """
from course.lesson.questions import Question
QUESTIONS = {
    "steps": Question("How many <steps>?", ("one", "two"), 1, "Because of the loop."),
    "sign": Question("Up or down?", ("up", "down"), 0, "It adds."),
}
WARM_UP = (Question("What is a tensor?", ("a tension", "numbers in a grid"), 1, "See week 00."),)
EXERCISES = ("double", "Halver")
"""
STAND_INS = "import torch\nSTAND_INS = {'double': torch.Tensor.double}"


def stub(x):
    raise NotImplementedError("Not written yet: replace this line with your code, then run it.")


class StubClass:
    def __init__(self):
        raise NotImplementedError("Not written yet: replace this line with your code.")


@pytest.fixture
def lesson(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lesson:
    """A week of clay, found where weeks stand, with answers kept in a folder of its own."""
    folder = tmp_path / "weeks" / WEEK
    (folder / "stand_ins").mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "lesson.py").write_text(LESSON)
    (folder / "stand_ins" / "__init__.py").write_text(STAND_INS)
    monkeypatch.setattr(course.weeks, "__path__", [*course.weeks.__path__, str(folder.parent)])
    monkeypatch.setenv("WORD2CHAT_STATE", str(tmp_path / "state"))
    for name in [name for name in sys.modules if WEEK in name]:  # of an earlier test's folder
        monkeypatch.delitem(sys.modules, name)
    return open_lesson(WEEK)


def test_a_prediction_is_kept_and_told_beside_what_happened(lesson: Lesson) -> None:
    """Before the result nothing is given away; afterwards both stand together."""
    asked = lesson.ask("steps")
    assert "Because" not in asked.remark.value
    asked.options.value = 0
    assert "Because" not in asked.remark.value and "Kept" in asked.remark.value
    told = lesson.reveal("steps").data
    assert "You said: one" in told and "<b>two</b>" in told and "Because of the loop." in told
    assert "How many &lt;steps&gt;?" in told


def test_answers_survive_a_restart(lesson: Lesson) -> None:
    """A new kernel opens the lesson with the answers given before."""
    lesson.ask("sign").options.value = 0
    again = open_lesson(WEEK)
    assert again.ask("sign").options.value == 0
    assert "As you said" in again.reveal("sign").data


def test_damaged_answers_are_no_answers(tmp_path: Path) -> None:
    """Whatever stands in the file, the lesson opens; an answer out of range counts as none."""
    path = tmp_path / "answers.json"
    for content in ("", "[1]", '{"steps": "x"}', "\x00"):
        path.write_text(content)
        assert read_answers(path).chosen == {}
    kept = Answers(path, {"steps": 9})
    question = Question("?", ("a", "b"), 0, "w")
    made = Lesson(WEEK, {"steps": question}, (), (), kept)
    assert "no prediction" in made.reveal("steps").data
    assert made.ask("steps").options.value is None


def test_an_answer_is_taken_where_nothing_can_be_written(tmp_path: Path) -> None:
    """A read-only disk stops nobody."""
    (tmp_path / "file").touch()
    answers = Answers(tmp_path / "file" / "answers.json")
    answers.keep("steps", 1)
    assert answers.chosen == {"steps": 1}


def test_a_warm_up_says_at_once_what_is_right(lesson: Lesson) -> None:
    """Retrieval practice: the remark follows the click."""
    (asked,) = lesson.warm_up().children
    asked.options.value = 0
    assert "You said: a tension" in asked.remark.value
    asked.options.value = 1
    assert "As you said" in asked.remark.value


def test_readers_without_a_kernel_see_the_question(lesson: Lesson) -> None:
    """GitHub and the site show text and options."""
    still = lesson.ask("steps")._repr_mimebundle_()["text/html"]
    assert "<li>one</li>" in still and "Because" not in still


@pytest.mark.parametrize("found", [None, stub, StubClass, torch.no_grad()(stub)])
def test_what_is_blank_is_known(found: object) -> None:
    """Nothing at all, a released function, a released class, one below a decorator."""
    assert is_blank(found)


def own(x):
    if x is None:
        raise NotImplementedError("None is not supported by my code")
    return x


@pytest.mark.parametrize("found", [own, torch.nn.Linear, len, 3, Question])
def test_what_is_written_is_never_taken_for_blank(found: object) -> None:
    """A student's own NotImplementedError is the student's own."""
    assert not is_blank(found)


def test_a_stand_in_steps_in_only_while_an_exercise_is_blank(lesson: Lesson, capsys) -> None:
    """With a banner; as soon as the student's own code is there, that is used, in silence."""
    globals()["double"] = stub
    try:
        assert lesson.fallback("double") is torch.Tensor.double
        assert "not your code yet" in capsys.readouterr().out
        globals()["double"] = own
        assert lesson.fallback("double") is own
        assert capsys.readouterr().out == ""
    finally:
        del globals()["double"]


def test_a_stand_in_of_the_exercises_own_name_is_still_to_write(lesson: Lesson, capsys) -> None:
    """`double = lesson.fallback("double")` writes nothing: the banner and the summary stay."""
    globals()["double"] = stub
    try:
        globals()["double"] = lesson.fallback("double")
        assert "Still to write: <code>double</code>, <code>Halver</code>." in lesson.summary().data
        capsys.readouterr()
        globals()["double"] = lesson.fallback("double")
        assert "not your code yet" in capsys.readouterr().out
        globals()["double"] = own
        assert "Still to write: <code>Halver</code>." in lesson.summary().data
    finally:
        del globals()["double"]


def test_a_stand_in_whose_package_is_missing_says_so(lesson: Lesson) -> None:
    """An error in the stand-ins themselves is not taken for a week without any."""
    (path,) = [p for p in course.weeks.__path__ if Path(p, WEEK).is_dir()]
    file = Path(path, WEEK, "stand_ins", "__init__.py")
    file.write_text("import no_such_package")
    with pytest.raises(ModuleNotFoundError, match="no_such_package"):
        lesson.fallback("Halver")


def test_training_is_cut_short_in_a_hurried_run(lesson: Lesson, monkeypatch) -> None:
    """Students get all steps; the run that leaves exercises blank in turn gets a few."""
    monkeypatch.delenv("WORD2CHAT_QUICK", raising=False)
    assert lesson.steps(2000) == 2000
    monkeypatch.setenv("WORD2CHAT_QUICK", "1")
    assert (lesson.steps(2000), lesson.steps(3), lesson.steps(2000, quick=50)) == (5, 3, 50)


def test_an_exercise_without_stand_in_is_a_sentence(lesson: Lesson) -> None:
    """So it is where the stand-ins are hidden, as in the grader's sandbox."""
    with pytest.raises(UserError, match="`Halver` is not written yet"):
        lesson.fallback("Halver")


def test_the_summary_counts_predictions_and_names_what_is_blank(lesson: Lesson) -> None:
    """Run All on an unsolved notebook ends with what is still to write."""
    lesson.ask("steps").options.value = 1
    globals()["double"] = own
    try:
        told = lesson.summary().data
    finally:
        del globals()["double"]
    assert "1 of 1 predictions were right" in told and "(2 were asked)" in told
    assert "Still to write: <code>Halver</code>." in told


def test_an_unknown_week_and_an_unknown_question_are_named(lesson: Lesson) -> None:
    """A typing error of an author is a sentence that lists what there is."""
    with pytest.raises(UserError, match="week99_none"):
        open_lesson("week99_none")
    with pytest.raises(KeyError, match="steps, sign"):
        lesson.ask("stepz")
    with pytest.raises(ValueError, match="option 2"):
        Question("?", ("a", "b"), 2, "w")


def test_the_chatbot_grows_by_a_part_a_week() -> None:
    """Sixteen weeks, sixteen parts; this week's stands out, later ones are still to come."""
    assert len(PARTS) == 16 and len({part for _, part, _ in PARTS}) == 16
    first, last = grown("week00_setup"), grown("week15_chatbot")
    assert first.count("dashed") == 15 and last.count("dashed") == 0
    with pytest.raises(ValueError, match="week99"):
        grown("week99")


def test_the_chatbot_answers_with_the_students_parts_and_survives_their_errors() -> None:
    """What is said is shown as text, newest first; an error is told and the next turn works."""
    answers = iter(["<i>hi</i>", ZeroDivisionError("no words")])

    def reply(text: str) -> str:
        answer = next(answers, f"you said {text}")
        if isinstance(answer, Exception):
            raise answer
        return answer

    bot = Chatbot("week02_rnn", reply, "Hello!")
    assert "&lt;i&gt;hi&lt;/i&gt;" in bot.talk.value
    bot.said.value = "again"
    assert "no words" in bot.talk.value and bot.said.value == ""
    bot.say("third")
    assert bot.talk.value.index("you said third") < bot.talk.value.index("no words")
    bot.say("   ")
    assert bot.talk.value.count("<b>you</b>") == 3
    assert "you said third" in bot._repr_mimebundle_()["text/html"]
    bot.say("line one\nline two")
    assert "line one<br>line two" in bot.talk.value.split("</p>")[0]
