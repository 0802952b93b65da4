"""What the commands share: the application, options that many of them take, opening a course."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

EXIT_ERROR, EXIT_REVIEW, EXIT_UNPROVED = 1, 3, 4

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Grade notebooks in a sandbox, with nbgrader's gradebook, and say what went wrong.\n\n"
    "The usual order: [bold]release[/] a week, collect what students hand in, [bold]grade[/] it, "
    "write [bold]feedback[/], read the [bold]report[/].\n\n"
    "Exit codes: 0 done · 1 could not be done (one sentence says why) · 2 wrong usage · "
    "3 done, but submissions need a review · 4 a proof failed or a house rule is broken.",
)

Week = Annotated[str, typer.Argument(help="The assignment, such as week01_word2vec.")]
Weeks = Annotated[list[str] | None, typer.Argument(help="Assignments; none means all of them.")]
Root = Annotated[Path, typer.Option("--course-root", help="The folder of nbgrader_config.py.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON on stdout.")]
NoSandbox = Annotated[
    bool,
    typer.Option("--no-sandbox", help="Run students' code as yourself, unprotected. Stamped."),
]
Language = Annotated[str, typer.Option("--language", help="Of the edition: en or ko.")]
HERE = Path(".")


def open_here(root: Path) -> Any:
    """Open the course: the first thing a command does, so that `import_nbgrader` comes in time."""
    from autograder.light_imports import import_nbgrader

    import_nbgrader()
    from autograder.course_folder import open_course

    return open_course(root)


def provisioner_for(no_sandbox: bool) -> str | None:
    from autograder.course_folder import UNPROTECTED

    return UNPROTECTED if no_sandbox else None


def print_json(value: Any) -> None:
    print(json.dumps(value, indent=2, default=str))
