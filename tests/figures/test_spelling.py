"""Our own names and sentences spell it "colour"; only matplotlib and CSS say "color"."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = [path for room in ("figures", "weeks") for path in (ROOT / "course" / room).rglob("*.py")]
AMERICAN = re.compile(r"color", re.IGNORECASE)
ADDRESS = re.compile(r"https?://\S+")


def own_names(tree: ast.AST) -> Iterator[str]:
    """Variables, parameters, functions, classes and fields that a module makes itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name


def prose(source: str) -> Iterator[str]:
    """Docstrings and comments, without web addresses."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef)):
            yield ADDRESS.sub("", ast.get_docstring(node) or "")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield ADDRESS.sub("", token.string)


def misspelt(source: str) -> list[str]:
    found = [name for name in own_names(ast.parse(source)) if AMERICAN.search(name)]
    without_code = (re.sub(r"`[^`]*`|\w+\.\w+\(.*|\w+=\S+", "", text) for text in prose(source))
    return found + [text for text in without_code if AMERICAN.search(text)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_kit_and_the_weeks_spell_colour(path: Path) -> None:
    """Names, docstrings and comments of the figures use one spelling."""
    assert not misspelt(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ("color = 1", True),
        ("GATE_COLORS: dict = {}", True),
        ("def box(color): ...", True),
        ("for color in []: ...", True),
        ("# the color of a box", True),
        ('"""Colors."""', True),
        ("ax.plot(x, color=colour)", False),
        ("from matplotlib.colors import LogNorm", False),
        ("style = {'color': colour}  # see https://jfly.uni-koeln.de/color/", False),
    ],
)
def test_only_names_and_sentences_of_ours_are_judged(source: str, wrong: bool) -> None:
    """Keywords of matplotlib, its modules, CSS and addresses keep their own spelling."""
    assert bool(misspelt(source)) == wrong
