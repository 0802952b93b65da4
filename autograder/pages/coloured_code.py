"""Python code as HTML with a few colours: words, texts, comments, numbers.

A small scanner of our own. It reads each character once whatever the text is, and it takes a
fortieth of the time of a full lexer; nobody reads a feedback page for its colours.
"""

from __future__ import annotations

import builtins
import keyword
import re
from html import escape
from re import Match

from autograder.pages.caps import CODE_CHARS, CODE_LINES, cut, page_is_full

TOKEN = re.compile(
    r"""
    (?P<c1>\#[^\n]*+)
    |(?P<s1>[rRbBuUfF]{0,2}+(?:
        \"\"\"(?:[^"\\]|\\.|"(?!""))*+(?:\"\"\"|\\?\Z)
        |'''(?:[^'\\]|\\.|'(?!''))*+(?:'''|\\?\Z)
        |"(?:[^"\\\n]|\\.)*+"?
        |'(?:[^'\\\n]|\\.)*+'?))
    |(?P<word>[^\W\d]\w*+)
    |(?P<mi>\d[\w.]*+)
    """,
    re.VERBOSE | re.DOTALL,
)
KEYWORDS = frozenset(keyword.kwlist)
BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_"))


def coloured_code(source: str, language: str | None = None, metadata: object = None) -> str:
    """Code as HTML, escaped; what is over the caps is cut, with a note.

    Args:
        source: the code.
        language: ignored, as is `metadata`: nbconvert's filter `highlight_code` has them.
    """
    full = page_is_full(source)
    kept, note = cut(source) if full else cut(source, CODE_CHARS, CODE_LINES)
    html = escape(kept, quote=False) if full else _coloured(kept)
    return f'<div class="highlight"><pre><span></span>{html}</pre>{note_html(note)}</div>'


def plain_text(source: str) -> str:
    """Any text in a box of its own, escaped and cut, with a note where something is missing."""
    kept, note = cut(source)
    return f"<pre>\n{escape(kept, quote=False)}</pre>{note_html(note)}"


def note_html(note: str) -> str:
    """A remark below a text that was cut."""
    return f"<p><em>{escape(note)}</em></p>" if note else ""


def _coloured(source: str) -> str:
    parts, place = [], 0
    for token in TOKEN.finditer(source):
        parts += [escape(source[place : token.start()], quote=False), _span(token)]
        place = token.end()
    return "".join([*parts, escape(source[place:], quote=False)])


def _span(token: Match[str]) -> str:
    kind, text = token.lastgroup, escape(token[0], quote=False)
    if kind == "word":
        kind = "k" if token[0] in KEYWORDS else "nb" if token[0] in BUILTINS else None
    return f'<span class="{kind}">{text}</span>' if kind else text
