"""Starving others: an attacker that makes Linux take memory or processors from its neighbours."""

from __future__ import annotations

from .attacks import Attack, snippets

LOWER = """
def lower(path):
    for value in ("0", "-1000", "-17", "799"):
        try:
            with open(path, "r+") as file:
                file.write(value)
            print("GOT", path, value)
        except OSError:
            pass
"""
OFFERED = {
    "lowers_its_own_oom_score": LOWER
    + """
import os
for who in ("self", "thread-self", str(os.getpid()), f"self/task/{os.getpid()}", "1",
            str(os.getppid()), "self/root/proc/self", "self/cwd/../../../proc/self"):
    for name in ("oom_score_adj", "oom_adj"):
        lower(f"/proc/{who}/{name}")
if open("/proc/self/oom_score_adj").read().strip() != "800":
    print("GOT another score")
""",
    "lowers_the_oom_score_of_children": LOWER
    + """
import os
pid = os.fork()
if pid == 0:
    lower("/proc/self/oom_score_adj")
    os.execvp("sh", ["sh", "-c", "echo 0 > /proc/self/oom_score_adj && echo GOT it"])
lower(f"/proc/{pid}/oom_score_adj")
os.waitpid(pid, 0)
""",
    "makes_proc_writable": LOWER
    + """
import ctypes, os
libc = ctypes.CDLL(None)
os.makedirs("/tmp/proc", exist_ok=True)
libc.mount(b"proc", b"/tmp/proc", b"proc", 0, None)
libc.mount(None, b"/proc", None, 32 | 4096, None)
libc.mount(b"/proc", b"/tmp/proc", None, 4096 | 16384, None)
libc.umount2(b"/proc", 2)
libc.unshare(0x10000000 | 0x00020000)
for place in ("/proc", "/tmp/proc", "/dev/fd/../..", f"/proc/{os.getpid()}/fd/../"):
    lower(f"{place}/self/oom_score_adj")
""",
}

BUSY = {
    "busy_children": """
import os
for _ in range(60):
    try:
        if os.fork() == 0:
            os.setsid()
            while True:
                pass
    except OSError:
        break
""",
    "busy_children_that_are_never_the_same": """
import os
def relay():
    while True:
        for _ in range(200_000):
            pass
        try:
            if os.fork():
                os._exit(0)
            os.setsid()
        except OSError:
            pass
for _ in range(20):
    try:
        if os.fork() == 0:
            relay()
    except OSError:
        break
""",
    "busy_shells_at_another_priority": """
import os, subprocess
for _ in range(40):
    try:
        subprocess.Popen(["nice", "-n", "-5", "sh", "-c", "while :; do :; done"],
                         start_new_session=True, stderr=subprocess.DEVNULL)
    except OSError:
        break
for policy in (os.SCHED_FIFO, os.SCHED_RR):
    try:
        os.sched_setscheduler(0, policy, os.sched_param(1))
        print("GOT a real-time policy")
    except OSError:
        pass
try:
    os.nice(-1)
    print("GOT a better priority")
except OSError:
    pass
""",
}

# the children starve their own kernel first, whose cell may then end at its limit
ATTACKS = [
    *snippets(OFFERED),
    *(
        Attack(name, code, armed=False, slow=True)  # tests/sandbox/test_neighbours.py is quicker
        for name, code in BUSY.items()
    ),
]  # fmt: skip
