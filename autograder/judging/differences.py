"""Say how an answer differs from the reference without saying what the reference is.

Two rules hold for every sentence here:

* About a hidden value it says only what follows from *equalities*: this number is right, that one
  is not. It never says larger, smaller, nearer or how far, because a few submissions could close in
  on a number with such words. With equalities one can only guess.
* About the answer it says little, in words of ours: the answer is the student's to choose and could
  carry a hidden check. Only the first lost probe of a check is told in `full`.
"""

from __future__ import annotations

from autograder.judging.comparison import looks_same, settled
from autograder.judging.error_texts import LIBRARY, error_kind, shown_error, usual_text
from autograder.judging.relations import LAST_DIGITS
from autograder.judging.vocabulary import Vocabulary
from autograder.model import ProbeReference
from course.probes import ChangedArgument

KINDS = {
    "array": "a tensor or number", "sequence": "a list or tuple", "set": "a set",
    "mapping": "a dictionary", "text": "a text", "bytes": "bytes", "none": "None",
    "error": "an error",
}  # fmt: skip
EXACT = 20  # up to so many numbers are counted; of more, the share is told in tenths
AXES, SIZE = 4, 999  # the largest shape that is told


def describe_difference(
    answer: dict, probe: ProbeReference, names: Vocabulary = LIBRARY, full: bool = True
) -> str:
    """One sentence on shapes, types and how many numbers are wrong; never the expected value.

    Args:
        answer: the bundle that the submission showed.
        probe: what it is compared with, and how closely.
        names: the words that may be repeated from the answer.
        full: with what the answer itself looks like, and where it is wrong.
    """
    if answer["kind"] not in ("error", "none", "text") and nearly_right(answer, probe):
        return "right but for the last digits: rounded, float32, a tiny number off?"
    return _Difference(probe.rtol, probe.atol, names, full).of(answer, probe.value)


def nearly_right(answer: dict, probe: ProbeReference) -> bool:
    """Whether an answer would pass at a wider tolerance: its last digits are what is wrong."""
    wider = max(LAST_DIGITS, 10 * probe.rtol)
    return looks_same(answer, probe.value, wider, max(10 * probe.atol, 1e-7))


class _Difference:
    def __init__(self, rtol: float, atol: float, names: Vocabulary, full: bool) -> None:
        self.rtol, self.atol, self.names, self.full = rtol, atol, names, full

    def of(self, answer: dict, expected: dict) -> str:
        kind = answer["kind"]
        if kind == "error" and answer["type"] == ChangedArgument.__name__:
            said = usual_text(answer["message"], self.names) if self.full else None
            return said or "your function changed one of its arguments"
        if kind == "error":
            return f"your code raised {self._error(answer)}"
        if kind == "none" and expected["kind"] != "none":
            return f"the answer is None, expected {_expected_kind(expected)}: is a return missing?"
        if kind != expected["kind"]:
            return f"the answer is {KINDS[kind]}, expected {_expected_kind(expected)}"
        answer = settled(answer, expected, self.rtol, self.atol)
        if kind == "array":
            return self._arrays(answer, expected)
        if kind in ("sequence", "set"):
            return self._sequences(answer["items"], expected["items"])
        if kind == "mapping":
            return self._mappings(answer["items"], expected["items"])
        return _texts(answer, expected)

    def _error(self, answer: dict) -> str:
        if self.full:
            return shown_error(answer["type"], answer["message"], self.names)
        return error_kind(answer["type"])

    def _arrays(self, answer: dict, expected: dict) -> str:
        if answer["shape"] != expected["shape"]:
            if not self.full:
                return f"another shape than {_shape(expected['shape'])}"
            return f"shape {_shape(answer['shape'])}, expected {_shape(expected['shape'])}"
        if answer["dtype"] != expected["dtype"]:
            return f"the values are of type {answer['dtype']}, expected {expected['dtype']}"
        values = answer["values"]
        nans = values.count("nan")
        if nans:
            return f"{self._share(nans, len(values), 'numbers')} NaN"
        pairs = zip(values, expected["values"], strict=True)
        wrong = sum(mine != theirs for mine, theirs in pairs)
        return f"{self._share(wrong, len(values), 'numbers')} wrong"

    def _sequences(self, answer: list, expected: list) -> str:
        if len(answer) != len(expected):
            items = _number(len(answer)) if self.full else "another number of"
            return f"{items} items, expected {len(expected)}"
        wrong = [i for i, pair in enumerate(zip(answer, expected, strict=True)) if _differ(*pair)]
        if not wrong:
            return "the items differ"
        first = wrong[0]
        share = self._share(len(wrong), len(answer), "items")
        if not self.full:
            return f"{share} wrong"
        if _is_single(answer[first]) and _is_single(expected[first]):
            where = f", the first of them at place {first}" if 1 < len(answer) <= EXACT else ""
            return f"{share} wrong{where} (counted from 0)" if where else f"{share} wrong"
        path, mine, theirs = _follow(answer[first], expected[first])
        return f"item [{first}]{path}: {self.of(mine, theirs)}"

    def _mappings(self, answer: list, expected: list) -> str:
        mine, theirs = ({repr(key): value for key, value in pairs} for pairs in (answer, expected))
        known = {repr(key): self._key(key) for key, _ in expected}
        missing = [key for key in theirs if key not in mine]
        if missing or len(mine) != len(theirs):
            return self._keys(len(missing), len(theirs), [known[key] for key in missing])
        wrong = [key for key in theirs if _differ(mine[key], theirs[key])]
        if len(wrong) == 1 and known[wrong[0]]:
            return f"the value of {known[wrong[0]]}: {self.of(mine[wrong[0]], theirs[wrong[0]])}"
        return f"{self._share(len(wrong), len(theirs), 'values')} wrong{_list_of(known, wrong)}"

    def _keys(self, missing: int, total: int, names: list[str]) -> str:
        if not missing:
            return "there are keys that should not be there"
        said = f": {', '.join(names[:5])}" if all(names) else ""
        return f"{self._share(missing, total, 'keys')} missing{said}"

    def _key(self, key: dict) -> str:
        """A key of the reference as text, if everybody can read it in the visible notebook."""
        text = key.get("text", "") if key["kind"] == "text" else ""
        return f"'{text}'" if text in self.names else ""

    def _share(self, count: int, total: int, what: str) -> str:
        if total == 1:
            return f"the {what[:-1]} is"
        if count == total:
            return f"all {total} {what} are"
        if not self.full:
            return f"some of the {total} {what} are"
        if count == 1 or total <= EXACT:
            return f"{count} of {total} {what} {'is' if count == 1 else 'are'}"
        return f"about {max(round(10 * count / total), 1) * 10}% of {total} {what} are"


def _differ(mine: dict, theirs: dict) -> bool:
    """Whether a settled part is wrong: settling has left no other difference in it."""
    if mine["kind"] == theirs["kind"] == "array" and not mine["shape"]:
        return mine["values"] != theirs["values"] or "nan" in mine["values"] or (
            "bool" in (mine["dtype"], theirs["dtype"]) and mine["dtype"] != theirs["dtype"]
        )  # fmt: skip
    return mine != theirs


def _is_single(value: dict) -> bool:
    return value["kind"] in ("text", "bytes") or (value["kind"] == "array" and not value["shape"])


def _follow(mine: dict, theirs: dict) -> tuple[str, dict, dict]:
    """Down to the first part of nested lists that is wrong: its place such as '[1][0]', and it."""
    path = ""
    while mine["kind"] == theirs["kind"] == "sequence" and len(mine["items"]) == len(
        theirs["items"]
    ):
        pairs = list(zip(mine["items"], theirs["items"], strict=True))
        place = next((i for i, pair in enumerate(pairs) if _differ(*pair)), 0)
        if not pairs or _is_single(pairs[place][1]):
            break
        path, (mine, theirs) = f"{path}[{place}]", pairs[place]
    return path, mine, theirs


def _texts(answer: dict, expected: dict) -> str:
    mine, theirs = answer.get("text", ""), expected.get("text", "")
    if mine.split() == theirs.split():
        return "the text is right but for its blanks and line ends"
    if mine.casefold() == theirs.casefold():
        return "the text is right but for its capital letters"
    return f"the answer is {KINDS[answer['kind']]}, but a different one"


def _expected_kind(expected: dict) -> str:
    return "an exception to be raised" if expected["kind"] == "error" else KINDS[expected["kind"]]


def _list_of(known: dict[str, str], wrong: list[str]) -> str:
    names = [known[key] for key in wrong]
    return f": {', '.join(names)}" if all(names) and len(names) <= 5 else ""


def _number(count: int) -> str:
    return str(count) if count <= SIZE else f"more than {SIZE}"


def _shape(shape: list[int]) -> str:
    """A shape as Python writes it; of one with many axes only how many they are."""
    if not shape:
        return "() (a single number)"
    if len(shape) > AXES:
        return f"with {len(shape)} axes"
    sizes = ", ".join(str(size) if size <= SIZE else "…" for size in shape)
    return f"({sizes},)" if len(shape) == 1 else f"({sizes})"
