"""The seed of the offering: drawn, kept from others, and what it is good for."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from tiny_course import MAX_SCORE, WEEK, make_course, solve, submit

from autograder.cli.doctor import seed_finding
from autograder.course_folder import SEED_FILE, WARM, Course, draw_seed, open_course
from autograder.errors import UserError
from autograder.reference.build import load_references
from autograder.run.grade import Options, grade
from autograder.run.progress import Watcher
from autograder.week import open_week
from course.probes import DEFAULT_SEED

# what a student can compute at home under a seed that is published: the answers, in order
KEY = """
import json
answers = iter(json.loads('{answers}'))
def {name}(x):
    if isinstance(x, int) or x.dtype == torch.float32:  # the visible asserts
        return x + x if {name!r} == "double" else torch.zeros(2)
    answer = next(answers)
    return torch.tensor(answer["values"], dtype=torch.float64).reshape(answer["shape"])
"""


class Heard(Watcher):
    """Keeps what a run says."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, text: str) -> None:
        self.lines.append(text)


def test_a_seed_is_drawn_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    """Every folder gets its own; a second release keeps it."""
    course = open_course(make_course(tmp_path))
    assert course.has_published_seed
    assert draw_seed(course)
    drawn = course.seed
    assert len(drawn) == 32 and not course.has_published_seed
    assert stat.S_IMODE((course.root / SEED_FILE).stat().st_mode) == 0o600
    assert not draw_seed(course) and course.seed == drawn
    other = open_course(make_course(tmp_path / "other"))
    draw_seed(other)
    assert other.seed != drawn


def test_a_seed_of_the_configuration_comes_first(tmp_path: Path) -> None:
    """An instructor's own seed is neither drawn over nor written anywhere."""
    course = open_course(make_course(tmp_path, '\nc.Grading.seed = "autumn"\n'))
    assert course.seed == "autumn" and not draw_seed(course)
    assert not (course.root / SEED_FILE).exists()


def test_the_published_seed_is_refused_by_name(tmp_path: Path) -> None:
    """A configuration from an earlier version names it: the sentence says what to remove."""
    course = open_course(make_course(tmp_path, f'\nc.Grading.seed = "{DEFAULT_SEED}"\n'))
    with pytest.raises(UserError, match=r"Remove `c\.Grading\.seed`"):
        draw_seed(course)


def test_the_doctor_says_which_seed_and_never_the_seed(tmp_path: Path) -> None:
    """The published one is told; a drawn one is not shown."""
    course = open_course(make_course(tmp_path))
    before = seed_finding(course.root)
    draw_seed(course)
    after = seed_finding(course.root)
    assert "published" in before.detail and "release" in before.remedy
    assert SEED_FILE in after.detail and course.seed not in str(after)


def hand_in_the_key(course: Course) -> None:
    """A notebook that implements nothing and shows what the published seed's reference shows."""
    (reference,) = load_references(open_week(course, WEEK), say=lambda _: None).values()
    answers = {}
    for check in reference.checks:
        name = check.grade_id.removeprefix("check_")
        values = json.dumps([probe.value for probe in check.probes])
        answers[name] = KEY.format(answers=values, name=name)
    submit(course.root, "key", solve(course.root, answers))


@pytest.mark.sandbox
def test_an_answer_key_earns_everything_under_the_published_seed_and_nothing_else(
    course: Course,
) -> None:
    """So the run warns while the seed is the published one, and a drawn seed ends it."""
    hand_in_the_key(course)
    heard = Heard()
    run = grade(open_week(course, WEEK), Options(provisioner=WARM), heard)
    assert run.entries[0].score == MAX_SCORE
    assert any("table of answers" in line for line in heard.lines)
    draw_seed(course)
    heard = Heard()
    run = grade(open_week(course, WEEK), Options(provisioner=WARM), heard)
    assert run.entries[0].score == 0
    assert not any("table of answers" in line for line in heard.lines)
