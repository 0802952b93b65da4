"""Attempts at everything that is forbidden, made from within a sandbox.

The self-test sends the text of this file into a kernel, and then a call of `attempt_all`. So it may
import the standard library and nothing of ours. Each check prints one line of JSON: its name,
whether the promise held, and what was seen.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import socket
import sys
import time
from collections.abc import Callable
from typing import Any

Told = dict[str, Any]  # what `outside` tells about the machine: addresses, paths, limits
Outcome = tuple[bool, str]  # whether the promise held, and what was seen
Action = Callable[[], object]

CHECKS: dict[str, Callable[[Told], Outcome]] = {}
MEMORY_BOMB = "a memory bomb ends at the limit"
# system calls that the filter must deny, by their number on each architecture
FORBIDDEN_CALLS = {
    "x86_64": {"keyctl": 250, "ptrace": 101, "unshare": 272, "io_uring_setup": 425, "bpf": 321},
    "aarch64": {"keyctl": 219, "ptrace": 117, "unshare": 97, "io_uring_setup": 425, "bpf": 280},
}
# the scratch places, whose files never leave the sandbox
SCRATCH = ("/tmp", "/dev/shm", ".")


def check(name: str) -> Callable[[Callable[[Told], Outcome]], Callable[[Told], Outcome]]:
    """Enter a check under the name that `doctor` shows."""

    def enter(function: Callable[[Told], Outcome]) -> Callable[[Told], Outcome]:
        CHECKS[name] = function
        return function

    return enter


def attempt_all(told: Told) -> None:
    """Make every check, in the order of this file."""
    for name, function in CHECKS.items():
        try:
            held, seen = function(told)
        except BaseException as error:
            held, seen = False, f"the check itself failed: {error!r}"
        print(json.dumps([name, bool(held), seen]), flush=True)


# ------------------------------------------------------------------ tools
def refused(action: Action) -> str:
    """Why the system refused an action; empty when it did not."""
    try:
        action()
    except (OSError, MemoryError) as error:
        return f"{type(error).__name__} {getattr(error, 'errno', None) or ''}".rstrip()
    return ""


def all_refused(actions: dict[str, Action]) -> Outcome:
    got_through = [name for name, action in actions.items() if not refused(action)]
    if got_through:
        return False, f"got through: {', '.join(got_through)}"
    return True, f"{len(actions)} ways refused"


def connect(family: int, kind: int, address: Any) -> None:
    with socket.socket(family, kind) as one:
        one.settimeout(1)
        one.connect(address)
        one.send(b"word2chat")


def connecting(family: int, kind: int, address: Any) -> Action:
    return lambda: connect(family, kind, address)


def status_of(pid: str = "self") -> dict[str, str]:
    with open(f"/proc/{pid}/status") as file:
        return {name: value.strip() for name, _, value in (line.partition(":") for line in file)}


def read(path: str) -> None:
    with open(path, "rb") as file:
        file.read(1)


def reading(path: str) -> Action:
    return lambda: read(path)


def write(path: str, content: bytes) -> None:
    with open(path, "wb") as file:
        file.write(content)


def writing(path: str, content: bytes = b"x") -> Action:
    return lambda: write(path, content)


def in_child(action: Action) -> int:
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


# ------------------------------------------------------------------ the network
@check("no TCP and no UDP")
def _(told: Told) -> Outcome:
    # a datagram to nobody is sent without an error: `outside` looks whether this one arrived
    refused(connecting(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", told["udp"])))
    tcp, udp = socket.SOCK_STREAM, socket.SOCK_DGRAM
    return all_refused(
        {
            "a port of the grader": connecting(socket.AF_INET, tcp, ("127.0.0.1", told["tcp"])),
            "an address of the internet": connecting(socket.AF_INET, tcp, ("1.1.1.1", 53)),
            "UDP to the internet": connecting(socket.AF_INET, udp, ("1.1.1.1", 53)),
            "IPv6": connecting(socket.AF_INET6, udp, ("2606:4700:4700::1111", 53)),
        }
    )


@check("no odd socket families")
def _(told: Told) -> Outcome:
    def opening(family: int, kind: int = socket.SOCK_STREAM, protocol: int = 0) -> Action:
        return lambda: socket.socket(family, kind, protocol).close()

    others = set(range(3, 46)) - {socket.AF_INET6, socket.AF_NETLINK}
    families = {f"family {number}": opening(number) for number in sorted(others)}
    return all_refused(families | {"raw": opening(socket.AF_INET, socket.SOCK_RAW, 1)})


@check("no abstract sockets of others")
def _(told: Told) -> Outcome:
    address = "\0" + told["abstract"]
    return all_refused({"abstract": connecting(socket.AF_UNIX, socket.SOCK_STREAM, address)})


# ------------------------------------------------------------------ files and secrets
@check("no reading of the course, the gradebook or a home folder")
def _(told: Told) -> Outcome:
    return all_refused({path: reading(path) for path in told["files"]})


@check("no writing outside the scratch places")
def _(told: Told) -> Outcome:
    places = ["/", "/etc", "/usr", "/usr/lib", "/opt", "/opt/word2chat", "/opt/word2chat/course"]
    places += ["/run", "/dev", "/proc", "/proc/sys/kernel", sys.prefix, sys.base_prefix]
    places += [os.path.dirname(os.__file__), *told["folders"]]
    # Python may lie below /tmp: its parts are shown read-only, but the folders above them stand on
    # the sandbox's own /tmp. Whether a file came out from there is looked at from outside
    outside = (place for place in dict.fromkeys(places) if not on_scratch(place))
    return all_refused({place: writing(f"{place}/{told['mark']}") for place in outside})


def on_scratch(place: str) -> bool:
    """Whether a folder lies on one of the sandbox's own scratch file systems."""
    return os.path.exists(place) and os.stat(place).st_dev in {os.stat(p).st_dev for p in SCRATCH}


@check("the grader cannot be imported")
def _(told: Told) -> Outcome:
    __import__("course")
    try:
        found = __import__("autograder")
    except ImportError:
        return True, "course is there, autograder is not"
    # where it was installed as a plain copy, its folder is there and shown empty
    held = [f"{folder}/{name}" for folder in found.__path__ for name in os.listdir(folder)]
    if held or found.__file__:
        return False, f"autograder came from {found.__file__ or held[0]}"
    return True, "course is there, autograder is an empty folder"


@check("no secret in the environment")
def _(told: Told) -> Outcome:
    found = ["its own"] if told["variable"] in os.environ else []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/environ", "rb") as file:
                found += [name] if told["variable"].encode() in file.read() else []
        except OSError:
            pass
    return not found, f"seen in {found}" if found else "none seen"


# ------------------------------------------------------------------ other processes, powers
@check("no sight of other processes")
def _(told: Told) -> Outcome:
    pids = sorted(int(name) for name in os.listdir("/proc") if name.isdigit())
    ways: dict[str, Action] = {
        "memory of process 1": reading("/proc/1/mem"),
        "descriptors of process 1": lambda: [
            os.readlink(f"/proc/1/fd/{number}") for number in os.listdir("/proc/1/fd")
        ],
    }
    if told["grader"] not in pids:  # else a process in here has the same number
        ways["signal to the grader's number"] = lambda: os.kill(told["grader"], 0)
    held, seen = all_refused(ways)
    return held and len(pids) <= 4 and os.getppid() == 1, f"{len(pids)} processes; {seen}"


@check("another uid without any power")
def _(told: Told) -> Outcome:
    now = status_of()
    capabilities = [now[f"Cap{name}"] for name in ("Inh", "Prm", "Eff", "Bnd", "Amb")]
    powerless = not any(int(one, 16) for one in capabilities) and now["NoNewPrivs"] == "1"
    ways: dict[str, Action] = {
        "become root": lambda: os.setuid(0),
        "groups": lambda: os.setgroups([0]),
    }
    held, seen = all_refused(ways)
    if not powerless or os.getuid() == 0:
        return False, f"uid {os.getuid()}, capabilities {capabilities}"
    return held, f"no capability; {seen}"


@check("the system call filter is on")
def _(told: Told) -> Outcome:
    libc = ctypes.CDLL(None, use_errno=True)
    wrong = []
    for name, number in FORBIDDEN_CALLS[os.uname().machine].items():
        ctypes.set_errno(0)
        libc.syscall(number, 0, 0, 0, 0, 0)
        wrong += [name] if ctypes.get_errno() != errno.EPERM else []
    held = status_of()["Seccomp"] == "2" and not wrong
    return held, f"not denied: {wrong}" if wrong else "denied"


# ------------------------------------------------------------------ limits
@check("it cannot send the out-of-memory killer to others")
def _(told: Told) -> Outcome:
    with open("/proc/self/oom_score_adj") as file:
        score = int(file.read())
    files = ["/proc/self/oom_score_adj", "/proc/self/oom_adj"]
    files += [f"/proc/self/task/{os.getpid()}/oom_score_adj"]
    held, seen = all_refused({path: writing(path, b"0") for path in files})
    return held and score == told["oom_score_adj"], f"it stands at {score}; {seen}"


@check("a fork bomb ends at the limit")
def _(told: Told) -> Outcome:
    children: list[int] = []
    refused(lambda: fork_sleepers(told["processes"] + 20, children))
    for pid in children:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
    held = len(children) < told["processes"]
    return held, f"{len(children)} of {told['processes']} allowed"


def fork_sleepers(count: int, children: list[int]) -> None:
    while len(children) < count:
        pid = os.fork()
        if pid == 0:
            time.sleep(30)
            os._exit(0)
        children.append(pid)


@check("a disk cannot be filled")
def _(told: Told) -> Outcome:
    files = range(2 * told["scratch_mb"] // told["file_mb"] + 1)
    size = told["file_mb"] - 1

    def filling(folder: str) -> Action:
        return lambda: write_large([f"{folder}/{number}" for number in files], size)

    def one_large_file() -> None:
        with open("/tmp/large", "wb") as file:
            file.truncate((told["file_mb"] + 1) << 20)

    def many_files() -> None:
        for number in range(200_000):
            os.close(os.open(f"/dev/shm/{number}", os.O_CREAT | os.O_WRONLY))

    ways: dict[str, Action] = {"large file": one_large_file, "many files": many_files}
    return all_refused(ways | {folder: filling(folder) for folder in SCRATCH})


def write_large(paths: list[str], megabytes: int) -> None:
    for path in paths:
        with open(path, "wb") as file:
            file.writelines(bytes(1 << 20) for _ in range(megabytes))


@check("a daemon was left behind for the grader to find")
def _(told: Told) -> Outcome:
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(600)
        os._exit(0)
    os.wait()
    return True, "started"


# the last one: out of memory, Linux may end the kernel itself
@check(MEMORY_BOMB)
def _(told: Told) -> Outcome:
    def eat() -> None:
        _ = [b"x" * (1 << 26) for _ in range(told["memory_mb"] // 64 + 8)]

    code = in_child(eat)
    return code != 0, "the process was killed" if code < 0 else "memory was refused"
