"""The site: whole, without solutions, usable on any screen, from a file, without a network."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import chromium, watch

from autograder.course_folder import open_course
from autograder.edition.publish import secret_lines
from autograder.edition.site import BuiltSite, build_site, with_outputs
from autograder.errors import UserError

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("index.html", "weeks/week01_word2vec.html", "guide/glossary.html", "api.html",
         "guide/setup.ko.html", "guide/speed.html")  # fmt: skip
WIDTHS = (390, 1280)
CONTRAST = (ROOT / "tests" / "support" / "contrast.js").read_text("utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> BuiltSite:
    """The site of this repository, built once."""
    return build_site(open_course(ROOT), tmp_path_factory.mktemp("site") / "site")


@pytest.fixture(scope="module")
def browser() -> Iterator:
    with chromium() as made:
        yield made


def cell(kind: str, name: str, outputs: list | None = None, tags: tuple[str, ...] = ()) -> dict:
    made = {"cell_type": kind, "id": name, "metadata": {"tags": list(tags)}, "source": name}
    return made if outputs is None else {**made, "outputs": outputs}


def test_only_playgrounds_show_outputs_and_only_still_ones() -> None:
    """A widget becomes its picture; what checks and solutions displayed is left out."""
    widget = {"application/vnd.jupyter.widget-view+json": {}, "image/png": "AA", "text/plain": "W"}
    text = {"output_type": "stream", "name": "stdout", "text": "hello"}
    shown = [{"output_type": "display_data", "data": widget, "metadata": {}}, text]
    probe = [{"output_type": "display_data", "data": {"text/plain": "42"}, "metadata": {}}]
    source = {"cells": [cell("code", "play", shown, ("nbval-skip",)), cell("code", "check", probe)]}
    release = {"cells": [cell("code", "play", []), cell("code", "check", [])]}
    play, check = with_outputs(release, source)["cells"]
    assert [output.get("data") for output in play["outputs"]] == [{"image/png": "AA"}, None]
    assert check["outputs"] == []


def test_links_to_the_guide_stay_in_the_site() -> None:
    """A notebook's link two folders up would lead out of the site."""
    made = with_outputs(
        {"cells": [cell("markdown", "[g](../../course/guide/a.md#b)")]}, {"cells": []}
    )
    assert made["cells"][0]["source"] == "[g](../guide/a.md#b)"


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    """Sphinx would write between somebody's files."""
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UserError, match="something else"):
        build_site(open_course(ROOT), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.slow
def test_every_week_and_page_is_there(site: BuiltSite) -> None:
    """No warning from Sphinx, each released week with its pictures and its download."""
    assert site.warnings == ()
    released = sorted(path.stem for path in (ROOT / "release").glob("*/*.ipynb"))
    assert list(site.weeks) == released
    for week in released:
        page = (site.folder / "weeks" / f"{week}.html").read_text("utf-8")
        assert page.count("<img") >= 5
        download = next((site.folder / "_downloads").glob(f"*/{week}.ipynb"))
        shipped = ROOT / "release" / week / f"{week}.ipynb"
        assert json.loads(download.read_text("utf-8")) == json.loads(shipped.read_text("utf-8"))
    guide = {path.stem for path in (ROOT / "course" / "guide").glob("*.md")}
    assert guide <= {path.stem for path in (site.folder / "guide").glob("*.html")}


@pytest.mark.slow
def test_no_page_holds_a_solution(site: BuiltSite) -> None:
    """No line of a solution, hidden check, mark scheme or hint of the instructor's."""
    secret = secret_lines(open_course(ROOT))
    for path in site.folder.rglob("*.html"):
        text = html.unescape(re.sub(r"<[^>]+>", "", path.read_text("utf-8")))
        assert not {line.strip() for line in text.splitlines()} & secret, path.name


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_clean_on_every_screen(site, browser, width: int, scheme: str) -> None:
    """From a file: no request elsewhere, no error, no sideways scroll, contrast AA."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    for name in PAGES:
        page = context.new_page()
        seen = watch(page)
        page.goto((site.folder / name).as_uri())
        page.wait_for_load_state("load")
        assert seen.elsewhere("file:") == [], name
        assert [line for line in seen.console if line.startswith("error")] + seen.errors == [], name
        too_wide = "document.scrollingElement.scrollWidth - window.innerWidth"
        assert page.evaluate(too_wide) <= 0, name
        assert page.evaluate(f"({CONTRAST})()") == [], name
        page.close()
    context.close()


@pytest.mark.slow
@pytest.mark.browser
def test_search_and_keyboard_work(site, browser) -> None:
    """A word leads to its week by keyboard alone."""
    page = browser.new_page()
    page.goto((site.folder / "index.html").as_uri())
    page.keyboard.press("Control+k")
    page.keyboard.type("negative sampling")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results li a")
    assert any("week01" in (link.get_attribute("href") or "")
               for link in page.query_selector_all("#search-results li a"))  # fmt: skip
    page.close()
