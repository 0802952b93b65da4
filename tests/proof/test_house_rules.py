"""The weeks in source/ keep the house rules, and release/ holds nothing that it should not."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.course_folder import open_course
from autograder.proof.lint import RULES
from autograder.proof.lint.manuscript import Manuscript, manuscript
from course.notebook_format import (
    CODE_STUB,
    GO_ON_TAG,
    HIDDEN_TESTS,
    MARK_SCHEME,
    REGIONS,
    SOLUTION,
    Cell,
    read_cells,
    read_document,
)
from course.probes import MIME

ROOT = Path(__file__).resolve().parents[2]
COURSE = open_course(ROOT)
ASKS = re.compile(r"\b(probe|challenge)\(")
WEEKS = [manuscript(COURSE, name) for name in COURSE.weeks()]
RELEASED = [week for week in WEEKS if (ROOT / "release" / week.name).is_dir()]


def week_id(week: Manuscript) -> str:
    return week.name


# ------------------------------------------------------------------------------------ source/
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
@pytest.mark.parametrize("week", WEEKS, ids=week_id)
def test_every_week_keeps_every_rule(week, rule):
    """The notebook and the mistakes file of each week in source/ keep each house rule."""
    problems = [str(finding) for finding in rule(week)]
    assert not problems, f"{rule.asks}\n  " + "\n  ".join(problems)


@pytest.mark.slow
@pytest.mark.parametrize("week", WEEKS, ids=week_id)
def test_stored_outputs_equal_those_of_a_fresh_run(week, tmp_path):
    """Stock nbval, run over the source notebook, finds the stored answers of every check."""
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "--nbval-kernel-name=python3"]
    command += ["-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(week.path)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-1000:]


# ------------------------------------------------------------------------------------ release/
def released(week: Manuscript) -> NotebookNode:
    return nbformat.read(released_path(week), as_version=4)


def released_path(week: Manuscript) -> Path:
    return ROOT / "release" / week.name / week.path.name


def released_cells(week: Manuscript) -> tuple[Cell, ...]:
    return read_cells(read_document(released_path(week).read_bytes()))


@pytest.mark.parametrize("week", RELEASED, ids=week_id)
def test_release_holds_no_solution_no_hidden_check_and_no_mark_scheme(week):
    """What the instructor keeps is in no cell of the student's notebook, whole or in part."""
    cells = released_cells(week)
    text = "\n\n".join(cell.source for cell in cells)
    for region in REGIONS:
        assert f"BEGIN {region.name}" not in text
        assert f"END {region.name}" not in text
    assert not [cell.id for cell in cells if cell.grade and ASKS.search(cell.source)]
    for secret in secrets(week):
        assert secret not in text, f"leaked into release/: {secret[:200]}"


def secrets(week: Manuscript) -> list[str]:
    """Regions that students must not see, as whole blocks and as their single probes."""
    schemes = [MARK_SCHEME.inside(cell.source) for cell in week.cells]
    hidden = [HIDDEN_TESTS.inside(cell.source) for cell in week.code if cell.grade]
    solved = [SOLUTION.inside(cell.source) for cell in week.code if cell.solution]
    asked = [call for block in hidden for call in probe_calls(block)]
    return [text for text in (*schemes, *hidden, *solved, *asked) if len(text.strip()) > 20]


def probe_calls(block: str) -> list[str]:
    """The statements of a hidden check that ask, however many lines each has."""
    found = [ast.get_source_segment(block, part) or "" for part in ast.parse(block).body]
    return [text for text in found if ASKS.search(text)]


@pytest.mark.parametrize("week", WEEKS, ids=week_id)
def test_a_secret_is_a_whole_region_or_a_probe(week):
    """Leaks are looked for as solutions, hidden checks, mark schemes and single probes."""
    found = secrets(week)
    (task,) = [cell for cell in week.cells if cell.task]
    assert MARK_SCHEME.inside(task.source) in found
    assert len([text for text in found if text.startswith("probe(")]) >= len(week.checks)
    assert len(found) > len(week.checks) + len(week.solutions)


@pytest.mark.parametrize("week", RELEASED, ids=week_id)
def test_release_stubs_say_what_to_do(week):
    """Each solution cell of the student raises NotImplementedError with a friendly sentence."""
    stubs = [cell for cell in released_cells(week) if cell.kind == "code" and cell.solution]
    assert [c.grade_id for c in stubs] == [c.grade_id for c in week.code if c.solution]
    for cell in stubs:
        assert f"# {CODE_STUB}" in cell.source
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
    assert [marks(c) for c in made.cells] == [marks(c) for c in released(week).cells]


def marks(cell: NotebookNode) -> dict:
    """A cell's metadata but for the tag that `autograder release` adds behind nbgrader."""
    tags = [tag for tag in cell.metadata.get("tags", []) if tag != GO_ON_TAG]
    return {**cell.metadata, "tags": tags}


def generated(week: Manuscript, folder: Path) -> NotebookNode:
    """The release version that nbgrader makes in a temporary copy of the course."""
    from nbgrader.converters import GenerateAssignment

    shutil.copytree(week.path.parent, folder / "source" / week.name)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    course = open_course(folder)
    course.coursedir.assignment_id = week.name
    converter = GenerateAssignment(coursedir=course.coursedir, config=course.config)
    converter.start()
    return nbformat.read(folder / "release" / week.name / week.path.name, as_version=4)
