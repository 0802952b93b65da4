"""Which texts of errors may leave the kernel once it has seen the hidden checks.

An exception's text is the student's to choose: `raise ValueError(In[-1])` would carry a hidden
check into the feedback. So a text is shown only if Python, numpy, torch or the course say it that
way themselves (usual_texts.txt), or if an assert in the visible part of the check says it. What is
shown is written anew from our own words: numbers are few and rounded, names come from the
`Vocabulary`, and whatever else stood in their place becomes '…'.

Every pattern here takes a text apart in one pass (possessive parts, nothing to go back to), and no
text is longer than MESSAGE_CHARS.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources

from autograder import syntax
from autograder.judging.vocabulary import ELSEWHERE, Vocabulary
from course.notebook_format import HIDDEN_TESTS

MESSAGE_CHARS = 300
NUMBERS, NAMES, SIGNS = 4, 4, 10  # how many of each one text may show
NOT_SHOWN = "no text that this page repeats; try your function on other sizes, an empty input too"
IN_OWN_CELL = "no text that this page repeats; restart your kernel and run all cells to read it"
OTHER_ERRORS = {
    "AcceleratorError", "AxisError", "BdbQuit", "EinopsError", "HTTPError", "JSONDecodeError",
    "LinAlgError", "OutOfMemoryError", "StdinNotImplementedError", "UFuncTypeError", "URLError",
    "UsageError", "_ArrayMemoryError", "_UFuncNoLoopError", "gaierror",
}  # fmt: skip
LIBRARY = Vocabulary()

SIZE = re.compile(r"-?\d++")
IN_LINE = re.compile(r" \((?:[^()\s,]{1,80}+, )?line (\d{1,6}+)\)\Z")
TOKEN = re.compile(
    r"(?P<name>[^\W\d]\w*+(?:\.[^\W\d]\w*+)*+)|(?P<number>-?(?:\d++(?:\.\d*+)?+|\.\d++)(?:e[-+]?\d++)?+)"
    r"|(?P<sign>[\[\](){},:])|(?P<other>.)",
    re.DOTALL,
)
HOLES = {
    "{N}": r"-?\d{1,18}+(?:\.\d{1,9}+)?+",
    "{S}": r"\[(?:-?\d{1,9}+(?:, ?+)?+){0,9}+\]|\((?:-?\d{1,9}+(?:, ?+)?+){0,9}+\)"
    r"|\d{1,9}+(?:x\d{1,9}+){0,8}+|",
    "{I}": r"[^\W\d]\w{0,79}+",
    "{T}": r"(?:[^\W\d]|<[a-z])[\w.<>]{0,79}+",
    "{O}": r"\*\* or pow\(\)|divmod\(\)|[-+*/%@&|^<>=~]{1,3}+",
    "{D}": r"(?:cpu|cuda|mps|meta|xpu)(?::\d{1,2}+)?+",
}


def shown_error(
    name: str, message: str, names: Vocabulary = LIBRARY, otherwise: str = NOT_SHOWN
) -> str:
    """The kind of an error, and its text if the text is one of the usual ones.

    Args:
        name: the exception's class as the kernel gave it.
        message: its text as the kernel gave it.
        names: the words that may be repeated from it.
        otherwise: what is said in place of any other text.
    """
    usual = usual_text(message[:MESSAGE_CHARS].strip(), names)
    return f"{error_kind(name)}: {usual}" if usual else f"{error_kind(name)} ({otherwise})"


def shown_by_check(error: str, source: str, names: Vocabulary | None = LIBRARY) -> str:
    """An error 'NAME: MESSAGE' that ended a check, as far as the check's visible part explains it.

    Args:
        error: what the kernel said.
        source: the check's cell, hidden region included.
        names: the words that may be repeated from it; None: nothing is, not even numbers.
    """
    name, _, message = error.partition(": ")
    if name != "AssertionError":
        return shown_error(name, message, names) if names is not None else error_kind(name)
    message = message[:MESSAGE_CHARS]
    said = _by_an_assert(message, source, names)
    if names is not None and not said:
        said = usual_text(message.strip(), names)
    return f"{name}: {said}" if said else name


def error_kind(name: str) -> str:
    """The name of an exception that everybody has; of any other only that it is another."""
    known = getattr(builtins, name, None) if name.isidentifier() else None
    if isinstance(known, type) and issubclass(known, BaseException):
        return name
    return name if name in OTHER_ERRORS else "an error of its own kind"


# ------------------------------------------------------------------------------------ usual texts
@dataclass(frozen=True)
class UsualText:
    """One line of usual_texts.txt: fixed words and holes in turn."""

    words: tuple[str, ...]
    holes: tuple[str, ...]
    pattern: re.Pattern[str]

    def filled(self, message: str, names: Vocabulary) -> str | None:
        """The text with this message's numbers and names in its holes, or None: it says another."""
        found = self.pattern.match(message)
        if found is None:
            return None
        filler = _Filler(names)
        filled = [filler.hole(kind, said) for kind, said in zip(self.holes, found.groups())]  # noqa: B905
        return self.words[0] + "".join(map(str.__add__, filled, self.words[1:]))


@cache
def usual_texts() -> tuple[UsualText, ...]:
    """What Python, numpy, torch and the course say, in the order of usual_texts.txt."""
    text = resources.files(__package__).joinpath("usual_texts.txt").read_text("utf-8")
    return tuple(_read(line) for line in text.splitlines() if line and not line.startswith("#"))


def _read(line: str) -> UsualText:
    text = line.removesuffix(" …")
    parts = re.split(r"(\{[NSITOD]\})", text)
    pattern = "".join(f"({HOLES[part]})" if part in HOLES else re.escape(part) for part in parts)
    end = r"\Z" if text == line else ""
    return UsualText(tuple(parts[::2]), tuple(parts[1::2]), re.compile(pattern + end))


def usual_text(message: str, names: Vocabulary) -> str | None:
    """The usual text that a message is, with the line of a syntax error in our own form."""
    place = IN_LINE.search(message)
    if place:
        message = message[: place.start()]
    said = next((s for one in usual_texts() if (s := one.filled(message, names))), None)
    return f"{said} (line {place[1]})" if said and place and len(place[1]) <= 4 else said


class _Filler:
    """Writes what stood in holes, within the numbers and names that one text may show."""

    def __init__(self, names: Vocabulary) -> None:
        self.names = names
        self.numbers_left, self.names_left, self.signs_left = NUMBERS, NAMES, SIGNS

    def hole(self, kind: str, said: str) -> str:
        how: dict[str, Callable[[str], str]] = {"{N}": self.number, "{S}": self.shape}
        if kind in ("{O}", "{D}"):
            return said
        return how.get(kind, self.name)(said)

    def number(self, said: str) -> str:
        """At most three digits that count, and no very large or small number."""
        value = float(said)
        self.numbers_left -= 1
        if self.numbers_left < 0 or not (value == 0 or 1e-3 <= abs(value) < 1e4):
            return ELSEWHERE
        return f"{value:.0f}" if value == int(value) else f"{float(f'{value:.3g}'):g}"

    def shape(self, said: str) -> str:
        sizes = [self.number(size) for size in SIZE.findall(said)]
        if not said.startswith(("[", "(")):
            return "x".join(sizes)
        comma = "," if said[0] == "(" and len(sizes) == 1 else ""
        return said[0] + ", ".join(sizes) + comma + said[-1]

    def name(self, said: str) -> str:
        """A name, dotted or not, if every part of it may be repeated."""
        parts = [part for part in said.split(".") if part not in ("<lambda>", "<locals>")]
        self.names_left -= len(parts)
        known = self.names_left >= 0 and all(part in self.names for part in parts)
        return said if known else ELSEWHERE

    def value(self, said: str) -> str:
        """What an f-string filled in: numbers, shapes, lists and names, in a form of our own."""
        written = ""
        for token in TOKEN.finditer(said):
            kind = token.lastgroup or ""
            left = {"name": self.names_left, "number": self.numbers_left, "sign": self.signs_left}
            if left.get(kind, 1) <= 0:
                return written.rstrip() + ELSEWHERE
            apart = kind in ("name", "number") and written[-1:] not in ("", " ", *"[](){}")
            written += " " * apart + self._token(kind, token[0])
        return written.rstrip()

    def _token(self, kind: str, said: str) -> str:
        if kind == "name":
            return self.name(said)
        if kind == "number":
            return self.number(said)
        if kind == "sign":
            self.signs_left -= 1
            return said + " " if said in ",:" else said
        return ""


# ------------------------------------------------------------------------------------ asserts
@dataclass(frozen=True)
class _Said:
    """What one assert of a check says: constant texts, with a filled-in value between each two."""

    texts: tuple[str, ...] = field(default=("",))

    def __add__(self, other: _Said) -> _Said:
        joint = self.texts[-1] + other.texts[0]
        return _Said((*self.texts[:-1], joint, *other.texts[1:]))

    def filled(self, message: str, names: Vocabulary | None) -> str | None:
        """The message as we write it, or None: this assert does not say it."""
        values = self._values(message)
        if values is None:
            return None
        if names is None:
            return ELSEWHERE.join(self.texts)
        filler = _Filler(names)
        pairs = zip(values, self.texts[1:], strict=True)
        return self.texts[0] + "".join(filler.value(value) + text for value, text in pairs)

    def _values(self, message: str) -> list[str] | None:
        """What stands between the constant texts; each is looked for once, from left to right."""
        first, last = self.texts[0], self.texts[-1]
        if len(self.texts) == 1:
            return [] if message == first[:MESSAGE_CHARS] else None
        if not message.startswith(first):
            return None
        values, rest = [], message[len(first) :]
        for text in self.texts[1:-1]:
            value, found, rest = rest.partition(text) if text else ("", "", rest)
            if text and not found:
                return None
            values.append(value)
        cut = len(message) == MESSAGE_CHARS
        if not cut and not rest.endswith(last):
            return None
        return [*values, rest.removesuffix(last) if not cut else rest.partition(last)[0]]


def _by_an_assert(message: str, source: str, names: Vocabulary | None) -> str | None:
    said, bare = _asserts(source)
    if not message:
        return f"assert {bare[0]}" if len(bare) == 1 else None
    return next((text for one in said if (text := one.filled(message, names))), None)


@lru_cache(maxsize=256)
def _asserts(source: str) -> tuple[tuple[_Said, ...], tuple[str, ...]]:
    """What the asserts in the visible part of a check may say, and those that say nothing."""
    try:
        tree = syntax.parse(HIDDEN_TESTS.without(source))
    except SyntaxError:  # a magic, say: then no text is shown
        return (), ()
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Assert)]
    bare = tuple(ast.unparse(node.test)[:MESSAGE_CHARS] for node in found if node.msg is None)
    return tuple(_said(node.msg) for node in found if node.msg), bare


def _said(message: ast.expr) -> _Said:
    """The texts that a constant, an f-string or a sum of them consists of."""
    if isinstance(message, ast.Constant):
        return _Said((str(message.value),))
    if isinstance(message, ast.JoinedStr):
        return _joined(_said(part) for part in message.values)
    if isinstance(message, ast.BinOp) and isinstance(message.op, ast.Add):
        return _said(message.left) + _said(message.right)
    return _Said(("", ""))


def _joined(parts: Iterator[_Said]) -> _Said:
    whole = _Said()
    for part in parts:
        whole += part
    return whole
