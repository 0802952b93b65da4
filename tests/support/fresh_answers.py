"""Answers that somebody wrote who had seen the released notebooks only: no probe, no known mistake.

They lie in tests/judging/fresh/, one file a week, in cells:

    # %% rnn_step wrong
    # cause: U is transposed
    # names: transposed-u | as-if U transposed
    def rnn_step(x, h, W, U, b): …

`cause` is what is wrong in truth. `names` are the names that a person found true of it, `-` for an
answer that must stay without one. Every second wrong answer of a file is held out: it is measured,
and nothing was ever tuned on it. Those of a later round (`# round: 2`) were measured first and then
learnt from, so none of them is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from autograder.course_folder import open_course
from autograder.model import CheckVerdict
from autograder.proof.trials import Workbench, verdict
from autograder.reference.build import load_references
from autograder.reference.overlay import Overlay, Plan
from autograder.reference.suppositions import with_suppositions
from autograder.week import open_week

ROOT = Path(__file__).parents[2]
FRESH = ROOT / "tests" / "judging" / "fresh"
WEEKS = tuple(sorted(path.stem for path in FRESH.glob("*.txt")))
UNPROTECTED = "word2chat-unprotected"
SECONDS = 10.0  # an answer may loop for ever


@dataclass(frozen=True)
class Fresh:
    """One answer, and what is known about it."""

    exercise: str
    right: bool
    held_out: bool
    cause: str
    names: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Tried:
    """An answer and the verdict on it."""

    answer: Fresh
    verdict: CheckVerdict

    @property
    def full(self) -> bool:
        """Whether nothing was lost."""
        return self.verdict.points == self.verdict.max_points

    @property
    def name(self) -> str | None:
        """What the mistake was called, if anything."""
        return self.verdict.mistake.name if self.verdict.mistake else None


def fresh_answers(week: str) -> list[Fresh]:
    """The answers of one week, in the file's order."""
    text = (FRESH / f"{week}.txt").read_text(encoding="utf-8")
    wrong = 0
    found = []
    for cell in text.split("# %% ")[1:]:
        header, _, source = cell.partition("\n")
        exercise, kind = header.split()
        later = bool(_note(source, "round"))
        wrong += kind == "wrong" and not later
        names = [name.strip() for name in _note(source, "names").split("|") if name.strip()]
        held = kind == "wrong" and wrong % 2 == 0 and not later
        found.append(
            Fresh(exercise, kind == "right", held, _note(source, "cause"), tuple(names), source)
        )
    return found


def _note(source: str, key: str) -> str:
    found = re.search(rf"^# {key}: (.*)$", source, re.MULTILINE)
    return found[1] if found else ""


def tried(week_name: str) -> list[Tried]:
    """Lay every answer over the week, and judge it as a submission is judged."""
    week = open_week(open_course(ROOT), week_name)
    references = load_references(week, UNPROTECTED, say=lambda _: None)
    (reference,) = with_suppositions(week, references, UNPROTECTED, say=lambda _: None).values()
    bench = Workbench(week, week.notebooks[0], UNPROTECTED)
    answers = fresh_answers(week_name)
    overlays = tuple(
        Overlay(answer.exercise, f"{place}", answer.source, seconds=SECONDS)
        for place, answer in enumerate(answers)
    )
    ran = bench.run_to_end(Plan(bench.notebook, bench.own, overlays), "fresh")
    pairs = zip(answers, ran.trials, strict=True)
    return [Tried(answer, verdict(trial, reference)) for answer, trial in pairs]
