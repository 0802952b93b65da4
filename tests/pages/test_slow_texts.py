"""No text holds up a page: what takes too long is recognised, cut and told, in every viewer."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import slow_texts
import tiny_course
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from test_viewers import _formgrader_resources, active

from autograder.course_folder import open_course
from autograder.pages import caps, page_process
from autograder.pages.coloured_code import coloured_code
from autograder.pages.feedback_page import page_html
from autograder.pages.marks import Marks
from autograder.pages.page_process import PageProcess, PageTask
from autograder.pages.safe_html import safe_markdown, safe_output, safe_terminal_text

SIZES = (2_500, 5_900, 19_000, 300_000)  # below each cap, and far beyond all of them
GUARD_SECONDS = 60  # of processor time: what would hang for minutes fails
MARKS = Marks("s1", "week90", "nb")
NOTE = "more characters are in the notebook"


@pytest.fixture(autouse=True)
def guard() -> Iterator[None]:
    """Stop a test that draws for ever."""

    def stop(*_: object) -> None:
        raise TimeoutError("drawing took longer than any page may")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, GUARD_SECONDS)
    with caps.page():
        yield
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.signal(signal.SIGPROF, before)


def every(family: dict[str, slow_texts.Maker]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("make", family.values(), ids=family.keys())


@every(slow_texts.MARKDOWN)
def test_markdown_is_drawn_or_cut(make: slow_texts.Maker) -> None:
    """Each kind at each size ends; far over the caps it is plain text with a note."""
    drawn = [safe_markdown(make(size)) for size in SIZES]
    assert all(active(html) == [] for html in drawn[:2])
    beyond = make(SIZES[-1])
    assert (NOTE in drawn[-1]) == (len(beyond) > caps.TEXT_CHARS or caps.is_too_much(beyond))


@every(slow_texts.CODE)
def test_code_is_coloured_or_cut(make: slow_texts.Maker) -> None:
    """The colourer reads each character once, and cuts what nobody reads."""
    drawn = [coloured_code(make(size)) for size in SIZES]
    assert NOTE in drawn[-1]
    assert NOTE not in drawn[0]
    assert all(len(html) < 15 * caps.CODE_CHARS for html in drawn)


@every(slow_texts.HTML)
def test_html_is_cleaned_or_cut(make: slow_texts.Maker) -> None:
    """The HTML of an output too."""
    drawn = [safe_output(make(size)) for size in SIZES]
    assert NOTE in drawn[-1]
    assert active(drawn[0]) == []


@every(slow_texts.TERMINAL)
def test_terminal_text_is_shown_or_cut(make: slow_texts.Maker) -> None:
    """And what a program printed."""
    drawn = [safe_terminal_text(make(size)) for size in SIZES]
    assert NOTE in drawn[-1]
    assert "\x1b[" not in safe_terminal_text("\x1b[31mred\x1b[0m")
    assert '<span class="ansi-red-fg">red</span>' in safe_terminal_text("\x1b[31mred\x1b[0m")


def notebook_of(texts: list[str]) -> dict:
    """Own markdown, own code with an output, raw text: each text three times."""
    own = {"word2chat": {"own": True}}
    cells = [new_markdown_cell(text, metadata=own) for text in texts]
    for text in texts:
        printed = new_output("stream", name="stdout", text=text)
        cells.append(new_code_cell(text, metadata=own, outputs=[printed]))
    return new_notebook(cells=cells)


def test_a_page_of_all_of_them_is_drawn() -> None:
    """One notebook with every kind at once gives a page of bounded size."""
    kinds = {**slow_texts.MARKDOWN, **slow_texts.CODE, **slow_texts.HTML, **slow_texts.TERMINAL}
    notebook = notebook_of([make(size) for make in kinds.values() for size in (5_900, 300_000)])
    page = page_html(json.loads(json.dumps(notebook)), MARKS)
    assert page.count(NOTE) > len(kinds)
    assert len(page) < 20 * caps.PAGE_COST


def test_many_cells_below_the_caps_fill_a_page() -> None:
    """A thousand cells, none of them over a cap, are cut once the page has had enough."""
    texts = [f"*a* `b` $x_{{{i}}}$ [c](https://d.test) " * 120 for i in range(300)]
    page = page_html(json.loads(json.dumps(notebook_of(texts))), MARKS)
    assert page.count("<math") < caps.PAGE_COST / caps.FORMULA_COST
    assert NOTE in page


@pytest.fixture(scope="module")
def formgrader() -> Callable[[list], str]:
    """The formgrader's page, made by the shipped configuration."""
    exporter = HTMLExporter(config=open_course(tiny_course.ROOT).config)

    def page(cells: list) -> str:
        notebook = new_notebook(cells=cells)
        return exporter.from_notebook_node(notebook, resources=_formgrader_resources())[0]

    return page


@pytest.mark.parametrize("kind", ["MARKDOWN", "CODE", "HTML", "TERMINAL"])
def test_the_formgrader_uses_the_same_caps(formgrader: Callable, kind: str) -> None:
    """Markdown, code, HTML and printed text of a submission cannot hold up the reader's page."""
    for make in getattr(slow_texts, kind).values():
        for size in (5_900, 300_000):
            page = formgrader(cells_of(kind, make(size)))
            assert len(page) < 2_000_000
        assert NOTE in page or kind == "MARKDOWN"


def cells_of(kind: str, text: str) -> list:
    if kind == "MARKDOWN":
        return [new_markdown_cell(text)]
    if kind == "CODE":
        return [new_code_cell(text)]
    if kind == "HTML":
        return [new_code_cell("", outputs=[new_output("display_data", {"text/html": text})])]
    return [new_code_cell("", outputs=[new_output("stream", name="stdout", text=text)])]


def test_each_page_of_the_formgrader_begins_anew(formgrader: Callable) -> None:
    """What one submission used up is not missing at the next."""
    heavy = [new_markdown_cell(f"{i} " + "a" * 5_000) for i in range(100)]
    assert NOTE in formgrader(heavy)
    assert NOTE not in formgrader([new_markdown_cell("a **short** one")])


def test_no_cell_of_the_course_is_cut() -> None:
    """The caps are far above what authors write."""
    over = []
    for path in sorted((tiny_course.ROOT / "source").glob("*/*.ipynb")):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
        over += [path.stem for text in texts if caps.is_too_much(text)]
        assert sum(map(caps.cost_of, texts)) < caps.PAGE_COST / 2
    assert over == []


# ------------------------------------------------------------------------------------ the deadline
def judged(folder: Path, notebook: dict) -> str:
    path = folder / "judged.ipynb"
    path.write_text(json.dumps(notebook), "utf-8")
    return str(path)


@pytest.fixture
def process() -> Iterator[PageProcess]:
    made = PageProcess()
    yield made
    made.close()


def test_a_process_draws_page_after_page(process: PageProcess, tmp_path: Path) -> None:
    """It stays alive, writes a target whole, and sends a page back where there is none."""
    notebook = judged(tmp_path, notebook_of(["*hello*"]))
    first = process.draw(PageTask(notebook, MARKS))
    assert first.html is not None and "<em>hello</em>" in first.html
    pid = process.pid
    target = tmp_path / "s1" / "nb.html"
    second = process.draw(PageTask(notebook, MARKS, ("A note.",), str(target)))
    assert (second.error, second.html, process.pid) == (None, None, pid)
    assert "A note." in target.read_text("utf-8")


def test_a_page_that_takes_too_long_is_shown_plain(tmp_path: Path) -> None:
    """The process is ended; another one draws the page with its texts as they were typed."""
    text = "".join(f"*a{i}* `b` $x_{{{i}}}$ " for i in range(250))
    heavy = judged(tmp_path, notebook_of([f"{i} {text}" for i in range(120)]))
    process = PageProcess(seconds=0.1)  # a fifth of what the page takes, seven of its plain forms
    try:
        done = process.draw(PageTask(heavy, MARKS))
    finally:
        process.close()
    assert done.plain
    assert done.html is not None and "takes too long to draw" in done.html
    assert "<math" not in done.html


def test_a_process_that_is_stopped_is_not_waited_for_for_ever(
    process: PageProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It uses no processor time, so the clock ends it, and another one draws the page."""
    task = PageTask(judged(tmp_path, notebook_of(["*hello*"])), MARKS)
    assert process.draw(task).error is None
    os.kill(process.pid, signal.SIGSTOP)
    monkeypatch.setattr(page_process, "PATIENCE", 0.1)
    assert process._ask(task) is None
    monkeypatch.undo()
    assert process.draw(task).error is None


def test_a_notebook_that_cannot_be_drawn_is_told(process: PageProcess, tmp_path: Path) -> None:
    """No page, one sentence, and the next one is drawn."""
    broken = process.draw(PageTask(judged(tmp_path, {"cells": [{}]}), MARKS))
    assert broken.error is not None
    good = process.draw(PageTask(judged(tmp_path, notebook_of(["a"])), MARKS))
    assert good.error is None
