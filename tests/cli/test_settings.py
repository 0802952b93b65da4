"""A setting that does not exist is refused with the nearest name: it would silently do nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tiny_course import ROOT, make_course

from autograder.cli.doctor import gpu_findings
from autograder.course_folder import open_course
from autograder.edition.limits_page import PAGES, limits_file, with_real_limits
from autograder.errors import UserError
from autograder.reference.build import job_for
from autograder.run.gate import pass_gate
from autograder.week import open_week

GUIDE = ROOT / "course" / "guide"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("c.Grading.cel_seconds = 5", r"line \d+: .*Grading.cel_seconds.*mean cell_seconds"),
        ("c.Grading.time_zone = 'Asia/Seoul'", "mean timezone"),
        ("c.Grading.xyzzy = 1", "Known: .*cell_seconds"),
        ("c.Grading.lms = 'mooodle'", "cannot be used"),
        ("c.Grading.weeks = {'week90_tyni': {}}", r"line \d+: .*no such week.*mean week90_tiny"),
        ("c.Grading.weeks = {'week90_tiny': {'cel_seconds': 5}}", "mean cell_seconds"),
        ("c.Grading.weeks = {'week90_tiny': {'cell_seconds': '5'}}", "no number above 0"),
        ("c.Grading.weeks = {'week90_tiny': 5}", "no limit that a week can have"),
    ],
)
def test_a_typo_is_refused(tmp_path: Path, line: str, sentence: str) -> None:
    """One sentence, before anything is done."""
    root = make_course(tmp_path, f"\n{line}\n")
    with pytest.raises(UserError, match=sentence):
        open_course(root)


def test_a_week_has_limits_of_its_own(tmp_path: Path) -> None:
    """What is said for a week counts there alone, in the job that a worker is sent too."""
    line = "\nc.Grading.weeks = {'week90_tiny': {'cell_seconds': 60, 'memory_mb': 6144}}\n"
    course = open_course(make_course(tmp_path, line))
    own, others = course.settings.limits("week90_tiny"), course.settings.limits("another")
    assert (own.cell_seconds, own.memory_mb, own.submission_seconds) == (60, 6144, 240)
    assert (others.cell_seconds, others.memory_mb) == (20, 3072)
    assert job_for(open_week(course, "week90_tiny"), "s1", ()).limits == own


def test_a_gpu_that_is_not_here_is_refused_before_anything_runs(tmp_path: Path) -> None:
    """By the gate, and in a row of `autograder doctor`; the remedy is the CPU."""
    with pytest.raises(UserError, match=r"called 'GPU-none'.*graded on the CPU"):
        pass_gate("word2chat-warm", lambda _: None, gpu="GPU-none")
    root = make_course(tmp_path, "\nc.Grading.gpu = 'GPU-none'\n")
    (row,) = gpu_findings(root)
    assert not row.ok and "GPU-none" in row.detail
    (root / "nbgrader_config.py").write_text("c = get_config()\n")
    assert gpu_findings(root) == []


def test_students_are_told_the_real_limits(tmp_path: Path) -> None:
    """The page in the repository says the defaults; an edition says those of its course."""
    pages = {name: (GUIDE / Path(name).name).read_text("utf-8") for name in PAGES}
    plain = open_course(make_course(tmp_path / "plain"))
    assert {name: with_real_limits(name, text, plain) for name, text in pages.items()} == pages
    assert limits_file(plain) is None
    more = "\nc.Grading.cell_seconds = 30\nc.Grading.weeks = {'week90_tiny': {'memory_mb': 6144}}\n"
    other = open_course(make_course(tmp_path / "other", more))
    english = with_real_limits("guide/grading.md", pages["guide/grading.md"], other)
    assert "| one cell | 30 seconds of processor time; 90 seconds" in english
    assert "| week90_tiny: memory | 6 GB |" in english and "## The words" in english
    assert "30초" in with_real_limits("guide/grading.ko.md", pages["guide/grading.ko.md"], other)
    told = json.loads(limits_file(other) or b"")
    assert told[""]["cell_seconds"] == told["week90_tiny"]["cell_seconds"] == 30


def test_every_setting_of_the_shipped_file_exists(tmp_path: Path) -> None:
    """The file that a course starts with is accepted, and so are our own two for the LMS."""
    more = "\nc.Grading.lms = 'moodle'\nc.Grading.timezone = 'Asia/Seoul'\n"
    settings = open_course(make_course(tmp_path, more)).settings
    assert (settings.lms, settings.timezone) == ("moodle", "Asia/Seoul")
