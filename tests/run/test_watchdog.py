"""What is waited for has an end, and after that end nothing is half done."""

from __future__ import annotations

import threading
import time

from autograder.watchdog import ended_after


def test_in_time_nothing_is_ended() -> None:
    """The event stays unset, and `end` is not called later either."""
    ended = threading.Event()
    with ended_after(0.2, ended.set) as passed:
        pass
    assert not ended.wait(0.4)
    assert not passed.is_set()


def test_whoever_goes_on_finds_the_end_done() -> None:
    """What was waited for comes back as soon as it is ended; the rest of the ending is awaited."""
    ended, order = threading.Event(), []

    def end() -> None:
        ended.set()  # a process dies
        time.sleep(0.2)
        order.append("ended")  # and is seen to be dead

    with ended_after(0.01, end) as passed:
        assert ended.wait(10)
    order.append("gone on")
    assert passed.is_set()
    assert order == ["ended", "gone on"]
