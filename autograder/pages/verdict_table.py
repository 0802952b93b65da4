"""The verdict on one check as a student and a formgrader see it: a small, script-free table."""

from __future__ import annotations

from html import escape
from typing import Any

from autograder.model import CheckVerdict, ProbeVerdict, Verdict

GREEN, ORANGE, PURPLE, GREY = "#1b7837", "#b35806", "#6a51a3", "#57606a"
COLOURS = {Verdict.PASS: GREEN, Verdict.GRADER_FAULT: PURPLE, Verdict.VOID: GREY}
WORDS = {
    Verdict.PASS: "right",
    Verdict.PARTLY: "part of the points",
    Verdict.WRONG: "wrong result",
    Verdict.ERROR: "error",
    Verdict.TIME_LIMIT: "over the time limit",
    Verdict.MEMORY_LIMIT: "over the memory limit",
    Verdict.OUTPUT_LIMIT: "over the output limit",
    Verdict.DEAD_KERNEL: "the kernel died",
    Verdict.GRADER_FAULT: "not your fault",
    Verdict.VOID: "void",
}
CELL = "padding:3px 14px 3px 0;border:0;text-align:left;vertical-align:top"
NARROW = f"{CELL};white-space:nowrap"
STUB = "NotImplementedError: Not written yet"  # what a released stub raises
KEY = "word2chat"  # in the metadata of a judged cell


def colour(verdict: str) -> str:
    """The colour of a verdict, readable on white and apart for colour-blind readers."""
    return COLOURS.get(Verdict(verdict), ORANGE)


def verdict_data(check: CheckVerdict, stamp: str = "") -> dict[str, Any]:
    """What the feedback page's summary says about a check, as plain data for the cell's metadata.

    Args:
        check: the verdict.
        stamp: a remark on how the score came about, such as 'unsandboxed'.
    """
    lost = [probe for probe in check.probes if probe.verdict is not Verdict.PASS]
    reason = lost[0].reason if lost else ""
    unwritten = check.verdict is Verdict.ERROR and STUB in reason
    return {
        "exercise": check.exercise,
        "verdict": str(check.verdict),
        "words": "not written yet" if unwritten else WORDS[check.verdict],
        "reason": "" if unwritten else reason,
        "passed": len(check.probes) - len(lost),
        "probes": len(check.probes),
        "mistake": _mistake_data(check),
        "stamp": stamp,
    }


def _mistake_data(check: CheckVerdict) -> dict[str, str] | None:
    mistake = check.mistake
    if mistake is None:
        return None
    lead = "What stands out" if mistake.general else "The same result as a known mistake"
    name = mistake.name.replace("-", " ")
    return {"lead": lead, "name": name, "en": mistake.en, "ko": mistake.ko}


def verdict_panel(check: CheckVerdict, stamp: str = "") -> str:
    """The check as HTML. Everything that came from a kernel is escaped; nothing is executable.

    Args:
        check: the verdict.
        stamp: a remark on how the score came about, such as 'unsandboxed'.
    """
    edge = colour(check.verdict)
    parts = [
        f'<div class="w2c-panel" style="border-left:4px solid {edge};'
        'padding:4px 0 4px 12px;margin:4px 0">',
        f"<b>{escape(check.exercise)}: {check.points:g} of {check.max_points:g} points</b>",
        f' <span style="color:{GREY}">({escape(stamp)})</span>' if stamp else "",
        _probe_table(check.probes),
        _mistake(check),
        _visible(check),
        "</div>",
    ]
    return "".join(parts)


def _probe_table(probes: tuple[ProbeVerdict, ...]) -> str:
    rows = "".join(
        f'<tr><td style="{NARROW};color:{colour(probe.verdict)}">{_mark(probe)}</td>'
        f'<td style="{NARROW}">{probe.points:g} / {probe.max_points:g}</td>'
        f'<td style="{CELL}">{escape(probe.label)}</td>'
        f'<td style="{CELL};overflow-wrap:anywhere">{escape(probe.reason)}</td></tr>'
        for probe in probes
    )
    return f'<table style="border:0;margin:4px 0"><tbody>{rows}</tbody></table>'


def _mark(probe: ProbeVerdict) -> str:
    sign = {Verdict.PASS: "✓", Verdict.PARTLY: "◐"}.get(probe.verdict, "✗")
    return f"{sign} {escape(probe.verdict)}"


def _mistake(check: CheckVerdict) -> str:
    found = _mistake_data(check)
    if found is None:
        return ""
    return (
        f'<p class="w2c-mistake"><b>{found["lead"]}: {escape(found["name"])}.</b>'
        f'<br>{escape(found["en"])}<br><span lang="ko">{escape(found["ko"])}</span></p>'
    )


def _visible(check: CheckVerdict) -> str:
    if not check.visible_error:
        return ""
    return f"<p>The visible check said: <code>{escape(check.visible_error)}</code></p>"
