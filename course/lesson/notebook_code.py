"""The functions that a solved notebook defines, for scripts that measure more than it shows.

A week's notebook trains once; what it says of five seeds comes from a script that runs the same
code with other seeds. A student's own solved notebook does as well.
"""

from __future__ import annotations

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
    defining: Collection[str] = (),
    made: re.Pattern[str] = MADE,
) -> dict[str, Any]:
    """The names that a notebook's set-up and solutions define, run in the order of its cells.

    Args:
        notebook: a solved one.
        given: names that its cells find.
        defining: ids of further cells, of which the definitions are run.
        made: see `definitions`.
    """
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    names: dict[str, Any] = {"lesson": SimpleNamespace(steps=lambda count, quick=5: count)}
    names |= given or {}
    for cell in cells:
        graded, source = cell["metadata"].get("nbgrader", {}), "".join(cell["source"])
        if graded.get("solution") or graded.get("grade_id") == "setup" or cell["id"] == "setup":
            exec(source, names)
        elif cell["id"] in defining:
            exec(definitions(source, made), names)
    return names
