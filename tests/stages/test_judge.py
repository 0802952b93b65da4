"""Stage 4: evidence, comparison and verdicts, without any kernel."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from autograder.judging.comparison import same_value
from autograder.judging.error_texts import IN_OWN_CELL
from autograder.judging.evidence import Malformed, checked, read_evidence
from autograder.model import (
    CellEnd,
    CellRun,
    CheckReference,
    Execution,
    MistakeReference,
    ProbeReference,
    Reference,
    Verdict,
)
from autograder.stages.judge import judge
from course.probes import MIME, bundle


def same(answer: object, expected: object, rtol: float = 1e-5, atol: float = 1e-8) -> bool:
    return same_value(checked(bundle(answer)), bundle(expected), rtol, atol)


EQUAL = {
    "the same tensor": (torch.eye(2), torch.eye(2)),
    "float32 for float64": (torch.ones(3), torch.ones(3, dtype=torch.float64)),
    "numpy for torch": (np.ones(3), torch.ones(3)),
    "a tuple for a list": ((1, 2.5), [1, 2.5]),
    "a 0-d tensor for a number": (torch.tensor(2.5), 2.5),
    "a whole float for an int": (3.0, 3),
    "within the tolerance": (1.000001, 1.0),
    "dust for zero": (1e-17, 0.0),
    "dictionaries in another order": ({"b": 2, "a": 1}, {"a": 1, "b": 2}),
    "infinity where infinity is right": (-math.inf, -math.inf),
}
DIFFERENT = {
    "another number": (1.1, 1.0),
    "just outside the tolerance": (1.0001, 1.0),
    "another shape": (torch.ones(2, 3), torch.ones(3, 2)),
    "another type of number": (torch.ones(3, dtype=torch.int64), torch.ones(3)),
    "whole numbers one apart": (100_001, 100_000),
    "NaN": (math.nan, 1.0),
    "NaN for NaN": (math.nan, math.nan),
    "the wrong infinity": (math.inf, -math.inf),
    "True for one": (True, 1),
    "a text for a number": ("1.0", 1.0),
    "another text": ("words", "word"),
    "a shorter list": ([1], [1, 2]),
    "a missing key": ({"a": 1}, {"a": 1, "b": 2}),
    "None": (None, 0),
}


@pytest.mark.parametrize("name", EQUAL)
def test_these_count_as_the_same(name: str) -> None:
    """What a correct solution may reasonably return passes."""
    assert same(*EQUAL[name])


@pytest.mark.parametrize("name", DIFFERENT)
def test_these_do_not(name: str) -> None:
    """Everything that is not a number compares exactly; NaN never passes."""
    assert not same(*DIFFERENT[name])


def test_the_probes_tolerance_decides() -> None:
    """A probe may state a wider tolerance."""
    assert same(1.01, 1.0, rtol=0.1)
    assert not same(1.01, 1.0)


MALFORMED = {
    "not a dictionary": 7,
    "no kind": {},
    "an unknown kind": {"kind": "object"},
    "shape and values disagree": {"kind": "array", "dtype": "float", "shape": [2], "values": [1.0]},
    "a huge shape": {"kind": "array", "dtype": "float", "shape": [10**9], "values": []},
    "a negative shape": {"kind": "array", "dtype": "float", "shape": [-1], "values": []},
    "a boolean shape": {"kind": "array", "dtype": "float", "shape": [True], "values": [1.0]},
    "a float NaN": {"kind": "array", "dtype": "float", "shape": [], "values": [math.nan]},
    "a number as text": {"kind": "array", "dtype": "float", "shape": [], "values": ["1.0"]},
    "a huge whole number": {"kind": "array", "dtype": "int", "shape": [], "values": [2**70]},
    "a boolean number": {"kind": "array", "dtype": "float", "shape": [], "values": [True]},
    "a nested value": {"kind": "array", "dtype": "float", "shape": [], "values": [[1.0]]},
    "a dtype of its own": {"kind": "array", "dtype": "any", "shape": [], "values": [1.0]},
    "a text that is a list": {"kind": "text", "text": ["a"]},
    "a text that is too long": {"kind": "text", "text": "a" * 100_000},
    "a pair of three": {"kind": "mapping", "items": [[{"kind": "none"}] * 3]},
    "mapping without items": {"kind": "mapping"},
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_has_not_the_shape_of_a_bundle_is_no_evidence(name: str) -> None:
    """A kernel may send anything; only exact bundles are read."""
    with pytest.raises(Malformed):
        checked(MALFORMED[name])


def test_bottomless_nesting_is_no_evidence() -> None:
    """Depth is capped before it can hurt."""
    value: dict = {"kind": "none"}
    for _ in range(50):
        value = {"kind": "sequence", "items": [value]}
    with pytest.raises(Malformed):
        checked(value)


def test_too_many_items_are_no_evidence() -> None:
    """Breadth over all levels is capped too."""
    inner = {"kind": "sequence", "items": [{"kind": "none"}] * 4000}
    with pytest.raises(Malformed):
        checked({"kind": "sequence", "items": [inner] * 10})


def shown(label: str, value: object, **more: object) -> dict:
    evidence = {"label": label, "points": 1, "rtol": 1e-5, "atol": 1e-8, "value": bundle(value)}
    return {"output_type": "display_data", "data": {MIME: {**evidence, **more}}, "metadata": {}}


def test_malformed_evidence_is_left_out_and_the_rest_is_read() -> None:
    """One bad display does not hide the good ones."""
    outputs = [shown("a", 1.0), shown("b", 1.0, points="many"), {"data": {MIME: 7}}, {"x": 1}]
    assert set(read_evidence(outputs)) == {"a"}


# ------------------------------------------------------------------------------------ verdicts
MISTAKE = MistakeReference(
    "sign-flipped", "Look at the sign.", "부호를 보세요.", (bundle(-2.0), bundle(3.0))
)
CHECK = CheckReference(
    "check_f",
    3.0,
    (
        ProbeReference("one", 2.0, 1e-5, 1e-8, bundle(2.0)),
        ProbeReference("two", 1.0, 1e-5, 1e-8, bundle(3.0)),
    ),
    (MISTAKE,),
)
REFERENCE = Reference("w", "n", "s", "k", (CHECK,), 0.1)


def verdict(*outputs: dict, end: CellEnd = CellEnd.OK, before: CellEnd = CellEnd.OK):
    runs = (CellRun(0, "f", before), CellRun(1, "check_f", end, tuple(outputs)))
    return judge(Execution("w/s", runs, 1.0), REFERENCE).checks[0]


def test_full_evidence_earns_full_points() -> None:
    """Both probes right: pass."""
    found = verdict(shown("one", 2.0), shown("two", 3.0))
    assert (found.points, found.verdict, found.mistake) == (3.0, Verdict.PASS, None)


def test_probes_share_the_points() -> None:
    """One probe right earns its part."""
    found = verdict(shown("one", 2.0), shown("two", 9.0))
    assert (found.points, found.verdict) == (2.0, Verdict.WRONG)


def test_missing_evidence_earns_nothing() -> None:
    """Silence is not a pass."""
    assert verdict().points == 0


def test_points_and_tolerances_of_a_kernel_do_not_count() -> None:
    """A forged display cannot raise its worth or widen its tolerance."""
    found = verdict(shown("one", 2.1, points=100, rtol=1.0), shown("two", 3.0, points=100))
    assert found.points == 1.0


def test_two_answers_to_one_probe_are_none() -> None:
    """Guessing by displaying many answers earns nothing."""
    found = verdict(shown("one", 1.0), shown("one", 2.0), shown("two", 3.0))
    assert found.points == 1.0
    assert "several answers" in found.probes[0].reason


def test_one_text_a_check() -> None:
    """The first lost probe is told with what the kernel said; the others in words of ours."""
    outputs = [shown("one", 0), shown("two", 0)]
    for output, error in zip(
        outputs, ("name 'softmax' is not defined", "name 'sum' is not"), strict=True
    ):
        output["data"][MIME]["value"] = {"kind": "error", "type": "NameError", "message": error}
    found = verdict(*outputs)
    assert found.probes[0].reason == "your code raised NameError: name 'softmax' is not defined"
    assert found.probes[1].reason == "your code raised NameError"


def test_an_execute_result_is_no_evidence() -> None:
    """What nbgrader would take for a score is nothing here."""
    forged = {"output_type": "execute_result", "data": {"text/plain": "100"}}
    assert verdict(forged).points == 0


def test_a_known_mistake_is_named() -> None:
    """A submission that shows just what the mistake shows is diagnosed."""
    found = verdict(shown("one", -2.0), shown("two", 3.0)).mistake
    assert found is not None
    # a single small number shows little
    assert (found.name, found.en) == (MISTAKE.name, f"Perhaps: {MISTAKE.en}")


def test_a_mistake_that_shows_nan_is_named_too() -> None:
    """NaN never passes, but it can be recognised."""
    mistake = MistakeReference("zero-by-zero", "Which row is empty?", "?", (bundle(math.nan),))
    probe = ProbeReference("one", 1.0, 1e-5, 1e-8, bundle(0.0))
    reference = Reference("w", "n", "s", "k", (CheckReference("c", 1.0, (probe,), (mistake,)),), 0)
    run = CellRun(0, "c", CellEnd.OK, (shown("one", math.nan),))
    found = judge(Execution("w/s", (run,), 1.0), reference).checks[0].mistake
    assert found is not None
    assert (found.name, found.en) == (mistake.name, f"Perhaps: {mistake.en}")


def test_another_wrong_answer_is_not_named() -> None:
    """A diagnosis needs every probe to agree."""
    assert verdict(shown("one", -2.5), shown("two", 3.0)).mistake is None


ENDS = {
    CellEnd.TIME_LIMIT: Verdict.TIME_LIMIT,
    CellEnd.MEMORY_LIMIT: Verdict.MEMORY_LIMIT,
    CellEnd.OUTPUT_LIMIT: Verdict.OUTPUT_LIMIT,
    CellEnd.DEAD_KERNEL: Verdict.DEAD_KERNEL,
    CellEnd.ERROR: Verdict.ERROR,
}


@pytest.mark.parametrize("end", ENDS)
def test_each_end_of_a_check_has_its_verdict(end: CellEnd) -> None:
    """Probes before the end keep their points; those after it say why they are lost."""
    found = verdict(shown("one", 2.0), end=end)
    assert (found.points, found.probes[1].verdict) == (2.0, ENDS[end])
    assert found.probes[1].reason


def test_a_check_that_was_not_reached_says_what_came_before() -> None:
    """After a death the later checks name the death."""
    found = verdict(end=CellEnd.NOT_RUN, before=CellEnd.DEAD_KERNEL)
    assert found.verdict is Verdict.DEAD_KERNEL
    assert "in cell `f`" in found.probes[0].reason


def test_running_out_of_memory_in_python_is_a_memory_limit() -> None:
    """MemoryError at a probe is told apart from an ordinary error."""
    output = shown("one", 0)
    output["data"][MIME]["value"] = {"kind": "error", "type": "MemoryError", "message": ""}
    assert verdict(output).verdict is Verdict.MEMORY_LIMIT


def test_a_fault_of_ours_has_no_verdict_at_all() -> None:
    """A run that failed by our fault yields no checks, so no zero can be written."""
    judged = judge(Execution("w/s", (), 0.0, fault="no sandbox"), REFERENCE)
    assert judged.fault == "no sandbox"
    assert judged.checks == ()


# ------------------------------------------------------------------------------- what came first
def error(name: str, text: str) -> dict:
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": []}


def missing(label: str, name: str = "f") -> dict:
    output = shown(label, 0)
    value = {"kind": "error", "type": "NameError", "message": f"name '{name}' is not defined"}
    output["data"][MIME]["value"] = value
    return output


FIRST = {
    "a syntax error": error("SyntaxError", "'(' was never closed (1234567.py, line 3)"),
    "Colab's module": error("ModuleNotFoundError", "No module named 'google.colab'"),
    "a folder of Colab": error("FileNotFoundError", "[Errno 2] No such file or directory: '/co'"),
    "a magic": error("UsageError", "Line magic function `%tensorflow_version` not found."),
}
TOLD = {
    "a syntax error": "SyntaxError: '(' was never closed (line 3)",
    "Colab's module": "ModuleNotFoundError: No module named 'google.colab'",
    "a folder of Colab": "FileNotFoundError: [Errno 2] No such file or directory:",
    "a magic": "UsageError: Line magic function `%…` not found.",
}


def first_reason(*runs: CellRun, outputs: tuple[dict, ...] = (), end: CellEnd = CellEnd.OK) -> str:
    last = CellRun(9, "check_f", end, outputs)
    return judge(Execution("w/s", (*runs, last), 1.0), REFERENCE).checks[0].probes[0].reason


def test_the_cell_that_ended_the_kernel_is_named() -> None:
    """By its own name, or by the named cell before it: nobody looks for it in a whole notebook."""
    before = CellRun(0, "setup", CellEnd.OK, ())
    for name, place in (("f", "in cell `f`"), (None, "in a cell behind `setup`")):
        dead = CellRun(1, name, CellEnd.DEAD_KERNEL, ())
        reason = first_reason(before, dead, end=CellEnd.NOT_RUN)
        assert reason == f"not reached: {place}, the kernel died here"


def test_an_error_of_the_own_cell_can_be_read_by_running_it() -> None:
    """Other sizes and an empty input do not show what the student's own assert says."""
    stopped = CellRun(1, "f", CellEnd.ERROR, (error("AssertionError", "mine 17"),))
    reason = first_reason(stopped, outputs=(missing("one"),))
    assert reason == f"your cell `f` stopped first: AssertionError ({IN_OWN_CELL})"


@pytest.mark.parametrize("name", FIRST)
def test_what_came_first_is_told(name: str) -> None:
    """Not the missing name that follows when the exercise's cell stopped before defining it."""
    stopped = CellRun(1, "f", CellEnd.ERROR, (FIRST[name],))
    reason = first_reason(stopped, outputs=(missing("one"), missing("two")))
    assert reason == f"your cell `f` stopped first: {TOLD[name]}"
    gone = error("NameError", "name 'f' is not defined")
    assert first_reason(stopped, outputs=(gone,), end=CellEnd.ERROR) == reason


def test_another_cell_that_stopped_is_told_beside_the_name() -> None:
    """It may be the cause or not: set-up that failed, an experiment of the student's."""
    stopped = CellRun(0, None, CellEnd.ERROR, (FIRST["Colab's module"],))
    told = "your code raised NameError: name 'softmax' is not defined"
    assert (
        first_reason(stopped, outputs=(missing("one", "softmax"),))
        == f"{told}; an earlier cell had stopped with ModuleNotFoundError"
    )


def test_an_error_of_its_own_kind_is_told_as_it_is() -> None:
    """Only a missing name follows from an earlier cell; checks of other exercises never count."""
    stopped = CellRun(1, "f", CellEnd.ERROR, (FIRST["a syntax error"],))
    assert "stopped first" not in first_reason(stopped, outputs=(shown("one", 7.0),))
    other = CellRun(1, "check_f", CellEnd.ERROR, (error("AssertionError", "no"),))
    assert "stopped first" not in first_reason(other, outputs=(missing("one"),))


def test_a_text_of_ones_own_is_no_cause_either() -> None:
    """What an earlier cell says passes the same filter: it may run after a hidden check."""
    stopped = CellRun(1, "f", CellEnd.ERROR, (error("ValueError", "probe(secret)"),))
    reason = first_reason(stopped, outputs=(missing("one"),))
    assert reason.startswith("your cell `f` stopped first: ValueError (")
    assert "secret" not in reason
