"""Judge a check without probes: by what it displays, by what it raises, or by its own last number.

What is displayed is compared by nbval's rules with what the instructor's notebook displayed when
it was executed: texts of one kind in order, sanitised, numbers within the tolerance of a probe.
Pictures and stderr are left out. nbgrader's rules are those of `nbgrader.utils.determine_grade`:
nothing raised and nothing on stderr earns the points, unless the last line shows a number.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from nbformat import NotebookNode

from autograder.judging.comparison import nbval_comparator, settled_text
from autograder.model import DisplayReference, ProbeVerdict, Verdict

RTOL, ATOL = 1e-5, 1e-8  # those of a probe
PICTURES = ("image/png", "image/svg+xml")
KINDS = ("text/plain", "text/html", "text/markdown")
STREAM = "stdout"
ASSERTING = re.compile(r"\bassert|\braise\b")  # assert, assert_allclose, assertRaises, raise
OUTPUT, ASSERTS = "its output", "its asserts"  # the labels of what is judged
Patterns = Sequence[tuple[str, str]]


def texts_of(outputs: Iterable[dict], sanitize: Patterns = ()) -> dict[str, tuple[str, ...]]:
    """What is compared of a cell's outputs: texts by kind, in order, sanitised."""
    found: dict[str, list[str]] = {}
    for output in outputs:
        data = output.get("data", {})
        if output["output_type"] == "stream" and output["name"] == STREAM:
            found.setdefault(STREAM, []).append(output["text"])
        elif not any(kind in data for kind in PICTURES):
            for kind in (kind for kind in KINDS if kind in data):
                found.setdefault(kind, []).append(data[kind])
    if STREAM in found:  # in how many pieces a text comes is chance
        found[STREAM] = ["".join(found[STREAM])]
    return {kind: tuple(sanitized(text, sanitize) for text in found[kind]) for kind in found}


def sanitized(text: str, patterns: Patterns) -> str:
    """A text as nbval compares it."""
    for pattern, replacement in patterns:
        text = re.sub(pattern, replacement, text)
    return text


def same_texts(shown: dict[str, tuple[str, ...]], right: dict[str, tuple[str, ...]]) -> bool:
    """Whether nbval finds two displays the same, numbers within the tolerance."""
    settled = {
        kind: tuple(
            settled_text(mine, theirs, RTOL, ATOL)
            for mine, theirs in zip(texts, right[kind], strict=True)
        )
        if len(texts) == len(right.get(kind, ()))
        else texts
        for kind, texts in shown.items()
    }
    return bool(nbval_comparator()().compare_outputs(_as_outputs(settled), _as_outputs(right)))


def _as_outputs(texts: dict[str, tuple[str, ...]]) -> list[NotebookNode]:
    return [
        NotebookNode(output_type="display_data", data=NotebookNode({kind: text}))
        for kind, some in texts.items()
        for text in some
    ]


# ------------------------------------------------------------------------------------ verdicts
def judge_display(
    outputs: Iterable[dict], reference: DisplayReference, points: float
) -> ProbeVerdict:
    """The verdict on a cell that ran to its end, by what it displayed.

    The reason says where the first difference stands, and never what was expected there.
    """
    shown = texts_of(outputs, reference.sanitize)
    if same_texts(shown, reference.texts):
        return ProbeVerdict(OUTPUT, Verdict.PASS, points, points)
    return ProbeVerdict(OUTPUT, Verdict.WRONG, 0.0, points, _difference(shown, reference.texts))


def _difference(shown: dict[str, tuple[str, ...]], right: dict[str, tuple[str, ...]]) -> str:
    if not shown:
        return "nothing was displayed"
    for kind, texts in right.items():
        mine = shown.get(kind, ())
        if len(mine) != len(texts):
            return "it displays more or less than is expected"
        line = _first_line(mine, texts)
        if line:
            return f"what it displays is not what is expected, from line {line} on"
    return "it displays more than is expected"


def _first_line(mine: Sequence[str], theirs: Sequence[str]) -> int:
    """The number of the first line that differs; 0 when none does."""
    lines, others = "\n".join(mine).split("\n"), "\n".join(theirs).split("\n")
    for number, (line, other) in enumerate(zip(lines, others, strict=False), start=1):
        if settled_text(line, other, RTOL, ATOL) != other:
            return number
    return 0 if len(lines) == len(others) else min(len(lines), len(others)) + 1


def judge_silence(outputs: Iterable[dict], points: float, shows_score: bool) -> ProbeVerdict:
    """The verdict on a cell that ran to its end, as nbgrader reaches it.

    Args:
        outputs: what it displayed.
        points: what the check is worth.
        shows_score: the instructor's own run ended with its points as a number; then a number at
            the end is what the check earned.
    """
    outputs = tuple(outputs)
    if writes_to_stderr(outputs):
        reason = "it wrote to stderr, for which nbgrader gives no points"
        return ProbeVerdict(ASSERTS, Verdict.WRONG, 0.0, points, reason)
    number = last_number(outputs) if shows_score else None
    if number is None or number == points:
        return ProbeVerdict(ASSERTS, Verdict.PASS, points, points)
    if not 0 <= number <= points:
        reason = f"its last line is no number from 0 to {points:g}"
        return ProbeVerdict(ASSERTS, Verdict.WRONG, 0.0, points, reason)
    reason = f"its last line counts {number:g} of {points:g} points"
    verdict = Verdict.PARTLY if number else Verdict.WRONG
    return ProbeVerdict(ASSERTS, verdict, number, points, reason)


def writes_to_stderr(outputs: Iterable[dict]) -> bool:
    """Whether a cell wrote to stderr: a warning, say."""
    return any(o["output_type"] == "stream" and o["name"] == "stderr" for o in outputs)


def on_stderr(outputs: Iterable[dict]) -> str:
    """The line of stderr that says most, in a sentence; empty where nothing is written there."""
    texts = [o["text"] for o in outputs if o["output_type"] == "stream" and o["name"] == "stderr"]
    lines = [line.strip() for line in "".join(texts).splitlines() if any(map(str.isalnum, line))]
    telling = next((line for line in lines if "Warning" in line or "Error" in line), "")
    told = (telling or (lines or ["no words"])[0])[:150]
    return f"{told.rstrip('.')}." if texts else ""


def last_number(outputs: Iterable[dict]) -> float | None:
    """The number that a cell displayed last, if it is one; NaN for one that no float is."""
    shown = [output["data"] for output in outputs if "text/plain" in output.get("data", {})]
    if not shown:
        return None
    try:
        number = float(shown[-1]["text/plain"][:100])
    except ValueError:
        return None
    return number if math.isfinite(number) else math.nan
