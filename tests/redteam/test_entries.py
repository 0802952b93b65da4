"""Attacks on an open challenge: the hidden text stays hidden, and only predictions earn points."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import challenge_course
import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.course_folder import open_course
from autograder.model import Entry
from autograder.pages.feedback import write_feedback
from autograder.reference.build import load_references
from autograder.run.grade import Options, grade
from autograder.week import open_week

from .entries import ATTACKS, COIN, SEARCHES

pytestmark = [pytest.mark.redteam, pytest.mark.sandbox]
WEEK = challenge_course.WEEK
EXERCISES = 6.0  # of the two other exercises, which every attacker solves
LIMITS = "\nc.Grading.cell_seconds = 3\nc.Grading.submission_seconds = 20\n"
HONEST = "honest"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released course with a challenge, and everybody's submission."""
    made = challenge_course.make_course(tmp_path_factory.mktemp("entries"), LIMITS)
    challenge_course.release(made)
    challenge_course.submit(made, HONEST, challenge_course.GOOD)
    challenge_course.submit(made, "coin", COIN)
    for name, code in ATTACKS.items():
        challenge_course.submit(made, name, code)
    return made


@pytest.fixture(scope="module")
def entries(root: Path) -> Iterator[dict[str, Entry]]:
    """The class, graded once, with feedback."""
    week = open_week(open_course(root), WEEK)
    run = grade(week, Options(workers=2))
    write_feedback(week, workers=2)
    yield {entry.student: entry for entry in run.entries}


def told(entry: Entry) -> str:
    """What the feedback says of the challenge."""
    (check,) = [c for j in entry.judgements for c in j.checks if c.exercise == "next_letter"]
    return check.probes[-1].reason


def test_an_honest_entry_earns_its_points(entries: dict[str, Entry]) -> None:
    """Four of four beside thirteen attackers, and the sentence that belongs to them."""
    assert entries[HONEST].score == EXERCISES + challenge_course.POINTS
    assert "bits a letter: 4 of 4 points; the course's own entry has 0." in told(entries[HONEST])


@pytest.mark.parametrize("name", ["coin", *ATTACKS])
def test_an_attack_earns_no_more_than_its_predictions(name: str, entries: dict) -> None:
    """A coin's predictions are worth nothing; and no other exercise is touched."""
    assert entries[name].needs_review is None
    assert entries[name].score == EXERCISES, told(entries[name])


@pytest.mark.parametrize("name", SEARCHES)
def test_nothing_hidden_was_found(name: str, entries: dict) -> None:
    """The search ran to its end, found no target and no way to one, and predicted like a coin."""
    assert told(entries[name]).startswith("1.00 bits a letter: 0 of 4 points")


def test_the_targets_are_in_nothing_that_a_student_gets(root: Path, entries: dict) -> None:
    """Neither the release nor the feedback nor the graded notebook holds contexts or targets."""
    week = open_week(open_course(root), WEEK)
    assert week.challenge is not None and entries
    targets = json.dumps(list(week.challenge.targets))[1:60]
    for step, student in (("release", "."), ("autograded", HONEST), ("feedback", HONEST)):
        for path in week.folder(step, student).rglob("*"):
            text = path.read_text("utf-8", "replace") if path.is_file() else ""
            assert week.challenge.packed not in text and targets not in text, path
            assert "hand_over" not in text and "vnd.word2chat.entry" not in text, path


def test_the_students_version_asks_for_nothing_hidden(root: Path) -> None:
    """At release the call of `challenge` goes with the hidden region; the visible asserts stay."""
    notebook = nbformat.read(root / "release" / WEEK / f"{WEEK}.ipynb", as_version=4)
    (check,) = [cell for cell in notebook.cells if cell.id == "check_next_letter"]
    assert "challenge(" not in check.source and "assert tuple(out.shape)" in check.source


def test_the_secret_of_hidden_sets_is_the_owners_alone(root: Path, entries: dict) -> None:
    """It is drawn at its first use, read by its owner alone, and is not the offering's seed."""
    assert entries
    path = root / "challenge_seed.txt"
    assert path.stat().st_mode & 0o777 == 0o600
    course = open_course(root)
    assert course.hidden_seed == path.read_text().strip() != course.seed
    assert len(course.hidden_seed) == 32


def test_a_new_secret_draws_a_new_hidden_set(root: Path, entries: dict) -> None:
    """Then the references and the verdicts of before do not hold any more."""
    assert entries
    week = open_week(open_course(root), WEEK)
    before = (week.challenge.packed, load_references(week, say=lambda _: None)[WEEK].key)
    secret = root / "challenge_seed.txt"
    kept = secret.read_text()
    try:
        secret.write_text("another\n")
        again = open_week(open_course(root), WEEK)
        after = (again.challenge.packed, load_references(again, say=lambda _: None)[WEEK].key)
    finally:
        secret.write_text(kept)
    assert before[0] != after[0] and before[1] != after[1]


@pytest.mark.slow
def test_nbgraders_own_command_gives_the_same_points(root: Path, entries: dict) -> None:
    """`nbgrader autograde` hands over contexts as well, and judges alike."""
    students = (HONEST, "coin", "publishes_many_tables")
    for student in students:
        command = [sys.executable, "-m", "nbgrader", "autograde", WEEK, "--student", student,
                   "--force"]  # fmt: skip
        subprocess.run(command, cwd=root, env=os.environ, check=True, capture_output=True)
    course = open_course(root)
    with Gradebook(course.db_url, course.coursedir.course_id) as gradebook:
        scores = [gradebook.find_submission(WEEK, student).score for student in students]
    assert scores == [entries[student].score for student in students]
