"""Score an entry to an open challenge: distributions as a kernel displayed them, and the targets.

The kernel is not trusted. A table counts only if it has exactly the right shape and its rows are
distributions; the score follows from it and from targets that no kernel has.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.judging.error_texts import error_kind, shown_error
from autograder.judging.vocabulary import Vocabulary
from autograder.model import ChallengeReference, ProbeVerdict, Verdict
from course.challenges.entries import MIME
from course.challenges.measures import MEASURES
from course.challenges.task import complaint, points_for, told, too_many

MOST_BYTES = 16_000_000
NO_TABLE = "what was displayed is no entry"


@dataclass(frozen=True)
class Shown:
    """One entry as displayed: a table and how many numbers its predictor says it holds, or the
    type and the message of an error. With neither it is malformed."""

    table: np.ndarray | None = None
    numbers: int = 0
    error: tuple[str, str] | None = None


def read_entries(outputs: Iterable[dict]) -> dict[str, list[Shown]]:
    """The entries among a cell's outputs, by label, in the order of display."""
    found: dict[str, list[Shown]] = {}
    for output in outputs:
        shown = output.get("data", {}).get(MIME)
        if isinstance(shown, dict) and isinstance(shown.get("label"), str):
            found.setdefault(shown["label"][:200], []).append(_read(shown))
    return found


def _read(shown: dict[str, Any]) -> Shown:
    error = shown.get("error")
    if isinstance(error, list) and len(error) == 2 and all(isinstance(x, str) for x in error):
        return Shown(error=(error[0][:80], error[1][:300]))
    numbers = shown.get("numbers")
    table = _table(shown.get("shape"), shown.get("data"))
    return Shown(table, numbers) if type(numbers) is int else Shown()


def _table(shape: Any, data: Any) -> np.ndarray | None:
    """Little-endian float32 numbers in base64; None where shape and data do not fit together."""
    if not isinstance(shape, list) or not isinstance(data, str) or len(shape) != 2:
        return None
    if not all(type(size) is int and 0 <= size <= MOST_BYTES for size in shape):
        return None
    if len(data) > MOST_BYTES or len(data) != 4 * -(-4 * math.prod(shape) // 3):
        return None
    try:
        content = base64.b64decode(data, validate=True)
    except ValueError:
        return None
    if len(content) != 4 * math.prod(shape):
        return None
    return np.frombuffer(content, "<f4").reshape(shape)


def score_of(outputs: Iterable[dict], challenge: ChallengeReference) -> tuple[float | None, str]:
    """The score of the one entry that was displayed; None, and why, where it has none."""
    return _score(read_entries(outputs).get(challenge.label, []), challenge)


def _score(shown: list[Shown], challenge: ChallengeReference) -> tuple[float | None, str]:
    if len(shown) != 1:
        return None, "several entries were displayed" if shown else "no entry was displayed"
    (one,) = shown
    if one.error is not None:
        return None, error_kind(one.error[0])
    if one.table is None:
        return None, NO_TABLE
    why = complaint(one.table, len(challenge.targets), challenge.classes)
    measure = MEASURES[challenge.measure]
    why = why or measure.complaint(one.table) or too_many(one.numbers, challenge.numbers)
    return (None, why) if why else (measure.score(one.table, challenge.targets), "")


def judge_entry(
    outputs: tuple[dict, ...], challenge: ChallengeReference, names: Vocabulary | None
) -> ProbeVerdict | None:
    """What the displayed entry earns, with the sentence for its author; None: none was displayed.

    Args:
        outputs: of the check.
        challenge: targets and curve.
        names: the words that may be repeated from an error; None: tell its kind alone.
    """
    shown = read_entries(outputs).get(challenge.label, [])
    if not shown:
        return None
    score, why = _score(shown, challenge)
    if score is None:
        return _lost(challenge, shown, why, names)
    points = points_for(challenge.curve, score)
    reason = told(challenge.curve, challenge.unit, score, challenge.own)
    some = Verdict.PARTLY if points else Verdict.WRONG
    verdict = Verdict.PASS if points == challenge.points else some
    return ProbeVerdict(challenge.label, verdict, points, challenge.points, reason)


def _lost(
    challenge: ChallengeReference, shown: list[Shown], why: str, names: Vocabulary | None
) -> ProbeVerdict:
    verdict, error = Verdict.WRONG, shown[0].error
    if len(shown) == 1 and error is not None:
        memory = error[0] == "MemoryError"
        verdict = Verdict.MEMORY_LIMIT if memory else Verdict.ERROR
        why = shown_error(*error, names) if names is not None else why
    return ProbeVerdict(challenge.label, verdict, 0.0, challenge.points, why)
