"""One cell of a judged notebook as HTML: source, outputs, and what only the instructor may see."""

from __future__ import annotations

import re
from typing import Any

from markupsafe import Markup

from autograder.pages.coloured_code import coloured_code, plain_text
from autograder.pages.safe_html import safe_markdown, safe_output, safe_terminal_text
from course.notebook_format import HIDDEN_TESTS, MARK_SCHEME

PNG = re.compile(r"iVBORw0KGgo[A-Za-z0-9+/\n]*+={0,2}\n?")
SAFE_PICTURE_CHARS = 3_000_000


def source_html(cell: dict[str, Any], plain: bool = False) -> Markup:
    """What stands in a cell: markdown drawn, code in colours, anything else as plain text."""
    source = str(cell["source"])
    if plain or cell["cell_type"] == "raw":
        return Markup(plain_text(source))
    draw = safe_markdown if cell["cell_type"] == "markdown" else coloured_code
    return Markup(draw(source))


def shown_part(cell: dict[str, Any]) -> dict[str, Any]:
    """An instructor's cell without hidden checks and mark schemes."""
    source = MARK_SCHEME.without(HIDDEN_TESTS.without(str(cell["source"]))).strip("\n")
    return {**cell, "source": source}


def outputs_html(cell: dict[str, Any], plain: bool = False) -> Markup:
    """The outputs of a cell; with `plain` their text alone."""
    return Markup("").join(_output(output, plain) for output in cell.get("outputs", []))


def _output(output: dict[str, Any], plain: bool) -> Markup:
    kind = output["output_type"]
    if kind == "stream":
        return _printed(output["text"], plain)
    if kind == "error":
        lines = output["traceback"] or [f"{output['ename']}: {output['evalue']}"]
        return _printed("\n".join(lines), plain)
    data = output.get("data", {})
    html, picture = data.get("text/html"), str(data.get("image/png", ""))
    if html is not None:
        return Markup(safe_output(_joined(html)))
    if not plain and len(picture) <= SAFE_PICTURE_CHARS and PNG.fullmatch(picture):
        return Markup(f'<img alt="" src="data:image/png;base64,{picture}">')
    return _printed(data.get("text/plain", ""), plain)


def _printed(text: str | list[str], plain: bool) -> Markup:
    if plain:
        return Markup(plain_text(_joined(text)))
    return Markup(f"<pre>\n{safe_terminal_text(_joined(text))}</pre>")


def _joined(text: str | list[str]) -> str:
    """nbformat stores long texts as lists of lines too."""
    return text if isinstance(text, str) else "".join(map(str, text))
