"""A test that waits for ever, where no signal gets through, does not take the run with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CONFTEST = Path(__file__).resolve().parents[1] / "conftest.py"


def test_it_ends_its_process_and_says_where_it_hung(tmp_path: Path) -> None:
    """With the tests' own conftest and a limit of a second: the line that waits, and no success."""
    text = CONFTEST.read_text("utf-8")
    assert "QUICK_SECONDS, SLOW_SECONDS = 1500, " in text
    (tmp_path / "conftest.py").write_text(text.replace("= 1500, ", "= 1, "), "utf-8")
    (tmp_path / "test_hangs.py").write_text(
        "def test_it():\n    __import__('threading').Event().wait()\n"
    )
    (tmp_path / "tiny_course.py").touch()
    plugins = ["-p", "no:cacheprovider", "-p", "no:timeout"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugins, str(tmp_path)],
        cwd=tmp_path, capture_output=True, text=True, timeout=300,
        env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.returncode != 0
    assert "Timeout" in done.stderr
    assert 'test_hangs.py", line 2' in done.stderr
