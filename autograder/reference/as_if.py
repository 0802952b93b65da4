"""The right solution with one argument of its call replaced: what an answer may look as if.

Students forget an argument, take its default for granted, read it the other way round or confuse
two of them. Whatever the exercise, such a mistake gives the answers of the *right* function for
other arguments. So each is tried with the instructor's own solution, without knowing what it does.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from autograder import syntax

AT_MOST = 100  # of one exercise
# Runs in the notebook's namespace, once, before all suppositions.
HELPERS = (Path(__file__).parent / "supposing.py").read_text("utf-8")


@dataclass(frozen=True)
class AsIf:
    """A way to call the right solution wrongly: its name, the sentences, and the change as code."""

    name: str
    en: str
    ko: str
    source: str


# how, what it is called, and in both languages what stands in place of the parameter {p}
ALONE = (
    ("true", "ignored", "{p} is true everywhere: is it used at all?",
     "{p}의 모든 값이 참인 것처럼 계산했습니다. {p}를 쓰고 있나요?"),
    ("turned", "inverted", "{p} is turned round, true for false: which of the two does it mark?",
     "{p}의 참과 거짓이 뒤바뀐 것처럼 계산했습니다. 참이 무엇을 뜻하나요?"),
    ("largest", "alike", "every entry of {p} is as large as its largest: does each row use its "
     "own?", "{p}의 모든 값이 가장 큰 값인 것처럼 계산했습니다. 행마다 자기 값을 쓰나요?"),
    ("zeros", "left-out", "{p} is 0: is it left out, or lost on the way?",
     "{p}가 0인 것처럼 계산했습니다. 빠졌거나 중간에 사라졌나요?"),
    ("negated", "negated", "{p} has the opposite sign: is a minus missing, or one too many?",
     "{p}의 부호가 반대인 것처럼 계산했습니다. 마이너스가 빠졌거나 하나 더 있나요?"),
    ("transposed", "transposed", "{p} is transposed: is a .T missing, or one too many?",
     "{p}가 전치된 것처럼 계산했습니다. .T가 빠졌거나 하나 더 있나요?"),
    ("backwards", "backwards", "{p} is read from its other end: in which order do you go?",
     "{p}를 반대쪽 끝에서 읽은 것처럼 계산했습니다. 어떤 순서로 진행하나요?"),
    ("more", "one-more", "{p} is larger by one: do you count from 0 or from 1, end included?",
     "{p}가 1만큼 큰 것처럼 계산했습니다. 0부터 세나요, 1부터 세나요? 끝을 포함하나요?"),
    ("less", "one-less", "{p} is smaller by one: do you count from 0 or from 1, end included?",
     "{p}가 1만큼 작은 것처럼 계산했습니다. 0부터 세나요, 1부터 세나요? 끝을 포함하나요?"),
    ("squared", "squared", "{p} is squared: is a square too many, or a root missing?",
     "{p}를 제곱한 것처럼 계산했습니다. 제곱이 하나 더 있거나 제곱근이 빠졌나요?"),
    ("root", "not-squared", "the root of {p} stands there: is a square missing, or a root too "
     "many?", "{p}의 제곱근을 쓴 것처럼 계산했습니다. 제곱이 빠졌거나 제곱근이 하나 더 있나요?"),
    ("twice", "doubled", "{p} is counted twice.", "{p}를 두 번 센 것처럼 계산했습니다."),
    ("half", "halved", "only half of {p} is used.", "{p}의 절반만 쓴 것처럼 계산했습니다."),
    ("lowered", "lower-case", "{p} is in small letters: do you change the text?",
     "{p}가 소문자인 것처럼 계산했습니다. 글자를 바꾸나요?"),
    ("shorter", "without-its-last", "the last item of {p} is not there: does your range reach it?",
     "{p}의 마지막 항목이 없는 것처럼 계산했습니다. 범위가 거기까지 닿나요?"),
    ("later", "without-its-first", "the first item of {p} is not there: where do you start?",
     "{p}의 첫 항목이 없는 것처럼 계산했습니다. 어디에서 시작하나요?"),
)  # fmt: skip
OF_A_MASK, OF_LENGTHS = {"true", "turned"}, {"largest"}
OF_NUMBERS = {"zeros", "negated", "transposed", "backwards"}
OF_ITEMS = {"backwards", "lowered", "shorter", "later"}
OF_A_KIND = {
    "Tensor": OF_NUMBERS, "int": {"zeros", "more", "less"},
    "float": {"zeros", "negated", "squared", "root", "twice", "half"},
    "str": OF_ITEMS, "list": OF_ITEMS, "Sequence": OF_ITEMS, "tuple": OF_ITEMS,
}  # fmt: skip
BEGIN, BEGIN_KO = "A right solution gives just your answers if ", "올바른 풀이에서 "


def as_if(source: str, function: str) -> Iterator[AsIf]:
    """All suppositions on the arguments of a function.

    Args:
        source: the solution cell.
        function: which of its functions.
    """
    functions = (n for n in syntax.parse(source).body if isinstance(n, ast.FunctionDef))
    node = next((n for n in functions if n.name == function), None)
    if node is None:
        return
    kinds = {arg.arg: _kind(arg) for arg in node.args.args}
    optional = [arg.arg for arg in node.args.args[len(node.args.args) - len(node.args.defaults) :]]
    yield from _defaults(function, optional)
    for name, kind in kinds.items():
        yield from _alone(function, name, OF_A_KIND.get(kind, set()))
    for a, b in combinations(kinds, 2):
        if kinds[a] == kinds[b] != "":
            yield from _pairs(function, a, b, both=kinds[a] != "Tensor")


def _alone(function: str, name: str, ways: set[str]) -> Iterator[AsIf]:
    if "mask" in name or "length" in name:  # the usual names of the two
        ways = OF_A_MASK if "mask" in name else OF_LENGTHS
    for how, called, en, ko in ALONE:
        if how in ways:
            value = f"supposing.supposed_value({how!r}, given[{name!r}])"
            change = f"lambda given, _: {{{name!r}: {value}}}"
            sentences = en.format(p=name), ko.format(p=name)
            yield _made(function, f"{name}-{called}", *sentences, change)


def _kind(arg: ast.arg) -> str:
    """The first word of an annotation: `Callable` of `Callable[[Tensor], Tensor]`."""
    return ast.unparse(arg.annotation).split("[")[0] if arg.annotation else ""


def _defaults(function: str, names: list[str]) -> Iterator[AsIf]:
    for name in names:
        change = f"lambda given, signature: {{{name!r}: signature.parameters[{name!r}].default}}"
        en = f"{name} always has its default: is it used at all?"
        ko = f"{name}가 늘 기본값인 것처럼 계산했습니다. {name}를 쓰고 있나요?"
        yield _made(function, f"{name}-at-its-default", en, ko, change)


def _pairs(function: str, a: str, b: str, both: bool) -> Iterator[AsIf]:
    alike = f"if supposing.alike(given[{a!r}], given[{b!r}]) else {{}}"
    swap = f"lambda given, _: {{{a!r}: given[{b!r}], {b!r}: given[{a!r}]}} {alike}"
    en = f"{a} and {b} are exchanged: which of the two belongs where?"
    ko = f"{a}와 {b}가 뒤바뀐 것처럼 계산했습니다. 어느 것이 어디에 와야 하나요?"
    yield _made(function, f"{a}-and-{b}-exchanged", en, ko, swap)
    for kept, lost in ((a, b), (b, a)) if both else ():
        change = f"lambda given, _: {{{lost!r}: given[{kept!r}]}} {alike}"
        en = f"{kept} stands in the place of {lost} too: is {lost} used at all?"
        ko = f"{lost} 자리에도 {kept}를 쓴 것처럼 계산했습니다. {lost}를 쓰고 있나요?"
        yield _made(function, f"{kept}-for-{lost}", en, ko, change)


def _made(function: str, name: str, en: str, ko: str, change: str) -> AsIf:
    source = f"{function} = supposing.supposed_call({function}, {change})"
    return AsIf(name, BEGIN + en, BEGIN_KO + ko, source)
