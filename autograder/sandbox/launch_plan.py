"""The launch plan: what the launcher inside one sandbox is told, as one memory file."""

from __future__ import annotations

import json
import os
import platform
import secrets
import socket
import stat
import struct
import subprocess
import sys
import tempfile
from collections.abc import Container
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from autograder.sandbox.bwrap import (
    ENVIRONMENT,
    WORK,
    base_environment,
    covered_places,
    root_mode,
    unavailable,
)
from autograder.sandbox.gpu import devices
from autograder.sandbox.limits import Limits, SandboxSpec

MB = 1 << 20
USER_UID = 1000
# no system gives these uids away: systemd and containers use lower ones (systemd, UIDS-GIDS.md),
# and from 2**31 on some programs read a uid as negative
FIRST_UID, LAST_UID = 0x70000000, 0x7FFD0000
MAX_FILES = 2000


# ------------------------------------------------------------------ the student's uid


@dataclass
class Uid:
    """A uid that no other sandbox of this machine uses, claimed until `release`."""

    number: int
    claim: socket.socket | None = None

    def release(self) -> None:
        if self.claim is not None:
            self.claim.close()
            self.claim = None


def draw_uid() -> Uid:
    """As root a fresh uid for one sandbox; else always 1000 of a namespace of its own.

    The claim is an abstract socket: the name is unique on the machine and goes with its holder.
    """
    if not root_mode():
        return Uid(USER_UID)
    first, last = _mapped_uids()
    for _ in range(1000):
        number = first + secrets.randbelow(last - first)
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            claim.bind(f"\0word2chat-uid-{number}")
            return Uid(number, claim)
        except OSError:
            claim.close()
    raise unavailable("no free uid was found for the student's process.")


@lru_cache(maxsize=1)
def _mapped_uids() -> tuple[int, int]:
    """A range of uids that exist here; in some containers only the first 65,536 do."""
    for line in Path("/proc/self/uid_map").read_text().splitlines():
        start, _, count = map(int, line.split())
        if start <= FIRST_UID and start + count > LAST_UID:
            return FIRST_UID, LAST_UID
        if start <= 20_000 and start + count >= 60_000:
            return 20_000, 60_000
    raise unavailable("this container maps too few uids to give the student's process its own.")


# ------------------------------------------------------------------ the launch plan


@dataclass(frozen=True)
class LaunchPlan:
    """The plain data that the launcher gets: `header` as JSON, then the files' bytes."""

    header: dict[str, Any]
    contents: tuple[bytes, ...] = field(default=(), repr=False)

    def memory_file(self) -> int:
        """An anonymous file that holds the plan; the caller closes the descriptor."""
        head = json.dumps(self.header).encode()
        descriptor = os.memfd_create("launch-plan")
        with os.fdopen(os.dup(descriptor), "wb") as file:
            file.write(struct.pack("!Q", len(head)) + head)
            file.writelines(self.contents)
        return descriptor


def build_launch_plan(
    spec: SandboxSpec, connection: dict[str, Any], uid: int, grouped: Container[str]
) -> LaunchPlan:
    """Check the files of `spec` and write down everything that the launcher needs.

    Args:
        spec: what the sandbox is for.
        connection: the kernel's connection file.
        uid: the student's.
        grouped: what a control group limits ("memory", "cpu"), so that process 1 need not.

    Raises ValueError for a path that leaves the working folder, or for more than it holds.
    """
    limits = spec.limits
    files = [(f"{WORK}/{path}", content) for path, content in _checked(spec.files, limits)]
    files += [(f"{ENVIRONMENT['MPLCONFIGDIR']}/{name}", data) for name, data in font_cache()]
    watched = 0 if "memory" in grouped else limits.memory_mb
    header = {
        "uid": uid,
        "limits": asdict(limits) | {"cpu_seconds": limits.cpu_seconds},
        "processes": limits.processes + _processes_counted_too(),
        # no limit on address space with a GPU: CUDA reserves far more than it uses
        "data_mb": 0 if spec.gpu is not None else watched,
        "watch_memory_mb": watched,
        # CUDA names its threads by writing to /proc, or fails with error 304
        "cover_proc": spec.gpu is None,
        "calm_children": "cpu" not in grouped,
        "env": base_environment(devices(spec.gpu).visible) | dict(spec.env),
        "connection": connection,
        "covered": covered_places(),
        "files": [(path, len(content)) for path, content in files],
    }
    return LaunchPlan(header, tuple(content for _, content in files))


def _checked(files: tuple[tuple[str, bytes], ...], limits: Limits) -> list[tuple[str, bytes]]:
    """The files with clean paths, or ValueError with the bound that they pass."""
    clean = [(clean_path(path), content) for path, content in files]
    if len(clean) > MAX_FILES:
        raise ValueError(f"more than {MAX_FILES} files")
    if len({path for path, _ in clean}) < len(clean):
        raise ValueError("a path is given twice")
    sizes = [len(content) for _, content in clean]
    if max(sizes, default=0) > limits.file_mb * MB:
        raise ValueError(f"a file is larger than file_mb={limits.file_mb}")
    if sum(sizes) > limits.scratch_mb * MB // 2:
        raise ValueError(f"the files are larger than half of scratch_mb={limits.scratch_mb}")
    return clean


def clean_path(path: str) -> str:
    """The relative path again, or ValueError."""
    pure = PurePosixPath(path)
    bad = pure.is_absolute() or ".." in pure.parts or not pure.parts or "\0" in path
    if bad or len(path) > 1000 or any(len(os.fsencode(part)) > 255 for part in pure.parts):
        raise ValueError(f"not a path within the working folder: {path!r}")
    return str(pure)


def _processes_counted_too() -> int:
    """Before Linux 5.14 a user's processes outside count against the limit inside."""
    release = tuple(int(part) for part in platform.release().split(".")[:2])
    if root_mode() or release >= (5, 14):
        return 0
    pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return sum(_threads_of(pid, os.getuid()) for pid in pids)


def _threads_of(pid: int, uid: int) -> int:
    with suppress(OSError):
        if os.stat(f"/proc/{pid}").st_uid == uid:
            return len(os.listdir(f"/proc/{pid}/task"))
    return 0


# ------------------------------------------------------------------ files of a stock caller


def files_beside_notebook(folder: str | None, limit: int) -> tuple[tuple[str, bytes], ...]:
    """Regular files below `folder` for a kernel that nbgrader or nbclient starts there.

    Left out: links, notebooks (they hold the checks), databases, hidden names, settings.
    No folder, no files. Raises ValueError past `limit` bytes or 2000 files.
    """
    if folder is None:
        return ()
    found: list[tuple[str, bytes]] = []
    total = 0
    for place, folders, names in os.walk(folder, followlinks=False):
        folders[:] = [name for name in folders if not name.startswith((".", "__"))]
        for name in sorted(names):
            path = os.path.join(place, name)
            content = None if _left_out(name) else _regular_file(path, limit - total)
            if content is not None:
                total += len(content)
                found.append((os.path.relpath(path, folder), content))
            if len(found) > MAX_FILES:
                raise ValueError(f"more than {MAX_FILES} files beside the notebook")
    return tuple(found)


def _left_out(name: str) -> bool:
    return name.startswith(".") or name.endswith((".ipynb", ".db")) or name == "nbgrader_config.py"


def _regular_file(path: str, limit: int) -> bytes | None:
    """The content, or None for a link, a device, a pipe or a file that we may not read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        content = file.read(limit + 1)
    if len(content) > limit:
        raise ValueError(f"the files beside the notebook are larger than {limit} bytes")
    return content


# ------------------------------------------------------------------ matplotlib's list of fonts


@lru_cache(maxsize=1)
def font_cache() -> tuple[tuple[str, bytes], ...]:
    """matplotlib's font list, so that no kernel spends seconds and a warning on building it.

    Built once per matplotlib and user, with the system's fonts alone, and kept in the user's cache.
    """
    with suppress(ImportError, OSError, subprocess.SubprocessError):
        from importlib.metadata import version

        kept = _cache_folder() / f"matplotlib-{version('matplotlib')}"
        if not kept.is_dir():
            _build_font_cache(kept)
        return tuple((path.name, path.read_bytes()) for path in sorted(kept.glob("fontlist*.json")))
    return ()


def _cache_folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "word2chat"


def _build_font_cache(kept: Path) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        environment = {"MPLCONFIGDIR": folder, "HOME": folder, "PATH": "/usr/bin:/bin"}
        command = [sys.executable, "-P", "-s", "-c", "import matplotlib.font_manager"]
        subprocess.run(command, env=environment, capture_output=True, timeout=120, check=True)
        made = Path(folder) / "made"
        made.mkdir()
        for path in Path(folder).glob("fontlist*.json"):
            path.rename(made / path.name)
        with suppress(OSError):  # another process has put its own there meanwhile
            made.rename(kept)
