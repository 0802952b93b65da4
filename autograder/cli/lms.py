"""Commands to and from the LMS: collect, students, export."""

from __future__ import annotations

import dataclasses
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from autograder.cli.options import (
    EXIT_REVIEW,
    HERE,
    AsJson,
    Root,
    Week,
    Weeks,
    app,
    open_here,
    print_json,
)
from autograder.cli.screen import out

students_app = typer.Typer(
    no_args_is_help=True,
    help="Enter the class into the gradebook from the LMS's list, and show who is in it.",
)
app.add_typer(students_app, name="students", rich_help_panel="Grade")
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done; write nothing.")]


@app.command(rich_help_panel="Grade")
def collect(
    week: Week,
    download: Annotated[Path, typer.Argument(help="A folder, zip or tar, as the LMS gave it.")],
    course_root: Root = HERE,
    lms: Annotated[
        str | None,
        typer.Option("--lms", metavar="canvas|moodle|blackboard|classroom|folder",
                     help="Where it is from; by default c.Grading.lms."),
    ] = None,
    roster: Annotated[
        Path | None,
        typer.Option("--roster", help="The LMS's list of the class; by default the gradebook."),
    ] = None,
    times: Annotated[
        Path | None, typer.Option("--times", help="A list that says when each one handed in.")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option("--timezone", help="Of the LMS's clock, such as Asia/Seoul.")
    ] = None,
    name_pattern: Annotated[
        str | None,
        typer.Option("--name-pattern", help="In place of --lms: a regular expression with "
                     "(?P<student>…)."),
    ] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Sort an LMS download into submitted/, strictly; earlier versions are kept.

    Says of each person what happened, and who is missing. The same download again adds nothing.
    """
    from autograder.intake.collect import How
    from autograder.intake.collect import collect as collect_week
    from autograder.intake.lms import FORMS

    if lms is not None and lms not in FORMS:
        raise typer.BadParameter(f"'{lms}' is none of {', '.join(FORMS)}.", param_hint="--lms")
    course = open_here(course_root)
    how = How(lms, name_pattern, roster, times, timezone, dry_run)
    done = collect_week(course, week, download, how)
    if as_json:
        print_json([dataclasses.asdict(one) for one in done])
    else:
        _show(done, week, dry_run)
    if any(one.outcome == "refused" for one in done):
        raise typer.Exit(EXIT_REVIEW)


def _show(done: list[Any], week: str, dry_run: bool) -> None:
    _say_outcomes([(one.outcome, one.student, one.name, one.reason) for one in done])
    taken = [one for one in done if one.outcome not in ("refused", "missing")]
    timeless = sum(one.arrived is None for one in taken)
    if timeless:
        out.print(
            f"When {timeless} of {len(taken)} arrived is not known: nobody of them can be late. "
            "Say --timezone, or give a list with times (--times).", soft_wrap=True,
        )  # fmt: skip
    if dry_run:
        out.print("Nothing was written: that was a dry run.")
    elif taken:
        out.print(f"Next: `autograder grade {week}`.")


def _say_outcomes(rows: list[tuple[str, ...]]) -> Counter[str]:
    """A line a student, its outcome first, and how many there are of each."""
    for outcome, *words in rows:
        told = "  ".join(filter(None, words))
        out.print(f"{outcome:10}{told}", markup=False, highlight=False, soft_wrap=True)
    counts = Counter(outcome for outcome, *_ in rows)
    out.print(f"{', '.join(f'{count} {what}' for what, count in counts.items())}.")
    return counts


@app.command(rich_help_panel="Grade")
def export(
    weeks: Weeks = None,
    course_root: Root = HERE,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="canvas|moodle|csv", help="By default c.Grading.lms, or csv."),
    ] = None,
    like: Annotated[
        Path | None, typer.Option("--like", help="The LMS's own file: its columns are kept.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The file; by default in exported/.")
    ] = None,
    most: Annotated[
        float | None, typer.Option("--max", min=0.01, help="Scale each week to so many points.")
    ] = None,
    weight: Annotated[
        list[str] | None, typer.Option("--weight", metavar="WEEK=N", help="In the total of csv.")
    ] = None,
    drop_lowest: Annotated[
        int, typer.Option("--drop-lowest", min=0, help="Weeks that the total of csv leaves out.")
    ] = 0,
    feedback: Annotated[
        Path | None,
        typer.Option("--feedback", metavar="DOWNLOAD", help="Also the zip of feedback pages, under "
                     "the names of this download."),
    ] = None,
    roster: Annotated[
        Path | None, typer.Option("--roster", help="The list that the download was collected with.")
    ] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Write scores as the LMS imports them: automatic and by hand, less lateness, or blank."""
    course = open_here(course_root)
    from autograder.desk.exporting import FORMATS, Wanted
    from autograder.desk.exporting import export as write_scores

    lms = course.settings.lms
    form = to or (lms if lms in FORMATS else "csv")
    if form not in FORMATS:
        raise typer.BadParameter(f"'{form}' is none of {', '.join(FORMATS)}.", param_hint="--to")
    chosen = tuple(weeks or course.weeks())
    wanted = Wanted(form, chosen, like, most, _weights(weight or [], chosen), drop_lowest)
    done = write_scores(course, wanted, output)
    zipped = None
    if feedback is not None:
        from autograder.desk.feedback_zip import feedback_zip
        from autograder.week import open_week

        zipped = [feedback_zip(open_week(course, week), form, feedback, roster) for week in chosen]
    if as_json:
        print_json(dataclasses.asdict(done) | {"feedback": zipped})
        return
    for remark in done.remarks:
        out.print(remark, markup=False, highlight=False, soft_wrap=True)
    out.print(f"{done.path}: {done.students} lines, {done.blanks} scores blank.", soft_wrap=True)
    for path, count in zipped or []:
        out.print(f"{path}: feedback of {count} students.", soft_wrap=True)


def _weights(said: list[str], weeks: tuple[str, ...]) -> dict[str, float]:
    found = {}
    for text in said:
        week, _, number = text.partition("=")
        try:
            found[week] = float(number)
        except ValueError:
            raise typer.BadParameter(f"'{text}' is not WEEK=N.", param_hint="--weight") from None
        if week not in weeks or not 0 <= found[week] < 1e6:
            raise typer.BadParameter(
                f"'{text}': the weeks are {', '.join(weeks)}.", param_hint="--weight"
            )
    return found


@students_app.command("import")
def students_import(
    listed: Annotated[Path, typer.Argument(metavar="FILE", help="The LMS's list of the class.")],
    course_root: Root = HERE,
    drop: Annotated[
        bool, typer.Option("--drop", help="Hide who is not in it any more; nothing is deleted.")
    ] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Enter the class: Canvas's gradebook export, Moodle's lists, or a CSV with id and names.

    All of it or nothing. Ids that Excel spoiled are put right by the gradebook, or refused.
    """
    from autograder.roster.entering import enter_class

    done = enter_class(open_here(course_root), listed, drop, dry_run)
    if as_json:
        print_json([dataclasses.asdict(one) for one in done])
        return
    counts = _say_outcomes([(one.outcome, one.student, one.name, one.remark) for one in done])
    if counts["absent"]:
        out.print("Absent is who is no longer in the list: --drop hides them.")
    if dry_run:
        out.print("Nothing was written: that was a dry run.")


@students_app.command("list")
def students_list(course_root: Root = HERE, as_json: AsJson = False) -> None:
    """Show the class: ids, names, sections, and who has left."""
    from autograder.roster.store import read_class

    members = read_class(open_here(course_root), dropped=True).values()
    if as_json:
        print_json([dataclasses.asdict(member) for member in members])
        return
    for member in members:
        words = (member.student, member.name, member.section, "left" if member.dropped else "")
        out.print("  ".join(filter(None, words)), markup=False, highlight=False, soft_wrap=True)
    here = sum(not member.dropped for member in members)
    out.print(f"{here} students, {len(members) - here} have left.")
