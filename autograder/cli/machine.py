"""Commands that look at this machine and at the engine itself: demo, bench, doctor."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from autograder.cli.options import (
    EXIT_ERROR,
    HERE,
    AsJson,
    NoSandbox,
    Root,
    app,
    open_here,
    print_json,
    provisioner_for,
)
from autograder.cli.screen import Screen, err, out
from autograder.cli.tables import (
    class_table,
    findings_table,
)
from autograder.errors import UserError


@app.command(rich_help_panel="This machine")
def demo(
    folder: Annotated[Path, typer.Option("--folder", help="Where to make it.")] = Path("demo"),
    week: Annotated[str, typer.Option("--week", help="Which week.")] = "week01_word2vec",
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Processes.")] = None,
    no_sandbox: NoSandbox = False,
    course_root: Root = HERE,
) -> None:
    """Take a real week through the whole loop with eleven sample submissions."""
    course = open_here(course_root)
    from autograder.demo.demo import demo as run_demo
    from autograder.run.grade import Options
    from autograder.week import open_week

    options = Options(workers=workers, provisioner=provisioner_for(no_sandbox))
    with Screen() as screen:
        result = run_demo(open_week(course, week), folder.resolve(), options, screen)
    out.print(class_table(result.run, {m.student: m.promise for m in result.members}))
    graded, unchanged = len(result.run.graded), len(result.run.unchanged)
    out.print(f"{graded} graded, {unchanged} unchanged, {result.run.seconds:.1f} s.")
    pages = result.feedback.pages[0].parent.parent.parent
    out.print(f"Look at   {result.report}", highlight=False, soft_wrap=True)
    out.print(f"and at    {pages}/STUDENT/{week}/", highlight=False, soft_wrap=True)
    if result.broken:
        raise UserError("A promise was not kept: " + "; ".join(result.broken) + ".")


@app.command(rich_help_panel="Grade")
def archive(
    term: Annotated[str, typer.Argument(help="Its name, such as 2026-1.")],
    course_root: Root = HERE,
    as_json: AsJson = False,
) -> None:
    """Keep a term: gradebook, submissions, reports, versions, and a page on how to open it again.

    One file in archives/, readable by you alone: it holds names, scores and hidden answers.
    """
    course = open_here(course_root)
    from autograder.desk.archiving import archive as keep

    with err.status("Writing the archive, and reading it back …"):
        done = keep(course, term)
    if as_json:
        print_json(dataclasses.asdict(done))
        return
    out.print(
        f"{done.path}: {done.files} files, {done.size / 1e6:.1f} MB, read back and whole.",
        highlight=False, soft_wrap=True,
    )  # fmt: skip
    for remark in done.remarks:
        out.print(remark, markup=False, highlight=False, soft_wrap=True)
    out.print("How to open it later stands in its OPEN.md. Keep it where exams are kept.")


@app.command(rich_help_panel="This machine")
def bench(
    count: Annotated[int, typer.Option("--count", min=1, help="Submissions.")] = 20,
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="Shuffled rounds.")] = 3,
    workers: Annotated[int, typer.Option("--workers", min=1, help="For the runs of ours.")] = 2,
    otter: Annotated[bool, typer.Option("--otter", help="Install otter aside; 1 GB.")] = False,
    growth: Annotated[
        list[int] | None, typer.Option("--growth", help="Also a class of this size; repeatable.")
    ] = None,
    week: Annotated[
        str | None, typer.Option("--week", help="Also a week of this course, beside its own code.")
    ] = None,
    term: Annotated[
        int | None,
        typer.Option(
            "--term", min=1, help="Only what a term of this course costs for so many students."
        ),
    ] = None,
    course_root: Root = HERE,
    as_json: AsJson = False,
) -> None:
    """Measure our grader and its peers side by side, on the same solutions in one run.

    Close other programs: where no control group can be made, processor time is that of the whole
    machine.
    """
    if term:
        _bench_term(term, count, workers, course_root, as_json)
        return
    from autograder.bench.run import BenchOptions, render
    from autograder.bench.run import bench as run_bench
    from autograder.course_folder import open_course

    options = BenchOptions(count, rounds, otter, tuple(growth or ()), workers, week)
    course = open_course(course_root) if week else None
    result = run_bench(options, lambda text: err.print(text, highlight=False), course)
    if as_json:
        print_json(result.as_json())
    else:
        out.print(render(result))


def _bench_term(students: int, count: int, workers: int, root: Path, as_json: bool) -> None:
    from autograder.bench.term import bench_term, render_term
    from autograder.course_folder import open_course

    found = bench_term(open_course(root), students, count, workers, err.print)
    if as_json:
        print_json(found.as_json())
    else:
        out.print(render_term(found))


@app.command(rich_help_panel="This machine")
def doctor(course_root: Root = HERE, as_json: AsJson = False) -> None:
    """Look at this machine: packages, course folder, and a sandbox tried with canaries."""
    from autograder.cli.doctor import doctor as look

    with err.status("Looking at this machine …"):
        findings = look(course_root.resolve())
    if as_json:
        print_json([dataclasses.asdict(finding) for finding in findings])
    else:
        out.print(findings_table(findings))
    if not all(finding.ok for finding in findings):
        raise typer.Exit(EXIT_ERROR)
