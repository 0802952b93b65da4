"""What may go wrong in one place of a solution: the small faults that mutants are made of.

Each operator looks at one node of the tree and yields nodes that could stand in its place: another
operator, another axis, a dropped transpose, two arguments exchanged, a statement left out.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

BINARY: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
COMPARISONS: dict[type, tuple[type, ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
AXIS_NAMES = ("dim", "axis", "dims")
KEEPDIM_NAMES = ("keepdim", "keepdims")
REDUCTIONS = {
    *("sum", "mean", "prod", "max", "min", "amax", "amin", "argmax", "argmin"),
    *("logsumexp", "norm", "std", "var", "any", "all"),
}
# whose bare integer arguments are axes too: x.softmax(-1), torch.cat([a, b], 1)
AXIS_CALLS = REDUCTIONS | {
    *("softmax", "log_softmax", "cumsum", "cumprod", "unsqueeze", "squeeze", "flip"),
    *("cat", "stack", "concatenate", "transpose", "swapaxes", "sort", "argsort", "size"),
    *("chunk", "split", "unbind", "gather", "index_add", "index_add_"),
}
OTHER_AXES = {0: (1, -1), 1: (0,), -1: (0, -2), -2: (-1,)}
DROPPED_ATTRIBUTES = ("T", "mT", "H", "mH")
# x.transpose(0, 1) and torch.transpose(x, 0, 1) become x; so do the one-argument functions
DROPPED_CALLS = {
    *("transpose", "permute", "swapaxes", "t", "flip", "detach", "clone", "copy"),
    *("exp", "log", "sqrt", "abs", "tanh", "sigmoid", "relu", "reversed", "sorted"),
}
# exchanging the arguments of these changes nothing
SYMMETRIC = {
    *("max", "min", "maximum", "minimum", "add", "mul", "equal", "allclose", "isclose"),
    *("transpose", "swapaxes", "logaddexp", "gcd"),
}
MODULES = ("torch", "np", "numpy", "F", "math", "nn")


@dataclass(frozen=True)
class Place:
    """Where a node hangs in the tree, so that it can be exchanged and put back."""

    parent: ast.AST
    field: str
    index: int | None

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def changes(
    node: ast.AST, place: Place, operators: tuple[Operator, ...]
) -> Iterator[tuple[str, ast.AST]]:
    """(the kind of change, the node that takes this node's place), operator by operator."""
    for operator in operators:
        kind = operator.__name__.strip("_")
        for new in operator(node, place):
            yield kind, new


def _with(node: ast.AST, **fields: object) -> ast.AST:
    """A shallow copy with other fields, so that the tree itself stays as it is."""
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def _arithmetic(node: ast.AST, place: Place) -> Iterator[ast.AST]:
    if not isinstance(node, (ast.BinOp, ast.AugAssign)):
        return
    other = BINARY.get(type(node.op))
    if other is not None:
        yield _with(node, op=other())
    if isinstance(node, ast.AugAssign):  # assignment instead of accumulation
        yield ast.Assign([node.target], node.value, lineno=node.lineno)
    elif isinstance(node.op, (ast.Div, ast.Sub, ast.MatMult)):
        yield _with(node, left=node.right, right=node.left)


def _comparison(node: ast.AST, place: Place) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare):
        for i, operator in enumerate(node.ops):
            for other in COMPARISONS[type(operator)]:
                yield _with(node, ops=[*node.ops[:i], other(), *node.ops[i + 1 :]])


def _boolean(node: ast.AST, place: Place) -> Iterator[ast.AST]:
    if isinstance(node, ast.BoolOp):
        yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.Invert)):
        yield node.operand


def _sign(node: ast.AST, place: Place) -> Iterator[ast.AST]:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and _number(node) is None:
        yield node.operand


def _constant(node: ast.AST, place: Place) -> Iterator[ast.AST]:
    """+1, *2, 0 and negated; True and False exchanged. Axes have their own operator."""
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        if not _is_strict(place):
            yield ast.Constant(not node.value)
        return
    value = _number(node)
    if value is None or _is_axis(place) or _number(place.parent) is not None:
        return
    for other in (value + 1, value * 2, 0, -value):
        if other != value:
            yield _literal(other)


def _is_strict(place: Place) -> bool:
    """zip(…, strict=True) is a guard against wrong use, not behaviour."""
    return isinstance(place.parent, ast.keyword) and place.parent.arg == "strict"


def _number(node: ast.AST) -> float | None:
    """The value of a numeric literal, its minus sign included."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _number(node.operand) if isinstance(node.operand, ast.Constant) else None
        return None if value is None else -value
    if not isinstance(node, ast.Constant) or isinstance(node.value, bool):
        return None
    return node.value if isinstance(node.value, (int, float)) else None


def _literal(value: float) -> ast.expr:
    if value < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)


def _is_axis(place: Place) -> bool:
    """dim=-1, x.softmax(-1), torch.cat(parts, 1), x.shape[0]."""
    parent = place.parent
    if isinstance(parent, ast.keyword):
        return parent.arg in AXIS_NAMES
    if isinstance(parent, ast.Subscript):
        return isinstance(parent.value, ast.Attribute) and parent.value.attr == "shape"
    if not isinstance(parent, ast.Call) or place.field != "args":
        return False
    if isinstance(parent.func, ast.Name):
        return False  # max(x, 1) is Python's own
    is_data = place.index == 0 and _is_function_of_module(parent)
    return _called(parent) in AXIS_CALLS and not is_data


def _axis(node: ast.AST, place: Place) -> Iterator[ast.AST]:
    """`dim=-1` becomes axes that are another one both in a matrix and in a batch of matrices."""
    yield from other_axes(node, place)[1]


def other_axes(node: ast.AST, place: Place) -> tuple[int | None, list[ast.expr]]:
    """The axis that a number stands for, None for any other node, and the axes it could be."""
    value = _number(node)
    if value is None or not _is_axis(place):
        return None, []
    return int(value), [_literal(other) for other in OTHER_AXES.get(int(value), (0, 1))]


def _keepdim(node: ast.AST, place: Place) -> Iterator[ast.AST]:
    """A reduction over an axis that did not say keepdim now does (a said one is a flipped bool)."""
    if not isinstance(node, ast.Call) or _called(node) not in REDUCTIONS:
        return
    if isinstance(node.func, ast.Name):
        return  # Python's own sum, max, any, …
    names = [keyword.arg for keyword in node.keywords]
    if any(name in KEEPDIM_NAMES for name in names):
        return
    own = node.args[1:] if _is_function_of_module(node) else node.args
    if any(name in AXIS_NAMES for name in names) or any(_number(arg) is not None for arg in own):
        word = "keepdims" if "axis" in names else "keepdim"
        yield _with(node, keywords=[*node.keywords, ast.keyword(word, ast.Constant(True))])


def _called(node: ast.Call) -> str:
    """The last part of the called name: `sum` of x.sum(), torch.sum(x) and sum(x)."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _is_function_of_module(node: ast.Call) -> bool:
    """torch.sum(x) and sum(x), not x.sum(): the first argument is the data."""
    if isinstance(node.func, ast.Name):
        return True
    root = node.func.value if isinstance(node.func, ast.Attribute) else None
    while isinstance(root, ast.Attribute):
        root = root.value
    return isinstance(root, ast.Name) and root.id in MODULES


def _dropped(node: ast.AST, place: Place) -> Iterator[ast.AST]:
    """A transpose, a clone or an elementwise function that was forgotten."""
    if isinstance(node, ast.Attribute) and node.attr in DROPPED_ATTRIBUTES:
        yield node.value
    if not isinstance(node, ast.Call) or _called(node) not in DROPPED_CALLS:
        return
    if _is_function_of_module(node):
        if node.args and not isinstance(node.args[0], ast.Starred):
            yield node.args[0]
    elif isinstance(node.func, ast.Attribute):
        yield node.func.value


def _range(node: ast.AST, place: Place) -> Iterator[ast.AST]:
    """One more, one less, at either end of a range (numbers are changed as constants)."""
    if not isinstance(node, ast.Call) or _called(node) not in ("range", "arange"):
        return
    if len(node.args) == 1:
        yield _with(node, args=[ast.Constant(1), node.args[0]])
    for i, argument in enumerate(node.args[:2]):
        for change in _one_off(argument):
            yield _with(node, args=[*node.args[:i], change, *node.args[i + 1 :]])


def _slice(node: ast.AST, place: Place) -> Iterator[ast.AST]:
    """x[a:b] one off at either end, x[a:] without its last item, x[:b] without its first."""
    if not isinstance(node, ast.Slice):
        return
    if node.lower is None and node.upper is None and node.step is None:
        return  # a whole axis in x[:, 0]: taking less of it only changes the shape
    if node.step is None:
        yield from (_with(node, lower=new) for new in _end(node.lower, 1))
        yield from (_with(node, upper=new) for new in _end(node.upper, -1))
    else:
        yield _with(node, step=None)


def _end(end: ast.expr | None, missing: int) -> Iterator[ast.expr]:
    if end is None:
        yield _literal(missing)
    else:
        yield from _one_off(end)


def _one_off(node: ast.expr) -> Iterator[ast.expr]:
    """node + 1 and node - 1; a literal is left to `_constant`, but for its minus one."""
    value = _number(node)
    if value is not None:
        yield _literal(value - 1)
        return
    yield ast.BinOp(node, ast.Add(), ast.Constant(1))
    yield ast.BinOp(node, ast.Sub(), ast.Constant(1))


def _swapped(node: ast.AST, place: Place) -> Iterator[ast.AST]:
    """Two neighbouring positional arguments of the same kind, exchanged."""
    if not isinstance(node, ast.Call) or _called(node) in SYMMETRIC:
        return
    for i, (left, right) in enumerate(pairwise(node.args)):
        if type(left) is type(right) and not isinstance(left, ast.Starred):
            yield _with(node, args=[*node.args[:i], right, left, *node.args[i + 2 :]])


def _removed(node: ast.AST, place: Place) -> Iterator[ast.AST]:
    """A statement left out, where the rest still runs: no first binding of a name, no return."""
    if isinstance(node, ast.Break):
        yield ast.Continue()
    elif isinstance(node, ast.Continue):
        yield ast.Break()
    if _may_go(node, place):
        yield ast.Pass()


def _may_go(node: ast.AST, place: Place) -> bool:
    if isinstance(node, (ast.If, ast.For, ast.While)):
        return place.field != "orelse"  # an elif is a part of its if
    if isinstance(node, ast.Expr):
        return not isinstance(node.value, ast.Constant)  # a docstring
    if isinstance(node, ast.Assign):
        return _rebinds(node)
    return isinstance(node, (ast.AugAssign, ast.Raise, ast.Break, ast.Continue, ast.Delete))


def _rebinds(node: ast.Assign) -> bool:
    """Whether the target exists already: x[i] = …, self.x = …, or x = f(x)."""
    target = node.targets[0]
    if isinstance(target, (ast.Subscript, ast.Attribute)):
        return True
    if not isinstance(target, ast.Name):
        return False
    return any(isinstance(n, ast.Name) and n.id == target.id for n in ast.walk(node.value))


Operator = Callable[[ast.AST, Place], Iterator[ast.AST]]
OPERATORS: tuple[Operator, ...] = (
    _arithmetic,
    _comparison,
    _boolean,
    _sign,
    _constant,
    _axis,
    _keepdim,
    _dropped,
    _range,
    _slice,
    _swapped,
    _removed,
)
