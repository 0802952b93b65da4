"""Commands for those who have a course, or begin one: adopt, new-course."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

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
from autograder.cli.screen import Screen, out
from autograder.errors import UserError

WIDE = 110
SHOWN = 3  # faulty answers named in a line


@app.command(rich_help_panel="Make weeks")
def adopt(
    week: Week,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="DIR", help="A new folder; source/WEEK_probes by default."),
    ] = None,
    mutants: Annotated[
        int, typer.Option("--mutants", min=0, help="Mutants of a solution; 0: no table.")
    ] = 30,
    course_root: Root = HERE,
    no_sandbox: NoSandbox = False,
    as_json: AsJson = False,
) -> None:
    """Write probes for the asserts of a classic assignment, beside it; nothing is overwritten.

    Says for each check what was done, what stays forgeable and what to look at, and counts the
    faulty answers that the old checks missed.
    """
    course = open_here(course_root)
    from autograder.adoption.adopting import adopt as adopt_week
    from autograder.adoption.comparing import compare
    from autograder.week import open_week

    opened, provisioner = open_week(course, week), provisioner_for(no_sandbox)
    folder = to or course.folder("source", f"{week}_probes")
    with Screen() as screen:
        made = adopt_week(opened, folder, provisioner, screen.say)
        compared: list[Any] = []
        for old, new in zip(opened.notebooks, made.notebooks, strict=True):
            if mutants and old != new:
                alone = opened.only(old)
                try:
                    compared += compare(alone, new, provisioner, mutants, screen.say)
                except UserError as error:
                    screen.say(f"{old.name}: no comparison, as the old checks do not run: {error}")
    if as_json:
        cells = [dataclasses.asdict(cell) | {"written": None} for cell in made.cells]
        seen = [dataclasses.asdict(one) for one in compared]
        print_json({"folder": made.folder, "cells": cells, "compared": seen})
        return
    wide = Console(width=max(out.width, WIDE))
    wide.print(cells_table(made))
    if compared:
        wide.print(compared_table(compared))
        if any(map(fooling, compared)):
            wide.print(tricks_table(compared))
    for line in compared_lines(compared):
        out.print(line, markup=False, highlight=False, soft_wrap=True)
    out.print(f"Written: {made.folder}. {week} itself is unchanged.", soft_wrap=True)
    if made.by_asserts and opened.course.settings.asserts != "allow":
        out.print(still_asserting(made.by_asserts), highlight=False, soft_wrap=True)
    if folder.parent == opened.folder("source").parent:
        out.print(f"Next: read the table, then `autograder release {folder.name}`.")


@app.command("new-course", rich_help_panel="Make weeks")
def new_course(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder: the course's name.")],
    as_json: AsJson = False,
) -> None:
    """Begin a course of any subject: settings, an assignment that works, a README."""
    from autograder.edition.new_course import new_course as write_course

    made = write_course(folder.absolute())
    if as_json:
        print_json(dataclasses.asdict(made))
        return
    for path in made.files:
        out.print(f"written  {folder / path}", highlight=False, soft_wrap=True)
    out.print(f"Next: `cd {folder}`, `autograder release example`, and read README.md.")


def still_asserting(by_asserts: dict[str, float]) -> str:
    """What the release of the adopted assignment will ask for."""
    points = f"{sum(by_asserts.values()):g}"
    named = ", ".join(f"'{name}'" for name in by_asserts)
    return (
        f"Asserts still decide about {points} point{'s' * (points != '1')}, in {named}: rewrite "
        'them, or accept the risk: `c.Grading.asserts = "allow"` in nbgrader_config.py.'
    )


def cells_table(made: Any) -> Table:
    """A line a check: what was done, what stays forgeable, what a person should look at."""
    table = Table(title=f"{made.week}: from asserts to probes", title_justify="left")
    for column in ("check", "points", "what was done", "stays forgeable", "look at"):
        right = "right" if column == "points" else "left"
        table.add_column(column, justify=right, overflow="fold")  # type: ignore[arg-type]
    for cell in made.cells:
        texts = (cell.did, "; ".join(cell.forgeable), "; ".join(cell.look_at))
        table.add_row(escape(cell.grade_id), f"{cell.points:g}", *map(escape, texts))
    return table


def compared_table(compared: Any) -> Table:
    """A line a solution: faulty answers that lost a point under the old and the new checks."""
    table = Table(title="\nFaulty answers that lose a point", title_justify="left")
    for column in ("solution", "faulty", "old checks", "new checks"):
        table.add_column(column, justify="left" if column == "solution" else "right")
    for one in compared:
        table.add_row(escape(one.exercise), *map(str, (one.mutants, one.old, one.new)))
    return table


def tricks_table(compared: Any) -> Table:
    """What answers that fool asserts earn, before and after."""
    table = Table(title="\nAnswers that fool asserts earn", title_justify="left")
    for column in ("solution", "an answer that", "old checks", "new checks"):
        right = column.endswith("checks")
        table.add_column(column, justify="right" if right else "left")
    for one in compared:
        for trick in fooling(one):
            earned = (f"{points:g} of {trick.points:g}" for points in (trick.old, trick.new))
            table.add_row(escape(one.exercise), trick.name, *earned)
    return table


def fooling(one: Any) -> list[Any]:
    """The tricks that earn something from the old checks; the others fool nobody."""
    return [trick for trick in one.tricks if trick.old > 0]


def compared_lines(compared: Any) -> list[str]:
    """What the old checks missed, and what no check notices, a few of each by name."""
    lines = []
    for one in compared:
        for words, found in (
            ("missed by the old checks", one.missed),
            ("noticed by the old checks alone", one.lost),
            ("noticed by neither", one.unseen),
        ):
            if found:
                more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
                lines.append(f"{one.exercise}: {words}: {'; '.join(found[:SHOWN])}{more}")
    return lines
