"""How much memory a run may use: a container's share counts, not the machine's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.run import memory

ASK = "import sys; sys.stdin.read(1); from autograder.run.memory import available_mb; "
ASK += "print(available_mb())"


@pytest.fixture
def group() -> Iterator[Path]:
    """A control group within ours that counts memory, where one can be made."""
    for _, folder, names in memory.own_groups():
        made = folder / "word2chat-test"
        try:
            made.mkdir()
        except OSError:
            continue
        try:
            if (made / names.limit).exists():
                yield made
                return
        finally:
            made.rmdir()
    pytest.skip("no control group for memory can be made here")


@pytest.mark.parametrize("limit_mb", [600, 1500])
def test_the_limit_of_a_group_is_what_there_is(group: Path, limit_mb: int) -> None:
    """A process in a group of 600 MB has at most that, on a machine with any amount."""
    limit = next(group / name for name in ("memory.max", "memory.limit_in_bytes")
                 if (group / name).exists())  # fmt: skip
    limit.write_text(str(limit_mb << 20))
    asking = subprocess.Popen(
        [sys.executable, "-c", ASK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    (group / "cgroup.procs").write_text(str(asking.pid))
    found, _ = asking.communicate("x")
    assert limit_mb - 200 < int(found) <= limit_mb


def test_without_limits_it_is_what_the_machine_has() -> None:
    """Some megabytes, and no more than Linux calls available, up to what changes meanwhile."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    (line,) = [line for line in lines if line.startswith("MemAvailable")]
    assert 0 < memory.available_mb() <= int(line.split()[1]) // 1024 + 512
