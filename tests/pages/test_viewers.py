"""Feedback, report and formgrader: honest content is seen, hostile content does nothing."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import hostile
import nbformat
import pytest
import tiny_course
from browsing import JupyterServer, chromium, jupyter_lab, picture_on_failure, watch
from hostile import active
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from tiny_course import GOOD, WEEK, solve, submit

from autograder.course_folder import Course, open_course
from autograder.pages.feedback import write_feedback
from autograder.pages.formulas import formula
from autograder.pages.inert_markdown import defused
from autograder.pages.report import read_report, write_report
from autograder.pages.safe_html import safe_markdown, safe_output
from autograder.run.grade import Options, grade
from autograder.templates import nbgrader_templates
from autograder.week import open_week

WRONG = "def row_sums(x):\n    return x.sum(0)"
MISTAKE = """# %% exercise=row_sums name=sums-the-columns
# en: You have one sum a column: which axis holds the entries of a row?
# ko: 열마다 합을 구했습니다. 한 행의 원소는 어느 축에 있을까요?
def row_sums(x):
    return x.sum(0)
"""
ESSAY = """The mean of **two** numbers, in `code`, is $\\frac{a+b}{2}$.

* 한글로 쓴 답
* see [the paper](https://arxiv.org/abs/1301.3781)

| word | count |
|------|-------|
| whale | 1226 |
"""


# ------------------------------------------------------------------------------------ quick ones
@pytest.mark.parametrize("name", hostile.MARKDOWN)
def test_sanitised_markdown_holds_nothing_active(name: str) -> None:
    """No tag, attribute or address that acts or loads is left, whatever the attack."""
    html = safe_markdown(hostile.MARKDOWN[name])
    assert active(html) == []


@pytest.mark.parametrize("name", hostile.MARKDOWN)
def test_defused_markdown_is_safe_in_a_viewer_that_sanitises_nothing(name: str) -> None:
    """nbconvert's own markdown filter makes nothing active of what is recorded."""
    from nbconvert.filters.markdown_mistune import markdown2html_mistune

    assert active(markdown2html_mistune(defused(hostile.MARKDOWN[name]))) == []


def test_plain_formatting_survives() -> None:
    """What a written answer needs is kept: emphasis, lists, tables, code, links, formulas."""
    for html in (safe_markdown(ESSAY), safe_markdown(defused(ESSAY))):
        assert "<strong>two</strong>" in html
        assert "<code>code</code>" in html
        assert "<li>한글로 쓴 답</li>" in html
        assert '<a href="https://arxiv.org/abs/1301.3781">the paper</a>' in html
        assert "<td>1226</td>" in html
        assert "<mfrac>" in html


def test_defusing_does_not_touch_honest_text() -> None:
    """Comparisons, formulas, code and bare tags stay letter for letter."""
    for text in (
        ESSAY,
        "a < b and b<3",
        "x[0] (see below)",
        "<b>bold</b><br>",
        "`if a <3: x[i](y)`",
    ):
        shown = defused(text).replace("\u2060", "")
        assert shown == text
    assert defused(ESSAY) == ESSAY
    assert defused("a < b and b<3 <b>bold</b><br>") == "a < b and b<3 <b>bold</b><br>"


def test_outputs_keep_the_verdict_and_lose_what_acts() -> None:
    """The panel's table and colours stay; scripts, addresses and positions go."""
    kept = (
        '<table style="margin:4px 0"><tbody><tr><td style="color:#b35806">wrong</td></tr></tbody>'
    )
    assert "color:#b35806" in safe_output(kept + "</table>")
    for attack in hostile.MARKDOWN.values():
        assert active(safe_output(attack)) == []


@pytest.mark.parametrize(
    ("tex", "parts"),
    [
        (r"\frac{1}{2}", ["mfrac", "mn>1", "mn>2"]),
        (r"W_{in}^\top h", ["msubsup", "mi>W"]),
        (r"\sum_{i=1}^n x_i", ["∑", "msub"]),
        (r"\mathbb{E}[x]", ["𝔼"]),
        (r"\text{softmax}(z)", ["mtext>softmax"]),
        (r"\sqrt{d_k}", ["msqrt", "msub"]),
        (r"a < b", ["&lt;"]),
        (r"\begin{pmatrix}a & b \\ c & d\end{pmatrix}", ["mtable", "mtr", "mtd"]),
    ],
)
def test_formulas_become_mathml(tex: str, parts: list[str]) -> None:
    """TeX of the notebooks is drawn by the browser alone."""
    made = formula(tex)
    assert made.startswith("<math")
    assert all(part in made for part in parts)


@pytest.mark.parametrize(
    "tex", ["{" * 500, r"\frac" * 300, r"\left(" * 100, "x_" * 900, "x" * 3000]
)
def test_a_formula_that_cannot_be_read_is_shown_as_tex(tex: str) -> None:
    """Nothing is guessed, and deep nesting ends at once."""
    assert formula(tex).startswith('<code class="tex">')


@pytest.mark.parametrize(
    "tex",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\text{<script>alert(1)</script>}",
        r"\text{&lt;img src=x onerror=alert(1)&gt;}",
        r"\class{a}{x}",
        r"\style{background:url(//a.test)}{x}",
    ],
)
def test_a_formula_carries_nothing_in(tex: str) -> None:
    """Of what latex2mathml passes through, only drawing survives."""
    assert active(formula(tex)) == []
    assert not re.search(r"<(script|img)|href=|class=\"a|style=", formula(tex))


def test_every_formula_of_the_course_is_drawn() -> None:
    """No notebook in source/ uses TeX that the pages would show as TeX."""
    unread = []
    for path in sorted((tiny_course.ROOT / "source").glob("*/*.ipynb")):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                html = safe_markdown("".join(cell["source"]))
                unread += [(path.stem, cell["id"])] if '<code class="tex">' in html else []
    assert unread == []


# ---------------------------------------------------------------------------------- a graded class
@pytest.fixture(scope="module")
def course(released_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """An honest student with a named mistake, a hostile one, and one who waits to be graded."""
    root = Path(shutil.copytree(released_template, tmp_path_factory.mktemp("view") / "course"))
    opened = open_course(root)
    _know_the_mistake(opened, tmp_path_factory.mktemp("mistakes"))
    honest = solve(root, {**GOOD, "row_sums": WRONG})
    honest.cells.insert(2, new_markdown_cell(ESSAY, id="essay"))
    submit(root, "honest", honest)
    folder = submit(root, "hostile", hostile.submission(root))
    for name, content in hostile.FILES.items():
        (folder / name).write_bytes(content)
    grade(open_week(opened, WEEK), Options(workers=1))
    write_feedback(open_week(opened, WEEK))
    write_report(opened, read_report(open_week(opened, WEEK)))
    submit(root, "review", b"not a notebook")
    grade(open_week(opened, WEEK), Options(students=("review",), workers=1))
    submit(root, "waits", solve(root, {**GOOD, "row_sums": WRONG}))
    return opened


def _know_the_mistake(course: Course, folder: Path) -> None:
    """Put a reference that knows the mistake where the engine looks for the one that does not."""
    from autograder import week as weeks
    from autograder.reference.build import load_references, reference_key

    (folder / f"{WEEK}.py").write_text(MISTAKE, "utf-8")
    seed, opened = course.seed, open_week(course, WEEK)
    plain = reference_key(opened, opened.notebooks[0], seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weeks, "MISTAKES", folder)
        opened = open_week(course, WEEK)
        known = reference_key(opened, opened.notebooks[0], seed)
        load_references(opened, say=lambda _: None)
    stored = course.state / "reference"
    (stored / f"{WEEK}-{known[:16]}.json").replace(stored / f"{WEEK}-{plain[:16]}.json")


@pytest.fixture(scope="module")
def browser():
    with chromium() as opened:
        yield opened


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    yield context.new_page()
    context.close()


def feedback_of(course: Course, student: str) -> Path:
    return course.folder("feedback", WEEK, student) / f"{WEEK}.html"


def is_plain(link: str, address: str) -> bool:
    """Whether a link leads to a web or mail address, or to a place on the same page."""
    return link.startswith(("http://", "https://", "mailto:", f"{address}#"))


def links(page) -> list[str]:
    return page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")


@pytest.mark.sandbox
def test_feedback_holds_no_script_and_names_no_server(course: Course) -> None:
    """The page is one file: a strict policy, no script element, no address to load from."""
    for student in ("honest", "hostile"):
        html = feedback_of(course, student).read_text("utf-8")
        assert "default-src 'none'" in html
        assert active(html.split("<body>")[1]) == []
        assert "probe_rng" not in html


# ------------------------------------------------------------------------------------ in a browser
@pytest.mark.browser
def test_the_attacks_are_real(page, tmp_path: Path) -> None:
    """Where nothing is sanitised, most of them run: silence elsewhere means something."""
    from nbconvert.filters.markdown_mistune import markdown2html_mistune

    ran, watched, file = set(), watch(page), tmp_path / "page.html"
    for name, text in hostile.MARKDOWN.items():
        if name in ("away", "refresh", "pasted picture"):  # they leave the page, or do not render
            continue
        file.write_text(f"<meta charset=utf-8>{markdown2html_mistune(text)}", "utf-8")
        page.goto(file.as_uri())
        page.wait_for_timeout(30)
        page.evaluate("document.querySelectorAll('a[href^=javascript]').forEach(a => a.click())")
        page.wait_for_timeout(10)
        ran.update(watched.ran())
    assert {"script", "image", "svg", "details", "frame", "link", "hidden_link", "diagram"} <= ran
    assert len(ran) > 15, sorted(ran)


@pytest.mark.browser
@pytest.mark.sandbox
def test_honest_feedback_is_readable(course: Course, page) -> None:
    """Points, the named mistake in two languages, formulas; nothing asked of any server."""
    watched = watch(page)
    address = feedback_of(course, "honest").as_uri()
    page.goto(address)
    with picture_on_failure(page, "feedback"):
        summary = page.inner_text("table.summary")
        assert "3 / 3" in summary
        assert "0 / 3" in summary
        assert "sums the columns" in summary
        assert "어느 축에" in summary
        assert page.inner_text(".score").split() == ["3", "of", "6", "points"]
        assert page.locator("math mfrac").count() == 1
        assert page.locator("#check_row_sums .w2c-panel").is_visible()
        assert watched.elsewhere(address) == []
        assert watched.console == []
        assert watched.errors == []


@pytest.mark.browser
@pytest.mark.sandbox
def test_feedback_fits_a_phone(course: Course, browser) -> None:
    """At 360 pixels nothing sticks out sideways."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, is_mobile=True)
    page = context.new_page()
    for student in ("honest", "hostile"):
        page.goto(feedback_of(course, student).as_uri())
        with picture_on_failure(page, "feedback-phone"):
            assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()


@pytest.mark.browser
@pytest.mark.sandbox
def test_hostile_feedback_runs_nothing(course: Course, page) -> None:
    """Markdown, raw text, code, outputs, messages and file names of an attacker do not act."""
    watched = watch(page)
    address = feedback_of(course, "hostile").as_uri()
    page.goto(address)
    page.wait_for_timeout(300)
    with picture_on_failure(page, "feedback-hostile"):
        assert watched.ran() == []
        assert watched.elsewhere(address) == []
        assert watched.console == [], "the policy had to step in: something got past the filters"
        assert page.url.split("?")[0] == address
        assert [link for link in links(page) if not is_plain(link, address)] == []
        assert "onerror" in page.inner_text("main"), "the attack is shown as text"
        assert "3 / 3" in page.inner_text("table.summary")


@pytest.mark.browser
@pytest.mark.sandbox
def test_the_report_shows_the_class_and_runs_nothing(course: Course, page) -> None:
    """Scores, the counted mistake and its hint; what an attacker's code said is text."""
    watched = watch(page)
    address = (course.root / "reports" / f"{WEEK}.html").as_uri()
    page.goto(address)
    with picture_on_failure(page, "report"):
        text = page.inner_text("body")
        assert "sums the columns" in text
        assert "hostile" in text
        assert watched.ran() == []
        assert watched.elsewhere(address) == []
        assert watched.console == []


@pytest.mark.browser
@pytest.mark.sandbox
def test_the_recorded_notebook_is_safe_without_our_configuration(
    course: Course, page, tmp_path: Path
) -> None:
    """Stock nbgrader templates, no sanitising, no policy: what is recorded still runs nothing."""
    exporter = HTMLExporter(
        template_name="formgrade", extra_template_basedirs=[str(nbgrader_templates())]
    )
    recorded = course.folder("autograded", WEEK, "hostile") / f"{WEEK}.ipynb"
    html, _ = exporter.from_filename(str(recorded), resources=_formgrader_resources())
    file = tmp_path / "stock.html"
    file.write_text(_without_servers(html), "utf-8")
    watched = watch(page)
    page.goto(file.as_uri())
    page.wait_for_timeout(300)
    assert watched.ran() == []
    assert page.url == file.as_uri()
    assert not any(link.startswith(("javascript", "data")) for link in links(page))


@pytest.mark.browser
def test_the_formgraders_policy_holds_by_itself(page, tmp_path: Path) -> None:
    """With the filters switched off, our formgrader template's policy stops every script."""
    config = open_course(tiny_course.ROOT).config
    config.HTMLExporter.filters = {}
    config.HTMLExporter.sanitize_html = False
    attacks = [text for name, text in hostile.MARKDOWN.items() if name not in ("away", "base")]
    notebook = new_notebook(cells=[new_markdown_cell(text) for text in attacks])
    for cell in notebook.cells:
        cell.source = cell.source.replace("attachment:", "file-")
    html, _ = HTMLExporter(config=config).from_notebook_node(
        notebook, resources=_formgrader_resources()
    )
    file = tmp_path / "policy.html"
    file.write_text(html, "utf-8")
    watched = watch(page)
    page.goto(file.as_uri())
    page.wait_for_timeout(300)
    assert watched.ran() == []
    assert any("Content Security Policy" in message for message in watched.console)


def _formgrader_resources() -> dict:
    return {
        "assignment_id": WEEK, "notebook_id": WEEK, "submission_id": "1", "index": 0, "total": 1,
        "base_url": "", "student": "hostile", "last_name": None, "first_name": None,
        "notebook_path": "a.ipynb",
    }  # fmt: skip


def _without_servers(html: str) -> str:
    """The page without MathJax, which nbgrader's own template fetches from the web."""
    return re.sub(r'<script src="https://[^>]*>', "<script>", html)


# ---------------------------------------------------------------------------------- the formgrader
@pytest.fixture(scope="module")
def server(course: Course, tmp_path_factory: pytest.TempPathFactory):
    with jupyter_lab(course.root, tmp_path_factory.mktemp("jupyter")) as running:
        yield running


@pytest.fixture
def grader(server: JupyterServer, page):
    """A page that is signed in with the token, as after opening JupyterLab."""
    page.goto(server.address("/api/status"))
    return page


def submission_page(course: Course, student: str) -> str:
    with Gradebook(course.db_url) as gradebook:
        found = gradebook.find_submission_notebook(WEEK, WEEK, student)
        return f"/formgrader/submissions/{found.id}/"


@pytest.mark.browser
@pytest.mark.sandbox
@pytest.mark.slow
def test_the_formgrader_opens_with_the_token(course: Course, server: JupyterServer, grader) -> None:
    """/formgrader shows the week and how many have handed in."""
    page = grader
    page.goto(f"{server.url}/formgrader")
    with picture_on_failure(page, "formgrader"):
        page.wait_for_selector(f"text={WEEK}")
        assert page.url.startswith(f"{server.url}/formgrader/manage_assignments")


@pytest.mark.browser
@pytest.mark.sandbox
@pytest.mark.slow
def test_a_hostile_submission_does_nothing_in_the_formgrader(
    course: Course, server: JupyterServer, grader
) -> None:
    """nbgrader's own scripts work on the page, and no other script does."""
    page, watched = grader, watch(grader)
    address = server.url + submission_page(course, "hostile")
    page.goto(address)
    with picture_on_failure(page, "formgrader-hostile"):
        score = page.locator("input.score#check_double")
        page.wait_for_selector("input.score#check_double[placeholder]")
        assert score.get_attribute("placeholder") == "3"
        assert page.locator("input.score#check_row_sums").get_attribute("placeholder") == "0"
        assert "0 of 3 points" in page.inner_text("#notebook")
        assert "onerror" in page.inner_text("#notebook"), "the attack is shown as text"
        assert watched.ran() == []
        assert watched.elsewhere(server.url) == []
        assert not [m for m in watched.console if "Security Policy" in m], watched.console
        assert watched.errors == []
        assert page.url.split("?")[0] == address
        own = page.eval_on_selector_all("#notebook a[href]", "all => all.map(a => a.href)")
        assert [link for link in own if server.url in link or not is_plain(link, address)] == []
        page.click(".glyphicon-eye-open")
        assert page.locator("a.name-shown", has_text="hostile").is_visible()


@pytest.mark.browser
@pytest.mark.sandbox
@pytest.mark.slow
def test_an_honest_submission_is_readable_in_the_formgrader(
    course: Course, server: JupyterServer, grader
) -> None:
    """Formatted text, formulas, Hangul and the named mistake; a score by hand is stored."""
    page = grader
    page.goto(server.url + submission_page(course, "honest"))
    with picture_on_failure(page, "formgrader-honest"):
        text = page.inner_text("#notebook")
        assert "sums the columns" in text
        assert "어느 축에" in text
        assert "한글로 쓴 답" in text
        assert page.locator("#notebook math mfrac").count() == 1
        assert page.locator("#notebook strong", has_text="two").count() == 1
        page.wait_for_selector("input.score#check_row_sums[placeholder]")
        with page.expect_response(lambda answer: "/api/grade/" in answer.url) as saved:
            page.fill("input.score#check_row_sums", "1")
            page.locator("input.score#check_row_sums").dispatch_event("change")
        assert saved.value.ok
        with Gradebook(course.db_url) as gradebook:
            grade = gradebook.find_grade("check_row_sums", WEEK, WEEK, "honest")
            assert grade.manual_score == 1.0


@pytest.mark.browser
@pytest.mark.sandbox
@pytest.mark.slow
def test_a_submission_in_review_opens_in_the_formgrader(
    course: Course, server: JupyterServer, grader
) -> None:
    """Its page says that there is no score and what to do; the list shows no number for it."""
    page = grader
    answer = page.goto(server.url + submission_page(course, "review"))
    with picture_on_failure(page, "formgrader-review"):
        assert answer.status == 404, "not an error of the server"
        assert "There is no score, and no zero" in page.inner_text("body")
        page.goto(f"{server.url}/formgrader/manage_submissions/{WEEK}")
        row = page.locator("tr", has=page.locator("td.student-id", has_text="review"))
        row.wait_for()
        assert row.locator("td.score").inner_text() == ""


@pytest.mark.browser
@pytest.mark.sandbox
@pytest.mark.slow
def test_autograde_button_runs_our_engine(course: Course, server: JupyterServer, grader) -> None:
    """Pressed in the real page, it shows the score that `autograder grade` reaches."""
    page = grader
    page.goto(f"{server.url}/formgrader/manage_submissions/{WEEK}")
    row = page.locator("tr", has=page.locator("td.student-id", has_text="waits"))
    with picture_on_failure(page, "formgrader-autograde"):
        row.locator("td.autograde a").click(timeout=60_000)
        page.wait_for_selector("#success-modal", timeout=180_000)
        row.locator("td.score", has_text="3 / 6").wait_for()
    run = grade(open_week(open_course(course.root), WEEK), Options(students=("waits",), workers=1))
    assert [entry.score for entry in run.entries if entry.student == "waits"] == [3.0]
    notebook = nbformat.read(
        course.folder("autograded", WEEK, "waits") / f"{WEEK}.ipynb", as_version=4
    )
    assert "sums the columns" in str(notebook)
