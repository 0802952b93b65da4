"""A new week from the scaffold: it runs, it keeps the rules, it is proved, released and graded."""

from __future__ import annotations

import importlib
import json
import runpy
from pathlib import Path

import nbformat
import pytest
import tiny_course
import torch
from nbformat import NotebookNode
from typer.testing import CliRunner

import course.weeks
from autograder.cli.app import app
from autograder.course_folder import Course, open_course
from autograder.edition.new_week import new_week
from autograder.edition.release import release
from autograder.errors import UserError
from autograder.proof.lint import lint
from autograder.proof.prove import prove_week
from autograder.run.grade import Options, grade
from autograder.week import open_week
from course import probes
from course.lesson.fallback import stand_ins

ROOT = Path(__file__).resolve().parents[2]
WEEK, TITLE = "week15_chatbot", "A week that was begun (2026)"
SYLLABUS = """# Syllabus

| Week | Notebook | You build | State |
|---|---|---|---|
| 00 | `week00_setup` | tools | ready |
| 15 | `week15_chatbot` | a house | announced |
| 16 | `week16_roof` | a roof | announced |

The end.
"""
SQUARE = '''def square_norms(x: Tensor) -> Tensor:
    """The squared length of each row.

    Args:
        x: (B, D), any float dtype.

    Returns:
        (B,), the same dtype.
    """
    ### BEGIN SOLUTION
    return (x * x).sum(dim=-1)
    ### END SOLUTION'''
CHECK = """### BEGIN HIDDEN TESTS
from course.probes import probe, probe_rng

rng = probe_rng("square_norms")
some, wide = rng.normal(4, 3), rng.normal(1, 6)
probe("four rows", lambda: square_norms(some), points=4)
probe("one row", lambda: square_norms(wide), points=2)
### END HIDDEN TESTS
out = square_norms(torch.tensor([[3.0, 4.0], [0.0, 1.0]]))
assert out is not None, "square_norms returns nothing: is a return line missing?"
assert out.tolist() == [25, 1], f"the rows 3, 4 and 0, 1 gave {out.tolist()}, expected 25 and 1"
print("visible checks of square_norms: all passed")"""
MISTAKES = '''"""Known mistakes of the scaffold's week."""

# %% exercise=square_norms name=root
# en: A length came back in place of its square: which last step is one too many?
# ko: 제곱이 아니라 길이가 나왔습니다. 마지막 단계 하나가 더 있지 않나요?
def square_norms(x):
    return x.norm(dim=-1)

# %% exercise=square_norms name=columns
# en: There is one number for each column: which axis does a row run along?
# ko: 열마다 수가 하나씩 나왔습니다. 행은 어느 축을 따라 있나요?
def square_norms(x):
    return (x * x).sum(dim=0)

# %% exercise=square_norms name=mean
# en: The numbers are too small by the same factor: was something divided by the width?
# ko: 모든 수가 같은 비율로 작습니다. 너비로 나누지 않았나요?
def square_norms(x):
    return (x * x).mean(dim=-1)

# %% exercise=square_norms variant=einsum
def square_norms(x):
    return torch.einsum("bd,bd->b", x, x)

# %% exercise=square_norms variant=norm
def square_norms(x):
    return x.norm(dim=-1) ** 2
'''


@pytest.fixture
def begun(tmp_path: Path) -> Course:
    """A course folder with a guide, in which the week was just begun."""
    course = empty_course(tmp_path)
    new_week(course, WEEK, TITLE)
    return course


def empty_course(folder: Path) -> Course:
    root = tiny_course.make_course(folder)
    (root / "course" / "guide").mkdir(parents=True)
    (root / "course" / "guide" / "syllabus.md").write_text(SYLLABUS, "utf-8")
    (root / "course" / "guide" / "glossary.md").write_text("", "utf-8")
    return open_course(root)


def notebook_path(course: Course) -> Path:
    return course.root / "source" / WEEK / f"{WEEK}.ipynb"


def fill(course: Course) -> None:
    """Write an exercise of one's own in place of the example."""
    texts = {"centre_rows": SQUARE, "check_centre_rows": CHECK}
    notebook = nbformat.read(notebook_path(course), as_version=4)
    for cell in notebook.cells:
        cell.source = texts.get(cell.id, cell.source.replace("centre_rows", "square_norms"))
        cell.id = cell.id.replace("centre_rows", "square_norms")
        if "nbgrader" in cell.metadata:
            cell.metadata["nbgrader"]["grade_id"] = cell.id
    nbformat.write(notebook, notebook_path(course))
    (course.root / "autograder" / "mistakes" / f"{WEEK}.py").write_text(MISTAKES, "utf-8")


def submit(course: Course, student: str, answer: str | None) -> None:
    folder = course.root / "submitted" / student / WEEK
    folder.mkdir(parents=True)
    notebook = nbformat.read(course.root / "release" / WEEK / f"{WEEK}.ipynb", as_version=4)
    for cell in notebook.cells:
        if cell.id == "square_norms" and answer:
            cell.source = answer
    nbformat.write(notebook, folder / f"{WEEK}.ipynb")


# ------------------------------------------------------------------------------------ the skeleton
def test_the_skeleton_breaks_no_rule_and_lists_what_to_write(begun):
    """Ruff, spelling, metadata and form are right from the start; every TODO is named."""
    report = lint(begun, WEEK)
    assert [str(finding) for finding in report.broken] == []
    cells = nbformat.read(notebook_path(begun), as_version=4).cells
    marked = {cell.id for cell in cells if "TODO" in cell.source}
    unwritten = [finding for finding in report.todo if finding.rule == "left_overs"]
    assert {finding.cell for finding in unwritten if finding.cell} == marked
    beside = {finding.what.split(":")[0] for finding in unwritten if not finding.cell}
    assert {"lesson.py", "plots.py", "stand_ins/__init__.py", f"{WEEK}.py"} <= beside
    assert {"title", "open-challenge", "my-chatbot", "door"} <= marked
    assert cells[0].source.startswith(f"# Week 15: {TITLE}\n")
    assert "**Week 16** begins there" in cells[-1].source
    assert not [cell.id for cell in cells if "{{" in cell.source]


def test_the_whole_skeleton_runs_from_top_to_bottom(begun, monkeypatch):
    """Set-up, example, check, plots and widgets: every cell runs, and the tests beside it pass."""
    monkeypatch.setattr(course.weeks, "__path__", [str(begun.root / "course" / "weeks")])
    monkeypatch.setattr(probes, "_show", lambda *_: None)
    monkeypatch.setenv("WORD2CHAT_STATE", str(begun.root / "state"))
    forget(f"course.weeks.{WEEK}")  # the course has a week of this name too
    try:
        namespace: dict = {}
        for cell in nbformat.read(notebook_path(begun), as_version=4).cells:
            if cell.cell_type == "code":
                exec(compile(cell.source, cell.id, "exec"), namespace)
        stand_in = stand_ins(WEEK)["centre_rows"](namespace["rows"])
        assert torch.allclose(stand_in, namespace["centre_rows"](namespace["rows"]), atol=1e-3)
        tests = runpy.run_path(str(begun.root / "tests" / "weeks" / f"test_{WEEK}.py"))
        found = [value for name, value in tests.items() if name.startswith("test_")]
        assert len(found) == 3
        for test in found:
            test()
    finally:
        forget(f"course.weeks.{WEEK}")


def forget(package: str) -> None:
    import sys

    for name in [name for name in sys.modules if name.startswith(package)]:
        del sys.modules[name]
    importlib.invalidate_caches()


def test_the_syllabus_says_that_the_week_is_in_work(begun, tmp_path):
    """An announced row keeps its words; a week that is not announced gets a row in its place."""
    page = begun.root / "course" / "guide" / "syllabus.md"
    assert page.read_text("utf-8") == SYLLABUS.replace("a house | announced", "a house | in work")
    new_week(begun, "week04_answer", "The answer")
    rows = page.read_text("utf-8").splitlines()
    place = rows.index("| 04 | `week04_answer` | The answer | in work |")
    assert rows[place - 1].startswith("| 00 |") and rows[place + 1].startswith("| 15 |")


BAD = {
    "a name without a number": ("attention", TITLE, "no name of a week"),
    "capitals": ("week16_Attention", TITLE, "no name of a week"),
    "a path": ("week16_a/../b", TITLE, "no name of a week"),
    "no topic": ("week16_", TITLE, "no name of a week"),
    "the week itself": (WEEK, TITLE, f"Week 15 exists: source/{WEEK}/"),
    "another week of its number": ("week15_other", TITLE, "Week 15 exists"),
    "a number of another announced week": ("week16_cellar", TITLE, "announces week 16 as week16"),
    "an empty title": ("week99_end", "  ", "The title is empty"),
    "a title of two lines": ("week99_end", "one\ntwo", "The title is"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_begun_is_refused_and_nothing_is_written(begun, case):
    """Malformed names, taken numbers and odd titles: one sentence, and not one file."""
    name, title, said = BAD[case]
    before = files_of(begun.root)
    with pytest.raises(UserError, match=said) as found:
        new_week(begun, name, title)
    assert found.value.remedy
    assert files_of(begun.root) == before


def files_of(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_no_file_is_ever_overwritten(tmp_path):
    """A file of an earlier attempt that lies in the way stays, and stops all of it."""
    course = empty_course(tmp_path)
    own = course.root / "tests" / "weeks" / f"test_{WEEK}.py"
    own.parent.mkdir(parents=True)
    own.write_text("mine")
    before = files_of(course.root)
    with pytest.raises(UserError, match=f"test_{WEEK}.py exists already"):
        new_week(course, WEEK, TITLE)
    assert files_of(course.root) == before


def test_the_command_lists_the_files_and_what_comes_next(tmp_path):
    """A person reads paths and the next two commands; a script reads the same as JSON."""
    course = empty_course(tmp_path)
    words = ["new-week", WEEK, TITLE, "--course-root", str(course.root)]
    said = CliRunner().invoke(app, words).stdout
    assert f"written  source/{WEEK}/{WEEK}.ipynb" in said
    assert "changed  course/guide/syllabus.md" in said
    assert f"autograder lint {WEEK}" in said
    again = CliRunner().invoke(app, [*words[:1], "week04_answer", *words[2:], "--json"]).stdout
    made = json.loads(again)
    assert (made["week"], len(made["files"])) == ("week04_answer", 9)
    assert all((course.root / path).is_file() for path in made["files"])


# ------------------------------------------------------------------------------------ one exercise
def test_a_filled_exercise_is_right_for_the_rules(begun):
    """With an exercise of one's own only what is still unwritten is listed."""
    fill(begun)
    report = lint(begun, WEEK)
    assert [str(finding) for finding in report.broken] == []
    assert "mistakes" not in {finding.rule for finding in report.todo}


@pytest.mark.slow
@pytest.mark.sandbox
def test_a_filled_exercise_is_proved_released_and_graded(begun):
    """From the scaffold to marks: proof with mutants, release, a right, a wrong, an empty one."""
    fill(begun)
    proof = prove_week(open_week(begun, WEEK), seeds=2, say=lambda _: None)
    assert proof.ok, [str(problem) for problem in proof.problems]
    assert (proof.exercises, proof.reference_points, proof.empty_points) == (1, 6.0, 0.0)
    assert (proof.mistakes.good, proof.variants.good) == (3, 2)
    assert release(open_week(begun, WEEK), None, lambda _: None).points == 6.0
    submit(begun, "right", "def square_norms(x):\n    return (x**2).sum(-1)")
    submit(begun, "wrong", "def square_norms(x):\n    return (x**2).sum(0)")
    submit(begun, "empty", None)
    run = grade(open_week(begun, WEEK), Options())
    assert {e.student: e.score for e in run.entries} == {"right": 6.0, "wrong": 0.0, "empty": 0.0}
    named = {e.student: check.mistake.name for e in run.entries for j in e.judgements
             for check in j.checks if check.mistake}  # fmt: skip
    assert named == {"wrong": "columns"}


# ------------------------------------------------------------------------------------ the glossary
def with_terms(notebook: NotebookNode, rows: str) -> None:
    cell = next(cell for cell in notebook.cells if cell.id == "papers-and-terms")
    cell.source = cell.source.replace("|---|---|---|\n", f"|---|---|---|\n{rows}")


def test_key_terms_go_into_the_glossary_by_a_command(begun):
    """New terms get rows in order; a row written by hand keeps its line; doubles stand once."""
    notebook = nbformat.read(notebook_path(begun), as_version=4)
    rows = (
        "| zeugma $z$ | 액어법 | one verb, two objects |\n| token, aardwolf | 토큰, 땅늑대 | x |\n"
    )
    with_terms(notebook, rows)
    nbformat.write(notebook, notebook_path(begun))
    (missing,) = [f for f in lint(begun, WEEK).todo if f.rule == "glossary"]
    assert missing.what == "not in the glossary: zeugma, token, aardwolf"
    words = ["glossary", "--course-root", str(begun.root)]
    assert "written anew" in CliRunner().invoke(app, words).stdout
    page = (begun.root / "course" / "guide" / "glossary.md").read_text("utf-8")
    assert "| aardwolf | 땅늑대 | x | 15 |\n" in page
    assert "| token | 토큰 | a piece of text as the model sees it | 02 |\n" in page
    assert "| zeugma | 액어법 | one verb, two objects | 15 |" in page
    assert "as it should be" in CliRunner().invoke(app, words).stdout
    assert not [f for f in lint(begun, WEEK).todo if f.rule == "glossary"]


def test_terms_that_share_a_noun_are_two_terms():
    """`vanishing, exploding gradient` are looked up one by one, `padding, mask` as well."""
    from autograder.glossary import key_terms

    table = "| English | 한국어 | in one line |\n|---|---|---|\n"
    table += (
        "| vanishing, exploding gradient | 소실, 폭주 | a |\n| padding, mask | 패딩, 마스크 | b |\n"
    )
    table += "| gate $f$, $g$ | 게이트 | c |\n| perplexity | 혼란도, 난해성 | d |"
    terms = [(term.english, term.korean) for term in key_terms("week03_x", [table])]
    assert terms == [
        ("vanishing gradient", "소실"), ("exploding gradient", "폭주"), ("padding", "패딩"),
        ("mask", "마스크"), ("gate", "게이트"), ("perplexity", "혼란도, 난해성"),
    ]  # fmt: skip
