"""Secrets: reading what is not the student's, and carrying it out.

Whatever these attacks manage to read they print, before any check, where it is kept. The arena
looks for its canaries in all that was stored. An attack prints GOT when something worked that
must not.
"""

from __future__ import annotations

import os
from pathlib import Path

from .attacks import Attack, snippets

READING = {
    "stand_ins_of_the_lessons": """
import glob, importlib, pathlib, pkgutil
import course.weeks
for week in pkgutil.iter_modules(course.weeks.__path__):
    for file in glob.glob(f"{course.weeks.__path__[0]}/{week.name}/stand_ins/**", recursive=True):
        if pathlib.Path(file).is_file():
            print("GOT", file)
    try:
        module = importlib.import_module(f"course.weeks.{week.name}.stand_ins")
        print("GOT" if hasattr(module, "STAND_INS") else "nothing", module)
    except ImportError:
        pass
""",
    "known_paths": """
import glob, os
wanted = ["@ROOT@/gradebook.db", "@ROOT@/nbgrader_config.py", "@ROOT@/source", "@ROOT@/submitted",
          "@ROOT@/.autograder", "@HOME@", "@HOME@/.redteam-@MARK@-secret",
          "/tmp/.redteam-@MARK@-secret", "/proc/1/environ", "/proc/1/cmdline", "/etc/shadow",
          "/proc/1/root/@ROOT@/gradebook.db", "/proc/self/root/../@ROOT@/nbgrader_config.py",
          "/proc/@GRADER@/environ", "/proc/@GRADER@/cwd/README.md"]
for path in wanted:
    for file in [path, *glob.glob(f"{path}/**", recursive=True)][:2000]:
        try:
            print(file, open(file, errors="replace").read()[:5000])
        except OSError:
            pass
""",
    "walks_the_disk": """
import itertools, os, time
end = time.monotonic() + 1.5
tops = ("/home", "/opt", "/srv", "/mnt", "/var", "/etc", "/run", "/tmp", "/dev/shm", "/root", "/")
for place, folders, names in itertools.chain(*map(os.walk, tops)):
    if time.monotonic() > end:
        break
    folders[:] = [f for f in folders if f not in ("proc", "sys", "usr", "dev", "site-packages")]
    for name in names:
        try:
            text = open(os.path.join(place, name), errors="replace").read(100_000)
        except OSError:
            continue
        if "CANARY-" in text:
            print(place, name, text[:2000])
""",
    "climbs_through_descriptors": """
import os
for name in os.listdir("/proc/self/fd"):
    for step in ("", "/..", "/../..", "/../../..", "/../../../../@ROOT@"):
        try:
            place = f"/proc/self/fd/{name}{step}"
            print(name, os.readlink(f"/proc/self/fd/{name}"), os.listdir(place))
            for file in os.listdir(place):
                print(open(f"{place}/{file}").read()[:2000])
        except OSError:
            pass
""",
    "environment": """
import os, glob
print(dict(os.environ))
for path in glob.glob("/proc/*/environ") + glob.glob("/proc/*/task/*/environ"):
    try:
        print(path, open(path, errors="replace").read())
    except OSError:
        pass
""",
    "memory_of_others": """
import ctypes, os, re
libc = ctypes.CDLL(None, use_errno=True)
for name in filter(str.isdigit, os.listdir("/proc")):
    pid = int(name)
    if pid == os.getpid():
        continue
    if libc.ptrace(16, pid, 0, 0) == 0:
        print("GOT ptrace", pid)
    try:
        with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb") as memory:
            for line in maps:
                start, end = (int(x, 16) for x in line.split()[0].split("-"))
                memory.seek(start)
                print("GOT memory of", pid, re.findall(rb"CANARY[-\\w]+", memory.read(end - start)))
    except (OSError, ValueError):
        pass
""",
    "processes_outside": """
import os
for pid in {os.getppid(), 1, @GRADER@} - {os.getpid()}:
    for part in ("cwd", "root", "exe", "environ", "mem", "maps", "ns/pid", "root/@ROOT@"):
        path = f"/proc/{pid}/{part}"
        try:
            seen = os.listdir(path) if os.path.isdir(path) else open(path).read(99)
            print("GOT", pid, part, seen)
        except OSError:
            pass
    for number in range(64):  # that there are descriptors is no secret, what they lead to is
        for use in (os.readlink, lambda name: os.open(name, os.O_RDWR), os.stat):
            try:
                print("GOT", pid, "descriptor", number, use(f"/proc/{pid}/fd/{number}"))
            except OSError:
                pass
""",
    "network_tcp_udp_dns": """
import socket
def attempt(name, fn):
    try:
        print("GOT", name, fn())
    except OSError:
        pass
hosts = ["127.0.0.1", "localhost", "0.0.0.0", "10.0.2.2", "172.17.0.1", "169.254.169.254"]
for host in hosts:
    attempt(host, lambda: socket.create_connection((host, @TCP@), 0.2).send(b"x"))
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        udp.sendto(b"x", (host, @UDP@))
    except OSError:
        pass
attempt("dns", lambda: socket.getaddrinfo("example.com", 80))
attempt("ipv6", lambda: socket.create_connection(("::1", @TCP@), 0.2))
attempt("raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
attempt("packet", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
print(open("/proc/net/route").read())
""",
    "network_other_families": """
import socket
def attempt(name, fn):
    try:
        print("GOT", name, fn())
    except OSError:
        pass
abstract = socket.socket(socket.AF_UNIX)
attempt("abstract socket", lambda: abstract.connect("\\0redteam-@MARK@"))
attempt("vsock", lambda: socket.socket(40, socket.SOCK_STREAM))
attempt("alg", lambda: socket.socket(38, socket.SOCK_SEQPACKET))
attempt("bluetooth", lambda: socket.socket(31, socket.SOCK_RAW, 0))
attempt("tipc", lambda: socket.socket(30, socket.SOCK_RDM))
attempt("xdp", lambda: socket.socket(44, socket.SOCK_RAW))
""",
    "other_kernels_sockets": """
import glob, os, socket
print(open("/proc/net/unix").read())
for path in glob.glob("/tmp/**", recursive=True) + glob.glob("/run/**", recursive=True):
    try:
        socket.socket(socket.AF_UNIX).connect(path)
        print("GOT", path)
    except OSError:
        pass
for uid in range(0x70000000, 0x70000000 + 2000):
    try:
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).connect(f"\\0word2chat-uid-{uid}")
        print("GOT claim", uid)
    except OSError:
        pass
""",
    "forbidden_system_calls": """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
x86 = {"ptrace": 101, "keyctl": 250, "add_key": 248, "request_key": 249, "mount": 165,
       "umount2": 166, "pivot_root": 155, "unshare": 272, "setns": 308, "bpf": 321,
       "perf_event_open": 298,
       "userfaultfd": 323, "io_uring_setup": 425, "process_vm_readv": 310, "process_vm_writev": 311,
       "kexec_load": 246, "init_module": 175, "open_by_handle_at": 304, "syslog": 103,
       "fsopen": 430, "open_tree": 428, "move_mount": 429, "mount_setattr": 442, "swapon": 167,
       "reboot": 169, "acct": 163, "quotactl": 179, "chroot": 161, "sethostname": 170,
       "clone3_or_new_user": 272, "iopl": 172, "kcmp": 312, "lookup_dcookie": 212}
arm = {"ptrace": 117, "keyctl": 219, "add_key": 217, "request_key": 218, "mount": 40, "umount2": 39,
       "pivot_root": 41, "unshare": 97, "setns": 268, "bpf": 280, "perf_event_open": 241,
       "userfaultfd": 282, "io_uring_setup": 425, "process_vm_readv": 270, "kexec_load": 104,
       "init_module": 105, "open_by_handle_at": 265, "fsopen": 430, "open_tree": 428,
       "move_mount": 429, "mount_setattr": 442}
for name, number in (x86 if os.uname().machine == "x86_64" else arm).items():
    ctypes.set_errno(0)
    arguments = (0x10000000,) if name in ("unshare", "clone3_or_new_user") else (0, 0, 0, 0, 0)
    if name == "ptrace":
        arguments = (16, 1, 0, 0)  # attach to process 1
    result = libc.syscall(number, *arguments)
    if result >= 0 or ctypes.get_errno() not in (1, 38):  # EPERM, ENOSYS
        print("GOT", name, result, ctypes.get_errno())
""",
    "becomes_another_user": """
import os, subprocess
for name, call in {"setuid": lambda: os.setuid(0), "setgid": lambda: os.setgid(0),
                   "setgroups": lambda: os.setgroups([0]), "seteuid": lambda: os.seteuid(0),
                   "chroot": lambda: os.chroot("/"), "nice": lambda: os.nice(-1),
                   "mknod": lambda: os.mknod("/tmp/sda", 0o60600, os.makedev(8, 0)),
                   "chown": lambda: os.chown("/tmp", 0, 0)}.items():
    try:
        call()
        print("GOT", name)
    except OSError:
        pass
for program in ("su", "sudo", "mount", "newgrp", "chsh", "passwd", "pkexec", "unshare"):
    try:
        done = subprocess.run([program, "--help"], capture_output=True, timeout=1)
    except (OSError, subprocess.TimeoutExpired):
        continue
done = subprocess.run(["sh", "-c", "su -c id; sudo -n id; id -u"], capture_output=True, text=True)
if "uid=0" in done.stdout:
    print("GOT root", done.stdout)
""",
    "devices": """
import os
for name in os.listdir("/dev"):
    path = f"/dev/{name}"
    if name in ("null", "zero", "full", "random", "urandom", "tty", "shm", "pts", "ptmx", "fd",
                "stdin", "stdout", "stderr", "core", "console"):
        continue
    print("GOT device", path)
for path in ("/proc/kcore", "/proc/kmsg", "/dev/mem", "/dev/kmsg", "/proc/sysrq-trigger",
             "/sys/kernel/security", "/proc/sys/kernel/core_pattern", "/sys/fs/cgroup"):
    for mode in ("rb", "ab") if "core_pattern" not in path else ("ab",):
        try:
            with open(path, mode) as file:
                print("GOT", path, mode, file.read(1) if mode == "rb" else "")
        except (OSError, ValueError):
            pass
    if os.path.isdir(path) and os.listdir(path):
        print("GOT", path, os.listdir(path))
""",
}

# ---------------------------------------------------------------- an accomplice
LEAVE = """
import ctypes, mmap, os, socket, threading, time
libc = ctypes.CDLL(None, use_errno=True)
places = ("/tmp", "/dev/shm", "/var/tmp", "/run", "/dev/mqueue", os.path.expanduser("~"), ".", "/")
for folder in places:
    try:
        with open(f"{folder}/@MARK@", "w") as file:
            file.write("left for you")
        os.chmod(f"{folder}/@MARK@", 0o777)
    except OSError:
        pass
shared = libc.shmget(int("@NUMBER@") % 2**31, 4096, 0o1666)
libc.msgget(int("@NUMBER@") % 2**31, 0o1666)
if hasattr(libc, "mq_open"):
    libc.mq_open(b"/@MARK@", os.O_CREAT | os.O_RDWR, 0o666, None)
server = socket.socket(socket.AF_UNIX); server.bind("\\0@MARK@"); server.listen()
try:
    tcp = socket.socket(); tcp.bind(("127.0.0.1", 40404)); tcp.listen()
except OSError:
    pass
time.sleep(2.5)
"""
FIND = """
import ctypes, glob, os, socket, time
libc = ctypes.CDLL(None, use_errno=True)
end = time.monotonic() + 2.5
while time.monotonic() < end:
    for folder in ("/tmp", "/dev/shm", "/var/tmp", "/run", os.path.expanduser("~"), ".", "/"):
        if os.path.exists(f"{folder}/@MARK@"):
            print("GOT", folder)
    key = int("@NUMBER@") % 2**31
    if libc.shmget(key, 4096, 0) >= 0 or libc.msgget(key, 0) >= 0:
        print("GOT System V memory or queue")
    for family, address in ((socket.AF_UNIX, "\\0@MARK@"), (socket.AF_INET, ("127.0.0.1", 40404))):
        try:
            socket.socket(family).connect(address)
            print("GOT", address)
        except OSError:
            pass
    time.sleep(0.2)
"""


# ---------------------------------------------------------------- links among the attachments
def link_to(target: str) -> object:
    def plant(folder: Path) -> None:
        root = folder.parents[2]
        place = target.format(root=root, home=Path.home(), week=folder.name)
        (folder / "notes.txt").symlink_to(place)

    return plant


def hard_link(folder: Path) -> None:
    os.link(folder.parents[2] / "nbgrader_config.py", folder / "notes.txt")


LINKS = {
    "attachment_links_to_the_gradebook": "{root}/gradebook.db",
    "attachment_links_to_the_source": "{root}/source/{week}/{week}.ipynb",
    "attachment_links_to_a_neighbour": "../../ann-honest/{week}/{week}.ipynb",
    "attachment_links_to_home": "{home}",
    "attachment_links_to_passwords": "/etc/shadow",
    "attachment_links_to_endless_zeros": "/dev/zero",
    "attachment_links_to_itself": "notes.txt",
    "attachment_links_to_nothing": "/no/such/file",
}

ATTACKS = [
    *snippets(READING),
    Attack("accomplice_1_leaves_something", LEAVE),
    Attack("accomplice_2_looks_for_it", FIND),
    *[
        Attack(name, score=None, plant=link_to(target), says="symbolic link")  # type: ignore[arg-type]
        for name, target in LINKS.items()
    ],
    Attack("attachment_is_a_hard_link", score=None, plant=hard_link, says="hard link"),
]
