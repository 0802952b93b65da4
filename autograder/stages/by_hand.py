"""Points given by hand, when a submission is graded again: kept, flagged, or to be given anew.

nbgrader marks every such cell "needs manual grade" after each run, whether anything has changed or
not. Here the work that the points were given to is compared with the work that is there now.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Cell = Mapping[str, Any]


@dataclass(frozen=True)
class Work:
    """What a student wrote in one notebook: each answer by grade_id, and all code together."""

    answers: Mapping[str, str]
    code: str = ""

    def changed(self, name: str, now: Work, checked: bool) -> bool:
        """Whether the work behind a cell's points is another: all code for a check's points."""
        if checked:
            return self.code != now.code
        return self.answers.get(name) != now.answers.get(name)


def work_of(cells: list[Cell]) -> Work:
    """The student's own text in a judged notebook."""
    answers, code = {}, []
    for cell in cells:
        flags = cell["metadata"].get("nbgrader", {})
        if flags.get("solution") or flags.get("task"):
            answers[flags["grade_id"]] = cell["source"]
        if cell["cell_type"] == "code" and not flags.get("locked"):
            code.append(cell["source"])
    return Work(answers, "\n".join(code))


def earlier_work(folder: Path) -> dict[str, Work]:
    """By notebook, what stands in autograded/ before it is written anew."""
    found = {}
    for path in folder.glob("*.ipynb"):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            found[path.stem] = work_of(json.loads(path.read_bytes())["cells"])
    return found


def keep_by_hand(grade: Any, name: str, waited: bool, before: Work | None, now: Work) -> None:
    """Decide on the points that a person gave to one cell.

    Args:
        grade: nbgrader's row, after it has the new automatic score.
        name: the cell's grade_id.
        waited: whether a person was to look at it before this run.
        before: what the points were given to; None where that is not known.
        now: what is there.
    """
    if grade.manual_score is None:
        return
    checked = name not in now.answers  # a check's points are given to all code together
    if before is not None and not before.changed(name, now, checked):
        grade.needs_manual_grade = waited
        return
    grade.needs_manual_grade = True
    if not checked and before is not None:
        grade.manual_score = None  # a rewritten answer is to be read; the comment stays
