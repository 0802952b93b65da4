"""Try to break out, before any student does: canaries in a real sandbox.

`selftest()` starts one kernel with small limits, lets our own code in it attempt what is forbidden,
and looks afterwards, from outside, whether anything came through. It takes about two seconds.
"""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from autograder.sandbox import bwrap, cgroup
from autograder.sandbox.canaries import inside
from autograder.sandbox.canaries.outside import Canaries, canaries
from autograder.sandbox.kernels import RunningKernel, running_kernel
from autograder.sandbox.launch_plan import FIRST_UID
from autograder.sandbox.limits import Limits, SandboxSpec, SandboxUnavailable

SMALL = Limits(memory_mb=512, processes=40, file_mb=8, scratch_mb=16, submission_seconds=60)
# the canaries need no torch, and importing it would be most of the self-test's time
SPEC = SandboxSpec(limits=SMALL, warm_modules=())
ATTEMPTS = Path(inside.__file__).read_text("utf-8")
# for the sandbox's processes to be gone: on a crowded machine that takes time
ENDING_SECONDS = 10.0
HOLDS_SECONDS = 900.0


@dataclass(frozen=True)
class Finding:
    """One promise, whether it held, what was seen, and what to do if it did not."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


def selftest(provisioner: str = "word2chat-sandbox", attempts: str = ATTEMPTS) -> list[Finding]:
    """Attempt every forbidden thing in a real sandbox; a finding for each promise.

    Never raises SandboxUnavailable: no sandbox is a finding too.

    Args:
        provisioner: which way to start the sandbox.
        attempts: the program that runs inside, with a function `attempt_all`.
    """
    if not sys.platform.startswith("linux"):
        return [_no_sandbox(f"this is {sys.platform}")]
    with ExitStack() as stack:
        made = stack.enter_context(canaries())
        try:
            kernel = stack.enter_context(running_kernel(SPEC, provisioner))
        except SandboxUnavailable as error:
            return [_no_sandbox(str(error))]
        space = kernel.pid_namespace
        findings = [Finding("a sandbox starts", True, "yes"), _host_uid(kernel)]
        findings += _inside(kernel, made, attempts)
        kernel.manager.shutdown_kernel(now=True)
        return [*findings, *_aftermath(made, space)]


_held_until: dict[str, float] = {}


def leaks(provisioner: str) -> str:
    """What the self-test found wrong with this machine; empty when its sandbox holds.

    That it holds is remembered in this process for a quarter of an hour; a leak never is.
    """
    if time.monotonic() < _held_until.get(provisioner, 0.0):
        return ""
    try:
        wrong = [found for found in selftest(provisioner) if not found.ok]
    except RuntimeError as error:
        return f"the self-test failed: {error}"
    if not wrong:
        _held_until[provisioner] = time.monotonic() + HOLDS_SECONDS
    return "; ".join(f"{found.name}: {found.detail}" for found in wrong)


def forget() -> None:
    """Forget what the last self-tests found: the next `leaks` tries the sandbox again."""
    _held_until.clear()


def _no_sandbox(why: str) -> Finding:
    return Finding("a sandbox starts", False, why, bwrap.WAY_OUT)


def _host_uid(kernel: RunningKernel) -> Finding:
    """As root the student's process must not be root; else it can only be us, without powers."""
    uid = os.stat(f"/proc/{kernel.pid}").st_uid
    held = uid >= min(FIRST_UID, 20_000) if bwrap.root_mode() else uid in (os.getuid(), 65534)
    seen = "a uid of its own" if bwrap.root_mode() else "your uid, without any power"
    return Finding("the student is not root outside either", held, seen if held else f"uid {uid}")


def _inside(kernel: RunningKernel, made: Canaries, attempts: str) -> list[Finding]:
    """What the attempts report, and whether all of them did."""
    reply = kernel.run(f"{attempts}\n\nattempt_all({made.told(SMALL)!r})\n", seconds=120)
    findings = []
    for line in reply.text.splitlines():
        with suppress(ValueError, TypeError):
            name, held, seen = json.loads(line)
            findings.append(Finding(name, held, seen))
    missing = [name for name in inside.CHECKS if name not in {found.name for found in findings}]
    if reply.status == "dead" and missing == [inside.MEMORY_BOMB]:
        ended = kernel.provisioner.death_cause() == "memory limit"
        findings.append(Finding(inside.MEMORY_BOMB, ended, "it ended the kernel too"))
    elif missing or reply.status != "ok":
        seen = f"no answer from: {', '.join(missing)} ({reply.status} {reply.error})"
        findings.append(Finding("every check answered", False, seen))
    return findings


def _aftermath(made: Canaries, space: str) -> list[Finding]:
    """What came through, and what is left running."""
    reached, written = made.reached(), made.written()
    until = time.monotonic() + ENDING_SECONDS
    while (alive := members(space)) and time.monotonic() < until:
        time.sleep(0.05)
    return [
        Finding("nothing came over the network", not reached, ", ".join(reached) or "quiet"),
        Finding("nothing was written outside", not written, ", ".join(written) or "clean"),
        Finding("nothing stays running", not alive, f"{alive}" if alive else "all ended"),
    ]


def members(space: str) -> list[int]:
    """Processes that are in this pid namespace, such as "pid:[4026531836]"."""
    found: list[int] = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError):
            if os.readlink(f"/proc/{name}/ns/pid") == space:
                found.append(int(name))
    return found


def sandbox_report() -> dict[str, str]:
    """What `doctor` prints: which bubblewrap, in which mode, with which control groups."""
    report = {}
    for one in bwrap.bubblewraps() if sys.platform == "linux" else ():
        report[f"bwrap ({one.origin})"] = f"{one.path} {one.version_text} {one.fault or 'works'}"
    try:
        used = bwrap.find_bwrap()
        report["used"] = f"{used.path} {used.version_text}"
    except SandboxUnavailable as error:
        report["used"] = str(error)
    report["mode"] = (
        "root: the student's process gets an unprivileged uid of its own"
        if bwrap.root_mode()
        else "user: the student's process lives in a user namespace, outside it has your uid"
    )
    grouped = cgroup.controllers()
    report["memory"] = (
        "control group: one limit for all processes of a submission"
        if "memory" in grouped
        else "no control group: a limit for each process, and a watcher that adds them up"
    )
    report["processes"] = "control group and rlimit" if "pids" in grouped else "rlimit"
    report["processor"] = (
        "control group: the same share for every submission"
        if "cpu" in grouped
        else "no control group: children of a kernel get the lowest priority"
    )
    return report
