"""Commands of a term: grade, feedback, report."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from autograder.cli.options import (
    EXIT_REVIEW,
    HERE,
    AsJson,
    NoSandbox,
    Root,
    Week,
    app,
    open_here,
    print_json,
    provisioner_for,
)
from autograder.cli.screen import Screen, err, out
from autograder.cli.tables import (
    checks_table,
    class_notes,
    class_table,
    entry_json,
    preview_table,
    report_notes,
    standing_json,
)
from autograder.errors import UserError


@app.command(rich_help_panel="Grade")
def grade(
    week: Week,
    course_root: Root = HERE,
    student: Annotated[
        list[str] | None, typer.Option("--student", help="Only this student; may be repeated.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Grade again what is unchanged.")] = False,
    preview: Annotated[
        bool, typer.Option("--preview", help="Say who would gain or lose; write nothing.")
    ] = False,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Processes.")] = None,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", help="A Dask scheduler: tls://host:8786.")
    ] = None,
    insecure_scheduler: Annotated[
        bool,
        typer.Option("--insecure-scheduler", help="Take a tcp:// scheduler on another machine."),
    ] = False,
    no_sandbox: NoSandbox = False,
    as_json: AsJson = False,
) -> None:
    """Grade what students handed in: only what has changed since the last run."""
    course = open_here(course_root)
    from autograder.journal import journal_path
    from autograder.run.early_start import anything_newer, shared_spec, start_early
    from autograder.week import open_week

    assignment, provisioner = open_week(course, week), provisioner_for(no_sandbox)
    spec = shared_spec(assignment, provisioner, scheduler)
    if spec is not None:
        folders = [assignment.folder("submitted", one) for one in student or assignment.students()]
        if force or anything_newer(folders, journal_path(assignment)):
            # before the other imports, which take half a second: a run waits for nothing longer
            start_early(spec)
    from autograder.run.grade import Options
    from autograder.run.grade import grade as grade_week

    options = Options(
        tuple(student or ()),
        force,
        preview,
        workers,
        scheduler,
        insecure_scheduler,
        provisioner,
    )
    with Screen() as screen:
        run = grade_week(assignment, options, screen)
    if as_json:
        print_json(
            {
                "week": week, "seconds": round(run.seconds, 3), "graded": len(run.graded),
                "unchanged": len(run.unchanged), "counts": dict(run.counts),
                "missing": [member.student for member in run.missing],
                "entries": [
                    entry_json(entry) | standing_json(run, entry.student) for entry in run.entries
                ],
            }
        )  # fmt: skip
    elif preview:
        out.print(preview_table(run))
    else:
        out.print(class_table(run))
        out.print(f"{len(run.graded)} graded, {len(run.unchanged)} unchanged, {run.seconds:.1f} s.")
        for note in class_notes(run):
            out.print(note, markup=False, highlight=False, soft_wrap=True)
    if any(entry.needs_review for entry in run.entries):
        raise typer.Exit(EXIT_REVIEW)


@app.command(rich_help_panel="Grade")
def feedback(
    week: Week,
    course_root: Root = HERE,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Processes.")] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write pages again, changed or not.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write the feedback page of each student: only where something has changed.

    Stopped in the middle? The same command goes on. A submission without a score gets a page that
    says what happens next.
    """
    course = open_here(course_root)
    from autograder.pages.feedback import write_feedback
    from autograder.run.scheduling import default_workers
    from autograder.week import open_week

    opened = open_week(course, week)
    with Screen() as screen:
        written = write_feedback(
            opened, workers or default_workers(1024), screen.advance, force,
            lambda total: screen.begin("Writing pages", total),
        )  # fmt: skip
    if as_json:
        print_json(dataclasses.asdict(written))
    else:
        pages = "page" if len(written.pages) == 1 else "pages"
        out.print(f"{len(written.pages)} feedback {pages} under feedback/STUDENT/{week}/.")
    if written.plain:
        err.print(
            f"In plain form, because they take too long to draw: {', '.join(written.plain)}.",
            markup=False, soft_wrap=True,
        )  # fmt: skip
    if written.failed:
        raise UserError(
            f"No feedback could be made for {', '.join(written.failed)}.",
            f"See why with `nbgrader generate_feedback {week} --student STUDENT`.",
        )


@app.command(rich_help_panel="Grade")
def report(week: Week, course_root: Root = HERE, as_json: AsJson = False) -> None:
    """Show the class: scores, checks, common mistakes, and who needs a review."""
    course = open_here(course_root)
    from autograder.pages.report import read_report, write_report
    from autograder.week import open_week

    found = read_report(open_week(course, week))
    html, table = write_report(course, found)
    if as_json:
        print_json(
            {
                "week": week, "html": str(html), "csv": str(table), "max_score": found.max_score,
                "entries": [entry_json(entry) for entry in found.entries],
                "probes": [dataclasses.asdict(one) for one in found.items],
                "unnamed": [dataclasses.asdict(one) for one in found.groups],
                "alike": [dataclasses.asdict(one) for one in found.alike],
                "sections": [dataclasses.asdict(one) for one in found.sections],
            }
        )  # fmt: skip
        return
    out.print(checks_table(found))
    for sentence in report_notes(found):
        out.print(sentence, markup=False, highlight=False, soft_wrap=True)
    out.print(f"Look at {html}, or load {table}.", highlight=False)
