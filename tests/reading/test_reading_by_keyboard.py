"""Five answers, read by keyboard in a real browser at a real server."""

from __future__ import annotations

import json
import re

import hostile
import pytest
from browsing import chromium, jupyter_lab, picture_on_failure, watch
from nbgrader.api import Gradebook
from written_course import CELL, WEEK, make_written_course

from autograder.course_folder import Course
from autograder.pages import gradebook_marks
from autograder.pages.feedback_page import page_html
from autograder.pages.standing import read_standings

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TEXTS = {
    "s1": "A **mean** has positive weights.",
    "s2": hostile.MARKDOWN["image"] + hostile.MARKDOWN["script"],
    "s3": "가중치의 합은 1입니다: $a + b = 1$",
    "s4": "It lies between them.",
    "s5": "",
}
ALL_POINTS_IN_HANGUL = """document.body.dispatchEvent(
    new KeyboardEvent("keydown", {key: "ㄹ", code: "KeyF", bubbles: true}))"""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return make_written_course(tmp_path_factory.mktemp("keys") / "course", TEXTS, {})


@pytest.fixture(scope="module")
def page(course: Course, tmp_path_factory: pytest.TempPathFactory):
    """A browser at the question, reached by nbgrader's own page of Manual Grading."""
    with (
        jupyter_lab(course.root, tmp_path_factory.mktemp("jupyter")) as server,
        chromium() as opened,
    ):
        page = opened.new_page(viewport={"width": 1300, "height": 900})
        page.goto(server.address("/formgrader/gradebook"))
        page.click("text=Read Answers")
        page.click("text=Written question")
        page.wait_for_selector("article.current")
        yield page


def points_of(course: Course) -> dict[str, float | None]:
    with Gradebook(course.db_url, course.coursedir.course_id) as gradebook:
        return {name: gradebook.find_grade(CELL, WEEK, WEEK, name).manual_score for name in TEXTS}


def test_five_answers_are_read_by_keyboard(course: Course, page) -> None:
    """No mouse: rubric items, points and a comment reach nbgrader's gradebook and the feedback."""
    watched = watch(page)
    page.reload()
    with picture_on_failure(page, "reading"):
        assert page.inner_text("#progress") == "0 of 5 read"
        assert not page.locator(".name").first.is_visible()
        order = [
            re.search(r"\((s\d)", text)[1] for text in page.locator(".name").all_text_contents()
        ]
        _press(page, "1", "Enter")
        _press(page, "f", "c")
        page.keyboard.type("Name the *weights*.")
        _press(page, "Escape", "Enter")
        _press(page, "0", "Enter", "2", "Shift+3", "Enter", "+", "+", "x")
        page.evaluate(ALL_POINTS_IN_HANGUL)
        _press(page, "-", "h")
        assert page.locator(".name").first.is_visible()
        page.wait_for_selector("#saved:text('all stored')")
        assert page.inner_text("#progress") == "5 of 5 read"
        assert points_of(course) == dict(zip(order, (2.0, 5.0, 0.0, 1.5, 4.5), strict=True))
        assert watched.ran() == [] and watched.errors == [] and watched.console == []
        page.reload()
        assert "Name the *weights*." in page.inner_text("article >> nth=1")
        _press(page, "k", "j", "j", "j")
        assert page.locator("#rubric [aria-pressed=true]").count() == 2
    _check_what_follows(course, order[1])


def _press(page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def _check_what_follows(course: Course, commented: str) -> None:
    """`grade` has nothing to be read left, and the comment stands on the student's page."""
    with Gradebook(course.db_url, course.coursedir.course_id) as gradebook:
        standings = read_standings(gradebook, WEEK)
        marks = gradebook_marks.read_marks(gradebook, WEEK, [commented])[commented, WEEK]
    assert [standing.to_read for standing in standings.values()] == [0] * 5
    notebook = course.folder("autograded", WEEK, commented) / f"{WEEK}.ipynb"
    assert "Name the <em>weights</em>." in page_html(json.loads(notebook.read_text("utf-8")), marks)


def test_a_comment_of_the_bank_and_the_mouse(course: Course, page) -> None:
    """A kept comment is used with `b` and a digit; a click on an item gives its points."""
    with picture_on_failure(page, "reading-bank"):
        page.reload()
        page.click("article >> nth=4")
        page.fill("#comment", "A number of your own is missing.")
        page.click("#keep")
        page.wait_for_selector("#bank .use")
        page.click("article >> nth=2")
        page.click("#rubric button >> nth=1")
        _press(page, "b", "1")
        page.wait_for_selector("#saved:text('all stored')")
        assert "is missing." in page.inner_text("article >> nth=2")
        assert "1 of 5" in page.inner_text("article.current .points")
        page.click("#bank [aria-label]")
        page.wait_for_selector("#bank .use", state="detached")
