"""What the viewers of a hostile submission are given holds nothing that runs."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from autograder.pages.feedback import write_feedback
from autograder.pages.report import read_report, write_report
from autograder.run.grade import Options, grade
from autograder.week import open_week

from . import viewers
from .arena import WEEK, arena

pytestmark = [pytest.mark.redteam, pytest.mark.sandbox]


class Active(HTMLParser):
    """Collects whatever on a page a browser would run or load."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "object", "embed", "form", "base", "link", "svg"):
            self.found.append(tag)
        for name, value in attrs:
            scheme = re.sub(r"[\\s\\0]", "", value or "").lower()
            bad_link = name in ("href", "src") and scheme.startswith(("javascript", "data:text"))
            if name.startswith("on") or bad_link:
                self.found.append(f"{tag} {name}={value}")


@pytest.fixture(scope="module")
def pages(template_for, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Feedback pages by student, and the instructor's report."""
    with arena(template_for("word2chat-warm"), tmp_path_factory.mktemp("viewers")) as made:
        made.submit(viewers.ATTACKS)
        grade(open_week(made.course, WEEK), Options(workers=2))
        write_feedback(open_week(made.course, WEEK), workers=2)
        report, _ = write_report(made.course, read_report(open_week(made.course, WEEK)))
        found = {"report": report.read_text("utf-8")}
        for attack in viewers.ATTACKS:
            folder: Path = made.course.folder("feedback", WEEK, attack.who)
            found[attack.name] = "".join(p.read_text("utf-8") for p in folder.glob("*.html"))
            files = made.course.folder("autograded", WEEK, attack.who).rglob("*")
            found[f"{attack.name} files"] = " ".join(file.name for file in files)
        return found


@pytest.mark.parametrize("name", [*[attack.name for attack in viewers.ATTACKS], "report"])
def test_a_page_runs_nothing(name: str, pages: dict[str, str]) -> None:
    """No script, no handler, no frame, no link that acts."""
    page = Active()
    page.feed(pages[name])
    assert pages[name]
    assert page.found == []


def test_no_attachment_opens_as_a_page(pages: dict[str, str]) -> None:
    """The formgrader serves what lies in autograded/: a browser must not run it."""
    names = pages["attachments_with_script files"]
    assert "evil.html.txt" in names
    assert "evil.html " not in f"{names} "
