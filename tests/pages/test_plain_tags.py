"""HTML that passes without a parser is harmless; whatever is not plain goes to the parser."""

from __future__ import annotations

import pytest
from test_viewers import active

from autograder.model import CheckVerdict, MistakeReference, ProbeVerdict, Verdict
from autograder.pages.plain_tags import is_plain
from autograder.pages.safe_html import safe_markdown, safe_output
from autograder.pages.verdict_table import verdict_panel

NOT_PLAIN = [
    "<script>a</script>", "<img src=x>", '<p onclick="a">b</p>', "<P>a</P>", "<p>a", "a</p>",
    "<b><i>a</b></i>", '<a href="javascript:a">b</a>', '<a href="java&#115;cript:a">b</a>',
    '<a href="&#106;avascript&colon;a">b</a>', '<a href="//a.test">b</a>', '<a href="a.html">b</a>',
    '<p style="background:url(a)">b</p>', '<p style="position:fixed">b</p>',
    "<p style='color:red'>b</p>",
    '<p style="color:expression(a)">b</p>', '<p style="color:red;;x">b</p>',
    '<p class="container">b</p>',
    "<!-- a -->", "<svg></svg>", "<math></math>", "</section>", "a < b", "a & b", "&unknown;",
    "<p/onclick=a>b</p>", '<p id="top">b</p>', "<p \x00>b</p>", '<p class="k"onclick="a">b</p>',
    '<p title="a">b</p>', "<style>a</style>", '<form action="a">b</form>', "<b>" * 60 + "</b>" * 60,
]  # fmt: skip
PLAIN = [
    "a", "a &lt; b &amp; c", "<p>a <b>b</b><br>c</p>", '<a href="https://a.test/b?c=d&amp;e=f">g</a>',
    '<td style="padding:3px 14px 3px 0;border:0;color:#b35806">a</td>', '<span lang="ko">가</span>',
    '<div class="w2c-panel">a</div>', '<span class="k">def</span>', "<hr>", "<hr />",
]  # fmt: skip


@pytest.mark.parametrize("html", NOT_PLAIN)
def test_what_could_act_is_not_plain(html: str) -> None:
    """Odd tags, attributes, addresses, styles, nesting and characters are left to the parser."""
    assert not is_plain(html, styled=True)
    assert active(safe_output(html)) == []


@pytest.mark.parametrize("html", PLAIN)
def test_what_pages_hold_is_plain(html: str) -> None:
    """Text, links to the web, the styles of a verdict."""
    assert is_plain(html, styled=True)
    assert safe_output(html) == html


def test_styles_are_for_outputs_alone() -> None:
    """A student's text may not choose colours or languages."""
    assert not is_plain('<p style="color:red">a</p>', styled=False)


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_is_plain(verdict: Verdict) -> None:
    """What the judge writes needs no parser, whatever a student's texts hold."""
    tag = "<img src=x onerror=alert(1)> & 'x' \"y\" < 3"
    probe = ProbeVerdict(tag, verdict, 0.0, 3.0, tag)
    mistake = MistakeReference(tag, tag, tag, ({"kind": "none"},))
    check = CheckVerdict(f"check_{tag}", verdict, 0.0, 3.0, (probe,), mistake, tag)
    panel = verdict_panel(check, tag)
    assert is_plain(panel, styled=True)
    assert active(panel) == []


def test_no_student_puts_a_formula_into_an_attribute() -> None:
    """The place of a formula cannot be written by hand, not even in entities."""
    html = safe_markdown(
        '<abbr title="&#xe000;0&#xe001; formula0; formulan0;">t</abbr> $x$ and \ue0000\ue001'
    )
    assert html.count("<math") == 1
    assert active(html) == []
