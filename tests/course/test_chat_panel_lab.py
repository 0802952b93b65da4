"""The chat panel in a real JupyterLab, in a real browser: asked, watched, stopped, asked again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from browsing import chromium, jupyter_lab, picture_on_failure, watch
from test_jupyterlab import errors, open_notebook, run

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CELL = """
import time
from course.chat import Alternative, Bot, Passage, Token
from course.chat.grounding import ground, guardrail
from course.chat.panel import compare_panel

KENYA = Passage("Kenya", "Capital: Nairobi. <b>Area</b>: 580,367 sq km.")

def write(prompt, sampling):
    for text, p in (("It ", 0.99), ("is ", 0.6), ("Nairobi.", 0.03)):
        yield Token(text, p, (Alternative("<b>Lima</b>", 0.5),))
    while "forever" in prompt.rpartition("user")[2]:
        time.sleep(0.1)
        yield Token(" on and on", 0.5)

mine = Bot("mine", write, search=lambda query: [(KENYA, 9.0)], ground=ground, guard=guardrail)
compare_panel({"mine": mine, "hers": Bot("hers", write)})
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """A notebook with the panel, run."""
    folder = tmp_path_factory.mktemp("lab")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, folder / "chat.ipynb")
    with jupyter_lab(folder, tmp_path_factory.mktemp("home")) as server, chromium() as browser:
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        page.set_default_timeout(60_000)
        open_notebook(page, server, "chat.ipynb")
        run(page, "notebook:run-all-cells")
        yield page


def ask(page, question: str) -> None:
    page.fill(".jp-OutputArea input[type=text]", question)
    page.press(".jp-OutputArea input[type=text]", "Enter")


def test_the_panel_is_asked_and_stopped_in_a_notebook(page, tmp_path: Path) -> None:
    """Both bots answer with sources and probabilities; the stop button keeps what was written."""
    watched = watch(page)
    with picture_on_failure(page, "chat-panel"):
        ask(page, "What is the capital of Kenya?")
        page.wait_for_selector("text=✓ Guard")
        assert page.locator(".jp-OutputArea mark").all_inner_texts() == ["Nairobi"]
        token = page.locator(".jp-OutputArea span[title^='Probability 3.0%']")
        assert token.count() == 2 and "<b>Lima</b> 50.0%" in token.first.get_attribute("title")
        assert page.locator(".jp-OutputArea details b >> text=Area").count() == 0
        assert page.locator(".jp-OutputArea input[type=checkbox]").nth(2).is_disabled()
        ask(page, "forever")
        page.wait_for_selector("text=on and on on and on")
        page.click(".jp-OutputArea button:text('Stop')")
        page.wait_for_selector(".jp-OutputArea button[disabled]:text('Stop')")
        page.locator(".jp-OutputArea input[type=checkbox]").nth(0).uncheck()
        ask(page, "and now?")
        page.wait_for_selector("text=and now?")
        newest = page.locator(".jp-OutputArea p:text-is('and now?') + div")
        newest.locator("text=It is Nairobi.").nth(1).wait_for()
        assert "Sources" not in newest.inner_text() and "on and on" in page.content()
        assert errors(page) == [] and watched.errors == []
