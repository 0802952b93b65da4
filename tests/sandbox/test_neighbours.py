"""Two sandboxes side by side, or one after the other, find nothing of each other."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sandboxes import PRELUDE, SMALL, members, say, space_of, spec

from autograder.model import CellEnd, ExecutionJob, JobCell
from autograder.sandbox import bwrap, cgroup, selftest
from autograder.sandbox.kernels import running_kernel
from autograder.sandbox.limits import Limits
from autograder.stages.execute import execute

pytestmark = pytest.mark.sandbox


HIDING_PLACES = {
    "a file in /tmp": ("open('/tmp/note', 'w').write('x')", "os.path.exists('/tmp/note')"),
    "a file in /dev/shm": ("open('/dev/shm/n', 'w').write('x')", "os.path.exists('/dev/shm/n')"),
    "a file at home": ("open('../note', 'w').write('x')", "os.path.exists('../note')"),
    "a start-up file": (
        "d = os.environ['IPYTHONDIR'] + '/profile_default/startup'; os.makedirs(d, exist_ok=True);"
        " open(d + '/a.py', 'w').write('caught = 1')",
        "'caught' in globals()",
    ),
    "an abstract socket": (
        "kept = socket.socket(socket.AF_UNIX); kept.bind('\\0note')",
        "attempt(lambda: socket.socket(socket.AF_UNIX).connect('\\0note')) != 'ECONNREFUSED'",
    ),
    "a port": (
        "port = socket.create_server(('127.0.0.1', 4567))",
        "attempt(lambda: socket.create_connection(('127.0.0.1', 4567), 1)) != 'ECONNREFUSED'",
    ),
    "a pseudo-terminal": (
        "pty = os.openpty(); os.chmod(os.ttyname(pty[1]), 0o666)",
        "[n for n in os.listdir('/dev/pts') if n != 'ptmx'] != []",
    ),
    "a process": (
        "daemon(lambda: os.execvp('sleep', ['note', '600']))",
        "any('note' in open(f'/proc/{p}/cmdline').read() for p in os.listdir('/proc')"
        " if p.isdigit() and p != '1')",
    ),
}


def test_a_neighbour_finds_nothing_while_it_is_there_or_after(start: str) -> None:
    """Whatever one kernel hides, neither its neighbour nor its successor sees."""
    with running_kernel(spec(), start) as one, running_kernel(spec(), start) as other:
        spaces = [space_of(one), space_of(other)]
        assert spaces[0] != spaces[1]
        for kernel in (one, other):
            assert say(kernel, PRELUDE) == ""
        for name, (hide, _) in HIDING_PLACES.items():
            assert say(one, hide) in ("", "1", "10"), name
        found = {name: say(other, f"print({seek})") for name, (_, seek) in HIDING_PLACES.items()}
        assert set(found.values()) == {"False"}, found
    with running_kernel(spec(), start) as successor:
        assert say(successor, PRELUDE) == ""
        found = {name: say(successor, f"print({s})") for name, (_, s) in HIDING_PLACES.items()}
        assert set(found.values()) == {"False"}, found
    assert [members(space) for space in spaces] == [[], []]


def test_as_root_each_student_has_a_uid_of_its_own(start: str) -> None:
    """Outside, two kernels run under two uids that are neither root nor each other."""
    if not bwrap.root_mode():
        pytest.skip("only root can give uids away")
    with running_kernel(spec(), start) as one, running_kernel(spec(), start) as other:
        uids = {os.stat(f"/proc/{k.provisioner.pid}/status").st_uid for k in (one, other)}
        kernels_ = {os.stat(f"/proc/{k.pid}").st_uid for k in (one, other)}
    assert len(kernels_) == 2
    assert min(kernels_) >= 20_000
    assert uids  # process 1 is not dumpable, so its files belong to root: nothing to compare


WEIGHTS = ("cpu.shares", "cpu.weight")
BUSY = """
import os, time
for _ in range(20):
    if os.fork() == 0:
        os.setsid()
        while True: pass
print("busy")
"""


def test_a_group_gives_every_sandbox_the_same_share(start: str) -> None:
    """Its weight does not grow with its processes, so busy children starve nobody beside them."""
    if "cpu" not in cgroup.controllers():
        pytest.skip("no control group for the processor can be had here")
    with running_kernel(spec(), start) as attacker, running_kernel(spec(), start) as neighbour:
        assert attacker.run(BUSY, 90).text.strip() == "busy"
        groups = [one.provisioner.group.folders["cpu"] for one in (attacker, neighbour)]
        assert groups[0] != groups[1]
        files = [path for group in groups for path in group.iterdir() if path.name in WEIGHTS]
        weights = {path.read_text() for path in files}
        assert len(weights) == 1
        inside = set(map(int, (groups[0] / "cgroup.procs").read_text().split()))
        assert inside == set(selftest.members(attacker.pid_namespace))
        assert len(inside) == 22  # process 1, the kernel, and twenty children


def test_without_a_group_busy_children_come_last(start: str, monkeypatch) -> None:
    """Each of them, in a session of its own, gets the lowest priority; the kernel keeps its own."""
    monkeypatch.setattr(cgroup, "hierarchies", lambda: ())
    # twenty of them use up the small limit of processor time in a minute, and are ended
    lasting = replace(SMALL, submission_seconds=1000)
    with running_kernel(spec(limits=lasting), start) as one:
        assert one.run(BUSY, 90).text.strip() == "busy"
        first = Path(f"/proc/{one.provisioner.pid}/task/{one.provisioner.pid}/children")
        children = set(selftest.members(one.pid_namespace)) - {one.pid, one.provisioner.pid}
        assert len(children) == 20
        assert first.read_text().split() == [str(one.pid)]
        deadline = time.monotonic() + 200  # Linux takes ten changes of a session a second
        while any(priorities(pid) != {19} for pid in children) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert {pid: priorities(pid) for pid in children} == {pid: {19} for pid in children}
        assert 19 not in priorities(one.pid)
        assert say(one, "import os; os.nice(-1)").startswith("error PermissionError")


LATER = """
import os, time
if not (child := os.fork()):
    time.sleep(2)
    os.setsid()
    while True: pass
if not (near := os.fork()):
    while True: pass
print("busy")
"""


def test_a_session_taken_later_comes_last_too(start: str, monkeypatch) -> None:
    """A child that was calmed before is in a new group then; one that stays lowers no kernel."""
    monkeypatch.setattr(cgroup, "hierarchies", lambda: ())
    lasting = replace(SMALL, submission_seconds=1000)
    with running_kernel(spec(limits=lasting), start) as one:
        assert one.run(LATER, 90).text.strip() == "busy"
        children = set(selftest.members(one.pid_namespace)) - {one.pid, one.provisioner.pid}
        assert len(children) == 2
        deadline = time.monotonic() + 200
        while not any(os.getsid(pid) == pid for pid in children) and time.monotonic() < deadline:
            time.sleep(0.1)
        (late,) = (pid for pid in children if os.getsid(pid) == pid)
        while priorities(late) != {19} and time.monotonic() < deadline:
            time.sleep(0.1)
        assert priorities(late) == {19}
        assert 19 not in priorities(one.pid)


SIXTY = """
import os
made = 0
try:
    while made < 60:
        if os.fork() == 0:
            os.setsid()
            while True: pass
        made += 1
except OSError:
    pass
print(made)
"""
COMPUTES = """
import time
begin, rounds = time.process_time(), 0
while time.process_time() - begin < 0.3:
    rounds += 1
"""


def test_sixty_busy_children_end_no_honest_neighbour(start: str, monkeypatch) -> None:
    """At twice its need of a processor, and no control group: it never meets a limit of its own."""
    monkeypatch.setattr(cgroup, "hierarchies", lambda: ())
    limits = Limits(memory_mb=1024, cell_seconds=0.6)
    cells = tuple(JobCell(number, COMPUTES) for number in range(2))
    honest = ExecutionJob("honest", cells, "s", limits, provisioner=start, warm_modules=())
    with running_kernel(spec(), start) as attacker:
        assert 15 < int(attacker.run(SIXTY, 300).text) <= 60
        done = execute(honest)
    assert (done.fault, done.doubt) == (None, None)
    assert [run.end for run in done.runs] == [CellEnd.OK] * len(cells)


def priorities(pid: int) -> set[int]:
    """The nice values of a process and, where Linux shares by session, of its session."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    found = {int(fields[16])}
    autogroup = Path(f"/proc/{pid}/autogroup")
    if autogroup.exists():
        found.add(int(autogroup.read_text().split()[-1]))
    return found
