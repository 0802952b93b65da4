"""Commands for disputes: explain, void, history."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from autograder.cli.options import (
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
from autograder.cli.screen import err, out

Student = Annotated[str, typer.Argument(help="The student's id, as in submitted/.")]


@app.command(rich_help_panel="Grade")
def explain(
    student: Student,
    week: Week,
    check: Annotated[
        str | None, typer.Argument(help="One check; without it every one that lost points.")
    ] = None,
    course_root: Root = HERE,
    keep: Annotated[
        bool, typer.Option("--open", help="Leave the notebook too, with the outputs of this run.")
    ] = False,
    no_sandbox: NoSandbox = False,
    as_json: AsJson = False,
) -> None:
    """Say why points were lost: hidden input, right answer and the student's, side by side.

    For instructors alone. The submission runs once more in the sandbox; no score is touched.
    """
    course = open_here(course_root)
    from autograder.deadlines.course_toml import read_deadlines
    from autograder.desk.explained import explained_text, write_explained
    from autograder.desk.explaining import explain as explain_submission
    from autograder.desk.voiding import void_notes
    from autograder.week import open_week

    factor = read_deadlines(course).factors(week).get(student, 1.0)
    provisioner = provisioner_for(no_sandbox)
    found = explain_submission(
        open_week(course, week), student, check, provisioner, factor, lambda text: err.print(text)
    )
    found = dataclasses.replace(found, notes=(*found.notes, *void_notes(course, week)))
    paths = write_explained(course, found, keep)
    if as_json:
        told = dataclasses.asdict(dataclasses.replace(found, notebooks=()))
        print_json(told | {"files": [str(path) for path in paths]})
        return
    out.print(explained_text(found), markup=False, highlight=False, soft_wrap=True)
    for path in paths:
        out.print(f"For you alone: {path}", markup=False, highlight=False, soft_wrap=True)


@app.command(rich_help_panel="Grade")
def void(
    check: Annotated[str, typer.Argument(help="The check, such as sgns_loss_and_grad.")],
    full: Annotated[bool, typer.Option("--full", help="Everybody gets its points.")] = False,
    drop: Annotated[bool, typer.Option("--drop", help="It does not count for anybody.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="It counts again as it did.")] = False,
    week: Annotated[
        str | None, typer.Option("--week", help="Whose, where several weeks have such a check.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say whose score would change; write nothing.")
    ] = False,
    course_root: Root = HERE,
    as_json: AsJson = False,
) -> None:
    """Make a broken check void after a class has handed in, for all of it; --undo takes it back.

    Scores, feedback, report, export and history follow. Nobody's code runs again.
    """
    if full + drop + undo != 1:
        raise typer.BadParameter("Say one of --full, --drop and --undo.")
    course = open_here(course_root)
    from autograder.desk.voiding import void as make_void
    from autograder.voided import DROP, FULL, WORDS

    done = make_void(course, check, FULL if full else DROP if drop else None, week, dry_run)
    if as_json:
        print_json(dataclasses.asdict(done))
        return
    for one in done.changed:
        out.print(f"{one.student}  {_number(one.before)} → {_number(one.after)}", highlight=False)
    how = WORDS[done.how] if done.how else "counts again"
    out.print(
        f"{done.week}: {done.check} {how}. {len(done.changed)} of {done.students} scores change.",
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip
    out.print(
        "Nothing was written: that was a dry run." if dry_run
        else f"Next: `autograder feedback {done.week}`, `autograder export {done.week}`.",
    )  # fmt: skip


def _number(score: float | None) -> str:
    return "none" if score is None else f"{score:g}"


@app.command(rich_help_panel="Grade")
def history(student: Student, course_root: Root = HERE, as_json: AsJson = False) -> None:
    """Say how a student's scores came about: when, from what to what, by which checks, and who."""
    course = open_here(course_root)
    from autograder.errors import UserError
    from autograder.run.history import read_history

    lines = read_history(course, student)
    if not lines:
        raise UserError(
            f"There is no history of '{student}'.", "`grade` writes it, from its first run on."
        )
    if as_json:
        print_json([dataclasses.asdict(line) for line in lines])
        return
    for line in lines:
        before, after = _number(line.before), _number(line.after)
        out.print(
            f"{line.at:%Y-%m-%d %H:%M} UTC  {line.week}  {before} → {after}  ({line.made_of})  "
            f"checks {line.checks}, seed {line.seed}, by {line.by}",
            markup=False, highlight=False, soft_wrap=True,
        )  # fmt: skip
