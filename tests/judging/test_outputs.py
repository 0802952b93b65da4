"""Checks without probes: judged by what they display, by what they raise, or by a last number."""

from __future__ import annotations

import pytest

from autograder.judging.outputs import judge_display, judge_silence, on_stderr, texts_of
from autograder.model import (
    FORGEABLE,
    CellEnd,
    CellRun,
    CheckReference,
    DisplayReference,
    Execution,
    JudgedBy,
    Reference,
    Verdict,
)
from autograder.stages.judge import judge


def printed(text: str, name: str = "stdout") -> dict:
    return {"output_type": "stream", "name": name, "text": text}


def shown(**data: str) -> dict:
    kinds = {"text": "text/plain", "html": "text/html", "png": "image/png"}
    data = {kinds[key]: value for key, value in data.items()}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def verdict(right: list[dict], mine: list[dict], sanitize: tuple = ()) -> Verdict:
    reference = DisplayReference(texts_of(right, sanitize), sanitize)
    return judge_display(mine, reference, 2.0).verdict


def test_numbers_are_compared_within_the_tolerance_of_a_probe() -> None:
    """A float may differ in its last digits; a whole number and a word may not."""
    assert verdict([shown(text="[1.0, 0.3333333]")], [shown(text="[1.0, 0.3333334]")]) == "pass"
    assert verdict([shown(text="[1.0, 0.3333]")], [shown(text="[1.0, 0.3433]")]) == "wrong"
    assert verdict([shown(text="100000")], [shown(text="100001")]) == "wrong"
    assert verdict([printed("loss 0.5")], [printed("cost 0.5")]) == "wrong"


def test_the_pieces_of_a_text_pictures_and_warnings_do_not_count() -> None:
    """How often a text was flushed is chance; stderr and pictures are not compared."""
    right = [printed("a\nb\n"), shown(text="<Figure>", png="iVBO")]
    assert verdict(right, [printed("a\n"), printed("careful", "stderr"), printed("b\n")]) == "pass"


def test_what_is_shown_twice_or_beside_it_is_wrong() -> None:
    """nbval counts the outputs of each kind, and knows no extra ones."""
    right = [shown(text="4", html="<b>4</b>")]
    assert verdict(right, right) == "pass"
    assert verdict(right, [*right, *right]) == "wrong"
    assert verdict(right, [shown(text="4")]) == "wrong"
    assert verdict(right, [*right, printed("4")]) == "wrong"
    assert verdict(right, []) == "wrong"


def test_sanitising_is_the_instructors() -> None:
    """A pattern takes out what changes from run to run, on both sides."""
    address = (("0x[0-9a-f]+", "ADDRESS"),)
    pair = [printed("<A at 0x7f01>")], [printed("<A at 0x9b22>")]
    assert verdict(*pair) == "wrong"
    assert verdict(*pair, sanitize=address) == "pass"


def test_a_lost_display_is_told_by_its_line_and_never_by_what_was_expected() -> None:
    """The reason holds a place, and no text of either side."""
    reference = DisplayReference(texts_of([printed("one\ntwo\nsecret 17\n")]))
    found = judge_display([printed("one\ntwo\nthree\n")], reference, 2.0)
    assert found.points == 0 and "line 3" in found.reason
    assert "secret" not in found.reason and "three" not in found.reason


@pytest.mark.parametrize(
    ("last", "points", "kind"),
    [("2", 2, "pass"), ("1.5", 1.5, "partly"), ("0", 0, "wrong"), ("3", 0, "wrong"),
     ("-1", 0, "wrong"), ("nan", 0, "wrong"), ("'text'", 2, "pass")],
)  # fmt: skip
def test_a_last_number_is_the_score_where_the_instructors_is(
    last: str, points: float, kind: str
) -> None:
    """Partial credit as nbgrader gives it; what lies outside the range earns nothing."""
    found = judge_silence([shown(text=last)], 2.0, shows_score=True)
    assert (found.points, found.verdict) == (points, kind)


def test_stderr_earns_nothing_where_asserts_decide() -> None:
    """nbgrader takes a warning for a failure; so do we, and say it."""
    found = judge_silence([printed("RuntimeWarning", "stderr")], 2.0, shows_score=False)
    assert found.points == 0 and "stderr" in found.reason


def judged(check: CheckReference, run: CellRun):
    reference = Reference("w", "n", "s", "k", (check,), 0.0)
    return judge(Execution("w/s", (run,), 0.1), reference).checks[0]


def test_asserts_decide_by_what_ends_the_cell_and_carry_the_stamp() -> None:
    """Nothing raised: all points, stamped. An error, or a limit, and there are none."""
    check = CheckReference("c", 2.0, (), by=JudgedBy.ASSERTS)
    good = judged(check, CellRun(0, "c", CellEnd.OK))
    assert (good.points, good.stamp) == (2.0, FORGEABLE)
    error = {"output_type": "error", "ename": "AssertionError", "evalue": "", "traceback": []}
    bad = judged(check, CellRun(0, "c", CellEnd.ERROR, (error,)))
    assert (bad.points, bad.verdict, bad.stamp) == (0.0, "error", FORGEABLE)
    late = judged(check, CellRun(0, "c", CellEnd.TIME_LIMIT))
    assert (late.points, late.verdict) == (0.0, "time limit")


def test_a_display_that_ends_in_an_error_is_worth_nothing() -> None:
    """The right output alone is not enough, and a compared display carries no stamp."""
    display = DisplayReference(texts_of([printed("4\n")]))
    check = CheckReference("c", 2.0, (), by=JudgedBy.OUTPUTS, display=display)
    assert judged(check, CellRun(0, "c", CellEnd.ERROR, (printed("4\n"),))).points == 0
    good = judged(check, CellRun(0, "c", CellEnd.OK, (printed("4\n"),)))
    assert (good.points, good.stamp) == (2.0, "")


def test_the_line_of_stderr_that_says_most_is_told() -> None:
    """unittest begins with dots; a warning's own line is not its first one."""

    def stream(text: str) -> dict:
        return {"output_type": "stream", "name": "stderr", "text": text}

    assert on_stderr([stream("..\n---\nRan 2 tests in 0.001s\n")]) == "Ran 2 tests in 0.001s."
    assert (
        on_stderr([stream("/tmp/x.py:3: UserWarning: hm.\n  f()")])
        == "/tmp/x.py:3: UserWarning: hm."
    )
    assert on_stderr([stream("..."), {"output_type": "error"}]) == "no words."
    assert on_stderr([{"output_type": "stream", "name": "stdout", "text": "fine"}]) == ""
