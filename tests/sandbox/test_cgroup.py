"""Control groups of both versions: found where they can be made, and worded as Linux wants it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sandboxes import SMALL

from autograder.sandbox import cgroup
from autograder.sandbox.cgroup import ControlGroup, Hierarchy, MemoryUse
from autograder.sandbox.limits import Limits

pytestmark = pytest.mark.sandbox
MB = 1 << 20
LIMIT = SMALL.memory_mb


def test_a_version_two_group_is_found_where_it_is_delegated(monkeypatch, tmp_path: Path) -> None:
    """Our group's parent counts when it hands controllers down and can be written to."""
    own = tmp_path / "user.service" / "grader.scope"
    own.mkdir(parents=True)
    for folder in (own, own.parent):
        (folder / "cgroup.procs").touch()
    (own / "cgroup.subtree_control").write_text("")
    (own.parent / "cgroup.subtree_control").write_text("cpu io memory pids")
    monkeypatch.delenv("WORD2CHAT_CGROUP", raising=False)
    groups = {"": "/user.service/grader.scope"}
    (found,) = cgroup.version_two(str(tmp_path), "/", groups)
    assert (found.folder, found.version) == (own.parent, 2)
    assert found.controllers == {"cpu", "memory", "pids"}
    (own.parent / "cgroup.subtree_control").write_text("io")
    assert cgroup.version_two(str(tmp_path), "/", groups) == []


@pytest.fixture(params=[1, 2])
def group(request: pytest.FixtureRequest, monkeypatch, tmp_path: Path) -> ControlGroup:
    """A group of either version, made in an ordinary folder."""
    hierarchy = Hierarchy(tmp_path, cgroup.WANTED, request.param)
    monkeypatch.setattr(cgroup, "hierarchies", lambda: (hierarchy,))
    return ControlGroup(SMALL)


def files_of(group: ControlGroup) -> dict[str, str]:
    folder = group.folders["memory"]
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_a_group_is_limited_in_the_words_of_its_version(group: ControlGroup) -> None:
    """Memory, processes and the processor: each number in the file that this version reads."""
    files = files_of(group)
    version_two = "memory.max" in files
    memory = files["memory.max" if version_two else "memory.limit_in_bytes"]
    assert memory == str(LIMIT * MB)
    assert int(files["pids.max"]) == SMALL.processes + 8
    assert files["cpu.weight" if version_two else "cpu.shares"] == (
        "100" if version_two else "1024"
    )
    assert group.controllers == {"memory", "pids", "cpu"}


@pytest.mark.parametrize(
    ("peak_mb", "kills", "expected"),
    [
        (LIMIT - 1, 1, MemoryUse(LIMIT - 1, True)),
        (LIMIT - 1, 0, MemoryUse(LIMIT - 1, False)),
        (LIMIT // 2, 1, MemoryUse(LIMIT // 2, False)),
    ],
)
def test_only_its_own_limit_counts(
    peak_mb: int, kills: int, expected: MemoryUse, group: ControlGroup
) -> None:
    """Linux counts kills for want of memory anywhere above the group in the same field."""
    folder = group.folders["memory"]
    events = "memory.events" if (folder / "memory.max").exists() else "memory.oom_control"
    peak = "memory.peak" if events == "memory.events" else "memory.max_usage_in_bytes"
    (folder / peak).write_text(f"{peak_mb * MB}\n")
    (folder / events).write_text(f"oom 0\noom_kill {kills}\n")
    assert group.memory_use() == expected


@pytest.mark.parametrize(("reached", "ran_out"), [(0, False), (3, True)])
def test_before_linux_5_19_the_events_say_whose_limit_it_was(
    reached: int, ran_out: bool, monkeypatch, tmp_path: Path
) -> None:
    """Version 2 without memory.peak: `oom` counts only how often this group met its limit."""
    monkeypatch.setattr(
        cgroup, "hierarchies", lambda: (Hierarchy(tmp_path, frozenset({"memory"}), 2),)
    )
    group = ControlGroup(SMALL)
    (group.folders["memory"] / "memory.events").write_text(f"oom {reached}\noom_kill 1\n")
    assert group.memory_use() == MemoryUse(None, ran_out)


FORKS = """
import os, time
made = 0
try:
    while made < 50:
        if os.fork() == 0:
            time.sleep(0.3)
            os._exit(0)
        made += 1
except OSError:
    print(made)
"""
BOMB = "held = [bytearray(b'x' * 2**20) for _ in range(300)]"


def test_a_group_of_this_machine_holds() -> None:
    """Of whichever version it is: the sum of all memory, the number of processes, and the peak."""
    if not {"memory", "pids"} <= cgroup.controllers():
        pytest.skip("no control group can be made here")
    group = ControlGroup(Limits(memory_mb=64, processes=4))
    folders = set(group.folders.values())
    assert int(within(group, FORKS).stdout) < 12
    assert not group.memory_use().ran_out
    assert within(group, BOMB).returncode == -signal.SIGKILL
    used = group.memory_use()
    assert used.ran_out
    assert used.peak_mb is None or used.peak_mb >= 60
    group.close()
    assert not any(folder.exists() for folder in folders)


def within(group: ControlGroup, program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-S", "-c", program], preexec_fn=lambda: group.add(os.getpid()),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
