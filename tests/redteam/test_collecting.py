"""Attacks on a download that lies in a folder where students write: swapped links, odd times."""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack
from pathlib import Path

import pytest
from tiny_course import WEEK, make_course

from autograder.course_folder import open_course
from autograder.errors import Refused
from autograder.intake.collect import collect
from autograder.intake.download import read_download
from autograder.notebook_files import IngestLimits

pytestmark = pytest.mark.redteam
SECRET = b"CANARY of the instructor"


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    """A folder with three students' work, eve's one folder deeper."""
    for place in ("ann", "eve/work", "zoe"):
        (tmp_path / "drop" / place).mkdir(parents=True)
        (tmp_path / "drop" / place / f"{WEEK}.ipynb").write_bytes(b"{}")
    return tmp_path / "drop"


@pytest.mark.parametrize("swapped", ["eve/work", "eve", f"eve/work/{WEEK}.ipynb"])
def test_what_is_swapped_for_a_link_after_the_look_is_not_followed(
    drop: Path, tmp_path: Path, swapped: str
) -> None:
    """A folder on the way, or the file: what the link leads to is not read in eve's name."""
    instructors = tmp_path / "source" / "work"
    instructors.mkdir(parents=True)
    (instructors / f"{WEEK}.ipynb").write_bytes(SECRET)
    target = {"eve/work": instructors, "eve": instructors.parent}.get(swapped)
    with ExitStack() as stack:
        uploads = {one.name: one for one in read_download(drop, IngestLimits(), stack)}
        place = drop / swapped
        shutil.rmtree(place) if place.is_dir() else place.unlink()
        place.symlink_to(target or instructors / place.name)
        with pytest.raises(Refused, match="is a link"):
            uploads[f"eve/work/{WEEK}.ipynb"].read()
        assert uploads[f"zoe/{WEEK}.ipynb"].read() == b"{}"


@pytest.mark.parametrize("seconds", [2**40, -(2**40)])
def test_a_time_that_is_no_date_stops_nobody(drop: Path, tmp_path: Path, seconds: int) -> None:
    """A file of the year 36,812: whoever set that is collected, and so are all others."""
    course = open_course(make_course(tmp_path))
    os.utime(drop / "eve" / "work" / f"{WEEK}.ipynb", (seconds, seconds))
    done = {one.student: one.outcome for one in collect(course, WEEK, drop)}
    assert done == dict.fromkeys(("ann", "eve", "zoe"), "new")


def test_a_file_that_goes_while_the_download_is_read_stops_nobody(drop: Path) -> None:
    """It was listed and is not there any more: a sentence about it, and the others are read."""
    (drop / "ann" / "a.txt").touch()
    with ExitStack() as stack:
        uploads = {}
        for one in read_download(drop, IngestLimits(), stack):
            uploads[one.name] = one
            if one.name == "ann/a.txt":
                (drop / "ann" / f"{WEEK}.ipynb").unlink()
        with pytest.raises(Refused, match="cannot be read"):
            uploads[f"ann/{WEEK}.ipynb"].read()
        assert uploads[f"zoe/{WEEK}.ipynb"].read() == b"{}"
