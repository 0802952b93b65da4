"""The instructor's report: its figures, its remarks, and what it does with odd texts."""

from __future__ import annotations

import csv
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from browsing import chromium, picture_on_failure

from autograder.deadlines.settling import Lateness
from autograder.insight.items import Item
from autograder.insight.similar import Alike
from autograder.insight.trends import Section, Trend
from autograder.insight.unnamed import Group
from autograder.model import CheckVerdict, Entry, Judgement, MistakeReference, ProbeVerdict, Verdict
from autograder.pages.report import Report, _summary, _write_csv, checks_of, remarks_of, render_html
from autograder.pages.standing import Standing
from autograder.roster.store import ClassMember

MISTAKE = MistakeReference("axes-swapped", "Which axis?", "어느 축일까요?", ())
TAG = "<img src=x onerror=alert(1)>"


def check(name: str, points: float, verdict: Verdict, mistake: bool = False) -> CheckVerdict:
    probe = ProbeVerdict("all", verdict, points, 4.0, "")
    found = MISTAKE if mistake else None
    return CheckVerdict(f"check_{name}", verdict, points, 4.0, (probe,), found)


def entry(student: str, *checks: CheckVerdict, **more: object) -> Entry:
    judged = Judgement("week", checks)
    return Entry(student, "key", judged.points, judged.max_points, judgements=(judged,), **more)


def report(*entries: Entry) -> Report:
    found: dict[str, list[CheckVerdict]] = {}
    for one in entries:
        for verdict in checks_of(one).values():
            found.setdefault(verdict.grade_id, []).append(verdict)
    summaries = tuple(_summary(name, checks) for name, checks in found.items())
    return Report("week", entries, summaries, sum(summary.max_points for summary in summaries))


FULL = entry("full", check("a", 4, Verdict.PASS), check("b", 4, Verdict.PASS))
HALF = entry("half", check("a", 4, Verdict.PASS), check("b", 0, Verdict.WRONG, mistake=True))
NONE = entry("none", check("a", 0, Verdict.ERROR), check("b", 0, Verdict.ERROR))
ODD = Entry("odd", "", None, 0.0, needs_review="'week.ipynb' is not a notebook.")


def test_the_figures_count_the_class() -> None:
    """Submissions, mean, median, full points and reviews; a review is no zero."""
    assert report(FULL, HALF, NONE, ODD).figures == [
        ("4", "submissions"),
        ("4.0", "mean, of 8 points"),
        ("4.0", "median, of 8 points"),
        ("1", "with full points"),
        ("1", "to review"),
    ]


def test_the_histogram_holds_everybody_who_has_a_score() -> None:
    """Ten classes; full points fall into the last, no points into the first."""
    classes = report(FULL, HALF, NONE, ODD).histogram
    assert len(classes) == 10
    assert [count for _, count, _ in classes] == [1, 0, 0, 0, 0, 1, 0, 0, 0, 1]
    assert classes[0][0] == "0–0.8"


def test_remarks_name_the_mistake_and_count_the_rest() -> None:
    """One known mistake by name; other losses by kind; notes and stamps as they are."""
    assert remarks_of(HALF) == ["b: axes swapped"]
    assert remarks_of(NONE) == ["2 × error"]
    noted = entry("x", check("a", 4, Verdict.PASS), notes=("A note.",), stamp="unsandboxed")
    assert remarks_of(noted) == ["A note.", "unsandboxed"]


def test_a_summary_shares_a_check_out() -> None:
    """The parts of a check add up to the class, right answers first."""
    second = report(FULL, HALF, NONE).checks[1]
    assert [(verdict, count) for verdict, count, _ in second.parts] == [
        ("pass", 1), ("error", 1), ("wrong", 1),
    ]  # fmt: skip
    assert sum(share for *_, share in second.parts) == pytest.approx(100)
    assert second.mistakes == (("axes-swapped", "Which axis?", 1),)
    assert second.share == pytest.approx(100 / 3)


def test_texts_of_others_are_escaped() -> None:
    """Names, notes and reasons may hold HTML; the page does not."""
    named = entry(TAG, check(TAG, 0, Verdict.WRONG), notes=(TAG,))
    refused = Entry("s", "", None, 0.0, needs_review=TAG)
    page = render_html(report(named, refused))
    assert TAG not in page
    assert page.count("&lt;img") >= 4
    assert "default-src 'none'" in page


def test_an_empty_class_and_a_class_of_reviews_are_drawn() -> None:
    """No division by nobody."""
    assert "0</b><span>submissions" in render_html(report())
    assert "is not a notebook" in render_html(report(ODD))


def test_no_spreadsheet_takes_a_text_for_a_formula(tmp_path: Path) -> None:
    """A text that begins like a formula is quoted; numbers stay numbers."""
    refused = Entry("=1+1", "", None, 0.0, needs_review="@SUM(A1)")
    graded = replace(FULL, seconds=2.5, peak_mb=51)
    _write_csv(report(graded, refused), tmp_path / "week.csv")
    with (tmp_path / "week.csv").open(encoding="utf-8", newline="") as stream:
        first, second = csv.DictReader(stream)
    assert (first["student"], first["score"], first["check_a"]) == ("full", "8", "4")
    assert (first["seconds"], first["peak_mb"]) == ("2.5", "51")
    assert (second["seconds"], second["peak_mb"]) == ("", "")
    assert (second["student"], second["needs_review"]) == ("'=1+1", "'@SUM(A1)")


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1200])
def test_a_class_of_two_hundred_fits_the_window(width: int, tmp_path: Path) -> None:
    """Seven checks with long names and 200 students: only the tables scroll sideways."""
    draw = random.Random(1)
    kinds = [*Verdict][:-1]
    names = [f"sgns_loss_and_gradient_{i}" for i in range(7)]
    entries = []
    for i in range(200):
        verdicts = [draw.choice(kinds) for _ in names]
        checks = [
            check(name, 4.0 * (verdict is Verdict.PASS), verdict, verdict is Verdict.WRONG)
            for name, verdict in zip(names, verdicts, strict=True)
        ]
        entries.append(entry(f"2026{i:04d}@student.university.example", *checks))
    whole = report(*entries)
    assert Counter(whole.scores).total() == 200
    file = tmp_path / "report.html"
    file.write_text(render_html(whole), "utf-8")
    with chromium() as browser:
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.goto(file.as_uri())
        with picture_on_failure(page, f"report-{width}"):
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.locator("table.students tbody tr").count() == 200


def test_what_the_class_tells_stands_in_the_report() -> None:
    """Probes, groups with their cell, pairs, sections, who fell, time and memory, what is void."""
    usual = [replace(FULL, student=f"u{i}", seconds=2.0, peak_mb=50) for i in range(3)]
    odd = replace(NONE, student="odd", seconds=31.4, peak_mb=900)
    found = replace(
        report(FULL, HALF, *usual, odd),
        items=(Item("a", "all", 4.0, 30, 0.5, -0.2),),
        groups=(Group("b", ("x", "y"), TAG, "code", "# %% exercise=b name=todo-1"),),
        alike=(Alike(("x", "y"), 0.75, 12, (("b", 12),), (TAG, "other")),),
        sections=(Section("분반 1", 20, 19, 0.8),),
        voids={"check_a": "drop"},
        weeks=("w0", "w1"),
        trends={
            **{one.student: Trend(one.student, (None, None)) for one in (*usual, odd)},
            "full": Trend("full", (0.9, 0.4)), "half": Trend("half", (0.5, 0.5)),
        },
    )  # fmt: skip
    page = render_html(found)
    for text in (
        "check_a: void, it does not count.",
        "-0.20",
        "b: 2 students",
        "name=todo-1",
        "x and y: 75% of the unusual passages",
        "분반 1",
        "full: 90 40",
        "50 50",
        "Slow: odd 31 s",
        "Heavy: odd 900 MB",
    ):
        assert text in page, text
    assert "half: 50" not in page and TAG not in page


def test_the_whole_score_stands_in_the_report(tmp_path: Path) -> None:
    """Total, points by hand, lateness, names and who is missing, in the page and the CSV."""
    standing = Standing("half", 4.0, 8.0, 3.0, 5.0, 0.0, 1.5, 13.0, stale=("essay",))
    found = replace(
        report(FULL, HALF, ODD),
        standings={"half": standing},
        lateness={"half": Lateness(90.0, 1.5)},
        members={"half": ClassMember("half", "유나", "김", section="분반 1")},
        missing=(ClassMember("none", "하나", "박"),),
    )
    page = render_html(found)
    assert "<b>5.5</b>/13" in page and "김, 유나 분반 1" in page
    assert "4/8 automatic, 3/5 by hand, 1.5 off for lateness; 2 min late" in page
    assert "has changed since: essay" in page
    assert "none 박, 하나" in page
    _write_csv(found, tmp_path / "week.csv")
    with (tmp_path / "week.csv").open(encoding="utf-8", newline="") as stream:
        rows = {row["student"]: row for row in csv.DictReader(stream)}
    half = rows["half"]
    assert (half["total"], half["by_hand"], half["late_points"], half["late_minutes"]) == (
        "5.5", "3.0", "1.5", "2",
    )  # fmt: skip
    assert (half["name"], half["section"], rows["odd"]["total"]) == ("김, 유나", "분반 1", "")
