"""Pages are drawn in processes of their own, which a page that takes too long ends.

A process draws many pages, one after another, and reads its tasks as lines of JSON. Before each
page it asks the system for an end after so many seconds of its own processor time, so a busy
machine costs nobody a page. Whoever asked sees that the process is gone and asks another one for
the page in its plain form. The processes import neither nbgrader nor torch, and end when whoever
started them does.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.pages.marks import Marks
from autograder.pages.spoken_page import week_messages
from autograder.pages.verdict_table import KEY
from autograder.stored import as_json, from_json, write_atomically
from autograder.watchdog import ended_after
from course.phrases import LANGUAGES, SOURCE_LANGUAGE, Message

PAGE_SECONDS = 8.0  # of processor time; an honest page takes a hundredth
PATIENCE = 40  # times as long by the clock, for a process that computes nothing and ends nowhere
MEMORY = 2_000_000_000  # bytes of address space of one process


@dataclass(frozen=True)
class PageTask:
    """One page to draw."""

    notebook: str  # path of the judged notebook
    marks: Marks
    notes: tuple[str, ...] = ()
    target: str | None = None  # path to write it to; None: it comes back
    plain: bool = False
    catalogs: str = ""  # the folder of the catalogs, for notebooks of other languages' editions


@dataclass(frozen=True)
class PageDone:
    """What became of a page. With an `error` there is none."""

    error: str | None = None
    html: str | None = None
    plain: bool = False  # its texts are shown as they were typed


class PageProcess:
    """A process that draws pages; started anew when a page has ended it."""

    def __init__(self, seconds: float = PAGE_SECONDS) -> None:
        self.seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None

    def draw(self, task: PageTask) -> PageDone:
        """The page; in its plain form when it cannot be drawn in time, or at all."""
        done = self._ask(task)
        if done is None or done.error:
            plain = self._ask(replace(task, plain=True))
            if plain is None:
                return PageDone("it takes too long to draw, in its plain form too")
            return plain
        return done

    @property
    def pid(self) -> int | None:
        """The process that draws now; None when there is none."""
        return self._process.pid if self._process else None

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()  # type: ignore[union-attr]
            process.kill()
            process.wait()
            process.stdout.close()  # type: ignore[union-attr]

    def _ask(self, task: PageTask) -> PageDone | None:
        """What the process answers; None when it is gone."""
        process = self._process = self._process or self._start()
        with ended_after(PATIENCE * self.seconds, process.kill):
            answer = _answer(process, as_json(task).encode())
        if not answer.endswith(b"\n"):
            self.close()
            return None
        return from_json(PageDone, answer)

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", __name__, str(self.seconds)]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def _answer(process: subprocess.Popen[bytes], task: bytes) -> bytes:
    """A line; less than one when the process is gone."""
    try:
        process.stdin.write(task + b"\n")  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]
        return process.stdout.readline()  # type: ignore[union-attr]
    except OSError:
        return b""


def draw_pages(tasks: Iterable[PageTask], workers: int) -> Iterator[PageDone]:
    """Draw pages in several processes, and tell what became of each, in the order of the tasks."""
    idle: queue.SimpleQueue[PageProcess] = queue.SimpleQueue()
    processes = [PageProcess() for _ in range(workers)]
    for process in processes:
        idle.put(process)

    def one(task: PageTask) -> PageDone:
        process = idle.get()
        try:
            return process.draw(task)
        finally:
            idle.put(process)

    threads = ThreadPoolExecutor(workers)
    try:
        yield from threads.map(one, tasks)
    finally:
        threads.shutdown(wait=True, cancel_futures=True)
        for process in processes:
            process.close()


# ------------------------------------------------------------------------------------ inside
def main(seconds: float) -> None:
    """Draw the pages that are asked for on stdin, until it ends."""
    from autograder.pages.feedback_page import page_html

    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not be taken for an answer
    _limit_memory()
    page_html({"cells": []}, Marks("", "", ""))  # makes ready what the first page would pay for
    for line in sys.stdin.buffer:
        signal.setitimer(signal.ITIMER_PROF, seconds)
        done = _drawn(from_json(PageTask, line), page_html)
        signal.setitimer(signal.ITIMER_PROF, 0)
        answers.write(as_json(done).encode() + b"\n")
        answers.flush()


def _limit_memory() -> None:
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _drawn(task: PageTask, page_html: Callable[..., str]) -> PageDone:
    try:
        notebook = read_judged(Path(task.notebook))
        catalog = _catalog(task, notebook)
        html = page_html(notebook, task.marks, task.notes, task.plain, catalog)
        if task.target is None:
            return PageDone(html=html, plain=task.plain)
        write_page(Path(task.target), html)
        return PageDone(plain=task.plain)
    except Exception as error:  # one page must not end the others
        return PageDone(f"{type(error).__name__}: {str(error)[:300]}")


def _catalog(task: PageTask, notebook: dict) -> tuple[Message, ...]:
    """The translations of the week's texts, where the notebook is of an edition that has them."""
    language = notebook["metadata"].get(KEY, {}).get("language", SOURCE_LANGUAGE)
    if language not in LANGUAGES or language == SOURCE_LANGUAGE or not task.catalogs:
        return ()
    return week_messages(f"{task.catalogs}/{language}/{task.marks.week}.po")


def read_judged(path: Path) -> dict:
    """A judged notebook's JSON, each source as one string: nbformat writes lists of lines too."""
    notebook = json.loads(path.read_bytes())
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    return notebook


def write_page(target: Path, html: str) -> None:
    """Write a page as a whole: readers see the old one or the new one."""
    write_atomically(target, html.encode("utf-8", "replace"))  # half a surrogate pair has no bytes
    target.chmod(0o644)


if __name__ == "__main__":
    main(float(sys.argv[1]))
