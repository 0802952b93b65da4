"""Read a test that something is raised: `with pytest.raises`, `try` and `except`."""

from __future__ import annotations

import ast
from dataclasses import replace

from autograder.adoption.evidence import Evidence, Scope, last_name, text_of


def raising(kinds: ast.expr, call: ast.expr, scope: Scope) -> list[Evidence] | None:
    """The evidence that a call raises an error of these kinds; None if nobody's call it is."""
    if not scope.touches(call):
        return None
    return [Evidence(ast.Tuple([kinds, call], ast.Load()), raising=True)]


def read_with(statement: ast.With, scope: Scope) -> list[Evidence] | None:
    """`with pytest.raises(ValueError): f(0)`."""
    asked = statement.items[0].context_expr
    if len(statement.items) > 1 or statement.items[0].optional_vars is not None:
        return None
    if not isinstance(asked, ast.Call) or len(asked.args) != 1 or asked.keywords:
        return None
    call = _only_call(statement.body)
    if last_name(asked.func) not in ("raises", "assertRaises", "assert_raises") or call is None:
        return None
    return raising(asked.args[0], call, scope)


def _only_call(body: list[ast.stmt]) -> ast.expr | None:
    """The one call of a block; what is assigned to does not matter, as it raises."""
    if len(body) != 1:
        return None
    value = body[0].value if isinstance(body[0], (ast.Expr, ast.Assign)) else None
    return value if isinstance(value, ast.Call) else None


def read_try(statement: ast.Try, scope: Scope) -> list[Evidence] | None:
    """A call that has to raise: `try: f(0)`, `except ValueError: pass`, `else: raise …`."""
    if len(statement.handlers) != 1 or statement.finalbody:
        return None
    handler = statement.handlers[0]
    silent = all(isinstance(one, ast.Pass) for one in handler.body)
    body, failing = statement.body, statement.orelse
    if not failing and len(body) == 2:  # the failure stands behind the call
        body, failing = body[:1], body[1:]
    call = _only_call(body)
    if not silent or handler.type is None or call is None or not _fails(failing):
        return None
    if statement.orelse == [] and _catches_assertions(handler.type):
        return None
    found = raising(handler.type, call, scope)
    return found and [replace(one, message=_failure_text(failing[0])) for one in found]


def _fails(block: list[ast.stmt]) -> bool:
    if len(block) != 1:
        return False
    (one,) = block
    never = (
        isinstance(one, ast.Assert) and isinstance(one.test, ast.Constant) and not one.test.value
    )
    return never or isinstance(one, ast.Raise)


def _catches_assertions(kind: ast.expr) -> bool:
    return last_name(kind) in ("Exception", "BaseException", "AssertionError")


def _failure_text(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Assert):
        return text_of(statement.msg)
    raised = statement.exc if isinstance(statement, ast.Raise) else None
    return text_of(raised.args[0]) if isinstance(raised, ast.Call) and raised.args else ""
