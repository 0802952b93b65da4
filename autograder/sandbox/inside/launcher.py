"""Process 1 of a sandbox: furnish it, give up every power, start the kernel, watch over it.

The grader outside holds the other end of one socket and speaks first and last on it:

    inside  -> outside   HELLO with a descriptor of this process
    outside -> inside    one memory file (the launch plan, see `read_plan`) and the five
                         listening sockets of the kernel; by now we are in our control group
    inside  -> outside   STARTED with a descriptor of the kernel's process, or FAILED and why
    inside  -> outside   the reason of the kernel's death, as JSON; then everything here ends

When the grader dies or closes its end, process 1 ends, and the Linux kernel ends all the rest.
Until `become_student` returns only this file runs, after it only with the student's powers.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import signal
import socket
import stat
import struct
import sys
import traceback
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

from . import linux
from .protocol import FAILED, HELLO, OOM_SCORE_ADJ, STARTED
from .watch import MB, WATCH_SECONDS, Calm, Watch, offer_all_again

HOME, WORK = "/home/student", "/home/student/work"
SCRATCH = (HOME, WORK, "/tmp", "/dev/shm")
FILTER = "/opt/word2chat/filter.bpf"
SETTINGS = "/run"  # where the links /etc/passwd and its like lead (see `bwrap._settings`)
# an empty file takes a kilobyte of the machine that the size limit of a tmpfs does not count
FILES_PER_SCRATCH = 16_384

Plan = dict[str, Any]


def read_plan(descriptor: int) -> tuple[Plan, list[bytes]]:
    """The launch plan is a length, that many bytes of JSON, then the files one after another."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    with os.fdopen(descriptor, "rb") as file:
        length = struct.unpack("!Q", file.read(8))[0]
        plan = json.loads(file.read(length))
        return plan, [file.read(size) for _, size in plan["files"]]


def furnish(plan: Plan) -> None:
    """Mount the only places that the student can write to, each of a bounded size."""
    flags = linux.MS_NOSUID | linux.MS_NODEV
    size = f"size={plan['limits']['scratch_mb']}m,nr_inodes={FILES_PER_SCRATCH}"
    covered = {path: os.open(path, os.O_PATH) for path in plan["covered"]}
    for place in SCRATCH:
        os.makedirs(place, exist_ok=True)
        linux.mount("tmpfs", place, flags, f"mode=1777,{size}")
    for path, descriptor in covered.items():
        uncover(path, descriptor)
    linux.mount("tmpfs", SETTINGS, flags, "mode=755,size=64k,nr_inodes=16")
    for name, text in settings(plan["uid"]).items():
        with open(f"{SETTINGS}/{name}", "w") as file:
            file.write(text)
    linux.mount("tmpfs", SETTINGS, flags | linux.MS_REMOUNT | linux.MS_RDONLY, "size=64k")


def uncover(path: str, descriptor: int) -> None:
    """Show again, read-only as before, a part of Python that a scratch place now hides."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if stat.S_ISDIR(os.fstat(descriptor).st_mode):
        os.mkdir(path)
    else:
        os.mknod(path)
    linux.bind(f"/proc/self/fd/{descriptor}", path)
    os.close(descriptor)


def settings(uid: int) -> dict[str, str]:
    return {
        "passwd": f"student:x:{uid}:{uid}:student:{HOME}:/bin/sh\n",
        "group": f"student:x:{uid}:\n",
        "hosts": "127.0.0.1 localhost grader\n",
        "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    }


def cover_proc(cover: bool) -> int:
    """Show /proc read-only from here on; a descriptor of the one that can be written to.

    A process that may write there lowers its own oom_score_adj, and when the machine is out of
    memory Linux kills a neighbour in its place. Without `cover`, for a GPU, only the floor that the
    grader sets from outside holds that, or `offer_all_again`.
    """
    writable = os.open("/proc", os.O_PATH | os.O_DIRECTORY)
    if cover:
        linux.bind("/proc", "/proc")
        linux.make_read_only("/proc")
    return writable


def write_proc(writable: int, path: str, text: str) -> None:
    """Write to a file of the /proc that `cover_proc` has covered."""
    descriptor = os.open(path, os.O_WRONLY, dir_fd=writable)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def limit_resources(plan: Plan) -> None:
    limits = plan["limits"]
    hard = {
        # core(5): at 1 nothing is written and no handler of the host is called; see `seccomp`
        resource.RLIMIT_CORE: 1,
        resource.RLIMIT_NOFILE: limits["open_files"],
        resource.RLIMIT_FSIZE: limits["file_mb"] * MB,
        # for each process alone; `supervise` adds them up. Linux sends SIGXCPU at this limit
        resource.RLIMIT_CPU: limits["cpu_seconds"] + 2,
        resource.RLIMIT_NPROC: plan["processes"],
        resource.RLIMIT_MEMLOCK: 8 * MB,
        resource.RLIMIT_MSGQUEUE: 1 * MB,
        resource.RLIMIT_SIGPENDING: 1024,
        resource.RLIMIT_NICE: 0,
        resource.RLIMIT_RTPRIO: 0,
    }
    if plan["data_mb"]:
        hard[resource.RLIMIT_DATA] = plan["data_mb"] * MB
        # 4 GB more, because shared libraries take address space without taking memory
        hard[resource.RLIMIT_AS] = (plan["data_mb"] + 4096) * MB
    for kind, value in hard.items():
        ceiling = resource.getrlimit(kind)[1]
        if ceiling != resource.RLIM_INFINITY:
            value = min(value, ceiling)
        resource.setrlimit(kind, (value, value))


def become_student(plan: Plan, writable_proc: int) -> None:
    """Give up every power for good, then check that none is left.

    As root the process takes the uid that the grader drew for this sandbox. As an ordinary user it
    enters one more user namespace, which owns none of the mounts and counts its own processes.
    """
    uid = plan["uid"]
    if uid == 0:
        raise RuntimeError("the student may not be root")
    if has_many_uids():
        os.setgroups([])
    else:
        enter_user_namespace(uid, writable_proc)
    limit_resources(plan)
    linux.drop_bounding_set()
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    linux.drop_capabilities()
    linux.forbid_new_privileges()
    linux.set_dumpable(False)
    linux.load_seccomp(FILTER)
    check_powerless(uid)


def has_many_uids() -> bool:
    """True as root, where other uids exist; an ordinary user's namespace maps one."""
    with open("/proc/self/uid_map") as file:
        return sum(int(line.split()[2]) for line in file) > 1


def enter_user_namespace(uid: int, writable_proc: int) -> None:
    linux.unshare(linux.NEW_USER)
    for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} 0 1"), ("gid_map", f"{uid} 0 1")):
        write_proc(writable_proc, f"self/{name}", text)


def check_powerless(uid: int) -> None:
    with open("/proc/self/status") as file:
        fields = (line.partition(":") for line in file)
        status = {name: value.strip() for name, _, value in fields}
    wanted = {
        "Uid": "\t".join([str(uid)] * 4),
        "Gid": "\t".join([str(uid)] * 4),
        "NoNewPrivs": "1",
        "Seccomp": "2",
    }
    wanted |= dict.fromkeys(("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"), "0" * 16)
    wrong = {name: status.get(name) for name in wanted if status.get(name) != wanted[name]}
    if wrong:
        raise RuntimeError(f"powers are left after dropping them: {wrong}")


def place_files(plan: Plan, contents: list[bytes]) -> None:
    """Write the files of the plan; the grader made and checked the absolute paths."""
    for (path, _), content in zip(plan["files"], contents, strict=True):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "xb") as file:
            file.write(content)


def set_environment(plan: Plan) -> None:
    os.environ.clear()
    os.environ.update(plan["env"])


def launch(control: socket.socket) -> NoReturn:
    """Run a whole sandbox, from the first word to the end of process 1."""
    try:
        linux.send_descriptors(control, HELLO, [os.pidfd_open(os.getpid())])
        message, descriptors, _, _ = socket.recv_fds(control, 1, 8)
        if not message:
            os._exit(0)  # the grader is gone
        plan, contents = read_plan(descriptors[0])
        furnish(plan)
        set_environment(plan)
        writable_proc = cover_proc(plan["cover_proc"])
        become_student(plan, writable_proc)
        place_files(plan, contents)
        kernel = start_kernel(plan, descriptors[1:], control, writable_proc)
        supervise(control, kernel, plan, writable_proc)
    except BaseException:
        with contextlib.suppress(OSError):
            control.send(FAILED + traceback.format_exc().encode()[-4000:])
        os._exit(70)
    os._exit(0)


def start_kernel(plan: Plan, sockets: list[int], control: socket.socket, writable_proc: int) -> int:
    """Fork the kernel; tell the grader its process; return its pid."""
    from . import kernel  # not at the top: as the student, to report unreadable packages

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # until the child sets its own handler
    pid = os.fork()
    if pid == 0:
        serve = partial(kernel.run, plan["connection"], sockets, WORK)
        run_kernel(serve, {*sockets}, writable_proc)
    for descriptor in sockets:
        os.close(descriptor)
    pidfd = os.pidfd_open(pid)
    linux.send_descriptors(control, STARTED, [pidfd])
    os.close(pidfd)
    return pid


def run_kernel(serve: Callable[[], None], keep: set[int], writable_proc: int) -> NoReturn:
    """Become an ordinary process with nothing but the kernel's sockets, and serve."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.setsid()
        linux.set_dumpable(True)
        write_proc(writable_proc, "self/oom_score_adj", str(OOM_SCORE_ADJ))
        linux.close_all_but({0, 1, 2, *keep})
        silence()
        serve()
        status = 0
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else 1
    finally:
        os._exit(status)


def silence() -> None:
    """From here on the kernel's own channels carry all output; the grader's pipe must not."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.close(null)


# ------------------------------------------------------------------ watching over the kernel


def supervise(control: socket.socket, kernel: int, plan: Plan, writable_proc: int) -> None:
    """Reap orphans, count time and memory, and tell the grader why the kernel died."""
    silence()
    pidfd = os.pidfd_open(kernel)
    poll = select.poll()
    poll.register(control, select.POLLIN)
    poll.register(pidfd, select.POLLIN)
    watch = Watch(plan["limits"]["cpu_seconds"], plan["watch_memory_mb"], SCRATCH)
    if plan["calm_children"]:
        Calm(kernel, writable_proc).start()
    cause = ""
    while True:
        ready = {descriptor for descriptor, _ in poll.poll(WATCH_SECONDS * 1000)}
        if control.fileno() in ready:
            return  # the grader has closed its end, or has died
        status = reap(kernel)
        if status is not None:
            report(control, cause, status, watch.peak_mb)
            return
        if not plan["cover_proc"]:
            offer_all_again()
        if not cause:
            cause = watch.verdict()
            if cause:
                os.kill(kernel, signal.SIGKILL)


def reap(kernel: int) -> int | None:
    """Collect every dead child; the wait status of the kernel if it is among them."""
    found = None
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if pid == 0:
            return found
        if pid == kernel:
            found = status


def report(control: socket.socket, cause: str, status: int, peak_mb: int | None) -> None:
    code = os.waitstatus_to_exitcode(status)
    if not cause and code == -signal.SIGXCPU:
        cause = "cpu limit"
    with contextlib.suppress(OSError):
        control.send(json.dumps({"cause": cause, "code": code, "peak_mb": peak_mb}).encode())


def main() -> None:
    launch(socket.socket(fileno=int(sys.argv[1])))


if __name__ == "__main__":
    main()
