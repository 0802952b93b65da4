"""`course chat`: talk with your chatbot on a page of your own browser."""

from __future__ import annotations

import os
import tempfile
import webbrowser
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from course.phrases import tr
from course.student.spoken import SpokenConsole

if TYPE_CHECKING:
    from course.chat.bot import Bot
    from course.chat.server import Desk

out = SpokenConsole(highlight=False)
MOST_THREADS = 4
BotFile = Path | None


def chat(
    bot: Annotated[
        BotFile,
        typer.Option(metavar="FILE", help="Your own parts, as week 15 saved them. They are run."),
    ] = None,
    beside: Annotated[
        BotFile,
        typer.Option(metavar="FILE", help="A second bot, to be compared side by side."),
    ] = None,
    model: Annotated[
        str,
        typer.Option(metavar="NAME", help="smollm2, story_gpt2, tiny_gpt2 or tiny_llama."),
    ] = "",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Of the page; 0 takes a free one.")
    ] = 0,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Print the address and open nothing.")
    ] = False,
) -> None:
    """Talk with your chatbot on a page in your browser; nothing leaves this machine.

    It shows the sources of an answer, the probability of each token and what the guard says; each
    part can be switched off. Without SmolLM2 a shipped model runs, and the page says what is
    missing. End it with Ctrl-C.
    """
    out.print("Loading the parts: some seconds.")
    spare_the_machine()
    from course.chat.server import serve

    bots = bots_of(bot, beside, model)
    for one in bots:
        describe(one)
    with tempfile.TemporaryDirectory(prefix="word2chat-") as folder:

        def opened(desk: Desk) -> None:
            out.print(f"Your page: {desk.url}", soft_wrap=True)
            out.print("It is for this machine and this browser alone. End it here with Ctrl-C.")
            if not no_browser:
                webbrowser.open(door(desk.url, Path(folder)).as_uri())

        try:
            serve(bots, port, opened)
        except KeyboardInterrupt:
            out.print("The page is closed.")


def door(url: str, folder: Path) -> Path:
    """A file that leads to the page, for its owner alone.

    A browser's command line can be read by everybody on a machine: the token must not be in it.
    """
    file = folder / "open.html"
    file.touch(0o600)
    file.write_text(f'<!doctype html><meta http-equiv="refresh" content="0; url={url}">', "utf-8")
    return file


def spare_the_machine() -> None:
    """Half of the cores at most: a browser runs beside it, and more threads gain little."""
    import torch

    if not os.environ.get("OMP_NUM_THREADS"):
        torch.set_num_threads(max(1, min(MOST_THREADS, (os.cpu_count() or 2) // 2)))


def bots_of(bot: Path | None, beside: Path | None, model: str = "") -> list[Bot]:
    """The bots of the page: the course's own or that of a file, and perhaps a second one.

    Raises:
        UserError: a file holds no bot, or there is no such model.
    """
    from course.chat.own import load_parts
    from course.chat.ready import default_bot

    base = default_bot(model)
    for file in filter(None, (bot, beside)):
        out.print(f"Running the code in {escape(str(file))}, as your own.", soft_wrap=True)
    bots = [load_parts(bot, base) if bot else base]
    bots += [load_parts(beside, base)] if beside else []
    if len({one.name for one in bots}) < len(bots):
        bots[1] = replace(bots[1], name=f"{bots[1].name} (2)")
    return bots


def describe(bot: Bot) -> None:
    """Say which parts are in use, whose they are, and what is missing."""
    out.print(f"[bold]{escape(bot.name)}[/bold]")
    for note in bot.notes:
        out.print(f"  {note.part}: {escape(tr(note.what))}", soft_wrap=True)
    for missing in bot.missing:
        out.print(f"[yellow]{tr('note')}[/yellow]  {escape(tr(missing))}", soft_wrap=True)
