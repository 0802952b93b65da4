"""A written question of forty students, read in a real browser: what a reader has to press."""

from __future__ import annotations

import re

import pytest
from browsing import chromium, jupyter_lab, picture_on_failure
from nbgrader.api import Gradebook
from written_course import CELL, PLACE, WEEK, make_written_course

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TEXT = "두 수의 **평균**은 그 사이에 있습니다. The weights $a, b > 0$ sum to one.\n\n* 하나\n* 둘\n"
TEXTS = {f"{3010 + n:06d}": TEXT * (1 + n % 4) for n in range(40)}
# the items of the rubric that an answer meets, and what they are worth: 2, 1 and 2 points
PLAN = (("1", 2.0), ("12", 3.0), ("13", 4.0), ("0", 0.0), ("23", 3.0))
MOST_PRESSES = (
    3  # of an answer: two items, and on to the next; at two seconds each, 4 of 10 minutes
)


def by_key(page, items: str) -> int:
    """Points by the digits of the items, and Enter; how many keys that were."""
    for key in (*items, "Enter"):
        page.keyboard.press(key)
    return len(items) + 1


def by_mouse(page, items: str) -> int:
    """The same by clicks."""
    for item in items:
        page.click("#none" if item == "0" else f"#rubric button >> nth={int(item) - 1}")
    page.click("#done")
    return len(items) + 1


def test_forty_answers_take_three_presses_each_and_every_one_is_stored(tmp_path) -> None:
    """By keys and by clicks alike; all forty, each once, with the points that were given."""
    course = make_written_course(tmp_path / "course", TEXTS, {})
    with jupyter_lab(course.root, tmp_path / "home") as server, chromium() as browser:
        page = browser.new_page(viewport={"width": 1300, "height": 900})
        page.goto(server.address(f"/formgrader/reading/{PLACE}"))
        page.wait_for_selector("article.current")
        names = page.locator(".name").all_text_contents()
        order = [re.search(r"\((\d{6})", text)[1] for text in names]
        with picture_on_failure(page, "reading-forty"):
            for number in range(40):
                give = by_key if number % 2 else by_mouse
                assert give(page, PLAN[number % 5][0]) <= MOST_PRESSES
            page.wait_for_selector("#saved:text('all stored')")
            assert page.inner_text("#progress") == "40 of 40 read"
            assert page.inner_text("#message") == "All of these are read."
    with Gradebook(course.db_url, course.coursedir.course_id) as gradebook:
        given = {s: gradebook.find_grade(CELL, WEEK, WEEK, s).manual_score for s in TEXTS}
    assert given == {student: PLAN[number % 5][1] for number, student in enumerate(order)}
