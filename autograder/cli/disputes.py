"""Commands for disputes: explain, history."""

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
    from autograder.week import open_week

    factor = read_deadlines(course).factors(week).get(student, 1.0)
    provisioner = provisioner_for(no_sandbox)
    found = explain_submission(
        open_week(course, week), student, check, provisioner, factor, lambda text: err.print(text)
    )
    paths = write_explained(course, found, keep)
    if as_json:
        told = dataclasses.asdict(dataclasses.replace(found, notebooks=()))
        print_json(told | {"files": [str(path) for path in paths]})
        return
    out.print(explained_text(found), markup=False, highlight=False, soft_wrap=True)
    for path in paths:
        out.print(f"For you alone: {path}", markup=False, highlight=False, soft_wrap=True)


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
        before, after = ("none" if n is None else f"{n:g}" for n in (line.before, line.after))
        out.print(
            f"{line.at:%Y-%m-%d %H:%M} UTC  {line.week}  {before} → {after}  ({line.made_of})  "
            f"checks {line.checks}, seed {line.seed}, by {line.by}",
            markup=False, highlight=False, soft_wrap=True,
        )  # fmt: skip
