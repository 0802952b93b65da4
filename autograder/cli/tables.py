"""What the command line prints when a command is done: tables for people, dictionaries for JSON."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from rich.markup import escape
from rich.table import Table
from rich.text import Text


def class_table(run: Any, promises: dict[str, str] | None = None) -> Table:
    """A line a student: the whole score, what it is made of, what was found."""
    table = Table(title=run.week, title_justify="left")
    for column in ("student", "score", "points", "what was found"):
        table.add_column(column, justify="right" if column == "score" else "left")
    if promises:
        table.add_column("expected")
    for entry in run.entries:
        standing = run.standings.get(entry.student)
        row = [entry.student, _score(entry, standing), standing.words if standing else ""]
        if entry.score is None:
            row[2] = ""
        # a student chose the names of files that a reason quotes: no markup in them
        found = [*_flags(run, entry, standing), _found(entry)]
        row += [escape("; ".join(found))]
        table.add_row(*row, *([promises.get(entry.student, "")] if promises else []))
    return table


def _score(entry: Any, standing: Any) -> str:
    if entry.score is None:
        return "review"
    if standing is None or standing.total is None:
        return f"{entry.score:g}/{entry.max_score:g}"
    return f"{round(standing.total, 2):g}/{standing.most:g}"


def _found(entry: Any) -> str:
    if entry.needs_review:
        return str(entry.needs_review)
    lost = [check for judged in entry.judgements for check in judged.checks if check.points <
            check.max_points]  # fmt: skip
    parts = [f"{c.exercise}: {c.mistake.name if c.mistake else c.verdict}" for c in lost]
    if len(lost) > 3 and len({check.verdict for check in lost}) == 1:
        parts = [f"{len(lost)} checks: {lost[0].verdict}"]
    return "; ".join([*(parts or ["all checks pass"]), *entry.notes])


def _flags(run: Any, entry: Any, standing: Any) -> list[str]:
    """What a person has to know about a score beside its checks."""
    flags = []
    late = run.lateness.get(entry.student)
    if late is not None and late.seconds:
        flags.append(late_words(late))
    if standing is not None and standing.stale:
        cells = ", ".join(standing.stale)
        flags.append(f"by hand, on work that has changed since: {cells}")
    return flags


def late_words(late: Any) -> str:
    """How late a submission is, and what it cost, in a few words."""
    minutes = int(late.seconds // 60)
    days, hours = divmod(minutes // 60, 24)
    parts = [f"{days} d"] if days else []
    parts += [f"{hours} h"] if hours else []
    span = " ".join([*parts, f"{minutes % 60} min"])
    slipped = f", {late.charge.slipped} slip days" if late.charge.slipped else ""
    cost = f"{round(late.penalty, 2):g} points off" if late.penalty else "nothing taken off"
    return f"{span} late, {cost}{slipped}"


def class_notes(run: Any) -> list[str]:
    """Who has not handed in, whose time is not known, and the true next step."""
    notes = []
    if run.missing:
        names = ", ".join(f"{one.student} {one.name}".strip() for one in run.missing[:40])
        notes.append(f"Not handed in ({len(run.missing)}): {names}.")
    late = [one for one in run.lateness.values() if one.seconds]
    if late:
        cost = sum(one.penalty for one in late)
        notes.append(f"Late: {len(late)}, {round(cost, 2):g} points taken off in all.")
    timeless = sum(not one.known for one in run.lateness.values())
    if timeless and late:
        notes.append(f"When {timeless} others arrived is not known: nobody of them is late.")
    return [*notes, _next_step(run)]


def _next_step(run: Any) -> str:
    reviews = sum(entry.needs_review is not None for entry in run.entries)
    readers = sum(bool(one.to_read or one.stale) for one in run.standings.values())
    if reviews:
        return f"Next: {reviews} to review. Do what each line says, and run the same command again."
    if readers:
        whose = f"{readers} student{'s' * (readers != 1)}"
        return (
            f"Next: answers of {whose} wait for a reader: JupyterLab, Nbgrader, Formgrader, "
            f"Manual Grading. Then `autograder feedback {run.week}`."
        )
    return f"Next: `autograder feedback {run.week}`, `autograder report {run.week}`."


def preview_table(run: Any) -> Table:
    """Final scores now and as they would be: points by hand and lateness included."""
    table = Table(title=f"{run.week}: nothing was written", title_justify="left")
    for column in ("student", "now", "would be", "change", "made of"):
        table.add_column(column, justify="left" if column in ("student", "made of") else "right")
    for entry in sorted(run.graded, key=lambda entry: entry.student):
        before, after = run.standings_before.get(entry.student), run.standings.get(entry.student)
        old, new = before and before.total, after and after.total
        if old != new:
            change = "" if new is None else f"{new - (old or 0):+g}"
            words = after.words if after and new is not None else ""
            table.add_row(entry.student, _points(old), _points(new), change, words)
    if not table.rows:
        table.add_row("nobody", "", "", "0", "")
    return table


def _points(score: float | None) -> str:
    return "none" if score is None else f"{round(score, 2):g}"


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


def report_notes(found: Any) -> list[str]:
    """What else the page of the report tells, in a sentence each."""
    notes = list(found.void_words)
    if found.groups:
        count = sum(len(group.students) for group in found.groups)
        notes.append(
            f"Wrong in the same way, without a name: {count} answers, groups of "
            f"{', '.join(str(len(group.students)) for group in found.groups[:12])}."
        )
    doubtful = [f"{one.check}/{one.label}" for one in found.items if one.doubtful]
    if doubtful:
        notes.append(f"The strong do no better than the weak at: {', '.join(doubtful[:8])}.")
    if found.alike:
        notes.append(f"{len(found.alike)} pairs of submissions are worth a look side by side.")
    if found.fallen and len(found.weeks) > 1:
        notes.append(f"Far below their earlier weeks: {len(found.fallen)} students.")
    return notes


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


def standing_json(run: Any, student: str) -> dict:
    """The whole score and the lateness of a student, for --json."""
    standing, late = run.standings.get(student), run.lateness.get(student)
    if standing is None:
        return {}
    return {
        "total": standing.total, "of": standing.most, "by_hand": standing.by_hand,
        "to_read": standing.to_read, "late_points": standing.late,
        "late_seconds": late.seconds if late else None, "stale": list(standing.stale),
    }  # fmt: skip


def entry_json(entry: Any) -> dict:
    return {
        "student": entry.student,
        "score": entry.score,
        "max_score": entry.max_score,
        "needs_review": entry.needs_review,
        "notes": list(entry.notes),
        "seconds": entry.seconds,
        "peak_mb": entry.peak_mb,
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
