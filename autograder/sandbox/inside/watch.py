"""What process 1 looks after while the kernel runs: time and memory of all processes together.

Process limits (rlimits) hold for each process alone. Where the machine gives us a control group,
that counts the memory, and here only the time is counted.
"""

from __future__ import annotations

import contextlib
import os
import resource
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from .protocol import OOM_SCORE_ADJ

MB = 1 << 20
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = resource.getpagesize()
# reading every mapping of every process costs milliseconds, so it is done on every fourth look
LOOKS_PER_MAP = 4
WATCH_SECONDS = 0.25
CALM_SECONDS = 0.1  # Linux takes ten changes of a session a second
LOWEST_PRIORITY = 19
MEMORY_FILE = "/memfd:"  # how Linux shows a file of memfd_create


class Watch:
    """Looks at the processes of this pid namespace a few times a second."""

    def __init__(self, cpu_seconds: float, memory_mb: int, scratch: tuple[str, ...]) -> None:
        """memory_mb is 0 where a control group counts; scratch names the tmpfs mounts."""
        self.cpu_seconds = cpu_seconds
        self.memory = memory_mb * MB
        self.scratch = scratch
        self._looks = 0
        self._shared = 0
        self._peak = 0

    @property
    def peak_mb(self) -> int | None:
        """The most memory that was seen in use; None where a control group counts it."""
        return self._peak // MB if self.memory else None

    def verdict(self) -> str:
        """ "", "cpu limit" or "memory limit"."""
        processes = [int(name) for name in os.listdir("/proc") if name.isdigit()]
        if cpu_seconds(processes) > self.cpu_seconds:
            return "cpu limit"
        if self.memory and self._over_memory(processes):
            return "memory limit"
        return ""

    def _over_memory(self, processes: list[int]) -> bool:
        if self._looks % LOOKS_PER_MAP == 0:
            self._shared = shared_bytes(processes)
        self._looks += 1
        held = self._shared + sum(map(used_bytes, self.scratch))
        # first the quick sum, which is too high: a page that forks share counts once for each fork
        used = held + total(private_bytes, processes)
        if used > self.memory:
            used = held + total(proportional_bytes, processes)
        self._peak = max(self._peak, used)
        return used > self.memory


class Calm:
    """Gives the processors to others first, where no control group shares them out.

    Linux shares a processor between processes (or between sessions), so whoever starts dozens gets
    most of it. The kernel's children get the lowest priority, which they cannot raise again: all
    together they then weigh about as much as one process of a neighbour. That is done in a thread
    of its own: the sum of their memory can take seconds while they keep the processors busy.
    """

    def __init__(self, kernel: int, writable_proc: int) -> None:
        self.kernel, self.writable_proc = kernel, writable_proc

    def start(self) -> None:
        """Look until this process ends."""
        threading.Thread(target=self._keep_looking, daemon=True).start()

    def _keep_looking(self) -> None:
        while True:
            # never in step with another sandbox: of two that come in turn only one would be heard
            some = 0.5 + os.urandom(1)[0] / 255
            time.sleep(CALM_SECONDS * some if self.look() else WATCH_SECONDS)

    def look(self) -> bool:
        """Calm every process but the kernel; whether Linux asks to come again soon.

        None is done for good: one that takes a session of its own later is in a new group.
        """
        processes = {int(name) for name in os.listdir("/proc") if name.isdigit()}
        again = False
        for pid in processes - {os.getpid(), self.kernel}:
            try:
                for thread in os.listdir(f"/proc/{pid}/task"):
                    os.setpriority(os.PRIO_PROCESS, int(thread), LOWEST_PRIORITY)
                self._calm_session(pid)
            except BlockingIOError:
                again = True
            except OSError:  # it is gone
                continue
        return again

    def _calm_session(self, pid: int) -> None:
        """Linux may share by session, and takes ten such changes a second from all sandboxes.

        The kernel's own session stays as it is: with all that is in it, it weighs as one.
        """
        name, nice = session_group(pid)
        if nice in ("", str(LOWEST_PRIORITY)) or name == session_group(self.kernel)[0]:
            return
        descriptor = os.open(f"{pid}/autogroup", os.O_WRONLY, dir_fd=self.writable_proc)
        try:
            os.write(descriptor, str(LOWEST_PRIORITY).encode())
        finally:
            os.close(descriptor)


def session_group(pid: int) -> tuple[str, str]:
    """Where Linux shares by session, its group and how nice that is; empty texts elsewhere.

    Empty too for a process that has ended and is not collected; see sched(7).
    """
    with contextlib.suppress(FileNotFoundError), open(f"/proc/{pid}/autogroup") as file:
        if told := file.read().split():  # such as "/autogroup-7 nice 19"
            return told[0], told[-1]
    return "", ""


def offer_all_again() -> None:
    """Where a process can write to /proc, undo what it wrote to be spared by the OOM killer.

    It may write again before the next look. Where the grader outside has CAP_SYS_RESOURCE the floor
    that it sets holds for good, and this changes nothing.
    """
    for name in filter(str.isdigit, os.listdir("/proc")):
        if int(name) != os.getpid():  # process 1 must outlive the others, to say how they ended
            with contextlib.suppress(OSError), open(f"/proc/{name}/oom_score_adj", "w") as file:
                file.write(str(OOM_SCORE_ADJ))


def cpu_seconds(processes: Iterable[int]) -> float:
    """Of these processes, their dead children included."""
    return total(ticks, processes) / TICKS


def total(count: Callable[[int], int], processes: Iterable[int]) -> int:
    """The sum of `count(pid)` over the processes that are still there."""
    found = 0
    for pid in processes:
        with contextlib.suppress(OSError):
            found += count(pid)
    return found


def ticks(pid: int) -> int:
    """Processor time of one process and of the children it waited for; see proc(5), stat."""
    with open(f"/proc/{pid}/stat", "rb") as file:
        return sum(map(int, file.read().rpartition(b")")[2].split()[11:15]))


def peak_mb(pid: int) -> int:
    """The most that one process has had in memory at once; see proc(5), status, VmHWM."""
    with open(f"/proc/{pid}/status") as file:
        return int(file.read().partition("\nVmHWM:")[2].split()[0]) >> 10


def private_bytes(pid: int) -> int:
    """Resident pages that belong to no file: quick to read."""
    with open(f"/proc/{pid}/statm", "rb") as file:
        resident, shared = map(int, file.read().split()[1:3])
    return max(0, resident - shared) * PAGE


def proportional_bytes(pid: int) -> int:
    """Like `private_bytes`, each page divided by the number of its users."""
    with contextlib.suppress(OSError, ValueError), open(f"/proc/{pid}/smaps_rollup") as file:
        sizes = dict(line.split()[:2] for line in file if line.startswith("Pss_Anon:"))
        return int(sizes.get("Pss_Anon:", "")) << 10
    return private_bytes(pid)


def shared_bytes(processes: Iterable[int]) -> int:
    """The full size of each anonymous mapping that processes share.

    Its pages stay in memory when no process has them resident, so residence cannot be counted.
    """
    sizes: dict[str, int] = {}
    for pid in processes:
        with contextlib.suppress(OSError), open(f"/proc/{pid}/maps") as file:
            for line in file:
                if "/dev/zero" in line or MEMORY_FILE in line:
                    sizes.update(_mapping(line))
        with contextlib.suppress(OSError):
            sizes.update(memory_files(pid))
    return sum(sizes.values())


def _mapping(line: str) -> dict[str, int]:
    """A mapping of /dev/zero by where it lies; of a memory file, the file's one size."""
    addresses, mode, _, _, inode, name = line.split(maxsplit=5)
    if mode[3] != "s" or not name.startswith(("/dev/zero", MEMORY_FILE)):
        return {}
    start, end = (int(address, 16) for address in addresses.split("-"))
    one = inode if name.startswith(MEMORY_FILE) else f"{inode}@{start}"
    return {one: end - start}


def memory_files(pid: int) -> dict[str, int]:
    """Inode and bytes of each file in memory that a process holds open; only with a GPU are any."""
    sizes = {}
    for name in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(OSError):
            path = f"/proc/{pid}/fd/{name}"
            if os.readlink(path).startswith(MEMORY_FILE):
                found = os.stat(path)
                sizes[str(found.st_ino)] = found.st_blocks * 512
    return sizes


def used_bytes(place: str) -> int:
    """Bytes of the files in a tmpfs."""
    room: Any = os.statvfs(place)
    return (room.f_blocks - room.f_bfree) * room.f_frsize
