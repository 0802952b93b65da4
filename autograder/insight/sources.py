"""The code that a class wrote, cell by cell, as it was graded."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping

from autograder.week import Week

MOST_CHARS = 200_000  # of one cell
Sources = Mapping[str, str]  # by grade_id; cells that a student added have a number for it


def sources_of(week: Week, students: Iterable[str]) -> dict[str, Sources]:
    """What each student wrote, from autograded/; a notebook that cannot be read tells nothing."""
    found: dict[str, Sources] = {}
    for student in students:
        own: dict[str, str] = {}
        for path in sorted(week.folder("autograded", student).glob("*.ipynb")):
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
                own |= _own_code(path.stem, json.loads(path.read_bytes())["cells"])
        found[student] = own
    return found


def _own_code(notebook: str, cells: list[dict]) -> dict[str, str]:
    own = {}
    for number, cell in enumerate(cells):
        flags = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "code" and not flags.get("locked"):
            name = flags.get("grade_id") or f"{notebook}, cell {number + 1}"
            own[name] = str(cell["source"])[:MOST_CHARS]
    return own
