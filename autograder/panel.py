"""The verdict on one check as a student and a formgrader see it: a small, script-free table."""

from __future__ import annotations

from html import escape

from autograder.judge import CheckVerdict, ProbeVerdict, Verdict

COLOURS = {Verdict.PASS: "#1b7837", Verdict.GRADER_FAULT: "#6a51a3"}
LOST = "#b35806"
CELL = "padding:2px 12px 2px 0;border:0;text-align:left;vertical-align:top"


def verdict_panel(check: CheckVerdict, stamp: str = "") -> str:
    """The check as HTML. Everything that came from a kernel is escaped; nothing is executable.

    Args:
        check: the verdict.
        stamp: a remark on how the score came about, such as 'unsandboxed'.
    """
    colour = COLOURS.get(check.verdict, LOST)
    parts = [
        f'<div style="border-left:4px solid {colour};padding:4px 0 4px 12px;margin:4px 0">',
        f"<b>{escape(check.exercise)}: {check.points:g} of {check.max_points:g} points</b>",
        f" ({escape(stamp)})" if stamp else "",
        _probe_table(check.probes),
        _mistake(check),
        _visible(check),
        "</div>",
    ]
    return "".join(parts)


def _probe_table(probes: tuple[ProbeVerdict, ...]) -> str:
    rows = "".join(
        f'<tr><td style="{CELL};color:{COLOURS.get(probe.verdict, LOST)}">'
        f"{escape(probe.verdict)}</td>"
        f'<td style="{CELL}">{probe.points:g} / {probe.max_points:g}</td>'
        f'<td style="{CELL}">{escape(probe.label)}</td>'
        f'<td style="{CELL}">{escape(probe.reason)}</td></tr>'
        for probe in probes
    )
    return f'<table style="border:0;margin:4px 0">{rows}</table>'


def _mistake(check: CheckVerdict) -> str:
    if check.mistake is None:
        return ""
    name = escape(check.mistake.name.replace("-", " "))
    return (
        f"<p><b>This looks like a known mistake: {name}.</b><br>{escape(check.mistake.en)}<br>"
        f'<span lang="ko">{escape(check.mistake.ko)}</span></p>'
    )


def _visible(check: CheckVerdict) -> str:
    if not check.visible_error:
        return ""
    return f"<p>The visible check said: <code>{escape(check.visible_error)}</code></p>"
