"""Try to break out, before any student does: canaries in a real sandbox.

`selftest()` starts one kernel with small limits, lets our own code in it attempt what is forbidden,
and looks afterwards, from outside, whether anything came through. It takes about two seconds.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.sandbox import bwrap, cgroup
from autograder.sandbox.kernels import RunningKernel, running_kernel
from autograder.sandbox.launch_plan import FIRST_UID
from autograder.sandbox.limits import Limits, SandboxSpec, SandboxUnavailable

SMALL = Limits(memory_mb=512, processes=40, file_mb=8, scratch_mb=16, submission_seconds=60)
MEMORY_BOMB = "a memory bomb ends at the limit"
ENDING_SECONDS = (
    10.0  # for the sandbox's processes to be gone: on a crowded machine that takes time
)
SECRET_VARIABLE = "WORD2CHAT_CANARY"
REPORT = "the security page of the guide says how to report a hole; do not grade on this machine"


@dataclass(frozen=True)
class Finding:
    """One promise of the sandbox, whether it held, what was seen, and what to do if it did not."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


@dataclass
class Canaries:
    """Things outside that a sandbox must not reach."""

    token: str = field(default_factory=lambda: secrets.token_hex(16))
    files: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    tcp: socket.socket = field(default_factory=lambda: _listener(socket.AF_INET, ("127.0.0.1", 0)))
    udp: socket.socket = field(default_factory=lambda: _datagrams())
    abstract: socket.socket = field(init=False)

    def __post_init__(self) -> None:
        self.abstract = _listener(socket.AF_UNIX, f"\0word2chat-{self.token}")

    def close(self) -> None:
        for one in (self.tcp, self.udp, self.abstract):
            one.close()
        for path in self.files:
            with suppress(OSError):
                os.unlink(path)

    def for_the_inside(self) -> dict[str, Any]:
        return {
            "variable": SECRET_VARIABLE,
            "files": self.files,
            "folders": self.folders,
            "tcp": self.tcp.getsockname()[1],
            "udp": self.udp.getsockname()[1],
            "abstract": f"word2chat-{self.token}",
            "grader": os.getpid(),
            "mark": f"word2chat-mark-{self.token[:8]}",
            "memory_mb": SMALL.memory_mb,
            "processes": SMALL.processes,
            "file_mb": SMALL.file_mb,
            "scratch_mb": SMALL.scratch_mb,
        }


def _listener(family: int, address: Any) -> socket.socket:
    one = socket.socket(family, socket.SOCK_STREAM)
    one.bind(address)
    one.listen()
    one.setblocking(False)
    return one


def _datagrams() -> socket.socket:
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.bind(("127.0.0.1", 0))
    one.setblocking(False)
    return one


@contextmanager
def canaries() -> Iterator[Canaries]:
    """Secret files, a secret variable and open ports, all removed at the end."""
    made = Canaries()
    places = [
        bwrap.REPOSITORY,
        bwrap.REPOSITORY / "source",
        Path.home(),
        Path(os.path.abspath(".")),
    ]
    places += [Path("/tmp"), Path("/dev/shm"), Path("/var/tmp")]
    try:
        for place in dict.fromkeys(places):
            with suppress(OSError):
                path = place / f".word2chat-canary-{made.token[:8]}-gradebook.db"
                with open(path, "x") as file:
                    file.write(made.token)
                made.files.append(str(path))
                made.folders.append(str(place))
        os.environ[SECRET_VARIABLE] = made.token
        yield made
    finally:
        os.environ.pop(SECRET_VARIABLE, None)
        made.close()


# Runs in the sandbox. Each check prints one line of JSON: name, held or not, what was seen.
INSIDE = r'''
import ctypes, errno, json, os, resource, socket, sys, time

def check(name):
    def run(function):
        try:
            held, seen = function()
        except BaseException as error:
            held, seen = False, f"the check itself failed: {error!r}"
        print(json.dumps([name, bool(held), seen]), flush=True)
    return run

def refused(action):
    try:
        action()
    except (OSError, MemoryError) as error:
        return type(error).__name__ + f" {getattr(error, 'errno', '') or ''}".rstrip()
    return ""

def all_refused(actions):
    got = {name: refused(action) for name, action in actions.items()}
    open_ = [name for name, why in got.items() if not why]
    return not open_, f"got through: {', '.join(open_)}" if open_ else f"{len(got)} ways refused"

def connect(family, kind, address):
    with socket.socket(family, kind) as one:
        one.settimeout(1)
        one.connect(address)
        one.send(b"word2chat")

def status(pid="self"):
    with open(f"/proc/{pid}/status") as file:
        return {name: value.strip() for name, _, value in (line.partition(":") for line in file)}

def read(path):
    with open(path, "rb") as file:
        file.read(1)

def write(path):
    with open(path, "wb") as file:
        file.write(b"x")

def in_child(action):
    """The exit status of `action` in a forked process: 0 done, 7 refused, negative a signal."""
    pid = os.fork()
    if pid == 0:
        code = 7
        try:
            action()
            code = 0
        except (OSError, MemoryError):
            pass
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

@check("no TCP and no UDP")
def _():
    udp = lambda host, port: lambda: connect(socket.AF_INET, socket.SOCK_DGRAM, (host, port))
    tcp = lambda host, port: lambda: connect(socket.AF_INET, socket.SOCK_STREAM, (host, port))
    ways = {
        "a port of the grader": tcp("127.0.0.1", C["tcp"]),
        "an address of the internet": tcp("1.1.1.1", 53),
        "UDP to the internet": udp("1.1.1.1", 53),
        "IPv6": lambda: connect(socket.AF_INET6, socket.SOCK_STREAM, ("2606:4700:4700::1111", 53)),
    }
    # on `lo` a datagram to nobody is sent without an error: the grader looks whether it came
    refused(udp("127.0.0.1", C["udp"]))
    return all_refused(ways)

@check("no odd socket families")
def _():
    return all_refused({
        f"family {n}": lambda n=n: socket.socket(n, socket.SOCK_STREAM).close()
        for n in range(3, 46) if n not in (10, 16)
    } | {"raw": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1).close()})

@check("no abstract sockets of others")
def _():
    return all_refused({
        "abstract": lambda: connect(socket.AF_UNIX, socket.SOCK_STREAM, "\0" + C["abstract"])
    })

@check("no reading of the course, the gradebook or a home folder")
def _():
    return all_refused({path: lambda path=path: read(path) for path in C["files"]})

@check("no writing outside the scratch places")
def _():
    places = ["/", "/etc", "/usr", "/usr/lib", "/opt", "/opt/word2chat", "/opt/word2chat/course",
              "/run", "/dev", "/proc", "/proc/sys/kernel", sys.prefix, sys.base_prefix,
              os.path.dirname(os.__file__), *C["folders"]]
    mine = {"/tmp", "/dev/shm"}
    return all_refused({p: lambda p=p: write(f"{p}/{C['mark']}") for p in places if p not in mine})

@check("the grader cannot be imported")
def _():
    import course
    try:
        import autograder
    except ImportError:
        return True, "course is there, autograder is not"
    return False, f"autograder came from {autograder.__file__}"

@check("no secret in the environment")
def _():
    found = [C["variable"]] if C["variable"] in os.environ else []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/environ", "rb") as file:
                found += [name] if C["variable"].encode() in file.read() else []
        except OSError:
            pass
    return not found, f"seen in {found}" if found else "none seen"

@check("no sight of other processes")
def _():
    pids = sorted(int(name) for name in os.listdir("/proc") if name.isdigit())
    ways = {
        "signal to the grader's number": lambda: os.kill(C["grader"], 0),
        "memory of process 1": lambda: read("/proc/1/mem"),
        "descriptors of process 1": lambda: [
            os.readlink(f"/proc/1/fd/{number}") for number in os.listdir("/proc/1/fd")
        ],
    }
    if C["grader"] in pids:  # a small number that this namespace uses too
        del ways["signal to the grader's number"]
    held, seen = all_refused(ways)
    return held and len(pids) <= 4 and os.getppid() == 1, f"{len(pids)} processes; {seen}"

@check("another uid without any power")
def _():
    now = status()
    caps = [now[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")]
    held = os.getuid() != 0 and not any(int(one, 16) for one in caps) and now["NoNewPrivs"] == "1"
    ways = {"become root": lambda: os.setuid(0), "groups": lambda: os.setgroups([0])}
    refusals, seen = all_refused(ways)
    return held and refusals, f"uid {os.getuid()}, capabilities {caps[2]}; {seen}"

@check("the system call filter is on")
def _():
    libc = ctypes.CDLL(None, use_errno=True)
    numbers = {"x86_64": (250, 101, 272, 425, 321), "aarch64": (219, 117, 97, 425, 280)}
    names = ("keyctl", "ptrace", "unshare", "io_uring_setup", "bpf")
    got = {}
    for name, number in zip(names, numbers[os.uname().machine]):
        ctypes.set_errno(0)
        libc.syscall(number, 0, 0, 0, 0, 0)
        got[name] = ctypes.get_errno()
    wrong = [name for name, number in got.items() if number != errno.EPERM]
    return status()["Seccomp"] == "2" and not wrong, f"not denied: {wrong}" if wrong else "denied"

@check("a fork bomb ends at the limit")
def _():
    children = []
    try:
        while len(children) < C["processes"] + 20:
            pid = os.fork()
            if pid == 0:
                time.sleep(30)
                os._exit(0)
            children.append(pid)
    except OSError:
        pass
    for pid in children:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
    return len(children) < C["processes"], f"{len(children)} of {C['processes']} allowed"

@check("a disk cannot be filled")
def _():
    def fill(folder):
        block = b"x" * (1 << 20)
        for number in range(2 * C["scratch_mb"] // C["file_mb"] + 1):
            with open(f"{folder}/{number}", "wb") as file:
                for _ in range(C["file_mb"] - 1):
                    file.write(block)
    def one_large_file():
        with open("/tmp/large", "wb") as file:
            file.truncate((C["file_mb"] + 1) << 20)
    def many_files():
        for number in range(200_000):
            os.close(os.open(f"/dev/shm/{number}", os.O_CREAT | os.O_WRONLY))
    return all_refused({"large file": one_large_file, "many files": many_files}
                       | {f: lambda f=f: fill(f) for f in ("/tmp", "/dev/shm", ".")})

@check("a daemon was left behind for the grader to find")
def _():
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(600)
        os._exit(0)
    os.wait()
    return True, "started"

# the last one: Linux may end the kernel in place of the bomb, or after it
@check("MEMORY_BOMB")
def _():
    def eat():
        kept = [b"x" * (1 << 26) for _ in range(C["memory_mb"] // 64 + 8)]
    code = in_child(eat)
    return code != 0, "the process was killed" if code < 0 else "memory was refused"
'''


def selftest(provisioner: str = "word2chat-sandbox") -> list[Finding]:
    """Attempt every forbidden thing in a real sandbox; a finding for each promise.

    Never raises SandboxUnavailable: no sandbox is a finding too.
    """
    if not sys.platform.startswith("linux"):
        return [_no_sandbox(f"this is {sys.platform}")]
    with ExitStack() as stack:
        made = stack.enter_context(canaries())
        try:
            # the canaries need no torch, and importing it would be most of the self-test's time
            spec = SandboxSpec(limits=SMALL, warm_modules=())
            kernel = stack.enter_context(running_kernel(spec, provisioner))
        except SandboxUnavailable as error:
            return [_no_sandbox(str(error))]
        uid = _host_uid(kernel)
        space = _pid_namespace(kernel)
        findings = [Finding("a sandbox starts", True, provisioner), uid]
        findings += _inside(kernel, made)
        kernel.manager.shutdown_kernel(now=True)
        findings += _aftermath(made, space)
    return findings


def _no_sandbox(why: str) -> Finding:
    return Finding("a sandbox starts", False, why, bwrap.WAY_OUT)


def _host_uid(kernel: RunningKernel) -> Finding:
    """As root the student's process must not be root; else it can only be us, without powers."""
    process = kernel.provisioner.process
    assert process is not None
    uid = os.stat(f"/proc/{_kernel_pid(process.pid)}").st_uid
    held = uid >= min(FIRST_UID, 20_000) if bwrap.root_mode() else uid in (os.getuid(), 65534)
    return Finding("the student is not root outside either", held, f"uid {uid}", REPORT)


def _kernel_pid(init: int) -> int:
    children = Path(f"/proc/{init}/task/{init}/children")
    with suppress(OSError, IndexError, ValueError):
        return int(children.read_text().split()[0])
    return init


def _pid_namespace(kernel: RunningKernel) -> str:
    process = kernel.provisioner.process
    assert process is not None
    with suppress(OSError):
        return os.readlink(f"/proc/{_kernel_pid(process.pid)}/ns/pid")
    return ""


def _inside(kernel: RunningKernel, made: Canaries) -> list[Finding]:
    code = f"C = {made.for_the_inside()!r}\n{INSIDE.replace('MEMORY_BOMB', MEMORY_BOMB)}"
    reply = kernel.run(code, seconds=120)
    findings = []
    for line in reply.text.splitlines():
        with suppress(ValueError, TypeError):
            name, held, seen = json.loads(line)
            findings.append(Finding(name, held, seen, "" if held else REPORT))
    expected = INSIDE.count("\n@check(")
    if reply.status == "dead" and len(findings) == expected - 1:
        ended = kernel.provisioner.death_cause() == "memory limit"
        findings.append(Finding(MEMORY_BOMB, ended, "it ended the kernel too", REPORT))
    elif len(findings) != expected or reply.status != "ok":
        seen = f"{len(findings)} of {expected} checks answered ({reply.status} {reply.error})"
        findings.append(Finding("every check answered", False, seen, REPORT))
    return findings


def _aftermath(made: Canaries, space: str) -> list[Finding]:
    """What came through, and what is left running."""
    reached = [name for name in ("tcp", "udp", "abstract") if _was_reached(getattr(made, name))]
    left = [str(path) for path in _written(made)]
    until = time.monotonic() + ENDING_SECONDS
    while (alive := _members(space)) and time.monotonic() < until:
        time.sleep(0.05)
    return [
        Finding(
            "nothing came over the network", not reached, ", ".join(reached) or "quiet", REPORT
        ),
        Finding("nothing was written outside", not left, ", ".join(left) or "clean", REPORT),
        Finding("nothing stays running", not alive, f"{alive}" if alive else "all ended", REPORT),
    ]


def _was_reached(one: socket.socket) -> bool:
    with suppress(BlockingIOError):
        if one.type == socket.SOCK_DGRAM:
            one.recv(16)
        else:
            one.accept()[0].close()
        return True
    return False


def _written(made: Canaries) -> Iterator[Path]:
    mark = made.for_the_inside()["mark"]
    for folder in made.folders:
        path = Path(folder) / mark
        if path.exists():
            yield path


def _members(space: str) -> list[int]:
    """Processes that are still in this pid namespace; none when it is not known."""
    found: list[int] = []
    if not space:
        return found
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
    return report
