"""Run tests once more as an ordinary user: no root, user namespaces in its place."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
ID = 54321

# As another user, where Python may lie below a closed folder such as /root: in a mount namespace
# of its own, an empty folder covers the closed one and Python is bound back into it.
OPEN_PLACES = """
set -e
for place in $PLACES; do
    top=/$(echo "$place" | cut -d/ -f2)
    test -x "$top" && setpriv --reuid $ID --regid $ID --clear-groups test -x "$place" && continue
    mkdir -p "$HOME/bound$place"
    mount --bind "$place" "$HOME/bound$place"
    closed="$closed $top"
    again="$again $place"
done
for top in $(echo $closed | tr ' ' '\\n' | sort -u); do mount -t tmpfs -o mode=755 none "$top"; done
for place in $again; do mkdir -p "$place"; mount --bind "$HOME/bound$place" "$place"; done
"""
AS_ANOTHER_USER = OPEN_PLACES + 'exec setpriv --reuid $ID --regid $ID --clear-groups "$@"\n'


def run_as_ordinary_user(flag: str, arguments: list[str]) -> None:
    """As root, run pytest with these arguments under another uid; it must pass.

    `flag` is the environment variable by which the tests know that they are that user already.
    """
    if os.geteuid() != 0 or os.environ.get(flag):
        pytest.skip("this already is an ordinary user")
    if not (shutil.which("unshare") and shutil.which("setpriv")):
        pytest.skip("unshare and setpriv are needed to become one")
    home = Path("/tmp") / f"word2chat-user-{os.getpid()}"
    home.mkdir(mode=0o755)
    os.chown(home, ID, ID)
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(home), "ID": str(ID), "OMP_NUM_THREADS": "1",
        "PLACES": " ".join({sys.prefix, sys.base_prefix, str(REPOSITORY)}), flag: "1",
    }  # fmt: skip
    command = ["unshare", "-m", "sh", "-c", AS_ANOTHER_USER, "sh", sys.executable, "-m", "pytest"]
    command += ["-q", "-p", "no:cacheprovider", "--basetemp", f"{home}/tmp", *arguments]
    try:
        answer = subprocess.run(
            command, env=environment, cwd=REPOSITORY, capture_output=True, text=True,
            timeout=1500, check=False,
        )  # fmt: skip
    finally:
        shutil.rmtree(home, ignore_errors=True)
    assert answer.returncode == 0, answer.stdout[-8000:] + answer.stderr[-2000:]
    assert " passed" in answer.stdout
