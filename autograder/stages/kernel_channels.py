"""The two sockets on which a kernel is talked to. Nothing that comes from there is trusted.

Messages are capped by zmq while they are read, all bytes are counted, and what is not signed with
the kernel's key or has not the shape of a message is as if it had not been sent.
"""

from __future__ import annotations

import json
import mmap
import time
from collections.abc import Callable, Iterator
from hmac import compare_digest
from typing import Any

import zmq
from jupyter_client.manager import KernelManager

from autograder.sandbox.limits import Limits
from autograder.stages.outputs import is_plain

PAGE_BYTES = mmap.PAGESIZE
SWELLING = 512 << 20  # bytes by which reading one kernel may make this process grow
RECEIVED = 16  # all that a kernel may send, junk included, as a multiple of one cell's output
SEND_SECONDS = 1.0
KINDS_WITH_CONTENT = {"status", "stream", "display_data", "execute_result", "error"}
REPLY = "execute_reply"
OF_A_REPLY = ("status", "ename", "evalue")


class HungUp(Exception):
    """Nobody takes what is sent: the kernel closed its sockets, or it is gone."""


class KernelChannels:
    """Requests to a kernel, and all that comes back.

    silent : the kernel's outputs cannot be heard any more, until `listen_again`.
    """

    def __init__(self, manager: KernelManager, limits: Limits) -> None:
        self._manager, self._session = manager, manager.session
        self._message_bytes = limits.message_bytes
        self._bytes_left = RECEIVED * limits.output_bytes
        self._ceiling = resident_bytes() + SWELLING
        self._next_measure = 0.0
        self._poller = zmq.Poller()
        self._shell = self._connect(manager.connect_shell)
        self._poller.register(self._shell, zmq.POLLIN)
        self._listen()

    def _connect(self, connect: Callable[[], Any]) -> Any:
        socket = connect()
        address = socket.getsockopt(zmq.LAST_ENDPOINT)
        # options count from the next connection on, so the first one is dropped
        socket.disconnect(address)
        socket.setsockopt(zmq.MAXMSGSIZE, self._message_bytes)
        socket.setsockopt(zmq.RCVHWM, 200)
        socket.setsockopt(zmq.LINGER, 0)
        # a kernel that hung up is not called again: another process may answer there
        socket.setsockopt(zmq.RECONNECT_IVL, -1)
        socket.setsockopt(zmq.SNDTIMEO, round(SEND_SECONDS * 1000))
        socket.connect(address)
        return socket

    def _listen(self) -> None:
        self.silent = False
        self._iopub = self._connect(self._manager.connect_iopub)
        self._monitor = self._iopub.get_monitor_socket(zmq.EVENT_DISCONNECTED)
        self._poller.register(self._iopub, zmq.POLLIN)
        self._poller.register(self._monitor, zmq.POLLIN)

    def stop_listening(self) -> None:
        """Hear no more outputs: what a kernel shows then is dropped on its own side."""
        self.silent = True
        if self._iopub.closed:
            return
        self._poller.unregister(self._iopub)
        self._poller.unregister(self._monitor)
        self._iopub.disable_monitor()
        self._iopub.close(0)

    def listen_again(self) -> None:
        """Open the channel of outputs anew; zmq itself gives it up at a message over the cap."""
        self.stop_listening()
        self._listen()

    def close(self) -> None:
        self.stop_listening()
        self._shell.close(0)

    @property
    def flooded(self) -> bool:
        """Whether more has come than any notebook needs, or this process grows from reading.

        A message may come in parts, and zmq holds all of them until the last: one without an end
        is seen only in the size of this process.
        """
        now = time.monotonic()
        if now > self._next_measure:
            self._next_measure = now + 0.05
            if resident_bytes() > self._ceiling:
                self._bytes_left = -1
        return self._bytes_left < 0

    def send(self, kind: str, content: dict) -> str:
        """Send a request; its message id.

        Raises:
            HungUp: nobody is there to take it.
        """
        try:
            return self._session.send(self._shell, kind, content)["msg_id"]
        except zmq.Again:
            raise HungUp from None

    def read(self, seconds: float) -> Iterator[tuple[str, dict]]:
        """Messages that have arrived within so long, with the channel that each came on."""
        ready = dict(self._poller.poll(int(seconds * 1000)))
        if not self.silent and self._monitor in ready:
            self._monitor.recv_multipart()
            self.silent = True  # what arrived before is still read
        for channel, socket in (("iopub", self._iopub), ("shell", self._shell)):
            if socket in ready:
                parts = socket.recv_multipart()
                self._bytes_left -= sum(len(part) for part in parts)
                message = self._understood(parts)
                if message is not None:
                    yield channel, message

    def _understood(self, parts: list[bytes]) -> dict | None:
        """The message, or None unless it is signed with the kernel's key and has the right shape.

        Not through `Session.deserialize`, which reads dates in every header and is half the cost.
        """
        try:
            signature, *signed = self._session.feed_identities(parts)[1][:5]
            if not compare_digest(signature, self._session.sign(signed)):
                return None
            header, parent, _, content = signed
            kind, parent_header = json.loads(header)["msg_type"], json.loads(parent)
            read = json.loads(content) if kind in KINDS_WITH_CONTENT else {}
            read = _of_a_reply(content) if kind == REPLY else read
        except Exception:  # malformed, or no JSON: as if it had not been sent
            return None
        if not isinstance(parent_header, dict) or not isinstance(read, dict) or not is_plain(read):
            return None
        return {
            "msg_type": kind, "parent_header": parent_header, "content": read,
            "bytes": len(content),
        }  # fmt: skip


def _of_a_reply(content: bytes) -> dict:
    """How a cell ended, as its reply says it; nothing where that is odd: a reply is one anyway."""
    try:
        said = json.loads(content)
        read = {key: said[key][:300] for key in OF_A_REPLY if isinstance(said.get(key), str)}
    except Exception:  # no JSON, no object, too deep
        return {}
    return read if is_plain(read) else {}


def resident_bytes() -> int:
    """The memory of this process; 0 where the system does not say."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * PAGE_BYTES
    except OSError:
        return 0


def execute_request(source: str) -> dict[str, Any]:
    """The content of a request to run a cell."""
    return {
        "code": source, "silent": False, "store_history": True, "user_expressions": {},
        "allow_stdin": False, "stop_on_error": False,
    }  # fmt: skip
