"""The feedback page in the student's language, and nothing of the student's in another one."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
import tiny_course
from korean_edition import translate_tiny

from autograder.course_folder import Course
from autograder.journal import open_journal
from autograder.pages.feedback import write_feedback
from autograder.pages.spoken_page import spoken
from autograder.run.grade import Options, grade
from autograder.translation.notebook import translated_notebook
from autograder.week import open_week
from course.phrases import Message, read_messages

WEEK = tiny_course.WEEK
MESSAGES = (Message("{1} of {2} parts are right.", "{2}개 중 {1}개가 맞았습니다."),)


def test_texts_between_tags_are_translated_once_each() -> None:
    """Our sentences are; listings, marked parts and attributes are not; entities stay entities."""
    page = (
        '<p title="3 of 4 parts are right.">3 of 4 parts are right.</p>'
        "<pre>3 of 4 parts are right.</pre>"
        '<div translate="no"><div>3 of 4 parts are right.</div>3 of 4 parts are right.</div>'
        "<p>&lt;b&gt; of 4 parts are right.</p>"
    )
    made = spoken(page, "ko", MESSAGES)
    assert made.count("4개 중 3개가 맞았습니다.") == 1
    assert made.count("3 of 4 parts are right.") == 4
    assert "4개 중 &lt;b&gt;개가 맞았습니다." in made
    assert spoken(page, "en", MESSAGES) == page


def test_a_page_of_any_text_comes_back_whole() -> None:
    """Broken markup, tags that are never closed, a stray sign: not a character is lost."""
    for page in ("", "<", "a < b", "<pre>x", "<p>a</p><", "</pre>x<style>y"):
        assert spoken(page, "ko", MESSAGES) == page


def korean_notebook(course: Course) -> nbformat.NotebookNode:
    messages = read_messages(translate_tiny(course))
    document = json.loads((course.root / "release" / WEEK / f"{WEEK}.ipynb").read_text("utf-8"))
    return nbformat.from_dict(translated_notebook(document, messages, "ko"))


def page_of(course: Course, student: str) -> str:
    return (course.root / "feedback" / student / WEEK / f"{WEEK}.html").read_text("utf-8")


@pytest.mark.sandbox
def test_a_korean_submission_gets_full_marks_and_a_korean_page(
    course: Course, tmp_path: Path
) -> None:
    """Solved in the Korean edition: all points, no remark, a Korean page; others read English."""
    notebook = korean_notebook(course)
    for cell in notebook.cells:
        cell.source = tiny_course.GOOD.get(cell.id, cell.source)
    tiny_course.submit(course.root, "kim", notebook)
    notebook.cells[2].source = "def double(x):\n    return None  # right"
    tiny_course.submit(course.root, "lee", notebook)
    tiny_course.submit(course.root, "smith", tiny_course.solve(course.root))
    week = open_week(course, WEEK)
    grade(week, Options(workers=2))
    entries = open_journal(week).entries
    assert [entries[name].score for name in ("kim", "smith")] == [tiny_course.MAX_SCORE] * 2
    assert entries["kim"].notes == ()
    write_feedback(week)
    assert '<html lang="ko">' in page_of(course, "kim")
    assert "다시 제출하려면" in page_of(course, "kim")
    assert "To hand in again" in page_of(course, "smith")
    wrong = page_of(course, "lee")
    assert "먼저 고칠 것" in wrong and "행렬" in wrong
    assert "2를 곱했나요?" in wrong and "do you multiply" not in wrong
    assert "# right" in wrong
