"""The self-test: it passes here, finds a hole, and says when there is no sandbox."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.sandbox import bwrap, cgroup, selftest
from autograder.sandbox.canaries import inside, outside

pytestmark = pytest.mark.sandbox


def test_the_report_names_mode_and_control_groups() -> None:
    """What `doctor` prints about this machine."""
    report = selftest.sandbox_report()
    assert report["mode"].startswith("root" if bwrap.root_mode() else "user")
    grouped = "memory" in cgroup.controllers()
    assert report["memory"].startswith("control group" if grouped else "no control group")


def test_nothing_of_the_instructors_is_expected_among_the_packages(tmp_path, monkeypatch) -> None:
    """Installed as a plain copy, the engine lies there: every kernel reads that folder."""
    packages, course = tmp_path / "site-packages", tmp_path / "course"
    for folder in (packages, course):
        folder.mkdir()
    monkeypatch.setattr(bwrap, "REPOSITORY", packages)
    monkeypatch.chdir(course)
    with outside.canaries() as laid:
        assert not list(packages.iterdir())
        assert str(course) in laid.folders


@pytest.mark.slow
def test_the_self_test_passes_here(start: str) -> None:
    """Every canary stays unseen, in a real sandbox."""
    findings = selftest.selftest(start)
    assert [finding for finding in findings if not finding.ok] == []
    assert len(findings) > 15


@pytest.mark.parametrize(
    ("bomb", "held"), [("cause_memory", True), ("time.sleep(1); os._exit(3)", False)]
)
def test_a_memory_bomb_may_end_the_kernel_of_the_self_test(
    start: str, bomb: str, held: bool
) -> None:
    """Out of memory, Linux may choose the kernel; any other death of it is no answer."""
    if bomb == "cause_memory":
        if "memory" not in cgroup.controllers():
            pytest.skip("here memory is refused before anything is killed")
        bomb = "[b'x' * (1 << 26) for _ in range(64)]"
    last = selftest.ATTEMPTS.index("@check(MEMORY_BOMB)")
    check = f"@check(MEMORY_BOMB)\ndef _(told):\n    {bomb}\n"
    findings = {one.name: one for one in selftest.selftest(start, selftest.ATTEMPTS[:last] + check)}
    assert findings[inside.MEMORY_BOMB].ok is held
    others = [one for name, one in findings.items() if name != inside.MEMORY_BOMB]
    assert [one for one in others if not one.ok] == []


def test_secret_files_of_a_self_test_that_was_killed_are_removed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of one that still runs stay; kill -9 left them in home folders for ever."""
    monkeypatch.chdir(tmp_path)
    program = "from autograder.sandbox.canaries.outside import canaries\n"
    program += "with canaries(): print(flush=True); input()"
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as killed:
        killed.stdout.readline()
        (left,) = tmp_path.iterdir()
        with outside.canaries():
            assert left.exists()
        killed.kill()
    with outside.canaries():
        assert not left.exists()
    assert list(tmp_path.iterdir()) == []


def test_the_self_test_says_when_there_is_no_sandbox(monkeypatch, fresh_search) -> None:
    """One finding with a remedy, and no exception."""
    monkeypatch.setattr(bwrap, "candidates", lambda: iter(()))
    (finding,) = selftest.selftest()
    assert not finding.ok
    assert "--no-sandbox" in finding.remedy


def test_the_self_test_notices_a_hole(monkeypatch) -> None:
    """With the canaries' folder let in, reading them is found."""
    show = bwrap.course_parts
    hole = bwrap.show(bwrap.REPOSITORY, bwrap.REPOSITORY)
    monkeypatch.setattr(bwrap, "course_parts", lambda *given: [*show(*given), *hole])
    if not os.access(bwrap.REPOSITORY, os.W_OK) or bwrap.REPOSITORY.is_relative_to("/tmp"):
        pytest.skip("no canary can be laid into the repository, or a private /tmp hides it")
    findings = {finding.name: finding.ok for finding in selftest.selftest()}
    assert not findings["no reading of the course, the gradebook or a home folder"]
    assert findings["nothing stays running"]
