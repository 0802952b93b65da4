"""Formulas in markdown, for mistune: `$x$`, `$$x$$`, `\\\\(x\\\\)`, `\\\\[x\\\\]` and environments.

What Jupyter reads as a formula is one here. The rules match the opening signs alone and look for
the closing ones once, so the time grows with the length of the text; patterns that hold both ends
take quadratic time where no end comes.
"""

from __future__ import annotations

import re
from re import Match
from typing import Any

from mistune import BlockParser, InlineParser, Markdown
from mistune.core import BlockState, InlineState

BEGIN = r"\\begin\{[a-z]*\*?\}"
OPENS_BLOCK = rf"(?<!\\)\$\$|\\\\\[|{BEGIN}"
OPENS = rf"(?<!\\)\$\$|(?<![$\\])\$(?!\$)|\\\\[\[(]|{BEGIN}"
CLOSES = {
    "$$": re.compile(r"(?<!\\)\$\$"),
    "$": re.compile(r"(?<![$\\])\$"),
    "\\\\[": re.compile(r"\\\\\]"),
    "\\\\(": re.compile(r"\\\\\)"),
}
State = BlockState | InlineState


def maths(markdown: Markdown) -> None:
    """A plugin of mistune. The renderer's `block_math` and `inline_math` get the formulas."""
    markdown.block.register("multiline_math", OPENS_BLOCK, _paragraph, before="fenced_code")
    # mistune knows the first characters of a rule of this name, and so stays quick
    markdown.inline.register("inline_math", OPENS, _formula, before="escape")


def _paragraph(block: BlockParser, opening: Match[str], state: BlockState) -> int | None:
    """Keep a formula of several lines together, so that no other rule splits it."""
    end = _end(opening, state)
    if end is not None:
        state.add_paragraph(state.src[opening.start() : end[1]])
    return end and end[1]


def _formula(inline: InlineParser, opening: Match[str], state: InlineState) -> int | None:
    end = _end(opening, state)
    if end is None or (opening[0] == "$" and end[0] == opening.end()):
        return None
    whole = opening[0].startswith("\\begin")
    body = state.src[opening.start() : end[1]] if whole else state.src[opening.end() : end[0]]
    kind = "inline_math" if opening[0] in ("$", "\\\\(") else "block_math"
    state.append_token({"type": kind, "raw": body})
    return end[1]


def _end(opening: Match[str], state: Any) -> tuple[int, int] | None:
    """Where the closing signs stand; None when none comes, which is then remembered."""
    sign, source = opening[0], state.src
    given_up: dict[str, str] = state.__dict__.setdefault("formulas_without_end", {})
    if given_up.get(sign) is source:
        return None
    if sign.startswith("\\begin"):
        closing = sign.replace("begin", "end", 1)
        found = source.find(closing, opening.end())
        end = (found, found + len(closing)) if found >= 0 else None
    else:
        match = CLOSES[sign].search(source, opening.end())
        end = match.span() if match else None
    if end is None:
        given_up[sign] = source
    return end
