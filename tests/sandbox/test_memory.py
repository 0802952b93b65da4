"""Memory: bombs, the peak of a sandbox, and whom Linux kills when the machine is out of it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import textwrap
from pathlib import Path

import pytest
from sandboxes import PRELUDE, SMALL, say, spec

from autograder.sandbox import bwrap, cgroup
from autograder.sandbox.kernels import RunningKernel, running_kernel

pytestmark = pytest.mark.sandbox


MEMORY_BOMBS = {
    "lists": "kept = [b'x' * (1 << 26) for _ in range(40)]",
    "shared mappings": """
import mmap, time
kept = []
for _ in range(40):
    kept.append(mmap.mmap(-1, 1 << 26))
    kept[-1].write(bytes(1 << 26))
    kept[-1].madvise(mmap.MADV_DONTNEED)
    time.sleep(0.1)
time.sleep(60)
""",
}


@pytest.mark.parametrize("name", MEMORY_BOMBS)
def test_a_memory_bomb_harms_nobody_else(name: str, start: str) -> None:
    """The bomber dies of the memory limit or gets MemoryError; the neighbour notices nothing."""
    program = MEMORY_BOMBS[name]
    with running_kernel(spec(), start) as bomber, running_kernel(spec(), start) as neighbour:
        outcome = say(bomber, program, 120)
        assert outcome in ("dead", "error MemoryError:")
        if outcome == "dead":
            assert bomber.provisioner.death_cause() == "memory limit"
            assert bomber.provisioner.peak_mb() > 0.9 * SMALL.memory_mb
        assert say(neighbour, "print(1 + 1)") == "2"


def test_memory_of_all_processes_counts_together(start: str) -> None:
    """Ten children with a fifth of the limit each do not get away with it."""
    program = f"""
    {textwrap.indent(PRELUDE, "    ").strip()}
    children = []
    for _ in range(10):
        pid = os.fork()
        if pid == 0:
            kept = os.urandom(1) * (205 << 20)
            time.sleep(120)
            os._exit(0)
        children.append(pid)
    states = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children[:1]]
    """
    with running_kernel(spec(), start) as one:
        reply = one.run(textwrap.dedent(program), 60)
        # a control group kills one process, the watcher without one kills the kernel
        killed = reply.status == "dead" or one.provisioner.group.memory_use().ran_out
        assert killed


def test_the_peak_of_an_honest_kernel_is_known(start: str, uncounted: bool) -> None:
    """What it held at most, after it has died too: with a control group, and without one."""
    with running_kernel(spec(), start) as one:
        assert say(one, "import time; kept = b'x' * (300 << 20); print(1)") == "1"
        assert say(one, "time.sleep(0.6); kept = None") == ""
        one.run("import os; os._exit(0)", 10)
        assert one.provisioner.death_cause() == "exited"
        assert 300 <= one.provisioner.peak_mb() < 500


@pytest.fixture(params=[False, True], ids=["as this machine is", "without control groups"])
def uncounted(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the test has to do without control groups."""
    if request.param:
        monkeypatch.setattr(cgroup, "hierarchies", lambda: ())
    return request.param


def test_a_kill_that_was_not_for_its_own_memory_is_none_of_its_limit(
    start: str, uncounted: bool
) -> None:
    """What Linux does to a kernel when the machine, and not the kernel, is out of memory."""
    with running_kernel(spec(), start) as one:
        assert say(one, "kept = b'x' * (100 << 20); print(1)") == "1"
        os.kill(one.pid, signal.SIGKILL)
        assert one.run("1", 10).status == "dead"
        assert one.provisioner.death_cause() == "killed"
        assert one.provisioner.peak_mb() < SMALL.memory_mb // 2


CAP_SYS_RESOURCE = 24
LOWERING = """
def lower(path, text='0'):
    with open(path, 'w') as file:
        file.write(text)
files = [f'/proc/{who}/{name}' for who in ('self', f'self/task/{os.getpid()}', '1')
         for name in ('oom_score_adj', 'oom_adj')]
print({attempt(lambda: lower(file)) for file in files} <= {'EROFS', 'EACCES', 'ENOENT'})
print(open('/proc/self/oom_score_adj').read().strip())
if os.fork() == 0:
    attempt(lambda: lower('/proc/self/oom_score_adj'))
    os._exit(int(open('/proc/self/oom_score_adj').read()) // 10)
print(os.waitstatus_to_exitcode(os.wait()[1]) * 10)
"""


def test_a_student_cannot_send_linux_to_its_neighbours(kernel: RunningKernel) -> None:
    """Neither the kernel nor its children get below 800, and process 1 is out of their reach."""
    assert say(kernel, LOWERING).split() == ["True", "800", "800"]


def may_set_floors() -> bool:
    """Many containers keep this power from their root: there a read-only /proc is the only wall."""
    status = Path("/proc/self/status").read_text()
    powers = int(status.partition("\nCapEff:")[2].split()[0], 16)
    return bwrap.root_mode() and bool(powers >> CAP_SYS_RESOURCE & 1)


def test_as_root_the_score_has_a_floor_from_outside(kernel: RunningKernel) -> None:
    """A second wall: even where /proc can be written to, the student's uid gets no lower."""
    if not may_set_floors() or not shutil.which("setpriv"):
        pytest.skip("only root with CAP_SYS_RESOURCE can set the floor")
    score = Path(f"/proc/{kernel.pid}/oom_score_adj")
    uid = str(score.stat().st_uid)
    lower = f"echo 700 > {score}"
    command = ["setpriv", "--reuid", uid, "--regid", uid, "--clear-groups", "--bounding-set=-all"]
    done = subprocess.run([*command, "sh", "-c", lower], capture_output=True, text=True)
    assert "Permission denied" in done.stderr
    assert score.read_text().strip() == "800"
