"""The proof of an open challenge: it shows what entries earn, and finds a curve that is wrong."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import challenge_course
import nbformat
import pytest
from rich.console import Console

from autograder.challengebook import asks_for_entry, challenge_cells, load_challenge, with_contexts
from autograder.course_folder import UNPROTECTED, open_course
from autograder.errors import UserError
from autograder.model import JobCell
from autograder.proof.lint.challenge_rules import challenge as challenge_rule
from autograder.proof.lint.manuscript import manuscript
from autograder.proof.results import Proof, render
from autograder.proof.rivals import OWN, _curve_problems, _entry_problems, rivalry
from autograder.proof.trials import Workbench
from autograder.reference.build import make_reference
from autograder.stages.hidden_scope import in_own_scope
from autograder.week import open_week

WEEK = challenge_course.WEEK


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return challenge_course.make_course(tmp_path_factory.mktemp("rivals"))


@pytest.fixture(scope="module")
def bench(root: Path) -> Workbench:
    week = open_week(open_course(root), WEEK)
    return Workbench(week, week.notebooks[0], UNPROTECTED)


@pytest.fixture(scope="module")
def tried(bench: Workbench):
    truth = make_reference(bench.week, bench.notebook, provisioner=UNPROTECTED, mistakes=())
    return rivalry(bench, truth)


def test_entries_earn_what_their_file_says_under_every_draw(tried) -> None:
    """Three entries on three hidden sets: in order, in range, the course's own with all points.

    Worked by hand: the own entry has 0.469 bits, the careful one 0.9 · 0.415 + 0.1 · 2 = 0.574.
    """
    assert tried.problems == ()
    assert [one.name for one in tried.tried] == ["a-coin", "too-careful", OWN] * 3
    assert [round(one.score, 3) for one in tried.tried] == [1.0, 0.574, 0.469] * 3
    assert tried.own_points == challenge_course.POINTS
    console = Console(width=200, file=io.StringIO())
    console.print(render([Proof(WEEK, rivals=tried.tried)]))
    shown = console.file.getvalue()
    assert "week90_tiny: open challenge" in shown and "too-careful" in shown and "0.574" in shown


def test_what_is_out_of_range_or_out_of_order_is_a_problem(tried) -> None:
    """An entry that earns too much, one without a score, and two that stand the wrong way round."""
    coin, careful, own = tried.tried[:3]
    (wrong,) = _entry_problems((replace(coin, least=1.0, most=2.0),))
    assert str(wrong) == "challenge: a-coin, this folder's draw: it earns 0 points, expected 1 to 2"
    (silent,) = _entry_problems((replace(coin, score=None, why="no entry was displayed"),))
    assert "it has no score: no entry was displayed" in silent.what
    (turned,) = _entry_problems((careful, coin, own))
    assert "not better than too-careful" in turned.what and turned.where.startswith("a-coin")
    (poor,) = _entry_problems((replace(own, points=3.0),))
    assert "it earns 3 points, expected 4 to 4" in poor.what


@pytest.mark.parametrize(
    "curve", [((2, 0), (1, 1), (1.5, 2)), ((2, 0), (1, 1), (0.5, 1)), ((1, 0), (2, 1), (2, 3))]
)
def test_a_curve_that_does_not_rise_is_a_problem(curve: tuple) -> None:
    """Scores that turn back, points that stand still, two points for one score."""
    assert [problem.where for problem in _curve_problems(curve)] == ["the curve"]
    assert list(_curve_problems(((2, 0), (1, 1), (0.5, 2)))) == []


def test_other_parts_of_the_proof_leave_the_challenge_out(bench: Workbench) -> None:
    """It has no right answer: no mistakes, mutants, lazy answers and seeds for it."""
    assert challenge_cells(bench.notebook) == {"next_letter", "check_next_letter"}
    rest = bench.without_challenge
    assert rest.exercises == ("double", "row_sums")
    assert rest.checks == ("check_double", "check_row_sums")


def test_contexts_go_to_the_check_and_nowhere_else(bench: Workbench) -> None:
    """Only the cell that shows an entry gets them; its lines keep their numbers."""
    sources = {cell.grade_id: in_own_scope(cell.source) for cell in bench.notebook.cells}
    cells = tuple(JobCell(i, text, name) for i, (name, text) in enumerate(sources.items()))
    handed = with_contexts(cells, bench.week.challenge)
    changed = [cell.grade_id for cell, old in zip(handed, cells, strict=True) if cell != old]
    assert changed == ["check_next_letter"]
    (check,) = [cell for cell in handed if cell.grade_id == "check_next_letter"]
    assert len(check.source.split("\n")) == len(challenge_course.CHECK.split("\n"))
    assert bench.week.challenge.packed in check.source
    assert with_contexts(handed, bench.week.challenge) == handed
    assert with_contexts(cells, None) == cells


@pytest.mark.parametrize(
    ("source", "asks"),
    [(challenge_course.CHECK, True), ("challenge(CHALLENGE, f, points=4)", False),
     ("### BEGIN HIDDEN TESTS\nprobe('a challenge(', f)\n### END HIDDEN TESTS", False)],
)  # fmt: skip
def test_a_challenge_is_known_by_its_call(source: str, asks: bool) -> None:
    """In the hidden region, at the beginning of a line."""
    assert asks_for_entry(source) is asks


BROKEN = {
    "no entries": ("entries", '"""None yet."""\n', "There is no entry"),
    "another header": ("entries", "\n# %% entry=a points=1\nx = 1\n", "another form than"),
    "not Python": ("hidden", "def hidden(seed:", "SyntaxError"),
    "no challenge in it": ("hidden", "def hidden(seed): ...", "AttributeError"),
    "no windows": ("hidden", f"{challenge_course.TASK}\nhidden = lambda seed: 3", "AttributeError"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_cannot_be_used_is_a_sentence(name: str, tmp_path: Path) -> None:
    """An author reads which file, and what to do."""
    which, text, said = BROKEN[name]
    root = challenge_course.make_course(tmp_path)
    folder = root / "autograder" / "challenges"
    path = folder / "entries" / f"{WEEK}.py" if which == "entries" else folder / f"{WEEK}.py"
    path.write_text(text)
    with pytest.raises(UserError, match=said) as found:
        load_challenge(open_course(root), WEEK)
    assert found.value.remedy


def test_a_week_without_a_challenge_has_none(tmp_path: Path) -> None:
    """No file, no hidden set, and no secret is drawn."""
    root = challenge_course.make_course(tmp_path)
    (root / "autograder" / "challenges" / f"{WEEK}.py").unlink()
    assert load_challenge(open_course(root), WEEK) is None
    assert not (root / "challenge_seed.txt").exists()


def test_the_rule_on_the_form_names_what_is_missing(root: Path, tmp_path: Path) -> None:
    """Heading, solution, points and files; nothing to say where all of it is there."""
    week = manuscript(open_course(root), WEEK)
    found = [finding.what for finding in challenge_rule(week)]
    assert found == ["its heading should be `## Open challenge: next_letter (4 points)`"]
    other = challenge_course.make_course(tmp_path)
    path = other / "source" / WEEK / f"{WEEK}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.source = cell.source.replace(
            "# A tiny week", "## Open challenge: next_letter (4 points)"
        )
        cell.source = cell.source.replace("next_letter, points=4", "next_letter, points=3")
    nbformat.write(notebook, path)
    (other / "autograder" / "challenges" / "entries" / f"{WEEK}.py").unlink()
    found = [finding.what for finding in challenge_rule(manuscript(open_course(other), WEEK))]
    assert found[0] == "`challenge(…, points=4)` should stand in it once"
    assert "entries/week90_tiny.py" in found[1] and len(found) == 2
