"""How a kernel is interrupted, dies and starts again, and what is left of it outside: nothing."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
from sandboxes import PRELUDE, REPOSITORY, members, say, space_of, spec, traces

from autograder.sandbox import cgroup, leftovers, socket_folders
from autograder.sandbox.kernels import running_kernel

pytestmark = pytest.mark.sandbox


def test_an_interrupt_reaches_the_cell_and_no_more(start: str) -> None:
    """An endless honest loop ends with KeyboardInterrupt, and the kernel keeps its variables."""
    with running_kernel(spec(), start) as one:
        assert say(one, "kept = 5") == ""
        assert one.run("while True: pass", 1).status == "timeout"
        one.manager.interrupt_kernel()
        # requests that arrive while the interrupted cell winds up are dropped by ipykernel
        answers = {say(one, "print(kept)") for _ in range(20)}
        assert answers <= {"5", ""} and "5" in answers


def test_a_cell_that_ignores_interrupts_is_killed(start: str) -> None:
    """SIGINT does nothing to it; kill ends it and everything around it."""
    program = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    with running_kernel(spec(), start) as one:
        space = space_of(one)
        assert one.run(program, 1).status == "timeout"
        one.manager.interrupt_kernel()
        assert one.run("1", 1).status == "timeout"
        asyncio.run(one.provisioner.kill())
        assert one.provisioner.death_cause() == "killed"
        assert members(space) == []


DEATHS = {
    "os._exit(3)": "exited",
    "os.kill(os.getpid(), signal.SIGKILL)": "killed",
    "ctypes.string_at(0)": "killed",
    "os.kill(os.getpid(), signal.SIGTERM)": "killed",
    "exit()": None,
}


@pytest.mark.parametrize("program", DEATHS)
def test_a_death_has_a_cause(program: str, start: str) -> None:
    """A kernel that ends itself is told apart from one that a signal ended."""
    with running_kernel(spec(), start) as one:
        assert one.provisioner.death_cause() is None
        one.run(f"{PRELUDE}\n{program}", 30)
        for _ in range(100):
            if one.provisioner.death_cause() is not None:
                break
            time.sleep(0.05)
        assert one.provisioner.death_cause() == (DEATHS[program] or "exited")


def test_a_polite_shutdown_and_a_restart_work(start: str) -> None:
    """jupyter_client's own restart gives a fresh kernel behind the same sockets."""
    with running_kernel(spec(), start) as one:
        assert say(one, "gone = 1; open('left', 'w').close()") == ""
        one.manager.restart_kernel()
        one.client.wait_for_ready(timeout=60)
        assert say(one, "import os; print('gone' in globals(), os.listdir('.'))") == "False []"
        one.manager.shutdown_kernel()
        assert one.provisioner.death_cause() in ("exited", "killed")


def test_nothing_is_left_outside(start: str, tmp_path: Path) -> None:
    """After a kernel with daemons: no process, no control group, no folder, no bwrap, no socket."""
    before = traces()
    with running_kernel(spec(), start) as one:
        space = space_of(one)
        say(one, PRELUDE)
        assert say(one, "[daemon(lambda: time.sleep(600)) for _ in range(5)]; print(1)") == "1"
    assert members(space) == []
    assert traces() == before


def test_a_grader_that_is_killed_takes_its_kernels_along(start: str, tmp_path: Path) -> None:
    """kill -9 of the grader ends the sandbox, its daemons and the warm parent."""
    script = textwrap.dedent(f"""
        import os, sys, time
        from autograder.sandbox.kernels import running_kernel
        from tests_program import PRELUDE, SPEC
        with running_kernel(SPEC, {start!r}) as one:
            one.run(PRELUDE)
            one.run("daemon(lambda: time.sleep(600))")
            print(one.pid_namespace, flush=True)
            time.sleep(600)
    """)
    (tmp_path / "tests_program.py").write_text(
        f"from autograder.sandbox.limits import *\nPRELUDE = {PRELUDE!r}\nSPEC = {spec()!r}\n"
    )
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}:{REPOSITORY}"}
    grader = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert grader.stdout is not None
    space = grader.stdout.readline().strip()
    assert space.startswith("pid:")
    grader.kill()
    grader.wait()
    grader.stdout.close()
    assert members(space) == []
    _assert_swept(grader.pid)


def _assert_swept(dead: int) -> None:
    """What a killed grader leaves on disk goes when the next one starts."""
    socket_folders.sweep.cache_clear()
    cgroup.sweep.cache_clear()
    socket_folders.sweep()
    cgroup.sweep()
    left = [
        p
        for parent in socket_folders.parent_folders()
        for p in Path(parent).glob(f"w2c-*-{dead}-*")
    ]
    for hierarchy in cgroup.hierarchies():
        left += hierarchy.folder.glob(f"{cgroup.KIND}-*-{dead}-*")
    assert left == []


def test_leftovers_are_told_from_what_is_in_use(tmp_path: Path) -> None:
    """Only a name of this pid namespace whose process is gone counts as left over."""
    child = subprocess.Popen(["true"])
    child.wait()
    mine = leftovers.own_prefix("w2c")
    assert not leftovers.is_orphan(tmp_path / f"{mine}abc", "w2c")
    dead = mine.replace(f"-{os.getpid()}-", f"-{child.pid}-")
    assert leftovers.is_orphan(tmp_path / f"{dead}abc", "w2c")
    assert not leftovers.is_orphan(tmp_path / f"w2c-1-{child.pid}-abc", "w2c")
    assert not leftovers.is_orphan(tmp_path / "w2c-strange", "w2c")
