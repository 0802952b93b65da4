"""The house rules: a good week breaks none, and every rule notices when it is broken."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from typer.testing import CliRunner

from autograder.cli.app import app
from autograder.proof.lint import RULES, lint_manuscript, week_rules
from autograder.proof.lint.manuscript import Manuscript
from course.probes import MIME

ROOT = Path(__file__).resolve().parents[2]
RULE = {rule.name: rule for rule in RULES}
WEEK = "week98_doubling"


OPENING = """# Week 98: Doubling

**The question of the week.** What is twice as much? About 2 hours. You will build a doubler.

**Papers**

- Bengio et al. (2003), [A language model](https://www.jmlr.org/papers/v3/bengio03a.html)
- Mikolov et al. (2013), [Word representations](https://arxiv.org/abs/1301.3781)

**Key terms**

| English | 한국어 | in one line |
|---|---|---|
""" + "\n".join(f"| term {i} | 용어 | a word |" for i in range(6))

BEFORE = """## Exercise {k}: Double {k} (6 points)

$y = 2x$. Shapes: `x` is a number. About 1 line.

**Predict first.** What is double of 3?
<details><summary>Answer</summary>

6
</details>"""

SOLUTION = '''def double_{k}(x: float) -> float:
    """Twice the number x, a scalar without shape. Zero stays zero."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION'''

HINTS = "\n".join(
    f"<details><summary>Hint {n}: help</summary>\n\ntext\n</details>" for n in (1, 2, 3)
)

CHECK = """### BEGIN HIDDEN TESTS
from course.probes import probe, probe_rng
rng = probe_rng("double_{k}")
x = rng.normal(3)
probe("three numbers", lambda: double_{k}(x), points=4)
probe("zero and one", lambda: [double_{k}(0), double_{k}(1)], points=2)
### END HIDDEN TESTS
out = double_{k}(3)
assert out == 6, f"double(3) is {out}, expected 6: is something added?"
print("visible checks of double_{k}: all passed")"""

TASK = """## Written question (5 points)

Why?
=== BEGIN MARK SCHEME ===
Two points for the reason, two for an example, one for clear words. The reason is that two is even.
=== END MARK SCHEME ==="""

MISTAKE = """# %% exercise=double_{k} name=wrong-{i}
# en: Is it so?
# ko: 그럴까요?
def double_{k}(x): return x + {i}
"""


def markdown(cell_id: str, source: str, **nbgrader) -> NotebookNode:
    cell = new_markdown_cell(source, id=cell_id)
    return tracked(cell, nbgrader)


def code(cell_id: str, source: str, outputs=(), tags=(), **nbgrader) -> NotebookNode:
    cell = new_code_cell(source, id=cell_id, outputs=list(outputs), execution_count=1)
    cell.metadata.update({"tags": list(tags)} if tags else {})
    return tracked(cell, nbgrader)


def tracked(cell: NotebookNode, flags: dict) -> NotebookNode:
    if flags:
        base = {"schema_version": 3, "cell_type": cell.cell_type, "grade_id": cell.id}
        base |= {"grade": False, "solution": False, "locked": False, "task": False}
        cell.metadata["nbgrader"] = nbformat.from_dict(base | flags)
    return cell


def playground(cell_id: str) -> NotebookNode:
    figure = new_output("display_data", data={"image/png": "aGk=", "text/plain": "<Figure>"})
    return code(cell_id, "torch.zeros(1)", [figure], ["nbval-skip"])


def answer(label: str, values: list[float]) -> NotebookNode:
    value = {"kind": "array", "dtype": "float", "shape": [len(values)], "values": values}
    evidence = {"label": label, "points": 1, "rtol": 0, "atol": 0, "value": value}
    return new_output("display_data", data={"text/plain": label, MIME: evidence})


def exercise(k: int) -> list[NotebookNode]:
    answers = [answer("three numbers", [0.5, 1.5, 2.5]), answer("zero and one", [0.0, 2.0])]
    flags = {"grade": True, "locked": True, "points": 6}
    return [
        markdown(f"exercise-{k}", BEFORE.replace("{k}", str(k))),
        code(f"double_{k}", SOLUTION.replace("{k}", str(k)), solution=True),
        markdown(f"hints-{k}", HINTS),
        code(
            f"check_double_{k}",
            CHECK.replace("{k}", str(k)),
            answers,
            ["nbval-check-output"],
            **flags,
        ),
    ]


def good_notebook() -> NotebookNode:
    cells = [
        markdown("opening", OPENING),
        code("setup", "import torch\n\ntorch.set_num_threads(1)", locked=True),
        playground("play-top"),
        *(cell for k in range(1, 6) for cell in exercise(k)),
        *(playground(f"play-{k}") for k in range(3)),
        markdown("written_doubling", TASK, task=True, locked=True, points=5),
        markdown("answer_doubling", "*Write your answer here.*"),
        markdown("door", "## Next week\n\nHalves."),
    ]
    kernel = {"name": "word2chat", "display_name": "Python (word2chat)", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def good_mistakes() -> str:
    wrong = [MISTAKE.format(k=k, i=i) for k in range(1, 6) for i in (1, 2, 3)]
    variants = [f"# %% exercise=double_1 variant=v{i}\nx = {i}\n" for i in (1, 2)]
    return '"""Known mistakes."""\n' + "\n".join([*wrong, *variants])


def write_week(folder: Path, notebook: NotebookNode, mistakes: str) -> Manuscript:
    """The files of a course folder with one week."""
    week = at(folder)
    for path in (week.path, week.mistakes_path):
        path.parent.mkdir(parents=True, exist_ok=True)
    week.folder.mkdir(parents=True)
    nbformat.write(notebook, week.path)
    week.mistakes_path.write_text(mistakes, encoding="utf-8")
    return week


def at(root: Path) -> Manuscript:
    path = root / "source" / WEEK / f"{WEEK}.ipynb"
    mistakes = root / "autograder" / "mistakes" / f"{WEEK}.py"
    return Manuscript(WEEK, path, mistakes, root / "course" / "weeks" / WEEK)


def broken_week(folder: Path, change: Callable[[NotebookNode], None]) -> Manuscript:
    notebook = copy.deepcopy(good_notebook())
    change(notebook)
    return write_week(folder, notebook, good_mistakes())


def test_a_good_week_breaks_no_rule(tmp_path):
    """A small week written by the book is accepted by every rule, and every rule is tried."""
    report = lint_manuscript(write_week(tmp_path, good_notebook(), good_mistakes()))
    assert report.clean, [str(finding) for finding in (*report.broken, *report.todo)]
    assert report.skipped == ()


def edit(cell_id: str, old: str, new: str) -> Callable[[NotebookNode], None]:
    def change(notebook: NotebookNode) -> None:
        cell = by_id(notebook, cell_id)
        assert old in cell.source
        cell.source = cell.source.replace(old, new)

    return change


def by_id(notebook: NotebookNode, cell_id: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if cell.id == cell_id)


def meta(cell_id: str, **fields) -> Callable[[NotebookNode], None]:
    return lambda notebook: by_id(notebook, cell_id).metadata["nbgrader"].update(fields)


def drop(cell_id: str) -> Callable[[NotebookNode], None]:
    return lambda notebook: notebook.cells.remove(by_id(notebook, cell_id))


def attribute(cell_id: str, name: str, value) -> Callable[[NotebookNode], None]:
    return lambda notebook: by_id(notebook, cell_id).__setitem__(name, value)


def tags(cell_id: str, *values: str) -> Callable[[NotebookNode], None]:
    return lambda notebook: by_id(notebook, cell_id).metadata.update({"tags": list(values)})


def output(cell_id: str, *outputs: NotebookNode) -> Callable[[NotebookNode], None]:
    return lambda notebook: by_id(notebook, cell_id).outputs.extend(outputs)


def no_shapes(notebook: NotebookNode) -> None:
    edit("exercise-2", "Shapes: `x` is a number.", "")(notebook)
    edit(
        "double_2",
        "Twice the number x, a scalar without shape.",
        "Twice as much as was given to it.",
    )(notebook)


ERROR = new_output("error", ename="ValueError", evalue="no", traceback=[])
STDERR = new_output("stream", name="stderr", text="warning")
YES = new_output(
    "display_data",
    data={
        MIME: {
            "label": "yes",
            "value": {"kind": "array", "dtype": "bool", "shape": [], "values": [1]},
        }
    },
)
BREAKS: list[tuple[Callable, Callable[[NotebookNode], None], str]] = [
    ("file_format", lambda nb: nb.update(nbformat_minor=4), "nbformat 4.4"),
    ("file_format", lambda nb: nb.metadata.kernelspec.update(name="python3"), "kernelspec"),
    ("file_size", edit("door", "Halves", "x" * 2_100_000), "2.1 MB"),
    ("cell_ids", attribute("door", "id", "a1b2c3d4"), "not readable"),
    ("cell_ids", meta("double_1", grade_id="other"), "must be equal"),
    ("nbgrader_metadata", meta("double_1", schema_version=2), "schema_version 2"),
    ("nbgrader_metadata", meta("written_doubling", task=False, solution=True), "refuses"),
    ("cell_kinds", lambda nb: by_id(nb, "setup").metadata.clear(), "neither nbgrader"),
    ("cell_kinds", meta("double_1", locked=True), "no kind of cell"),
    ("cell_kinds", tags("check_double_2"), "nbval-check-output"),
    ("cell_kinds", tags("check_double_2", "nbval-skip"), "grading needs"),
    ("no_host_traces", edit("door", "Halves", "see /home/me/x"), "absolute path (/home/m"),
    ("no_host_traces", lambda nb: nb.cells[1].metadata.update(execution={}), "times"),
    ("left_overs", edit("door", "Halves", "TODO"), "TODO"),
    ("left_overs", edit("door", "Halves", "\U0001f600"), "emoji"),
    ("left_overs", edit("double_1", "return", "raise NotImplementedError"), "a stub"),
    ("opening", edit("opening", "# Week 98:", "# Chapter"), "first line"),
    ("opening", edit("opening", "About 2 hours.", ""), "the time it takes"),
    ("key_terms", edit("opening", "| term 3 | 용어", "| term 3 | word"), "5 key terms"),
    ("papers", edit("opening", "(2013)", ""), "without a year"),
    ("papers", edit("opening", "](https://arxiv.org/abs/1301.3781)", "]"), "without a link"),
    ("papers", edit("opening", "](https://arxiv.org/abs/1301.3781)", "]"), "1 papers"),
    ("links", edit("opening", "https://arxiv", "http://arxiv"), "not a whole https"),
    ("links", edit("opening", "1301.3781", "13013781"), "not an arXiv"),
    ("set_up", drop("setup"), "exactly one"),
    ("set_up", edit("setup", "torch.set_num_threads(1)", ""), "set_num_threads"),
    ("exercise_cells", drop("double_3"), "4 solution cells"),
    ("exercise_cells", edit("exercise-2", "Exercise 2", "Exercise 7"), "this is exercise 2"),
    ("exercise_cells", meta("check_double_1", grade_id="check_two"), "check_double_1"),
    ("points", meta("check_double_1", points=9), "9 in the check cell"),
    ("points", meta("check_double_1", points=60), "expected 30 to 40"),
    ("guidance", no_shapes, "double_2: no word on shapes"),
    ("guidance", edit("exercise-2", "About 1 line.", ""), "line budget"),
    ("guidance", edit("exercise-2", "Predict first", "Guess"), "no predict-first"),
    ("guidance", edit("exercise-2", ">Answer<", ">Reply<"), "has no folded answer"),
    ("guidance", edit("hints-2", "Hint 3", "Hint 4"), "['1', '2', '4']"),
    ("folded", edit("hints-2", "text\n</details>", "text"), "unequal"),
    ("formulas", edit("door", "Halves.", "$$x"), "open $$"),
    ("written_question", drop("written_doubling"), "0 written questions"),
    ("written_question", drop("answer_doubling"), "no markdown cell answer_"),
    ("written_question", edit("written_doubling", "END MARK", "END"), "no mark scheme"),
    ("ending", edit("door", "Next week", "Well done"), "nothing of the next week"),
    ("solution_form", edit("double_1", "x: float", "x"), "no type for x"),
    ("solution_form", edit("double_1", " -> float", ""), "no return type"),
    ("solution_form", edit("double_1", '"""Twice', 'f"""Twice'), "no docstring"),
    ("solution_form", edit("double_1", "### END SOLUTION", ""), "not closed"),
    ("solution_form", edit("double_1", "return", "import math\n    return"), "imports"),
    ("solution_form", edit("double_1", "def double_1", "def twice"), "not double_1"),
    ("check_form", edit("check_double_1", "### BEGIN", "\n### BEGIN"), "first line"),
    ("check_form", edit("check_double_1", ', f"double(3)', '  # f"double(3)'), "without a"),
    ("check_form", edit("check_double_1", "double_1(3)", "double_1(x)"), "hidden names: x"),
    ("check_form", edit("check_double_1", "double_1(x)", "double_2(x)"), "costs twice"),
    ("check_form", edit("check_double_1", "all passed", "good"), "does not print"),
    ("check_form", edit("check_double_1", "assert ", "assert torch.allclose(x) or "), "one number"),
    (
        "check_form",
        edit("check_double_1", "assert out", "assert course.probes.close(out, 6) or out"),
        "does not import course.probes",
    ),
    ("probes", edit("check_double_1", "points=4", "points=3"), "sum to 5"),
    ("probes", edit("check_double_1", "zero and one", "three numbers"), "used twice"),
    ("probes", edit("check_double_1", "points=4", "points=n"), "not written as literals"),
    ("no_yes_or_no", edit("check_double_1", "double_1(x)", "double_1(x) > 3"), "True or False"),
    ("no_yes_or_no", edit("check_double_1", "double_1(x)", "bool(1)"), "True or False"),
    ("stored_outputs", output("play-1", ERROR), "a stored error: ValueError"),
    ("stored_outputs", output("play-1", STDERR), "stderr"),
    ("stored_outputs", attribute("play-1", "execution_count", None), "was not run"),
    ("stored_outputs", attribute("check_double_1", "outputs", []), "0 stored answers for 2"),
    ("stored_outputs", output("check_double_1", answer("x", ["nan"])), "NaN"),
    ("figures", attribute("play-top", "outputs", []), "no figure before exercise 1"),
    ("ruff", edit("setup", "import torch", "import torch, os"), "E401"),
    ("spelling", edit("door", "Halves", "Teh halves"), "Teh ==> The"),
    ("own_folder", edit("setup", "import torch", "from course.weeks import week02_rnn"), "week02"),
    ("own_folder", edit("play-1", "torch", "course.weeks.week01_word2vec.toys"), "week01_word2"),
    (
        "challenge",
        edit("check_double_1", "rng =", "challenge(T, double_1, points=5)\nrng ="),
        "its heading should be `## Open challenge: double_1 (6 points)`",
    ),
    ("challenge", edit("check_double_2", "rng =", "challenge(T, double_2)\nrng ="), "points=6"),
    ("no_guessable_answer", output("check_double_1", YES), "1 yes-or-no"),
    ("nbgrader_metadata", meta("check_double_1", points="six"), "no number"),
]


@pytest.mark.parametrize(
    ("rule", "change", "expected"), BREAKS, ids=[f"{r}-{e[:24]}" for r, _, e in BREAKS]
)
def test_each_rule_notices_when_it_is_broken(rule, change, expected, tmp_path):
    """A good week with one fault is told of that fault by its rule, with a remedy."""
    found = list(RULE[rule](broken_week(tmp_path, change)))
    assert expected in "\n".join(str(finding) for finding in found)
    assert all(finding.remedy for finding in found)


def test_every_rule_is_broken_by_some_test():
    """No rule stands in the list that nobody has seen fail."""
    elsewhere = {"mistakes", "glossary"}  # below, and where weeks are begun
    assert {rule for rule, *_ in BREAKS} | elsewhere == set(RULE)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("name=wrong-3", "variant=w3", "double_1: 2 known mistakes"),
        ("# ko: 그럴까요?", "# ko: is it?", "holds no Hangul"),
        ("# en: Is it so?", "# en: 그래요?", "English hint holds Hangul"),
        ("# en: Is it so?", "# en: " + "so " * 100, "one sentence"),
        ("exercise=double_1 ", "exercise=duoble ", "no exercise `duoble`"),
        ("variant=v2", "name=v2", "no `# en:"),
    ],
)
def test_the_mistakes_file_is_held_to_its_rule(old, new, expected, tmp_path):
    """Numbers and languages of the known mistakes are checked, and the file's form."""
    text = good_mistakes()
    assert old in text
    week = write_week(tmp_path, good_notebook(), text.replace(old, new))
    assert expected in "\n".join(str(finding) for finding in RULE["mistakes"](week))


def test_a_finding_names_the_cell_by_place_and_name(tmp_path):
    """The author is told the cell's number, its grade_id, what is wrong and what to do."""
    week = broken_week(tmp_path, edit("check_double_1", "points=4", "points=3"))
    (found,) = RULE["probes"](week)
    place = [cell.id for cell in week.cells].index("check_double_1") + 1
    assert (found.index, found.cell) == (place, "check_double_1")
    assert (found.rule, found.todo) == ("probes", False)
    assert "sum to the cell's" in found.remedy


@pytest.mark.parametrize(
    ("rule", "change", "cell"),
    [
        ("ruff", edit("setup", "import torch", "import torch, os"), "setup"),
        ("spelling", edit("door", "Halves", "Teh halves"), "door"),
    ],
)
def test_a_tools_finding_is_brought_to_its_cell(rule, change, cell, tmp_path):
    """What ruff and codespell print by line numbers is told by the cell."""
    assert [finding.cell for finding in RULE[rule](broken_week(tmp_path, change))][-1] == cell


def test_the_weights_of_a_network_are_no_words(tmp_path):
    """A long line of base64 is not read by the spelling rule; a word before it is."""
    line = "/Teh/wROte/" * 8
    words = edit("door", "Halves", f"Halves\n\n{line}\n")
    assert list(RULE["spelling"](broken_week(tmp_path / "right", words))) == []
    wrong = edit("door", "Halves", f"Teh\n\n{line}\n")
    assert len(list(RULE["spelling"](broken_week(tmp_path / "wrong", wrong)))) == 1


def test_what_is_not_written_yet_is_to_do_and_not_broken(tmp_path):
    """Too few exercises, points, terms, figures, mistakes, and a TODO: the author goes on there."""
    notebook = good_notebook()
    edit("opening", "What is twice as much?", "What?\n\nTODO: say it better.")(notebook)
    keep = {"opening", "setup", "play-top", "written_doubling", "answer_doubling", "door"}
    notebook.cells = [c for c in notebook.cells if c.id in keep or c.id.endswith(("_1", "-1"))]
    by_id(notebook, "play-1").execution_count = None
    report = lint_manuscript(write_week(tmp_path, notebook, '"""None yet."""\n'))
    assert report.broken == ()
    assert {finding.rule for finding in report.todo} == {
        "left_overs", "exercise_cells", "points", "stored_outputs", "figures", "mistakes",
    }  # fmt: skip
    assert any("TODO: say it better." in finding.what for finding in report.todo)


def test_a_week_without_its_files_is_reported_not_skipped(tmp_path):
    """A week without a notebook of its name, a broken one, or none of mistakes, is told so."""
    (lost,) = lint_manuscript(at(tmp_path)).broken
    assert f"{WEEK}.ipynb is missing in source/" in lost.what and lost.remedy
    week = write_week(tmp_path, good_notebook(), good_mistakes())
    without = replace(week, mistakes_path=tmp_path / "week97_empty.py")
    (unwritten,) = lint_manuscript(without).todo
    assert "week97_empty.py" in unwritten.what
    week.path.write_text(week.path.read_text("utf-8")[:1000], "utf-8")
    (half,) = lint_manuscript(at(tmp_path)).broken
    assert "breaks off" in half.what


def test_a_missing_tool_is_said_and_the_rest_is_tried(tmp_path, monkeypatch):
    """Without ruff and codespell the rules that need them are named as not tried."""
    monkeypatch.setattr(week_rules.importlib.util, "find_spec", lambda name: None)
    report = lint_manuscript(broken_week(tmp_path, edit("door", "Next week", "Well done")))
    assert [text.split(":")[0] for text in report.skipped] == ["ruff", "spelling"]
    assert all("requirements-dev.txt" in text for text in report.skipped)
    assert [finding.rule for finding in report.broken] == ["ending"]


# ------------------------------------------------------------------------------------ the command
def course_with(folder: Path, change: Callable[[NotebookNode], None] = lambda nb: None) -> Path:
    (folder / "nbgrader_config.py").write_text("c = get_config()\n")
    broken_week(folder, change)
    return folder


def call(root: Path, *words: str):
    return CliRunner().invoke(app, ["lint", *words, "--course-root", str(root)])


def test_the_command_is_silent_on_a_good_week(tmp_path):
    """Exit code 0, one line."""
    answer = call(course_with(tmp_path), WEEK)
    assert (answer.exit_code, answer.stdout) == (0, f"{WEEK}: keeps the house rules\n")


def test_the_command_says_cell_and_remedy_and_ends_with_four(tmp_path):
    """A person reads the cell, the rule and the remedy; a script reads the same as JSON."""
    root = course_with(tmp_path, edit("door", "Next week", "Well done"))
    answer = call(root)
    assert answer.exit_code == 4
    assert "1 broken, 0 to do" in answer.stdout
    assert "door (ending): the last cell says nothing of the next week" in answer.stdout
    assert "Say in the last cell what the next week changes." in answer.stdout
    (read,) = json.loads(call(root, "--json").stdout)
    assert (read["week"], read["clean"]) == (WEEK, False)
    assert read["broken"][0]["cell"] == "door"


def test_the_command_knows_the_weeks(tmp_path):
    """A name that is no week is one sentence with the weeks that there are."""
    answer = call(course_with(tmp_path), "week99_none")
    assert answer.exit_code == 1
    assert f"Weeks here: {WEEK}" in str(answer.exception)
