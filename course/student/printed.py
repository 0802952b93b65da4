"""What `course check` and `course data` print for a person."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from course.data import DataFile
from course.phrases import tr
from course.student.check import CheckReport

COLOURS = {"passes": "green", "not written yet": "yellow"}


def show_check(report: CheckReport, out: Console) -> None:
    """Exercises, written questions, time, what would be refused or lost, and the sum."""
    out.print(f"[bold]{report.week}[/bold]  {escape(str(report.path))}\n", soft_wrap=True)
    for trouble in report.troubles:
        out.print(f"[red]{tr('trouble')}[/red]  {escape(tr(trouble))}")
    _show_exercises(report, out)
    _show_written(report, out)
    _show_time(report, out)
    _show_findings(report, out)
    _show_sum(report, out)


def _show_exercises(report: CheckReport, out: Console) -> None:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right")
    table.add_column(overflow="fold")
    for exercise in report.exercises:
        colour = COLOURS.get(exercise.state, "red")
        points = f"{exercise.points:g} points" if exercise.points != 1 else "1 point"
        title = escape(exercise.title)
        state = tr(exercise.state)
        table.add_row(f"[{colour}]{state}[/{colour}]", tr(points), f"[bold]{title}[/bold]")
        if exercise.message and exercise.state != "not written yet":
            table.add_row("", "", escape(tr(exercise.message)))
    if report.exercises:
        out.print(table)
    else:
        out.print("This notebook has no check cells: is it a notebook of the course?")


def _show_written(report: CheckReport, out: Console) -> None:
    for question in report.written:
        state = tr("answered" if question.answered else "not answered yet")
        points = f" ({question.points:g} points)" if question.points else ""
        out.print(f"\nWritten question{points}: {state}. A person reads it.")


def _show_time(report: CheckReport, out: Console) -> None:
    limits, (slowest, seconds) = report.limits, report.slowest
    out.print(
        f"\nTime: {report.seconds:.1f} s of the {limits.submission_seconds:.0f} s allowed; slowest "
        f"cell '{escape(slowest)}': {seconds:.1f} s of {limits.cell_seconds:.0f} s."
    )


def _show_findings(report: CheckReport, out: Console) -> None:
    for finding in report.findings:
        colour = "bold" if finding.severity == "note" else "red"
        lead = f"[{colour}]{tr(finding.severity)}[/{colour}]"
        out.print(f"{lead}: {escape(tr(finding.text))}")
    if not report.compared:
        out.print(
            "There is no original beside your file, so this check cannot tell whether you have "
            "deleted a cell."
        )


def _show_sum(report: CheckReport, out: Console) -> None:
    text = f"Visible checks passed for {report.points_passed:g} of {report.points:g} points"
    colour = "green" if report.clean else "bold"
    later = tr("Points are decided by hidden checks, at grading.")
    out.print(f"\n[{colour}]{tr(text)}[/{colour}]. {later}")


def show_data(problems: dict[str, str], out: Console) -> None:
    """The data that ships, a row a file; the many files of speech in one row."""
    from course.data import DATA_DIR, manifest

    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("file", no_wrap=True)
    table.add_column("kB", justify="right")
    table.add_column("source", overflow="fold")
    table.add_column("licence", overflow="fold")
    table.add_column("")
    files = list(manifest().values())
    speech = [file for file in files if file.name.startswith("speech/")]
    for file in files:
        if file not in speech:
            table.add_row(*_data_row(file.name, [file], problems))
    table.add_row(*_data_row(f"speech/ ({len(speech)} files)", speech, problems))
    out.print(table)
    total = sum(file.size for file in files) / 1e6
    out.print(f"\n{len(files)} files, {total:.1f} MB in {escape(str(DATA_DIR))}", soft_wrap=True)
    out.print("README.md there says more. In a notebook: from course.data import load_glove")


def _data_row(name: str, files: list[DataFile], problems: dict[str, str]) -> tuple[str, ...]:
    damaged = any(problems[file.name] for file in files)
    state = "[red]damaged[/red]" if damaged else "[green]intact[/green]"
    size = f"{sum(file.size for file in files) / 1000:,.0f}"
    return escape(name), size, escape(files[0].source), escape(files[0].licence), state
