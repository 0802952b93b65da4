"""Files and variables of a submission: what arrives in its sandbox, and what never does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sandboxes import COLD, say, spec

from autograder.sandbox import launch_plan
from autograder.sandbox.kernels import running_kernel

pytestmark = pytest.mark.sandbox


def test_files_are_placed_and_can_be_imported(start: str) -> None:
    """Relative paths in the working folder, with folders, importable after the start."""
    files = (("helper.py", b"X = 5"), ("data/a.txt", b"hi"))
    with running_kernel(spec(files=files), start) as one:
        program = "import helper; print(helper.X, open('data/a.txt').read())"
        assert say(one, program) == "5 hi"


def test_submitted_files_do_not_shadow_modules_at_the_start(start: str) -> None:
    """Files named like the launcher, IPython's settings or Python's hooks are not run."""
    names = [
        *("ipykernel_launcher.py", "ipykernel.py", "word2chat_inside.py", "traitlets.py"),
        *("sitecustomize.py", "usercustomize.py", "zmq.py", "json.py", "numpy.py"),
        *("ipython_config.py", "conftest.py", "pytest.ini", "startup/a.py"),
        *(f".ipython/profile_default/{name}" for name in ("startup/a.py", "ipython_config.py")),
    ]
    trap = b"open('/tmp/sprung', 'a').write(__file__); caught = 1"
    with running_kernel(spec(files=tuple((name, trap) for name in names)), start) as one:
        program = "import os; print(os.path.exists('/tmp/sprung'), 'caught' in globals())"
        assert say(one, program) == "False False"


@pytest.mark.parametrize("path", ["/etc/x", "../x", "a/../../x", "", "a\0b", "."])
def test_a_path_outside_the_working_folder_is_refused(path: str) -> None:
    """ValueError before anything starts."""
    with (
        pytest.raises(ValueError, match="not a path within"),
        running_kernel(spec(files=((path, b""),))),
    ):
        pass


def test_files_that_do_not_fit_are_refused() -> None:
    """More than half of the scratch place is not for given files."""
    with (
        pytest.raises(ValueError, match="larger than"),
        running_kernel(spec(files=(("a", bytes(9 << 20)),))),
    ):
        pass


def test_a_stock_caller_gets_the_files_beside_the_notebook(tmp_path: Path) -> None:
    """Regular files of `cwd` only: no links, pipes, notebooks, databases or settings."""
    (tmp_path / "helper.py").write_text("X = 5")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.txt").write_text("hi")
    for name in ("a.ipynb", "gradebook.db", ".hidden", "nbgrader_config.py"):
        (tmp_path / name).write_text("secret")
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "folder").symlink_to("/etc")
    os.mkfifo(tmp_path / "pipe")
    with running_kernel(None, COLD, cwd=str(tmp_path)) as one:
        seen = say(one, "import glob; print(sorted(glob.glob('**', recursive=True)))")
    assert seen == "['data', 'data/a.txt', 'helper.py']"
    assert launch_plan.files_beside_notebook(None, 100) == ()
    with pytest.raises(ValueError, match="larger than"):
        launch_plan.files_beside_notebook(str(tmp_path), 3)


def test_variables_of_the_specification_arrive_and_others_do_not(start: str) -> None:
    """`spec.env` reaches the kernel; `env` of the caller does not."""
    wanted = spec(env=(("WORD2CHAT_SEED", "7"),))
    with running_kernel(wanted, start, env={"NBGRADER_EXECUTION": "autograde"}) as one:
        program = "import os; print(os.getenv('WORD2CHAT_SEED'), os.getenv('NBGRADER_EXECUTION'))"
        assert say(one, program) == "7 None"
