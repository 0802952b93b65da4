"""What the command line prints when a command is done: tables for people, dictionaries for JSON."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from rich.markup import escape
from rich.table import Table
from rich.text import Text


def class_table(run: Any, promises: dict[str, str] | None = None) -> Table:
    table = Table(title=run.week, title_justify="left")
    for column in ("student", "score", "what was found"):
        table.add_column(column, justify="right" if column == "score" else "left")
    if promises:
        table.add_column("expected")
    for entry in run.entries:
        score = "review" if entry.score is None else f"{entry.score:g}/{entry.max_score:g}"
        # a student chose the names of files that a reason quotes: no markup in them
        row = [entry.student, score, escape(_found(entry))]
        table.add_row(*row, *([promises.get(entry.student, "")] if promises else []))
    return table


def _found(entry: Any) -> str:
    if entry.needs_review:
        return str(entry.needs_review)
    lost = [check for judged in entry.judgements for check in judged.checks if check.points <
            check.max_points]  # fmt: skip
    parts = [f"{c.exercise}: {c.mistake.name if c.mistake else c.verdict}" for c in lost]
    if len(lost) > 3 and len({check.verdict for check in lost}) == 1:
        parts = [f"{len(lost)} checks: {lost[0].verdict}"]
    return "; ".join([*(parts or ["all checks pass"]), *entry.notes])


def preview_table(run: Any) -> Table:
    table = Table(title=f"{run.week}: nothing was written", title_justify="left")
    for column in ("student", "now", "would be", "change"):
        table.add_column(column, justify="left" if column == "student" else "right")
    for entry in sorted(run.graded, key=lambda entry: entry.student):
        before = run.before.get(entry.student)
        old = before.score if before else None
        change = "" if entry.score is None else f"{entry.score - (old or 0):+g}"
        if entry.score != old:
            table.add_row(entry.student, _points(old), _points(entry.score), change)
    if not table.rows:
        table.add_row("nobody", "", "", "0")
    return table


def _points(score: float | None) -> str:
    return "none" if score is None else f"{score:g}"


def checks_table(found: Any) -> Table:
    title = f"{found.week}: {len(found.entries)} submissions, {len(found.reviews)} need a review"
    table = Table(title=title, title_justify="left")
    for column in ("check", "mean", "of", "verdicts", "known mistakes"):
        table.add_column(column, justify="right" if column in ("mean", "of") else "left")
    for check in found.checks:
        verdicts = ", ".join(f"{count} {kind}" for kind, count in check.verdicts.most_common())
        mistakes = ", ".join(f"{count} × {name}" for name, _, count in check.mistakes)
        table.add_row(
            check.grade_id, f"{check.mean:.2f}", f"{check.max_points:g}", verdicts, mistakes
        )
    return table


def findings_table(findings: list[Any]) -> Table:
    table = Table(title="autograder doctor", title_justify="left")
    for column in ("", "what", "found", "what to do"):
        table.add_column(column, overflow="fold")
    for finding in findings:
        mark = "[green]ok[/]" if finding.ok else "[red]no[/]"
        table.add_row(mark, finding.name, finding.detail, finding.remedy)
    return table


def lint_text(report: Any) -> Text:
    """The findings of one week, each with its cell and the remedy."""
    counts = f"{len(report.broken)} broken, {len(report.todo)} to do"
    text = Text(f"{report.week}: {'keeps the house rules' if report.clean else counts}", "bold")
    for remedy, findings in groupby((*report.broken, *report.todo), lambda one: one.remedy):
        for finding in findings:
            mark = "to do" if finding.todo else finding.rule
            text.append(f"\n  {finding.place} ({mark}): {finding.what}", "not bold")
        text.append(f"\n      {remedy}", "not bold dim")
    for finding in report.english:
        text.append(f"\n  {finding.place} ({finding.rule}): {finding.what}", "not bold dim")
    for reason in report.skipped:
        text.append(f"\n  not tried: {reason}", "not bold")
    return text


def entry_json(entry: Any) -> dict:
    return {
        "student": entry.student,
        "score": entry.score,
        "max_score": entry.max_score,
        "needs_review": entry.needs_review,
        "notes": list(entry.notes),
        "seconds": entry.seconds,
        "stamp": entry.stamp,
        "checks": {
            check.grade_id: {
                "points": check.points,
                "max_points": check.max_points,
                "verdict": str(check.verdict),
                "mistake": check.mistake.name if check.mistake else None,
            }
            for judged in entry.judgements
            for check in judged.checks
        },
    }
