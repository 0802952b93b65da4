"""Mistakes that can be made at any exercise, found by how the answer relates to the reference.

Each names a fact about the answer and asks where it comes from. No sentence holds a number: with
"three times too large" and one's own answer one would have the hidden one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from autograder.judging import relations
from autograder.judging.raised import RAISED
from autograder.judging.relations import Relation, one_function
from course.probes import ChangedArgument

# A relation of answers that need not be numbers: lists, texts, None. 0 means that it does not hold.
Shape = Callable[[dict, dict], int]


@dataclass(frozen=True)
class Generic:
    """A name, what it says to a student in both languages, and when it holds."""

    name: str
    en: str
    ko: str
    numbers: Relation | None = None  # on all numbers that differ, or on each array that does
    whole: bool = False  # number by number: arrays of different outputs are judged together
    other: Shape | None = None
    needs: int = 1  # numbers or items, over all lost probes, that bear it out
    lists: bool = True  # a list of numbers too, though they may come from several calls


def _number(name: str, relation: Relation, en: str, ko: str, needs: int = 1) -> Generic:
    return Generic(name, en, ko, relation, whole=True, needs=needs)


def _array(name: str, relation: Relation, en: str, ko: str, lists: bool = True) -> Generic:
    return Generic(name, en, ko, relation, lists=lists)


def _other(name: str, relation: Shape, en: str, ko: str, needs: int = 1) -> Generic:
    return Generic(name, en, ko, other=relation, needs=needs)


# ------------------------------------------------------------------------------- lists and kinds
def _items(value: dict) -> list[str]:
    return list(map(repr, value["items"])) if value["kind"] in ("sequence", "set") else []


def _both(answer: dict, expected: dict) -> tuple[list[str], list[str]]:
    same = answer["kind"] == expected["kind"]
    return (_items(answer), _items(expected)) if same else ([], [])


def no_return(answer: dict, expected: dict) -> int:
    """None came back."""
    return int(answer["kind"] == "none" and expected["kind"] != "none")


def none_used(answer: dict, expected: dict) -> int:
    """None came back, or something was done with None: with the answer or inside the function."""
    if answer["kind"] != "error":
        return no_return(answer, expected)
    return int("'NoneType'" in answer["message"] or "NoneType object" in answer["message"])


def changed_argument(answer: dict, expected: dict) -> int:
    """The function wrote to what it was given."""
    return int(answer["kind"] == "error" and answer["type"] == ChangedArgument.__name__)


def exchanged(answer: dict, expected: dict) -> int:
    """A few outputs, each of them right, in another order."""
    mine, theirs = _both(answer, expected)
    if not 2 <= len(theirs) <= 5 or all(map(_is_single, expected["items"])):
        return 0
    return int(mine != theirs and sorted(mine) == sorted(theirs) and len(set(theirs)) > 1)


def _is_single(value: dict) -> bool:
    return value["kind"] in ("text", "bytes", "none") or value.get("shape") == []


def items_in_other_order(answer: dict, expected: dict) -> int:
    """A list of the right items in other places."""
    mine, theirs = _both(answer, expected)
    same = mine != theirs and sorted(mine) == sorted(theirs)
    return int(same and len(set(theirs)) >= 3)


def items_turned(answer: dict, expected: dict) -> int:
    """Every item of a list is right but turned round, such as (b, a) for (a, b)."""
    if answer["kind"] != "sequence" or expected["kind"] != "sequence":
        return 0
    if not all(item["kind"] == "sequence" for item in answer["items"] + expected["items"]):
        return 0
    turned = [[repr(one) for one in reversed(item["items"])] for item in answer["items"]]
    right = [[repr(one) for one in item["items"]] for item in expected["items"]]
    return int(turned == right and len(set(map(str, right))) >= 2)


def items_doubled(answer: dict, expected: dict) -> int:
    """Items occur more often than they should, and nothing else is wrong."""
    mine, theirs = _both(answer, expected)
    return int(len(mine) > len(theirs) >= 2 and set(mine) == set(theirs))


def items_merged(answer: dict, expected: dict) -> int:
    """Items that should occur repeatedly occur once."""
    mine, theirs = _both(answer, expected)
    return int(len(theirs) > len(mine) >= 2 and set(mine) == set(theirs))


def items_missing(answer: dict, expected: dict) -> int:
    """Some items are missing; those that are there are right and in order."""
    mine, theirs = _both(answer, expected)
    left = iter(theirs)
    return len(theirs) if len(mine) < len(theirs) and all(item in left for item in mine) else 0


def items_extra(answer: dict, expected: dict) -> int:
    """All items are there and in order, with others between or around them."""
    return items_missing(expected, answer)


def _entries(value: dict) -> list[tuple[str, str]]:
    return [(repr(k), repr(v)) for k, v in value["items"]] if value["kind"] == "mapping" else []


def other_keys(answer: dict, expected: dict) -> int:
    """A dictionary of the right values, all of them under other keys."""
    mine, theirs = _entries(answer), _entries(expected)
    values = sorted(value for _, value in mine) == sorted(value for _, value in theirs)
    apart = {key for key, _ in mine}.isdisjoint(key for key, _ in theirs)
    return len(theirs) if values and apart else 0


def keys_missing(answer: dict, expected: dict) -> int:
    """Some keys are missing; what is there is right."""
    mine, theirs = set(_entries(answer)), set(_entries(expected))
    return len(theirs) if mine and mine < theirs else 0


def keys_extra(answer: dict, expected: dict) -> int:
    """All keys are there with their values, and others too."""
    return keys_missing(expected, answer)


def list_for_tensor(answer: dict, expected: dict) -> int:
    """The right numbers in a list where a tensor is asked for, or the other way round."""
    kinds = {answer["kind"], expected["kind"]}
    if kinds != {"array", "sequence"}:
        return 0
    return int(_flat(answer) == _flat(expected) and len(_flat(expected)) > 1)


DTYPES = ("torch.float", "torch.bfloat", "torch.int", "torch.uint", "torch.bool")


def other_type(answer: dict, expected: dict) -> int:
    """The right numbers of another type, which a probe may say beside them as a text."""
    if answer["kind"] == expected["kind"] == "text":
        return int(all(value["text"].startswith(DTYPES) for value in (answer, expected)))
    if answer["kind"] != "array" or expected["kind"] != "array":
        return 0
    same = answer["shape"] == expected["shape"] and answer["values"] == expected["values"]
    return int(same and answer["dtype"] != expected["dtype"])


def raised_nothing(answer: dict, expected: dict) -> int:
    """An error was to be raised, and none was."""
    return int(expected["kind"] == "error" and answer["kind"] != "error")


def _flat(value: dict) -> list:
    if value["kind"] == "array":
        return list(value["values"])
    parts = [
        _flat(item) for item in value.get("items", []) if item["kind"] in ("array", "sequence")
    ]
    return [number for part in parts for number in part]


# ------------------------------------------------------------------------------------ the table
GENERIC: tuple[Generic, ...] = (
    _other("nothing-returned", no_return,
           "None came back where a value belongs. Does every path end with return, and is this a "
           "case for None? If it is a gradient: where is it cut off?",
           "값이 있어야 할 곳에 None이 돌아왔습니다. 모든 경로가 return으로 끝나나요? 여기서 "
           "None이 맞는 값인가요? 그래디언트라면 어디에서 끊겼나요?"),
    _other("none-for-a-value", none_used,
           "None stands where a value belongs. Is a return missing, is something used here before "
           "it has a value, or is an argument handed over in another's place?",
           "값이 있어야 할 곳에 None이 있습니다. return이 빠졌나요, 값이 생기기 전에 썼나요, "
           "아니면 인자를 다른 자리에 넘겼나요?"),
    _other("argument-changed", changed_argument,
           "Your function changes what it is given. Which line writes to an argument, and should "
           "it write to a copy?",
           "함수가 받은 인자를 바꿉니다. 어느 줄이 인자에 쓰나요? 복사본에 써야 하나요?"),
    _other("no-error-raised", raised_nothing,
           "This input should raise an exception, and your function returned something instead.",
           "이 입력에서는 예외가 발생해야 하는데 함수가 값을 돌려주었습니다."),
    _other("another-number-type", other_type,
           "The numbers are right, but their type is not. Which dtype does the docstring "
           "promise?",
           "숫자는 맞지만 자료형이 다릅니다. docstring이 약속한 dtype은 무엇인가요?"),
    _other("list-or-tensor", list_for_tensor,
           "The numbers are right, but a list stands where a tensor belongs, or the other "
           "way round.",
           "숫자는 맞지만 텐서여야 할 곳에 리스트가 있거나 그 반대입니다."),
    _array("nan-among-them", relations.with_nan,
           "What is wrong in your answer is NaN. Where can 0/0, inf - inf, 0 times log 0, or a "
           "root or logarithm of a negative number arise?",
           "틀린 곳이 모두 NaN입니다. 0/0, inf - inf, 0 곱하기 log 0, 음수의 제곱근이나 로그가 "
           "어디서 생길 수 있나요?"),
    _array("axis-of-size-one", relations.axis_of_one,
           "The numbers are right, but an axis of size 1 is too many or missing. Where do you use "
           "keepdim, squeeze or unsqueeze?",
           "숫자는 맞지만 크기 1인 축이 하나 많거나 없습니다. keepdim, squeeze, "
           "unsqueeze는 어디에 있나요?"),
    _array("axes-exchanged", relations.axes_exchanged,
           "The numbers are right, but the axes stand in another order. Which axis comes first?",
           "숫자는 맞지만 축의 순서가 다릅니다. 어느 축이 먼저인가요?"),
    _array("reshaped-for-transposed", relations.reshaped,
           "The shape is right, but the numbers stand in other places. reshape and view count "
           "numbers off in order; to exchange axes, use transpose or permute.",
           "모양은 맞지만 숫자들의 자리가 다릅니다. reshape와 view는 숫자를 순서대로 셀 뿐입니다. "
           "축을 바꾸려면 transpose나 permute를 쓰세요."),
    _array("another-shape", relations.other_shape,
           "The numbers are right and in order, but the shape is not.",
           "숫자와 순서는 맞지만 모양이 다릅니다."),
    _array("copies", relations.copies,
           "The right answer is there several times: an axis was added by broadcasting. Which two "
           "shapes meet?",
           "맞는 답이 여러 번 들어 있습니다. 브로드캐스팅으로 축이 늘어났습니다. 어떤 두 "
           "모양이 만나나요?"),
    _array("gathered-too-far", relations.gathered,
           "One axis too many is summed or averaged. Over which axes should it be done?",
           "축 하나를 더 합하거나 평균했습니다. 어느 축에 대해 해야 하나요?"),
    _array("not-gathered", relations.not_gathered,
           "The single values are right; the last sum or mean over them is missing.",
           "각각의 값은 맞습니다. 마지막 합이나 평균이 빠졌습니다."),
    _array("one-place-short", relations.cut_short,
           "Right, but one place too few or too many at an end. Does your range include its end, "
           "or is what stands there treated otherwise?",
           "맞지만 끝에서 한 자리가 모자라거나 남습니다. 범위가 끝을 포함하나요? 아니면 끝에 있는 "
           "것을 다르게 다루나요?"),
    _number("opposite-sign", relations.opposite,
            "All that is wrong has the opposite sign. Where does a minus belong, or is one too "
            "many?",
            "틀린 숫자는 모두 부호가 반대입니다. 마이너스가 어디에 있어야 하나요? 하나가 더 "
            "있나요?"),
    _number("another-base", relations.another_base,
            "The logarithm has another base. Natural logarithms are asked for: log, not log2.",
            "로그의 밑이 다릅니다. 자연로그가 필요합니다. log2가 아니라 log입니다."),
    _number("exp-missing", one_function("exp", too_many=False),
            "exp of your answer would be right: is the last exp missing, or a logarithm "
            "too many?",
            "답에 exp를 취하면 맞습니다. 마지막 exp가 빠졌거나 로그가 하나 더 있나요?"),
    _number("exp-too-many", one_function("exp", too_many=True),
            "The logarithm of your answer would be right: is a log missing, or an exp too many?",
            "답에 로그를 취하면 맞습니다. 로그가 빠졌거나 exp가 하나 더 있나요?"),
    _number("square-missing", one_function("square", too_many=False),
            "The square of your answer would be right: is there a root too many?",
            "답을 제곱하면 맞습니다. 제곱근이 하나 더 있나요?"),
    _number("root-missing", one_function("square", too_many=True),
            "The root of your answer would be right: is the square root missing?",
            "답에 제곱근을 취하면 맞습니다. 제곱근이 빠졌나요?"),
    _number("upside-down", one_function("reciprocal", too_many=True),
            "One divided by your answer would be right: is a minus in an exponent missing, or does "
            "what stands above the line belong below?",
            "1을 답으로 나누면 맞습니다. 지수의 마이너스가 빠졌거나 분자와 분모가 바뀌었나요?"),
    _number("one-minus", one_function("complement", too_many=True),
            "One minus your answer would be right: which of the two shares is meant?",
            "1에서 답을 빼면 맞습니다. 두 몫 가운데 어느 쪽인가요?", needs=2),
    _number("tanh-missing", one_function("tanh", too_many=False),
            "tanh of your answer would be right: is the last tanh missing?",
            "답에 tanh를 취하면 맞습니다. 마지막 tanh가 빠졌나요?"),
    _number("tanh-twice", one_function("tanh", too_many=True),
            "tanh was applied once too often.", "tanh를 한 번 더 적용했습니다."),
    _number("sigmoid-missing", one_function("sigmoid", too_many=False),
            "The sigmoid of your answer would be right: is it missing?",
            "답에 시그모이드를 취하면 맞습니다. 빠졌나요?"),
    _number("sigmoid-too-many", one_function("sigmoid", too_many=True),
            "A sigmoid was applied that does not belong there.",
            "필요 없는 시그모이드를 적용했습니다."),
    _array("softmaxed", relations.softmaxed,
           "These are probabilities, and the scores before the softmax are asked for.",
           "이것은 확률입니다. 소프트맥스 이전의 점수가 필요합니다."),
    _number("times-too-large", relations.several_times,
            "All that is wrong is the same whole number of times too large: a sum where a mean is "
            "asked for, a division that is missing, or something counted repeatedly.",
            "틀린 값은 모두 같은 정수배만큼 큽니다. 평균 대신 합인가요, 나눗셈이 빠졌나요, 여러 "
            "번 세었나요?", needs=2),
    _number("times-too-small", relations.a_fraction,
            "All that is wrong is the same whole number of times too small: a mean where a sum is "
            "asked for, or a division too many.",
            "틀린 값은 모두 같은 정수배만큼 작습니다. 합 대신 평균인가요, 나눗셈이 더 있나요?",
            needs=2),
    _number("constant-factor", relations.proportional,
            "All that is wrong is off by one and the same factor. Which one is missing or too "
            "many?",
            "틀린 값은 모두 같은 배수만큼 다릅니다. 어떤 인수가 빠졌거나 더 있나요?"),
    _number("one-apart", relations.one_apart,
            "Every number is off by one. Do you count from 0 or from 1?",
            "모든 숫자가 1씩 어긋납니다. 0부터 세나요, 1부터 세나요?"),
    _number("constant-offset", relations.offset,
            "All that is wrong is off by one and the same amount. Which term is missing or too "
            "many, or is a fixed number where an argument belongs?",
            "틀린 값은 모두 같은 양만큼 어긋납니다. 어떤 항이 빠졌거나 더 있나요? 인자 대신 고정된 "
            "숫자를 썼나요?"),
    _array("not-normalised", relations.not_normalised,
           "Each row is right but for a factor of its own: the rows should sum to 1. By what, and "
           "along which axis, do you divide?",
           "각 행이 저마다 다른 배수만큼 다릅니다. 행의 합은 1이어야 합니다. 무엇으로, "
           "어느 축을 따라 나누나요?"),
    _array("not-unit-length", relations.not_unit_length,
           "Each row points the right way but has another length. Is the division by its "
           "norm there?",
           "각 행의 방향은 맞지만 길이가 다릅니다. 노름으로 나누었나요?"),
    _array("in-reverse", relations.turned_round,
           "The numbers are right but in the reverse order along one axis.",
           "숫자는 맞지만 한 축을 따라 순서가 거꾸로입니다."),
    _array("moved-by-one-place", relations.moved,
           "The numbers are right but moved by one place along one axis.",
           "숫자는 맞지만 한 축을 따라 한 자리 밀려 있습니다."),
    _array("one-place-for-all", relations.repeated,
           "One place along an axis is right, and all the others hold the same. Does your index "
           "move on?",
           "한 축의 한 자리는 맞는데 나머지 자리에도 같은 값이 들어 있습니다. 인덱스가 다음으로 "
           "넘어가나요?"),
    _array("first-place-wrong", relations.at_an_edge(last=False),
           "All is right but the first place along one axis. What does your function start from?",
           "한 축의 첫 자리만 빼고 모두 맞습니다. 함수는 무엇에서 시작하나요?", lists=False),
    _array("last-place-wrong", relations.at_an_edge(last=True),
           "All is right but the last place along one axis. What happens at the end?",
           "한 축의 마지막 자리만 빼고 모두 맞습니다. 끝에서 무슨 일이 일어나나요?", lists=False),
    _array("zero-expected", relations.not_zero,
           "All is right but the places that should hold 0. What decides which places those are?",
           "0이어야 할 자리만 빼고 모두 맞습니다. 어떤 자리가 0인지는 무엇이 정하나요?"),
    _array("left-at-zero", relations.left_zero,
           "What is there is right, but some places hold 0 that should not.",
           "들어 있는 값은 맞지만 0이 아니어야 할 자리 몇 개가 0입니다."),
    _array("all-zero", relations.all_zero,
           "What is wrong holds nothing but 0. Is the result written there, or, if it is a "
           "gradient, is something cut off?",
           "틀린 곳이 모두 0입니다. 결과를 그곳에 썼나요? 기울기라면 무엇이 끊겼나요?"),
    _array("all-alike", relations.all_alike,
           "What is wrong holds one number everywhere. Does each place get a value of its own?",
           "틀린 곳의 숫자가 모두 같습니다. 자리마다 자기 값을 받나요?"),
    _number("some-signs", relations.some_signs,
            "The sizes are right, but some signs are not. Is an absolute value or a minus "
            "in the way?",
            "크기는 맞지만 일부 부호가 틀립니다. 절댓값이나 마이너스가 끼어 있나요?"),
    _array("another-order", relations.other_order,
           "The numbers are right, but they stand in other places. Which order is asked for, and "
           "which shape?",
           "숫자는 맞지만 자리가 다릅니다. 어떤 순서와 어떤 모양이어야 하나요?"),
    _other("outputs-exchanged", exchanged,
           "Each output is right, but they come in another order. What does the docstring return "
           "first?",
           "각 출력은 맞지만 순서가 다릅니다. docstring은 무엇을 먼저 돌려주라고 하나요?"),
    _other("pairs-turned-round", items_turned,
           "Every item is right but turned round: what comes first in it?",
           "각 항목은 맞지만 앞뒤가 바뀌었습니다. 무엇이 먼저인가요?"),
    _other("items-in-another-order", items_in_other_order,
           "The items are right, but they come in another order.",
           "항목은 맞지만 순서가 다릅니다."),
    _other("items-counted-twice", items_doubled,
           "The items are right, but some occur more often than they should. Is one counted twice, "
           "or added at an end?",
           "항목은 맞지만 일부가 더 자주 나옵니다. 두 번 세었거나 끝에 하나를 더 붙였나요?"),
    _other("repeats-lost", items_merged,
           "The items are right, but some should occur more often. Are repeats merged, or is one "
           "left out at an end?",
           "항목은 맞지만 일부는 더 자주 나와야 합니다. 반복을 합쳤거나 끝에서 하나를 빠뜨렸나요?"),
    _other("items-missing", items_missing,
           "What is there is right and in order, but some items are missing.",
           "들어 있는 항목과 순서는 맞지만 빠진 항목이 있습니다.", needs=4),
    _other("items-too-many", items_extra,
           "All items are there and in order, but others stand there that should not.",
           "항목은 모두 순서대로 있지만 있으면 안 되는 항목도 있습니다.", needs=4),
    _other("other-keys", other_keys,
           "The values are right, but they stand under other keys. Of which type is a key?",
           "값은 맞지만 키가 다릅니다. 키는 어떤 자료형이어야 하나요?", needs=2),
    _other("keys-missing", keys_missing,
           "What is there is right, but some keys are missing.",
           "들어 있는 것은 맞지만 빠진 키가 있습니다.", needs=3),
    _other("keys-too-many", keys_extra,
           "All keys are there with their values, but others stand there that should not.",
           "키와 값은 모두 있지만 있으면 안 되는 키도 있습니다.", needs=3),
    _number("last-digits", relations.few_digits,
            "Only the last digits are wrong. Is something rounded, is it computed in a smaller "
            "dtype, is a small number added, or is a step too wide?",
            "마지막 자릿수만 틀립니다. 반올림했거나 더 작은 dtype으로 계산했나요? 작은 수를 "
            "더했거나 간격이 너무 넓은가요?", needs=2),
    *(_other(one.name, one.relation, one.en, one.ko) for one in RAISED),
)  # fmt: skip
