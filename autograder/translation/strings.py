"""The texts for a reader that stand in code: docstrings, messages, labels; and how one is replaced.

A text is a template: what an f-string computes stands in braces, as it is written there. Names,
keys and words that code compares are no texts; a label is one only if it has a space.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from unicodedata import east_asian_width

from autograder import syntax
from autograder.translation.templates import as_literal, field_of
from course.phrases import fields, split_template

SHOWING = ("plots", "widgets", "lesson", "style", "panel")  # calls into these draw or ask
PRINTING = ("print", "NotImplementedError", "ValueError")
WIDEST = 96  # columns of a line of code; a Hangul syllable takes two
Text = ast.Constant | ast.JoinedStr


@dataclass(frozen=True)
class CodeText:
    """A text in a cell: its template, its place as offsets, whether it is a docstring."""

    template: str
    start: int
    end: int
    is_docstring: bool = False


def code_texts(source: str) -> list[CodeText]:
    """The texts of a cell in their order; none where the cell is no Python."""
    try:
        tree = syntax.parse(source)
    except (SyntaxError, ValueError):
        return []
    lines = _line_starts(source)
    found = dict(_texts(tree))
    made = [_code_text(node, is_doc, source, lines) for node, is_doc in found.items()]
    return sorted(made, key=lambda text: text.start)


def _texts(tree: ast.AST) -> Iterator[tuple[Text, bool]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and (text := _text(first.value)) is not None:
                yield text, True
        elif isinstance(node, ast.Assert) and node.msg is not None:
            yield from ((text, False) for text in _told(node.msg))
        elif isinstance(node, ast.Call) and _root(node.func) in (*SHOWING, *PRINTING):
            values = [*node.args, *(keyword.value for keyword in node.keywords)]
            yield from ((text, False) for value in values for text in _told(value))


def _told(value: ast.expr) -> Iterator[Text]:
    """The texts that an argument says: itself, or those that it chooses from or puts together."""
    text = value if isinstance(value, ast.JoinedStr) else _text(value)
    if text is not None:
        if " " in (words := _words(text)).strip() and any(sign.isalpha() for sign in words):
            yield text
    elif isinstance(value, ast.IfExp):
        yield from (*_told(value.body), *_told(value.orelse))
    elif isinstance(value, ast.BinOp):
        yield from (*_told(value.left), *_told(value.right))


def _text(node: ast.expr) -> ast.Constant | None:
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return node if is_text and isinstance(node, ast.Constant) else None


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _words(node: Text) -> str:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))


def template_of(node: Text) -> str:
    """A string of code as a template."""
    if isinstance(node, ast.Constant):
        return str(node.value).replace("{", "{{").replace("}", "}}")
    parts = (template_of(p) if isinstance(p, ast.Constant) else field_of(p) for p in node.values)
    return "".join(parts)


# ------------------------------------------------------------------------------------ places
def _line_starts(source: str) -> list[int]:
    starts = [0]
    for line in source.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts


def _code_text(node: Text, is_doc: bool, source: str, starts: list[int]) -> CodeText:
    start = _offset(source, starts, node.lineno, node.col_offset)
    end = _offset(source, starts, node.end_lineno or 0, node.end_col_offset or 0)
    template = template_of(node)
    return CodeText(inspect.cleandoc(template) if is_doc else template, start, end, is_doc)


def _offset(source: str, starts: list[int], line: int, column: int) -> int:
    """The offset of a place that Python gives in bytes of its line."""
    text = source[starts[line - 1] : starts[line]]
    return starts[line - 1] + len(text.encode()[:column].decode())


# ------------------------------------------------------------------------------------ replacing
def replaced(source: str, texts: Mapping[str, str]) -> str:
    """A cell with those of its texts replaced that the mapping knows, the rest untouched.

    What computes something must stay as it is: a text with other fields is left alone.
    """
    for text in reversed(code_texts(source)):
        new = texts.get(text.template, "")
        if new and new != text.template and fields(new) == fields(text.template):
            written = _written(text, new, source)
            source = source[: text.start] + written + source[text.end :]
    return source


def _written(text: CodeText, new: str, source: str) -> str:
    begin = source.rfind("\n", 0, text.start) + 1
    line = source[begin : text.start]
    indent = line[: len(line) - len(line.lstrip())]
    if text.is_docstring:
        return _docstring(new, indent, "\n" in source[text.start : text.end])
    whole = as_literal(split_template(new))
    behind = source[text.end :].split("\n", 1)[0]
    if columns(line + whole + behind) <= WIDEST:
        return whole
    inside = indent if line.strip() == "" else indent + "    "
    pieces = [as_literal(piece) for piece in _pieces(new, WIDEST - len(inside) - 4)]
    laid = f"\n{inside}".join(pieces)
    if line.strip() == "":
        return laid
    opened = line.rstrip().endswith("(") and behind.startswith(")")
    return f"\n{inside}{laid}\n{indent}" if opened else f"(\n{inside}{laid}\n{indent})"


def _docstring(new: str, indent: str, had_lines: bool) -> str:
    text = "".join(literal for literal, _ in split_template(new)).replace("\\", "\\\\")
    lines = [indent + line if line else "" for line in text.split("\n")]
    ending = f"\n{indent}" if len(lines) > 1 and had_lines else ""
    body = "\n".join(lines).lstrip()
    return f'"""{body}{ending}"""'


def _pieces(template: str, width: int) -> Iterator[list[tuple[str, str]]]:
    """A template cut at blanks into pieces that are at most so wide, as far as that goes."""
    line: list[tuple[str, str]] = []
    used = 0
    for part in _parts(template):
        wide = columns(part[0]) + columns(part[1]) + 2 * bool(part[1])
        if line and used + wide > width:
            yield line
            line, used = [], 0
        line.append(part)
        used += wide
    yield line


def _parts(template: str) -> Iterator[tuple[str, str]]:
    """Words with the blank behind them, and fields, one at a time."""
    for literal, field in split_template(template):
        words = literal.split(" ")
        yield from ((word + " ", "") for word in words[:-1])
        if words[-1] or field:
            yield words[-1], field


def columns(text: str) -> int:
    """How wide a text is in a typewriter's columns."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
