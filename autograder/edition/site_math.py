"""Formulas of the site as MathML: no script, no address outside, feedback's own translator."""

from __future__ import annotations

from html import escape
from typing import Any

from autograder.pages.formulas import formula


def add_mathml(app: Any) -> None:
    """Register the renderer `mathml` with Sphinx (see `html_math_renderer`)."""
    app.add_html_math_renderer("mathml", (_inline, None), (_display, None))


def _inline(translator: Any, node: Any) -> None:
    translator.body.append(f'<span class="math notranslate">{formula(node.astext())}</span>')
    node.clear()  # else the TeX would follow


def _display(translator: Any, node: Any) -> None:
    """A formula on a line of its own; one that is wide scrolls by itself, not with the page."""
    label = f' id="{escape(node["ids"][0])}"' if node.get("ids") else ""
    tex = node.astext()
    translator.body.append(f'<div class="math notranslate"{label} tabindex="0" role="math">')
    translator.body.append(formula(tex, block=True) + "</div>")
    node.clear()
