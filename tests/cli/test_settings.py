"""A setting that does not exist is refused with the nearest name: it would silently do nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_course import make_course

from autograder.course_folder import open_course
from autograder.errors import UserError


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("c.Grading.cel_seconds = 5", r"line \d+: .*Grading.cel_seconds.*mean cell_seconds"),
        ("c.Grading.time_zone = 'Asia/Seoul'", "mean timezone"),
        ("c.Grading.xyzzy = 1", "Known: .*cell_seconds"),
        ("c.Grading.lms = 'mooodle'", "cannot be used"),
    ],
)
def test_a_typo_is_refused(tmp_path: Path, line: str, sentence: str) -> None:
    """One sentence, before anything is done."""
    root = make_course(tmp_path, f"\n{line}\n")
    with pytest.raises(UserError, match=sentence):
        open_course(root)


def test_every_setting_of_the_shipped_file_exists(tmp_path: Path) -> None:
    """The file that a course starts with is accepted, and so are our own two for the LMS."""
    more = "\nc.Grading.lms = 'moodle'\nc.Grading.timezone = 'Asia/Seoul'\n"
    settings = open_course(make_course(tmp_path, more)).settings
    assert (settings.lms, settings.timezone) == ("moodle", "Asia/Seoul")
