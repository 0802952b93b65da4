"""Probes: what a check cell displays, from values of every kind."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Callable

import numpy as np
import pytest
import torch

from course import probes
from course.probes import MIME, arguments_may_change, bundle, close, probe, probe_rng, render


@pytest.fixture
def displayed(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """What `probe` hands to IPython's display."""
    found: list[dict] = []
    monkeypatch.setattr("IPython.display.display", lambda data, raw: found.append(data))
    return found


def test_a_probe_displays_text_and_a_bundle(displayed: list[dict]) -> None:
    """The text is for people and stock nbval, the bundle for the judge."""
    probe("answer", lambda: torch.tensor([1.0, 2.5]), points=2, rtol=1e-3)
    (data,) = displayed
    assert data["text/plain"] == "answer: float (2) [1 2.5]"
    assert data[MIME]["label"] == "answer"
    assert (data[MIME]["points"], data[MIME]["rtol"]) == (2, 1e-3)
    assert data[MIME]["value"]["values"] == [1.0, 2.5]


def test_an_error_is_evidence_and_goes_no_further(displayed: list[dict]) -> None:
    """One failure costs one probe."""
    probe("bad", lambda: 1 / 0)
    probe("good", lambda: 1)
    assert displayed[0][MIME]["value"]["type"] == "ZeroDivisionError"
    assert displayed[1][MIME]["value"]["values"] == [1]


def test_every_probe_has_inputs_of_its_own(displayed: list[dict]) -> None:
    """What one probe writes to an argument, or to a list in it, spoils no other probe."""
    x, table = torch.ones(3), {"a": [1.0]}

    def spoils(x: torch.Tensor, table: dict) -> list:
        found = [x.clone(), dict(table)]
        x.zero_()
        table["a"].append(9.0)
        return found

    probe("first", spoils, x, table)
    probe("second", spoils, x, table)
    probe("shared", lambda x, y: x.zero_() + y, x, x)
    first, second, shared = (data[MIME]["value"] for data in displayed)
    assert first == second
    assert shared["values"] == [1.0, 1.0, 1.0]
    assert x.tolist() == [1.0, 1.0, 1.0] and table == {"a": [1.0]}


def test_a_view_stays_a_view(displayed: list[dict]) -> None:
    """A transposed input is copied with its strides: functions that need them meet them."""
    probe("strides", lambda x: list(x.stride()), torch.ones(2, 3).T)
    assert [item["values"] for item in displayed[0][MIME]["value"]["items"]] == [[1], [3]]


CHANGES: dict[str, tuple[Callable, object]] = {
    "a tensor": (lambda W: W.mul_(2), torch.ones(2)),
    "its shape": (lambda W: W.unsqueeze_(0), torch.ones(2)),
    "a view of it": (lambda W: W[0].fill_(5), torch.ones(2)),
    "an array": (lambda W: W.sort(), np.array([2.0, 1.0])),
    "a list": (lambda W: W.append(1), [1]),
    "a tensor in a list": (lambda W: W[0].zero_() and None, [torch.ones(1)]),
    "a dictionary": (lambda W: W.setdefault("b", 0), {"a": 1}),
    "a default dictionary": (lambda W: W["b"], defaultdict(int)),
    "the order of keys": (lambda W: W.update(a=W.pop("a")), {"a": 1, "b": 2}),
    "a module": (lambda W: W.bias.data.zero_(), torch.nn.Linear(2, 2)),
    "NaN": (lambda W: W.nan_to_num_(0.0), torch.tensor([math.nan])),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_argument_is_told_where_the_contract_forbids_it(
    displayed: list[dict], name: str
) -> None:
    """The probe that says `unchanged` is lost, with the argument's name; the others are not."""
    change, given = CHANGES[name]

    def fn(query: int, W: object) -> int:
        change(W)
        return query

    probe("allowed", fn, 1, given)
    probe("forbidden", fn, 1, given, unchanged=True)
    probe("kept", lambda query, W: query, 1, given, unchanged=True)
    allowed, forbidden, kept = (data[MIME]["value"] for data in displayed)
    assert allowed["values"] == kept["values"] == [1]
    assert forbidden == {
        "kind": "error",
        "type": "ChangedArgument",
        "message": "your function changed its argument W",
    }


def test_an_argument_without_a_name_is_counted(displayed: list[dict]) -> None:
    """Built-in functions and *args do not name what they take."""
    probe("counted", lambda *given: given[1].clear(), 1, [2], unchanged=True)
    assert displayed[0][MIME]["value"]["message"].endswith("argument number 2")


def test_a_number_that_was_moved_and_put_back_is_unchanged(displayed: list[dict]) -> None:
    """The rounding error of x + eps - eps is no change."""
    x = torch.tensor([0.1, 3.3], dtype=torch.float64)
    probe("back", lambda x: x.add_(1e-5).sub_(2e-5).add_(1e-5), x, unchanged=True)
    assert displayed[0][MIME]["value"]["kind"] == "array"


def test_a_small_step_is_a_change(displayed: list[dict]) -> None:
    """A table that was moved by a billionth is no longer the one that was lent."""
    table = torch.tensor([0.1, 3.3], dtype=torch.float64)
    probe("moved", lambda table: table.add_(1e-9), table, unchanged=True)
    assert displayed[0][MIME]["value"]["message"].endswith("changed its argument table")


def test_a_zero_that_was_written_over_is_changed(displayed: list[dict]) -> None:
    """With however small a number: a table of counts is no longer the one that was lent."""
    counts = torch.tensor([5.0, 0.0], dtype=torch.float64)
    probe("over", lambda counts: counts.clamp_(min=1e-12), counts, unchanged=True)
    assert displayed[0][MIME]["value"]["message"].endswith("changed its argument counts")


@pytest.mark.parametrize(
    ("answer", "expected", "same"),
    [
        (torch.tensor([1.0, 2.0]), [1, 2], True),
        (torch.tensor([1.0, 2.0], dtype=torch.float64), torch.tensor([1.0, 2.0]), True),
        (torch.tensor([1.0, 2.0 + 1e-5]), [1, 2], False),
        (torch.tensor([1e4, 2.0 + 1e-3]), [1e4, 2], True),
        (torch.tensor(1.0), [1, 1], False),
        (torch.ones(1, 2), [1, 1], False),
        (torch.tensor([math.nan]), [math.nan], False),
        (torch.zeros(0), [], True),
        (torch.ones(2, requires_grad=True), np.ones(2), True),
    ],
)
def test_close_never_broadcasts(answer: object, expected: object, same: bool) -> None:
    """Shapes must agree; types may differ; the tolerance follows the largest expected number."""
    assert close(answer, expected) is same


def test_an_interrupt_is_not_caught(displayed: list[dict]) -> None:
    """A time limit must end the cell, not one probe after the other."""

    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        probe("long", interrupted)
    assert displayed == []


def test_every_probe_starts_from_the_same_random_state(displayed: list[dict]) -> None:
    """Global generators are seeded by the label, whatever ran before."""

    def draws() -> list[float]:
        return [random.random(), float(np.random.rand()), float(torch.rand(()))]

    probe("draws", draws)
    torch.rand(7)
    random.random()
    probe("draws", draws)
    assert displayed[0] == displayed[1]


def test_the_offerings_seed_changes_inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    """One seed, one set of inputs; another seed, another."""
    first = probe_rng("x").normal(2, 3)
    assert torch.equal(first, probe_rng("x").normal(2, 3))
    assert not torch.equal(first, probe_rng("y").normal(2, 3))
    monkeypatch.setenv(probes.SEED_VARIABLE, "another term")
    assert not torch.equal(first, probe_rng("x").normal(2, 3))


def test_random_inputs_have_the_promised_kinds() -> None:
    """Float64 tensors, whole numbers below the upper end, different items."""
    rng = probe_rng("kinds")
    assert rng.normal(2, 3).dtype == rng.uniform(4).dtype == torch.float64
    assert rng.normal().shape == ()
    whole = rng.integers(2, 5, 200)
    assert (int(whole.min()), int(whole.max()), whole.dtype) == (2, 4, torch.int64)
    assert 3 <= rng.integer(3, 9) < 9
    assert len(set(rng.choice(list("abcdef"), 4))) == 4
    assert sorted(rng.shuffled([3, 1, 2])) == [1, 2, 3]


TEXTS = {
    "None": (None, "None"),
    "a text": ("말", "'말'"),
    "bytes": (b"\x01\xff", "'01ff'"),
    "a number": (1.23456789, "1.23457"),
    "minus zero": (-0.0, "0"),
    "dust": (1e-15, "0"),
    "a truth": (True, "True"),
    "NaN": (math.nan, "nan"),
    "a huge whole number": (2**80, "'1208925819614629174706176'"),
    "half precision": (torch.ones(1, dtype=torch.bfloat16), "float (1) [1]"),
    "with gradient": (torch.ones(1, requires_grad=True), "float (1) [1]"),
    "an empty tensor": (torch.ones(0, 3), "float (0, 3) []"),
    "a list of mixed things": ([1, "a", None], "[1, 'a', None]"),
    "a dictionary": ({"b": 1, "a": (2,)}, "{'a': [2], 'b': 1}"),
    "a set": ({2, 1}, "{1, 2}"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_values_read_well(name: str) -> None:
    """Six significant digits, plain words."""
    value, text = TEXTS[name]
    assert render(bundle(value)) == text


TOO_MUCH = {
    "an object": object(),
    "complex numbers": torch.ones(1, dtype=torch.complex64),
    "many numbers": torch.ones(5000),
    "a long list": [0] * 5000,
    "a long text": "a" * 20_000,
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_what_cannot_be_shown_is_an_error_of_the_answer(name: str, displayed: list[dict]) -> None:
    """Too large or of no known kind: the probe shows an error with a sentence."""
    probe("x", lambda: TOO_MUCH[name])
    value = displayed[0][MIME]["value"]
    assert value["kind"] == "error"
    assert value["message"].startswith("the answer")


def test_a_list_inside_itself_ends() -> None:
    """Depth is bounded."""
    endless: list = []
    endless.append(endless)
    with pytest.raises(ValueError, match="nested"):
        bundle(endless)


# ------------------------------------------------------------------------------------ gradients
def test_a_write_to_an_argument_costs_no_gradient() -> None:
    """After its use, directly or through a view; ids and masks are arguments like any other."""
    x, ids = torch.randn(3, 4, requires_grad=True), torch.tensor([2, 0])
    given = x * 1
    with arguments_may_change(given, ids, "a text"):
        out = (given.T.sin() @ given)[ids]
        given.zero_()
        ids.fill_(1)
    (found,) = torch.autograd.grad(out.sum(), x)
    (expected,) = torch.autograd.grad((x.T.sin() @ x)[[2, 0]].sum(), x)
    assert torch.equal(found, expected)


@pytest.mark.parametrize("kind", [torch.float64, torch.bfloat16])
def test_what_a_function_writes_over_its_own_result_is_told_as_torch_tells_it(kind) -> None:
    """Saved inputs and saved outputs of a step alike; a harmless write, or NaN, is no error."""

    def saved_output(x):
        gate = x.sigmoid()
        gate *= 2
        return gate

    def saved_input(x):
        inner = x * 3
        out = inner * inner
        inner += 1
        return out

    def saved_input_unchanged(x):
        out = x.sin()
        weighted = out * out
        out *= 1
        return weighted

    def harmless(x):
        out = x * 3
        out += math.nan
        return out.sin()

    for spoilt in (saved_output, saved_input, saved_input_unchanged):
        x = torch.ones(3, dtype=kind, requires_grad=True)
        with arguments_may_change(given := x * 1):
            out = spoilt(given)
        with pytest.raises(RuntimeError) as ours:
            out.sum().backward()
        with pytest.raises(RuntimeError) as torchs:
            spoilt(x * 1).sum().backward()
        assert str(torchs.value).startswith(str(ours.value))
    with arguments_may_change(given := x * 1):
        out = harmless(given)
    out.sum().backward()
    assert x.grad.isnan().all()
