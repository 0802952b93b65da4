"""What an assertion looks at, as a probe can show it, and whose the names in it are."""

from __future__ import annotations

import ast
from dataclasses import dataclass

RTOL, ATOL = 1e-5, 1e-8  # a probe's own
WEAK = "shows True or False alone"
TABLE = "table_of"  # what shows a data frame or a series


@dataclass(frozen=True)
class Evidence:
    """What a probe shows in place of an assertion."""

    shown: ast.expr
    rtol: float = RTOL
    atol: float = ATOL
    message: str = ""  # the assertion's own words
    weak: str = ""  # why a person should look at it
    raising: bool = False  # `shown` is the tuple (kinds of error, the call that raises one)


@dataclass(frozen=True)
class Scope:
    """The names that come from a student: defined in solution cells, or computed from these."""

    student: frozenset[str]

    def touches(self, node: ast.AST) -> bool:
        """Whether something of the student's stands in it."""
        return any(isinstance(one, ast.Name) and one.id in self.student for one in ast.walk(node))

    def and_bound_by(self, statement: ast.stmt) -> Scope:
        """The scope behind a statement: what it binds or hands to a student's code is theirs."""
        if not self.touches(statement):
            return self
        names = {one.id for one in ast.walk(statement) if isinstance(one, ast.Name)}
        return Scope(self.student | frozenset(names - _called(statement)))


def _called(node: ast.AST) -> set[str]:
    calls = (one.func for one in ast.walk(node) if isinstance(one, ast.Call))
    return {name for func in calls if (name := root(func))}


def root(node: ast.expr) -> str:
    """The first name of `np.testing.assert_equal`."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def last_name(node: ast.expr) -> str:
    """The last one."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def text_of(node: ast.expr | None) -> str:
    """A text that is spelled out; nothing of one that is made when it runs."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def number(node: ast.expr | None, default: float | None = None) -> float | None:
    """The number that an expression spells; the default where there is none."""
    if node is None:
        return default
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError):
        return _power(node)
    return float(value) if isinstance(value, (int, float)) else None


def _power(node: ast.expr) -> float | None:
    """`10 ** -6`, as tolerances are often written."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)):
        return None
    base, exponent = number(node.left), number(node.right)
    return None if base is None or exponent is None else base**exponent
