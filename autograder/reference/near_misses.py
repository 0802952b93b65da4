"""The right solution with one slip in it: what an answer may be equal to.

The mutants of the proof and a few slips more, each with a sentence on the *kind* of the slip. A
sentence names no code of the solution: of what stands around the slip it may repeat the names of
the function's own parameters, which everybody can read.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from autograder import syntax
from autograder.reference.mutants import Mutant, all_axes, mutants, spread
from autograder.reference.mutation import OPERATORS, Operator, Place

AT_MOST = 45  # of one solution; each is run at every probe


@dataclass(frozen=True)
class NearMiss:
    """A name, the sentence in both languages, and the solution with the slip."""

    name: str
    en: str
    ko: str
    source: str


KINDS: dict[str, tuple[str, str, str]] = {  # the likeliest first
    "turned_target": (
        "two-exchanged",
        "two of the parts that something is split into are exchanged",
        "나눈 조각 두 개의 자리가 바뀌었습니다",
    ),
    "turned_answer": (
        "answers-exchanged",
        "two of the answers are returned in the other order",
        "돌려주는 값 두 개의 순서가 바뀌었습니다",
    ),
    "lost_part": (
        "a-part-lost",
        "one term or factor is left out",
        "항이나 인수 하나가 빠졌습니다",
    ),
    "dropped": (
        "a-function-lost",
        "one function (exp, log, tanh, a root, a transpose, a copy, a detach) is left out",
        "함수 하나(exp, log, tanh, 제곱근, 전치, 복사, detach)가 빠졌습니다",
    ),
    "other_function": (
        "a-function-for-another",
        "one function stands in for another (sum for mean, sigmoid for tanh, log2 for log)",
        "함수 하나가 다른 함수로 바뀌었습니다(sum과 mean, sigmoid와 tanh, log2와 log)",
    ),
    "axes": (
        "another-axis-everywhere",
        "all steps along an axis (sums, softmaxes, stacks, loops) take another axis",
        "축을 따라가는 계산(합, 소프트맥스, stack, 반복문)이 모두 다른 축을 씁니다",
    ),
    "axis": (
        "another-axis",
        "one step along an axis (a sum, a softmax, a stack, a loop) takes another axis",
        "축을 따라가는 계산(합, 소프트맥스, stack, 반복문) 가운데 하나가 다른 축을 씁니다",
    ),
    "arithmetic": (
        "an-operation",
        "one operation is another one (plus for minus, times for divided by) or its two sides are "
        "exchanged",
        "연산 하나가 다르거나(더하기와 빼기, 곱하기와 나누기) 두 항의 자리가 바뀌었습니다",
    ),
    "overwritten": (
        "overwritten",
        "a value is overwritten where it should be added to what is there",
        "더해야 할 곳에서 값을 덮어씁니다",
    ),
    "moved_index": (
        "an-index-off-by-one",
        "one index is one place off (t - 1 for t, or the other way round)",
        "인덱스 하나가 한 자리 어긋났습니다(t와 t - 1)",
    ),
    "sign": ("a-minus-lost", "one minus is left out", "마이너스 하나가 빠졌습니다"),
    "boolean": (
        "and-or-not",
        "an `and`, `or` or `not` is another one",
        "and, or, not 가운데 하나가 다릅니다",
    ),
    "removed": (
        "a-step-lost",
        "one whole step is left out",
        "단계 하나가 통째로 빠졌습니다",
    ),
    "range": (
        "a-range-off-by-one",
        "one range begins or ends one place off",
        "범위 하나가 한 자리 일찍 또는 늦게 시작하거나 끝납니다",
    ),
    "slice": (
        "a-slice-off-by-one",
        "one slice begins or ends one place off",
        "슬라이스 하나가 한 자리 일찍 또는 늦게 시작하거나 끝납니다",
    ),
    "swapped": (
        "two-exchanged",
        "two things that are handed to a function are exchanged",
        "함수에 넘기는 두 값의 자리가 바뀌었습니다",
    ),
    "keepdim": (
        "a-keepdim",
        "one axis is kept or dropped (keepdim) where it should not be",
        "keepdim이 하나 빠졌거나 더 있습니다",
    ),
    "renamed": (
        "one-for-another",
        "one quantity stands where another one belongs (old for new, one gate or table for the "
        "other)",
        "한 값이 다른 값의 자리에 쓰였습니다(이전 값과 새 값, 다른 게이트나 표)",
    ),
    "comparison": (
        "a-comparison",
        "one comparison is another one (< for <=, or turned round)",
        "비교 하나가 다릅니다(<와 <=, 또는 방향)",
    ),
    "constant": (
        "a-constant",
        "one fixed number (a factor, a power, a limit, an index) is another one",
        "고정된 숫자 하나(배수, 지수, 한계, 인덱스)가 다릅니다",
    ),
}  # fmt: skip
BEGIN, BEGIN_KO = (
    "Your answers are those of a right solution with one slip",
    "올바른 풀이에 실수 하나를 넣은 것과 답이 같습니다",
)


def near_misses(source: str, function: str, at_most: int = AT_MOST) -> Iterator[NearMiss]:
    """One for each slip that can be made in a right solution.

    Args:
        source: the cell, with its BEGIN/END SOLUTION lines, or a correct variant's code.
        function: the exercise's function in it; its parameters may be named.
        at_most: so many, the likeliest.
    """
    tree = syntax.parse(source)
    found = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == function]
    public = [arg.arg for arg in found[0].args.args] if found else []
    operators = (*OPERATORS, *MORE, _renamed(_locals(tree)))
    made = [_overwriting(one) for one in mutants(source, operators=operators)]
    for mutant in _likeliest([*all_axes(source), *made], at_most):
        yield _made(mutant, public)


def _overwriting(mutant: Mutant) -> Mutant:
    """`=` in the place of `+=` is a kind of its own to a student."""
    augmented = mutant.kind == "arithmetic" and re.search(r" [-+*/@]= ", mutant.old)
    return replace(mutant, kind="overwritten") if augmented else mutant


def _likeliest(made: list[Mutant], at_most: int) -> list[Mutant]:
    """Of many, those of the likelier kinds; of the last kind that has room, some of all places."""
    chosen: list[Mutant] = []
    for kind in KINDS:
        chosen += spread([one for one in made if one.kind == kind], at_most - len(chosen))
    return chosen


def _made(mutant: Mutant, public: list[str]) -> NearMiss:
    name, en, ko = KINDS[mutant.kind]
    near = [word for word in public if word in _names(mutant.old)]
    at, at_ko = (f", near {', '.join(near)}", f" ({', '.join(near)} 근처)") if near else ("", "")
    return NearMiss(name, f"{BEGIN}{at}: {en}.", f"{BEGIN_KO}{at_ko}. {ko}.", mutant.source)


def _names(code: str) -> set[str]:
    return set(re.findall(r"(?<![\w.])[A-Za-z_]\w*", code))


# ------------------------------------------------------------------------------------ more slips
def _lost_part(node: ast.AST, place: Place) -> Iterator[ast.AST]:
    """One side of a sum or a product left out."""
    if isinstance(node, ast.BinOp):
        yield node.left
        if isinstance(node.op, (ast.Add, ast.Mult, ast.MatMult)):
            yield node.right


OTHERS = {
    "sum": "mean", "mean": "sum", "sigmoid": "tanh", "tanh": "sigmoid", "log": "log2",
    "max": "min", "min": "max", "argmax": "argmin", "amax": "amin", "exp": "exp2",
}  # fmt: skip


def _other_function(node: ast.AST, place: Place) -> Iterator[ast.AST]:
    """`x.sum()` becomes `x.mean()`."""
    if isinstance(node, ast.Attribute) and node.attr in OTHERS and place.field == "func":
        yield ast.Attribute(node.value, OTHERS[node.attr], node.ctx)


def _moved_index(node: ast.AST, place: Place) -> Iterator[ast.AST]:
    """`h[:, t]` becomes `h[:, t - 1]` and `h[:, t + 1]`."""
    inside = isinstance(place.parent, (ast.Subscript, ast.Tuple)) and place.field in (
        "slice", "elts",
    )  # fmt: skip
    if inside and isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        for operator in (ast.Sub(), ast.Add()):
            yield ast.BinOp(node, operator, ast.Constant(1))


def _turned_answer(node: ast.AST, place: Place) -> Iterator[ast.AST]:
    """Two of the values of a `return` in each other's place."""
    if isinstance(node, ast.Tuple) and isinstance(place.parent, ast.Return):
        for i in range(len(node.elts) - 1):
            yield _exchanged(node, i, i + 1)


def _turned_target(node: ast.AST, place: Place) -> Iterator[ast.AST]:
    """`i, f = …` becomes `f, i = …`."""
    if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Store):
        for i, j in combinations(range(len(node.elts)), 2):
            yield _exchanged(node, i, j)


def _exchanged(node: ast.Tuple, i: int, j: int) -> ast.Tuple:
    parts = list(node.elts)
    parts[i], parts[j] = parts[j], parts[i]
    return ast.Tuple(parts, node.ctx)


def _renamed(names: list[str]) -> Operator:
    """A variable in the place of another one of the function."""

    def renamed(node: ast.AST, place: Place) -> Iterator[ast.AST]:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
            for other in names:
                if other != node.id:
                    yield ast.Name(other, ast.Load())

    return renamed


def _locals(tree: ast.Module) -> list[str]:
    """The parameters and variables of the cell's functions, in the order of the code."""
    found: dict[str, None] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            found[node.arg] = None
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found[node.id] = None
    return list(found)


MORE: tuple[Operator, ...] = (
    _lost_part,
    _other_function,
    _moved_index,
    _turned_answer,
    _turned_target,
)
