"""Make the pictures of the guide from the real thing: what students see, what instructors see.

    python tests/house/make_screenshots.py         # runs `autograder demo` in a temporary folder
    python tests/house/make_screenshots.py DEMO    # uses the folder of a demonstration

They are written to course/guide/images/. Look at them before you commit them.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "tests" / "course")]

from browsing import chromium, jupyter_lab  # noqa: E402
from chat_page import chat_page  # noqa: E402
from test_jupyterlab import move, open_notebook, run_up_to  # noqa: E402
from written_course import PLACE, make_written_course  # noqa: E402

IMAGES = ROOT / "course" / "guide" / "images"
WEEK = "week01_word2vec"
WIDTH = 1200


def main(arguments: list[str]) -> None:
    """Draw all pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        demo = Path(arguments[0]).resolve() if arguments else run_demo(Path(folder) / "demo")
        with chromium() as browser:
            chat_picture(browser)
            feedback_picture(browser, demo)
            report_picture(browser, demo)
            with jupyter_lab(demo, Path(folder) / "home") as server:
                notebook_picture(browser, server)
                formgrader_picture(browser, server)
            reading_picture(browser, Path(folder))


def chat_picture(browser: object) -> None:
    """A question to the best bot that is here: SmolLM2 where it was fetched."""
    from course.chat.ready import default_bot

    with chat_page(default_bot()) as desk:
        page = browser.new_page(viewport={"width": 1000, "height": 860})
        page.goto(desk.url)
        page.wait_for_selector("#send:not([disabled])")
        page.fill("#question", "What is the national anthem of Kenya?")
        page.press("#question", "Enter")
        page.wait_for_selector("#stop[disabled]", timeout=120_000)
        page.evaluate("scrollTo(0, 0)")
        page.hover(".tokens .token >> nth=1")
        page.screenshot(path=IMAGES / "chat.png")
        page.close()


def run_demo(folder: Path) -> Path:
    """The sample class of week 01, graded, with feedback."""
    command = [sys.executable, "-m", "autograder.cli.app", "demo", "--folder", str(folder)]
    subprocess.run(command, check=True, cwd=ROOT)
    return folder


def feedback_picture(browser: object, demo: Path) -> None:
    """The top of the page of the student with a known mistake."""
    page = browser.new_page(viewport={"width": WIDTH, "height": 960})
    page.goto((demo / "feedback" / "s03-known-mistake" / WEEK / f"{WEEK}.html").as_uri())
    page.screenshot(path=IMAGES / "feedback.png")
    page.close()


def report_picture(browser: object, demo: Path) -> None:
    """The top of the instructor's report on the sample class."""
    page = browser.new_page(viewport={"width": WIDTH, "height": 760})
    page.goto((demo / "reports" / f"{WEEK}.html").as_uri())
    page.screenshot(path=IMAGES / "report.png")
    page.close()


def formgrader_picture(browser: object, server: object) -> None:
    """The formgrader's tab in JupyterLab, with the link to reading answers."""
    page = browser.new_page(viewport={"width": WIDTH, "height": 420})
    page.set_default_timeout(120_000)
    page.goto(server.address("/lab"))
    page.wait_for_function("window.jupyterapp && window.jupyterapp.restored")
    page.evaluate("window.jupyterapp.restored")
    page.evaluate("window.jupyterapp.commands.execute('nbgrader:open-formgrader').then(() => null)")
    frame = page.frame_locator("iframe[src*='formgrader']")
    frame.locator("text=Manual Grading").click()
    frame.locator("text=Read Answers").wait_for()
    page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")
    page.wait_for_timeout(2_000)
    page.screenshot(path=IMAGES / "formgrader.png")
    page.close()


ANSWERS = {
    "003010": "It is $a x + b y$ with $a, b > 0$ and $a + b = 1$, so it lies on the line between.",
    "003011": "가중치가 양수이고 합이 1이므로 평균은 두 수 사이에 있습니다.",
    "003012": "Because it is the middle.",
    "003013": "The weights are **positive**:\n\n* $\\min(x, y) \\le a x + b y$\n* below the max",
    "003014": "",
}


def reading_picture(browser: object, folder: Path) -> None:
    """Answers to a question of no week: this page is the students' too, and a rubric is not."""
    course = make_written_course(folder / "written", ANSWERS, {})
    page = browser.new_page(viewport={"width": WIDTH, "height": 640})
    page.set_default_timeout(120_000)
    with jupyter_lab(course.root, folder / "reader") as server:
        page.goto(server.address(f"/formgrader/reading/{PLACE}"))
        page.wait_for_selector("article.current")
        for key in ("0", "Enter", "0", "Enter", "1"):
            page.keyboard.press(key)
        page.wait_for_selector("#saved:text('all stored')")
        page.evaluate("scrollTo(0, 0)")
        page.screenshot(path=IMAGES / "reading.png")
    page.close()


def notebook_picture(browser: object, server: object) -> None:
    """Exercise 2 of week 01, solved: its check, the text after it and the widget, moved once."""
    page = browser.new_page(viewport={"width": WIDTH, "height": 860})
    page.set_default_timeout(120_000)
    open_notebook(page, server, f"submitted/s01-perfect/{WEEK}/{WEEK}.ipynb")
    page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")
    cell = run_up_to(page, "play-window")
    cell.locator("img.widget-image").wait_for()
    move(page, cell)
    page.evaluate("document.activeElement.blur()")
    cell.evaluate(
        "cell => { cell.scrollIntoView({block: 'end'});"
        " cell.closest('.jp-WindowedPanel-outer').scrollBy(0, 6); }"
    )
    page.wait_for_timeout(2_000)
    page.screenshot(path=IMAGES / "notebook.png")
    page.close()


if __name__ == "__main__":
    main(sys.argv[1:])
