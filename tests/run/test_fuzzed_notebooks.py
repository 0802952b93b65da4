"""Notebooks broken at random: each is graded or refused with a sentence, and none stops a run."""

from __future__ import annotations

import json
import random
from pathlib import Path

import fuzzed_notebooks
import pytest
import tiny_course

from autograder.course_folder import Course
from autograder.errors import Refused
from autograder.model import CellEnd, CellRun, Execution, PreparedNotebook
from autograder.pages.feedback_page import page_html
from autograder.pages.marks import Marks
from autograder.reference.build import load_references
from autograder.run.cells_to_run import cells_to_run
from autograder.run.grade import Options, grade
from autograder.run.judging_process import judge_all
from autograder.stages.ingest import ingest
from autograder.stages.outputs import CellReading
from autograder.stages.prepare import prepare, read_template
from autograder.week import open_week

WRONG = {
    "double": "def double(x):\n    return 3 * x",
    "row_sums": "def row_sums(x):\n    return x.sum(0)",
}
MANY = 5_000


class Chain:
    """The stages around a kernel, which is replaced by messages broken at random."""

    def __init__(self, course: Course, folder: Path) -> None:
        week = open_week(course, tiny_course.WEEK)
        self.sound = json.loads(json.dumps(tiny_course.solve(course.root, WRONG)))
        self.template = read_template(week)
        self.references = load_references(week, say=lambda _: None)
        self.folder = folder / "s1" / week.name
        self.folder.mkdir(parents=True)

    def went_through(self, seed: int) -> bool:
        """Whether it was graded; that it earned nothing; else it was refused with a sentence."""
        content = fuzzed_notebooks.notebook(seed, self.sound)
        (self.folder / f"{tiny_course.WEEK}.ipynb").write_bytes(content)
        try:
            (prepared,) = prepare(ingest(self.folder, "s1", tiny_course.WEEK), self.template)
        except Refused as refusal:
            assert str(refusal).endswith(".")
            assert str(refusal).isprintable()
            return False
        run = shown_at_random(random.Random(seed), prepared)
        (found,) = judge_all([(prepared, run)], self.references, "")
        assert (found.judgement.fault, found.judgement.points) == (None, 0.0)
        assert found.notebook is not None
        judged = json.loads(json.dumps(found.notebook))
        assert page_html(judged, Marks("s1", tiny_course.WEEK, tiny_course.WEEK), prepared.notes)
        return True


def shown_at_random(chance: random.Random, prepared: PreparedNotebook) -> Execution:
    runs = []
    for cell in cells_to_run(prepared):
        reading = CellReading(chance.choice((100, 4_000_000)), "m")
        for _ in range(chance.randrange(6)):
            reading.take("iopub", fuzzed_notebooks.message(chance, "m"))
        end = reading.end or chance.choice(tuple(CellEnd))
        runs.append(CellRun(cell.index, cell.grade_id, end, tuple(reading.outputs)))
    return Execution("s1", tuple(runs), 0.1)


@pytest.fixture
def chain(course: Course, tmp_path: Path) -> Chain:
    return Chain(course, tmp_path / "fuzzed")


def test_sixty_broken_notebooks_are_judged_or_refused(chain: Chain) -> None:
    """No stage fails over one; and the fuzzing is no idle one: both ends are seen."""
    graded = sum(chain.went_through(seed) for seed in range(60))
    assert 12 < graded < 57


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_five_thousand_broken_notebooks_are_judged_or_refused(chain: Chain) -> None:
    """The same, other ones, as many as the bar of the second round asks for."""
    graded = sum(chain.went_through(seed) for seed in range(60, MANY))
    assert MANY // 5 < graded < 0.95 * MANY


@pytest.mark.slow
@pytest.mark.sandbox
@pytest.mark.timeout(3 * 3600)
def test_a_class_of_five_thousand_broken_notebooks_is_graded(course: Course) -> None:
    """Run for real beside two honest neighbours: no point, no fault of ours, the run ends."""
    sound = json.loads(json.dumps(tiny_course.solve(course.root, WRONG)))
    for honest in ("ann-honest", "zoe-honest"):
        tiny_course.submit(course.root, honest, tiny_course.solve(course.root))
    for seed in range(MANY):
        content = fuzzed_notebooks.notebook(seed, sound)
        tiny_course.submit(course.root, f"s{seed:05}", content)
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write('\nc.Grading.provisioner = "word2chat-warm"\nc.Grading.cell_seconds = 5\n')
    run = grade(open_week(course, tiny_course.WEEK), Options(workers=2))
    entries = {entry.student: entry for entry in run.entries}
    assert len(entries) == MANY + 2
    assert [entries.pop(who).score for who in ("ann-honest", "zoe-honest")] == [6.0, 6.0]
    assert [e for e in entries.values() if "Our fault" in (e.needs_review or "")] == []
    assert {entry.score for entry in entries.values()} == {0.0, None}
