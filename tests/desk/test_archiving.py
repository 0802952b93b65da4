"""A term kept in one file, and opened again somewhere else: every score is there."""

from __future__ import annotations

import os
import sqlite3
import stat
import tarfile
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from tiny_course import GOOD, WEEK, solve, submit

from autograder.course_folder import UNPROTECTED, Course, open_course
from autograder.desk.archiving import archive
from autograder.errors import UserError
from autograder.pages.report import read_report
from autograder.run.grade import Options, grade
from autograder.run.history import read_history
from autograder.week import open_week


@pytest.fixture
def term(root: Path) -> Course:
    """A graded course with points by hand, an older version, a Korean file, and a link."""
    submit(root, "s1", solve(root))
    folder = submit(root, "s2", solve(root, {"double": GOOD["double"]}))
    (folder / "자료.txt").write_text("한글")
    kept = root / "submitted_versions" / "s1" / WEEK / "1"
    kept.mkdir(parents=True)
    (kept / f"{WEEK}.ipynb").write_text("{}")
    (root / "reports").mkdir()
    os.symlink("/etc/hostname", root / "reports" / "link.html")
    (root / "grading_seed.txt").write_text("a seed of this term\n")
    course = open_course(root)
    assert course.hidden_seed  # drawn at its first use
    grade(open_week(course, WEEK), Options(provisioner=UNPROTECTED))
    with Gradebook(course.db_url) as gradebook:
        gradebook.find_grade("check_double", WEEK, WEEK, "s2").manual_score = 2.0
        gradebook.db.commit()
    return course


def test_it_opens_again_with_every_score(term: Course, tmp_path: Path) -> None:
    """Report, history and points by hand; the next `grade` there finds nothing to do."""
    before = read_report(open_week(term, WEEK))
    done = archive(term, "2026-1")
    assert stat.S_IMODE(os.stat(done.path).st_mode) == 0o600
    assert done.remarks == ("1 links or odd files were left out: nothing was followed.",)
    with tarfile.open(done.path) as packed:
        packed.extractall(tmp_path / "later", filter="data")
    there = open_course(tmp_path / "later" / "2026-1")
    after = read_report(open_week(there, WEEK))
    assert after.standings == before.standings and after.entries == before.entries
    assert {name: one.total for name, one in after.standings.items()} == {"s1": 6.0, "s2": 2.0}
    assert read_history(there, "s1") == read_history(term, "s1") != []
    assert (there.seed, there.hidden_seed) == (term.seed, term.hidden_seed)
    assert (there.folder("submitted", WEEK, "s2") / "자료.txt").read_text() == "한글"
    assert (there.root / "submitted_versions" / "s1" / WEEK / "1" / f"{WEEK}.ipynb").is_file()
    told = (there.root / "OPEN.md").read_text("utf-8")
    assert "autograder report WEEK" in told and "nbgrader==" in told
    run = grade(open_week(there, WEEK), Options(provisioner=UNPROTECTED))
    assert run.graded == [] and len(run.unchanged) == 2


def test_what_cannot_be_kept_leaves_nothing_behind(course: Course) -> None:
    """A name that is none, an archive that is there, a gradebook that is held."""
    with pytest.raises(UserError, match="name of a term"):
        archive(course, "../2026")
    archive(course, "2026-1")
    with pytest.raises(UserError, match="exists already"):
        archive(course, "2026-1")
    holder = sqlite3.connect(course.root / "gradebook.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(UserError, match=r"locked.*Close the program"):
        archive(course, "2026-2")
    holder.close()
    assert [path.name for path in (course.root / "archives").iterdir()] == ["2026-1.tar.gz"]
