"""An end for what could be waited on for ever: a stopped process answers nobody, and never dies."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

ENDING_SECONDS = 10.0  # for `end` itself, which takes a moment


@contextmanager
def ended_after(seconds: float, end: Callable[[], object]) -> Iterator[threading.Event]:
    """While it is open: after so many seconds call `end`, from a thread of its own.

    `end` has to end what is waited for, with a signal that cannot be ignored. Yields an event that
    is set when it was called. What comes afterwards finds `end` done, and nothing half ended.
    """
    passed = threading.Event()

    def strike() -> None:
        passed.set()
        end()

    timer = threading.Timer(seconds, strike)
    timer.daemon = True
    timer.start()
    try:
        yield passed
    finally:
        timer.cancel()
        if passed.is_set():
            timer.join(ENDING_SECONDS)
