"""Judging in a process of its own, under a deadline: a text that holds it up holds up nobody else.

What a student's kernel displayed meets comparisons and patterns here. Should one of them not come
to an end, the process is ended, that submission goes to a person, and the class goes on.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

from nbformat import NotebookNode

from autograder.judging.vocabulary import vocabulary_of
from autograder.model import Execution, Judgement, PreparedNotebook, Reference
from autograder.pages.judged_notebook import judged_notebook
from autograder.reference.suppositions import Suppositions
from autograder.stages.judge import judge
from autograder.watchdog import ended_after

JUDGING_SECONDS = 60.0  # it takes a hundredth of a second


class NotJudged(RuntimeError):
    """There is no judgement of this submission. The message says why."""


@dataclass(frozen=True)
class JudgedNotebook:
    """The verdict on one notebook, and the notebook that shows it; none when there is a fault."""

    judgement: Judgement
    notebook: NotebookNode | None = None


Pairs = Sequence[tuple[PreparedNotebook, Execution]]


def judge_all(
    pairs: Pairs, references: Mapping[str, Reference], stamp: str
) -> tuple[JudgedNotebook, ...]:
    """Judge the notebooks of one submission. This is what the process does."""
    return tuple(_judged(prepared, run, references, stamp) for prepared, run in pairs)


def _judged(
    prepared: PreparedNotebook, run: Execution, references: Mapping[str, Reference], stamp: str
) -> JudgedNotebook:
    judgement = judge(run, references[prepared.name], vocabulary_of(prepared))
    if judgement.fault:
        return JudgedNotebook(judgement)
    return JudgedNotebook(judgement, judged_notebook(prepared, run, judgement, stamp))


class JudgingProcess:
    """Judges one submission after another; a process that had to be ended gets a successor."""

    def __init__(self, work: Callable[..., tuple[JudgedNotebook, ...]], seconds: float) -> None:
        self._work, self._seconds = work, seconds
        self._process: Any = None
        self._connection: Connection | None = None

    def __call__(self, pairs: Pairs) -> tuple[JudgedNotebook, ...]:
        """The verdicts on one submission, notebook by notebook.

        Raises:
            NotJudged: it failed, or did not come to an end.
        """
        connection = self._connection or self.start()
        with ended_after(self._seconds, self._process.kill) as late:
            found = _asked(connection, pairs)
        if found is None or late.is_set():
            self.end()
        if found is None and late.is_set():
            raise NotJudged(f"judging it did not end within {self._seconds:.0f} s")
        if found is None:
            raise NotJudged("the process that judges has died over it")
        if isinstance(found, str):
            raise NotJudged(found)
        return found

    def against(self, references: Mapping[str, Reference]) -> None:
        """From now on judge against these, in this process and in its successors."""
        self._work = partial(self._work, references=references)
        if self._connection is not None:
            with (
                contextlib.suppress(OSError),  # a dead one is found at the next submission
                ended_after(self._seconds, self._process.kill),
            ):
                self._connection.send(self._work)

    def start(self) -> Connection:
        """Start the process and be connected with it."""
        # a fork has everything imported already; elsewhere a new Python has to do that again
        context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(theirs, self._work, self._seconds), daemon=True
        )
        self._process.start()
        theirs.close()
        self._connection = ours
        return ours

    def end(self) -> None:
        """End the process, whatever it does; the next submission gets a new one."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._connection is not None:
            self._connection.close()
        self._process = self._connection = None


def _asked(connection: Connection, pairs: Pairs) -> Any:
    """What the process answers; None when it is gone."""
    try:
        # a process that reads nothing would hold up `send` too: more than a pipe takes
        connection.send(pairs)
        return connection.recv()
    except (OSError, EOFError):
        return None


def judged_with_names(
    judge: JudgingProcess, pairs: Pairs, suppositions: Suppositions
) -> tuple[JudgedNotebook, ...]:
    """The verdicts on one submission; where it is wrong, what is known of wrong answers is at hand.

    Raises:
        NotJudged: see JudgingProcess.
    """
    found = judge(pairs)
    by_notebook = {pair[0].name: one.judgement for pair, one in zip(pairs, found, strict=True)}
    if not suppositions.learn(by_notebook):
        return found
    judge.against(suppositions.references)
    return judge(pairs)


@contextlib.contextmanager
def judging(
    references: Mapping[str, Reference], stamp: str = "", seconds: float | None = None
) -> Iterator[JudgingProcess]:
    """A process that judges against these references, for as long as the context is open."""
    work = partial(judge_all, references=references, stamp=stamp)
    process = JudgingProcess(work, JUDGING_SECONDS if seconds is None else seconds)
    process.start()  # a fork is best made before there are threads
    try:
        yield process
    finally:
        process.end()


# ------------------------------------------------------------------------------------ within
def _serve(
    connection: Connection, work: Callable[[Pairs], tuple[JudgedNotebook, ...]], seconds: float
) -> None:
    """Answer until the run closes its end, and never outlive a run that was killed.

    Told a function, it does that from then on.
    """
    if sys.platform == "linux":
        _keep_nothing_but(connection)
    with contextlib.suppress(EOFError, OSError):
        while True:
            told = connection.recv()
            if callable(told):
                work = told
                continue
            _alarm(seconds + 5)
            connection.send(_answer(work, told))
            _alarm(0)
    os._exit(0)


def _answer(work: Callable[[Pairs], tuple[JudgedNotebook, ...]], pairs: Pairs) -> Any:
    try:
        return work(pairs)
    except Exception as error:
        return f"it could not be judged ({type(error).__name__}: {error})"


def _keep_nothing_but(connection: Connection) -> None:
    """A fork holds copies of the run's locks and sockets, which must end with the run."""
    keep = connection.fileno()
    os.closerange(3, keep)
    os.closerange(keep + 1, os.sysconf("SC_OPEN_MAX"))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the run's to answer


def _alarm(seconds: float) -> None:
    """Let the system end this process after so long, should the run not be there to do it."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)
