"""Templates as code writes them: the fields of f-strings, and string literals made of parts."""

from __future__ import annotations

import ast
from collections.abc import Sequence


def field_of(part: ast.expr) -> str:
    """What an f-string computes, in braces, with its conversion and format."""
    assert isinstance(part, ast.FormattedValue)
    conversion = f"!{chr(part.conversion)}" if part.conversion >= 0 else ""
    return "{" + ast.unparse(part.value) + conversion + _format(part) + "}"


def _format(part: ast.FormattedValue) -> str:
    if not isinstance(part.format_spec, ast.JoinedStr):
        return ""
    pieces = part.format_spec.values
    return ":" + "".join(
        str(piece.value) if isinstance(piece, ast.Constant) else field_of(piece) for piece in pieces
    )


def as_literal(parts: Sequence[tuple[str, str]]) -> str:
    """Pairs of literal and field as a string literal of Python, an f-string where it has fields."""
    has_fields = any(field for _, field in parts)
    body = "".join(_escaped(literal, has_fields) + _braced(field) for literal, field in parts)
    in_fields = "".join(field for _, field in parts)
    quote = "'" if '"' in in_fields or ('"' in body and "'" not in body) else '"'
    # inside a field nothing can be escaped, and nothing has to be: the quotes there are the others
    body = "".join(
        _escaped(literal, has_fields).replace(quote, f"\\{quote}") + _braced(field)
        for literal, field in parts
    )
    return f"{'f' if has_fields else ''}{quote}{body}{quote}"


def _escaped(literal: str, has_fields: bool) -> str:
    text = literal.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
    return text.replace("{", "{{").replace("}", "}}") if has_fields else text


def _braced(field: str) -> str:
    return "{" + field + "}" if field else ""
