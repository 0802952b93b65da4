"""Parts of a proof side by side: each runs in kernels of its own, so as many as there are cores."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Found = TypeVar("Found")


class SideBySide:
    """Starts parts in the order in which they are given, so many at a time.

    Leaving it waits for what is under way; what has not begun by then is dropped.
    """

    def __init__(self, workers: int, say: Callable[[str], None]) -> None:
        self._threads, self._say = ThreadPoolExecutor(workers), say

    def __enter__(self) -> SideBySide:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(cancel_futures=True)

    def start(
        self, title: str, part: Callable[Given, Found], *given: Given.args, **named: Given.kwargs
    ) -> Future[Found]:
        """Have a part run when its turn comes; its title is told then."""

        def run() -> Found:
            if title:
                self._say(title)
            return part(*given, **named)

        return self._threads.submit(run)
