"""What a program inside sees and may do: one expression a row, and what keeps the promise."""

from __future__ import annotations

import pytest
from sandboxes import say

from autograder.sandbox.kernels import RunningKernel, running_kernel
from autograder.sandbox.limits import SandboxSpec

pytestmark = pytest.mark.sandbox


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
