"""The rule on the open challenge: its cells, its points, and the files beside the notebook."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from autograder import syntax
from autograder.proof.lint.manuscript import Manuscript, StoredCell
from autograder.proof.lint.rule import Fault, rule
from course.notebook_format import HIDDEN_TESTS

HEADING = re.compile(r"^## Open challenge: (\w+) \((\d+) points?\)\s*$", re.MULTILINE)


@rule("course/guide/authoring-challenge.md shows its form.")
def challenge(week: Manuscript) -> Iterator[Fault]:
    """At most one challenge: heading, solution and check of one name, literal points, its files."""
    if len(week.entry_checks) > 1:
        yield Fault("a week has one open challenge", week.entry_checks[1])
    for check in week.entry_checks[:1]:
        name = (check.grade_id or "").removeprefix("check_")
        yield from (Fault(what, check) for what in _cell_problems(week, check, name))
        folder = week.folder.parents[2] / "autograder" / "challenges"
        for path in (folder / f"{week.name}.py", folder / "entries" / f"{week.name}.py"):
            if not path.is_file():
                yield Fault(f"there is no {path.relative_to(folder.parent)} in autograder/")


def _cell_problems(week: Manuscript, check: StoredCell, name: str) -> Iterator[str]:
    found = [one for cell in week.cells for one in HEADING.finditer(cell.text)]
    if [(one[1], int(one[2])) for one in found] != [(name, check.points)]:
        yield f"its heading should be `## Open challenge: {name} ({check.points or 0:g} points)`"
    before = week.code[: week.code.index(check)]
    if name not in [cell.grade_id for cell in before if cell.solution]:
        yield f"no solution cell {name} stands before it"
    if not check.source.startswith(HIDDEN_TESTS.begin):
        yield f"its first line is not {HIDDEN_TESTS.begin}"
    if _worth(HIDDEN_TESTS.inside(check.source)) != [check.points]:
        yield f"`challenge(…, points={check.points or 0:g})` should stand in it once"


def _worth(source: str) -> list[object]:
    """The points of each call of `challenge`, None where they are not written as a number."""
    calls = [node for node in ast.walk(syntax.parse(source)) if isinstance(node, ast.Call)]
    found = []
    for call in calls:
        if getattr(call.func, "id", "") == "challenge":
            given = [word.value for word in call.keywords if word.arg == "points"]
            is_literal = len(given) == 1 and isinstance(given[0], ast.Constant)
            found.append(given[0].value if is_literal else None)  # type: ignore[attr-defined]
    return found
