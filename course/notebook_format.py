"""How a course notebook is marked, and the one reader of its cells, for both packages.

Authors and nbgrader mark three regions of a cell's text (solution, hidden tests, mark scheme), and
two tags say what grading does with a cell. The reader trusts no notebook's shape: a file that is no
notebook is refused with a sentence, odd metadata means nothing. It runs nothing, and it imports
neither nbformat nor torch, so that every command can afford it.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

SKIP_TAG = "nbval-skip"  # grading never runs the cell
CHECK_TAG = "nbval-check-output"  # stock nbval compares the cell's outputs with the stored ones
IGNORE_TAG = "nbval-ignore-output"  # what the cell displays is not compared
GO_ON_TAG = "raises-exception"  # Run All goes on after an error in the cell
IGNORE_COMMENTS = frozenset(("NBVAL_IGNORE_OUTPUT", "PYTEST_VALIDATE_IGNORE_OUTPUT"))
CODE_STUB = "YOUR CODE HERE"  # nbgrader's words for what stands in place of a solution
TEXT_STUB = "YOUR ANSWER HERE"
ANSWER_STUB = "Write your answer here."
KINDS = ("code", "markdown", "raw")
FLAGS = ("grade", "solution", "locked", "task")
MOST_ID = 200  # characters; nbformat allows 64


# ------------------------------------------------------------------------------------ regions
@dataclass(frozen=True)
class Region:
    """A part of a cell between two marked lines. nbgrader looks for `BEGIN name` in the line."""

    name: str
    begin: str
    end: str

    def inside(self, source: str) -> str:
        """The lines between the markers, of all such regions of a cell."""
        return "\n".join(line for line, place in self._placed(source) if place == "inside")

    def without(self, source: str, stub: str = "") -> str:
        """The cell without its regions; where one stood, the stub stands, with its indentation."""
        kept = []
        for line, place in self._placed(source):
            if place == "outside":
                kept.append(line)
            elif place == "begin" and stub:
                kept.append(line[: len(line) - len(line.lstrip())] + stub)
        return "\n".join(kept)

    def unmarked(self, source: str) -> str:
        """The whole cell without the marker lines alone."""
        kept = (line for line, place in self._placed(source) if place in ("inside", "outside"))
        return "\n".join(kept)

    def _placed(self, source: str) -> list[tuple[str, str]]:
        """Each line with its place: outside, begin, inside or end."""
        placed, inside = [], False
        for line in source.split("\n"):
            if self.begin in line:
                place, inside = "begin", True
            elif self.end in line:
                place, inside = "end", False
            else:
                place = "inside" if inside else "outside"
            placed.append((line, place))
        return placed


SOLUTION = Region("SOLUTION", "### BEGIN SOLUTION", "### END SOLUTION")
HIDDEN_TESTS = Region("HIDDEN TESTS", "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")
MARK_SCHEME = Region("MARK SCHEME", "=== BEGIN MARK SCHEME ===", "=== END MARK SCHEME ===")
REGIONS = (SOLUTION, HIDDEN_TESTS, MARK_SCHEME)


def normal(source: str) -> str:
    """A text as it is compared: without blanks at the ends of lines and around it."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def visible(source: str) -> str:
    """An instructor's text as students get it: without hidden checks and mark schemes."""
    return MARK_SCHEME.without(HIDDEN_TESTS.without(source))


# ------------------------------------------------------------------------------------ cells
class NotebookError(ValueError):
    """A file is no notebook of format 4. The text is a sentence's end: "is not a notebook: …"."""


@dataclass(frozen=True)
class Cell:
    """What counts of a cell at grading, and what marks it. `points` is None where it is no number.

    `grade_id` is what nbgrader's metadata says, whether or not nbgrader tracks the cell.
    """

    kind: str  # code, markdown or raw
    source: str
    id: str | None = None
    grade_id: str | None = None
    grade: bool = False
    solution: bool = False
    locked: bool = False
    task: bool = False
    points: float | None = 0.0
    tags: tuple[str, ...] = ()
    pasted_files: tuple[str, ...] = ()
    index: int = 0

    @property
    def tracked(self) -> bool:
        """Whether nbgrader keeps the cell: it has an id there, and a flag."""
        flagged = self.grade or self.solution or self.locked or self.task
        return self.grade_id is not None and flagged

    @property
    def skip(self) -> bool:
        """Whether grading leaves the cell out."""
        return SKIP_TAG in self.tags

    @property
    def ignore_output(self) -> bool:
        """Whether what the cell displays is not compared, as its tag or nbval's comment says."""
        comments = (line.strip().lstrip("#").strip() for line in self.source.splitlines()
                    if line.strip().startswith("#"))  # fmt: skip
        return IGNORE_TAG in self.tags or not IGNORE_COMMENTS.isdisjoint(comments)

    @property
    def label(self) -> str:
        """How a person finds the cell: its grade_id, its id, or its place."""
        return self.grade_id or self.id or f"cell {self.index + 1}"


def read_document(content: bytes) -> dict[str, Any]:
    """The parsed file of a notebook, whose "cells" is a list of anything.

    Raises:
        NotebookError: it is not UTF-8, not JSON, nested too deeply, or has no list of cells.
    """
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise NotebookError("is not a notebook: it is not UTF-8 text") from None
    except RecursionError:
        raise NotebookError("is not a notebook: it is nested too deeply") from None
    except json.JSONDecodeError as error:
        if b"\n<<<<<<< " in content and b"\n>>>>>>> " in content:
            raise NotebookError("holds the marks of a merge conflict of git") from None
        where = f"line {error.lineno}, column {error.colno}"
        raise NotebookError(f"is not a notebook: its JSON breaks off at {where}") from None
    except ValueError:  # a number with thousands of digits
        raise NotebookError("is not a notebook: it holds a number that is too long") from None
    if not isinstance(document, dict) or not isinstance(document.get("cells"), list):
        raise NotebookError("is not a notebook of format 4: it has no list of cells")
    return document


def read_cells(document: dict[str, Any]) -> tuple[Cell, ...]:
    """The cells of a parsed notebook, in order.

    Raises:
        NotebookError: a cell is of no known type, or its source is not text.
    """
    return tuple(_read_cell(index, cell) for index, cell in enumerate(document["cells"]))


def read_warm_modules(document: dict[str, Any]) -> tuple[str, ...] | None:
    """What `metadata.word2chat.warm_modules` of a notebook lists; None where it is not there.

    Raises:
        NotebookError: it is no list of module names.
    """
    own = as_dict(as_dict(document.get("metadata")).get("word2chat"))
    names = own.get("warm_modules")
    if names is None:
        return None
    if not isinstance(names, list) or not all(_is_module(name) for name in names):
        raise NotebookError('has warm_modules that are no list of names such as ["torch", "numpy"]')
    return tuple(names)


def read_language(document: dict[str, Any]) -> str:
    """The language of a notebook's kernel, in small letters; empty where nothing says it."""
    metadata = as_dict(document.get("metadata"))
    said = as_dict(metadata.get("kernelspec")).get("language")
    said = said or as_dict(metadata.get("language_info")).get("name")
    return said.lower() if isinstance(said, str) else ""


def _is_module(name: Any) -> bool:
    return isinstance(name, str) and all(part.isidentifier() for part in name.split("."))


def _read_cell(index: int, cell: Any) -> Cell:
    cell = as_dict(cell)
    kind, source = cell.get("cell_type"), cell.get("source", "")
    if kind not in KINDS:
        raise NotebookError(f"is not as Jupyter wrote it: cell {index + 1} is of no known type")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise NotebookError(
            f"is not as Jupyter wrote it: the source of cell {index + 1} is not text"
        )
    metadata = as_dict(cell.get("metadata"))
    nbgrader = as_dict(metadata.get("nbgrader"))
    return Cell(
        kind=kind,
        source=_printable(source),
        id=_identifier(cell.get("id")),
        grade_id=_identifier(nbgrader.get("grade_id")),
        **{flag: bool(nbgrader.get(flag)) for flag in FLAGS},
        points=_number(nbgrader.get("points")),
        tags=_texts(metadata.get("tags")),
        pasted_files=_texts(list(as_dict(cell.get("attachments")))),
        index=index,
    )


def as_dict(value: Any) -> dict[str, Any]:
    """The value if it is a dictionary; an empty one otherwise."""
    return value if isinstance(value, dict) else {}


def _texts(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else []
    return tuple(item for item in items if isinstance(item, str))


def _identifier(value: Any) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= MOST_ID else None


def _number(value: Any) -> float | None:
    """Points: nothing is 0; what is no finite number is None."""
    try:
        number = float(value or 0)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _printable(source: str) -> str:
    """Lone surrogates (legal in JSON, illegal in UTF-8) become question marks."""
    return source.encode("utf-8", "replace").decode("utf-8")
