"""Read one assertion: what of the student's it looks at, and how closely.

    assert squares(2) == [1, 4]               evidence `squares(2)`
    assert abs(mean(x) - 0.5) < 1e-3          evidence `mean(x)`, within 1e-3
    np.testing.assert_allclose(f(x), y)       evidence `f(x)`, within 1e-7 of its size

The evidence is an expression that a probe can show; the expected value is not taken over, since the
instructor's own solution says it. What has no such reading gives None: it stays an assertion.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

from autograder.adoption.evidence import (
    ATOL,
    RTOL,
    TABLE,
    WEAK,
    Evidence,
    Scope,
    last_name,
    number,
    root,
    text_of,
)
from autograder.adoption.raising import raising, read_try, read_with


# ------------------------------------------------------------------------------------ statements
def read_assertion(statement: ast.stmt, scope: Scope) -> list[Evidence] | None:
    """The evidence of one assertion, several where `and` joins them; None if it has no reading."""
    if isinstance(statement, ast.Assert):
        found = _truth(statement.test, scope)
        return found and [replace(one, message=text_of(statement.msg)) for one in found]
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return _call(statement.value, scope)
    if isinstance(statement, ast.Try):
        return read_try(statement, scope)
    if isinstance(statement, ast.With):
        return read_with(statement, scope)
    return None


def is_assertion(statement: ast.stmt) -> bool:
    """Whether a statement can end a check."""
    return any(
        isinstance(node, (ast.Assert, ast.Raise)) or _asserting_name(node)
        for node in ast.walk(statement)
    )


def _asserting_name(node: ast.AST) -> bool:
    name = last_name(node.func) if isinstance(node, ast.Call) else ""
    return name.startswith("assert") or name in ("raises", "fail", "ok_", "eq_")


# ------------------------------------------------------------------------------------ truths
def _truth(test: ast.expr, scope: Scope) -> list[Evidence] | None:
    """The evidence for an expression that has to be true."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return _joined([_truth(value, scope) for value in test.values])
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return _compared(test, scope)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _boolean(test.operand, scope)
    if isinstance(test, ast.Call):
        return _true_call(test, scope)
    return _boolean(test, scope) if isinstance(test, ast.Name) else None


def _joined(parts: list[list[Evidence] | None]) -> list[Evidence] | None:
    found = [part for part in parts if part is not None]
    return [one for part in found for one in part] if len(found) == len(parts) else None


def _boolean(shown: ast.expr, scope: Scope) -> list[Evidence] | None:
    if not scope.touches(shown):
        return None
    call = ast.Call(ast.Name("bool", ast.Load()), [shown], [])
    return [Evidence(call, weak=WEAK)]


def _compared(test: ast.Compare, scope: Scope) -> list[Evidence] | None:
    left, op, right = test.left, test.ops[0], test.comparators[0]
    if isinstance(op, (ast.Lt, ast.LtE)):
        return _near(left, right, scope)
    if isinstance(op, (ast.Is, ast.IsNot)) and not isinstance(right, ast.Constant):
        return None
    if isinstance(op, ast.IsNot):
        return _boolean(test, scope)
    if isinstance(op, (ast.Eq, ast.Is)):
        return (
            _approx(left, right, scope) or _approx(right, left, scope) or _equal(left, right, scope)
        )
    return None


def _near(left: ast.expr, right: ast.expr, scope: Scope) -> list[Evidence] | None:
    """`abs(E - y) < tol`."""
    tolerance = number(right)
    if tolerance is None or not isinstance(left, ast.Call) or len(left.args) != 1:
        return None
    if last_name(left.func) not in ("abs", "fabs", "absolute"):
        return None
    inner = left.args[0]
    if not (isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.Sub)):
        return None
    return _equal(inner.left, inner.right, scope, rtol=0.0, atol=tolerance)


def _approx(left: ast.expr, right: ast.expr, scope: Scope) -> list[Evidence] | None:
    """`E == pytest.approx(y)`."""
    if not (isinstance(right, ast.Call) and last_name(right.func) == "approx" and right.args):
        return None
    rtol, atol = _tolerances(right, ("rel", 1e-6, 1), ("abs", 1e-12, 2))
    if rtol is None or atol is None:
        return None
    return _equal(left, right.args[0], scope, rtol=rtol, atol=atol)


def _equal(
    left: ast.expr, right: ast.expr, scope: Scope, rtol: float = RTOL, atol: float = ATOL
) -> list[Evidence] | None:
    """The side that is the student's; none where both are, or nothing is."""
    mine = [side for side in (left, right) if scope.touches(side)]
    if not mine:
        mine = [side for side in (left, right) if not _is_literal(side)]
    return [Evidence(mine[0], rtol, atol)] if len(mine) == 1 else None


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError):
        return False
    return True


def _true_call(test: ast.Call, scope: Scope) -> list[Evidence] | None:
    name = last_name(test.func)
    if name in ("isclose", "allclose") and len(test.args) >= 2:
        return _close(test, scope)
    if name in ("array_equal", "array_equiv") and len(test.args) == 2:
        return _equal(test.args[0], test.args[1], scope)
    if name == "equals" and len(test.args) == 1 and isinstance(test.func, ast.Attribute):
        return _table(ast.Call(test.func, [test.func.value, test.args[0]], []), scope)
    if name == "all" and (inner := _all_of(test)) is not None:
        return _truth(inner, scope) if isinstance(inner, (ast.Compare, ast.Call)) else None
    return _boolean(test, scope)


def _all_of(test: ast.Call) -> ast.expr | None:
    """What `np.all(E == y)` and `(E == y).all()` ask about."""
    if len(test.args) == 1:
        return test.args[0]
    is_method = isinstance(test.func, ast.Attribute) and not test.args
    return test.func.value if is_method and isinstance(test.func, ast.Attribute) else None


def _close(test: ast.Call, scope: Scope) -> list[Evidence] | None:
    if root(test.func) == "math":
        rtol, atol = _tolerances(test, ("rel_tol", 1e-9, 9), ("abs_tol", 0.0, 9))
    else:
        rtol, atol = _tolerances(test, ("rtol", 1e-5, 2), ("atol", 1e-8, 3))
    if rtol is None or atol is None:
        return None
    return _equal(test.args[0], test.args[1], scope, rtol=max(rtol, 1e-6), atol=atol)


Tolerance = tuple[str, float, int]  # its keyword, default and place


def _tolerances(call: ast.Call, *asked: Tolerance) -> list[float | None]:
    given = {word.arg: word.value for word in call.keywords}
    return [
        number(given.get(word, call.args[place] if place < len(call.args) else None), default)
        for word, default, place in asked
    ]


# ------------------------------------------------------------------------------------ calls
def _call(call: ast.Call, scope: Scope) -> list[Evidence] | None:
    """An assertion that is a call: numpy.testing, unittest, nose."""
    reader = CALLS.get(last_name(call.func))
    found = reader(call, scope) if reader and _enough(call) else None
    words = {word.arg: word.value for word in call.keywords}
    message = text_of(words.get("err_msg") or words.get("msg"))
    return found and [replace(one, message=message) for one in found]


def _enough(call: ast.Call) -> bool:
    return bool(call.args) and not any(isinstance(arg, ast.Starred) for arg in call.args)


def _two(call: ast.Call, scope: Scope) -> list[Evidence] | None:
    return _equal(call.args[0], call.args[1], scope) if len(call.args) >= 2 else None


def _shown_itself(call: ast.Call, scope: Scope) -> list[Evidence] | None:
    return [Evidence(call.args[0])]


def _table(call: ast.Call, scope: Scope) -> list[Evidence] | None:
    """pandas' own assertions: columns, index and values are shown."""
    found = _two(call, scope)
    as_shown = ast.Name(TABLE, ast.Load())
    return found and [replace(one, shown=ast.Call(as_shown, [one.shown], [])) for one in found]


def _allclose(call: ast.Call, scope: Scope) -> list[Evidence] | None:
    rtol, atol = _tolerances(call, ("rtol", 1e-7, 2), ("atol", 0.0, 3))
    if rtol is None or atol is None or len(call.args) < 2:
        return None
    return _equal(call.args[0], call.args[1], scope, rtol=max(rtol, 1e-6), atol=atol)


def _places(word: str, default: int) -> Callable[[ast.Call, Scope], list[Evidence] | None]:
    def read(call: ast.Call, scope: Scope) -> list[Evidence] | None:
        places, delta = _tolerances(call, (word, default, 2), ("delta", -1.0, 9))
        if places is None or delta is None or len(call.args) < 2:
            return None
        atol = delta if delta >= 0 else 1.5 * 10.0**-places
        return _equal(call.args[0], call.args[1], scope, rtol=0.0, atol=atol)

    return read


def _asked_true(call: ast.Call, scope: Scope) -> list[Evidence] | None:
    return _truth(call.args[0], scope)


def _asked_false(call: ast.Call, scope: Scope) -> list[Evidence] | None:
    return _boolean(call.args[0], scope)


def _none(call: ast.Call, scope: Scope) -> list[Evidence] | None:
    return _equal(call.args[0], ast.Constant(None), scope)


def _instance(call: ast.Call, scope: Scope) -> list[Evidence] | None:
    if len(call.args) < 2:
        return None
    return _boolean(ast.Call(ast.Name("isinstance", ast.Load()), call.args[:2], []), scope)


def _raises(call: ast.Call, scope: Scope) -> list[Evidence] | None:
    """`assertRaises(ValueError, f, 0)`."""
    if len(call.args) < 2:
        return None
    return raising(call.args[0], ast.Call(call.args[1], call.args[2:], call.keywords), scope)


_decimal, _significant = _places("decimal", 7), _places("places", 7)
CALLS: dict[str, Callable[[ast.Call, Scope], list[Evidence] | None]] = {
    **dict.fromkeys(
        ("assert_equal", "assert_array_equal", "assertEqual", "eq_", "assertListEqual",
         "assertDictEqual", "assertTupleEqual", "assertSetEqual", "assertSequenceEqual",
         "assertMultiLineEqual", "assertIs", "assert_string_equal"),
        _two,
    ),
    "assert_autotest": _shown_itself,
    "assert_frame_equal": _table,
    "assert_series_equal": _table,
    "assert_allclose": _allclose,
    "assert_almost_equal": _decimal,
    "assert_array_almost_equal": _places("decimal", 6),
    "assertAlmostEqual": _significant,
    **dict.fromkeys(("assertTrue", "assert_true", "assert_", "ok_"), _asked_true),
    **dict.fromkeys(("assertFalse", "assert_false"), _asked_false),
    **dict.fromkeys(("assertIsNone", "assert_is_none"), _none),
    **dict.fromkeys(("assertIsInstance", "assert_is_instance"), _instance),
    **dict.fromkeys(("assertRaises", "assert_raises"), _raises),
}  # fmt: skip
