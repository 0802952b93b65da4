"""Every regular expression in the packages reads a text once: no input makes it start over.

The patterns are found in the source by walking its syntax tree. Against each, texts are made from
its own parse tree: what leads up to one of its repeats, then many rounds of what the repeat (or any
other part of the pattern) matches, then something that matches nothing.
"""

from __future__ import annotations

import ast
import importlib
import re
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]

import pytest

from autograder.judging.error_texts import MESSAGE_CHARS, usual_texts

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("autograder", "course")
METHODS = {"search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn"}
FUNCTIONS = METHODS | {"compile"}

# Patterns that meet nothing but the instructors' own files, or are written by the person who runs
# them. Everything else must be linear. By file, then the names or the beginnings of the patterns.
TRUSTED = {
    "autograder/edition": "guide pages and notebooks of the course",
    "autograder/glossary.py": "the tables of key terms in the course",
    "autograder/proof/lint": "the instructors' notebooks, read by their authors",
    "autograder/demo/sample_class.py": "the course's own release notebook",
    "autograder/mistakebook.py": "the mistakes files of the course",
    "autograder/translation/sentences.py": "the project's own templates and code",
    "course/models/train_tiny_gpt2.py": "texts of course/data",
    "course/chat/corpus.py": "texts of course/data",
    "course/data/factbook.py": "texts of course/data",
}
# Calls whose pattern is no constant: who writes the pattern, and where it is tested.
MADE_ELSEWHERE = {
    "autograder/proof/lint/text_rules.py": "words of the house rules",
    "autograder/pages/safe_html.py": "a random word of ours, then at most six digits",
    "course/student/rebuild.py": "the name of an exercise, at the beginning of a line",
    "course/data/factbook.py": "words of the Factbook's own fields",
    "course/chat/dialog.py": "names of countries, whole words, one after another",
    "course/weeks/week09_prompting_rag/stand_ins/__init__.py": "orders that an exercise is given",
    "course/weeks/week15_chatbot/stand_ins/__init__.py": "two marks around a stretch without them",
    "autograder/challenges/entries/week15_chatbot.py": "words of the course's own entry",
    "autograder/intake/people.py": "the instructor's own --pattern, on file names",
    "autograder/judging/outputs.py": "the instructor's own rules; judging has a deadline",
    "autograder/judging/error_texts.py": "usual_texts.txt: tested below, line by line",
}

# How patterns are used that have no name of their own; "search" where it is not said.
UNNAMED = {"autograder/intake/people.py": {"match"}}


@dataclass(frozen=True)
class Use:
    """A pattern and how it is used; `search` is the hardest way."""

    place: str
    pattern: str
    flags: int
    method: str


def modules() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "mistakes" not in path.parts:
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))


def _is_re_call(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in FUNCTIONS
    )


def inline_uses() -> Iterator[Use | str]:
    """`re.sub("…", …)` and the like; of a pattern that is no constant, the file's name."""
    for place, tree in modules():
        for node in filter(_is_re_call, ast.walk(tree)):
            assert isinstance(node, ast.Call)
            method = node.func.attr  # type: ignore[attr-defined]
            if method == "compile":
                continue
            if not isinstance(node.args[0], ast.Constant):
                yield place
                continue
            flags = sum(getattr(re, flag) for flag in _flags(node))
            yield Use(f"{place}:{node.lineno}", node.args[0].value, flags, method)


def _flags(node: ast.Call) -> set[str]:
    names = {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
    long = {"MULTILINE", "DOTALL", "IGNORECASE", "VERBOSE", "ASCII"}
    return names & {*long, *(flag[0] for flag in long if flag != "DOTALL"), "S"}


def compiled_uses() -> Iterator[Use | str]:
    """Compiled patterns, each with the methods that anybody calls on its name; else as inline."""
    called = _called_methods()
    for place, tree in modules():
        names = _names_of_patterns(tree)
        calls = [n for n in filter(_is_re_call, ast.walk(tree)) if n.func.attr == "compile"]  # type: ignore[attr-defined]
        for node in calls:
            assert isinstance(node, ast.Call)
            name = names.get(node, "")
            text, flags = _constant(node) or _of_module(place, name)
            if text is None:
                yield place
                continue
            for method in called.get(name, UNNAMED.get(place, {"search"})):
                yield Use(f"{place}:{name or node.lineno}", text, flags, method)


def _names_of_patterns(tree: ast.Module) -> dict[ast.AST, str]:
    assigned = [n for n in tree.body if isinstance(n, ast.Assign)]
    return {n.value: n.targets[0].id for n in assigned if isinstance(n.targets[0], ast.Name)}


def _constant(node: ast.Call) -> tuple[str, int] | None:
    text = node.args[0]
    if not (isinstance(text, ast.Constant) and isinstance(text.value, str)):
        return None
    return text.value, sum(getattr(re, flag) for flag in _flags(node))


def _of_module(place: str, name: str) -> tuple[str | None, int]:
    """A pattern that is put together from others, as the module has it."""
    module = importlib.import_module(place.removesuffix(".py").replace("/", "."))
    pattern = getattr(module, name, None) if name else None
    return (pattern.pattern, pattern.flags) if pattern else (None, 0)


def _called_methods() -> dict[str, set[str]]:
    """For each name in capitals, the methods of patterns that are called on it, or passed on."""
    called: dict[str, set[str]] = {}
    for _, tree in modules():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)):
                continue
            if node.attr in METHODS and node.value.id.isupper():
                called.setdefault(node.value.id, set()).add(node.attr)
    return called


FOUND = [*inline_uses(), *compiled_uses()]
USES = sorted(
    {use for use in FOUND if isinstance(use, Use)}, key=lambda use: (use.place, use.method)
)
UNTRUSTED = [use for use in USES if not use.place.startswith(tuple(TRUSTED))]


def test_all_patterns_are_found() -> None:
    """A pattern that is made at run time is one that the list above explains."""
    assert len(UNTRUSTED) > 20
    assert {one for one in FOUND if isinstance(one, str)} <= set(MADE_ELSEWHERE)
    for place in TRUSTED:
        assert any(use.place.startswith(place) for use in USES), place


# ------------------------------------------------------------------------------------ texts
CATEGORIES = {
    sre.CATEGORY_SPACE: " \n\t", sre.CATEGORY_DIGIT: "01", sre.CATEGORY_WORD: "a0_",
    sre.CATEGORY_NOT_SPACE: "a0", sre.CATEGORY_NOT_DIGIT: "a ", sre.CATEGORY_NOT_WORD: " .",
}  # fmt: skip
REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)


def members(items: list) -> str:
    """A few characters of a class."""
    negated = items[0][0] is sre.NEGATE
    some = ""
    for kind, value in items:
        if kind is sre.LITERAL:
            some += chr(value)
        elif kind is sre.RANGE:
            some += chr(value[0]) + chr(value[1])
        elif kind is sre.CATEGORY:
            some += CATEGORIES[value]
    if not negated:
        return some
    return "".join(char for char in "ax0 .-([#\n" if char not in some) or "é"


def sample(tree: object, choice: int = 0) -> str:
    """One text that the parsed pattern matches, looking around aside."""
    return "".join(_sample_of(kind, value, choice) for kind, value in tree)  # type: ignore[attr-defined]


def _sample_of(kind: object, value: object, choice: int) -> str:
    if kind is sre.LITERAL:
        return chr(value)  # type: ignore[arg-type]
    if kind is sre.NOT_LITERAL:
        return "a" if value != ord("a") else "b"
    if kind is sre.ANY:
        return "a"
    if kind is sre.IN:
        some = members(value)  # type: ignore[arg-type]
        return some[choice % len(some)]
    if kind is sre.BRANCH:
        branches = value[1]  # type: ignore[index]
        return sample(branches[choice % len(branches)], choice)
    if kind is sre.SUBPATTERN:
        return sample(value[3], choice)  # type: ignore[index]
    if kind is sre.ATOMIC_GROUP:
        return sample(value, choice)
    if kind in REPEATS:
        low, _, body = value  # type: ignore[misc]
        return sample(body, choice) * max(low, 1)
    return ""


def _inner(kind: object, value: object) -> list:
    if kind is sre.SUBPATTERN:
        return [value[3]]  # type: ignore[index]
    if kind is sre.ATOMIC_GROUP:
        return [value]
    if kind is sre.BRANCH:
        return list(value[1])  # type: ignore[index]
    if kind in REPEATS:
        return [value[2]]  # type: ignore[index]
    if kind in (sre.ASSERT, sre.ASSERT_NOT):
        return [value[1]]  # type: ignore[index]
    return []


def leads(tree: object, before: str = "") -> Iterator[tuple[str, str]]:
    """For every repeat: a text that leads up to it, and one round of what it matches."""
    parts = list(tree)  # type: ignore[call-overload]
    for index, (kind, value) in enumerate(parts):
        for choice in range(3):
            lead = before + sample(parts[:index], choice)
            if kind in REPEATS:
                yield lead, sample(value[2], choice)
            for inner in _inner(kind, value):
                yield from leads(inner, lead)


def alphabet(pattern: str, flags: int) -> list[str]:
    """Single characters that the pattern speaks of."""
    chars = {round_ for _, round_ in leads(_parser.parse(pattern, flags))}
    chars |= {char for text in chars for char in text} | set(" \n0a")
    return sorted(chars - {""})


ENDS = ("", "\n!", "~")


def attacks(pattern: str, flags: int) -> list[Callable[[int], str]]:
    """Texts of growing length that are made to take this pattern long."""
    chars = alphabet(pattern, flags)
    found = {("", one) for one in chars}
    starts = {lead for lead, _ in leads(_parser.parse(pattern, flags))}
    found |= {(lead, one) for lead in starts for one in chars}
    found |= {(lead, lead + one) for lead in starts for one in chars if lead}
    unique = sorted(found)[:: max(1, len(found) // 60)]
    return [
        lambda n, lead=lead, one=one, end=end: lead + one * (n // len(one)) + end
        for lead, one in unique
        for end in ENDS
    ]


# ------------------------------------------------------------------------------------ growth
MOST_SECONDS = 1.0  # of processor time for one text; what takes longer does not end
FOR_EVER = float("inf")


def _give_up(*_: object) -> None:
    raise TimeoutError


@pytest.fixture(autouse=True)
def bounded() -> Iterator[None]:
    """The timer of `cpu` ends a search that would not end: `re` looks for signals as it works."""
    before = signal.signal(signal.SIGVTALRM, _give_up)
    yield
    signal.signal(signal.SIGVTALRM, before)


def cpu(pattern: re.Pattern[str], method: str, text: str) -> float:
    """Seconds of processor time that the search takes, FOR_EVER beyond MOST_SECONDS."""
    do = getattr(pattern, method)
    arguments = ("", text) if method in ("sub", "subn") else (text,)
    signal.setitimer(signal.ITIMER_VIRTUAL, MOST_SECONDS)
    start = time.process_time_ns()
    try:
        found = do(*arguments)
        if method == "finditer":
            list(found)
    except TimeoutError:
        return FOR_EVER
    else:
        return (time.process_time_ns() - start) / 1e9
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


SIZES = (16, 20, 24, 28, 40, 64, 256, 1024, 4096, 16384)


def grows(
    pattern: re.Pattern[str], method: str, text: Callable[[int], str], most: int = 16384
) -> bool:
    """Whether four times the text costs clearly more than four times the time, at two sizes.

    Small sizes first, as an exponential pattern shows there already; on a quick machine it may not
    show before a size at which it would never end, and that is an answer too. Times below the
    clock's noise count as nothing; a suspicion is confirmed five times before it stands.
    """
    for size in SIZES:
        noise = max(0.002, size * 5e-6)
        seconds = _least(pattern, method, text(size), noise) if size <= most else 0.0
        if seconds < noise:
            continue
        if (
            size <= 28
            or seconds == FOR_EVER
            or all(_ratio(pattern, method, text, size) > 10 for _ in range(5))
        ):
            return True
    return False


def _least(pattern: re.Pattern[str], method: str, text: str, enough: float) -> float:
    """The least of three times, FOR_EVER after one; one that is short `enough` needs no others."""
    least = FOR_EVER
    for _ in range(3):
        seconds = cpu(pattern, method, text)
        least = min(least, seconds)
        if least < enough or seconds == FOR_EVER:
            break
    return least


def _ratio(pattern: re.Pattern[str], method: str, text: Callable[[int], str], size: int) -> float:
    small = _least(pattern, method, text(size // 4), 0.0)
    return _least(pattern, method, text(size), 0.0) / max(small, 1e-6)


def test_a_search_that_never_ends_is_given_up() -> None:
    """A size at which an exponential pattern would hang the tests counts as growth."""
    pattern = re.compile(BAD["exponential"][0])
    assert cpu(pattern, "search", "a" * 5000) == FOR_EVER
    assert cpu(pattern, "search", "b" * 10) < MOST_SECONDS


BAD = {
    "exponential": (r"(?:a|a?b?)*~", "search"),
    "as FILLED_IN was": (r"shape (?:int\d*|[a-z]?int\d*|[\d\s]){0,160}!", "fullmatch"),
    "as PNG was": (r"iVBORw0KGgo[A-Za-z0-9+/\s]*={0,2}\s*", "fullmatch"),
    "blanks before an end": (r"^# (.+?) *#*$", "findall"),
    "searched from every place": (r"a+b", "search"),
}


QUADRATIC = ("as PNG was", "blanks before an end", "searched from every place")  # shown by size


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (name in QUADRATIC)) for name in BAD]
)
def test_the_measure_finds_what_it_is_made_for(name: str) -> None:
    """Patterns like those that once hung a class are caught."""
    text, method = BAD[name]
    pattern = re.compile(text)
    assert any(grows(pattern, method, attack) for attack in attacks(text, 0))


@pytest.mark.parametrize("use", UNTRUSTED, ids=lambda use: f"{use.place}.{use.method}")
def test_a_pattern_reads_a_text_once(use: Use) -> None:
    """Four times the text takes about four times the time, on every text made against it."""
    pattern = re.compile(use.pattern, use.flags)
    for attack in attacks(use.pattern, use.flags & ~re.UNICODE):
        assert not grows(pattern, use.method, attack), attack(60)


def test_usual_texts_read_a_text_once() -> None:
    """The patterns made from usual_texts.txt meet what a kernel says, cut to MESSAGE_CHARS."""
    by_holes = {usual.holes: usual for usual in usual_texts()}
    for usual in by_holes.values():
        for attack in attacks(usual.pattern.pattern, 0)[::12]:
            assert not grows(usual.pattern, "match", attack, MESSAGE_CHARS), usual.words
