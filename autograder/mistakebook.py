"""Known mistakes, correct variants and accepted survivors of a week, read from its mistakes file.

A mistakes file (autograder/mistakes/weekNN_topic.py) is text in percent cells, never imported: each
cell's code runs in the notebook's own namespace, right after the reference's solution cell.

    # %% exercise=lstm_cell name=swapped-input-forget      a mistake: shown to students by its hint
    # en: Two gates have traded places: which one multiplies the old cell state?
    # ko: 두 게이트의 자리가 바뀌었습니다. 이전 셀 상태에는 어느 게이트를 곱해야 할까요?
    def lstm_cell(x, h, c, W, U, b): ...

    # %% exercise=lstm_cell variant=einsum                  another correct way: must get full marks
    def lstm_cell(x, h, c, W, U, b): ...

    # %% exercise=lstm_cell survivor=`1e-12` -> `0` in `return z / (s + 1e-12)`
    # why: Equivalent: s is at least 1.                    a mutant that no probe can catch

A long hint goes on in the next comment lines, indented by at least three spaces after the hash.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from autograder import syntax

CELL = "# %%"
NAME = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
EXERCISE = re.compile(r"[A-Za-z_]\w*")
KINDS = ("name", "variant", "survivor")
NOTES = {"name": ("en", "ko"), "variant": (), "survivor": ("why",)}


class MistakeFileError(ValueError):
    """The mistakes file cannot be used. One line per problem: file, line number, what is wrong."""


@dataclass(frozen=True)
class Mistake:
    """A wrong solution that people really write, with the hint that names it to a student."""

    exercise: str
    name: str
    en: str
    ko: str
    source: str
    line: int = 0


@dataclass(frozen=True)
class Variant:
    """Another correct solution: it must get full marks."""

    exercise: str
    name: str
    source: str
    line: int = 0


@dataclass(frozen=True)
class Survivor:
    """A mutant that is known to survive, by its description, and the reason to accept that."""

    exercise: str
    description: str
    why: str
    line: int = 0


@dataclass(frozen=True)
class MistakeBook:
    """All that one mistakes file holds, in the file's order."""

    path: Path
    mistakes: tuple[Mistake, ...] = ()
    variants: tuple[Variant, ...] = ()
    survivors: tuple[Survivor, ...] = ()

    def of(self, exercises: Collection[str]) -> MistakeBook:
        """What the book says of these exercises alone."""
        return replace(
            self,
            mistakes=tuple(item for item in self.mistakes if item.exercise in exercises),
            variants=tuple(item for item in self.variants if item.exercise in exercises),
            survivors=tuple(item for item in self.survivors if item.exercise in exercises),
        )

    def mistakes_of(self, exercise: str) -> tuple[Mistake, ...]:
        """The known mistakes of one exercise."""
        return tuple(item for item in self.mistakes if item.exercise == exercise)

    def variants_of(self, exercise: str) -> tuple[Variant, ...]:
        """The correct variants of one exercise."""
        return tuple(item for item in self.variants if item.exercise == exercise)

    def survivors_of(self, exercise: str) -> tuple[Survivor, ...]:
        """The accepted surviving mutants of one exercise."""
        return tuple(item for item in self.survivors if item.exercise == exercise)


@dataclass(frozen=True)
class _Cell:
    """One percent cell as text: its header, its leading comments and its code."""

    line: int
    header: str
    notes: dict[str, str]
    source: str
    source_line: int


def load_mistakes(path: str | Path, exercises: Collection[str] | None = None) -> MistakeBook:
    """Read a mistakes file.

    Args:
        path: autograder/mistakes/weekNN_topic.py.
        exercises: the names of the notebook's exercises, when known; any other name is an error.

    Raises:
        FileNotFoundError: there is no such file.
        MistakeFileError: it breaks the format; the message lists every problem with its line.
    """
    path = Path(path)
    return parse_mistakes(path.read_text(encoding="utf-8"), path, exercises)


def parse_mistakes(text: str, path: Path, exercises: Collection[str] | None = None) -> MistakeBook:
    """As `load_mistakes`, from the file's text; `path` only names it in error messages."""
    problems = [*_preamble_problems(text)]
    items: list[Mistake | Variant | Survivor] = []
    for cell in _cells(text):
        found = list(_cell_problems(cell, exercises))
        problems += found
        if not found:
            items.append(_item(cell))
    problems += _duplicates(items)
    if problems:
        lines = [f"{path.name}:{line}: {what}" for line, what in sorted(problems)]
        raise MistakeFileError("\n".join(lines))
    return MistakeBook(
        path,
        tuple(item for item in items if isinstance(item, Mistake)),
        tuple(item for item in items if isinstance(item, Variant)),
        tuple(item for item in items if isinstance(item, Survivor)),
    )


# ------------------------------------------------------------------------------------ cells
def _cells(text: str) -> Iterator[_Cell]:
    lines = text.splitlines()
    starts = [i for i, line in enumerate(lines) if line.startswith(CELL)]
    for start, end in zip(starts, [*starts, len(lines)][1:], strict=True):
        body = start + 1
        while body < end and lines[body].startswith("#"):
            body += 1
        notes = _notes(lines[start + 1 : body])
        source = "\n".join(lines[body:end]).strip("\n")
        first = next((i for i in range(body, end) if lines[i].strip()), body)
        yield _Cell(start + 1, lines[start][len(CELL) :].strip(), notes, source, first + 1)


def _notes(comments: list[str]) -> dict[str, str]:
    """`# key: text` lines, each continued by the comment lines below it that are indented."""
    notes: dict[str, str] = {}
    key = ""
    for comment in comments:
        match = re.fullmatch(r"# ?([a-z]+):\s*(.*)", comment)
        if match:
            key = match[1]
            notes[key] = match[2].strip()
        elif key and comment.startswith("#   "):
            notes[key] += " " + comment[1:].strip()
        else:
            key = ""
    return notes


def _fields(header: str) -> dict[str, str]:
    """`exercise=a name=b`; a survivor's description is the rest of the line, spaces included."""
    header, _, description = header.partition("survivor=")
    fields = dict(re.findall(r"(\S+?)=(\S*)", header))
    return {**fields, "survivor": description.strip()} if description else fields


def _item(cell: _Cell) -> Mistake | Variant | Survivor:
    fields, notes = _fields(cell.header), cell.notes
    exercise = fields["exercise"]
    if "name" in fields:
        name = fields["name"]
        return Mistake(exercise, name, notes["en"], notes["ko"], cell.source, cell.line)
    if "variant" in fields:
        return Variant(exercise, fields["variant"], cell.source, cell.line)
    return Survivor(exercise, fields["survivor"], notes["why"], cell.line)


# ------------------------------------------------------------------------------------ problems
def _preamble_problems(text: str) -> Iterator[tuple[int, str]]:
    """Before the first cell there may be a docstring and comments, and no code."""
    preamble = text.partition("\n" + CELL)[0] if not text.startswith(CELL) else ""
    try:
        statements = syntax.parse(preamble).body
    except SyntaxError as error:
        yield error.lineno or 1, f"the text before the first cell is not Python: {error.msg}"
        return
    for statement in statements:
        if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Constant):
            yield (
                statement.lineno,
                "code before the first `# %%` cell: a cell runs in the notebook's namespace, "
                "so there is nothing to import or define here",
            )


def _cell_problems(cell: _Cell, exercises: Collection[str] | None) -> Iterator[tuple[int, str]]:
    fields = _fields(cell.header)
    kinds = [kind for kind in KINDS if fields.get(kind)]
    for key in fields:
        if key != "exercise" and key not in KINDS:
            yield cell.line, f"unknown key `{key}=`: use exercise=, name=, variant= or survivor="
    yield from _exercise_problems(cell.line, fields.get("exercise", ""), exercises)
    if len(kinds) != 1:
        yield cell.line, "a cell needs one of name=, variant=, survivor=, and only one"
        return
    kind = kinds[0]
    if kind != "survivor" and not NAME.fullmatch(fields[kind]):
        yield cell.line, f"`{fields[kind]}`: use letters, digits and single hyphens"
    for note in NOTES[kind]:
        if not cell.notes.get(note):
            yield cell.line, f"no `# {note}: …` line under the cell's header"
    if kind != "survivor":
        yield from _source_problems(cell)


def _exercise_problems(
    line: int, exercise: str, known: Collection[str] | None
) -> Iterator[tuple[int, str]]:
    if not exercise:
        yield line, "no exercise=… in the cell's header"
    elif not EXERCISE.fullmatch(exercise):
        yield line, f"exercise `{exercise}` is not a Python name"
    elif known is not None and exercise not in known:
        yield line, f"no exercise `{exercise}` in the notebook; it has {', '.join(sorted(known))}"


def _source_problems(cell: _Cell) -> Iterator[tuple[int, str]]:
    try:
        statements = syntax.parse(cell.source).body
    except SyntaxError as error:
        line = cell.source_line + (error.lineno or 1) - 1
        yield line, f"syntax error: {error.msg}"
        return
    if not statements:
        yield cell.line, "the cell holds no code"


def _duplicates(items: Iterable[Mistake | Variant | Survivor]) -> Iterator[tuple[int, str]]:
    seen: dict[tuple[str, str], int] = {}
    for item in items:
        name = item.description if isinstance(item, Survivor) else item.name
        first = seen.setdefault((item.exercise, name), item.line)
        if first != item.line:
            yield item.line, f"`{name}` of `{item.exercise}` stands already in line {first}"
