"""Submissions that are alike where others are not: a hint for a person, never a verdict.

Code is reduced to tokens: comments and layout go, names that a student chose become one sign,
names of the notebook, of Python and of libraries stay. Of every run of tokens a hash is taken, and
of every window of hashes the smallest is kept (Schleimer, Wilkerson & Aiken, "Winnowing: local
algorithms for document fingerprinting", SIGMOD 2003). What stands in the instructor's notebook, in
the reference or in a known solution, and what many of a class have, is an idiom and does not count.
"""

from __future__ import annotations

import builtins
import keyword
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from autograder.insight.sources import Sources
from autograder.week import Week

RUN, WINDOW = 12, 6  # a copied passage of RUN + WINDOW - 1 tokens is found for certain
FEWEST, SHARE = 10, 0.6  # prints in common, and of those that the smaller of the two has
COMMON = (3, 12)  # so many students at least, and at most, may share a print that counts
TOKEN = re.compile(
    r"""\#[^\n]*|(?:[rbfu]{0,2})(?:\"{3}.*?\"{3}|'{3}.*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')
    |\d[\w.]*|[^\W\d]\w*|[^\s\w]""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
PYTHON = frozenset(keyword.kwlist) | frozenset(dir(builtins)) | {"self"}


@dataclass(frozen=True)
class Alike:
    """Two students whose code has more in common than chance and idiom explain.

    share : of the smaller one's unusual passages, from 0 to 1
    cells : where, with how many passages, the most first
    codes : that first cell of both
    """

    students: tuple[str, str]
    share: float
    passages: int
    cells: tuple[tuple[str, int], ...]
    codes: tuple[str, str] = ("", "")


def similar(week: Week, sources: Mapping[str, Sources]) -> tuple[Alike, ...]:
    """The pairs of a class that a person should look at, the most alike first."""
    known = [cell.source for book in week.notebooks for cell in book.cells if cell.kind == "code"]
    known += [variant.source for variant in week.book.variants]
    return pairs(sources, known)


def pairs(sources: Mapping[str, Sources], known: Sequence[str]) -> tuple[Alike, ...]:
    """The same, where `known` is code that everybody may have."""
    names = frozenset(name for text in known for name in tokens(text))
    usual = {mark for text in known for mark in winnowed(text, names)}
    marked = {
        student: _prints(own, names, usual) for student, own in sorted(sources.items()) if own
    }
    holders = Counter(mark for marks in marked.values() for mark in marks)
    low, high = COMMON
    most = min(max(low, len(marked) // 4), high)
    rare = {mark for mark, count in holders.items() if 1 < count <= most}
    unusual = {
        student: {mark: cell for mark, cell in marks.items() if holders[mark] <= most}
        for student, marks in marked.items()
    }
    found = _counted(unusual, rare)
    alike = (_alike(pair, unusual, sources) for pair, n in found.items() if n >= FEWEST)
    kept = (one for one in alike if one.share >= SHARE)
    return tuple(sorted(kept, key=lambda one: (-one.share, -one.passages, one.students)))


def _prints(own: Sources, names: frozenset[str], usual: set[int]) -> dict[int, str]:
    """A student's prints that are no idiom of the course, with the cell of each."""
    return {
        mark: cell
        for cell, text in own.items()
        for mark in winnowed(text, names)
        if mark not in usual
    }


def _counted(
    unusual: Mapping[str, Mapping[int, str]], rare: Iterable[int]
) -> Counter[tuple[str, str]]:
    holders: dict[int, list[str]] = {mark: [] for mark in rare}
    for student, marks in unusual.items():
        for mark in marks:
            if mark in holders:
                holders[mark].append(student)
    return Counter(pair for students in holders.values() for pair in combinations(students, 2))


def _alike(
    pair: tuple[str, str], unusual: Mapping[str, Mapping[int, str]], sources: Mapping[str, Sources]
) -> Alike:
    one, other = unusual[pair[0]], unusual[pair[1]]
    shared = one.keys() & other.keys()
    cells = Counter(one[mark] for mark in shared).most_common()
    first = cells[0][0]
    theirs = Counter(other[mark] for mark in shared if one[mark] == first).most_common(1)[0][0]
    codes = (sources[pair[0]][first], sources[pair[1]][theirs])
    share = len(shared) / min(len(one), len(other))
    return Alike(pair, share, len(shared), tuple(cells), codes)


# ------------------------------------------------------------------------------------ fingerprints
def tokens(text: str, names: frozenset[str] | None = None) -> list[str]:
    """The tokens of a code; with `names` given, every other name that is no attribute is "V"."""
    found: list[str] = []
    for match in TOKEN.finditer(text):
        token = match.group()
        if token[0] == "#":
            continue
        if token[-1] in "\"'" and len(token) > 1:
            token = "S"
        elif names is not None and (token[0].isalpha() or token[0] == "_"):
            attribute = bool(found) and found[-1] == "."
            token = token if attribute or token in names or token in PYTHON else "V"
        found.append(token)
    return found


def winnowed(text: str, names: frozenset[str]) -> set[int]:
    """The prints of a code: of every window of hashes the smallest."""
    words = tokens(text, names)
    hashes = [
        zlib.crc32(" ".join(words[i : i + RUN]).encode("utf-8", "replace"))
        for i in range(len(words) - RUN + 1)
    ]
    return {min(hashes[i : i + WINDOW]) for i in range(max(len(hashes) - WINDOW + 1, 0))}
