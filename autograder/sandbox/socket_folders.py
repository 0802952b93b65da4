"""A private folder for the sockets of each kernel, and what becomes of those left behind."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import tempfile
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from autograder.sandbox import bwrap
from autograder.sandbox.inside.channels import CHANNELS
from autograder.sandbox.leftovers import is_orphan, own_prefix

LONGEST_SOCKET_PATH = 107
KIND = "w2c"


def make_socket_folder() -> Path:
    """A folder of mode 0700 for the sockets of one kernel, short enough for an ipc address."""
    sweep()
    for parent in parent_folders():
        with suppress(OSError):
            folder = Path(tempfile.mkdtemp(prefix=own_prefix(KIND), dir=parent))
            if len(str(folder)) + len("/z-65535") <= LONGEST_SOCKET_PATH:
                atexit.register(shutil.rmtree, folder, ignore_errors=True)
                return folder
            folder.rmdir()
    raise bwrap.unavailable("no folder for sockets can be made in XDG_RUNTIME_DIR or /tmp.")


def parent_folders() -> list[str]:
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    return [folder for folder in (runtime, "/tmp", tempfile.gettempdir()) if os.path.isdir(folder)]


def listen(connection: dict[str, Any]) -> list[socket.socket]:
    """Bind a kernel's sockets out here, in the order of CHANNELS: the sandbox shares no folder."""
    sockets = []
    for name in CHANNELS:
        path = f"{connection['ip']}-{connection[name]}"
        with suppress(FileNotFoundError):
            os.unlink(path)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(path)
        listener.listen(64)
        sockets.append(listener)
    return sockets


@lru_cache(maxsize=1)
def sweep() -> None:
    """Once per process, remove folders of graders of this user that were killed."""
    for parent in parent_folders():
        for folder in Path(parent).glob(f"{KIND}-*"):
            with suppress(OSError):
                mine = folder.lstat().st_uid == os.getuid() and not folder.is_symlink()
                if mine and is_orphan(folder, KIND):
                    shutil.rmtree(folder, ignore_errors=True)
