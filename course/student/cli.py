"""The students' command line: `course kernels`, `doctor`, `check`, `submit`, `data`, `chat`, …"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from course.errors import UserError, sentence
from course.phrases import speak, tr
from course.student.chat_command import chat
from course.student.model_commands import models_app
from course.student.spoken import SpokenConsole

if TYPE_CHECKING:
    from course.student.doctor import Line
    from course.student.kernels import Installation, Where

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="""Commands for students of word2chat.

The usual way through the course:

1. [bold]course kernels install[/bold], once, after the set-up
2. [bold]course doctor[/bold], to see that everything works
3. [bold]jupyter lab[/bold], to work on release/WEEK/WEEK.ipynb
4. [bold]course check WEEK[/bold], to run the visible checks as the grader would
5. [bold]course submit WEEK[/bold], to make the zip that you hand in

Each command explains itself: course check --help""",
)
kernels_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Register, list and remove the Jupyter kernels of the course.",
)
app.add_typer(kernels_app, name="kernels")
app.add_typer(models_app, name="models")
app.command()(chat)

out = SpokenConsole(highlight=False)
err = SpokenConsole(stderr=True, highlight=False)

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON and nothing else.")]
InUser = Annotated[bool, typer.Option("--user", help="For all your Jupyters (the default).")]
InEnvironment = Annotated[bool, typer.Option("--sys-prefix", help="In this environment alone.")]
InPrefix = Annotated[
    Path | None, typer.Option("--prefix", metavar="DIR", help="In DIR/share/jupyter/kernels.")
]
Week = Annotated[
    str,
    typer.Argument(
        metavar="WEEK",
        help="A week (week01_word2vec), its beginning (week01), or the path of a notebook.",
    ),
]


def main() -> None:
    """Run the command line. Errors that a person can put right are one sentence, exit code 1."""
    try:
        app()
    except (UserError, ModuleNotFoundError) as error:
        text = escape(tr(sentence(error)))
        err.print(f"[bold red]{tr('error:')}[/bold red] {text}", soft_wrap=True)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        err.print("stopped")
        raise SystemExit(130) from None


def _print_json(value: Any) -> None:
    print(json.dumps(value, indent=2, ensure_ascii=False, default=str))


# ------------------------------------------------------------------------------------ kernels
@kernels_app.command("install")
def kernels_install(
    user: InUser = False,
    sys_prefix: InEnvironment = False,
    prefix: InPrefix = None,
    gpu: Annotated[
        str,
        typer.Option(metavar="auto|always|never", help="Register the GPU kernel where CUDA works."),
    ] = "auto",
) -> None:
    """Register the kernel [bold]word2chat (CPU)[/bold] and, where CUDA works, its GPU sister.

    JupyterLab of this environment gets quiet defaults too: no news, long lines wrapped. Notebooks
    of the course ask for the kernel word2chat. Repeat this after you moved the course
    folder or made a new environment: a kernel holds the path of one Python.
    """
    from course.student import kernels
    from course.student.lab import prepare_lab

    if gpu not in list(kernels.Gpu):
        raise UserError(f"--gpu is auto, always or never, not '{gpu}'.")
    where = _where(user, sys_prefix, prefix) or kernels.Where.USER
    with _spinner("registering kernels"):
        done = kernels.install(where, prefix, kernels.Gpu(gpu))
        if prefix is None:  # with a prefix it is an image for others, with settings of its own
            prepare_lab()
    _say_installed(done)


def _say_installed(done: Installation) -> None:
    for kernel in done.replaced:
        out.print(f"replaced    {kernel.name}, which started {escape(kernel.python)}")
    for kernel in done.kernels:
        out.print(
            f"[green]registered[/green]  {kernel.display_name} in {escape(str(kernel.folder))}",
            soft_wrap=True,
        )
    for folder in done.hidden_by:
        out.print(
            f"[yellow]note[/yellow]        Jupyter prefers {escape(str(folder))}: to change that "
            "one, use --sys-prefix.",
            soft_wrap=True,
        )
    if done.cuda is not None:
        lead = "GPU" if done.cuda.works else "no GPU kernel"
        text = f"{lead}: {done.cuda.reason} {done.cuda.remedy}".strip()
        out.print(escape(text), soft_wrap=True)


@kernels_app.command("list")
def kernels_list(prefix: InPrefix = None, as_json: AsJson = False) -> None:
    """Show the course's kernels as Jupyter finds them, and whether their Python still exists."""
    from course.student import kernels

    found = kernels.list_installed(prefix)
    if as_json:
        return _print_json([vars(k) | {"python_exists": k.python_exists} for k in found])
    if not found:
        out.print("No kernel of the course is registered. Run `course kernels install`.")
        raise typer.Exit(1)
    for kernel in found:
        state = "" if kernel.python_exists else "  [red](does not exist)[/red]"
        settings = " ".join(f"{key}={value}" for key, value in kernel.env.items())
        out.print(f"[bold]{kernel.name}[/bold]  {kernel.display_name}")
        out.print(f"  folder  {escape(str(kernel.folder))}", soft_wrap=True)
        out.print(f"  Python  {escape(kernel.python)}{state}", soft_wrap=True)
        out.print(f"  with    {escape(settings)}", soft_wrap=True)


@kernels_app.command("remove")
def kernels_remove(
    user: InUser = False,
    sys_prefix: InEnvironment = False,
    prefix: InPrefix = None,
    everyones: Annotated[
        bool, typer.Option("--all", help="Also kernels that another copy of the course made.")
    ] = False,
) -> None:
    """Unregister the course's kernels. Notebooks, data and the environment stay.

    Without options: everywhere that Jupyter finds them, if they start this Python or one that is
    gone.
    """
    from course.student import kernels

    removed = kernels.remove(_where(user, sys_prefix, prefix), prefix, everyones)
    for folder in removed:
        out.print(f"removed  {escape(str(folder))}", soft_wrap=True)
    if not removed:
        out.print("Nothing to remove. `course kernels list` shows what is registered.")


def _where(user: bool, sys_prefix: bool, prefix: Path | None) -> Where | None:
    from course.student.kernels import Where

    chosen = [
        where
        for where, wanted in (
            (Where.USER, user),
            (Where.SYS_PREFIX, sys_prefix),
            (Where.PREFIX, prefix is not None),
        )
        if wanted
    ]
    if len(chosen) > 1:
        raise UserError("Choose one of --user, --sys-prefix and --prefix DIR.")
    return chosen[0] if chosen else None


# ------------------------------------------------------------------------------------ doctor
@app.command()
def doctor(
    quick: Annotated[
        bool, typer.Option("--quick", help="Skip what takes seconds: kernel start and CUDA.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Look at everything that the course needs, and say what to do about each red line.

    Exit code 1 if anything is red. Send its output with a question to your instructor.
    """
    from course.student import doctor as doctors

    with _spinner("looking", silent=as_json) as tell:
        lines = doctors.examine(quick, tell)
    if as_json:
        _print_json(doctors.as_dict(lines))
    else:
        _show_doctor(lines)
    if not doctors.as_dict(lines)["healthy"]:
        raise typer.Exit(1)


def _show_doctor(lines: list[Line]) -> None:
    colours = {"ok": "green", "note": "yellow", "red": "red"}
    words = {s: f"[{colour}]{tr(s.upper() if s == 'red' else s)}[/{colour}]"
             for s, colour in colours.items()}  # fmt: skip
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for line in lines:
        table.add_row(words[line.status], tr(line.name), escape(tr(line.found)))
        if line.remedy:
            table.add_row("", "", f"[bold]→ {escape(tr(line.remedy))}[/bold]")
    out.print(table)
    red = sum(line.status == "red" for line in lines)
    if red:
        out.print(f"\n[red]{red} line{'s' if red > 1 else ''} to put right.[/red]")
    else:
        out.print("\nReady. Start with `jupyter lab`.")


# ------------------------------------------------------------------------------------ check
@app.command()
def check(
    week: Week,
    everything: Annotated[
        bool, typer.Option("--all", help="Run also what grading skips: training and plots.")
    ] = False,
    cell_seconds: Annotated[
        float | None, typer.Option(min=1, help="Time for one cell; by default the grader's own.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run the visible checks of your notebook in a fresh kernel, as the grader would.

    Your file is only read. The hidden checks, which decide your points, run at grading.
    Exit code 0 when every visible check passes and nothing would be refused or lost.
    """
    from course.student.check import check as run_check
    from course.student.printed import show_check
    from course.student.submission import find_notebook, language_of, limits_of

    path = find_notebook(week)
    limits = limits_of(path.stem, cell_seconds)
    speak(language_of(path))
    with _progress(silent=as_json) as progress:
        report = run_check(path, limits, everything, progress)
    if as_json:
        _print_json(report.as_dict())
    else:
        show_check(report, out)
    if not report.clean:
        raise typer.Exit(1)


# ------------------------------------------------------------------------------------ submit
@app.command()
def submit(
    week: Week,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for the zip.")
    ] = Path(),
    student: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="Your student id; asked once.")
    ] = None,
) -> None:
    """Write WEEK.zip, with your notebook and your student id, to upload to your course site.

    On a hub with nbgrader's exchange, submit there instead: menu Nbgrader, Assignment List,
    Submit. Run `course check WEEK` first.
    """
    from course.student.findings import Severity, inspect, unwritten
    from course.student.submission import find_notebook, pack, read_notebook, shipped_notebook

    notebook = read_notebook(find_notebook(week))
    speak(notebook.language)
    shipped = shipped_notebook(notebook)
    if not output.is_dir():
        raise UserError(f"There is no folder {output}: make it first, or choose another.")
    package = pack(notebook, output, student=_student_id(student))
    if unwritten(notebook, shipped):
        out.print(
            f"[yellow]warning[/yellow]: nothing is written in {escape(str(notebook.path))}: every "
            "exercise is as it was shipped. Did you save, and is it the right file?",
            soft_wrap=True,
        )
    for finding in inspect(notebook, shipped):
        if finding.severity is not Severity.REFUSED:  # too large, or a link: the zip is neither
            out.print(f"{tr(finding.severity)}: {escape(tr(finding.text))}")
    if package.left_out:
        out.print(f"Left out, made anew at grading: {' and '.join(package.left_out)}.")
    out.print(
        f"[green]wrote[/green] {escape(str(package.path))} ({package.size / 1000:,.0f} kB) from "
        f"{escape(str(notebook.path))}",
        soft_wrap=True,
    )
    out.print(
        "Upload it to your course site. The last upload before the deadline counts.\n"
        "On a hub: menu Nbgrader, Assignment List, Submit; or, in the folder that holds "
        f"{notebook.week}/, run `nbgrader submit {notebook.week}`.",
        soft_wrap=True,
    )


def _student_id(given: str | None) -> str:
    """The id for the zip: given, remembered, or asked for where somebody can answer."""
    from course.student.identity import checked_id, remember_id, remembered_id

    if given is None and (known := remembered_id()):
        return known
    if given is None and not sys.stdin.isatty():
        out.print("[yellow]note[/yellow]: the zip does not say whose it is: give --id ID once.")
        return ""
    student = checked_id(given or typer.prompt("Your student id (asked once)"))
    remember_id(student)
    return student


# ------------------------------------------------------------------------------------ data
@app.command()
def data(as_json: AsJson = False) -> None:
    """List the data that ships: what, whose, under which licence, and whether it is intact.

    Notebooks load it with course.data, offline. Exit code 1 if a file is missing or damaged.
    """
    from course.data import manifest, verify
    from course.student.printed import show_data

    findings = verify()
    problems = {finding.name: finding.problem for finding in findings}
    bad = [finding for finding in findings if not finding.ok]
    if as_json:
        _print_json([vars(f) | {"problem": problems[f.name]} for f in manifest().values()])
    else:
        show_data(problems, out)
    if bad:
        for finding in bad:
            err.print(f"[red]{escape(finding.problem)}[/red]", soft_wrap=True)
        raise typer.Exit(1)


# ------------------------------------------------------------------------------------ progress
@contextmanager
def _spinner(text: str, silent: bool = False) -> Iterator[Any]:
    """A spinner on stderr; yields a function that changes its text."""
    if silent or not err.is_terminal:
        yield lambda name: None
        return
    with err.status(text) as status:
        yield lambda name: status.update(f"{text}: {name}")


@contextmanager
def _progress(silent: bool = False) -> Iterator[Any]:
    """A progress bar over cells with an estimate of the time left, on stderr."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
    from rich.progress import TimeRemainingColumn as Eta

    columns = [
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        Eta(),
    ]
    if silent or not err.is_terminal:
        yield None
        return
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("starting a kernel", total=None)

        def tell(done: int, total: int, name: str) -> None:
            bar.update(task, completed=done, total=total, description=name or "done")

        yield tell


if __name__ == "__main__":
    main()
