"""What can be told of a cell's text without running it. Trusted, linear in the text, never fatal.

Students' code is looked at for three things: which names it defines at its outer level, what it
adds to a text of the instructor's, and whether its Python is newer than the grader's.
"""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial

from course.notebook_format import HIDDEN_TESTS, MARK_SCHEME, normal

PARSED_CHARS = 20_000  # longer cells are not parsed: a parser's worst case costs seconds
FUNCTION = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)
ASSIGNED = re.compile(r"^(\w+)[ \t]*(?::[^=\n]{1,200})?=(?!=)", re.MULTILINE)
BLOCKS = ("body", "orelse", "finalbody", "handlers")  # of if, for, while, with, try
MARKERS = re.compile(rf"\b(BEGIN|END) (?={HIDDEN_TESTS.name}|{MARK_SCHEME.name})")


def lines_of(source: str) -> frozenset[str]:
    """The lines of a text that say something, in any order."""
    return frozenset(line.strip() for line in source.splitlines() if len(line.strip()) > 3)


def words_in(source: str) -> frozenset[str]:
    """Every word of a text."""
    return frozenset(re.findall(r"\w+", source))


def inert(source: str) -> str:
    """A student's text in which nbgrader takes no marker for one of its own: it looks the same."""
    return MARKERS.sub("\\1\N{NO-BREAK SPACE}", source)


def unfenced(source: str) -> str:
    """The code of a text cell that holds nothing but a fenced block of it; else the text."""
    lines = source.strip().splitlines()
    fenced = len(lines) > 1 and lines[0].startswith("```") and lines[-1].strip() == "```"
    return "\n".join(lines[1:-1]) if fenced else source


# ------------------------------------------------------------------------------------ definitions
def functions_in(source: str) -> frozenset[str]:
    """The functions and classes that a cell defines at its outer level, even if it has an error."""
    return frozenset(FUNCTION.findall(source))


def names_in(source: str) -> frozenset[str]:
    """The functions, classes and variables that a cell binds at its outer level."""
    return functions_in(source) | frozenset(ASSIGNED.findall(source))


@lru_cache(maxsize=2048)
def bound_in(source: str) -> frozenset[str]:
    """All that a student's cell binds at its outer level, also by an import, a pair or in an `if`.

    Of a cell that is no plain Python, what `names_in` finds.
    """
    tree = parsed(source)
    return names_in(source) if tree is None else frozenset(_bound(tree.body))


def _bound(statements: Iterable[ast.stmt]) -> Iterator[str]:
    for node in statements:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (name for target in targets for name in _stored(target))
        else:
            for block in (getattr(node, name, []) for name in BLOCKS):
                yield from _bound(block)


def _stored(target: ast.AST) -> Iterator[str]:
    for part in ast.walk(target):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            yield part.id


def parsed(source: str) -> ast.Module | None:
    """The syntax tree of a cell, or None where there is none, or none that is worth its time."""
    if len(source) > PARSED_CHARS:
        return None
    try:
        with warnings.catch_warnings(action="ignore"):  # of a "\\d" in a student's string
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def definitions(source: str, names: Iterable[str]) -> str:
    """Of a cell, its imports and its definitions of these names; the whole cell if it is odd."""
    tree = parsed(source)
    if tree is None:
        return source
    wanted, texts = frozenset(names), _statements(source, tree)
    kept = [text for node, text in texts if _imports(node) or wanted & bound_in(text)]
    return "\n\n".join(kept)


def added_statements(source: str, original: str) -> str:
    """The statements of a cell that the instructor's text does not have; all lines if it is odd."""
    mine, theirs = parsed(source), parsed(original)
    if mine is None or theirs is None:
        return added_lines(source, original)
    known = {ast.dump(node) for node in theirs.body}
    added = [text for node, text in _statements(source, mine) if ast.dump(node) not in known]
    return "\n".join(added)


def added_lines(source: str, original: str) -> str:
    """The lines of a text that the instructor's does not have."""
    known = {line.strip() for line in original.splitlines()}
    return "\n".join(
        line for line in normal(source).splitlines() if not line or line.strip() not in known
    ).strip()


def _imports(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def _statements(source: str, tree: ast.Module) -> list[tuple[ast.stmt, str]]:
    """Each statement with its lines, decorators included."""
    lines = source.replace("\r\n", "\n").split("\n")
    found = []
    for node in tree.body:
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
        found.append((node, "\n".join(lines[first - 1 : node.end_lineno])))
    return found


# ------------------------------------------------------------------------------------ newer syntax
PREFIX = r"(?<![\w\"'])[fFrRtT]{1,2}(?=[\"'])"
TYPE_PARAMETERS = re.compile(
    r"^([ \t]*(?:(?:async[ \t]+)?def|class|type)[ \t]+\w+)\[[^\]\n]{1,300}\]", re.MULTILINE
)
TYPE_ALIAS = re.compile(r"^([ \t]*)type[ \t]+(?=\w+[ \t]*=)", re.MULTILINE)
BARE_EXCEPT = re.compile(r"^([ \t]*except\*?[ \t]+)(\w[\w., \t]{0,200}),[ \t]*(\w+)[ \t]*:", re.M)
STRING_START = re.compile(rf"({PREFIX})?(\"\"\"|'''|\"|')|#", re.ASCII)
PERHAPS_NEWER = re.compile(
    rf"{PREFIX}|^[ \t]*(?:type\b|except\b[^\n]*,|(?:async[ \t]+)?(?:def|class)[ \t]+\w+\[)",
    re.MULTILINE,
)
MAGIC = re.compile(r"^([ \t]*)[%!][^\n]*", re.MULTILINE)


def newer_syntax(source: str) -> str:
    """What a cell uses of a Python newer than this one, such as "type parameters (Python 3.12)".

    Empty if this Python can read the cell, or could not read it even without what is newer.
    """
    if len(source) > PARSED_CHARS or not PERHAPS_NEWER.search(source):
        return ""
    older = MAGIC.sub(r"\1pass", source)
    if parsed(older) is not None:
        return ""
    for rewritten, what, version in _NEWER:
        changed = rewritten(older)
        if changed != older and sys.version_info < version and parsed(changed) is not None:
            return f"{what} (Python {version[0]}.{version[1]})"
        older = changed
    return ""


def _without_type_parameters(source: str) -> str:
    return TYPE_ALIAS.sub(r"\1", TYPE_PARAMETERS.sub(r"\1", source))


def _with_bracketed_except(source: str) -> str:
    return BARE_EXCEPT.sub(r"\1(\2, \3):", source)


def _without_strings(kind: str, source: str) -> str:
    """Every string of a kind (f or t) as an empty one, read as Python 3.12 reads it: nested."""
    return "".join(_pieces(kind, source))


def _pieces(kind: str, source: str) -> Iterator[str]:
    place = 0
    while found := STRING_START.search(source, place):
        yield source[place : found.start()]
        if found[0] == "#":
            end = source.find("\n", found.start())
            place = len(source) if end < 0 else end
            continue
        place, ended = _end_of_string(source, found)
        replaced = ended and kind in (found[1] or "").lower()
        yield '""' if replaced else source[found.start() : place]
    yield source[place:]


def _nests(start: re.Match[str]) -> bool:
    return bool(set((start[1] or "").lower()) & {"f", "t"})


def _end_of_string(source: str, start: re.Match[str]) -> tuple[int, bool]:
    """Where a string ends, and whether it does; code in its braces may hold further strings."""
    quotes, depths = [(start[2], _nests(start))], [0]  # of the strings that are open, outer first
    place = start.end()
    while quotes and place < len(source):
        quote, nests = quotes[-1]
        inner = STRING_START.match(source, place) if depths[-1] else None
        if inner and inner[2]:
            quotes.append((inner[2], _nests(inner)))
            depths.append(0)
            place = inner.end()
        elif depths[-1]:
            depths[-1] += (source[place] in "{[(") - (source[place] in "}])")
            place += 1
        elif source.startswith(quote, place):
            quotes.pop()
            depths.pop()
            place += len(quote)
        elif source[place] == "\\" or (nests and source.startswith("{{", place)):
            place += 2
        else:
            depths[-1] += nests and source[place] == "{"
            place += 1
    return place, not quotes


_NEWER: tuple[tuple[Callable[[str], str], str, tuple[int, int]], ...] = (
    (_without_type_parameters, "type parameters", (3, 12)),
    (partial(_without_strings, "f"), "quotes, backslashes or comments inside an f-string", (3, 12)),
    (partial(_without_strings, "t"), "t-strings", (3, 14)),
    (_with_bracketed_except, "several exceptions without brackets", (3, 14)),
)
