"""A student's JupyterLab in a real browser: the kernel, the notebook, its widgets, Validate."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import tiny_course
from browsing import JupyterServer, chromium, jupyter_lab, picture_on_failure, watch

from autograder.course_folder import open_course
from autograder.demo.sample_class import make_members
from autograder.edition.release import generate
from autograder.week import open_week

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WEEK01 = "week01_word2vec"
MINUTES = 60_000


CHAT = "week15_chatbot"  # its panel writes and draws no figure: test_chat_panel_lab has it
WEEKS = sorted(path.parent.name for path in (tiny_course.ROOT / "source").glob("week*/*.ipynb"))
WEEKS.remove(CHAT)


def widget_cells(week: str) -> list[str]:
    """The ids of the cells of a week that show a figure with controls."""
    path = tiny_course.ROOT / "source" / week / f"{week}.ipynb"
    return [
        cell["id"]
        for cell in json.loads(path.read_text("utf-8"))["cells"]
        if "widgets." in "".join(cell["source"])
        and any("image/png" in output.get("data", {}) for output in cell.get("outputs", []))
    ]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course folder: release/ as generated, and solved/ with the reference answers filled in."""
    root = tmp_path_factory.mktemp("lab") / "course"
    root.mkdir()
    shutil.copy(tiny_course.ROOT / "nbgrader_config.py", root)
    for week in WEEKS:
        shutil.copytree(tiny_course.ROOT / "source" / week, root / "source" / week)
    course = open_course(root)
    for week in course.weeks():
        generate(open_week(course, week))
        perfect = make_members(open_week(course, week))[0]
        (root / "solved").mkdir(exist_ok=True)
        (root / "solved" / f"{week}.ipynb").write_bytes(perfect.content)
    return root


@pytest.fixture(scope="module")
def server(root: Path, tmp_path_factory: pytest.TempPathFactory):
    """JupyterLab, with the kernel registered by the students' own command."""
    prefix = tmp_path_factory.mktemp("prefix")
    command = [
        sys.executable,
        "-m",
        "course.student.cli",
        "kernels",
        "install",
        "--prefix",
        str(prefix),
    ]
    subprocess.run(command, check=True, capture_output=True)
    with jupyter_lab(root, tmp_path_factory.mktemp("home"), kernels=prefix) as running:
        yield running


@pytest.fixture(scope="module")
def browser():
    with chromium() as opened:
        yield opened


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(MINUTES)
    yield page
    context.close()


def open_notebook(page, server: JupyterServer, path: str) -> None:
    """Open a notebook and wait until its kernel is idle."""
    page.goto(server.address(f"/lab/tree/{path}?reset"))
    page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell", timeout=2 * MINUTES)
    page.wait_for_function(
        """async () => {
            const session = window.jupyterapp?.shell.currentWidget?.sessionContext;
            await session?.ready;
            return session?.session?.kernel?.status === 'idle';
        }""",
        timeout=2 * MINUTES,
    )


def run(page, command: str, timeout: int = 5 * MINUTES) -> None:
    """Run one of JupyterLab's commands to its end."""
    page.set_default_timeout(timeout)
    page.evaluate("async name => { await window.jupyterapp.commands.execute(name); }", command)
    page.set_default_timeout(MINUTES)


def run_up_to(page, cell_id: str) -> object:
    """Run every cell down to the one with this id; returns that cell."""
    index = page.evaluate(
        """id => {
            const notebook = window.jupyterapp.shell.currentWidget.content;
            const found = notebook.widgets.findIndex(cell => cell.model.id === id);
            notebook.activeCellIndex = found;
            return found;
        }""",
        cell_id,
    )
    assert index > 0, f"no cell has the id {cell_id}"
    run(page, "notebook:run-all-above")
    run(page, "notebook:run-cell")
    return page.locator(".jp-NotebookPanel .jp-Notebook .jp-Cell").nth(index)


def errors(page) -> list[str]:
    """Errors that the notebook's cells show."""
    shown = page.locator('[data-mime-type="application/vnd.jupyter.error"]')
    return shown.all_inner_texts()


def move(page, cell) -> None:
    """Move the first control of a widget by one step.

    A slider by the keyboard; a list by choosing, as JupyterLab takes the arrow keys of a list for
    a step to the next cell.
    """
    buttons = cell.locator(".widget-toggle-buttons button:not(.mod-active)")
    if buttons.count():
        buttons.first.click()
        return
    if cell.locator(".noUi-handle").count():
        cell.locator(".noUi-handle").first.focus()
        page.keyboard.press("ArrowRight")
        return
    cell.locator("select").first.select_option(index=1)


def test_the_released_notebook_opens_with_our_kernel_and_explains_itself(
    server: JupyterServer, page
) -> None:
    """Week 01 as students get it: our kernel, and a friendly message where nothing is written."""
    open_notebook(page, server, f"release/{WEEK01}/{WEEK01}.ipynb")
    with picture_on_failure(page, "lab-release"):
        assert "word2chat (CPU)" in page.inner_text(".jp-NotebookPanel-toolbar")
        run(page, "notebook:run-all-cells")
        text = page.inner_text(".jp-NotebookPanel .jp-Notebook")
        assert "Not written yet: replace this line with your code" in text


def test_validate_answers_on_the_released_notebook(server: JupyterServer, page) -> None:
    """nbgrader's button runs the checks on the server and says which cells fail."""
    open_notebook(page, server, f"release/{WEEK01}/{WEEK01}.ipynb")
    with picture_on_failure(page, "lab-validate"):
        page.locator(".jp-NotebookPanel-toolbar").get_by_text("Validate").click()
        dialog = page.locator(".jp-Dialog, .nbgrader-ErrorDialog").first
        dialog.wait_for(timeout=8 * MINUTES)
        page.wait_for_function(
            "document.querySelector('.jp-Dialog')?.innerText.includes('Not written yet')",
            timeout=8 * MINUTES,
        )


def test_a_solved_week_runs_to_its_end(server: JupyterServer, page) -> None:
    """Week 01 with the reference answers: every cell runs, no error, every widget draws."""
    open_notebook(page, server, f"solved/{WEEK01}.ipynb")
    watched = watch(page)
    with picture_on_failure(page, "lab-solved"):
        run(page, "notebook:run-all-cells", timeout=9 * MINUTES)
        assert errors(page) == []
        drawn = page.eval_on_selector_all(
            "img.widget-image", "all => all.map(image => image.complete && image.naturalWidth)"
        )
        assert len(drawn) == len(widget_cells(WEEK01))
        assert all(width > 200 for width in drawn)
        assert watched.elsewhere(server.url, server.url.replace("http", "ws")) == []


@pytest.mark.parametrize("week", WEEKS)
def test_a_slider_moves_and_its_figure_changes(week: str, server: JupyterServer, page) -> None:
    """The widget is alive in the browser: its control, moved by a step, redraws the picture."""
    cells = widget_cells(week)
    assert cells, f"{week} shows no figure with controls"
    open_notebook(page, server, f"solved/{week}.ipynb")
    with picture_on_failure(page, f"lab-{week}"):
        cell = run_up_to(page, cells[0])
        picture = cell.locator("img.widget-image").first
        picture.wait_for()
        before, address = picture.screenshot(), picture.get_attribute("src")
        move(page, cell)
        page.wait_for_function(
            "([image, old]) => image.src !== old && image.complete && image.naturalWidth > 100",
            arg=[picture.element_handle(), address],
        )
        assert picture.screenshot() != before


def test_the_kernel_is_the_one_that_was_registered(server: JupyterServer, page) -> None:
    """Both notebooks name `word2chat`, and the server starts this Python for it."""
    answer = page.request.get(server.address("/api/kernelspecs"))
    spec = json.loads(answer.text())["kernelspecs"]["word2chat"]["spec"]
    assert spec["argv"][0] == sys.executable
    assert spec["env"]["WORD2CHAT_DEVICE"] == "cpu"
