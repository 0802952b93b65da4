"""The journal: what a killed run leaves behind can be read, and only one grader writes it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.course_folder import open_course
from autograder.errors import UserError
from autograder.journal import Journal, only_grader, open_journal, verdict_key
from autograder.model import CheckVerdict, Entry, Judgement, MistakeReference, ProbeVerdict, Verdict
from autograder.week import Week

WEEK = "week90"
HOLD = """
import sys
from autograder.journal import only_grader
from autograder.course_folder import open_course
from autograder.week import Week
with only_grader(Week(open_course(sys.argv[1]), sys.argv[2], ())):
    print("held", flush=True)
    sys.stdin.read()
"""


def week_in(folder: Path, name: str = WEEK) -> Week:
    """A week without notebooks in a course folder without settings."""
    (folder / "nbgrader_config.py").touch()
    return Week(open_course(folder), name, ())


def entry(student: str, score: float | None = 3.0, key: str = "k") -> Entry:
    mistake = MistakeReference("halved", "You halve.", "절반", ({"kind": "none"},))
    probe = ProbeVerdict("p", Verdict.WRONG, 0.0, 3.0, "got 1")
    check = CheckVerdict("check_a", Verdict.WRONG, 0.0, 3.0, (probe,), mistake, "visible")
    judged = (Judgement("nb", (check,)),)
    return Entry(student, key, score, 6.0, None, judged, ("a note",), 0.25, "unsandboxed")


def written(state: Path, *entries: Entry) -> Path:
    journal = open_journal(week_in(state))
    journal.append(list(entries))
    return journal.path


def test_what_was_written_is_read(tmp_path: Path) -> None:
    """An entry comes back as it was: verdicts, mistakes, notes and all."""
    written(tmp_path, entry("s1"), Entry("s2", "k2", None, 0.0, needs_review="no notebook"))
    found = open_journal(week_in(tmp_path)).entries
    assert found["s1"].key == "k"
    assert found["s1"].judgements[0].checks[0].verdict is Verdict.WRONG
    assert found["s1"].judgements[0].checks[0].mistake.name == "halved"
    assert (found["s1"].notes, found["s1"].stamp) == (("a note",), "unsandboxed")
    assert found["s2"].needs_review == "no notebook"


def test_the_last_line_of_a_student_counts(tmp_path: Path) -> None:
    """A regrade adds a line; the earlier one is history."""
    written(tmp_path, entry("s1", 1.0), entry("s2", 2.0), entry("s1", 5.0))
    found = open_journal(week_in(tmp_path)).entries
    assert {student: one.score for student, one in found.items()} == {"s1": 5.0, "s2": 2.0}


def test_a_half_written_line_is_cut_wherever_it_breaks(tmp_path: Path) -> None:
    """Killed in the middle of a line: all before it is kept, and the next line is whole."""
    path = written(tmp_path, entry("s1"), entry("s2"))
    content = path.read_bytes()
    first = content.index(b"\n") + 1
    for end in (first + 1, first + 40, len(content) - 2, len(content) - 1):
        path.write_bytes(content[:end])
        assert set(open_journal(week_in(tmp_path)).entries) == {"s1"}
        assert path.read_bytes() == content[:first]
        written(tmp_path, entry("s3"))
        assert set(open_journal(week_in(tmp_path)).entries) == {"s1", "s3"}


def test_a_character_cut_in_two_harms_nothing(tmp_path: Path) -> None:
    """Bytes that are no text, in a line of their own, are passed over."""
    path = written(tmp_path, entry("s1"))
    path.write_bytes(path.read_bytes() + b'{"student": "\xec\xa0\n' + b"\n")
    assert set(open_journal(week_in(tmp_path)).entries) == {"s1"}


@pytest.mark.parametrize(
    "old",
    [
        {"student": "s2", "score": 3.0},
        {"student": "s2", "key": "k", "score": 3.0, "max_score": 3.0, "judgements": 7},
        {"student": "s2", "key": "k", "score": 3.0, "max_score": 3.0, "judgements": [], "notes": [],
         "a field of later": 1},
        ["s2"],
        3,
    ],
)  # fmt: skip
def test_older_and_newer_forms_are_passed_over(tmp_path: Path, old: object) -> None:
    """A line of another version says nothing: its submission is simply graded again."""
    path = written(tmp_path, entry("s1"))
    path.write_bytes(path.read_bytes() + json.dumps(old).encode() + b"\n")
    written(tmp_path, entry("s3"))
    assert set(open_journal(week_in(tmp_path)).entries) == {"s1", "s3"}


def test_many_entries_in_many_batches(tmp_path: Path) -> None:
    """A class of a thousand, written in batches, comes back whole."""
    journal = open_journal(week_in(tmp_path))
    for start in range(0, 1000, 32):
        journal.append([entry(f"s{n:04}", n) for n in range(start, min(start + 32, 1000))])
    found = open_journal(week_in(tmp_path)).entries
    assert len(found) == 1000
    assert all(one.score == int(student[1:]) for student, one in found.items())


def test_what_is_on_disk_is_what_is_known(tmp_path: Path) -> None:
    """After an append the journal in memory and the one read anew agree."""
    journal = open_journal(week_in(tmp_path))
    journal.append([entry("s1"), entry("s2", None)])
    assert open_journal(week_in(tmp_path)).entries == journal.entries


def test_nothing_is_written_by_reading(tmp_path: Path) -> None:
    """A week that was never graded has no journal, and looking makes none."""
    assert open_journal(week_in(tmp_path)) == Journal(
        tmp_path / ".autograder" / "journal" / f"{WEEK}.jsonl"
    )
    assert list((tmp_path / ".autograder").iterdir()) == []


def test_a_key_changes_with_each_of_its_parts() -> None:
    """Where one part ends and the next begins counts too."""
    keys = {verdict_key(*parts) for parts in [("a", "b"), ("ab", ""), ("a", "c"), ("a",), ("a", 1)]}
    assert len(keys) == 5


def test_two_processes_do_not_grade_the_same_week(tmp_path: Path) -> None:
    """The second is told who holds it; another week is free; a killed holder holds nothing."""
    week_in(tmp_path)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path), WEEK],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert holder.stdout.readline() == "held\n"
        again = pytest.raises(UserError, match=f"process {holder.pid}")
        with again, only_grader(week_in(tmp_path)):
            pass
        with only_grader(week_in(tmp_path, "week91")):
            pass
    finally:
        holder.kill()
        holder.wait()
    with only_grader(week_in(tmp_path)):
        assert (tmp_path / ".autograder" / f"{WEEK}.lock").read_text().isdigit()
