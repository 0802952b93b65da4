"""The internals of nbval, nbgrader and jupyter_client that the engine rests on.

When a new version breaks one of these, this file says which, before a class is graded by it.
"""

from __future__ import annotations

import inspect

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output
from nbgrader import utils
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.preprocessors import AssignLatePenalties, ClearHiddenTests, SaveAutoGrades
from nbval.plugin import IPyNbCell, find_metadata_tags, nocolors

from autograder.judging.comparison import nbval_comparator


def graded_cell(*outputs: nbformat.NotebookNode) -> nbformat.NotebookNode:
    nbgrader = {"grade": True, "solution": False, "locked": True, "points": 4, "grade_id": "c",
                "schema_version": 3, "task": False}  # fmt: skip
    cell = new_code_cell("pass", metadata={"nbgrader": nbgrader})
    cell.outputs = list(outputs)
    return cell


def test_nbgrader_reads_the_score_from_the_first_execute_result() -> None:
    """`determine_grade` stops at the verdict, whatever stands behind it."""
    verdict = new_output("execute_result", {"text/plain": "2.5", "text/html": "<b>why</b>"})
    behind = new_output("stream", name="stderr", text="a warning")
    assert utils.determine_grade(graded_cell(verdict, behind)) == (2.5, 4.0)


def test_nbgrader_gives_full_marks_to_silence() -> None:
    """Why a check without a verdict must never reach SaveAutoGrades."""
    assert utils.determine_grade(graded_cell()) == (4.0, 4.0)


def test_nbgrader_calls_the_hook_before_it_copies_a_submission() -> None:
    """`refuse_odd_submissions` runs first, and emptying `notebooks` ends the submission."""
    source = inspect.getsource(Autograde.convert_notebooks)
    assert source.index("run_pre_convert_hook()") < source.index("init_assignment(")
    assert "notebooks=self.notebooks" in inspect.getsource(Autograde.run_pre_convert_hook)
    assert "len(self.notebooks) == 0" in inspect.getsource(Autograde.init_assignment)


@pytest.mark.parametrize(
    ("converter", "trait"),
    [
        (Autograde, "sanitize_preprocessors"),
        (Autograde, "autograde_preprocessors"),
        (Autograde, "pre_convert_hook"),
        (GenerateFeedback, "preprocessors"),
        (GenerateAssignment, "force"),
    ],
)
def test_nbgrader_is_configured_through_these_traits(converter: type, trait: str) -> None:
    """nbgrader_config.py sets them; they exist and are configurable."""
    assert converter.class_traits(config=True)[trait]


@pytest.mark.parametrize("step", [SaveAutoGrades, AssignLatePenalties, ClearHiddenTests])
def test_nbgraders_preprocessors_work_on_their_own(step: type) -> None:
    """Record calls them with a notebook and resources, without a converter."""
    assert list(inspect.signature(step.preprocess).parameters) == ["self", "nb", "resources"]


def test_nbval_compares_through_sanitize() -> None:
    """Every compared value passes `sanitize`, and two texts are compared with `!=`."""
    source = inspect.getsource(IPyNbCell.compare_outputs)
    assert source.count("self.sanitize(") == 4
    assert "ref_out != test_out" in source
    assert nocolors is not None


def test_nbvals_comparison_runs_without_a_pytest_item() -> None:
    """The comparator borrows two methods and needs nothing else of the item."""
    one = [new_output("display_data", {"text/plain": "1.0 a"})]
    same = [new_output("display_data", {"text/plain": "1.0 a"})]
    far = [new_output("display_data", {"text/plain": "1.1 a"})]
    comparator = nbval_comparator()()
    assert comparator.compare_outputs(same, one)
    assert not comparator.compare_outputs(far, one)
    assert not comparator.compare_outputs([], one)


def test_nbval_knows_our_tags() -> None:
    """Source notebooks are tagged so that stock nbval checks and skips the right cells."""
    tags = {"tags": ["nbval-check-output", "nbval-skip"]}
    assert dict(find_metadata_tags(tags)) == {"check": True, "skip": True}


def test_provisioners_get_what_start_kernel_is_given() -> None:
    """`start_kernel(sandbox=…)` reaches `pre_launch` as a keyword."""
    from jupyter_client.manager import KernelManager

    source = inspect.getsource(KernelManager._async_pre_start_kernel)
    assert "self.provisioner.pre_launch(**kw)" in source
