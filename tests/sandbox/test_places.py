"""Where Python, the course and the grader lie on the machine, and what of it is shown inside."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
from sandboxes import REPOSITORY, say, spec

from autograder.sandbox import bwrap
from autograder.sandbox.kernels import running_kernel

pytestmark = pytest.mark.sandbox


def test_an_installed_grader_is_masked(monkeypatch, tmp_path: Path) -> None:
    """A copy of the autograder beside the other packages shows up empty."""
    packages = tmp_path / "site-packages"
    (packages / "autograder").mkdir(parents=True)
    (packages / "autograder" / "__init__.py").write_text("secret = 1")
    monkeypatch.setattr(bwrap.sys, "path", [*sys.path, str(packages)])
    bwrap.loose_packages.cache_clear()
    try:
        with running_kernel(spec()) as one:
            program = f"import os; print(os.listdir({str(packages)!r}),"
            program += f" os.listdir({str(packages / 'autograder')!r}))"
            assert say(one, program) == "['autograder'] []"
    finally:
        bwrap.loose_packages.cache_clear()


def test_a_python_below_tmp_stays_visible_and_read_only(start: str, tmp_path: Path) -> None:
    """The launcher's /tmp would hide it: it is shown again on top. The self-test finds no hole."""
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=False, symlinks=True)
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / "ours.pth").write_text(f"{sysconfig.get_path('purelib')}\n{REPOSITORY}\n")
    program = f"""
from autograder.sandbox.canaries import inside
from autograder.sandbox.kernels import running_kernel
from autograder.sandbox.limits import *
with running_kernel(SandboxSpec(warm_modules=()), {start!r}) as one:
    print(one.run("import sys; print(sys.prefix)").text, end="")
    print(one.run("open(sys.prefix + '/lib/x', 'w')").error[:7])
    print(one.run("open('/tmp/x', 'w').close()").status)
from autograder.sandbox.selftest import selftest
print([found for found in selftest({start!r}) if not found.ok])
"""
    assert Path("/tmp") in environment.parents or bwrap.covered_places() == ()
    answer = subprocess.run(
        [environment / "bin" / "python", "-c", program], capture_output=True, text=True
    )
    assert answer.stdout.split() == [str(environment), "OSError", "ok", "[]"], answer.stderr


def test_a_course_below_usr_is_masked(monkeypatch) -> None:
    """Where the repository lies under /usr, the kernel sees an empty folder there."""
    monkeypatch.setattr(bwrap, "REPOSITORY", Path("/usr/share"))
    assert Path("/usr/share") in bwrap.masked_folders()
    monkeypatch.setattr(bwrap, "REPOSITORY", Path("/usr"))
    assert Path("/usr") not in bwrap.masked_folders()


def test_packages_below_usr_are_not_masked(monkeypatch) -> None:
    """Where the grader is installed beside the system's packages, these stay visible."""
    packages = Path("/usr/lib/python3/dist-packages")
    if not packages.is_dir():
        pytest.skip("this system keeps no packages there")
    monkeypatch.setattr(bwrap.sys, "path", [*sys.path, str(packages)])
    monkeypatch.setattr(bwrap, "REPOSITORY", packages)
    assert packages not in bwrap.masked_folders()
    assert packages not in bwrap.course_folders()
