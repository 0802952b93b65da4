"""House rules of notebooks: every week keeps them, and every rule notices when it is broken."""

from __future__ import annotations

import copy
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import house_rules as rules
import nbformat
import pytest
from house_rules import HANGUL, RULES, Week, region, weeks
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from course.probes import MIME

ROOT = Path(__file__).resolve().parents[2]
WEEKS = weeks(ROOT)
RELEASED = [week for week in WEEKS if (ROOT / "release" / week.name).is_dir()]


def week_id(week: Week) -> str:
    return week.name


# ------------------------------------------------------------------------------------ source/
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("week", WEEKS, ids=week_id)
def test_every_week_keeps_every_rule(week, rule):
    """The notebook and the mistakes file of each week in source/ keep each house rule."""
    problems = list(rule(week))
    assert not problems, f"{rule.__doc__}\n  " + "\n  ".join(problems)


@pytest.mark.slow
@pytest.mark.parametrize("week", WEEKS, ids=week_id)
def test_stored_outputs_equal_those_of_a_fresh_run(week, tmp_path):
    """Stock nbval, run over the source notebook, finds the stored answers of every check."""
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "--nbval-kernel-name=python3"]
    command += ["-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(week.path)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-1000:]


# ------------------------------------------------------------------------------------ release/
def released(week: Week) -> NotebookNode:
    return nbformat.read(ROOT / "release" / week.name / week.path.name, as_version=4)


def sources(notebook: NotebookNode) -> str:
    return "\n\n".join(cell.source for cell in notebook.cells)


@pytest.mark.parametrize("week", RELEASED, ids=week_id)
def test_release_holds_no_solution_no_hidden_check_and_no_mark_scheme(week):
    """What the instructor keeps is in no cell of the student's notebook, whole or in part."""
    text = sources(released(week))
    for marker in ("SOLUTION", "HIDDEN TESTS", "MARK SCHEME"):
        assert f"BEGIN {marker}" not in text
        assert f"END {marker}" not in text
    checks = [cell for cell in released(week).cells if rules._flag(cell, "grade")]
    assert not [cell.id for cell in checks if "probe(" in cell.source]
    for secret in secrets(week):
        assert secret not in text, f"leaked into release/: {secret[:200]}"


def secrets(week: Week) -> list[str]:
    """Regions that students must not see, as whole blocks and as their telling lines."""
    blocks = [region(c.source, rules.BEGIN_SCHEME, rules.END_SCHEME) for c in week.cells]
    hidden = [region(c.source, rules.BEGIN_HIDDEN, rules.END_HIDDEN) for c in week.checks]
    solved = [region(c.source, rules.BEGIN_SOLUTION, rules.END_SOLUTION) for c in week.solutions]
    lines = [line for block in hidden for line in block.splitlines() if "probe(" in line]
    return [text for text in (*blocks, *hidden, *solved, *lines) if len(text.strip()) > 20]


@pytest.mark.parametrize("week", RELEASED, ids=week_id)
def test_release_stubs_say_what_to_do(week):
    """Each solution cell of the student raises NotImplementedError with a friendly sentence."""
    stubs = [
        c for c in released(week).cells if c.cell_type == "code" and rules._flag(c, "solution")
    ]
    assert [rules._grade_id(cell) for cell in stubs] == week.names
    for cell in stubs:
        assert "# YOUR CODE HERE" in cell.source
        message = re.search(r"raise NotImplementedError\((.*)\)", cell.source, re.DOTALL)
        assert message and len(message[1]) > 20, f"{cell.id}: a stub without a message"


@pytest.mark.parametrize("week", RELEASED, ids=week_id)
def test_release_holds_no_answers_of_probes(week):
    """No stored output of the release shows what a probe answers."""
    for cell in released(week).cells:
        assert MIME not in json.dumps(cell.get("outputs", []))


@pytest.mark.slow
@pytest.mark.parametrize("week", RELEASED, ids=week_id)
def test_release_is_what_source_generates(week, tmp_path):
    """release/ is generated: nbgrader makes the same cells from source/, today."""
    made = generated(week, tmp_path)
    assert [(c.id, c.source) for c in made.cells] == [
        (c.id, c.source) for c in released(week).cells
    ]
    assert [c.metadata for c in made.cells] == [c.metadata for c in released(week).cells]


def generated(week: Week, folder: Path) -> NotebookNode:
    """The release version that nbgrader makes in a temporary copy of the course."""
    from nbgrader.converters import GenerateAssignment

    from autograder.course_folder import open_course

    shutil.copytree(week.path.parent, folder / "source" / week.name)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    course = open_course(folder)
    course.coursedir.assignment_id = week.name
    converter = GenerateAssignment(coursedir=course.coursedir, config=course.config)
    converter.start()
    return nbformat.read(folder / "release" / week.name / week.path.name, as_version=4)


# ------------------------------------------------------------------------------------ the rules
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


def write_week(folder: Path, notebook: NotebookNode, mistakes: str) -> Week:
    """A course folder with one week; returns that week."""
    home = folder / "source" / "week98_doubling"
    home.mkdir(parents=True)
    nbformat.write(notebook, home / "week98_doubling.ipynb")
    path = folder / "autograder" / "mistakes" / "week98_doubling.py"
    path.parent.mkdir(parents=True)
    path.write_text(mistakes, encoding="utf-8")
    (week,) = weeks(folder)
    return week


def broken_week(folder: Path, change: Callable[[NotebookNode], None]) -> Week:
    notebook = copy.deepcopy(good_notebook())
    change(notebook)
    return write_week(folder, notebook, good_mistakes())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_good_week_breaks_no_rule(rule, tmp_path):
    """A small week written by the book is accepted by every rule."""
    assert list(rule(write_week(tmp_path, good_notebook(), good_mistakes()))) == []


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
    (rules.file_format, lambda nb: nb.update(nbformat_minor=4), "nbformat 4.4"),
    (rules.file_format, lambda nb: nb.metadata.kernelspec.update(name="python3"), "kernelspec"),
    (rules.file_size, edit("door", "Halves", "x" * 2_100_000), "2.1 MB"),
    (rules.cell_ids, attribute("door", "id", "a1b2c3d4"), "not readable"),
    (rules.cell_ids, meta("double_1", grade_id="other"), "must be equal"),
    (rules.nbgrader_metadata, meta("double_1", schema_version=2), "schema_version 2"),
    (rules.nbgrader_metadata, meta("written_doubling", task=False, solution=True), "refuses"),
    (rules.cell_kinds, lambda nb: by_id(nb, "setup").metadata.clear(), "neither nbgrader"),
    (rules.cell_kinds, meta("double_1", locked=True), "no kind of cell"),
    (rules.cell_kinds, tags("check_double_2"), "nbval-check-output"),
    (rules.cell_kinds, tags("check_double_2", "nbval-skip"), "grading needs"),
    (rules.no_host_traces, edit("door", "Halves", "see /home/me/x"), "absolute path (/home/m"),
    (rules.no_host_traces, lambda nb: nb.cells[1].metadata.update(execution={}), "times"),
    (rules.left_overs, edit("door", "Halves", "TODO"), "TODO"),
    (rules.left_overs, edit("door", "Halves", "\U0001f600"), "emoji"),
    (rules.left_overs, edit("double_1", "return", "raise NotImplementedError"), "a stub"),
    (rules.opening, edit("opening", "# Week 98:", "# Chapter"), "first line"),
    (rules.opening, edit("opening", "About 2 hours.", ""), "the time it takes"),
    (rules.key_terms, edit("opening", "| term 3 | 용어", "| term 3 | word"), "5 key terms"),
    (rules.papers, edit("opening", "(2013)", ""), "without a year"),
    (rules.papers, edit("opening", "](https://arxiv.org/abs/1301.3781)", "]"), "without a link"),
    (rules.papers, edit("opening", "](https://arxiv.org/abs/1301.3781)", "]"), "1 papers"),
    (rules.links, edit("opening", "https://arxiv", "http://arxiv"), "not a whole https"),
    (rules.links, edit("opening", "1301.3781", "13013781"), "not an arXiv"),
    (rules.set_up, drop("setup"), "exactly one"),
    (rules.set_up, edit("setup", "torch.set_num_threads(1)", ""), "set_num_threads"),
    (rules.exercise_cells, drop("double_3"), "4 solution cells"),
    (rules.exercise_cells, edit("exercise-2", "Exercise 2", "Exercise 7"), "this is exercise 2"),
    (rules.exercise_cells, meta("check_double_1", grade_id="check_two"), "check_double_1"),
    (rules.points, meta("check_double_1", points=9), "9 in the check cell"),
    (rules.points, meta("check_double_1", points=60), "expected 30 to 40"),
    (rules.guidance, no_shapes, "double_2: no word on shapes"),
    (rules.guidance, edit("exercise-2", "About 1 line.", ""), "line budget"),
    (rules.guidance, edit("exercise-2", "Predict first", "Guess"), "no predict-first"),
    (rules.guidance, edit("exercise-2", ">Answer<", ">Reply<"), "no folded answer"),
    (rules.guidance, edit("hints-2", "Hint 3", "Hint 4"), "['1', '2', '4']"),
    (rules.folded, edit("hints-2", "text\n</details>", "text"), "unequal"),
    (rules.formulas, edit("door", "Halves.", "$$x"), "open $$"),
    (rules.written_question, drop("written_doubling"), "0 written questions"),
    (rules.written_question, drop("answer_doubling"), "no markdown cell answer_"),
    (rules.written_question, edit("written_doubling", "END MARK", "END"), "no mark scheme"),
    (rules.ending, edit("door", "Next week", "Well done"), "nothing of the next week"),
    (rules.solution_form, edit("double_1", "x: float", "x"), "no type for x"),
    (rules.solution_form, edit("double_1", " -> float", ""), "no return type"),
    (rules.solution_form, edit("double_1", '"""Twice', 'f"""Twice'), "no docstring"),
    (rules.solution_form, edit("double_1", "### END SOLUTION", ""), "not closed"),
    (rules.solution_form, edit("double_1", "return", "import math\n    return"), "imports"),
    (rules.solution_form, edit("double_1", "def double_1", "def twice"), "not double_1"),
    (rules.check_form, edit("check_double_1", "### BEGIN", "\n### BEGIN"), "first line"),
    (rules.check_form, edit("check_double_1", ', f"double(3)', '  # f"double(3)'), "without a"),
    (rules.check_form, edit("check_double_1", "double_1(3)", "double_1(x)"), "hidden names: x"),
    (rules.check_form, edit("check_double_1", "double_1(x)", "double_2(x)"), "costs twice"),
    (rules.check_form, edit("check_double_1", "all passed", "good"), "does not print"),
    (rules.probes, edit("check_double_1", "points=4", "points=3"), "sum to 5"),
    (rules.probes, edit("check_double_1", "zero and one", "three numbers"), "used twice"),
    (rules.probes, edit("check_double_1", "points=4", "points=n"), "not written as literals"),
    (rules.no_yes_or_no, edit("check_double_1", "double_1(x)", "double_1(x) > 3"), "True or False"),
    (rules.no_yes_or_no, edit("check_double_1", "double_1(x)", "bool(1)"), "True or False"),
    (rules.no_yes_or_no, output("check_double_1", YES), "1 yes-or-no"),
    (rules.stored_outputs, output("play-1", ERROR), "a stored error: ValueError"),
    (rules.stored_outputs, output("play-1", STDERR), "stderr"),
    (rules.stored_outputs, attribute("play-1", "execution_count", None), "was not run"),
    (rules.stored_outputs, attribute("check_double_1", "outputs", []), "0 stored answers for 2"),
    (rules.stored_outputs, output("check_double_1", answer("x", ["nan"])), "NaN"),
    (rules.figures, attribute("play-top", "outputs", []), "no figure before exercise 1"),
    (rules.ruff, edit("setup", "import torch", "import torch, os"), "E401"),
    (rules.spelling, edit("door", "Halves", "Teh halves"), "Teh ==> The"),
]


@pytest.mark.parametrize(
    ("rule", "change", "expected"), BREAKS, ids=[f"{r.__name__}-{e[:24]}" for r, _, e in BREAKS]
)
def test_each_rule_notices_when_it_is_broken(rule, change, expected, tmp_path):
    """A good week with one fault is told of that fault by its rule."""
    found = "\n".join(rule(broken_week(tmp_path, change)))
    assert expected in found


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
    assert expected in "\n".join(rules.mistakes(week))


def test_a_week_without_its_files_is_reported_not_skipped(tmp_path):
    """A folder in source/ without a notebook of its name, or without mistakes, breaks a rule."""
    (tmp_path / "source" / "week97_empty").mkdir(parents=True)
    (week,) = weeks(tmp_path)
    assert "week97_empty.ipynb is missing" in next(rules.file_format(week))
    full = write_week(tmp_path / "full", good_notebook(), good_mistakes())
    lost = replace(full, mistakes_path=tmp_path / "week97_empty.py")
    assert "week97_empty.py" in "\n".join(rules.mistakes(lost))


def test_a_secret_is_a_whole_region_or_a_line_with_a_probe(tmp_path):
    """Leaks are looked for as solutions, hidden checks, mark schemes and single probe lines."""
    week = write_week(tmp_path, good_notebook(), good_mistakes())
    found = secrets(week)
    assert any(text.startswith("Two points for the reason") for text in found)
    assert any(text.startswith('probe("zero and one"') for text in found)
    assert not any(HANGUL.search(text) for text in found)
