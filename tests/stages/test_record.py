"""Stage 5: what an instructor's browser is served from autograded/ is never run by it."""

from __future__ import annotations

import mimetypes

import pytest
from tiny_course import WEEK

from autograder.course_folder import Course
from autograder.gradebook import open_gradebook
from autograder.model import GradedSubmission
from autograder.stages.record import INERT, is_inert, record

RUN = (
    "a.html", "a.HTM", "a.xhtml", "a.xhtm", "a.xht", "a.shtml", "a.mhtml", "a.svg", "a.svgz",
    "a.xml", "a.xsl", "a.rdf", "a.wsdl", "a.xpdl", "a.rss", "a.atom", "a.js", "a.mjs", "a.wasm",
    "a.swf", "a.hta", "a.pdf", "a.vcf", "a.webmanifest", "a.appcache", "a.ipynb", "a", "a.html.gz",
    "a.csv.html", "a.txt ", "a.", ".htaccess",
)  # fmt: skip


@pytest.mark.parametrize("ending", INERT)
def test_what_is_served_as_it_is_has_an_inert_type(ending: str) -> None:
    """By the table of types that Python's servers use: text, tables, pictures, or to be saved."""
    kind = mimetypes.guess_type(f"a{ending}", strict=False)[0] or "application/octet-stream"
    active = ("html", "xml", "javascript", "ecmascript", "svg", "wasm", "flash", "pdf")
    assert not any(word in kind for word in active)


@pytest.mark.parametrize("name", RUN)
def test_everything_else_is_stored_as_text(name: str) -> None:
    """A list of what is harmful is never complete; whatever is not known gets `.txt`."""
    assert not is_inert(name)


def test_attachments_keep_inert_names_and_lose_the_others(course: Course) -> None:
    """The table stays as it was handed in, the page is text, and two never share a name."""
    files = (("a.csv", b"1"), ("d/a.xhtm", b"<script>"), ("a.html", b"p"), ("a.html.txt", b"q"))
    with open_gradebook(course) as gradebook:
        record(course, gradebook, [GradedSubmission(WEEK, "s1", attachments=files)])
    folder = course.folder("autograded", WEEK, "s1")
    stored = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")}
    assert stored == {"a.csv": b"1", "d/a.xhtm.txt": b"<script>", "a.html.txt": b"p"}
