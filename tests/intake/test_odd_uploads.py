"""Fifty more odd but honest uploads: the right score, or a person is asked; never a silent zero."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tiny_course import GOOD, MAX_SCORE, WEEK, solve, submit

from autograder.course_folder import open_course
from autograder.model import Entry
from autograder.run.grade import Options, grade
from autograder.week import open_week

pytestmark = [pytest.mark.sandbox, pytest.mark.slow]

Change = Callable[[dict], object]  # changes a notebook, or gives the file's bytes or several files
DOUBLE = GOOD["double"]
STUB = 'def double(x):\n    """Twice x."""\n    # YOUR CODE HERE\n    raise NotImplementedError()'


@dataclass(frozen=True)
class Story:
    """An upload, what it is worth, and words of the sentence that says what was done or is asked.

    Without a score the submission needs a review.
    """

    change: Change
    score: float | None = MAX_SCORE
    says: str = ""


def cell(notebook: dict, name: str) -> dict:
    return next(one for one in notebook["cells"] if one["id"] == name)


def code(source: str, name: str = "own") -> dict:
    return {"cell_type": "code", "id": name, "metadata": {}, "source": source,
            "outputs": [], "execution_count": None}  # fmt: skip


def answered(source: str) -> Change:
    """The answer in its own cell, written so."""

    def change(notebook: dict) -> None:
        cell(notebook, "double")["source"] = source

    return change


def below(source: str) -> Change:
    """The stub is left as it was, and the answer stands in a new cell below the check."""

    def change(notebook: dict) -> None:
        cell(notebook, "double")["source"] = released_stub(notebook)
        place = notebook["cells"].index(cell(notebook, "check_double")) + 1
        notebook["cells"].insert(place, code(source))

    return change


def released_stub(notebook: dict) -> str:
    return notebook["metadata"]["stub"]


def first(source: str) -> Change:
    """A cell of the student's own, before everything else."""

    def change(notebook: dict) -> None:
        notebook["cells"].insert(2, code(source))

    return change


def beside(**files: str) -> Callable[[str], Change]:
    """Files beside the notebook, and the answer's cell."""

    def with_answer(source: str) -> Change:
        def change(notebook: dict) -> dict[str, bytes]:
            cell(notebook, "double")["source"] = source
            named = {f"{name}.py": text.encode() for name, text in files.items()}
            return {f"{WEEK}.ipynb": json.dumps(notebook).encode(), **named}

        return change

    return with_answer


# ------------------------------------------------------------------------------------ editors
def colab(notebook: dict) -> None:
    notebook["metadata"] = {"colab": {"provenance": []}, "kernelspec": {"name": "python3"}}
    notebook["nbformat_minor"] = 0
    for number, one in enumerate(notebook["cells"]):
        one["metadata"] = {"id": f"aB{number}", "outputId": "x", "colab": {"base_uri": "https://c"}}
        one.pop("id")


def vs_code(notebook: dict) -> None:
    for number, one in enumerate(notebook["cells"]):
        one |= {"id": f"{number:08x}", "metadata": {"vscode": {"languageId": "python"}}}


def kaggle(notebook: dict) -> None:
    for one in notebook["cells"]:
        one |= {"id": one["id"] + "-k", "metadata": {"_uuid": "d6", "trusted": True}}


def windows_lines(notebook: dict) -> None:
    for one in notebook["cells"]:
        one["source"] = one["source"].replace("\n", "\r\n")


def merged_with_its_check(notebook: dict) -> None:
    check = cell(notebook, "check_double")
    cell(notebook, "double")["source"] += "\n\n" + check["source"]
    notebook["cells"].remove(check)


def all_in_one_cell(notebook: dict) -> None:
    text = "\n\n".join(one["source"] for one in notebook["cells"][1:6])
    notebook["cells"][1:] = [code(text)]


def one_line_a_string(notebook: dict) -> None:
    for one in notebook["cells"]:
        one["source"] = one["source"].splitlines(keepends=True)


def raw_cell(notebook: dict) -> None:
    cell(notebook, "double")["cell_type"] = "raw"


def in_a_fence(notebook: dict) -> None:
    one = cell(notebook, "double")
    one |= {"cell_type": "markdown", "source": f"```python\n{DOUBLE}\n```"}


def two_solutions(notebook: dict) -> None:
    notebook["cells"].insert(3, code("def double(x):\n    return x * 2.0"))


def collapsed(notebook: dict) -> None:
    for one in notebook["cells"]:
        one["metadata"] |= {"collapsed": True, "jupyter": {"source_hidden": True}, "tags": "hide"}


# ------------------------------------------------------------------------------------ files
def large_outputs(notebook: dict) -> None:
    shown = {"output_type": "stream", "name": "stdout", "text": "x" * 11_000_000}
    cell(notebook, "setup")["outputs"] = [shown]


def with_mark(notebook: dict) -> bytes:
    return "\ufeff".encode() + json.dumps(notebook).encode()


def in_utf16(notebook: dict) -> bytes:
    return json.dumps(notebook).encode("utf-16")


def in_korean_windows(notebook: dict) -> bytes:
    notebook["cells"].insert(1, code("# 홍길동의 풀이"))
    return json.dumps(notebook, ensure_ascii=False).encode("cp949")


def trailing_comma(notebook: dict) -> bytes:
    return json.dumps(notebook, indent=1).replace("\n}", ",\n}").encode()


def merge_conflict(notebook: dict) -> bytes:
    text = json.dumps(notebook, indent=1)
    marks = '<<<<<<< HEAD\n   "id": "a",\n=======\n   "id": "b",\n>>>>>>> theirs\n'
    return text.replace('   "id"', marks + '   "id"', 1).encode()


def format_3(notebook: dict) -> bytes:
    return json.dumps({"nbformat": 3, "worksheets": [{"cells": notebook["cells"]}]}).encode()


def as_percent_script(notebook: dict) -> dict[str, bytes]:
    text = "\n\n".join("# %%\n" + one["source"] for one in notebook["cells"])
    return {f"{WEEK}.py": text.encode()}


def as_page(notebook: dict) -> dict[str, bytes]:
    return {f"{WEEK}.html": b"<html>my notebook</html>"}


def in_a_tar(notebook: dict) -> dict[str, bytes]:
    content, out = json.dumps(notebook).encode(), io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        member = tarfile.TarInfo(f"{WEEK}.ipynb")
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    return {"homework.tar.gz": out.getvalue()}


def gzipped(notebook: dict) -> dict[str, bytes]:
    return {f"{WEEK}.ipynb.gz": gzip.compress(json.dumps(notebook).encode())}


def named(name: str) -> Change:
    return lambda notebook: {name: json.dumps(notebook).encode()}


def old_and_new(notebook: dict) -> dict[str, bytes]:
    done = json.dumps(notebook).encode()
    cell(notebook, "double")["source"] = released_stub(notebook)
    return {f"{WEEK}.ipynb": json.dumps(notebook).encode(), f"{WEEK} (1).ipynb": done}


COUNTED = "def double(x):\n    return len([1, 2]) * x"
STORIES: dict[str, Story] = {
    "colab": Story(colab, says="found by"),
    "vs-code": Story(vs_code, says="found by"),
    "kaggle": Story(kaggle, says="found by"),
    "windows-lines": Story(windows_lines),
    "merged-with-its-check": Story(merged_with_its_check, says="check_double"),
    "all-in-one-cell": Story(all_in_one_cell, says="double"),
    "one-line-a-string": Story(one_line_a_string),
    "raw-cell": Story(raw_cell),
    "in-a-fence": Story(in_a_fence),
    "two-solutions": Story(two_solutions),
    "collapsed": Story(collapsed),
    "below-its-check": Story(below(DOUBLE), says="double"),
    "below, in an if": Story(below("if True:\n    def double(x):\n        return x + x"),
                             says="double"),
    "below, in a try": Story(below("try:\n    import cupy\nexcept ImportError:\n    pass\n"
                                   "else:\n    cupy = None\ndouble = lambda x: 2 * x"),
                             says="double"),
    "below, by a pair": Story(below("double, other = (lambda x: x + x), None"), says="double"),
    "below, with a magic": Story(below("%%time\n" + DOUBLE), says="double"),
    "below, in a wrapper": Story(below("def make():\n    def double(x):\n        return x + x\n"
                                       "    return double\ndouble = make()"), says="double"),
    "timed": Story(answered("%%time\n" + DOUBLE)),
    "captured": Story(answered("%%capture\n" + DOUBLE)),
    "in-a-class": Story(answered("class Solution:\n    @staticmethod\n    def double(x):\n"
                                 "        return x + x\ndouble = Solution.double")),
    "in-a-wrapper": Story(answered("def make():\n    def double(x):\n        return x + x\n"
                                   "    return double\ndouble = make()")),
    "a-partial": Story(answered("import functools, operator\n"
                                "double = functools.partial(operator.mul, 2)")),
    "from-a-file": Story(beside(helper=DOUBLE)("from helper import double")),
    "run-from-a-file": Story(beside(helper=DOUBLE)("%run helper.py")),
    "asks-for-input": Story(first("name = input('Your name? ')")),
    "installs-what-is-there": Story(first("!pip install numpy")),
    "colab-drive": Story(first("from google.colab import drive\ndrive.mount('/content/drive')")),
    "shadows-built-ins": Story(first("sum = 0\nmax = 1\nlist = [1]\nlen = 3\nrange = 4\nstr = 'a'\n"
                                     "dict = {}\nabs = min = int = float = tuple = 1")),
    "default-dtype": Story(first("import torch\ntorch.set_default_dtype(torch.float64)")),
    "no-gradients": Story(first("import torch\ntorch.set_grad_enabled(False)")),
    "warnings-are-errors": Story(first("import warnings\nwarnings.simplefilter('error')")),
    "moves-about": Story(first("import os\nos.chdir('/tmp')")),
    "numpy-raises": Story(first("import numpy\nnumpy.seterr(all='raise')")),
    "no-output-at-all": Story(first("import sys\nsys.stdout = open('log.txt', 'w')")),
    "large-outputs": Story(large_outputs, None, "clear all outputs"),
    "byte-order-mark": Story(with_mark),
    "utf-16": Story(in_utf16, None, "UTF-8"),
    "korean-windows": Story(in_korean_windows, None, "UTF-8"),
    "trailing-comma": Story(trailing_comma, None, "breaks off"),
    "merge-conflict": Story(merge_conflict, None, "merge conflict"),
    "format-3": Story(format_3, None, "format 4"),
    "percent-script": Story(as_percent_script, None, f"{WEEK}.py"),
    "page": Story(as_page, None, f"{WEEK}.html"),
    "tar": Story(in_a_tar, None, "homework.tar.gz"),
    "gzipped": Story(gzipped, None, f"{WEEK}.ipynb.gz"),
    "no-break-space": Story(named(f"{WEEK}\u00a0(1).ipynb")),
    "right-to-left": Story(named(f"\u200f{WEEK}.ipynb")),
    "korean-name": Story(named("홍길동_과제.ipynb")),
    "twice-its-ending": Story(named(f"{WEEK}.ipynb.ipynb")),
    "text-ending": Story(named(f"{WEEK}.ipynb.txt")),
    "old-and-new": Story(old_and_new, says=f"{WEEK} (1).ipynb"),
}  # fmt: skip


def students(name: str) -> str:
    return name.replace(", ", "-").replace(" ", "-")


@pytest.fixture(scope="module")
def entries(
    released_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Entry]]:
    """A class of one submission of each kind, graded in one run."""
    root = Path(shutil.copytree(released_template, tmp_path_factory.mktemp("odd") / "course"))
    stub = cell(json.loads(json.dumps(solve(root, {}))), "double")["source"]
    for name, story in STORIES.items():
        notebook = json.loads(json.dumps(solve(root, GOOD)))
        notebook["metadata"]["stub"] = stub
        made = story.change(notebook)
        folder = submit(
            root, students(name), made if isinstance(made, bytes) else json.dumps(notebook)
        )
        if isinstance(made, dict):
            (folder / f"{WEEK}.ipynb").unlink()
            for path, content in made.items():
                (folder / path).write_bytes(content)
    run = grade(open_week(open_course(root), WEEK), Options(workers=2))
    yield {entry.student: entry for entry in run.entries}


@pytest.mark.parametrize("name", STORIES)
def test_the_score_is_right_or_a_person_is_asked(entries: dict[str, Entry], name: str) -> None:
    """Points for what is right, or a sentence on what keeps the file from being graded."""
    entry, story = entries[students(name)], STORIES[name]
    said = " ".join((entry.needs_review or "", *entry.notes))
    assert entry.score == story.score, said
    assert (entry.needs_review is None) == (story.score is not None)
    assert story.says in said
