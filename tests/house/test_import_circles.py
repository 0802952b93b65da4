"""No module imports, by whatever way round, one that imports it; imports inside functions count."""

from __future__ import annotations

import ast
import graphlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import tiny_course

PACKAGES = ("autograder", "course")


def modules() -> dict[str, Path]:
    """The file of each module of the packages."""
    root = tiny_course.ROOT
    return {
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path
        for package in PACKAGES
        for path in (root / package).rglob("*.py")
        if path.parent.name != "mistakes"  # read as text, never imported
    }


def imported(source: str, known: set[str]) -> Iterator[str]:
    """The modules, of those that are known, that a source imports; not for types alone."""
    tree = ast.parse(source)
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = [f"{node.module}.{name.name}" for name in node.names]
            yield from (name if name in known else node.module for name in whole)


def test_no_circle_of_imports() -> None:
    files = modules()
    graph = {
        name: {found for found in imported(path.read_text("utf-8"), set(files)) if found in files}
        for name, path in files.items()
    }
    assert sum(map(len, graph.values())) > 500  # they were read
    graphlib.TopologicalSorter(graph).prepare()


def test_a_circle_would_be_found() -> None:
    known = {"a", "a.b"}
    graph = {
        "a": set(imported("def f():\n    from a import b", known)),
        "a.b": set(imported("import a", known)),
    }
    with pytest.raises(graphlib.CycleError):
        graphlib.TopologicalSorter(graph).prepare()
