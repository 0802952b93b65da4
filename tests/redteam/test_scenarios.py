"""Attacks that take more than one run: resubmitting, swapping files, racing the grader."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import tiny_course

from autograder.model import CellEnd, ExecutionJob, JobCell
from autograder.run.grade import Options, grade
from autograder.sandbox.limits import Limits
from autograder.stages.execute import execute
from autograder.stages.kernel_channels import resident_bytes
from autograder.week import open_week

from . import forging, messages, oddities, sabotage, secrets
from .arena import NEIGHBOURS, WEEK, Arena, arena, fingerprints
from .attacks import Attack

pytestmark = [pytest.mark.redteam, pytest.mark.sandbox]
WARM = "word2chat-warm"


@pytest.fixture
def ring(template_for, tmp_path: Path):
    """An arena of its own for one scenario."""
    with arena(template_for(WARM), tmp_path) as made:
        yield made


def named(*names: str) -> list[Attack]:
    family = [*forging.ATTACKS, *sabotage.ATTACKS, *oddities.ATTACKS, *secrets.ATTACKS]
    return [attack for attack in family if attack.name in names]


def resubmit(ring: Arena, attack: Attack) -> None:
    shutil.rmtree(ring.course.folder("submitted", WEEK, attack.who))
    ring.submit_one(attack, attack.who)


def test_an_old_score_does_not_outlive_a_bad_resubmission(ring: Arena) -> None:
    """Who had full marks and hands in a notebook that kills its kernel has none afterwards."""
    attacks = named(
        "kernel_killed_in_a_check", "kills_everything", "not_json", "pipe_as_timestamp",
        "attachment_links_to_a_neighbour", "timestamp_of_garbage",
    )  # fmt: skip
    ring.submit([])
    for attack in attacks:
        tiny_course.submit(ring.root, attack.who, tiny_course.solve(ring.root))
    first = ring.grade(feedback=False)
    assert {first.scores[attack.who] for attack in attacks} == {6.0}
    for attack in attacks:
        resubmit(ring, attack)
    second = ring.grade(feedback=False)
    for attack in attacks:
        assert second.entries[attack.who].score == attack.score
        assert second.scores[attack.who] == 0.0
    assert {second.entries[who].score for who in NEIGHBOURS} == {6.0}
    assert len(second.run.unchanged) == len(NEIGHBOURS)


def test_a_notebook_swapped_for_a_link_while_it_is_graded(ring: Arena) -> None:
    """Whatever moment the swap hits, the grader follows no link, in reading or in writing."""
    ring.submit([Attack("swapper", "import time; time.sleep(1)")])
    notebook = ring.course.folder("submitted", WEEK, "swapper") / f"{WEEK}.ipynb"
    wrong = notebook.read_bytes()
    target = ring.root / "source" / WEEK / f"{WEEK}.ipynb"
    before = fingerprints(ring.root / "source")
    stop = threading.Event()

    def swap() -> None:
        aside = notebook.with_suffix(".aside")
        while not stop.is_set():
            aside.symlink_to(target)
            os.replace(aside, notebook)
            aside.write_bytes(wrong)
            os.replace(aside, notebook)

    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        for _ in range(3):
            run = grade(open_week(ring.course, WEEK), Options(workers=2, force=True))
            scores = {entry.student: entry.score for entry in run.entries}
            assert scores["swapper"] in (0.0, None)
            assert [scores[who] for who in NEIGHBOURS] == [6.0, 6.0]
    finally:
        stop.set()
        swapping.join()
    assert fingerprints(ring.root / "source") == before
    stored = ring.course.folder("autograded", WEEK, "swapper")
    assert not any(path.is_symlink() for path in stored.rglob("*"))


def test_links_put_into_the_places_that_the_grader_writes(ring: Arena) -> None:
    """autograded/STUDENT/WEEK being a link, the grader replaces the link, not what it leads to."""
    ring.submit([Attack("linker")])
    precious = ring.root.parent / "precious"
    precious.mkdir()
    (precious / f"{WEEK}.ipynb").write_text("precious")
    (ring.root / "autograded" / "linker").mkdir(parents=True)
    ring.course.folder("autograded", WEEK, "linker").symlink_to(precious)
    outcome = ring.grade(feedback=False)
    assert outcome.entries["linker"].score == 0.0
    assert [path.name for path in precious.iterdir()] == [f"{WEEK}.ipynb"]
    assert (precious / f"{WEEK}.ipynb").read_text() == "precious"
    assert not ring.course.folder("autograded", WEEK, "linker").is_symlink()


def test_one_worker_serves_an_honest_student_after_every_attacker(ring: Arena) -> None:
    """What an attacker does to its kernel stays there, also when the next shares its parent."""
    attacks = named(
        "run_cell_replaced", "numpy_and_torch_patched", "memory_bomb", "daemon_that_lives_on"
    )
    ring.submit(attacks)
    outcome = ring.grade(feedback=False, workers=1)
    assert [outcome.entries[attack.who].score for attack in attacks] == [0.0] * len(attacks)
    assert {outcome.entries[who].score for who in NEIGHBOURS} == {6.0}
    assert outcome.left == []


@pytest.mark.slow
def test_a_message_without_an_end_does_not_fill_the_graders_memory() -> None:
    """zmq keeps the parts of a message until the last comes; this one never comes."""
    peak, stop = [0], threading.Event()

    def watch() -> None:
        while not stop.wait(0.02):
            peak[0] = max(peak[0], resident_bytes())

    watching = threading.Thread(target=watch)
    watching.start()
    start = resident_bytes()
    source = f"import threading, time\n{messages.WITHOUT_END}\ndouble(1)"
    cells = (JobCell(0, source), JobCell(1, "print('on')"))
    limits = Limits(cell_seconds=6, memory_mb=900)
    done = execute(ExecutionJob("t", cells, "s", limits, provisioner=WARM, warm_modules=()))
    stop.set()
    watching.join()
    assert done.fault is None
    assert done.runs[0].end is CellEnd.OUTPUT_LIMIT
    assert peak[0] - start < 1 << 30


@pytest.mark.slow
def test_odd_names_do_not_break_the_table_of_a_run(ring: Arena) -> None:
    """What a student may name is neither markup nor a control sequence for the terminal."""
    odd = named("file_name_of_markup", "id_of_control_characters", "id_of_bytes", "id_of_markup")
    ring.submit(odd)
    code = "import autograder.cli.app as c; c.main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "grade", WEEK], cwd=ring.root, capture_output=True,
        text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert "\x1b[2J" not in done.stdout


# ---------------------------------------------------------------- are these attacks worth holding?
STOCK = """
c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "word2chat"
"""
WIN_ON_STOCK = {
    "ast_transformer", "input_transformer", "run_cell_replaced", "run_code_replaced",
    "post_run_hook_publishes_points", "tags_that_skip_cells",
    "equals_everything",
}  # fmt: skip


@pytest.mark.slow
def test_the_forgeries_are_real(ring: Arena) -> None:
    """Without our engine (but in our sandbox) nbgrader gives points for a good part of them."""
    attacks = [one for one in forging.ATTACKS if one.name in WIN_ON_STOCK]
    ring.submit(attacks)
    (ring.root / "nbgrader_config.py").write_text(STOCK)
    environment = {**os.environ, "JUPYTER_DEFAULT_PROVISIONER_NAME": "word2chat-sandbox"}
    subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", WEEK], cwd=ring.root, env=environment,
        capture_output=True, check=False, timeout=500,
    )  # fmt: skip
    won = {attack.who: ring.scores().get(attack.who) for attack in attacks}
    assert {who for who, score in won.items() if score} == WIN_ON_STOCK, won
