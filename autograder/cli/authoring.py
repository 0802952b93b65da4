"""Commands for those who make weeks: new-week, lint, glossary, prove, release, publish."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.markup import escape

from autograder.cli.options import (
    EXIT_ERROR,
    EXIT_UNPROVED,
    HERE,
    AsJson,
    Language,
    NoSandbox,
    Root,
    Weeks,
    app,
    open_here,
    print_json,
    provisioner_for,
)
from autograder.cli.screen import Screen, err, out
from autograder.cli.tables import lint_text
from autograder.errors import UserError

ALL_SEEDS = 20
PROOF_COLUMNS = 165  # a line a week: better too wide for a terminal than cut
KERNEL_MB = 1500  # of a kernel that tries hundreds of answers


@app.command("new-week", rich_help_panel="Make weeks")
def new_week(
    name: Annotated[str, typer.Argument(help="weekNN_topic, such as week04_attention.")],
    title: Annotated[str, typer.Argument(help="What stands behind the number in the first line.")],
    course_root: Root = HERE,
    as_json: AsJson = False,
) -> None:
    """Begin a week: notebook, mistakes, plots, widgets, toys and tests that work, full of TODO.

    Nothing that exists is overwritten. Its one exercise is an example: replace it, add others.
    """
    course = open_here(course_root)
    from autograder.edition.new_week import new_week as write_week

    made = write_week(course, name, title)
    if as_json:
        print_json(dataclasses.asdict(made))
        return
    for path in made.files:
        out.print(f"written  {path}", highlight=False, soft_wrap=True)
    for path in made.changed:
        out.print(f"changed  {path}", highlight=False, soft_wrap=True)
    out.print(f"Next: `autograder lint {name}` lists what to write, `autograder prove {name}`.")


@app.command(rich_help_panel="Make weeks")
def glossary(course_root: Root = HERE, as_json: AsJson = False) -> None:
    """Write the guide's glossary anew, with the key terms of the weeks in source/."""
    course = open_here(course_root)
    from autograder.glossary import write_glossary

    changed = write_glossary(course)
    if as_json:
        print_json({"changed": changed})
    else:
        out.print(f"The glossary {'was written anew' if changed else 'is as it should be'}.")


@app.command(rich_help_panel="Make weeks")
def lint(weeks: Weeks = None, course_root: Root = HERE, as_json: AsJson = False) -> None:
    """Try the house rules on a week: what is wrong, in which cell, what to do, what is to write.

    Exit code 4 when a rule is broken or something is still to do.
    """
    course = open_here(course_root)
    from autograder.proof.lint import lint as lint_week

    reports = [lint_week(course, name) for name in weeks or course.weeks()]
    if as_json:
        print_json([report.as_dict() for report in reports])
    else:
        for report in reports:
            out.print(lint_text(report), soft_wrap=True)
    if not all(report.clean for report in reports):
        raise typer.Exit(EXIT_UNPROVED)


@app.command(rich_help_panel="Make weeks")
def release(
    weeks: Weeks = None,
    course_root: Root = HERE,
    skip_proof: Annotated[
        bool, typer.Option("--skip-proof", help="Do not prove the checks first.")
    ] = False,
    practice: Annotated[
        bool, typer.Option("--practice", help="Keep the published seed: for trying things out.")
    ] = False,
    revised: Annotated[
        bool, typer.Option("--revise", help="Exercises were added or removed after submissions.")
    ] = False,
    no_sandbox: NoSandbox = False,
    as_json: AsJson = False,
) -> None:
    """Run the reference twice, prove the checks, and generate release/ for students.

    The first release draws the seed of the offering, which probe inputs come from.
    """
    course = open_here(course_root)
    from autograder.course_folder import SEED_FILE, draw_seed

    names = weeks or course.weeks()
    opened, refused = _each(names, partial(_opened, course, revised))
    if opened and not practice and draw_seed(course):
        err.print(f"A seed was drawn for this offering; {SEED_FILE} keeps it. Show it to nobody.")
    how = (provisioner_for(no_sandbox), not skip_proof, revised)
    made, failed = _each(opened, partial(_released, *how))
    if as_json:
        print_json([dataclasses.asdict(one) for one in made])
    else:
        for one in made:
            points = f"{one.points:g} points, reference {one.seconds:.1f} s"
            out.print(f"Released [bold]{one.week}[/]: {points}. Students get release/{one.week}/.")
    if refused or failed:
        raise typer.Exit(EXIT_ERROR)


T = TypeVar("T")
R = TypeVar("R")


def _each(items: Iterable[T], act: Callable[[T], R]) -> tuple[list[R], list[UserError]]:
    """Do it for every item: of several, one that cannot be used is told and the others go on.

    Raises:
        UserError: it was the only one.
    """
    items = list(items)
    done, refused = [], []
    for item in items:
        try:
            done.append(act(item))
        except UserError as error:
            if len(items) == 1:
                raise
            err.print(f"[bold red]autograder:[/] {escape(str(error))}", soft_wrap=True)
            refused.append(error)
    return done, refused


def _opened(course: Any, revised: bool, name: str) -> Any:
    """A week that may be released as it is.

    Raises:
        UserError: it cannot be read, or its exercises are others than the gradebook's.
    """
    from autograder.edition.revising import refuse_revision
    from autograder.week import open_week

    week = open_week(course, name)
    if not revised:
        refuse_revision(week)  # nbgrader would, after minutes of proof
    return week


def _released(provisioner: str | None, with_proof: bool, revised: bool, week: Any) -> Any:
    """Prove a week and release it.

    Raises:
        UserError: it cannot be proved or released.
    """
    from autograder.edition.release import release as release_week

    with Screen() as screen:
        if with_proof:
            _prove_first(week, provisioner, screen)
        return release_week(week, provisioner, screen.say, proved=with_proof, revised=revised)


def _prove_first(week: Any, provisioner: str | None, screen: Screen) -> None:
    """Prove what can be right elsewhere and wrong here: all that this folder's seed decides.

    Other seeds, and known answers at the checks of other exercises, are no matter of this class:
    `autograder prove` tries them when a week is written or changed.
    """
    from autograder.proof.prove import prove_week
    from autograder.proof.results import render
    from autograder.reference.build import load_references
    from autograder.run.scheduling import default_workers

    screen.say(f"Proving the checks of {week.name} …")
    truth = load_references(week, provisioner, screen.say)
    for notebook in week.notebooks:
        proof = prove_week(
            week.only(notebook), seeds=0, mutants=False, provisioner=provisioner, say=screen.say,
            truth=truth[notebook.name], workers=default_workers(KERNEL_MB), elsewhere=False,
        )  # fmt: skip
        if not proof.ok:
            Console(stderr=True, width=max(err.width, PROOF_COLUMNS)).print(render([proof]))
            raise UserError(
                f"{week.name} is not released: its checks could not be proved.",
                f"Repair what the table shows, or see `autograder prove {week.name}`.",
            )


@app.command(rich_help_panel="Make weeks")
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
    hub: Annotated[
        str | None,
        typer.Option("--hub", help="A JupyterHub's address: prints links to the branch."),
    ] = None,
    language: Language = "en",
    course_root: Root = HERE,
    as_json: AsJson = False,
) -> None:
    """Write the students' edition: course, released notebooks, set-up; nothing of yours.

    It is searched for solutions, hidden checks and hints first. A folder from last time is brought
    up to date; a branch gets one commit, without touching your working tree.
    """
    from autograder.edition.publish import publish as write_edition
    from autograder.edition.pull_link import pull_links

    course = open_here(course_root)
    links = pull_links(course, hub, branch, week or ())
    made = write_edition(course, target, branch, week or (), language)
    if as_json:
        print_json(dataclasses.asdict(made) | ({"links": links} if hub else {}))
        return
    out.print(
        f"{made.files} files, {made.size / 1e6:.1f} MB for students: {made.place}", soft_wrap=True
    )
    out.print(f"Weeks: {', '.join(made.weeks)}. No solution, hidden check or hint is in it.")
    for link in links:
        out.print(link, soft_wrap=True, highlight=False)


@app.command(rich_help_panel="Make weeks")
def translate(
    weeks: Weeks = None,
    language: Language = "ko",
    course_root: Root = HERE,
    as_json: AsJson = False,
) -> None:
    """Bring a week's catalog up to date: translations/LANGUAGE/WEEK.po, an entry for each text.

    A translation stays while its English is unchanged, else it is marked fuzzy. The week
    [bold]course[/] stands for what the course and the grader say: course/locale/LANGUAGE.po.
    """
    course = open_here(course_root)
    from autograder.translation.update import update_catalog

    made = [update_catalog(course, name, language) for name in weeks or course.weeks()]
    if as_json:
        print_json([dataclasses.asdict(one) for one in made])
        return
    for one in made:
        out.print(
            f"{one.path}: {one.translated} translated, {one.fuzzy} fuzzy, {one.missing} to do, "
            f"{one.obsolete} obsolete", highlight=False, soft_wrap=True,
        )  # fmt: skip


@app.command(rich_help_panel="Make weeks")
def prove(
    weeks: Weeks = None,
    every: Annotated[
        bool, typer.Option("--all", help="All weeks, 20 seeds, every mutant.")
    ] = False,
    course_root: Root = HERE,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="Seeds to try.")] = ALL_SEEDS,
    mutants: Annotated[bool, typer.Option("--mutants/--no-mutants", help="Try mutants.")] = True,
    no_sandbox: NoSandbox = False,
    as_json: AsJson = False,
) -> None:
    """Show that the checks are right: they pass what is right and fail what is wrong."""
    course = open_here(course_root)
    from autograder.proof.prove import MUTANTS_PER_EXERCISE, prove_week
    from autograder.proof.results import render
    from autograder.run.scheduling import default_workers
    from autograder.week import open_week

    chosen = course.weeks() if every or not weeks else weeks
    proofs = []
    for name in chosen:
        week = open_week(course, name)
        with Screen() as screen:
            screen.say(f"Proving {name} …")
            proofs += [
                prove_week(
                    week.only(notebook),
                    seeds=max(seeds, ALL_SEEDS) if every else seeds,
                    mutants=mutants or every,
                    mutant_limit=None if every else MUTANTS_PER_EXERCISE,
                    provisioner=provisioner_for(no_sandbox), say=screen.say,
                    workers=default_workers(KERNEL_MB),
                )
                for notebook in week.notebooks
            ]  # fmt: skip
    if as_json:
        print_json([dataclasses.asdict(proof) for proof in proofs])
    else:
        Console(width=max(out.width, PROOF_COLUMNS)).print(render(proofs))
    if not all(proof.ok for proof in proofs):
        raise typer.Exit(EXIT_UNPROVED)


@app.command(rich_help_panel="Make weeks")
def site(
    target: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where to write it: a new folder or an old site.")
    ] = Path("build/site"),
    course_root: Root = HERE,
    as_json: AsJson = False,
) -> None:
    """Build the static site: guide, notebooks with pictures, glossary, API; no solution in it."""
    from autograder.edition.site import build_site

    course = open_here(course_root)
    with err.status("Building the site …"):
        made = build_site(course, target.resolve())
    for warning in made.warnings:
        err.print(warning, markup=False, highlight=False, soft_wrap=True)
    if as_json:
        print_json(dataclasses.asdict(made))
        return
    out.print(f"{made.pages} pages, weeks {', '.join(made.weeks)}: open {made.folder}/index.html")
