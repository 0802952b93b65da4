"""Name the mistake behind a wrong answer: a known one of the exercise, or a general one.

A known mistake is named if it explains *every* lost probe: the answer shows there just what the
mistake shows. If the submission passes a probe that the mistake would lose, or shares only some
outputs with it, the name is given only where the values are too particular for chance and no other
mistake explains them too. Before that a general name is sought that holds at most of the lost
probes, or a supposition that shows the same at all of them. If most probes pass, the last word is
that the rest are special cases. In doubt there is no name: a wrong one costs a student an hour.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from autograder.judging.comparison import looks_same, settled
from autograder.judging.generic import GENERIC, Generic, Shape
from autograder.judging.places import Lost, labels, where
from autograder.judging.relations import rich
from autograder.model import CheckReference, MistakeReference, ProbeReference

RELATED = 2e-5  # relative; answers are shown at six digits, so relations hold to about this
PARTICULAR = 3  # so many different numbers do not agree by chance
LONG = 12  # letters; nor does a text of so many


def diagnose(check: CheckReference, answers: list[dict | None]) -> MistakeReference | None:
    """The mistake that explains all lost probes of a check, or None.

    Args:
        check: the reference, with its known mistakes.
        answers: what was shown at each probe; None where nothing was.
    """
    lost = [
        Lost(place, probe, answer, tuple(differing(answer, probe.value, probe)))
        for place, (probe, answer) in enumerate(zip(check.probes, answers, strict=True))
        if answer is not None and not _right(probe, answer)
    ]
    if not lost or None in answers:
        return None
    with np.errstate(all="ignore"):  # infinities are answers too
        return (
            _known(check, lost)
            or _supposed(check, check.as_if, lost)
            or _general(lost, everywhere=True)
            or _supposed(check, check.near_misses, lost)
            or _beside_a_flag(check, lost)
            or _general(lost)
            or _known_in_part(check, lost)
            or where(check, lost)
        )


def _right(probe: ProbeReference, answer: dict) -> bool:
    return looks_same(answer, probe.value, probe.rtol, probe.atol)


# ------------------------------------------------------------------------------------ known ones
def _known(check: CheckReference, lost: list[Lost]) -> MistakeReference | None:
    """The mistake that loses the same probes with the same answers."""
    places = {one.place for one in lost}
    for mistake in check.mistakes:
        # an answer that is not the mistake's is told by one comparison, the first one as a rule
        if all(_same(one, mistake) for one in lost) and _loses(check, mistake) == places:
            return mistake if any(map(_telling, lost)) else _perhaps(mistake)
    return None


def _telling(one: Lost) -> bool:
    """Whether anything that is wrong is such that another slip would hardly show it by chance."""
    return any(_weight(answer) or _long_text(answer) for answer, _ in one.wrong)


def _long_text(answer: dict) -> bool:
    return answer["kind"] == "text" and len(answer["text"]) >= LONG


def _perhaps(mistake: MistakeReference) -> MistakeReference:
    """Many a slip ends in an error, a yes or no, a zero or a small number: the page says so."""
    en, ko = f"Perhaps: {mistake.en}", f"혹시 이런 것은 아닌가요? {mistake.ko}"
    return replace(mistake, en=en, ko=ko)


def _supposed(
    check: CheckReference, suppositions: tuple[MistakeReference, ...], lost: list[Lost]
) -> MistakeReference | None:
    """The right solution with one thing changed that shows the same everywhere, if any does.

    Several may: all of them are true then, and the first is the simplest.
    """
    places = {one.place for one in lost}
    if sum(_weight(one.answer) for one in lost) < PARTICULAR:
        return None
    for supposed in suppositions:
        same = all(_same(one, supposed) for one in lost)
        if same and _loses(check, supposed) == places:
            return supposed
    return None


def _weight(answer: dict) -> int:
    """How many different things an answer says that chance would hardly say."""
    if answer["kind"] in ("sequence", "set", "mapping"):
        return sum(map(_weight, _parts(answer))) + len(set(map(repr, answer["items"]))) // 3
    if answer["kind"] != "array":
        return 0
    numbers = np.array([float(number) for number in answer["values"]])
    large = numbers[np.isfinite(numbers) & (abs(numbers) >= 10)]
    return max(rich(numbers), len(np.unique(large)), len(np.unique(numbers)) // 3)


def _loses(check: CheckReference, mistake: MistakeReference) -> set[int]:
    pairs = zip(check.probes, mistake.values, strict=True)
    return {place for place, (probe, value) in enumerate(pairs) if not _right(probe, value)}


def _same(one: Lost, mistake: MistakeReference) -> bool:
    return looks_same(one.answer, mistake.values[one.place], one.probe.rtol, one.probe.atol)


def _known_in_part(check: CheckReference, lost: list[Lost]) -> MistakeReference | None:
    """The one mistake that explains all lost probes, item by item where there are several."""
    found = {
        mistake.name: mistake
        for mistake in check.mistakes
        if all(_explains(mistake, one) for one in lost)
        and any(_particular(one) for one in lost)
        and _loses_little_more(check, mistake, lost)
    }
    return next(iter(found.values())) if len(found) == 1 else None


def _loses_little_more(check: CheckReference, mistake: MistakeReference, lost: list[Lost]) -> bool:
    """Each probe that is passed although the mistake loses it speaks for another mistake."""
    passed = len(_loses(check, mistake) - {one.place for one in lost})
    return passed == 0 or len(lost) > max(passed, 1)


def _explains(mistake: MistakeReference, one: Lost) -> bool:
    """Whether each output that is wrong is the mistake's."""
    value = mistake.values[one.place]
    if one.answer["kind"] == "error":
        return value["kind"] == "error" and value["type"] == one.answer["type"]
    if _same(one, mistake):
        return True
    named = list(differing(one.answer, value, one.probe))
    if one.wrong == ((one.answer, one.probe.value),) or named == [(one.answer, value)]:
        return False
    wrong, still = [answer for answer, _ in one.wrong], [answer for answer, _ in named]
    # either may hold the other: a mistake with other keys differs in a row, and not in its numbers
    return not _held(wrong) & {id(part) for part in still} and not _held(still) & {
        id(part) for part in wrong
    }


def _held(parts: list[dict]) -> set[int]:
    """The parts, and all parts within them."""
    return {id(part) for part in parts}.union(*(_held(_parts(part)) for part in parts))


def _particular(one: Lost) -> bool:
    """Whether what is wrong holds so many different numbers that chance can be left out."""
    wrong = (_array(answer) for answer, _ in one.wrong)
    return sum(rich(numbers) for numbers in wrong if numbers is not None) >= PARTICULAR


# ------------------------------------------------------------------------------- two slips at once
def _beside_a_flag(check: CheckReference, lost: list[Lost]) -> MistakeReference | None:
    """A mistake that explains all but yes-or-no parts of an answer, with a word on those.

    A probe may say beside its numbers whether a result still asks for gradients. A student who
    forgets a `detach` too gives the numbers of a known slip beside another flag.
    """
    for mistake in (*check.mistakes, *check.as_if, *check.near_misses):
        # there are hundreds, and nearly all are told apart by the first comparison
        if not all(_differs_in_flags(one, mistake) for one in lost):
            continue
        lost_by_it = _loses(check, mistake)
        numbers = any(one.place in lost_by_it and _particular(one) for one in lost)
        if numbers and lost_by_it <= {one.place for one in lost}:
            return _with_a_second(mistake, [one for one in lost if not _same(one, mistake)])
    return None


def _differs_in_flags(one: Lost, mistake: MistakeReference) -> bool:
    """Whether an answer is the mistake's, but perhaps for numbers that are 0 or 1 in both."""
    pairs = differing(one.answer, mistake.values[one.place], one.probe)
    return all(_flags(mine) and _flags(theirs) for mine, theirs in pairs)


def _flags(value: dict) -> bool:
    if value["kind"] == "sequence":
        return bool(value["items"]) and all(map(_flags, value["items"]))
    if value["kind"] != "array" or value["dtype"] == "float" or value["shape"]:
        return False
    return value["values"][0] in (0, 1)


def _with_a_second(mistake: MistakeReference, others: list[Lost]) -> MistakeReference:
    at = labels([one.probe for one in others])
    return replace(
        mistake,
        en=f"{mistake.en} And a second thing, at {at}: a part that says yes or no says the other, "
        "such as whether a result still asks for gradients.",
        ko=f"{mistake.ko} 그리고 {at}에서 한 가지 더: 예와 아니요가 뒤바뀐 부분이 있습니다. "
        "예를 들면 결과가 아직 그래디언트를 요구하는지입니다.",
    )


# ------------------------------------------------------------------------------------ general ones
def _general(lost: list[Lost], everywhere: bool = False) -> MistakeReference | None:
    """The general mistake that holds at most of the lost probes, the first in the table of equals.

    It is a fact about these probes, so it may be told where others failed in another way.

    Args:
        lost: the lost probes.
        everywhere: only one that holds at all of them.
    """
    best, most = None, len(lost) - 1 if everywhere else 0
    for generic in GENERIC:
        found = [(one, holds(generic, one)) for one in lost]
        held = [one for one, count in found if count]
        enough = sum(count for _, count in found) >= generic.needs
        if enough and 2 * len(held) > len(lost) and len(held) > most:
            best, most = _told(generic, held, lost), len(held)
    return best


def _told(generic: Generic, held: list[Lost], lost: list[Lost]) -> MistakeReference:
    """The sentences, with the probes that they are about if these are not all that were lost."""
    at = f"{labels([one.probe for one in held])}: " if len(held) < len(lost) else ""
    return MistakeReference(generic.name, at + generic.en, at + generic.ko, (), general=True)


def holds(generic: Generic, one: Lost) -> int:
    """How many numbers or items bear out that a general mistake explains an answer; 0 if none.

    It must explain the answer as a whole, or each part of it that is wrong.
    """
    if generic.other is not None:
        whole = _other_holds(generic.other, one.answer, one.probe.value, one.probe)
        return whole or _holds_for_each(generic.other, list(one.wrong))
    rtol = max(one.probe.rtol, RELATED)
    pairs = [(_array(mine), _array(theirs)) for mine, theirs in one.wrong]
    arrays = [(mine, theirs) for mine, theirs in pairs if mine is not None and theirs is not None]
    if generic.numbers is None or not arrays or len(arrays) < len(pairs):
        return 0
    if not generic.lists and any(mine["kind"] == "sequence" for mine, _ in one.wrong):
        return 0
    if not generic.whole:
        counts = [generic.numbers(mine, theirs, rtol) for mine, theirs in arrays]
        return sum(counts) if all(counts) else 0
    if any(mine.shape != theirs.shape for mine, theirs in arrays):
        return 0
    mine, theirs = (np.concatenate([pair[side].ravel() for pair in arrays]) for side in (0, 1))
    return generic.numbers(mine, theirs, rtol)


def _other_holds(relation: Shape, answer: dict, expected: dict, probe: ProbeReference) -> int:
    """How many items bear the relation out: between the answers, or between each pair of parts."""
    answer = settled(answer, expected, probe.rtol, probe.atol)
    direct = relation(answer, expected)
    mine, theirs = _parts(answer), _parts(expected)
    if direct or answer["kind"] != expected["kind"] or len(mine) != len(theirs):
        return direct
    pairs = zip(mine, theirs, strict=True)
    return _holds_for_each(relation, [(one, other) for one, other in pairs if one != other])


def _holds_for_each(relation: Shape, pairs: list[tuple[dict, dict]]) -> int:
    """How many items bear out a relation that has to hold for each pair; 0 if it does not."""
    counts = [relation(answer, expected) for answer, expected in pairs]
    return sum(counts) if all(counts) else 0


def differing(answer: dict, expected: dict, probe: ProbeReference) -> Iterator[tuple[dict, dict]]:
    """The innermost parts of an answer that are wrong, each with the right one.

    A list of single numbers counts as one part; so does everything whose structure differs.
    """
    if looks_same(answer, expected, probe.rtol, probe.atol):
        return
    mine, theirs = _parts(answer), _parts(expected)
    inner = answer["kind"] == expected["kind"] and len(mine) == len(theirs) > 0
    if not inner or _array(answer) is not None or _keys(answer) != _keys(expected):
        yield answer, expected
        return
    for one, other in zip(mine, theirs, strict=True):
        yield from differing(one, other, probe)


def _parts(value: dict) -> list[dict]:
    items = value.get("items", [])
    return [pair[1] for pair in items] if value["kind"] == "mapping" else items


def _keys(value: dict) -> list[str]:
    return [repr(pair[0]) for pair in value["items"]] if value["kind"] == "mapping" else []


def _array(value: dict) -> np.ndarray | None:
    """The numbers of an array, or of a list of single numbers; None for anything else."""
    if value["kind"] == "sequence" and value["items"]:
        if any(item["kind"] != "array" or item["shape"] for item in value["items"]):
            return None
        return np.array([float(item["values"][0]) for item in value["items"]])
    if value["kind"] != "array" or value["dtype"] == "bool":
        return None
    return np.array([float(number) for number in value["values"]]).reshape(value["shape"])
