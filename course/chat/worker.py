"""The one thread that computes, so that the server itself never waits for a model."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

Work = tuple[Callable[[], Any], asyncio.AbstractEventLoop, asyncio.Future]


class Worker:
    """Work in its order, on one thread.

    The thread is a daemon: a part of a student's that never returns does not keep the program
    alive, as a thread of `concurrent.futures` would.
    """

    def __init__(self) -> None:
        self._waiting: SimpleQueue[Work | None] = SimpleQueue()
        threading.Thread(target=self._run, name="chat", daemon=True).start()

    async def compute(self, work: Callable[[], Any]) -> Any:
        """What the work gives, or raises."""
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        self._waiting.put((work, loop, future))
        return await future

    def end(self) -> None:
        """No work comes any more."""
        self._waiting.put(None)

    def _run(self) -> None:
        while item := self._waiting.get():
            work, loop, future = item
            settled = _settled(work, future)
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(settled)


def _settled(work: Callable[[], Any], future: asyncio.Future) -> Callable[[], None]:
    """Do the work; the result is a function that tells it to whoever still waits."""
    try:
        found, tell = work(), future.set_result
    except Exception as error:
        found, tell = error, future.set_exception
    return lambda: None if future.done() else tell(found)
