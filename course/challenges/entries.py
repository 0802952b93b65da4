"""Run an entry: on the practice set, where it is scored here, or as evidence for a judge elsewhere.

In a kernel that is graded, the grader hands over the contexts of the hidden set before the check
runs. The targets are never there.
"""

from __future__ import annotations

import base64
import json
import time
import zlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from course.challenges.measures import MEASURES
from course.challenges.numbers import count_numbers
from course.challenges.task import Challenge, Windows, complaint, told, too_many

MIME = "application/vnd.word2chat.entry+json"
SECONDS = 10  # of processor time; more of it comes near the end of a graded cell's time
SHOWN = 200  # contexts of the practice set that stand in for the hidden one: notebooks stay small
_handed: dict[str, Windows] = {}  # hidden sets without targets, by the challenge's name


class Refused(ValueError):
    """An entry that breaks a rule of its challenge; the text is a sentence for its author."""


def hand_over(name: str, packed: str) -> None:
    """Keep what a kernel may see of a hidden set; the grader calls this, see `pack`."""
    _handed[name] = unpack(packed)


def pack(hidden: Windows) -> str:
    """Contexts (texts, or arrays of numbers) and examples as a short text, without targets."""
    seen, classes = zip(*hidden.examples, strict=True) if hidden.examples else ((), ())
    found = [_plain(hidden.contexts), _plain(seen), list(classes)]
    return base64.b64encode(zlib.compress(json.dumps(found).encode(), 9)).decode()


def unpack(packed: str) -> Windows:
    """What `pack` packed; lists of numbers come back as arrays."""
    contexts, seen, classes = json.loads(zlib.decompress(base64.b64decode(packed)))
    return Windows(_rich(contexts), (), tuple(zip(_rich(seen), classes, strict=True)))


def _plain(contexts: Iterable[Any]) -> list[Any]:
    return [one.tolist() if isinstance(one, np.ndarray) else one for one in contexts]


def _rich(contexts: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(np.array(one) if isinstance(one, list) else one for one in contexts)


def predictions(task: Challenge, entry: Callable, asked: Windows) -> tuple[np.ndarray, int]:
    """What an entry predicts, as float32, and how many numbers its predictor holds."""
    predict = entry(_given(task, asked)) if task.given else entry
    held = count_numbers(predict)
    answers = predict(list(asked.contexts))
    answers = answers.detach().cpu().numpy() if hasattr(answers, "detach") else answers
    return np.asarray(answers, dtype=np.float32), held


def _given(task: Challenge, asked: Windows) -> Any:
    assert task.given is not None
    return task.given(asked.examples) if asked.examples else task.given()


def practise(task: Challenge, entry: Callable) -> float:
    """Score an entry on the practice set, which has the form of the hidden one; print the points.

    Returns:
        The score, in the challenge's unit.

    Raises:
        Refused: the entry breaks a rule of the challenge.
    """
    practice, started = task.practice(), time.process_time()
    table, held = predictions(task, entry, practice)
    seconds = time.process_time() - started
    measure = MEASURES[task.measure]
    why = complaint(table, len(practice.targets), len(task.classes))
    why = why or measure.complaint(table) or too_many(held, task.numbers)
    if why:
        raise Refused(f"{task.name}: {why}")
    score = measure.score(table, practice.targets)
    print(f"practice set: {told(task.curve, task.unit, score)}")
    slow = "" if seconds <= SECONDS else ": too long, a graded cell may be stopped"
    print(f"{held:,} numbers, {seconds:.1f} s of processor time{slow}")
    return score


def challenge(task: Challenge, entry: Callable, points: float) -> None:
    """Display what an entry predicts for the hidden set, as evidence for the judge.

    Outside grading there is no hidden set; then some of the practice set stands in for it.

    Args:
        task: the week's challenge.
        entry: the student's.
        points: what the best score earns; the same as the end of the curve.
    """
    asked = _handed.get(task.name) or _few(task.practice())
    try:
        table, held = predictions(task, entry, asked)
        if table.size > 2 * len(asked.contexts) * len(task.classes):
            table = table[:0]  # no answer, and too much to carry
        value = {
            "shape": list(table.shape),
            "data": base64.b64encode(table.astype("<f4").tobytes()).decode(),
            "numbers": held,
        }
        shown = f"predictions of shape {table.shape}, {held} numbers"
    except Exception as error:  # the student's error: it costs this challenge and nothing else
        value = {"error": [type(error).__name__[:80], str(error)[:300]]}
        shown = f"{type(error).__name__}: {str(error)[:300]}"
    _show(task.name, points, value, shown)


def _few(practice: Windows) -> Windows:
    return replace(practice, contexts=practice.contexts[:SHOWN])


def _show(label: str, points: float, value: dict, shown: str) -> None:
    from IPython.display import display

    evidence = {"label": label, "points": points, **value}
    display({"text/plain": f"{label}: {shown}", MIME: evidence}, raw=True)
