"""The rooms of the house are those of the architecture page, and no import climbs."""

from __future__ import annotations

import ast
import graphlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "course" / "guide" / "architecture.md").read_text("utf-8")
LONGEST_MODULE, LONGEST_CLASS = 400, 200


def rooms_on_the_page(package: str) -> list[str]:
    """The first column of the table of a package's rooms, in the page's order."""
    table = PAGE.partition(f"| Room of `{package}/` |")[2].partition("\n\n")[0]
    return re.findall(r"^\| `(\w+)/?` \|", table, re.MULTILINE)


def modules(package: str) -> list[Path]:
    """Every module of a package that holds code; mistakes files are content, never imported."""
    found = (ROOT / package).rglob("*.py")
    return sorted(path for path in found if "mistakes" not in path.parts)


def imports(path: Path) -> Iterator[str]:
    """What a module imports, as dotted names, wherever in it the import stands."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def dotted_name(path: Path) -> str:
    """What a module is imported as."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported_by(files: dict[str, Path]) -> dict[str, set[str]]:
    """The modules, of these, that each one imports; a name that is none leads to its module."""
    graph: dict[str, set[str]] = {}
    for module, path in files.items():
        found = {name if name in files else name.rpartition(".")[0] for name in imports(path)}
        graph[module] = found & set(files)
    return graph


def room_of(dotted: str) -> str:
    """The room that a dotted name such as autograder.stages.judge.judge leads to."""
    return dotted.split(".")[1]


def test_the_page_names_every_room_of_the_engine() -> None:
    """A folder or a module beside the rooms that the page does not name has no place yet."""
    found = {path.stem for path in (ROOT / "autograder").glob("*.py")} - {"__init__"}
    found |= {path.parent.name for path in (ROOT / "autograder").glob("*/*.py")}
    assert sorted(rooms_on_the_page("autograder")) == sorted(found)


def test_the_page_names_every_folder_of_the_course() -> None:
    """The course's folders, guide included, are those that the page lists."""
    folders = (path for path in (ROOT / "course").iterdir() if path.is_dir())
    found = {folder.name for folder in folders if not folder.name.startswith((".", "__"))}
    assert set(rooms_on_the_page("course")) == found - {"shipped"}


def test_no_import_climbs() -> None:
    """A room imports only rooms that stand above it on the page."""
    order = {name: place for place, name in enumerate(rooms_on_the_page("autograder"))}
    climbing = []
    for path in modules("autograder"):
        here = path.relative_to(ROOT / "autograder").parts[0].removesuffix(".py")
        for name in imports(path):
            if not name.startswith("autograder.") or here == "__init__":
                continue
            if order[room_of(name)] > order[here]:
                climbing.append(f"{path.relative_to(ROOT)} imports {name}")
    assert climbing == []


def test_no_module_imports_itself_by_a_way_round() -> None:
    """Also not from inside a function, and within a room neither."""
    files = {dotted_name(path): path for name in ("autograder", "course") for path in modules(name)}
    graph = imported_by(files)
    assert sum(map(len, graph.values())) > 500  # they were read
    graphlib.TopologicalSorter(graph).prepare()


def test_a_circle_of_imports_is_found(tmp_path: Path) -> None:
    """One half of it stands inside a function."""
    files = {name: tmp_path / f"{name}.py" for name in ("one", "two")}
    files["one"].write_text("def f():\n    from two import g\n", "utf-8")
    files["two"].write_text("import one\n", "utf-8")
    with pytest.raises(graphlib.CycleError):
        graphlib.TopologicalSorter(imported_by(files)).prepare()


def test_the_course_does_not_know_the_grader() -> None:
    """Students have course/ and not autograder/."""
    knowing = [path for path in modules("course") for name in imports(path) if "autograder" in name]
    assert knowing == []


@pytest.mark.parametrize("package", ["course", "autograder"])
def test_no_module_and_no_class_grows_out_of_hand(package: str) -> None:
    """What is longer has two subjects: a module of 400 lines, a class of 200."""
    long = []
    for path in modules(package):
        text = path.read_text("utf-8")
        if len(text.splitlines()) > LONGEST_MODULE:
            long.append(f"{path.relative_to(ROOT)}: {len(text.splitlines())} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > LONGEST_CLASS:
                    long.append(f"{path.relative_to(ROOT)}: class {node.name} has {lines} lines")
    assert long == []
