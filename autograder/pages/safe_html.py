"""What a student wrote, made safe to look at: markdown and HTML that cannot act.

The functions here stand in for nbconvert's filters of markdown, outputs and terminal text (see
nbgrader_config.py), in the feedback page and in the formgrader. Each takes time in proportion to
its text, and shows what is over the caps as plain text. `inert_markdown` is the second line of
defence, for viewers that know nothing of these filters.
"""

from __future__ import annotations

import re
import secrets
from functools import cache, lru_cache
from html import escape
from typing import Any

import bleach
import mistune
from bleach.css_sanitizer import CSSSanitizer

from autograder.pages.caps import CODE_CHARS, CODE_LINES, TAGS, cut, is_too_much, page_is_full
from autograder.pages.coloured_code import coloured_code, note_html, plain_text
from autograder.pages.formulas import formula
from autograder.pages.maths_markdown import maths
from autograder.pages.plain_tags import STYLES, TEXT_TAGS, is_plain

PROTOCOLS = ("http", "https", "mailto")
PLUGINS: list[Any] = ["strikethrough", "table", "url", "task_lists", "def_list", maths]
HIGHLIGHTING = re.compile(r"highlight|hl-[\w-]+|language-[\w+-]+|[a-z]{1,2}\d?|err|w2c-[a-z-]+")
PYTHON = frozenset(("python", "py", "python3", "ipython", "ipython3"))
REMEMBERED = 512  # texts: an instructor's cell is the same in every notebook of the class


# ------------------------------------------------------------------------------------ filters
def safe_markdown(source: str) -> str:
    """Markdown as HTML that runs nothing, loads nothing and leads only to web and mail addresses.

    Formulas become MathML. Pictures become their description: a remote one would tell its server
    who is reading, and pasted ones are not kept. What is over the caps is plain text.
    """
    if page_is_full(source) or is_too_much(source):
        return plain_text(source)
    try:
        return _markdown(source)
    except (RecursionError, ValueError, IndexError, KeyError):  # the parser met its own limits
        return plain_text(source)


def safe_output(html: str | bytes) -> str:
    """HTML of an output: tables, text and a few styles; nothing that acts or loads."""
    text = html.decode("utf-8", "replace") if isinstance(html, bytes) else str(html)
    return plain_text(text) if len(text) > CODE_CHARS else _output(text)


def safe_terminal_text(text: str) -> str:
    """What a program printed, escaped, with the colours that a terminal would show."""
    kept, note = cut(str(text)) if page_is_full(text) else cut(str(text), CODE_CHARS, CODE_LINES)
    parts = ANSI.split(escape(kept, quote=False))
    shown = [parts[0]]
    for codes, part in zip(parts[1::2], parts[2::2], strict=True):
        name = next((TERMINAL[code] for code in codes.split(";") if code in TERMINAL), None)
        shown.append(f'<span class="ansi-{name}">{part}</span>' if name and part else part)
    return "".join(shown) + note_html(note)


def as_it_is(html: str) -> str:
    """In place of nbconvert's `strip_files_prefix`: links to files are dropped already."""
    return html


ANSI = re.compile("\x1b\\[([\\d;]{0,30}+)[A-Za-z]")
TERMINAL = {"1": "bold", "31": "red-fg", "32": "green-fg", "34": "blue-fg", "36": "cyan-fg"}
TERMINAL |= {"91": "red-fg", "92": "green-fg", "94": "blue-fg", "96": "cyan-fg"}


# ------------------------------------------------------------------------------------ markdown
@lru_cache(REMEMBERED)
def _markdown(source: str) -> str:
    renderer = _Renderer()
    parser = mistune.create_markdown(renderer=renderer, plugins=PLUGINS)
    html = str(parser(source))
    cleaned = html if is_plain(html, styled=False) else _text_cleaner().clean(html)
    return renderer.place.sub(lambda place: renderer.formulas[int(place[1])], cleaned)


class _Renderer(mistune.HTMLRenderer):
    """mistune's renderer, with formulas and pictures set aside and Python in colours.

    A formula leaves a word in its place while the text around it is cleaned. The word is drawn by
    lot: a student who could write it would put a formula's HTML inside an attribute.
    """

    def __init__(self) -> None:
        super().__init__(escape=False, allow_harmful_protocols=True)  # cleaned afterwards
        self.formulas: list[str] = []
        self.word = f"formula{secrets.token_hex(8)}n"
        self.place = re.compile(rf"{self.word}(\d{{1,6}});")

    def block_math(self, tex: str) -> str:
        return self._set_aside(tex, block=True)

    def inline_math(self, tex: str) -> str:
        return self._set_aside(tex, block=False)

    def _set_aside(self, tex: str, block: bool) -> str:
        self.formulas.append(formula(tex, block))
        return f"{self.word}{len(self.formulas) - 1};"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return f"<em>[picture: {escape(self.place.sub('', text)) or 'without a description'}]</em>"

    def block_code(self, code: str, info: str | None = None) -> str:
        language = (info or "").split(maxsplit=1)[:1]
        if not language or language[0].lower() in PYTHON:
            return coloured_code(code) if language else f"<pre><code>{escape(code)}</code></pre>\n"
        return f"<pre><code>{escape(language[0])}\n{escape(code)}</code></pre>\n"


def _text_attribute(tag: str, name: str, value: str) -> bool:
    if name == "class":
        return tag in ("div", "span", "code", "pre") and _is_highlighting(value)
    return (tag, name) in {("a", "href"), ("ol", "start"), ("details", "open"), ("abbr", "title")}


def _output_attribute(tag: str, name: str, value: str) -> bool:
    if name == "class":
        return _is_highlighting(value)
    return name in ("style", "lang", "colspan", "rowspan") or (tag, name) == ("a", "href")


def _is_highlighting(value: str) -> bool:
    return all(HIGHLIGHTING.fullmatch(word) for word in value.split())


@cache
def _text_cleaner() -> bleach.Cleaner:
    return bleach.Cleaner(TEXT_TAGS, _text_attribute, PROTOCOLS, filters=[_AbsoluteLinks])


# ------------------------------------------------------------------------------------ outputs
def _output(html: str) -> str:
    """Our own verdicts pass as they are, and cost a page nothing."""
    if is_plain(html, styled=True):
        return html
    if page_is_full(html) or html.count("<") > TAGS:
        return plain_text(html)
    return _output_cleaner().clean(html)


@cache
def _output_cleaner() -> bleach.Cleaner:
    return bleach.Cleaner(
        TEXT_TAGS, _output_attribute, PROTOCOLS, css_sanitizer=CSSSanitizer(STYLES),
        filters=[_AbsoluteLinks],
    )  # fmt: skip


class _AbsoluteLinks:
    """Drops links to places on the page's own server, such as a file of the submission."""

    def __init__(self, source: Any) -> None:
        self.source = source

    def __iter__(self) -> Any:
        for token in self.source:
            data = token.get("data")
            if token["type"] in ("StartTag", "EmptyTag") and isinstance(data, dict):
                key = (None, "href")
                if key in data and not re.match(r"https?://|mailto:|#", data[key], re.IGNORECASE):
                    del data[key]
            yield token
