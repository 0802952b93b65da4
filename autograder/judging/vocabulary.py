"""The words that feedback may repeat from a kernel that has seen the hidden checks.

A name in an error's text is the student's to choose, so any name could carry a piece of a hidden
check. Only names are repeated that everybody has before grading: those of Python, numpy and torch
(library_names.txt), those in the code of the visible notebook, and the first few hundred in the
student's own submission. A reader learns from each no more than which one of these it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from importlib import resources

from autograder.model import PreparedNotebook
from course.notebook_format import HIDDEN_TESTS

NAME = re.compile(r"[^\W\d]\w*+")
NAME_CHARS = 30
PUBLIC_NAMES, OWN_NAMES = 2000, 300  # caps, so that the number of words has a bound
ELSEWHERE = "…"  # what stands in place of a word that is not repeated


class Vocabulary:
    """The library's names, with those of a visible notebook and of one submission."""

    def __init__(self, public: Iterable[str] = (), own: Iterable[str] = ()) -> None:
        self._public, self._own = tuple(public), tuple(own)

    def __contains__(self, name: object) -> bool:
        return name in library_names() or name in self._names

    def __len__(self) -> int:
        return len(library_names() | self._names)

    @cached_property
    def _names(self) -> frozenset[str]:
        public = list(_first(self._public, PUBLIC_NAMES))
        return frozenset([*public, *_first(self._own, OWN_NAMES)])


def vocabulary_of(prepared: PreparedNotebook) -> Vocabulary:
    """The words of one prepared notebook. Nothing is read before a name is asked for."""
    code = [cell for cell in prepared.cells if cell.kind == "code"]
    templates = (HIDDEN_TESTS.without(cell.template.source) for cell in code if cell.template)
    own = (cell.source for cell in code if cell.solution or cell.template is None)
    return Vocabulary(tuple(templates), tuple(own))


@cache
def library_names() -> frozenset[str]:
    """Names of Python, numpy and torch, as they stand in library_names.txt."""
    text = resources.files(__package__).joinpath("library_names.txt").read_text("utf-8")
    return frozenset(text.split())


def _first(sources: Iterable[str], most: int) -> Iterator[str]:
    """The first different names in sources; the very long ones are left out."""
    seen: set[str] = set()
    for source in sources:
        for found in NAME.finditer(source):
            name = found[0]
            if len(seen) >= most:
                return
            if len(name) <= NAME_CHARS and name not in seen:
                seen.add(name)
                yield name
