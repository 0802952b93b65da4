"""What a student reads first, where the rows lead, and what is not told."""

from __future__ import annotations

import re

import pytest
from browsing import chromium, picture_on_failure

from autograder.pages.feedback_page import page_html, review_html
from autograder.pages.marks import Mark, Marks

FOUND = {"words": "wrong result", "verdict": "wrong", "reason": "shape (2,), expected (3,)",
         "passed": 1, "probes": 2, "mistake": None, "stamp": ""}  # fmt: skip
RIGHT = {**FOUND, "words": "right", "verdict": "pass", "reason": "", "passed": 2}
PANEL = '<div class="w2c-panel"><b>rows: 1 of 4 points</b></div>'
HIDDEN = "### BEGIN HIDDEN TESTS\nprobe(secret_input)\n### END HIDDEN TESTS\nassert rows(2) == 2"


def markdown(source: str, **metadata: object) -> dict:
    return {"cell_type": "markdown", "metadata": metadata, "source": source}


def code(source: str, outputs: tuple = (), **metadata: object) -> dict:
    return {"cell_type": "code", "metadata": metadata, "source": source, "outputs": list(outputs)}


def nbgrader(grade_id: str, **flags: object) -> dict:
    return {"grade_id": grade_id, **flags}


def check(name: str, found: dict) -> dict:
    panel = {"output_type": "execute_result", "data": {"text/html": PANEL}, "metadata": {}}
    flags = nbgrader(f"check_{name}", grade=True, locked=True, points=4)
    return code(HIDDEN, (panel,), nbgrader=flags, word2chat=found)


NOTEBOOK = {
    "cells": [
        markdown("# Week 90: rows"),
        code("import torch", nbgrader=nbgrader("setup", locked=True)),
        markdown("What everybody reads."),
        markdown("## Exercise 1: `columns` (4 points, about 5 minutes)\n\nAsked first."),
        code("def columns(x):\n    return x", nbgrader=nbgrader("columns", solution=True)),
        check("columns", RIGHT),
        markdown("## Exercise 2: `rows` (4 points)\n\nAsked next."),
        code("def rows(x):\n    return 1", nbgrader=nbgrader("rows", solution=True)),
        code("print('my own try')", word2chat={"own": True}),
        check("rows", FOUND),
        code("a playground that nobody changed"),
        markdown(
            "## Written question (5 points)\n\nWhy?\n\n=== BEGIN MARK SCHEME ===\nBecause.\n"
            "=== END MARK SCHEME ===",
            nbgrader=nbgrader("why", task=True, points=5),
        ),
        markdown("# My heading\n\nBecause of **rows**."),
        markdown("## What to keep\n\nThe end."),
    ]
}
GIVEN = {"check_columns": Mark(4, 4), "check_rows": Mark(1, 4), "why": Mark(0, 5, unread=True)}
MARKS = Marks("s1", "week90_tiny", "week90_tiny", GIVEN, {"rows": "Look at *the axis*."})


@pytest.fixture(scope="module")
def page() -> str:
    return page_html(NOTEBOOK, MARKS, ("The cell 'check_rows' was put back.",))


def part(page: str, begin: str, end: str) -> str:
    return page.split(begin, 1)[1].split(end, 1)[0]


def test_rows_lead_to_the_students_own_answer(page: str) -> None:
    """Not to the check below it: to the code, and to the text below a written question."""
    summary = part(page, '<table class="summary">', "</table>")
    assert re.findall(r'href="#([\w-]+)"', summary) == ["columns", "rows", "answer-why"]
    assert "def rows" in re.sub("<[^>]+>", "", part(page, 'id="rows"', "</article>"))
    reply = part(page, 'id="answer-why"', "</article>")
    assert "<strong>rows</strong>" in reply
    assert "My heading" in reply


def test_what_waits_for_a_reader_is_not_lost(page: str) -> None:
    """Five of eight points so far; the unread five are told apart, in words and in the bar."""
    score = re.sub(r"<[^>]+>|\s+", " ", part(page, '<p class="score">', "</p>"))
    assert " ".join(score.split()) == "5 of 8 points so far, 5 waiting for a reader"
    bar = part(page, '<div class="meter">', "</div>")
    assert re.findall(r"width:(\d+)%", bar) == ["38", "38"]
    assert 'class="unread"' in bar
    assert "a person will read it" in page


def test_the_first_thing_to_fix_stands_on_top(page: str) -> None:
    """The first exercise that lost points, with its reason, before the summary."""
    first = part(page, "To fix first", "</section>")
    assert 'href="#rows"' in first
    assert "shape (2,), expected (3,)" in first
    assert "1 of 2 parts are right" in first
    assert page.index("To fix first") < page.index("What grading put right")
    assert page.index("What grading put right") < page.index('<table class="summary">')
    assert page.index("To hand in again") > page.index("</main>")
    full = {"check_columns": Mark(4, 4), "check_rows": Mark(4, 4), "why": Mark(5, 5, by_hand=True)}
    everything = Marks("s1", "w", "n", full)
    assert "To fix first" not in page_html(NOTEBOOK, everything)


def test_code_stands_beside_its_check(page: str) -> None:
    """One pair an exercise; the comment of the grader below the answer; own cells after it."""
    second = part(page, "<h2>Exercise 2: rows</h2>", "</section>")
    assert second.index('id="rows"') < second.index('id="check_rows"')
    assert "<em>the axis</em>" in second
    assert "my own try" in second
    assert PANEL in second


def test_the_page_repeats_no_more_than_it_must(page: str) -> None:
    """Hidden checks, mark schemes, set-up and playgrounds are not there; the exercise's text is."""
    for missing in ("secret_input", "Because.", "import torch", "nobody changed", "The end."):
        assert missing not in page
    for present in ("Asked first.", "Asked next.", "assert rows(2) == 2", "check_rows"):
        assert present in page
    assert "The cell &#39;check_rows&#39; was put back." in page


def test_a_review_tells_what_happens_next_and_no_number() -> None:
    """With a reason the student can act; without one the fault is ours. Both escape everything."""
    told = review_html("<b>s1", "week90", "'<img src=x>' is not a notebook.")
    ours = review_html("s1", "week90", "")
    assert "&lt;img" in told and "<img" not in told and "<b>s1" not in told
    assert "course submit" in told
    assert "The fault is on our side" in ours
    assert all("points" not in page.split("<body>")[1] for page in (told, ours))


# the texts of all elements that are wider than what is shown of them, and cannot be moved
CUT = """[...document.querySelectorAll("body *")].filter(one =>
    one.clientWidth && one.scrollWidth > one.clientWidth + 1
    && !["visible", "auto", "scroll"].includes(getComputedStyle(one).overflowX)
).map(one => one.textContent)"""


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_a_row_brings_the_answer_into_view(width: int, tmp_path) -> None:
    """A click on a row shows the student's own code; nothing sticks out sideways or is cut."""
    word = "a_label_without_a_blank_" * 6
    cells = [dict(cell) for cell in NOTEBOOK["cells"]]
    cells[7] |= {"source": f"def rows(x):\n    return {' + '.join([word] * 6)}"}
    cells[9] |= {"metadata": {**cells[9]["metadata"], "word2chat": {**FOUND, "reason": word}}}
    file = tmp_path / "page.html"
    file.write_text(page_html({"cells": cells}, MARKS), "utf-8")
    with chromium() as browser:
        shown = browser.new_page(viewport={"width": width, "height": 500})
        shown.goto(file.as_uri())
        with picture_on_failure(shown, f"feedback-row-{width}"):
            shown.click("table.summary >> text=Exercise 2")
            box = shown.locator("#rows").bounding_box()
            assert 0 <= box["y"] < 500
            beside = shown.locator("#check_rows").bounding_box()
            assert (beside["x"] > box["x"]) == (width > 1000)
            assert shown.evaluate("document.documentElement.scrollWidth") <= width
            assert shown.evaluate(CUT) == []
