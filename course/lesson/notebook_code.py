"""The functions that a solved notebook defines, for scripts that measure more than it shows.

A week's notebook trains once; what it says of five seeds comes from a script that runs the same
code with other seeds. A student's own solved notebook does as well.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Collection
from pathlib import Path
from types import SimpleNamespace
from typing import Any

MADE = re.compile(r"^(?:def |class |@|import |from |[A-Z_]+ = )")


def definitions(source: str, made: re.Pattern[str] = MADE) -> str:
    """The functions, classes, imports and constants of a cell, without what it runs and draws.

    Args:
        source: of the cell.
        made: matches the first line of each statement that is kept.
    """
    kept, inside = [], False
    for line in source.splitlines():
        if line and line[0] not in " )\n":
            inside = bool(made.match(line))
        if inside:
            kept.append(line)
    return "\n".join(kept)


def notebook_names(
    notebook: Path,
    given: dict[str, Any] | None = None,
    running: Collection[str] = (),
    defining: Collection[str] = (),
    made: re.Pattern[str] = MADE,
) -> dict[str, Any]:
    """The names that a notebook's set-up and solutions define, run in the order of its cells.

    Args:
        notebook: a solved one.
        given: names that its cells find.
        running: ids of further cells that are run whole.
        defining: ids of further cells, of which the definitions are run.
        made: see `definitions`.
    """
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    names: dict[str, Any] = {}
    names["lesson"] = SimpleNamespace(
        steps=lambda count, quick=5: count, fallback=lambda name: names[name]
    )
    names |= given or {}
    for cell in cells:
        solution = cell["metadata"].get("nbgrader", {}).get("solution")
        source = "".join(cell["source"])
        if solution or cell["id"] in ("setup", *running):
            exec(source, names)
        elif cell["id"] in defining:
            exec(definitions(source, made), names)
    return names


def parser_of_runs(description: str | None, stored: Path, seeds: int) -> argparse.ArgumentParser:
    """The command line of such a script: a notebook, where to store what comes out, how many seeds.

    Args:
        description: of the script; its first line is shown.
        stored: where the week reads what was measured.
        seeds: how many there are by default.
    """
    parser = argparse.ArgumentParser(description=(description or "").partition("\n")[0])
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--out", type=Path, default=stored)
    parser.add_argument("--seeds", type=int, default=seeds)
    return parser
