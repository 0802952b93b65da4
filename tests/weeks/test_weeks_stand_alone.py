"""A week can be changed or left out without a look at the others: none imports another one's."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "course.weeks"
WEEKS = sorted(path.name for path in (ROOT / "course" / "weeks").glob("week*/"))


def imported_weeks(source: str) -> set[str]:
    """The names below `course.weeks` that a piece of Python imports."""
    names = {name for node in ast.walk(ast.parse(source)) for name in imported_names(node)}
    inside = [name.removeprefix(f"{PACKAGE}.") for name in names if name.startswith(f"{PACKAGE}.")]
    return {name.split(".")[0] for name in inside}


def imported_names(node: ast.AST) -> Iterator[str]:
    """Full dotted names; a relative import can only mean the package of the weeks."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        start = PACKAGE if node.level > 1 else ""
        module = ".".join(part for part in (start, node.module) if part)
        yield from (f"{module}.{alias.name}" for alias in node.names)


def sources(week: str) -> Iterator[tuple[str, str]]:
    """Every piece of Python of a week: its modules, its test, the cells of its notebooks."""
    test = ROOT / "tests" / "weeks" / f"test_{week}.py"
    for path in [*(ROOT / "course" / "weeks" / week).rglob("*.py"), test]:
        if path.is_file():
            yield path.name, path.read_text(encoding="utf-8")
    for folder in ("source", "release"):
        path = ROOT / folder / week / f"{week}.ipynb"
        cells = nbformat.read(path, as_version=4).cells if path.is_file() else []
        yield from ((f"{folder}: {c.id}", c.source) for c in cells if c.cell_type == "code")


@pytest.mark.parametrize("week", WEEKS)
def test_no_week_imports_another_week(week: str) -> None:
    """Modules, tests and notebooks of a week use the kit, the data and their own folder only."""
    foreign = {place: imported_weeks(source) - {week} for place, source in sources(week)}
    assert not {place: weeks for place, weeks in foreign.items() if weeks}


@pytest.mark.parametrize(
    "source",
    [
        "import course.weeks.week98_other.toys as toys",
        "from course.weeks.week98_other.toys import ALPHABET",
        "from course.weeks.week98_other import plots",
        "from course.weeks import week98_other",
        "from ..week98_other import toys",
        "def later():\n    from .. import week98_other",
    ],
)
def test_every_way_to_import_a_week_is_seen(source: str) -> None:
    """Absolute, relative, nested: each form of the import is found."""
    assert imported_weeks(source) == {"week98_other"}


def test_the_kit_and_the_data_are_no_weeks() -> None:
    """What all weeks share may be imported by all."""
    assert imported_weeks("from course.figures import style\nimport course.data.prose") == set()
