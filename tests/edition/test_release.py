"""A release costs what it must: the proof's own run of the reference is the first of the two."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiny_course
from tiny_course import WEEK

from autograder import week as weeks
from autograder.course_folder import UNPROTECTED, open_course
from autograder.edition.release import generate, go_on_after_checks, release
from autograder.errors import UserError
from autograder.proof.prove import prove_week
from autograder.reference.build import load_references
from autograder.week import open_week

RANDOM = "import os; x = torch.tensor(list(os.urandom(15))).reshape(3, 5) / 1.0"
MISTAKES = "".join(
    f"""# %% exercise={name} name={mistake}
# en: Look at the first line again: what does it return?
# ko: 첫 줄을 다시 보세요. 무엇을 돌려주나요?
def {name}(x):
    return {body}

"""
    for name, mistake, body in (
        ("double", "zero", "0 * x"),
        ("double", "squared", "x * x"),
        ("double", "thrice", "3 * x"),
        ("row_sums", "columns", "x.sum(0)"),
        ("row_sums", "means", "x.mean(-1)"),
        ("row_sums", "all", "x.sum()"),
    )
)


@pytest.mark.slow
def test_the_reference_is_executed_once_for_proof_and_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proof and the release share one reference, and run nothing that was just run."""
    monkeypatch.setattr(weeks, "MISTAKES", tmp_path)
    (tmp_path / f"{WEEK}.py").write_text(MISTAKES, "utf-8")
    week, said = open_week(open_course(tiny_course.make_course(tmp_path)), WEEK), list[str]()
    (truth,) = load_references(week, UNPROTECTED, said.append).values()
    proof = prove_week(week, 1, False, UNPROTECTED, say=said.append, truth=truth)
    assert proof.ok, proof.problems
    made = release(week, UNPROTECTED, said.append, proved=True)
    assert made.points == tiny_course.MAX_SCORE
    executed = [line for line in said if line.startswith("Executing the reference")]
    assert len(executed) == 1


@pytest.mark.slow
def test_a_release_without_proof_runs_the_reference_twice(tmp_path: Path) -> None:
    """Random numbers without a seed are found, and the week is not released."""
    root = tiny_course.make_course(tmp_path)
    path = root / "source" / WEEK / f"{WEEK}.ipynb"
    text = path.read_text("utf-8")
    text = text.replace("x = rng.normal(3, 5)", RANDOM)
    assert RANDOM in text
    path.write_text(text, "utf-8")
    with pytest.raises(UserError, match="not the same twice"):
        release(open_week(open_course(root), WEEK), UNPROTECTED, lambda _: None)
    assert not (root / "release" / WEEK).exists()


def test_run_all_goes_on_behind_a_failed_check(tmp_path: Path) -> None:
    """In the student's notebook checks carry the tag that lets JupyterLab go on; once, and only
    they, so that an unsolved notebook runs down to its summary."""
    root = tiny_course.make_course(tmp_path)
    week = open_week(open_course(root), WEEK)
    generate(week)
    generate(week)
    tagged = {cell.id for cell in tiny_course.released(root).cells
              if cell.metadata.get("tags", []).count("raises-exception") == 1}  # fmt: skip
    assert tagged == {"check_double", "check_row_sums"}
    go_on_after_checks(root / "release" / WEEK / f"{WEEK}.ipynb")
    cells = tiny_course.released(root).cells
    assert max(cell.metadata.get("tags", []).count("raises-exception") for cell in cells) == 1
