"""Read a classic check cell: which of its assertions a probe can replace, and which it cannot."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from autograder.adoption.asserting import is_assertion, read_assertion
from autograder.adoption.evidence import ATOL, RTOL, Evidence, Scope
from course.notebook_format import HIDDEN_TESTS

AUTOTEST = re.compile(r"^([ \t]*)### (?:HASHED )?AUTOTEST (.*)$", re.MULTILINE)
SHOWN = "shown"  # the list in which a loop collects its evidence
TRICKY = ("globals", "locals", "exec", "eval", "patch", "get_ipython", "setattr", "input")
COMPOUND = (ast.For, ast.While, ast.If, ast.With)


@dataclass(frozen=True)
class Part:
    """A statement of a check, read: support, a probe's evidence, or an assertion that stays."""

    text: str  # the code to run: of support, of a collecting function, of what stays
    line: int
    hidden: bool
    evidence: Evidence | None = None  # a probe shows it
    collects: str = ""  # the function of that name returns a list of evidence
    stays: bool = False


@dataclass(frozen=True)
class Check:
    """A check cell, read. With a `reason` nothing of it is rewritten."""

    parts: tuple[Part, ...] = ()
    reason: str = ""

    @property
    def probed(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.evidence)

    @property
    def staying(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.stays)


def read_check(source: str, student: frozenset[str], later: frozenset[str]) -> Check:
    """Read one check cell.

    Args:
        source: the cell, with its hidden region.
        student: the names that solution cells define.
        later: the names that cells behind it read.
    """
    try:
        tree = ast.parse(autotests_as_calls(source))
    except (SyntaxError, ValueError):
        return Check(reason="it is no plain Python: a magic, perhaps")
    reason = _why_not(tree, student) or _leaks(source, later)
    if reason:
        return Check(reason=reason)
    found = tuple(_Reader(Scope(student), _hidden_lines(source)).read(tree.body))
    if not any(part.evidence for part in found):
        return Check(found, "no assertion in it has a reading as a probe")
    return Check(found)


def autotests_as_calls(source: str) -> str:
    """nbgrader's `### AUTOTEST expr; expr` as calls that are read like assertions."""

    def call(found: re.Match) -> str:
        try:
            body = ast.parse(found[2]).body
        except SyntaxError:
            return found[0]
        asked = [one.value for one in body if isinstance(one, ast.Expr)]
        return found[1] + "; ".join(f"assert_autotest({ast.unparse(one)})" for one in asked)

    return AUTOTEST.sub(call, source)


def _hidden_lines(source: str) -> set[int]:
    lines, inside = set(), False
    for number, line in enumerate(source.split("\n"), start=1):
        inside = (inside or HIDDEN_TESTS.begin in line) and HIDDEN_TESTS.end not in line
        if inside:
            lines.add(number)
    return lines


# ------------------------------------------------------------------------------------ refusals
def _why_not(tree: ast.Module, student: frozenset[str]) -> str:
    """Why a check has to stay as it is: it reaches into the student's own names."""
    for node in ast.walk(tree):
        name = getattr(node, "id", "")
        if name in student and not isinstance(getattr(node, "ctx", None), ast.Load):
            return f"it changes or deletes the student's `{name}`"
        if name in TRICKY or (isinstance(node, ast.Attribute) and node.attr in TRICKY):
            return f"it uses `{name or getattr(node, 'attr', '')}`"
        if isinstance(node, (ast.Global, ast.Await, ast.AsyncFunctionDef)):
            return "it is asynchronous, or binds global names"
    return ""


def _leaks(source: str, later: frozenset[str]) -> str:
    """A hidden region runs apart: what others read of it would be lost."""
    try:
        bound = _bound(ast.parse(HIDDEN_TESTS.inside(source)))
        outside = _read(ast.parse(HIDDEN_TESTS.without(source)))
    except (SyntaxError, ValueError):
        return "its hidden region is no piece of Python by itself"
    lost = sorted(bound & (later | outside))
    return f"its hidden region binds `{lost[0]}`, which other code reads" if lost else ""


def _bound(tree: ast.Module) -> set[str]:
    found = {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    return found


def _read(tree: ast.Module) -> set[str]:
    return {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def names_read(source: str) -> set[str]:
    """The names that a cell reads; none of what is no Python."""
    try:
        return _read(ast.parse(source))
    except (SyntaxError, ValueError):
        return set()


def ends_with_a_value(source: str) -> bool:
    """Whether the last line of a cell is a value, such as the points that it counted; no call."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return False
    last = body[-1] if body else None
    return isinstance(last, ast.Expr) and not isinstance(last.value, ast.Call)


# ------------------------------------------------------------------------------------ statements
@dataclass
class _Reader:
    """Goes through the statements of a cell, from top to bottom."""

    scope: Scope
    hidden: set[int]
    collecting: dict[str, Evidence] = field(default_factory=dict)  # functions that collect

    def read(self, body: list[ast.stmt]) -> Iterator[Part]:
        for statement in body:
            yield from self._statement(statement)

    def _statement(self, statement: ast.stmt) -> Iterator[Part]:
        blank = Part("", statement.lineno, statement.lineno in self.hidden)
        called = self._collected(statement)
        found = [called] if called else read_assertion(statement, self.scope)
        if found:
            yield from (replace(blank, evidence=one) for one in found)
        elif is_assertion(statement):
            yield self._compound(statement, blank)
        elif not _is_text(statement):
            yield replace(blank, text=ast.unparse(statement))
            self.scope = behind(self.scope, statement)

    def _collected(self, statement: ast.stmt) -> Evidence | None:
        """A call of a test function of this very cell."""
        call = statement.value if isinstance(statement, ast.Expr) else None
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
            return None
        near = self.collecting.get(call.func.id)
        return near and replace(near, shown=call, message="")

    def _compound(self, statement: ast.stmt, blank: Part) -> Part:
        """A loop or a test function whose assertions all have a reading; else it stays."""
        if isinstance(statement, ast.FunctionDef):
            made = collector(statement.name, statement.args, statement.body, self.scope)
            if made is not None and not _returns(statement):
                self.collecting[statement.name] = made[1]
                return replace(blank, text=ast.unparse(made[0]))
        elif isinstance(statement, COMPOUND):
            name = f"cases_in_line_{statement.lineno}"
            made = collector(name, NO_ARGUMENTS, [statement], self.scope)
            if made is not None:
                call = ast.Call(ast.Name(name, ast.Load()), [], [])
                near = replace(made[1], shown=call, message=made[1].message)
                return replace(blank, text=ast.unparse(made[0]), evidence=near, collects=name)
        return replace(blank, text=ast.unparse(statement), stays=True)


NO_ARGUMENTS = ast.arguments([], [], None, [], [], None, [])


def behind(scope: Scope, statement: ast.stmt) -> Scope:
    """The scope behind support: what is computed from a student's, or handed to it for effect."""
    if isinstance(statement, ast.Expr):
        return scope.and_bound_by(statement)
    if not scope.touches(statement):
        return scope
    bound = {
        n.id for n in ast.walk(statement)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }  # fmt: skip
    return Scope(scope.student | frozenset(bound))


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _returns(function: ast.FunctionDef) -> bool:
    return any(isinstance(node, (ast.Return, ast.Yield)) for node in ast.walk(function))


# ------------------------------------------------------------------------------------ collecting
def collector(
    name: str, arguments: ast.arguments, body: list[ast.stmt], scope: Scope
) -> tuple[ast.FunctionDef, Evidence] | None:
    """A function that returns the evidence of every assertion in a block, in the order of its run.

    The second value holds the loosest tolerance among them, and why a person should look.
    """
    found: list[Evidence] = []
    inner = _collecting(body, scope, found)
    if inner is None or not found:
        return None
    made = ast.parse(f"def {name}():\n    {SHOWN} = []\n    return {SHOWN}").body[0]
    assert isinstance(made, ast.FunctionDef)
    made.args = arguments
    made.body[1:1] = inner
    near = Evidence(
        ast.Constant(None),
        max((one.rtol for one in found), default=RTOL),
        max((one.atol for one in found), default=ATOL),
        next((one.message for one in found if one.message), ""),
        next((one.weak for one in found if one.weak), ""),
    )
    return ast.fix_missing_locations(made), near


def _collecting(body: list[ast.stmt], scope: Scope, found: list[Evidence]) -> list[ast.stmt] | None:
    """A block with evidence collected in place of assertions; None if one has no reading."""
    made: list[ast.stmt] = []
    for statement in body:
        new = _collected(statement, scope, found)
        if new is None:
            return None
        made += new
        scope = behind(scope, statement)
    return made


def _collected(statement: ast.stmt, scope: Scope, found: list[Evidence]) -> list[ast.stmt] | None:
    read = read_assertion(statement, scope)
    if read:
        found += read
        return [_append(one) for one in read]
    if not is_assertion(statement):
        return [statement]
    if not isinstance(statement, COMPOUND):
        return None
    inner = _collecting(statement.body, scope, found)
    other = _collecting(getattr(statement, "orelse", []), scope, found)
    if inner is None or other is None:
        return None
    new = copy.copy(statement)
    new.body = inner
    if not isinstance(new, ast.With):
        new.orelse = other
    return [new]


def _append(evidence: Evidence) -> ast.stmt:
    return ast.parse(f"{SHOWN}.append(deepcopy({shown_text(evidence)}))").body[0]


def shown_text(evidence: Evidence) -> str:
    """The evidence as code; of an error that has to be raised, its name."""
    if not evidence.raising:
        return ast.unparse(evidence.shown)
    kinds, call = evidence.shown.elts  # type: ignore[attr-defined]
    return f"raised({ast.unparse(kinds)}, lambda: {ast.unparse(call)})"
