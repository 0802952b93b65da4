"""TeX formulas as MathML, for pages that may not run a script.

A browser draws MathML by itself (MathML Core, W3C), so a page needs neither MathJax nor pictures.
latex2mathml does the translating. It passes text and attributes of the formula through as they
are, and students write formulas too, so what it makes is rebuilt from an allowlist.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape
from xml.etree import ElementTree

from latex2mathml.converter import convert

MAX_CHARS = 1_000
TAGS = frozenset(
    "math mrow mi mn mo mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover "
    "mtable mtr mtd mpadded mphantom mstyle mmultiscripts mprescripts none menclose".split()
)
ATTRIBUTES = frozenset(
    "display mathvariant stretchy fence separator accent accentunder movablelimits lspace rspace "
    "minsize maxsize width height depth columnalign rowspacing columnspacing linethickness form "
    "largeop symmetric displaystyle scriptlevel notation".split()
)
NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"


@lru_cache(2_000)
def formula(tex: str, block: bool = False) -> str:
    """A formula as MathML; as escaped TeX where it cannot be read or holds anything else.

    Args:
        tex: the formula without its dollar signs.
        block: on a line of its own.
    """
    try:
        return _mathml(tex, "block" if block else "inline")
    except Exception:  # latex2mathml raises many kinds; whatever it cannot read is shown as it is
        dollars = "$$" if block else "$"
        return f'<code class="tex">{escape(f"{dollars}{tex.strip()}{dollars}")}</code>'


def _mathml(tex: str, display: str) -> str:
    if len(tex) > MAX_CHARS:
        raise ValueError("too long")
    # as commands, `<` and `>` are operators; as characters they would open tags inside \text
    plain = tex.replace("<", r"\lt ").replace(">", r"\gt ")
    root = ElementTree.fromstring(convert(plain, display=display))
    for element in root.iter():
        element.tag = element.tag.removeprefix(NAMESPACE)
        if element.tag not in TAGS:
            raise ValueError(f"<{element.tag}> has no place in a formula")
        element.attrib = {k: v for k, v in element.attrib.items() if k in ATTRIBUTES}
    return ElementTree.tostring(root, encoding="unicode")
