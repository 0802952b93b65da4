"""Attacks on whoever looks at a submission. Each one that works adds its name to `window.ran`."""

from __future__ import annotations

import re

import nbformat
import tiny_course
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

ELSEWHERE = "http://elsewhere.invalid"


def js(name: str) -> str:
    """A script that confesses, without quotes or spaces that would end an attribute or a link."""
    return f"(top.ran=top.ran||[]).push(/{name.replace(' ', '_')}/.source)"


def _image(name: str) -> str:
    return f'<img src=x onerror="{js(name)}">'


MARKDOWN = {
    "script": f"text <script>{js('script')}</script>",
    "script block": f"<script>\n{js('script block')}\n</script>",
    "image": _image("image"),
    "svg": f'<svg onload="{js("svg")}"></svg>',
    "svg script": f"<svg><script>{js('svg script')}</script></svg>",
    "details": f'<details open ontoggle="{js("details")}"><summary>a</summary>b</details>',
    "focus": f'<input autofocus onfocus="{js("focus")}">',
    "frame": f'<iframe srcdoc="<script>{js("frame")}</script>"></iframe>',
    "frame address": f'<iframe src="javascript:{js("frame address")}"></iframe>',
    "frame data": f'<iframe src="data:text/html,<script>{js("frame data")}</script>"></iframe>',
    "object": f'<object data="data:text/html,<script>{js("object")}</script>"></object>',
    "refresh": f'<meta http-equiv="refresh" content="0;url=javascript:{js("refresh")}">',
    "away": f'<meta http-equiv="refresh" content="0;url={ELSEWHERE}/away">',
    "base": f'<base href="{ELSEWHERE}/">',
    "form": f'<form action="{ELSEWHERE}/form"><button>Save</button></form>',
    "style sheet": f'<link rel="stylesheet" href="{ELSEWHERE}/a.css">',
    "style": f"<style>@import url({ELSEWHERE}/b.css); main, body {{ display: none }}</style>",
    "style attribute": f'<p style="background:url({ELSEWHERE}/c.png);position:fixed">p</p>',
    "picture": f"![a picture]({ELSEWHERE}/d.png)",
    "pasted picture": "![image.png](attachment:image.png)",
    "link": f"[look](javascript:{js('link')})",
    "hidden link": f"[look](java&#115;cript&colon;{js('hidden link')})",
    "named link": f"[look][there]\n\n[there]: javascript:{js('named link')}",
    "next line link": f"[look][below]\n\n[below]:\n   javascript:{js('next line link')}",
    "pointed link": f"<javascript:{js('pointed link')}>",
    "spaced link": f"[look]( <javascript:{js('spaced link')}> )",
    "HTML link": f'<a href="javascript:{js("HTML link")}">look</a>',
    "data link": "[look](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "own file": "[my figure](evil.html)",
    "diagram": f"```mermaid\n{_image('diagram')}\n```",
    "odd language": f"```<i>{_image('odd language')}\nx = 1\n```",
    "formula": f"$x < {_image('formula')}$",
    "environment": f"\\begin{{align}}{_image('environment')}\\end{{align}}",
    "formula link": f"$\\href{{javascript:{js('formula link')}}}{{x}}$",
    "formula in an attribute": f'<abbr title="$x$">t</abbr> ![{_image("alt")} $y$](a.png)',
    "heading": f"# {_image('heading')}",
    "table": f"| a |\n|---|\n| {_image('table')} |",
    "mutation": "<math><mtext><table><mglyph><style><!--</style>"
    f'<img title="--&gt;&lt;img src=1 onerror={js("mutation")}&gt;">',
    "no script": f'<noscript><p title="</noscript>{_image("no script")}">',
    "comment": f"<!--> {_image('comment')} -->",
    "closers": f"</textarea></title></style></pre></div></section></main>{_image('closers')}",
    "entities": f"&lt;img src=x onerror={js('entities')}&gt;",
    "dialog": "<script>alert('dialog')</script>",
}

CODE = f"""
from IPython.display import HTML, SVG, Javascript, Latex, Markdown, display
attack = '''{_image("output")}<script>{js("output script")}</script>'''
print(attack)
display(HTML(attack), Markdown(attack), Latex(attack), SVG('<svg xmlns="http://www.w3.org/2000/svg" onload="{js("output svg")}"/>'))
display(Javascript('''{js("output javascript")}'''))
display({{"text/plain": attack, "image/png": '"><img src=x onerror="{js("output png")}">'}}, raw=True)
raise type(attack, (Exception,), {{}})(attack)
"""  # noqa: E501
ANSWER = f'''def row_sums(x):  # {_image("comment in code")}
    raise ValueError("""{_image("message")}<script>{js("message script")}</script>""")'''
FILES = {
    "'><img src=x onerror=(top.ran=top.ran||[]).push(`file`)>.txt": b"a file",
    "evil.html": f"<script>{js('own file')}</script>".encode(),
}


def notebook(solved: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A solved notebook of the tiny week with every attack added in cells of its own."""
    (setup,) = [i for i, cell in enumerate(solved.cells) if cell.id == "setup"]
    added = [new_markdown_cell(text, id=f"m{i}") for i, text in enumerate(MARKDOWN.values())]
    added += [new_raw_cell(text, id=f"r{i}") for i, text in enumerate(MARKDOWN.values())]
    added += [new_code_cell(CODE, id="attack")]
    solved.cells[setup + 1 : setup + 1] = added
    return solved


def submission(root: object) -> nbformat.NotebookNode:
    """The hostile notebook: `double` is right, `row_sums` raises an error full of HTML."""
    return notebook(tiny_course.solve(root, {**tiny_course.GOOD, "row_sums": ANSWER}))


def active(html: str) -> list[str]:
    """Tags and attributes outside what plain text needs, as a browser's parser would see them."""
    from bs4 import BeautifulSoup

    found = []
    for tag in BeautifulSoup(html, "html.parser").find_all(True):
        if tag.name in ("script", "img", "svg", "iframe", "object", "embed", "meta", "base", "form",
                        "input", "button", "link", "style", "noscript"):  # fmt: skip
            found.append(tag.name)
        found += [name for name in tag.attrs if name.startswith("on")]
        if not re.match(r"(https?://|mailto:|#|$)", tag.get("href", "")):
            found.append(tag["href"])
        if "url(" in tag.get("style", "") or "position" in tag.get("style", ""):
            found.append("style")
    return found
