"""`autograder`: release, grade, feedback, report, prove; in the words of nbgrader."""

from __future__ import annotations

import atexit
import dataclasses
import errno
import gc
import json
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from sqlalchemy.exc import DatabaseError

from autograder.errors import GraderFault, UserError
from autograder.run.progress import Watcher

# nbgrader starts `alembic` by name when it makes a gradebook: let it find the one beside us
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"

EXIT_ERROR, EXIT_REVIEW, EXIT_UNPROVED = 1, 3, 4

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Grade notebooks in a sandbox, with nbgrader's gradebook, and say what went wrong.\n\n"
    "The usual order: [bold]release[/] a week, collect what students hand in, [bold]grade[/] it, "
    "write [bold]feedback[/], read the [bold]report[/].\n\n"
    "Exit codes: 0 done · 1 could not be done (one sentence says why) · 2 wrong usage · "
    "3 done, but submissions need a review · 4 a proof failed.",
)
out, err = Console(), Console(stderr=True)

Week = Annotated[str, typer.Argument(help="The assignment, such as week01_word2vec.")]
Weeks = Annotated[list[str] | None, typer.Argument(help="Assignments; none means all of them.")]
Root = Annotated[Path, typer.Option("--course-root", help="The folder of nbgrader_config.py.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")]
NoSandbox = Annotated[
    bool,
    typer.Option("--no-sandbox", help="Run students' code as yourself, unprotected. Stamped."),
]
HERE = Path(".")
PROOF_COLUMNS = 150  # a line a week: better too wide for a terminal than cut
WORK_ON_A_COPY = "Make it writable for this user, or work on a copy of the course."
MAKE_ROOM = "Make room, then run the command again."
DISK_REMEDIES = {
    errno.EACCES: WORK_ON_A_COPY, errno.EPERM: WORK_ON_A_COPY, errno.EROFS: WORK_ON_A_COPY,
    errno.ENOSPC: MAKE_ROOM, errno.EDQUOT: MAKE_ROOM,
}  # fmt: skip


class Screen(Watcher):
    """Progress for people on stderr, so that --json leaves stdout clean."""

    def __init__(self, check: Callable[[], None] = lambda: None) -> None:
        self.check: Callable[[], None] | None = check  # to be called once, before code runs
        self.progress = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(),
            TextColumn("{task.fields[counts]}"), console=err, transient=True,
        )  # fmt: skip
        self.task: Any = None
        self.found: dict[str, int] = {}

    def __enter__(self) -> Screen:
        self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.progress.live.stop()  # Progress.stop leaves an empty line where there is no terminal

    def say(self, text: str) -> None:
        err.print(text, markup=False, highlight=False)

    def before_running(self) -> None:
        check, self.check = self.check, None
        if check is not None:
            check()

    def start(self, total: int) -> None:
        self.task = self.progress.add_task("Grading", total=total, counts="")

    def done(self, entry: Any) -> None:
        kinds = ["needs review"] if entry.needs_review else []
        kinds += [str(check.verdict) for judged in entry.judgements for check in judged.checks]
        for kind in kinds:
            self.found[kind] = self.found.get(kind, 0) + 1
        counts = " · ".join(f"{count} {kind}" for kind, count in sorted(self.found.items()))
        self.progress.update(self.task, advance=1, counts=counts)


def _open(root: Path) -> Any:
    """Open the course: the first thing a command does, so that `quick_start` comes in time."""
    from autograder.light_imports import import_jsonschema

    import_jsonschema()
    from autograder.course_folder import open_course

    return open_course(root)


@app.command()
def release(
    weeks: Weeks = None,
    course_root: Root = HERE,
    skip_proof: Annotated[
        bool, typer.Option("--skip-proof", help="Do not prove the checks first.")
    ] = False,
    no_sandbox: NoSandbox = False,
    as_json: AsJson = False,
) -> None:
    """Run the reference twice, prove the checks, and generate release/ for students."""
    course = _open(course_root)
    from autograder.edition.release import release as release_week
    from autograder.proof.prove import prove_week, render
    from autograder.week import open_week

    provisioner = _provisioner(no_sandbox)
    released = []
    for name in weeks or course.weeks():
        week = open_week(course, name)
        with Screen() as screen:
            if not skip_proof:
                screen.say(f"Proving the checks of {name} …")
                proof = prove_week(
                    week, seeds=2, mutants=False, provisioner=provisioner, say=screen.say
                )
                if not proof.ok:
                    err.print(render([proof]))
                    raise UserError(
                        f"{name} is not released: its checks could not be proved.",
                        f"Repair what the table shows, or see `autograder prove {name}`.",
                    )
            made = release_week(week, provisioner, screen.say)
        released.append(made)
        if not as_json:
            points = f"{made.points:g} points, reference {made.seconds:.1f} s"
            out.print(f"Released [bold]{name}[/]: {points}. Students get release/{name}/.")
    if as_json:
        _print_json([dataclasses.asdict(made) for made in released])


@app.command()
def collect(
    week: Week,
    download: Annotated[Path, typer.Argument(help="A folder, zip or tar, as the LMS gave it.")],
    course_root: Root = HERE,
    name_pattern: Annotated[
        str, typer.Option("--name-pattern", help="Regular expression with (?P<student>…).")
    ] = r"(?P<student>[^/]+)/",
    roster: Annotated[
        Path | None, typer.Option("--roster", help="CSV: name in the LMS, student id.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Sort an LMS download into submitted/, strictly; earlier versions are kept."""
    from autograder.intake.collect import collect as collect_week

    course = _open(course_root)
    done = collect_week(course, week, download, name_pattern, roster)
    if as_json:
        _print_json([dataclasses.asdict(one) for one in done])
    else:
        for one in done:
            out.print(f"{one.outcome:10}{one.student}  {one.reason}", markup=False, soft_wrap=True)
        taken = sum(one.outcome != "refused" for one in done)
        refused = len(done) - taken
        out.print(f"{taken} collected, {refused} refused. Next: `autograder grade {week}`.")
    if any(one.outcome == "refused" for one in done):
        raise typer.Exit(EXIT_REVIEW)


@app.command()
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
        str | None, typer.Option("--scheduler", help="A Dask scheduler: tcp://host:8786.")
    ] = None,
    no_sandbox: NoSandbox = False,
    as_json: AsJson = False,
) -> None:
    """Grade what students handed in: only what has changed since the last run."""
    course = _open(course_root)
    from autograder.run.grade import Options
    from autograder.run.grade import grade as grade_week
    from autograder.week import open_week

    options = Options(
        tuple(student or ()), force, preview, workers, scheduler, sandbox=not no_sandbox
    )
    with Screen(lambda: _selftest(course, options, scheduler)) as screen:
        run = grade_week(open_week(course, week), options, screen)
    if as_json:
        _print_json(
            {
                "week": week, "seconds": round(run.seconds, 3), "graded": len(run.graded),
                "unchanged": len(run.unchanged), "counts": dict(run.counts),
                "entries": [_entry_json(entry) for entry in run.entries],
            }
        )  # fmt: skip
    elif preview:
        out.print(_preview_table(run))
    else:
        out.print(_class_table(run))
        out.print(
            f"{len(run.graded)} graded, {len(run.unchanged)} unchanged, {run.seconds:.1f} s. "
            f"Next: `autograder feedback {week}`, `autograder report {week}`."
        )
    if any(entry.needs_review for entry in run.entries):
        raise typer.Exit(EXIT_REVIEW)


@app.command()
def feedback(
    week: Week,
    course_root: Root = HERE,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Processes.")] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Write pages again, changed or not.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write each student's feedback page, with nbgrader's own generate_feedback."""
    course = _open(course_root)
    from autograder.pages.feedback import write_feedback
    from autograder.run.scheduling import default_workers
    from autograder.week import open_week

    opened = open_week(course, week)
    with err.status(f"Writing feedback for {week} …"):
        written = write_feedback(opened, workers or default_workers(1024), force=force)
    if as_json:
        _print_json(dataclasses.asdict(written))
    else:
        out.print(f"{len(written.pages)} feedback pages under feedback/STUDENT/{week}/.")
    if written.failed:
        raise UserError(
            f"No feedback could be made for {', '.join(written.failed)}.",
            f"See why with `nbgrader generate_feedback {week} --student STUDENT`.",
        )


@app.command()
def report(week: Week, course_root: Root = HERE, as_json: AsJson = False) -> None:
    """Show the class: scores, checks, common mistakes, and who needs a review."""
    course = _open(course_root)
    from autograder.pages.report import read_report, write_report
    from autograder.week import open_week

    found = read_report(open_week(course, week))
    html, table = write_report(course, found)
    if as_json:
        _print_json(
            {
                "week": week, "html": str(html), "csv": str(table), "max_score": found.max_score,
                "entries": [_entry_json(entry) for entry in found.entries],
            }
        )  # fmt: skip
        return
    out.print(_checks_table(found))
    out.print(f"Look at {html}, or load {table}.", highlight=False)


@app.command()
def publish(
    target: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="A folder, or a zip: NAME.zip.")
    ] = None,
    branch: Annotated[
        str | None, typer.Option("--branch", help="A git branch for students, in place of DIR.")
    ] = None,
    week: Annotated[
        list[str] | None, typer.Option("--week", help="Only this week; may be repeated.")
    ] = None,
    course_root: Root = HERE,
    as_json: AsJson = False,
) -> None:
    """Write the students' edition: course, released notebooks, set-up; nothing of yours.

    It is searched for solutions, hidden checks and hints first. A folder from last time is brought
    up to date; a branch gets one commit, without touching your working tree.
    """
    from autograder.edition.publish import publish as write_edition

    made = write_edition(_open(course_root), target, branch, week or ())
    if as_json:
        _print_json(dataclasses.asdict(made))
        return
    out.print(
        f"{made.files} files, {made.size / 1e6:.1f} MB for students: {made.place}", soft_wrap=True
    )
    out.print(f"Weeks: {', '.join(made.weeks)}. No solution, hidden check or hint is in it.")


@app.command()
def prove(
    weeks: Weeks = None,
    every: Annotated[bool, typer.Option("--all", help="All weeks, seeds and mutants.")] = False,
    course_root: Root = HERE,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="Seeds to try.")] = 20,
    mutants: Annotated[bool, typer.Option("--mutants/--no-mutants", help="Try mutants.")] = True,
    no_sandbox: NoSandbox = False,
    as_json: AsJson = False,
) -> None:
    """Show that the checks are right: they pass what is right and fail what is wrong."""
    course = _open(course_root)
    from autograder.proof.prove import prove_week, render
    from autograder.week import open_week

    chosen = course.weeks() if every or not weeks else weeks
    proofs = []
    for week in chosen:
        with Screen() as screen:
            screen.say(f"Proving {week} …")
            proofs.append(
                prove_week(
                    open_week(course, week), seeds=seeds, mutants=mutants,
                    provisioner=_provisioner(no_sandbox), say=screen.say,
                )
            )  # fmt: skip
    if as_json:
        _print_json([dataclasses.asdict(proof) for proof in proofs])
    else:
        Console(width=max(out.width, PROOF_COLUMNS)).print(render(proofs))
    if not all(proof.ok for proof in proofs):
        raise typer.Exit(EXIT_UNPROVED)


@app.command()
def demo(
    folder: Annotated[Path, typer.Option("--folder", help="Where to make it.")] = Path("demo"),
    week: Annotated[str, typer.Option("--week", help="Which week.")] = "week01_word2vec",
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Processes.")] = None,
    no_sandbox: NoSandbox = False,
    course_root: Root = HERE,
) -> None:
    """Take a real week through the whole loop with eleven sample submissions."""
    course = _open(course_root)
    from autograder.demo.demo import demo as run_demo
    from autograder.run.grade import Options
    from autograder.week import open_week

    options = Options(workers=workers, sandbox=not no_sandbox)
    _selftest(course, options, None)
    with Screen() as screen:
        result = run_demo(open_week(course, week), folder.resolve(), options, screen)
    out.print(_class_table(result.run, {m.student: m.promise for m in result.members}))
    graded, unchanged = len(result.run.graded), len(result.run.unchanged)
    out.print(f"{graded} graded, {unchanged} unchanged, {result.run.seconds:.1f} s.")
    pages = result.feedback.pages[0].parent.parent.parent
    out.print(f"Look at   {result.report}", highlight=False, soft_wrap=True)
    out.print(f"and at    {pages}/STUDENT/{week}/", highlight=False, soft_wrap=True)
    if result.broken:
        raise UserError("A promise was not kept: " + "; ".join(result.broken) + ".")


@app.command()
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
    course_root: Root = HERE,
    as_json: AsJson = False,
) -> None:
    """Measure our grader and its peers side by side, on the same solutions in one run.

    Close other programs: processor time is that of the whole machine.
    """
    from autograder.bench.run import BenchOptions, render
    from autograder.bench.run import bench as run_bench
    from autograder.course_folder import open_course

    options = BenchOptions(count, rounds, otter, tuple(growth or ()), workers, week)
    course = open_course(course_root) if week else None
    result = run_bench(options, lambda text: err.print(text, highlight=False), course)
    if as_json:
        _print_json(result.as_json())
    else:
        out.print(render(result))


@app.command()
def doctor(course_root: Root = HERE, as_json: AsJson = False) -> None:
    """Look at this machine: packages, course folder, and a sandbox tried with canaries."""
    from autograder.cli.doctor import doctor as look
    from autograder.course_folder import SANDBOX, WARM

    with err.status("Looking at this machine …"):
        findings = look(course_root.resolve(), (SANDBOX, WARM))
    if as_json:
        _print_json([dataclasses.asdict(finding) for finding in findings])
    else:
        out.print(_findings_table(findings))
    if not all(finding.ok for finding in findings):
        raise typer.Exit(EXIT_ERROR)


# ------------------------------------------------------------------------------------ pieces
def _provisioner(no_sandbox: bool) -> str | None:
    from autograder.course_folder import UNPROTECTED

    return UNPROTECTED if no_sandbox else None


def _selftest(course: Any, options: Any, scheduler: str | None) -> None:
    """Fail closed: no grading without a sandbox that has just shown that it holds."""
    from autograder.sandbox.gate import selftest

    if not options.sandbox or scheduler:
        return
    err.print("Trying the sandbox …")
    try:
        leaks = [found for found in selftest(course.settings.provisioner) if not found.ok]
    except RuntimeError as error:
        raise _no_sandbox(f"{error}") from error
    if leaks:
        raise _no_sandbox("; ".join(f"{f.name}: {f.detail} {f.remedy}" for f in leaks))


def _no_sandbox(why: str) -> UserError:
    return UserError(
        f"The sandbox does not hold here: {why.strip()}",
        "Nothing was run and no score was written. See `autograder doctor`. The ways out: a Linux "
        "server, the container recipe in course/guide/host.md, or `--no-sandbox` for one run.",
    )


def _class_table(run: Any, promises: dict[str, str] | None = None) -> Table:
    table = Table(title=run.week, title_justify="left")
    for column in ("student", "score", "what was found"):
        table.add_column(column, justify="right" if column == "score" else "left")
    if promises:
        table.add_column("expected")
    for entry in run.entries:
        score = "review" if entry.score is None else f"{entry.score:g}/{entry.max_score:g}"
        # a student chose the names of files that a reason quotes: no markup in them
        row = [entry.student, score, _escaped(_found(entry))]
        table.add_row(*row, *([promises.get(entry.student, "")] if promises else []))
    return table


def _found(entry: Any) -> str:
    if entry.needs_review:
        return str(entry.needs_review)
    lost = [check for judged in entry.judgements for check in judged.checks if check.points <
            check.max_points]  # fmt: skip
    if len(lost) > 3 and len({check.verdict for check in lost}) == 1:
        return f"{len(lost)} checks: {lost[0].verdict}"
    parts = [f"{c.exercise}: {c.mistake.name if c.mistake else c.verdict}" for c in lost]
    return "; ".join([*parts, *entry.notes]) or "all checks pass"


def _preview_table(run: Any) -> Table:
    table = Table(title=f"{run.week}: nothing was written", title_justify="left")
    for column in ("student", "now", "would be", "change"):
        table.add_column(column, justify="left" if column == "student" else "right")
    for entry in sorted(run.graded, key=lambda entry: entry.student):
        before = run.before.get(entry.student)
        old = before.score if before else None
        change = (entry.score or 0) - (old or 0)
        if entry.score != old:
            table.add_row(entry.student, _points(old), _points(entry.score), f"{change:+g}")
    if not table.rows:
        table.add_row("nobody", "", "", "0")
    return table


def _points(score: float | None) -> str:
    return "none" if score is None else f"{score:g}"


def _checks_table(found: Any) -> Table:
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


def _findings_table(findings: list[Any]) -> Table:
    table = Table(title="autograder doctor", title_justify="left")
    for column in ("", "what", "found", "what to do"):
        table.add_column(column, overflow="fold")
    for finding in findings:
        mark = "[green]ok[/]" if finding.ok else "[red]no[/]"
        table.add_row(mark, finding.name, finding.detail, finding.remedy)
    return table


def _entry_json(entry: Any) -> dict:
    return {
        "student": entry.student,
        "score": entry.score,
        "max_score": entry.max_score,
        "needs_review": entry.needs_review,
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


def _print_json(value: Any) -> None:
    print(json.dumps(value, indent=2, default=str))


def main() -> None:
    """Entry point: a UserError is one sentence and exit code 1, never a traceback."""
    logging.disable(logging.WARNING)
    # nbgrader's imports make objects by the hundred thousand, and all of them stay: looking through
    # them for garbage, again and again and once more at the end, was a third of a short command
    gc.set_threshold(100_000)
    atexit.register(gc.freeze)
    # nbgrader logs a traceback for each database error before it raises; we say it in a sentence
    logging.getLogger("tornado.application").setLevel(logging.CRITICAL)
    try:
        app()
    except (UserError, GraderFault) as error:
        err.print(f"[bold red]autograder:[/] {_escaped(str(error))}", soft_wrap=True)
        raise SystemExit(EXIT_ERROR) from None
    except OSError as error:
        remedy = DISK_REMEDIES.get(error.errno or 0)
        if remedy is None:
            raise
        place = _escaped(str(error.filename or "A file"))
        err.print(
            f"[bold red]autograder:[/] {place} cannot be written: {error.strerror}. {remedy} "
            "What was finished before is kept.",
            soft_wrap=True,
        )
        raise SystemExit(EXIT_ERROR) from None
    except DatabaseError as error:
        err.print(
            f"[bold red]autograder:[/] The gradebook does not work: {_escaped(str(error.orig))}. "
            "Is it this course's gradebook.db, complete, and writable for this user? Copy it "
            "aside before you repair or replace it; releasing the weeks makes a new one.",
            soft_wrap=True,
        )
        raise SystemExit(EXIT_ERROR) from None
    except KeyboardInterrupt:
        err.print("Stopped. What was graded is kept; the same command goes on from there.")
        raise SystemExit(130) from None


def _escaped(text: str) -> str:
    from rich.markup import escape

    return escape(text)


if __name__ == "__main__":
    main()
