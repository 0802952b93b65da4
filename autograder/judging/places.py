"""Where an answer is wrong whose mistake has no other name: at which inputs, in which part.

Each is a fact about the answer and holds for certain; what it comes from is left to the student.
"""

from __future__ import annotations

from dataclasses import dataclass

from autograder.judging.comparison import looks_same
from autograder.model import CheckReference, MistakeReference, ProbeReference

PARTS = 6  # a longer list is no set of outputs


@dataclass(frozen=True)
class Lost:
    """A probe that was lost, its place in the check, the answer, and what of it is wrong."""

    place: int
    probe: ProbeReference
    answer: dict
    wrong: tuple[tuple[dict, dict], ...]  # innermost parts of the answer, with the right ones


def where(check: CheckReference, lost: list[Lost]) -> MistakeReference | None:
    """The narrowest place that all that is wrong lies in, if there is one."""
    return _special_case(check, lost) or _one_output(lost) or _some_inputs(check, lost)


def labels(probes: list[ProbeReference]) -> str:
    """The names of probes, which every student reads."""
    return ", ".join(f"'{probe.label}'" for probe in probes)


def _named(name: str, en: str, ko: str) -> MistakeReference:
    return MistakeReference(name, en, ko, (), general=True)


def _special_case(check: CheckReference, lost: list[Lost]) -> MistakeReference | None:
    """That the main cases are right, where most probes pass: what is left is a special input."""
    if 2 * len(lost) > len(check.probes) - 1:
        return None
    at = labels([one.probe for one in lost])
    return _named(
        "special-case",
        f"{at}: only here it is wrong, all other inputs come out right. What is special about this "
        "input, and which line of yours deals with it?",
        f"{at}: 여기만 틀리고 다른 입력은 모두 맞습니다. 이 입력은 무엇이 다르고, 어느 줄이 그것을 "
        "다루나요?",
    )


def _one_output(lost: list[Lost]) -> MistakeReference | None:
    """That of several outputs the same one is wrong at every lost probe."""
    wrong = {_only_wrong_part(one) for one in lost}
    part = wrong.pop()
    if wrong or part is None:
        return None
    which, which_ko = part
    return _named(
        "one-output",
        f"{which} of what the probe shows is wrong, the rest is right. What makes that one, and "
        "how does it differ from the others?",
        f"프로브가 보여 주는 것 가운데 {which_ko} 틀리고 나머지는 맞습니다. 그 항목은 무엇이 "
        "만들고, 다른 항목과 무엇이 다른가요?",
    )


def _only_wrong_part(one: Lost) -> tuple[str, str] | None:
    mine, theirs = one.answer, one.probe.value
    listed = mine["kind"] == theirs["kind"] == "sequence"
    pairs = list(zip(mine["items"], theirs["items"], strict=False)) if listed else []
    if not 2 <= len(pairs) <= PARTS or len(mine["items"]) != len(theirs["items"]):
        return None
    wrong = [i for i, pair in enumerate(pairs) if not _same(one.probe, *pair)]
    if len(wrong) != 1:
        return None
    return f"Only item [{wrong[0]}] (counted from 0)", f"[{wrong[0]}]번 항목만(0부터 셈)"


def _same(probe: ProbeReference, mine: dict, theirs: dict) -> bool:
    return looks_same(mine, theirs, probe.rtol, probe.atol)


def _some_inputs(check: CheckReference, lost: list[Lost]) -> MistakeReference | None:
    """That it is right for some kinds of inputs and wrong for others."""
    places = {one.place for one in lost}
    right = [probe for place, probe in enumerate(check.probes) if place not in places]
    if len(right) < 2 or 2 * len(right) < len(lost):
        return None
    good, bad = labels(right), labels([one.probe for one in lost])
    return _named(
        "some-inputs",
        f"Right at {good}; wrong at {bad}. What do those that are wrong have in common that the "
        "others do not have?",
        f"{good}에서는 맞고 {bad}에서는 틀립니다. 틀린 입력들에만 있는 공통점은 무엇인가요?",
    )
