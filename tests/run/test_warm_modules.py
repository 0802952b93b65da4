"""A week says which modules its kernels find imported; no other week pays for them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import tiny_course

from autograder.course_folder import open_course
from autograder.errors import UserError
from autograder.model import ExecutionJob, JobCell
from autograder.reference.build import job_for
from autograder.sandbox.limits import WARM_MODULES, SandboxSpec
from autograder.stages.execute import execute
from autograder.week import Week, open_week

ASK = "import sys\nprint([name for name in ('torch', 'numpy', 'wave') if name in sys.modules])"


def week_with(folder: Path, *declared: object) -> Week:
    """The tiny week with a notebook for each declaration; None declares nothing."""
    root = tiny_course.make_course(folder)
    home = root / "source" / tiny_course.WEEK
    first = home / f"{tiny_course.WEEK}.ipynb"
    for number, names in enumerate(declared):
        path = home / f"part{number}.ipynb"
        shutil.copy(first, path)
        document = json.loads(path.read_text("utf-8"))
        if names is not None:
            document["metadata"]["word2chat"] = {"warm_modules": names}
        path.write_text(json.dumps(document), "utf-8")
    first.unlink()
    return open_week(open_course(root), tiny_course.WEEK)


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ([None], WARM_MODULES),
        ([["torch", "transformers"]], ("torch", "transformers")),
        ([["torch", "numpy"], ["numpy", "torch.nn"]], ("torch", "numpy", "torch.nn")),
        ([None, ["torch"]], ("torch",)),
        ([[]], ()),
    ],
)
def test_the_notebooks_of_a_week_declare_its_modules(tmp_path, declared, expected):
    """Every name once, in order, over all notebooks; torch and numpy where nothing is said."""
    assert week_with(tmp_path, *declared).warm_modules == expected


@pytest.mark.parametrize("odd", ["torch", [1], ["no module"], ["os; import x"], {"torch": 1}])
def test_what_is_no_list_of_names_is_refused(tmp_path, odd):
    """The author is told the notebook and the form; nothing is imported by guess."""
    with pytest.raises(UserError, match=r"part0\.ipynb in source/ has warm_modules that are no"):
        week_with(tmp_path, odd)


def test_there_is_one_default():
    """What a job and a sandbox take when nobody says anything is the same."""
    assert ExecutionJob("t", (), "s").warm_modules == SandboxSpec().warm_modules == WARM_MODULES


@pytest.mark.sandbox
def test_a_kernel_of_the_week_finds_its_modules_imported(tmp_path):
    """A module that the week declares is there before its first cell; what it leaves out is not."""
    job = job_for(week_with(tmp_path, ["numpy", "wave"]), "student", (JobCell(0, ASK),))
    assert job.name == f"{tiny_course.WEEK}/student"
    (run,) = execute(job).runs
    assert run.outputs[0]["text"] == "['numpy', 'wave']\n"
