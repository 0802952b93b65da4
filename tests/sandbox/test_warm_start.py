"""Kernels forked from a warm parent are like cold ones, and the parent is replaced when it dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from processes import children
from sandboxes import COLD, REPOSITORY, WARM, members, say, space_of, spec

from autograder.sandbox import warm
from autograder.sandbox.kernels import running_kernel
from autograder.sandbox.limits import Limits, SandboxSpec, SandboxUnavailable

pytestmark = pytest.mark.sandbox


@pytest.fixture(autouse=True)
def parents_of_its_own(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What an earlier test's run has left in this process, a twin perhaps, is not met here."""
    monkeypatch.setattr(warm, "_warm_parents", {})
    yield
    warm.close_warm_parents()


def test_warm_kernels_have_random_numbers_of_their_own() -> None:
    """numpy, random, uuid and torch differ between two forks of one parent."""
    program = (
        "import random, uuid, numpy as np, torch\n"
        "print(random.random(), np.random.rand(), uuid.uuid4(), torch.initial_seed())"
    )
    with running_kernel(spec(), WARM) as one, running_kernel(spec(), WARM) as other:
        first, second = say(one, program).split(), say(other, program).split()
    assert all(a != b for a, b in zip(first, second, strict=True))
    assert len(first) == 4


@pytest.mark.slow
def test_torch_computes_alike_warm_and_cold() -> None:
    """A seeded computation in parallel regions gives the same bits from both starts."""
    program = "import torch; torch.manual_seed(1); print(torch.randn(99, 99).matrix_power(3).sum())"
    limits = Limits()
    answers = []
    for start, modules in ((COLD, ()), (WARM, ("torch",))):
        with running_kernel(SandboxSpec(limits=limits, warm_modules=modules), start) as one:
            answers.append(say(one, program, 120))
    assert answers[0] == answers[1]
    assert answers[0].startswith("tensor(")


def test_a_dead_warm_parent_is_replaced() -> None:
    """Its kernels end with it, and the next kernel starts a new one."""
    with running_kernel(spec(), WARM) as one:
        space = space_of(one)
        parent = warm.warm_parent_for(spec())
        inside = _child_of(parent.process.pid)  # asked of a dead one it would be nobody
        parent.process.kill()
        os.kill(inside, signal.SIGKILL)
        parent.process.wait()
        deadline = time.monotonic() + 10  # the kernel ends its processes one after another
        while members(space) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert members(space) == []
        assert one.run("1", 10).status == "dead"
    with running_kernel(spec(), WARM) as one:
        assert say(one, "print(1)") == "1"
    assert warm.warm_parent_for(spec()) is not parent


def test_a_shared_warm_parent_serves_others_and_is_replaced_when_it_dies() -> None:
    """What a process of a pool does: it uses the run's parent, and starts one if that dies."""
    shared = warm.share_warm_parent(spec())
    started_here = warm.warm_parent_for(spec())
    try:
        server = shared.server.dup()
        warm.use_shared_warm_parent(warm.SharedWarmParent(shared.key, server))
        shared_one = warm.warm_parent_for(spec())
        assert not isinstance(shared_one, warm.WarmParentProcess)
        with running_kernel(spec(), WARM) as one:
            assert say(one, "print(2)") == "2"
        assert shared_one.alive()
    finally:
        started_here.close()
    deadline = time.monotonic() + 10
    while shared_one.alive() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not shared_one.alive()
    with running_kernel(spec(), WARM) as one:
        assert say(one, "print(3)") == "3"
    assert isinstance(warm.warm_parent_for(spec()), warm.WarmParentProcess)


def test_a_twin_serves_kernels_while_the_modules_are_imported() -> None:
    """The self-test of a run need not wait for torch: one jail, two parents, and one end."""
    before = set(children(os.getpid()))
    bare, full = spec(warm_modules=()), spec(warm_modules=("torch",))
    program = "import sys; print('torch' in sys.modules)"
    shared = warm.share_warm_parent(full)
    with running_kernel(bare, WARM) as one:
        assert say(one, program) == "False"
        assert len(set(children(os.getpid())) - before) == 1
    parent = warm.warm_parent_for(full)
    assert isinstance(parent, warm.WarmParentProcess)
    assert parent.server is shared.server
    twin = warm.warm_parent_for(bare)
    assert twin is parent.twin
    with running_kernel(full, WARM) as other:
        assert say(other, program) == "True"
    warm.close_warm_parents()
    assert set(children(os.getpid())) == before


def test_a_twin_is_asked_for_only_where_none_lives() -> None:
    """After both have ended, the next parent brings another; beside a living one it brings none."""
    bare, full = spec(warm_modules=()), spec(warm_modules=("torch",))
    warm.share_warm_parent(full)
    first = warm.warm_parent_for(full)
    assert isinstance(first, warm.WarmParentProcess)
    first.close()
    warm.share_warm_parent(full)
    second = warm.warm_parent_for(full)
    assert isinstance(second, warm.WarmParentProcess)
    assert second.twin is not None
    assert warm.warm_parent_for(bare) is second.twin
    warm.share_warm_parent(spec(warm_modules=("numpy",)))
    third = warm.warm_parent_for(spec(warm_modules=("numpy",)))
    assert isinstance(third, warm.WarmParentProcess)
    assert third.twin is None


def test_a_parent_that_fails_says_why_and_its_twin_serves_on() -> None:
    """The self-test is not told of a module that the week cannot import."""
    broken = spec(warm_modules=("no_such_module",))
    warm.share_warm_parent(broken)
    with running_kernel(spec(warm_modules=()), WARM) as one:
        time.sleep(2)
        assert say(one, "print(4)") == "4"
    with pytest.raises(SandboxUnavailable, match="No module named 'no_such_module'"):
        warm.warm_parent_for(broken)


def test_a_warm_kernel_looks_like_a_cold_one() -> None:
    """Made in two steps or in one, the kernel shows a student's code the same."""
    program = (
        "import os, sys; ip = get_ipython(); print(type(ip).__name__, type(ip.parent).__name__, "
        "ip.kernel is ip.parent, ip.profile_dir.location, ip.ipython_dir, ip.execution_count, "
        "ip.history_manager.enabled, ip.config, sorted(ip.user_ns), sorted(os.environ.items()), "
        "os.getcwd(), sys.path, sys.argv, __name__, os.listdir(ip.profile_dir.location))"
    )
    answers = []
    for start in (COLD, WARM):
        with running_kernel(spec(), start) as one:
            answers.append(say(one, program))
    assert answers[0] == answers[1]
    assert "ZMQInteractiveShell SandboxKernel True" in answers[0]


def _child_of(pid: int) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[0]) if children else pid


def test_a_module_that_starts_a_thread_is_refused(tmp_path: Path) -> None:
    """Forking such a parent would hang its children: better no sandbox than that."""
    (tmp_path / "starter.py").write_text(
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()"
    )
    program = "from autograder.sandbox.inside import warm_parent; warm_parent.warm_up(['starter'])"
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}:{REPOSITORY}"}
    answer = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True
    )
    assert answer.returncode != 0
    assert "started 1 threads" in answer.stderr


def test_a_module_that_does_not_exist_is_refused() -> None:
    """The reason is in the message."""
    with pytest.raises(SandboxUnavailable, match="no_such_module"):
        warm.warm_parent_for(spec(warm_modules=("no_such_module",)))
