"""A short hash of what a check was answered: equal for students who made the same mistake."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from course.probes import render

UNWRITTEN = "NotImplementedError"


def answer_print(answers: Sequence[dict | None]) -> str:
    """The hash of a check's answers at six digits; empty where nothing was written or shown.

    Args:
        answers: to each probe the one that was displayed; None for none, or for several.
    """
    shown = [None if answer is None else render(answer) for answer in answers]
    told = [text for text in shown if text is not None]
    if not told or all(text.startswith(UNWRITTEN) for text in told):
        return ""
    return hashlib.sha256(repr(shown).encode("utf-8", "replace")).hexdigest()[:16]
