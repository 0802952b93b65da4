"""The things outside that a sandbox must not reach, and whether one of them was reached."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from autograder.sandbox import bwrap
from autograder.sandbox.inside.protocol import OOM_SCORE_ADJ
from autograder.sandbox.leftovers import is_orphan, own_prefix
from autograder.sandbox.limits import Limits

SECRET_VARIABLE = "WORD2CHAT_CANARY"
KIND = ".word2chat-canary"


@dataclass
class Canaries:
    """Secret files, a secret variable and open ports; removed by `canaries` at the end."""

    token: str = field(default_factory=lambda: secrets.token_hex(16))
    files: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    tcp: socket.socket = field(default_factory=lambda: _listener(socket.AF_INET, ("127.0.0.1", 0)))
    udp: socket.socket = field(default_factory=lambda: _datagrams())
    abstract: socket.socket = field(init=False)

    def __post_init__(self) -> None:
        self.abstract = _listener(socket.AF_UNIX, f"\0word2chat-{self.token}")

    @property
    def mark(self) -> str:
        """The name of every file that the inside tries to write."""
        return f"word2chat-mark-{self.token[:8]}"

    def lay(self, folder: Path) -> None:
        """Put a secret file into a folder, where this user may."""
        path = folder / f"{own_prefix(KIND)}{self.token[:8]}-gradebook.db"
        with suppress(OSError):
            sweep(folder)
            with open(path, "x") as file:
                file.write(self.token)
            self.files.append(str(path))
            self.folders.append(str(folder))

    def told(self, limits: Limits) -> dict[str, Any]:
        """What the inside is told: where everything is, and how much it should get."""
        return asdict(limits) | {
            "variable": SECRET_VARIABLE,
            "files": self.files,
            "folders": self.folders,
            "tcp": self.tcp.getsockname()[1],
            "udp": self.udp.getsockname()[1],
            "abstract": f"word2chat-{self.token}",
            "grader": os.getpid(),
            "mark": self.mark,
            "oom_score_adj": OOM_SCORE_ADJ,
        }

    def reached(self) -> list[str]:
        """The ports that something has come to."""
        ports = {"tcp": self.tcp, "udp": self.udp, "abstract": self.abstract}
        return [name for name, one in ports.items() if _was_reached(one)]

    def written(self) -> list[str]:
        """Files with the mark in the folders that hold a secret."""
        paths = (Path(folder) / self.mark for folder in self.folders)
        return [str(path) for path in paths if path.exists()]

    def remove(self) -> None:
        for one in (self.tcp, self.udp, self.abstract):
            one.close()
        for path in self.files:
            with suppress(OSError):
                os.unlink(path)


def sweep(folder: Path) -> None:
    """Remove the secret files of self-tests that were killed before they could do it."""
    for path in folder.glob(f"{KIND}-*"):
        if is_orphan(path, KIND):
            path.unlink()


def _listener(family: int, address: Any) -> socket.socket:
    one = socket.socket(family, socket.SOCK_STREAM)
    one.bind(address)
    one.listen()
    one.setblocking(False)
    return one


def _datagrams() -> socket.socket:
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.bind(("127.0.0.1", 0))
    one.setblocking(False)
    return one


def _was_reached(one: socket.socket) -> bool:
    with suppress(BlockingIOError):
        if one.type == socket.SOCK_DGRAM:
            one.recv(16)
        else:
            one.accept()[0].close()
        return True
    return False


@contextmanager
def canaries() -> Iterator[Canaries]:
    """Lay everything out, and remove it at the end."""
    made = Canaries()
    places = [*bwrap.course_folders(), Path.home()]
    places += [Path("/tmp"), Path("/dev/shm"), Path("/var/tmp")]
    try:
        for place in dict.fromkeys(places):
            made.lay(place)
        os.environ[SECRET_VARIABLE] = made.token
        yield made
    finally:
        os.environ.pop(SECRET_VARIABLE, None)
        made.remove()
