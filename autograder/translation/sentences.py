"""The sentences and labels that the course and the grader show to students, found in their code.

They are entries of `course/locale/LANGUAGE.po`. The code says them in English and is not marked up:
a sentence is a string with a blank in it, a label is what a figure or a widget is given to show.
`course.phrases.tr` translates them where they are shown, whoever put them together.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from autograder.translation.cells import Entry
from autograder.translation.strings import template_of
from course.phrases import split_template

# what no module of SAID says as one string: stubs, words of one state, the page's lines
ELSEWHERE = (
    "Not written yet: replace this line with your code, then run it.",
    "Write your answer here.", "answered",
    "not answered yet", "passes", "fails", "error", "error:", "refused", "lost", "note", "trouble",
    "RED", "ok", "packages", "kernel", "device", "data", "disk", "memory", "{1} points", "bot",
    "you", "prediction", "what happened",
    "of {1} points", "of {1} points so far, {2} waiting for a reader", "{1} of {2} points",
    "Your answer {1} of {2} points", "Check {1} of {2} points", "Your answer", "Check", "Question",
    "Question {1} points, a person will read it", "Question {1} of {2} points", "right",
    "{1}: {2} of {3} points", "✓ pass", "✗ wrong", "✗ error", "✗ time limit", "✗ memory limit",
    "✗ output limit", "✗ dead kernel", "✗ grader fault", "The visible check said:",
    "AssertionError: {1}",
)  # fmt: skip
ROOT = Path(__file__).resolve().parents[2]
SAID = (
    *("course/student/*.py", "course/lesson/*.py", "course/figures/panel.py", "course/cuda.py"),
    *("course/weeks/*/lesson.py", "course/weeks/*/plots.py", "course/weeks/*/widgets.py"),
    *("autograder/judging/*.py", "course/recognition/answers.py", "course/recognition/laying.py"),
    *("autograder/stages/choosing.py", "autograder/stages/ingest.py", "autograder/stages/judge.py"),
    *("autograder/pages/verdict_table.py", "autograder/pages/feedback_page.py"),
)
PAGES = "autograder/templates/feedback/*.html"
JINJA = re.compile(r"\{[%#].{0,2000}?[%#]\}", re.DOTALL)
FIELD = re.compile(r"\{\{.{0,200}?\}\}", re.DOTALL)
LABELS = {"title", "xlabel", "ylabel", "label", "description", "placeholder", "tooltip"}
DRAWING = {"set_title", "set_xlabel", "set_ylabel", "suptitle", "text", "annotate", "set_label"}
CODE = ("</", "/>", "style=", "px;", "\\b", "[^", "(?", "import ", ";base64", "==", "### ")
LETTERS = 4  # a template with fewer letters says nothing that could be translated


def sentences(root: Path = ROOT) -> list[Entry]:
    """What the modules of `SAID` say, in their order, each sentence once."""
    found = {text: Entry(text) for text in (*ELSEWHERE, *_page_texts(root))}
    for pattern in SAID:
        for path in sorted(root.glob(pattern)):
            place = path.relative_to(root).as_posix()
            for text in _said(ast.parse(path.read_text("utf-8"))):
                found.setdefault(text, Entry(text, comment=place))
    return list(found.values())


def _page_texts(root: Path) -> Iterator[str]:
    """What the feedback page's templates say between two tags."""
    for path in sorted(root.glob(PAGES)):
        page = JINJA.sub("<>", path.read_text("utf-8").partition("<body>")[2])
        for part in page.split(">"):
            text = " ".join(FIELD.sub("{x}", part.partition("<")[0]).split())
            if sum(sign.isalpha() for sign in text.replace("{x}", "")) >= LETTERS:
                yield _named_fields(text)


def _said(tree: ast.Module) -> Iterator[str]:
    skipped = {id(node) for node in _not_said(tree)}
    labels = {id(node) for node in _labels(tree)}
    for node in ast.walk(tree):
        if id(node) in skipped or not isinstance(node, ast.Constant | ast.JoinedStr):
            continue
        if isinstance(node, ast.Constant) and not isinstance(node.value, str):
            continue
        text = _named_fields(template_of(node)).strip()
        words = "".join(literal for literal, _ in split_template(text))
        enough = sum(sign.isalpha() for sign in words) >= LETTERS
        is_code = any(sign in text for sign in CODE) or _has_hangul(text)
        if enough and not is_code and (id(node) in labels or " " in words.strip()):
            yield text


def _has_hangul(text: str) -> bool:
    return any("가" <= sign <= "힣" for sign in text)


def _not_said(tree: ast.Module) -> Iterator[ast.AST]:
    """Docstrings, and the pieces of f-strings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr):
                yield first.value
        elif isinstance(node, ast.JoinedStr):
            yield from node.values
            yield from (part for v in node.values for part in ast.walk(v) if part is not v)


def _labels(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in LABELS:
            yield node.value
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in DRAWING:
            yield from node.args


def _named_fields(template: str) -> str:
    """The template with short names for its fields, and fields that touch as one."""
    named, used = "", 0
    pairs = split_template(template)
    for place, (literal, field) in enumerate(pairs):
        named += literal.replace("{", "{{").replace("}", "}}")
        touches = place > 0 and not literal
        if field and not touches:
            used += 1
            named += f"{{{used}}}"
    return named
