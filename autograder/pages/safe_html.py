"""What a student wrote, made safe to look at: markdown and HTML that cannot act.

`safe_markdown` and `safe_output` stand in for nbconvert's filters `markdown2html` and `clean_html`
(see nbgrader_config.py), in the feedback page and in the formgrader. `inert_markdown` is the second
line of defence, for viewers that know nothing of these filters.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape
from typing import Any

import bleach
from bleach.css_sanitizer import CSSSanitizer
from mistune.plugins import import_plugin
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.pages.formulas import formula

PROTOCOLS = ("http", "https", "mailto")
TAGS = {
    "a", "abbr", "b", "blockquote", "br", "code", "dd", "del", "details", "div", "dl", "dt", "em",
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "kbd", "li", "mark", "ol", "p", "pre", "s",
    "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead",
    "tr", "u", "ul",
}  # fmt: skip
STYLES = ("border", "border-left", "color", "margin", "padding", "text-align",
          "vertical-align", "font-weight", "font-size", "overflow-wrap", "white-space")  # fmt: skip
HIGHLIGHTING = re.compile(r"highlight|hl-[\w-]+|language-[\w+-]+|[a-z]{1,2}\d?|err|w2c-[a-z-]+")
# Alone in a private-use area: a formula's place while the text around it is cleaned.
OPEN, CLOSE = "\ue000", "\ue001"
PLACE = re.compile(f"{OPEN}(\\d+){CLOSE}")
PRIVATE = re.compile(f"[{OPEN}{CLOSE}]")


# ------------------------------------------------------------------------------------ filters
def safe_markdown(source: str) -> str:
    """Markdown as HTML that runs nothing, loads nothing and leads only to web and mail addresses.

    Formulas become MathML. Pictures become their description: a remote one would tell its server
    who is reading, and pasted ones are not kept.
    """
    renderer = _Renderer()
    plugins = [import_plugin(name) for name in MarkdownWithMath.DEFAULT_PLUGINS]
    html = MarkdownWithMath(renderer=renderer, plugins=plugins).render(PRIVATE.sub("", source))
    cleaned = _text_cleaner().clean(html)
    return PLACE.sub(lambda place: renderer.formulas[int(place[1])], cleaned)


def safe_output(html: str | bytes) -> str:
    """HTML of an output: tables, text and a few styles; nothing that acts or loads."""
    return _output_cleaner().clean(html.decode() if isinstance(html, bytes) else str(html))


class _Renderer(IPythonRenderer):
    """nbconvert's renderer, with formulas and pictures set aside."""

    def __init__(self) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)
        self.formulas: list[str] = []

    def _set_aside(self, tex: str, block: bool) -> str:
        self.formulas.append(formula(tex, block))
        return f"{OPEN}{len(self.formulas) - 1}{CLOSE}"

    def block_math(self, body: str) -> str:
        return self._set_aside(body, block=True)

    def inline_math(self, body: str) -> str:
        return self._set_aside(body, block=False)

    def latex_environment(self, name: str, body: str) -> str:
        return self._set_aside(f"\\begin{{{name}}}{body}\\end{{{name}}}", block=True)

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return f"<em>[picture: {escape(PLACE.sub('', text)) or 'without a description'}]</em>"

    def block_mermaidjs(self, code: str) -> str:
        return f"<pre><code>{escape(code)}</code></pre>"


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
    return bleach.Cleaner(TAGS, _text_attribute, PROTOCOLS, filters=[_AbsoluteLinks])


@cache
def _output_cleaner() -> bleach.Cleaner:
    return bleach.Cleaner(
        TAGS, _output_attribute, PROTOCOLS, css_sanitizer=CSSSanitizer(STYLES),
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
