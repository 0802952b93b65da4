"""What nbgrader's users know: header, files, pasted pictures, texts, tasks, partial credit."""

from __future__ import annotations

import base64
import shutil
from pathlib import Path

import nbformat
import pytest
from classic_assignments import (
    ALLOW,
    CONFIG,
    KERNEL,
    check,
    marked,
    new_notebook,
    solution,
    written,
)
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook
from stock_nbgrader import scores, stock, submit

from autograder.course_folder import open_course
from autograder.edition.release import release
from autograder.pages.feedback import write_feedback
from autograder.run.grade import grade
from autograder.week import Week, open_week

WEEK = "sheet"
FRAMES = (
    "c.IncludeHeaderFooter.header = 'source/header.ipynb'\n"
    "c.IncludeHeaderFooter.footer = 'source/footer.ipynb'\n"
)
COUNTED = """points = 0
if total([]) == 0:
    points += 1
if total(sold) == 12:
    points += 2.5
if total([1, -1]) == 0:
    points += 0.5
points"""
RIGHT = {
    "total": "def total(values):\n    return sum(values)",
    "why": "As in ![the picture](attachment:board.png).",
    "twice": "def twice(n):\n    return n + n",
    "by_hand": "print('a plot')",
}
CLASS = {
    "right": RIGHT,
    "partly": RIGHT | {"total": "def total(values):\n    return sum(map(abs, values))"},
    "none": RIGHT | {"total": "def total(values):\n    return None"},
    "untouched": {},
    "wrong-two": RIGHT | {"twice": "def twice(n):\n    return n"},
}
BY_HAND = {("why", "one"): 1.5, ("explore", "one"): 2, ("by_hand", "two"): 4}
PNG = base64.b64encode(
    bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")
).decode()


def books() -> dict[str, nbformat.NotebookNode]:
    """An assignment of two notebooks, and what stands before and behind both."""
    first = [
        new_code_cell("sold = [int(line) for line in open('data/sold.txt')]"),
        solution("total", "def total(values):", "return sum(values)"),
        check("counted", 4, COUNTED),
        written("why", 2, "Because."),
        marked("markdown", "explore", "Find another.", task=True, locked=True, points=3),
    ]
    second = [
        solution("twice", "def twice(n):", "return 2 * n"),
        check("test_twice", 1, "assert twice(4) == 8"),
        marked("code", "by_hand", "print('a plot')", grade=True, solution=True, points=5),
    ]
    around = {"header": [new_code_cell("NAME = ''")], "footer": [new_markdown_cell("The end.")]}
    made = {"one": first, "two": second} | around
    return {
        name: new_notebook(metadata={"kernelspec": KERNEL}, cells=cells)
        for name, cells in made.items()
    }


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """Released, with a class that handed in, and a picture pasted into each written answer."""
    root = tmp_path_factory.mktemp("parts") / "course"
    folder = root / "source" / WEEK
    (folder / "data").mkdir(parents=True)
    for name, book in books().items():
        frame = name in ("header", "footer")
        nbformat.write(book, (folder.parent if frame else folder) / f"{name}.ipynb")
    (folder / "data" / "sold.txt").write_text("3\n4\n5\n", "utf-8")
    (root / "nbgrader_config.py").write_text(CONFIG + FRAMES + ALLOW, "utf-8")
    release(opened(root), say=lambda text: None)
    for student, answers in CLASS.items():
        submit(root, student, WEEK, answers)
        work = root / "submitted" / student / WEEK
        (work / "data" / "sold.txt").write_text("1\n", "utf-8")  # not theirs to change
        paste(work / "one.ipynb")
    return root


def opened(root: Path) -> Week:
    return open_week(open_course(root), WEEK)


def paste(path: Path) -> None:
    book = nbformat.read(path, as_version=4)
    (why,) = [c for c in book.cells if c.metadata.get("nbgrader", {}).get("grade_id") == "why"]
    why.attachments = {"board.png": {"image/png": PNG}}
    nbformat.write(book, path)


@pytest.mark.slow
def test_every_part_gets_what_stock_nbgrader_gives(course: Path, tmp_path) -> None:
    """Partial credit, texts, tasks, code read by a person, files of the instructor, header."""
    theirs = Path(shutil.copytree(course, tmp_path / "theirs"))
    said = stock(theirs, "autograde", WEEK)
    run = grade(opened(course))
    assert [entry.needs_review for entry in run.entries] == [None] * len(CLASS)
    ours = scores(course, WEEK, CLASS)
    assert ours == scores(theirs, WEEK, CLASS), said
    assert [ours[name, "counted"][0] for name in CLASS] == [4, 3.5, 0, 0, 4]
    assert {ours["right", name] for name in ("why", "explore", "by_hand")} == {(None, True)}
    kept = course / "autograded" / "right" / WEEK
    one = nbformat.read(kept / "one.ipynb", as_version=4)
    assert any(cell.source == "NAME = ''" for cell in one.cells)
    assert one.cells[-1].source == "The end."
    assert len(list(kept.rglob("pasted_pictures/*"))) == 1


@pytest.mark.slow
def test_what_a_person_gives_is_added_and_told(course: Path) -> None:
    """A text, a task and code by hand; a notebook that is missing counts as empty."""
    (course / "submitted" / "wrong-two" / WEEK / "two.ipynb").unlink()
    grade(opened(course))
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        for name, notebook, points in (
            ("why", "one", 1.5),
            ("explore", "one", 2),
            ("by_hand", "two", 4),
        ):
            row = gradebook.find_grade(name, notebook, WEEK, "partly")
            row.manual_score, row.needs_manual_grade = points, False
        gradebook.find_comment("why", "one", WEEK, "partly").manual_comment = "Say which line."
        gradebook.db.commit()
        assert gradebook.find_submission(WEEK, "partly").score == 3.5 + 1 + 1.5 + 2 + 4
        missing = gradebook.find_grade("test_twice", "two", WEEK, "wrong-two")
        assert missing.auto_score == 0
    write_feedback(opened(course))
    pages = {p.stem: p.read_text("utf-8") for p in (course / "feedback" / "partly").rglob("*.html")}
    assert "Say which line." in pages["one"] and "3.5" in pages["one"]
    assert "4" in pages["two"]
