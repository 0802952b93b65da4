"""The bench: its class has one right answer, its ratios follow from its runs."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import torch
from rich.console import Console
from tiny_course import WEEK as TINY

from autograder.bench import assignment, peers
from autograder.bench.assignment import ASSERTS, IMPORTS, PROBES, WEEK
from autograder.bench.bare import run as run_bare
from autograder.bench.pages import PageRun, rows_of
from autograder.bench.peers import Run
from autograder.bench.processor import meter
from autograder.bench.run import BenchOptions, BenchResult, bench, render
from autograder.bench.term import TermResult, bench_term, render_term
from autograder.bench.week import WeekResult, bench_week
from autograder.course_folder import open_course
from autograder.errors import UserError
from autograder.reference.build import load_references
from autograder.week import open_week

RUNS = (
    Run("bare execution", 10, 1, 0.1, 0.1),
    Run("bare execution", 10, 1, 0.3, 0.3),
    Run("bare execution", 10, 1, 0.2, 0.2),
    Run("nbgrader autograde", 10, 1, 20.0, 19.0, 400.0),
    Run("ours, warm", 10, 2, 1.0, 1.5, 300.0),
    Run("ours, warm", 10, 2, 1.0, 1.7, 310.0),
    Run("ours, warm", 10, 1, 1.5, 1.4, 200.0),
)
GROWTH = tuple(
    Run("ours, warm", count, 2, wall, 8.0)
    for count, wall in ((50, 5.0), (50, 5.4), (50, 4.9), (200, 11.0), (1000, 43.0))
)
PAGES = tuple(
    PageRun(task, peer, command, Run(command, 10, workers, wall, wall), size)
    for task, peer, command, workers, wall, size in (
        ("feedback", "ours", "autograder feedback", 1, 0.4, 30.0),
        ("feedback", "ours", "autograder feedback", 1, 0.6, 30.0),
        ("feedback", "ours", "autograder feedback", 2, 0.3, 30.0),
        ("feedback", "nbgrader", "nbgrader generate_feedback", 1, 10.0, 300.0),
        ("report", "ours", "autograder report", 1, 1.0, 0.0),
    )
)
RESULT = BenchResult("a machine", RUNS, GROWTH, BenchOptions(10, 3), pages=PAGES)


def test_growth_is_a_line_through_medians() -> None:
    """3 s for the start and 0.04 s a submission go through all three sizes."""
    assert RESULT.sizes() == [(50, 5.0), (200, 11.0), (1000, 43.0)]
    assert RESULT.line() == pytest.approx((3.0, 0.04, 0.0), abs=1e-9)
    bent = BenchResult("a machine", RUNS, (*GROWTH, Run("ours, warm", 4000, 2, 330.0, 8.0)))
    assert bent.line()[2] > 0.1  # twice as slow at the end is told


def test_rows_are_medians_and_ratios_of_the_runs() -> None:
    """Core seconds are wall times workers; both ratios compare core seconds."""
    rows = {(row["peer"], row["workers"]): row for row in RESULT.rows()}
    assert rows["bare execution", 1]["core_seconds"] == pytest.approx(0.02)
    assert rows["bare execution", 1]["times_bare"] == pytest.approx(1)
    two = rows["ours, warm", 2]
    assert (two["seconds"], two["core_seconds"]) == (pytest.approx(0.1), pytest.approx(0.2))
    assert two["cpu_seconds"] == pytest.approx(0.16)
    assert two["times_bare"] == pytest.approx(10)
    assert two["times_nbgrader"] == pytest.approx(10)
    assert two["peak_mb"] == 310
    assert rows["nbgrader autograde", 1]["times_nbgrader"] == pytest.approx(1)


def test_pages_are_compared_with_nbgraders() -> None:
    """A ratio for each task that nbgrader has too, of core seconds; none where it has none."""
    rows = {(row["task"], row["peer"], row["workers"]): row for row in rows_of(PAGES)}
    assert rows["feedback", "ours", 1]["times_nbgrader"] == pytest.approx(20)
    assert rows["feedback", "ours", 2]["times_nbgrader"] == pytest.approx(10.0 / 0.6)
    assert rows["feedback", "ours", 1]["kilobytes"] == 30
    assert rows["report", "ours", 1]["times_nbgrader"] is None


def test_rows_come_quickest_first() -> None:
    """The lower bound stands on top, the slowest at the end."""
    found = [row["core_seconds"] for row in RESULT.rows()]
    assert found == sorted(found)
    assert RESULT.rows()[0]["peer"] == "bare execution"


def test_the_table_shows_every_row_and_the_growth() -> None:
    """What people read holds what was measured."""
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(render(RESULT))
    text = console.export_text()
    for part in (
        "bare execution",
        "nbgrader autograde",
        "a machine",
        "0.2000",
        "310",
        "50",
        "3.0 s for",
        "autograder feedback",
        "generate_feedback",
    ):
        assert part in text


def test_json_is_plain_and_whole() -> None:
    """`--json` carries the rows, every single run and the options."""
    found = json.loads(json.dumps(RESULT.as_json()))
    assert len(found["runs"]) == len(RUNS)
    assert found["options"]["count"] == 10
    assert found["growth"][0]["count"] == 50


def namespace(number: int = 0) -> dict:
    """What a submission of the class defines."""
    made: dict = {}
    exec(f"{IMPORTS}\n{assignment.solution(number)}", made)
    return made


def test_the_solution_is_right() -> None:
    """The loss of Mikolov et al. (2013, eq. 4), written another way, gives the same number."""
    draw = torch.Generator().manual_seed(7)
    c, o, n = (torch.randn(s, generator=draw) for s in ((4, 3), (4, 3), (4, 2, 3)))
    pos = torch.sigmoid((c * o).sum(1)).log()
    neg = sum(torch.sigmoid(-(c * n[:, k]).sum(1)).log() for k in range(2))
    torch.testing.assert_close(namespace()["sgns_loss"](c, o, n), -(pos + neg).mean())


@pytest.mark.parametrize("check", ASSERTS)
def test_every_assert_passes_the_solution_and_fails_a_wrong_one(check: str) -> None:
    """No peer is measured on a check that cannot fail."""
    exec(check, namespace())
    wrong = namespace()
    wrong["sgns_loss"] = lambda center, context, negatives: torch.full((2,), torch.nan)
    with pytest.raises((AssertionError, RuntimeError)):
        exec(check, wrong)


def test_solutions_differ_so_that_no_cache_can_answer() -> None:
    """Every submission of the class is one of its kind."""
    assert len({assignment.solution(number) for number in range(100)}) == 100
    assert len(ASSERTS) == len(PROBES) == assignment.POINTS


def test_whole_notebooks_run_bare(tmp_path: Path) -> None:
    """Bare execution tells right from wrong, so that its time is a time of right answers."""
    good, bad = assignment.whole_notebooks(tmp_path / "n", 2)
    notebook = nbformat.read(bad, as_version=4)
    notebook.cells[2].source = "sgns_loss = None"
    nbformat.write(notebook, bad)
    assert run_bare(str(good))
    assert not run_bare(str(bad))


def test_a_wrong_count_voids_the_bench() -> None:
    """A quick wrong answer is no measurement."""
    with pytest.raises(UserError, match="found 3 where 4"):
        peers.expect(3, 4, "a peer")


@pytest.mark.slow
def test_the_class_is_made_for_both_graders(tmp_path: Path) -> None:
    """Both courses are released, and our reference answers every probe of the six points."""
    made = peers.make_class(tmp_path, 2)
    for root in (made.ours, made.stock):
        assert len(list((root / "submitted").glob(f"*/{WEEK}/{WEEK}.ipynb"))) == 2
        assert "BEGIN SOLUTION" not in (root / "release" / WEEK / f"{WEEK}.ipynb").read_text()
    (reference,) = load_references(
        open_week(open_course(made.ours), WEEK), say=lambda _: None
    ).values()
    assert sum(check.points for check in reference.checks) == assignment.POINTS
    assert peers.bare(made).count == 2


@pytest.mark.slow
@pytest.mark.sandbox
def test_a_real_week_is_measured_beside_its_own_code(root: Path, tmp_path: Path) -> None:
    """Perfect submissions get full points, and a process of its own costs more than its code."""
    found = bench_week(open_week(open_course(root), TINY), 12, 2, tmp_path, lambda _: None)
    assert 0 < found.code_s < found.process_s
    assert found.total_s == pytest.approx(found.many_s / 12)
    assert found.as_json()["further_s"] == pytest.approx((found.many_s - found.few_s) / 2)
    with pytest.raises(UserError, match="no week 'week77'"):
        bench_week(open_week(open_course(root), "week77"), 12, 2, tmp_path, lambda _: None)


def test_a_command_is_counted_with_its_children() -> None:
    """A child that works 0.2 s in a child of its own: no less is counted; the group goes."""
    burn = "import time\nwhile time.process_time() < 0.2: pass"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}])"
    with meter() as used:
        peers.call([sys.executable, "-c", code], Path.cwd(), 1, used.enter)
        counted = used.seconds()
    assert counted >= 0.2
    assert used.group is None or not used.group.exists()


HEAVY = WeekResult("week02", 20, 2, 5.0, 6.0, 90.0, 60.0, 120.0, 70.0, 0.5, 80.0)
MEDIAN = WeekResult("week01", 20, 2, 1.0, 2.0, 30.0, 15.0, 30.0, 20.0, 0.5, 80.0)
TERM = TermResult(3600, {"week01": 1.0, "week02": 5.0, "week03": 0.2}, HEAVY, MEDIAN)


def test_a_term_is_projected_from_two_weeks() -> None:
    """A first run, then each student's submission and page; a third week by its own code."""
    assert TERM.week_hours(HEAVY) == pytest.approx(30 / 3600 + 6.0 + 0.5)
    assert TERM.overhead_s == pytest.approx(0.5)
    third = 15 / 3600 + 0.2 + 0.5 + 0.5
    both = TERM.week_hours(HEAVY) + TERM.week_hours(MEDIAN)
    assert TERM.term_hours == pytest.approx(both + third)
    assert json.loads(json.dumps(TERM.as_json()))["term_hours"] == pytest.approx(TERM.term_hours)
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(render_term(TERM))
    text = console.export_text()
    assert all(part in text for part in ("heaviest: week02", "3,600 students, 3 weeks", "6.5"))


@pytest.mark.slow
@pytest.mark.sandbox
def test_a_term_of_one_week_is_measured(root: Path, tmp_path: Path) -> None:
    """The one week is the heaviest and the median; its hours are the term's."""
    found = bench_term(open_course(root), 100, 11, 2, lambda _: None)
    assert found.heaviest.week == found.median.week == TINY
    assert found.term_hours == found.week_hours(found.median)
    assert found.heaviest.code_s > 0 and found.heaviest.page_s > 0  # hours may drown in noise


@pytest.mark.slow
@pytest.mark.sandbox
def test_one_round_of_everything() -> None:
    """All peers but otter, on two submissions: every one is there, and every ratio is sound."""
    result = bench(BenchOptions(count=2, rounds=1))
    rows = {(row["peer"], row["workers"]): row for row in result.rows()}
    assert {peer for peer, _ in rows} == {
        "bare execution", "ours, warm", "ours, cold", "ours, warm on Dask", "nbgrader autograde",
        "pytest --nbval-lax",
    }  # fmt: skip
    pages = {(run.task, run.peer) for run in result.pages}
    assert {("feedback", "ours"), ("feedback", "nbgrader"), ("report", "ours"),
            ("export", "ours"), ("export", "nbgrader")} == pages  # fmt: skip
    stock = rows["nbgrader autograde", 1]["core_seconds"]
    for row in rows.values():
        assert row["times_bare"] >= 1
        assert row["times_nbgrader"] == pytest.approx(stock / row["core_seconds"])


def test_the_command_explains_itself() -> None:
    """`autograder bench --help` names its options."""
    command = [sys.executable, "-m", "autograder.cli.app", "bench", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert all(
        option in done.stdout
        for option in ("--count", "--rounds", "--otter", "--growth", "--week", "--term")
    )
