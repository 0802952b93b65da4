"""Four classic assignments: honest classes get stock nbgrader's scores, hostile ones do not."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import classic_assignments
import pytest
from nbgrader.api import Gradebook, MissingEntry
from stock_nbgrader import scores, stock, submit

from autograder.course_folder import open_course
from autograder.edition.release import release
from autograder.run.grade import grade
from autograder.week import open_week

SQUARES = "def squares(n):\n    if n < 1:\n        raise ValueError('n')\n    {}"
RIGHT = {
    "squares": SQUARES.format("return [i * i for i in range(1, n + 1)]"),
    "sum_of_squares": "def sum_of_squares(n):\n    return sum(squares(n))",
    "part-a": "Fibonacci.",
}
HONEST: dict[str, dict[str, dict[str, str]]] = {
    "ps1": {
        "all-right": RIGHT,
        "nothing": {},
        "another-error": RIGHT | {"squares": RIGHT["squares"].replace("ValueError", "TypeError")},
        "no-error": RIGHT | {"squares": "def squares(n):\n"
                             "    return [i * i for i in range(1, n + 1)]"},
        "off-by-one": RIGHT | {"squares": SQUARES.format("return [i * i for i in range(n)]")},
        "formula": RIGHT | {"sum_of_squares": "def sum_of_squares(n):\n"
                            "    return n * (n + 1) * (2 * n + 1) // 6"},
        "no-python": RIGHT | {"squares": "def squares(n) return n"},
        "warns": RIGHT | {"squares": "import warnings\n" + SQUARES.format(
            "warnings.warn('slow')\n    return [i * i for i in range(1, n + 1)]")},
    },
    "arrays": {
        "all-right": {
            "standardise": "def standardise(x):\n    return (x - np.mean(x)) / np.std(x)",
            "clip_to": "def clip_to(values, low, high):\n"
                       "    return [low if v < low else high if v > high else v for v in values]",
            "distance": "def distance(a, b):\n    if len(a) != len(b):\n"
                        "        raise ValueError\n    return float(np.hypot.reduce("
                        "np.subtract(a, b)))",
        },
        "a-list": {"standardise": "def standardise(x):\n"
                   "    return [(v - x.mean()) / x.std() for v in x]"},
        "tuples": {"clip_to": "def clip_to(values, low, high):\n"
                   "    return tuple(min(max(v, low), high) for v in values)"},
        "no-lengths": {"distance": "def distance(a, b):\n"
                       "    return sum((x - y) ** 2 for x, y in zip(a, b)) ** 0.5"},
        "ddof": {"standardise": "def standardise(x):\n    return (x - x.mean()) / x.std(ddof=1)"},
    },
    "table": {
        "all-right": {"totals": "def totals(frame):\n"
                      "    return frame.groupby('shop').sold.sum()",
                      "best": "def best(frame):\n"
                      "    return totals(frame).sort_values().index[-1]"},
        "a-dict": {"totals": "def totals(frame):\n"
                   "    return dict(frame.groupby('shop')['sold'].sum())"},
        "least": {"totals": "def totals(frame):\n    return frame.groupby('shop')['sold'].sum()",
                  "best": "def best(frame):\n    return totals(frame).idxmin()"},
    },
    "plots": {
        "all-right": {"draw": "def draw(xs, ys):\n    plt.plot(xs, ys)\n    plt.xlabel('x')\n"
                      "    return plt.gca()",
                      "grade_me": "def half(n):\n    return n / 2", "why": "It bends."},
        "no-label": {"draw": "def draw(xs, ys):\n    figure, axes = plt.subplots()\n"
                     "    axes.plot(xs, ys)\n    return axes"},
        "whole": {"grade_me": "def half(n):\n    return n // 2"},
        "words": {"why": "Because."},
    },
}  # fmt: skip
YES = "class Yes(list):\n    {} = lambda self, other: True\n\ndef squares(n):\n    return Yes()"
SHELL = "get_ipython()"
DROP = ("import ast\nclass Drop(ast.NodeTransformer):\n    def visit_Assert(self, node):\n"
        "        return ast.Pass()\n    def visit_Raise(self, node):\n        return ast.Pass()\n"
        f"{SHELL}.ast_transformers.append(Drop())")  # fmt: skip
HOSTILE = {
    "AST transformer": DROP,
    "AST transformer by name": DROP.replace(
        f"{SHELL}.ast_transformers", f"getattr({SHELL}, 'ast_' + 'transformers')"),
    "run_cell replaced": f"shell = {SHELL}\nshell.run_cell = lambda *a, **k: None",
    "run_code replaced": f"shell = {SHELL}\nasync def fine(*a, **k):\n    return False\n"
                         "shell.run_code = fine",
    "errors caught": f"{SHELL}.set_custom_exc((Exception,), lambda *a, **k: None)",
    "cells rewritten": f"{SHELL}.input_transformers_cleanup.append("
                       "lambda lines: [l for l in lines if 'assert' not in l])",
    "hook before cells": f"{SHELL}.events.register('pre_run_cell', lambda info: "
                         "setattr(info, 'raw_cell', ''))",
    "AssertionError renamed": "class AssertionError(SystemExit):\n    pass",
    "ValueError renamed": "ValueError = Exception\ndef squares(n):\n    raise ValueError",
    "equals everything": YES.format("__eq__"),
    "differs from nothing": YES.format("__ne__ = __eq__"),
    "builtins written over": "import builtins\nbuiltins.AssertionError = Warning",
    "by heart": "def squares(n):\n    return {1: [1], 2: [1, 4], 10: [1, 4, 9, 16, 25, 36, 49, 64,"
                " 81, 100], 11: [1, 4, 9, 16, 25, 36, 49, 64, 81, 100, 121]}[n]",
    "reads the caller": "import sys\ndef squares(n):\n    return sys._getframe(1).f_globals",
    "ends the process": "import os\nos._exit(0)",
    "leaves": "raise SystemExit(0)",
    "runs for ever": "while True:\n    pass",
    "fills the memory": "x = [0] * 10 ** 11",
    "reads the instructor's files": "from pathlib import Path\n"
                                    "text = Path('@root@/source/ps1/problem1.ipynb').read_text()\n"
                                    "exec(text[text.index('def squares'):][:0])",
    "writes the gradebook": "open('@root@/stolen.txt', 'w').write('here')",
}  # fmt: skip


def released(root: Path, week: str) -> None:
    release(open_week(open_course(root), week), say=lambda text: None)


def course_with(root: Path, week: str) -> Path:
    if week == "ps1":
        return classic_assignments.quickstart_files(root)
    return classic_assignments.course_of(root, week)


def test_the_class_has_twenty_honest_and_twenty_hostile_members() -> None:
    """No two the same."""
    assert sum(map(len, HONEST.values())) == 20
    assert len(HOSTILE) == len(set(HOSTILE.values())) == 20


@pytest.mark.slow
@pytest.mark.parametrize("week", HONEST)
def test_an_honest_class_gets_the_scores_of_stock_nbgrader(week: str, tmp_path) -> None:
    """Cell by cell, partial credit and what a person has to read included."""
    root = course_with(tmp_path, week)
    released(root, week)
    for student, answers in HONEST[week].items():
        submit(root, student, week, answers)
    theirs = Path(shutil.copytree(root, tmp_path.with_name(f"{tmp_path.name}-theirs")))
    said = stock(theirs, "autograde", week)
    run = grade(open_week(open_course(root), week))
    assert [entry.needs_review for entry in run.entries] == [None] * len(HONEST[week])
    assert scores(root, week, HONEST[week]) == scores(theirs, week, HONEST[week]), said


@pytest.mark.slow
def test_a_hostile_class_is_worth_less_here_than_under_stock_nbgrader(tmp_path) -> None:
    """Each of the twenty gets what it is worth, or waits for a person; a table is not found."""
    ours = course_with(tmp_path, "ps1")
    config = ours / "nbgrader_config.py"
    seconds = "c.Grading.cell_seconds = 3\nc.ExecutePreprocessor.timeout = 5\n"
    config.write_text(config.read_text("utf-8") + seconds, "utf-8")
    released(ours, "ps1")
    theirs = Path(shutil.copytree(ours, tmp_path.with_name(f"{tmp_path.name}-theirs")))
    for number, text in enumerate(HOSTILE.values()):
        for root in (ours, theirs):
            answer = text.replace("@root@", str(root))
            submit(root, f"h{number:02d}", "ps1", {"squares": answer})
    stock(theirs, "autograde", "ps1")
    seen = {name: (earned(theirs, number), "") for number, name in enumerate(HOSTILE)}
    for entry in grade(open_week(open_course(ours), "ps1")).entries:
        name = list(HOSTILE)[int(entry.student[1:])]
        seen[name] = (seen[name][0], "review" if entry.needs_review else entry.score)
    if folder := os.environ.get("WORD2CHAT_TABLES"):
        Path(folder, "hostile.json").write_text(json.dumps(seen, indent=1), "utf-8")
    assert (theirs / "stolen.txt").exists() and not (ours / "stolen.txt").exists()
    forged = [{name for name, pair in seen.items() if pair[side] not in ("review", 0, None)}
              for side in (0, 1)]  # fmt: skip
    assert forged[1] <= {"by heart", "AST transformer by name"}
    assert forged[1] < forged[0]
    assert [pair[1] for pair in seen.values()].count("review") >= 10


def earned(root: Path, number: int) -> float | None:
    """What stock nbgrader gives the two checks of `squares`; None where it gives up."""
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        try:
            found = gradebook.find_submission("ps1", f"h{number:02d}")
        except MissingEntry:
            return None
        rows = [row for notebook in found.notebooks for row in notebook.grades]
    return sum(row.auto_score or 0 for row in rows)
