"""The whole suite once more as an ordinary user: no root, user namespaces in its place."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from test_sandbox import AS_ANOTHER_USER

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
AS_USER = "REDTEAM_AS_USER"


@pytest.mark.redteam
@pytest.mark.sandbox
@pytest.mark.slow
def test_everything_holds_for_an_ordinary_user() -> None:
    """As root, start the quick part of this folder under another uid."""
    if os.geteuid() != 0 or os.environ.get(AS_USER):
        pytest.skip("this already is an ordinary user")
    if not (shutil.which("unshare") and shutil.which("setpriv")):
        pytest.skip("unshare and setpriv are needed to become one")
    home = Path("/tmp") / f"word2chat-redteam-{os.getpid()}"
    home.mkdir(mode=0o755)
    os.chown(home, 54321, 54321)
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(home), "ID": "54321", "OMP_NUM_THREADS": "1",
        "PLACES": " ".join({sys.prefix, sys.base_prefix, str(REPOSITORY)}), AS_USER: "1",
    }  # fmt: skip
    command = ["unshare", "-m", "sh", "-c", AS_ANOTHER_USER, "sh", sys.executable, "-m", "pytest"]
    command += ["-q", "-p", "no:cacheprovider", "-m", "not slow", "--basetemp", f"{home}/tmp"]
    try:
        answer = subprocess.run(
            [*command, str(HERE)], env=environment, cwd=REPOSITORY, capture_output=True, text=True,
            timeout=1500, check=False,
        )  # fmt: skip
    finally:
        shutil.rmtree(home, ignore_errors=True)
    assert answer.returncode == 0, answer.stdout[-8000:] + answer.stderr[-2000:]
    assert " passed" in answer.stdout
