"""HTML of so plain a kind that it is safe as it stands: checked tag by tag, without a parser.

bleach parses HTML as a browser would and takes milliseconds for it; nearly all that the pages hold
is plain. A text passes here only if every tag is known, closed in order, and carries nothing but
harmless attributes, each in double quotes. Everything else goes to bleach.
"""

from __future__ import annotations

import re
from html import unescape

TEXT_TAGS = frozenset(
    "a abbr b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i kbd li mark ol "
    "p pre s small span strong sub summary sup table tbody td tfoot th thead tr u ul".split()
)
VOID = frozenset(("br", "hr"))
PIECE = re.compile(
    r"""[^<&]++                                             # text
    |&(?:amp|lt|gt|quot|\#39|\#x27);
    |<(?P<end>/?)(?P<tag>[a-z][a-z0-9]{0,9}+)
     (?P<attributes>(?:\ [a-z]{1,10}+="[^"<>]*+")*+)(?:\ /)?>
    """,
    re.VERBOSE,
)
ATTRIBUTE = re.compile(r' ([a-z]{1,10}+)="([^"<>]*+)"')
CLASSES = re.compile(r"(?:(?:highlight|err|[a-z]{1,2}\d?|w2c-[a-z-]{1,20})(?: |$))*+")
ADDRESS = re.compile(r"(?:https?://|mailto:|#)[^\s\\]*+", re.IGNORECASE)
NUMBER = re.compile(r"\d{1,6}")
LANGUAGE = re.compile(r"[A-Za-z-]{1,12}")
STYLES = frozenset((
    "border", "border-left", "color", "margin", "padding", "text-align", "vertical-align",
    "font-weight", "font-size", "overflow-wrap", "white-space",
))  # fmt: skip
STYLE = re.compile(r"\s*+([a-z-]{1,20}+)\s*+:([\w\s#.%-]*+)(?:;|$)")


def is_plain(html: str, styled: bool) -> bool:
    """Whether every piece of the HTML is harmless as it stands, and every tag closed in order.

    Args:
        html: what is to be shown.
        styled: whether the attributes of an output (style, lang, colspan, rowspan) are allowed.
    """
    place, opened = 0, list[str]()
    while place < len(html):
        piece = PIECE.match(html, place)
        if piece is None:
            return False
        place = piece.end()
        if piece["tag"] and not _tag_is_plain(piece, opened, styled):
            return False
    return not opened


def _tag_is_plain(piece: re.Match[str], opened: list[str], styled: bool) -> bool:
    tag, attributes = piece["tag"], piece["attributes"]
    if tag not in TEXT_TAGS:
        return False
    if piece["end"]:
        return bool(opened) and opened.pop() == tag and not attributes
    if tag not in VOID:
        opened.append(tag)
    found = ATTRIBUTE.findall(attributes)
    return len(opened) < 50 and all(_is_harmless(tag, name, value, styled) for name, value in found)


def _is_harmless(tag: str, name: str, value: str, styled: bool) -> bool:
    if name == "class":
        return CLASSES.fullmatch(value) is not None
    if (tag, name) == ("a", "href"):
        return ADDRESS.fullmatch(unescape(value)) is not None
    if (tag, name) == ("ol", "start"):
        return not styled and NUMBER.fullmatch(value) is not None
    if not styled:
        return False
    if name == "style":
        return _style_is_harmless(value)
    if name in ("colspan", "rowspan"):
        return NUMBER.fullmatch(value) is not None
    return name == "lang" and LANGUAGE.fullmatch(value) is not None


def _style_is_harmless(value: str) -> bool:
    place = 0
    while place < len(value):
        rule = STYLE.match(value, place)
        if rule is None or rule[1] not in STYLES or rule.end() == place:
            return False
        place = rule.end()
    return True
